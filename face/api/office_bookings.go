package api

import (
	"slices"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/gear/db"
	"sauda/gear/web"
)

// mountOfficeBookings adds what sellers do with calendars: resources, plans with their prices, departures, the board, the door.
func (f face) mountOfficeBookings(api *web.API) {
	const group = "Office: bookings"
	web.Query(api, "GET /v1/office/booking-resources", listResources, web.Needs(scopeOrdersRead),
		web.Doc("List what the seller has by time: rooms of a type, guides, masters, tables.", group))
	web.Command(api, "POST /v1/office/booking-resources", addResource, web.Needs(scopeCatalogWrite), web.Status(201),
		web.Doc("Put a resource down. Its calendar is open at once.", group), web.Faults(booking.ErrInvalid))
	web.Command(api, "PUT /v1/office/booking-resources/{id}", reviseResource, web.Needs(scopeCatalogWrite),
		web.Doc("Give a resource another name, number, policy of overbooking or hours, or close it. Grain and zone stay.", group),
		web.Faults(booking.ErrUnknown, booking.ErrInvalid, booking.ErrStale, hold.ErrPromised))
	web.Query(api, "GET /v1/office/booking-plans", listPlans, web.Needs(scopeOrdersRead),
		web.Doc("List how the seller's things are sold by time, with prices and rules.", group))
	web.Command(api, "POST /v1/office/booking-plans", addPlan, web.Needs(scopeCatalogWrite), web.Status(201),
		web.Doc("Put a plan down for a variant of a product of the seller. It is open at once.", group),
		web.Faults(booking.ErrInvalid, catalog.ErrUnknown, booking.ErrTaken))
	web.Command(api, "PUT /v1/office/booking-plans/{id}", revisePlan, web.Needs(scopeCatalogWrite),
		web.Doc("Give a plan other prices, seasons and rules. What was booked keeps those on which it was booked.", group),
		web.Faults(booking.ErrUnknown, booking.ErrInvalid, booking.ErrStale))
	web.Command(api, "POST /v1/office/booking-plans/{id}/departures", addDepartures, web.Needs(scopeCatalogWrite), web.Status(201),
		web.Doc("Put departures down, one on each day. One that is there stays as it is.", group),
		web.Faults(booking.ErrUnknown, booking.ErrInvalid, booking.ErrPast, booking.ErrNotOpen))
	web.Command(api, "PUT /v1/office/booking-plans/{id}/departures/{departure}", setDeparture, web.Needs(scopeCatalogWrite),
		web.Doc("Give a departure other seats, or close it. What is booked stays.", group), web.Faults(booking.ErrUnknown, booking.ErrInvalid, booking.ErrSeats))
	web.Query(api, "GET /v1/office/booking-board", showBoard, web.Needs(scopeOrdersRead),
		web.Doc("Show how full everything is on some days, and who comes.", group), web.Faults(booking.ErrPast))
	web.Command(api, "POST /v1/office/booking-closings", closeResource, web.Needs(scopeOrdersWrite), web.Status(201),
		web.Doc("Take units of a resource out of sale for some time. What is booked stays.", group), web.Faults(booking.ErrUnknown, booking.ErrInvalid))
	web.Command(api, "DELETE /v1/office/booking-resources/{id}/closings/{closing}", reopenResource, web.Needs(scopeOrdersWrite),
		web.Doc("Give back what was taken out of sale.", group), web.Faults(booking.ErrUnknown))
	web.Command(api, "POST /v1/office/booking-door", f.openDoor, web.Needs(scopeOrdersWrite),
		web.Doc("Let in who shows a ticket or says its code. The second time it is refused with the time of the first.", group),
		web.Faults(booking.ErrTicket, booking.ErrUsed, booking.ErrNotToday, booking.ErrState, booking.ErrUnknown))
	web.Query(api, "GET /v1/office/bookings/{id}/travellers", f.listTravellers, web.Needs(scopeOrdersWrite),
		web.Doc("Show who comes with a booking, with their documents.", group), web.Faults(booking.ErrUnknown))
	web.Command(api, "POST /v1/office/bookings/{id}/move", moveBooked, web.Needs(scopeOrdersWrite),
		web.Doc("Move a booking to another time, at no fee. What becomes cheaper goes back; what becomes dearer the buyer does not pay.", group),
		web.Faults(booking.ErrUnknown, booking.ErrState, booking.ErrInvalid, booking.ErrPast, booking.ErrStay, booking.ErrArrival, booking.ErrPeople,
			booking.ErrTooLate, booking.ErrNotOpen, booking.ErrStale, hold.ErrSoldOut))
	web.Command(api, "PUT /v1/office/bookings/{id}/end", endBooked, web.Needs(scopeOrdersWrite),
		web.Doc("Say that a booking is over, or that nobody came.", group), web.Faults(booking.ErrUnknown, booking.ErrState, booking.ErrStale))
}

// resourceDraft is a resource as its seller describes it.
type resourceDraft struct {
	Name   text.Localized  `json:"name" required:"true"`
	Units  int64           `json:"units" minimum:"0" maximum:"10000" doc:"How many of it there are."`
	Beyond int64           `json:"beyond,omitempty" minimum:"0" maximum:"1000" doc:"How many more are promised: the stated policy of overbooking."`
	Ahead  int             `json:"ahead" minimum:"1" maximum:"550" doc:"How many days ahead it can be booked."`
	Hours  []booking.Hours `json:"hours,omitempty" maxItems:"21" doc:"When it works, of one that is counted by quarters of an hour; in minutes after midnight."`
	Closed bool            `json:"closed,omitempty" doc:"Says that nothing more of it is sold; what is booked stays."`
}

func (d resourceDraft) onto(r booking.Resource) booking.Resource {
	r.Name, r.Units, r.Beyond, r.Ahead, r.Hours, r.Closed = d.Name, d.Units, d.Beyond, d.Ahead, d.Hours, d.Closed
	return r
}

// resourceView is a resource.
type resourceView struct {
	ID    booking.ResourceID `json:"id"`
	Grain booking.Grain      `json:"grain" enum:"day,quarter"`
	Zone  string             `json:"zone"`
	resourceDraft
	Opened  span.Day `json:"opened" doc:"The first day that cannot be booked yet."`
	Version int64    `json:"version"`
}

// Revision makes the version the tag of the resource.
func (r resourceView) Revision() int64 { return r.Version }

func viewResource(r booking.Resource) resourceView {
	return resourceView{ID: r.ID, Grain: r.Grain, Zone: r.Zone, Opened: r.Opened, Version: r.Version,
		resourceDraft: resourceDraft{r.Name, r.Units, r.Beyond, r.Ahead, r.Hours, r.Closed}}
}

// listResources lists the resources of the seller.
func listResources(tx *db.Tx, _ struct{}) (web.List[resourceView], error) {
	all, err := booking.Resources(tx, sellerOf(tx))
	page := web.List[resourceView]{Items: make([]resourceView, len(all))}
	for i, r := range all {
		page.Items[i] = viewResource(r)
	}
	return page, err
}

type resourceAdding struct {
	Grain booking.Grain `json:"grain" enum:"day,quarter" doc:"By what its calendar is counted; a day is the night that begins on it."`
	Zone  string        `json:"zone" maxLength:"60" doc:"Its time zone, for example Asia/Almaty."`
	resourceDraft
}

// addResource puts a resource down.
func addResource(tx *db.Tx, in resourceAdding) (resourceView, error) {
	r, err := booking.AddResource(tx, in.onto(booking.Resource{Seller: sellerOf(tx), Grain: in.Grain, Zone: in.Zone}))
	return viewResource(r), err
}

type resourceRevision struct {
	ID      booking.ResourceID `path:"id" maxLength:"60" doc:"The resource."`
	Version int64              `json:"version" minimum:"1" doc:"The version that was looked at."`
	resourceDraft
}

// reviseResource gives a resource other words, units and hours.
func reviseResource(tx *db.Tx, in resourceRevision) (resourceView, error) {
	r, err := booking.ResourceOf(tx, sellerOf(tx), in.ID)
	if err != nil {
		return resourceView{}, err
	}
	r.Version = in.Version
	r, err = booking.ReviseResource(tx, in.onto(r))
	return viewResource(r), err
}

// planWords is a plan as its seller describes it.
type planWords struct {
	Name  text.Localized       `json:"name" required:"true"`
	Place text.Localized       `json:"place" required:"true"`
	Zone  string               `json:"zone" maxLength:"60" doc:"Its time zone, for example Asia/Almaty."`
	Needs []booking.Need       `json:"needs,omitempty" maxItems:"20" doc:"What every booking takes of which resource."`
	Staff []booking.ResourceID `json:"staff,omitempty" maxItems:"50" doc:"Those of whom a slot takes one."`
	Terms booking.Terms        `json:"terms" required:"true" doc:"Prices and rules: amounts in minor units, changes and shares in parts per million."`
}

func (d planWords) onto(p booking.Plan) booking.Plan {
	p.Name, p.PlaceName, p.Zone, p.Needs, p.Staff, p.Terms = d.Name, d.Place, d.Zone, d.Needs, d.Staff, d.Terms
	return p
}

// officePlanView is a plan as its seller sees it.
type officePlanView struct {
	ID      booking.PlanID    `json:"id"`
	Product catalog.ProductID `json:"product_id"`
	Variant catalog.VariantID `json:"variant_id"`
	Form    booking.Form      `json:"form" enum:"nights,departure,slot,table"`
	Open    bool              `json:"open"`
	planWords
	Version int64 `json:"version"`
}

// Revision makes the version the tag of the plan.
func (p officePlanView) Revision() int64 { return p.Version }

func viewOfficePlan(p booking.Plan) officePlanView {
	return officePlanView{ID: p.ID, Product: p.Product, Variant: p.Variant, Form: p.Form, Open: p.Open, Version: p.Version,
		planWords: planWords{p.Name, p.PlaceName, p.Zone, p.Needs, p.Staff, p.Terms}}
}

// listPlans lists the plans of the seller.
func listPlans(tx *db.Tx, _ struct{}) (web.List[officePlanView], error) {
	all, err := booking.Plans(tx, sellerOf(tx))
	page := web.List[officePlanView]{Items: make([]officePlanView, len(all))}
	for i, p := range all {
		page.Items[i] = viewOfficePlan(p)
	}
	return page, err
}

type planAdding struct {
	Product catalog.ProductID `json:"product_id" maxLength:"60" doc:"A product of the seller, of the kind service by the way booking."`
	Variant catalog.VariantID `json:"variant_id" maxLength:"60" doc:"The variant of it that the plan sells; each has one plan."`
	Form    booking.Form      `json:"form" enum:"nights,departure,slot,table"`
	planWords
}

// addPlan puts a plan down, for a product of the seller only.
func addPlan(tx *db.Tx, in planAdding) (officePlanView, error) {
	p, err := own(tx, in.Product)
	if err != nil {
		return officePlanView{}, err
	}
	if !slices.ContainsFunc(p.Variants, func(v catalog.Variant) bool { return v.ID == in.Variant }) {
		return officePlanView{}, catalog.ErrUnknown.About("%s has no variant %s", p.ID, in.Variant)
	}
	plan, err := booking.AddPlan(tx, in.onto(booking.Plan{Seller: sellerOf(tx), Product: p.ID, Variant: in.Variant, Form: in.Form}))
	return viewOfficePlan(plan), err
}

type planRevision struct {
	ID      booking.PlanID `path:"id" maxLength:"60" doc:"The plan."`
	Version int64          `json:"version" minimum:"1" doc:"The version that was looked at."`
	Open    bool           `json:"open" doc:"Whether it can be booked."`
	planWords
}

// revisePlan gives a plan other terms.
func revisePlan(tx *db.Tx, in planRevision) (officePlanView, error) {
	p, err := booking.RevisePlan(tx, in.onto(booking.Plan{ID: in.ID, Seller: sellerOf(tx), Version: in.Version, Open: in.Open}))
	return viewOfficePlan(p), err
}

type departuresAdding struct {
	ID     booking.PlanID `path:"id" maxLength:"60" doc:"The plan."`
	Days   []span.Day     `json:"days" minItems:"1" maxItems:"366"`
	Minute int            `json:"minute" minimum:"0" maximum:"1439" doc:"When it leaves, in minutes after midnight of its place."`
	Seats  int64          `json:"seats" minimum:"1" maximum:"10000"`
}

// departureView is a departure.
type departureView struct {
	ID     booking.DepartureID `json:"id"`
	Plan   booking.PlanID      `json:"plan_id"`
	Day    span.Day            `json:"day"`
	Starts time.Time           `json:"starts"`
	Seats  int64               `json:"seats"`
	Open   bool                `json:"open"`
	Left   int64               `json:"left"`
}

func viewDepartures(all []booking.Departure) []departureView {
	views := make([]departureView, len(all))
	for i, d := range all {
		views[i] = departureView(d)
	}
	return views
}

// addDepartures puts departures down.
func addDepartures(tx *db.Tx, in departuresAdding) (web.List[departureView], error) {
	p, err := booking.PlanOf(tx, sellerOf(tx), in.ID)
	if err != nil {
		return web.List[departureView]{}, err
	}
	all, err := booking.AddDepartures(tx, p, in.Days, in.Minute, in.Seats)
	return web.List[departureView]{Items: viewDepartures(all)}, err
}

type departureSetting struct {
	ID        booking.PlanID      `path:"id" maxLength:"60" doc:"The plan."`
	Departure booking.DepartureID `path:"departure" maxLength:"60" doc:"The departure."`
	Seats     int64               `json:"seats" minimum:"0" maximum:"10000"`
	Open      bool                `json:"open"`
}

// setDeparture gives a departure other seats, or closes it.
func setDeparture(tx *db.Tx, in departureSetting) (web.None, error) {
	return web.None{}, booking.SetDeparture(tx, sellerOf(tx), booking.Departure{ID: in.Departure, Plan: in.ID, Seats: in.Seats, Open: in.Open})
}

type boardAsk struct {
	From span.Day `query:"from" doc:"The first day; today when absent."`
	Days int      `query:"days" minimum:"1" maximum:"62" default:"14"`
}

// boardView is how full everything is, and who comes.
type boardView struct {
	Resources  []boardRow      `json:"resources" nullable:"false"`
	Departures []departureView `json:"departures" nullable:"false"`
	Bookings   []comingView    `json:"bookings" nullable:"false" doc:"The first 500 of those who come."`
}

type boardRow struct {
	ID   booking.ResourceID `json:"id"`
	Name text.Localized     `json:"name"`
	Days []loadView         `json:"days" nullable:"false"`
}

type loadView struct {
	Day      span.Day `json:"day"`
	Capacity int64    `json:"capacity"`
	Taken    int64    `json:"taken"`
	Open     bool     `json:"open" doc:"Whether the calendar reaches so far."`
}

// comingView is a booking as who receives people sees it.
type comingView struct {
	ID       booking.ID     `json:"id"`
	Plan     booking.PlanID `json:"plan_id"`
	Order    string         `json:"order_id"`
	State    booking.State  `json:"state" enum:"booked,in,done,missed,cancelled"`
	Code     string         `json:"code"`
	Name     text.Localized `json:"name"`
	Label    text.Localized `json:"label"`
	Starts   time.Time      `json:"starts"`
	Ends     time.Time      `json:"ends"`
	Adults   int            `json:"adults"`
	Children []int          `json:"children,omitempty"`
	Note     string         `json:"note,omitempty"`
	Where    string         `json:"where,omitempty"`
	Paid     bool           `json:"paid"`
	Price    money.Money    `json:"price"`
}

func viewComing(b booking.Booking) comingView {
	return comingView{b.ID, b.Plan, b.Order, b.State, b.Code(), b.Name, b.Label, b.Starts, b.Ends, b.Draft.Adults, b.Draft.Children, b.Draft.Note, b.Draft.Where,
		b.Paid, b.Price}
}

// boardMost bounds the bookings of a board.
const boardMost = 500

// showBoard shows some days, in seven statements.
func showBoard(tx *db.Tx, in boardAsk) (boardView, error) {
	if in.From.IsZero() {
		in.From = span.DayOf(tx.Now(), span.Almaty)
	}
	days := span.Days{From: in.From, To: in.From.AddDays(in.Days)}
	v := boardView{Resources: []boardRow{}, Bookings: []comingView{}}
	rows, err := booking.Occupancy(tx, sellerOf(tx), days)
	if err != nil {
		return v, err
	}
	for _, r := range rows {
		row := boardRow{r.ID, r.Name, make([]loadView, len(r.Days))}
		for i, d := range r.Days {
			row.Days[i] = loadView(d)
		}
		v.Resources = append(v.Resources, row)
	}
	deps, _, err := booking.DeparturesOf(tx, sellerOf(tx), days)
	if err != nil {
		return v, err
	}
	v.Departures = viewDepartures(deps)
	coming, err := booking.Board(tx, sellerOf(tx), days, boardMost)
	for _, b := range coming {
		v.Bookings = append(v.Bookings, viewComing(b))
	}
	return v, err
}

type closing struct {
	Resource booking.ResourceID `json:"resource_id" maxLength:"60"`
	From     span.Day           `json:"from" doc:"The first day."`
	To       span.Day           `json:"to" doc:"The day after the last one."`
	Units    int64              `json:"units" minimum:"1" maximum:"10000"`
	Note     string             `json:"note,omitempty" maxLength:"500"`
}

type closingView struct {
	ID string `json:"id"`
}

// closeResource takes units out of sale.
func closeResource(tx *db.Tx, in closing) (closingView, error) {
	r, err := booking.ResourceOf(tx, sellerOf(tx), in.Resource)
	if err != nil {
		return closingView{}, err
	}
	b, err := booking.Close(tx, r.Seller, booking.Block{Resource: r.ID, Starts: in.From.Start(r.Location()), Ends: in.To.Start(r.Location()), Units: in.Units, Note: in.Note})
	return closingView{b.ID}, err
}

type reopening struct {
	ID      booking.ResourceID `path:"id" maxLength:"60" doc:"The resource."`
	Closing string             `path:"closing" maxLength:"60" doc:"What was closed."`
}

// reopenResource gives back what was closed.
func reopenResource(tx *db.Tx, in reopening) (web.None, error) {
	return web.None{}, booking.Reopen(tx, sellerOf(tx), in.ID, in.Closing)
}

type ticketShown struct {
	Ticket string `json:"ticket" minLength:"1" maxLength:"400" doc:"What the QR code says, or the eight letters below it."`
}

// openDoor lets in who shows a ticket.
func (f face) openDoor(tx *db.Tx, in ticketShown) (comingView, error) {
	b, err := booking.Enter(tx, f.Keys, sellerOf(tx), booking.Mark{Said: in.Ticket})
	return viewComing(b), err
}

type comingAsk struct {
	ID booking.ID `path:"id" maxLength:"60" doc:"The booking."`
}

type travellerView struct {
	Name     string   `json:"name"`
	Born     span.Day `json:"born"`
	Document string   `json:"document"`
}

// listTravellers shows who comes.
func (f face) listTravellers(tx *db.Tx, in comingAsk) (web.List[travellerView], error) {
	b, err := booking.Of(tx, sellerOf(tx), in.ID)
	if err != nil {
		return web.List[travellerView]{}, err
	}
	all, err := booking.Passengers(tx, f.Keys, b.ID)
	page := web.List[travellerView]{Items: make([]travellerView, len(all))}
	for i, p := range all {
		page.Items[i] = travellerView(p)
	}
	return page, err
}

type bookedMoving struct {
	ID        booking.ID          `path:"id" maxLength:"60" doc:"The booking."`
	From      span.Day            `json:"from,omitempty" doc:"The new first day; a stay keeps its length."`
	Departure booking.DepartureID `json:"departure_id,omitempty" maxLength:"60"`
	Minute    *int                `json:"minute,omitempty" minimum:"0" maximum:"1439"`
}

// moveBooked moves a booking.
func moveBooked(tx *db.Tx, in bookedMoving) (comingView, error) {
	b, err := booking.Of(tx, sellerOf(tx), in.ID)
	if err != nil {
		return comingView{}, err
	}
	move := bookingMove{From: in.From, Departure: in.Departure, Minute: in.Minute}
	b, err = booking.Move(tx, b.Seller, b.ID, move.onto(b))
	return viewComing(b), err
}

type bookedEnd struct {
	ID     booking.ID `path:"id" maxLength:"60" doc:"The booking."`
	Missed bool       `json:"missed,omitempty" doc:"Whether nobody came."`
}

// endBooked ends a booking.
func endBooked(tx *db.Tx, in bookedEnd) (comingView, error) {
	verb := booking.Finish
	if in.Missed {
		verb = booking.Miss
	}
	b, err := verb(tx, sellerOf(tx), in.ID)
	return viewComing(b), err
}
