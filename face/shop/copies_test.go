package shop_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/window"
	"sauda/gear/db"
)

// first gives the page that somebody sees who comes for the first time, and what it costs.
func (h *house) first(t *testing.T, path string) (page string, statements int) {
	t.Helper()
	statements = h.Statements(func() {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, apptest.Base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", "gzip")
		answer, err := h.Browser(t).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close() //nolint:errcheck // It was read to its end.
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s", path, answer.Status)
		}
		z, err := gzip.NewReader(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		page = string(body)
	})
	return page, statements
}

// TestFirstVisitsCostNothing: what all see alike is made once, in each language, until something changes on it.
func TestFirstVisitsCostNothing(t *testing.T) {
	h := open(t, db.SQLite)
	h.catch(t)
	kettle := h.browser(t, "en").get("/en" + h.product(apptest.Kettle)).at.Path
	pages := []string{"/en/", "/en/catalogue", "/en/c/home", kettle}
	for _, path := range pages {
		made, cost := h.first(t, path)
		again, free := h.first(t, path)
		if cost == 0 || free > 0 || len(made) != len(again) {
			t.Errorf("%s: %d statements, then %d; %d bytes, then %d", path, cost, free, len(made), len(again))
		}
		if path == kettle {
			continue // It has another address in each language.
		}
		if page, _ := h.first(t, "/kk"+strings.TrimPrefix(path, "/en")); !strings.Contains(page, `<html lang="kk"`) {
			t.Errorf("%s in Kazakh is that in English", path)
		}
	}
	changes := []struct {
		what string
		do   func()
		has  map[string]string // has is what pages say then, by their addresses.
	}{
		{"a price", func() { h.costs(t, apptest.Kettle, 11_111_00) }, map[string]string{pages[0]: "11,111", pages[2]: "11,111", pages[3]: "11,111"}},
		{"a name", func() {
			h.revise(t, apptest.Kettle, catalog.Changes{Name: &text.Localized{"en": "Samovar", "kk": "Самаурын", "ru": "Самовар"}})
		}, map[string]string{pages[0]: "Samovar", pages[2]: "Samovar"}},
		{"a look", func() {
			h.publish(t, window.KindLook, window.Body{Title: said("hero"), Look: &window.Look{Accent: "#8a1c4a"}})
		}, map[string]string{pages[0]: "8a1c4a", pages[1]: "8a1c4a", pages[2]: "8a1c4a"}},
		{"a promotion", func() { h.give(t, 10) }, map[string]string{pages[0]: "10,000", pages[2]: "10,000"}},
	}
	for _, c := range changes {
		for _, path := range pages[:3] {
			h.first(t, path)
		}
		c.do()
		h.catch(t)
		for path, words := range c.has {
			if page, _ := h.first(t, path); !strings.Contains(page, words) {
				t.Errorf("after %s %s does not say %q", c.what, path, words)
			}
		}
	}
}

// catch has the index take up what has changed.
func (h *house) catch(t *testing.T) {
	t.Helper()
	h.Settled(t)
	if err := h.Search.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestTheLastOneIsGoneForEverybody: a copy does not promise what another buyer has just bought.
func TestTheLastOneIsGoneForEverybody(t *testing.T) {
	h := open(t, db.SQLite)
	h.catch(t)
	path := h.browser(t, "en").get("/en" + h.product(apptest.Rare)).at.Path
	for range 2 {
		if page, _ := h.first(t, path); !strings.Contains(page, "schema.org/InStock") {
			t.Fatal("it is gone before anybody came")
		}
	}
	h.As("").Buy(t, h.House, apptest.Rare)
	if page, _ := h.first(t, path); !strings.Contains(page, "schema.org/OutOfStock") {
		t.Error("what another buyer has bought is still promised")
	}
}

// TestTwoVisitorsOfOneCopy put the same thing into their baskets: the key of the one is not that of the other.
func TestTwoVisitorsOfOneCopy(t *testing.T) {
	h := open(t, db.SQLite)
	path := h.browser(t, "en").get("/en" + h.product(apptest.Kettle)).at.Path
	for range 3 {
		page, _ := h.first(t, path)
		_, rest, _ := strings.Cut(page, `name="key" value="`)
		key, _, _ := strings.Cut(rest, `"`)
		b := h.browser(t, "en")
		form := url.Values{"key": {key}, "variant": {string(h.Goods[apptest.Kettle].Variant)}, "quantity": {"1"}}
		b.ask("POST", "/basket/lines", form)
		b.ask("POST", "/basket/lines", form)
		if p := b.get("/basket"); len(p.all(".lines > li")) != 1 || attr(p.one(".lines input[name=quantity]"), "value") != "1" {
			t.Errorf("%q: %s", key, p.words("main"))
		}
	}
	h.Clock.Advance(time.Minute)
	if _, cost := h.first(t, path); cost == 0 {
		t.Error("a copy is older than a minute")
	}
}
