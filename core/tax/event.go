package tax

import (
	"sauda/base/place"
	"sauda/base/span"
)

// Entered states that the table has a new rate.
type Entered struct {
	Country place.Country `json:"country"`
	Regime  string        `json:"regime"`
	Class   Class         `json:"class"`
	From    span.Day      `json:"from"`
}

// Fact names the event.
func (Entered) Fact() string { return "tax.rate_entered" }

// Key orders the reactions to the rates of one country.
func (e Entered) Key() string { return string(e.Country) }
