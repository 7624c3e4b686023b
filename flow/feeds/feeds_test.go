package feeds_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/digital"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/pricing"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/core/tax"
	"sauda/flow/feeds"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{seller.Schema, tax.Schema, catalog.Schema, pricing.Schema, hold.Schema, inventory.Schema, digital.Schema, promotion.Schema}

const hostile = `=cmd|'/C calc'!A0 <script>&"`

// shop has a simple product and one with sizes, whose texts are hostile.
func shop(t *testing.T, s *dbtest.Store) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error {
		_, err := seller.EnsureOwn(tx, seller.Enrolment{Name: text.Localized{"kk": "Дүкен"}, Country: place.KZ, Currency: money.KZT, Regime: seller.KZVAT})
		if err != nil {
			return err
		}
		warehouse, err := inventory.AddWarehouse(tx, inventory.Warehouse{Seller: seller.Own, Name: text.Localized{"kk": "Қойма"}, Address: place.Address{Country: place.KZ, City: "Алматы"}})
		if err != nil {
			return err
		}
		shelf, err := catalog.AddCategory(tx, catalog.CategoryDraft{Name: text.Localized{"ru": "Посуда"}, Slug: "dishes"})
		if err != nil {
			return err
		}
		cup, err := catalog.Add(tx, catalog.Draft{Seller: seller.Own, ExternalID: "CUP", Category: shelf.ID, State: catalog.StateOnSale, Name: text.Localized{"ru": hostile, "kk": "Кесе"},
			Variants: []catalog.Variant{{SKU: "CUP", GTIN: "4006381333931", Mass: 250, Tracking: catalog.Tracked}}})
		if err != nil {
			return err
		}
		size := catalog.Option{Code: "size", Name: text.Localized{"ru": "Размер"}, Values: []catalog.OptionValue{{Code: "s", Name: text.Localized{"ru": "S"}}, {Code: "m", Name: text.Localized{"ru": "M"}}}}
		shirt, err := catalog.Add(tx, catalog.Draft{Seller: seller.Own, ExternalID: "SHIRT", Category: shelf.ID, State: catalog.StateOnSale, Name: text.Localized{"ru": "Рубашка"}, Options: []catalog.Option{size},
			Variants: []catalog.Variant{{SKU: "S", Options: map[string]string{"size": "s"}}, {SKU: "M", Options: map[string]string{"size": "m"}}}})
		if err != nil {
			return err
		}
		list, err := pricing.EnsureList(tx, seller.Own, money.KZT, text.Localized{"ru": "Розница"})
		if err != nil {
			return err
		}
		_, err = pricing.SetMany(tx, list.ID, []pricing.Entry{{Variant: cup.Variants[0].ID, Amount: money.Of(1250_50, money.KZT)},
			{Variant: shirt.Variants[0].ID, Amount: money.Of(5000_00, money.KZT)}, {Variant: shirt.Variants[1].ID, Amount: money.Of(5500_00, money.KZT)}})
		if err != nil {
			return err
		}
		return inventory.Count(tx, inventory.Change{Warehouse: warehouse.ID, Variant: cup.Variants[0].ID, Quantity: measure.Of(3)})
	})
}

func exported(t *testing.T, s *dbtest.Store, f feeds.Format) string {
	t.Helper()
	var b bytes.Buffer
	if err := feeds.Export(context.Background(), s.Store, &b, feeds.Order{Format: f, Base: "https://shop.example", Name: "Дүкен", Merchant: "M1"}); err != nil {
		t.Fatalf("%s: %v", f, err)
	}
	return b.String()
}

// Whatever goods are called, no form is broken by it and no spreadsheet calculates it.
func TestHostileNamesAreWords(t *testing.T) {
	s := dbtest.SQLite(t, schemas)
	shop(t, s)
	for _, f := range feeds.Formats {
		body := exported(t, s, f)
		switch f {
		case feeds.YML, feeds.Kaspi, feeds.Google:
			if err := wellFormed(body); err != nil || strings.Contains(body, "<script") {
				t.Errorf("%s: %v\n%s", f, err, body)
			}
		case feeds.XLSX:
			if !strings.HasPrefix(body, "PK") {
				t.Error("the workbook is none")
			}
		default:
			if strings.Contains(body, ",=cmd") || strings.Contains(body, `,"=cmd`) || !strings.Contains(body, `'=cmd`) {
				t.Errorf("%s:\n%s", f, body)
			}
		}
	}
	if body := exported(t, s, feeds.Kaspi); !strings.Contains(body, "<price>1251</price>") || !strings.Contains(body, `stockCount="3"`) {
		t.Errorf("kaspi:\n%s", body)
	}
	if err := feeds.Export(context.Background(), s.Store, io.Discard, feeds.Order{Format: "odt"}); err == nil {
		t.Error("a form that nobody knows")
	}
}

func wellFormed(body string) error {
	d := xml.NewDecoder(strings.NewReader(body))
	for {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// A feed is written once for all who ask, and who has it is told so.
func TestFeedsAreKept(t *testing.T) {
	s := dbtest.SQLite(t, schemas)
	shop(t, s)
	stand := &feeds.Stand{Store: s.Store, Dir: filepath.Join(t.TempDir(), "feeds"), Fresh: time.Hour, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Order: feeds.Order{Base: "https://shop.example", Name: "Дүкен"}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /feeds/{name}", stand.Feed)
	mux.HandleFunc("GET /sitemap.xml", stand.Map)
	mux.HandleFunc("GET /sitemap/{part}", stand.Part)
	mux.HandleFunc("GET /robots.txt", stand.Robots)
	get := func(path, tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		if tag != "" {
			r.Header.Set("If-None-Match", tag)
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}
	for _, path := range []string{"/feeds/google.xml", "/feeds/yml.xml?lang=kk", "/feeds/kaspi.xml", "/sitemap.xml", "/sitemap/1.xml"} {
		first := get(path, "")
		tag := first.Header().Get("ETag")
		if first.Code != http.StatusOK || tag == "" || wellFormed(first.Body.String()) != nil {
			t.Errorf("%s: %d %s", path, first.Code, first.Body)
		}
		if again := get(path, tag); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s again: %d", path, again.Code)
		}
	}
	for _, path := range []string{"/feeds/csv.xml", "/feeds/google", "/feeds/..%2fx.xml", "/sitemap/2.xml", "/sitemap/x.xml", "/sitemap/01.xml"} {
		if w := get(path, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if body := get("/sitemap/1.xml", "").Body.String(); strings.Count(body, "<url>") != 5 || !strings.Contains(body, `hreflang="zh" href="https://shop.example/zh/p/prd_`) {
		t.Error(body)
	}
	if body := get("/robots.txt", "").Body.String(); !strings.Contains(body, "Sitemap: https://shop.example/sitemap.xml") ||
		!strings.Contains(body, "Disallow: /*/basket/\n") || strings.Contains(body, "/basket\n") {
		t.Error(body)
	}
	if left, err := os.ReadDir(stand.Dir); err != nil || fmt.Sprint(left) != "[- google.ru.xml - kaspi.ru.xml - part-1.xml - sitemap.xml - yml.kk.xml]" {
		t.Errorf("the folder holds %v, %v", left, err)
	}
}
