package checkout_test

import (
	"errors"
	"testing"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/order"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/flow/checkout"
	"sauda/flow/flowtest"
	"sauda/gear/db"
)

// bundle puts a bundle of a kettle and two lamps on sale, at a price of its own, and gives its variant.
func bundle(t *testing.T, w *flowtest.World, price int64) (id catalog.VariantID) {
	t.Helper()
	w.Moment(t, func(tx *db.Tx) error {
		tree, err := catalog.Tree(tx)
		if err != nil {
			return err
		}
		p, err := catalog.Add(tx, catalog.Draft{
			Seller: seller.Own, Category: tree[0].ID, Name: text.Localized{"kk": "Жинақ"}, State: catalog.StateOnSale,
			Variants: []catalog.Variant{{SKU: "set"}},
			Kind: catalog.Kind{Bundle: &catalog.Bundle{Parts: []catalog.BundlePart{
				{Variant: w.Kettle, Quantity: measure.Of(1)}, {Variant: w.Lamp, Quantity: measure.Of(2)},
			}}},
		})
		if err != nil {
			return err
		}
		id = p.Variants[0].ID
		list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil)
		if err != nil {
			return err
		}
		return pricing.Set(tx, list.ID, pricing.Entry{Variant: id, Amount: money.Of(price, money.KZT)})
	})
	return id
}

// TestABundleIsBought buys two bundles, which need four of five lamps, and a lamp beside them: what is held is each part
// once, with all that is asked of it, and a cancellation gives it back.
func TestABundleIsBought(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		v := bundle(t, w, 1_000_001)
		p := w.Alive()
		desk := checkout.New(p.Teller, w.Cards)
		id := w.Basket(t, "mth_courier", v, v, w.Lamp)
		w.As(flowtest.Guest).Look(t, func(tx *db.Tx) error {
			b, err := desk.Look(tx, id)
			if len(b.Notices) != 0 || len(b.Quote.Lines) != 3 || len(b.Quote.Shown()) != 2 || b.Quote.Goods.Minor != 2*1_000_001+flowtest.LampPrice {
				t.Errorf("the basket has %d lines of %s and says %v", len(b.Quote.Lines), b.Quote.Goods, b.Notices)
			}
			return err
		})
		if _, err := desk.Order(t.Context(), flowtest.Guest, card(id, "tok_ok")); err != nil {
			t.Fatal(err)
		}
		held := map[catalog.VariantID]measure.Quantity{}
		for _, at := range []struct {
			v catalog.VariantID
			n int64
		}{{w.Kettle, 2}, {w.Lamp, 5}} {
			_, near := w.Stock(t, w.Near, at.v)
			_, far := w.Stock(t, w.Far, at.v)
			if held[at.v] = near + far; held[at.v] != measure.Of(at.n) {
				t.Errorf("%s of %s are held, want %d", held[at.v], at.v, at.n)
			}
		}
		o := w.Order(t, id)
		if len(o.Lines) != 3 || len(o.Quote.Bundles) != 1 || o.Quote.Bundles[0].Quantity != measure.Of(2) {
			t.Fatalf("the order has %d lines and %+v", len(o.Lines), o.Quote.Bundles)
		}

		// The buyer gives one bundle back by its own line, and cannot give back a lamp out of it.
		as := w.As(flowtest.Guest)
		set := o.Quote.Bundles[0].Line
		err := as.Try(func(tx *db.Tx) error {
			_, err := order.CancelLines(tx, o.ID, []order.Part{{Line: set + ".2", Quantity: measure.Of(1)}}, "")
			return err
		})
		if !errors.Is(err, order.ErrBundle) {
			t.Errorf("a lamp out of a bundle: %v", err)
		}
		as.Moment(t, func(tx *db.Tx) error {
			_, err := order.CancelLines(tx, o.ID, []order.Part{{Line: set, Quantity: measure.Of(1)}}, "")
			return err
		})
		if o = w.Order(t, id); o.Lines[0].Cancelled != measure.Of(1) || o.Lines[1].Cancelled != measure.Of(2) || o.Lines[2].Cancelled != 0 {
			t.Errorf("cancelled are %+v", o.Lines)
		}
		worth := o.Lines[0].Worth(0, measure.Of(1)).Total.Minor + o.Lines[1].Worth(0, measure.Of(2)).Total.Minor
		if worth < 1_000_000 || worth > 1_000_002 {
			t.Errorf("one of two bundles is worth %d", worth)
		}
	})
}

// TestABundleIsAsManyAsItsParts asks for more bundles than can be made of what is left beside what is bought alone.
func TestABundleIsAsManyAsItsParts(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		v := bundle(t, w, 1_000_000)
		desk := checkout.New(w.Alive().Teller, w.Cards)
		id := w.Basket(t, "mth_courier", v, v, w.Lamp, w.Lamp) // Five lamps: two alone leave three, enough for one bundle.
		w.As(flowtest.Guest).Look(t, func(tx *db.Tx) error {
			b, err := desk.Look(tx, id)
			if len(b.Notices) != 1 || b.Notices[0].Kind != cart.NoticeOnlyLeft || b.Notices[0].Left != measure.Of(1) {
				t.Errorf("the basket says %+v", b.Notices)
			}
			return err
		})
		if _, err := desk.Order(t.Context(), flowtest.Guest, card(id, "tok_ok")); err == nil {
			t.Error("more was sold than there is")
		}
		untouched(t, w, id)
		w.Moment(t, func(tx *db.Tx) error { // A part that ends takes the bundle off sale.
			offers, err := catalog.Offers(tx, []catalog.VariantID{w.Kettle})
			if err != nil {
				return err
			}
			p, err := catalog.Get(tx, offers[w.Kettle].Product)
			if err == nil {
				_, err = catalog.End(tx, p.ID, p.Version)
			}
			return err
		})
		w.As(flowtest.Guest).Look(t, func(tx *db.Tx) error {
			b, err := desk.Look(tx, id)
			if len(b.Notices) != 1 || b.Notices[0].Kind != cart.NoticeEnded || len(b.Quote.Lines) != 1 {
				t.Errorf("the basket says %+v of %d lines", b.Notices, len(b.Quote.Lines))
			}
			return err
		})
	})
}
