// Package fulfil brings what was ordered to the buyer: it packs, books the carrier, hands the parcel over, and learns
// that it has arrived.
//
//	Pack ─▶ the dispatch story: book ▸ note ─▶ HandOver ─▶ the carrier's events ─▶ delivered, cash collected
//	  ▲      │ refused: booked again, or called off                └────────────▶ came back: on the shelf, still promised
//	  ├──────┴─ called off before it left: unpacked                               │
//	  └──── sent again, unless it is cancelled ───────────────────────────────────┘
//
// A shipment that shall not leave is called off: by the shop, or because its lines were cancelled. When its carrier has
// booked it, the withdraw story asks the carrier first, and the parcel is unpacked when the booking is taken back.
//
// One shipment leaves one warehouse; an order whose lines lie in two has two shipments. A shipment that the shop brings
// by itself has no carrier and needs no booking. It does not know how an order is paid, except for the cash that the
// carrier takes at the door.
package fulfil

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/books"
	"sauda/core/catalog"
	"sauda/core/estimate"
	"sauda/core/inventory"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/shipping"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// Faults of fulfilment.
var (
	ErrPacked  = fault.New(fault.Conflict, "fulfil.nothing_to_pack", "Nothing of this order is left to pack.")
	ErrCarrier = fault.New(fault.Internal, "fulfil.unknown_carrier", "No carrier of this name is connected. Choose another delivery, or connect the carrier.")
	ErrWaits   = fault.New(fault.Conflict, "fulfil.not_booked", "The carrier has not confirmed the booking yet. Wait a moment and try again.")
	ErrRefused = fault.New(fault.Conflict, "fulfil.booking_refused", "The carrier refused this parcel. Book it again, with another delivery if need be, or call it off.")
)

// The names of the stories in the store; they never change.
const (
	dispatchStory = "dispatch"
	withdrawStory = "withdraw"
)

// Bench is where orders are packed and leave.
type Bench struct {
	carriers map[string]shipping.Carrier
	teller   *saga.Teller
}

// New sets up the bench and teaches the teller its story.
func New(teller *saga.Teller, carriers ...shipping.Carrier) *Bench {
	b := &Bench{carriers: make(map[string]shipping.Carrier, len(carriers)), teller: teller}
	for _, c := range carriers {
		b.carriers[c.Name()] = c
	}
	saga.Learn(teller, saga.Story[Dispatch]{Name: dispatchStory, Steps: []saga.Step[Dispatch]{
		{Name: "gather", Do: b.gather},
		{Name: "book", Call: b.book},
		{Name: "note", Do: b.note},
	}})
	saga.Learn(teller, saga.Story[Withdrawal]{Name: withdrawStory, Steps: []saga.Step[Withdrawal]{
		{Name: "ask", Call: b.withdraw},
		{Name: "end", Do: withdrawn},
	}})
	return b
}

// Dispatch is a shipment on its way to its carrier. A refusal of the carrier is an answer like any other: it is noted at the
// shipment, and the story ends well.
type Dispatch struct {
	Shipment    shipping.ShipmentID  `json:"shipment"`
	Carrier     string               `json:"carrier"`
	Consignment shipping.Consignment `json:"consignment"`
	Booking     shipping.Booking     `json:"booking"`
	Refused     bool                 `json:"refused,omitempty"`
	Reason      string               `json:"reason,omitempty"` // Reason is why it was refused, in the carrier's words.
	Off         bool                 `json:"off,omitempty"`    // Off says that the shipment was called off before it was booked.
}

// Pack puts parts of an order into parcels, one shipment for each warehouse, and has their carrier booked. No parts mean
// all that is left to pack.
func (b *Bench) Pack(tx *db.Tx, id order.ID, parts []order.Part) ([]shipping.Shipment, error) {
	o, err := may(tx, id)
	if err != nil {
		return nil, err
	}
	if err := settled(tx, o); err != nil {
		return nil, err
	}
	shipments, err := shipping.ByOrder(tx, string(o.ID))
	if err != nil {
		return nil, err
	}
	piles, err := deal(o, parts, inParcels(shipments))
	if err != nil {
		return nil, err
	}
	masses, err := weigh(tx, o)
	if err != nil {
		return nil, err
	}
	var packed []shipping.Shipment
	for _, p := range piles {
		s, err := b.pack(tx, o, p, masses)
		if err != nil {
			return nil, err
		}
		// What is packed by now decides which parcel is the last, and collects the rest.
		if o, err = order.Pack(tx, o.ID, string(s.ID), p.parts); err != nil {
			return nil, err
		}
		packed = append(packed, s)
	}
	return packed, nil
}

// settled refuses to hand anything of an order over as long as a rest of it is not paid: estimate.ErrRest. An order of other things
// asks for nothing.
func settled(tx *db.Tx, o order.Order) error {
	for _, l := range o.Lines {
		if l.Made == nil || l.Made.Ref == "" {
			continue
		}
		left, err := estimate.Unsettled(tx, string(o.ID))
		if err == nil && len(left) > 0 {
			err = estimate.ErrRest.With("estimate", string(left[0].ID))
		}
		return err
	}
	return nil
}

// may gives the order to staff of its seller who may change orders.
func may(tx *db.Tx, id order.ID) (order.Order, error) {
	o, err := order.Get(tx, id)
	if err != nil {
		return order.Order{}, err
	}
	if who := tx.Who(); !who.May(order.ScopeWrite) || !who.For(string(o.Seller)) {
		return order.Order{}, order.ErrDenied.About("%s fulfils %s", who.ID, id)
	}
	return o, nil
}

// pile is what of an order lies in one warehouse.
type pile struct {
	warehouse string
	parts     []order.Part
}

// lot is a line's share of one warehouse.
type lot struct {
	line      string
	warehouse string
}

// inParcels is what of each line lies in a parcel already, by the warehouse that the parcel leaves or has left. What came back
// can be packed again.
func inParcels(shipments []shipping.Shipment) map[lot]measure.Quantity {
	packed := map[lot]measure.Quantity{}
	for _, s := range shipments {
		if s.State == shipping.StateCancelled || s.State == shipping.StateReturned {
			continue
		}
		for _, p := range parts(s) {
			packed[lot{p.Line, s.Warehouse}] += p.Quantity
		}
	}
	return packed
}

// deal deals parts of an order out to the warehouses from which they are taken, in the order of the allocations, leaving
// out what is gone from there. A part that is not there to be packed is refused.
func deal(o order.Order, parts []order.Part, gone map[lot]measure.Quantity) ([]pile, error) {
	want := map[string]measure.Quantity{}
	for _, p := range parts {
		l, err := o.Line(p.Line)
		if err != nil {
			return nil, err
		}
		if left := l.Live() - l.Packed - want[p.Line]; p.Quantity <= 0 || p.Quantity > left {
			return nil, fault.With(order.ErrTooMany.With("line", p.Line), "left", left)
		}
		want[p.Line] += p.Quantity
	}
	at := map[string]int{}
	var piles []pile
	for _, l := range o.Lines {
		if len(parts) == 0 {
			want[l.Line] = l.Live() - l.Packed
		}
	}
	for _, a := range o.Allocations {
		if a.Warehouse == "" { // It is digital, and lies in no parcel.
			continue
		}
		from := lot{a.Line, a.Warehouse}
		skip := min(gone[from], a.Quantity)
		gone[from] -= skip
		take := min(a.Quantity-skip, want[a.Line])
		if take <= 0 {
			continue
		}
		want[a.Line] -= take
		i, ok := at[a.Warehouse]
		if !ok {
			i = len(piles)
			at[a.Warehouse] = i
			piles = append(piles, pile{warehouse: a.Warehouse})
		}
		piles[i].parts = append(piles[i].parts, order.Part{Line: a.Line, Quantity: take})
	}
	if len(piles) == 0 {
		return nil, ErrPacked.About("%s", o.ID)
	}
	return piles, nil
}

// weigh gives the mass of one unit of each line.
func weigh(tx *db.Tx, o order.Order) (map[string]measure.Mass, error) {
	variants := make([]catalog.VariantID, len(o.Lines))
	for i, l := range o.Lines {
		variants[i] = l.Variant
	}
	offers, err := catalog.Offers(tx, variants)
	if err != nil {
		return nil, err
	}
	masses := make(map[string]measure.Mass, len(o.Lines))
	for _, l := range o.Lines {
		masses[l.Line] = offers[l.Variant].Mass
	}
	return masses, nil
}

// pack makes the shipment of one pile and has its carrier booked.
func (b *Bench) pack(tx *db.Tx, o order.Order, p pile, masses map[string]measure.Mass) (shipping.Shipment, error) {
	box := shipping.ParcelDraft{}
	for _, part := range p.parts {
		box.Contents = append(box.Contents, shipping.Content{Line: part.Line, Quantity: part.Quantity})
		if m, err := masses[part.Line].Times(part.Quantity); err == nil {
			box.Mass += m
		}
	}
	collect, err := collectable(tx, o, p)
	if err != nil {
		return shipping.Shipment{}, err
	}
	s, err := shipping.Prepare(tx, shipping.Draft{
		Order: string(o.ID), Seller: o.Seller, Warehouse: p.warehouse, Method: shipping.MethodID(o.Delivery.Method),
		Carrier: o.Delivery.Carrier, Point: shipping.PointID(o.Delivery.Point), To: o.Address, Collect: collect,
		Parcels: []shipping.ParcelDraft{box},
	})
	if err != nil {
		return shipping.Shipment{}, err
	}
	if s.Carrier == "" {
		return s, nil
	}
	return s, b.dispatch(tx, s)
}

// dispatch has the carrier of a shipment booked.
func (b *Bench) dispatch(tx *db.Tx, s shipping.Shipment) error {
	return saga.Begin(tx, b.teller, saga.Name{Story: dispatchStory, Key: dispatchKey(s)}, Dispatch{Shipment: s.ID, Carrier: s.Carrier})
}

// dispatchKey names the booking of a shipment: each attempt has a name of its own, and so a key at the carrier.
func dispatchKey(s shipping.Shipment) string {
	if n := s.Attempts(); n > 0 {
		return fmt.Sprintf("%s/%d", s.ID, n)
	}
	return string(s.ID)
}

// collectable is the cash to take for a pile: what its goods are worth, and with the last pile all that is still owed and
// that no other parcel collects.
func collectable(tx *db.Tx, o order.Order, p pile) (money.Money, error) {
	none := money.Of(0, o.Quote.Currency)
	if payment.Code(o.Method) != payment.Cash {
		return none, nil
	}
	left := map[string]measure.Quantity{}
	for _, l := range o.Lines {
		if !l.Bodiless() {
			left[l.Line] = l.Live() - l.Packed
		}
	}
	worth := none
	for _, part := range p.parts {
		l, err := o.Line(part.Line)
		if err != nil {
			return none, err
		}
		worth.Minor += l.Worth(l.Cancelled+l.Packed, part.Quantity).Total.Minor
		left[part.Line] -= part.Quantity
	}
	for _, rest := range left {
		if rest > 0 {
			return worth, nil
		}
	}
	others, err := shipping.ByOrder(tx, string(o.ID))
	if err != nil {
		return none, err
	}
	rest, err := uncollected(tx, o, others)
	rest.Minor = max(rest.Minor, 0)
	return rest, err
}

// uncollected is the cash of an order that none of its shipments collects; below zero, what they collect too much.
func uncollected(tx *db.Tx, o order.Order, shipments []shipping.Shipment) (money.Money, error) {
	owed, err := books.Owed(tx, o)
	if err != nil {
		return money.Money{}, err
	}
	// A cancellation counts here at once; the ledger learns of it by a reaction, which may still be due.
	worth := o.DeliveryWorth().Total
	for _, l := range o.Lines {
		worth.Minor += l.Worth(l.Cancelled, l.Live()).Total.Minor
	}
	for _, s := range shipments {
		switch {
		case s.State == shipping.StateCancelled, s.State == shipping.StateReturned:
		case !s.State.Left() && len(parts(s)) == 0: // It is being called off, and nothing in it will come.
		case s.State == shipping.StateDelivered:
			worth.Minor -= s.Collect.Minor
		default:
			worth.Minor -= s.Collect.Minor
			owed.Minor -= s.Collect.Minor
		}
	}
	return money.Of(min(owed.Minor, worth.Minor), owed.Currency), nil
}

// gather collects what the carrier has to know.
func (b *Bench) gather(tx *db.Tx, d *Dispatch) error {
	s, err := shipping.Get(tx, d.Shipment)
	if err != nil {
		return err
	}
	if d.Off = s.State == shipping.StateCancelled; d.Off {
		return nil
	}
	from, err := inventory.GetWarehouse(tx, inventory.WarehouseID(s.Warehouse))
	if err != nil {
		return err
	}
	kind := shipping.Parcel
	if s.Point != "" {
		kind = shipping.Pickup
	}
	d.Consignment = shipping.ConsignmentOf(s, kind, from.Address)
	return nil
}

// book announces the shipment to its carrier. Whatever the carrier refuses for good is its answer.
func (b *Bench) book(ctx context.Context, key string, d *Dispatch) error {
	if d.Off {
		return nil
	}
	c, ok := b.carriers[d.Carrier]
	if !ok {
		d.Refused, d.Reason = true, ErrCarrier.Code
		return nil
	}
	booking, err := c.Book(ctx, key, d.Consignment)
	if err != nil && !refused(err) {
		return again(err)
	}
	d.Booking, d.Refused, d.Reason = booking, err != nil, words(err)
	return nil
}

// refused says whether a carrier has said no for good; any other trouble is worth another try.
func refused(err error) bool {
	kind := fault.Of(err).Kind
	return kind != fault.Internal && kind != fault.Unavailable
}

// again has a call made once more when nobody knows whether the carrier acted.
func again(err error) error {
	if errors.Is(err, shipping.ErrNoAnswer) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", saga.ErrUnknown, err)
	}
	return err
}

// words are those of the carrier, or the code of the fault when it gave none.
func words(err error) string {
	if err == nil {
		return ""
	}
	return cmp.Or(fault.DetailOf(err), fault.Of(err).Code)
}

// note writes down what the carrier answered. What was called off meanwhile and is booked nevertheless is taken back there.
func (b *Bench) note(tx *db.Tx, d *Dispatch) error {
	switch {
	case d.Off:
		return nil
	case d.Refused:
		_, err := shipping.Refuse(tx, d.Shipment, d.Reason)
		return err
	}
	_, err := shipping.Book(tx, d.Shipment, d.Booking)
	if !errors.Is(err, shipping.ErrCancelled) {
		return err
	}
	s, err := shipping.Get(tx, d.Shipment)
	if err != nil {
		return err
	}
	return b.askBack(tx, Withdrawal{Shipment: s.ID, Order: s.Order, Carrier: d.Carrier, Ref: d.Booking.Ref})
}
