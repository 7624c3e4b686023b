package day

import (
	"context"
	"net/url"
	"slices"

	"sauda/core/gift"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/promotion"
)

// seasonal is the code that some buyers have read of; it can be used so often, by one buyer twice.
const (
	seasonal     = "KÖKTEM"
	seasonalMost = 25
)

// present is the code for which somebody gets his goods for nothing; who fetches them has nothing to pay.
const (
	present     = "СЫЙ"
	presentMost = 40
)

// promotes gives away what a shop gives away: a share of everything, and for codes that are soon used up an amount, or all.
func (t *town) promotes(ctx context.Context) error {
	for _, draft := range []map[string]any{
		{"name": map[string]string{"kk": "Бәріне", "ru": "На всё", "en": "On everything"}, "combines": true,
			"effect": map[string]any{"kind": "percent_off", "percent": "7.5", "cap": 40_000}},
		{"name": map[string]string{"kk": "Сый", "ru": "Подарок", "en": "Gift"}, "combines": true,
			"effect":  map[string]any{"kind": "percent_off", "percent": "100"},
			"coupons": map[string]any{"codes": []string{present}, "most": presentMost, "each": presentMost}},
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

// claims enters a code that the visitor has read of, when he remembers it. It may be refused. Gifted says that he
// has got his goods for nothing.
func (v *visitor) claims() (gifted bool, err error) {
	code := seasonal
	switch {
	case v.happens(60):
		code = present
	case !v.happens(250):
		return false, nil
	}
	ok, err := v.tell("PUT /v1/carts/"+v.cart+"/coupons/"+url.PathEscape(code), struct{}{}, nil)
	return ok && code == present, err
}

// free tells whether the basket costs nothing.
func (v *visitor) free() (bool, error) {
	var b struct {
		ToPay struct{ Amount int64 } `json:"to_pay"`
	}
	ok, err := v.tell("GET /v1/carts/"+v.cart, nil, &b)
	return ok && b.ToPay.Amount == 0, err
}

// forNothing: what cost nothing was never paid for, owes nothing, and stands nowhere in the ledger.
func (w *witness) forNothing(o order.Order) error {
	paid, err := payment.ByOrder(w.tx, string(o.ID))
	if err != nil {
		return err
	}
	if _, laid, err := gift.UseOf(w.tx, string(o.ID)); laid || err != nil {
		return err // The doctor judges what a certificate has paid.
	}
	if free := o.Total().IsZero(); free != (o.Payment == "") || free && (len(paid) > 0 || o.Method != string(payment.Nothing)) {
		w.find("order %s costs %s, is paid by %q and has %d payments", o.ID, o.Total(), o.Method, len(paid))
	}
	if !o.Total().IsZero() {
		return nil
	}
	entries, _, err := ledger.History(w.tx, ledger.Buyer(string(o.ID)), ledger.Cursor{}, 1)
	if err == nil && len(entries) > 0 {
		w.find("order %s costs nothing and stands in the ledger", o.ID)
	}
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
	if len(w.uses) > seasonalMost+presentMost {
		w.find("the codes were used %d times, of %d", len(w.uses), seasonalMost+presentMost)
	}
	return nil
}

// gave counts what promotions gave an order that stands.
func (w *witness) gave(o order.Order) {
	for id, amount := range promotion.GivenAway(o.Quote) {
		t := w.given[id]
		t.Uses, t.Given.Minor = t.Uses+1, t.Given.Minor+amount.Minor
		w.given[id] = t
		if slices.Index(w.town.given, id) > 0 { // All but the first ask for a code.
			w.coded["cart/"+o.Cart] = true
		}
	}
}
