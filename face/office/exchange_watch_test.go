package office_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sauda/core/exchange/book"
	"sauda/core/seller"
	"sauda/flow/floor"
	"sauda/gear/db"
)

// washed has two accounts of the broker trade with each other, and gives the address of the alert.
func (h *house) washed(t *testing.T) string {
	t.Helper()
	m := h.OpenMarket(t)
	h.at(t, 1, 9, 45)
	for _, minute := range []int{1, 11, 15} { // The opening auction begins, and ends by itself.
		h.at(t, 0, 10, minute)
	}
	for n := range 3 {
		h.enter(t, h.Seat(t, m, 0), floor.Ask{Instrument: m.Share.Code, Client: fmt.Sprint("s", n), Side: book.Sell, Price: 1000_00, Quantity: 100})
		h.enter(t, h.Seat(t, m, 1), floor.Ask{Instrument: m.Share.Code, Client: fmt.Sprint("b", n), Price: 1000_00, Quantity: 100})
	}
	h.Settled(t)
	return h.get(t, h.AdminToken(t), "/office/exchange/watch").attr("tbody a", "href")
}

// TestACaseIsWorkedOn: trade of an owner with himself is an alert with its picture; a case is opened from it, written in, decided by
// a restriction that stops an account at once, and closed; all of it stays.
func TestACaseIsWorkedOn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		at := h.washed(t)
		h.get(t, admin, "/office/exchange/watch").has("tbody tr", "Wash trades", "BOLAT/SH REG", "New")
		h.get(t, admin, "/office/exchange").has(".tiles", "1 new alerts of surveillance")
		h.get(t, admin, "/office/exchange/watch?kind=flood").has("main .state", "no such alert")
		h.get(t, admin, "/office/exchange/watch?party=A00000001").has("tbody tr", "Wash trades")
		page := h.get(t, admin, at)
		page.has("#deals + table", "A00000001", "A00000002", "100")
		if n := len(page.all("svg.watch circle")); n != 3 {
			t.Errorf("%d trades are drawn", n)
		}
		page = h.submit(t, admin, page, `form[action$="/case"]`, "title", "A broker and himself")
		page.has("[role=status]", "The case is open")
		page.has(".trail", "A broker and himself", "Wash trades")
		page = h.submit(t, admin, page, `form[action$="/notes"]`, "text", "Both desks sit in one room.")
		page = h.submit(t, admin, page, `form[action$="/links"]`, "address", "https://files.example/1", "text", "The answer of the broker")
		page.has(".trail", "Both desks sit in one room.", "The answer of the broker")
		page.lacks(`form[action$="/closure"]`)
		page = h.submit(t, admin, page, `form[action$="/decision"]`, "outcome", "restriction", "who", "A00000002", "text", "Until the desks are apart")
		page.has(".facts", "Restriction")
		page = h.submit(t, admin, page, `form[action$="/closure"]`, "text", "It is stopped")
		page.has(".facts", "Closed")
		page.lacks("main form[method=post]")
		h.get(t, admin, "/office/exchange/watch/cases").has("tbody tr", "A broker and himself", "Restriction", "Closed")
		h.get(t, admin, at).has(".facts", "In a case")
		h.Settled(t)
		for _, path := range []string{at, "/office/exchange/watch", "/office/exchange/watch/cases"} {
			for _, lang := range []string{"kk", "ru", "en"} {
				whole(t, path, h.get(t, admin, "/"+lang+strings.TrimPrefix(path, "/en")))
			}
		}
	})
}

// TestWhoWatches: people without the scope, of another seller, and buyers see no alert and no case, whatever they may do otherwise;
// the tab is not shown to them. The pages take few statements.
func TestWhoWatches(t *testing.T) {
	h := open(t, db.SQLite)
	at := h.washed(t)
	admin := h.AdminToken(t)
	pages := []string{"/office/exchange/watch", "/office/exchange/watch/cases", at, "/office/exchange/watch/cases/cas_1"}
	forms := []string{at + "/dismissal", at + "/case", "/office/exchange/watch/cases/cas_1/notes", "/office/exchange/watch/cases/cas_1/links",
		"/office/exchange/watch/cases/cas_1/assignment", "/office/exchange/watch/cases/cas_1/decision", "/office/exchange/watch/cases/cas_1/closure"}
	reader := h.Staffed(t, "reader@example.kz", string(seller.Own), "exchange.read", "exchange.write", "exchange.decide")
	for name, token := range map[string]string{
		"another seller": h.Staffed(t, "other@example.kz", "sel_other", "*"), "a buyer": h.Registered(t, "buyer@example.kz"), "no scope": reader,
	} {
		for _, path := range pages {
			if got := h.send(t, token, "GET", path, nil).status; got != http.StatusForbidden {
				t.Errorf("%s at %s: %d", name, path, got)
			}
		}
		for _, path := range forms {
			fields := values("reason", "x", "title", "x", "text", "x", "address", "https://x.example", "person", "usr_1", "outcome", "warning")
			if got := h.send(t, token, "POST", path, fields).status; got != http.StatusForbidden {
				t.Errorf("%s sends %s: %d", name, path, got)
			}
		}
	}
	h.get(t, reader, "/office/exchange").lacks(`a[href$="/exchange/watch"]`)
	for path, most := range map[string]int{"/office/exchange/watch": 2, "/office/exchange/watch/cases": 2, at: 6} {
		if n := h.Statements(func() { h.get(t, admin, path) }); n > most {
			t.Errorf("%s takes %d statements, %d at most", path, n, most)
		}
	}
	page := h.submit(t, admin, h.get(t, admin, at), `form[action$="/dismissal"]`, "reason", "Two desks that met")
	page.has("[role=status]", "The alert is dismissed")
}

// TestAMemberIsAdmitted: proposed by one person with all that it is, refused at once when it could not be, admitted by another.
func TestAMemberIsAdmitted(t *testing.T) {
	h := open(t, db.SQLite)
	admin, second := h.AdminToken(t), h.second(t)
	h.OpenMarket(t)
	form := `form[action$="/exchange/members"]`
	fill := []string{"code", "SECOND", "bin", "940740000911", "name_kk", "Екінші", "name_ru", "Второй", "name_en", "Second", "licence", "4.2/2", "from", "2026-01-01", "to", "2030-01-01", "reason", "It has a licence."}
	page := h.get(t, admin, "/office/exchange/members")
	wrong := append([]string{}, fill...)
	wrong[3] = "940740000912"
	if s := h.trySubmit(t, admin, page, form, wrong...); s.status < 400 {
		t.Errorf("a BIN with a wrong digit: %d", s.status)
	}
	h.submit(t, admin, page, form, fill...).has(".proposal", "Second (BIN 940740000911) becomes a member")
	h.submitEmpty(t, second, h.get(t, second, "/office/exchange/proposals"), `form[action$="/confirmation"]`)
	h.get(t, admin, "/office/exchange/members").has("tbody", "Second", "4.2/2")
	h.get(t, admin, "/office/exchange/investors").has("main .state", "no such investor")
}
