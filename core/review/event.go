package review

import (
	"sauda/core/catalog"
	"sauda/core/seller"
)

// About is what every fact of a review says. It names nobody and repeats no words: those can be withdrawn, facts cannot.
type About struct {
	Review  ID                `json:"review"`
	Product catalog.ProductID `json:"product"`
	Seller  seller.ID         `json:"seller"`
}

// Key keeps the facts of one review in their order.
func (a About) Key() string { return string(a.Review) }

func (r Review) about() About { return About{r.ID, r.Product, r.Seller} }

// Written says that a review waits to be shown, for the first time or again.
type Written struct {
	About
	Stars int  `json:"stars"`
	Again bool `json:"again,omitempty"`
}

// Shown says that everybody sees a review.
type Shown struct {
	About
	Stars int `json:"stars"`
}

// Refused says that the staff of the seller does not show a review, and why.
type Refused struct {
	About
	Reason string `json:"reason"`
}

// Replied says that the seller has answered, or has taken his answer away.
type Replied struct{ About }

// Withdrawn says that its author has taken a review away.
type Withdrawn struct{ About }

// Rated says that a product has other stars than before.
type Rated struct {
	Product catalog.ProductID `json:"product"`
}

// Key keeps the facts of one product in their order.
func (r Rated) Key() string { return string(r.Product) }

// The names of the facts are stored and never change.
func (Written) Fact() string   { return "review.written" }
func (Shown) Fact() string     { return "review.shown" }
func (Refused) Fact() string   { return "review.refused" }
func (Replied) Fact() string   { return "review.replied" }
func (Withdrawn) Fact() string { return "review.withdrawn" }
func (Rated) Fact() string     { return "review.rated" }
