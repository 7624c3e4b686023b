package fulfil

import (
	"context"
	"errors"
	"slices"
	"time"

	"sauda/base/fault"
	"sauda/core/books"
	"sauda/core/choice"
	"sauda/core/digital"
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
	switch {
	case was.State == shipping.StateRefused:
		return shipping.Shipment{}, ErrRefused.About("%s", id)
	case was.State == shipping.StatePrepared && was.Carrier != "":
		return shipping.Shipment{}, ErrWaits.About("%s", id)
	}
	s, err := shipping.HandOver(tx, id)
	if err != nil || was.State != shipping.StatePrepared && was.State != shipping.StateBooked {
		return s, err
	}
	_, err = leave(tx, o, s)
	return s, err
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
	_, err = gone(tx, o, s)
	return err
}

// leave has an order know that a shipment has left, and takes its units off the shelf. Twice is the same as once.
func leave(tx *db.Tx, o order.Order, s shipping.Shipment) (order.Order, error) {
	if len(parts(s)) == 0 {
		return order.Order{}, ErrUnwanted.About("%s of %s is empty", s.ID, o.ID)
	}
	now, err := order.HandOver(tx, o.ID, string(s.ID), parts(s))
	if err != nil || now.Version == o.Version {
		return now, err
	}
	return now, inventory.Issue(tx, owner(o), issued(o, s), string(s.ID))
}

// gone is leave by the word of a carrier: what was cancelled or called off before it told that it has the parcel is
// ErrUnwanted.
func gone(tx *db.Tx, o order.Order, s shipping.Shipment) (order.Order, error) {
	now, err := leave(tx, o, s)
	if errors.Is(err, order.ErrCancelled) || errors.Is(err, order.ErrTooMany) {
		return order.Order{}, ErrUnwanted.About("%s of %s: %w", s.ID, o.ID, err)
	}
	return now, err
}

// ErrUnwanted means that a parcel has left though it was called off, or what is in it was cancelled. The carrier has it, and
// only people can get it back.
var ErrUnwanted = fault.New(fault.Conflict, "fulfil.unwanted", "This parcel has left, and what is in it was cancelled or called off. Ask the carrier to bring it back, correct the stock when it is there, then dismiss this.")

// owner names the claims of the basket that the order was.
func owner(o order.Order) string { return "cart/" + o.Cart }

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
	switch {
	case !s.State.Left():
		return shipping.Shipment{}, ErrLeft.About("%s", id)
	case s.State == shipping.StateReturned:
		return shipping.Shipment{}, ErrBack.About("%s", id)
	}
	return shipping.Note(tx, id, []shipping.Event{{ID: "arrived", State: shipping.StateDelivered, At: tx.Now()}})
}

// ErrLeft means that a shipment cannot arrive or come back before it has left.
var ErrLeft = fault.New(fault.Conflict, "fulfil.not_left", "Hand the parcel over first; then it can arrive or come back.")

// ErrBack means that the shop itself cannot say of a parcel that came back that it arrived: what is sent again is another
// parcel. Only its carrier can take it back that it came back.
var ErrBack = fault.New(fault.Conflict, "fulfil.came_back", "This parcel came back. What is sent again is a new parcel: say of that one that it has arrived.")

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
	if _, err := gone(tx, was, s); err != nil { // The carrier may have told everything at once.
		return err
	}
	if err := goOn(tx, was.ID, s); err != nil {
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
	if err := books.Paid(tx, p, string(s.ID), s.Collect, s.Carrier); err != nil {
		return err
	}
	return giveBodiless(tx, o)
}

// giveBodiless has what comes without a parcel of an order given, once its cash is there.
func giveBodiless(tx *db.Tx, o order.Order) error {
	var isDigital, isServed bool
	for _, l := range o.Lines {
		if l.Live() > l.Packed {
			isDigital, isServed = isDigital || l.Digital != nil, isServed || l.Service != nil
		}
	}
	if !isDigital && !isServed {
		return nil
	}
	owed, err := books.Owed(tx, o)
	if err != nil || owed.IsPositive() {
		return err
	}
	if isServed {
		if err := tx.Emit(choice.Due{Order: string(o.ID)}); err != nil {
			return err
		}
	}
	if isDigital {
		return tx.Emit(digital.Due{Order: string(o.ID)})
	}
	return nil
}

// goOn has an order know that a shipment which was told to have come back is with the buyer after all: its units leave the
// shelf a second time. Twice is the same as once.
func goOn(tx *db.Tx, id order.ID, s shipping.Shipment) error {
	if !slices.ContainsFunc(s.Events, func(e shipping.Event) bool { return e.State == shipping.StateReturned }) {
		return nil
	}
	was, err := order.Get(tx, id)
	if err != nil {
		return err
	}
	now, err := order.GoOn(tx, id, string(s.ID), parts(s))
	if errors.Is(err, order.ErrTooMany) {
		return ErrDecided.About("%s of %s: %w", s.ID, id, err)
	}
	if err != nil || now.Version == was.Version {
		return err
	}
	return inventory.Issue(tx, owner(now), issued(now, s), string(s.ID))
}

// ErrDecided means that a parcel arrived of which it was told that it had come back, and about which the shop has decided
// since. No program can know where the goods are.
var ErrDecided = fault.New(fault.Conflict, "fulfil.decided", "This parcel was told to have come back, and its goods were sent again or cancelled since; now the carrier says that it was delivered. Ask the carrier where it is, then dismiss this.")

// Back writes down that a shipment did not reach the buyer and lies in the warehouse again, for a parcel of which its
// carrier says nothing, or that the shop's own courier has brought back.
func (b *Bench) Back(tx *db.Tx, id shipping.ShipmentID, reason string) (shipping.Shipment, error) {
	s, err := shipping.Get(tx, id)
	if err != nil {
		return shipping.Shipment{}, err
	}
	if _, err := may(tx, order.ID(s.Order)); err != nil {
		return shipping.Shipment{}, err
	}
	switch {
	case !s.State.Left():
		return shipping.Shipment{}, ErrLeft.About("%s came back", id)
	case s.State == shipping.StateDelivered:
		return shipping.Shipment{}, ErrArrived.About("%s", id)
	}
	return shipping.Note(tx, id, []shipping.Event{{ID: "came_back", State: shipping.StateReturned, At: tx.Now(), Note: reason}})
}

// ErrArrived means that a shipment that arrived cannot come back undelivered.
var ErrArrived = fault.New(fault.Conflict, "fulfil.arrived", "The parcel has reached the buyer. Goods that the buyer sends back are a return: write it down with the order.")

// CameBack is the reaction to a shipment that did not reach the buyer and is back: the order knows it, and its units lie on
// the shelf again, still promised to this order. Its cash was not collected, so that nobody has it. Whether it is sent
// again or cancelled the shop decides. When it has reached the buyer after all meanwhile, nothing came back.
func (b *Bench) CameBack(tx *db.Tx, e shipping.CameBack) error {
	s, err := shipping.Get(tx, e.Shipment)
	if err != nil || s.State == shipping.StateDelivered {
		return err
	}
	o, err := order.Get(tx, order.ID(s.Order))
	if err != nil {
		return err
	}
	left, err := gone(tx, o, s) // The carrier may have told everything at once.
	if err != nil {
		return err
	}
	now, err := order.BringBack(tx, o.ID, string(s.ID), parts(s))
	if err != nil || now.Version == left.Version {
		return err
	}
	return inventory.Restore(tx, owner(o), issued(o, s), string(s.ID))
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
