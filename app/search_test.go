package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/order"
	"sauda/core/pricing"
	"sauda/core/search"
	"sauda/core/search/index"
	"sauda/core/seller"
	"sauda/gear/db"
)

// asked are questions that are put to both engines.
var asked = []search.Question{
	{Words: "kettle"}, {Words: "чайник", Lang: "ru"}, {Words: "шәйнек", Lang: "kk"}, {Words: "水壶", Lang: "zh"}, {Words: "rare book kettle"},
	{Words: "kettel"}, {Words: "4006381333931"}, {Facets: []string{"category", "brand", "price", "stock", "origin"}, Sort: index.ByPriceUp},
	{Words: "steel", Filters: []index.Filter{{Name: "stock", Values: []string{"in_stock"}}}, Facets: []string{"stock"}},
}

// TestBothEnginesFindTheSame asks two houses with the same goods, one on each engine.
func TestBothEnginesFindTheSame(t *testing.T) {
	answers := make(map[db.Engine]string)
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		if err := h.Search.Catch(context.Background()); err != nil {
			t.Fatal(err)
		}
		names := make(map[string]string)
		for sku, g := range h.Goods {
			if known := names[string(g.Product)]; known == "" || sku < known { // A product has several.
				names[string(g.Product)] = sku
			}
		}
		for _, q := range asked {
			found, err := h.Search.Ask(q)
			if err != nil {
				t.Fatal(err)
			}
			if found.Count == 0 {
				t.Errorf("%q finds nothing", q.Words)
			}
			for i := range found.Hits {
				found.Hits[i].ID = names[found.Hits[i].ID] // Ids are drawn by chance.
			}
			for _, f := range found.Facets {
				for i := range f.Values {
					if f.Name == index.NameCategory {
						f.Values[i].Value = ""
					}
				}
			}
			body, err := json.Marshal(found)
			if err != nil {
				t.Fatal(err)
			}
			answers[h.Store.Engine()] += string(body) + "\n"
		}
	})
	if answers[db.SQLite] != answers[db.Postgres] {
		t.Errorf("SQLite finds\n%s\nand PostgreSQL\n%s", answers[db.SQLite], answers[db.Postgres])
	}
}

// found asks a house for words below a price, and gives how many there are.
func found(t *testing.T, h *apptest.House, words string, below int64) int {
	t.Helper()
	q := search.Question{Words: words}
	if below > 0 {
		q.Filters = []index.Filter{{Name: index.NamePrice, Bounded: true, To: below}}
	}
	f, err := h.Search.Ask(q)
	if err != nil {
		t.Fatal(err)
	}
	if f.Weak {
		return 0
	}
	return f.Count
}

// TestTheIndexFollows changes goods under a running index, which sees it well within a second.
func TestTheIndexFollows(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- h.Search.Run(ctx) }()
		defer func() {
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}()
		until := func(what string, ok func() bool) {
			t.Helper()
			for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("the index does not see that %s", what)
				}
			}
		}
		until("there are goods", h.Search.Ready)
		kettle := h.Goods[apptest.Kettle]
		if found(t, h, "kettle", 50_00) != 0 || found(t, h, "kettle", 0) != 1 {
			t.Fatal("the kettle is not found as it stands")
		}
		h.Moment(t, func(tx *db.Tx) error {
			list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil)
			if err != nil {
				return err
			}
			_, err = pricing.SetMany(tx, list.ID, []pricing.Entry{{Variant: kettle.Variant, Amount: money.Of(49_00, money.KZT)}})
			return err
		})
		until("the price fell", func() bool { return found(t, h, "kettle", 50_00) == 1 })
		h.Moment(t, func(tx *db.Tx) error {
			p, err := catalog.Get(tx, kettle.Product)
			if err != nil {
				return err
			}
			name := text.Localized{"en": "Samovar"}
			_, err = catalog.Revise(tx, p.ID, p.Version, catalog.Changes{Name: &name})
			return err
		})
		until("the name is another", func() bool { return found(t, h, "samovar", 0) == 1 })
		if found(t, h, "samovar", 50_00) != 1 {
			t.Error("the price was lost with the new name")
		}
		h.Moment(t, func(tx *db.Tx) error {
			p, err := catalog.Get(tx, kettle.Product)
			if err != nil {
				return err
			}
			_, err = catalog.End(tx, p.ID, p.Version)
			return err
		})
		until("the goods have ended", func() bool { return found(t, h, "samovar", 0) == 0 })
		h.Moment(t, func(tx *db.Tx) error {
			_, err := search.AddRule(tx, search.Rule{Kind: search.Synonym, Words: []string{"magazine", "journal"}})
			return err
		})
		until("two words mean the same", func() bool { return found(t, h, "magazine", 0) == 1 })
	})
}

// TestWhatWasAskedIsCounted writes down queries and choices, and nothing that leads to a person.
func TestWhatWasAskedIsCounted(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		if err := h.Search.Catch(context.Background()); err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{"Kettle", " kettle", "xylophone", "aigul@example.kz", "+7 701 123 45 67"} {
			if _, err := h.Search.Ask(search.Question{Words: words, Lang: "en"}); err != nil {
				t.Fatal(err)
			}
		}
		h.Search.Chosen("kettle", h.Goods[apptest.Kettle].Product, 1)
		h.Search.Chosen("kettle", "prd_unknown", 1)
		if err := h.Search.WriteNotes(context.Background()); err != nil {
			t.Fatal(err)
		}
		h.Look(t, func(tx *db.Tx) error {
			all, err := search.Queries(tx, false, "", 10)
			if err != nil {
				return err
			}
			if len(all) != 2 || all[0].Words != "kettle" || all[0].Asked != 2 || all[0].Found != 1 || all[1].Words != "xylophone" {
				t.Errorf("counted: %+v", all)
			}
			vain, err := search.Queries(tx, true, "", 10)
			if len(vain) != 1 || vain[0].Words != "xylophone" {
				t.Errorf("in vain: %+v", vain)
			}
			return err
		})
	})
}

// TestWhatIsBoughtStandsHigher buys, and finds the sales counted once however often the clock strikes.
func TestWhatIsBoughtStandsHigher(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		kettle := h.Goods[apptest.Kettle]
		popularity := func() int64 {
			t.Helper()
			if err := h.Search.Catch(context.Background()); err != nil {
				t.Fatal(err)
			}
			f, err := h.Search.Ask(search.Question{Sort: index.ByPopular})
			if err != nil || len(f.Hits) == 0 {
				t.Fatal(f, err)
			}
			if f.Hits[0].ID != string(kettle.Product) {
				return 0
			}
			return f.Hits[0].Score
		}
		for range 3 {
			h.Guest().Buy(t, h, apptest.Kettle)
		}
		h.Guest().Buy(t, h, apptest.Journal)
		for range 3 {
			h.Later(t, 2*time.Minute)
		}
		if got := popularity(); got != 30 {
			t.Errorf("the kettle was bought three times and has %d, want ten for each", got)
		}
	})
}

// TestABundleIsLikedBesideItsParts: who buys a bundle has bought it, and each of its parts.
func TestABundleIsLikedBesideItsParts(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		kettle := h.Goods[apptest.Kettle]
		var tea catalog.Product
		h.Moment(t, func(tx *db.Tx) error {
			p, err := catalog.Get(tx, kettle.Product)
			if err != nil {
				return err
			}
			part := catalog.BundlePart{Variant: kettle.Variant, Quantity: measure.Of(2)}
			tea, err = catalog.Add(tx, catalog.Draft{Seller: seller.Own, Category: p.Category, State: catalog.StateOnSale, Name: text.Localized{"en": "Tea"},
				Kind: catalog.Kind{Bundle: &catalog.Bundle{Parts: []catalog.BundlePart{part}, Summed: true}}, Variants: []catalog.Variant{{SKU: "TEA"}}})
			return err
		})
		h.Goods["TEA"] = apptest.Good{Product: tea.ID, Variant: tea.Variants[0].ID}
		h.Settled(t)
		h.Guest().Buy(t, h, "TEA")
		h.Guest().Buy(t, h, "TEA")
		h.Guest().Buy(t, h, apptest.Kettle)
		h.Later(t, 2*time.Minute)
		h.Look(t, func(tx *db.Tx) error {
			b, err := order.BoughtAfter(tx, "", tx.Now(), 100)
			if b.Orders != 3 || b.Times[tea.Variants[0].ID] != 2 || b.Times[kettle.Variant] != 3 {
				t.Errorf("bought were %+v", b)
			}
			return err
		})
		if err := h.Search.Catch(context.Background()); err != nil {
			t.Fatal(err)
		}
		f, err := h.Search.Ask(search.Question{Sort: index.ByPopular})
		if err != nil || len(f.Hits) < 2 || f.Hits[0].ID != string(kettle.Product) || f.Hits[0].Score != 30 || f.Hits[1].ID != string(tea.ID) || f.Hits[1].Score != 20 {
			t.Errorf("%v: %+v", err, f.Hits)
		}
	})
}

// TestAStartTakesTheIndexUp closes a house with many goods, changes some while no index follows, and opens it again: it
// finds at once what it found before, and soon what has changed.
func TestAStartTakesTheIndexUp(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		const goods = 600
		var ids []catalog.ProductID
		h.Moment(t, func(tx *db.Tx) error {
			kettle, err := catalog.Get(tx, h.Goods[apptest.Kettle].Product)
			if err != nil {
				return err
			}
			ids = nil // A moment may be run twice.
			for n := range goods {
				p, err := catalog.Add(tx, catalog.Draft{Seller: seller.Own, State: catalog.StateOnSale, Category: kettle.Category, Name: text.Localized{"en": fmt.Sprintf("Widget part%d", n)},
					Variants: []catalog.Variant{{SKU: fmt.Sprintf("W%d", n)}}})
				if err != nil {
					return err
				}
				ids = append(ids, p.ID)
			}
			return nil
		})
		if err := h.Search.Catch(context.Background()); err != nil {
			t.Fatal(err)
		}
		if n := found(t, h, "widget", 0); n != goods {
			t.Fatalf("%d widgets are found", n)
		}
		h.Reopen(t) // Nobody runs the search of this one: it follows nothing.
		h.Moment(t, func(tx *db.Tx) error {
			p, err := catalog.Get(tx, ids[3])
			if err != nil {
				return err
			}
			name := text.Localized{"en": "Samovar"}
			if _, err := catalog.Revise(tx, p.ID, p.Version, catalog.Changes{Name: &name}); err != nil {
				return err
			}
			if p, err = catalog.Get(tx, ids[4]); err != nil {
				return err
			}
			_, err = catalog.End(tx, p.ID, p.Version)
			return err
		})
		h.Reopen(t)
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- h.Search.Run(ctx) }()
		for end := time.Now().Add(20 * time.Second); !h.Search.Ready() || found(t, h, "samovar", 0) != 1 || found(t, h, "widget", 0) != goods-2; time.Sleep(2 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("it finds %d samovars and %d widgets", found(t, h, "samovar", 0), found(t, h, "widget", 0))
			}
		}
		took := h.Search.Stats().Took
		if taken := took == 0; taken != (h.Store.Engine() == db.SQLite) {
			t.Errorf("the index was built in %s", took)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
