package shop_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

// What a page may weigh, compressed and without its pictures, and what of it may be scripts.
const (
	pageBudget   = 60 << 10
	scriptBudget = 20 << 10
)

// weight is what a text weighs on the line.
func weight(t *testing.T, text string) int {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, 5)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// crowded fills a category with more goods than a page shows, each with a picture and a long name.
func (h *house) crowded(t *testing.T) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		home, err := catalog.CategoryBySlug(tx, "home")
		if err != nil {
			return err
		}
		for n := range 30 {
			letter := string(rune('A' + n))
			_, err := catalog.Add(tx, catalog.Draft{
				Seller: seller.Own, Category: home.ID, State: catalog.StateOnSale,
				Name:     text.Localized{"kk": "Қолдан тігілген киіз шәркей, үлкендерге арналған " + letter, "ru": "Войлочные тапочки ручной работы для взрослых " + letter},
				Media:    []catalog.Media{{URL: "/media/" + strings.Repeat("ab", 16) + letter + ".jpg", Kind: catalog.MediaImage}},
				Variants: []catalog.Variant{{SKU: "SLIPPER-" + letter}},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err := h.Search.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestPagesAreLight: what a first visit loads beside pictures, in each language. Nothing comes from elsewhere.
func TestPagesAreLight(t *testing.T) {
	h := open(t, db.SQLite)
	h.crowded(t)
	for _, lang := range []string{"kk", "ru", "en", "zh"} {
		b := h.browser(t, lang)
		for _, address := range []string{"/", "/catalogue", "/c/home", "/search?sort=popular", h.product(apptest.ShirtS), "/basket"} {
			p := b.get(address)
			all, scripts := weight(t, p.text), 0
			for _, n := range p.all("link[rel=stylesheet], script[src]") {
				from := attr(n, "href") + attr(n, "src") // Of these, each has one.
				if !strings.HasPrefix(from, "/assets/") {
					t.Errorf("%s loads %s", p.at, from)
				}
				part := b.ask("GET", from, nil)
				if part.status != http.StatusOK || !strings.Contains(part.header.Get("Cache-Control"), "immutable") {
					t.Errorf("%s: %d, %s", from, part.status, part.header.Get("Cache-Control"))
				}
				all += weight(t, part.text)
				if n.Data == "script" {
					scripts += weight(t, part.text)
				}
			}
			if all > pageBudget || scripts > scriptBudget {
				t.Errorf("%s weighs %d bytes, %d of them scripts", p.at, all, scripts)
			}
			for _, n := range p.all("img:not([width]), img:not([height])") {
				t.Errorf("%s: %s moves the page when it comes", p.at, attr(n, "src"))
			}
		}
	}
}

// TestAFullPageCostsTheSame: 24 goods take no more statements than one.
func TestAFullPageCostsTheSame(t *testing.T) {
	h := open(t, db.SQLite)
	h.crowded(t)
	b := h.browser(t, "kk")
	b.get("/checkout") // The desk learns the terms.
	for _, test := range []struct {
		address string
		most    int
	}{{"/", 12}, {"/catalogue", 6}, {"/c/home", 6}, {"/search?q=киіз", 5}, {h.product(apptest.Kettle) + "/kettle", 9}} {
		right := b.get(test.address).at.RequestURI()                                               // Without what a redirect costs.
		h.Moment(t, func(tx *db.Tx) error { return tx.Emit(pricing.ListAdded{List: "prl_none"}) }) // Nothing is kept any more.
		if n := h.Statements(func() { b.get(right) }); n > test.most {
			t.Errorf("%s costs %d statements, %d are allowed", test.address, n, test.most)
		}
	}
	former := h.product(apptest.Kettle) + "/former?variant=none"
	if n := h.Statements(func() { b.step("GET", apptest.Base+"/kk"+former, nil) }); n > 8 {
		t.Errorf("a former address costs %d statements before it leads on", n)
	}
	if n := len(b.get("/c/home").all(".cards .card")); n != 24 {
		t.Errorf("a page has %d cards", n)
	}
}
