package office_test

import (
	"net/http"
	"testing"

	"sauda/app/apptest"
	"sauda/gear/db"
)

// TestAProductBecomesEachKind: a bundle, a thing that is made to order, a digital good with codes, and a thing again.
func TestAProductBecomesEachKind(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	product := h.Goods[apptest.Journal]
	page := "/office/products/" + string(product.Product) + "/kind"

	bundle := `form[action$="/kind/bundle"]`
	s := h.trySubmit(t, admin, h.get(t, admin, page), bundle, "p_0_sku", "KETTLE", "p_0_quantity", "2", "p_2_sku", "NO-SUCH-THING")
	if s.status != http.StatusUnprocessableEntity {
		t.Fatalf("of what is not there: %d", s.status)
	}
	s.has("#p_2_sku-wrong", "nothing of this SKU")
	s = h.submit(t, admin, s, bundle, "p_2_sku", "RARE", "pays", "sum", "less", "12,5%")
	if sku, less := s.attr("#p_1_sku", "value"), s.attr("#less", "value"); sku != "RARE" || less != "12.5" {
		t.Errorf("stored are %q and %q", sku, less)
	}

	made := `form[action$="/kind/made"]`
	fields := []string{"days", "4", "q_0_code", "width", "q_0_kind", "number", "q_0_label_en", "Width", "q_0_least", "10", "q_0_greatest", "90"}
	s = h.trySubmit(t, admin, s, made, append(fields, "formula", "price * depth")...)
	if s.status != http.StatusUnprocessableEntity {
		t.Fatalf("a formula of what is not asked: %d", s.status)
	}
	s.has("#formula-wrong", "something that is not asked for")
	s = h.submit(t, admin, s, made, append(fields, "formula", "price * width")...)
	s = h.submit(t, admin, s, made, "q_1_code", "fabric", "q_1_kind", "choice", "q_1_label_en", "Fabric", "q_1_choices", "silk | Жібек | Шёлк | Silk | 丝 | 1500")
	if got := s.attr("#q_1_code", "value"); got != "fabric" {
		t.Errorf("the second question is %q", got)
	}
	s.has("#q_1_choices", "silk | Жібек | Шёлк | Silk | 丝 | 1500")

	s = h.submit(t, admin, s, `form[action$="/kind/digital"]`, "codes", "1", "digital_days", "7")
	s = h.submit(t, admin, s, `form[action$="/codes"]`, "variant", string(product.Variant), "list", "AAA\nBBB\n\nAAA")
	s.has("#code-list + .rows", "Left: 2")

	s = h.submit(t, admin, s, `form[action$="/kind/thing"]`)
	s.has("main", "If the product is more than a thing on a shelf")
	if open := s.attr("details[open]", "class"); open != "" {
		t.Errorf("a kind is still open: %q", open)
	}
}
