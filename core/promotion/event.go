package promotion

import "sauda/core/seller"

// Changed states that a promotion is new, another, or counts from now on or no more.
type Changed struct {
	Promotion ID        `json:"promotion"`
	Seller    seller.ID `json:"seller"`
	State     State     `json:"state"`
}

// Fact names the event.
func (Changed) Fact() string { return "promotion.changed" }

// Key orders the reactions to the facts of one promotion.
func (e Changed) Key() string { return string(e.Promotion) }
