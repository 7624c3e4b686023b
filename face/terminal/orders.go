package terminal

import (
	"context"
	"net/url"
	"strconv"

	"sauda/core/exchange"
	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/web"
)

func (f *face) mountOrders(site *web.Site) {
	web.PageAct(site, "GET /exchange/orders/{id}", f.order, web.SignedIn())
	web.FormAct(site, "POST /exchange/orders/{id}/replacement", f.replace, web.SignedIn())
	web.FormAct(site, "POST /exchange/orders/{id}/cancellation", f.cancel, web.SignedIn())
	web.FormAct(site, "POST /exchange/cancellations", f.cancelAll, web.SignedIn())
}

// orderAsk names an order and the account that it is of.
type orderAsk struct {
	ID      string `path:"id" maxLength:"20"`
	Account string `query:"account" maxLength:"40"`
}

type orderView struct {
	page
	exchange.Instrument
	Order   venue.Order
	Account string
	form
	Key string
}

// ordered gives an order of somebody's account, and from where he trades.
func (f *face) ordered(ctx context.Context, id, account string) (o venue.Order, s floor.Seat, err error) {
	if s, err = f.seat(ctx, account); err != nil {
		return o, s, err
	}
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return o, s, floor.ErrUnknown.About("order %.20q", id)
	}
	o, err = f.Floor.Order(ctx, s, n)
	return o, s, err
}

// order is the form by which an order is changed.
func (f *face) order(ctx context.Context, in orderAsk) (web.View, error) {
	v, err := f.orderView(ctx, in.ID, in.Account)
	if err != nil {
		return nil, err
	}
	return orderPage(v), nil
}

func (f *face) orderView(ctx context.Context, id, account string) (orderView, error) {
	o, s, err := f.ordered(ctx, id, account)
	v := orderView{page: f.page(ctx, "instrument", t(ctx, "replace")), Instrument: f.Floor.Instruments()[o.Instrument], Order: o, Account: s.Code, Key: web.FormKey(ctx)}
	v.form = form{Values: map[string]string{}, Wrong: map[string]string{}}
	return v, err
}

type replaceForm struct {
	web.Typed
	ID       string `path:"id" maxLength:"20"`
	Account  string `json:"account" maxLength:"40"`
	Key      string `json:"key" maxLength:"36"`
	Price    string `json:"price,omitempty" maxLength:"30"`
	Quantity string `json:"quantity,omitempty" maxLength:"30"`
	Stop     string `json:"stop_price,omitempty" maxLength:"30"`
}

// replace gives an order another price and another open quantity. A form that is sent twice changes once.
func (f *face) replace(ctx context.Context, in replaceForm) (web.Then, error) {
	v, err := f.orderView(ctx, in.ID, in.Account)
	if err != nil {
		return web.Then{}, err
	}
	seat, err := f.seat(ctx, in.Account)
	if err != nil {
		return web.Then{}, err
	}
	r := &reader{i: v.Instrument}
	a := floor.Ask{Client: in.Key, Quantity: r.parts("quantity", in.Quantity, true), Price: r.price("price", in.Price, priced(v.Order))}
	if v.Order.Stop != 0 {
		a.Stop = r.price("stop_price", in.Stop, true)
	}
	err = nil
	if len(r.fields) > 0 {
		err = ErrInvalid.Fields(r.fields...)
	} else {
		_, err = f.Floor.ReplaceOnce(ctx, seat, v.Order.ID, a)
	}
	switch {
	case err != nil && !refused(err):
		return web.Then{}, err
	case err != nil:
		v.form = typed(ctx, in.Typed)
		v.form.add(ctx, err)
		return web.Again(orderPage(v)), nil
	}
	return web.See(address(v.Instrument) + "?done=replaced&account=" + url.QueryEscape(seat.Code)), nil
}

// priced tells whether an order has a limit that can be changed.
func priced(o venue.Order) bool {
	return o.Type == book.Limit || o.Type == book.StopLimit || o.Type == book.MarketToLimit
}

type cancelForm struct {
	ID      string `path:"id" maxLength:"20"`
	Account string `json:"account" maxLength:"40"`
	Back    string `json:"back,omitempty" maxLength:"200"`
	Script  bool   `json:"script,omitempty"`
}

// cancel takes an order back. One that has ended meanwhile stays as it is, and the page shows how it ended.
func (f *face) cancel(ctx context.Context, in cancelForm) (web.Then, error) {
	o, s, err := f.ordered(ctx, in.ID, in.Account)
	if err != nil {
		return web.Then{}, err
	}
	i := f.Floor.Instruments()[o.Instrument]
	done := "cancelled"
	if o.Live() {
		_, err = f.Floor.Cancel(ctx, s, o.ID)
	}
	switch {
	case err != nil && !refused(err):
		return web.Then{}, err
	case err != nil:
		return web.Again(refusedPage(f.page(ctx, "instrument", t(ctx, "refused")), said(ctx, err), address(i)+"?account="+url.QueryEscape(s.Code))), nil
	case in.Script:
		return web.Show(donePart(t(ctx, "done."+done))), nil
	}
	return web.See(back(in.Back, i, s, done)), nil
}

// back is where a form leads: to the portfolio when it came from there, else to the instrument.
func back(from string, i exchange.Instrument, s floor.Seat, done string) string {
	if from == "portfolio" {
		return "/exchange/portfolio?done=" + done + "&account=" + url.QueryEscape(s.Code)
	}
	return address(i) + "?done=" + done + "&account=" + url.QueryEscape(s.Code)
}

type cancelAllForm struct {
	Account    string `json:"account" maxLength:"40"`
	Instrument string `json:"instrument,omitempty" maxLength:"40"`
	Script     bool   `json:"script,omitempty"`
}

// cancelAll takes back all orders of an account, in one instrument or in all.
func (f *face) cancelAll(ctx context.Context, in cancelAllForm) (web.Then, error) {
	s, err := f.seat(ctx, in.Account)
	if err != nil {
		return web.Then{}, err
	}
	var i exchange.Instrument
	from := "portfolio"
	if in.Instrument != "" {
		from = ""
		if i, err = f.Floor.Instrument(in.Instrument); err != nil {
			return web.Then{}, err
		}
	}
	if _, err := f.Floor.CancelAll(ctx, s, i.Number); err != nil {
		return web.Then{}, err
	}
	if in.Script {
		return web.Show(donePart(t(ctx, "done.cancelled_all"))), nil
	}
	return web.See(back(from, i, s, "cancelled_all")), nil
}

// typeOf and sideOf give the names by which texts and the API call what an order has.
func typeOf(o venue.Order) string { return types[o.Type] }
func sideOf(s book.Side) string   { return sides[s] }

// stateOf says how far an order is.
func stateOf(ctx context.Context, o venue.Order) string {
	return t(ctx, "state."+[...]string{"open", "waiting", "filled", "ended"}[o.State])
}
