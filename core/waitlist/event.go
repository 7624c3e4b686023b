package waitlist

import (
	"time"

	"sauda/core/seller"
)

// About is what every fact of a waiting says. It names nobody.
type About struct {
	Wait   ID        `json:"wait"`
	Kind   string    `json:"kind"`
	Line   string    `json:"line"`
	Seller seller.ID `json:"seller"`
}

// Key keeps the facts of one waiting in their order.
func (a About) Key() string { return string(a.Wait) }

func (w Wait) about() About { return About{w.ID, w.Kind, w.Line, w.Seller} }

// Joined says that somebody waits from now on.
type Joined struct{ About }

// Offered says that something is held for somebody who waited.
type Offered struct {
	About
	Until time.Time `json:"until"`
}

// Taken says that somebody has made something of all that was offered to him.
type Taken struct{ About }

// Left says that somebody waits no more, because he does not want to. Freed says that something was held for him.
type Left struct {
	About
	Freed bool `json:"freed,omitempty"`
}

// Lapsed says that somebody let an offer pass.
type Lapsed struct{ About }

// Ended says that what somebody waited for is over, or is not sold any more. Late says that its time has come; else its seller
// does not sell it.
type Ended struct {
	About
	Late bool `json:"late,omitempty"`
}

// The names of the facts are stored and never change.
func (Joined) Fact() string  { return "waitlist.joined" }
func (Offered) Fact() string { return "waitlist.offered" }
func (Taken) Fact() string   { return "waitlist.taken" }
func (Left) Fact() string    { return "waitlist.left" }
func (Lapsed) Fact() string  { return "waitlist.lapsed" }
func (Ended) Fact() string   { return "waitlist.ended" }
