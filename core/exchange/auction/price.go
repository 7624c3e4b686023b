package auction

import (
	"math"

	"sauda/base/money"
)

// stretch is a run of prices at which the same is asked and offered.
type stretch struct {
	low, high int64
	surplus   int64
}

// climb walks up the prices of a book and keeps the stretches with the largest volume and, of those, the smallest
// surplus.
type climb struct {
	kept      []stretch
	volume    int64
	surplus   int64
	low, high int64 // low and high bound what is looked at.
}

func (c *climb) look(low, high, demand, supply int64) {
	volume, surplus := min(demand, supply), distance(demand, supply)
	if low > high || low < c.low || high > c.high || volume < c.volume || volume == 0 || volume == c.volume && surplus > c.surplus {
		return
	}
	if volume > c.volume || surplus < c.surplus {
		c.kept, c.volume, c.surplus = c.kept[:0], volume, surplus
	}
	c.kept = append(c.kept, stretch{low, high, demand - supply})
}

// equal gives the candidates that volume and surplus do not tell apart, from the lowest price to the highest. There are
// none when nobody meets, or when nobody has named a limit.
//
// What is asked and offered changes only where somebody has a limit. So the prices between two limits are one stretch,
// however many ticks they are, and a walk over the limits sees every tick.
func (b *frozen) equal(rule Rule, ref Reference, bid, ask Best) []stretch {
	c := climb{low: noPrice, high: math.MaxInt64}
	if rule.Candidates == AtCrossed {
		if bid.Quantity == 0 || ask.Quantity == 0 {
			return nil
		}
		c.low, c.high = ask.Price, bid.Price
	}
	buys, sells := b.buys.orders, b.sells.orders
	// The buyers' line is walked from its end, the lowest limit, and the sellers' from the first limit after the market.
	buyer, seller := len(buys)-1, 0
	for seller < len(sells) && sells[seller].key == noPrice {
		seller++
	}
	demand, supply := b.buys.total, b.sells.market
	var last int64
	extra := ref.Known && rule.Candidates == AtReference
	for first := true; ; first = false {
		price, more := lowest(buys, buyer, sells, seller)
		if extra && (!more || ref.Price <= price) {
			price, more, extra = ref.Price, true, false
		}
		switch {
		case !more && first:
			return nil
		case !more:
			if rule.Candidates == AtBeyond {
				c.look(rule.Ticks.above(last), rule.Ticks.above(last), demand, supply)
			}
			return c.kept
		case first && rule.Candidates == AtBeyond:
			c.look(rule.Ticks.below(price), rule.Ticks.below(price), demand, supply)
		case !first && (rule.Candidates == AtTicks || rule.Candidates == AtBeyond) && price-last > 1:
			c.look(rule.Ticks.above(last), rule.Ticks.below(price), demand, supply)
		}
		for seller < len(sells) && sells[seller].key == price {
			supply += sells[seller].quantity
			seller++
		}
		c.look(price, price, demand, supply)
		for buyer >= 0 && buys[buyer].key == -price {
			demand -= buys[buyer].quantity
			buyer--
		}
		last = price
	}
}

// lowest gives the next higher limit of either side.
func lowest(buys []ranked, buyer int, sells []ranked, seller int) (price int64, more bool) {
	if buyer >= 0 && buys[buyer].key != noPrice {
		price, more = -buys[buyer].key, true
	}
	if seller < len(sells) && (!more || sells[seller].key < price) {
		price, more = sells[seller].key, true
	}
	return price, more
}

// settle chooses between candidates that volume and surplus do not tell apart: by pressure, then by the reference.
func (r Rule) settle(equal []stretch, ref Reference) (int64, error) {
	low, high := equal[0], equal[len(equal)-1]
	switch { // What is open falls as the price rises: the ends say what lies between.
	case r.Pressure != PressureNone && high.surplus > 0:
		return r.pressed(high.high, low.low, ref), nil
	case r.Pressure != PressureNone && low.surplus < 0:
		return r.pressed(low.low, high.high, ref), nil
	case r.Around && low.surplus > 0 && high.surplus < 0:
		i := 1
		for equal[i].surplus > 0 {
			i++
		}
		below, above := equal[i-1].high, equal[i].low
		equal = []stretch{{low: below, high: below}, {low: above, high: above}}
	}
	return r.refer(equal, ref)
}

// pressed gives the price to which pressure drives: the far end, or as far as the cap lets it, and never less far than
// the near end. The cap itself is the allowed price that is nearest to it, and of two the one that is farther away, as
// the examples of the source have it.
func (r Rule) pressed(far, near int64, ref Reference) int64 {
	if r.Pressure != PressureCap || !ref.Known {
		return far
	}
	away := int64(magnitude(ref.Price))
	width, _ := money.MulDiv(away, int64(r.Cap), int64(money.One), money.Down) // A cap is at most the whole.
	rest := away*int64(r.Cap) - width*int64(money.One)                         // Less than the whole, also where both overflow.
	if far > near {
		return clamped(r.Ticks.nearest(ref.Price+width, rest, int64(money.One), TieHigh), near, far)
	}
	bound := ref.Price - width
	if rest > 0 {
		bound, rest = bound-1, int64(money.One)-rest
	}
	return clamped(r.Ticks.nearest(bound, rest, int64(money.One), TieLow), far, near)
}

// refer lets the reference decide, or what stands in for it.
func (r Rule) refer(equal []stretch, ref Reference) (int64, error) {
	low, high := equal[0].low, equal[len(equal)-1].high
	if low == high {
		return low, nil
	}
	if ref.Known && r.Choice == ChoiceWithin {
		return clamped(ref.Price, low, high), nil
	}
	if ref.Known {
		return r.nearest(equal, ref.Price), nil
	}
	switch r.Fallback {
	case FallbackLowest:
		return low, nil
	case FallbackHighest:
		return high, nil
	case FallbackRefuse:
		return 0, ErrReference.About("%d to %d are equal", low, high)
	}
	return r.Ticks.middle(low, high, r.Tie), nil
}

func (r Rule) nearest(equal []stretch, to int64) int64 {
	best := clamped(to, equal[0].low, equal[0].high)
	for _, s := range equal[1:] {
		p := clamped(to, s.low, s.high)
		switch near, far := distance(p, to), distance(best, to); {
		case near < far, near == far && r.Tie == TieHigh:
			best = p
		}
	}
	return best
}

// prorated shares a volume by the quantities of orders, which have more than that together.
func prorated(volume int64, group []ranked) []int64 {
	weights := make([]int64, len(group))
	for i, r := range group {
		weights[i] = r.quantity
	}
	return shared(volume, weights)
}

// shared splits an amount by weights and loses nothing.
func shared(amount int64, weights []int64) []int64 {
	parts := make([]int64, len(weights))
	for i, part := range (money.Money{Minor: amount}).Split(weights) {
		parts[i] = part.Minor
	}
	return parts
}
