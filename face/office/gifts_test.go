package office_test

import (
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/core/catalog"
	"sauda/core/notify"
	"sauda/core/seller"
	"sauda/gear/db"
)

// TestGiftsAreSeenAndSentAgain: a certificate that was sold stands in the office with what is left of it; its letter goes once more
// with a code of its own, the one before opens nothing then, and nobody may send it who may only look.
func TestGiftsAreSeenAndSentAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, guest := h.AdminToken(t), h.Guest()
		h.get(t, admin, "/office/gifts").has("main", "No certificate was sold yet")
		var variant catalog.VariantID
		h.Moment(t, func(tx *db.Tx) error {
			v, err := apptest.Gifts(tx, 50_000_00)
			variant = catalog.VariantID(v)
			return err
		})
		chosen := guest.Do(t, 201, "POST", "/v1/gifts", map[string]any{
			"variant_id": variant, "to": map[string]any{"name": "Aigul", "email": "aigul@example.kz"},
		}).Text("id")
		cart := guest.Do(t, 201, "POST", "/v1/carts", map[string]any{}).Text("id")
		guest.Do(t, 201, "POST", "/v1/carts/"+cart+"/lines", map[string]any{"variant_id": variant, "answers": map[string]any{"chosen": chosen}})
		guest.Do(t, 204, "PUT", "/v1/carts/"+cart+"/contact", map[string]any{"email": "darkhan@example.kz"})
		guest.Do(t, 200, "POST", "/v1/carts/"+cart+"/checkout", map[string]any{"method": "card", "token": "tok_ok"})
		h.Settled(t)
		first := h.codes(t, "aigul@example.kz")
		if len(first) != 1 {
			t.Fatalf("%d letters with a code were sent", len(first))
		}
		s := h.get(t, admin, "/office/gifts")
		s.has("tbody tr", "Aigul", "Good", "₸50,000", first[0][len(first[0])-4:])
		again := "form[action$='/" + chosen + "/letter']"
		looks := h.get(t, h.Staffed(t, "looks@example.kz", string(seller.Own), "money.read"), "/office/gifts")
		looks.has("tbody tr", "Aigul")
		looks.lacks(again)
		h.post(t, admin, s.attr(again, "action")).has("[role=status]", "new code")
		h.Settled(t)
		both := h.codes(t, "aigul@example.kz")
		if len(both) != 2 || both[0] == both[1] {
			t.Fatalf("sent again there are %d letters", len(both))
		}
		for _, code := range both {
			status := 200
			if code == first[0] {
				status = 404
			}
			guest.Do(t, status, "POST", "/v1/gift-balances", map[string]any{"code": code})
		}
		h.get(t, admin, "/office/gifts").has("tbody tr", "Aigul")
	})
}

// codes are those that letters to an address name.
func (h *house) codes(t *testing.T, to string) (codes []string) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) error {
		letters, err := notify.To(tx, to)
		for _, l := range letters {
			if code := l.Params["key"]; strings.Contains(code, "-") {
				codes = append(codes, code)
			}
		}
		return err
	})
	return codes
}
