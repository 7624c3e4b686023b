package apptest

import (
	"testing"

	"sauda/app"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Lived opens a house that stood before, where the configuration says; it is closed after the test. Its goods are those
// that it has.
func Lived(t testing.TB, where func(*app.Config)) *House {
	t.Helper()
	h := unopened(t)
	h.Goods = map[string]Good{}
	where(&h.Config)
	h.open(t)
	h.Look(t, func(tx *db.Tx) error {
		page, _, err := catalog.List(tx, catalog.Filter{Seller: seller.Own, State: catalog.StateAny, Limit: catalog.PageMax})
		for _, p := range page {
			for _, v := range p.Variants {
				h.Goods[v.SKU] = Good{Product: p.ID, Variant: v.ID}
			}
		}
		return err
	})
	return h
}
