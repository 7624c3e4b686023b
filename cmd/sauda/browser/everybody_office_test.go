package browser_test

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/cmd/sauda/demo"
	"sauda/core/order"
	"sauda/gear/db"
)

// idInAddress finds what differs between the pages of two objects of one kind.
var idInAddress = regexp.MustCompile(`[a-z]{3}_[0-9a-zA-Z-]+`)

// kindOf gives what all pages of one kind have in common: the address without ids and without what is asked, but for its names.
func kindOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	kind := idInAddress.ReplaceAllString(strings.TrimPrefix(u.Path, "/"), "x")
	for _, name := range slices.Sorted(maps.Keys(u.Query())) {
		kind += "+" + name
	}
	return strings.ReplaceAll(kind, "/", "-")
}

// rooms walks through the office by its links and stops at one page of each kind: it gives their kinds, and their addresses
// without the language.
func (p person) rooms(home, lang string, stops func(kind, path string)) map[string]string {
	p.t.Helper()
	found := map[string]string{}
	queue := []string{"/office", "/office/nothing-here"}
	links := fmt.Sprintf(`[...document.querySelectorAll("a[href^='/%s/office']:not([download])")].map((a) => (a.pathname + a.search).slice(3))`, lang)
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		kind := kindOf(path)
		if found[kind] != "" {
			continue
		}
		found[kind] = path
		p.open(at(home, lang, path))
		queue = append(queue, look[[]string](p, links)...)
		stops(kind, path)
	}
	return found
}

// busyShop is a shop in which orders of all kinds were made, and somebody who works in it.
func busyShop(t *testing.T, chromium context.Context) (home string, p person) {
	t.Helper()
	h := apptest.Open(t, db.SQLite)
	guest := h.Guest()
	guest.Buy(t, h, apptest.Kettle, apptest.Journal)
	sent := guest.Buy(t, h, apptest.ShirtS)
	guest.BuyCash(t, h, apptest.Cloth)
	gone := order.ID(guest.Buy(t, h, apptest.ShirtM))
	h.Settled(t)
	h.Moment(t, func(tx *db.Tx) error {
		_, err := order.Cancel(tx, gone, "Changed my mind")
		return err
	})
	h.Settled(t)
	home = h.Served(t)
	p = atWork(t, chromium, home, apptest.AdminPassword)
	p.open(at(home, "en", "/office/orders/"+sent))
	p.press("form[action$='/pack'] button")
	p.until("that it is packed", `document.querySelector("main [role=status]")`)
	h.Later(t, 2*time.Minute) // Customers are counted by the clock.
	return home, p
}

// atWork is somebody who has signed in to the office.
func atWork(t *testing.T, chromium context.Context, home, password string) person {
	t.Helper()
	p := someone(t, chromium)
	p.open(at(home, "en", "/office"))
	p.entersBy("/sign-in", map[string]string{"email": apptest.AdminEmail, "password": password})
	p.until("the office", `location.pathname == "/en/office"`)
	return p
}

// TestTheOfficeIsForEverybody has axe-core judge one page of each kind of the office: in Kazakh on a telephone by day by all
// its rules, and in Russian and English by turns on a desk by night by those that depend on the window and the light. With
// SAUDA_SCREENS it judges and pictures each of them in every language, window and light.
func TestTheOfficeIsForEverybody(t *testing.T) {
	source, err := os.ReadFile(os.Getenv("SAUDA_AXE"))
	if err != nil {
		t.Fatalf("axe-core is not there (%v): run `make test`, or `tools/testbed run go test ./cmd/sauda/browser`, which fetch it", err)
	}
	folder := os.Getenv("SAUDA_SCREENS")
	chromium := browser(t)
	var home string
	var p person
	if folder == "" {
		home, p = busyShop(t, chromium)
	} else {
		home = shopOf(t, true)
		p = atWork(t, chromium, home, demo.Password)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	judge := func(v view, lang, kind string, rules ...string) {
		t.Helper()
		p.decent(lang)
		if wrong := p.judged(string(source), rules...); wrong != "" {
			t.Errorf("%s in %s, %d px, %s:\n%s", kind, lang, v.width, v.light, strings.TrimSpace(wrong))
		}
		if folder != "" {
			p.pictured(filepath.Join(folder, fmt.Sprintf("%s.%s.%d.%s.png", kind, lang, v.width, v.light)))
		}
	}
	first, second := view{390, "light"}, view{1280, "dark"}
	p.shown(first)
	pages := p.rooms(home, "kk", func(kind, _ string) { judge(first, "kk", kind) })
	if len(pages) < 50 {
		t.Errorf("only %d kinds of pages were found", len(pages))
	}
	languages := []string{"kk", "ru", "en"}
	if folder == "" {
		p.shown(second)
		for i, kind := range slices.Sorted(maps.Keys(pages)) {
			lang := languages[1+i%2]
			p.open(at(home, lang, pages[kind]))
			judge(second, lang, kind, lookRules...)
		}
		return
	}
	for _, v := range []view{first, {390, "dark"}, {1280, "light"}, second} {
		p.shown(v)
		for _, lang := range languages {
			for kind, path := range pages {
				p.open(at(home, lang, path))
				judge(v, lang, kind)
			}
		}
	}
}
