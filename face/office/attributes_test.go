package office_test

import (
	"net/http"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/gear/db"
)

// categoryOf gives the category of a product by its page.
func (h *house) categoryOf(t *testing.T, token, product string) string {
	t.Helper()
	return h.get(t, token, "/office/products/"+product).attr("#category option[selected]", "value")
}

// TestACategoryAsksAndAProductAnswers defines attributes of each kind, answers them, and mends what is wrong.
func TestACategoryAsksAndAProductAnswers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		product := string(h.Goods[apptest.Kettle].Product)
		page := "/office/products/" + product + "/attributes"
		asking := "/office/categories/" + h.categoryOf(t, admin, product) + "/attributes"
		h.get(t, admin, page).has("main", "asks for no attributes yet")
		h.get(t, admin, asking).has("#own + .dim", "none yet")
		s := h.send(t, admin, "POST", asking, values("kind", "text", "unit", "W", "code", "A B", "position", "x", "label_kk", "Қуаты"))
		if s.status != http.StatusUnprocessableEntity || s.attr("#label_kk", "value") != "Қуаты" || s.attr("#unit", "value") != "W" {
			t.Fatalf("%d keeps %q", s.status, s.attr("#label_kk", "value"))
		}
		s.has("#position-wrong", "whole number")
		s = h.send(t, admin, "POST", asking, values("kind", "text", "unit", "W", "code", "A B", "label_kk", "Қуаты"))
		s.has("#code-wrong", "small Latin letters")
		s.has("#unit-wrong", "Only a number")
		h.post(t, admin, asking, "kind", "number", "unit", "W", "label_kk", "Қуаты", "label_en", "Power", "position", "2")
		h.post(t, admin, asking, "kind", "bool", "code", "whistle", "label_kk", "Ысқырады", "label_en", "Whistles", "position", "3")
		s = h.post(t, admin, asking, "kind", "text", "code", "material", "label_kk", "Материалы", "label_en", "Material", "position", "1")
		s.has("#own + .rows", "Material", "Power", "Number, W", "Whistles")
		if s := h.send(t, admin, "POST", asking, values("kind", "bool", "code", "power", "label_en", "Again")); s.status != http.StatusUnprocessableEntity || s.attr("#label_en", "value") != "Again" {
			t.Errorf("defined twice: %d", s.status)
		}

		form := `main form[action$="/attributes"]`
		s = h.get(t, admin, page)
		s.has(".question legend", "Material")
		s = h.trySubmit(t, admin, s, form, "a_0_text_kk", "Болат", "a_1_number", "много", "a_2_bool", "false")
		if s.status != http.StatusUnprocessableEntity || s.attr("#a_0_text_kk", "value") != "Болат" || s.attr("#a_1_number", "value") != "много" {
			t.Fatalf("%d keeps %q", s.status, s.attr("#a_1_number", "value"))
		}
		s.has("#a_1_number-wrong", "Write a decimal number")
		s = h.submit(t, admin, s, form, "a_1_number", "2 200,5")
		if s.attr("#a_1_number", "value") != "2200.5" || s.attr("#a_2_bool option[selected]", "value") != "false" {
			t.Errorf("stored is %q", s.attr("#a_1_number", "value"))
		}
		stale := s
		h.submit(t, admin, s, form, "a_1_number", "1800")
		s = h.trySubmit(t, admin, stale, form, "a_0_text_en", "Steel")
		if s.status != http.StatusUnprocessableEntity || s.attr("#a_0_text_en", "value") != "Steel" {
			t.Errorf("stale: %d", s.status)
		}
		s.has("#a_1_number + .now", "1800")
		s = h.submit(t, admin, s, form, "a_1_number", "")
		if s.attr("#a_0_text_en", "value") != "Steel" || s.attr("#a_1_number", "value") != "" {
			t.Error("an empty field is still an attribute, or a text was lost")
		}
		h.Settled(t)
		shown := h.Guest().Do(t, 200, "GET", "/v1/products/"+product, nil)
		if string(shown.Body) == "" || strings.Contains(string(shown.Body), `"power"`) || !strings.Contains(string(shown.Body), "Болат") {
			t.Errorf("the shop shows %s", shown.Body)
		}
	})
}

// TestDefinitionsAreInheritedRevisedAndRemoved, and a label is written once for all products.
func TestDefinitionsAreInheritedRevisedAndRemoved(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	product := string(h.Goods[apptest.Kettle].Product)
	root := h.categoryOf(t, admin, product)
	asking := "/office/categories/" + root + "/attributes"
	h.post(t, admin, asking, "kind", "text", "code", "material", "label_en", "Material")
	page := "/office/products/" + product + "/attributes"
	h.submit(t, admin, h.get(t, admin, page), `main form[action$="/attributes"]`, "a_0_text_en", "Steel")
	s := h.post(t, admin, "/office/categories", "name_en", "Kettles", "parent", root, "slug", "kettles")
	below := s.attr(`.tree .depth1 a[href$="/attributes"]`, "href")
	h.get(t, admin, below).has("#inherited + .rows", "Material", "Home")
	s = h.get(t, admin, asking)
	revise := `form[action$="/attributes/material"]`
	if s := h.trySubmit(t, admin, s, revise, "label_en", "", "position", "4"); s.status != http.StatusUnprocessableEntity || s.attr(revise+" input[name=position]", "value") != "4" {
		t.Errorf("without a name: %d", s.status)
	} else {
		s.has(revise+" .wrong", "at least one language")
	}
	h.submit(t, admin, s, revise, "label_en", "Made of")
	h.get(t, admin, page).has(".question legend", "Made of")
	h.Settled(t)
	if shown := h.Guest().Do(t, 200, "GET", "/v1/products/"+product, nil); !strings.Contains(string(shown.Body), "Made of") {
		t.Errorf("the shop shows %s", shown.Body)
	}
	other := h.Staffed(t, "other@example.kz", "sel_other", "catalog.*")
	for path, form := range map[string][]string{
		asking: {"kind", "bool", "label_en", "Mine"}, asking + "/material": {"label_en", "Mine"}, asking + "/material/end": nil,
	} {
		if s := h.send(t, other, "POST", path, values(form...)); s.status != http.StatusForbidden {
			t.Errorf("%s by another seller's staff: %d", path, s.status)
		}
	}
	if s := h.send(t, other, "GET", page, nil); s.status != http.StatusNotFound {
		t.Errorf("another seller's product: %d", s.status)
	}
	if s := h.send(t, admin, "GET", "/office/categories/cat_none/attributes", nil); s.status != http.StatusNotFound {
		t.Errorf("no category: %d", s.status)
	}
	s = h.post(t, admin, asking+"/material/end")
	s.has("#own + .dim", "none yet")
	s = h.get(t, admin, page)
	s.has(".question", "Material", "this product alone") // As it was called when the value was written.
	h.submit(t, admin, s, `main form[action$="/attributes"]`, "a_0_text_en", "")
	h.get(t, admin, page).has("main", "asks for no attributes yet")
}
