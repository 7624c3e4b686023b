package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

// TestTheBasketBesideThePage: each press is one wish, the way back to the page is one press, and what the house refuses is
// said by its page.
func TestTheBasketBesideThePage(t *testing.T) {
	chromium := browser(t)
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	p := someone(t, chromium)
	p.open(at(home, "kk", "/p/"+string(h.Goods[apptest.Kettle].Product)))
	for n, count := range []string{"1", "1"} {
		p.tap("main form.buy button.main")
		p.until("the basket beside the page", fmt.Sprintf(`document.querySelector(".drawer[open] [data-count]") && document.querySelector(".drawer .dim").innerText.startsWith("%d")`, n+1))
		if got := look[string](p, `document.querySelector(".basket-link .count").innerText`); got != count {
			t.Errorf("the frame counts %s lines after press %d", got, n+1)
		}
		p.tap(".drawer footer [data-close]")
		p.until("the page", `!document.querySelector(".drawer[open]")`)
	}
	p.fill(map[string]string{"quantity": "1000000000000"})
	p.press("main form.buy button.main")
	p.until("what is wrong", `document.querySelector("main [aria-invalid]")`)
	p.decent("kk")
	p.holds(h, home, "kk", map[string]string{apptest.Kettle: "2"})
}

// TestAnOpenPageStaysTrue: who looks at a product sees its new price, and the basket knows that he has.
func TestAnOpenPageStaysTrue(t *testing.T) {
	chromium := browser(t)
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	p := someone(t, chromium)
	p.open(at(home, "en", "/p/"+string(h.Goods[apptest.Kettle].Product)))
	p.until("the price", `document.querySelector("[data-price]").innerText == "₸12,000"`)
	h.Moment(t, func(tx *db.Tx) error {
		list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil)
		if err != nil {
			return err
		}
		return pricing.Set(tx, list.ID, pricing.Entry{Variant: h.Goods[apptest.Kettle].Variant, Amount: money.Of(13_000_00, money.KZT)})
	})
	p.until("the new price", `document.querySelector("[data-price]").innerText == "₸13,000"`)
	p.press("main form.buy button.main")
	p.until("the basket beside the page", `document.querySelector(".drawer[open] [data-count]")`)
	p.open(at(home, "en", "/basket"))
	if look[bool](p, `!!document.querySelector("main .line .note")`) {
		t.Error("the basket says that the price has changed, though its buyer saw it")
	}
}

// lost is a house to which the connection can be lost.
type lost struct {
	house http.Handler
	gone  atomic.Bool
}

func (l *lost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if l.gone.Load() {
		panic(http.ErrAbortHandler)
	}
	l.house.ServeHTTP(w, r)
}

// TestWithoutAConnection: pages that were seen and the basket are there, others say what is wrong; and nothing of it is
// left for who signs in next.
func TestWithoutAConnection(t *testing.T) {
	chromium := browser(t)
	h := apptest.Open(t, db.SQLite)
	line := &lost{house: h.Handler()}
	server := httptest.NewServer(line)
	t.Cleanup(server.Close)
	home := server.URL
	p := someone(t, chromium)
	p.open(at(home, "ru", "/"))
	p.until("the worker", `!!navigator.serviceWorker.controller`)
	p.adds(h, home, "ru", apptest.Kettle, "2")
	p.until("the basket that is kept", `caches.open("sauda-pages-1").then((c) => c.match(location.origin + "/ru/basket")).then((r) => { window.kept = !!r }), window.kept`)
	p.open(at(home, "ru", "/c/home"))
	p.until("the page that is kept", `caches.match(location.href).then((r) => { window.kept = !!r }), window.kept`)

	line.gone.Store(true)
	p.shows(at(home, "ru", "/c/home"), "main .cards")
	p.open(at(home, "ru", "/basket"))
	p.has(h, map[string]string{apptest.Kettle: "2"})
	p.open(at(home, "ru", "/collections/never-seen"))
	p.until("that there is no connection", `document.querySelector("main .calm h1") && location.pathname == "/ru/collections/never-seen"`)

	line.gone.Store(false)
	p.open(at(home, "ru", "/sign-up"))
	p.entersBy("/sign-up", map[string]string{"name": "Айгүл", "email": email, "password": secret})
	p.until("the shop", `document.querySelector(".foot form")`)
	p.open(at(home, "ru", "/basket"))
	p.has(h, map[string]string{apptest.Kettle: "2"})
	p.until("that nothing of a person is kept", `caches.open("sauda-pages-1").then((c) => c.keys()).then((k) => { window.left = k.length }), window.left === 0`)
}

// shows opens a page and waits for something on it.
func (p person) shows(address, selector string) {
	p.t.Helper()
	p.open(address)
	p.until(selector, fmt.Sprintf(`document.querySelector(%q)`, selector))
}

// TestDayAndNight: the light that somebody chooses stays, on every page, without a script.
func TestDayAndNight(t *testing.T) {
	chromium := browser(t)
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	p := someone(t, chromium)
	p.open(at(home, "kk", "/c/home"))
	const paper = `getComputedStyle(document.body).backgroundColor`
	day := look[string](p, paper)
	p.tap(".looks [value=dark]")
	p.until("the night", `document.documentElement.dataset.look == "dark" && location.pathname == "/kk/c/home"`)
	if night := look[string](p, paper); night == day {
		t.Errorf("by night the paper is %s too", night)
	}
	p.open(at(home, "kk", "/nothing-here"))
	p.until("the night", `document.documentElement.dataset.look == "dark"`)
	p.tap(".looks [value='']")
	p.until("the choice of the device", `!document.documentElement.dataset.look`)
}
