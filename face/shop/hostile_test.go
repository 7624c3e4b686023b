package shop_test

import (
	"net/url"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db"
)

// TestHostileTextsAreWords: a product whose every text is markup, a statement or a template is shown as these very words on
// its page, in lists, in facets and in the basket, and runs nothing.
func TestHostileTextsAreWords(t *testing.T) {
	h := open(t, db.SQLite)
	const evil = `"><img src=x onerror=alert(1)><script>alert(2)</script>'; DROP TABLE product; -- {{7*7}} ${7*7}`
	said := func(begin string) text.Localized {
		return text.Localized{"kk": begin + evil, "ru": begin + evil, "en": begin + evil}
	}
	name, about, brand := said("Kettle "), said("about "), evil[:90]
	h.revise(t, apptest.Kettle, catalog.Changes{Name: &name, Description: &about, Brand: &brand, Attributes: &[]catalog.Attribute{
		{Code: "colour", Kind: catalog.AttributeText, Label: said("label "), Text: said("value ")}}})
	if err := h.Search.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"kk", "ru", "en"} {
		b := h.browser(t, lang)
		b.basketOf(h, apptest.Kettle)
		for _, path := range []string{
			h.product(apptest.Kettle), "/c/home", "/search?q=" + url.QueryEscape(evil), "/search?q=kettle", "/basket", "/",
			"/c/home?filter=" + url.QueryEscape("brand:"+evil[:90]), "/search?q=kettle&sort=" + url.QueryEscape(evil),
		} {
			p := b.ask("GET", path, nil)
			if p.status != 200 && p.status != 422 { // An order that there is not is refused.
				t.Errorf("%s: %d", path, p.status)
			}
			for _, never := range []string{`img[src="x"]`, "[onerror]", `script:not([src]):not([type="application/ld+json"])`} {
				if len(p.all(never)) > 0 {
					t.Errorf("%s has %s", path, never)
				}
			}
			if strings.Contains(p.text, "<script>alert") || strings.Contains(p.text, "{{49}}") {
				t.Errorf("%s lets the words out", path)
			}
		}
		if got := b.get(h.product(apptest.Kettle)).words("h1"); !strings.Contains(got, evil) {
			t.Errorf("the name is shown as %q", got)
		}
	}
}

// TestAQueryOfAnythingIsAnswered: ten thousand letters and signs that steer a terminal or a database find nothing or are
// refused in words, and no page or answer of the API breaks.
func TestAQueryOfAnythingIsAnswered(t *testing.T) {
	h := open(t, db.SQLite)
	if err := h.Search.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	b, guest := h.browser(t, "en"), h.Guest()
	for what, q := range map[string]string{
		"ten thousand letters": strings.Repeat("ketle ", 1_700), "one word of ten thousand": strings.Repeat("к", 10_000), "control signs": "\x01\x1b[31m\x07\u202e\u2066kettle",
		"nothing": "\x00", "no letters of UTF-8": "\xff\xfe\xc0\x80", "operators": `"' OR 1=1 -- * ? [a-z]+ ( ) ~ ^ \`, "accents": strings.Repeat("\u0301", 5_000), "emoji": strings.Repeat("🫖", 500),
	} {
		for _, path := range []string{"/search", "/search/suggestions"} {
			p := b.ask("GET", path+"?q="+url.QueryEscape(q), nil)
			if p.status >= 500 || p.status != 200 && p.words("main") == "" {
				t.Errorf("%s at %s: %d", what, path, p.status)
			}
			if strings.ContainsAny(p.text, "\x00\x1b\x07\u202e\u2066") {
				t.Errorf("%s at %s comes back with the signs", what, path)
			}
		}
		for _, path := range []string{"/v1/search", "/v1/suggestions"} {
			a, err := guest.Send("GET", path+"?q="+url.QueryEscape(q), nil)
			if err != nil || a.Status >= 500 || a.Status != 200 && a.Code() == "" {
				t.Errorf("%s at %s: %d %s %v", what, path, a.Status, a.Body, err)
			}
		}
	}
}

// TestAFaultKnowsItsReader: who is signed in is not asked to sign in by a page that does not exist, is not his, or was asked
// for wrongly; a guest is.
func TestAFaultKnowsItsReader(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		known, guest := h.signedUp(t, "en", aigul), h.browser(t, "en")
		for path, status := range map[string]int{"/nowhere": 404, "/en/nowhere/at/all": 404, "/products/prd_none": 404, "/office": 403, "/office/nowhere": 404} {
			p := known.ask("GET", path, nil)
			if p.status != status || len(p.all("a[href$='/sign-in']")) != 0 {
				t.Errorf("%s: %d, and somebody known is told: %s", path, p.status, p.words("header, nav"))
			}
			if !strings.HasPrefix(path, "/office") {
				p.one("header a[href$='/account']")
				guest.ask("GET", path, nil).one("header a[href$='/sign-in']")
			}
		}
	})
}
