package terminal_test

import (
	"net/http"
	"testing"

	"sauda/app/apptest"
	"sauda/core/exchange/book"
)

// TestADealOnPages: one side reports, the other sees that it waits, corrects it, and the first one confirms; what the market does
// not take both read; a stranger and another account see nothing.
func TestADealOnPages(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.Market(t)
		m.Order(t, m.Seller, limit(apptest.Apple, book.Sell, 100_00, 10, "a"))
		m.Order(t, m.Buyer, limit(apptest.Apple, book.Buy, 100_00, 10, "b"))
		seller, buyer := browserOf(t, m, "en", m.Seller.Token), browserOf(t, m, "en", m.Buyer.Token)
		first := seller.get("/exchange/deals")
		first.wants("#deals", "There are no deals yet.")
		report := func(typed ...string) *page { return seller.submit(first, "#report", typed...) }
		report("side", "sell", "instrument", apptest.Apple, "other", "A00000099", "price", "100", "quantity", "5").wants("[role=alert]", "Ask the other side")
		report("side", "sell", "instrument", apptest.Apple, "other", m.Buyer.Seat.Code, "price", "x", "quantity", "5").wants("#price-wrong", "")
		for range 2 { // Twice is once.
			report("side", "sell", "instrument", apptest.Apple, "other", m.Buyer.Seat.Code, "price", "101", "quantity", "5", "cycle", "t0").
				wants("[role=status]", "The other side has to confirm it.")
		}
		list := buyer.get("/exchange/deals")
		list.wants("#deals header", "Waiting for your answer: 1")
		list.wants("#deals tbody tr", "Buy", "101.00", "5", m.Seller.Seat.Code, "Answer")
		if n := len(list.all("#deals tbody tr")); n != 1 {
			t.Fatalf("%d deals", n)
		}
		address := attr(list.one("#deals tbody tr:first-child th a"), "href")
		one := buyer.get(address)
		one.wants("#deal", "Waits for confirmation", "₸101", "T+0")
		for what, b := range map[string]*browser{"the account of another one": seller, "a guest": browserOf(t, m, "en", "")} {
			if got := b.ask("GET", address, nil); got.status == http.StatusOK && got.at.Path != "/sign-in" {
				t.Errorf("%s: %d at %s", what, got.status, got.at)
			}
		}
		buyer.submit(one, "#correct", "price", "102", "quantity", "5").wants("[role=status]", "The correction is sent.")
		fixed := seller.get(attr(seller.get("/exchange/deals").one("#deals tbody tr:first-child th a"), "href"))
		fixed.wants("#deal", "₸102", "Sell")
		done := seller.submit(fixed, `form[action$="/confirmation"]`)
		done.wants("#deal", "Made", "Trade number")
		far := seller.get("/exchange/deals")
		seller.submit(far, "#report", "side", "sell", "instrument", apptest.Apple, "other", m.Buyer.Seat.Code, "price", "102", "quantity", "500000")
		last := buyer.get(attr(buyer.get("/exchange/deals").one("#deals tbody tr:first-child th a"), "href"))
		buyer.submit(last, `form[action$="/confirmation"]`).wants("#deal .note", "")
		if n := m.Statements(func() { buyer.get("/exchange/deals") }); n > 14 {
			t.Errorf("the page takes %d statements", n)
		}
	})
}
