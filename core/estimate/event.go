package estimate

import (
	"sauda/core/catalog"
	"sauda/core/seller"
)

// About is what every fact of an estimate says. It names nobody and repeats no words.
type About struct {
	Estimate ID                `json:"estimate"`
	Product  catalog.ProductID `json:"product"`
	Seller   seller.ID         `json:"seller"`
}

// Key keeps the facts of one estimate in their order.
func (a About) Key() string { return string(a.Estimate) }

// Asked says that a buyer wants to know a price.
type Asked struct{ About }

// Answered says that the seller has named one, or another one than before.
type Answered struct {
	About
	Version int64 `json:"version"` // Version tells several answers apart.
}

// Refused says that the seller does not make it.
type Refused struct{ About }

// Withdrawn says that the buyer does not want it any more.
type Withdrawn struct{ About }

// Accepted says that the buyer has taken the price.
type Accepted struct{ About }

// Lapsed says that the price stands no more.
type Lapsed struct{ About }

// Ordered says that it was ordered, and its deposit paid.
type Ordered struct {
	About
	Order string `json:"order"`
}

// RestDue says that the thing is ready and its rest can be paid.
type RestDue struct{ About }

// RestCame says that the rest is paid.
type RestCame struct {
	About
	Order string `json:"order"` // Order is that of the rest.
}

// Ended says that what was ordered was given up or given back. What was paid by RestOrder goes back.
type Ended struct {
	About
	RestOrder string `json:"rest_order,omitempty"`
}

// The names of the facts are stored and never change.
func (Asked) Fact() string     { return "estimate.asked" }
func (Answered) Fact() string  { return "estimate.answered" }
func (Refused) Fact() string   { return "estimate.refused" }
func (Withdrawn) Fact() string { return "estimate.withdrawn" }
func (Accepted) Fact() string  { return "estimate.accepted" }
func (Lapsed) Fact() string    { return "estimate.lapsed" }
func (Ordered) Fact() string   { return "estimate.ordered" }
func (RestDue) Fact() string   { return "estimate.rest_due" }
func (RestCame) Fact() string  { return "estimate.rest_paid" }
func (Ended) Fact() string     { return "estimate.ended" }
