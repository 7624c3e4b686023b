package booking

import (
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/seller"
)

// Booked says that something was booked by an order.
type Booked struct {
	Booking ID                `json:"booking"`
	Plan    PlanID            `json:"plan"`
	Seller  seller.ID         `json:"seller"`
	Product catalog.ProductID `json:"product"`
	Order   string            `json:"order"`
	Line    string            `json:"line"`
	Price   money.Money       `json:"price"`
}

// Confirmed says that a booking is paid: its ticket is good.
type Confirmed struct {
	Booking ID     `json:"booking"`
	Order   string `json:"order"`
}

// Changed says that a booking was moved to another time, or to other people. Due is what it cost more, which is paid; below zero
// less, which comes back of the payments in Back.
type Changed struct {
	Booking ID          `json:"booking"`
	Order   string      `json:"order"`
	Price   money.Money `json:"price"`
	Due     money.Money `json:"due"`
	Version int64       `json:"version,omitempty"` // Version tells the changes of one booking apart.
	Back    []Payment   `json:"back,omitempty"`
}

// AmendmentLapsed says that a change was paid which cannot be made any more: the line by which it was paid is to be cancelled.
type AmendmentLapsed struct {
	Booking ID     `json:"booking"`
	Order   string `json:"order"`
	Line    string `json:"line"`
}

// Cancelled says that a booking was given up: what comes back, and what the seller keeps.
type Cancelled struct {
	Booking ID          `json:"booking"`
	Order   string      `json:"order"`
	Line    string      `json:"line"`
	Back    money.Money `json:"back"`
	Kept    money.Money `json:"kept"`
	Shares  []Payment   `json:"shares,omitempty"` // Shares are what comes back of which payment; together they are Back.
}

// Arrived says that the ticket of a booking was used.
type Arrived struct {
	Booking ID     `json:"booking"`
	Order   string `json:"order"`
}

// Finished says that a booking is over: nothing of it is left to be delivered.
type Finished struct {
	Booking ID     `json:"booking"`
	Order   string `json:"order"`
	Line    string `json:"line"`
}

// Missed says that who had booked did not come: what comes back, and what the seller keeps.
type Missed struct {
	Booking ID          `json:"booking"`
	Order   string      `json:"order"`
	Line    string      `json:"line"`
	Back    money.Money `json:"back"`
	Kept    money.Money `json:"kept"`
	Shares  []Payment   `json:"shares,omitempty"` // Shares are what comes back of which payment; together they are Back.
}

// DueSoon says that a booking begins within a day and its buyer should be reminded.
type DueSoon struct {
	Booking ID     `json:"booking"`
	Order   string `json:"order"`
}

// The names of the facts are stored and never change.
func (Booked) Fact() string    { return "booking.booked" }
func (Confirmed) Fact() string { return "booking.confirmed" }
func (Changed) Fact() string   { return "booking.changed" }
func (Cancelled) Fact() string { return "booking.cancelled" }
func (Arrived) Fact() string   { return "booking.arrived" }
func (Finished) Fact() string  { return "booking.finished" }
func (Missed) Fact() string    { return "booking.missed" }
func (DueSoon) Fact() string   { return "booking.due_soon" }

// Fact names the fact.
func (AmendmentLapsed) Fact() string { return "booking.amendment_lapsed" }

// Key orders it among the facts of its booking.
func (e AmendmentLapsed) Key() string { return string(e.Booking) }

// Key orders the reactions to the facts of one booking.
func (e Booked) Key() string    { return string(e.Booking) }
func (e Confirmed) Key() string { return string(e.Booking) }
func (e Changed) Key() string   { return string(e.Booking) }
func (e Cancelled) Key() string { return string(e.Booking) }
func (e Arrived) Key() string   { return string(e.Booking) }
func (e Finished) Key() string  { return string(e.Booking) }
func (e Missed) Key() string    { return string(e.Booking) }
func (e DueSoon) Key() string   { return string(e.Booking) }
