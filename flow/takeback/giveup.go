package takeback

import (
	"sauda/core/booking"
	"sauda/core/order"
	"sauda/gear/db"
)

// GiveUp gives up a booking of an order that its buyer may change. Where nothing is kept, or nothing was paid yet, its line is
// cancelled and its money goes back as that of goods; where something is kept, what comes back follows from booking.Cancelled.
func GiveUp(tx *db.Tx, o order.Order, b booking.Booking, reason string) error {
	if b.State == booking.StateBooked && b.Open(tx.Now()) && (b.Refund(tx.Now()).Kept.IsZero() || !b.Paid) {
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
