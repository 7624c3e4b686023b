// Package promotion knows what a seller gives away, to whom and when: promotions, their coupons, how often they were used
// and what they cost.
//
// What a promotion takes off is a pure function of the purchase (engine.go): the quote asks it by pricing.Adjuster, and
// each amount is kept with the order under the promotion's name. It does not know baskets (cart) nor who a buyer is.
//
//	draft ──Start──▶ running ◀──Resume── paused
//	  │                │ ▲  ──Pause──▶     │
//	  └──────End───────┤ │                 │
//	                   ▼ └──Restore──      ▼
//	                  ended ◀──────End─────┘      Restore leads back to where End has come from
//
// A promotion that is running counts on its days only: before them it is planned, after them it is over.
//
// Uses of a coupon are scarce things of hold: one pool for a code, and one for each buyer of a code that a buyer may use
// so many times. They are taken with the goods and come back with them.
package promotion

import (
	"embed"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of promotions.
var Schema = db.Schema{Name: "promotion", Files: schemaFiles}

// ID names a promotion.
type ID string

// State is what its seller has decided about a promotion.
type State string

// The states of a promotion.
const (
	StateDraft   State = "draft"   // StateDraft counts for nobody.
	StateRunning State = "running" // StateRunning counts on its days.
	StatePaused  State = "paused"  // StatePaused does not count until it is resumed.
	StateEnded   State = "ended"   // StateEnded counts no more, unless it is restored.
)

// Phase is how a promotion stands on a day.
type Phase string

// The phases: the states, with the running ones told apart by their days.
const (
	PhaseDraft   Phase = "draft"
	PhasePlanned Phase = "planned"
	PhaseRunning Phase = "running"
	PhasePaused  Phase = "paused"
	PhaseOver    Phase = "over"
)

// Kind is what a promotion does.
type Kind string

// The kinds of effects.
const (
	PercentOff  Kind = "percent_off"  // PercentOff takes a share off each of the goods, altogether at most Cap.
	AmountOff   Kind = "amount_off"   // AmountOff takes an amount off each unit of the goods.
	SetFree     Kind = "set_free"     // SetFree gives away the Free cheapest of every Size units.
	SetPrice    Kind = "set_price"    // SetPrice sells every Size units for Amount together.
	OrderOff    Kind = "order_off"    // OrderOff takes an amount off the goods together, spread by what is left of them.
	DeliveryOff Kind = "delivery_off" // DeliveryOff takes an amount off the delivery; 0 makes it free.
)

// Kinds are all kinds of effects, in the order in which people are offered them.
var Kinds = []Kind{PercentOff, AmountOff, SetFree, SetPrice, OrderOff, DeliveryOff}

// Limits of promotions.
const (
	NameMax     = 100
	ListMax     = 200           // ListMax bounds each list of goods.
	CodesMax    = 500           // CodesMax bounds the codes of a promotion.
	CodeMax     = 40            // CodeMax bounds a code as it is typed, in characters.
	SizeMax     = 100           // SizeMax bounds a set.
	RunningMax  = 100           // RunningMax bounds the promotions of the house that run at once: every quote looks at them.
	PriorityMax = 1000          // PriorityMax bounds priorities.
	countMax    = 1_000_000_000 // countMax bounds uses and quantities.
	amountMax   = 1_000_000_000_000_00
)

// Goods are what a promotion is about: whatever is in one of the lists. No list at all means everything that its seller
// sells.
type Goods struct {
	Categories  []catalog.CategoryID   `json:"categories,omitempty"` // Categories mean those below them too.
	Collections []catalog.CollectionID `json:"collections,omitempty"`
	Brands      []string               `json:"brands,omitempty"`
	Products    []catalog.ProductID    `json:"products,omitempty"`
}

// All says whether everything is meant.
func (g Goods) All() bool {
	return len(g.Categories)+len(g.Collections)+len(g.Brands)+len(g.Products) == 0
}

// Needs are what a purchase must have for a promotion to count. Zero values ask for nothing.
type Needs struct {
	Units int64 `json:"units,omitempty"` // Units is how many of the goods there must be.
	Sum   int64 `json:"sum,omitempty"`   // Sum is what the goods must come to, in minor units.
	First bool  `json:"first,omitempty"` // First asks for the first order of a buyer who has signed in.
}

// Effect is what a promotion takes off. Which fields count depends on its kind.
type Effect struct {
	Kind   Kind       `json:"kind"`
	Rate   money.Rate `json:"rate,omitempty"`
	Cap    int64      `json:"cap,omitempty"`    // Cap is the most that is taken off a purchase, in minor units; 0 is no bound.
	Amount int64      `json:"amount,omitempty"` // Amount is in minor units.
	Size   int64      `json:"size,omitempty"`
	Free   int64      `json:"free,omitempty"`
}

// Coupons are the codes by which a promotion is claimed.
type Coupons struct {
	Codes []string `json:"codes,omitempty"` // Codes are as people read them; none asks for no code.
	Most  int64    `json:"most,omitempty"`  // Most is how often each code can be used; 0 is no bound.
	Each  int64    `json:"each,omitempty"`  // Each is how often one buyer can use each code; 0 is no bound.
}

// Promotion is one of a seller.
type Promotion struct {
	ID       ID             `json:"-"`
	Seller   seller.ID      `json:"-"`
	State    State          `json:"-"`
	Was      State          `json:"-"`    // Was is the state before the end, to which Restore leads back.
	Version  int64          `json:"-"`    // Version grows with every change.
	Name     text.Localized `json:"name"` // Name is what buyers read as the reason.
	Currency money.Currency `json:"currency"`
	Days     span.Days      `json:"days"` // Days are in the time of the seller.
	Priority int64          `json:"priority,omitempty"`
	Combines bool           `json:"combines,omitempty"` // Combines lets others count for the same goods.
	Goods    Goods          `json:"goods"`
	Needs    Needs          `json:"needs"`
	Effect   Effect         `json:"effect"`
	Coupons  Coupons        `json:"coupons"`
}

// Coded says whether a code has to be entered.
func (p Promotion) Coded() bool { return len(p.Coupons.Codes) > 0 }

// On says how the promotion stands on a day.
func (p Promotion) On(day span.Day) Phase {
	switch {
	case p.State == StateDraft:
		return PhaseDraft
	case p.State == StateEnded || !p.Days.To.IsZero() && !day.Before(p.Days.To):
		return PhaseOver
	case p.State == StatePaused:
		return PhasePaused
	case day.Before(p.Days.From):
		return PhasePlanned
	}
	return PhaseRunning
}

// Plain says whether the promotion lowers the price of a thing whoever buys it and whatever else is bought, so that the
// lower price can be shown with the thing.
func (p Promotion) Plain() bool {
	return p.local() && p.Needs == Needs{} && !p.Coded()
}

// local says whether what is taken off a thing does not depend on other things.
func (p Promotion) local() bool {
	return p.Effect.Kind == PercentOff && p.Effect.Cap == 0 || p.Effect.Kind == AmountOff
}

// Faults of promotions and of coupons.
var (
	ErrInvalid  = fault.New(fault.Invalid, "promotion.invalid", "Correct the marked fields of the promotion.")
	ErrUnknown  = fault.New(fault.Missing, "promotion.unknown", "There is no such promotion. Look at the list again.")
	ErrState    = fault.New(fault.Conflict, "promotion.state", "The promotion does not stand so that this could be done. Look at it again.")
	ErrStale    = fault.New(fault.Precondition, "promotion.stale", "Somebody has changed the promotion meanwhile. Look at it again and repeat your change.")
	ErrMany     = fault.New(fault.Conflict, "promotion.too_many", "At most 100 promotions can run at once. End one of them first.")
	ErrTaken    = fault.New(fault.Conflict, "promotion.code_taken", "Another promotion has this code. Choose another one.")
	ErrPromised = fault.New(fault.Conflict, "promotion.code_promised", "The code has been used more often than that already. Allow at least as many uses.")
	ErrNoCode   = fault.New(fault.Missing, "promotion.unknown_code", "There is no such code. Compare it with the letter or the page on which you found it.")
	ErrNotYet   = fault.New(fault.Conflict, "promotion.not_yet", "This code does not count yet. Come back when the promotion has begun.")
	ErrOver     = fault.New(fault.Conflict, "promotion.over", "This promotion is over. The basket costs what it says without the code.")
	ErrUsedUp   = fault.New(fault.Conflict, "promotion.used_up", "This code has been used as often as it could be. The basket costs what it says without it.")
	ErrAnother  = fault.New(fault.Conflict, "promotion.another_code", "Another code of this promotion counts in the basket already. One of them is enough.")
	ErrUsed     = fault.New(fault.Conflict, "promotion.used_by_you", "You have used this code as often as one buyer may.")
	ErrGoods    = fault.New(fault.Conflict, "promotion.other_goods", "This code is for other goods than those in the basket.")
	ErrTooFew   = fault.New(fault.Conflict, "promotion.too_few", "This code counts from a larger quantity on. Put more of the goods into the basket.")
	ErrTooLow   = fault.New(fault.Conflict, "promotion.too_low", "This code counts from a larger sum on. Put more of the goods into the basket.")
	ErrNotFirst = fault.New(fault.Conflict, "promotion.not_first", "This code is for the first order of a buyer who has signed in.")
	ErrWorse    = fault.New(fault.Conflict, "promotion.not_combined", "This code does not go together with the other promotions of the basket, which save you more.")
)
