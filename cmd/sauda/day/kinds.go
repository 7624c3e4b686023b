package day

import (
	"context"
	"fmt"
)

// codes are how many licence codes there are at first, so that they may run out.
const codes = 300

// kinds puts onto the shelf what is no single thing: a bundle, a thing that is made to order, and a program with licence
// codes.
func (t *town) kinds(ctx context.Context, category string) error {
	word := func(s string) map[string]string { return map[string]string{"kk": s, "ru": s, "en": s} }
	for n, kind := range []map[string]any{
		{"bundle": map[string]any{"summed": true, "less": 100_000, "parts": []map[string]any{
			{"variant_id": t.goods[1].variant, "quantity": 1}, {"variant_id": t.goods[2].variant, "quantity": 2},
		}}},
		{"made": map[string]any{"currency": "KZT", "days": 3, "formula": "price + width * 10 + options", "questions": []map[string]any{
			{"code": "width", "kind": "number", "label": word("Width"), "least": "10", "greatest": "300", "unit": "cm"},
			{"code": "colour", "kind": "choice", "label": word("Colour"), "choices": []map[string]any{
				{"code": "red", "name": word("Red")}, {"code": "gold", "name": word("Gold"), "surcharge": 70_000},
			}},
		}}},
		{"digital": map[string]any{"codes": true}},
	} {
		var p struct {
			ID       string
			Variants []struct{ ID string }
		}
		err := t.office(ctx, "POST /v1/office/products", map[string]any{
			"category": category, "state": "on_sale", "name": word(fmt.Sprintf("Kind %d", n)), "kind": kind,
			"variants": []map[string]any{{"sku": fmt.Sprintf("K-%d", n)}},
		}, &p)
		if err != nil {
			return err
		}
		t.goods = append(t.goods, good{product: p.ID, variant: p.Variants[0].ID, price: 500_000, made: kind["made"] != nil})
	}
	list := make([]string, codes)
	for n := range list {
		list[n] = fmt.Sprintf("CODE-%04d", n)
	}
	return t.office(ctx, "POST /v1/office/variants/"+t.goods[len(t.goods)-1].variant+"/codes", map[string]any{"codes": list}, nil)
}

// answers are what somebody answers who has a thing made; none for other things.
func (t *town) answers(g good) map[string]string {
	if !g.made {
		return nil
	}
	colour := "red"
	if t.happens(300) {
		colour = "gold"
	}
	return map[string]string{"width": fmt.Sprint(20 + t.chance.IntN(5)), "colour": colour}
}
