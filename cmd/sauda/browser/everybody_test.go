package browser_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"sauda/app"
	"sauda/app/apptest"
	"sauda/cmd/sauda/demo"
	"sauda/gear/db"
)

// view is how somebody looks at a page.
type view struct {
	width int64
	light string
}

// shown has the page stand in a window of this width, in this light, and still.
func (p person) shown(v view) {
	p.t.Helper()
	height := int64(900)
	if v.width < 600 {
		height = 844
	}
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(v.width, height)); err != nil {
		p.t.Fatal(err)
	}
	p.goes(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: v.light}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return chromedp.Void{}, err
	})
}

// judged gives what axe-core finds wrong with the page (WCAG 2.2 A and AA, and good manners), by all its rules or by some.
func (p person) judged(axe string, rules ...string) string {
	p.t.Helper()
	only := ""
	if len(rules) > 0 {
		only = `, runOnly: ["` + strings.Join(rules, `", "`) + `"]`
	}
	ask := `;axe.run(document, {resultTypes: ["violations"]` + only + `}).then((r) => { window.judged = r.violations.map((v) =>
		v.id + ": " + v.help + v.nodes.map((n) => "\n\t" + n.target.join(" ") + " " + (n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? "")).join("")).join("\n") || "nothing" }), true`
	ctx, stop := context.WithTimeout(p.ctx, 4*patience) // The longest pages have thousands of parts.
	defer stop()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](axe+ask)); err != nil {
		p.t.Fatalf("axe-core: %v", err) // Its source is not worth showing.
	}
	p.until("the judgement", "window.judged")
	if said := look[string](p, "window.judged"); said != "nothing" {
		return said
	}
	return ""
}

// pictured writes a picture of the whole page.
func (p person) pictured(file string) {
	p.t.Helper()
	p.until("the pictures", `(document.querySelectorAll("img[loading=lazy]").forEach((i) => { i.loading = "eager" }), [...document.images].every((i) => i.complete))`)
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	body, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(file, body, 0o600)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// shopOf gives the address of a shop to look at: the goods of tests, or the whole demonstration when pictures are wanted.
func shopOf(t *testing.T, full bool) string {
	t.Helper()
	if !full {
		h := apptest.Open(t, db.SQLite)
		if err := h.Search.Catch(t.Context()); err != nil {
			t.Fatal(err)
		}
		return h.Served(t)
	}
	config := app.Config{Data: t.TempDir(), Log: slog.New(slog.DiscardHandler), Quiet: true}
	if err := demo.Sow(t.Context(), config, time.Now(), func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	house, err := app.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := house.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := house.Search.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(house.Handler())
	t.Cleanup(server.Close)
	return server.URL
}

// takes puts the first thing that can be bought into the basket, and gives the address of its page.
func (p person) takes(home string) string {
	p.t.Helper()
	p.shows(at(home, "en", "/"), "main .cards a[href*='/p/']")
	for _, path := range look[[]string](p, `[...new Set([...document.querySelectorAll("main .card h3 a")].map((a) => a.pathname.slice(3)))].slice(0, 12)`) {
		p.open(at(home, "en", path))
		if look[bool](p, `!!document.querySelector("main form.buy:not([enctype]) button.main") && !document.querySelector("main .questions") && !!document.querySelector(".coming li")`) {
			p.press("main form.buy button.main")
			p.until("the basket beside the page", `document.querySelector(".drawer[open] [data-count]")`)
			return path
		}
	}
	p.t.Fatal("nothing can be bought")
	return ""
}

// tour walks once through a purchase, and gives the addresses of all pages of the shop that then can be looked at.
func (p person) tour(home string) map[string]string {
	p.t.Helper()
	p.takes(home)
	p.open(at(home, "en", "/checkout"))
	p.addresses("en")
	p.press("#pay-cash_on_delivery")
	p.press(orderButton)
	id := p.onOrder()
	product := p.takes(home)
	p.open(at(home, "en", "/checkout"))
	p.addresses("en")
	p.open(at(home, "en", product))
	p.press(".about form.beside button")
	p.until("the comparison", `document.querySelector(".about a.beside")`)
	p.press(".about form.heart button")
	p.until("a full heart", `document.querySelector(".about form.heart [aria-pressed=true]") && document.querySelector(".wish-link .count")?.textContent == "1"`)
	questions := "/questions/" + strings.Split(product, "/")[2]
	p.open(at(home, "en", "/catalogue"))
	category := look[string](p, `document.querySelector(".branch h2 a").pathname.slice(3)`)
	return map[string]string{
		"home": "/", "catalogue": "/catalogue", "category": category, "search": "/search?sort=popular", "nothing-found": "/search?q=xyzxyz",
		"product": product, "basket": "/basket", "checkout-1": "/checkout?step=address", "checkout-2": "/checkout?step=delivery",
		"checkout-3": "/checkout", "order": "/orders/" + string(id), "find": "/orders/find", "compare": "/compare",
		"wishlist": "/wishlist", "questions": questions, "reviews": strings.Replace(questions, "questions", "reviews", 1),
		"sign-in": "/sign-in", "sign-up": "/sign-up", "offline": "/offline", "missing": "/nothing-here",
	}
}

// membership signs up, asks about a product, and gives the addresses of pages that only a buyer who is signed in has.
func (p person) membership(home, questions string) map[string]string {
	p.t.Helper()
	p.open(at(home, "en", "/sign-up?next="+questions))
	p.entersBy("/sign-up", map[string]string{"name": "Айгүл Серікова", "email": "aigul@example.kz", "password": "tau-men-dala-7"})
	p.until("the questions", `document.querySelector("details.ask summary")`)
	p.press("details.ask summary")
	p.fill(map[string]string{"body": "Is it quiet at night?"})
	p.press("details.ask form button")
	p.until("thanks", `document.querySelector(".note.good")`)
	return map[string]string{"account": "/account", "account-reviews": "/account/reviews", "questions-buyer": questions + "?done=asked"}
}

// lookRules are the rules of axe-core that depend on the window and the light.
var lookRules = []string{"color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"}

// TestTheShopIsForEverybody has axe-core judge every page of the shop in each language, by day on a telephone and by night
// on a desk, and holds it to what every page keeps. With SAUDA_SCREENS it also writes a picture of each page, in three
// widths and both lights, into that folder.
func TestTheShopIsForEverybody(t *testing.T) {
	source, err := os.ReadFile(os.Getenv("SAUDA_AXE"))
	if err != nil {
		t.Fatalf("axe-core is not there (%v): run `make test`, or `tools/testbed run go test ./cmd/sauda/browser`, which fetch it", err)
	}
	folder := os.Getenv("SAUDA_SCREENS")
	views := []view{{390, "light"}, {1440, "dark"}}
	if folder != "" {
		views = []view{{390, "light"}, {390, "dark"}, {768, "light"}, {768, "dark"}, {1440, "light"}, {1440, "dark"}}
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	chromium := browser(t)
	home := shopOf(t, folder != "")
	guest, buyer := someone(t, chromium), someone(t, chromium)
	pages := guest.tour(home)
	walk := func(p person, pages map[string]string, v view, rules []string) {
		p.shown(v)
		for _, lang := range []string{"kk", "ru", "en", "zh"} {
			for name, path := range pages {
				p.open(at(home, lang, path))
				p.decent(lang)
				if wrong := p.judged(string(source), rules...); wrong != "" {
					t.Errorf("%s in %s, %d px, %s:\n%s", name, lang, v.width, v.light, strings.TrimSpace(wrong))
				}
				if folder != "" {
					p.pictured(filepath.Join(folder, fmt.Sprintf("%s.%s.%d.%s.png", name, lang, v.width, v.light)))
				}
			}
		}
	}
	own := buyer.membership(home, pages["questions"])
	for _, v := range views {
		rules := lookRules
		if v == views[0] {
			rules = nil // All of them: what a page says is the same in another window and light.
		}
		walk(guest, pages, v, rules)
		walk(buyer, own, v, rules)
	}
}
