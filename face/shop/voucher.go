package shop

import (
	"slices"
	"strconv"
	"time"

	"sauda/base/measure"
	"sauda/core/booking"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/order"
	"sauda/flow/takeback"
	"sauda/gear/db"
	"sauda/gear/web"
)

type voucherAsk struct {
	visitor
	ID      order.ID   `path:"id" maxLength:"60"`
	Booking booking.ID `path:"booking" maxLength:"60"`
	From    string     `query:"from" maxLength:"10"`
	To      string     `query:"to" maxLength:"10"`
}

// ticketView is the page of a booking of an order.
type ticketView struct {
	page
	booking.Booking
	Order      order.Order
	Ticket     string
	Refund     booking.Refund
	Travellers []booking.Passenger
	Offer      *booking.Offer // Offer is what the change that is asked for would cost.
	To         string
	Now        time.Time
	Form       form
	Key        string // Key makes a change that is sent twice one.
}

// voucher shows a booking to whoever may see its order: the ticket, what comes back, and what another time would cost.
func (f *face) voucher(tx *db.Tx, in voucherAsk) (web.View, error) {
	v, err := f.ticketView(tx, in)
	if err != nil {
		return nil, err
	}
	if from := readDay(in.From); !from.IsZero() && v.Changeable(tx.Now()) {
		offer, err := booking.OfferChange(tx, v.Booking, movedDraft(v.Booking, in.From, in.To))
		if err != nil && !refused(err) {
			return nil, err
		}
		if v.Form.add(tx.Context(), err); err == nil {
			v.Offer, v.To = &offer, in.To
		}
	}
	return ticketPage(v), nil
}

func (f *face) ticketView(tx *db.Tx, in voucherAsk) (ticketView, error) {
	o, err := order.Get(tx, in.ID) // It refuses everybody whose order this is not.
	if err != nil {
		return ticketView{}, err
	}
	b, err := booking.InOrder(tx, string(o.ID), in.Booking)
	if err != nil {
		return ticketView{}, err
	}
	ctx := tx.Context()
	v := ticketView{page: f.page(ctx, in.visitor, "orders", t(ctx, "booking.voucher")), Booking: b, Order: o, Refund: b.RefundBy(tx.Who(), tx.Now()), Now: tx.Now(), Key: web.FormKey(ctx),
		Form: form{Values: map[string]string{}, Wrong: map[string]string{}}}
	if b.State == booking.StateBooked && b.Paid {
		if v.Ticket, err = booking.TicketOf(f.Desk.Keys, b); err != nil {
			return v, err
		}
	}
	if b.Terms.Documents {
		v.Travellers, err = booking.Passengers(tx, f.Desk.Keys, b.ID)
	}
	return v, err
}

// movedDraft is a booking on other days: a stay keeps its length where no day of departure is said.
func movedDraft(b booking.Booking, from, to string) booking.Draft {
	d := b.Draft
	d.From = readDay(from)
	if d.To = readDay(to); d.To.IsZero() && !b.Draft.To.IsZero() {
		d.To = d.From.AddDays(b.Draft.From.DaysUntil(b.Draft.To))
	}
	return d
}

type givingUp struct {
	web.Typed
	visitor
	ID      order.ID   `path:"id" maxLength:"60"`
	Booking booking.ID `path:"booking" maxLength:"60"`
	Back    string     `json:"back" maxLength:"40"` // Back is what the page said would come back, in minor units.
}

func (in givingUp) ask() voucherAsk {
	return voucherAsk{visitor: in.visitor, ID: in.ID, Booking: in.Booking}
}

// giveUp gives up a booking at the refund that the page has shown; when another one holds by now, the page is shown again.
func (f *face) giveUp(tx *db.Tx, in givingUp) (web.Then, error) {
	v, err := f.ticketView(tx, in.ask())
	if err != nil {
		return web.Then{}, err
	}
	v.page = v.at("/orders/" + string(in.ID) + "/bookings/" + string(in.Booking))
	back := "/orders/" + string(in.ID) + "/bookings/" + string(in.Booking)
	switch {
	case v.State == booking.StateCancelled:
		return web.See(back), nil
	case in.Back != strconv.FormatInt(v.Refund.Back.Minor, 10):
		v.Form.Said = t(tx.Context(), "booking.refund_changed")
		return web.Again(ticketPage(v)), nil
	}
	if _, err = order.ToChange(tx, in.ID); err == nil {
		err = takeback.GiveUp(tx, v.Order, v.Booking, t(tx.Context(), "cancel.changed_mind"))
	}
	if refused(err) {
		v.Form.add(tx.Context(), err)
		return web.Again(ticketPage(v)), nil
	}
	return web.See(back), err
}

type movingStay struct {
	web.Typed
	visitor
	ID      order.ID   `path:"id" maxLength:"60"`
	Booking booking.ID `path:"booking" maxLength:"60"`
	From    string     `json:"from" maxLength:"10"`
	To      string     `json:"to,omitempty" maxLength:"10"`
	Key     string     `json:"key" maxLength:"60"`
}

// moveStay moves a booking to other days. What is dearer goes into the basket: it is changed when the difference is paid.
func (f *face) moveStay(tx *db.Tx, in movingStay) (web.Then, error) {
	v, err := f.ticketView(tx, voucherAsk{visitor: in.visitor, ID: in.ID, Booking: in.Booking})
	if err != nil {
		return web.Then{}, err
	}
	back := "/orders/" + string(in.ID) + "/bookings/" + string(in.Booking)
	if first, err := web.Once(tx, in.Key+" "+string(in.Booking)+" "+in.From+" "+in.To); err != nil || !first {
		return web.See(back), err
	}
	if _, err := order.ToChange(tx, in.ID); err != nil {
		return web.Then{}, err
	}
	_, dearer, err := booking.Change(tx, v.Booking, movedDraft(v.Booking, in.From, in.To))
	if err == nil && dearer != nil {
		err, back = f.put(tx, in.visitor, cart.Addition{
			Variant: v.Variant, Quantity: measure.One, PriceSeen: dearer.Price, Source: "booking", Answers: map[string]string{catalog.ChosenCode: string(dearer.ID)},
		}), "/basket"
	}
	if refused(err) {
		v.page = v.at("/orders/" + string(in.ID) + "/bookings/" + string(in.Booking))
		v.Form.add(tx.Context(), err)
		return web.Again(ticketPage(v)), nil
	}
	return web.See(back), err
}

type travellersForm struct {
	web.Typed
	visitor
	ID      order.ID   `path:"id" maxLength:"60"`
	Booking booking.ID `path:"booking" maxLength:"60"`
}

// nameTravellers writes down who travels. The number of a document that is known is never shown again: the page may be open by
// its link, and who leaves the number empty keeps it.
func (f *face) nameTravellers(tx *db.Tx, in travellersForm) (web.Then, error) {
	v, err := f.ticketView(tx, voucherAsk{visitor: in.visitor, ID: in.ID, Booking: in.Booking})
	if err != nil {
		return web.Then{}, err
	}
	if _, err := order.ToChange(tx, in.ID); err != nil {
		return web.Then{}, err
	}
	back := "/orders/" + string(in.ID) + "/bookings/" + string(in.Booking)
	known := v.Travellers
	v.Travellers = make([]booking.Passenger, v.Draft.People())
	for i := range v.Travellers {
		n := strconv.Itoa(i)
		p := booking.Passenger{Name: in.Values.Get("name_" + n), Born: readDay(in.Values.Get("born_" + n)), Document: in.Values.Get("document_" + n)}
		v.Form.Values["document_"+n] = p.Document
		if p.Document == "" && i < len(known) && known[i].Name == p.Name && known[i].Born == p.Born { // It is the same person.
			p.Document = known[i].Document
		}
		v.Travellers[i] = p
	}
	if err = booking.SetPassengers(tx, f.Desk.Keys, v.Booking, v.Travellers); refused(err) {
		v.page = v.at(back)
		v.Form.add(tx.Context(), err)
		return web.Again(ticketPage(v)), nil
	}
	return web.See(back), err
}

// traveller gives the one of a place, as far as one is known.
func (v ticketView) traveller(i int) booking.Passenger {
	if i < len(v.Travellers) {
		return v.Travellers[i]
	}
	return booking.Passenger{}
}

// books tells whether an order has booked anything.
func books(o order.Order) bool {
	return slices.ContainsFunc(o.Lines, func(l order.Line) bool { return l.Service != nil && l.Service.Way == booking.WayName })
}

// bookingsOf gives what an order has booked, without a statement for one that has not.
func bookingsOf(tx *db.Tx, o order.Order) ([]booking.Booking, error) {
	if !books(o) {
		return nil, nil
	}
	return booking.OfOrder(tx, string(o.ID))
}

// bound refuses to end an order as a whole when a booking of it has to be given up by itself.
func bound(tx *db.Tx, o order.Order) error {
	if !books(o) {
		return nil
	}
	return booking.Bound(tx, string(o.ID))
}
