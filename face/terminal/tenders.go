package terminal

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/bidding"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/saga"
	"sauda/gear/web"
)

func (f *face) mountTenders(site *web.Site) {
	web.PageAct(site, "GET /exchange/tenders", f.tenders, web.Public())
	web.PageAct(site, "GET /exchange/tenders/new", f.newTender, web.SignedIn())
	web.FormAct(site, "POST /exchange/tenders", f.announceTender, web.SignedIn())
	web.PageAct(site, "GET /exchange/tenders/{id}", f.tender, web.Public())
	web.FormAct(site, "POST /exchange/tenders/{id}/bids", f.bidTender, web.SignedIn())
	web.FormAct(site, "POST /exchange/tenders/{id}/offers", f.bringOffer, web.SignedIn())
	web.FormAct(site, "POST /exchange/tenders/{id}/guarantee", f.lodgeTender, web.SignedIn())
	web.FormAct(site, "POST /exchange/tenders/{id}/withdrawal", f.withdrawTender, web.SignedIn())
	web.FormAct(site, "POST /exchange/tenders/{id}/exclusions", f.excludeBidder, web.SignedIn())
	web.FormAct(site, "POST /exchange/tenders/{id}/fulfilments", f.fulfilTender, web.SignedIn())
}

const tendersPage = 30 // tendersPage is how many are listed at once.

// tenderStates are what a list is narrowed by; the first is what it begins with.
var tenderStates = []string{"live", "all", "decided", "settled", "failed", "withdrawn"}

type tendersAsk struct {
	Kind   string `query:"kind" maxLength:"20"`
	State  string `query:"state" maxLength:"20"`
	Mine   bool   `query:"mine"`
	Before int64  `query:"before"`
}

type tendersView struct {
	page
	tendersAsk
	List   []tenderRow
	More   int64 // More is the number before which the list goes on; zero for its end.
	Trades bool  // Trades says that the reader may announce.
	Now    time.Time
}

// tenderRow is a notice with the instrument that it is about, if it is about one.
type tenderRow struct {
	bidding.Notice
	Of *exchange.Instrument
}

func (f *face) rowOf(n bidding.Notice) tenderRow {
	row := tenderRow{Notice: n}
	if i, err := f.Floor.Instrument(n.Instrument); n.Instrument != "" && err == nil {
		row.Of = &i
	}
	return row
}

// many writes a quantity of what is sold or asked for, with its unit.
func (r tenderRow) many(ctx context.Context, quantity int64) string {
	if r.Of != nil {
		return manyOf(ctx, *r.Of, quantity*r.Lot)
	}
	if r.Instrument != "" {
		return figure(ctx, strconv.FormatInt(quantity*r.Lot, 10))
	}
	return figure(ctx, strconv.FormatInt(quantity, 10)) + "\u00a0" + r.Measure.Sign(web.Lang(ctx))
}

// price writes a price of one unit.
func (r tenderRow) price(ctx context.Context, minor int64) string {
	return figure(ctx, money.Of(minor, r.Currency).Decimal())
}

// sum writes an amount with its currency.
func (r tenderRow) sum(ctx context.Context, minor int64) string { return cash(ctx, minor, r.Currency) }

// tenders lists notices.
func (f *face) tenders(ctx context.Context, in tendersAsk) (web.View, error) {
	v := tendersView{page: f.page(ctx, "tenders", t(ctx, "tenders")), tendersAsk: in, Now: f.Now(), Trades: len(f.Floor.Seats(web.WhoFrom(ctx).ID)) > 0}
	v.Description = t(ctx, "tenders.lead")
	if !slices.Contains(tenderStates, v.State) {
		v.State = tenderStates[0]
	}
	filter := bidding.Filter{Before: in.Before, Live: v.State == "live", Mine: in.Mine && signedIn(ctx)}
	if v.State != "live" && v.State != "all" {
		filter.State = bidding.State(v.State)
	}
	if slices.Contains(bidding.Kinds, bidding.Kind(in.Kind)) {
		filter.Kind = bidding.Kind(in.Kind)
	}
	accounts, err := f.accounts(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		filter.Accounts = append(filter.Accounts, a.Code)
	}
	var list []bidding.Notice
	err = web.Look(ctx, func(tx *db.Tx) (err error) {
		list, err = bidding.List(tx, filter, tendersPage+1)
		return err
	})
	if len(list) > tendersPage {
		list = list[:tendersPage]
		v.More = list[tendersPage-1].Number
	}
	for _, n := range list {
		v.List = append(v.List, f.rowOf(n))
	}
	return tendersPageOf(v), err
}

// filtered is the address of the list with another filter.
func (v tendersView) filtered(kind, state string, mine bool, before int64) string {
	address := "/exchange/tenders?state=" + state
	if kind != "" {
		address += "&kind=" + kind
	}
	if mine {
		address += "&mine=true"
	}
	if before > 0 {
		address += "&before=" + strconv.FormatInt(before, 10)
	}
	return address
}

type tenderAsk struct {
	ID      string `path:"id" maxLength:"40"`
	Account string `query:"account" maxLength:"40"`
	Done    string `query:"done" maxLength:"20"`
}

// tenderView is a notice as the reader may see it, for one of his accounts.
type tenderView struct {
	page
	Row tenderRow
	bidding.Seen
	Accounts []exchange.Account
	Trades   bool // Trades says that he may trade for the account that he looks for.
	Free     int64
	Form     form
	Key      string
}

func (v tenderView) address() string { return "/exchange/tenders/" + string(v.Seen.ID) }

// tender shows a notice.
func (f *face) tender(ctx context.Context, in tenderAsk) (web.View, error) {
	v, err := f.tenderView(ctx, in)
	if err != nil {
		return nil, err
	}
	return tenderPage(v), nil
}

func (f *face) tenderView(ctx context.Context, in tenderAsk) (v tenderView, err error) {
	v.page = f.page(ctx, "tenders", t(ctx, "tenders"))
	v.Form, v.Key = form{Values: map[string]string{}, Wrong: map[string]string{}}, web.FormKey(ctx)
	if v.Accounts, err = f.accounts(ctx); err != nil {
		return v, err
	}
	if slices.Contains(tenderDones, in.Done) {
		v.Done = t(ctx, "tenders.done."+in.Done)
	}
	account := ""
	switch n := slices.IndexFunc(v.Accounts, func(a exchange.Account) bool { return a.Code == in.Account }); {
	case n >= 0:
		account = in.Account
	case in.Account != "":
		return v, floor.ErrSeat.About("%.40q", in.Account)
	}
	err = web.Look(ctx, func(tx *db.Tx) (err error) {
		if account == "" && len(v.Accounts) > 0 { // The one that has announced, else the first.
			n, err := bidding.Get(tx, bidding.NoticeID(in.ID))
			if err != nil {
				return err
			}
			account = v.Accounts[0].Code
			if slices.ContainsFunc(v.Accounts, func(a exchange.Account) bool { return a.Code == n.Account }) {
				account = n.Account
			}
		}
		v.Seen, err = bidding.Look(tx, f.Hammer.Keys(), bidding.NoticeID(in.ID), account)
		return err
	})
	if err != nil {
		return v, err
	}
	v.Row = f.rowOf(v.Seen.Notice)
	v.Title = v.Seen.Code() + " · " + v.Seen.Title.In(web.Lang(ctx))
	_, seated := f.seat(ctx, account)
	v.Trades = account != "" && seated == nil
	if v.Seen.State.Live() {
		v.Scripts = []string{"tenders.js"}
	}
	return v, nil
}

// tenderForm is what is typed on the page of a notice: a bid, or what who announced does.
type tenderForm struct {
	web.Typed
	ID       string `path:"id" maxLength:"40"`
	Account  string `json:"account" maxLength:"40"`
	Key      string `json:"key,omitempty" maxLength:"60"`
	Quantity string `json:"quantity,omitempty" maxLength:"30"`
	Market   bool   `json:"market,omitempty"`
	Reason   string `json:"reason,omitempty" maxLength:"2000"`
	Bidder   string `json:"bidder,omitempty" maxLength:"40"`
	Award    int64  `json:"award,omitempty"`
	Words    string `json:"words,omitempty" maxLength:"20000"`
	Papers   string `json:"papers,omitempty" maxLength:"10500"`
}

var tenderDones = []string{"bid", "lodged", "lodging", "withdrawn", "excluded", "fulfilled", "announced", "brought"}

// done leads back to the notice, which says what was done.
func (in tenderForm) done(what string) web.Then {
	return web.See("/exchange/tenders/" + in.ID + "?account=" + in.Account + "&done=" + what)
}

// answer shows the notice again with what was refused, or leads back to it.
func (f *face) answer(ctx context.Context, in tenderForm, err error, done string) (web.Then, error) {
	if err == nil {
		return in.done(done), nil
	}
	if fl := fault.Of(err); !refused(err) && (fl == nil || fl.Kind != fault.Denied && fl.Kind != fault.Precondition) {
		return web.Then{}, err
	}
	v, lost := f.tenderView(ctx, tenderAsk{ID: in.ID, Account: in.Account})
	if lost != nil {
		return web.Then{}, lost
	}
	v.Form = typed(ctx, in.Typed)
	v.Form.add(ctx, err)
	params := fault.ParamsOf(err)
	for _, name := range []string{"least", "most"} {
		if n, named := params[name].(int64); named {
			v.Form.Said += " " + t(ctx, "tenders."+name, "price", v.Row.price(ctx, n))
		}
	}
	return web.Again(tenderPage(v)), nil
}

// bidTender takes a bid, once however often its form is sent.
func (f *face) bidTender(ctx context.Context, in tenderForm) (web.Then, error) {
	seat, err := f.seat(ctx, in.Account)
	if err != nil {
		return web.Then{}, err
	}
	v, err := f.tenderView(ctx, tenderAsk{ID: in.ID, Account: in.Account})
	if err != nil {
		return web.Then{}, err
	}
	b, err := in.bid(v)
	if err == nil {
		err = web.Do(ctx, func(tx *db.Tx) error {
			if fresh, err := web.Once(tx, in.Key); err != nil || !fresh {
				return err
			}
			_, err := bidding.Enter(tx, f.Hammer.Keys(), v.Seen.ID, seat.Holder, b)
			return err
		})
	}
	return f.answer(ctx, in, err, "bid")
}

// bid reads a bid, or gives the fields that are wrong.
func (in tenderForm) bid(v tenderView) (b bidding.Bid, err error) {
	r := &reader{i: exchange.Instrument{Currency: v.Seen.Currency, Terms: exchange.Terms{Unit: 1, Lot: 1}}}
	if v.Row.Of != nil {
		r.i = *v.Row.Of
	}
	b.Market = in.Market && v.Seen.Kind == bidding.Placement
	if v.Seen.Kind != bidding.Dutch && !b.Market {
		for item := range v.Seen.Items {
			name := "price_" + strconv.Itoa(item)
			b.Prices = append(b.Prices, r.price(name, in.Values.Get(name), len(v.Seen.Items) == 1))
		}
	}
	if v.Seen.Kind.Named() {
		switch parts := r.parts("quantity", in.Quantity, true); {
		case v.Row.Of == nil:
			b.Quantity = parts
		case parts%v.Seen.Lot != 0:
			r.wrong("quantity", fault.Say("This must be a multiple of {n}.").With("n", counted(*v.Row.Of, v.Seen.Lot).String()))
		default:
			b.Quantity = parts / v.Seen.Lot
		}
	}
	if len(r.fields) > 0 {
		return b, ErrInvalid.Fields(r.fields...)
	}
	return b, nil
}

// lodgeTender takes the guarantee.
func (f *face) lodgeTender(ctx context.Context, in tenderForm) (web.Then, error) {
	seat, err := f.seat(ctx, in.Account)
	if err != nil {
		return web.Then{}, err
	}
	outcome, err := f.Hammer.Lodge(ctx, web.WhoFrom(ctx), floor.Lodging{Notice: bidding.NoticeID(in.ID), Account: seat.Code})
	switch outcome {
	case saga.Done:
		return in.done("lodged"), nil
	case saga.Failed:
		return f.answer(ctx, in, err, "lodged")
	}
	return in.done("lodging"), nil // It goes on by itself.
}

// withdrawTender takes a notice back.
func (f *face) withdrawTender(ctx context.Context, in tenderForm) (web.Then, error) {
	return f.act(ctx, in, "withdrawn", func(tx *db.Tx, account string) error {
		_, err := bidding.Withdraw(tx, bidding.NoticeID(in.ID), account, in.Reason)
		return err
	})
}

// excludeBidder takes a bidder out of a tender.
func (f *face) excludeBidder(ctx context.Context, in tenderForm) (web.Then, error) {
	return f.act(ctx, in, "excluded", func(tx *db.Tx, account string) error {
		_, err := bidding.Exclude(tx, f.Hammer.Keys(), bidding.NoticeID(in.ID), account, in.Bidder)
		return err
	})
}

// fulfilTender says that a contract was kept.
func (f *face) fulfilTender(ctx context.Context, in tenderForm) (web.Then, error) {
	return f.act(ctx, in, "fulfilled", func(tx *db.Tx, account string) error {
		_, err := bidding.Fulfil(tx, bidding.NoticeID(in.ID), account, in.Award)
		return err
	})
}

// act does what somebody does for an account for which he trades.
func (f *face) act(ctx context.Context, in tenderForm, done string, do func(tx *db.Tx, account string) error) (web.Then, error) {
	seat, err := f.seat(ctx, in.Account)
	if err != nil {
		return web.Then{}, err
	}
	return f.answer(ctx, in, web.Do(ctx, func(tx *db.Tx) error { return do(tx, seat.Code) }), done)
}

// when writes a moment by the clock of Kazakhstan: "30.11.2026 15:04:05".
func when(at time.Time) string { return at.In(span.Almaty).Format("02.01.2006 15:04:05") }

// short is when without the seconds.
func short(at time.Time) string { return at.In(span.Almaty).Format("02.01.2006 15:04") }

// ahead is how a notice stands, for a list: the clock may not have said so yet.
func ahead(n bidding.Notice, now time.Time) string {
	switch {
	case n.State.Live() && !now.Before(n.Ends):
		return "deciding"
	case n.Qualifies() && n.StageAt(now) == bidding.Open:
		return "offers"
	}
	return string(n.StageAt(now))
}

// lamp is the colour of a state.
func lamp(state string) string {
	switch state {
	case "open", "offers", "second":
		return "open"
	case "announced", "judging", "deciding", "decided":
		return "call"
	}
	return "still"
}

// mine are the bids of who looks.
func (v tenderView) mine() (list []bidding.Said) {
	for _, s := range v.History {
		if s.Mine && !s.Excluded {
			list = append(list, s)
		}
	}
	return list
}

// open tells whether bids are taken now.
func (v tenderView) open() bool {
	return (v.Stage == bidding.Open && !v.Seen.Qualifies() || v.Stage == bidding.Second) && !v.Over
}

// begins is what stands in a price field at first.
func (v tenderView) begins(ctx context.Context) string {
	switch {
	case v.Seen.Kind == bidding.English && v.Least > 0:
		return v.Row.price(ctx, v.Least)
	case v.Seen.Terms.Start > 0 && v.Seen.Kind != bidding.Dutch:
		return v.Row.price(ctx, v.Seen.Terms.Start)
	}
	return ""
}

// named writes what somebody calls an item; of one alone, what all is called.
func (v tenderView) named(ctx context.Context, item int) string {
	if item < len(v.Seen.Items) && !v.Seen.Items[item].Name.IsEmpty() {
		return in(ctx, v.Seen.Items[item].Name)
	}
	return in(ctx, v.Seen.Title)
}

// prices writes the prices of a bid.
func (v tenderView) prices(ctx context.Context, b bidding.Bid) string {
	if b.Market {
		return t(ctx, "tenders.market")
	}
	all := make([]string, len(b.Prices))
	for i, p := range b.Prices {
		if all[i] = v.Row.price(ctx, p); p == 0 {
			all[i] = "–"
		}
	}
	return strings.Join(all, " · ")
}

// unitOf is for what a price is.
func (v tenderView) unitOf(ctx context.Context) string {
	switch {
	case v.Row.Of != nil:
		return manyOf(ctx, *v.Row.Of, v.Row.Of.Terms.Unit)
	case v.Seen.Instrument != "":
		return v.Seen.Instrument
	}
	return "1\u00a0" + measure.Unit(v.Seen.Measure).Sign(web.Lang(ctx))
}
