package app

import (
	"context"
	"strconv"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/booking"
	"sauda/core/catalog"
	"sauda/core/course"
	"sauda/core/identity"
	"sauda/core/notify"
	"sauda/core/seller"
	"sauda/core/waitlist"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/job"
)

// Waits are the contexts whose things are waited for.
var Waits = waitlist.KindsOf(booking.Waits{}, course.Waits{})

// linesInMoment is how many lines one moment looks through.
const linesInMoment = 20

// waitJobs are what is due of who waits.
func (h *House) waitJobs() []job.Job {
	return []job.Job{
		job.Every("waiting: offers that nobody took go to the next", 30*time.Second, parts(waitlist.Lapse)),
		// It finds what came free without a fact: a hold that lapsed, more seats, a calendar of another house.
		job.Errand("waiting: what came free is offered", 15*time.Second, func(ctx context.Context) error {
			for after := ""; ; {
				next := ""
				err := job.Once(ctx, h.Store, db.System, func(tx *db.Tx) (err error) {
					next, err = Waits.ServeAfter(tx, after, linesInMoment)
					return err
				})
				if err != nil || next == "" {
					return err
				}
				after = next
			}
		}),
	}
}

// waitReactions offer at once what has come free to who waits.
func (h *House) waitReactions() []bus.Reaction {
	serve := func(tx *db.Tx, line string) error {
		_, err := Waits.Serve(tx, line)
		return err
	}
	booked := func(tx *db.Tx, id booking.ID) error {
		b, err := booking.Get(tx, id)
		if err != nil {
			return err
		}
		return serve(tx, string(b.Plan))
	}
	return []bus.Reaction{
		bus.On("booking given up: who waits is offered it", func(tx *db.Tx, e booking.Cancelled) error { return booked(tx, e.Booking) }),
		bus.On("booking changed: who waits is offered what came free", func(tx *db.Tx, e booking.Changed) error { return booked(tx, e.Booking) }),
		bus.On("left a course: who waits is offered the place", func(tx *db.Tx, e course.Left) error { return serve(tx, string(e.Cohort)) }),
		bus.On("group changed: who waits is offered what came free, or hears that it is over", func(tx *db.Tx, e course.Rearranged) error {
			return serve(tx, string(e.Cohort))
		}),
		bus.On("waits no more: the next is offered what was held", func(tx *db.Tx, e waitlist.Left) error { return serve(tx, e.Line) }),
		bus.On("offer lapsed: the next is offered it", func(tx *db.Tx, e waitlist.Lapsed) error { return serve(tx, e.Line) }),
		bus.On("ended: nobody waits for a product that is not sold any more", func(tx *db.Tx, e catalog.ProductEnded) error {
			return waitlist.EndProduct(tx, string(e.Product))
		}),
	}
}

// waitLetters are what those are told who wait.
func (h *House) waitLetters() []bus.Reaction {
	return []bus.Reaction{
		bus.On("a guest waits: a letter brings the way to his place in the line", func(tx *db.Tx, e waitlist.Joined) error {
			return h.tellWaiting(tx, e.Wait, notify.WaitlistJoined)
		}),
		bus.On("offered after waiting: a letter says until when it is held", func(tx *db.Tx, e waitlist.Offered) error {
			return h.tellWaiting(tx, e.Wait, notify.WaitlistOffered)
		}),
		bus.On("offer lapsed: a letter says so", func(tx *db.Tx, e waitlist.Lapsed) error {
			return h.tellWaiting(tx, e.Wait, notify.WaitlistLapsed)
		}),
		bus.On("waited in vain: a letter says so", func(tx *db.Tx, e waitlist.Ended) error {
			if e.Late {
				return h.tellWaiting(tx, e.Wait, notify.WaitlistLate)
			}
			return h.tellWaiting(tx, e.Wait, notify.WaitlistEnded)
		}),
	}
}

// tellWaiting writes a letter to who waits. Who is gone meanwhile is told nothing, and a buyer who joins has the answer before his
// eyes.
func (h *House) tellWaiting(tx *db.Tx, id waitlist.ID, t notify.Template) error {
	w, err := waitlist.Told(tx, id)
	if fault.Of(err) == waitlist.ErrUnknown || err == nil && t == notify.WaitlistJoined && w.Party != "" {
		return nil
	}
	if err != nil {
		return err
	}
	to, name := w.Email, ""
	if w.Person != "" {
		users, err := identity.Users(tx, []identity.UserID{identity.UserID(w.Person)})
		if err != nil {
			return err
		}
		u := users[identity.UserID(w.Person)]
		to, name = u.Email, u.Name
	}
	if to == "" {
		return nil
	}
	s, err := seller.Get(tx, w.Seller)
	if err != nil {
		return err
	}
	until := ""
	if !w.Until.IsZero() {
		until = dayIn(w.Lang, span.DayOf(w.Until, span.Almaty)) + ", " + w.Until.In(span.Almaty).Format("15:04")
	}
	return notify.Send(tx, notify.Letter{
		Key: string(w.ID) + ":" + string(t), To: to, Lang: w.Lang, Template: t, Seller: string(w.Seller),
		Params: map[string]string{"name": name, "shop": s.Name.In(w.Lang), "items": w.Name.In(w.Lang), "when": w.Label.In(w.Lang),
			"places": strconv.Itoa(w.Places), "until": until, "url": h.config.home() + "/" + w.Lang + "/waiting/" + string(w.ID)},
	})
}
