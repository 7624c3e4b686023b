package shop_test

import (
	"net/url"
	"testing"

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
