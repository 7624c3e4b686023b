// Package booking knows what is sold by time: nights of a room, seats of a departure, an hour of a master, a table. What is
// scarce is a resource with a calendar; how it is sold, for how much and on which terms is a plan; what somebody has chosen
// of a plan is a booking.
//
// Each night, seat and quarter of an hour is a pool of core/hold, so that nothing is promised twice, and what a booking takes
// of several resources is taken as a whole or not at all. The price is a pure function of the plan, of what was chosen and
// of the day (price.go), and so is what comes back when a booking is given up (policy.go).
//
//	draft ──Place──▶ booked ──CheckIn──▶ in ──Finish──▶ done
//	  │               │  ▲ └──Miss────▶ missed
//	  │               │  └──Change (other days, the same booking)
//	  └──Forget       └──Cancel──▶ cancelled
//
// It does not know baskets nor orders: a draft is held under the name of whoever buys, and an order is an opaque reference.
// Whatever is said of a day is meant in the time of the place where it happens.
package booking

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of bookings.
var Schema = db.Schema{Name: "booking", Files: schemaFiles}

// ID names a booking, ResourceID what is scarce, PlanID how it is sold, DepartureID one start of a plan.
type (
	ID          string
	ResourceID  string
	PlanID      string
	DepartureID string
)

// Form is how a plan is sold.
type Form string

// The forms of sale.
const (
	FormNights    Form = "nights"    // FormNights is sold by nights, from a day of arrival to a day of departure.
	FormDeparture Form = "departure" // FormDeparture is sold by seats of fixed departures.
	FormSlot      Form = "slot"      // FormSlot is sold by the time that it takes, beginning at a quarter of an hour.
	FormTable     Form = "table"     // FormTable is a slot at one of several equal tables.
)

// Forms are all forms, in the order in which people are offered them.
var Forms = []Form{FormNights, FormDeparture, FormSlot, FormTable}

// State is how far a booking is.
type State string

// The states of a booking.
const (
	StateDraft     State = "draft"     // StateDraft was chosen and is nobody's yet.
	StateBooked    State = "booked"    // StateBooked was ordered.
	StateIn        State = "in"        // StateIn has come: its ticket was used.
	StateDone      State = "done"      // StateDone is over.
	StateMissed    State = "missed"    // StateMissed has not come.
	StateCancelled State = "cancelled" // StateCancelled was given up.
)

// Limits of bookings.
const (
	PeopleMax    = 60  // PeopleMax bounds the people of one booking: a bus.
	UnitsMax     = 20  // UnitsMax bounds the rooms or tables of one booking.
	NightsMax    = 60  // NightsMax bounds a stay, which then lies in at most four months.
	AheadMax     = 550 // AheadMax is how far ahead calendars are opened, in days.
	NameMax      = 150
	noteMax      = 500
	listMax      = 50 // listMax bounds each list of a plan.
	amountMax    = 1_000_000_000_00
	quarter      = 15 * time.Minute
	minutesOfDay = 24 * 60
)

// Faults of bookings.
var (
	ErrUnknown = fault.New(fault.Missing, "booking.unknown", "There is no such booking, plan or resource. Look at the list again.")
	ErrInvalid = fault.New(fault.Invalid, "booking.invalid", "Correct the marked fields.")
	ErrPast    = fault.New(fault.Invalid, "booking.past", "That day is over. Choose a later one.")
	// ErrStay has the values least and most.
	ErrStay = fault.New(fault.Invalid, "booking.stay", "So many nights cannot be booked here. Choose from {least} to {most}.")
	// ErrArrival is about the day of the week.
	ErrArrival = fault.New(fault.Invalid, "booking.arrival", "Nobody is received on that day of the week. Choose another day of arrival.")
	// ErrPeople has the value most.
	ErrPeople  = fault.New(fault.Invalid, "booking.people", "Choose from 1 to {most} people, and ages from 0 to 17 for children.")
	ErrTooLate = fault.New(fault.Conflict, "booking.too_late", "It begins too soon to be booked or changed. Choose a later time, or write to the seller.")
	ErrNotOpen = fault.New(fault.Conflict, "booking.not_open", "This cannot be booked for that time. Choose another day or hour.")
	// ErrState has the value state.
	ErrState = fault.New(fault.Conflict, "booking.state", "The booking is not in a state for that. Look at it again.")
	ErrStale = fault.New(fault.Conflict, "booking.stale", "Somebody has changed this meanwhile. Look at it again and repeat your change.")
	// ErrUsed has the value at.
	ErrUsed      = fault.New(fault.Conflict, "booking.used", "This ticket was used already, at {at}. Let nobody in a second time.")
	ErrTicket    = fault.New(fault.Invalid, "booking.ticket", "This is no ticket for here. Look at the letters again.")
	ErrNotToday  = fault.New(fault.Conflict, "booking.not_today", "The ticket is for another day. Look at its date.")
	ErrPassenger = fault.New(fault.Invalid, "booking.passenger", "Correct the marked fields of the traveller.")
	ErrBound     = fault.New(fault.Conflict, "booking.bound", "A booking of this order would not bring back all that was paid. Give it up on its own page, where you see first what comes back.")
	// ErrRefund has the value back.
	ErrRefund   = fault.New(fault.Conflict, "booking.refund", "Another sum comes back by now. Look at the booking again.")
	ErrTaken    = fault.New(fault.Conflict, "booking.taken", "This variant is sold by a plan already. Revise that one.")
	ErrSeats    = fault.New(fault.Conflict, "booking.seats", "More than that is booked already. Choose at least what is booked.")
	ErrCalendar = fault.New(fault.Invalid, "booking.calendar", "This calendar cannot be read. Give one in the form iCalendar with at most 2,000 events and 1 MB.")
)

// Draft is what somebody chooses of a plan. Which fields count depends on the form.
type Draft struct {
	Plan      PlanID      `json:"plan_id"`
	From      span.Day    `json:"from"`            // From is the day of arrival, or the day of a slot.
	To        span.Day    `json:"to"`              // To is the day of departure; empty for other forms than nights.
	Departure DepartureID `json:"departure_id"`    // Departure is the one of a departure.
	Minute    int         `json:"minute"`          // Minute is when a slot begins, in minutes after midnight of its place.
	Staff     ResourceID  `json:"staff_id"`        // Staff is who does it; empty for whoever is free first.
	Units     int         `json:"units"`           // Units are rooms or tables.
	Adults    int         `json:"adults"`          //
	Children  []int       `json:"children"`        // Children are ages at the start, in whole years.
	Insured   bool        `json:"insured"`         // Insured asks for the insurance, where it is offered.
	Note      string      `json:"note,omitempty"`  // Note is for the seller.
	Where     string      `json:"where,omitempty"` // Where is the address, for what is done at the buyer's.
}

// People counts the people of a draft.
func (d Draft) People() int { return d.Adults + len(d.Children) }

// Booking is what somebody has of a plan.
type Booking struct {
	ID       ID
	Plan     PlanID
	Seller   seller.ID
	Product  catalog.ProductID
	Variant  catalog.VariantID
	State    State
	Party    string // Party is the buyer who has chosen it; empty for a guest.
	Order    string
	Line     string
	Starts   time.Time
	Ends     time.Time
	From     span.Day // From is the first day of it in its place.
	To       span.Day // To is the day after its last one.
	Draft    Draft
	Name     text.Localized // Name is that of the plan on the day of the order.
	Label    text.Localized // Label says what was chosen.
	Zone     string
	Price    money.Money
	Parts    []Part
	Offs     []Off // Offs are what promotions took off; together, as far as they reach now, they are a part.
	Terms    Terms // Terms are those on which it was booked.
	Uses     []Use
	Payments []Payment   // Payments are what was paid for it by which orders, less what was given back of them since.
	Kept     money.Money // Kept is what the seller keeps of one that was cancelled or missed.
	Paid     bool
	Made     time.Time
	Used     time.Time // Used is when the ticket was used.
	Reminded bool
	Marks    []Mark // Marks are what doors without a network have told of its ticket; see Clash.
	holder   string // holder is who has the claims in core/hold.
	version  int64
}

// Use is what a booking takes of one resource: for the board of the seller.
type Use struct {
	Resource ResourceID `json:"resource"`
	From     span.Day   `json:"from"`
	To       span.Day   `json:"to"`
	Units    int64      `json:"units"`
	Quarters bool       `json:"quarters,omitempty"` // Quarters says that it is taken for the time of the booking only.
}

// location gives a zone by its name; one that is not known is that of Kazakhstan, which no plan that was checked has.
func location(zone string) *time.Location {
	if loc, err := span.ZoneOf(zone); err == nil && zone != "" {
		return loc
	}
	return span.Almaty
}

// DayKey is the pool of a resource's day, which for a room is the night that begins on it.
func DayKey(r ResourceID, d span.Day) string { return "day:" + string(r) + ":" + d.String() }

// QuarterKey is the pool of a quarter of an hour of a resource. It is an instant: a clock that is set back has the hour twice.
func QuarterKey(r ResourceID, at time.Time) string {
	return "quarter:" + string(r) + ":" + at.UTC().Format("2006-01-02T15:04")
}

// SeatKey is the pool of the seats of a departure.
func SeatKey(d DepartureID) string { return "seat:" + string(d) }

// monthOf is the month of a day, as it is stored.
func monthOf(d span.Day) string { return d.String()[:7] }

// subject groups the pools of one calendar in one month; nobody waits to hear that one of them is empty.
func subject(of string, d span.Day) string { return of + "/" + monthOf(d) }

// wantsOf gives wants in one list.
func wantsOf(key string, n int64) hold.Want { return hold.Want{Key: key, Quantity: n} }
