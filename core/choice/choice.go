// Package choice is what all services have in common, so that they are sold in the same basket as goods, by the same quote,
// hold, order and ledger: a tour, a haircut, a course, a bill.
//
// What a buyer chooses of a service (days and people, a group, a bill) is written down by the context that knows it, and has
// a reference there. The basket holds that reference as its line's one answer. Each such context is a Way:
//
//	chosen ──Chosen──▶ priced, and what it takes is held ──Placed──▶ ordered ──Paid──▶ booked, enrolled, passed on
//	                                                        └──────────────Ended──▶ given up, and what it took is free
//
// The package does not know any of them.
package choice

import (
	"maps"
	"slices"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/pricing"
	"sauda/gear/db"
)

// ErrUnknown means that a reference is not of something that can be ordered now: it is not there, is another person's, was
// ordered already, or has run out.
var ErrUnknown = fault.New(fault.Conflict, "choice.unknown", "What you chose cannot be ordered any more. Choose again.")

// Chosen is what a buyer has chosen of a service, as it stands now.
type Chosen struct {
	pricing.Service                   // Service is what the quote says of it.
	Variant         catalog.VariantID // Variant is what it is sold as.
	Wants           []hold.Want       // Wants are what nobody else may have then.
	Until           time.Time         // Until is how long its price stands; zero is for ever.
}

// Sale is one line of an order by which something chosen was sold.
type Sale struct {
	Ref   string
	Order string
	Line  string
	Owner string // Owner is whose the claims on what it takes are, in core/hold.
	Party string // Party is the buyer; empty for a guest.
	Lang  string
	Total money.Money // Total is what the line costs, after what promotions took off.
}

// Due is the fact that an order with services is paid.
type Due struct {
	Order string `json:"order"`
}

// Fact names the fact.
func (Due) Fact() string { return "choice.due" }

// Key keeps the facts of one order in their order.
func (d Due) Key() string { return d.Order }

// Way is a context that sells services. All of it is told again after a crash, and does the same once.
type Way interface {
	// Name is what catalog.Service.Way says of its products.
	Name() string
	// Chosen gives what can be ordered of some references by whoever asks, in a bounded number of statements; what cannot is
	// not in it.
	Chosen(tx *db.Tx, refs []string) (map[string]Chosen, error)
	// Placed hears that something was ordered, in the moment in which it is. From then on nobody orders it a second time.
	Placed(tx *db.Tx, s Sale) error
	// Paid hears that it is paid. Done says that nothing is left to be delivered.
	Paid(tx *db.Tx, ref string) (done bool, err error)
	// Ended hears that its line was cancelled or given back as a whole. What it took has been released.
	Ended(tx *db.Tx, ref string) error
}

// Freeing is a Way whose claims keep others away only while somebody pays: once that is done, they are given back.
type Freeing interface{ Frees() }

// Ways are the contexts that sell services, by their names.
type Ways map[string]Way

// WaysOf gives ways by their names.
func WaysOf(all ...Way) Ways {
	ways := make(Ways, len(all))
	for _, w := range all {
		ways[w.Name()] = w
	}
	return ways
}

// Of gives the way by which a line of a quote is sold; one that is not known is ErrUnknown.
func (w Ways) Of(s pricing.ServiceRef) (Way, error) {
	if way, known := w[s.Way]; known {
		return way, nil
	}
	return nil, ErrUnknown.About("no way is called %q", s.Way)
}

// Chosen gives what can be ordered of some references, by the names of their ways.
func (w Ways) Chosen(tx *db.Tx, refs map[string][]string) (map[string]Chosen, error) {
	all := make(map[string]Chosen)
	for _, name := range slices.Sorted(maps.Keys(refs)) {
		way, known := w[name]
		if !known {
			continue
		}
		some, err := way.Chosen(tx, refs[name])
		if err != nil {
			return nil, err
		}
		for ref, c := range some {
			c.Way, c.Ref = name, ref
			all[ref] = c
		}
	}
	return all, nil
}
