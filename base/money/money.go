// Package money holds exact amounts: whole minor units in one currency, and never a float.
//
// An amount lies between -(2⁶³-1) and 2⁶³-1 minor units. Whatever would leave that range is refused with ErrOverflow, and
// whatever would mix currencies with ErrCurrencyMix. Where a result has to be rounded, the caller names the Rounding.
//
// The zero Money is nothing, in no currency: it may be added to any amount, so that a sum can begin with it.
package money

import (
	"cmp"
	"math"
	"math/bits"

	"sauda/base/fault"
)

// Faults of amounts.
var (
	ErrCurrency    = fault.New(fault.Invalid, "money.currency", "Name a currency by its ISO 4217 code, for example KZT.")
	ErrCurrencyMix = fault.New(fault.Invalid, "money.currency_mix", "Use one currency: amounts in two currencies cannot be added or compared.")
	ErrOverflow    = fault.New(fault.Invalid, "money.overflow", "Use a smaller amount: this one is too large to be counted.")
	ErrAmount      = fault.New(fault.Invalid, "money.amount", "Write the amount as a number with no more decimal places than the currency has, for example 1160.50.")
	ErrDivisor     = fault.New(fault.Invalid, "money.divisor", "Divide by a number above zero.")
	ErrRate        = fault.New(fault.Invalid, "money.rate", "Write the rate in percent, from 0 to 100 with at most four decimal places, for example 16 or 12.5.")
)

// Money is an amount in a currency.
type Money struct {
	Minor    int64    `json:"amount" doc:"Whole minor units of the currency: 12345 in KZT is 123.45 tenge." example:"12345"`
	Currency Currency `json:"currency" doc:"ISO 4217 code." example:"KZT"`
}

// Of gives an amount of minor units.
func Of(minor int64, currency Currency) Money { return Money{minor, currency} }

// IsZero says whether the amount is zero, in whatever currency.
func (m Money) IsZero() bool { return m.Minor == 0 }

// IsNegative says whether the amount is below zero.
func (m Money) IsNegative() bool { return m.Minor < 0 }

// IsPositive says whether the amount is above zero.
func (m Money) IsPositive() bool { return m.Minor > 0 }

// Check refuses a currency that is none and the one amount whose negative does not exist. Use it on what comes from
// outside.
func (m Money) Check() error {
	if m.Minor == math.MinInt64 {
		return ErrOverflow.About("%d", m.Minor)
	}
	return m.Currency.Check()
}

// Add gives the sum of two amounts of one currency.
func (m Money) Add(o Money) (Money, error) {
	currency, err := m.shared(o)
	if err != nil {
		return Money{}, err
	}
	sum := m.Minor + o.Minor
	if (o.Minor > 0 && sum < m.Minor) || (o.Minor < 0 && sum > m.Minor) || sum == math.MinInt64 {
		return Money{}, ErrOverflow.About("%d + %d", m.Minor, o.Minor)
	}
	return Money{sum, currency}, nil
}

// Sub gives the difference of two amounts of one currency.
func (m Money) Sub(o Money) (Money, error) {
	currency, err := m.shared(o)
	if err != nil {
		return Money{}, err
	}
	difference := m.Minor - o.Minor
	if (o.Minor < 0 && difference < m.Minor) || (o.Minor > 0 && difference > m.Minor) || difference == math.MinInt64 {
		return Money{}, ErrOverflow.About("%d - %d", m.Minor, o.Minor)
	}
	return Money{difference, currency}, nil
}

// shared gives the currency of both; nothing, the zero Money, takes that of the other.
func (m Money) shared(o Money) (Currency, error) {
	switch {
	case m.Currency == o.Currency, o == Money{}:
		return m.Currency, nil
	case m == Money{}:
		return o.Currency, nil
	}
	return "", ErrCurrencyMix.About("%s with %s", m.Currency, o.Currency)
}

// Neg gives the amount with the other sign. It panics for the one amount without a negative, which Check refuses and
// which no other function here gives.
func (m Money) Neg() Money {
	if m.Minor == math.MinInt64 {
		panic(ErrOverflow.About("-(%d)", m.Minor))
	}
	return Money{-m.Minor, m.Currency}
}

// Abs gives the amount without its sign. It panics where Neg does.
func (m Money) Abs() Money {
	if m.Minor < 0 {
		return m.Neg()
	}
	return m
}

// Cmp is -1 when m is less than o, 1 when it is more, and 0 when they are equal. Two currencies are not compared; the
// zero Money compares with any.
func (m Money) Cmp(o Money) (int, error) {
	if _, err := m.shared(o); err != nil {
		return 0, err
	}
	return cmp.Compare(m.Minor, o.Minor), nil
}

// Sum adds any number of amounts of one currency. The sum of none is the zero Money. Only the end result has to fit:
// the order of the amounts does not matter.
func Sum(amounts ...Money) (Money, error) {
	var total Money
	var high, low uint64 // The running sum in two's complement of 128 bits.
	for _, amount := range amounts {
		currency, err := total.shared(amount)
		if err != nil {
			return Money{}, err
		}
		total.Currency = currency
		var carry uint64
		low, carry = bits.Add64(low, uint64(amount.Minor), 0)
		high, _ = bits.Add64(high, uint64(amount.Minor>>63), carry)
	}
	total.Minor = int64(low)
	if int64(high) != total.Minor>>63 || total.Minor == math.MinInt64 {
		return Money{}, ErrOverflow.About("the sum of %d amounts", len(amounts))
	}
	return total, nil
}

// Times gives m·n/per, exact in between and rounded once at the end: Times(3, 1, Down) is three times m, Times(16, 116,
// HalfUp) the VAT of 16 % that a price contains. The divisor must be above zero.
func (m Money) Times(n, per int64, rounding Rounding) (Money, error) {
	if per <= 0 {
		return Money{}, ErrDivisor.About("%d / %d", n, per)
	}
	minor, ok := MulDiv(m.Minor, n, per, rounding)
	if !ok {
		return Money{}, ErrOverflow.About("%d * %d / %d", m.Minor, n, per)
	}
	return Money{minor, m.Currency}, nil
}
