// Package estimate knows what a seller has named as the price of a thing that is made for one buyer: what the buyer has asked for,
// the price with what is in it, the days of work and the day on which it lapses, and how much of it is paid before the work begins.
//
//	asked ──Answer──▶ answered ──Accept──▶ accepted ──Placed──▶ ordered ──End──▶ ended, when its line was given up
//	  ├──Refuse──▶ refused    └──── the day is over ────┴──▶ lapsed
//	  └──Withdraw──▶ withdrawn
//
// It is sold in the basket as services are: as the choice of its line. What is paid with the order is the deposit; the rest is
// asked for when the thing is ready, and bought in the basket too:
//
//	none, or later ──Due──▶ open ──Placed──▶ ordered ──Paid──▶ paid;  waived, when nothing is made any more
//
// It does not know how far the making has come (workshop), nor what an order looks like (order).
package estimate

import (
	"embed"
	"time"

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

// Schema holds the table of estimates.
var Schema = db.Schema{Name: "estimate", Files: schemaFiles}

// ScopeRead and ScopeWrite are what staff of the seller need to see what is asked, and to name a price: an estimate is an order
// that is not placed yet.
const (
	ScopeRead  = "orders.read"
	ScopeWrite = "orders.write"
)

// ID names an estimate.
type ID string

// State is how far an estimate is.
type State string

// The states of an estimate.
const (
	StateAsked     State = "asked"
	StateAnswered  State = "answered"
	StateAccepted  State = "accepted"
	StateOrdered   State = "ordered"
	StateRefused   State = "refused"
	StateWithdrawn State = "withdrawn"
	StateLapsed    State = "lapsed"
	StateEnded     State = "ended" // StateEnded was ordered, and its line was cancelled or given back.
)

// States are all states in their order.
var States = []State{StateAsked, StateAnswered, StateAccepted, StateOrdered, StateRefused, StateWithdrawn, StateLapsed, StateEnded}

// Rest is what became of what is paid after the deposit.
type Rest string

// What becomes of the rest.
const (
	RestNone    Rest = "none"    // RestNone says that all is paid with the order.
	RestLater   Rest = "later"   // RestLater is asked for when the thing is ready.
	RestOpen    Rest = "open"    // RestOpen can be paid.
	RestOrdered Rest = "ordered" // RestOrdered stands in an order whose payment has not come.
	RestPaid    Rest = "paid"
	RestWaived  Rest = "waived" // RestWaived is owed no more.
)

// Estimate is what a buyer asks to have made, and the price that its seller names for it.
type Estimate struct {
	ID        ID
	Product   catalog.ProductID
	Variant   catalog.VariantID
	Seller    seller.ID
	Party     string // Party is empty when the buyer had his account erased.
	Person    string // Person is the user who is written to; empty as above.
	Lang      string
	State     State
	Asked     time.Time
	Until     time.Time // Until is when the price lapses; zero before there is one.
	Order     string
	Line      string
	Rest      Rest
	RestOrder string // RestOrder is the order by which the rest is paid, and RestLine its line.
	RestLine  string
	Version   int64 // Version grows by one with every change.
	Body
}

// Body is what nobody searches.
type Body struct {
	Name    text.Localized   `json:"name"` // Name is that of the product.
	Answers []catalog.Answer `json:"answers,omitempty"`
	Note    string           `json:"note,omitempty"` // Note is what the buyer says beside.
	Offer
	Reason string `json:"reason,omitempty"` // Reason is why the seller does not make it.
}

// Offer is what a seller names.
type Offer struct {
	Price    money.Money `json:"price,omitzero"`     // Price is that of the whole, tax as its seller shows prices.
	Included string      `json:"included,omitempty"` // Included is what is in the price, in the seller's words.
	Days     int         `json:"days,omitempty"`     // Days is in how many days it is made.
	Deposit  int         `json:"deposit,omitempty"`  // Deposit is how many percent are paid with the order.
	Last     span.Day    `json:"last,omitzero"`      // Last is the last day on which the price stands, in Almaty.
}

// Upfront is what is paid with the order: the deposit, rounded half up to the minor unit.
func (o Offer) Upfront() money.Money {
	return money.Percent(int64(o.Deposit)).Of(o.Price, money.HalfUp)
}

// Later is what is paid when it is ready: the price without the deposit, to the minor unit.
func (o Offer) Later() money.Money {
	return money.Of(o.Price.Minor-o.Upfront().Minor, o.Price.Currency)
}

// Open tells whether the price can be taken at some time.
func (e Estimate) Open(now time.Time) bool {
	return (e.State == StateAnswered || e.State == StateAccepted) && now.Before(e.Until)
}

// Payable tells whether the rest can be paid now.
func (e Estimate) Payable() bool { return e.State == StateOrdered && e.Rest == RestOpen }

// Settled tells whether all of the price is paid, so that the thing may be handed over.
func (e Estimate) Settled() bool { return e.Rest == RestNone || e.Rest == RestPaid }

// Limits of estimates.
const (
	NoteMax     = 1_000
	IncludedMax = 1_000
	ReasonMax   = 300
	DaysMax     = 365
	ValidMax    = 180              // ValidMax is for how many days a price may stand at most.
	askedMax    = 10               // askedMax is how many a party asks for in a day.
	askedTime   = 24 * time.Hour   // askedTime is that day.
	priceMax    = 1_000_000_000_00 // priceMax is a milliard of tenge, more than any furniture costs.
)

// Faults of estimates.
var (
	ErrUnknown = fault.New(fault.Missing, "estimate.unknown", "There is no such price request. Look at the list of yours.")
	ErrBuyer   = fault.New(fault.Denied, "estimate.buyer", "Sign in as a buyer to ask for a price.")
	ErrDenied  = fault.New(fault.Denied, "estimate.denied", "Only the staff of the seller may name a price. Ask for the right to change orders.")
	ErrKind    = fault.New(fault.Conflict, "estimate.kind", "The price of this product is not asked for. Put it into the basket.")
	ErrInvalid = fault.New(fault.Invalid, "estimate.invalid", "Correct the marked fields.")
	ErrMany    = fault.New(fault.Limited, "estimate.many", "You have asked for many prices today. Ask for more tomorrow.")
	ErrChanged = fault.New(fault.Conflict, "estimate.changed", "This was changed meanwhile. Look at it again.")
	ErrState   = fault.New(fault.Conflict, "estimate.state", "This cannot be done any more. Look at the price request again.")
	ErrLapsed  = fault.New(fault.Conflict, "estimate.lapsed", "The price has lapsed. Ask for a new one.")
	ErrRest    = fault.New(fault.Conflict, "estimate.rest", "The rest of the price is not paid yet. Hand it over when it is.")
)

func (e Estimate) about() About { return About{e.ID, e.Product, e.Seller} }

// works refuses who does not work for a seller.
func works(who db.Who, of seller.ID, scope string) error {
	if !who.For(string(of)) || !who.May(scope) {
		return ErrDenied.About("%s %s at %s", who.Kind, who.ID, of)
	}
	return nil
}

// party gives the party of a buyer who acts.
func party(tx *db.Tx) (string, error) {
	who := tx.Who()
	if who.Kind != db.KindBuyer || who.Party == "" {
		return "", ErrBuyer.About("%s %s", who.Kind, who.ID)
	}
	return who.Party, nil
}
