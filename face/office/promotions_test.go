package office_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/core/catalog"
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
	for _, day := range []string{"from", "last"} {
		typed := values(append(fields, "version", "1")...)
		typed.Set(day, "1 December")
		odd := h.send(t, admin, "POST", "/en"+path, typed)
		if got := odd.text("#" + day + "-wrong"); !strings.Contains(got, "2026-11-29") {
			t.Errorf("%s on 1 December: %q", day, got)
		}
	}
	list := h.send(t, admin, "GET", "/en/office/promotions", nil).text("main")
	for _, said := range []string{"From 2026-12-01 to 2026-12-10: 20% off, all goods, for ₸20,000 or more, with one of 2 codes, such as SOVET", "Not used yet"} {
		if !strings.Contains(list, said) {
			t.Errorf("the list does not say %q: %s", said, list)
		}
	}
}

// TestAPromotionIsSaidWhileItIsWritten: the form asks for the sentence of what stands in it, which is empty as long as it
// cannot be said; nothing is kept of it, and only who sees promotions may ask.
func TestAPromotionIsSaidWhileItIsWritten(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	form := h.send(t, admin, "GET", "/en/office/promotions/new", nil)
	to := form.attr("form[data-sentence]", "data-sentence")
	for typed, want := range map[string]string{
		"kind=percent_off&percent=12.5&cap=5000":                           "12.5% off, at most ₸5,000, all goods, not together with others",
		"kind=set_free&size=3&free=1&combines=1&codes=A%0AB&first=1":       "a set of 3, of which 1 free, the cheapest, all goods, for the first order, with one of 2 codes, such as A",
		"kind=delivery_off&combines=1":                                     "free delivery",
		"kind=order_off&amount=1000&combines=1&products=" + apptest.Kettle: "₸1,000 off the order, goods: “Kettle”",

		"kind=percent_off": "", "kind=set_free&size=3&free=3": "", "kind=amount_off&amount=-1": "", "kind=order_off&amount=10&products=NONE": "", "": "",
	} {
		said := h.send(t, admin, "GET", to+"?"+typed, nil)
		if got := said.text(".sentence"); said.status != http.StatusOK || got != want {
			t.Errorf("%s: %d %q, want %q", typed, said.status, got, want)
		}
	}
	h.Look(t, func(tx *db.Tx) error {
		all, err := promotion.Of(tx, seller.Own, "", 10)
		if len(all) > 0 {
			t.Errorf("%d promotions were kept", len(all))
		}
		return err
	})
	clerk := h.Staffed(t, "stock@sauda.example", string(seller.Own), "stock.read")
	if denied := h.send(t, clerk, "GET", to+"?kind=delivery_off", nil); denied.status != http.StatusForbidden {
		t.Errorf("somebody who sees no promotions: %d", denied.status)
	}
}

// TestPromotionsNameGoods: products are typed by SKU or by id, what nobody has is said, and a sentence quotes names as its
// language does, and says when nothing of them is there any more.
func TestPromotionsNameGoods(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	fields := []string{"name_en", "Advice", "name_kk", "Кеңес", "kind", "percent_off", "percent", "20", "last", "2026-12-10", "combines", "1"}
	kettle, journal := h.Goods[apptest.Kettle], h.Goods[apptest.Journal]
	odd := h.send(t, admin, "POST", "/en/office/promotions", values(append(fields, "products", apptest.Kettle+"\nnone")...))
	if got := odd.text("#products-wrong"); odd.status == http.StatusSeeOther || !strings.Contains(got, "none") || strings.Contains(got, apptest.Kettle) {
		t.Errorf("goods that nobody has: %d %q", odd.status, got)
	}
	h.post(t, admin, "/office/promotions", append(fields, "products", apptest.Kettle+"\n"+string(journal.Product), "brands", "Шай")...)
	h.Moment(t, func(tx *db.Tx) error {
		all, err := promotion.Of(tx, seller.Own, "", 10)
		if err != nil || len(all) != 1 || !slices.Equal(all[0].Goods.Products, []catalog.ProductID{kettle.Product, journal.Product}) {
			t.Fatalf("there are %+v, %v", all, err)
		}
		gone := all[0]
		gone.ID, gone.Goods = "", promotion.Goods{Categories: []catalog.CategoryID{"cat_gone"}}
		_, err = promotion.Add(tx, gone)
		return err
	})
	for lang, want := range map[string][]string{
		"en": {"Until 2026-12-10: 20% off, goods: “Шай”, chosen products: 2", "goods that are not there any more"},
		"kk": {"Соңғы күні — 10.12.2026: 20 % жеңілдік, тауарлар: «Шай», таңдалған тауарлар: 2", "енді жоқ тауарлар"},
	} {
		list := h.send(t, admin, "GET", "/"+lang+"/office/promotions", nil).text("main")
		for _, said := range want {
			if !strings.Contains(list, said) {
				t.Errorf("the list does not say %q: %s", said, list)
			}
		}
	}
}
