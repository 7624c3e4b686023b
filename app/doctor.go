package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/ledger"
	"sauda/core/notify"
	"sauda/core/order"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/saga"
)

// Severity says how bad a finding is.
type Severity string

// The severities.
const (
	Wrong Severity = "wrong" // Wrong is what must not be: somebody has to look at it.
	Note  Severity = "note"  // Note is what somebody may want to know: it is allowed, or puts itself right.
)

// Finding is something that an audit noticed.
type Finding struct {
	Area     string   `json:"area"`
	Severity Severity `json:"severity"`
	What     string   `json:"what"`
	Hint     string   `json:"hint"`
}

// String gives a finding as one line.
func (f Finding) String() string {
	return fmt.Sprintf("%s: %s: %s %s", f.Severity, f.Area, f.What, f.Hint)
}

// Healthy says whether nothing is wrong.
func Healthy(all []Finding) bool {
	for _, f := range all {
		if f.Severity == Wrong {
			return false
		}
	}
	return true
}

const (
	sameMax      = 50               // sameMax is how many findings of one area are listed; nobody reads more.
	pageOfOrders = 200              // pageOfOrders is what order.List gives at most.
	pageOfClaims = 1000             // pageOfClaims is read in one moment.
	longFailing  = time.Hour        // longFailing is from when on a story that fails again and again is wrong.
	abandoned    = time.Hour        // abandoned is from when on money that is promised without an order is wrong.
	unattended   = 10 * time.Minute // unattended is from when on a story that is due shows that no house is running.
)

// Examine audits a store and changes nothing. Tell is called with the name of each area before it is looked at; it may be
// nil. What is large is read a page at a time, each page in a moment of its own, so a house that trades meanwhile may show
// what is just under way: that is a note, or nothing. A store whose tables are behind is not looked at any further.
func Examine(ctx context.Context, store *db.Store, tell func(area string)) ([]Finding, error) {
	e := &exam{ctx: ctx, store: store, count: make(map[string]int), carts: make(map[string]bool), orders: make(map[string]bool)}
	behind, err := store.Behind(ctx, Schemas)
	if err != nil {
		return nil, err
	}
	if len(behind) > 0 {
		e.area = "tables"
		e.find(Wrong, "They are behind: "+strings.Join(behind, ", ")+".", "Run sauda migrate.")
		return e.found, nil
	}
	for _, part := range []struct {
		area string
		look func() error
	}{
		{"reactions", e.reactions}, {"stories", e.stories}, {"jobs", e.jobs}, {"letters", e.letters},
		{"ledger", e.ledger}, {"orders", e.allOrders}, {"payments", e.payments}, {"baskets", e.baskets},
		{"stock", e.stock}, {"holds", e.claims},
	} {
		if tell != nil {
			tell(part.area)
		}
		e.area = part.area
		if err := part.look(); err != nil {
			return e.found, fmt.Errorf("%s: %w", part.area, err)
		}
	}
	return e.close(), nil
}

// Examine audits the house; see the function of that name.
func (h *House) Examine(ctx context.Context) ([]Finding, error) { return Examine(ctx, h.Store, nil) }

// exam is an audit under way.
type exam struct {
	ctx   context.Context
	store *db.Store
	area  string
	found []Finding
	count map[string]int // count is how many findings each area has, also those that are not listed.

	suspect bool            // suspect says that something was found wrong which a story or a reaction may explain.
	pending bool            // pending says that reactions wait: what they will put right is no fault yet.
	carts   map[string]bool // carts and orders are those that a living story is about.
	orders  map[string]bool
}

func (e *exam) find(s Severity, what, hint string) {
	if e.count[e.area]++; e.count[e.area] <= sameMax {
		e.found = append(e.found, Finding{e.area, s, what, hint})
	}
}

// unless finds something wrong, or only notes it when what is under way explains it.
func (e *exam) unless(underWay bool, what, hint string) {
	if underWay || e.pending {
		e.find(Note, what, "It may be just under way. Look again when the house is at rest.")
		return
	}
	e.suspect = true
	e.find(Wrong, what, hint)
}

// judge judges what was read in a moment. When that finds something wrong, it looks, in the same moment, at what is under
// way by now, and judges once more: a house that trades meanwhile has begun stories since the audit began.
func (e *exam) judge(tx *db.Tx, all func()) error {
	found, count := len(e.found), e.count[e.area]
	e.suspect = false
	if all(); !e.suspect {
		return nil
	}
	if _, err := e.backlog(tx); err != nil {
		return err
	}
	if err := e.living(tx, func(saga.Seen) {}); err != nil {
		return err
	}
	e.found, e.count[e.area] = e.found[:found], count
	all()
	return nil
}

// close says what was not listed.
func (e *exam) close() []Finding {
	for area, n := range e.count {
		if n > sameMax {
			e.found = append(e.found, Finding{area, Wrong, fmt.Sprintf("%d more findings are not listed.", n-sameMax), "Mend these first."})
		}
	}
	return e.found
}

func (e *exam) look(do func(*db.Tx) error) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	return job.Look(e.ctx, e.store, db.System, do)
}

// backlog counts the reactions that wait.
func (e *exam) backlog(tx *db.Tx) (waiting int64, err error) {
	all, err := bus.Waiting(tx)
	for _, b := range all {
		waiting += b.Waiting - b.Parked
	}
	e.pending = waiting > 0
	return waiting, err
}

func (e *exam) reactions() error {
	return e.look(func(tx *db.Tx) error {
		waiting, err := e.backlog(tx)
		if err != nil {
			return err
		}
		if waiting > 0 {
			e.find(Note, fmt.Sprintf("%d reactions wait to be done.", waiting), "A running house does them by itself.")
		}
		page := bus.Page{Limit: 200}
		for {
			parked, err := bus.Parked(tx, page)
			if err != nil {
				return err
			}
			for _, p := range parked {
				page.After = p.ID
				e.find(Wrong, fmt.Sprintf("%q to %s %s was given up after %d tries: %s", p.Reaction, p.Fact, p.Key, p.Tries, p.Error),
					"Mend the cause and have it tried again in the office.")
			}
			if len(parked) < page.Limit || e.count[e.area] > sameMax {
				return nil
			}
		}
	})
}

// about is what the stories of this house tell of: refunds and checkouts name their order.
type about struct {
	Order string `json:"order"`
}

func (e *exam) stories() error {
	return e.look(func(tx *db.Tx) error { return e.living(tx, e.story) })
}

// living visits the stories that have not ended, and remembers what they are about. There are never many.
func (e *exam) living(tx *db.Tx, visit func(saga.Seen)) error {
	clear(e.carts)
	clear(e.orders)
	filter := saga.Filter{States: []string{"running", "waiting", "undoing"}, Limit: 200}
	for {
		page, err := saga.List(tx, filter)
		if err != nil {
			return err
		}
		for _, s := range page {
			filter.Before = s.ID
			var a about
			if json.Unmarshal(s.Body, &a) == nil && a.Order != "" {
				e.orders[a.Order] = true
			}
			e.carts[s.Key] = true
			visit(s)
		}
		if len(page) < filter.Limit {
			return nil
		}
	}
}

// story judges a story that has not ended.
func (e *exam) story(s saga.Seen) {
	now := e.store.Now()
	name := fmt.Sprintf("%s %s is %s in step %q", s.Name, s.Key, s.State, s.Step)
	switch {
	case s.Stuck:
		e.find(Wrong, name+" and stuck: "+s.Trouble, "Mend the cause and have it told again in the office.")
	case s.Tries > 3 && now.Sub(s.Begun) > longFailing:
		e.find(Wrong, fmt.Sprintf("%s and has failed %d times: %s", name, s.Tries, s.Trouble), "See whether the bank or the carrier answers.")
	case s.State != "waiting" && !s.Due.IsZero() && now.Sub(s.Due) > unattended:
		e.find(Note, name+" and due since "+s.Due.Format(time.RFC3339)+".", "Start the house: it goes on by itself.")
	}
}

func (e *exam) jobs() error {
	return e.look(func(tx *db.Tx) error {
		all, err := job.List(tx)
		for _, j := range all {
			switch what := fmt.Sprintf("%q has failed %d times: %s", j.Name, j.Tries, j.Error); {
			case j.Tries > 2:
				e.find(Wrong, what, "Mend the cause; the clock tries it again.")
			case j.Tries > 0:
				e.find(Note, what, "The clock tries it again.")
			}
		}
		return err
	})
}

func (e *exam) letters() error {
	return e.look(func(tx *db.Tx) error {
		stuck, err := notify.Stuck(tx)
		for _, l := range stuck {
			e.find(Note, fmt.Sprintf("The letter %s was given up: %s", l.ID, l.Error), "Correct the address, or see whether the mail server answers, and have it sent again.")
		}
		return err
	})
}

// ledger reads every posting.
func (e *exam) ledger() error {
	for after := ledger.ID(""); ; {
		var page ledger.Page
		err := e.look(func(tx *db.Tx) (err error) {
			page, err = ledger.Check(tx, after)
			return err
		})
		if err != nil {
			return err
		}
		for _, w := range page.Wrong {
			e.find(Wrong, fmt.Sprintf("Posting %s (%s %s) moves %d %s from %q to %q.", w.Posting, w.Kind, w.Ref, w.Entry.Amount,
				w.Entry.Asset, w.Entry.Credit, w.Entry.Debit), "Somebody wrote into the tables. Compare with a backup.")
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

func (e *exam) stock() error {
	err := e.look(func(tx *db.Tx) error {
		uneven, err := inventory.Audit(tx)
		for _, m := range uneven {
			e.find(Wrong, fmt.Sprintf("%s has %s on hand, but its movements add up to %s.", m.Key, m.OnHand, m.Moved), "Count it.")
		}
		return err
	})
	if err != nil {
		return err
	}
	return e.look(func(tx *db.Tx) error {
		for after := ""; ; {
			pools, err := hold.All(tx, after, pageOfClaims)
			if err != nil {
				return err
			}
			for _, p := range pools {
				after = p.Key
				if p.Taken < 0 || p.Left() < 0 || p.Capacity < 0 {
					e.find(Wrong, fmt.Sprintf("%s has %d, of which %d are promised.", p.Key, p.Capacity, p.Taken), "More is sold than there is. Count it and see to the orders.")
				}
			}
			if len(pools) < pageOfClaims {
				return nil
			}
		}
	})
}

// numbers looks for gaps in the document numbers.
func (e *exam) numbers() error {
	return e.look(func(tx *db.Tx) error {
		gaps, err := order.Gaps(tx)
		for _, g := range gaps {
			e.find(Wrong, fmt.Sprintf("The documents of %s in %d have %d numbers for %d orders.", g.Seller, g.Year, g.Last, g.Orders), "An order was removed, or its number changed. Compare with a backup.")
		}
		return err
	})
}
