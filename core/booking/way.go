package booking

import (
	"sauda/core/booking/bookingdb"
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

// Chosen gives what can be ordered of some drafts, and of changes that are dearer, by whoever asks, at today's price.
func (Way) Chosen(tx *db.Tx, refs []string) (map[string]choice.Chosen, error) {
	ids, changes := splitRefs(refs)
	drafts, err := ChosenOf(tx, ids)
	if err != nil {
		return nil, err
	}
	all := make(map[string]choice.Chosen, len(refs))
	for id, c := range drafts {
		all[string(id)] = choice.Chosen{
			Service: pricing.Service{Label: c.Label, Price: c.Price, Reasons: reasonsOf(c.Parts)}, Variant: c.Variant, Wants: c.Wants, Until: c.Until,
		}
	}
	moves, err := amendedOf(tx, changes)
	for id, m := range moves {
		all[string(id)] = m.chosen()
	}
	return all, err
}

// Placed makes a draft a booking, in the moment of its order. A change waits until it is paid.
func (Way) Placed(tx *db.Tx, s choice.Sale) error {
	if id, is := amendmentOf(s.Ref); is {
		return placeAmendment(tx, id, s)
	}
	_, err := Place(tx, Sale{Booking: ID(s.Ref), Order: s.Order, Line: s.Line, Owner: s.Owner, Party: s.Party, Total: s.Total})
	return err
}

// Paid notes that a booking is paid, which is done when it is over; a change that is paid is made, and done at once.
func (Way) Paid(tx *db.Tx, ref string) (done bool, err error) {
	if id, is := amendmentOf(ref); is {
		return payAmendment(tx, id)
	}
	_, err = Pay(tx, ID(ref))
	return false, err
}

// Ended notes that the line of a booking was cancelled or given back.
func (Way) Ended(tx *db.Tx, ref string) error {
	if id, is := amendmentOf(ref); is {
		return endAmendment(tx, id)
	}
	_, err := End(tx, ID(ref))
	return err
}

// Bound refuses to end an order as a whole of which a booking is left that would not bring back all that was paid: such a
// booking is given up by itself, so that its buyer sees first what he loses.
func Bound(tx *db.Tx, order string) error {
	changes, err := bookingdb.New(tx).AmendedBy(tx.Context(), order)
	if err != nil {
		return err
	}
	if changes > 0 {
		return ErrBound.About("%d changes by %s", changes, order)
	}
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
