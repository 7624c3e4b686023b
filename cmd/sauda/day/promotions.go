package day

import (
	"context"

	"sauda/core/order"
	"sauda/core/promotion"
)

// seasonal is the code that some buyers have read of; it can be used so often, by one buyer twice.
const (
	seasonal     = "KÖKTEM"
	seasonalMost = 25
)

// promotes gives away what a shop gives away: a share of everything, and an amount for a code that is soon used up.
func (t *town) promotes(ctx context.Context) error {
	for _, draft := range []map[string]any{
		{"name": map[string]string{"kk": "Бәріне", "ru": "На всё", "en": "On everything"}, "combines": true,
			"effect": map[string]any{"kind": "percent_off", "percent": "7.5", "cap": 40_000}},
		{"name": map[string]string{"kk": "Көктем", "ru": "Весна", "en": "Spring"}, "combines": true, "needs": map[string]any{"sum": 150_000},
			"effect":  map[string]any{"kind": "order_off", "amount": 25_000},
			"coupons": map[string]any{"codes": []string{seasonal}, "most": seasonalMost, "each": 2}},
	} {
		var p struct{ ID string }
		if err := t.office(ctx, "POST /v1/office/promotions", draft, &p); err != nil {
			return err
		}
		if err := t.office(ctx, "PUT /v1/office/promotions/"+p.ID+"/state", map[string]string{"state": "running"}, nil); err != nil {
			return err
		}
		t.given = append(t.given, promotion.ID(p.ID))
	}
	return nil
}

// claims enters the code that the visitor has read of, when he remembers it. It may be refused.
func (v *visitor) claims() error {
	if !v.happens(250) {
		return nil
	}
	_, err := v.tell("PUT /v1/carts/"+v.cart+"/coupons/"+seasonal, struct{}{}, nil)
	return err
}

// promotions: what the promotions count is what the orders that stand were given, and a use of a code is held for each of
// those that claimed it and for nobody else.
func (w *witness) promotions() error {
	totals, err := promotion.Totals(w.tx, w.town.given)
	if err != nil {
		return err
	}
	for n, id := range w.town.given {
		if t, want := totals[id], w.given[id]; t.Uses != want.Uses || t.Given.Minor != want.Given.Minor {
			w.find("promotion %d counts %d uses for %d, and the orders were given %d times %d", n, t.Uses, t.Given.Minor, want.Uses, want.Given.Minor)
		}
	}
	for owner := range w.uses {
		if !w.coded[owner] {
			w.find("%s holds a use of the code, and no order claimed it", owner)
		}
	}
	for owner := range w.coded {
		if !w.uses[owner] {
			w.find("%s claimed the code, and holds no use of it", owner)
		}
	}
	if len(w.uses) > seasonalMost {
		w.find("the code was used %d times, of %d", len(w.uses), seasonalMost)
	}
	return nil
}

// gave counts what promotions gave an order that stands.
func (w *witness) gave(o order.Order) {
	for id, amount := range promotion.GivenAway(o.Quote) {
		t := w.given[id]
		t.Uses, t.Given.Minor = t.Uses+1, t.Given.Minor+amount.Minor
		w.given[id] = t
		if id == w.town.given[len(w.town.given)-1] {
			w.coded["cart/"+o.Cart] = true
		}
	}
}
