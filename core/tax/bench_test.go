package tax_test

import (
	"testing"

	"sauda/core/tax"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// BenchmarkLoad is what every quote pays for the table.
func BenchmarkLoad(b *testing.B) {
	s := dbtest.SQLite(b, schemas)
	if err := s.Try(tax.Seed); err != nil {
		b.Fatal(err)
	}
	err := s.View(b.Context(), db.System, func(tx *db.Tx) error {
		for b.Loop() {
			if _, err := tax.Load(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
