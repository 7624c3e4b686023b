package apptest

import (
	"testing"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/inventory"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/core/tax"
	"sauda/gear/db"
)

// Good is a variant on the shelf of a house of a test.
type Good struct {
	Product catalog.ProductID
	Variant catalog.VariantID
	Price   money.Money // Price is that of one unit; zero for what has none.
}

// The SKUs of the goods.
const (
	Kettle  = "KETTLE"  // Kettle costs 12 000 ₸; there are a hundred; 1.2 kg; four languages and a picture.
	ShirtS  = "SHIRT-S" // ShirtS and ShirtM are variants of one shirt: 5 000 ₸ and 5 500 ₸, ten of each; from five on 4 500 ₸.
	ShirtM  = "SHIRT-M"
	Journal = "JOURNAL" // Journal is taxed at the rate for periodicals and costs 990.50 ₸; it is never out of stock.
	Cloth   = "CLOTH"   // Cloth is sold by the centimetre of a metre: 2 333.33 ₸; there are 50 m.
	Rare    = "RARE"    // Rare costs 700 ₸, and there is one.
	Gone    = "GONE"    // Gone has ended.
	Plan    = "PLAN"    // Plan is a draft.
	Free    = "NOPRICE" // Free is on sale and has no price.
)

// goods are the drafts, in the order in which they are put on the shelf.
func goods(category catalog.CategoryID) []catalog.Draft {
	words := func(kk, ru, en, zh string) text.Localized {
		return text.Localized{"kk": kk, "ru": ru, "en": en, "zh": zh}
	}
	one := func(name text.Localized, v catalog.Variant) catalog.Draft {
		return catalog.Draft{Seller: seller.Own, Category: category, Name: name, State: catalog.StateOnSale, Variants: []catalog.Variant{v}}
	}
	kettle := one(words("Шәйнек", "Чайник", "Kettle", "水壶"), catalog.Variant{SKU: Kettle, GTIN: "4006381333931", Mass: 1200, Tracking: catalog.Tracked})
	kettle.Description, kettle.Brand, kettle.Origin = words("Болат шәйнек.", "Стальной чайник.", "A steel kettle.", "钢水壶。"), "Shanyraq", place.KZ
	kettle.Media = []catalog.Media{{Kind: catalog.MediaImage, URL: "/media/kettle.svg", Alt: words("Шәйнек", "Чайник", "A kettle", "水壶")}}
	shirt := one(words("Көйлек", "Рубашка", "Shirt", "衬衫"), catalog.Variant{SKU: ShirtS, Options: map[string]string{"size": "s"}, Mass: 250, Tracking: catalog.Tracked})
	shirt.Options = []catalog.Option{{Code: "size", Name: words("Өлшемі", "Размер", "Size", "尺码"), Values: []catalog.OptionValue{
		{Code: "s", Name: words("S", "S", "S", "S")}, {Code: "m", Name: words("M", "M", "M", "M")},
	}}}
	shirt.Variants = append(shirt.Variants, catalog.Variant{SKU: ShirtM, Options: map[string]string{"size": "m"}, Mass: 270, Tracking: catalog.Tracked})
	journal := one(words("Журнал", "Журнал", "Journal", "杂志"), catalog.Variant{SKU: Journal, Mass: 300})
	journal.TaxClass = tax.Periodical
	cloth := one(words("Мата", "Ткань", "Cloth", "布料"), catalog.Variant{SKU: Cloth, Unit: measure.Metre, Mass: 180, Tracking: catalog.Tracked})
	rare := one(words("Сирек кітап", "Редкая книга", "Rare book", "珍本"), catalog.Variant{SKU: Rare, Mass: 400, Tracking: catalog.Tracked})
	gone := one(words("Кеткен тауар", "Ушедший товар", "Gone", "已下架"), catalog.Variant{SKU: Gone})
	plan := one(words("Жоба", "Черновик", "Plan", "草稿"), catalog.Variant{SKU: Plan})
	plan.State = catalog.StateDraft
	free := one(words("Бағасыз", "Без цены", "Without a price", "无价"), catalog.Variant{SKU: Free})
	return []catalog.Draft{kettle, shirt, journal, cloth, rare, gone, plan, free}
}

// stands says what the goods cost, in minor units, and how many there are.
var stands = map[string]struct {
	price int64
	left  measure.Quantity
}{
	Kettle: {12_000_00, measure.Of(100)}, ShirtS: {5_000_00, measure.Of(10)}, ShirtM: {5_500_00, measure.Of(10)},
	Journal: {990_50, 0}, Cloth: {2_333_33, measure.Of(50)}, Rare: {700_00, measure.Of(1)}, Gone: {100_00, 0}, Plan: {100_00, 0},
}

// stock puts the goods on the shelf, each a minute after the one before, so that lists have an order.
func (h *House) stock(t testing.TB) {
	t.Helper()
	h.Goods = map[string]Good{}
	var home catalog.Category
	var list pricing.List
	var warehouse inventory.Warehouse
	h.Moment(t, func(tx *db.Tx) (err error) {
		name := text.Localized{"kk": "Үйге", "ru": "Для дома", "en": "Home", "zh": "家居"}
		if home, err = catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "home", Name: name}); err != nil {
			return err
		}
		if list, err = pricing.EnsureList(tx, seller.Own, money.KZT, nil); err != nil {
			return err
		}
		all, err := inventory.Warehouses(tx, seller.Own)
		warehouse = all[0]
		return err
	})
	drafts := goods(home.ID)
	now := h.Clock.Now()
	for i, d := range drafts {
		h.Clock.Set(now.Add(time.Duration(i-len(drafts)) * time.Minute))
		h.Moment(t, func(tx *db.Tx) error { return h.shelve(tx, d, list.ID, warehouse.ID) })
	}
	h.Clock.Set(now)
	h.Settled(t)
}

// shelve puts one good on the shelf, with its price and its stock.
func (h *House) shelve(tx *db.Tx, d catalog.Draft, list pricing.ListID, warehouse inventory.WarehouseID) error {
	p, err := catalog.Add(tx, d)
	if err != nil {
		return err
	}
	var entries []pricing.Entry
	var counts []inventory.Counted
	for _, v := range p.Variants {
		s := stands[v.SKU]
		h.Goods[v.SKU] = Good{Product: p.ID, Variant: v.ID, Price: money.Of(s.price, money.KZT)}
		if s.price > 0 {
			entries = append(entries, pricing.Entry{Variant: v.ID, Amount: money.Of(s.price, money.KZT)})
		}
		if s.left > 0 {
			counts = append(counts, inventory.Counted{Variant: v.ID, Quantity: s.left})
		}
		if v.SKU == ShirtS {
			entries = append(entries, pricing.Entry{Variant: v.ID, From: measure.Of(5), Amount: money.Of(4_500_00, money.KZT)})
		}
	}
	if len(entries) > 0 {
		if _, err := pricing.SetMany(tx, list, entries); err != nil {
			return err
		}
	}
	if len(counts) > 0 {
		if _, err := inventory.CountMany(tx, warehouse, counts, "the first count"); err != nil {
			return err
		}
	}
	if d.Variants[0].SKU == Gone {
		_, err = catalog.End(tx, p.ID, p.Version)
	}
	return err
}

// Left is how much of a good can be promised now.
func (h *House) Left(t testing.TB, sku string) measure.Quantity {
	t.Helper()
	v := h.Goods[sku].Variant
	var left map[catalog.VariantID]measure.Quantity
	h.Look(t, func(tx *db.Tx) (err error) {
		left, err = inventory.Available(tx, []catalog.VariantID{v})
		return err
	})
	return left[v]
}

// Today is the day that the clock of the house shows in Kazakhstan.
func (h *House) Today() span.Day { return span.DayOf(h.Clock.Now(), span.Almaty) }
