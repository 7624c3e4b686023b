package apptest

import (
	"log/slog"
	"testing"

	"sauda/app"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/web"
)

// Lived opens a house that stood before, where the configuration says; it is closed after the test. Its goods are those
// that it has.
func Lived(t testing.TB, where func(*app.Config)) *House {
	t.Helper()
	h := &House{Clock: dbtest.NewClock(dbtest.Noon), Goods: map[string]Good{}}
	h.Config = app.Config{
		Data: t.TempDir(), Log: slog.New(slog.DiscardHandler), Now: h.Clock.Now, Quiet: true, Limits: web.Limits{Off: true},
		AdminPassword: AdminPassword, Cards: app.Cards{Signing: Signing, Seed: 1}, Carrier: app.Carrier{Signing: CarrierSigning},
	}
	where(&h.Config)
	h.open(t)
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Errorf("closing the house: %v", err)
		}
	})
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
