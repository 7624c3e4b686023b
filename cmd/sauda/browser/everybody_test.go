package browser_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"sauda/app"
	"sauda/app/apptest"
	"sauda/base/text"
	"sauda/cmd/sauda/demo"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/core/window"
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
	ask := `axe.run(document, {resultTypes: ["violations"]` + only + `}).then((r) => { window.judged = r.violations.map((v) =>
		v.id + ": " + v.help + v.nodes.map((n) => "\n\t" + n.target.join(" ") + " " + (n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? "")).join("")).join("\n") || "nothing" }), true`
	ctx, stop := context.WithTimeout(p.ctx, 4*patience) // The longest pages have thousands of parts.
	defer stop()
	if !look[bool](p, "!!window.axe") {
		p.learns(axe)
	}
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](ask)); err != nil {
		p.t.Fatalf("axe-core: %v", err)
	}
	p.until("the judgement", "window.judged")
	if said := look[string](p, "window.judged"); said != "nothing" {
		return said
	}
	return ""
}

// learns gives a script to the page and to all that follow it in this tab: sent once instead of half a megabyte a page.
func (p person) learns(script string) {
	p.t.Helper()
	p.goes(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return chromedp.Void{}, err
	})
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script+"; true")); err != nil {
		p.t.Fatal(err)
	}
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

// shopOf gives the address of a shop to look at, and its house: the goods of tests with a page, a post and a collection. When
// pictures are wanted it is the whole demonstration, and there is no house.
func shopOf(t *testing.T, full bool) (string, *apptest.House) {
	t.Helper()
	if !full {
		h := apptest.Open(t, db.SQLite)
		furnish(t, h)
		if err := h.Search.Catch(t.Context()); err != nil {
			t.Fatal(err)
		}
		return h.Served(t), h
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
	return server.URL, nil
}

// furnish gives a house what its shop says besides its goods.
func furnish(t *testing.T, h *apptest.House) {
	t.Helper()
	words := text.Localized{"kk": "Шай туралы", "ru": "О чае", "en": "About tea", "zh": "关于茶"}
	h.Moment(t, func(tx *db.Tx) error {
		for kind, body := range map[window.Kind]window.Body{
			window.KindPage: {Slug: "tea", Title: words, Text: text.Localized{"kk": "## Шай\n\n* қара\n* көк", "en": "## Tea\n\n* black\n* green"}},
			window.KindPost: {Slug: "new-tea", Title: words, Lead: words, Text: words}, window.KindBanner: {Title: words, Link: "/pages/tea"},
		} {
			piece, err := window.Begin(tx, string(seller.Own), kind, body)
			if err == nil {
				_, err = window.Publish(tx, piece.Seller, piece.ID, piece.Version)
			}
			if err != nil {
				return err
			}
		}
		_, err := catalog.AddCollection(tx, catalog.Collection{Slug: "tea", Name: words, Home: true, Rule: &catalog.Rule{Brand: "Shanyraq"}})
		return err
	})
	h.Settled(t)
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

// tour walks once through a purchase, and gives the addresses of what a guest can look at then by their names.
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
	p.until("a full heart", `document.querySelector(".about form.heart [aria-pressed=true]") && document.querySelector(".wish-link .count .hidden")?.textContent && document.querySelector(".wish-link .count").lastChild.textContent.trim() == "1"`)
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

// homecoming is somebody with an account to whom something was brought, in the house of a test or in the demonstration; and
// the page where he may say what he thinks of it.
func homecoming(t *testing.T, chromium context.Context, home string, h *apptest.House) (p person, write string) {
	t.Helper()
	p = someone(t, chromium)
	if h == nil {
		_, buyers, err := demo.Accounts("kk")
		if err != nil {
			t.Fatal(err)
		}
		p.open(at(home, "en", "/sign-in"))
		p.entersBy("/sign-in", map[string]string{"email": buyers[0].Email, "password": demo.Password})
		p.until("the shop", `document.querySelector(".foot form")`)
		return p, ""
	}
	p.open(at(home, "en", "/sign-up"))
	p.entersBy("/sign-up", map[string]string{"name": "Айгүл", "email": email, "password": secret})
	p.until("the shop", `document.querySelector(".foot form")`)
	kettle := string(h.Goods[apptest.Kettle].Product)
	p.toPayment(home, "en", kettle)
	p.press("#pay-cash_on_delivery")
	p.press(orderButton)
	id := p.onOrder()
	h.Settled(t)
	staff := h.Admin(t)
	parcel := staff.Do(t, 201, "POST", "/v1/office/orders/"+string(id)+"/shipments", map[string]any{}).Text("items.0.id")
	h.Settled(t)
	staff.Do(t, 200, "POST", "/v1/office/shipments/"+parcel+"/handover", map[string]any{})
	staff.Do(t, 200, "POST", "/v1/office/shipments/"+parcel+"/arrival", map[string]any{})
	h.Settled(t)
	return p, "/reviews/" + kettle + "/write"
}

// slugInAddress finds what differs between the pages of two things of one kind that are known by words.
var slugInAddress = regexp.MustCompile(`^(c|collections|pages|blog)-[^-].*$`)

// shelfOf gives what all pages of the shop of one kind have in common: the address without what is asked, ids and words.
func shelfOf(address string) string {
	path, _, _ := strings.Cut(address, "?")
	kind := kindOf(path)
	if strings.HasPrefix(kind, "p-x") {
		return "p-x"
	}
	return slugInAddress.ReplaceAllString(kind, "$1-x")
}

// hall is the shop as it is walked through: all but the office, files, and what is only there to be fetched.
func hall(home string) walk {
	return walk{home: home, lang: "kk", kind: shelfOf,
		links: `a[href^='/kk/']:not([download], [href^='/kk/office'], [href*='/view/'], [href*='/export/'])`}
}

// lookRules are the rules of axe-core that depend on the window and the light.
var lookRules = []string{"color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"}

// wordRules are the rules of axe-core that depend on the words and on how long they are.
var wordRules = []string{"aria-command-name", "aria-input-field-name", "aria-toggle-field-name", "button-name", "document-title", "empty-heading",
	"empty-table-header", "html-has-lang", "html-lang-valid", "image-alt", "input-button-name", "label", "label-content-name-mismatch", "link-name",
	"scrollable-region-focusable", "select-name", "summary-name", "svg-img-alt", "target-size", "valid-lang"}

// round is one look at everything: axe-core judges the pages, or pictures of them go into a folder, in these views and
// languages.
type round struct {
	axe    string
	folder string
	views  map[view][]string
}

// rounded begins a round: with pictures where SAUDA_SCREENS names a folder.
func rounded(t *testing.T, views map[view][]string) round {
	t.Helper()
	source, err := os.ReadFile(os.Getenv("SAUDA_AXE"))
	if err != nil {
		t.Fatalf("axe-core is not there (%v): run `make test`, or `tools/testbed run go test ./cmd/sauda/browser`, which fetch it", err)
	}
	r := round{axe: string(source), folder: os.Getenv("SAUDA_SCREENS"), views: views}
	if r.folder != "" {
		if err := os.MkdirAll(r.folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// stops holds the page to what every page keeps, to the rules of axe-core, all or some, and on a telephone also as it would
// be from right to left; or it takes its picture.
func (r round) stops(p person, v view, lang, name string, rules ...string) {
	p.t.Helper()
	p.decent(lang)
	if r.folder != "" {
		p.pictured(filepath.Join(r.folder, fmt.Sprintf("%s.%s.%d.%s.png", name, lang, v.width, v.light)))
		return
	}
	if wrong := p.judged(r.axe, rules...); wrong != "" {
		p.t.Errorf("%s in %s, %d px, %s:\n%s", name, lang, v.width, v.light, strings.TrimSpace(wrong))
	}
	if v.width == telephone.width && lang == "kk" {
		p.mirrored(name)
	}
}

// mirrored wants the page to be no wider than the window when it is written from right to left.
func (p person) mirrored(name string) {
	p.t.Helper()
	if wide := look[int](p, `(() => {
		const root = document.documentElement, before = root.dir;
		root.dir = "rtl";
		const wide = root.scrollWidth - innerWidth;
		root.dir = before;
		return wide;
	})()`); wide > 0 {
		p.t.Errorf("from right to left %s is %d px wider than the telephone", name, wide)
	}
}

// telephone and desk are how pages are judged.
var telephone, desk = view{390, "light"}, view{1440, "dark"}

// judges looks at pages of the shop: on a telephone by day in these languages, in Kazakh by all rules and in the others by those
// that depend on the words; and on a desk by night, in one language each by turns; or in all views of which there are pictures.
func (r round) judges(p person, home string, pages map[string]string, languages []string) {
	p.t.Helper()
	names := slices.Sorted(maps.Keys(pages))
	if r.folder != "" {
		order := func(a, b view) int { return cmp.Or(cmp.Compare(a.width, b.width), cmp.Compare(b.light, a.light)) }
		for _, v := range slices.SortedFunc(maps.Keys(r.views), order) {
			p.shown(v)
			for _, lang := range r.views[v] {
				for _, name := range names {
					p.open(at(home, lang, pages[name]))
					r.stops(p, v, lang, name)
				}
			}
		}
		return
	}
	p.shown(telephone)
	for _, lang := range languages {
		rules := wordRules
		if lang == "kk" {
			rules = nil
		}
		for _, name := range names {
			p.open(at(home, lang, pages[name]))
			r.stops(p, telephone, lang, name, rules...)
		}
	}
	p.shown(desk)
	for i, name := range names {
		lang := []string{"kk", "ru", "en", "zh"}[i%4]
		p.open(at(home, lang, pages[name]))
		r.stops(p, desk, lang, name, lookRules...)
	}
}

// TestTheShopIsForEverybody has axe-core judge every page of the shop, which it finds by following the links: those of a
// purchase in each language, all others in Kazakh and Russian, by day on a telephone, and by night on a desk. All rules are
// those of the pages in Kazakh. With
// SAUDA_SCREENS it pictures them instead, in the whole demonstration, in three widths and both lights.
func TestTheShopIsForEverybody(t *testing.T) {
	r := rounded(t, map[view][]string{
		{360, "light"}: {"kk", "ru", "en", "zh"}, {360, "dark"}: {"kk"}, {768, "light"}: {"kk", "ru"}, {1440, "light"}: {"kk", "en"}, {1440, "dark"}: {"kk"},
	})
	chromium := browser(t)
	home, h := shopOf(t, r.folder != "")
	guest := someone(t, chromium)
	pages := guest.tour(home)
	r.judges(guest, home, pages, []string{"kk", "ru", "en", "zh"})

	others := map[string]string{}
	known := map[string]bool{}
	for _, path := range pages {
		known[shelfOf(path)] = true
	}
	w := hall(home)
	w.starts = []string{"/", "/catalogue", "/blog", "/sign-in", "/password/new", "/sign-in/code/enter", pages["product"], "/reviews/" + strings.Split(pages["product"], "/")[2]}
	guest.shown(telephone)
	w.stops = func(kind, path string) {
		if known[kind] {
			return
		}
		if others[kind], known[kind] = path, true; r.folder == "" {
			r.stops(guest, telephone, "kk", kind)
		}
	}
	guest.walks(w)
	r.judges(guest, home, others, []string{"ru"})

	buyer, write := homecoming(t, chromium, home, h)
	own := map[string]string{"own-home": "/", "own-orders": "/orders"}
	w.starts = []string{"/account", "/orders", "/account/addresses/new", "/account/email"}
	w.stops = nil
	for kind, path := range buyer.walks(w) {
		switch {
		case kind == "orders-x":
			own["own-order"] = path // It says more than the one of a guest.
		case !known[kind]:
			own[kind], known[kind] = path, true
		}
	}
	if write != "" {
		own["reviews-x-write"] = write
	}
	r.judges(buyer, home, own, []string{"kk", "ru"})
	for _, kind := range []string{"account", "account-addresses", "account-addresses-new", "account-data", "account-devices", "account-email",
		"account-passkeys", "account-privacy", "blog", "blog-x", "collections-x", "orders", "pages-x", "password", "password-new",
		"reviews-x", "sign-in-code", "sign-in-code-enter"} {
		if !known[kind] {
			t.Errorf("nobody came to %s", kind)
		}
	}
}
