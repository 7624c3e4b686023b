package terminal

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/web"
)

func (f *face) mountEntry(site *web.Site) {
	web.FormAct(site, "POST /exchange/{code}/orders", f.enter, web.SignedIn())
	web.FormAct(site, "POST /exchange/confirmation", f.setAsk, web.SignedIn())
}

// ErrInvalid carries the fields of the order form that are wrong.
var ErrInvalid = fault.New(fault.Invalid, "terminal.invalid", "Correct the marked fields.")

// entry is the order form.
type entry struct {
	form
	Key string
	Ask bool // Ask says that the order is shown once more before it is sent.
}

func newEntry(ctx context.Context) entry {
	return entry{form: form{Values: map[string]string{}, Wrong: map[string]string{}}, Key: web.FormKey(ctx), Ask: asks(ctx)}
}

// What can be chosen in the form, by the names of the API; the first of each is what stands there at first.
var (
	sides    = []string{"buy", "sell"}
	types    = []string{"limit", "market", "market_to_limit", "stop", "stop_limit"}
	lives    = []string{"day", "lasting", "dated", "immediate", "all_or_none"}
	guards   = []string{"cancel_coming", "none", "cancel_resting", "cancel_both", "reduce"}
	auctions = []string{"", "opening", "closing"}
)

// guardOf are the guards by the places of guards.
var guardOf = []book.Guard{book.GuardComing, book.GuardNone, book.GuardResting, book.GuardBoth, book.GuardReduce}

type orderForm struct {
	web.Typed
	Code     string `path:"code" maxLength:"40"`
	Account  string `json:"account" maxLength:"40"`
	Key      string `json:"key" maxLength:"36"`
	Side     string `json:"side" maxLength:"10"`
	Type     string `json:"type,omitempty" maxLength:"20"`
	Life     string `json:"life,omitempty" maxLength:"20"`
	Price    string `json:"price,omitempty" maxLength:"30"`
	Quantity string `json:"quantity,omitempty" maxLength:"30"`
	Stop     string `json:"stop_price,omitempty" maxLength:"30"`
	Display  string `json:"display,omitempty" maxLength:"30"`
	Minimum  string `json:"minimum,omitempty" maxLength:"30"`
	Until    string `json:"until,omitempty" maxLength:"20"`
	Auction  string `json:"auction,omitempty" maxLength:"10"`
	Guard    string `json:"guard,omitempty" maxLength:"20"`
	PostOnly bool   `json:"post_only,omitempty"`
	Sure     bool   `json:"sure,omitempty"`   // Sure says that the order was seen once more.
	Script   bool   `json:"script,omitempty"` // Script wants a part of a page for an answer.
}

// reader reads what was typed, and gathers what is wrong with it.
type reader struct {
	i      exchange.Instrument
	fields []fault.Field
}

func (r *reader) wrong(name string, said fault.Sentence) {
	r.fields = append(r.fields, said.At("/"+name))
}

// price reads a price that is needed or has no place; empty is zero.
func (r *reader) price(name, typed string, needed bool) int64 {
	if typed = strings.TrimSpace(typed); typed == "" {
		if needed {
			r.wrong(name, fault.Say("Fill this in."))
		}
		return 0
	}
	m, err := money.Parse(typed, r.i.Currency)
	if err != nil {
		r.fields = append(r.fields, fault.Found("/"+name, err))
	}
	return m.Minor
}

// parts reads a quantity as people count the instrument, and gives it in countable parts; empty is zero.
func (r *reader) parts(name, typed string, needed bool) int64 {
	typed = strings.NewReplacer(",", ".", " ", "", "\u00a0", "", "\u202f", "").Replace(typed)
	if typed == "" {
		if needed {
			r.wrong(name, fault.Say("Fill this in."))
		}
		return 0
	}
	q, err := measure.Parse(typed)
	if err != nil {
		r.fields = append(r.fields, fault.Found("/"+name, err))
		return 0
	}
	n, ok := money.MulDiv(int64(q), divides(r.i), int64(measure.One), money.Down)
	if back, fits := money.MulDiv(n, int64(measure.One), divides(r.i), money.Down); !ok || !fits || back != int64(q) || n%r.i.Terms.Unit != 0 {
		r.wrong(name, fault.Say("This must be a multiple of {n}.").With("n", counted(r.i, r.i.Terms.Lot).String()))
		return 0
	}
	return n
}

func one[T ~uint8](r *reader, name, typed string, from []string) T {
	if n := slices.Index(from, typed); n >= 0 {
		return T(n)
	}
	if typed != "" {
		r.wrong(name, fault.Say("This value is not right."))
	}
	return 0
}

// ask makes of the form what the market is asked, or gives the fields that are wrong.
func (in orderForm) ask(i exchange.Instrument) (floor.Ask, error) {
	r := &reader{i: i}
	a := floor.Ask{
		Instrument: i.Code, Client: in.Key, Side: one[book.Side](r, "side", in.Side, sides), Type: one[book.Type](r, "type", in.Type, types),
		Life: one[book.Life](r, "life", in.Life, lives), PostOnly: in.PostOnly, Guard: guardOf[one[uint8](r, "guard", in.Guard, guards)],
	}
	switch one[uint8](r, "auction", in.Auction, auctions) {
	case 1:
		a.Auction = auction.Opening
	case 2:
		a.Auction = auction.Closing
	}
	if a.Type == book.Limit || a.Type == book.StopLimit { // What another type has no use for is not looked at.
		a.Price = r.price("price", in.Price, true)
	}
	if a.Type == book.StopMarket || a.Type == book.StopLimit {
		a.Stop = r.price("stop_price", in.Stop, true)
	}
	a.Quantity = r.parts("quantity", in.Quantity, true)
	a.Display, a.Minimum = r.parts("display", in.Display, false), r.parts("minimum", in.Minimum, false)
	if a.Quantity > 0 && a.Quantity < i.Terms.QtyMin {
		r.wrong("quantity", fault.Say("This must be {n} or more.").With("n", counted(i, i.Terms.QtyMin).String()))
	}
	if a.Life == book.Dated {
		day, err := span.Parse(in.Until)
		if err != nil {
			r.wrong("until", fault.Say("Write a day, for example 2026-11-29."))
		}
		a.Until = day.AddDays(1).Start(span.Almaty).Add(-time.Microsecond)
	}
	if len(r.fields) > 0 {
		return a, ErrInvalid.Fields(r.fields...)
	}
	return a, nil
}

// seat gives from where somebody trades for an account; what is not his is floor.ErrSeat.
func (f *face) seat(ctx context.Context, account string) (floor.Seat, error) {
	seats := f.Floor.Seats(web.WhoFrom(ctx).ID)
	if n := slices.IndexFunc(seats, func(s floor.Seat) bool { return s.Code == account }); n >= 0 {
		s := seats[n]
		s.Holder, _ = f.Floor.Holder(s.Account) // What suits him is judged by it.
		return s, nil
	}
	return floor.Seat{}, floor.ErrSeat.About("%.40q", account)
}

// enter sends an order to the market: once, however often its form is sent; with other contents under the same key it is refused.
// Without a script it is shown once more before.
func (f *face) enter(ctx context.Context, in orderForm) (web.Then, error) {
	i, err := f.Floor.Instrument(in.Code)
	if err != nil {
		return web.Then{}, err
	}
	seat, err := f.seat(ctx, in.Account)
	if err != nil {
		return web.Then{}, err
	}
	a, err := in.ask(i)
	if err == nil && !seat.Holder.Suits(i) { // Said before the order is shown once more.
		err = floor.ErrUnsuited
	}
	if err == nil && !in.Sure && !in.Script && asks(ctx) {
		return f.sure(ctx, i, in, a)
	}
	var o venue.Order
	if err == nil {
		o, err = f.Floor.EnterOnce(ctx, seat, a)
	}
	switch {
	case err != nil && !refused(err) && !errors.Is(err, floor.ErrUnsuited):
		return web.Then{}, err
	case err != nil:
		return f.again(ctx, in, err)
	case in.Script:
		return web.Show(answerPart(i, o, web.FormKey(ctx))), nil
	}
	return web.See(address(i) + "?done=entered&account=" + url.QueryEscape(seat.Code)), nil
}

// again shows the form again with what is wrong.
func (f *face) again(ctx context.Context, in orderForm, err error) (web.Then, error) {
	form, key := typed(ctx, in.Typed), in.Key
	form.add(ctx, err)
	if fault.ParamsOf(err)["reason"] == venue.DuplicateClient.Code() { // There is another order under this key. Its owner is told, and what he sends next is a new wish.
		key = web.FormKey(ctx)
	}
	if in.Script {
		return web.Again(refusalPart(form, key)), nil
	}
	v, err := f.instrumentView(ctx, instrumentAsk{Code: in.Code, Account: in.Account})
	if err != nil {
		return web.Then{}, err
	}
	v.Entry.form, v.Entry.Key = form, key
	return web.Again(instrumentPage(v)), nil
}

// sureView is an order that is shown once more.
type sureView struct {
	page
	exchange.Instrument
	Ask   floor.Ask
	Price int64 // Price is the one by which the value is counted; zero when nothing is known.
	Typed url.Values
}

// value is what the order is worth at most, or about.
func (v sureView) value() int64 { return v.Price * (v.Ask.Quantity / v.Terms.Unit) }

// sure shows an order once more, with what it will cost.
func (f *face) sure(ctx context.Context, i exchange.Instrument, in orderForm, a floor.Ask) (web.Then, error) {
	v, err := f.instrumentView(ctx, instrumentAsk{Code: in.Code, Account: in.Account})
	if err != nil {
		return web.Then{}, err
	}
	s := sureView{page: f.page(ctx, "instrument", t(ctx, "sure")), Instrument: i, Ask: a, Price: a.Price, Typed: in.Values}
	if s.Price == 0 {
		s.Price = v.best(a.Side.Opposite())
	}
	if s.Price == 0 {
		s.Price = v.last()
	}
	return web.Show(surePage(s)), nil
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }

// asked is the price with which the form begins: the best one of the sellers, else the last.
func (v instrumentView) asked(ctx context.Context) string {
	p := v.best(book.Sell)
	if p == 0 {
		p = v.last()
	}
	if p == 0 {
		return ""
	}
	return price(ctx, v.Instrument, p)
}

// wrongs marks a field that is wrong, for those who do not see it.
func wrongs(f form, name string) templ.Attributes {
	if f.Wrong[name] == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": name + "-wrong"}
}

// folded tells whether something of what is folded away was typed or is wrong, so that it stands open.
func folded(f form) bool {
	for _, name := range []string{"stop_price", "display", "minimum", "until", "auction", "post_only"} {
		if f.Values[name] != "" || f.Wrong[name] != "" {
			return true
		}
	}
	return f.Wrong["guard"] != "" || f.value("guard", guards[0]) != guards[0]
}

// named is the end of the text of a choice; that of none is "none".
func named(choice string) string {
	if choice == "" {
		return "none"
	}
	return choice
}

// answered says what became of an order: it has traded, in part or whole, stands, or waits.
func answered(o venue.Order) string {
	switch {
	case o.State == venue.Filled:
		return "filled"
	case o.State == venue.Ended:
		return "ended"
	case o.State == venue.Waiting:
		return "waiting"
	case o.Cum > 0:
		return "part"
	}
	return "open"
}

func measureSign(ctx context.Context, i exchange.Instrument) string {
	return measureOf(i).Sign(web.Lang(ctx))
}
