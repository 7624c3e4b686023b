package browser_test

import (
	"context"
	"fmt"
	"maps"
	"net/url"
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

// walk is a way through the pages by their links: in a language, from some pages on, by the links that a selector finds, and
// to one page of each kind.
type walk struct {
	home, lang string
	starts     []string
	links      string
	kind       func(address string) string
	stops      func(kind, path string) // stops is called on each page; nil does nothing there.
}

// walks goes that way, and gives the kinds with their addresses, without the language.
func (p person) walks(w walk) map[string]string {
	p.t.Helper()
	found := map[string]string{}
	links := fmt.Sprintf(`[...document.querySelectorAll(%q)].map((a) => (a.pathname + a.search).slice(3))`, w.links)
	for queue := slices.Clone(w.starts); len(queue) > 0; queue = queue[1:] {
		kind := w.kind(queue[0])
		if _, seen := found[kind]; seen {
			continue
		}
		found[kind] = queue[0]
		p.open(at(w.home, w.lang, queue[0]))
		queue = append(queue, look[[]string](p, links)...)
		if w.stops != nil {
			w.stops(kind, found[kind])
		}
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
// SAUDA_SCREENS it pictures them instead, in the whole demonstration.
func TestTheOfficeIsForEverybody(t *testing.T) {
	r := rounded(t, map[view][]string{{360, "light"}: {"kk", "ru"}, {768, "light"}: {"kk"}, {1440, "light"}: {"kk", "en"}, {1440, "dark"}: {"kk"}})
	chromium := browser(t)
	var home string
	var p person
	if r.folder == "" {
		home, p = busyShop(t, chromium)
	} else {
		home, _ = shopOf(t, true)
		p = atWork(t, chromium, home, demo.Password)
	}
	p.shown(telephone)
	pages := p.walks(walk{home: home, lang: "kk", starts: []string{"/office", "/office/nothing-here"}, kind: kindOf,
		links: `a[href^='/kk/office']:not([download])`, stops: func(kind, _ string) {
			if r.folder == "" {
				r.stops(p, telephone, "kk", kind)
			}
		}})
	if len(pages) < 50 {
		t.Errorf("only %d kinds of pages were found", len(pages))
	}
	if r.folder != "" {
		r.judges(p, home, pages, nil)
		return
	}
	p.shown(desk)
	for i, kind := range slices.Sorted(maps.Keys(pages)) {
		lang := []string{"ru", "en"}[i%2]
		p.open(at(home, lang, pages[kind]))
		r.stops(p, desk, lang, kind, lookRules...)
	}
}
