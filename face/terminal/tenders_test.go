package terminal_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/base/span"
	"sauda/core/exchange/bidding"
	"sauda/core/notify"
	"sauda/gear/db"
)

// typedAt is a moment as a browser writes it.
func typedAt(at time.Time) string { return at.In(span.Almaty).Format("2006-01-02T15:04") }

// announced announces a tender for petrol with a guarantee, by the form, and gives its address.
func announced(t *testing.T, m *apptest.Market, b *browser) string {
	t.Helper()
	now := m.Clock.Now()
	p := b.submit(b.get("/exchange/tenders/new"), "#announce", "account", m.Buyer.Account, "kind", "tender", "title", "Petrol AI-92", "quantity", "60", "measure", "TNE",
		"basis", "FCA", "place", "Pavlodar", "opens", typedAt(now), "ends", typedAt(now.Add(time.Hour)), "ceiling", "245000", "guarantee", "1000", "window", "10", "shows_best", "true")
	p.wants("[role=status]", "The notice is out.")
	p.wants("h1", "Petrol AI-92")
	return strings.TrimPrefix(p.at.Path, "/en")
}

// TestATenderWithoutAScript: announced, seen by everybody, secured, bid for once however often it is sent, decided, kept.
func TestATenderWithoutAScript(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.Market(t)
		owner, bidder, guest := browserOf(t, m, "en", m.Buyer.Token), browserOf(t, m, "en", m.Seller.Token), browserOf(t, m, "kk", "")
		at := announced(t, m, owner)
		guest.get("/exchange/tenders").wants("main", "Petrol AI-92", "Тендер")
		guest.get(at).wants("#bid", "Баға ұсыну үшін кіріңіз")
		owner.get(at).wants("#bid", "This notice is yours")
		page := bidder.get(at + "?account=" + m.Seller.Account)
		page.wants("#bid", "a guarantee is lodged first")
		page = bidder.submit(page, "#bid form")
		page.wants("[role=status]", "The guarantee is lodged.")
		wrong := bidder.submit(page, "#offer", "price_0", "250000")
		wrong.wants("[role=alert]", "too high", "245,000")
		if wrong.status != http.StatusUnprocessableEntity {
			t.Errorf("%d", wrong.status)
		}
		for range 2 { // Twice is once.
			bidder.submit(page, "#offer", "price_0", "240000").wants("#live", "You are first now")
		}
		owner.get(at).wants("#history", "240,000.00", m.Seller.Account)
		if strings.Contains(guest.get(at).words("#history"), "240") {
			t.Error("everybody sees the bids of a tender")
		}
		guest.get(at).wants("#live", "240")
		var n bidding.Notice
		m.Look(t, func(tx *db.Tx) error {
			all, err := bidding.List(tx, bidding.Filter{}, 5)
			n = all[0]
			return err
		})
		if n.Entries != 1 {
			t.Errorf("%d entries", n.Entries)
		}
		m.Clock.Set(n.Ends)
		if err := m.Hammer.Turn(t.Context(), m.Store); err != nil {
			t.Fatal(err)
		}
		m.Settled(t)
		bidder.get(at+"?account="+m.Seller.Account).wants("#awards", "240,000.00", "60", "Agreed", m.Buyer.Account)
		if p := guest.get(at); strings.Contains(p.words("#awards"), m.Seller.Account) {
			t.Error("everybody sees who has won")
		}
		owner.submit(owner.get(at), "#awards form").wants("[role=status]", "The contract was kept.")
		bidder.get(at+"?account="+m.Seller.Account).wants("#bid", "Your guarantee went back")
	})
}

// TestWhoMayBid: neither a stranger nor another trader acts for an account of somebody else, or looks as it.
func TestWhoMayBid(t *testing.T) {
	h := apptest.Open(t, db.SQLite)
	m := h.Market(t)
	at := announced(t, m, browserOf(t, m, "en", m.Buyer.Token))
	stranger := browserOf(t, m, "en", h.Registered(t, "stranger@market.localhost"))
	stranger.get(at).wants("#bid", "no trading account yet")
	for name, b := range map[string]*browser{"stranger": stranger, "seller": browserOf(t, m, "en", m.Seller.Token)} {
		if p := b.ask("GET", at+"?account="+m.Buyer.Account, nil); p.status != http.StatusForbidden {
			t.Errorf("%s looks as another: %d", name, p.status)
		}
		for _, act := range []string{"/bids", "/guarantee", "/withdrawal", "/exclusions", "/fulfilments"} {
			if p := b.ask("POST", at+act, url.Values{"account": {m.Buyer.Account}, "reason": {"x"}, "bidder": {"A"}}); p.status != http.StatusForbidden {
				t.Errorf("%s posts %s: %d", name, act, p.status)
			}
		}
	}
}

// TestStatementsOfTenders holds how much the pages ask of the store.
func TestStatementsOfTenders(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.Market(t)
		at := announced(t, m, browserOf(t, m, "en", m.Buyer.Token))
		guest := browserOf(t, m, "en", "")
		for address, most := range map[string]int{"/exchange/tenders": 1, at: 2} {
			if got := h.Statements(func() { guest.get(address) }); got > most {
				t.Errorf("%s takes %d statements of a guest", address, got)
			}
		}
	})
}

// TestJudgedWithoutAScript: an offer without a price is brought and replaced, read by nobody before its time, judged by staff with
// a letter, and only then the price is asked for; who was refused reads why.
func TestJudgedWithoutAScript(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.Market(t)
		owner, bidder := browserOf(t, m, "en", m.Buyer.Token), browserOf(t, m, "en", m.Seller.Token)
		staff := browserOf(t, m, "en", h.AdminToken(t))
		now := m.Clock.Now()
		fields := []string{"account", m.Buyer.Account, "kind", "tender_two", "title", "Repair of a pump", "quantity", "1", "measure", "C62", "opens", typedAt(now),
			"unseals", typedAt(now.Add(time.Hour)), "judging", "60", "ends", typedAt(now.Add(3 * time.Hour)), "ceiling", "900000"}
		owner.submit(owner.get("/exchange/tenders/new"), "#announce", append(slices.Clone(fields), "judging", "180")...).wants("#announce", "Choose an end after the start.")
		at := strings.TrimPrefix(owner.submit(owner.get("/exchange/tenders/new"), "#announce", fields...).at.Path, "/en")
		mine := at + "?account=" + m.Seller.Account
		page := bidder.get(mine)
		page.wants("#live", "Offers without a price are taken")
		bidder.submit(page, "#technical", "words", "Three fitters", "papers", "ftp://x").wants("#technical", "This value is not right.")
		page = bidder.submit(page, "#technical", "words", "Three fitters", "papers", "https://files.example/1 https://files.example/2")
		page.wants("[role=status]", "Your offer is taken.")
		bidder.submit(page, "#technical", "words", "Four fitters", "papers", "https://files.example/2")
		if text := owner.get(at).text + staff.get("/office/exchange/tenders").text; strings.Contains(text, "Four fitters") || strings.Contains(text, "Repair of a pump</a>") && strings.Contains(text, ">1</td>") {
			t.Error("an offer is seen before its time")
		}
		m.Clock.Set(now.Add(61 * time.Minute))
		owner.get(at).wants("#offers", "Four fitters", m.Seller.Account, "Not judged yet")
		bidder.get(mine).wants("#bid", "Not judged yet")
		list := staff.get("/office/exchange/tenders")
		list.wants("tbody tr", "Repair of a pump", "Being judged", "1")
		page = staff.get(attr(list.one("tbody a"), "href"))
		page.wants(".proposal", "Four fitters", "files.example/2")
		page = staff.submit(page, `form[action$="/verdicts"]`, "verdict", "refused", "reason", "No licence")
		page.wants(".proposal", "Not admitted", "No licence")
		bidder.get(mine).wants("#bid", "Not admitted", "No licence")
		staff.submit(page, `form[action$="/verdicts"]`, "verdict", "admitted", "reason", "The licence came").wants(".proposal", "Admitted")
		m.Settled(t)
		h.Look(t, func(tx *db.Tx) error {
			told, err := notify.To(tx, "seller@market.localhost")
			if !slices.ContainsFunc(told, func(k notify.Kept) bool {
				return k.Template == notify.OfferRefused && k.Params["reason"] == "No licence"
			}) ||
				!slices.ContainsFunc(told, func(k notify.Kept) bool { return k.Template == notify.OfferAdmitted }) {
				t.Errorf("told: %+v", told)
			}
			return err
		})
		bidder.get(mine).wants("#bid", "Bids are not taken yet.")
		m.Clock.Set(now.Add(121 * time.Minute))
		bidder.submit(bidder.get(mine), "#offer", "price_0", "800000").wants("#live", "You are first now")
	})
}
