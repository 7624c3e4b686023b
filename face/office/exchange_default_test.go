package office_test

import (
	"net/http"
	"strings"
	"testing"

	"sauda/core/exchange/book"
	"sauda/flow/floor"
)

// TestAMemberIsDeclaredInDefault: the page shows what it would come to and who pays; one person proposes, the same one cannot
// confirm, another one does; then the page has the report, and nobody can propose it again.
func TestAMemberIsDeclaredInDefault(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, second := h.AdminToken(t), h.second(t)
		m := h.OpenMarket(t)
		rival, seat := h.Rival(t, m, 5_000_00)
		at := "/office/exchange/parties/" + string(rival.ID) + "/default"
		h.at(t, 1, 9, 45)
		page := h.get(t, admin, at)
		page.has("main .state", "no open trades of its own")
		page.lacks(`form[action$="/default"]`)
		if s := h.send(t, admin, "POST", at, values("reason", "It cannot pay.")); s.status != http.StatusConflict {
			t.Errorf("a member with nothing open: %d", s.status)
		}
		for _, minute := range []int{5, 10, 11} {
			h.at(t, 0, 10, minute)
		}
		h.enter(t, seat, floor.Ask{Instrument: m.Share.Code, Client: "r1", Side: book.Sell, Price: 1000_00, Quantity: 100})
		h.enter(t, h.Seat(t, m, 0), floor.Ask{Instrument: m.Share.Code, Client: "b1", Price: 1000_00, Quantity: 100})
		h.enter(t, h.Seat(t, m, 1), floor.Ask{Instrument: m.Share.Code, Client: "s2", Side: book.Sell, Price: 1090_00, Quantity: 10})
		h.enter(t, h.Seat(t, m, 0), floor.Ask{Instrument: m.Share.Code, Client: "b2", Price: 1090_00, Quantity: 10})
		h.Settled(t)

		page = h.get(t, admin, at)
		page.has(".foreseen .waterfall", "The member's money and margin ₸5,000", "Not covered ₸4,000")
		page.has(".note.bad", "does not reach")
		page.lacks(`form[action$="/default"]`)
		for where, who := range map[string]string{"fund": "RIVAL", "capital": ""} {
			page = h.submit(t, admin, h.get(t, admin, "/office/exchange/clearing"), `form[action$="/deposits"]`, "where", where, "account", who, "asset", "KZT", "amount", "3000", "ref", "p-"+where)
		}
		h.submit(t, admin, h.get(t, admin, "/office/exchange/clearing"), `form[action$="/deposits"]`, "where", "fund", "account", "BROKER", "asset", "KZT", "amount", "10", "ref", "p3")
		page = h.get(t, admin, h.get(t, admin, "/office/exchange/parties/"+string(rival.ID)).attr(`a[href$="/default"]`, "href"))
		page.has(".closed tbody tr", seat.Code, m.Share.Code, "−100", "₸1,090", "₸9,000")
		page.has(".foreseen .waterfall", "default fund ₸3,000", "capital of the house ₸1,000", "other members ₸0")
		if s := h.trySubmit(t, admin, page, `form[action$="/default"]`, "reason", ""); s.status < 400 {
			t.Errorf("without a reason: %d", s.status)
		}
		page = h.submit(t, admin, page, `form[action$="/default"]`, "reason", "It cannot pay.")
		page.has("[role=status]", "Another person has to confirm")
		page.has(".proposal", "Rival: is declared in default", "It cannot pay.")
		page.lacks(`form[action$="/confirmation"]`)
		confirmation := strings.Replace(page.attr(`form[action$="/withdrawal"]`, "action"), "withdrawal", "confirmation", 1)
		if s := h.send(t, admin, "POST", confirmation, nil); s.status != http.StatusForbidden {
			t.Errorf("confirmed by who proposed it: %d", s.status)
		}
		if s := h.send(t, second, "POST", at, values("reason", "It cannot pay.")); s.status != http.StatusConflict {
			t.Errorf("proposed twice: %d", s.status)
		}
		h.get(t, second, "/office/exchange/proposals").has(".proposal", "Rival: is declared in default", "See what it comes to")
		h.submitEmpty(t, second, h.get(t, second, at), `form[action$="/confirmation"]`).has("[role=status]", "Confirmed")
		h.Settled(t)
		if s := h.send(t, second, "POST", confirmation, nil); s.status != http.StatusConflict {
			t.Errorf("confirmed twice: %d", s.status)
		}
		page = h.get(t, admin, at)
		page.has(".facts .badge", "Suspended")
		page.has(".told .waterfall", "margin ₸5,000", "default fund ₸3,000", "capital of the house ₸1,000")
		page.has(".told .stocks", "100")
		page.lacks(".foreseen")
		page.lacks(`form[action$="/default"]`)
		h.get(t, admin, "/office/exchange/trades?number=1").has("tbody tr", "Closed out")
		h.get(t, admin, "/office/exchange/clearing/reconciliation").has(".note.good", "All rules")
		h.get(t, admin, "/office/audit").has("main", string(rival.ID))
		for _, lang := range []string{"kk", "ru", "en"} {
			whole(t, at, h.get(t, admin, "/"+lang+at))
		}
	})
}

// TestAShareIsPaidOut: one person proposes to pay a part of a member's share in the default fund out, another confirms, and it is paid
// once; more than there is is refused.
func TestAShareIsPaidOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, second := h.AdminToken(t), h.second(t)
		m := h.OpenMarket(t)
		at := "/office/exchange/parties/" + string(m.Member.ID) + "/default"
		h.get(t, admin, at).has("#fund + p", "no share")
		h.submit(t, admin, h.get(t, admin, "/office/exchange/clearing"), `form[action$="/deposits"]`, "where", "fund", "account", m.Member.Code, "asset", "KZT", "amount", "5000", "ref", "p-1")
		page := h.get(t, admin, at)
		page.has("#fund + ul", "₸5,000")
		if s := h.trySubmit(t, admin, page, `form[action$="/fund"]`, "asset", "KZT", "amount", "5000.01", "reason", "It trades less."); s.status != http.StatusConflict {
			t.Errorf("more than there is: %d", s.status)
		}
		h.submit(t, admin, page, `form[action$="/fund"]`, "asset", "KZT", "amount", "2000", "reason", "It trades less.").has("[role=status]", "Another person has to confirm")
		list := h.get(t, second, "/office/exchange/proposals")
		list.has(".proposal", "₸2,000 of the share in the default fund is paid out", "It trades less.")
		h.submitEmpty(t, second, list, `form[action$="/confirmation"]`)
		h.Settled(t)
		h.get(t, admin, at).has("#fund + ul", "₸3,000")
		h.Sound(t)
	})
}
