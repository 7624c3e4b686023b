package intake_test

import (
	"archive/zip"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/inventory"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/flow/intake"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

const laptop = `{"id": "101", "name": "X-1", "title": "Notebook 15.6\" \u201cPro\u201d", "ean": ["123", "4006381333931"],
 "short_description": "Bright.", "img_high": "https://img.example/1.jpg", "supplier": "Altai", "price": 4995, "date_released": null,
 "attr_n_display_diagonal": 39.60, "attr_t_product_type": "Notebook", "attr_b_backlight": true,
 "attr_n_thermal_design_power__tdp_": 1.5e1, "attr_t_size": "big", "attr_n_size": 7.0, "attr_x_odd": 1, "attr_t_empty": ""}`

// product finds a product by its external id.
func product(t testing.TB, s *dbtest.Store, external string) catalog.Product {
	t.Helper()
	var found catalog.Product
	s.Look(t, func(tx *db.Tx) error {
		page, _, err := catalog.List(tx, catalog.Filter{Limit: 200})
		for _, p := range page {
			full, err := catalog.Get(tx, p.ID)
			if err != nil {
				return err
			}
			if full.ExternalID == external {
				found = full
			}
		}
		return err
	})
	if found.ID == "" {
		t.Fatalf("there is no product %q", external)
	}
	return found
}

// unitPrice is what one unit of the product's variant costs in a currency.
func unitPrice(t testing.TB, s *dbtest.Store, p catalog.Product, c money.Currency) money.Money {
	t.Helper()
	var price money.Money
	s.Look(t, func(tx *db.Tx) error {
		prices, err := pricing.For(tx, []catalog.VariantID{p.Variants[0].ID}, "", c, span.DayOf(tx.Now(), span.Almaty))
		if step, ok := prices.Unit(p.Variants[0].ID, seller.Own, measure.One); ok {
			price = step.Amount
		}
		return err
	})
	return price
}

func left(t testing.TB, s *dbtest.Store, p catalog.Product) (q measure.Quantity) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) error {
		all, err := inventory.Available(tx, []catalog.VariantID{p.Variants[0].ID})
		q = all[p.Variants[0].ID]
		return err
	})
	return q
}

// flaws reads a file of errors as row, field, verdict.
func flaws(t testing.TB, path string) (found []string) {
	t.Helper()
	body, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(body), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records[1:] {
		if r[4] == "" || r[5] == "" {
			t.Errorf("a flaw without a reason or a hint: %q", r)
		}
		found = append(found, r[0]+" "+r[2]+" "+r[3])
	}
	return found
}

func TestIcecatBecomesProducts(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		shop(t, s)
		long := `{"id": 102, "name": "X-2", "title": "` + strings.Repeat("word ", 60) + `", "ean": [], "supplier": "Altai", "price": 100, "attr_t_product_type": "1"}`
		path := written(t, "a.json", "["+laptop+",\n"+long+`,
			{"id": "103", "title": "No price", "supplier": "Altai"}, {"id": "", "title": "No id", "price": 5}, 7,
			{"id": "101", "title": "Twice", "price": 5}, {"id": "104", "title": "Price as text", "price": "12,5"}]`)
		errs := filepath.Join(t.TempDir(), "e.csv")
		plan := intake.Plan{Format: intake.Icecat, Stock: ptr(measure.Of(9)), Errors: errs}
		r := run(t, s, path, plan)
		if r.Rows != 7 || r.Added != 2 || r.Refused != 5 || r.Prices != 2 || r.Stocks != 2 || r.Errors != errs {
			t.Errorf("report: %+v", r)
		}
		want := []string{"1 attr_x_odd trimmed", "2 title trimmed", "3 price refused", "4 id refused", "5  refused", "6 external_id refused", "7 price refused"}
		if got := flaws(t, errs); !slices.Equal(got, want) {
			t.Errorf("flaws: %q", got)
		}
		p := product(t, s, "101")
		if p.Name["en"] != `Notebook 15.6" “Pro”` || p.Brand != "Altai" || p.State != catalog.StateOnSale || p.Description["en"] != "Bright." ||
			p.Variants[0].GTIN != "4006381333931" && p.Variants[0].GTIN != "04006381333931" || p.Variants[0].Tracking != catalog.Tracked || len(p.Media) != 1 {
			t.Errorf("the notebook: %+v", p)
		}
		attributes := map[string]catalog.Attribute{}
		for _, a := range p.Attributes {
			attributes[a.Code] = a
		}
		if a := attributes["display_diagonal"]; a.Number != "39.6" || a.Label["en"] != "Display diagonal" {
			t.Errorf("diagonal: %+v", a)
		}
		if a := attributes["thermal_design_power__tdp"]; a.Number != "15" || a.Label["en"] != "Thermal design power (tdp)" {
			t.Errorf("power: %+v", a)
		}
		if attributes["size"].Text["en"] != "big" || attributes["size_number"].Number != "7" || !attributes["backlight"].Bool ||
			attributes["part_number"].Text["en"] != "X-1" || len(p.Attributes) != 7 {
			t.Errorf("attributes: %+v", p.Attributes)
		}
		if got := unitPrice(t, s, p, money.KZT); got != money.Of(4995, money.KZT) {
			t.Errorf("it costs %s", got)
		}
		if got := left(t, s, p); got != measure.Of(9) {
			t.Errorf("%s are left", got)
		}
		second := product(t, s, "102")
		if n := len([]rune(second.Name["en"])); n > catalog.NameMax || !strings.HasSuffix(second.Name["en"], "…") {
			t.Errorf("a name of %d: %q", n, second.Name["en"])
		}
		s.Look(t, func(tx *db.Tx) error {
			one, err := catalog.Trail(tx, p.Category)
			if err != nil {
				return err
			}
			two, err := catalog.Trail(tx, second.Category)
			if len(one) != 2 || one[1].Name["en"] != "Notebook" || two[1].Name["en"] != "Other" || two[0].ID != one[0].ID {
				t.Errorf("categories: %+v and %+v", one, two)
			}
			return err
		})
		// Again, nothing changes and no fact is stated, though some were sold meanwhile.
		facts := len(s.Facts(t))
		s.Moment(t, func(tx *db.Tx) error {
			warehouses, err := inventory.Warehouses(tx)
			if err != nil {
				return err
			}
			return inventory.Count(tx, inventory.Change{Warehouse: warehouses[0].ID, Variant: p.Variants[0].ID, Quantity: measure.Of(4), Cause: "sold"})
		})
		facts = len(s.Facts(t)) - facts
		before := len(s.Facts(t))
		again := run(t, s, path, plan)
		if again.Same != 2 || again.Added+again.Changed+again.Prices+again.Stocks != 0 || again.Refused != 5 || len(s.Facts(t)) != before || facts > 1 {
			t.Errorf("again: %+v, %d facts", again, len(s.Facts(t))-before)
		}
		if got := left(t, s, p); got != measure.Of(4) {
			t.Errorf("the import counted again: %s", got)
		}
	})
}

// many is a file of so many products, of which every seventh has no price.
func many(t testing.TB, n int) string {
	var b strings.Builder
	b.WriteString("[")
	for i := range n {
		if i > 0 {
			b.WriteString(",")
		}
		price := i + 100
		if i%7 == 0 {
			price = 0
		}
		fmt.Fprintf(&b, `{"id": "%d", "name": "N%d", "title": "Thing %d", "supplier": "B", "price": %d, "attr_t_product_type": "Kind %d"}`, i, i, i, price, i%13)
	}
	b.WriteString("]")
	return written(t, "many.json", b.String())
}

func TestAKilledImportGoesOn(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		shop(t, s)
		const n = 2200
		path, errs := many(t, n), filepath.Join(t.TempDir(), "e.csv")
		plan := intake.Plan{Format: intake.Icecat, Errors: errs, Speak: "en"}
		var sizes []int64
		for _, until := range []int{1000, 1500} {
			ctx, kill := context.WithCancel(context.Background())
			plan.Progress = func(r intake.Report) {
				info, err := os.Stat(errs)
				if err != nil {
					t.Error(err)
				} else {
					sizes = append(sizes, info.Size())
				}
				if r.Rows >= until {
					kill()
				}
			}
			if _, err := intake.Run(ctx, s.Store, path, plan); !errors.Is(err, context.Canceled) {
				t.Fatalf("killed: %v", err)
			}
			// Killed between the moment and the file: the flaws of the last batch were not written.
			if err := os.Truncate(errs, sizes[len(sizes)-2]); err != nil {
				t.Fatal(err)
			}
		}
		plan.Progress = nil
		r := run(t, s, path, plan)
		refused := (n + 6) / 7
		if r.Rows != n || r.Added != n-refused || r.Refused != refused || r.Prices != r.Added || r.Resumed != 1500 {
			t.Errorf("at the end: %+v", r)
		}
		if got := flaws(t, errs); len(got) != refused || got[0] != "1 price refused" || got[refused-1] != fmt.Sprintf("%d price refused", (refused-1)*7+1) {
			t.Errorf("%d flaws, not %d: %q", len(got), refused, got[max(0, len(got)-3):])
		}
		again := run(t, s, path, plan)
		if again.Resumed != 0 || again.Same != n-refused || again.Added != 0 || again.Refused != refused {
			t.Errorf("again: %+v", again)
		}
	})
}

func TestFilesThatAreNotGood(t *testing.T) {
	s := dbtest.SQLite(t, schemas)
	shop(t, s)
	dir := t.TempDir()
	packed := func(name string, parts map[string]string) string {
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(f)
		for part, body := range parts {
			w, err := z.Create(part)
			if err == nil {
				_, err = w.Write([]byte(body))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(z.Close(), f.Close()); err != nil {
			t.Fatal(err)
		}
		return path
	}
	gz := filepath.Join(dir, "bomb.json.gz")
	f, err := os.Create(gz)
	if err != nil {
		t.Fatal(err)
	}
	w := gzip.NewWriter(f)
	bomb := "[" + strings.Repeat(`{"id": "`+strings.Repeat("x", 5000)+`"},`, 6000) + "{}]"
	if _, err := w.Write([]byte(bomb)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path   string
		format intake.Format
		want   error
	}{
		"none":           {filepath.Join(dir, "none.json"), intake.Icecat, intake.ErrFile},
		"no array":       {written(t, "a.json", `{"id": "1"}`), intake.Icecat, intake.ErrJSON},
		"breaks off":     {written(t, "b.json", "["+laptop+`, {"id": "2", "ti`), intake.Icecat, intake.ErrJSON},
		"more behind":    {written(t, "c.json", "[] []"), intake.Icecat, intake.ErrJSON},
		"empty":          {written(t, "d.json", ""), intake.Icecat, intake.ErrJSON},
		"a huge product": {written(t, "e.json", `[{"id": "`+strings.Repeat("x", 3<<20)+`"}]`), intake.Icecat, intake.ErrRowSize},
		"two in one":     {packed("two.zip", map[string]string{"a.json": "[]", "b.json": "[]"}), intake.Icecat, intake.ErrArchive},
		"a bomb":         {packed("bomb.zip", map[string]string{"a.json": bomb}), intake.Icecat, intake.ErrTooLarge},
		"a gzip bomb":    {gz, intake.Icecat, intake.ErrTooLarge},
		"no zip":         {written(t, "f.zip", "PK\x03\x04 rubbish"), intake.Icecat, intake.ErrArchive},
		"no columns":     {written(t, "g.csv", "a,b\n1,2\n"), intake.CSV, intake.ErrColumns},
		"empty csv":      {written(t, "h.csv", ""), intake.CSV, intake.ErrColumns},
		"a picture":      {written(t, "i.csv", "name,price\n\x00\x01,2\n"), intake.CSV, intake.ErrEncoding},
		"twice":          {written(t, "j.csv", "name,title,price\n"), intake.CSV, intake.ErrColumns},
		"an endless row": {written(t, "k.csv", "name,price\n\""+strings.Repeat("x", 3<<20)), intake.CSV, intake.ErrRowSize},
		"no format":      {written(t, "l.csv", "name,price\n"), "xml", intake.ErrPlan},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := intake.Run(context.Background(), s.Store, c.path, intake.Plan{Format: c.format, Errors: filepath.Join(t.TempDir(), "e")})
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	// What came before a break is in, and a file that is packed is one that is not.
	if p := product(t, s, "101"); p.State != catalog.StateOnSale {
		t.Errorf("%+v", p)
	}
	r := run(t, s, packed("one.zip", map[string]string{"x/a.json": "[" + laptop + "]", "__MACOSX/a.json": "junk"}), intake.Plan{Format: intake.Icecat})
	if r.Same != 1 {
		t.Errorf("packed: %+v", r)
	}
	r, err = intake.Run(context.Background(), s.Store, written(t, "a.json", "[]"), intake.Plan{Format: intake.Icecat, Seller: "sel_none"})
	if !errors.Is(err, seller.ErrUnknown) {
		t.Errorf("an unknown seller: %+v %v", r, err)
	}
}

// A file of the real catalogue: nothing is refused that the source says rightly.
func TestTheRealCatalogue(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		shop(t, s)
		file := icecatFiles(t)[3]
		r := run(t, s, file, intake.Plan{Format: intake.Icecat})
		if r.Rows != 4406 || r.Added != 4406 || r.Refused != 0 || r.Prices != 4406 || r.Stocks != 0 {
			t.Errorf("%+v", r)
		}
		facts := len(s.Facts(t))
		if r = run(t, s, file, intake.Plan{Format: intake.Icecat}); r.Same != 4406 || r.Prices != 0 || len(s.Facts(t)) != facts {
			t.Errorf("again: %+v", r)
		}
	})
}
