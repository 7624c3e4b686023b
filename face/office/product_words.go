package office

import (
	"cmp"
	"context"
	"strings"

	"github.com/a-h/templ"

	"sauda/base/measure"
	"sauda/core/catalog"
	"sauda/gear/web"
)

// trackings are the ways of tracking, in the order in which they are offered.
var trackings = []catalog.Tracking{catalog.Tracked, catalog.Backorder, catalog.Untracked}

// linkTo gives an address outside of the office in the language of the present one.
func linkTo(ctx context.Context, address string) string { return web.Link(ctx, address) }

// editAddress is where the form of a product goes.
func editAddress(ctx context.Context, id catalog.ProductID) templ.SafeURL {
	return to(ctx, "products", cmp.Or(string(id), "new"))
}

// variantTitle is what a variant is called.
func variantTitle(ctx context.Context, v catalog.Variant) string {
	return strings.TrimSpace(v.SKU + " " + in(ctx, v.Label))
}

// unitOf is the unit of a row of variants, a piece at first.
func unitOf(e editor, row int) string {
	return cmp.Or(e.Values.Get(vf(row, "unit")), string(measure.Piece))
}

// shownValue is a value in a sentence; nothing is a dash.
func shownValue(value string) string {
	const most = 300
	if r := []rune(value); len(r) > most {
		value = string(r[:most]) + "…"
	}
	return cmp.Or(value, "—")
}

// attributeName is what an attribute is called.
func attributeName(ctx context.Context, a catalog.Attribute) string {
	return cmp.Or(in(ctx, a.Label), a.Code)
}

// attributeValue is the value of an attribute in words.
func attributeValue(ctx context.Context, a catalog.Attribute) string {
	switch a.Kind {
	case catalog.AttributeNumber:
		return strings.TrimSpace(a.Number + " " + a.Unit)
	case catalog.AttributeBool:
		if a.Bool {
			return t(ctx, "yes")
		}
		return t(ctx, "no")
	}
	return in(ctx, a.Text)
}
