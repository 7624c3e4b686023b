package office_test

import (
	"testing"

	"sauda/core/exchange/book"
	"sauda/flow/floor"
)

// TestATradeIsTakenBack: it is found by its number, one person proposes to take it back and another confirms; then both sides
// stand as taken back, and nobody can propose it any more.
func TestATradeIsTakenBack(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, second := h.AdminToken(t), h.second(t)
		m := h.OpenMarket(t)
		h.at(t, 1, 9, 45)
		h.enter(t, h.Seat(t, m, 0), floor.Ask{Instrument: m.Share.Code, Client: "s1", Side: book.Sell, Price: 1000_00, Quantity: 300})
		h.enter(t, h.Seat(t, m, 1), floor.Ask{Instrument: m.Share.Code, Client: "b1", Price: 1000_00, Quantity: 100})
		for _, minute := range []int{5, 10, 11} {
			h.at(t, 0, 10, minute)
		}
		h.get(t, admin, "/office/exchange/trades?number=77").has("main .state", "There is no trade of this number.")
		page := h.get(t, admin, "/office/exchange/clearing")
		page = h.get(t, admin, page.attr("#trades + .wide tbody a", "href"))
		page.has("tbody tr", "Buyer", "A00000002", "100", "₸100,000", "Waits to be settled")
		bust := `form[action$="/bust"]`
		h.submit(t, admin, page, bust, "reason", "A wrong price.").has(".proposal", "Trade 1 is taken back", "A wrong price.")
		h.submitEmpty(t, second, h.get(t, second, "/office/exchange/proposals"), `form[action$="/confirmation"]`).has("[role=status]", "Confirmed")
		h.Settled(t)
		page = h.get(t, admin, "/office/exchange/trades?number=1")
		page.has("tbody tr", "Taken back")
		page.lacks(bust)
		if found, err := h.Floor.Compare(t.Context(), h.Store); err != nil || len(found) > 0 {
			t.Errorf("the market and the books differ: %v, %v", found, err)
		}
	})
}
