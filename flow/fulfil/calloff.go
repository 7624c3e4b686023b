package fulfil

import (
	"context"
	"errors"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/core/order"
	"sauda/core/shipping"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// CallOff takes a shipment that has not left out of the world: the parcel is unpacked, and its lines wait to be packed again
// or cancelled. What no carrier has booked is cancelled at once. What is booked waits until the carrier has taken its
// booking back; when the carrier has the parcel by then, it is handed over. Called off twice, it changes nothing.
func (b *Bench) CallOff(tx *db.Tx, id shipping.ShipmentID, reason string) (shipping.Shipment, error) {
	s, err := shipping.Get(tx, id)
	if err != nil {
		return shipping.Shipment{}, err
	}
	if _, err := may(tx, order.ID(s.Order)); err != nil {
		return shipping.Shipment{}, err
	}
	return b.callOff(tx, s, reason)
}

func (b *Bench) callOff(tx *db.Tx, s shipping.Shipment, reason string) (shipping.Shipment, error) {
	if s.State == shipping.StatePrepared || s.State == shipping.StateRefused {
		return unpack(tx, s, reason, reason)
	}
	off, err := shipping.CallOff(tx, s.ID, reason)
	if err != nil || s.State != shipping.StateBooked {
		return off, err
	}
	return off, b.askBack(tx, Withdrawal{Shipment: s.ID, Order: s.Order, Carrier: s.Carrier, Ref: s.Booking, Why: reason})
}

// unpack ends a shipment and has its order know that what was in it is packed no more. What the order has forgotten already,
// because it was cancelled, is passed over. The note stands at the shipment, the reason in the history of the order.
func unpack(tx *db.Tx, s shipping.Shipment, note, reason string) (shipping.Shipment, error) {
	off, err := shipping.Cancel(tx, s.ID, note)
	if err != nil {
		return shipping.Shipment{}, err
	}
	o, err := order.Get(tx, order.ID(s.Order))
	if err != nil {
		return shipping.Shipment{}, err
	}
	packed := waiting(o)
	var out []order.Part
	for _, p := range parts(s) {
		if q := min(p.Quantity, packed[p.Line]); q > 0 {
			packed[p.Line] -= q
			out = append(out, order.Part{Line: p.Line, Quantity: q})
		}
	}
	if len(out) == 0 {
		return off, nil
	}
	_, err = order.Unpack(tx, o.ID, order.Unpacking{Shipment: string(s.ID), Ref: string(s.ID), Reason: reason, Parts: out})
	return off, err
}

// waiting is how much of each line lies packed and has not left.
func waiting(o order.Order) map[string]measure.Quantity {
	packed := make(map[string]measure.Quantity, len(o.Lines))
	for _, l := range o.Lines {
		packed[l.Line] = l.Packed - l.Shipped
	}
	return packed
}

// Withdrawal is a booking that its carrier shall take back.
type Withdrawal struct {
	Shipment shipping.ShipmentID `json:"shipment"`
	Order    string              `json:"order"`
	Carrier  string              `json:"carrier"`
	Ref      string              `json:"ref"`
	Why      string              `json:"why,omitempty"`    // Why is the shop's reason.
	Gone     bool                `json:"gone,omitempty"`   // Gone says that the carrier has the parcel.
	Reason   string              `json:"reason,omitempty"` // Reason is why the carrier did not take it back, in its words.
}

// askBack begins to have a booking taken back.
func (b *Bench) askBack(tx *db.Tx, w Withdrawal) error {
	return saga.Begin(tx, b.teller, saga.Name{Story: withdrawStory, Key: string(w.Shipment) + "/" + w.Ref}, w)
}

// withdraw asks the carrier to take the booking back. A booking that it does not know is as good as taken back. A carrier
// that refuses, and does not say that it has the parcel, waits for it in vain: the parcel lies here.
func (b *Bench) withdraw(ctx context.Context, key string, w *Withdrawal) error {
	c, ok := b.carriers[w.Carrier]
	if !ok {
		w.Reason = ErrCarrier.Code
		return nil
	}
	switch err := c.Cancel(ctx, key, w.Ref); {
	case err == nil, errors.Is(err, shipping.ErrUnknownRef):
	case errors.Is(err, shipping.ErrGone):
		w.Gone, w.Reason = true, words(err)
	case refused(err):
		w.Reason = words(err)
	default:
		return again(err)
	}
	return nil
}

// withdrawn writes down what the carrier answered. When the shipment is not being called off by this booking any more,
// because the carrier has told meanwhile that it left, or because it was booked after it had been cancelled, nothing is
// left to do.
func withdrawn(tx *db.Tx, w *Withdrawal) error {
	s, err := shipping.Get(tx, w.Shipment)
	switch {
	case err != nil:
		return err
	case s.State != shipping.StateCallingOff || s.Booking != w.Ref:
		return nil
	case w.Gone:
		_, err = shipping.Keep(tx, s.ID, w.Reason)
	default:
		_, err = unpack(tx, s, w.Reason, w.Why)
	}
	return err
}

// ErrNotRefused means that a shipment needs no other booking.
var ErrNotRefused = fault.New(fault.Conflict, "fulfil.not_refused", "Only a parcel that its carrier refused is booked again. Call this one off to pack it anew.")
