package shop

import (
	"context"
	"strings"

	"sauda/base/measure"
	"sauda/core/catalog"
	"sauda/gear/web"
)

// value is what an attribute says, in the language of the reader.
func value(ctx context.Context, a catalog.Attribute) string {
	switch a.Kind {
	case catalog.AttributeNumber:
		return withUnit(ctx, figure(ctx, a.Number), a.Unit)
	case catalog.AttributeDimensions:
		sides := make([]string, len(a.Sides))
		for i, side := range a.Sides {
			sides[i] = figure(ctx, side)
		}
		return withUnit(ctx, strings.Join(sides, " × "), a.Unit)
	case catalog.AttributeChoice, catalog.AttributeChoices:
		names := make([]string, len(a.Choices))
		for i, c := range a.Choices {
			names[i] = in(ctx, c.Name)
		}
		return strings.Join(names, ", ")
	case catalog.AttributeDate:
		return dayWords(ctx, a.Date)
	case catalog.AttributeBool:
		if a.Bool {
			return t(ctx, "yes")
		}
		return t(ctx, "no")
	}
	return in(ctx, a.Text)
}

// label names an attribute; one without words of its own is named by its code.
func label(ctx context.Context, a catalog.Attribute) string {
	if words := in(ctx, a.Label); words != "" {
		return words
	}
	return strings.ReplaceAll(a.Code, "_", " ")
}

// figure writes a decimal as the reader does.
func figure(ctx context.Context, number string) string {
	if q, err := measure.Parse(number); err == nil {
		return q.Format(web.Lang(ctx))
	}
	return number
}

// withUnit writes the unit behind a number: by its sign where it is a unit of measure, as it was written otherwise.
func withUnit(ctx context.Context, number, unit string) string {
	if u := measure.Unit(unit); u.Valid() {
		unit = u.Sign(web.Lang(ctx))
	}
	if unit == "" {
		return number
	}
	return number + "\u00a0" + unit
}

// swatch is the colour of an attribute for a style, or nothing. The catalogue stores hexadecimal colours only.
func swatch(a catalog.Attribute) string {
	if a.Kind != catalog.AttributeColour {
		return ""
	}
	return a.Colour
}
