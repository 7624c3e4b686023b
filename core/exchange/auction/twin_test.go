package auction_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/money"
	"sauda/core/exchange/auction"
)

// The obvious twin of a call auction: every price is looked at, one after the other, by adding up all orders.

// priceEdge bounds the prices of random books.
const priceEdge = 40

func onGrid(t auction.Ticks, p int64) bool {
	if len(t) == 0 {
		return true
	}
	band := t[0]
	for _, b := range t {
		if b.From <= p {
			band = b
		}
	}
	return (p-band.From)%band.Step == 0
}

// every gives the ticks of a market with one step.
func every(step int64) auction.Ticks { return auction.Ticks{{Step: step}} }

func grid(t auction.Ticks) (all []int64) {
	for p := int64(-priceEdge); p <= priceEdge; p++ {
		if onGrid(t, p) {
			all = append(all, p)
		}
	}
	return all
}

func meets(o auction.Order, p int64) bool {
	return o.Market || o.Side == auction.Buy && o.Limit >= p || o.Side == auction.Sell && o.Limit <= p
}

func both(orders []auction.Order, p int64) (demand, supply int64) {
	for _, o := range orders {
		if meets(o, p) && o.Side == auction.Buy {
			demand += o.Quantity
		} else if meets(o, p) {
			supply += o.Quantity
		}
	}
	return demand, supply
}

// twinPrice finds the price by looking at all of them. It is not found where nobody meets.
func twinPrice(orders []auction.Order, r auction.Rule, ref auction.Reference) (price int64, found bool) {
	var limits []int64
	for _, o := range orders {
		if !o.Market {
			limits = append(limits, o.Limit)
		}
	}
	atReference := func() (int64, bool) {
		demand, supply := both(orders, ref.Price)
		return ref.Price, demand > 0 && supply > 0 && (ref.Known || r.Candidates != auction.AtCrossed)
	}
	if len(limits) == 0 {
		return atReference()
	}
	if r.Candidates == auction.AtCrossed {
		within := func(p int64) bool { // Some limit to buy is not below it, some limit to sell not above.
			bid := slices.ContainsFunc(orders, func(o auction.Order) bool { return !o.Market && o.Side == auction.Buy && o.Limit >= p })
			return bid && slices.ContainsFunc(orders, func(o auction.Order) bool { return !o.Market && o.Side == auction.Sell && o.Limit <= p })
		}
		if limits = slices.DeleteFunc(limits, func(p int64) bool { return !within(p) }); len(limits) == 0 {
			return atReference()
		}
	}
	prices := grid(r.Ticks)
	low, high := slices.Index(prices, slices.Min(limits)), slices.Index(prices, slices.Max(limits))
	switch r.Candidates {
	case auction.AtLimits, auction.AtCrossed:
		prices = slices.DeleteFunc(prices, func(p int64) bool { return !slices.Contains(limits, p) })
	case auction.AtReference:
		prices = slices.DeleteFunc(prices, func(p int64) bool { return !slices.Contains(limits, p) && (!ref.Known || p != ref.Price) })
	case auction.AtTicks:
		prices = prices[low : high+1]
	case auction.AtBeyond:
		prices = prices[low-1 : high+2]
	}
	var most, least int64
	for _, p := range prices {
		demand, supply := both(orders, p)
		most = max(most, min(demand, supply))
	}
	if most == 0 {
		return 0, false
	}
	prices = slices.DeleteFunc(prices, func(p int64) bool { d, s := both(orders, p); return min(d, s) < most })
	least = 1 << 60
	for _, p := range prices {
		demand, supply := both(orders, p)
		least = min(least, max(demand-supply, supply-demand))
	}
	prices = slices.DeleteFunc(prices, func(p int64) bool { d, s := both(orders, p); return max(d-s, s-d) > least })
	return twinChoice(orders, prices, r, ref), true
}

// twinChoice decides between prices of one volume and one surplus.
func twinChoice(orders []auction.Order, prices []int64, r auction.Rule, ref auction.Reference) int64 {
	var buyers, sellers []int64
	for _, p := range prices {
		if d, s := both(orders, p); d > s {
			buyers = append(buyers, p)
		} else if d < s {
			sellers = append(sellers, p)
		}
	}
	low, high := slices.Min(prices), slices.Max(prices)
	between := func(yes func(p int64) bool) (all []int64) {
		for _, p := range grid(r.Ticks) {
			if p >= low && p <= high && yes(p) {
				all = append(all, p)
			}
		}
		return all
	}
	// bound is the price nearest to the cap, all multiplied by a million and two; of two the one that is farther away.
	bound := func(direction int64) int64 {
		exact := ref.Price*2_000_000 + direction*max(ref.Price, -ref.Price)*int64(r.Cap)*2
		return slices.MinFunc(grid(r.Ticks), func(a, b int64) int {
			far := func(p int64) int64 { return max(2_000_000*p-exact, exact-2_000_000*p) }
			return cmp.Or(cmp.Compare(far(a), far(b)), cmp.Compare(-direction*a, -direction*b))
		})
	}
	capped := r.Pressure == auction.PressureCap && ref.Known
	if r.Pressure != auction.PressureNone && len(buyers) == len(prices) {
		if !capped {
			return high
		}
		return slices.Max(append(between(func(p int64) bool { return p <= bound(1) }), low))
	}
	if r.Pressure != auction.PressureNone && len(sellers) == len(prices) {
		if !capped {
			return low
		}
		return slices.Min(append(between(func(p int64) bool { return p >= bound(-1) }), high))
	}
	if r.Around && len(buyers) > 0 && len(sellers) > 0 {
		low, high = slices.Max(buyers), slices.Min(sellers)
		prices = []int64{low, high}
	}
	to := 2 * ref.Price // Twice the price to which the nearest is sought, so that the middle is a whole number too.
	switch {
	case ref.Known && r.Choice == auction.ChoiceWithin:
		prices = between(func(int64) bool { return true })
	case ref.Known:
	case r.Fallback == auction.FallbackLowest:
		return low
	case r.Fallback == auction.FallbackHighest:
		return high
	default:
		prices = between(func(int64) bool { return true })
		to = low + high
	}
	return slices.MinFunc(prices, func(a, b int64) int {
		far := func(p int64) int64 { return max(2*p-to, to-2*p) }
		if r.Tie == auction.TieHigh {
			return cmp.Or(cmp.Compare(far(a), far(b)), cmp.Compare(b, a))
		}
		return cmp.Or(cmp.Compare(far(a), far(b)), cmp.Compare(a, b))
	})
}

// better compares two orders of one side: below zero when a comes before b.
func better(a, b auction.Order) int {
	switch {
	case a.Market != b.Market && a.Market:
		return -1
	case a.Market != b.Market:
		return 1
	case !a.Market && a.Limit != b.Limit && (a.Side == auction.Buy) == (a.Limit > b.Limit):
		return -1
	case !a.Market && a.Limit != b.Limit:
		return 1
	}
	return cmp.Compare(a.Class, b.Class)
}

// twinFills serves one side by one unit at a time (ByTime), or the last group by its shares (ProRata).
func twinFills(orders []auction.Order, side auction.Side, volume int64, r auction.Rule, fills []int64) {
	for volume > 0 {
		best := -1
		for i, o := range orders {
			if o.Side == side && fills[i] < o.Quantity && (best < 0 || better(o, orders[best]) < 0) {
				best = i
			}
		}
		if r.Sharing == auction.ByTime {
			fills[best]++
			volume--
			continue
		}
		var group []int
		var wanted int64
		for i, o := range orders {
			if o.Side == side && better(o, orders[best]) == 0 {
				group = append(group, i)
				wanted += o.Quantity
			}
		}
		amount := min(volume, wanted)
		left := amount
		for _, i := range group {
			fills[i] = amount * orders[i].Quantity / wanted
			left -= fills[i]
		}
		slices.SortStableFunc(group, func(a, b int) int {
			return cmp.Compare(amount*orders[b].Quantity%wanted, amount*orders[a].Quantity%wanted)
		})
		for _, i := range group[:left] {
			fills[i]++
		}
		volume -= amount
	}
}

// drawn are a rule, a reference and the seeds of books.
type drawn struct {
	rule auction.Rule
	ref  auction.Reference
	dice *rand.Rand
}

func draw(t *rapid.T) drawn {
	ticks := rapid.SampledFrom([]auction.Ticks{nil, every(1), every(2), every(3), {{From: -4, Step: 1}, {From: 4, Step: 2}, {From: 10, Step: 3}}}).Draw(t, "ticks")
	d := drawn{dice: rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))}
	d.rule = auction.Rule{
		Name: "drawn", Ticks: ticks,
		Candidates: auction.Candidates(rapid.IntRange(0, int(auction.AtReference)).Draw(t, "candidates")),
		Pressure:   auction.Pressure(rapid.IntRange(0, 2).Draw(t, "pressure")),
		Choice:     auction.Choice(rapid.IntRange(0, 1).Draw(t, "choice")),
		Around:     rapid.Bool().Draw(t, "around"),
		Tie:        auction.Tie(rapid.IntRange(0, 1).Draw(t, "tie")),
		Fallback:   auction.Fallback(rapid.IntRange(0, 2).Draw(t, "fallback")),
		Markets:    auction.Markets(rapid.IntRange(0, 1).Draw(t, "markets")),
		Sharing:    auction.Sharing(rapid.IntRange(0, 1).Draw(t, "sharing")),
	}
	if d.rule.Pressure == auction.PressureCap {
		d.rule.Cap = money.Percent(rapid.Int64Range(1, 40).Draw(t, "cap"))
	}
	return d
}

// book throws a small book, dense in prices so that everything ties with something, and a reference or none.
func (d *drawn) book() []auction.Order {
	prices := grid(d.rule.Ticks)
	prices = prices[slices.IndexFunc(prices, func(p int64) bool { return p >= -8 }):]
	prices = prices[:2+d.dice.IntN(12)]
	d.ref = auction.Reference{}
	if d.dice.IntN(4) > 0 {
		d.ref = auction.Ref(prices[d.dice.IntN(len(prices))])
	}
	orders := make([]auction.Order, d.dice.IntN(10))
	for i := range orders {
		o := auction.Order{ID: uint64(i + 1), Party: auction.Party('A' + rune(d.dice.IntN(4))), Side: auction.Side(1 + d.dice.IntN(2)), Quantity: 1 + d.dice.Int64N(6)}
		if o.Market = d.dice.IntN(6) == 0; !o.Market {
			o.Limit = prices[d.dice.IntN(len(prices))]
		}
		o.Class = uint8(d.dice.IntN(8) / 7)
		orders[i] = o
	}
	return orders
}

// booksEach is how many books one case of a property throws; rapid makes a hundred cases in a normal run.
const booksEach = 600

// TestAgainstBruteForce: sixty thousand random books under random rules have the price, the volume, the surplus and the
// allocation that a walk over every tick finds.
func TestAgainstBruteForce(t *testing.T) {
	struck := 0
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		for range booksEach {
			orders := d.book()
			got, err := auction.Uncross(orders, d.rule, d.ref)
			price, found := twinPrice(orders, d.rule, d.ref)
			alone := !slices.ContainsFunc(orders, func(o auction.Order) bool { return !o.Market })
			if found && alone && !d.ref.Known && d.rule.Candidates != auction.AtCrossed {
				if err == nil {
					t.Fatalf("market orders alone have a price without a reference: %+v", got)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%v of %s", err, say(orders))
			}
			demand, supply := both(orders, price)
			var markets int64
			for _, side := range []auction.Side{auction.Buy, auction.Sell} {
				var n int64
				for _, o := range orders {
					if o.Market && o.Side == side {
						n += o.Quantity
					}
				}
				markets = max(markets, n)
			}
			want := auction.Apart
			switch {
			case found && d.rule.Markets == auction.MarketsWhole && markets > min(demand, supply):
				want = auction.MarketsLeft
			case found:
				want = auction.Struck
				struck++
			}
			if got.Outcome != want {
				t.Fatalf("%s instead of %s: %s", got.Outcome, want, say(orders))
			}
			if want != auction.Struck {
				if got.Volume != 0 || got.Surplus != 0 || got.Trades != nil {
					t.Fatalf("nothing was struck, and yet %+v", got)
				}
				continue
			}
			if got.Price != price || got.Volume != min(demand, supply) || got.Surplus != demand-supply {
				t.Fatalf("price %d, volume %d, surplus %d; every tick says %d, %d, %d: %+v ref %v of %s", got.Price, got.Volume, got.Surplus,
					price, min(demand, supply), demand-supply, d.rule, d.ref, say(orders))
			}
			fills := make([]int64, len(orders))
			twinFills(orders, auction.Buy, got.Volume, d.rule, fills)
			twinFills(orders, auction.Sell, got.Volume, d.rule, fills)
			if !slices.Equal(fills, got.Fills) {
				t.Fatalf("fills %v, one unit at a time gives %v: %s", got.Fills, fills, say(orders))
			}
		}
	})
	if struck < 100*booksEach/2 {
		t.Errorf("only %d of the books were struck: the property looks at too little", struck)
	}
}

func say(orders []auction.Order) (s string) {
	for _, o := range orders {
		s += fmt.Sprintf("\n%+v", o)
	}
	return s
}

// TestIndication: what is published is what the auction then gives, and the best prices of both sides.
func TestIndication(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		for range 20 {
			orders := d.book()
			before := slices.Clone(orders)
			shown, err := auction.Indicate(orders, d.rule, d.ref)
			held, err2 := auction.Uncross(orders, d.rule, d.ref)
			if shown != held.Indication || (err == nil) != (err2 == nil) || !reflect.DeepEqual(before, orders) {
				t.Fatalf("shown %+v %v, held %+v %v", shown, err, held, err2)
			}
			var bid, ask auction.Best
			for _, o := range orders {
				best, ahead := &bid, !o.Market && o.Limit > bid.Price
				if o.Side == auction.Sell {
					best, ahead = &ask, !o.Market && o.Limit < ask.Price
				}
				switch {
				case o.Market:
				case best.Quantity == 0 || ahead:
					*best = auction.Best{Price: o.Limit, Quantity: o.Quantity}
				case o.Limit == best.Price:
					best.Quantity += o.Quantity
				}
			}
			if err == nil && (shown.Bid != bid || shown.Ask != ask) {
				t.Fatalf("best %+v and %+v, the book has %+v and %+v", shown.Bid, shown.Ask, bid, ask)
			}
		}
	})
}
