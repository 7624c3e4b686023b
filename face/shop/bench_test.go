package shop_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"syscall"
	"testing"

	"sauda/app"
	"sauda/app/apptest"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/inventory"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

// stocked is how many things the benchmark puts into one category.
const stocked = 480

// furnished is a shop with some hundred things in a category, each with what a card shows.
func furnished(b *testing.B) (h *house, product string) {
	b.Helper()
	h = &house{apptest.Open(b, db.SQLite, func(c *app.Config) { c.Limits.Off = true })}
	h.Moment(b, func(tx *db.Tx) error {
		c, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "many", Name: text.Localized{"kk": "Көп зат", "ru": "Много вещей"}})
		if err != nil {
			return err
		}
		list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil)
		if err != nil {
			return err
		}
		houses, err := inventory.Warehouses(tx, seller.Own)
		if err != nil {
			return err
		}
		var prices []pricing.Entry
		var counts []inventory.Counted
		for n := range stocked {
			p, err := catalog.Add(tx, catalog.Draft{
				Seller: seller.Own, Category: c.ID, State: catalog.StateOnSale, Brand: fmt.Sprint("Бренд ", n%20), Origin: place.KZ,
				Name:        text.Localized{"kk": fmt.Sprint("Зауыттан шыққан зат ", n), "ru": fmt.Sprint("Заводская вещь ", n)},
				Description: text.Localized{"kk": "Ұзақ қызмет ететін, күтімі оңай зат.", "ru": "Вещь, которая служит долго и не требует ухода."},
				Attributes: []catalog.Attribute{
					{Code: "colour", Kind: catalog.AttributeText, Label: text.Localized{"kk": "Түсі"}, Text: text.Localized{"kk": fmt.Sprint("түс ", n%8)}},
					{Code: "series", Kind: catalog.AttributeText, Label: text.Localized{"kk": "Сериясы"}, Text: text.Localized{"kk": fmt.Sprint("серия ", n%5)}},
				},
				Media:    []catalog.Media{{Kind: catalog.MediaImage, URL: "/media/kettle.svg", Alt: text.Localized{"kk": "Зат"}}},
				Variants: []catalog.Variant{{SKU: fmt.Sprint("many-", n), Tracking: catalog.Tracked}},
			})
			if err != nil {
				return err
			}
			product = string(p.ID)
			prices = append(prices, pricing.Entry{Variant: p.Variants[0].ID, Amount: money.Of(int64(1000+n)*100, money.KZT)})
			counts = append(counts, inventory.Counted{Variant: p.Variants[0].ID, Quantity: measure.Of(int64(n%7 + 1))})
		}
		if _, err := pricing.SetMany(tx, list.ID, prices); err != nil {
			return err
		}
		_, err = inventory.CountMany(tx, houses[0].ID, counts, "the first count")
		return err
	})
	h.Settled(b)
	if err := h.Search.Catch(b.Context()); err != nil {
		b.Fatal(err)
	}
	return h, product
}

// worked is how long processors have worked for this process: on a machine that others use too, that says more than a clock.
func worked(b *testing.B) int64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return used.Utime.Nano() + used.Stime.Nano()
}

// BenchmarkPages makes pages for a visitor who has pages of his own, compressed, as `sauda bench` reads them: the processor's time of
// the middle one, and of the slowest of a hundred. Its profile says what a page is made of:
//
//	tools/testbed run go test ./face/shop -run '^$' -bench Pages/category -cpuprofile cpu.out
func BenchmarkPages(b *testing.B) {
	h, product := furnished(b)
	ask := func(path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Accept-Encoding", "gzip")
		r.Header.Set("Cookie", "sauda_look=light")
		w := httptest.NewRecorder()
		h.Handler().ServeHTTP(w, r)
		return w
	}
	at := "/kk/p/" + product
	if to := ask(at).Header().Get("Location"); to != "" {
		at = to
	}
	for name, path := range map[string]string{"category": "/kk/c/many", "product": at} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var each []int64
			for before := worked(b); b.Loop(); {
				if w := ask(path); w.Code != http.StatusOK {
					b.Fatalf("%s: %d", path, w.Code)
				}
				now := worked(b)
				each, before = append(each, now-before), now
			}
			slices.Sort(each)
			b.ReportMetric(float64(each[len(each)/2]), "p50-cpu-ns")
			b.ReportMetric(float64(each[len(each)*99/100]), "p99-cpu-ns")
		})
	}
}
