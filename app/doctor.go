package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"sauda/core/enquiry"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/ledger"
	"sauda/core/notify"
	"sauda/core/order"
	"sauda/core/review"
	"sauda/core/waitlist"
	"sauda/core/wish"
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
		e.find(Wrong, "behind", "tables", strings.Join(behind, ", "))
		return e.found, nil
	}
	for _, part := range []struct {
		area string
		look func() error
	}{
		{"reactions", e.reactions}, {"stories", e.stories}, {"jobs", e.jobs}, {"letters", e.letters},
		{"ledger", e.ledger}, {"orders", e.allOrders}, {"shipments", e.shipments}, {"payments", e.payments}, {"baskets", e.baskets}, {"subscriptions", e.periods},
		{"stock", e.stock}, {"holds", e.claims}, {"reviews", e.reviews}, {"wishes", e.wishes}, {"waitlist", e.waits}, {"questions", e.questions},
		{"exchange", e.exchange}, {"certificates", e.gifts},
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

// find finds something: by the name of its texts, and the values in them, names and values by turns.
func (e *exam) find(s Severity, name string, values ...any) {
	if e.count[e.area]++; e.count[e.area] <= sameMax {
		e.found = append(e.found, finding(e.area, s, name, values...))
	}
}

// unless finds something wrong, or only notes it when what is under way explains it.
func (e *exam) unless(underWay bool, name string, values ...any) {
	if underWay || e.pending {
		if e.count[e.area]++; e.count[e.area] <= sameMax {
			e.found = append(e.found, finding(e.area, Note, name, values...).underWay())
		}
		return
	}
	e.suspect = true
	e.find(Wrong, name, values...)
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
			e.found = append(e.found, finding(area, Wrong, "more", "count", n-sameMax))
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
			e.find(Note, "waiting", "count", waiting)
		}
		page := bus.Page{Limit: 200}
		for {
			parked, err := bus.Parked(tx, page)
			if err != nil {
				return err
			}
			for _, p := range parked {
				page.After = p.ID
				e.find(Wrong, "parked", "reaction", p.Reaction, "fact", p.Fact, "key", p.Key, "tries", p.Tries, "error", p.Error)
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

// uneven finds what is kept otherwise than it is counted: there should be none.
func uneven[M any](e *exam, audit func(*db.Tx) ([]M, error), find func(M)) error {
	return e.look(func(tx *db.Tx) error {
		all, err := audit(tx)
		for _, m := range all {
			find(m)
		}
		return err
	})
}

// reviews compares the stars of each product with its reviews.
func (e *exam) reviews() error {
	return uneven(e, review.Audit, func(m review.Mismatch) {
		e.find(Wrong, "stars", "product", m.Product, "kept", m.Kept, "counted", m.Counted)
	})
}

// wishes compares the number of each wishlist with what is on it.
func (e *exam) wishes() error {
	return uneven(e, wish.Audit, func(m wish.Mismatch) {
		e.find(Wrong, "wishes", "list", m.List, "kept", m.Kept, "counted", m.Counted)
	})
}

// waits looks for offers for which nothing is held.
func (e *exam) waits() error {
	return uneven(e, waitlist.Unheld, func(id waitlist.ID) { e.find(Wrong, "unheld", "wait", id) })
}

// questions compares what waits of each question with what it says of it.
func (e *exam) questions() error {
	return uneven(e, enquiry.Audit, func(m enquiry.Mismatch) {
		e.find(Wrong, "questions", "question", m.Enquiry, "kept", m.Kept, "counted", m.Counted)
	})
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
	find := func(severity Severity, name string) {
		e.find(severity, name, "name", s.Name, "key", s.Key, "state", s.State, "step", s.Step, "trouble", s.Trouble,
			"tries", s.Tries, "due", s.Due.Format(time.RFC3339))
	}
	switch {
	case s.Stuck:
		find(Wrong, "stuck")
	case s.Tries > 3 && now.Sub(s.Begun) > longFailing:
		find(Wrong, "failing")
	case s.State != "waiting" && !s.Due.IsZero() && now.Sub(s.Due) > unattended:
		find(Note, "due")
	}
}

func (e *exam) jobs() error {
	return e.look(func(tx *db.Tx) error {
		all, err := job.List(tx)
		for _, j := range all {
			switch {
			case j.Tries > 2:
				e.find(Wrong, "job_fails", "name", j.Name, "tries", j.Tries, "error", j.Error)
			case j.Tries > 0:
				e.find(Note, "job_tries", "name", j.Name, "tries", j.Tries, "error", j.Error)
			}
		}
		return err
	})
}

func (e *exam) letters() error {
	return e.look(func(tx *db.Tx) error {
		stuck, err := notify.Stuck(tx)
		for _, l := range stuck {
			e.find(Note, "letter", "letter", l.ID, "error", l.Error)
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
			e.find(Wrong, "posting", "posting", w.Posting, "kind", w.Kind, "ref", w.Ref, "amount", w.Entry.Amount,
				"asset", w.Entry.Asset, "credit", w.Entry.Credit, "debit", w.Entry.Debit)
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
			e.find(Wrong, "stock_moved", "key", m.Key, "on_hand", m.OnHand, "moved", m.Moved)
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
					e.find(Wrong, "oversold", "key", p.Key, "capacity", p.Capacity, "promised", p.Taken)
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
			e.find(Wrong, "numbers", "seller", g.Seller, "year", g.Year, "last", g.Last, "orders", g.Orders)
		}
		return err
	})
}
