package book

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestLadder: levels inside and outside the window stand in one order, the best and the worst are known, and an order finds
// its level, whatever keys come and go.
func TestLadder(t *testing.T) {
	for seed := range uint64(60) {
		dice := rand.New(rand.NewPCG(seed, 1))
		unit, window := int64(1+4*(seed%2)), int64(64)<<(seed%3*4)
		l := newLadder(unit, window)
		where := make(map[int64]int32)
		near := int64(100)
		for range 1500 {
			near += dice.Int64N(41) - 20
			k := unit * (near + dice.Int64N(2*window) - window)
			if dice.IntN(20) == 0 {
				k = unit * (dice.Int64N(1<<50) - 1<<49)
			}
			if keys := slices.Collect(keysOf(where)); len(keys) > 0 && (dice.IntN(100) < 45 || dice.IntN(300) == 0) {
				slices.Sort(keys)
				if dice.IntN(2) == 0 {
					k = keys[0]
				} else {
					k = keys[dice.IntN(len(keys))]
				}
			}
			if tick, there := where[k]; there {
				lv := l.level(tick, k)
				if lv.shown != k {
					t.Fatalf("seed %d: the level of %d is that of %d", seed, k, lv.shown)
				}
				*lv = level{}
				l.close(lv, tick, k)
				delete(where, k)
			} else {
				lv, tick := l.open(k)
				if lv.count != 0 {
					t.Fatalf("seed %d: the new level of %d has orders", seed, k)
				}
				lv.count, lv.shown = 1, k
				where[k] = tick
			}
			sameKeys(t, &l, where)
		}
	}
}

func keysOf(where map[int64]int32) func(func(int64) bool) {
	return func(yield func(int64) bool) {
		for k := range where {
			if !yield(k) {
				return
			}
		}
	}
}

func sameKeys(t *testing.T, l *ladder, where map[int64]int32) {
	t.Helper()
	keys := slices.Sorted(keysOf(where))
	if len(keys) == 0 {
		if l.best != nil || l.last() != nil {
			t.Fatal("an empty ladder has levels")
		}
		return
	}
	if l.best == nil || l.key != keys[0] || l.best.shown != keys[0] || l.last() == nil || l.last().shown != keys[len(keys)-1] {
		t.Fatalf("the best is %d of %v", l.key, keys)
	}
	w := walk{l: l}
	for _, want := range keys {
		if lv, k := w.next(); lv == nil || k != want || lv.shown != want {
			t.Fatalf("%d comes instead of %d", k, want)
		}
	}
	if lv, k := w.next(); lv != nil {
		t.Fatalf("%d comes behind all", k)
	}
}
