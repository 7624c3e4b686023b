package shop

import (
	"context"
	"errors"
	"slices"
	"time"

	"sauda/base/measure"
	"sauda/core/booking"
	"sauda/core/digital"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/shipping"
	"sauda/core/workshop"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountOrders(site *web.Site) {
	web.Page(site, "GET /orders", f.orders, web.Public())
	web.Page(site, "GET /orders/find", f.findForm, web.Public())
	web.Form(site, "POST /orders/find", f.find, web.Public())
	web.Page(site, "GET /orders/{id}", f.orderPage, web.Public())
	web.Form(site, "POST /orders/{id}/cancel", f.cancel, web.Public())
}

type ordersAsk struct {
	visitor
	After string `query:"after" maxLength:"60"`
}

// ordersView is the list of a buyer's orders.
type ordersView struct {
	page
	Orders []order.Summary
	Begun  bool
	Next   string
}

// ordersListed is how many orders a page has.
const ordersListed = 20

// orders lists the buyer's own orders. A guest has none: the page asks which order is meant.
func (f *face) orders(tx *db.Tx, in ordersAsk) (web.View, error) {
	ctx := tx.Context()
	if tx.Who().Party == "" {
		return findPage(f.finding(ctx, in.visitor)), nil
	}
	found, next, err := order.List(tx, order.Filter{Party: tx.Who().Party, After: in.After, Limit: ordersListed})
	if err != nil {
		return nil, err
	}
	v := ordersView{page: f.page(ctx, in.visitor, "orders", t(ctx, "orders.title")), Orders: found, Begun: in.After != ""}
	if next != "" {
		v.Next = address("/orders", "after", next)
	}
	return ordersPage(v), nil
}

// finding is the form that finds an order.
type finding struct {
	page
	Form form
}

func (f *face) finding(ctx context.Context, v visitor) finding {
	return finding{page: f.page(ctx, v, "orders", t(ctx, "find.title"))}
}

func (f *face) findForm(tx *db.Tx, in visitor) (web.View, error) {
	return findPage(f.finding(tx.Context(), in)), nil
}

type codeSaid struct {
	web.Typed
	visitor
	Code  string `json:"code" maxLength:"40"`
	Email string `json:"email" maxLength:"254"`
}

// find leads to the order with a code, for whoever knows the mail address that it was ordered with.
func (f *face) find(tx *db.Tx, in codeSaid) (web.Then, error) {
	var o order.Order
	var err error
	if in.OK() {
		o, err = order.ByCode(tx, in.Code, in.Email)
	}
	if in.OK() && err == nil {
		return web.See("/orders/" + string(o.ID)), nil
	}
	if err != nil && !refused(err) && !unknown(err) {
		return web.Then{}, err
	}
	v := f.finding(tx.Context(), in.visitor)
	v.page, v.Form = v.at("/orders/find"), typed(tx.Context(), in.Typed, err)
	return web.Again(findPage(v)), nil
}

type orderAsk struct {
	visitor
	ID     order.ID `path:"id" maxLength:"60"`
	Placed string   `query:"placed" maxLength:"1"`
}

// orderView is the page of an order.
type orderView struct {
	page
	order.Order
	History   []order.Happening
	Payments  []payment.Payment
	Shipments []shipping.Shipment
	Jobs      []workshop.Job  // Jobs are what is made to order.
	Grants    []digital.Grant // Grants are what was bought in files and codes.
	Bookings  []booking.Booking
	Gift      used
	Method    string // Method is the way to pay, in words; empty where a certificate has paid all.
	Now       time.Time
	Placed    bool // Placed says that it was placed just now.
	Form      form
}

// orderPage shows an order to whoever may see it.
func (f *face) orderPage(tx *db.Tx, in orderAsk) (web.View, error) {
	v, err := f.orderView(tx, in.ID, in.visitor)
	if err != nil {
		return nil, err
	}
	v.Placed = in.Placed != ""
	return orderPage(v), nil
}

func (f *face) orderView(tx *db.Tx, id order.ID, of visitor) (orderView, error) {
	o, err := order.Get(tx, id)
	if err != nil {
		return orderView{}, err
	}
	ctx := tx.Context()
	v := orderView{page: f.page(ctx, of, "orders", t(ctx, "order.title", "code", o.Code)), Order: o, Now: tx.Now()}
	if v.History, err = order.History(tx, id); err != nil {
		return v, err
	}
	if v.Payments, err = payment.ByOrder(tx, string(id)); err != nil {
		return v, err
	}
	if v.Shipments, err = shipping.ByOrder(tx, string(id)); err != nil {
		return v, err
	}
	if v.Grants, err = grantsOf(tx, o); err != nil {
		return v, err
	}
	if v.Jobs, err = jobsOf(tx, o); err != nil {
		return v, err
	}
	if v.Bookings, err = bookingsOf(tx, o); err != nil {
		return v, err
	}
	rest := o.Total()
	for _, p := range v.Payments {
		if string(p.ID) == o.Payment {
			rest.Minor -= p.Amount.Minor
		}
	}
	if rest.IsPositive() { // No payment is for it.
		if v.Gift, err = usedFor(tx, o); err != nil {
			return v, err
		}
	}
	if v.Method = o.Method; v.Gift.Paid.IsPositive() && o.Payment == "" {
		v.Method = ""
		return v, nil
	}
	methods, err := payment.Methods(tx, payment.Ask{Country: string(o.Address.Country), Amount: o.Quote.Due})
	for _, m := range methods {
		if string(m.Code) == o.Method {
			v.Method = m.Name.In(web.Lang(ctx))
		}
	}
	return v, err
}

// stages are the steps of an order that goes well.
var stages = []order.State{order.StatePlaced, order.StatePacked, order.StateShipped, order.StateDelivered}

// reached tells whether the order has come to a step.
func (v orderView) reached(step order.State) bool {
	return slices.Index(order.States, v.State) >= slices.Index(order.States, step)
}

// straight tells whether the order goes well, so that its steps are shown.
func (v orderView) straight() bool {
	return v.State != order.StateCancelled && v.State != order.StateReturned && v.State != order.StateUndelivered
}

// cancellable tells whether the buyer may still end the order, or take out of it what came back undelivered.
func (v orderView) cancellable() bool {
	return v.State != order.StateCancelled && (!begun(v.Order) || v.State == order.StateUndelivered)
}

// begun tells whether something of an order is on its way or with the buyer.
func begun(o order.Order) bool {
	return slices.ContainsFunc(o.Lines, func(l order.Line) bool { return l.Shipped > 0 })
}

// happened are the rows of the history that tell a buyer something. What is digital lies in no parcel: of that one row says
// that it can be fetched.
func (v orderView) happened() []order.Happening {
	rows := slices.DeleteFunc(slices.Clone(v.History), func(h order.Happening) bool {
		return h.Kind == "numbered" || h.Kind == "short" || h.Ref == digital.Ref && (h.Kind == "packed" || h.Kind == "handed_over")
	})
	for i := range rows {
		if rows[i].Ref == digital.Ref {
			rows[i].Kind = "digital"
		}
	}
	return rows
}

// came says how far a line has come, where that is not what the whole order says.
func came(ctx context.Context, l order.Line) []string {
	var said []string
	for _, part := range []struct {
		id    string
		count measure.Quantity
	}{{"line.cancelled", l.Cancelled}, {"line.undelivered", l.Undelivered}, {"line.returned", l.Returned}} {
		if part.count > 0 {
			said = append(said, t(ctx, part.id, "quantity", amountOf(ctx, part.count, l.Unit)))
		}
	}
	return said
}

// reasons are those for which buyers end an order; they are told to the seller.
var reasons = []string{"changed_mind", "wrong_choice", "too_long", "other"}

type ending struct {
	web.Typed
	visitor
	ID     order.ID `path:"id" maxLength:"60"`
	Reason string   `json:"reason,omitempty" maxLength:"40"`
}

// cancel ends an order of which nothing is on its way or with the buyer; of another one it ends what came back undelivered.
// Ended twice, it stays ended.
func (f *face) cancel(tx *db.Tx, in ending) (web.Then, error) {
	reason := ""
	if slices.Contains(reasons, in.Reason) {
		reason = t(tx.Context(), "cancel."+in.Reason)
	}
	err := end(tx, in.ID, reason)
	if err == nil || errors.Is(err, order.ErrCancelled) {
		return web.See("/orders/" + string(in.ID)), nil
	}
	if !refused(err) {
		return web.Then{}, err
	}
	v, bad := f.orderView(tx, in.ID, in.visitor)
	if bad != nil {
		return web.Then{}, bad
	}
	v.page, v.Form = v.at("/orders/"+string(in.ID)), typed(tx.Context(), in.Typed, err)
	return web.Again(orderPage(v)), nil
}

// end takes all of an order away that the buyer may take away: the whole, or what came back undelivered beside what has
// left.
func end(tx *db.Tx, id order.ID, reason string) error {
	o, err := order.Get(tx, id)
	if err != nil {
		return err
	}
	if err := bound(tx, o); err != nil {
		return err
	}
	if back := o.Undelivered(); begun(o) && len(back) > 0 {
		_, err = order.CancelLines(tx, id, back, reason)
	} else {
		_, err = order.Cancel(tx, id, reason)
	}
	return err
}
