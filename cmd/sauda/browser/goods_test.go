package browser_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"sauda/app/apptest"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/gear/blob"
	"sauda/gear/db"
	"sauda/gear/i18n"
)

// types presses keys where the focus is.
func (p person) types(keys string) {
	p.t.Helper()
	p.goes(chromedp.KeyEvent(keys))
}

// swipes moves a finger over what a selector finds, by so many pixels to the right.
func (p person) swipes(selector string, by float64) {
	p.t.Helper()
	x, y := p.middle(selector)
	touch := func(kind input.DispatchTouchEventType, at ...*input.TouchPoint) {
		p.goes(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
			_, err := cdp.Call(ctx, t, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: append([]*input.TouchPoint{}, at...)})
			return chromedp.Void{}, err
		})
	}
	const steps, frame, rest = 8, 16 * time.Millisecond, 100 * time.Millisecond
	touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: x - by/2, Y: y})
	for n := range steps {
		time.Sleep(frame)
		touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: x - by/2 + by*float64(n+1)/steps, Y: y})
	}
	time.Sleep(rest) // A finger that does not rest throws what it moves.
	touch(input.DispatchTouchEventTypeTouchEnd)
}

// revises changes the product of a good.
func revises(t *testing.T, h *apptest.House, sku string, c catalog.Changes) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		p, err := catalog.Get(tx, h.Goods[sku].Product)
		if err == nil {
			_, err = catalog.Revise(tx, p.ID, p.Version, c)
		}
		return err
	})
	h.Settled(t)
}

// keeps puts a file among those of the house, and gives its address.
func keeps(t *testing.T, h *apptest.House, body, ending string) string {
	t.Helper()
	name, err := blob.Put(t.Context(), h.Media(), strings.NewReader(body), ending)
	if err != nil {
		t.Fatal(err)
	}
	return media.Path + name
}

// drawn is a picture of one colour.
func drawn(colour string) string {
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 60" width="800" height="800"><rect width="60" height="60" fill="` + colour + `"/></svg>`
}

// emptyScene is a model in which there is nothing to see (glTF 2.0 §4.4).
func emptyScene() string {
	words := `{"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[]}]}`
	words += strings.Repeat(" ", (4-len(words)%4)%4)
	b := binary.LittleEndian.AppendUint32([]byte("glTF"), 2)
	b = binary.LittleEndian.AppendUint32(b, uint32(20+len(words)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(words)))
	return string(append(b, "JSON"+words...))
}

// noted is a house whose visitors are noted.
type noted struct {
	house http.Handler
	mu    sync.Mutex
	paths []string
}

func (n *noted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	n.paths = append(n.paths, r.URL.Path)
	n.mu.Unlock()
	n.house.ServeHTTP(w, r)
}

// asked tells whether something was asked for whose path has these words.
func (n *noted) asked(words string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.ContainsFunc(n.paths, func(path string) bool { return strings.Contains(path, words) })
}

// TestTheGallery is gone through by keys and by a finger, looked at closely, and turned around; the viewer of models comes
// when it is asked for, and not before.
func TestTheGallery(t *testing.T) {
	chromium := browser(t)
	h := apptest.Open(t, db.SQLite)
	line := &noted{house: h.Handler()}
	server := httptest.NewServer(line)
	t.Cleanup(server.Close)
	shown := []catalog.Media{
		{Kind: catalog.MediaImage, URL: keeps(t, h, drawn("#a33"), ".svg")}, {Kind: catalog.MediaImage, URL: keeps(t, h, drawn("#3a3"), ".svg")},
		{Kind: catalog.MediaModel, URL: keeps(t, h, emptyScene(), ".glb")},
	}
	revises(t, h, apptest.Kettle, catalog.Changes{Media: &shown})
	p := someone(t, chromium)
	p.open(at(server.URL, "ru", "/p/"+string(h.Goods[apptest.Kettle].Product)))
	p.decent("ru")
	stands := func(n int) {
		t.Helper()
		const still = `document.querySelector(".thumbs a[aria-current]")?.hash == "#slide-%d" &&
			Math.abs(document.querySelector("#slide-%[1]d").getBoundingClientRect().x - document.querySelector(".slides").getBoundingClientRect().x) < 2`
		p.until(fmt.Sprintf("slide %d", n), fmt.Sprintf(still, n))
	}
	stands(1)
	p.swipes(".slides", -300)
	stands(2)
	look[bool](p, `document.querySelector(".slides").focus() || true`)
	p.types(kb.ArrowLeft)
	stands(1)
	p.types(kb.ArrowRight)
	stands(2)

	p.tap("#slide-2 a[data-zoom]")
	p.until("the closer look", `document.querySelector("dialog.zoom[open] img").complete`)
	second := look[string](p, `document.querySelector(".zoom img").src`)
	p.types(kb.ArrowRight)
	p.until("the other picture", fmt.Sprintf(`document.querySelector(".zoom img").src != %q`, second))
	p.tap(".zoom img")
	p.until("it from near", `document.querySelector(".zoom.near img").clientWidth > innerWidth`)
	p.types(kb.Escape)
	p.until("the page again", `!document.querySelector("dialog[open]")`)

	p.tap(".thumbs a[href='#slide-3']")
	stands(3)
	if line.asked("model-viewer") || line.asked("/view/") {
		t.Error("the viewer of models was loaded before somebody asked for it")
	}
	p.tap("#slide-3 [data-view]")
	p.until("the model in its frame", `document.querySelector("#slide-3 iframe[title]")`)
	p.came(line, "model-viewer")
	p.came(line, shown[2].URL)
	p.decent("ru")
}

// TestAChoiceSwitchesThePictures: the pictures of the chosen variant and those of all are seen, and no others; a film has a picture
// that stands for it until it is played, and the address of a variant shows its own first without a script, too.
func TestAChoiceSwitchesThePictures(t *testing.T) {
	chromium := browser(t)
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	pictures := map[string]string{"s": keeps(t, h, drawn("#a33"), ".svg"), "m": keeps(t, h, drawn("#3a3"), ".svg"), "all": keeps(t, h, drawn("#33a"), ".svg")}
	revises(t, h, apptest.ShirtS, catalog.Changes{Media: &[]catalog.Media{
		{Kind: catalog.MediaVideo, URL: keeps(t, h, "no film", ".mp4"), Poster: pictures["all"]},
		{Kind: catalog.MediaImage, URL: pictures["s"], Options: map[string]string{"size": "s"}},
		{Kind: catalog.MediaImage, URL: pictures["m"], Options: map[string]string{"size": "m"}},
	}})
	p := someone(t, chromium)
	of := func(sku string) string { return string(h.Goods[sku].Variant) }
	page := "/p/" + string(h.Goods[apptest.ShirtS].Product)
	p.open(at(home, "kk", page+"?variant="+of(apptest.ShirtM)))
	seen := func(size, other string) {
		t.Helper()
		p.until("the pictures of "+size, fmt.Sprintf(`(() => {
			const seen = [...document.querySelectorAll(".slides > li")].filter(li => !li.hidden).map(li => li.innerHTML).join();
			return seen.includes(%q) && !seen.includes(%q) && seen.includes("<video");
		})()`, pictures[size], pictures[other]))
	}
	seen("m", "s")
	if first := look[string](p, `document.querySelector("#slide-1").innerHTML`); !strings.Contains(first, pictures["m"]) {
		t.Errorf("first stands %s", first)
	}
	if poster := look[string](p, `document.querySelector("video").getAttribute("poster")`); poster == "" {
		t.Error("the film has no picture before it is played")
	}
	p.press(fmt.Sprintf("input[name=variant][value=%q]", of(apptest.ShirtS)))
	seen("s", "m")
	p.press(fmt.Sprintf("input[name=variant][value=%q]", of(apptest.ShirtM)))
	seen("m", "s")
	p.decent("kk")
}

// came waits until something was asked for.
func (p person) came(line *noted, words string) {
	p.t.Helper()
	for end := time.Now().Add(patience); !line.asked(words); time.Sleep(30 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatalf("nobody asked for %s", words)
		}
	}
}

// TestFacetsWithoutScripts narrows a list in a browser that runs no scripts: what is chosen does not hide its siblings,
// and what is counted is what is found.
func TestFacetsWithoutScripts(t *testing.T) {
	chromium := browser(t, chromedp.Flag("blink-settings", "scriptEnabled=false"))
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	tau := "Tau"
	revises(t, h, apptest.Rare, catalog.Changes{Brand: &tau})
	revises(t, h, apptest.Cloth, catalog.Changes{Brand: &tau})
	if err := h.Search.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := someone(t, chromium)
	p.open(at(home, "kk", "/c/home"))
	p.decent("kk")
	brand := i18n.T("kk", "shop.facet.brand")
	facets := func() map[string]string {
		t.Helper()
		return look[map[string]string](p, fmt.Sprintf(`Object.fromEntries([...document.querySelectorAll(".facet")].filter(f => f.querySelector("summary")?.textContent.includes(%q))
			.flatMap(f => [...f.querySelectorAll("a")].map(a => [a.querySelector(".name").textContent, a.querySelector(".dim").textContent])))`, brand))
	}
	want := map[string]string{"Shanyraq": "1", tau: "2"}
	all := look[int](p, `document.querySelectorAll(".cards .card").length`)
	for n, step := range []struct {
		choose string
		found  int
	}{{"Shanyraq", 1}, {tau, 3}, {"Shanyraq", 2}, {tau, all}} {
		if got := facets(); len(got) != 2 || got["Shanyraq"] != want["Shanyraq"] || got[tau] != want[tau] {
			t.Errorf("step %d: the facet counts %v, want %v", n, got, want)
		}
		p.tap(".narrow > summary")
		if !look[bool](p, fmt.Sprintf(`[...document.querySelectorAll(".facet")].find(f => f.querySelector("summary")?.textContent.includes(%q)).open`, brand)) {
			p.tap(".facet:not([open], .homeland) > summary")
		}
		address := look[string](p, fmt.Sprintf(`[...document.querySelectorAll(".facet .name")].find(n => n.textContent == %q).parentElement.getAttribute("href")`, step.choose))
		p.tap(`.facet a[href="` + address + `"]`)
		p.until("the narrowed list", fmt.Sprintf(`document.querySelectorAll(".cards .card").length == %d`, step.found))
		p.decent("kk")
	}
}

// TestSuggestions come as one types, are chosen by keys, and go away.
func TestSuggestions(t *testing.T) {
	chromium := browser(t)
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	if err := h.Search.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := someone(t, chromium)
	p.open(at(home, "ru", "/"))
	p.tap("#q")
	p.types("чайн")
	p.until("the suggestions", `document.querySelector(".suggestions:not([hidden]) .goods a")`)
	p.decent("ru")
	p.types(kb.ArrowDown)
	p.until("the first of them", `document.querySelector(".suggestions a") == document.activeElement`)
	p.types(kb.Escape)
	p.until("the field alone", `document.querySelector(".suggestions").hidden && document.activeElement.id == "q"`)
	p.types("и")
	p.until("the suggestions again", `document.querySelector(".suggestions:not([hidden]) .goods a")`)
	for !look[bool](p, `!!document.activeElement.closest(".suggestions .goods")`) {
		p.types(kb.ArrowDown)
	}
	p.types(kb.Enter)
	p.until("the kettle", fmt.Sprintf(`location.pathname.includes(%q)`, h.Goods[apptest.Kettle].Product))
}

// TestTwoStandSideBySide on a telephone, both in sight, and what differs can be shown alone.
func TestTwoStandSideBySide(t *testing.T) {
	chromium := browser(t)
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	weight := func(grams string) *[]catalog.Attribute {
		return &[]catalog.Attribute{
			{Code: "use", Kind: catalog.AttributeBool, Label: text.Localized{"kk": "Үйге арналған", "ru": "Для дома", "en": "For the home"}, Bool: true},
			{Code: "power", Kind: catalog.AttributeNumber, Label: text.Localized{"kk": "Қуаты", "ru": "Мощность", "en": "Power"}, Number: grams, Unit: "W"},
		}
	}
	revises(t, h, apptest.Kettle, catalog.Changes{Attributes: weight("1500")})
	revises(t, h, apptest.Rare, catalog.Changes{Attributes: weight("5")})
	p := someone(t, chromium)
	p.open(at(home, "kk", "/"))
	for n, sku := range []string{apptest.Kettle, apptest.Rare} {
		p.tap(fmt.Sprintf(`.card:has(a[href*="%s"]) form.beside button`, h.Goods[sku].Product))
		p.until("the count", fmt.Sprintf(`document.querySelector(".besides .count")?.innerText == "%d"`, n+1))
	}
	p.tap(".besides")
	p.until("both", `document.querySelectorAll(".compare thead a").length == 2`)
	p.decent("kk")
	if !look[bool](p, `[...document.querySelectorAll(".compare thead a, .compare td")].every(e => { const r = e.getBoundingClientRect(); return r.left >= 0 && r.right <= innerWidth })`) {
		t.Error("two products do not fit the telephone")
	}
	rows := `[...document.querySelectorAll(".compare tbody th")].map(e => e.firstChild.textContent.trim()).join(" ")`
	if got := look[string](p, rows); !strings.Contains(got, "Үйге арналған") || !strings.Contains(got, "Қуаты") {
		t.Errorf("the lines are %s", got)
	}
	p.tap(".choose a")
	p.until("the differences", `location.search == "?only=differences"`)
	if got := look[string](p, rows); strings.Contains(got, "Үйге арналған") || !strings.Contains(got, "Қуаты") {
		t.Errorf("the lines that differ are %s", got)
	}
	p.tap(".compare form button")
	p.until("one", `document.querySelectorAll(".compare thead a").length == 1`)
}
