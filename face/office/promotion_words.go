package office

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"sauda/base/money"
	"sauda/core/promotion"
)

// promise says in a sentence what a promotion gives, for which goods, to whom and when. Values stand in their basic form,
// so that no ending depends on them.
func promise(ctx context.Context, p promotion.Promotion, g promoting) string {
	parts := []string{effectSaid(ctx, p)}
	if p.Effect.Kind != promotion.DeliveryOff || !p.Goods.All() {
		parts = append(parts, goodsSaid(ctx, p.Goods, g))
	}
	amount := func(minor int64) string { return sum(ctx, money.Of(minor, p.Currency)) }
	add := func(there bool, id string, values ...any) {
		if there {
			parts = append(parts, t(ctx, "promotions.say."+id, values...))
		}
	}
	add(p.Needs.Sum > 0, "sum", "sum", amount(p.Needs.Sum))
	add(p.Needs.Units > 0, "units", "count", p.Needs.Units)
	add(p.Needs.First, "first")
	switch codes := p.Coupons.Codes; {
	case len(codes) == 1:
		add(true, "code", "code", codes[0])
	case len(codes) > 1:
		add(true, "codes", "code", codes[0], "count", len(codes))
	}
	add(p.Coupons.Most > 0, "most", "count", p.Coupons.Most)
	add(p.Coupons.Each > 0, "each", "count", p.Coupons.Each)
	add(!p.Combines, "alone")
	said := strings.Join(parts, ", ")
	if when := whenSaid(ctx, p); when != "" {
		return when + ": " + said
	}
	return said
}

// says tells whether enough of a promotion is written to say it.
func says(p promotion.Promotion) bool {
	switch e := p.Effect; e.Kind {
	case promotion.PercentOff:
		return e.Rate > 0
	case promotion.SetFree:
		return e.Size > 1 && e.Free > 0 && e.Free < e.Size
	case promotion.SetPrice:
		return e.Size > 1 && e.Amount > 0
	case promotion.DeliveryOff:
		return true
	default:
		return e.Amount > 0
	}
}

// whenSaid says on which days a promotion counts; nothing when on all of them.
func whenSaid(ctx context.Context, p promotion.Promotion) string {
	from, last := date(ctx, p.Days.From), ""
	if !p.Days.To.IsZero() {
		last = date(ctx, p.Days.To.AddDays(-1))
	}
	switch {
	case p.Days.From.IsZero() && last == "":
		return ""
	case p.Days.From.IsZero():
		return t(ctx, "promotions.say.until", "last", last)
	case last == "":
		return t(ctx, "promotions.say.from", "from", from)
	}
	return t(ctx, "promotions.say.days", "from", from, "last", last)
}

// effectSaid says what a promotion takes off.
func effectSaid(ctx context.Context, p promotion.Promotion) string {
	e := p.Effect
	amount := sum(ctx, money.Of(e.Amount, p.Currency))
	switch {
	case e.Kind == promotion.PercentOff && e.Cap > 0:
		return t(ctx, "promotions.say.percent_cap", "rate", e.Rate.Format(lang(ctx)), "sum", sum(ctx, money.Of(e.Cap, p.Currency)))
	case e.Kind == promotion.PercentOff:
		return t(ctx, "promotions.say.percent_off", "rate", e.Rate.Format(lang(ctx)))
	case e.Kind == promotion.SetFree:
		return t(ctx, "promotions.say.set_free", "size", e.Size, "free", e.Free)
	case e.Kind == promotion.SetPrice:
		return t(ctx, "promotions.say.set_price", "size", e.Size, "sum", amount)
	case e.Kind == promotion.DeliveryOff && e.Amount == 0:
		return t(ctx, "promotions.say.delivery_free")
	}
	return t(ctx, "promotions.say."+string(e.Kind), "sum", amount)
}

// goodsSaid names the goods of a promotion.
func goodsSaid(ctx context.Context, goods promotion.Goods, g promoting) string {
	if goods.All() {
		return t(ctx, "promotions.say.all")
	}
	var names []string
	for _, c := range g.Categories {
		for _, id := range goods.Categories {
			if c.ID == id {
				names = append(names, in(ctx, c.Name))
			}
		}
	}
	for _, c := range g.Collections {
		for _, id := range goods.Collections {
			if c.ID == id {
				names = append(names, in(ctx, c.Name))
			}
		}
	}
	names = append(names, goods.Brands...)
	var chosen []string
	if n := len(goods.Products); n > 0 {
		if first := in(ctx, g.Products[goods.Products[0]].Name); n == 1 && first != "" {
			names = append(names, first)
		} else {
			chosen = append(chosen, t(ctx, "promotions.say.products", "count", n))
		}
	}
	if len(names)+len(chosen) == 0 {
		return t(ctx, "promotions.say.gone")
	}
	for i, name := range names {
		names[i] = t(ctx, "promotions.say.name", "name", name)
	}
	return t(ctx, "promotions.say.goods", "names", strings.Join(append(names, chosen...), ", "))
}

// givenSaid says how often a promotion was used and what it gave away.
func givenSaid(ctx context.Context, total promotion.Total) string {
	if total.Uses == 0 {
		return t(ctx, "promotions.unused")
	}
	return t(ctx, "promotions.given", "count", total.Uses, "sum", sum(ctx, total.Given))
}

// deedsOf are what can be done with a promotion as it stands, the usual one first.
func deedsOf(p promotion.Promotion) []string {
	switch p.State {
	case promotion.StateDraft, promotion.StatePaused:
		return []string{"start", "end"}
	case promotion.StateRunning:
		return []string{"pause", "end"}
	}
	return []string{"restore"}
}

// promotionTo is where the form of a promotion leads.
func promotionTo(ctx context.Context, g promoting) templ.SafeURL {
	if g.One.ID == "" {
		return to(ctx, "promotions")
	}
	return to(ctx, "promotions", string(g.One.ID))
}
