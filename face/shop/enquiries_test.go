package shop_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/core/enquiry"
	"sauda/core/identity"
	"sauda/core/notify"
	"sauda/gear/db"
)

// TestAQuestionIsAskedAndAnswered on the pages, without a script: read before it is shown, answered by the shop and by a buyer
// who has it, told by a letter, and withdrawn.
func TestAQuestionIsAskedAndAnswered(t *testing.T) {
	h := open(t, db.SQLite)
	product := string(h.Goods[apptest.Kettle].Product)
	guest := h.browser(t, "en")
	guest.get(h.product(apptest.Kettle)).one("#questions a[href*='/sign-in']")
	asker := h.signedUp(t, "en", aigul)
	const form = "form[action^='/questions/']"
	p := asker.submit(asker.get(h.product(apptest.Kettle)), form, "body", "??")
	p.wants(".field .wrong", "at least 5 characters")
	if p.status != http.StatusUnprocessableEntity || p.words("#ask") != "??" {
		t.Errorf("%d, and %q is kept", p.status, p.words("#ask"))
	}
	p = asker.submit(asker.get(h.product(apptest.Kettle)), form, "body", "Is it quiet? https://example.com <b>now</b>")
	p.wants(".note.good", "We write to you")
	if p := guest.get("/questions/" + product); len(p.all(".said-of li")) > 0 {
		t.Error("it is shown before anybody has read it")
	}
	staff := h.Admin(t)
	id := staff.Do(t, 200, "GET", "/v1/office/questions", nil).Text("items.0.id")
	staff.Do(t, 200, "PUT", "/v1/office/questions/"+id+"/answer", map[string]any{"text": "Yes, 45 dB.", "version": 1})
	h.Settled(t)
	p = guest.get(h.product(apptest.Kettle))
	p.wants("#questions .said-of", "Айгүл С.", "Is it quiet? https://example.com <b>now</b>", "The shop answers", "Yes, 45 dB.")
	p.wants("#questions h2", "1")
	if n := len(p.all("#questions .said-of a, #questions .said-of b")); n > 0 {
		t.Errorf("%d links in what somebody wrote", n)
	}
	if strings.Contains(p.text, "QAPage") || strings.Contains(p.text, "FAQPage") {
		t.Error("machines are told of questions")
	}
	letters := h.mailed(t, aigul, notify.QuestionAnswered)
	if len(letters) != 1 || !strings.Contains(letters[0].Params["answer"], "45 dB") {
		t.Errorf("the letters are %+v", letters)
	}
	if len(guest.get("/questions/"+product).all("details.ask")) > 0 || len(asker.get("/questions/"+product).all("li details.ask")) > 0 {
		t.Error("who has not received it can answer")
	}
	owner := h.received(t, "daulet@example.kz", apptest.Kettle)
	owner.submit(owner.get("/questions/"+product), "li form", "body", "Quiet enough at night").wants(".note.good", "Your answer is shown")
	waiting := staff.Do(t, 200, "GET", "/v1/office/questions", nil)
	answer := waiting.Text("items.0.answers.1.id")
	staff.Do(t, 200, "PUT", "/v1/office/questions/"+id+"/answers/"+answer+"/decision", map[string]any{"state": "shown", "version": waiting.Number("items.0.version")})
	h.Settled(t)
	guest.get("/questions/"+product).wants(".said-of", "has received it", "Quiet enough at night")
	if letters := h.mailed(t, aigul, notify.QuestionAnswered); len(letters) != 2 {
		t.Errorf("%d letters", len(letters))
	}
	h.received(t, "botagoz@example.kz", apptest.Kettle).submit(owner.get("/questions/"+product), "li form", "body", "Quieter than the fridge")
	waiting = staff.Do(t, 200, "GET", "/v1/office/questions", nil)
	again := waiting.Number("items.0.version")
	staff.Do(t, 200, "PUT", "/v1/office/questions/"+id+"/answers/"+waiting.Text("items.0.answers.2.id")+"/decision", map[string]any{"state": "shown", "version": again})
	staff.Do(t, 200, "PUT", "/v1/office/questions/"+id+"/decision", map[string]any{"state": "refused", "reason": "Asked twice", "version": again + 1})
	h.Settled(t)
	if letters := h.mailed(t, aigul, notify.QuestionAnswered); len(letters) != 2 {
		t.Errorf("an answer to what is not shown any more is told: %d letters", len(letters))
	}
	staff.Do(t, 200, "PUT", "/v1/office/questions/"+id+"/decision", map[string]any{"state": "shown", "version": again + 2})
	p = owner.get("/questions/" + product)
	p.wants("li details.ask", "Change your answer", "Quiet enough at night", "takes the place")
	p = owner.get("/account/reviews")
	p.wants("#awaiting ~ ul", "Kettle")
	p.wants("#my-answers ~ ul", "Quiet enough at night", "Shown")
	owner.submit(p, "form[action$='/unsay']").wants(".note.good", "Withdrawn")
	p = asker.get("/account/reviews")
	p.wants("#my-questions ~ ul", "Is it quiet?", "Yes, 45 dB.", "Shown")
	asker.submit(p, "form[action$='/withdraw']").wants("main", "You have not asked a question yet")
	if p := guest.get("/questions/" + product); len(p.all(".said-of li")) > 0 {
		t.Error("what was withdrawn is shown")
	}
	h.Sound(t)
}

// TestWhatIWroteHasPages: what no longer fits stands on the next page, and the other lists stay where they are.
func TestWhatIWroteHasPages(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.received(t, aigul, apptest.Kettle)
	b.review(h, apptest.Kettle, "4", "It shines")
	who := db.Who{}
	h.Moment(t, func(tx *db.Tx) error {
		u, _, err := identity.ByEmail(tx, aigul)
		who = u.Who("ses_test")
		return err
	})
	for n := range 23 {
		h.Clock.Advance(3 * time.Hour) // No more than ten in a day.
		err := h.Store.Update(t.Context(), who, func(tx *db.Tx) error {
			_, err := enquiry.Ask(tx, h.Goods[apptest.Kettle].Product, enquiry.Draft{Lang: "en", Body: fmt.Sprintf("Question number %d.", n)})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	p := b.get("/account/reviews")
	if n := len(p.all("#my-questions ~ ul > li")); n != 20 {
		t.Errorf("%d questions on the first page", n)
	}
	p = b.get(attr(p.one("#my-questions ~ nav a[rel=next]"), "href"))
	p.wants("#my-questions ~ ul", "Question number 2.", "Question number 0.")
	p.wants("#my-reviews ~ ul", "It shines")
	if n := len(p.all("#my-questions ~ ul > li")); n != 3 || len(p.all("a[rel=next]")) > 0 {
		t.Errorf("%d questions on the last page", n)
	}
}

// TestWhatIWroteIsListed: reviews with their state, and what was received and has none.
func TestWhatIWroteIsListed(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.received(t, "aigul@example.kz", apptest.Kettle)
	p := b.get("/account/reviews")
	p.wants("#awaiting ~ ul", "Kettle", "Write a review")
	p.wants("main", "You have not written a review yet", "You have not asked a question yet")
	b.review(h, apptest.Kettle, "4", "It shines")
	p = b.get("/account/reviews")
	p.wants("#my-reviews ~ ul", "Kettle", "It shines", "Being read")
	if len(p.all("#awaiting")) > 0 {
		t.Error("what has a review waits for one")
	}
	p.one("#my-reviews ~ ul a[href$='/write']")
	if n := h.Statements(func() { b.get("/account/reviews") }); n > 12 {
		t.Errorf("the page costs %d statements", n)
	}
	if p := h.browser(t, "en").ask("GET", "/account/reviews", nil); p.at.Path != "/sign-in" {
		t.Errorf("a guest sees %s", p.at)
	}
}
