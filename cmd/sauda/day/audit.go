package day

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"sauda/app"
	"sauda/base/measure"
	"sauda/base/span"
	"sauda/core/hold"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/payment/card"
	"sauda/core/payment/cardsim"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/saga"
)

const (
	restRounds = 5 // restRounds of restStep are longer than the patience of every story and the pauses of its last tries.
	restStep   = 37 * time.Minute
	calmWaits  = 2000 // calmWaits of calmStep are how long stories that go on in the house may take to end.
	calmStep   = 500 * time.Microsecond
)

// dusk ends the troubles, lets the house come to rest, and says what is wrong.
func (t *town) dusk(ctx context.Context) ([]string, error) {
	t.cards.Inject(cardsim.Faults{})
	t.lines.Well()
	t.life.Load().left.Store(0)
	for range restRounds {
		t.clock.pass(restStep)
		if err := t.rest(ctx); err != nil {
			return nil, err
		}
	}
	for _, cart := range t.unsure {
		if err := t.returns(ctx, cart); err != nil {
			return nil, err
		}
	}
	t.unsure = nil
	if err := t.rest(ctx); err != nil {
		return nil, err
	}
	return t.audit(ctx)
}

// rest does all that is due now.
func (t *town) rest(ctx context.Context) error {
	if err := t.delivers(ctx); err != nil {
		return err
	}
	l, err := t.alive(ctx)
	if err != nil {
		return err
	}
	var settled error
	if !l.within(func() { settled = errors.Join(l.house.Clock.Tick(ctx), l.house.Settle(ctx)) }) {
		_, err := t.alive(ctx)
		return err
	}
	return errors.Join(settled, t.calm(ctx))
}

// delivers lets the messages of the gateway and the carrier through. What is not taken now comes again later.
func (t *town) delivers(ctx context.Context) error {
	t.post.Store(true)
	_ = t.cards.Flush(ctx)   // The next delivery brings what is left.
	_, _ = t.roads.Tell(ctx) // The same.
	t.post.Store(false)
	time.Sleep(calmStep) // What a message has woken begins a little later than its answer.
	return t.calm(ctx)
}

// calm waits until the stories that the house tells in goroutines of its own have come to rest, so that people and stories
// do not race for the dice.
func (t *town) calm(ctx context.Context) error {
	for range calmWaits {
		l, err := t.alive(ctx)
		if err != nil {
			return err
		}
		steps := l.steps.Load()
		if steps == l.calmed {
			return nil
		}
		busy := false
		err = job.Look(ctx, l.house.Store, db.System, func(tx *db.Tx) error {
			live, err := saga.List(tx, saga.Filter{States: []string{"running", "undoing"}, Limit: 200})
			busy = slices.ContainsFunc(live, func(s saga.Seen) bool { return s.Tries == 0 && s.Moved.After(l.born) })
			return err
		})
		if err != nil {
			return err
		}
		if !busy && steps == l.steps.Load() {
			l.calmed = steps
			return nil
		}
		time.Sleep(calmStep)
	}
	return nil
}

// audit has the doctor look, and compares the house with what the world knows of it.
func (t *town) audit(ctx context.Context) (wrong []string, err error) {
	l, err := t.alive(ctx)
	if err != nil {
		return nil, err
	}
	found, err := l.house.Examine(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		if f.Severity == app.Wrong {
			wrong = append(wrong, f.Say(t.plan.Lang))
		}
	}
	err = job.Look(ctx, l.house.Store, db.System, func(tx *db.Tx) error {
		w := &witness{tx: tx, town: t, claims: map[hold.Want]int{}, expected: map[hold.Want]int{}, seen: map[string]bool{},
			taken: map[string]int64{}, given: map[promotion.ID]promotion.Total{}, coded: map[string]bool{}, uses: map[string]bool{}}
		for _, look := range []func() error{w.stories, w.orders, w.promises, w.bookings, w.telecom, w.bank, w.promotions, w.sums, w.gateway} {
			if err := look(); err != nil {
				return err
			}
		}
		wrong = append(wrong, w.wrong...)
		return nil
	})
	return wrong, err
}

// witness compares one dusk.
type witness struct {
	tx               *db.Tx
	town             *town
	claims, expected map[hold.Want]int // The key is "owner pool", the number how often it was seen.
	seen             map[string]bool
	taken            map[string]int64                 // taken is what is claimed of the pools of services.
	given            map[promotion.ID]promotion.Total // given is what orders that stand were given.
	coded            map[string]bool                  // coded are the owners of claims whose order was given something for the code.
	uses             map[string]bool                  // uses are the owners that hold a use of it.
	wrong            []string
}

func (w *witness) find(format string, args ...any) {
	w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
}

// stories: at dusk none is under way, since every patience has ended.
func (w *witness) stories() error {
	live, err := saga.List(w.tx, saga.Filter{States: []string{"running", "waiting", "undoing"}})
	for _, s := range live {
		w.find("story %s %s is still %s in %q: %s", s.Name, s.Key, s.State, s.Step, s.Trouble)
	}
	return err
}

// orders: what was acknowledged is there, and what is not cancelled and has not left is promised, and nothing else.
func (w *witness) orders() error {
	for filter := (order.Filter{Limit: 200}); ; {
		page, next, err := order.List(w.tx, filter)
		if err != nil {
			return err
		}
		for _, s := range page {
			w.seen[string(s.ID)] = true
			if err := w.order(s); err != nil {
				return err
			}
		}
		if filter.After = next; next == "" {
			break
		}
	}
	for _, id := range slices.Sorted(maps.Keys(w.town.orders)) {
		if !w.seen[id] {
			w.find("order %s was acknowledged to its buyer and is not there", id)
		}
	}
	return nil
}

func (w *witness) order(s order.Summary) error {
	if s.State == order.StateCancelled {
		return nil
	}
	o, err := order.Get(w.tx, s.ID)
	if err != nil {
		return err
	}
	w.gave(o)
	if err := w.forNothing(o); err != nil {
		return err
	}
	switch s.State {
	case order.StateShipped, order.StateDelivered, order.StateReturned:
		return nil // Nothing is promised any more; what they owe the doctor has judged.
	}
	left := map[string]measure.Quantity{}
	gone := map[string]measure.Quantity{}
	for _, l := range o.Lines {
		gone[l.Line], left[l.Line] = l.Shipped, l.Live()
	}
	sums := map[string]int64{}
	for _, a := range o.Allocations {
		live := min(a.Quantity, left[a.Line])
		left[a.Line] -= live
		shipped := min(gone[a.Line], live)
		gone[a.Line] -= shipped
		if a.Key != "" && !ofServices(a.Key) {
			sums[a.Key] += int64(live - shipped)
		}
	}
	for key, n := range sums {
		if n > 0 {
			w.expected[hold.Want{Key: "cart/" + o.Cart + " " + key, Quantity: n}]++
		}
	}
	return nil
}

// promises: the confirmed claims are those of the orders, one for one.
func (w *witness) promises() error {
	for after := (hold.Claim{}); ; {
		page, err := hold.Live(w.tx, after, 1000)
		if err != nil {
			return err
		}
		for _, c := range page {
			after = c
			if promotion.IsUse(c.Key) {
				w.uses[c.Owner] = true
				continue
			}
			if ofServices(c.Key) {
				w.claimed(c)
				continue
			}
			w.claims[hold.Want{Key: c.Owner + " " + c.Key, Quantity: c.Quantity}]++
		}
		if len(page) < 1000 {
			break
		}
	}
	for c := range w.claims {
		if w.expected[c] != w.claims[c] {
			w.find("%d of %s are held, and no order expects that", c.Quantity, c.Key)
		}
	}
	for c := range w.expected {
		if w.claims[c] == 0 {
			w.find("%d of %s should be held for an order, and are not", c.Quantity, c.Key)
		}
	}
	slices.Sort(w.wrong)
	return nil
}

// sums: of each asset the ledger has given as much as it has taken.
func (w *witness) sums() error {
	all, err := ledger.Trial(w.tx)
	total := map[string]int64{}
	for _, s := range all {
		total[s.Asset] += s.Balance()
	}
	for asset, rest := range total {
		if rest != 0 {
			w.find("the ledger does not sum to zero: %d %s", rest, asset)
		}
	}
	return err
}

// gateway: each capture and refund that the gateway made stands once at a payment of an order, and in the ledger.
func (w *witness) gateway() error {
	type moved struct{ captured, refunded int64 }
	made := map[payment.ID]moved{}
	var sum int64
	last := span.DayOf(w.tx.Now(), span.Almaty)
	for d := span.DayOf(opening, span.Almaty); !last.Before(d); d = d.AddDays(1) {
		for _, m := range w.town.cards.Settlement(d).Moves {
			now := made[m.Payment]
			if m.Kind == "refund" {
				now.refunded += m.Amount.Minor
				sum -= m.Amount.Minor
			} else {
				now.captured += m.Amount.Minor
				sum += m.Amount.Minor
			}
			made[m.Payment] = now
		}
	}
	for before := payment.ID(""); ; {
		page, next, err := payment.Find(w.tx, payment.Filter{Before: before})
		if err != nil {
			return err
		}
		for _, p := range page {
			at := made[p.ID]
			delete(made, p.ID)
			if p.Gateway != "" && (at.captured != p.Captured.Minor || at.refunded != p.Refunded.Minor) {
				w.find("payment %s: the gateway took %d and gave back %d, the house knows of %d and %d",
					p.ID, at.captured, at.refunded, p.Captured.Minor, p.Refunded.Minor)
			}
			if p.Gateway != "" && at.captured > 0 && p.Order == "" {
				w.find("payment %s: the gateway took %d, and there is no order", p.ID, at.captured)
			}
		}
		if before = next; next == "" {
			break
		}
	}
	for id := range made {
		w.find("the gateway moved money for payment %s, which the house does not know", id)
	}
	kept, err := ledger.Balance(w.tx, ledger.Gateway(card.Name), "KZT")
	if err != nil {
		return err
	}
	fees, err := ledger.Balance(w.tx, ledger.Fees(string(seller.Own)), "KZT")
	if kept+fees != sum {
		w.find("the gateway holds %d for the shop, the ledger says %d and %d of fees", sum, kept, fees)
	}
	return err
}
