package terminal

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

// t gives a text of the terminal in the language of the reader.
func t(ctx context.Context, id string, args ...any) string {
	return i18n.T(web.Lang(ctx), "terminal."+id, args...)
}

// in gives what people wrote in the language of the reader.
func in(ctx context.Context, words text.Localized) string { return words.In(web.Lang(ctx)) }

// to is an address of this site in the language of the present one.
func to(ctx context.Context, address string) templ.SafeURL {
	return templ.SafeURL(web.Link(ctx, address))
}

// marks are what stands between groups of three digits and before the decimal places.
func marks(ctx context.Context) (group, point string) {
	if lang := web.Lang(ctx); lang == "en" || lang == "zh" {
		return ",", "."
	}
	return "\u202f", ","
}

// figure writes a decimal number as the reader does.
func figure(ctx context.Context, decimal string) string {
	group, point := marks(ctx)
	digits, minus := strings.CutPrefix(decimal, "-")
	whole, fraction, parted := strings.Cut(digits, ".")
	var b strings.Builder
	if minus {
		b.WriteString("−")
	}
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteRune(digit)
	}
	if parted {
		b.WriteString(point + fraction)
	}
	return b.String()
}

// price writes a price in the currency of an instrument without its sign, with all decimal places, so that columns stand in line.
func price(ctx context.Context, i exchange.Instrument, minor int64) string {
	return figure(ctx, money.Of(minor, i.Currency).Decimal())
}

// cash writes an amount of a currency with its sign.
func cash(ctx context.Context, minor int64, c money.Currency) string {
	return money.Of(minor, c).Format(web.Lang(ctx))
}

// divides is into how many countable parts one unit of measure is divided, as people count an instrument.
func divides(i exchange.Instrument) int64 {
	if i.Goods != nil {
		return i.Goods.Divides
	}
	return 1
}

// counted gives countable parts in units of measure.
func counted(i exchange.Instrument, parts int64) measure.Quantity {
	n, _ := money.MulDiv(parts, int64(measure.One), divides(i), money.HalfUp)
	return measure.Quantity(n)
}

// many writes countable parts of an instrument as people count it, without the unit.
func many(ctx context.Context, i exchange.Instrument, parts int64) string {
	return figure(ctx, counted(i, parts).String())
}

// measureOf is the unit in which people count an instrument.
func measureOf(i exchange.Instrument) measure.Unit {
	if i.Goods != nil {
		return i.Goods.Measure
	}
	return measure.Piece
}

// manyOf is many with the unit behind.
func manyOf(ctx context.Context, i exchange.Instrument, parts int64) string {
	return many(ctx, i, parts) + "\u00a0" + measureOf(i).Sign(web.Lang(ctx))
}

// rate writes a share as the reader does: "0,1 %".
func rate(ctx context.Context, r money.Rate) string { return r.Format(web.Lang(ctx)) }

// change writes how far a price has come from another one, in hundredths of a percent, with its sign; empty without both.
func change(ctx context.Context, from, now int64) string {
	if from <= 0 || now <= 0 {
		return ""
	}
	n, ok := money.MulDiv(now-from, 10_000, from, money.HalfUp)
	if !ok {
		return ""
	}
	sign := ""
	if n > 0 {
		sign = "+"
	}
	return sign + figure(ctx, money.Of(n, money.USD).Decimal()) + "\u00a0%" // A hundredth, as a cent is.
}

// trend says which way a price has gone, for the style.
func trend(from, now int64) string {
	switch {
	case from <= 0 || now <= 0 || from == now:
		return "even"
	case now > from:
		return "up"
	}
	return "down"
}

// dated writes a day: "24.11.2026".
func dated(d span.Day) string {
	if d.IsZero() {
		return ""
	}
	return d.Start(span.Almaty).In(span.Almaty).Format("02.01.2006")
}

// moment writes an instant by the clock of Kazakhstan.
func moment(micros int64) string { return span.FromMicros(micros).In(span.Almaty).Format("15:04:05") }

// hour writes an instant to the minute.
func hour(micros int64) string { return span.FromMicros(micros).In(span.Almaty).Format("15:04") }

// stamp is an instant for programs that read the page.
func stamp(micros int64) string { return span.FromMicros(micros).UTC().Format(time.RFC3339) }

// form is what was typed into a form and what is wrong with it.
type form struct {
	Values map[string]string
	Wrong  map[string]string // Wrong is by field.
	Said   string            // Said is what is wrong with the form as a whole.
}

// typed begins a form with what was typed.
func typed(ctx context.Context, said web.Typed) form {
	f := form{Values: map[string]string{}, Wrong: map[string]string{}}
	for name := range said.Values {
		f.Values[name] = said.Values.Get(name)
	}
	for _, w := range said.Wrong {
		f.Wrong[strings.TrimPrefix(w.Pointer, "/")] = i18n.Field(web.Lang(ctx), w)
	}
	return f
}

// add notes what a verb refused: by field where it names some, else by the reason of the market, else by its own words.
func (f *form) add(ctx context.Context, err error) {
	fields := fault.FieldsOf(err)
	for _, w := range fields {
		f.Wrong[strings.TrimPrefix(w.Pointer, "/")] = i18n.Field(web.Lang(ctx), w)
	}
	if len(fields) == 0 {
		f.Said = said(ctx, err)
	}
}

// value is what a field shows: what was typed, or what it begins with.
func (f form) value(name, otherwise string) string {
	if v, typed := f.Values[name]; typed {
		return v
	}
	return otherwise
}

// said says to a person why something was refused, and what to do.
func said(ctx context.Context, err error) string {
	if code, ok := fault.ParamsOf(err)["reason"].(string); ok && i18n.Has(web.Lang(ctx), "terminal.reason."+code) {
		return t(ctx, "reason."+code)
	}
	return i18n.Fault(web.Lang(ctx), err)
}

// refused tells whether an error is the trader's to mend, so that the form is shown again instead of an error page.
func refused(err error) bool {
	f := fault.Of(err)
	return f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict || f.Kind == fault.Limited || f.Kind == fault.Unavailable)
}

func pressed(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// scaled are the numbers by which a script writes prices and quantities of an instrument as the page does.
func scaled(ctx context.Context, i exchange.Instrument) templ.Attributes {
	return templ.Attributes{
		"data-digits": digits(int64(i.Currency.Digits())), "data-divides": digits(divides(i)), "data-unit": digits(i.Terms.Unit),
	}
}
