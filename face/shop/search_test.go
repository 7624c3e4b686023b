package shop_test

import (
	"net/url"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db"
)

// TestSearchWithoutAScript finds goods, narrows them and takes that back, by links and a form alone, in each language.
func TestSearchWithoutAScript(t *testing.T) {
	h := open(t, db.SQLite)
	if err := h.Search.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	for lang, says := range spoken {
		b := h.browser(t, lang)
		form := b.get("/").one("form.search[method=get] input[name=q]")
		p := b.get("/search?" + attr(form, "name") + "=" + url.QueryEscape(says.kettle))
		p.wants("h1", says.kettle)
		p.wants(".cards .card h3", says.kettle)
		p.wants(".order [role=status]", "1")
	}
	b := h.browser(t, "en")
	p := b.get("/search?q=ketlte")
	p.wants(".note", "kettle")
	p.wants(".cards .card h3", "Kettle")
	p = b.get("/c/home")
	p.wants(".facet summary", "Price")
	p.wants(".narrow summary", "Filters")
	p = b.get("/c/home?filter=" + url.QueryEscape("stock:in_stock"))
	p.wants(".chip", "In stock")
	p.wants(".values [aria-current]", "In stock")
	p = b.get("/search?q=xylophone")
	p.wants(".calm", "Nothing was found")
	p = b.get("/search/suggestions?q=ket")
	p.wants(".goods a", "Kettle")
	p = b.get("/search?q=kettle&filter=nonsense") // A filter that was cut short hides no goods.
	p.wants(".cards .card h3", "Kettle")
}

// TestWhatIsProvenCanBeAskedFor on category and search pages, with what the badge means; a word of the seller is not found.
func TestWhatIsProvenCanBeAskedFor(t *testing.T) {
	h := open(t, db.SQLite)
	h.revise(t, apptest.Kettle, catalog.Changes{Provenance: &catalog.Provenance{Grade: catalog.GradeRegister, Maker: "Shanyraq JSC", Number: "KZ-7", Checked: span.MustDay("2026-01-15")}})
	h.revise(t, apptest.Rare, catalog.Changes{Attributes: &[]catalog.Attribute{{Code: "proven_origin", Kind: catalog.AttributeText, Label: text.Localized{"en": "Proven"}, Text: text.Localized{"en": "KZ"}}}})
	if err := h.Search.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := h.browser(t, "en")
	for _, path := range []string{"/c/home", "/search"} {
		p := b.get(path)
		p.wants(".homeland a", "Made in Kazakhstan", "1")
		p.wants("#homeland-hint", "register of producers")
		p = b.get(strings.TrimPrefix(attr(p.one(".homeland a"), "href"), "/en"))
		p.wants(".homeland [aria-current]", "Made in Kazakhstan")
		p.wants(".chip", "Made in Kazakhstan")
		p.wants(".cards .card", "Kettle", "Kazakhstan ✓")
		if n := len(p.all(".cards .card")); n != 1 {
			t.Errorf("%s finds %d goods", path, n)
		}
		if n := len(b.get(strings.TrimPrefix(attr(p.one(".homeland a"), "href"), "/en")).all(".cards .card")); n < 2 {
			t.Errorf("%s cannot be widened again: %d goods", path, n)
		}
	}
}
