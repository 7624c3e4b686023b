package api

import (
	"time"

	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/course"
	"sauda/core/hold"
	"sauda/core/waitlist"
	"sauda/gear/db"
	"sauda/gear/web"
)

// mountWaits adds what people do who wait for something that is full, and what its seller does with the line.
func (f face) mountWaits(api *web.API) {
	const group, office = "Waiting lists", "Office: bookings"
	joining := web.Faults(waitlist.ErrFree, waitlist.ErrOver, waitlist.ErrMany, waitlist.ErrLong, waitlist.ErrInvalid, waitlist.ErrPerson)
	web.Command(api, "POST /v1/booking-waits", awaitBooking, web.Public(), web.Status(201),
		web.Doc("Wait for days and people of which too little is left. A guest gives an e-mail address. Who waits for the same already keeps his place.", group),
		joining, web.Faults(booking.ErrUnknown, booking.ErrInvalid, booking.ErrPast, booking.ErrStay, booking.ErrArrival, booking.ErrPeople,
			booking.ErrTooLate, booking.ErrNotOpen))
	web.Command(api, "POST /v1/groups/{id}/waits", awaitGroup, web.SignedIn(), web.Status(201),
		web.Doc("Wait for places of a group that has too few. When they are offered, students are enrolled as ever.", group),
		joining, web.Faults(course.ErrUnknown, course.ErrBuyer, course.ErrClosed))
	web.Query(api, "GET /v1/me/waits", myWaits, web.SignedIn(),
		web.Doc("List what the buyer waits for, in the order of asking.", group), web.Faults(waitlist.ErrPerson))
	web.Query(api, "GET /v1/waits/{id}", showWait, web.Public(),
		web.Doc("Show a waiting: the place in the line, or until when what was waited for is held.", group), web.Faults(waitlist.ErrUnknown))
	web.Command(api, "POST /v1/waits/{id}/booking", takeWaited, web.Public(), web.Status(201),
		web.Doc("Make a booking of an offer: put variant_id into a basket, with the answer chosen being the id. It stays held until the offer is over.", group),
		web.Faults(waitlist.ErrUnknown, waitlist.ErrNone, booking.ErrTooLate, booking.ErrNotOpen, booking.ErrPast, hold.ErrNotHeld))
	web.Command(api, "DELETE /v1/waits/{id}", leaveWait, web.Public(),
		web.Doc("Leave a line. What is held is offered to the next.", group), web.Faults(waitlist.ErrUnknown))
	web.Query(api, "GET /v1/office/waits", officeWaits, web.Needs(scopeOrdersRead),
		web.Doc("List who waits for things of the seller, line by line in the order of asking.", office), web.Faults(waitlist.ErrDenied))
	web.Command(api, "POST /v1/office/waits/{id}/offer", f.offerWait, web.Needs(scopeOrdersWrite),
		web.Doc("Offer somebody now what he waits for, before those ahead of him, if enough is free.", office),
		web.Faults(waitlist.ErrUnknown, waitlist.ErrDenied, waitlist.ErrTooFew, waitlist.ErrOver))
	web.Command(api, "DELETE /v1/office/waits/{id}", removeWait, web.Needs(scopeOrdersWrite),
		web.Doc("Take somebody out of a line. What is held is offered to the next.", office), web.Faults(waitlist.ErrUnknown, waitlist.ErrDenied))
}

// waitView is somebody's waiting.
type waitView struct {
	ID     waitlist.ID    `json:"id"`
	Kind   string         `json:"kind" enum:"booking,course"`
	Line   string         `json:"line" doc:"The plan or the group."`
	Name   text.Localized `json:"name"`
	Label  text.Localized `json:"label"`
	Places int            `json:"places" doc:"Asked for, and not made anything of yet."`
	State  waitlist.State `json:"state" enum:"waiting,offered,taken,lapsed,late,ended"`
	Starts time.Time      `json:"starts"`
	Asked  time.Time      `json:"asked"`
	Ahead  int64          `json:"ahead" doc:"How many wait before, for some of the same time."`
	Until  time.Time      `json:"until,omitzero" doc:"Until when it is held; of what is over, until when it is shown."`
}

func viewWait(w waitlist.Wait) waitView {
	return waitView{w.ID, w.Kind, w.Line, w.Name, w.Label, w.Places, w.State, w.Starts, w.Asked, w.Ahead, w.Until}
}

// viewWaits gives waitings with their places in the line.
func viewWaits(tx *db.Tx, all []waitlist.Wait) ([]waitView, error) {
	all, err := waitlist.Ahead(tx, all)
	views := make([]waitView, len(all))
	for i, w := range all {
		views[i] = viewWait(w)
	}
	return views, err
}

func viewed(tx *db.Tx, w waitlist.Wait, err error) (waitView, error) {
	if err != nil {
		return waitView{}, err
	}
	all, err := viewWaits(tx, []waitlist.Wait{w})
	return all[0], err
}

type bookingWait struct {
	bookingDraft
	Email string `json:"email,omitempty" maxLength:"254" doc:"Where a guest is written to."`
	Lang  string `json:"lang,omitempty" enum:"kk,ru,en,zh" doc:"The language of the letters; without one that of the request."`
}

// awaitBooking has somebody wait for what he has chosen.
func awaitBooking(tx *db.Tx, in bookingWait) (waitView, error) {
	w, err := booking.Await(tx, booking.Draft(in.bookingDraft), in.Email, langOr(tx, in.Lang))
	return viewed(tx, w, err)
}

type groupWait struct {
	ID     course.CohortID `path:"id"`
	Places int             `json:"places" minimum:"1" maximum:"20"`
	Lang   string          `json:"lang,omitempty" enum:"kk,ru,en,zh" doc:"The language of the letters; without one that of the request."`
}

// awaitGroup has a buyer wait for places of a group.
func awaitGroup(tx *db.Tx, in groupWait) (waitView, error) {
	w, err := course.Await(tx, in.ID, in.Places, langOr(tx, in.Lang))
	return viewed(tx, w, err)
}

// langOr gives a language that was said, or that of the request.
func langOr(tx *db.Tx, said string) string {
	if said == "" {
		return web.Lang(tx.Context())
	}
	return said
}

// myWaits lists what a buyer waits for.
func myWaits(tx *db.Tx, _ struct{}) (web.List[waitView], error) {
	all, err := waitlist.Mine(tx)
	list := web.List[waitView]{Items: make([]waitView, len(all))}
	for i, w := range all {
		list.Items[i] = viewWait(w)
	}
	return list, err
}

type waitID struct {
	ID waitlist.ID `path:"id" doc:"The waiting. Of a guest's it is the key: keep it to yourself."`
}

// showWait shows a waiting to whom it is.
func showWait(tx *db.Tx, in waitID) (waitView, error) {
	w, err := waitlist.Get(tx, in.ID)
	return viewed(tx, w, err)
}

// takeWaited makes a draft of what is offered.
func takeWaited(tx *db.Tx, in waitID) (chosenView, error) {
	b, err := booking.ChooseOffered(tx, in.ID)
	return chosenView{ID: string(b.ID), Variant: b.Variant, Label: b.Label, Price: b.Price, Parts: b.Parts}, err
}

// leaveWait ends a waiting.
func leaveWait(tx *db.Tx, in waitID) (web.None, error) {
	return web.None{}, waitlist.Leave(tx, in.ID)
}

type officeWaitsAsk struct {
	After waitlist.ID `query:"after" maxLength:"60" doc:"The last one of the page before."`
	Limit int         `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// officeWait is a waiting as the staff of the seller see it.
type officeWait struct {
	waitView
	Party string `json:"party,omitempty"`
	Email string `json:"email,omitempty" doc:"Of a guest."`
}

// officeWaits lists who waits for things of a seller.
func officeWaits(tx *db.Tx, in officeWaitsAsk) (web.List[officeWait], error) {
	after := waitlist.Wait{}
	if in.After != "" {
		var err error
		if after, err = waitlist.Told(tx, in.After); err != nil {
			return web.List[officeWait]{}, err
		}
	}
	all, err := waitlist.Of(tx, sellerOf(tx), "", after, in.Limit)
	if err != nil {
		return web.List[officeWait]{}, err
	}
	views, err := viewWaits(tx, all)
	list := web.List[officeWait]{Items: make([]officeWait, len(views))}
	for i, v := range views {
		list.Items[i] = officeWait{v, all[i].Party, all[i].Email}
	}
	return list, err
}

// offerWait offers somebody now what he waits for.
func (f face) offerWait(tx *db.Tx, in waitID) (waitView, error) {
	w, err := f.Waits.Offer(tx, sellerOf(tx), in.ID)
	return viewed(tx, w, err)
}

// removeWait takes somebody out of a line.
func removeWait(tx *db.Tx, in waitID) (web.None, error) {
	return web.None{}, waitlist.Remove(tx, sellerOf(tx), in.ID)
}
