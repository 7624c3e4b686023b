package browser_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"sauda/app/apptest"
	"sauda/base/measure"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/gear/db"
	"sauda/gear/i18n"
)

const (
	email  = "aigul@example.kz"
	secret = "tau-men-dala-7"
)

// at is an address of the house in a language.
func at(home, lang, path string) string { return home + "/" + lang + path }

// adds puts a good into the basket from its own page.
func (p person) adds(h *apptest.House, home, lang, sku, quantity string) {
	p.t.Helper()
	good := h.Goods[sku]
	p.open(at(home, lang, "/p/"+string(good.Product)))
	p.fill(map[string]string{"quantity": quantity})
	variant := "main form.buy [type=radio][value='" + string(good.Variant) + "']"
	if look[bool](p, fmt.Sprintf("!!document.querySelector(%q)", variant)) {
		p.press(variant)
	}
	p.press("main form.buy button.main")
	p.until("the basket beside the page", `document.querySelector(".drawer[open] [data-count]")`)
	h.Clock.Advance(time.Second) // Lines stand in the order in which they came.
}

// holds wants the basket to have these quantities, by the address of the good, and nothing else.
func (p person) holds(h *apptest.House, home, lang string, want map[string]string) {
	p.t.Helper()
	p.open(at(home, lang, "/basket"))
	p.decent(lang)
	p.has(h, want)
}

// has wants the basket that is shown to have these quantities.
func (p person) has(h *apptest.House, want map[string]string) {
	p.t.Helper()
	const read = `Object.fromEntries([...document.querySelectorAll("main .line")].map(l =>
		[l.querySelector("a[href*='/p/']").pathname.match(/prd_[^/]*/)[0], l.querySelector("[name=quantity]").value]))`
	got := look[map[string]string](p, read)
	products := map[string]string{}
	for sku, quantity := range want {
		products[string(h.Goods[sku].Product)] = quantity
	}
	if !maps.Equal(got, products) {
		p.t.Errorf("the basket has %v, want %v", got, want)
	}
}

// entersBy fills the form of an entrance and sends it.
func (p person) entersBy(path string, values map[string]string) {
	p.t.Helper()
	form := "main form[action$='" + path + "']"
	p.until("the entrance", fmt.Sprintf("document.querySelector(%q)", form))
	p.fill(values)
	p.press(form + " button.main")
}

// TestABasketGoesAlong has a guest sign up with a basket, and sign in with another one on another device.
func TestABasketGoesAlong(t *testing.T) {
	chromium := browser(t)
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	p := someone(t, chromium)
	p.adds(h, home, "kk", apptest.Kettle, "2")
	p.adds(h, home, "kk", apptest.Journal, "1")
	p.adds(h, home, "kk", apptest.Cloth, "0.5")
	p.open(at(home, "kk", "/sign-up?next=/basket"))
	p.decent("kk")
	p.entersBy("/sign-up", map[string]string{"name": "Айгүл", "email": email, "password": secret})
	p.until("the basket", `location.pathname == "/kk/basket"`)
	p.has(h, map[string]string{apptest.Kettle: "2", apptest.Journal: "1", apptest.Cloth: "0.5"})

	q := someone(t, chromium)
	q.adds(h, home, "kk", apptest.Kettle, "1")
	q.adds(h, home, "kk", apptest.ShirtS, "3")
	q.open(at(home, "kk", "/sign-in?next=/basket"))
	q.decent("kk")
	q.entersBy("/sign-in", map[string]string{"email": email, "password": secret})
	q.until("the basket", `location.pathname == "/kk/basket"`)
	merged := map[string]string{apptest.Kettle: "3", apptest.Journal: "1", apptest.Cloth: "0.5", apptest.ShirtS: "3"}
	q.has(h, merged)
	p.holds(h, home, "kk", merged)

	q.tap(".foot form button")
	q.until("the way in", `document.querySelector(".foot a[href$='/sign-in']")`)
	q.holds(h, home, "kk", map[string]string{})
	p.holds(h, home, "kk", merged)
	h.Sound(t)
}

// bought gives all orders of a house, and wants so many kettles left.
func bought(t *testing.T, h *apptest.House, left int64) []order.Summary {
	t.Helper()
	h.Settled(t)
	var all []order.Summary
	h.Look(t, func(tx *db.Tx) (err error) {
		all, _, err = order.List(tx, order.Filter{})
		return err
	})
	if got := h.Left(t, apptest.Kettle); got != measure.Of(left) {
		t.Errorf("%s kettles are left, want %d", got, left)
	}
	return all
}

// onOrder waits for the page of an order and gives its id.
func (p person) onOrder() order.ID {
	p.t.Helper()
	p.until("the order", `location.pathname.includes("/orders/ord_")`)
	return order.ID(look[string](p, `location.pathname.split("/").pop()`))
}

const orderButton = "main button[form=pay]"

// slow is a house at the end of a slow line: the first POST to each path waits until the second has come too. What has
// arrived is done, though the browser has given it up for the second.
type slow struct {
	house http.Handler
	mu    sync.Mutex
	posts map[string]*posts
}

// posts are those to one path; one and two are closed when the first and the second have come.
type posts struct {
	came     int
	one, two chan struct{}
}

// to gives the posts to a path.
func (s *slow) to(path string) *posts {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.posts[path] == nil {
		s.posts[path] = &posts{one: make(chan struct{}), two: make(chan struct{})}
	}
	return s.posts[path]
}

func (s *slow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path := r.URL.Path; r.Method == http.MethodPost && (strings.HasSuffix(path, "/checkout") || strings.Contains(path, "/gateway/")) {
		to := s.to(path)
		s.mu.Lock()
		switch to.came++; to.came {
		case 1:
			close(to.one)
		case 2:
			close(to.two)
		}
		s.mu.Unlock()
		waits(to.two)
	}
	s.house.ServeHTTP(w, r.WithContext(context.WithoutCancel(r.Context())))
}

// waits tells whether something came while a person is patient.
func waits(came <-chan struct{}) bool {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-came:
		return true
	case <-timer.C:
		return false
	}
}

// tapTwice taps again while the first tap is on its way to a path.
func (p person) tapTwice(selector string, line *slow, path string) {
	p.t.Helper()
	x, y := p.middle(selector)
	p.click(x, y)
	if !waits(line.to(path).one) {
		p.t.Fatalf("%s sends nothing to %s", selector, path)
	}
	p.click(x, y)
	if !waits(line.to(path).two) {
		p.t.Fatalf("%s sends nothing to %s for the second time", selector, path)
	}
}

// TestImpatientHands clicks twice on whatever orders and pays, orders again in another tab, goes back, and reloads.
func TestImpatientHands(t *testing.T) {
	chromium := browser(t)
	h := apptest.Open(t, db.SQLite)
	line := &slow{house: h.Handler(), posts: map[string]*posts{}}
	server := httptest.NewServer(line)
	t.Cleanup(server.Close)
	home, kettle := server.URL, string(h.Goods[apptest.Kettle].Product)

	p := someone(t, chromium)
	p.toPayment(home, "ru", kettle)
	tab := p.tab()
	tab.open(at(home, "ru", "/checkout"))
	tab.until("the payment", `document.querySelector("#pay-cash_on_delivery")`)
	p.press("#pay-cash_on_delivery")
	p.tapTwice(orderButton, line, "/ru/checkout")
	id := p.onOrder()
	p.goes(chromedp.Reload())
	if got := p.onOrder(); got != id {
		t.Errorf("reloaded, %s became %s", id, got)
	}
	p.goes(chromedp.NavigateBack())
	p.until("a basket that is empty", `document.querySelector("main .calm") && !document.querySelector("main form")`)
	tab.press("#pay-cash_on_delivery")
	tab.tap(orderButton)
	if got := tab.onOrder(); got != id {
		t.Errorf("the other tab ordered %s after %s", got, id)
	}
	if all := bought(t, h, 99); len(all) != 1 || all[0].ID != id {
		t.Fatalf("there are the orders %v", all)
	}

	p.toPayment(home, "ru", kettle)
	p.press("#pay-card")
	p.tap(orderButton)
	p.until("the card", `document.querySelector("[name=number]")`)
	p.fill(map[string]string{"number": "4000 0000 0000 3220", "expiry": "12/30", "code": "123"})
	p.tapTwice("main form button", line, "/ru/gateway/pay")
	p.until("the challenge", `document.querySelector("[name=answer]")`)
	p.fill(map[string]string{"code": "1234"})
	p.tapTwice("[name=answer][value=confirm]", line, look[string](p, "location.pathname"))
	card := p.onOrder()
	p.goes(chromedp.Reload())
	p.until("the order again", `location.pathname.includes("/orders/ord_")`)
	p.goes(chromedp.NavigateBack()) // To the bank, which has its answer.
	p.until("the bank", `location.pathname.includes("/gateway/challenge/") && !document.querySelector("[name=answer]")`)
	p.goes(chromedp.Reload())
	p.until("the bank again", `location.pathname.includes("/gateway/challenge/") && !document.querySelector("[name=answer]")`)
	if all := bought(t, h, 98); len(all) != 2 || card == id {
		t.Fatalf("there are the orders %v", all)
	}
	h.Look(t, func(tx *db.Tx) error {
		paid, err := payment.ByOrder(tx, string(card))
		if err == nil && (len(paid) != 1 || paid[0].State() != payment.StateCaptured) {
			t.Errorf("the order is paid by %v", paid)
		}
		return err
	})
	h.Sound(t)
}

// TestWithoutScripts buys in a browser that runs no scripts.
func TestWithoutScripts(t *testing.T) {
	chromium := browser(t, chromedp.Flag("blink-settings", "scriptEnabled=false"))
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	p := someone(t, chromium)
	p.open(`data:text/html,<html><body>here<script>document.body.textContent = "a script ran"</script></body></html>`)
	if got := look[string](p, "document.body.innerText"); strings.TrimSpace(got) != "here" {
		t.Fatalf("this browser runs scripts: %q", got)
	}
	for _, method := range []string{"cash_on_delivery", "card"} {
		p.open(at(home, "en", "/"))
		for _, step := range []struct{ what, there, tap string }{
			{"the list", "main .cards", "main a[href*='" + string(h.Goods[apptest.Kettle].Product) + "']"},
			{"the product", "main form.buy", "main form.buy button.main"},
			{"the word that it was added", ".note.good a[href$='/basket']", ".note.good a[href$='/basket']"},
			{"the basket", "main .lines", "main a[href$='/checkout']"},
		} {
			p.until(step.what, fmt.Sprintf("document.querySelector(%q)", step.there))
			p.tap(step.tap)
		}
		p.until("the address", `document.querySelector("main [name=street]")`)
		p.fill(map[string]string{"name": "Aigul", "phone": "87011234567", "email": email, "street": "Abai", "house": "10"})
		p.tap("main form[action$='/checkout/address'] button.main")
		p.until("the deliveries", `document.querySelector("main [name=delivery]")`)
		p.tap("main form[action$='/checkout/delivery'] .choice label")
		look[string](p, `document.body.dataset.before = "the delivery"`)
		p.tap("main form[action$='/checkout/delivery'] button")
		p.until("the payment", `!document.body.dataset.before && document.querySelector("main [name=method]")`)
		p.tap("label[for=pay-" + method + "]")
		p.tap(orderButton)
		if method == "card" {
			p.until("the card", `document.querySelector("[name=number]")`)
			p.fill(map[string]string{"number": "4000 0000 0000 3220", "expiry": "12/30", "code": "123"})
			p.tap("main form button")
			p.until("the challenge", `document.querySelector("[name=answer]")`)
			p.fill(map[string]string{"code": "1234"})
			p.tap("[name=answer][value=confirm]")
		}
		p.ordered(h, p.onOrder(), method == "card")
	}
}

// TestTheOffice has the administrator bring an order to its buyer and give a part of the money back.
func TestTheOffice(t *testing.T) {
	chromium := browser(t)
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	buyer := someone(t, chromium)
	buyer.toPayment(home, "ru", string(h.Goods[apptest.Kettle].Product))
	buyer.press("#pay-card")
	buyer.press(orderButton)
	buyer.payByCard("ru", "4242 4242 4242 4242")
	id := buyer.onOrder()
	h.Settled(t)

	p := someone(t, chromium)
	p.open(at(home, "ru", "/office"))
	p.entersBy("/sign-in", map[string]string{"email": apptest.AdminEmail, "password": apptest.AdminPassword})
	p.until("the office", `location.pathname == "/ru/office"`)
	p.decent("ru")
	p.tap(".open-menu")
	p.tap(".side a[href='/ru/office/orders']")
	p.until("the orders", `location.pathname == "/ru/office/orders" && document.querySelector("main table")`)
	p.decent("ru")
	p.tap(fmt.Sprintf("main a[href='/ru/office/orders/%s']", id))
	for _, step := range []struct{ state, button string }{
		{"placed", "form[action$='/pack'] button"}, {"packed", "form[action$='/handover'] button"}, {"shipped", "form[action$='/arrival'] button"},
	} {
		p.orderIs(id, step.state)
		p.tap(step.button)
		p.until("the word that it is done", `document.querySelector("main [role=status]")`)
		h.Settled(t)
		p.open(at(home, "ru", "/office/orders/"+string(id)))
	}
	p.orderIs(id, "delivered")
	p.tap("details:has(form[action$='/refund']) summary")
	p.fill(map[string]string{"amount": "2000"})
	p.tap("form[action$='/refund'] button")
	p.until("the word that it is done", `document.querySelector("main [role=status]")`)
	h.Settled(t)
	p.open(at(home, "ru", "/office/payments"))
	p.decent("ru")
	if state := i18n.T("ru", "office.payment.state.partly_refunded"); !strings.Contains(look[string](p, `document.querySelector("main .badge").innerText`), state) {
		t.Errorf("the payment is not %q", state)
	}
	p.open(at(home, "ru", "/office/ledger"))
	p.decent("ru")
	if said := i18n.T("ru", "office.ledger.balanced"); !strings.Contains(look[string](p, `document.querySelector("main").innerText`), said) {
		t.Errorf("the trial balance does not say %q", said)
	}
	buyer.goes(chromedp.Reload())
	buyer.until("that it was delivered", fmt.Sprintf(`document.body.innerText.includes(%q)`, i18n.T("ru", "shop.order.state.delivered")))
	buyer.decent("ru")
	h.Sound(t)
}

// orderIs waits for the office's page of an order in a state.
func (p person) orderIs(id order.ID, state string) {
	p.t.Helper()
	p.until("the order, "+state, fmt.Sprintf(`location.pathname.endsWith(%q) && document.querySelector("main .facts .badge.is-%s")`, "/office/orders/"+string(id), state))
	p.decent("ru")
}

// TestASessionThatEnds ends the session of a buyer who types his address, and again while he is at the bank.
func TestASessionThatEnds(t *testing.T) {
	chromium := browser(t)
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	p := someone(t, chromium)
	p.open(at(home, "kk", "/sign-up"))
	p.entersBy("/sign-up", map[string]string{"name": "Айгүл", "email": email, "password": secret})
	p.until("the shop", `document.querySelector(".foot form")`)
	p.adds(h, home, "kk", apptest.Kettle, "2")
	p.adds(h, home, "kk", apptest.Journal, "1")
	p.open(at(home, "kk", "/checkout"))
	typed := map[string]string{
		"name": "Айгүл Серікқызы", "phone": "+7 701 123 45 67", "email": email, "region": "190000000", "city": "Қонаев",
		"street": "Достық даңғылы", "house": "7", "comment": "Қақпаның коды: 12",
	}
	p.fill(typed)
	p.press("#learn")
	h.Clock.Advance(15 * 24 * time.Hour)
	p.press("main form[action$='/checkout/address'] button.main")
	p.entersBy("/sign-in", map[string]string{"email": email, "password": "a wrong one"})
	p.until("the refusal", `document.querySelector("main .note.bad")`)
	p.decent("kk")
	p.entersBy("/sign-in", map[string]string{"password": secret})
	p.until("the way on", `document.querySelector("main form[action$='/checkout/address'] button.main") && !document.querySelector("[name=password]")`)
	p.decent("kk")
	p.press("main form[action$='/checkout/address'] button.main")
	p.until("the deliveries", `document.querySelector("main [name=delivery]")`)
	p.open(at(home, "kk", "/checkout?step=address"))
	for name, want := range typed {
		if got := look[string](p, fmt.Sprintf(`document.querySelector("main [name=%s]").value`, name)); got != want && name != "phone" {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if !look[bool](p, `document.querySelector("#learn").checked && !document.querySelector("#remind").checked`) {
		t.Error("the consent is lost")
	}
	p.open(at(home, "kk", "/checkout"))
	p.delivers("kk")
	p.press("#pay-card")
	p.press(orderButton)
	p.until("the card", `document.querySelector("[name=number]")`)
	h.Clock.Advance(15 * 24 * time.Hour)
	p.payByCard("kk", "4242 4242 4242 4242")
	p.entersBy("/sign-in", map[string]string{"email": email, "password": secret})
	id := p.onOrder()
	p.ordered(h, id, true)
	p.holds(h, home, "kk", map[string]string{})
}
