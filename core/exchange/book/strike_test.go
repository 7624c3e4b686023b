package book

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// strike is what the obvious book does with the trades of an auction.
func (w *twin) strike(price int64, pairs []Pair) []Report {
	w.out, w.verb, w.waited = nil, Turn, make(map[uint64]bool)
	for _, p := range pairs {
		for _, id := range [2]uint64{p.Buy, p.Sell} {
			o := w.find(id)
			if o == nil {
				continue
			}
			o.Left -= p.Qty
			o.Shown = o.peak()
			w.say(Report{ID: id, Other: p.Buy + p.Sell - id, Price: price, Qty: p.Qty, Left: o.Left, Shown: o.Shown, Kind: Struck, Side: o.Side})
			if o.Left == 0 {
				w.remove(o)
			}
		}
		w.last, w.traded, w.lately = price, true, Buy
	}
	return w.out
}

// drawStrike pairs the best of both sides at a price between them, as far as a drawn quantity goes; sometimes with an
// order that stands elsewhere.
func (f *flow) drawStrike(w *twin) (price int64, pairs []Pair) {
	bids, asks := w.side(Buy), w.side(Sell)
	if len(bids) == 0 || len(asks) == 0 || bids[0].Price < asks[0].Price {
		return 0, nil
	}
	price = asks[0].Price
	taken := make(map[uint64]int64)
	for _, bid := range bids {
		for _, ask := range asks {
			n := min(bid.Left-taken[bid.ID], ask.Left-taken[ask.ID])
			if n == 0 || bid.Price < price || ask.Price > price || f.one(4) {
				continue
			}
			p := Pair{Buy: bid.ID, Sell: ask.ID, Qty: n}
			if f.one(6) {
				p.Sell = 1 << 60
			} else {
				taken[ask.ID] += n
			}
			taken[bid.ID] += n
			pairs = append(pairs, p)
		}
	}
	return price, pairs
}

// compareStrike holds an auction over both books, and one that asks too much of the fast one.
func compareStrike(b *Book, w *twin, f *flow) ([]Report, error) {
	price, pairs := f.drawStrike(w)
	if len(pairs) > 0 {
		before := b.Hash()
		wild := slices.Clone(pairs)
		wild[len(wild)-1].Qty += 1 << 50
		if _, err := b.Strike(price, wild, nil); !errors.Is(err, ErrStrike) || b.Hash() != before {
			return nil, fmt.Errorf("a strike of %+v is %v", wild, err)
		}
	}
	reports, err := b.Strike(price, pairs, nil)
	if want := w.strike(price, pairs); err != nil || !slices.Equal(reports, want) {
		return nil, fmt.Errorf("a strike at %d of %+v gives %v\n %+v\n wants %+v", price, pairs, err, reports, want)
	}
	return reports, nil
}

// TestStrikeInACallOnly: nothing is struck while the book trades or is halted.
func TestStrikeInACallOnly(t *testing.T) {
	b, err := New(Rules{})
	if err != nil {
		t.Fatal(err)
	}
	b.Apply(&Input{ID: 1, Price: 10, Qty: 1}, nil)
	for _, phase := range []Phase{Continuous, Halted} {
		b.Apply(&Input{Verb: Turn, Phase: phase}, nil)
		if _, err := b.Strike(10, []Pair{{Buy: 1, Sell: 2, Qty: 1}}, nil); !errors.Is(err, ErrStrike) {
			t.Errorf("in phase %d: %v", phase, err)
		}
	}
}
