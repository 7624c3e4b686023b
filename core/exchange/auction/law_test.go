package auction_test

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sauda/core/exchange/auction"
)

// struck uncrosses books that were thrown, until one is struck, and gives it to a law.
func struck(t *rapid.T, d *drawn, law func(orders []auction.Order, r auction.Result)) {
	for range 40 {
		orders := d.book()
		r, err := auction.Uncross(orders, d.rule, d.ref)
		if err == nil && r.Outcome == auction.Struck {
			law(orders, r)
		}
	}
}

func uncrossed(t *rapid.T, orders []auction.Order, rule auction.Rule, ref auction.Reference) auction.Result {
	r, err := auction.Uncross(orders, rule, ref)
	if err != nil {
		t.Fatalf("%v of %s", err, say(orders))
	}
	return r
}

// TestConserved: both sides sum to the volume, nobody trades against his limit, and no order stays open while a worse one
// of its side is served.
func TestConserved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		struck(t, &d, func(orders []auction.Order, r auction.Result) {
			conserved(t, orders, r)
			got := map[uint64]int64{}
			for _, x := range r.Trades {
				buy, sell := orders[x.BuyOrder-1], orders[x.SellOrder-1]
				if buy.Side != auction.Buy || sell.Side != auction.Sell || buy.Party != x.Buyer || sell.Party != x.Seller {
					t.Fatalf("%+v names others than its orders", x)
				}
				got[x.BuyOrder] += x.Quantity
				got[x.SellOrder] += x.Quantity
			}
			for i, o := range orders {
				if got[o.ID] != r.Fills[i] {
					t.Fatalf("order %d has trades of %d and is filled by %d", o.ID, got[o.ID], r.Fills[i])
				}
				for j, worse := range orders {
					if o.Side == worse.Side && r.Fills[j] > 0 && better(o, worse) < 0 && r.Fills[i] < o.Quantity {
						t.Fatalf("order %d stays open, the worse %d is served: %s", i, j, say(orders))
					}
					if d.rule.Sharing == auction.ByTime && o.Side == worse.Side && i < j && better(o, worse) == 0 && r.Fills[j] > 0 && r.Fills[i] < o.Quantity {
						t.Fatalf("the younger order %d is served before %d: %s", j, i, say(orders))
					}
				}
			}
		})
	})
}

// TestMirror: with buyers and sellers changed and all prices negated, the same orders trade as much at the negated price.
func TestMirror(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		if len(d.rule.Ticks) > 1 {
			d.rule.Ticks = every(2)
		}
		mirrored := d.rule
		mirrored.Tie = auction.TieHigh - d.rule.Tie
		switch d.rule.Fallback {
		case auction.FallbackLowest:
			mirrored.Fallback = auction.FallbackHighest
		case auction.FallbackHighest:
			mirrored.Fallback = auction.FallbackLowest
		}
		struck(t, &d, func(orders []auction.Order, r auction.Result) {
			turned := slices.Clone(orders)
			for i := range turned {
				turned[i].Side = auction.Buy + auction.Sell - orders[i].Side
				turned[i].Limit = -orders[i].Limit
			}
			ref := d.ref
			ref.Price = -ref.Price
			m := uncrossed(t, turned, mirrored, ref)
			if m.Price != -r.Price || m.Volume != r.Volume || m.Surplus != -r.Surplus || !slices.Equal(m.Fills, r.Fills) {
				t.Fatalf("%+v, and in the mirror %+v: %s", r, m, say(orders))
			}
			for i, x := range m.Trades {
				x.Buyer, x.Seller, x.BuyOrder, x.SellOrder, x.Price = x.Seller, x.Buyer, x.SellOrder, x.BuyOrder, -x.Price
				if x != r.Trades[i] {
					t.Fatalf("trade %d is %+v, and in the mirror %+v", i, r.Trades[i], m.Trades[i])
				}
			}
		})
	})
}

// TestScale: with all prices and all quantities so many times as large, so are the price and the volume.
func TestScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		prices, quantities := rapid.Int64Range(2, 1000).Draw(t, "prices"), rapid.Int64Range(2, 1000).Draw(t, "quantities")
		scaled := d.rule
		if scaled.Ticks = every(prices); d.rule.Ticks != nil {
			scaled.Ticks = slices.Clone(d.rule.Ticks)
			for i := range scaled.Ticks {
				scaled.Ticks[i].From *= prices
				scaled.Ticks[i].Step *= prices
			}
		}
		struck(t, &d, func(orders []auction.Order, r auction.Result) {
			large := slices.Clone(orders)
			for i := range large {
				large[i].Limit *= prices
				large[i].Quantity *= quantities
			}
			ref := d.ref
			ref.Price *= prices
			l := uncrossed(t, large, scaled, ref)
			if l.Price != r.Price*prices || l.Volume != r.Volume*quantities || l.Surplus != r.Surplus*quantities {
				t.Fatalf("%+v, %d and %d times as large %+v: %s", r, prices, quantities, l, say(orders))
			}
			for i := range orders {
				if d.rule.Sharing == auction.ByTime && l.Fills[i] != r.Fills[i]*quantities {
					t.Fatalf("fills %v, and %d times as large %v", r.Fills, quantities, l.Fills)
				}
			}
		})
	})
}

// TestPermutation: orders that do not stand in one queue may come in any order: nothing changes, neither the price nor
// what anybody gets.
func TestPermutation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		struck(t, &d, func(orders []auction.Order, r auction.Result) {
			shuffled := slices.Clone(orders)
			d.dice.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			queue := func(a, b auction.Order) bool { return a.Side == b.Side && better(a, b) == 0 }
			// Within one queue they stand as before.
			taken := map[uint64]bool{}
			for i := range shuffled {
				of := shuffled[i]
				for _, o := range orders {
					if queue(o, of) && !taken[o.ID] {
						shuffled[i], taken[o.ID] = o, true
						break
					}
				}
			}
			p := uncrossed(t, shuffled, d.rule, d.ref)
			if p.Indication != r.Indication || !reflect.DeepEqual(p.Trades, r.Trades) {
				t.Fatalf("%+v, in another order %+v: %s", r, p, say(orders))
			}
		})
	})
}

// TestSplit: an order that comes in two parts changes neither the price nor the volume, nor, by time, what it gets.
func TestSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		struck(t, &d, func(orders []auction.Order, r auction.Result) {
			i := d.dice.IntN(len(orders))
			if orders[i].Quantity < 2 {
				return
			}
			first, second := orders[i], orders[i]
			first.Quantity = 1 + d.dice.Int64N(orders[i].Quantity-1)
			second.Quantity -= first.Quantity
			s := uncrossed(t, slices.Replace(slices.Clone(orders), i, i+1, first, second), d.rule, d.ref)
			if s.Indication != r.Indication {
				t.Fatalf("%+v, with order %d in two parts %+v: %s", r, i, s, say(orders))
			}
			if d.rule.Sharing == auction.ByTime && s.Fills[i]+s.Fills[i+1] != r.Fills[i] {
				t.Fatalf("order %d gets %d, in two parts %d and %d", i, r.Fills[i], s.Fills[i], s.Fills[i+1])
			}
		})
	})
}

// TestTicks: the floor and the ceiling of a price are the allowed ones around it.
func TestTicks(t *testing.T) {
	for _, ticks := range []auction.Ticks{nil, every(1), every(7), {{From: -4, Step: 1}, {From: 4, Step: 2}, {From: 10, Step: 3}}, {{From: 5, Step: 5}, {From: 20, Step: 10}}} {
		if err := ticks.Check(); err != nil {
			t.Fatalf("%v: %v", ticks, err)
		}
		for p := int64(-priceEdge + 12); p <= priceEdge-12; p++ {
			floor, ceil := p, p
			for !onGrid(ticks, floor) {
				floor--
			}
			for !onGrid(ticks, ceil) {
				ceil++
			}
			if ticks.Floor(p) != floor || ticks.Ceil(p) != ceil || ticks.Holds(p) != (floor == ceil) {
				t.Errorf("%v: %d is between %d and %d, and not %d and %d", ticks, p, floor, ceil, ticks.Floor(p), ticks.Ceil(p))
			}
		}
	}
	for _, ticks := range []auction.Ticks{every(0), every(-1), {{From: 0, Step: 2}, {From: 3, Step: 1}}, {{From: 4, Step: 1}, {From: 4, Step: 2}}, {{From: 4, Step: 1}, {From: 0, Step: 1}}} {
		if ticks.Check() == nil {
			t.Errorf("%v is taken", ticks)
		}
	}
}

// TestWideBooks: books whose prices are near together or far apart are put in line alike.
func TestWideBooks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.SampledFrom([]int64{1, 5, 2046, 2047, 2048, 1 << 22, 1<<43 + 7, 1<<44 - 2, 1<<44 - 1, 1 << 44, 1 << 50}).Draw(t, "width")
		d := draw(t)
		orders := make([]auction.Order, rapid.IntRange(0, 200).Draw(t, "n"))
		for i := range orders {
			o := auction.Order{ID: uint64(i + 1), Side: auction.Side(1 + d.dice.IntN(2)), Quantity: 1 + d.dice.Int64N(9), Class: uint8(d.dice.IntN(2) * d.dice.IntN(256))}
			if o.Market = d.dice.IntN(6) == 0; !o.Market {
				o.Limit = []int64{-width / 2, width - width/2, d.dice.Int64N(width+1) - width/2}[d.dice.IntN(3)]
			}
			orders[i] = o
		}
		r := uncrossed(t, orders, auction.Rule{}, auction.Ref(0))
		conserved(t, orders, r)
		for i, o := range orders {
			for j, other := range orders {
				if o.Side == other.Side && r.Fills[j] > 0 && r.Fills[i] < o.Quantity && (better(o, other) < 0 || better(o, other) == 0 && i < j) {
					t.Fatalf("order %d stays open, %d behind it is served: %s", i, j, say(orders))
				}
			}
		}
		if demand, supply := both(orders, r.Price); r.Outcome == auction.Struck && (r.Volume != min(demand, supply) || r.Surplus != demand-supply) {
			t.Fatalf("%+v, by adding up %d and %d", r.Indication, demand, supply)
		}
	})
}
