package office

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountPayments(site *web.Site) {
	web.Page(site, "GET /office/payments", f.payments, web.Needs(ScopeMoneyRead))
	web.Page(site, "GET /office/payments/{id}", f.payment, web.Needs(ScopeMoneyRead))
}

func (f face) mountLedger(site *web.Site) {
	web.Page(site, "GET /office/ledger", f.trial, web.Needs(ScopeMoneyRead))
	web.Page(site, "GET /office/ledger/account", f.account, web.Needs(ScopeMoneyRead))
}

type paymentsAsk struct {
	State  payment.State `query:"state" enum:"begun,challenged,declined,authorized,voided,partly_captured,captured,partly_refunded,refunded"`
	From   string        `query:"from" maxLength:"10"`
	To     string        `query:"to" maxLength:"10"`
	Before payment.ID    `query:"before" maxLength:"60"`
}

// paymentFilters are the values of an address that choose payments.
var paymentFilters = []string{"state", "from", "to"}

// paymentStates are the states to choose from, in the order of a payment's life.
var paymentStates = []payment.State{
	payment.StateBegun, payment.StateChallenged, payment.StateDeclined, payment.StateAuthorized, payment.StateVoided,
	payment.StatePartlyCaptured, payment.StateCaptured, payment.StatePartlyRefunded, payment.StateRefunded,
}

// paymentsList is a page of payments.
type paymentsList struct {
	layout
	Ask      paymentsAsk
	Payments []payment.Payment
	Shown    []column[payment.Payment]
	Next     payment.ID
}

// read gives the payments that an address asks for. A day that is none chooses nothing: the field keeps what was typed.
func (in paymentsAsk) read(tx *db.Tx, limit int) ([]payment.Payment, payment.ID, error) {
	from, _ := span.Parse(in.From)
	to, _ := span.Parse(in.To)
	return payment.Find(tx, payment.Filter{
		Seller: string(sellerOf(tx)), State: in.State, From: from, To: to, Before: in.Before, Limit: limit,
	})
}

// isNarrowed tells whether an address asks for some payments only.
func (in paymentsAsk) isNarrowed() bool { return in.State != "" || in.From != "" || in.To != "" }

// payments lists the payments to the seller, the newest first.
func (f face) payments(tx *db.Tx, in paymentsAsk) (web.View, error) {
	list := paymentsList{Ask: in}
	var err error
	if list.layout, list.Shown, err = laidOut(tx, "payments", paymentFilters, paymentColumns); err != nil {
		return nil, err
	}
	list.Payments, list.Next, err = in.read(tx, listed)
	return paymentsPage(f.page("payments", t(tx.Context(), "nav.payments")), list), err
}

// paymentsFile sends the payments that a list shows.
func (f face) paymentsFile(x web.Exchange) error {
	in := paymentsAsk{State: payment.State(askedOf(x.Request, "state")), From: askedOf(x.Request, "from"), To: askedOf(x.Request, "to")}
	return sendList(f, x, "payments", paymentColumns, func(tx *db.Tx, after string) ([]payment.Payment, string, error) {
		in.Before = payment.ID(after)
		found, next, err := in.read(tx, filePage)
		return found, string(next), err
	})
}

type paymentAsk struct {
	ID payment.ID `path:"id" maxLength:"60"`
}

// payment shows one payment with what its gateway said.
func (f face) payment(tx *db.Tx, in paymentAsk) (web.View, error) {
	p, err := payment.Get(tx, in.ID)
	if err == nil && !tx.Who().For(p.Seller) {
		err = payment.ErrUnknown.About("%s is another seller's", in.ID)
	}
	if err != nil {
		return nil, err
	}
	events, err := payment.Events(tx, in.ID)
	return paymentPage(f.page("payments", t(tx.Context(), "payment.title", "sum", sum(tx.Context(), p.Amount))), p, events), err
}

type trialAsk struct {
	Below ledger.Account `query:"below" maxLength:"200"`
}

// trial is a trial balance: accounts, and the sums of both sides by asset.
type trial struct {
	Ask    trialAsk
	Rows   []ledger.Standing
	Totals []ledger.Standing // Totals have an asset and no account.
	Whole  bool              // Whole says that all accounts are there, so that both sides must be equal.
	Cut    bool              // Cut says that there are more rows than a page shows; the totals count them all.
}

// accountsMax is how many accounts a page shows.
const accountsMax = 500

// buyers is the beginning of the accounts of all buyers.
const buyers ledger.Account = "buyer"

// fold makes the rows fit a page. Every order has an account of its buyer, so in the whole they are one row, and among
// themselves only those on which something is owed are shown.
func (l *trial) fold() {
	rows := l.Rows[:0:0]
	folded := map[string]int{}
	for _, s := range l.Rows {
		isBuyer := strings.HasPrefix(string(s.Account), string(buyers)+"/")
		at, ok := folded[s.Asset]
		switch {
		case isBuyer && l.Whole && ok:
			rows[at].Debit += s.Debit
			rows[at].Credit += s.Credit
		case isBuyer && l.Whole:
			folded[s.Asset] = len(rows)
			s.Account = buyers
			rows = append(rows, s)
		case isBuyer && l.Ask.Below == buyers && s.Balance() == 0:
		default:
			rows = append(rows, s)
		}
	}
	if l.Cut = len(rows) > accountsMax; l.Cut {
		rows = rows[:accountsMax]
	}
	l.Rows = rows
}

// trial shows what the accounts received and gave. Keepers of the house see all of them, others those of their seller.
func (f face) trial(tx *db.Tx, in trialAsk) (web.View, error) {
	list := trial{Ask: in, Whole: in.Below == "" && keeps(tx.Who())}
	var err error
	switch {
	case list.Whole:
		list.Rows, err = ledger.Trial(tx)
	case in.Below != "":
		list.Rows, err = ledger.Balances(tx, in.Below)
	default:
		list.Rows, err = ledger.Balances(tx, ledger.Account("seller/"+sellerOf(tx)))
	}
	if err != nil {
		return nil, err
	}
	if !keeps(tx.Who()) {
		list.Rows = slices.DeleteFunc(list.Rows, func(s ledger.Standing) bool { return !isOf(s.Account, string(sellerOf(tx))) })
	}
	place := map[string]int{}
	for _, s := range list.Rows {
		at, ok := place[s.Asset]
		if !ok {
			at = len(list.Totals)
			place[s.Asset] = at
			list.Totals = append(list.Totals, ledger.Standing{Asset: s.Asset})
		}
		list.Totals[at].Debit += s.Debit
		list.Totals[at].Credit += s.Credit
	}
	list.fold()
	return trialPage(f.page("ledger", t(tx.Context(), "nav.ledger")), list), nil
}

// Balanced tells whether both sides of all assets are equal.
func (l trial) Balanced() bool {
	return !slices.ContainsFunc(l.Totals, func(s ledger.Standing) bool { return s.Debit != s.Credit })
}

// prefixes are the kinds of accounts, for a look at some of them.
var prefixes = []ledger.Account{"seller", "buyer", "gateway", "transit", "bank"}

// isOf tells whether an account belongs to a seller.
func isOf(a ledger.Account, owner string) bool {
	parts := strings.Split(string(a), "/")
	return len(parts) > 1 && (parts[0] == "seller" || parts[0] == "bank") && parts[1] == owner
}

type accountAsk struct {
	Account ledger.Account `query:"account" required:"true" maxLength:"200"`
	After   string         `query:"after" maxLength:"200"`
}

// accountList is a page of the history of an account.
type accountList struct {
	Ask     accountAsk
	Entries []ledger.Entry
	Next    string
}

// account shows the history of an account, each transfer with what caused it.
func (f face) account(tx *db.Tx, in accountAsk) (web.View, error) {
	if err := in.Account.Check(); err != nil {
		return nil, err
	}
	if err := seesAccount(tx, in.Account); err != nil {
		return nil, err
	}
	from, err := readEntryMark(in.After)
	if err != nil {
		return nil, err
	}
	list := accountList{Ask: in}
	entries, next, err := ledger.History(tx, in.Account, from, listed)
	if err != nil {
		return nil, err
	}
	list.Entries, list.Next = entries, entryMark(next)
	return accountPage(f.page("ledger", ledger.NameOf(in.Account).In(web.Lang(tx.Context()))), list), nil
}

// seesAccount refuses an account that is another seller's. That of a buyer belongs to the seller of its order.
func seesAccount(tx *db.Tx, a ledger.Account) error {
	if keeps(tx.Who()) || isOf(a, tx.Who().Seller) {
		return nil
	}
	if id, ok := strings.CutPrefix(string(a), "buyer/"); ok {
		if o, err := order.Get(tx, order.ID(id)); err == nil && tx.Who().For(string(o.Seller)) {
			return nil
		}
	}
	return web.ErrMissing.About("the account %s is not of %s", a, tx.Who().Seller)
}

// entryMark says where a history goes on; it is empty at the end.
func entryMark(c ledger.Cursor) string {
	if c.Posting == "" {
		return ""
	}
	return web.Cursor(string(c.Posting), number(c.Position))
}

func readEntryMark(mark string) (ledger.Cursor, error) {
	parts, err := web.Uncursor(mark, 2)
	if err != nil || parts == nil {
		return ledger.Cursor{}, err
	}
	c := ledger.Cursor{Posting: ledger.ID(parts[0])}
	if err := json.Unmarshal([]byte(parts[1]), &c.Position); err != nil {
		return ledger.Cursor{}, web.ErrCursor.About("%v", err)
	}
	return c, nil
}

// asset writes an amount of an asset.
func asset(ctx context.Context, minor int64, asset string) string {
	return sum(ctx, money.Of(minor, money.Currency(asset)))
}

// otherSide is the account with which an entry was exchanged.
func otherSide(e ledger.Entry, a ledger.Account) ledger.Account {
	if e.Debit == a {
		return e.Credit
	}
	return e.Debit
}
