// Package hold is the claim on something scarce: units of stock, seats, room-nights, delivery slots, uses of a coupon,
// a limit of credit. Nothing is ever promised twice.
//
// It knows pools and claims. A pool is one scarce thing under one key: how much there is (capacity), how much more may
// be promised before it is there (beyond), and how much is promised (taken). A claim is what one owner holds of one
// pool. The sum of the claims of a pool that are held or confirmed is what the pool has taken.
//
//	          Take                 Confirm                 ──Consume──▶
//	nothing ───────▶ held ─────────────────────▶ confirmed              gone, and the capacity with it
//	   ▲              │                             │      ◀──Restore──
//	   ▲              │  ▲ until has passed         │
//	   └──Release─────┤  └──Confirm── lapsed        │
//	   ▲              └───Expire──────▶             │
//	   └──────────────────Release───────────────────┘
//
// It does not know what a key stands for, nor why somebody holds it: keys, subjects and owners are opaque. Quantities
// are whole numbers in the unit of whoever opened the pool; stock counts millionths.
//
// Verbs over several keys sum the demand for each key first and go through the keys in their order, so that two owners
// cannot wait for each other. Each step is one conditional UPDATE, with a CHECK of the schema behind it.
package hold

import (
	"embed"
	"math"
	"time"

	"sauda/base/fault"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of holds.
var Schema = db.Schema{Name: "hold", Files: schemaFiles}

// Faults of holds.
var (
	// ErrSoldOut has the values key, subject, asked and left.
	ErrSoldOut = fault.New(fault.Conflict, "hold.sold_out", "Less is left than you asked for. Choose a smaller quantity or something else.")
	// ErrPromised has the values key, subject, promised and beyond.
	ErrPromised = fault.New(fault.Conflict, "hold.promised", "More than that is promised to buyers already. Cancel or ship those orders first, or enter at least what is promised.")
	ErrLapsed   = fault.New(fault.Conflict, "hold.lapsed", "The time of the hold has passed, and what was held may be gone. Please begin the checkout again.")
	ErrSettled  = fault.New(fault.Conflict, "hold.settled", "This hold is confirmed already. Release it before you hold something else.")
	ErrNotHeld  = fault.New(fault.Conflict, "hold.not_held", "That much is not held for this owner. Look at what is still held and try again.")
	ErrAbsent   = fault.New(fault.Conflict, "hold.absent", "This was promised before it came in and is not on the shelf yet. Receive the goods first.")
	ErrUnknown  = fault.New(fault.Missing, "hold.unknown_pool", "There is nothing to hold under this key. Open the pool first.")
	ErrWant     = fault.New(fault.Invalid, "hold.want", "Name who holds, what, and a quantity above zero; a hold must end in the future.")
	ErrSize     = fault.New(fault.Invalid, "hold.size", "Give a quantity that is not below zero and that can be counted.")
)

// sizeMax keeps capacity + beyond within an int64.
const sizeMax = math.MaxInt64 / 4

// Want is a demand for some of what is under a key.
type Want struct {
	Key      string `json:"key"`
	Quantity int64  `json:"quantity"`
}

// Pool is one scarce thing.
type Pool struct {
	Key      string
	Subject  string // Subject groups pools of one kind of thing: the variant that lies in several warehouses.
	Capacity int64  // Capacity is how much there is.
	Beyond   int64  // Beyond is how much more may be promised than there is.
	Taken    int64  // Taken is how much is promised.
	Mark     int64  // Mark is a level that somebody watches: Crossed is stated when Left falls to it or rises above.
}

// Left is how much can still be taken.
func (p Pool) Left() int64 { return p.Capacity + p.Beyond - p.Taken }

// State is how far a claim is.
type State string

// The states of a claim.
const (
	StateHeld      State = "held"      // StateHeld ends by itself.
	StateConfirmed State = "confirmed" // StateConfirmed stays until it is consumed or released.
	StateLapsed    State = "lapsed"    // StateLapsed was held too long; the pool has it back.
)

// Claim is what one owner holds of one pool.
type Claim struct {
	Owner    string
	Key      string
	Quantity int64
	State    State
	Until    time.Time // Until is when a held claim ends; zero when it is confirmed.
}

// Level is the capacity that a pool shall have.
type Level struct {
	Key      string
	Subject  string
	Capacity int64
}
