package book

import (
	"bytes"
	"flag"
	"fmt"
	"slices"
	"testing"
)

var (
	operations = flag.Int("operations", 240_000, "how many random operations the fast and the obvious book are compared over")
	firstSeed  = flag.Uint64("seed", 1, "the first seed of those operations")
)

// seen counts what a run has brought, so that no kind and no reason is left out of the comparison unnoticed.
type seen struct {
	kinds   [Struck + 1]int
	reasons [reasons]int
}

// TestTwins: on random inputs of every kind, good and bad, the fast book reports and stands exactly as the obvious one
// does, after each of them; its invariants hold, and its state survives export and import at any time.
//
//	go test ./core/exchange/book -run TestTwins -args -operations 1000000 -seed 77
func TestTwins(t *testing.T) {
	const run = 2000 // A new book for each, so that a failing seed is soon replayed.
	var all seen
	seed := *firstSeed
	for done := 0; done < *operations; done += run {
		m := markets[int(seed)%len(markets)]
		if err := compare(m.rules, seed, run, &all); err != nil {
			t.Fatalf("seed %d, %s: %v", seed, m.name, err)
		}
		seed++
	}
	for kind, n := range all.kinds {
		if n == 0 {
			t.Errorf("no report of kind %d was seen", kind)
		}
	}
	for why, n := range all.reasons {
		if n == 0 {
			t.Errorf("the reason %q was never given", Reason(why).Code())
		}
	}
}

// compare runs both books over a number of inputs drawn from a seed.
func compare(rules Rules, seed uint64, run int, all *seen) error {
	w := newTwin(rules)
	b, err := New(rules)
	if err != nil {
		return err
	}
	f := newFlow(seed, w)
	public := newPublic()
	var reports []Report
	var before, after []byte
	for i := range run {
		in := f.draw()
		before = b.Export(before[:0])
		reports = b.Apply(&in, reports[:0])
		want := w.apply(&in)
		if !slices.Equal(reports, want) {
			return fmt.Errorf("input %d %+v\n gives %+v\n wants %+v", i, in, reports, want)
		}
		for _, r := range reports {
			all.kinds[r.Kind]++
			all.reasons[r.Reason]++
		}
		if reports[0].Kind == Refused {
			b.seq-- // The number of the report is all that a refusal may change.
			after = b.Export(after[:0])
			if len(reports) != 1 || !bytes.Equal(before, after) {
				return fmt.Errorf("input %d %+v is refused and changes something", i, in)
			}
			b.seq++
		}
		public.follow(reports)
		if w.phase == Collecting && f.one(10) {
			struck, err := compareStrike(b, w, f)
			if err != nil {
				return fmt.Errorf("after input %d: %w", i, err)
			}
			all.kinds[Struck] += len(struck)
			public.follow(struck)
		}
		if err := examine(b, w, public); err != nil {
			return fmt.Errorf("after input %d %+v: %w", i, in, err)
		}
		if i%50 == 49 {
			if b, err = exchangeFor(rules, b); err != nil {
				return fmt.Errorf("after input %d %+v: %w", i, in, err)
			}
		}
	}
	return nil
}

// exchangeFor gives a book that was made from the exported state of another.
func exchangeFor(rules Rules, b *Book) (*Book, error) {
	made, err := Import(rules, b.Export(nil))
	if err != nil {
		return nil, err
	}
	if made.Hash() != b.Hash() {
		return nil, fmt.Errorf("the imported book has another hash")
	}
	return made, nil
}

// examine compares the state of a book with its twin and with what the public has seen, and holds it to its invariants.
func examine(b *Book, w *twin, public *public) error {
	live := 0
	for s := range sides {
		live += len(w.side(s)) + len(w.waiting(s))
		if err := equalOrders(slices.Collect(b.Orders(s)), w.side(s)); err != nil {
			return fmt.Errorf("side %d: %w", s, err)
		}
		if err := equalOrders(slices.Collect(b.Stops(s)), w.waiting(s)); err != nil {
			return fmt.Errorf("stops of side %d: %w", s, err)
		}
		if err := public.same(b, s); err != nil {
			return fmt.Errorf("what the public sees of side %d: %w", s, err)
		}
	}
	last, traded := b.Last()
	if b.Live() != live || b.Reported() != w.seq || b.Phase() != w.phase || last != w.last || traded != w.traded {
		return fmt.Errorf("%d live, %d reports, phase %d, last %d, but %d, %d, %d, %d", b.Live(), b.Reported(), b.Phase(), last, live, w.seq, w.phase, w.last)
	}
	return sound(b)
}

func equalOrders(have []Order, want []*twinOrder) error {
	if len(have) != len(want) {
		return fmt.Errorf("%d orders, but %d", len(have), len(want))
	}
	for i, o := range want {
		if have[i] != o.Order {
			return fmt.Errorf("at %d stands %+v, but %+v should", i, have[i], o.Order)
		}
	}
	return nil
}

// sound checks what holds in every book: it is not crossed while it trades, a level is the sum of its orders, levels fall
// from the best on, the best is the first, and every order is found by its id.
func sound(b *Book) error {
	if b.Phase() == Continuous && b.crossed() {
		return fmt.Errorf("the book is crossed")
	}
	for s := range sides {
		levels := slices.Collect(b.Levels(s))
		best, some := b.Best(s)
		if some != (len(levels) > 0) || some && best != levels[0] {
			return fmt.Errorf("the best level of side %d is %+v of %+v", s, best, levels)
		}
		sums := make(map[int64]Level)
		for o := range b.Orders(s) {
			if found, ok := b.Find(o.ID); !ok || found != o || o.Shown <= 0 || o.Shown > o.Left || o.Left > o.Size {
				return fmt.Errorf("order %+v is found as %+v", o, found)
			}
			l := sums[o.Price]
			sums[o.Price] = Level{o.Price, l.Shown + o.Shown, l.Hidden + o.Left - o.Shown, l.Orders + 1}
		}
		if len(sums) != len(levels) {
			return fmt.Errorf("%d levels for the orders of %d prices", len(levels), len(sums))
		}
		for i, l := range levels {
			if l != sums[l.Price] {
				return fmt.Errorf("level %+v holds %+v", l, sums[l.Price])
			}
			if i > 0 && key(s, levels[i-1].Price) >= key(s, l.Price) {
				return fmt.Errorf("level %d stands before %d", levels[i-1].Price, l.Price)
			}
		}
	}
	return nil
}
