package app

import (
	"errors"
	"time"

	"sauda/base/money"
	"sauda/core/booking"
	"sauda/core/order"
	"sauda/flow/deliver"
	"sauda/flow/takeback"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/job"
)

// bookingReactions are what follows from bookings.
func (h *House) bookingReactions() []bus.Reaction {
	return []bus.Reaction{
		bus.On("booking given up: what comes back is paid back, and the rest is earned", func(tx *db.Tx, e booking.Cancelled) error {
			return h.partBack(tx, parting{e.Order, e.Line, "booking/" + string(e.Booking), "booking.given_up", e.Back, e.Kept})
		}),
		bus.On("booking missed: what comes back is paid back, and the rest is earned", func(tx *db.Tx, e booking.Missed) error {
			return h.partBack(tx, parting{e.Order, e.Line, "missed/" + string(e.Booking), "booking.missed", e.Back, e.Kept})
		}),
		bus.On("booking over: the order has been fulfilled", func(tx *db.Tx, e booking.Finished) error {
			return deliver.Done(tx, e.Order, e.Line)
		}),
	}
}

// bookingJobs are what is due of bookings at a time.
func bookingJobs() []job.Job {
	return []job.Job{
		job.Every("bookings: forget drafts that nobody ordered", time.Hour, parts(booking.ForgetDrafts)),
		job.Every("bookings: open the calendars further", time.Hour, parts(booking.ExtendSome)),
		job.Every("bookings: who comes tomorrow is reminded", 10*time.Minute, parts(booking.Remind)),
		job.Every("bookings: what is over is settled", 10*time.Minute, parts(booking.Sweep)),
	}
}

// parting is what becomes of the money of a booking that was given up or missed.
type parting struct {
	order, line string
	ref         string // ref makes it happen once.
	why         string // why is the text that its buyer reads.
	back, kept  money.Money
}

// partBack pays back a part of what a booking cost, of which the seller keeps the rest: the line counts as done. Where nothing
// is kept, the line was cancelled and its money goes back by itself, unless nobody came and it stands still.
func (h *House) partBack(tx *db.Tx, p parting) error {
	o, err := order.Get(tx, order.ID(p.order))
	if err != nil {
		return err
	}
	l, err := o.Line(p.line)
	if err != nil || l.Live() == 0 {
		return err
	}
	why := i18n.T(o.Lang, p.why)
	if p.kept.IsZero() {
		_, err := order.CancelLines(tx, o.ID, []order.Part{{Line: p.line, Quantity: l.Live()}}, why)
		return err
	}
	if p.back.IsPositive() {
		if _, err := h.Returns.Allow(tx, o.ID, p.ref, p.back, why); err != nil && !errors.Is(err, takeback.ErrNothing) {
			return err
		}
	}
	return deliver.Done(tx, p.order, p.line)
}
