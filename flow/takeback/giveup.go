package takeback

import (
	"sauda/core/booking"
	"sauda/core/order"
	"sauda/gear/db"
)

// GiveUp gives up a booking of an order, for who may change that. Where nothing is kept, as nothing ever is of what its seller gives
// up, or nothing was paid yet, its line is cancelled and its money goes back as that of goods; where something is kept, what comes
// back follows from booking.Cancelled.
func GiveUp(tx *db.Tx, o order.Order, b booking.Booking, reason string) error {
	kind := tx.Who().Kind
	ours := kind != db.KindBuyer && kind != db.KindGuest // A seller gives up what has begun too.
	whole := b.RefundBy(tx.Who(), tx.Now()).Kept.IsZero() || !b.Paid
	if whole && b.State == booking.StateBooked && (ours || b.Open(tx.Now())) {
		l, err := o.Line(b.Line)
		if err != nil {
			return err
		}
		_, err = order.CancelLines(tx, o.ID, []order.Part{{Line: b.Line, Quantity: l.Live()}}, reason)
		return err
	}
	_, _, err := booking.Cancel(tx, b.ID)
	return err
}
