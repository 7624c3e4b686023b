package pricing

import (
	"sauda/base/money"
)

// Phase is when an adjuster speaks. The phases come in this order, and within a phase the adjusters in theirs.
type Phase int

// The phases.
const (
	PhaseLine     Phase = iota // PhaseLine takes off single lines: this product costs less this week.
	PhaseOrder                 // PhaseOrder takes off all lines, or some: what it takes is spread over them.
	PhaseDelivery              // PhaseDelivery takes off a delivery.
	PhaseTender                // PhaseTender pays a part of the total: a gift card, bonuses. Prices and taxes stay.
)

// Adjuster is where promotions enter. Adjust sees the purchase as far as it is priced and says what to take off. It is a
// pure function: what it depends on, uses of a coupon or a balance, was loaded before and is closed over.
type Adjuster struct {
	Name   string // Name is for the log.
	Phase  Phase
	Adjust func(Basis) ([]Adjustment, error)
}

// Basis is what an adjuster sees: the draft, and what is left of each line and delivery after the adjustments so far.
type Basis struct {
	Draft    Draft
	Lines    []QuoteLine // Lines are in the order of their names; Subtotal - Discount is what is left.
	Delivery []QuoteDelivery
	Total    money.Money // Total is set in PhaseTender only.
}

// Adjustment takes an amount off. It may not take more than is left: that is ErrAdjustment.
type Adjustment struct {
	Lines    []string // Lines share the amount by what is left of them; none means all lines. In PhaseLine name one.
	Delivery string   // Delivery is the seller whose delivery costs less, in PhaseDelivery.
	Amount   money.Money
	Reason   Reason
}
