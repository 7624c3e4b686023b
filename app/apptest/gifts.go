package apptest

import (
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/gift"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/core/tax"
	"sauda/gear/db"
)

// Gifts puts certificates of some worth, in tiyn, on sale, and gives their variant.
func Gifts(tx *db.Tx, worth int64) (string, error) {
	shelf, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "gifts", Name: text.Localized{"kk": "Сыйлық", "en": "Gifts"}})
	if err != nil {
		return "", err
	}
	p, err := catalog.Add(tx, catalog.Draft{
		Seller: seller.Own, Category: shelf.ID, Slug: "gift-certificate", Name: text.Localized{"kk": "Сыйлық сертификаты", "ru": "Подарочный сертификат", "en": "Gift certificate"},
		State: catalog.StateOnSale, TaxClass: tax.Exempt, Kind: catalog.Kind{Service: &catalog.Service{Way: gift.WayName}},
		Variants: []catalog.Variant{{SKU: "GIFT"}},
	})
	if err != nil {
		return "", err
	}
	list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil)
	if err != nil {
		return "", err
	}
	_, err = pricing.SetMany(tx, list.ID, []pricing.Entry{{Variant: p.Variants[0].ID, Amount: money.Of(worth, money.KZT)}})
	return string(p.Variants[0].ID), err
}
