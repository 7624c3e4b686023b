package office_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sauda/base/span"
	"sauda/core/exchange/book"
	"sauda/core/seller"
	"sauda/flow/floor"
	"sauda/gear/db"
)

// at takes the clock to a time of a day, counted from today, and settles there.
func (h *house) at(t *testing.T, day, hour, minute int) {
	t.Helper()
	then := span.DayOf(h.Clock.Now(), span.Almaty).AddDays(day).Start(span.Almaty).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	h.Clock.Advance(then.Sub(h.Clock.Now()))
	h.Settled(t)
}

// enter brings an order to the market.
func (h *house) enter(t *testing.T, s floor.Seat, a floor.Ask) {
	t.Helper()
	if _, err := h.Floor.Enter(t.Context(), s, a); err != nil {
		t.Fatal(err)
	}
}

// second is another person who may decide.
func (h *house) second(t *testing.T) string {
	t.Helper()
	return h.Staffed(t, "second@example.kz", string(seller.Own), "exchange.*")
}

// TestAMarketIsWatched: the page of today shows the phase, what comes next and what the auction would give; the trade is halted
// by one person with a reason, and goes on when another one confirms what was proposed. A reason must be given.
func TestAMarketIsWatched(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		h.get(t, admin, "/office/exchange").has("main .state", "Nothing yet")
		m := h.OpenMarket(t)
		h.at(t, 1, 9, 45)
		page := h.get(t, admin, "/office/exchange")
		page.has("tbody tr", "BOLAT/SH REG", "Before the opening", "10:00:00: auction")
		page.lacks(`form[action$="/resumption"]`)
		h.enter(t, h.Seat(t, m, 0), floor.Ask{Instrument: m.Share.Code, Client: "s1", Side: book.Sell, Price: 1000_00, Quantity: 300})
		h.enter(t, h.Seat(t, m, 1), floor.Ask{Instrument: m.Share.Code, Client: "b1", Price: 1000_00, Quantity: 100})
		h.at(t, 0, 10, 5)
		h.get(t, admin, "/office/exchange").has("tbody tr", "orders are collected", "10:10:00: random end")

		halt := `form[action$="/halt"]`
		page = h.get(t, admin, "/office/exchange")
		if s := h.trySubmit(t, admin, page, halt, "reason", ""); s.status < 400 {
			t.Errorf("halted without a reason: %d", s.status)
		}
		page = h.submit(t, admin, page, halt, "reason", "News of the issuer.")
		page.has("[role=status]", "Trading is halted")
		page.has("tbody tr", "Halted", "two people")
		page.lacks(halt)
		if s := h.send(t, admin, "POST", "/office/exchange/instruments/"+string(m.Share.ID)+"/halt", values("reason", "Again")); s.status != http.StatusConflict {
			t.Errorf("halted twice: %d", s.status)
		}
		if s := h.send(t, admin, "POST", "/office/exchange/instruments/"+string(m.Share.ID)+"/acceptance", values("reason", "Now")); s.status != http.StatusConflict {
			t.Errorf("a price that nobody waits with: %d", s.status)
		}
		page = h.submit(t, admin, page, `form[action$="/resumption"]`, "reason", "The news is out.")
		page.has(".proposal", "BOLAT/SH REG: trading begins again by an auction", "The news is out.")
		page.lacks(`form[action$="/confirmation"]`)
		if s := h.send(t, admin, "POST", strings.Replace(page.attr(`form[action$="/withdrawal"]`, "action"), "withdrawal", "confirmation", 1), nil); s.status != http.StatusForbidden {
			t.Errorf("confirmed by who proposed it: %d", s.status)
		}
		second := h.second(t)
		page = h.submitEmpty(t, second, h.get(t, second, "/office/exchange/proposals"), `form[action$="/confirmation"]`)
		page.has("[role=status]", "Confirmed")
		h.Settled(t)
		h.get(t, second, "/office/exchange").has("tbody tr", "orders are collected")
		h.get(t, second, "/office/exchange/proposals").has("main .state", "Nothing waits")
	})
}

// TestAProposalIsDeclined: by another person with a reason, or withdrawn by who made it; in the languages of the office.
func TestAProposalIsDeclined(t *testing.T) {
	h := open(t, db.SQLite)
	m := h.OpenMarket(t)
	admin, second := h.AdminToken(t), h.second(t)
	h.at(t, 1, 9, 45)
	page := h.submit(t, admin, h.get(t, admin, "/office/exchange"), `form[action$="/halt"]`, "reason", "News")
	resume := `form[action$="/resumption"]`
	h.submit(t, admin, page, resume, "reason", "Over")
	page = h.get(t, second, "/kk/office/exchange/proposals")
	page.has(".proposal", "BOLAT/SH REG: сауда аукционнан қайта басталады")
	page = h.submit(t, second, page, `form[action$="/refusal"]`, "reason", "Ерте")
	page.has("[role=status]", "Қабылданбады")
	h.submit(t, admin, h.get(t, admin, "/office/exchange"), resume, "reason", "Over now")
	h.submitEmpty(t, admin, h.get(t, admin, "/office/exchange/proposals"), `form[action$="/withdrawal"]`).has("[role=status]", "Withdrawn")
	if s := h.send(t, second, "POST", "/office/exchange/instruments/"+string(m.Share.ID)+"/resumption", values("reason", "x")); s.status != http.StatusSeeOther {
		t.Errorf("proposed anew: %d", s.status)
	}
}

// TestTheExchangeIsTheHouses: people of another seller, buyers and those without the scope see none of its pages; who only reads
// finds no form, and is refused when he sends one.
func TestTheExchangeIsTheHouses(t *testing.T) {
	h := open(t, db.SQLite)
	m := h.OpenMarket(t)
	h.at(t, 1, 9, 45)
	reader := h.Staffed(t, "reader@example.kz", string(seller.Own), "exchange.read")
	for name, token := range map[string]string{
		"another seller": h.Staffed(t, "other@example.kz", "sel_other", "*"), "a buyer": h.Registered(t, "buyer@example.kz"),
		"no scope": h.Staffed(t, "clerk@example.kz", string(seller.Own), "orders.read"),
	} {
		for _, path := range exchangePagesOf(m) {
			if got := h.send(t, token, "GET", path, nil).status; got != http.StatusForbidden {
				t.Errorf("%s at %s: %d", name, path, got)
			}
		}
		for _, path := range exchangeForms(m) {
			if got := h.send(t, token, "POST", path, exchangeFields).status; got != http.StatusForbidden {
				t.Errorf("%s sends %s: %d", name, path, got)
			}
		}
	}
	for _, path := range exchangePagesOf(m) {
		h.get(t, reader, path).lacks("main form[method=post]")
	}
	for _, lang := range []string{"kk", "ru", "en"} {
		for _, path := range exchangePagesOf(m)[:18] { // The last one is a file.
			whole(t, path, h.get(t, h.AdminToken(t), "/"+lang+path))
		}
	}
	for _, path := range exchangeForms(m) {
		if got := h.send(t, reader, "POST", path, exchangeFields).status; got != http.StatusForbidden {
			t.Errorf("a reader sends %s: %d", path, got)
		}
	}
}
