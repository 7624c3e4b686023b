// Package waitlist knows who waits for something that is full: seats of a departure, nights, an hour, places of a group.
//
// A line is what is sold by one plan or one group, and who stands in it is served in the order of asking: when something comes
// free, the first whom it is enough for is offered all that he asked for, and it is held for him in core/hold. Whoever asked for
// more than is free keeps his place in the line and is passed meanwhile, so that nothing stands empty while somebody wants it.
//
//	         Join             Serve             Hand (all of it)
//	nothing ──────▶ waiting ────────▶ offered ───────────────────▶ taken
//	                   │                 │                           │
//	                   │                 ├─Lapse──▶ lapsed ────────┤
//	                   ├──(Serve, Lapse)─┴────────▶ late, ended ───┤
//	                   └─Leave────────────────────────────────────┴─▶ gone, and what was held is free
//
// What is waited for is opaque: a Kind says what it takes now. Of a guest only his mail address is kept, and his row, which only
// who knows its id finds, is gone a week after the waiting is over.
package waitlist

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/core/waitlist/waitlistdb"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the table of who waits.
var Schema = db.Schema{Name: "waitlist", Files: schemaFiles}

// Limits of waiting.
const (
	PersonMax = 20             // PersonMax is for how much one person waits at once.
	LineMax   = 1000           // LineMax is how many wait in one line: who stands behind them has no hope.
	PlacesMax = 60             // PlacesMax is how many places one asks for: a bus.
	OfferTime = 24 * time.Hour // OfferTime is how long an offer is held, unless it is too late before.
	// Grace is how much longer it is held than was said: a payment that began in time shall find it.
	Grace = time.Hour
	kept  = 7 * 24 * time.Hour // kept is how long a waiting that is over is shown to whom it was.
)

// What staff of the seller need to see a line and to change it.
const (
	ScopeRead  = "orders.read"
	ScopeWrite = "orders.write"
)

// Faults of waiting.
var (
	ErrUnknown = fault.New(fault.Missing, "waitlist.unknown", "Nobody waits under this address any more: the waiting is over, or it never was.")
	ErrPerson  = fault.New(fault.Denied, "waitlist.person", "Sign in as a buyer, or give an e-mail address to which we can write.")
	ErrDenied  = fault.New(fault.Denied, "waitlist.denied", "Only the staff of the seller may see who waits. Ask for the right to keep orders.")
	ErrInvalid = fault.New(fault.Invalid, "waitlist.invalid", "Correct the marked fields.")
	ErrFree    = fault.New(fault.Conflict, "waitlist.free", "That much is free: you need not wait. Book it now.")
	ErrOver    = fault.New(fault.Conflict, "waitlist.over", "It is too late to wait for this, or it is not sold any more. Choose something else.")
	ErrNone    = fault.New(fault.Conflict, "waitlist.not_offered", "Nothing is held for you here now. When something comes free, we write to you.")
	ErrTooFew  = fault.New(fault.Conflict, "waitlist.too_few", "Less is free than was asked for. Wait until more comes free.")
	ErrMany    = fault.New(fault.Limited, "waitlist.many", "You wait for 20 things already. Leave one of the lines first.")
	ErrLong    = fault.New(fault.Limited, "waitlist.long", "A thousand people wait for this already. Choose something else.")
)

// ID names somebody's waiting and, for a guest, is the key to it.
type ID string

// Valid tells whether an id can name a waiting.
func (id ID) Valid() bool { return ident.Valid("wai", string(id)) }

// Owner is whose the claims on what is offered are, in core/hold.
func (id ID) Owner() string { return OwnerPrefix + string(id) }

// OwnerPrefix begins the owners of claims that are offers.
const OwnerPrefix = "waiting/"

// State is how far a waiting is.
type State string

// The states of a waiting.
const (
	StateWaiting State = "waiting"
	StateOffered State = "offered" // StateOffered has something held for him.
	StateTaken   State = "taken"   // StateTaken has made of it what Ref says, which is held until the offer is over.
	StateLapsed  State = "lapsed"  // StateLapsed let an offer pass.
	StateLate    State = "late"    // StateLate has waited until it was too late.
	StateEnded   State = "ended"   // StateEnded waited for what its seller does not sell any more.
)

// Ask is what somebody waits for.
type Ask struct {
	Kind    string // Kind is the context that knows it.
	Line    string
	Seller  seller.ID
	Product string
	Places  int
	Starts  time.Time
	Ends    time.Time
	Closes  time.Time      // Closes is when it is too late.
	Name    text.Localized // Name and Label say what it is.
	Label   text.Localized
	Body    string // Body is what was asked for, as its context writes it.
	Email   string // Email is of a guest; a party is written to where it is known.
	Lang    string
}

// Wait is somebody's waiting.
type Wait struct {
	ID ID
	Ask
	Party  string
	Person string // Person is the user who asked for his party, to whom is written.
	State  State
	Asked  time.Time
	Until  time.Time // Until is how long what is offered is held, or what is over is shown; zero while he waits.
	Ref    string    // Ref is what was made of the offer.
	Ahead  int64     // Ahead is how many wait before him for some of the same time, where that was asked.
}

// Demand is what a waiting takes now.
type Demand struct {
	Ways  [][]hold.Want // Ways are what any one of is enough, the best first; none while it rests.
	Until time.Time     // Until is the last instant at which it can be had.
}

// Kind is a context whose things are waited for.
type Kind interface {
	// Awaits is what Ask.Kind says of them.
	Awaits() string
	// Demands says in a bounded number of statements what some take. Who is not in it waits for what is over for good.
	Demands(tx *db.Tx, all []Wait) (map[ID]Demand, error)
}

// Kinds are the contexts whose things are waited for, by their names.
type Kinds map[string]Kind

// KindsOf gives kinds by their names.
func KindsOf(all ...Kind) Kinds {
	kinds := make(Kinds, len(all))
	for _, k := range all {
		kinds[k.Awaits()] = k
	}
	return kinds
}

func waitOf(r waitlistdb.Waitlist) (Wait, error) {
	w := Wait{
		ID: ID(r.ID), Party: r.Party, Person: r.Person, State: State(r.State), Asked: span.FromMicros(r.AskedAt), Ref: r.Ref,
		Ask: Ask{Kind: r.Kind, Line: r.Line, Seller: seller.ID(r.Seller), Product: r.Product, Places: int(r.Places), Starts: span.FromMicros(r.StartsAt),
			Ends: span.FromMicros(r.EndsAt), Closes: span.FromMicros(r.ClosesAt), Body: r.Body, Email: r.Email, Lang: r.Lang},
	}
	if r.UntilAt > 0 {
		w.Until = span.FromMicros(r.UntilAt)
	}
	if err := w.Name.Scan(r.Name); err != nil {
		return w, err
	}
	return w, w.Label.Scan(r.Label)
}

func waitsOf(rows []waitlistdb.Waitlist) ([]Wait, error) {
	all := make([]Wait, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = waitOf(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}
