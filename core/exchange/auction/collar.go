package auction

import (
	"math"
	"math/bits"

	"sauda/base/money"
)

// Collar says how far a price may move before trading stops for a volatility call. A rate of zero is no bound.
type Collar struct {
	Dynamic  money.Rate // Dynamic is measured from the last price (KASE: 10 %, and 5 % for illiquid shares).
	Static   money.Rate // Static is measured from the last auction's price.
	Extended money.Rate // Extended is measured from the last price too; beyond it a person ends the call (Xetra).
	Least    int64      // Least widens a bound that would be narrower than this (Nasdaq: 10 % or 0.50, whichever is more).
}

// Verdict is what a collar says of a price.
type Verdict uint8

// What a collar says. Of several bounds that a price breaks, the widest counts.
const (
	Inside Verdict = iota
	OutsideDynamic
	OutsideStatic
	OutsideExtended
)

// String gives the name of a verdict.
func (v Verdict) String() string {
	switch v {
	case OutsideDynamic:
		return "outside_dynamic"
	case OutsideStatic:
		return "outside_static"
	case OutsideExtended:
		return "outside_extended"
	}
	return "inside"
}

// Check refuses rates below zero or above the whole, and an extended bound that is narrower than the dynamic one.
func (c Collar) Check() error {
	for _, r := range []money.Rate{c.Dynamic, c.Static, c.Extended} {
		if r.Check() != nil {
			return ErrRule.About("a collar of %s", r)
		}
	}
	if c.Least < 0 || c.Least > priceMax || c.Extended > 0 && c.Extended < c.Dynamic {
		return ErrRule.About("a collar of %s and %s, at least %d", c.Dynamic, c.Extended, c.Least)
	}
	return nil
}

// Judge says whether a price would stop trading: the next trade of the continuous book, or the price of an auction.
// A price on the bound is inside. What is measured from a price that is not known bounds nothing.
func (c Collar) Judge(price int64, last, static Reference) Verdict {
	switch {
	case c.breaks(price, last, c.Extended):
		return OutsideExtended
	case c.breaks(price, static, c.Static):
		return OutsideStatic
	case c.breaks(price, last, c.Dynamic):
		return OutsideDynamic
	}
	return Inside
}

// breaks says whether a price is farther from a reference than a share of it. Nothing is rounded.
func (c Collar) breaks(price int64, ref Reference, rate money.Rate) bool {
	if rate == 0 || !ref.Known {
		return false
	}
	away := magnitude(price - ref.Price)
	if away <= magnitude(c.Least) {
		return false
	}
	high, low := bits.Mul64(away, uint64(money.One))
	mostHigh, mostLow := bits.Mul64(magnitude(ref.Price), uint64(rate))
	return high > mostHigh || high == mostHigh && low > mostLow
}

// Fence gives the lowest and the highest price that Judge finds inside, whatever the steps are; where nothing bounds, the
// lowest and the highest that can be counted. When low is above high, none is inside.
func (c Collar) Fence(last, static Reference) (low, high int64) {
	low, high = -math.MaxInt64, math.MaxInt64
	for _, bound := range []struct {
		ref  Reference
		rate money.Rate
	}{{last, c.Extended}, {static, c.Static}, {last, c.Dynamic}} {
		if bound.rate == 0 || !bound.ref.Known {
			continue
		}
		width, ok := money.MulDiv(int64(magnitude(bound.ref.Price)), int64(bound.rate), int64(money.One), money.Down)
		if !ok {
			continue // A rate is at most the whole, and a price can be counted.
		}
		width = max(width, c.Least)
		low, high = max(low, bound.ref.Price-width), min(high, bound.ref.Price+width)
	}
	return low, high
}

// Bounds gives the lowest and the highest allowed price that Judge finds inside a rate from a reference: what orders of
// a call may be limited to (HKEX, closing auction: five per cent from the reference).
func (c Collar) Bounds(ref int64, rate money.Rate, ticks Ticks) (low, high int64, err error) {
	if err := ticks.check(ref); err != nil {
		return 0, 0, err
	}
	width, ok := money.MulDiv(int64(magnitude(ref)), int64(rate), int64(money.One), money.Down)
	if !ok || rate.Check() != nil || c.Check() != nil {
		return 0, 0, ErrRule.About("bounds of %s about %d", rate, ref)
	}
	width = max(width, c.Least)
	return ticks.Ceil(ref - width), ticks.Floor(ref + width), nil
}
