package app_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sauda/app"
	"sauda/app/apptest"
	"sauda/base/measure"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/flow/intake"
	"sauda/gear/db"
	"sauda/gear/i18n"
)

// traded is a house in which things were bought by card and in cash, and one order was cancelled.
func traded(t *testing.T, h *apptest.House) {
	t.Helper()
	guest := h.Guest()
	guest.Buy(t, h, apptest.Kettle, apptest.Journal)
	guest.BuyCash(t, h, apptest.ShirtS, apptest.ShirtM)
	guest.BuyForNothing(t, h, apptest.Journal)
	id := guest.Buy(t, h, apptest.Rare)
	h.Settled(t)
	guest.Do(t, 200, "POST", "/v1/orders/"+id+"/cancellation", map[string]any{"reason": "changed my mind"})
	guest.Ready(t, h, apptest.Cloth)
	h.Later(t, time.Minute)
}

func examined(t *testing.T, h *apptest.House) []app.Finding {
	t.Helper()
	var areas []string
	found, err := app.Examine(context.Background(), h.Store, func(area string) { areas = append(areas, area) })
	if err != nil {
		t.Fatal(err)
	}
	if len(areas) < 10 {
		t.Errorf("only these were looked at: %v", areas)
	}
	return found
}

func TestAHouseThatTradesIsHealthy(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		traded(t, h)
		if found := examined(t, h); len(found) != 0 {
			t.Errorf("found %v", found)
		}
	})
}

// While reactions wait, what they will put right is only noted.
func TestWhatIsUnderWayIsNoFault(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		guest := h.Guest()
		id := guest.Buy(t, h, apptest.Kettle)
		guest.Do(t, 200, "POST", "/v1/orders/"+id+"/cancellation", map[string]any{"reason": "changed my mind"})
		found := examined(t, h)
		if !app.Healthy(found) || len(found) == 0 {
			t.Errorf("found %v", found)
		}
		h.Later(t, time.Minute)
		if found = examined(t, h); len(found) != 0 {
			t.Errorf("at rest: %v", found)
		}
	})
}

func TestEveryDamageIsFound(t *testing.T) {
	for name, damage := range map[string]struct {
		area string
		sql  []string
	}{
		"an order without its charge":       {"orders", []string{`DELETE FROM ledger_transfer WHERE posting IN (SELECT id FROM ledger_posting WHERE kind = 'charge')`}},
		"an order charged otherwise":        {"orders", []string{`UPDATE orders SET total = total + 1`}},
		"an order charged twice":            {"orders", []string{`INSERT INTO ledger_posting SELECT 'lp_2', kind, 'again', at, cause FROM ledger_posting WHERE kind = 'charge' AND cause IN (SELECT MIN(cause) FROM ledger_posting WHERE kind = 'charge')`, `INSERT INTO ledger_transfer SELECT 'lp_2', position, debit, credit, asset, amount, seller FROM ledger_transfer WHERE posting IN (SELECT id FROM ledger_posting WHERE kind = 'charge' AND cause IN (SELECT MIN(cause) FROM ledger_posting WHERE kind = 'charge'))`}},
		"an order for nothing that costs":   {"orders", []string{`UPDATE orders SET method = 'nothing' WHERE state = 'placed'`}},
		"a capture that is not posted":      {"orders", []string{`DELETE FROM ledger_transfer WHERE posting IN (SELECT id FROM ledger_posting WHERE kind = 'payment')`}},
		"a posting of nothing":              {"ledger", []string{`INSERT INTO ledger_posting VALUES ('lp_1', 'charge', 'ord_none', 0, 'ord_none')`}},
		"a number that is gone":             {"orders", []string{`UPDATE orders SET number = '' WHERE number = '2026-000001'`}},
		"a series with a gap":               {"orders", []string{`UPDATE order_series SET last = last + 1`}},
		"a state that is not of the lines":  {"orders", []string{`UPDATE orders SET state = 'packed' WHERE state = 'placed'`}},
		"a parcel that no line backs":       {"shipments", []string{`INSERT INTO shipping_shipment SELECT 'shp_1', seller, id, 'wh', 'mth_parcel', '', '', '', '{}', 0, 'KZT', 0, 0 FROM orders WHERE id IN (SELECT MIN(id) FROM orders WHERE state = 'placed')`, `INSERT INTO shipping_parcel SELECT 'shp_1', '01', 0, 0, 0, 0, '[{"line":"' || MIN(line) || '","quantity":1}]', '' FROM order_line WHERE order_id IN (SELECT MIN(id) FROM orders WHERE state = 'placed')`}},
		"money without an order":            {"payments", []string{`UPDATE payment SET order_id = '' WHERE captured > 0`}},
		"money reserved without an order":   {"payments", []string{`UPDATE payment SET order_id = '', captured = 0, refunded = 0, voided = 0, changed = 0 WHERE captured > 0`}},
		"a basket without its order":        {"baskets", []string{`UPDATE cart SET order_ref = 'ord_other' WHERE state = 'ordered'`}},
		"a period without its order":        {"subscriptions", []string{`INSERT INTO agreement_period (agreement, seq, state, day, order_ref) VALUES ('agr_1', 1, 'ordered', '2026-12-01', 'ord_none')`}},
		"stock out of nothing":              {"stock", []string{`DELETE FROM inventory_movement`}},
		"a promise without a claim":         {"holds", []string{`UPDATE hold_pool SET taken = taken + 1 WHERE capacity > 5000000`}},
		"a claim of nobody":                 {"holds", []string{`UPDATE hold_claim SET owner = 'somebody' WHERE state = 'confirmed'`}},
		"a claim of a lost basket":          {"holds", []string{`UPDATE hold_claim SET owner = 'cart/none' WHERE owner IN (SELECT MIN(owner) FROM hold_claim WHERE state = 'confirmed')`}},
		"a claim of a shipped order":        {"holds", []string{`UPDATE orders SET state = 'delivered'`}},
		"a use of a cancelled order":        {"holds", []string{`INSERT INTO hold_pool VALUES ('coupon:prm_1/x', 'prm_1', 5, 0, 1, 0)`, `INSERT INTO hold_claim SELECT 'cart/' || cart, 'coupon:prm_1/x', 1, 'confirmed', 0 FROM orders WHERE state = 'cancelled'`}},
		"a use of an order, merely held":    {"holds", []string{`INSERT INTO hold_pool VALUES ('coupon:prm_1/x', 'prm_1', 5, 0, 1, 0)`, `INSERT INTO hold_claim SELECT 'cart/' || cart, 'coupon:prm_1/x', 1, 'held', 9223372036854775807 FROM orders WHERE id IN (SELECT MIN(id) FROM orders WHERE state = 'placed')`}},
		"a stuck story":                     {"stories", []string{`UPDATE story SET state = 'running', due = 9223372036854775807 WHERE name = 'checkout'`}},
		"a reaction that was given up":      {"reactions", []string{`INSERT INTO delivery (reaction, fact, key, due, tries, lease_by, parked, error) SELECT 'some reaction', MIN(id), 'k', 9223372036854775807, 9, '', 1, 'broken' FROM fact`}},
		"a job that fails":                  {"jobs", []string{`UPDATE job SET tries = 3, error = 'broken'`}},
		"stars that no review gave":         {"reviews", []string{`INSERT INTO review_rating (product, n1, n2, n3, n4, n5) VALUES ('prd_1', 0, 0, 0, 0, 1)`}},
		"a wishlist that counts wrongly":    {"wishes", []string{`INSERT INTO wish_list (id, party, things, opened_at, touched_at) VALUES ('wsh_1', '', 3, 0, 0)`}},
		"a question that waits for nothing": {"questions", []string{`INSERT INTO enquiry (id, product, seller, party, asker, author, lang, body, state, reason, waits, asked_at) VALUES ('enq_1', '', '', '', '', '', '', '?', 'shown', '', 2, 0)`}},
		"a house that is behind":            {"tables", []string{`DELETE FROM house`}},
		"a house without any versions":      {"tables", []string{`DROP TABLE house`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			apptest.Each(t, func(t *testing.T, h *apptest.House) {
				traded(t, h)
				h.Moment(t, func(tx *db.Tx) error {
					for _, statement := range damage.sql {
						if _, err := tx.ExecContext(tx.Context(), statement); err != nil {
							return err
						}
					}
					return nil
				})
				found, err := app.Examine(context.Background(), h.Store, nil)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(found, func(f app.Finding) bool {
					return f.Area == damage.area && f.Severity == app.Wrong && f.What != "" && f.Hint != ""
				}) {
					t.Errorf("found %v", found)
				}
				speaks(t, found)
			})
		})
	}
}

// speaks wants findings said in each language, with all their values and nothing left in English.
func speaks(t *testing.T, found []app.Finding) {
	t.Helper()
	for _, f := range found {
		if what, hint := f.In("en"); what != f.What || hint != f.Hint {
			t.Errorf("%q %q is not what is said in English: %q %q", f.What, f.Hint, what, hint)
		}
		for _, lang := range i18n.TerminalLanguages {
			what, hint := f.In(lang)
			if strings.ContainsAny(what+hint, "{}") || strings.Contains(f.Say(lang), "doctor.") || lang != "en" && (what == f.What || hint == f.Hint) {
				t.Errorf("%s: %s", lang, f.Say(lang))
			}
		}
	}
}

// TestEveryFindingHasItsTexts: what the doctor finds is said in all languages, and nothing is said that it never finds.
func TestEveryFindingHasItsTexts(t *testing.T) {
	for _, wrong := range i18n.Check("doctor.", i18n.TerminalLanguages...) {
		t.Error(wrong)
	}
	used := map[string]bool{"doctor.under_way.hint": true, "doctor.severity.wrong": true, "doctor.severity.note": true, "doctor.area.tables": true}
	named := regexp.MustCompile(`\b(?:find|unless|finding)\((?:area, )?[^",\n]+, "([a-z_]+)"`)
	area := regexp.MustCompile(`\{"([a-z]+)", e\.`)
	for _, name := range []string{"doctor.go", "doctor_orders.go", "doctor_exchange.go"} {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(source), -1) {
			used["doctor."+m[1]+".what"], used["doctor."+m[1]+".hint"] = true, true
		}
		for _, m := range area.FindAllStringSubmatch(string(source), -1) {
			used["doctor.area."+m[1]] = true
		}
	}
	for id := range used {
		if !i18n.Has("kk", id) {
			t.Errorf("%s is asked for and has no text", id)
		}
	}
	for _, id := range i18n.Unused("doctor.", used) {
		t.Errorf("%s is asked for nowhere", id)
	}
}

// What was imported can be bought at once.
func TestAnImportedShopSells(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		path := filepath.Join(t.TempDir(), "shop.csv")
		if err := os.WriteFile(path, []byte("sku,name,name_kk,price,stock,weight_g\nT-1,Термос,Термос,\"7 990,50\",3,400\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		report, err := intake.Run(context.Background(), h.Store, path, intake.Plan{Format: intake.CSV})
		if err != nil || report.Added != 1 {
			t.Fatalf("%+v %v", report, err)
		}
		h.Settled(t)
		h.Look(t, func(tx *db.Tx) error {
			page, _, err := catalog.List(tx, catalog.Filter{Seller: seller.Own})
			for _, p := range page {
				for _, v := range p.Variants {
					h.Goods[v.SKU] = apptest.Good{Product: p.ID, Variant: v.ID}
				}
			}
			return err
		})
		h.Guest().Buy(t, h, "T-1", "T-1")
		h.Settled(t)
		if got := h.Left(t, "T-1"); got != measure.Of(1) {
			t.Errorf("%s are left", got)
		}
		if found := examined(t, h); len(found) != 0 {
			t.Errorf("found %v", found)
		}
	})
}
