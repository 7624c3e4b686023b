package browser_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"sauda/app/apptest"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/gear/db"
	"sauda/gear/i18n"
)

// patience bounds one step of a person: a page that takes longer is broken.
const patience = 15 * time.Second

// browser starts Chromium, which tools/testbed installs and names.
func browser(t *testing.T, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path := os.Getenv("SAUDA_CHROMIUM")
	if path == "" {
		t.Fatal("SAUDA_CHROMIUM is not set: run `make test`, or `tools/testbed run go test ./cmd/sauda/browser`, which install Chromium")
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir())}
	for _, flag := range []string{
		"headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
		"disable-component-update", "disable-sync", "disable-dev-shm-usage", "hide-scrollbars",
		"force-prefers-reduced-motion", // A hand of a test is quicker than the change from one page to the next, which takes no press.
	} {
		options = append(options, chromedp.Flag(flag, true))
	}
	options = append(append(options, chromedp.WindowSize(390, 844)), more...)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	begin(t, ctx)
	return ctx
}

// begin opens the tab of a context. The first action must have no time-out: the tab would end with it.
func begin(t *testing.T, ctx context.Context) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("true")); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
}

// person is somebody at a browser.
type person struct {
	t   *testing.T
	ctx context.Context
}

// someone is a person whom no page knows yet: his cookies are his own.
func someone(t *testing.T, chromium context.Context) person {
	t.Helper()
	ctx, end := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(end)
	begin(t, ctx)
	return person{t, ctx}
}

// tab opens another tab of the same browser.
func (p person) tab() person {
	p.t.Helper()
	ctx, end := chromedp.NewContext(p.ctx)
	p.t.Cleanup(end)
	begin(p.t, ctx)
	return person{p.t, ctx}
}

// whole is true of a page that is there; one that is being replaced has no body yet.
const whole = `document.readyState == "complete" && !!document.body`

// look evaluates an expression in the page, once it is whole: a page that is being replaced is asked again.
func look[T any](p person, expression string) T {
	p.t.Helper()
	p.until("the page", "true")
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for something to become true of the page.
func (p person) until(what, expression string) {
	p.t.Helper()
	if !p.sees(expression) {
		at, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("location.href + ` (${document.readyState}): ` + document.body?.innerText.slice(0, 600)"))
		p.t.Fatalf("%s did not come; the page is %s %v", what, at, err)
	}
}

// sees tells whether something became true of the page before the patience ended.
func (p person) sees(expression string) bool {
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	for ctx.Err() == nil {
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](whole+` && !!(`+expression+`)`)); err == nil && ok {
			return true
		}
		select {
		case <-ctx.Done():
		case <-time.After(30 * time.Millisecond):
		}
	}
	return false
}

// open goes to an address.
func (p person) open(address string) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	if _, err := chromedp.Run(ctx, chromedp.Navigate(address)); err != nil {
		p.t.Fatalf("open %s: %v", address, err)
	}
}

// fill types values into the fields of the page by their names.
func (p person) fill(values map[string]string) {
	p.t.Helper()
	for name, value := range values {
		p.until("the field "+name, fmt.Sprintf(`(() => { const f = document.querySelector('main [name=%q]'); if (f) { f.value = %q } return f })()`, name, value))
	}
}

// press clicks what a selector finds, once it is there.
func (p person) press(selector string) {
	p.t.Helper()
	p.until("something to press at "+selector, fmt.Sprintf(`(() => { const b = document.querySelector(%q); if (b) { setTimeout(() => b.click()) } return b })()`, selector))
}

// tap presses the mouse on the middle of what a selector finds, as a hand does: what is covered by something else, or
// cannot be seen, is not there.
func (p person) tap(selector string) {
	p.t.Helper()
	p.click(p.middle(selector))
}

// middle is where the middle of what a selector finds is on the screen, after it was scrolled there.
func (p person) middle(selector string) (x, y float64) {
	p.t.Helper()
	middle := fmt.Sprintf(`(() => {
		const e = [...document.querySelectorAll(%q)].find(e => e.checkVisibility());
		if (!e) return null;
		e.scrollIntoView({block: "center", behavior: "instant"});
		const r = e.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2, on = document.elementFromPoint(x, y);
		return e.contains(on) || on?.contains(e) ? [x, y] : null;
	})()`, selector)
	for range 3 { // A page that is left between two looks takes along what was seen on it.
		p.until("something to tap at "+selector, middle)
		if at := look[[]float64](p, middle); len(at) == 2 {
			return at[0], at[1]
		}
	}
	p.t.Fatalf("what is at %s does not stay", selector)
	return 0, 0
}

// click presses the mouse at a place of the screen.
func (p person) click(x, y float64) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	if _, err := chromedp.Run(ctx, chromedp.MouseClickXY(x, y)); err != nil {
		p.t.Fatalf("click: %v", err)
	}
}

// goes does what the buttons of the browser do: back, reload.
func (p person) goes(button chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	if _, err := chromedp.Run(ctx, button); err != nil {
		p.t.Fatalf("a button of the browser: %v", err)
	}
}

// decent holds a page to what every page keeps: its language, no sideways scrolling, a name for each control.
func (p person) decent(lang string) {
	p.t.Helper()
	if got := look[string](p, `document.documentElement.lang`); got != lang {
		p.t.Errorf("%s is in %q, want %q", look[string](p, "location.href"), got, lang)
	}
	if wide := look[int](p, `document.documentElement.scrollWidth - window.innerWidth`); wide > 0 {
		p.t.Errorf("%s is %d px wider than the phone", look[string](p, "location.href"), wide)
	}
	nameless := `[...document.querySelectorAll("main input:not([type=hidden]), main select, main textarea")].filter(f => !f.labels?.length && !f.ariaLabel).map(f => f.name).join(" ")`
	if names := look[string](p, nameless); names != "" {
		p.t.Errorf("%s has controls without a name: %s", look[string](p, "location.href"), names)
	}
}

// TestPurchases buys by each way to pay in each language, from the list to the order.
func TestPurchases(t *testing.T) {
	chromium := browser(t)
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	for _, lang := range []string{"kk", "ru", "en"} {
		for _, c := range []struct{ name, method, card string }{
			{"card", "card", "4242 4242 4242 4242"}, {"challenge", "card", "4000 0000 0000 3220"}, {"cash", "cash_on_delivery", ""},
		} {
			t.Run(lang+"/"+c.name, func(t *testing.T) {
				p := someone(t, chromium)
				p.toPayment(home, lang, string(h.Goods[apptest.Kettle].Product))
				p.press("#pay-" + c.method)
				p.press(orderButton)
				if c.card != "" {
					p.payByCard(lang, c.card)
				}
				p.until("the order", `location.pathname.includes("/orders/ord_")`)
				p.decent(lang)
				id := look[string](p, `location.pathname.split("/").pop()`)
				p.ordered(h, order.ID(id), c.card != "")
			})
		}
	}
}

// toPayment goes from the list to the payment.
func (p person) toPayment(home, lang, product string) {
	p.t.Helper()
	p.open(home + "/" + lang + "/")
	p.until("the list", `document.querySelector("main a[href*='/p/']")`)
	p.decent(lang)
	p.press("main a[href*='" + product + "']")
	p.until("the product", `location.pathname.includes("/p/")`)
	p.decent(lang)
	if add := i18n.T(lang, "shop.add_to_basket"); !look[bool](p, fmt.Sprintf(`document.body.innerText.toLowerCase().includes(%q)`, strings.ToLower(add))) {
		p.t.Errorf("the product's page does not say %q", add)
	}
	p.press("main form.buy button.main")
	p.until("the basket beside the page", `document.querySelector(".drawer[open] [data-count]")`)
	p.press(".drawer a[href$='/basket']")
	p.until("the basket", `location.pathname.endsWith("/basket")`)
	p.decent(lang)
	p.press("main a[href$='/checkout']")
	p.addresses(lang)
}

// addresses goes from the address to the payment.
func (p person) addresses(lang string) {
	p.t.Helper()
	p.until("the address", `document.querySelector("main [name=street]")`)
	p.decent(lang)
	p.fill(map[string]string{
		"name": "Айгүл", "phone": "+7 701 123 45 67", "email": "aigul@example.kz", "country": "KZ", "region": "750000000",
		"city": "Алматы", "street": "Абай даңғылы", "house": "10",
	})
	p.press("main form[action$='/checkout/address'] button.main")
	p.delivers(lang)
}

// delivers chooses a delivery, which changes the sums in place.
func (p person) delivers(lang string) {
	p.t.Helper()
	p.until("the deliveries", `document.querySelector("main [name=delivery]")`)
	p.decent(lang)
	p.press("main [name=delivery]:not(:checked)")
	p.until("the sums of another delivery", `document.querySelector("[data-said]").textContent !== "" && !document.querySelector("[aria-busy]")`)
	p.press("main [name=delivery]")
	p.until("the payment", `document.querySelector("main [name=method]") && !document.querySelector("[aria-busy]")`)
	p.decent(lang)
}

// payByCard goes through the pages of the gateway.
func (p person) payByCard(lang, number string) {
	p.t.Helper()
	p.until("the way to the card", `document.querySelector("main a[href*='/gateway/pay']") || document.querySelector("[name=number]")`)
	if look[bool](p, `!document.querySelector("[name=number]")`) {
		p.decent(lang)
		p.press("main a[href*='/gateway/pay']")
	}
	p.until("the card", `document.querySelector("[name=number]")`)
	p.decent(lang)
	p.fill(map[string]string{"number": number, "expiry": "12/30", "code": "123"})
	p.press("main form button")
	if strings.HasSuffix(number, "3220") {
		p.until("the challenge", `document.querySelector("[name=answer]")`)
		p.decent(lang)
		p.fill(map[string]string{"code": "1234"})
		p.press("[name=answer][value=confirm]")
	}
}

// ordered looks into the house: there is this order, and it is paid, or is to be paid at the door.
func (p person) ordered(h *apptest.House, id order.ID, paid bool) {
	p.t.Helper()
	h.Settled(p.t)
	h.Look(p.t, func(tx *db.Tx) error {
		o, err := order.Get(tx, id)
		if err != nil {
			return err
		}
		record, err := payment.Get(tx, payment.ID(o.Payment))
		if err != nil {
			return err
		}
		if got := record.State() == payment.StateCaptured; got != paid {
			p.t.Errorf("the payment of %s is %s", id, record.State())
		}
		return nil
	})
	h.Sound(p.t)
}
