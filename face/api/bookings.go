package api

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/order"
	"sauda/core/seller"
	"sauda/core/shelf"
	"sauda/flow/takeback"
	"sauda/gear/db"
	"sauda/gear/web"
)

// mountBookings adds what buyers do with things that are sold by time.
func (f face) mountBookings(api *web.API) {
	const group = "Bookings"
	choosing := web.Faults(booking.ErrUnknown, booking.ErrInvalid, booking.ErrPast, booking.ErrStay, booking.ErrArrival, booking.ErrPeople, booking.ErrTooLate,
		booking.ErrNotOpen, hold.ErrSoldOut)
	web.Query(api, "GET /v1/booking-places", bookingPlaces, web.Public(),
		web.Doc("List the places where something can be booked.", group))
	web.Query(api, "GET /v1/booking-offers", f.bookingOffers, web.Public(),
		web.Doc("Search what can be booked by place, days and people, the cheapest first.", group), web.Faults(booking.ErrStay, booking.ErrPeople))
	web.Query(api, "GET /v1/products/{id}/booking-plans", bookingPlans, web.Public(),
		web.Doc("List how a product is sold by time: rooms of a house, departures of a tour, services of a master.", group))
	web.Query(api, "GET /v1/booking-plans/{plan}/calendar", bookingCalendar, web.Public(),
		web.Doc("Show the days of a month with what is left and the price from which each begins.", group), web.Faults(booking.ErrUnknown, booking.ErrPast))
	web.Query(api, "GET /v1/booking-plans/{plan}/times", bookingTimes, web.Public(),
		web.Doc("Show the departures, or the free beginnings, of a day.", group), web.Faults(booking.ErrUnknown))
	web.Command(api, "POST /v1/bookings", chooseBooking, web.Public(), web.Status(201),
		web.Doc("Choose days and people. Nothing is promised before it is ordered: put variant_id into a basket, with the answer chosen being the id.", group), choosing)
	web.Query(api, "GET /v1/orders/{id}/bookings", f.orderBookings, web.Public(),
		web.Doc("List what an order has booked, with the tickets and what would come back now.", group), web.Faults(order.ErrUnknown))
	web.Query(api, "GET /v1/orders/{id}/bookings/{booking}/change", bookingChange, web.Public(),
		web.Doc("Say what other days or people would cost, without changing anything.", group), web.Faults(order.ErrUnknown), choosing)
	web.Command(api, "POST /v1/orders/{id}/bookings/{booking}/change", changeBooking, web.Public(),
		web.Doc("Change a booking. What is dearer is not changed yet: the answer says what to put into a basket, and it is changed when that is paid.", group),
		web.Faults(order.ErrUnknown, booking.ErrState, booking.ErrStale), choosing)
	web.Command(api, "POST /v1/orders/{id}/bookings/{booking}/cancellation", giveUpBooking, web.Public(),
		web.Doc("Give a booking up for what comes back now. Say the sum that was shown; when another one holds by now, nothing happens.", group),
		web.Faults(order.ErrUnknown, booking.ErrUnknown, booking.ErrState, booking.ErrTooLate, booking.ErrStale, booking.ErrRefund))
}

type placeView struct {
	Code string         `json:"code"`
	Name text.Localized `json:"name"`
}

// bookingPlaces lists where something can be booked.
func bookingPlaces(tx *db.Tx, _ struct{}) (web.List[placeView], error) {
	towns, err := booking.Places(tx)
	all := web.List[placeView]{Items: make([]placeView, len(towns))}
	for i, x := range towns {
		all.Items[i] = placeView(x)
	}
	return all, err
}

// bookedPeople are those who come.
type bookedPeople struct {
	Adults   int    `query:"adults" minimum:"1" maximum:"60" default:"2"`
	Children string `query:"children" maxLength:"200" doc:"Ages of children at the start, by commas."`
}

// ages reads the ages of children; what is none becomes an age that no plan takes.
func (p bookedPeople) ages() []int {
	var all []int
	for part := range strings.SplitSeq(p.Children, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		n, err := strconv.Atoi(part)
		if err != nil {
			n = -1
		}
		all = append(all, n)
	}
	return all
}

type offersAsk struct {
	Place string       `query:"place" maxLength:"80" doc:"The code of a place; anywhere when absent."`
	Form  booking.Form `query:"form" enum:"nights,departure,slot,table" default:"nights"`
	From  span.Day     `query:"from" doc:"The day of arrival, or the first day that suits."`
	To    span.Day     `query:"to" doc:"The day of departure of a stay; for the rest the day after the last one that suits."`
	bookedPeople
	Units int `query:"units" minimum:"1" maximum:"20" default:"1" doc:"How many rooms or tables."`
	Limit int `query:"limit" minimum:"1" maximum:"100" default:"24"`
}

// offerView is a plan that can be booked as it was looked for.
type offerView struct {
	Plan      booking.PlanID      `json:"plan_id"`
	Product   catalog.ProductID   `json:"product_id"`
	Variant   catalog.VariantID   `json:"variant_id"`
	Seller    seller.ID           `json:"seller"`
	Form      booking.Form        `json:"form" enum:"nights,departure,slot,table"`
	Name      text.Localized      `json:"name"`
	Place     text.Localized      `json:"place"`
	Price     money.Money         `json:"price" doc:"Of all of it; of a slot or table, from which it begins."`
	Parts     []booking.Part      `json:"parts,omitempty" doc:"The reasons for the price, which add up to it."`
	Left      int64               `json:"left,omitempty"`
	Departure booking.DepartureID `json:"departure_id,omitempty" doc:"The first departure that suits."`
	Starts    *time.Time          `json:"starts,omitempty"`
}

// bookingOffers searches. What is not on the shelves is not offered.
func (f face) bookingOffers(tx *db.Tx, in offersAsk) (web.List[offerView], error) {
	found, err := booking.Search(tx, booking.Query{Place: in.Place, Form: in.Form, From: in.From, To: in.To, Adults: in.Adults, Children: in.ages(), Units: in.Units, Limit: in.Limit})
	if err != nil {
		return web.List[offerView]{}, err
	}
	ids := make([]catalog.ProductID, len(found))
	for i, x := range found {
		ids[i] = x.Product
	}
	slices.Sort(ids)
	cards, err := shelf.Some(tx, slices.Compact(ids), f.Currency, "")
	all := web.List[offerView]{Items: []offerView{}}
	for _, x := range found {
		if !slices.ContainsFunc(cards, func(c shelf.Card) bool { return c.ID == x.Product }) {
			continue
		}
		v := offerView{Plan: x.ID, Product: x.Product, Variant: x.Variant, Seller: x.Seller, Form: x.Form, Name: x.Name, Place: x.PlaceName,
			Price: x.Priced.Total, Parts: x.Priced.Parts, Left: x.Left, Departure: x.Departure.ID}
		if x.Departure.ID != "" {
			v.Starts = &x.Departure.Starts
		}
		all.Items = append(all.Items, v)
	}
	return all, err
}

type plansAsk struct {
	ID catalog.ProductID `path:"id" maxLength:"60" doc:"The product."`
}

// bookingPlanView is a plan as buyers see it.
type bookingPlanView struct {
	ID      booking.PlanID       `json:"id"`
	Variant catalog.VariantID    `json:"variant_id"`
	Form    booking.Form         `json:"form" enum:"nights,departure,slot,table"`
	Name    text.Localized       `json:"name"`
	Place   text.Localized       `json:"place"`
	Zone    string               `json:"zone" doc:"The time zone in which its days and hours are meant."`
	From    money.Money          `json:"price_from"`
	Staff   []booking.ResourceID `json:"staff,omitempty"`
	Terms   booking.Terms        `json:"terms"`
}

// bookingPlans lists how a product is sold by time. One that is not lists none.
func bookingPlans(tx *db.Tx, in plansAsk) (web.List[bookingPlanView], error) {
	plans, err := booking.PlansFor(tx, in.ID)
	all := web.List[bookingPlanView]{Items: make([]bookingPlanView, len(plans))}
	for i, p := range plans {
		all.Items[i] = bookingPlanView{ID: p.ID, Variant: p.Variant, Form: p.Form, Name: p.Name, Place: p.PlaceName, Zone: p.Zone, From: p.Terms.Least(), Staff: p.Staff, Terms: p.Terms}
	}
	return all, err
}

type calendarAsk struct {
	Plan  booking.PlanID `path:"plan" maxLength:"60" doc:"The plan."`
	Month string         `query:"month" maxLength:"7" pattern:"^[0-9]{4}-[0-9]{2}$" doc:"Year and month, as 2026-12; the present one when absent."`
}

// calendarDayView is a day of a calendar.
type calendarDayView struct {
	Day     span.Day    `json:"day"`
	Left    int64       `json:"left" doc:"Rooms, seats or beginnings that are left."`
	From    money.Money `json:"price_from"`
	Arrival bool        `json:"arrival" doc:"Whether a stay may begin on it."`
	Over    bool        `json:"over" doc:"Whether it is past, or begins too soon."`
	StayMin int         `json:"stay_min"`
	Full    bool        `json:"full" doc:"Whether it can be waited for: there is a departure, and all of its seats are taken."`
}

// openPlan gives a plan that can be booked; a closed one is as unknown as none.
func openPlan(tx *db.Tx, id booking.PlanID) (booking.Plan, error) {
	p, err := booking.PlanNamed(tx, id)
	if err == nil && !p.Open {
		err = booking.ErrUnknown.About("%s is closed", id)
	}
	return p, err
}

// bookingCalendar shows a month.
func bookingCalendar(tx *db.Tx, in calendarAsk) (web.List[calendarDayView], error) {
	p, err := openPlan(tx, in.Plan)
	if err != nil {
		return web.List[calendarDayView]{}, err
	}
	first := p.Today(tx.Now())
	if in.Month != "" {
		if first, err = span.Parse(in.Month + "-01"); err != nil {
			return web.List[calendarDayView]{}, booking.ErrPast.About("month %s", in.Month)
		}
	}
	_, _, n := first.Date()
	first = first.AddDays(1 - n)
	last := first.AddDays(31)
	_, _, n = last.Date()
	days, err := booking.Calendar(tx, p, span.Days{From: first, To: last.AddDays(1 - n)})
	all := web.List[calendarDayView]{Items: make([]calendarDayView, len(days))}
	for i, d := range days {
		all.Items[i] = calendarDayView(d)
	}
	return all, err
}

type timesAsk struct {
	Plan booking.PlanID `path:"plan" maxLength:"60" doc:"The plan."`
	Day  span.Day       `query:"day" required:"true"`
}

// timeView is a departure, or a free beginning.
type timeView struct {
	Departure booking.DepartureID  `json:"departure_id,omitempty"`
	Starts    time.Time            `json:"starts"`
	Minute    int                  `json:"minute" doc:"In minutes after midnight of its place."`
	Left      int64                `json:"left,omitempty" doc:"Seats of a departure."`
	Staff     []booking.ResourceID `json:"staff,omitempty" doc:"Who is free."`
}

// bookingTimes shows what there is on a day. A plan of nights has none.
func bookingTimes(tx *db.Tx, in timesAsk) (web.List[timeView], error) {
	all := web.List[timeView]{Items: []timeView{}}
	p, err := openPlan(tx, in.Plan)
	if err != nil {
		return all, err
	}
	day := span.Days{From: in.Day, To: in.Day.AddDays(1)}
	switch p.Form {
	case booking.FormDeparture:
		deps, err := booking.Departures(tx, p.ID, day)
		for _, d := range deps {
			if at := d.Starts.In(p.Location()); d.Open {
				all.Items = append(all.Items, timeView{Departure: d.ID, Starts: d.Starts, Minute: at.Hour()*60 + at.Minute(), Left: d.Left})
			}
		}
		return all, err
	case booking.FormSlot, booking.FormTable:
		slots, err := booking.Slots(tx, p, day)
		for _, s := range slots {
			all.Items = append(all.Items, timeView{Starts: s.Starts, Minute: s.Minute, Staff: s.Staff})
		}
		return all, err
	}
	return all, nil
}

// bookingDraft is what somebody chooses.
type bookingDraft struct {
	Plan      booking.PlanID      `json:"plan_id" maxLength:"60"`
	From      span.Day            `json:"from,omitempty" doc:"The day of arrival, or of a slot."`
	To        span.Day            `json:"to,omitempty" doc:"The day of departure of a stay."`
	Departure booking.DepartureID `json:"departure_id,omitempty" maxLength:"60"`
	Minute    int                 `json:"minute,omitempty" minimum:"0" maximum:"1439" doc:"When a slot begins."`
	Staff     booking.ResourceID  `json:"staff_id,omitempty" maxLength:"60" doc:"Who does it; whoever is free when absent."`
	Units     int                 `json:"units,omitempty" minimum:"0" maximum:"20" doc:"Rooms or tables; one when absent."`
	Adults    int                 `json:"adults" minimum:"1" maximum:"60"`
	Children  []int               `json:"children,omitempty" maxItems:"60" doc:"Ages at the start."`
	Insured   bool                `json:"insured,omitempty"`
	Note      string              `json:"note,omitempty" maxLength:"500" doc:"For the seller."`
	Where     string              `json:"where,omitempty" maxLength:"500" doc:"The address, of what is done at the buyer's."`
}

// chosenView is what was chosen, with its price.
type chosenView struct {
	ID      string            `json:"id" doc:"The answer chosen of the line of a basket."`
	Variant catalog.VariantID `json:"variant_id"`
	Label   text.Localized    `json:"label"`
	Price   money.Money       `json:"price"`
	Parts   []booking.Part    `json:"parts" nullable:"false" doc:"The reasons for the price, which add up to it."`
}

// chooseBooking writes a choice down.
func chooseBooking(tx *db.Tx, in bookingDraft) (chosenView, error) {
	b, err := booking.Choose(tx, booking.Draft(in))
	return chosenView{ID: string(b.ID), Variant: b.Variant, Label: b.Label, Price: b.Price, Parts: b.Parts}, err
}

// bookingView is a booking as its buyer sees it.
type bookingView struct {
	ID         booking.ID     `json:"id"`
	State      booking.State  `json:"state" enum:"booked,in,done,missed,cancelled"`
	Name       text.Localized `json:"name"`
	Label      text.Localized `json:"label"`
	Starts     time.Time      `json:"starts"`
	Ends       time.Time      `json:"ends"`
	Paid       bool           `json:"paid"`
	Price      money.Money    `json:"price"`
	Parts      []booking.Part `json:"parts" nullable:"false"`
	Code       string         `json:"code" doc:"What is typed at the door."`
	Ticket     string         `json:"ticket,omitempty" doc:"What a QR code shows at the door, once it is paid."`
	Back       money.Money    `json:"back" doc:"What comes back when it is given up now."`
	Kept       money.Money    `json:"kept" doc:"What the seller keeps then, or has kept."`
	Changeable bool           `json:"changeable"`
}

func (f face) viewBooking(tx *db.Tx, b booking.Booking) (bookingView, error) {
	r := b.RefundBy(tx.Who(), tx.Now())
	v := bookingView{ID: b.ID, State: b.State, Name: b.Name, Label: b.Label, Starts: b.Starts, Ends: b.Ends, Paid: b.Paid, Price: b.Price, Parts: b.Parts,
		Code: b.Code(), Back: r.Back, Kept: r.Kept, Changeable: b.Changeable(tx.Now())}
	if !b.Open(tx.Now()) {
		v.Back, v.Kept = money.Of(0, b.Price.Currency), b.Kept
	}
	var err error
	if b.State == booking.StateBooked && b.Paid {
		v.Ticket, err = booking.TicketOf(f.Keys, b)
	}
	return v, err
}

// orderBookings lists what an order has booked.
func (f face) orderBookings(tx *db.Tx, in orderAsk) (web.List[bookingView], error) {
	o, err := order.Get(tx, in.ID) // It refuses everybody whose order this is not.
	if err != nil {
		return web.List[bookingView]{}, err
	}
	booked, err := booking.OfOrder(tx, string(o.ID))
	if err != nil {
		return web.List[bookingView]{}, err
	}
	all := web.List[bookingView]{Items: make([]bookingView, len(booked))}
	for i, b := range booked {
		if all.Items[i], err = f.viewBooking(tx, b); err != nil {
			return all, err
		}
	}
	return all, nil
}

type bookedAsk struct {
	ID      order.ID   `path:"id" maxLength:"60" doc:"The order."`
	Booking booking.ID `path:"booking" maxLength:"60" doc:"The booking."`
}

// mine gives a booking of an order to whoever may see that.
func (in bookedAsk) mine(tx *db.Tx) (order.Order, booking.Booking, error) {
	o, err := order.Get(tx, in.ID)
	if err != nil {
		return order.Order{}, booking.Booking{}, err
	}
	b, err := booking.InOrder(tx, string(o.ID), in.Booking)
	return o, b, err
}

// toChange gives a booking of an order to whoever may change it.
func (in bookedAsk) toChange(tx *db.Tx) (order.Order, booking.Booking, error) {
	o, err := order.ToChange(tx, in.ID)
	if err != nil {
		return order.Order{}, booking.Booking{}, err
	}
	b, err := booking.InOrder(tx, string(o.ID), in.Booking)
	return o, b, err
}

type changeAsk struct {
	bookedAsk
	From      span.Day            `query:"from" doc:"The new day of arrival, or of a slot."`
	To        span.Day            `query:"to"`
	Departure booking.DepartureID `query:"departure_id" maxLength:"60"`
	Minute    int                 `query:"minute" minimum:"-1" maximum:"1439" default:"-1" doc:"When a slot begins; as before when absent."`
}

// bookingMove is what is asked to change; what is absent stays.
type bookingMove struct {
	bookedAsk
	From      span.Day            `json:"from,omitempty" doc:"The new day of arrival, or of a slot."`
	To        span.Day            `json:"to,omitempty"`
	Departure booking.DepartureID `json:"departure_id,omitempty" maxLength:"60"`
	Minute    *int                `json:"minute,omitempty" minimum:"0" maximum:"1439" doc:"When a slot begins."`
	Adults    int                 `json:"adults,omitempty" minimum:"0" maximum:"60"`
	Children  []int               `json:"children,omitempty" maxItems:"60"`
}

// onto gives the draft of a booking with what is asked to change. A stay keeps its length where only its first day is said.
func (in bookingMove) onto(b booking.Booking) booking.Draft {
	d := b.Draft
	if !in.From.IsZero() {
		d.From = in.From
		if !d.To.IsZero() {
			d.To = in.From.AddDays(b.Draft.From.DaysUntil(b.Draft.To))
		}
	}
	if !in.To.IsZero() {
		d.To = in.To
	}
	if in.Departure != "" {
		d.Departure = in.Departure
	}
	if in.Minute != nil {
		d.Minute = *in.Minute
	}
	if in.Adults > 0 {
		d.Adults, d.Children = in.Adults, in.Children
	}
	return d
}

// movedView is what a change costs, or has come to.
type movedView struct {
	Changed bool           `json:"changed"`
	Label   text.Localized `json:"label"`
	Price   money.Money    `json:"price" doc:"The new price."`
	Due     money.Money    `json:"due" doc:"What is to be paid more; below zero, what comes back."`
	Buy     *chosenView    `json:"buy,omitempty" doc:"What to put into a basket, of a change that is dearer."`
}

// bookingChange says what a change would cost.
func bookingChange(tx *db.Tx, in changeAsk) (movedView, error) {
	_, b, err := in.mine(tx)
	if err != nil {
		return movedView{}, err
	}
	move := bookingMove{From: in.From, To: in.To, Departure: in.Departure}
	if in.Minute >= 0 {
		move.Minute = &in.Minute
	}
	offer, err := booking.OfferChange(tx, b, move.onto(b))
	return movedView{Label: offer.Label, Price: offer.Price, Due: offer.Due}, err
}

// changeBooking changes a booking, or says what has to be bought for it.
func changeBooking(tx *db.Tx, in bookingMove) (movedView, error) {
	_, b, err := in.toChange(tx)
	if err != nil {
		return movedView{}, err
	}
	fresh, dearer, err := booking.Change(tx, b, in.onto(b))
	if err != nil {
		return movedView{}, err
	}
	v := movedView{Changed: dearer == nil, Label: fresh.Label, Price: fresh.Price, Due: money.Of(fresh.Price.Minor-b.Price.Minor, b.Price.Currency)}
	if dearer != nil {
		v.Due, v.Label, v.Price = dearer.Price, dearer.Label, money.Of(b.Price.Minor+dearer.Price.Minor, b.Price.Currency)
		v.Buy = &chosenView{ID: string(dearer.ID), Variant: b.Variant, Label: dearer.Label, Price: dearer.Price, Parts: dearer.Parts}
	}
	return v, nil
}

type bookingGivenUp struct {
	bookedAsk
	Back   money.Money `json:"back" required:"true" doc:"What was shown to come back."`
	Reason string      `json:"reason,omitempty" maxLength:"500" doc:"Shown to the seller."`
}

// giveUpBooking gives a booking up.
func giveUpBooking(tx *db.Tx, in bookingGivenUp) (web.None, error) {
	o, b, err := in.toChange(tx)
	if err != nil {
		return web.None{}, err
	}
	if back := b.RefundBy(tx.Who(), tx.Now()).Back; b.State == booking.StateBooked && back != in.Back {
		return web.None{}, booking.ErrRefund.With("back", back.Minor)
	}
	return web.None{}, takeback.GiveUp(tx, o, b, in.Reason)
}
