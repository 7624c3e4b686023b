package money

import (
	"math"
	"strconv"
	"strings"
)

// Spaces that do not break a line (CLDR: numbers in kk and ru).
const (
	narrowSpace = "\u202f" // narrowSpace stands between groups of three digits.
	noBreak     = "\u00a0" // noBreak stands before the sign of the currency.
)

// signs holds the signs that every reader of these pages knows. Those that several currencies share are told apart in
// Sign.
var signs = map[Currency]string{
	KZT: "₸", RUB: "₽", USD: "$", EUR: "€", CNY: "¥", GBP: "£", TRY: "₺", JPY: "¥",
	"UAH": "₴", "INR": "₹", "KRW": "₩", "GEL": "₾", "AMD": "֏", "AZN": "₼", "MNT": "₮", "VND": "₫", "ILS": "₪",
}

// Sign gives the sign of a currency in a language, or its code when it has none. The yuan and the yen share a sign: the
// Chinese pages mean the yuan by it, the English ones the yen, and the others name the yen by its code.
func (c Currency) Sign(lang string) string {
	lang = language(lang)
	switch {
	case c == JPY && lang == "zh":
		return "JP¥"
	case c == CNY && lang == "en":
		return "CN¥"
	case c == USD && lang == "zh":
		return "US$"
	case c == JPY && lang != "en":
		return string(c)
	}
	if sign := signs[c]; sign != "" {
		return sign
	}
	return string(c)
}

// Format gives the amount as people read it: "1 234 567,50 ₸" in Kazakh, Russian and every language that is not listed
// here, "₸1,234,567.50" in English and Chinese. Tenge are shown without tiyn when there are none; other currencies always
// show their minor units. lang is a BCP 47 tag of which only the language counts.
func (m Money) Format(lang string) string {
	lang = language(lang)
	whole, fraction := m.parts()
	if m.Currency == KZT && strings.Trim(fraction, "0") == "" {
		fraction = ""
	}
	minus := ""
	if m.Minor < 0 {
		minus = "-"
	}
	sign := m.Currency.Sign(lang)
	if lang != "en" && lang != "zh" {
		return strings.TrimRight(minus+number(whole, fraction, narrowSpace, ",")+noBreak+sign, noBreak)
	}
	if len(sign) == 3 && sign == string(m.Currency) { // A code needs a space where a sign has none.
		sign += noBreak
	}
	return minus + sign + number(whole, fraction, ",", ".")
}

// language gives the language of a BCP 47 tag.
func language(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return base
}

// number puts groups of three digits and the fraction together.
func number(whole, fraction, group, point string) string {
	var b strings.Builder
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteRune(digit)
	}
	if fraction != "" {
		b.WriteString(point + fraction)
	}
	return b.String()
}

// parts gives the digits before and after the decimal point, without the sign.
func (m Money) parts() (whole, fraction string) {
	places := m.Currency.Digits()
	all := strconv.FormatUint(magnitude(m.Minor), 10)
	if len(all) <= places {
		all = strings.Repeat("0", places-len(all)+1) + all
	}
	return all[:len(all)-places], all[len(all)-places:]
}

// Decimal gives the amount as a plain number with all decimal places of its currency, for machines: "1160.50".
func (m Money) Decimal() string {
	whole, fraction := m.parts()
	if m.Minor < 0 {
		whole = "-" + whole
	}
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

// String gives the amount for logs: "1160.50 KZT".
func (m Money) String() string { return strings.TrimSpace(m.Decimal() + " " + string(m.Currency)) }

// Parse reads an amount that a person or a file wrote: digits, which spaces may group, with a point or a comma before the
// decimal places, and a sign in front. More decimal places than the currency has are refused unless they are zeros; so is
// whatever could be read in two ways, such as "1,234.50".
func Parse(s string, currency Currency) (Money, error) {
	if err := currency.Check(); err != nil {
		return Money{}, err
	}
	refused := ErrAmount.About("%.40q in %s", s, currency)
	if len(s) > 64 { // No amount is that long.
		return Money{}, refused
	}
	text, negative := unsigned(strings.TrimSpace(s))
	whole, fraction, ok := digitsOf(text)
	if !ok {
		return Money{}, refused
	}
	places := currency.Digits()
	if len(fraction) > places {
		if strings.Trim(fraction[places:], "0") != "" {
			return Money{}, refused
		}
		fraction = fraction[:places]
	}
	minor, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", places-len(fraction)), 10, 64)
	if err != nil || minor == math.MinInt64 {
		return Money{}, ErrOverflow.About("%.40q in %s", s, currency)
	}
	if negative {
		minor = -minor
	}
	return Money{minor, currency}, nil
}

// unsigned cuts one sign off the front of a number.
func unsigned(s string) (rest string, negative bool) {
	for _, minus := range []string{"-", "−"} {
		if rest, cut := strings.CutPrefix(s, minus); cut {
			return rest, true
		}
	}
	return strings.TrimPrefix(s, "+"), false
}

// digitsOf gives the digits before and after the decimal mark. Spaces may stand between digits before it.
func digitsOf(s string) (whole, fraction string, ok bool) {
	at := strings.IndexAny(s, ".,")
	if at < 0 {
		at = len(s)
	} else if fraction = s[at+1:]; fraction == "" {
		return "", "", false
	}
	whole = groupSpaces.Replace(s[:at])
	if whole == "" || s[0] < '0' || s[0] > '9' || s[at-1] < '0' || s[at-1] > '9' {
		return "", "", false
	}
	return whole, fraction, allDigits(whole) && allDigits(fraction)
}

// groupSpaces drops the spaces by which people group digits.
var groupSpaces = strings.NewReplacer(" ", "", noBreak, "", narrowSpace, "", "\u2009", "")

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
