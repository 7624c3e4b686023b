package app

import (
	"time"

	"sauda/core/course"
	"sauda/core/order"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/job"
)

// Taught keeps what students read and watch.
func (h *House) Taught() course.Library { return course.Library{Blobs: h.files} }

// courseJobs are what is due at a time of courses.
func courseJobs() []job.Job {
	return []job.Job{
		job.Every("courses: end what nobody ordered in time", time.Hour, parts(course.Lapse)),
		job.Every("courses: end the studies whose lessons are over", 10*time.Minute, parts(course.Finish)),
		job.Every("courses: remind of payments of plans", time.Hour, parts(course.Remind)),
	}
}

// courseReactions are what follows from facts of courses.
func (h *House) courseReactions() []bus.Reaction {
	return []bus.Reaction{
		bus.On("left a course: what stands in an order that is not paid is not asked for", func(tx *db.Tx, e course.Left) error {
			for _, x := range e.Drop {
				if err := h.drop(tx, x.Order, x.Ref, e.Reason); err != nil {
					return err
				}
			}
			return nil
		}),
		bus.On("left a course: what was paid beyond the lessons goes back", func(tx *db.Tx, e course.Left) error {
			for _, back := range e.Back {
				if err := h.untaught(tx, back, e.Reason); err != nil {
					return err
				}
			}
			return nil
		}),
	}
}

// drop takes a later payment that nobody shall make any more, by its reference, out of its order. Where the payment was faster, it
// goes back.
func (h *House) drop(tx *db.Tx, id, ref, reason string) error {
	o, err := order.Get(tx, order.ID(id))
	if err != nil {
		return err
	}
	for _, l := range o.Lines {
		switch {
		case l.Service == nil || l.Service.Ref != ref || l.Live() == 0:
		case l.Packed == 0:
			if _, err := order.CancelLines(tx, o.ID, []order.Part{{Line: l.Line, Quantity: l.Live()}}, reason); err != nil {
				return err
			}
		default:
			if err := h.Returns.Due(tx, o.ID, "dropped/"+ref, l.Total, reason); err != nil {
				return err
			}
		}
	}
	return nil
}

// untaught pays back what was paid beyond the lessons, and never more than the line of the order has cost: a promotion may have
// taken something off it.
func (h *House) untaught(tx *db.Tx, back course.Return, reason string) error {
	o, err := order.Get(tx, order.ID(back.Order))
	if err != nil {
		return err
	}
	amount := back.Amount
	for _, l := range o.Lines {
		if l.Service != nil && l.Service.Ref == back.Ref && l.Total.Minor < amount.Minor {
			amount = l.Total
		}
	}
	return h.Returns.Due(tx, o.ID, "left/"+back.Ref, amount, reason)
}
