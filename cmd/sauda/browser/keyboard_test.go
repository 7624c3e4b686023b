package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"sauda/app/apptest"
	"sauda/gear/db"
	"sauda/gear/i18n"
)

// tabsMax is how often somebody presses Tab before he takes a page for one without an end.
const tabsMax = 150

// ring tells what is wrong with where the focus is, or nothing: it stands on a part of the page, a line around that part
// shows it, and the part is in sight and not covered (WCAG 2.2, 2.4.7 and 2.4.11). The page as a whole and a dialog may have
// the focus without a line: nobody presses them.
const ring = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body || e === document.documentElement) return "the focus is lost";
	if (e.matches("main, dialog")) return "";
	const drawn = (x) => { const s = getComputedStyle(x); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 && s.outlineColor !== "rgba(0, 0, 0, 0)"; };
	const shown = [e, ...(e.labels ?? []), e.closest(".card")].find((x) => x && drawn(x));
	if (!shown) return "no line shows the focus on " + e.outerHTML.slice(0, 200);
	const r = shown.getBoundingClientRect(), left = Math.max(0, r.left), right = Math.min(innerWidth, r.right), top = Math.max(0, r.top), bottom = Math.min(innerHeight, r.bottom);
	if (right - left < 1 || bottom - top < 1) return "the focus is out of sight on " + e.outerHTML.slice(0, 200);
	for (const x of [0.1, 0.5, 0.9]) for (const y of [0.1, 0.5, 0.9]) {
		const on = document.elementFromPoint(left + x * (right - left), top + y * (bottom - top));
		if (on && (shown.contains(on) || on.contains(shown))) return "";
	}
	return "the focus is covered on " + e.outerHTML.slice(0, 200);
})()`

// hits presses keys, and wants the focus to be somewhere afterwards, and to be seen.
func (p person) hits(keys string, with ...chromedp.KeyOption) {
	p.t.Helper()
	p.goes(chromedp.KeyEvent(keys, with...))
	p.focused(fmt.Sprintf("after %q", keys))
}

// focused wants the focus to be somewhere and to be seen.
func (p person) focused(when string) {
	p.t.Helper()
	if wrong := look[string](p, ring); wrong != "" {
		p.t.Errorf("%s, %s: %s", look[string](p, "location.href"), when, wrong)
	}
}

// steps presses Tab until the focus stands on what a selector finds, and looks at each stop on the way.
func (p person) steps(selector string) {
	p.t.Helper()
	for range tabsMax {
		if look[bool](p, fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			return
		}
		p.hits(kb.Tab)
	}
	p.t.Fatalf("%s: by Tab nobody comes to %s", look[string](p, "location.href"), selector)
}

// presses walks to what a selector finds and presses Enter on it, which leads somewhere else.
func (p person) presses(selector string) {
	p.t.Helper()
	p.steps(selector)
	p.types(kb.Enter)
}

// retypes types over what stands in a field.
func (p person) retypes(words string) {
	p.t.Helper()
	p.goes(chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	p.types(words)
}

// skips goes past the frame of a page to what the page is about.
func (p person) skips() {
	p.t.Helper()
	p.hits(kb.Tab)
	if !look[bool](p, `document.activeElement.matches(".skip")`) {
		p.t.Errorf("%s: the first stop is not the way past the frame", look[string](p, "location.href"))
	}
	p.hits(kb.Enter)
	p.until("the page itself", `document.activeElement.id == "main"`)
}

// circles presses Tab so often that somebody would leave a dialog that does not keep the focus, forth and back.
func (p person) circles(dialog string) {
	p.t.Helper()
	for n := range 16 {
		if n < 8 {
			p.hits(kb.Tab)
		} else {
			p.hits(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift))
		}
		if !look[bool](p, fmt.Sprintf("!!document.activeElement.closest(%q)", dialog)) {
			p.t.Fatalf("the focus has left %s", dialog)
		}
	}
}

// TestAPurchaseByKeyboard buys without a mouse: every act is a key, the focus is seen at every stop and never lost, the basket
// beside the page keeps it and gives it back, and what happens is said to who reads by ear.
func TestAPurchaseByKeyboard(t *testing.T) {
	chromium := browser(t)
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	if err := h.Search.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"kk", "ru", "en"} {
		t.Run(lang, func(t *testing.T) {
			p := someone(t, chromium)
			p.findsByKeys(h, home, lang)
			p.takesByKeys(lang)
			p.changesByKeys()
			p.ordersByKeys()
			p.ordered(h, p.onOrder(), true)
			p.skips()
			p.steps("main a, main summary")
		})
	}
}

// findsByKeys goes from the first page by what the search suggests to the kettle.
func (p person) findsByKeys(h *apptest.House, home, lang string) {
	p.t.Helper()
	p.open(at(home, lang, "/"))
	p.steps("#q")
	words := map[string]string{"kk": "шәй", "ru": "чайн", "en": "kett"}[lang]
	p.types(words)
	p.until("the suggestions", `document.querySelector(".suggestions:not([hidden]) .goods a")`)
	p.hits(kb.ArrowDown)
	p.hits(kb.Escape)
	p.until("the field alone", `document.querySelector(".suggestions").hidden && document.activeElement.id == "q"`)
	p.types(kb.Backspace)
	p.until("the suggestions again", `document.querySelector(".suggestions:not([hidden]) .goods a")`)
	for n := 0; !look[bool](p, fmt.Sprintf(`document.activeElement.matches(".suggestions .goods a[href*='%s']")`, h.Goods[apptest.Kettle].Product)); n++ {
		if n == 20 {
			p.t.Fatal("the kettle is not among the suggestions")
		}
		p.hits(kb.ArrowDown)
	}
	p.types(kb.Enter)
	p.until("the kettle", fmt.Sprintf(`location.pathname.includes(%q)`, h.Goods[apptest.Kettle].Product))
}

// takesByKeys puts the product of the page into the basket, twice, and goes there.
func (p person) takesByKeys(lang string) {
	p.t.Helper()
	const filled = `document.querySelector(".drawer[open] [data-count]") && document.activeElement.closest(".drawer footer")`
	p.skips()
	p.steps("form.buy button.main")
	p.types(" ")
	p.until("the basket beside the page", filled)
	p.focused("in the basket beside the page")
	if said := p.says("status"); !strings.Contains(said, i18n.T(lang, "shop.drawer.added")) {
		p.t.Errorf("nobody hears that it was added, but %q", said)
	}
	p.circles(".drawer")
	p.hits(kb.Escape)
	p.until("the page, where it was left", `!document.querySelector(".drawer[open]") && document.activeElement.matches("form.buy button.main")`)
	p.types(kb.Enter)
	p.until("the basket beside the page", filled)
	p.types(kb.Enter)
	p.until("the basket", `location.pathname.endsWith("/basket")`)
}

// changesByKeys changes how much is in the basket, finds himself where he was, and goes to the checkout.
func (p person) changesByKeys() {
	p.t.Helper()
	p.skips()
	p.steps("main [name=quantity]")
	p.retypes("3")
	p.types(kb.Tab) // Leaving the field sends it.
	p.until("three", `document.querySelector("main [name=quantity]").defaultValue == "3" && document.activeElement.matches(".count-form button")`)
	p.focused("after a change")
	p.steps(".line .why summary, .sum a.main")
	if look[bool](p, `document.activeElement.matches("summary")`) {
		p.hits(" ")
		p.until("why it costs so much", `document.querySelector(".line .why[open]")`)
		p.steps(".sum a.main")
	}
	p.types(kb.Enter)
	p.until("the address", `document.querySelector("main [name=street]")`)
}

// ordersByKeys fills the checkout, pays by card, confirms at the bank, and comes to the order.
func (p person) ordersByKeys() {
	p.t.Helper()
	p.skips()
	for _, field := range [][2]string{
		{"name", "Айгүл"}, {"phone", "87011234567"}, {"email", email}, {"city", "Алматы"}, {"street", "Абай даңғылы"}, {"house", "10"},
	} {
		p.steps("main [name=" + field[0] + "]")
		p.retypes(field[1])
	}
	p.steps("#learn")
	p.hits(" ")
	if !look[bool](p, `document.querySelector("#learn").checked`) {
		p.t.Error("Space does not tick the box")
	}
	p.presses("form[action$='/checkout/address'] button.main")
	p.until("the deliveries", `document.querySelector("main [name=delivery]")`)
	p.skips()
	p.steps("main [name=delivery]")
	p.hits(kb.ArrowDown)
	p.until("the sums of another delivery", `document.querySelector("[data-said]").textContent !== "" && !document.querySelector("[aria-busy]")`)
	p.focused("after another delivery")
	p.steps("main [name=method]")
	for n := 0; !look[bool](p, `document.querySelector("#pay-card").checked`) && n < 5; n++ {
		p.hits(kb.ArrowDown)
	}
	p.presses(orderButton)
	p.until("the card", `document.querySelector("[name=number]") || document.querySelector("main a[href*='/gateway/pay']")`)
	if look[bool](p, `!document.querySelector("[name=number]")`) {
		p.presses("main a[href*='/gateway/pay']")
		p.until("the card", `document.querySelector("[name=number]")`)
	}
	for _, field := range [][2]string{{"number", "4000000000003220"}, {"expiry", "1230"}, {"code", "123"}} {
		p.steps("[name=" + field[0] + "]")
		p.types(field[1])
	}
	p.presses("form button")
	p.until("the challenge", `document.querySelector("[name=answer]")`)
	p.steps("[name=code]")
	p.types("1234")
	p.presses("[name=answer][value=confirm]")
}

// says gives what the tree of a screen reader has in all parts of a role.
func (p person) says(role string) string {
	p.t.Helper()
	var said []string
	for _, part := range p.heard() {
		if part.role == role {
			said = append(said, part.text)
		}
	}
	return strings.Join(said, "; ")
}
