package office_test

import (
	"net/http"
	"strings"
	"testing"

	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/gear/db"
)

// TestPromotionsAreMade makes a promotion as a seller does, starts, pauses, ends and puts it back, and reads its sentence.
func TestPromotionsAreMade(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	fields := []string{"name_en", "Advice", "kind", "percent_off", "percent", "20", "sum", "20000", "codes", "SOVET\nKENES", "most", "100",
		"from", "2026-12-01", "last", "2026-12-10", "combines", "1"}
	wrong := h.send(t, admin, "POST", "/office/promotions", values("name_en", "Advice", "kind", "percent_off", "percent", "120"))
	if wrong.status == http.StatusSeeOther || wrong.text("#percent-wrong") == "" {
		t.Errorf("120 per cent off: %d %s", wrong.status, wrong.text("main"))
	}
	h.post(t, admin, "/office/promotions", fields...)
	var all []promotion.Promotion
	h.Look(t, func(tx *db.Tx) (err error) {
		all, err = promotion.Of(tx, seller.Own, "", 10)
		return err
	})
	if len(all) != 1 || all[0].State != promotion.StateDraft || all[0].Coupons.Most != 100 || all[0].Needs.Sum != 20_000_00 {
		t.Fatalf("there are %+v", all)
	}
	path := "/office/promotions/" + string(all[0].ID)
	for _, step := range []struct {
		deed string
		want promotion.State
	}{{"start", promotion.StateRunning}, {"pause", promotion.StatePaused}, {"end", promotion.StateEnded}, {"restore", promotion.StatePaused}} {
		h.post(t, admin, path+"/"+step.deed)
		h.Look(t, func(tx *db.Tx) error {
			p, err := promotion.Get(tx, seller.Own, all[0].ID)
			if p.State != step.want {
				t.Errorf("after %s it is %s", step.deed, p.State)
			}
			return err
		})
	}
	list := h.send(t, admin, "GET", "/en/office/promotions", nil).text("main")
	for _, said := range []string{"From 2026-12-01 to 2026-12-10: 20% off, all goods, for ₸20,000 or more, with one of 2 codes, such as SOVET", "Not used yet"} {
		if !strings.Contains(list, said) {
			t.Errorf("the list does not say %q: %s", said, list)
		}
	}
}
