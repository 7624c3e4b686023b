package fulfil

import (
	"context"
	"errors"
	"time"

	"sauda/base/fault"
	"sauda/core/books"
	"sauda/core/inventory"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/shipping"
	"sauda/gear/db"
	"sauda/gear/job"
)

// HandOver says that a shipment has left: its units leave the stock and the order has shipped. Said twice, it counts
// once.
func (b *Bench) HandOver(tx *db.Tx, id shipping.ShipmentID) (shipping.Shipment, error) {
	was, err := shipping.Get(tx, id)
	if err != nil {
		return shipping.Shipment{}, err
	}
	o, err := may(tx, order.ID(was.Order))
	if err != nil {
		return shipping.Shipment{}, err
	}
	if was.State == shipping.StatePrepared && was.Carrier != "" {
		return shipping.Shipment{}, ErrWaits.About("%s", id)
	}
	s, err := shipping.HandOver(tx, id)
	if err != nil || was.State != shipping.StatePrepared && was.State != shipping.StateBooked {
		return s, err
	}
	return s, leave(tx, o, s)
}

// Left is the reaction to a shipment that has left. When the carrier has told it before the shop did, the order learns it
// now; otherwise nothing is left to do.
func (b *Bench) Left(tx *db.Tx, e shipping.Shipped) error {
	s, err := shipping.Get(tx, e.Shipment)
	if err != nil {
		return err
	}
	o, err := order.Get(tx, order.ID(s.Order))
	if err != nil {
		return err
	}
	return leave(tx, o, s)
}

// leave has an order know that a shipment has left, and takes its units off the shelf. Twice is the same as once.
func leave(tx *db.Tx, o order.Order, s shipping.Shipment) error {
	now, err := order.HandOver(tx, o.ID, string(s.ID), parts(s))
	if err != nil || now.Version == o.Version {
		return err
	}
	return inventory.Issue(tx, "cart/"+o.Cart, issued(o, s), string(s.ID))
}

// parts are the lines in the parcels of a shipment.
func parts(s shipping.Shipment) []order.Part {
	var parts []order.Part
	for _, box := range s.Parcels {
		for _, c := range box.Contents {
			parts = append(parts, order.Part{Line: c.Line, Quantity: c.Quantity})
		}
	}
	return parts
}

// issued says what a shipment takes off which shelf.
func issued(o order.Order, s shipping.Shipment) []inventory.Allocation {
	counted := map[string]bool{}
	for _, a := range o.Allocations {
		if a.Warehouse == s.Warehouse && a.Key != "" {
			counted[a.Line] = true
		}
	}
	var off []inventory.Allocation
	for _, p := range parts(s) {
		l, err := o.Line(p.Line)
		if err != nil || !counted[p.Line] {
			continue
		}
		w := inventory.WarehouseID(s.Warehouse)
		off = append(off, inventory.Allocation{
			Line: p.Line, Seller: l.Seller, Variant: l.Variant, Warehouse: w, Key: inventory.Key(w, string(l.Variant)), Quantity: p.Quantity,
		})
	}
	return off
}

// Arrived writes down that the shop's own courier has brought a shipment, or that the buyer has fetched it.
func (b *Bench) Arrived(tx *db.Tx, id shipping.ShipmentID) (shipping.Shipment, error) {
	s, err := shipping.Get(tx, id)
	if err != nil {
		return shipping.Shipment{}, err
	}
	if _, err := may(tx, order.ID(s.Order)); err != nil {
		return shipping.Shipment{}, err
	}
	if s.State == shipping.StatePrepared || s.State == shipping.StateBooked {
		return shipping.Shipment{}, ErrLeft.About("%s", id)
	}
	return shipping.Note(tx, id, []shipping.Event{{ID: "arrived", State: shipping.StateDelivered, At: tx.Now()}})
}

// ErrLeft means that a shipment cannot arrive before it has left.
var ErrLeft = fault.New(fault.Conflict, "fulfil.not_left", "Hand the parcel over first; then it can arrive.")

// Delivered is the reaction to a shipment that reached the buyer: the order knows it, and cash that was collected at the
// door is in the carrier's hands.
func (b *Bench) Delivered(tx *db.Tx, e shipping.Delivered) error {
	s, err := shipping.Get(tx, e.Shipment)
	if err != nil {
		return err
	}
	was, err := order.Get(tx, order.ID(s.Order))
	if err != nil {
		return err
	}
	if err := leave(tx, was, s); err != nil { // The carrier may have told everything at once.
		return err
	}
	o, err := order.Deliver(tx, order.ID(s.Order), string(s.ID), parts(s))
	if err != nil || !s.Collect.IsPositive() {
		return err
	}
	p, err := payment.Collect(tx, payment.ID(o.Payment), s.Collect)
	if err != nil {
		return err
	}
	return books.Paid(tx, p, string(s.ID), s.Collect, s.Carrier)
}

// Told notes what a carrier has told of one of its bookings.
func Told(tx *db.Tx, carrier, ref string, events []shipping.Event) error {
	s, err := shipping.ByBooking(tx, carrier, ref)
	if err != nil {
		return err
	}
	_, err = shipping.Note(tx, s.ID, events)
	return err
}

const (
	askMax  = 500              // askMax bounds how many shipments are asked after in one round.
	askTime = 10 * time.Second // askTime bounds one question to a carrier.
)

// AskCarriers asks for news of all that is under way: webhooks can be lost.
func (b *Bench) AskCarriers(ctx context.Context, store *db.Store) error {
	after := shipping.ShipmentID("")
	for {
		var page []shipping.Shipment
		err := job.Look(ctx, store, db.System, func(tx *db.Tx) (err error) {
			page, err = shipping.Underway(tx, after, askMax)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, s := range page {
			err = errors.Join(err, b.ask(ctx, store, s))
		}
		if err != nil {
			return err
		}
		after = page[len(page)-1].ID
	}
}

func (b *Bench) ask(ctx context.Context, store *db.Store, s shipping.Shipment) error {
	c, ok := b.carriers[s.Carrier]
	if !ok {
		return nil // The shop brings it by itself.
	}
	ctx, stop := context.WithTimeout(ctx, askTime)
	defer stop()
	events, err := c.Track(ctx, s.Booking)
	if err != nil || len(events) == 0 {
		return err
	}
	return job.Once(ctx, store, db.System, func(tx *db.Tx) error {
		_, err := shipping.Note(tx, s.ID, events)
		return err
	})
}
