package terminal_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/book"
	"sauda/core/exchange/clearing"
	"sauda/core/identity"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/job"
)

func limit(code string, side book.Side, price, quantity int64, client string) floor.Ask {
	return floor.Ask{Instrument: code, Client: client, Side: side, Price: price, Quantity: quantity, Guard: book.GuardComing}
}

// TestNothingIsListed: the page of an exchange with nothing on it says what an exchange is; what is not there is a missing page.
func TestNothingIsListed(t *testing.T) {
	h := apptest.Open(t, db.SQLite)
	b := browserOf(t, &apptest.Market{House: h}, "en", "")
	p := b.get("/exchange")
	p.wants(".calm", "Nothing is listed yet")
	p.wants(".about", "What an exchange is", "Choose a broker")
	if missing := b.ask("GET", "/exchange/KZ1", nil); missing.status != http.StatusNotFound {
		t.Errorf("an instrument that is not there: %d", missing.status)
	}
	if asked := b.ask("GET", "/exchange/portfolio", nil); asked.at.Path != "/sign-in" {
		t.Errorf("a guest who asks for a portfolio is sent to %s", asked.at)
	}
}

// TestTheMarketIsSeen by a guest, in each language: groups, prices, the change, the phase; the book with its depth, the trades.
func TestTheMarketIsSeen(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.Market(t)
		m.Order(t, m.Seller, limit(apptest.Apple, book.Sell, 120_05, 40, "a"))
		m.Order(t, m.Seller, limit(apptest.Apple, book.Sell, 120_10, 10, "b"))
		m.Order(t, m.Buyer, limit(apptest.Apple, book.Buy, 120_05, 15, "c"))
		m.Order(t, m.Buyer, limit(apptest.Apple, book.Buy, 119_95, 7, "d"))
		m.Order(t, m.Buyer, limit(apptest.Wheat, book.Buy, 95_000_00, 120_000, "e"))
		for lang, says := range map[string][]string{
			"kk": {"Биржа", "Акциялар", "Сауда жүруде", "120,05", "Қолдағы тауарлар"}, "ru": {"Биржа", "Акции", "Идут торги", "120,05", "Товары в наличии"},
			"en": {"Exchange", "Shares", "Trading", "120.05", "Goods in store"}, "zh": {"交易所", "股票", "连续交易", "120.05", "现货商品"},
		} {
			b := browserOf(t, m, lang, "")
			p := b.get("/exchange")
			p.wants("h1", says[0])
			p.wants("main", says[1], says[4])
			p.wants(`tr[data-in="US0378331005"]`, says[2], says[3])
			if attr(p.one("html"), "lang") != lang || len(p.all("link[rel=alternate]")) != 4 {
				t.Errorf("%s: the page does not know its languages", lang)
			}
		}
		b := browserOf(t, m, "en", "")
		p := b.get("/exchange/" + apptest.Apple)
		p.wants(".now", "120.05")
		p.wants("#tape", "120.05", "15")
		p.wants(".side.sell li:first-child", "120.05", "25")
		p.wants(".side.buy li:first-child", "119.95", "7")
		p.wants(".spread", "0.10")
		p.wants(".when", "Trading", "17:00 — the closing auction begins")
		p.wants(".terms", apptest.Apple, "T+2", "0.1", "100.00", "10:00")
		p.wants("#entry", "Sign in to enter an order")
		if len(p.all("#mine, #order, [style]")) != 0 {
			t.Error("a guest sees what is a trader's, or a style stands in the page")
		}
		wheat := b.get("/exchange/" + apptest.Wheat)
		wheat.wants(".side.buy li", "95,000.00", "120")
		wheat.wants(".terms", "Class 3", "FCA", "str_kostanay", "60 t")
	})
}

// TestAnOrderWithoutAScript: shown once more, sent once however often, seen among one's own; changed, taken back.
func TestAnOrderWithoutAScript(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.Market(t)
		m.Order(t, m.Seller, limit(apptest.Apple, book.Sell, 120_00, 40, "a"))
		b := browserOf(t, m, "en", m.Buyer.Token)
		page := b.get("/exchange/" + apptest.Apple)
		if got := attr(page.one("#price"), "value"); got != "120.00" {
			t.Errorf("the form begins with %s", got)
		}
		sure := b.submit(page, "#order", "side", "buy", "quantity", "50")
		sure.wants("h1", "Is the order right?")
		sure.wants(".facts", "50", "120.00", "₸6,000", "₸6", "₸6,006")
		if orders, err := m.Floor.Orders(t.Context(), m.Buyer.Seat.Account, false, 10); err != nil || len(orders) != 0 {
			t.Fatalf("an order that was only shown is on the market: %v, %v", orders, err)
		}
		done := b.submit(sure, ".sheet form")
		done.wants("[role=status]", "The order is entered.")
		done.wants("#mine tbody tr", "Buy", "120.00", "10", "40", "In the book")
		b.submit(sure, ".sheet form").wants("[role=status]", "The order is entered.") // Twice is once.
		other := b.submit(sure, ".sheet form", "quantity", "60")
		other.wants("[role=alert]", "was sent already") // Another order under the key of the first is none of the two.
		if key := attr(sure.one(`.sheet input[name="key"]`), "value"); key == "" || attr(other.one(`#order input[name="key"]`), "value") == key {
			t.Errorf("the form goes on under the key %q of another order", key)
		}
		orders, err := m.Floor.Orders(t.Context(), m.Buyer.Seat.Account, false, 10)
		if err != nil || len(orders) != 1 || orders[0].Cum != 40 || orders[0].Left != 10 {
			t.Fatalf("orders %+v, %v", orders, err)
		}
		m.Ring(t)
		b.get("/exchange/"+apptest.Apple).wants("#mine .trades", "Buy", "120.00", "40", "4.80")

		edit := b.get(attr(b.get("/exchange/"+apptest.Apple).one("#mine .acts a"), "href"))
		wrong := b.submit(edit, ".sheet form", "price", "120.02")
		wrong.wants("[role=alert]", "between two steps")
		if wrong.status != http.StatusUnprocessableEntity || attr(wrong.one("#price"), "value") != "120.02" {
			t.Errorf("%d, and what was typed is lost", wrong.status)
		}
		for range 2 { // Twice is once.
			b.submit(wrong, ".sheet form", "price", "119.50", "quantity", "4").wants("#mine tbody tr", "119.50", "4")
		}
		p := b.get("/exchange/" + apptest.Apple)
		b.submit(p, "#mine tbody form").wants("#mine tbody tr", "Ended")
		b.submit(p, "#mine tbody form").wants("#mine tbody tr", "Ended") // Twice is once.

		b.submit(b.get("/exchange/"+apptest.Apple), ".asks") // From now on nobody asks.
		p = b.get("/exchange/" + apptest.Apple)
		p.wants("#order button.main", "Send the order")
		b.submit(p, "#order", "side", "buy", "price", "118", "quantity", "3").wants("#mine tbody tr", "118.00")
		b.submit(b.get("/exchange/"+apptest.Apple), "#mine header form").wants("[role=status]", "All orders are taken back.")
	})
}

// TestRefusals: each says what to do, beside its field where it has one, and what was typed stays.
func TestRefusals(t *testing.T) {
	h := apptest.Open(t, db.SQLite)
	m := h.Market(t)
	b := browserOf(t, m, "en", m.Buyer.Token)
	b.submit(b.get("/exchange/"+apptest.Apple), ".asks")
	for _, c := range []struct {
		code  string
		typed []string
		where string
		says  string
	}{
		{apptest.Apple, []string{"price", "120.02", "quantity", "1"}, "[role=alert]", "Look at the tick table"},
		{apptest.Apple, []string{"price", "120", "quantity", "900000"}, "[role=alert]", "too little free money"},
		{apptest.Apple, []string{"side", "sell", "price", "120", "quantity", "1"}, "[role=alert]", "as much to sell"},
		{apptest.Apple, []string{"price", "120", "quantity", "1.5"}, "#quantity-wrong", "multiple of 1"},
		{apptest.Apple, []string{"price", "", "quantity", "1"}, "#price-wrong", "Fill this in"},
		{apptest.Apple, []string{"price", "x", "quantity", ""}, "#quantity-wrong", "Fill this in"},
		{apptest.Apple, []string{"type", "market", "quantity", "1"}, "[role=alert]", "Enter a limit order"},
		{apptest.Apple, []string{"life", "dated", "price", "120", "quantity", "1"}, "#until-wrong", "Write a day"},
		{apptest.Apple, []string{"type", "stop", "quantity", "1"}, "#stop_price-wrong", "Fill this in"},
		{apptest.Wheat, []string{"price", "95000", "quantity", "59"}, "#quantity-wrong", "60 or more"},
		{apptest.Wheat, []string{"price", "95000", "quantity", "61"}, "[role=alert]", "whole number of lots"},
	} {
		p := b.submit(b.get("/exchange/"+c.code), "#order", c.typed...)
		p.wants(c.where, c.says)
		if p.status != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", c.typed, p.status)
		}
		for n := 0; n+1 < len(c.typed); n += 2 {
			if f := p.all("input#" + c.typed[n]); len(f) == 1 && attr(f[0], "value") != c.typed[n+1] {
				t.Errorf("%v: %q is lost", c.typed, c.typed[n+1])
			}
		}
	}
	if orders, err := m.Floor.Orders(t.Context(), m.Buyer.Seat.Account, false, 10); err != nil || len(orders) != 0 {
		t.Errorf("refused orders are there: %v, %v", orders, err)
	}
}

// TestWhomItSuits: what is for experienced investors is traded by those whom it suits, as a member's own account is.
func TestWhomItSuits(t *testing.T) {
	h := apptest.Open(t, db.SQLite)
	m := h.Market(t)
	apple, err := m.Floor.Instrument(apptest.Apple)
	if err != nil {
		t.Fatal(err)
	}
	h.Moment(t, func(tx *db.Tx) error {
		risky := apple
		risky.Code, risky.Security = "", &exchange.Security{ISIN: "AU0000XVGZA3", Short: "RISKY/SH REG", Issuer: "pty_risky"}
		risky.Terms.Class = exchange.Experienced
		risky, err := exchange.Draft(tx, risky, "A test")
		if err != nil {
			return err
		}
		return exchange.List(tx, risky.ID, "A test")
	})
	h.Settled(t)
	m.Ring(t)
	b := browserOf(t, m, "en", m.Buyer.Token)
	b.submit(b.get("/exchange/AU0000XVGZA3"), ".asks")
	p := b.submit(b.get("/exchange/AU0000XVGZA3"), "#order", "price", "120", "quantity", "1")
	p.wants("main", "The order is entered.")
	p.wants("#mine tbody tr", "Buy", "120.00")
}

// TestWhoMay: a stranger is told how to come to trade, and neither he nor another trader reaches what is somebody else's.
func TestWhoMay(t *testing.T) {
	h := apptest.Open(t, db.SQLite)
	m := h.Market(t)
	o := m.Order(t, m.Seller, limit(apptest.Apple, book.Sell, 120_00, 40, "a"))
	stranger := browserOf(t, m, "en", h.Registered(t, "stranger@market.localhost"))
	stranger.get("/exchange/"+apptest.Apple).wants("#entry", "no trading account yet")
	stranger.get("/exchange/portfolio").wants(".calm", "No trading account")
	for name, b := range map[string]*browser{"stranger": stranger, "buyer": browserOf(t, m, "en", m.Buyer.Token)} {
		id := itoa(o.ID)
		for _, address := range []string{"/exchange/orders/" + id + "?account=" + m.Seller.Account, "/exchange/portfolio?account=" + m.Seller.Account,
			"/exchange/portfolio/" + m.Seller.Account, "/exchange/portfolio/" + m.Seller.Account + "/statement.csv"} {
			if p := b.ask("GET", address, nil); p.status != http.StatusForbidden {
				t.Errorf("%s gets %s: %d", name, address, p.status)
			}
		}
		for _, address := range []string{"/exchange/orders/" + id + "/cancellation", "/exchange/orders/" + id + "/replacement", "/exchange/cancellations", "/exchange/" + apptest.Apple + "/orders"} {
			if p := b.ask("POST", address, values("account", m.Seller.Account, "key", "k", "side", "buy")); p.status != http.StatusForbidden {
				t.Errorf("%s posts %s: %d", name, address, p.status)
			}
		}
	}
	b := browserOf(t, m, "en", m.Buyer.Token) // By his own account, another's order is not there.
	if p := b.ask("POST", "/exchange/orders/"+itoa(o.ID)+"/cancellation", values("account", m.Buyer.Account)); p.status != http.StatusNotFound {
		t.Errorf("another's order is cancelled with %d", p.status)
	}
	if p := browserOf(t, m, "en", "").ask("POST", "/exchange/cancellations", values("account", m.Seller.Account)); !strings.HasPrefix(p.at.Path, "/sign-in") && p.status != http.StatusUnauthorized {
		t.Errorf("a guest posts: %d at %s", p.status, p.at)
	}
	if live, err := m.Floor.Orders(t.Context(), m.Seller.Seat.Account, true, 10); err != nil || len(live) != 1 {
		t.Errorf("the order of the seller: %v, %v", live, err)
	}
}

// TestThePortfolio counts what is there by the average of what was paid, and gives the statement of a day as a page and a file.
func TestThePortfolio(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.Market(t)
		m.Order(t, m.Seller, limit(apptest.Apple, book.Sell, 100_00, 10, "a"))
		m.Order(t, m.Buyer, limit(apptest.Apple, book.Buy, 100_00, 10, "b"))
		m.Order(t, m.Seller, limit(apptest.Apple, book.Sell, 120_00, 10, "c"))
		m.Order(t, m.Buyer, limit(apptest.Apple, book.Buy, 120_00, 10, "d"))
		m.Order(t, m.Buyer, limit(apptest.Apple, book.Sell, 120_00, 5, "e"))
		m.Order(t, m.Seller, limit(apptest.Apple, book.Buy, 120_00, 5, "f"))
		m.Ring(t)
		b := browserOf(t, m, "en", m.Buyer.Token)
		p := b.get("/exchange/portfolio")
		// 20 for 1000 + 1200 and fees of 1 + 1.20 are 2202.20; a quarter is sold; 15 are worth 1800 and have cost 1651.65.
		p.wants("main", m.Buyer.Account, "Apple share", "15", "₸1,800", "₸1,651.65", "+₸148.35")
		p.wants(".trades", "Buy", "Sell", "120.00")
		p.wants("#dues", "Trading fee", "₸1.20")
		if b.get("/exchange/portfolio").all("#receipts") != nil {
			t.Error("receipts are shown to who has none")
		}
		m.Moment(t, func(tx *db.Tx) error {
			return clearing.Lodge(tx, clearing.Receipt{
				ID: "KZ-17", Asset: apptest.Wheat, Lot: "lot 4", Quality: "class 3", Store: "Kostanay 4", Expires: span.MustDay("2027-05-01"), Quantity: 60_000, Owner: m.Buyer.Account,
			})
		})
		b.get("/exchange/portfolio").wants("#receipts", "KZ-17", "lot 4", "Kostanay 4", "01.05.2027", "60")
		seller := browserOf(t, m, "en", m.Seller.Token).get("/exchange/portfolio") // What came in without a purchase has no cost.
		if n := len(seller.all(`td span[title^="A part of it"]`)); n != 2 {
			t.Errorf("%d of two positions have no cost", n)
		}
		s := b.get(attr(p.one(`a[href^="/exchange/portfolio/"]:not([href$="/money"])`), "href"))
		s.wants("main", "KZT", "₸100,000,000", "Brought in")
		file := b.ask("GET", attr(s.one(`a[href*="statement.csv"]`), "href"), nil)
		if !strings.HasPrefix(file.header.Get("Content-Type"), "text/csv") || !strings.Contains(file.text, "exchange.deposit,pay-1,KZT,100000000.00") {
			t.Errorf("the file is %s: %s", file.header.Get("Content-Type"), file.text)
		}
		b.get("/exchange/portfolio/"+m.Buyer.Account+"?day=2026-01-05").wants("main", "nothing on the account")
	})
}

// TestStatements holds the pages to their numbers of SQL statements: what the market shows comes from memory.
func TestStatements(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.Market(t)
		m.Order(t, m.Seller, limit(apptest.Apple, book.Sell, 100_00, 10, "a"))
		guest, buyer := browserOf(t, m, "en", ""), browserOf(t, m, "en", m.Buyer.Token)
		buyer.get("/exchange")
		for _, c := range []struct {
			b       *browser
			address string
			most    int
		}{{guest, "/exchange", 0}, {guest, "/exchange/" + apptest.Apple, 0}, {buyer, "/exchange/" + apptest.Apple, 3}, {buyer, "/exchange/portfolio", 6},
			{buyer, "/exchange/portfolio/" + m.Buyer.Account + "/money", 6}} {
			if n := m.Statements(func() { c.b.get(c.address) }); n > c.most {
				t.Errorf("%s takes %d statements, more than %d", c.address, n, c.most)
			} else {
				t.Logf("%s: %d", c.address, n)
			}
		}
	})
}

// TestTheCalendarOfAnIssuer: the page of a bond shows the coupons that its terms promise, that of a share what was announced, and
// to who has some of it what he would get.
func TestTheCalendarOfAnIssuer(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.Market(t)
		guest, holder := browserOf(t, m, "en", ""), browserOf(t, m, "en", m.Seller.Token)
		guest.get("/exchange/"+apptest.Bayer).wants(`section[aria-labelledby="calendar-title"]`, "Coupon, by its terms", "60")
		if len(guest.get("/exchange/"+apptest.Apple).all("#calendar-title")) > 0 {
			t.Error("a share of which nothing was announced has a calendar")
		}
		day := span.DayOf(h.Clock.Now(), span.Almaty).AddDays(3)
		h.Moment(t, func(tx *db.Tx) error {
			return clearing.Announce(tx, clearing.Notice{
				Ref: "n1", Kind: clearing.Dividend, Asset: apptest.Apple, Currency: "KZT", Amount: 2_50, Per: 1, Payer: m.Buyer.Account, Record: day, Pay: day.AddDays(7),
			})
		})
		h.Settled(t)
		guest.get("/exchange/"+apptest.Apple).wants(`section[aria-labelledby="calendar-title"]`, "Dividend", "2.50", "Announced")
		holder.get("/exchange/"+apptest.Apple).wants(`section[aria-labelledby="calendar-title"]`, "for you")
	})
}

// TestMoneyIsTakenOut by the owner of an account: a small sum at once, a large one when the office has looked at it, each once
// however often the form is sent; more than is free comes to nothing. Who only trades for an account sees its money and takes
// none, and a stranger sees nothing.
func TestMoneyIsTakenOut(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.Market(t)
		token, account := h.Registered(t, "owner@market.localhost"), ""
		h.Moment(t, func(tx *db.Tx) error {
			u, _, err := identity.ByEmail(tx, "owner@market.localhost")
			if err != nil {
				return err
			}
			member, err := exchange.Admit(tx, exchange.Member{
				Code: "OWNER", BIN: "251140009901", Party: string(u.Party), Name: text.Localized{"kk": "Ие", "ru": "Владелец", "en": "Owner"},
				Licence: exchange.Licence{Number: "1", Days: span.Days{From: span.MustDay("2020-01-01"), To: span.MustDay("2099-01-01")}},
			}, "A test")
			if err != nil {
				return err
			}
			a, err := exchange.OpenOwn(tx, member.ID, "A test")
			if err != nil {
				return err
			}
			account = a.Code
			_, err = floor.Deposit(tx, account, clearing.Movement{Ref: "first", Asset: "KZT", Amount: 20_000_000_00, Cause: "test"})
			return err
		})
		h.Settled(t)
		owner := browserOf(t, m, "en", token)
		address := "/exchange/portfolio/" + account + "/money"
		p := owner.get(address)
		p.wants("main", account, "20,000,000", "Nothing was taken out yet")
		if wrong := owner.submit(p, "#out form", "amount", "1000", "bank", "KZ00"); wrong.status < 400 {
			t.Errorf("a bank account that is none: %d", wrong.status)
		}
		const bank = "KZ86 125K ZT50 0410 0100"
		for range 2 {
			owner.submit(p, "#out form", "amount", "1 000.50", "bank", bank).wants("main", "on its way")
		}
		h.Settled(t)
		owner.get(address).wants("main", "1,000.50", "Paid", "19,998,999")
		owner.submit(owner.get(address), "#out form", "amount", "6000000", "bank", bank).wants("main", "looks at it", "Being looked at")
		owner.submit(owner.get(address), "#out form", "amount", "7000000", "bank", bank)
		owner.submit(owner.get(address), "#out form", "amount", "19000000", "bank", bank)
		h.Settled(t)
		var asked []clearing.Payout
		decide := func(id string, do func(*db.Tx, string) error) {
			t.Helper()
			staff := db.Who{Kind: db.KindStaff, ID: "usr_office", Seller: "sel_own", Scopes: []string{"exchange.*"}}
			if err := job.Once(t.Context(), h.Store, staff, func(tx *db.Tx) error { return do(tx, id) }); err != nil {
				t.Fatal(err)
			}
			h.Settled(t)
		}
		h.Look(t, func(tx *db.Tx) (err error) {
			asked, err = clearing.PayoutsAsked(tx)
			return err
		})
		if len(asked) != 3 {
			t.Fatalf("asked %+v", asked)
		}
		for _, amount := range []int64{7_000_000_00, 6_000_000_00, 19_000_000_00} { // The last one is more than is left then.
			p := asked[slices.IndexFunc(asked, func(p clearing.Payout) bool { return p.Amount == amount })]
			if amount == 7_000_000_00 {
				decide(p.ID, func(tx *db.Tx, id string) error { return clearing.RefusePayout(tx, id, "Bring a document.") })
				continue
			}
			decide(p.ID, clearing.Approve)
		}
		owner.get(address).wants("main", "13,998,999", "Bring a document.", "Refused", "not enough free money")
		trader := browserOf(t, m, "en", m.Buyer.Token)
		if len(trader.get("/exchange/portfolio/"+m.Buyer.Account+"/money").all("#out")) > 0 {
			t.Error("who only trades for an account may take money out")
		}
		for name, path := range map[string]string{"of another": address, "without owning it": "/exchange/portfolio/" + m.Buyer.Account + "/money"} {
			took := trader.ask("POST", path, url.Values{"asset": {"KZT"}, "amount": {"1"}, "bank": {bank}, "key": {"k"}})
			if took.status != http.StatusForbidden {
				t.Errorf("money %s: %d", name, took.status)
			}
		}
		if seen := trader.ask("GET", address, nil); seen.status != http.StatusForbidden {
			t.Errorf("a stranger looks: %d", seen.status)
		}
	})
}
