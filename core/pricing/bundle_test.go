package pricing_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/tax"
)

// bundled shows a bundle of a teapot and two bowls, of which the bowls are taxed as a periodical.
func bundled(b catalog.Bundle, steps ...pricing.Step) pricing.Conditions {
	c := market()
	stock(c, goods{"teapot", "payer", tax.Standard, measure.Piece}, step(0, 100_000))
	stock(c, goods{"bowl", "payer", tax.Periodical, measure.Piece}, step(0, 25_033))
	b.Parts = []catalog.BundlePart{{Variant: "teapot", Quantity: measure.Of(1)}, {Variant: "bowl", Quantity: measure.Of(2)}}
	stock(c, goods{"bundle", "payer", tax.Standard, measure.Piece}, steps...)
	o := c.Offers["bundle"]
	o.Kind.Bundle = &b
	c.Offers["bundle"] = o
	return c
}

func TestABundleSharesItsPriceOut(t *testing.T) {
	for name, x := range map[string]struct {
		conditions pricing.Conditions
		unit       int64
		reason     string
		parts      [2]int64
	}{
		"a price of its own":   {bundled(catalog.Bundle{}, step(0, 120_001)), 120_001, "price.list", [2]int64{159_931, 80_071}},
		"the sum of its parts": {bundled(catalog.Bundle{Summed: true}), 150_066, "bundle.sum", [2]int64{200_000, 100_132}},
		"the sum less ten":     {bundled(catalog.Bundle{Summed: true, Less: money.Percent(10)}), 135_059, "bundle.less", [2]int64{179_999, 90_119}},
	} {
		q := mustPrice(t, draft(line("1", "bundle", "2"), line("2", "bowl", "1")), x.conditions)
		if len(q.Lines) != 3 || len(q.Bundles) != 1 || q.Bundles[0].UnitPrice.Minor != x.unit || q.Bundles[0].Reasons[0].Code != x.reason {
			t.Fatalf("%s: %d lines, %+v", name, len(q.Lines), q.Bundles)
		}
		if a, b := q.Lines[0], q.Lines[1]; a.Line != "1.1" || b.Line != "1.2" || a.Bundle != "1" || b.Quantity != measure.Of(4) ||
			a.Total.Minor != x.parts[0] || b.Total.Minor != x.parts[1] || a.Tax.Class == b.Tax.Class {
			t.Errorf("%s: the parts are %+v and %+v", name, a, b)
		}
		shown := q.Shown()
		if len(shown) != 2 || shown[0].Line != "1" || shown[0].Total.Minor != 2*x.unit || shown[1].Line != "2" || len(q.PartsOf("1")) != 2 {
			t.Errorf("%s: shown are %+v", name, shown)
		}
		if !strings.Contains(q.Lines[0].Reasons[0].Text("kk"), "«Тауар» жинағының бағасындағы үлесі") {
			t.Errorf("%s: the reason is %q", name, q.Lines[0].Reasons[0].Text("kk"))
		}
		var again pricing.Quote
		body, err := json.Marshal(q)
		if err == nil {
			err = json.Unmarshal(body, &again)
		}
		if err != nil || !reflect.DeepEqual(q, again) {
			t.Errorf("%s: stored it is another: %v", name, err)
		}
	}
}

// TestABundleLosesNothing shares prices of any size out over parts of any price, and wants them back.
func TestABundleLosesNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		price := rapid.Int64Range(0, 1e12).Draw(r, "price")
		c := bundled(catalog.Bundle{}, step(0, price))
		c.Prices["teapot"][0].Amount.Minor = rapid.Int64Range(0, 1e9).Draw(r, "teapot")
		c.Prices["bowl"][0].Amount.Minor = rapid.Int64Range(0, 1e9).Draw(r, "bowl")
		n := rapid.Int64Range(1, 1000).Draw(r, "n")
		q, err := pricing.Price(draft(pricing.DraftLine{Line: "1", Variant: "bundle", Quantity: measure.Of(n)}), c)
		if err != nil {
			r.Fatal(err)
		}
		if sum := q.Lines[0].Total.Minor + q.Lines[1].Total.Minor; sum != n*price || q.Total.Minor != sum || q.Lines[1].Quantity != measure.Of(2*n) {
			r.Errorf("%d of %d are %d", n, price, sum)
		}
	})
}

func TestABundleNeedsItsParts(t *testing.T) {
	for name, spoil := range map[string]func(pricing.Conditions){
		"a part has ended": func(c pricing.Conditions) {
			o := c.Offers["bowl"]
			o.State = catalog.StateEnded
			c.Offers["bowl"] = o
		},
		"a part is not known":     func(c pricing.Conditions) { delete(c.Offers, "teapot") },
		"a part has no price":     func(c pricing.Conditions) { delete(c.Prices, "bowl") },
		"the bundle has no price": func(c pricing.Conditions) { delete(c.Prices, "bundle") },
	} {
		c := bundled(catalog.Bundle{}, step(0, 1000))
		spoil(c)
		d := draft(line("1", "bundle", "1"), line("2", "bundle", "1"))
		if _, err := pricing.Price(d, c); !errors.Is(err, pricing.ErrNotForSale) && !errors.Is(err, pricing.ErrNoPrice) {
			t.Errorf("%s: %v", name, err)
		}
		if rest, problems := pricing.Sellable(d, c); len(rest.Lines) != 0 || len(problems) != 2 {
			t.Errorf("%s: %d lines can be sold, %d problems", name, len(rest.Lines), len(problems))
		}
	}
}
