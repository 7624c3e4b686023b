package office

import (
	"strconv"

	"sauda/base/span"
	"sauda/core/booking"
	"sauda/core/order"
	"sauda/flow/takeback"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountBookings(site *web.Site) {
	f.mountCalendars(site)
	f.mountResources(site)
	web.Page(site, "GET /office/bookings", f.bookings, web.Needs(ScopeOrdersRead))
	web.Page(site, "GET /office/bookings/{id}/travellers", f.travellers, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/bookings/door", f.enter, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/bookings/closing", f.closeDays, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/bookings/{id}/end", f.endBooking, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/bookings/{id}/cancellation", f.giveUpBooking, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/bookings/{id}/move", f.moveBooking, web.Needs(ScopeOrdersWrite))
}

type bookingsAsk struct {
	From string `query:"from" maxLength:"10"`
}

const (
	boardDays = 14  // boardDays is what fits on a screen beside the names.
	boardMost = 200 // boardMost bounds the list of who comes.
)

// bookingBoard is the page of the bookings of a seller: how full everything is, and who comes.
type bookingBoard struct {
	form
	Days       span.Days
	Today      span.Day
	Rows       []booking.Row
	Departures []booking.Departure
	Plans      map[booking.PlanID]booking.Plan
	Bookings   []booking.Booking
	Entered    *booking.Booking // Entered was let in just now.
}

// bookings shows two weeks of bookings, in at most eight statements.
func (f face) bookings(tx *db.Tx, in bookingsAsk) (web.View, error) {
	b, err := loadBookings(tx, in.From)
	return bookingsPage(f.page("bookings", t(tx.Context(), "nav.bookings")), b), err
}

func loadBookings(tx *db.Tx, from string) (bookingBoard, error) {
	b := bookingBoard{Today: span.DayOf(tx.Now(), span.Almaty)}
	first, err := span.Parse(from)
	if err != nil || first.Before(b.Today.AddDays(-booking.AheadMax)) || b.Today.AddDays(booking.AheadMax).Before(first) {
		first = b.Today
	}
	b.Days = span.Days{From: first, To: first.AddDays(boardDays)}
	if b.Rows, err = booking.Occupancy(tx, sellerOf(tx), b.Days); err != nil {
		return b, err
	}
	if b.Departures, b.Plans, err = booking.DeparturesOf(tx, sellerOf(tx), b.Days); err != nil {
		return b, err
	}
	b.Bookings, err = booking.Board(tx, sellerOf(tx), b.Days, boardMost)
	return b, err
}

// boardAgain shows the board with what is wrong, or with who was let in.
func (f face) boardAgain(tx *db.Tx, from string, entered *booking.Booking, no error) (web.Then, error) {
	if no != nil && !amendable(no) && !mendable(no) {
		return web.Then{}, no
	}
	b, err := loadBookings(tx, from)
	if err != nil {
		return web.Then{}, err
	}
	p := f.page("bookings", t(tx.Context(), "nav.bookings"))
	if b.Entered = entered; no != nil {
		p.Wrong = refusal(tx.Context(), no)
		return web.Again(bookingsPage(p, b)), nil
	}
	return web.Show(bookingsPage(p, b)), nil
}

type doorForm struct {
	web.Typed
	Code string `json:"code" maxLength:"400"`
}

// enter lets in who shows a ticket; who was let in before is refused with the time of it.
func (f face) enter(tx *db.Tx, in doorForm) (web.Then, error) {
	b, err := booking.Enter(tx, f.Keys, sellerOf(tx), booking.Mark{Said: in.Code})
	if err != nil {
		return f.boardAgain(tx, "", nil, err)
	}
	return f.boardAgain(tx, "", &b, nil)
}

type travellersAsk struct {
	ID booking.ID `path:"id" maxLength:"60"`
}

// travellersView is who comes with a booking.
type travellersView struct {
	booking.Booking
	All []booking.Passenger
}

// travellers shows who comes with a booking, with their documents, to those of its seller who receive people.
func (f face) travellers(tx *db.Tx, in travellersAsk) (web.View, error) {
	b, err := booking.Of(tx, sellerOf(tx), in.ID)
	if err != nil {
		return nil, err
	}
	all, err := booking.Passengers(tx, f.Keys, b.ID)
	return travellersPage(f.page("bookings", t(tx.Context(), "bookings.travellers")), travellersView{b, all}), err
}

type closingForm struct {
	web.Typed
	Resource booking.ResourceID `json:"resource" maxLength:"60"`
	From     string             `json:"from" maxLength:"10"`
	To       string             `json:"to" maxLength:"10"`
	Units    string             `json:"units" maxLength:"6"`
	Note     string             `json:"note,omitempty" maxLength:"500"`
}

// closeDays takes units of a resource out of sale on some days, the last one too.
func (f face) closeDays(tx *db.Tx, in closingForm) (web.Then, error) {
	r, err := booking.ResourceOf(tx, sellerOf(tx), in.Resource)
	if err != nil {
		return web.Then{}, err
	}
	from, err := span.Parse(in.From)
	if err != nil {
		return f.boardAgain(tx, "", nil, err)
	}
	to, err := span.Parse(in.To)
	if err != nil {
		return f.boardAgain(tx, in.From, nil, err)
	}
	units, _ := strconv.ParseInt(in.Units, 10, 32) // No number closes nothing, which is refused.
	_, err = booking.Close(tx, sellerOf(tx), booking.Block{
		Resource: r.ID, Starts: from.Start(r.Location()), Ends: to.AddDays(1).Start(r.Location()), Units: units, Note: in.Note,
	})
	if err != nil {
		return f.boardAgain(tx, in.From, nil, err)
	}
	return see("bookings?from="+from.String(), "saved"), nil
}

type bookingEnd struct {
	web.Typed
	ID     booking.ID `path:"id" maxLength:"60"`
	Missed bool       `json:"missed,omitempty"`
}

// endBooking ends what is over: who was there is done, who was not has missed it.
func (f face) endBooking(tx *db.Tx, in bookingEnd) (web.Then, error) {
	verb := booking.Finish
	if in.Missed {
		verb = booking.Miss
	}
	b, err := verb(tx, sellerOf(tx), in.ID)
	if err != nil {
		return f.boardAgain(tx, "", nil, err)
	}
	return see("bookings?from="+b.From.String(), "saved"), nil
}

type bookingGivenUp struct {
	web.Typed
	ID     booking.ID `path:"id" maxLength:"60"`
	Reason string     `json:"reason,omitempty" maxLength:"500"`
}

// giveUpBooking gives up a booking that the seller cannot keep: all that was paid goes back.
func (f face) giveUpBooking(tx *db.Tx, in bookingGivenUp) (web.Then, error) {
	b, err := booking.Of(tx, sellerOf(tx), in.ID)
	if err != nil {
		return web.Then{}, err
	}
	o, err := order.ToChange(tx, order.ID(b.Order))
	if err == nil {
		err = takeback.GiveUp(tx, o, b, in.Reason)
	}
	if err != nil {
		return f.boardAgain(tx, b.From.String(), nil, err)
	}
	return see("bookings?from="+b.From.String(), "saved"), nil
}

type bookingMove struct {
	web.Typed
	ID   booking.ID `path:"id" maxLength:"60"`
	From string     `json:"from" maxLength:"10"`
}

// moveBooking moves a booking to another day, as long as it was, without a fee.
func (f face) moveBooking(tx *db.Tx, in bookingMove) (web.Then, error) {
	b, err := booking.Of(tx, sellerOf(tx), in.ID)
	if err != nil {
		return web.Then{}, err
	}
	d := b.Draft
	if d.From, err = span.Parse(in.From); err == nil {
		if !b.Draft.To.IsZero() {
			d.To = d.From.AddDays(b.Draft.From.DaysUntil(b.Draft.To))
		}
		b, err = booking.Move(tx, sellerOf(tx), in.ID, d)
	}
	if err != nil {
		return f.boardAgain(tx, "", nil, err)
	}
	return see("bookings?from="+b.From.String(), "saved"), nil
}
