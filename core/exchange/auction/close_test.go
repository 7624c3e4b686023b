package auction_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sauda/core/exchange/auction"
)

// TestMatchAt: at a price that stands, as much is traded as both sides take it, by priority, whatever else stands in the
// book.
func TestMatchAt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		prices := grid(d.rule.Ticks)
		for range 100 {
			orders := d.book()
			price := prices[len(prices)/2-6+d.dice.IntN(12)]
			demand, supply := both(orders, price)
			got, err := auction.MatchAt(price, orders, d.rule)
			if err != nil {
				t.Fatalf("%v", err)
			}
			if want := min(demand, supply); got.Volume != want || (got.Outcome == auction.Struck) != (want > 0) || want > 0 && (got.Price != price || got.Surplus != demand-supply) {
				t.Fatalf("%+v; %d ask for it at %d and %d offer it", got.Indication, demand, price, supply)
			}
			conserved(t, orders, got)
			fills := make([]int64, len(orders))
			twinFills(orders, auction.Buy, got.Volume, d.rule, fills)
			twinFills(orders, auction.Sell, got.Volume, d.rule, fills)
			if !slices.Equal(fills, got.Fills) {
				t.Fatalf("fills %v, one unit at a time gives %v: %s", got.Fills, fills, say(orders))
			}
		}
	})
	for name, c := range map[string]struct {
		price  int64
		orders []auction.Order
		rule   auction.Rule
		want   error
	}{
		"between two steps":   {7, nil, auction.Rule{Ticks: every(5)}, auction.ErrTick},
		"an order of nothing": {5, []auction.Order{buy(5, 0)}, auction.Rule{}, auction.ErrBook},
		"no rule":             {5, nil, auction.Rule{Tie: 7}, auction.ErrRule},
		"a value":             {5, []auction.Order{buy(5, math.MaxInt64), sell(5, math.MaxInt64)}, auction.Rule{}, auction.ErrOverflow},
	} {
		if _, err := auction.MatchAt(c.price, c.orders, c.rule); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
