package office_test

import (
	"net/http"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/gear/db"
)

// TestEveryKindOfAttributeHasItsField: defined in the category, filled in by a form, and shown again as it was stored.
func TestEveryKindOfAttributeHasItsField(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	product := string(h.Goods[apptest.Kettle].Product)
	page := "/office/products/" + product + "/attributes"
	asking := "/office/categories/" + h.categoryOf(t, admin, product) + "/attributes"
	h.post(t, admin, asking, "kind", "choice", "code", "body", "label_en", "Body", "heading_en", "Build", "position", "1", "required", "1",
		"choices", "steel: Болат | Сталь | Steel\nШыны | Стекло | Glass")
	h.post(t, admin, asking, "kind", "choices", "code", "use", "label_en", "Use", "position", "2", "choices", "gas: Газ\nfire: От")
	h.post(t, admin, asking, "kind", "colour", "code", "shade", "label_en", "Shade", "heading_en", "Build", "position", "3")
	h.post(t, admin, asking, "kind", "dimensions", "code", "size", "label_en", "Size", "unit", "cm", "position", "4")
	s := h.post(t, admin, asking, "kind", "date", "code", "model", "label_en", "Model of", "position", "5")
	s.has("#own + .rows", "One choice", "Several choices", "Colour", "Dimensions, cm", "Date", "Required")
	s = h.send(t, admin, "POST", asking, values("kind", "choice", "code", "none", "label_en", "None"))
	s.has("#choices-wrong", "from 1 to 200")
	h.get(t, admin, asking+"/body").has("main", "Products in the category", "on sale stays on sale")

	form := `main form[action$="/attributes"]`
	s = h.get(t, admin, page)
	s.has("main h2", "Build")
	rows := map[string]string{}
	for i := range 5 {
		row := "a_" + string(rune('0'+i))
		rows[s.attr("[name="+row+"_code]", "value")] = row
	}
	s = h.trySubmit(t, admin, s, form, rows["body"]+"_choice", "glass", rows["use"]+"_choice", "fire", rows["shade"]+"_text_kk", "Көк",
		rows["shade"]+"_colour", "blue", rows["size"]+"_side0", "20,5", rows["model"]+"_date", "2026-03-01")
	if s.status != http.StatusUnprocessableEntity {
		t.Fatalf("one side and a blue: %d", s.status)
	}
	s.has("#"+rows["shade"]+"_colour-wrong", "#c39a3f")
	s.has("#"+rows["size"]+"_side0-wrong", "two or three")
	s = h.submit(t, admin, s, form, rows["use"]+"_choice", "fire", rows["shade"]+"_colour", "#0000FF", rows["size"]+"_side1", "10")
	for selector, want := range map[string]string{
		"#" + rows["body"] + "_choice option[selected]": "glass", "#" + rows["shade"] + "_colour": "#0000ff",
		"#" + rows["size"] + "_side0": "20.5", "#" + rows["model"] + "_date": "2026-03-01", "input[type=checkbox][checked]": "fire",
	} {
		if got := s.attr(selector, "value"); got != want {
			t.Errorf("%s is %q, want %q", selector, got, want)
		}
	}
	s = h.get(t, admin, asking)
	h.submit(t, admin, s, `form[action$="/attributes/body"]`, "choices", "glass: Шыны | Стекло | Clear glass")
	h.Settled(t)
	if shown := h.Guest().Do(t, 200, "GET", "/v1/products/"+product, nil); !strings.Contains(string(shown.Body), "Clear glass") {
		t.Errorf("the shop shows %s", shown.Body)
	}
}

// TestASellerSeesWhatHisGoodsLack, mends it, takes a change back, plans a sale and shares a draft.
func TestASellerSeesWhatHisGoodsLack(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		page := "/office/products/" + string(h.Goods[apptest.Rare].Product)
		s := h.get(t, admin, page+"/care")
		s.has("#complete", "Completeness:")
		s.has(".rows", "No description: Қазақша", "required by law", "No picture", "No bar code")
		edit := `main form:not([action$="/end"])`
		h.submit(t, admin, h.get(t, admin, page), edit, "description_kk", "Сирек.", "brand", "Ot")
		s = h.get(t, admin, page+"/care")
		s.has(".trail", "Description, Brand", "Take it back", "Ot")
		s = h.submit(t, admin, s, ".undo")
		s.has("[role=status]", "taken back")
		back := h.get(t, admin, page)
		if brand, words := back.attr("#brand", "value"), back.text("#description_kk"); brand+words != "" {
			t.Errorf("taken back, the brand is %q and the description %q", brand, words)
		}
		s = h.trySubmit(t, admin, s, `form[action$="/plan"]`, "starts", "2020-01-01T10:00")
		s.has("#starts-wrong", "still to come")
		s = h.submit(t, admin, s, `form[action$="/plan"]`, "starts", "", "ends", "2036-01-01T10:00")
		if got := s.attr("#ends", "value"); got != "2036-01-01T10:00" {
			t.Errorf("it ends at %q", got)
		}
		h.submitEmpty(t, admin, s, `form[action$="/previews"]`).has("#links ~ p a", "preview=prv_")
		h.submitEmpty(t, admin, s, `form[action$="/previews/end"]`)
		other := h.Staffed(t, "other@example.kz", "sel_other", "catalog.*")
		for _, path := range []string{"/care", "/origin", "/relations"} {
			if s := h.send(t, other, "GET", page+path, nil); s.status != http.StatusNotFound {
				t.Errorf("%s of another seller: %d", path, s.status)
			}
		}
		for _, path := range []string{"/plan", "/previews", "/previews/end", "/changes/2/undo", "/origin", "/relations/accessory"} {
			if s := h.send(t, other, "POST", page+path, values("version", "1")); s.status != http.StatusNotFound {
				t.Errorf("%s of another seller: %d", path, s.status)
			}
		}
	})
}

// TestAnOriginIsStatedWithItsEvidence, and what is missing is named beside its field.
func TestAnOriginIsStatedWithItsEvidence(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	page := "/office/products/" + string(h.Goods[apptest.Kettle].Product) + "/origin"
	form := `main form[action$="/origin"]`
	s := h.trySubmit(t, admin, h.get(t, admin, page), form, "grade", "register", "maker_bin", "123")
	s.has("#register_number-wrong", "register")
	s.has("#maker_bin-wrong", "12 digits")
	s.has("#checked-wrong", "day")
	s = h.submit(t, admin, s, form, "maker_bin", "", "maker", "Shanyraq", "register_number", "KZ-1", "checked", "2026-01-15", "local_content", "60")
	if s.attr("#register_number", "value") != "KZ-1" || s.attr("#local_content", "value") != "60" {
		t.Error("the evidence was lost")
	}
}

// TestGoodsAreGathered into relations and collections by SKU, and twins are shown.
func TestGoodsAreGathered(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	page := "/office/products/" + string(h.Goods[apptest.Kettle].Product) + "/relations"
	form := `form[action$="/relations/accessory"]`
	s := h.trySubmit(t, admin, h.get(t, admin, page), form, "accessory", "CLOTH\nNOPE")
	s.has("#accessory-wrong", "NOPE")
	s = h.submit(t, admin, s, form, "accessory", "CLOTH\nRARE\n")
	s.has(".plain", "Cloth", "Rare book")
	h.get(t, admin, "/office/collections").has("main", "no collections yet")
	s = h.send(t, admin, "POST", "/office/collections", values("name_kk", "", "position", "x"))
	s.has("#position-wrong", "whole number")
	s = h.post(t, admin, "/office/collections", "name_en", "Tea", "position", "1", "home", "1")
	s = h.submit(t, admin, s, `form[action$="/products"]`, "products", "KETTLE\nCLOTH")
	if got := s.text("#products"); got != "KETTLE\nCLOTH" && got != "KETTLE CLOTH" {
		t.Errorf("it has %q", got)
	}
	h.get(t, admin, "/office/collections").has(".rows", "Tea", "by hand", "on the first page")
	h.submitEmpty(t, admin, s, `form[action$="/end"]`).has("[role=status]", "removed")
	h.get(t, admin, "/office/duplicates").has("main", "No duplicates")
	h.submit(t, admin, h.get(t, admin, "/office/products/"+string(h.Goods[apptest.Rare].Product)), `main form:not([action$="/end"])`, "v_0_gtin", "4006381333931")
	h.get(t, admin, "/office/duplicates").has(".rows", "Kettle", "Rare book")
	other := h.Staffed(t, "other@example.kz", "sel_other", "catalog.*")
	if s := h.send(t, other, "POST", "/office/collections", values("name_en", "Mine")); s.status != http.StatusForbidden {
		t.Errorf("another seller's collection: %d", s.status)
	}
	h.get(t, other, "/office/duplicates").has("main", "No duplicates")
}
