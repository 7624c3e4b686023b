package flowtest

import (
	"testing"

	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/choice"
	"sauda/core/gift"
	"sauda/core/ledger"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/core/tax"
	"sauda/gear/db"
)

// Gifts puts certificates of some worth on sale.
func (w *World) Gifts(t testing.TB, worth int64) (v catalog.VariantID) {
	t.Helper()
	w.Moment(t, func(tx *db.Tx) error {
		p, err := catalog.Add(tx, catalog.Draft{
			Seller: seller.Own, Category: w.home, Name: text.Localized{"kk": "Сыйлық сертификаты"}, State: catalog.StateOnSale, TaxClass: tax.Exempt,
			Kind: catalog.Kind{Service: &catalog.Service{Way: gift.WayName}}, Variants: []catalog.Variant{{SKU: "GIFT"}},
		})
		if err != nil {
			return err
		}
		v = p.Variants[0].ID
		list, err := pricing.EnsureList(tx, seller.Own, money.KZT, text.Localized{"kk": "Бөлшек баға"})
		if err != nil {
			return err
		}
		_, err = pricing.SetMany(tx, list.ID, []pricing.Entry{{Variant: v, Amount: money.Of(worth, money.KZT)}})
		return err
	})
	return v
}

// Wish is a certificate as Айгүл shall have it.
func Wish(v catalog.VariantID) gift.Wish {
	return gift.Wish{Variant: v, Currency: money.KZT, Lang: "kk", To: gift.Present{Name: "Айгүл", Email: "aigul@example.kz"}}
}

// Given is a certificate that somebody has bought and paid for before, as it stands in the ledger, and its code.
func (w *World) Given(t testing.TB, v catalog.VariantID) (c gift.Certificate, code string) {
	t.Helper()
	w.Moment(t, func(tx *db.Tx) (err error) {
		if c, err = gift.Choose(tx, Wish(v)); err != nil {
			return err
		}
		before := "ord_before_" + string(c.ID)
		if err := (gift.Way{}).Placed(tx, choice.Sale{Ref: string(c.ID), Order: before, Line: "lin_1", Lang: "kk"}); err != nil {
			return err
		}
		_, err = ledger.Post(tx, ledger.Posting{Kind: "before", Ref: before, Cause: before, Transfers: []ledger.Transfer{
			ledger.Move(ledger.Gateway("before"), ledger.Gift(string(c.ID)), c.Face, string(seller.Own)),
		}})
		return err
	})
	w.Moment(t, func(tx *db.Tx) error { _, err := (gift.Way{}).Paid(tx, string(c.ID)); return err })
	w.Moment(t, func(tx *db.Tx) (err error) {
		if code, err = gift.Seal(tx, c.ID); err != nil {
			return err
		}
		c, err = gift.Get(tx, c.ID)
		return err
	})
	return c, code
}

// Left fails the test unless so much is left of a certificate, and its ledger, its pool and what it has paid agree.
func (w *World) Left(t testing.TB, id gift.ID, want int64) {
	t.Helper()
	w.Look(t, func(tx *db.Tx) error {
		c, err := gift.Get(tx, id)
		if c.Left.Minor != want {
			t.Errorf("%s is left of the certificate, want %s", c.Left, money.Of(want, money.KZT))
		}
		if err != nil {
			return err
		}
		wrong, _, err := gift.Audit(tx, "", 100)
		if len(wrong) > 0 {
			t.Errorf("ledger, pool and uses differ: %+v", wrong)
		}
		return err
	})
}
