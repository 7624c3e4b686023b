package booking

import (
	"sauda/core/choice"
	"sauda/core/pricing"
	"sauda/gear/db"
)

// WayName is what catalog.Service.Way says of products that are booked.
const WayName = "booking"

// Way sells bookings in the basket of all goods.
type Way struct{}

// Name is that of the way.
func (Way) Name() string { return WayName }

// Chosen gives what can be ordered of some drafts by whoever asks, at today's price.
func (Way) Chosen(tx *db.Tx, refs []string) (map[string]choice.Chosen, error) {
	ids := make([]ID, len(refs))
	for i, r := range refs {
		ids[i] = ID(r)
	}
	drafts, err := ChosenOf(tx, ids)
	if err != nil {
		return nil, err
	}
	all := make(map[string]choice.Chosen, len(drafts))
	for id, c := range drafts {
		all[string(id)] = choice.Chosen{
			Service: pricing.Service{Label: c.Label, Price: c.Price, Reasons: reasonsOf(c.Parts)}, Variant: c.Variant, Wants: c.Wants, Until: c.Until,
		}
	}
	return all, nil
}

// Placed makes a draft a booking, in the moment of its order.
func (Way) Placed(tx *db.Tx, s choice.Sale) error {
	_, err := Place(tx, Sale{Booking: ID(s.Ref), Order: s.Order, Line: s.Line, Owner: s.Owner, Party: s.Party})
	return err
}

// Paid notes that a booking is paid; it is done when it is over.
func (Way) Paid(tx *db.Tx, ref string) (done bool, err error) {
	_, err = Pay(tx, ID(ref))
	return false, err
}

// Ended notes that the line of a booking was cancelled or given back.
func (Way) Ended(tx *db.Tx, ref string) error {
	_, err := End(tx, ID(ref))
	return err
}

// Bound refuses to end an order as a whole of which a booking is left that would not bring back all that was paid: such a
// booking is given up by itself, so that its buyer sees first what he loses.
func Bound(tx *db.Tx, order string) error {
	all, err := OfOrder(tx, order)
	for _, b := range all {
		if b.State == StateCancelled {
			continue
		}
		if b.State != StateBooked || b.Refund(tx.Now()).Kept.IsPositive() {
			return ErrBound.About("%s of %s", b.ID, order)
		}
	}
	return err
}
