package intake_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/media"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/core/tax"
	"sauda/flow/intake"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{
	seller.Schema, tax.Schema, catalog.Schema, media.Schema, pricing.Schema, hold.Schema, inventory.Schema,
	intake.Schema,
}

// shop has the own seller and a warehouse.
func shop(t testing.TB, s *dbtest.Store) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error {
		_, err := seller.EnsureOwn(tx, seller.Enrolment{
			Name: text.Localized{"kk": "Дүкен"}, Country: place.KZ, Currency: money.KZT, Regime: seller.KZVAT,
		})
		if err != nil {
			return err
		}
		_, err = inventory.AddWarehouse(tx, inventory.Warehouse{Seller: seller.Own, Name: text.Localized{"kk": "Қойма"},
			Address: place.Address{Country: place.KZ, City: "Алматы"}})
		return err
	})
}

// icecatFiles are the real catalogue.
func icecatFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../../../shared/data/icecat/*.json.zip")
	if err != nil || len(files) != 4 {
		t.Fatalf("the catalogue of ../shared/data/icecat is not there: %v %v", files, err)
	}
	return files
}

func written(t testing.TB, name, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func run(t testing.TB, s *dbtest.Store, path string, p intake.Plan) intake.Report {
	t.Helper()
	if p.Errors == "" {
		p.Errors = filepath.Join(t.TempDir(), "errors.csv")
	}
	if p.Speak == "" {
		p.Speak = "en"
	}
	r, err := intake.Run(context.Background(), s.Store, path, p)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return r
}

// BenchmarkIcecat brings the whole catalogue into SQLite, with prices and stock, and then once more, when all is the same.
func BenchmarkIcecat(b *testing.B) {
	files := icecatFiles(b)
	for _, stock := range []*measure.Quantity{nil, ptr(measure.Of(50))} {
		name := "untracked"
		if stock != nil {
			name = "counted"
		}
		b.Run(name, func(b *testing.B) {
			rows := 0
			for b.Loop() {
				b.StopTimer()
				s := dbtest.SQLite(b, schemas)
				shop(b, s)
				b.StartTimer()
				for _, f := range files {
					rows += run(b, s, f, intake.Plan{Format: intake.Icecat, Stock: stock}).Rows
				}
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "products/s")
		})
	}
}

func ptr[T any](v T) *T { return &v }

// testLog is a log that nobody reads.
func testLog() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }
