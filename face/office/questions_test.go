package office_test

import (
	"net/http"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/core/catalog"
	"sauda/core/enquiry"
	"sauda/core/identity"
	"sauda/core/review"
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
		_, _, err = wish.Keep(tx, "", wish.Choice{Product: h.Goods[apptest.Kettle].Product})
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

// received has a buyer receive the kettle, and gives his token.
func (h *house) received(t *testing.T, email string) string {
	t.Helper()
	token := h.Registered(t, email)
	order := h.As(token).Buy(t, h.House, apptest.Kettle)
	h.Settled(t)
	staff := h.Admin(t)
	parcel := staff.Do(t, 201, "POST", "/v1/office/orders/"+order+"/shipments", map[string]any{}).Text("items.0.id")
	h.Settled(t)
	staff.Do(t, 200, "POST", "/v1/office/shipments/"+parcel+"/handover", map[string]any{})
	staff.Do(t, 200, "POST", "/v1/office/shipments/"+parcel+"/arrival", map[string]any{})
	h.Settled(t)
	return token
}

// TestWhatWasTypedStaysWhereItWas: a reason that is too long stays beside the answer for which it was typed, on the page on
// which it was; and what is decided leads back to that page. An answer to what is not shown has no button that shows it.
func TestWhatWasTypedStaysWhereItWas(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	h.Registered(t, "aigul@example.kz")
	daulet := h.received(t, "daulet@example.kz")
	first, second, third := h.asked(t, "Is it quiet?"), h.asked(t, "Is it heavy?"), h.asked(t, "Is it red?")
	h.submit(t, admin, h.get(t, admin, "/office/questions"), "form[action$='/"+string(second.ID)+"/answer']", "words", "No")
	h.As(daulet).Do(t, 200, "PUT", "/v1/questions/"+string(second.ID)+"/answer", map[string]any{"text": "Light as a feather"})

	s := h.get(t, admin, "/office/questions?after="+string(first.ID))
	long := strings.Repeat("a", enquiry.ReasonMax+1)
	bad := h.trySubmit(t, admin, s, "blockquote form.inline", "words", long)
	if bad.status != http.StatusUnprocessableEntity || bad.attr("blockquote [name=words]", "value") != long {
		t.Errorf("%d, and %q is kept", bad.status, bad.attr("blockquote [name=words]", "value"))
	}
	if got := bad.text("section:first-of-type > form textarea"); got != "No" {
		t.Errorf("the answer of the shop is %q", got)
	}
	bad.lacks("section > .inline [name=words][value^=a]")
	bad.lacks("#" + string(first.ID))
	back := h.submit(t, admin, bad, "blockquote form.inline", "words", "Not about the kettle")
	back.lacks("#" + string(first.ID))
	back.has("#"+string(third.ID), "Kettle")
	h.submit(t, admin, back, "form.inline[action$='/"+string(third.ID)+"/decision']", "words", "Seen on the picture").has("main", "Is it quiet?") // The page is empty now.

	s = h.get(t, admin, "/office/questions?state=shown")
	s.lacks("blockquote .danger")
	h.submit(t, admin, s, "section > .inline form.inline", "words", "Not about the kettle")
	h.get(t, admin, "/office/questions?state=refused").lacks("blockquote form")
	h.As(admin).Do(t, 409, "PUT", "/v1/office/questions/"+string(second.ID)+"/answers/"+h.answerTo(t, second.ID)+"/decision",
		map[string]any{"state": "shown", "version": 6})
}

// answerTo gives the answer of a buyer to a question.
func (h *house) answerTo(t *testing.T, id enquiry.ID) (answer string) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) error {
		e, err := enquiry.Get(tx, id)
		for _, a := range e.Answers {
			if !a.BySeller {
				answer = string(a.ID)
			}
		}
		return err
	})
	return answer
}

// TestAReviewIsRefusedOnItsPage: what was typed and not taken is shown on the page on which it was typed.
func TestAReviewIsRefusedOnItsPage(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	var ids []string
	for _, email := range []string{"aigul@example.kz", "daulet@example.kz"} {
		written := h.As(h.received(t, email)).Do(t, 200, "PUT", "/v1/products/"+string(h.Goods[apptest.Kettle].Product)+"/review", map[string]any{"stars": 2})
		ids = append(ids, written.Text("id"))
	}
	s := h.get(t, admin, "/office/reviews?after="+ids[0])
	s.lacks("#" + ids[0])
	long := strings.Repeat("a", review.ReasonMax+1)
	bad := h.trySubmit(t, admin, s, "form.inline", "reason", long)
	if bad.status != http.StatusUnprocessableEntity || bad.attr("[name=reason]", "value") != long {
		t.Errorf("%d, and %q is kept", bad.status, bad.attr("[name=reason]", "value"))
	}
	bad.lacks("#" + ids[0])
	h.submit(t, admin, bad, "form.inline", "reason", "Another product").has("#"+ids[0], "Kettle") // The page is empty now.
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
