package office_test

import (
	"net/http"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/gear/db"
)

// TestAProductIsMadeAndSold adds a product, mends what is wrong, and puts it on sale.
func TestAProductIsMadeAndSold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		blank := h.get(t, admin, "/office/products/new")
		form := `main form[action$="/products/new"]`
		s := h.trySubmit(t, admin, blank, form, "name_kk", "Құмған", "v_0_sku", "JUG", "v_0_gtin", "123", "v_0_price", "abc")
		if s.status != http.StatusUnprocessableEntity || s.attr("#name_kk", "value") != "Құмған" {
			t.Fatalf("%d keeps %q", s.status, s.attr("#name_kk", "value"))
		}
		s.has("#v_0_price-wrong", "number")
		s = h.trySubmit(t, admin, s, form, "v_0_price", "4 500,50")
		s.has("#v_0_gtin-wrong", "8, 12, 13 or 14")
		s = h.submit(t, admin, s, form, "v_0_gtin", "", "v_0_mass", "700")
		s.has("[role=status]", "Added")
		if got := s.attr("#v_0_price", "value"); got != "4500.50" {
			t.Errorf("the price is %q", got)
		}
		if again := h.trySubmit(t, admin, s, `form[action$="/sale"]`); again.status != http.StatusUnprocessableEntity {
			t.Errorf("on sale without a category: %d", again.status)
		}
		category := ""
		for _, o := range s.all("#category option") {
			category = attribute(o, "value")
		}
		edit := `main form:not([action$="/sale"])`
		s = h.submit(t, admin, s, edit, "category", category, "v_0_price", "4000")
		s = h.submit(t, admin, s, `form[action$="/sale"]`)
		s.has(".facts .badge", "On sale")
		if got := s.attr("#v_0_price", "value"); got != "4000.00" {
			t.Errorf("the price is %q", got)
		}
		h.get(t, admin, "/office/products?state=on_sale&q=jug").has("tbody tr", "JUG", "4,000")
		s = h.submit(t, admin, s, `form[action$="/end"]`)
		s.has(".facts .badge", "Ended")
	})
}

// TestTwoEditOneProduct: the second one sees what the first has written, and loses nothing of what he typed.
func TestTwoEditOneProduct(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	path := "/office/products/" + string(h.Goods[apptest.Kettle].Product)
	edit := `main form:not([action$="/end"])`
	one, two := h.get(t, admin, path), h.get(t, admin, path)
	h.submit(t, admin, one, edit, "name_en", "Steel kettle", "brand", "Ot")
	s := h.trySubmit(t, admin, two, edit, "name_en", "Iron kettle")
	if s.status != http.StatusUnprocessableEntity {
		t.Fatalf("%d", s.status)
	}
	s.has(".note.warn", "Somebody else")
	if got := s.attr("#name_en", "value"); got != "Iron kettle" {
		t.Errorf("typed was %q", got)
	}
	s.has("#name_en + .now", "Steel kettle")
	s.has("#brand + .now", "Ot")
	s = h.submit(t, admin, s, edit, "brand", "Ot")
	if s.attr("#name_en", "value") != "Iron kettle" || s.attr("#brand", "value") != "Ot" || s.attr("#name_zh", "value") != "水壶" {
		t.Errorf("stored is %q of %q", s.attr("#name_en", "value"), s.attr("#brand", "value"))
	}
}

// TestVariantsKeepTheirStock: a form that changes one variant keeps the other, adds a third and drops it again.
func TestVariantsKeepTheirStock(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	path := "/office/products/" + string(h.Goods[apptest.ShirtS].Product)
	edit := `main form:not([action$="/end"])`
	s := h.submit(t, admin, h.get(t, admin, path), edit, "v_0_mass", "300")
	if n := len(s.all(".variant")); n != 3 {
		t.Fatalf("%d rows of variants", n)
	}
	if s := h.trySubmit(t, admin, s, edit, "v_2_sku", "SHIRT-L", "v_2_option_size", "m"); s.status != http.StatusUnprocessableEntity {
		t.Errorf("a second M: %d", s.status)
	}
	s = h.submit(t, admin, s, edit, "v_1_drop", "1")
	if n := len(s.all(`input[name$=_sku][type=hidden]`)); n != 1 {
		t.Errorf("%d variants are left", n)
	}
	h.get(t, admin, "/office/stock/"+string(h.Goods[apptest.ShirtS].Variant)).has("table", "10")
}

// TestStockIsWrittenDown receives, counts, watches and allows, and refuses what is wrong.
func TestStockIsWrittenDown(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	path := "/office/stock/" + string(h.Goods[apptest.Rare].Variant)
	page := h.get(t, admin, path)
	warehouse := page.attr(`select[name=warehouse] option`, "value")
	page = h.post(t, admin, path+"/receipt", "warehouse", warehouse, "quantity", "9", "cause", "Delivery note 7")
	page.has("tbody tr", "10")
	page.has(".rows", "Receipt", "Delivery note 7", "+9")
	page = h.post(t, admin, path+"/count", "warehouse", warehouse, "quantity", "4", "cause", "Sheet 1")
	page.has("tbody tr", "4")
	page = h.post(t, admin, path+"/levels", "warehouse", warehouse, "low", "3", "beyond", "")
	if got := page.attr("input[name=low]", "value"); got != "3" {
		t.Errorf("the mark is %q", got)
	}
	for _, typed := range []string{"0.5", "-3", "x", ""} {
		if s := h.send(t, admin, "POST", path+"/receipt", values("warehouse", warehouse, "quantity", typed, "cause", "x")); s.status < 400 || s.status >= 500 {
			t.Errorf("%q received: %d", typed, s.status)
		}
	}
	if s := h.send(t, admin, "POST", path+"/receipt", values("warehouse", "whs_none", "quantity", "1", "cause", "x")); s.status != http.StatusNotFound {
		t.Errorf("an unknown warehouse: %d", s.status)
	}
	h.Guest().Buy(t, h.House, apptest.Rare)
	h.Settled(t)
	h.get(t, admin, "/office").has("#low + .rows", "Rare book", "RARE")
	h.get(t, admin, "/office/stock?q=rare").has("tbody tr", "Rare book", "3")
}

// TestCategoriesGrow adds a category below another one, renames it and moves it to the roots.
func TestCategoriesGrow(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	page := h.get(t, admin, "/office/categories")
	root := page.attr("#parent-new option:nth-child(2)", "value")
	page = h.post(t, admin, "/office/categories", "name_kk", "Шам", "name_en", "Lamps", "parent", root, "slug", "lamps")
	page.has(".tree .depth1", "Lamps")
	if s := h.send(t, admin, "POST", "/office/categories", values("name_en", "Again", "slug", "lamps")); s.status != http.StatusUnprocessableEntity || s.attr("#new-name_en", "value") != "Again" {
		t.Errorf("a slug that is taken: %d", s.status)
	}
	id := strings.TrimSuffix(page.attr(`.depth1 form[action$="/place"]`, "action"), "/place")
	page = h.post(t, admin, id, "name_en", "Candles", "name_kk", "Шам", "slug", "lamps")
	page.has(".tree .depth1", "Candles")
	page = h.post(t, admin, id+"/place", "parent", "", "position", "9")
	page.lacks(".tree .depth1")
	other := h.Staffed(t, "other@example.kz", "sel_other", "catalog.*")
	for lang, want := range map[string]string{"kk": "Атауын кемінде бір тілде жазыңыз.", "ru": "Напишите название хотя бы на одном языке.", "en": "Write the name in at least one language."} {
		if s := h.send(t, admin, "POST", "/"+lang+"/office/categories", values("slug", "nameless")); s.status != http.StatusUnprocessableEntity {
			t.Errorf("without a name: %d", s.status)
		} else {
			s.has(".note.bad", want)
		}
	}
	if s := h.send(t, other, "POST", "/office/categories", values("name_en", "Mine")); s.status != http.StatusForbidden {
		t.Errorf("another seller's staff: %d", s.status)
	}
}

// TestAProductLeadsToTheShop: the page of a product in the office leads to the page that buyers see.
func TestAProductLeadsToTheShop(t *testing.T) {
	h := open(t, db.SQLite)
	page := h.get(t, h.AdminToken(t), "/office/products/"+string(h.Goods[apptest.Kettle].Product))
	shown := h.Guest().Do(t, http.StatusOK, "GET", page.attr(".facts a", "href"), nil)
	if !strings.Contains(string(shown.Body), "Kettle") {
		t.Errorf("it leads to %.300s", shown.Body)
	}
}
