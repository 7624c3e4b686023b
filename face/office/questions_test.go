package office_test

import (
	"net/http"
	"testing"

	"sauda/app/apptest"
	"sauda/core/catalog"
	"sauda/core/enquiry"
	"sauda/core/identity"
	"sauda/core/seller"
	"sauda/core/wish"
	"sauda/gear/db"
)

// asked has a buyer ask about the kettle and keep it, and gives the question.
func (h *house) asked(t *testing.T, body string) (e enquiry.Enquiry) {
	t.Helper()
	who := db.Who{}
	h.Moment(t, func(tx *db.Tx) error {
		u, _, err := identity.ByEmail(tx, "aigul@example.kz")
		who = u.Who("ses_test")
		return err
	})
	if err := h.Store.Update(t.Context(), who, func(tx *db.Tx) (err error) {
		if e, err = enquiry.Ask(tx, h.Goods[apptest.Kettle].Product, enquiry.Draft{Author: "Aigul S", Lang: "en", Body: body}); err != nil {
			return err
		}
		_, err = wish.Keep(tx, "", wish.Choice{Product: h.Goods[apptest.Kettle].Product})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestQuestionsAreAnsweredInPlace: answered and refused where they wait; a refusal needs its reason; and what a colleague has
// decided meanwhile is not decided again.
func TestQuestionsAreAnsweredInPlace(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		h.Registered(t, "aigul@example.kz")
		h.get(t, admin, "/office/questions").has("main", "There are no questions here")
		first, second := h.asked(t, "Is it quiet <b>?"), h.asked(t, "Buy at example.com")
		h.get(t, admin, "/office").has("main", "questions to answer")
		h.get(t, h.Staffed(t, "answers@example.kz", string(seller.Own), "questions.read"), "/office").has(".tiles", "questions to answer")
		s := h.get(t, admin, "/office/questions")
		s.has("section:first-of-type", "Is it quiet <b>?", "Aigul S.", "Kettle")
		answer := "form[action$='/" + string(first.ID) + "/answer']"
		refuse := "section:has(#" + string(second.ID) + ") form.inline"
		bad := h.trySubmit(t, admin, s, refuse, "words", "")
		if bad.status != http.StatusUnprocessableEntity {
			t.Errorf("refused without a reason: %d", bad.status)
		}
		h.submit(t, admin, s, answer, "words", "Yes, 45 dB.")
		if again := h.trySubmit(t, admin, s, answer, "words", "No."); again.status < 400 {
			t.Errorf("an old page answers: %d", again.status)
		}
		h.submit(t, admin, h.get(t, admin, "/office/questions"), refuse, "words", "An advertisement")
		h.get(t, admin, "/office/questions").has("main", "There are no questions here")
		h.get(t, admin, "/office/questions?state=shown").has("textarea", "Yes, 45 dB.")
		h.get(t, admin, "/office/questions?state=refused").has(".note", "An advertisement")
		h.get(t, admin, "/office/products/"+string(h.Goods[apptest.Kettle].Product)).has(".kept-by", "On wishlists: 1")
	})
}

// TestQuestionsAreForWhoMay: others see neither them nor the page, and who only reads decides nothing.
func TestQuestionsAreForWhoMay(t *testing.T) {
	h := open(t, db.SQLite)
	h.Registered(t, "aigul@example.kz")
	e := h.asked(t, "Is it quiet?")
	clerk := h.Staffed(t, "clerk@example.kz", string(seller.Own), "orders.read")
	reader := h.Staffed(t, "reader@example.kz", string(seller.Own), enquiry.ScopeRead)
	if s := h.send(t, clerk, "GET", "/office/questions", nil); s.status != http.StatusForbidden {
		t.Errorf("a clerk sees questions: %d", s.status)
	}
	s := h.get(t, reader, "/office/questions")
	s.has("main", "Is it quiet?")
	s.lacks("main form")
	if s := h.send(t, reader, "POST", "/office/questions/"+string(e.ID)+"/decision", values("version", "1", "before", "waiting", "state", "shown")); s.status != http.StatusForbidden {
		t.Errorf("a reader decides: %d", s.status)
	}
	var found map[catalog.ProductID]int64
	h.Look(t, func(tx *db.Tx) (err error) {
		found, err = wish.Keepers(tx, seller.Own, []catalog.ProductID{h.Goods[apptest.Kettle].Product})
		return err
	})
	if len(found) != 1 {
		t.Errorf("kept by %v", found)
	}
}
