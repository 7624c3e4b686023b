package browser_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"sauda/app/apptest"
	"sauda/core/exchange/book"
	"sauda/flow/floor"
	"sauda/gear/db"
)

// trades lets somebody be a dealer.
func (p person) trades(home string, m *apptest.Market, d apptest.Dealer) {
	p.t.Helper()
	p.open(at(home, "en", "/exchange"))
	if !look[bool](p, `(document.cookie = "`+m.Sessions.CookieName()+`=`+d.Token+`;path=/", true)`) {
		p.t.Fatal("no cookie")
	}
}

// TestTrading: a trader at a keyboard enters an order and sees it fill; whoever looks on sees book and trades of that moment; the
// page keeps to its policy, also with the chart.
func TestTrading(t *testing.T) {
	m := apptest.Open(t, db.SQLite).Market(t)
	home := m.Served(t)
	sell := floor.Ask{Instrument: apptest.Apple, Client: "a", Side: book.Sell, Price: 120_00, Quantity: 40}
	m.Order(t, m.Seller, sell)
	chromium := browser(t, chromedp.WindowSize(1440, 1000))
	p := someone(t, chromium)
	p.trades(home, m, m.Buyer)
	p.open(at(home, "en", "/exchange/"+apptest.Apple))
	p.until("the stream", `document.querySelector(".desk").dataset.wire === "on"`)
	watcher := someone(t, chromium)
	watcher.open(at(home, "kk", "/exchange/"+apptest.Apple))
	watcher.until("the book", `document.querySelector(".desk").dataset.wire === "on" && document.querySelector(".side.sell li")?.textContent.includes("120,00")`)
	look[bool](p, `(window.broken = [], document.addEventListener("securitypolicyviolation", (e) => broken.push(e.violatedDirective + " " + e.sourceFile)), true)`)

	p.hits("?")
	p.until("the keys", `document.getElementById("keys").open`)
	p.goes(chromedp.KeyEvent(kb.Escape))
	p.until("no keys", `!document.getElementById("keys").open`)
	p.hits("s")
	p.until("the side", `document.getElementById("side-sell").checked && document.activeElement.id === "quantity"`)
	p.goes(chromedp.KeyEvent(kb.Escape))
	p.hits("b")
	p.until("the other side", `document.getElementById("side-buy").checked && document.activeElement.id === "quantity"`)
	p.hits("15")
	p.until("the cost", `document.getElementById("value").textContent === "1,800.00"`)
	look[bool](p, `(document.getElementById("price").focus(), true)`)
	p.hits(kb.ArrowUp)
	p.until("a step up", `document.getElementById("price").value === "120.05"`)
	p.hits(kb.ArrowDown)
	p.until("a step down", `document.getElementById("price").value === "120.00"`)
	p.hits(kb.Enter)
	p.until("the question", `document.getElementById("sure").open && document.getElementById("sure-said").textContent.includes("15")`)
	p.hits(kb.Enter)
	p.until("the answer", `document.querySelector("#answer .note.good")?.textContent.includes("filled")`)
	m.Ring(t)
	p.until("the order among mine", `document.querySelector("#mine tbody tr")?.textContent.includes("Filled")`)
	p.until("the trade among mine", `document.querySelector("#mine .trades")?.textContent.includes("15")`)
	watcher.until("the trade", `document.querySelector("#tape tr")?.textContent.includes("15") && document.querySelector(".now strong").textContent.trim() === "120,00"`)
	watcher.until("the book of now", `document.querySelector(".side.sell li .q").textContent === "25"`)
	watcher.until("the chart", `document.querySelector("#chart canvas")`)

	m.Order(t, m.Seller, floor.Ask{Instrument: apptest.Apple, Client: "b", Side: book.Sell, Price: 119_90, Quantity: 5})
	p.until("a better price", `document.querySelector(".side.sell li .p").textContent === "119.90"`)
	p.tap(".side.sell li")
	p.until("its price", `document.getElementById("price").value === "119.90"`)
	look[bool](p, `(document.getElementById("price").value = "119.92", document.getElementById("quantity").value = "1", document.getElementById("order").requestSubmit(), true)`)
	p.press("#sure [data-yes]")
	p.until("the refusal", `document.querySelector("#answer .note.bad")?.textContent.includes("tick table")`)
	if broken := look[[]string](p, `broken`); len(broken) > 0 {
		t.Errorf("the page breaks its policy: %v", broken)
	}
	orders, err := m.Floor.Orders(t.Context(), m.Buyer.Seat.Account, false, 10)
	if err != nil || len(orders) != 1 {
		t.Errorf("%d orders came of it, %v", len(orders), err)
	}
}

// TestTheExchangeIsForEverybody has axe-core judge the pages of the exchange, on a telephone by night and on a desk by day.
func TestTheExchangeIsForEverybody(t *testing.T) {
	m := apptest.Open(t, db.SQLite).Market(t)
	home := m.Served(t)
	for n, price := range []int64{120_00, 120_05, 119_90} {
		client := strconv.Itoa(n)
		m.Order(t, m.Seller, floor.Ask{Instrument: apptest.Apple, Client: "s" + client, Side: book.Sell, Price: price, Quantity: 40})
		m.Order(t, m.Buyer, floor.Ask{Instrument: apptest.Apple, Client: "b" + client, Side: book.Buy, Price: price, Quantity: 10})
		m.Clock.Advance(time.Minute)
	}
	m.Order(t, m.Buyer, floor.Ask{Instrument: apptest.Apple, Client: "low", Side: book.Buy, Price: 110_00, Quantity: 10})
	m.Ring(t)
	r := rounded(t, nil)
	chromium := browser(t)
	p := someone(t, chromium)
	p.trades(home, m, m.Buyer)
	pages := map[string]string{
		"market": "/exchange", "instrument": "/exchange/" + apptest.Apple, "goods": "/exchange/" + apptest.Wheat, "portfolio": "/exchange/portfolio",
		"statement": "/exchange/portfolio/" + m.Buyer.Account,
	}
	for _, v := range []view{{telephone.width, "dark"}, {1440, "light"}} {
		p.shown(v)
		for name, path := range pages {
			for _, lang := range []string{"kk", "ru"} {
				p.shows(at(home, lang, path), "main h1")
				r.stops(p, v, lang, "exchange-"+name)
			}
		}
	}
}
