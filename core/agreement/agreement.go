// Package agreement knows what a buyer has agreed to have again and again: goods every month, a membership, lessons. An
// agreement makes orders by a calendar, each paid by the card that its buyer has allowed to be used for that.
//
//	draft ──Ordered──▶ active ◀──Resume── paused ◀── Pause, or a higher price that nobody agreed to
//	                   │ ▲ └───────────────▲
//	            Failed ▼ │ Ordered
//	                  dunning ──the last try failed──▶ ended ◀──End── any of them
//
// A draft is what was chosen and is in a basket; the first order, which is an ordinary one, makes it stand. Each period has
// a number, and the moment that places its order ends it: whatever is told twice, a period is ordered once, and nothing is
// ordered any more by what has ended.
//
// The price that was agreed stands as long as it was promised. After that a higher one is asked for before it is taken, and
// without the buyer's word nothing is ordered (Civil Code of Kazakhstan art. 401: a contract is changed by consent).
//
// The package does not know baskets and cards (both are called by opaque names), nor how an order is made: flow/renew.
package agreement

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of agreements.
var Schema = db.Schema{Name: "agreement", Files: schemaFiles}

// Faults of agreements.
var (
	ErrUnknown  = fault.New(fault.Missing, "agreement.unknown", "There is no such subscription among yours. Look at the list again.")
	ErrNoPlan   = fault.New(fault.Conflict, "agreement.not_offered", "This cannot be subscribed to. Buy it once, or choose something else.")
	ErrPlan     = fault.New(fault.Invalid, "agreement.plan", "Correct the marked fields of the subscription.")
	ErrInvalid  = fault.New(fault.Invalid, "agreement.invalid", "Correct the marked fields.")
	ErrChanged  = fault.New(fault.Precondition, "agreement.changed", "The subscription was changed meanwhile. Look at it again and repeat your change.")
	ErrEnded    = fault.New(fault.Conflict, "agreement.ended", "This subscription has ended. Subscribe anew if you want it again.")
	ErrState    = fault.New(fault.Conflict, "agreement.state", "The subscription is not in a state in which this can be done. Look at it again.")
	ErrNotDue   = fault.New(fault.Conflict, "agreement.not_due", "Nothing is to be ordered for this subscription now.")
	ErrMandate  = fault.New(fault.Invalid, "agreement.mandate", "A subscription is paid by card. Choose a card that you keep, or enter one and have it kept, and agree to the payments.")
	ErrPaying   = fault.New(fault.Conflict, "agreement.paying", "A payment of this subscription is under way. Wait some minutes and repeat your change.")
	ErrTrial    = fault.New(fault.Conflict, "agreement.trial", "You have had the trial of this subscription before. Look at the basket again and confirm the whole price.")
	ErrSignedIn = fault.New(fault.Unauthenticated, "agreement.sign_in", "Sign in to subscribe: a subscription belongs to an account.")
)

// ID names an agreement.
type ID string

// State is how an agreement stands.
type State string

// The states of an agreement.
const (
	StateDraft   State = "draft"
	StateActive  State = "active"
	StateDunning State = "dunning" // StateDunning waits for a payment that failed.
	StatePaused  State = "paused"
	StateEnded   State = "ended"
)

// States are those that people see, in their order.
var States = []State{StateActive, StateDunning, StatePaused, StateEnded}

// Lacking says what is done when something is sold out on its day.
type Lacking string

// What can be done.
const (
	LackingSkip Lacking = "skip"
	LackingWait Lacking = "wait"
)

// Agreement is what a buyer has agreed on.
type Agreement struct {
	ID      ID
	Party   string
	Seller  string
	Product catalog.ProductID
	Variant catalog.VariantID
	State   State
	Due     span.Day // Due is when something has to be done with it.
	Notice  span.Day // Notice is when its buyer is told of the next order; no day when he was.
	Card    string   // Card is the one that pays; empty when there is none.
	Begun   string   // Begun is the order with which it began.
	Version int64
	Opened  time.Time
	Body
}

// Body is what nobody searches.
type Body struct {
	Name     text.Localized   `json:"name"`
	Label    text.Localized   `json:"label,omitempty"`
	Unit     measure.Unit     `json:"unit"`
	Quantity measure.Quantity `json:"quantity"`
	Service  bool             `json:"service,omitempty"` // Service says that nothing is carried to the buyer.
	Lacking  Lacking          `json:"lacking"`
	Calendar Calendar         `json:"calendar"`
	Seq      int64            `json:"seq"`            // Seq is the number of the period that is to be ordered next; the first order was 1.
	Day      span.Day         `json:"day"`            // Day is when that is, by the calendar.
	Since    span.Day         `json:"since,omitzero"` // Since is from when Paid was paid, until Until; of a membership all that is not given back yet.
	Until    span.Day         `json:"until,omitzero"`
	Paid     money.Money      `json:"paid"`

	Price    money.Money `json:"price"`             // Price is what one unit costs by the list, as it was agreed.
	Share    money.Rate  `json:"share"`             // Share is what is taken off it.
	Months   int         `json:"months,omitempty"`  // Months is for how long that is promised.
	Promised span.Day    `json:"promised,omitzero"` // Promised is the day from which a higher price may be asked for.
	Asked    money.Money `json:"asked,omitzero"`    // Asked is a higher price that waits for the buyer's word.
	Trial    *Trial      `json:"trial,omitempty"`   // Trial is how it begins.
	Credit   money.Money `json:"credit,omitzero"`   // Credit is taken off the next orders.

	Try    int      `json:"try,omitempty"`   // Try is how often the bank has refused the payment of this period.
	Missed span.Day `json:"missed,omitzero"` // Missed is when it failed first.
	Hard   bool     `json:"hard,omitempty"`  // Hard says that this card is not tried again.
	Resume span.Day `json:"resume,omitzero"` // Resume is when a pause ends by itself.
	Tries  int      `json:"tries,omitempty"` // Tries counts all tries of this period, so that each has a name of its own.
	Open   bool     `json:"open,omitempty"`  // Open says that the last of them has not come to its end.
	Waits  string   `json:"waits,omitempty"` // Waits is why a period waits without its buyer's doing: it is sold out, or the code of a fault of the shop's.

	To      To      `json:"to"`
	Consent Consent `json:"consent"`
	History []Entry `json:"history,omitempty"`
}

// To is where the orders go.
type To struct {
	Name    string        `json:"name"`
	Email   string        `json:"email"`
	Phone   string        `json:"phone"`
	Lang    string        `json:"lang"`
	Address place.Address `json:"address"`
	Method  string        `json:"method"`
	Point   string        `json:"point,omitempty"`
}

// Consent is the buyer's word that his card may be used again: when he gave it, and in which words he was asked.
type Consent struct {
	At    time.Time `json:"at,omitzero"`
	Words string    `json:"words,omitempty"`
}

// Entry is one line of the history of an agreement.
type Entry struct {
	At   time.Time   `json:"at"`
	What string      `json:"what"`          // What is the code of a text.
	Day  span.Day    `json:"day,omitzero"`  // Day is the one that it speaks of.
	Sum  money.Money `json:"sum,omitzero"`  // Sum is the amount that it speaks of.
	Ref  string      `json:"ref,omitempty"` // Ref is the order that it speaks of, or the code of a fault.
}

// historyMax is how much of the history is kept: ten years of months, with what happens between.
const historyMax = 200

// noted writes a line of the history; the oldest are forgotten.
func (a *Agreement) noted(tx *db.Tx, e Entry) {
	e.At = tx.Now()
	a.History = append(a.History, e)
	if over := len(a.History) - historyMax; over > 0 {
		a.History = a.History[over:]
	}
}

// Try names one try to order a period. There is one at a time.
type Try struct {
	Agreement ID
	Seq       int64
	N         int // N is how many tries of the period there were before it.
}

// Trying is the try that is under way, or else the next one.
func (a Agreement) Trying() Try {
	t := Try{a.ID, a.Seq, a.Tries}
	if a.Open {
		t.N--
	}
	return t
}

// PeriodState is how a period ended.
type PeriodState string

// The states of a period.
const (
	PeriodOpen    PeriodState = "open"
	PeriodOrdered PeriodState = "ordered"
	PeriodSkipped PeriodState = "skipped"
	PeriodFailed  PeriodState = "failed"
)

// Period is one turn of an agreement.
type Period struct {
	Agreement ID
	Seq       int64
	State     PeriodState
	Day       span.Day
	Tries     int64
	Cart      string
	Order     string
	Amount    money.Money
}

// never is a day that does not come.
var never = span.MustDay("9999-12-31")
