// Package measure is about how much: quantities in units of measure, masses and sizes, all exact.
package measure

import (
	"database/sql/driver"
	"math"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/money"
)

// Faults of quantities.
var (
	ErrQuantity = fault.New(fault.Invalid, "measure.quantity", "Write the quantity as a number with at most six decimal places, for example 2 or 0.5.")
	ErrOverflow = fault.New(fault.Invalid, "measure.overflow", "Use a smaller quantity: this one is too large to be counted.")
	ErrUnit     = fault.New(fault.Invalid, "measure.unit", "Name a unit of measure by its code of UN/ECE Recommendation 20, for example C62 for a piece.")
	ErrStep     = fault.New(fault.Invalid, "measure.step", "Choose a quantity that this unit can be divided into.")
	ErrSize     = fault.New(fault.Invalid, "measure.size", "Give mass in grams and length, width and height in millimetres, none below zero.")
)

// Quantity is a number of units in millionths: One is one unit. In JSON it is a decimal number, 2 or 0.5.
type Quantity int64

// One is one unit.
const One Quantity = 1_000_000

// Max is the largest quantity, a little more than nine million million units.
const Max Quantity = math.MaxInt64

// Of gives a quantity of whole units. It panics when there are more than can be counted: it is for numbers of the
// program, and numbers from outside are read by Parse.
func Of(units int64) Quantity {
	if units > int64(Max/One) || units < -int64(Max/One) {
		panic(ErrOverflow.About("%d units", units))
	}
	return Quantity(units) * One
}

// Parse reads a decimal number with a point and at most six decimal places, which may have a sign in front. Exponents are
// understood while the result has at most six places and fits: JSON writers use them.
func Parse(s string) (Quantity, error) {
	if len(s) > 64 { // No quantity is that long.
		return 0, ErrQuantity.About("%d characters", len(s))
	}
	body, negative := strings.CutPrefix(s, "-")
	mantissa, exponent, err := scientific(body)
	if err != nil {
		return 0, err
	}
	whole, fraction, pointed := strings.Cut(mantissa, ".")
	if whole == "" || (pointed && fraction == "") || !allDigits(whole) || !allDigits(fraction) {
		return 0, ErrQuantity.About("%.40q", s)
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	places := 6 - len(fraction) + exponent // The zeros that are missing to millionths.
	for places < 0 && strings.HasSuffix(digits, "0") {
		digits, places = digits[:len(digits)-1], places+1
	}
	switch {
	case digits == "":
		return 0, nil
	case places < 0:
		return 0, ErrQuantity.About("%.40q", s)
	case len(digits)+places > 19: // math.MaxInt64 has 19 digits.
		return 0, ErrOverflow.About("%.40q", s)
	}
	n, err := strconv.ParseInt(digits+strings.Repeat("0", places), 10, 64)
	if err != nil {
		return 0, ErrOverflow.About("%.40q", s)
	}
	if negative {
		n = -n
	}
	return Quantity(n), nil
}

// scientific cuts an exponent off a number. One of more than two digits is absurd.
func scientific(s string) (mantissa string, exponent int, err error) {
	at := strings.IndexAny(s, "eE")
	if at < 0 {
		return s, 0, nil
	}
	power, plus := strings.CutPrefix(s[at+1:], "+")
	places, minus := strings.CutPrefix(power, "-")
	if places == "" || len(places) > 2 || !allDigits(places) || (plus && minus) {
		return "", 0, ErrQuantity.About("%.40q", s)
	}
	if exponent, err = strconv.Atoi(power); err != nil {
		return "", 0, ErrQuantity.About("%.40q", s)
	}
	return s[:at], exponent, nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// String gives the quantity as a decimal number without needless zeros: "2", "0.5".
func (q Quantity) String() string { return q.decimal(".") }

func (q Quantity) decimal(point string) string {
	n, sign := uint64(q), ""
	if q < 0 {
		n, sign = -n, "-"
	}
	text := sign + strconv.FormatUint(n/uint64(One), 10)
	if rest := n % uint64(One); rest != 0 {
		text += point + strings.TrimRight(strconv.FormatUint(uint64(One)+rest, 10)[1:], "0")
	}
	return text
}

// Format gives the quantity as people read it: a comma before the decimal places in Kazakh, Russian and other languages,
// a point in English and Chinese.
func (q Quantity) Format(lang string) string {
	if strings.HasPrefix(lang, "en") || strings.HasPrefix(lang, "zh") {
		return q.decimal(".")
	}
	return q.decimal(",")
}

// MarshalJSON gives a number, 2 or 0.5.
func (q Quantity) MarshalJSON() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalJSON reads a number, or a text that holds one. null is refused: a quantity is said or left out.
func (q *Quantity) UnmarshalJSON(data []byte) error {
	text := string(data)
	if len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"' {
		text = text[1 : len(text)-1]
	}
	parsed, err := Parse(text)
	if err != nil {
		return err
	}
	*q = parsed
	return nil
}

// Value stores the quantity as whole millionths.
func (q Quantity) Value() (driver.Value, error) { return int64(q), nil }

// Add gives the sum of two quantities.
func (q Quantity) Add(o Quantity) (Quantity, error) {
	sum := q + o
	if (o > 0 && sum < q) || (o < 0 && sum > q) {
		return 0, ErrOverflow.About("%s + %s", q, o)
	}
	return sum, nil
}

// Sub gives the difference of two quantities.
func (q Quantity) Sub(o Quantity) (Quantity, error) {
	difference := q - o
	if (o < 0 && difference < q) || (o > 0 && difference > q) {
		return 0, ErrOverflow.About("%s - %s", q, o)
	}
	return difference, nil
}

// IsZero says whether it is nothing.
func (q Quantity) IsZero() bool { return q == 0 }

// Whole gives the units of a quantity that has no fraction; ok is false when it has one.
func (q Quantity) Whole() (units int64, ok bool) { return int64(q / One), q%One == 0 }

// Price gives what a quantity costs at a price for one unit, rounded once.
func Price(unitPrice money.Money, q Quantity, rounding money.Rounding) (money.Money, error) {
	return unitPrice.Times(int64(q), int64(One), rounding)
}
