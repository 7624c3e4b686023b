package money

import (
	"math"
	"math/bits"
)

// Rounding says what becomes of what is less than a minor unit.
type Rounding uint8

const (
	HalfUp   Rounding = iota // HalfUp gives the nearest, a half away from zero: 2.5 is 3, -2.5 is -3.
	HalfEven                 // HalfEven gives the nearest, a half to the even neighbour: 2.5 is 2, 3.5 is 4.
	Down                     // Down drops the rest: 2.9 is 2, -2.9 is -2.
	Up                       // Up goes away from zero: 2.1 is 3, -2.1 is -3.
)

// String gives the name by which policies state a rounding.
func (r Rounding) String() string {
	switch r {
	case HalfUp:
		return "half_up"
	case HalfEven:
		return "half_even"
	case Down:
		return "down"
	case Up:
		return "up"
	}
	return "unknown"
}

// grows says whether a quotient without sign goes up by one, with rest left over of divisor.
func (r Rounding) grows(quotient, rest, divisor uint64) bool {
	if rest == 0 {
		return false
	}
	switch r {
	case Down:
		return false
	case Up:
		return true
	case HalfEven:
		return rest > divisor-rest || (rest == divisor-rest && quotient&1 == 1)
	}
	return rest >= divisor-rest
}

// MulDiv gives a·b/c, with 128 bits in between and one rounding at the end. It is not ok when c is zero or when the
// result leaves the range of amounts.
func MulDiv(a, b, c int64, rounding Rounding) (int64, bool) {
	if c == 0 {
		return 0, false
	}
	negative := (a < 0) != (b < 0) != (c < 0)
	divisor := magnitude(c)
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	if high >= divisor {
		return 0, false
	}
	quotient, rest := bits.Div64(high, low, divisor)
	if quotient > math.MaxInt64 {
		return 0, false
	}
	if rounding.grows(quotient, rest, divisor) {
		quotient++
	}
	if quotient > math.MaxInt64 {
		return 0, false
	}
	if negative {
		return -int64(quotient), true
	}
	return int64(quotient), true
}

// magnitude gives a number without its sign; it is right for math.MinInt64 too.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
