package app

import (
	"slices"
	"strconv"
	"time"

	"sauda/base/money"
	"sauda/core/booking"
	"sauda/core/order"
	"sauda/flow/almanac"
	"sauda/flow/deliver"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/job"
)

// bookingReactions are what follows from bookings.
func (h *House) bookingReactions() []bus.Reaction {
	return []bus.Reaction{
		bus.On("booking given up: what comes back is paid back, and the rest is earned", func(tx *db.Tx, e booking.Cancelled) error {
			return h.partBack(tx, parting{e.Order, e.Line, "booking/" + string(e.Booking), "booking.given_up", e.Kept, shares(e.Shares, e.Order, e.Line, e.Back)})
		}),
		bus.On("booking missed: what comes back is paid back, and the rest is earned", func(tx *db.Tx, e booking.Missed) error {
			return h.partBack(tx, parting{e.Order, e.Line, "missed/" + string(e.Booking), "booking.missed", e.Kept, shares(e.Shares, e.Order, e.Line, e.Back)})
		}),
		bus.On("booking changed: what it costs less is paid back", func(tx *db.Tx, e booking.Changed) error {
			return h.giveBack(tx, "changed/"+string(e.Booking)+"/"+strconv.FormatInt(e.Version, 10), "booking.cheaper", e.Back)
		}),
		bus.On("change of a booking lapsed: its line is cancelled, and its money goes back", func(tx *db.Tx, e booking.AmendmentLapsed) error {
			return cancelLine(tx, e.Order, e.Line, "booking.lapsed")
		}),
		bus.On("booking over: the order has been fulfilled", func(tx *db.Tx, e booking.Finished) error {
			return deliver.Done(tx, e.Order, e.Line)
		}),
	}
}

// bookingJobs are what is due of bookings at a time.
func (h *House) bookingJobs() []job.Job {
	return []job.Job{
		job.Errand("bookings: fetch the calendars of other houses", time.Minute, almanac.Fetcher{Store: h.Store}.Fetch),
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
	kept        money.Money
	back        []booking.Payment
}

// shares are what comes back of which payment; facts of before changes were charged know one.
func shares(all []booking.Payment, order, line string, back money.Money) []booking.Payment {
	if len(all) == 0 && back.IsPositive() {
		return []booking.Payment{{Order: order, Line: line, Amount: back}}
	}
	return all
}

// partBack pays back a part of what a booking cost, of which the seller keeps the rest: the line counts as done. Where nothing
// is kept, the line was cancelled and its money goes back by itself, unless nobody came and it stands still; what changes have
// cost beside it is paid back too.
func (h *House) partBack(tx *db.Tx, p parting) error {
	o, err := order.Get(tx, order.ID(p.order))
	if err != nil {
		return err
	}
	l, err := o.Line(p.line)
	if err != nil {
		return err
	}
	whole := p.kept.IsZero() || l.Live() == 0 // The line is cancelled, and pays back what it has paid.
	if l.Live() == 0 {
		p.why = "booking.cancelled"
	}
	if whole {
		p.back = slices.DeleteFunc(slices.Clone(p.back), func(x booking.Payment) bool { return x.Order == p.order && x.Line == p.line })
	}
	if err := h.giveBack(tx, p.ref, p.why, p.back); err != nil {
		return err
	}
	if whole {
		return cancelLine(tx, p.order, p.line, p.why)
	}
	return deliver.Done(tx, p.order, p.line)
}

// cancelLine cancels what is left of a line, unless it was delivered: then it comes back as a return.
func cancelLine(tx *db.Tx, id, line, why string) error {
	o, err := order.Get(tx, order.ID(id))
	if err != nil {
		return err
	}
	l, err := o.Line(line)
	if err != nil || l.Live() <= l.Packed {
		return err
	}
	_, err = order.CancelLines(tx, o.ID, []order.Part{{Line: line, Quantity: l.Live()}}, i18n.T(o.Lang, why))
	return err
}

// giveBack pays back parts of what orders have paid.
func (h *House) giveBack(tx *db.Tx, ref, why string, all []booking.Payment) error {
	for i, x := range all { // At most one for each change that was bought.
		o, err := order.Get(tx, order.ID(x.Order))
		if err != nil {
			return err
		}
		key := ref
		if i > 0 {
			key += "/" + strconv.Itoa(i)
		}
		if err := h.Returns.Due(tx, o.ID, key, x.Amount, i18n.T(o.Lang, why)); err != nil {
			return err
		}
	}
	return nil
}
