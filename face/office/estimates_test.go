package office_test

import (
	"testing"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/gear/db"
)

// TestAPriceIsNamed: what a buyer asks for stands in the list and on the first page; what is wrong stands beside its field; a price
// is named and named anew, another is refused with a reason, and another seller finds nothing.
func TestAPriceIsNamed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, stranger, buyer := h.AdminToken(t), h.Staffed(t, "other@example.kz", "sel_other", "orders.*"), h.As(h.Registered(t, "aigul@example.kz"))
		product := h.Goods[apptest.Kettle].Product
		h.Moment(t, func(tx *db.Tx) error {
			p, err := catalog.Get(tx, product)
			if err == nil {
				_, err = catalog.Revise(tx, p.ID, p.Version, catalog.Changes{Kind: &catalog.Kind{Made: &catalog.Made{Currency: money.KZT, Quoted: true}}})
			}
			return err
		})
		h.Settled(t)
		ask := func(note string) string {
			return buyer.Do(t, 201, "POST", "/v1/estimates", map[string]any{"product_id": product, "note": note}).Text("id")
		}
		first, second := "/office/estimates/"+ask("With a spout"), "/office/estimates/"+ask("Of gold")
		h.get(t, admin, "/office").has("main", "price requests to answer")
		h.get(t, admin, "/office/estimates").has("tbody", "Kettle")
		h.get(t, admin, "/office/products/"+string(product)+"/kind").has("main", "We name the price to each buyer")
		if s := h.send(t, stranger, "GET", first, nil); s.status != 404 {
			t.Errorf("a stranger sees it: %d", s.status)
		}
		s := h.trySubmit(t, admin, h.get(t, admin, first), `form[action$="/answer"]`, "price", "many", "days", "0", "included", "")
		s.has("#price-wrong", "above zero")
		s.has("#days-wrong", "from 1 to 365")
		s.has("#included-wrong", "what is in the price")
		h.submit(t, admin, s, `form[action$="/answer"]`, "price", "45000", "days", "9", "included", "Copper", "deposit", "40")
		h.get(t, admin, "/office/estimates?state=answered").has("tbody", "45,000")
		h.submit(t, admin, h.get(t, admin, first), `form[action$="/answer"]`, "price", "44000")
		h.get(t, admin, "/office/estimates?state=answered").has("tbody", "44,000")
		h.submit(t, admin, h.get(t, admin, second), `form[action$="/refusal"]`, "reason", "We have no gold")
		h.get(t, admin, second).has("main", "We have no gold")
	})
}
