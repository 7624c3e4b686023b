package money

import (
	"strconv"
	"strings"
)

// Rate is a share in parts per million: 160000 is 16 %. Taxes, commissions and discounts are rates. A rate below zero or
// above One is a mistake that Check finds.
type Rate int64

// One is the whole, 100 %.
const One Rate = 1_000_000

// perPercent is one percent in parts per million.
const perPercent = 10_000

// Percent gives a rate of whole percents.
func Percent(n int64) Rate { return Rate(n * perPercent) }

// ParseRate reads percents with at most four decimal places, from 0 to 100: "16", "12.5". A percent sign may follow.
func ParseRate(s string) (Rate, error) {
	refused := ErrRate.About("%.40q", s)
	text := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "%"))
	if len(text) == 0 || len(text) > 32 {
		return 0, refused
	}
	whole, fraction, ok := digitsOf(text)
	if !ok || len(fraction) > 4 {
		return 0, refused
	}
	parts, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", 4-len(fraction)), 10, 64)
	if err != nil || Rate(parts) > One {
		return 0, refused
	}
	return Rate(parts), nil
}

// Check refuses a rate below zero or above the whole.
func (r Rate) Check() error {
	if r < 0 || r > One {
		return ErrRate.About("%d parts per million", int64(r))
	}
	return nil
}

// Of gives that share of an amount: a tax upon a price, a commission of a sale. It panics when the share is too large to
// be counted, which no rate that passes Check can cause.
func (r Rate) Of(m Money, rounding Rounding) Money {
	share, err := m.Times(int64(r), int64(One), rounding)
	if err != nil {
		panic(err)
	}
	return share
}

// Within gives the part of an amount that was added to it at this rate, m·r/(1+r): the VAT that a price contains. It
// panics for a rate below zero.
func (r Rate) Within(m Money, rounding Rounding) Money {
	if r < 0 {
		panic(ErrRate.About("%d parts per million", int64(r)))
	}
	part, err := m.Times(int64(r), int64(One+r), rounding)
	if err != nil {
		panic(err)
	}
	return part
}

// String gives the rate in percent without needless zeros, for machines and logs: "12.5".
func (r Rate) String() string {
	parts := magnitude(int64(r))
	text := strconv.FormatUint(parts/perPercent, 10)
	if rest := parts % perPercent; rest != 0 {
		text += "." + strings.TrimRight(strconv.FormatUint(perPercent+rest, 10)[1:], "0")
	}
	if r < 0 {
		return "-" + text
	}
	return text
}

// Format gives the rate as people read it: "12,5 %" in Kazakh, Russian and other languages, "12.5%" in English and
// Chinese.
func (r Rate) Format(lang string) string {
	if lang = language(lang); lang == "en" || lang == "zh" {
		return r.String() + "%"
	}
	return strings.Replace(r.String(), ".", ",", 1) + noBreak + "%"
}
