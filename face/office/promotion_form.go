package office

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/promotion"
	"sauda/gear/db"
)

// promotionValues gives the fields of the form as a promotion is stored.
func promotionValues(p promotion.Promotion, known map[catalog.ProductID]catalog.Summary) url.Values {
	amount := func(minor int64) string {
		if minor == 0 {
			return ""
		}
		return money.Of(minor, p.Currency).Decimal()
	}
	count := func(n int64) string {
		if n == 0 {
			return ""
		}
		return number(n)
	}
	v := url.Values{"kind": {string(p.Effect.Kind)}, "amount": {amount(p.Effect.Amount)}, "cap": {amount(p.Effect.Cap)},
		"size": {count(p.Effect.Size)}, "free": {count(p.Effect.Free)}, "sum": {amount(p.Needs.Sum)}, "units": {count(p.Needs.Units)},
		"priority": {count(p.Priority)}, "codes": {strings.Join(p.Coupons.Codes, "\n")},
		"most": {count(p.Coupons.Most)}, "each": {count(p.Coupons.Each)}, "brands": {strings.Join(p.Goods.Brands, "\n")},
		"version": {number(p.Version)}, "from": {p.Days.From.String()}}
	for _, id := range p.Goods.Categories {
		v.Add("category", string(id))
	}
	for _, id := range p.Goods.Collections {
		v.Add("collection", string(id))
	}
	v.Set("products", productLines(p.Goods.Products, known))
	if !p.Days.To.IsZero() {
		v.Set("last", p.Days.To.AddDays(-1).String())
	}
	if p.Effect.Rate > 0 {
		v.Set("percent", p.Effect.Rate.String())
	}
	if p.Combines {
		v.Set("combines", "1")
	}
	if p.Needs.First {
		v.Set("first", "1")
	}
	for _, l := range text.Languages {
		v.Set("name_"+l, p.Name[l])
	}
	return v
}

// read gives the promotion that was typed over the one that is stored, and marks what cannot be read.
func (g *promoting) read(tx *db.Tx, typed url.Values) (promotion.Promotion, error) {
	ctx := tx.Context()
	g.Values = typed
	p := promotion.Promotion{ID: g.One.ID, Seller: g.One.Seller, State: g.One.State, Was: g.One.Was, Currency: g.One.Currency}
	if hasControl(typed) {
		g.Wrong["name_"+text.Languages[0]] = said(ctx, fault.Say("Leave out characters that cannot be seen."))
		return p, nil
	}
	p.Name = readLocalized(typed, "name")
	p.Version, p.Priority = g.count(ctx, "version"), g.count(ctx, "priority")
	p.Days.From = g.day(ctx, "from")
	if last := g.day(ctx, "last"); !last.IsZero() {
		p.Days.To = last.AddDays(1)
	}
	p.Combines = ticked(typed, "combines")
	for _, id := range typed["category"] {
		p.Goods.Categories = append(p.Goods.Categories, catalog.CategoryID(id))
	}
	for _, id := range typed["collection"] {
		p.Goods.Collections = append(p.Goods.Collections, catalog.CollectionID(id))
	}
	p.Goods.Brands = readLines(typed.Get("brands"))
	p.Needs = promotion.Needs{Units: g.count(ctx, "units"), Sum: g.amount(ctx, "sum"), First: ticked(typed, "first")}
	p.Effect = promotion.Effect{Kind: promotion.Kind(typed.Get("kind")), Cap: g.amount(ctx, "cap"), Amount: g.amount(ctx, "amount"),
		Size: g.count(ctx, "size"), Free: g.count(ctx, "free")}
	if percent := clean(typed.Get("percent")); percent != "" {
		var err error
		if p.Effect.Rate, err = money.ParseRate(percent); err != nil {
			g.Wrong["percent"] = said(ctx, fault.Say("Write a share above 0 and at most 100 per cent."))
		}
	}
	p.Coupons = promotion.Coupons{Codes: readLines(typed.Get("codes")), Most: g.count(ctx, "most"), Each: g.count(ctx, "each")}
	var err error
	p.Goods.Products, err = g.products(tx, typed.Get("products"))
	return p, err
}

// products reads products by SKUs or by their ids, a line each, in one statement, and in one more where ids are typed. One
// that the promotion has already may be gone meanwhile.
func (g *promoting) products(tx *db.Tx, typed string) ([]catalog.ProductID, error) {
	if clean(typed) == "" {
		return nil, nil
	}
	ids, others, err := readSKUs(tx, typed)
	if err != nil || len(others) == 0 {
		return ids, err
	}
	known, err := summariesOf(tx, productIDs(others))
	if err != nil {
		return nil, err
	}
	var unknown []string
	for _, id := range productIDs(others) {
		if known[id].Seller == g.One.Seller || slices.Contains(g.One.Goods.Products, id) {
			ids = append(ids, id)
		} else {
			unknown = append(unknown, string(id))
		}
	}
	if len(unknown) > 0 {
		g.Wrong["products"] = t(tx.Context(), "relations.unknown", "skus", strings.Join(unknown, ", "))
	}
	return ids, nil
}

func productIDs(typed []string) []catalog.ProductID {
	ids := make([]catalog.ProductID, len(typed))
	for i, id := range typed {
		ids[i] = catalog.ProductID(id)
	}
	return ids
}

// productLines writes products as they are typed: by the SKU of their first variant, and by their id where there is none.
func productLines(ids []catalog.ProductID, known map[catalog.ProductID]catalog.Summary) string {
	lines := make([]string, len(ids))
	for i, id := range ids {
		if lines[i] = skuLines(ids[i:i+1], known); lines[i] == "" {
			lines[i] = string(id)
		}
	}
	return strings.Join(lines, "\n")
}

// count reads a whole number that is not below zero; an empty field is zero.
func (g *promoting) count(ctx context.Context, name string) int64 {
	typed := clean(g.Values.Get(name))
	if typed == "" {
		return 0
	}
	n, err := strconv.ParseInt(typed, 10, 64)
	if err != nil || n < 0 {
		g.Wrong[name] = said(ctx, fault.Say("Give a whole number from {least} to {most}.").With("least", 0).With("most", 1_000_000_000))
	}
	return n
}

// amount reads an amount of money; an empty field is zero.
func (g *promoting) amount(ctx context.Context, name string) int64 {
	typed := clean(g.Values.Get(name))
	if typed == "" {
		return 0
	}
	m, err := readPrice(typed, g.One.Currency)
	if err != nil {
		g.Wrong[name] = said(ctx, fault.Say("Write an amount that is not below zero."))
	}
	return m.Minor
}

// day reads a day; an empty field is none.
func (g *promoting) day(ctx context.Context, name string) span.Day {
	typed := clean(g.Values.Get(name))
	if typed == "" {
		return span.Day{}
	}
	d, err := span.Parse(typed)
	if err != nil {
		g.Wrong[name] = said(ctx, fault.Say("Write a day, for example 2026-11-29."))
	}
	return d
}

// readLines reads one thing a line.
func readLines(typed string) (lines []string) {
	for l := range strings.SplitSeq(clean(typed), "\n") {
		if l = strings.TrimSpace(l); l != "" && !slices.Contains(lines, l) {
			lines = append(lines, l)
		}
	}
	return lines
}

// promotionField gives the field of the form that a pointer means.
func promotionField(pointer string) string {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	switch last := parts[min(1, len(parts)-1)]; {
	case parts[0] == "name":
		return "name_" + text.Languages[0]
	case last == "rate":
		return "percent"
	case parts[0] == "days":
		return "last"
	default:
		return last
	}
}
