package enquiry

import (
	"sauda/core/catalog"
	"sauda/core/seller"
)

// About is what every fact of an enquiry says. It names nobody and repeats no words: those can be withdrawn, facts cannot.
type About struct {
	Enquiry ID                `json:"enquiry"`
	Product catalog.ProductID `json:"product"`
	Seller  seller.ID         `json:"seller"`
}

// Key keeps the facts of one enquiry in their order.
func (a About) Key() string { return string(a.Enquiry) }

func (e Enquiry) about() About { return About{e.ID, e.Product, e.Seller} }

// Asked says that an enquiry waits to be shown.
type Asked struct{ About }

// Shown says that everybody sees an enquiry.
type Shown struct{ About }

// Refused says that the staff of the seller does not show an enquiry, and why.
type Refused struct {
	About
	Reason string `json:"reason"`
}

// Said says that the answer of a buyer waits to be shown, for the first time or again.
type Said struct {
	About
	Answer AnswerID `json:"answer"`
}

// Answered says that an answer is shown that was not there before, or that says something else now.
type Answered struct {
	About
	Answer   AnswerID `json:"answer"`
	BySeller bool     `json:"by_seller"`
}

// Unanswered says that an answer was taken away, by who wrote it or because the staff does not show it.
type Unanswered struct {
	About
	Answer AnswerID `json:"answer"`
	Reason string   `json:"reason,omitempty"`
}

// Withdrawn says that its author has taken an enquiry away, with its answers.
type Withdrawn struct{ About }

// The names of the facts are stored and never change.
func (Asked) Fact() string      { return "enquiry.asked" }
func (Shown) Fact() string      { return "enquiry.shown" }
func (Refused) Fact() string    { return "enquiry.refused" }
func (Said) Fact() string       { return "enquiry.said" }
func (Answered) Fact() string   { return "enquiry.answered" }
func (Unanswered) Fact() string { return "enquiry.unanswered" }
func (Withdrawn) Fact() string  { return "enquiry.withdrawn" }
