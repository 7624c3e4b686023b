package auction

import (
	"math"
	"slices"

	"sauda/base/fault"
)

// Ticks are the prices that are allowed, by bands that rise: from each From on, every Step. Below the first band its own
// step goes on. None means that every whole number is a price.
type Ticks []Band

// Band is a part of the prices with one step.
type Band struct {
	From int64 // From is itself a price of the band, and of the band below it.
	Step int64
}

// Check refuses bands that do not rise, that have no step, or that begin beside the steps of the band below.
func (t Ticks) Check() error {
	for i, b := range t {
		if b.Step < 1 || b.Step > priceMax || magnitude(b.From) > priceMax {
			return ErrRule.About("band %d: a step of %d from %d", i, b.Step, b.From)
		}
		if i > 0 && (b.From <= t[i-1].From || (b.From-t[i-1].From)%t[i-1].Step != 0) {
			return ErrRule.About("band %d from %d does not follow the steps of the one below", i, b.From)
		}
	}
	return nil
}

// Floor gives the highest allowed price that is not above a price.
func (t Ticks) Floor(price int64) int64 {
	b := t.band(price)
	rest := (price - b.From) % b.Step
	if rest < 0 {
		rest += b.Step
	}
	return price - rest
}

// Ceil gives the lowest allowed price that is not below a price.
func (t Ticks) Ceil(price int64) int64 {
	floor := t.Floor(price)
	if floor == price {
		return price
	}
	return t.above(floor)
}

// Holds says whether a price is allowed.
func (t Ticks) Holds(price int64) bool { return t.Floor(price) == price }

func (t Ticks) above(price int64) int64 { return price + t.band(price).Step }

func (t Ticks) below(price int64) int64 { return t.Floor(price - 1) }

// band gives the band in which a price lies, the first one for all that is below.
func (t Ticks) band(price int64) Band {
	if len(t) == 0 {
		return Band{Step: 1}
	}
	i, exact := slices.BinarySearchFunc(t, price, func(b Band, p int64) int {
		switch {
		case b.From < p:
			return -1
		case b.From > p:
			return 1
		}
		return 0
	})
	if !exact {
		i--
	}
	return t[max(i, 0)]
}

// check refuses a price that is not allowed or too far from zero to be counted with.
func (t Ticks) check(price int64) error {
	if magnitude(price) > priceMax || !t.Holds(price) {
		return fault.With(ErrTick.About("%d", price), "price", price)
	}
	return nil
}

// nearest gives the allowed price that is nearest to whole+rest/of, where the rest is less than one; when there are two,
// the lower or the higher one.
func (t Ticks) nearest(whole, rest, of int64, tie Tie) int64 {
	low := t.Floor(whole)
	high := t.above(low)
	// How far half way between low and high is above the whole number, doubled: the rest, doubled, is less than two.
	switch half := low + high - 2*whole; {
	case half > 1, half == 1 && rest < of-rest:
		return low
	case half == 1 && rest == of-rest, half == 0 && rest == 0:
		if tie == TieLow {
			return low
		}
	}
	return high
}

// middle gives the allowed price that is nearest to half way between two; when there are two, the lower or the higher one.
func (t Ticks) middle(low, high int64, tie Tie) int64 {
	sum := low + high // Each is at most a quarter of what can be counted.
	return t.nearest(sum>>1, sum&1, 2, tie)
}

// distance is how far two prices are apart.
func distance(a, b int64) int64 {
	if a < b {
		return b - a
	}
	return a - b
}

// clamped gives the price of a range that is nearest to a price.
func clamped(price, low, high int64) int64 { return min(max(price, low), high) }

// noPrice is below every price.
const noPrice = math.MinInt64
