package intake_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/flow/intake"
	"sauda/gear/blob"
	"sauda/gear/db/dbtest"
)

// What Magento's own sample names comes in: products with sizes and colours, and the photographs that lie beside the file. Of
// eight simple products the configurable one is not in the sample.
func TestMagentosSample(t *testing.T) {
	const file = "../../../shared/data/apparel/products.csv"
	if _, err := os.Stat(file); err != nil {
		t.Fatalf("Magento's products of ../shared/data/apparel are not there: %v", err)
	}
	s := dbtest.SQLite(t, schemas)
	shop(t, s)
	library := media.Library{Blobs: blob.Folder{Dir: filepath.Join(t.TempDir(), "media")}}
	errs := filepath.Join(t.TempDir(), "e.csv")
	plan := intake.Plan{Currency: money.USD, Errors: errs, Media: &library, Beside: filepath.Join(filepath.Dir(file), "images")}
	r := run(t, s, file, plan)
	if r.Added != 44 || r.Refused != 8 || r.Prices != 506 {
		t.Errorf("%+v %q", r, flaws(t, errs)[:5])
	}
	p := product(t, s, "MH01")
	if len(p.Variants) != 15 || len(p.Options) != 2 || p.Options[0].Code != "size" || len(p.Options[1].Values) != 3 || len(p.Media) < 3 {
		t.Errorf("%d variants, options %+v, media %+v", len(p.Variants), p.Options, p.Media)
	}
	if unitPrice(t, s, p, money.USD) != money.Of(52_00, money.USD) {
		t.Error("it does not cost 52 dollars")
	}
	for _, m := range p.Media {
		if _, err := library.Blobs.Read(t.Context(), filepath.Base(m.URL)); err != nil {
			t.Errorf("%s: %v", m.URL, err)
		}
	}
	if slices.ContainsFunc(p.Attributes, func(a catalog.Attribute) bool { return a.Code == "has_options" }) || len(p.Attributes) == 0 {
		t.Errorf("attributes %+v", p.Attributes)
	}
	if again := run(t, s, file, plan); again.Same != 44 || again.Prices+again.Stocks != 0 {
		t.Errorf("again: %+v", again)
	}
}
