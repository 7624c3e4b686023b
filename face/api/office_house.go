package api

import (
	"context"
	"encoding/json"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/ledger"
	"sauda/core/payment"
	"sauda/core/seller"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/saga"
	"sauda/gear/session"
	"sauda/gear/web"
)

func (f face) mountOfficeHouse(api *web.API) {
	web.Query(api, "GET /v1/office/payments", listPayments, web.Needs(scopeMoneyRead), web.Doc("List payments, the newest first.", "Office: money"))
	web.Query(api, "GET /v1/office/ledger/trial-balance", ofHouse(trialBalance), web.Needs(scopeMoneyRead),
		web.Doc("What every account received and gave. The sums of debit and credit are equal.", "Office: money"))
	web.Query(api, "GET /v1/office/ledger/entries", ofHouse(ledgerEntries), web.Needs(scopeMoneyRead),
		web.Doc("The history of an account, the newest first, each entry with its cause.", "Office: money"), web.Faults(ledger.ErrAccount))
	web.Query(api, "GET /v1/office/stories", ofHouse(listStories), web.Needs(scopeHouseRead), web.Doc("List stories, the newest first.", "Office: house"))
	web.Command(api, "POST /v1/office/stories/{id}/retelling", ofHouse(retell), web.Needs(scopeHouseWrite),
		web.Doc("Have a story go on now that waits or is stuck.", "Office: house"), web.Faults(saga.ErrNone, saga.ErrResting))
	web.Query(api, "GET /v1/office/parked", ofHouse(listParked), web.Needs(scopeHouseRead), web.Doc("List reactions that were given up.", "Office: house"))
	web.Command(api, "POST /v1/office/parked/retries", ofHouse(retryParked), web.Needs(scopeHouseWrite), web.Doc("Try a parked reaction again.", "Office: house"))
	web.Query(api, "GET /v1/office/facts", ofHouse(listFacts), web.Needs(scopeHouseRead), web.Doc("The facts of one key, such as an order or a basket.", "Office: house"))
	web.Query(api, "GET /v1/office/audit", ofHouse(listAudit), web.Needs(scopeHouseRead), web.Doc("Who did what to what, the latest first.", "Office: house"))
	web.Query(api, "GET /v1/office/keys", f.listKeys, web.Needs(scopeHouseRead), web.Doc("List the own API keys.", "Office: house"))
	web.Command(api, "POST /v1/office/keys", f.issueKey, web.Needs(scopeHouseWrite), web.Status(201),
		web.Doc("Make an API key. Its secret is shown once.", "Office: house"), web.Faults(session.ErrScopes))
	web.Command(api, "DELETE /v1/office/keys/{id}", f.revokeKey, web.Needs(scopeHouseWrite), web.Doc("End an API key.", "Office: house"))
}

// ofHouse lets in who keeps the house: administrators, and the staff of its own shop within their scopes. Ledger, stories,
// facts and audit are of all sellers, and no seller sees another's.
func ofHouse[I, O any](do func(*db.Tx, I) (O, error)) func(*db.Tx, I) (O, error) {
	return func(tx *db.Tx, in I) (O, error) {
		if who := tx.Who(); !who.For(string(seller.Own)) {
			var none O
			return none, web.ErrDenied.About("%s works for %s", who.ID, who.Seller)
		}
		return do(tx, in)
	}
}

// ofHouseAct is ofHouse for what holds no moment.
func ofHouseAct[I, O any](do func(context.Context, I) (O, error)) func(context.Context, I) (O, error) {
	return func(ctx context.Context, in I) (O, error) {
		if who := web.WhoFrom(ctx); !who.For(string(seller.Own)) {
			var none O
			return none, web.ErrDenied.About("%s works for %s", who.ID, who.Seller)
		}
		return do(ctx, in)
	}
}

type paymentsAsk struct {
	State  payment.State `query:"state" enum:"begun,challenged,declined,authorized,voided,partly_captured,captured,partly_refunded,refunded" doc:"Only payments in this state."`
	From   span.Day      `query:"from" doc:"Only payments begun on this day of Kazakhstan or later."`
	To     span.Day      `query:"to" doc:"The last day, included."`
	Cursor payment.ID    `query:"cursor" maxLength:"60"`
	Limit  int           `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// officePayment is a payment with what it is for.
type officePayment struct {
	paymentView
	Order   string    `json:"order,omitempty"`
	Cart    string    `json:"cart"`
	Gateway string    `json:"gateway,omitempty"`
	Ref     string    `json:"ref,omitempty" doc:"The gateway's own name for it."`
	Reason  string    `json:"reason,omitempty"`
	Voided  int64     `json:"voided,omitempty"`
	At      time.Time `json:"at"`
}

// listPayments lists payments to the seller.
func listPayments(tx *db.Tx, in paymentsAsk) (web.List[officePayment], error) {
	found, next, err := payment.Find(tx, payment.Filter{
		Seller: string(sellerOf(tx)), State: in.State, From: in.From, To: in.To, Before: in.Cursor, Limit: in.Limit,
	})
	page := web.List[officePayment]{Items: make([]officePayment, len(found)), Next: string(next)}
	for i, p := range found {
		page.Items[i] = officePayment{
			paymentView: viewPayment(p), Order: p.Order, Cart: p.Cart, Gateway: p.Gateway, Ref: p.Ref, Reason: p.Reason,
			Voided: p.Voided.Minor, At: p.At,
		}
	}
	return page, err
}

// standingView is what an account received and gave of one asset.
type standingView struct {
	Account ledger.Account `json:"account"`
	Name    string         `json:"name"`
	Asset   string         `json:"asset"`
	Debit   int64          `json:"debit"`
	Credit  int64          `json:"credit"`
	Balance int64          `json:"balance"`
}

// trialBalance gives all accounts.
func trialBalance(tx *db.Tx, _ struct{}) (web.List[standingView], error) {
	all, err := ledger.Trial(tx)
	page := web.List[standingView]{Items: make([]standingView, len(all))}
	for i, s := range all {
		page.Items[i] = standingView{
			Account: s.Account, Name: ledger.NameOf(s.Account).In(web.Lang(tx.Context())), Asset: s.Asset, Debit: s.Debit,
			Credit: s.Credit, Balance: s.Balance(),
		}
	}
	return page, err
}

type entriesAsk struct {
	Account ledger.Account `query:"account" required:"true" maxLength:"200"`
	Cursor  string         `query:"cursor" maxLength:"200"`
	Limit   int            `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// entryView is a transfer as it was posted.
type entryView struct {
	Posting ledger.ID      `json:"posting"`
	At      time.Time      `json:"at"`
	Kind    string         `json:"kind"`
	Ref     string         `json:"ref"`
	Cause   string         `json:"cause"`
	Debit   ledger.Account `json:"debit"`
	Credit  ledger.Account `json:"credit"`
	Amount  money.Money    `json:"amount"`
}

// ledgerEntries gives the history of an account.
func ledgerEntries(tx *db.Tx, in entriesAsk) (web.List[entryView], error) {
	from, err := readEntryCursor(in.Cursor)
	if err != nil {
		return web.List[entryView]{}, err
	}
	entries, next, err := ledger.History(tx, in.Account, from, in.Limit)
	page := web.List[entryView]{Items: make([]entryView, len(entries)), Next: entryCursor(next)}
	for i, e := range entries {
		page.Items[i] = entryView{e.Posting, e.At, e.Kind, e.Ref, e.Cause, e.Debit, e.Credit, money.Of(e.Amount, money.Currency(e.Asset))}
	}
	return page, err
}

func entryCursor(c ledger.Cursor) string {
	if c.Posting == "" {
		return ""
	}
	body, err := json.Marshal(c.Position)
	if err != nil {
		return ""
	}
	return web.Cursor(string(c.Posting), string(body))
}

func readEntryCursor(cursor string) (ledger.Cursor, error) {
	if cursor == "" {
		return ledger.Cursor{}, nil
	}
	parts, err := web.Uncursor(cursor, 2)
	if err != nil {
		return ledger.Cursor{}, err
	}
	c := ledger.Cursor{Posting: ledger.ID(parts[0])}
	if err := json.Unmarshal([]byte(parts[1]), &c.Position); err != nil {
		return ledger.Cursor{}, web.ErrCursor.About("%v", err)
	}
	return c, nil
}

type storiesAsk struct {
	Name   string `query:"name" maxLength:"60"`
	Key    string `query:"key" maxLength:"100"`
	State  string `query:"state" enum:"running,waiting,undoing,done,failed"`
	Stuck  bool   `query:"stuck"`
	Cursor string `query:"cursor" maxLength:"60"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// storyView is a story as the office sees it.
type storyView struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Key     string    `json:"key"`
	State   string    `json:"state"`
	Step    string    `json:"step,omitempty"`
	Trail   []string  `json:"trail" nullable:"false"`
	Tries   int64     `json:"tries"`
	Stuck   bool      `json:"stuck,omitempty"`
	Reason  string    `json:"reason,omitempty" doc:"The code of the fault for which it fails."`
	Text    string    `json:"text,omitempty"`
	Trouble string    `json:"trouble,omitempty"`
	Begun   time.Time `json:"begun"`
	Moved   time.Time `json:"moved"`
}

// listStories lists stories.
func listStories(tx *db.Tx, in storiesAsk) (web.List[storyView], error) {
	f := saga.Filter{Name: in.Name, Key: in.Key, Stuck: in.Stuck, Before: in.Cursor, Limit: in.Limit}
	if in.State != "" {
		f.States = []string{in.State}
	}
	found, err := saga.List(tx, f)
	page := web.List[storyView]{Items: make([]storyView, len(found))}
	for i, s := range found {
		v := storyView{
			ID: s.ID, Name: s.Name, Key: s.Key, State: s.State, Step: s.Step, Trail: append([]string{}, s.Trail...), Tries: s.Tries,
			Stuck: s.Stuck, Trouble: s.Trouble, Begun: s.Begun, Moved: s.Moved,
		}
		if s.Reason != nil {
			v.Reason, v.Text = fault.Of(s.Reason).Code, i18n.Fault(web.Lang(tx.Context()), s.Reason)
		}
		page.Items[i] = v
	}
	if len(found) == in.Limit {
		page.Next = found[len(found)-1].ID
	}
	return page, err
}

type storyAsk struct {
	ID string `path:"id" maxLength:"60" doc:"The story."`
}

// retell has a story go on.
func retell(tx *db.Tx, in storyAsk) (web.None, error) {
	return web.None{}, saga.Again(tx, in.ID)
}

type pageAsk struct {
	Cursor string `query:"cursor" maxLength:"300"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// parkedView is a reaction that was given up.
type parkedView struct {
	ID       string `json:"id"`
	Reaction string `json:"reaction"`
	Fact     string `json:"fact"`
	Key      string `json:"key"`
	Tries    int64  `json:"tries"`
	Error    string `json:"error"`
	Behind   int64  `json:"behind" doc:"How many of the same key wait behind it."`
}

// listParked lists what was given up.
func listParked(tx *db.Tx, in pageAsk) (web.List[parkedView], error) {
	found, err := bus.Parked(tx, bus.Page{After: in.Cursor, Limit: in.Limit})
	page := web.List[parkedView]{Items: make([]parkedView, len(found))}
	for i, l := range found {
		page.Items[i] = parkedView(l)
	}
	if len(found) == in.Limit {
		page.Next = found[len(found)-1].ID
	}
	return page, err
}

type parkedAsk struct {
	ID string `json:"id" minLength:"1" maxLength:"300" doc:"The id of the list."`
}

// retryParked tries a reaction again.
func retryParked(tx *db.Tx, in parkedAsk) (web.None, error) {
	return web.None{}, bus.Retry(tx, in.ID)
}

type factsAsk struct {
	Key string `query:"key" required:"true" maxLength:"100" doc:"An order, a basket, a product."`
	pageAsk
}

// factView is a fact as it was stated.
type factView struct {
	ID   string          `json:"id"`
	At   time.Time       `json:"at"`
	Name string          `json:"name"`
	Who  string          `json:"who"`
	Body json.RawMessage `json:"body"`
}

// listFacts gives the facts of one key in their order.
func listFacts(tx *db.Tx, in factsAsk) (web.List[factView], error) {
	found, err := bus.Facts(tx, bus.Filter{Key: in.Key, Page: bus.Page{After: in.Cursor, Limit: in.Limit}})
	page := web.List[factView]{Items: make([]factView, len(found))}
	for i, r := range found {
		page.Items[i] = factView{r.ID, r.At, r.Name, r.Who.ID, r.Body}
	}
	if len(found) == in.Limit {
		page.Next = found[len(found)-1].ID
	}
	return page, err
}

type auditAsk struct {
	Object string `query:"object" maxLength:"100" doc:"What was acted on."`
	Who    string `query:"who" maxLength:"100" doc:"Who acted."`
	pageAsk
}

// listAudit gives the audit.
func listAudit(tx *db.Tx, in auditAsk) (web.List[web.Row], error) {
	rows, next, err := web.Audit(tx, web.Wanted{Object: in.Object, Who: in.Who, Cursor: in.Cursor, Limit: in.Limit})
	return web.List[web.Row]{Items: append([]web.Row{}, rows...), Next: next}, err
}

// keyView is an API key without its secret.
type keyView struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Hint    string     `json:"hint" doc:"How the secret begins."`
	Scopes  []string   `json:"scopes" nullable:"false"`
	Began   time.Time  `json:"began"`
	Expires *time.Time `json:"expires,omitempty"`
	Revoked *time.Time `json:"revoked,omitempty"`
}

func viewKey(k session.Key) keyView {
	v := keyView{ID: k.ID, Name: k.Name, Hint: k.Hint, Scopes: k.Scopes, Began: k.Began}
	if !k.Expires.IsZero() {
		v.Expires = &k.Expires
	}
	if !k.Revoked.IsZero() {
		v.Revoked = &k.Revoked
	}
	return v
}

// listKeys lists the own keys.
func (f face) listKeys(tx *db.Tx, _ struct{}) (web.List[keyView], error) {
	keys, err := f.Sessions.Keys(tx, tx.Who().ID)
	page := web.List[keyView]{Items: make([]keyView, len(keys))}
	for i, k := range keys {
		page.Items[i] = viewKey(k)
	}
	return page, err
}

type keyDraft struct {
	Name    string    `json:"name" minLength:"1" maxLength:"200" doc:"What it is for."`
	Scopes  []string  `json:"scopes" minItems:"1" maxItems:"100" doc:"What it may; never more than its owner."`
	Expires time.Time `json:"expires,omitzero"`
}

// issuedKey is a key with its secret, shown once.
type issuedKey struct {
	keyView
	Secret string `json:"secret" doc:"Shown once. Send it as Authorization: Bearer."`
}

// issueKey makes a key.
func (f face) issueKey(tx *db.Tx, in keyDraft) (issuedKey, error) {
	secret, key, err := f.Sessions.Issue(tx, session.KeyDraft{Name: in.Name, Scopes: in.Scopes, Expires: in.Expires})
	return issuedKey{viewKey(key), secret}, err
}

type keyAsk struct {
	ID string `path:"id" maxLength:"60" doc:"The key."`
}

// revokeKey ends a key.
func (f face) revokeKey(tx *db.Tx, in keyAsk) (web.None, error) {
	return web.None{}, f.Sessions.Revoke(tx, tx.Who().ID, in.ID)
}
