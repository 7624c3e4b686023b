package shop

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

// t gives a text of the shop in the language of the reader.
func t(ctx context.Context, id string, args ...any) string {
	return i18n.T(web.Lang(ctx), "shop."+id, args...)
}

// in gives what people wrote in the language of the reader.
func in(ctx context.Context, words text.Localized) string { return words.In(web.Lang(ctx)) }

// tongue gives the language in which a text is found, when it is another than that of the page.
func tongue(ctx context.Context, words text.Localized) string {
	if _, lang := words.Find(web.Lang(ctx)); lang != web.Lang(ctx) {
		return lang
	}
	return ""
}

// to is an address of the shop in the language of the present one.
func to(ctx context.Context, address string) templ.SafeURL {
	return templ.SafeURL(web.Link(ctx, address))
}

// amount writes money as the reader does.
func amount(ctx context.Context, m money.Money) string { return m.Format(web.Lang(ctx)) }

// amountOf writes a quantity with its unit: "2 дана", "0,5 кг".
func amountOf(ctx context.Context, q measure.Quantity, u measure.Unit) string {
	lang := web.Lang(ctx)
	return q.Format(lang) + "\u00a0" + u.Sign(lang)
}

// dayOf writes a day without its year: "24 қараша".
func dayOf(ctx context.Context, d span.Day) string {
	_, month, day := d.Date()
	return t(ctx, "month."+strconv.Itoa(int(month)), "day", day)
}

// period writes the days from one to another as short as it can: "24–26 қараша", "30 қараша – 2 желтоқсан".
func period(ctx context.Context, from, last span.Day) string {
	if from == last || last.IsZero() {
		return dayOf(ctx, from)
	}
	_, month, day := from.Date()
	if _, until, end := last.Date(); until == month {
		return t(ctx, "month."+strconv.Itoa(int(month)), "day", strconv.Itoa(day)+"–"+strconv.Itoa(end))
	}
	return dayOf(ctx, from) + " – " + dayOf(ctx, last)
}

// dateOf writes the day of an instant in Kazakhstan, with its year.
func dateOf(ctx context.Context, at time.Time) string {
	d := span.DayOf(at, span.Almaty)
	year, _, _ := d.Date()
	return t(ctx, "day_of_year", "day", dayOf(ctx, d), "year", year)
}

// clock writes an instant by the clock of Kazakhstan.
func clock(ctx context.Context, at time.Time) string {
	return dateOf(ctx, at) + ", " + at.In(span.Almaty).Format("15:04")
}

// stamp is an instant for programs that read the page.
func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// form is what was typed into a form and what is wrong with it.
type form struct {
	Values map[string]string
	Wrong  map[string]string // Wrong is by field.
	Said   string            // Said is what is wrong with the form as a whole.
}

// typed begins a form with what was typed.
func typed(ctx context.Context, said web.Typed, err error) form {
	f := form{Values: map[string]string{}, Wrong: map[string]string{}}
	for name := range said.Values {
		f.Values[name] = said.Values.Get(name)
	}
	for _, w := range said.Wrong {
		f.Wrong[strings.TrimPrefix(w.Pointer, "/")] = i18n.Field(web.Lang(ctx), w)
	}
	f.add(ctx, err)
	return f
}

// add notes what a verb refused: by field where it names some, as a whole otherwise.
func (f *form) add(ctx context.Context, err error) {
	if err == nil {
		return
	}
	fields := fault.FieldsOf(err)
	for _, w := range fields {
		f.Wrong[strings.TrimPrefix(w.Pointer, "/")] = i18n.Field(web.Lang(ctx), w)
	}
	if len(fields) == 0 {
		f.Said = i18n.Fault(web.Lang(ctx), err)
	}
}

// refused tells whether an error is the buyer's to mend, so that the form is shown again instead of an error page.
func refused(err error) bool {
	f := fault.Of(err)
	return f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict || f.Kind == fault.Unauthenticated || f.Kind == fault.Limited)
}

// quantity reads a quantity as people of Kazakhstan type it, with a comma or a point.
func quantity(typed string) (measure.Quantity, error) {
	return measure.Parse(strings.ReplaceAll(strings.TrimSpace(typed), ",", "."))
}
