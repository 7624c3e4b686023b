package shop_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db"
)

// dataIn reads what a page says to machines.
func dataIn(t *testing.T, p *page) []map[string]any {
	t.Helper()
	var said struct {
		Graph []map[string]any `json:"@graph"`
	}
	body := p.one(`script[type="application/ld+json"]`).FirstChild.Data
	if err := json.Unmarshal([]byte(body), &said); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return said.Graph
}

// TestPagesSpeakToMachines: a product with one variant, a group of variants, the way to them, and one address that counts.
func TestPagesSpeakToMachines(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "ru")
	kettle := b.get("/p/" + string(h.Goods[apptest.Kettle].Product) + "?variant=x")
	graph := dataIn(t, kettle)
	if len(graph) != 2 || graph[0]["@type"] != "Product" || graph[1]["@type"] != "BreadcrumbList" {
		t.Fatalf("%v", graph)
	}
	offer := graph[0]["offers"].(map[string]any)
	returns := offer["hasMerchantReturnPolicy"].(map[string]any)
	if offer["priceCurrency"] != "KZT" || fmt.Sprint(returns["merchantReturnDays"]) != "14" || offer["shippingDetails"] == nil {
		t.Errorf("the offer: %v", offer)
	}
	canonical := attr(kettle.one(`link[rel=canonical]`), "href")
	if strings.Contains(canonical, "?") || !strings.Contains(canonical, "/ru/p/") {
		t.Errorf("canonical is %q", canonical)
	}
	if got := attr(kettle.one(`link[hreflang="x-default"]`), "href"); !strings.Contains(got, "/kk/p/") {
		t.Errorf("x-default is %q", got)
	}
	if got := attr(kettle.one(`meta[property="og:type"]`), "content"); got != "product" {
		t.Errorf("og:type is %q", got)
	}
	group := dataIn(t, b.get("/p/"+string(h.Goods[apptest.ShirtS].Product)))[0]
	variants := group["hasVariant"].([]any)
	if group["@type"] != "ProductGroup" || len(variants) != 2 || fmt.Sprint(group["variesBy"]) != "[https://schema.org/size]" || variants[0].(map[string]any)["size"] == nil {
		t.Errorf("the group: %v", group)
	}
}

// TestNoNameEndsTheScript: whatever goods are called, the data stay data.
func TestNoNameEndsTheScript(t *testing.T) {
	h := open(t, db.SQLite)
	id := h.Goods[apptest.Kettle].Product
	h.Moment(t, func(tx *db.Tx) error {
		p, err := catalog.Get(tx, id)
		if err != nil {
			return err
		}
		name := text.Localized{"ru": `</script><script>alert(1)</script>`}
		_, err = catalog.Revise(tx, id, p.Version, catalog.Changes{Name: &name})
		return err
	})
	page := h.browser(t, "ru").get("/p/" + string(id))
	if graph := dataIn(t, page); graph[0]["name"] != `</script><script>alert(1)</script>` || strings.Contains(page.text, "<script>alert") {
		t.Errorf("%v", graph[0]["name"])
	}
}

// TestAddressesAreReadInEachLanguage: a page has one address in each language, old ones lead to it for good, and every
// public page names all of them.
func TestAddressesAreReadInEachLanguage(t *testing.T) {
	h := open(t, db.SQLite)
	path := h.product(apptest.Kettle)
	b := h.browser(t, "ru")
	for lang, slug := range map[string]string{"kk": "shainek", "ru": "chainik", "en": "kettle", "zh": "kettle"} {
		p := b.get("/" + lang + path + "/an-older-name?variant=x")
		if want := "/" + lang + path + "/" + slug; p.at.Path != want || p.at.RawQuery != "variant=x" {
			t.Errorf("an older name leads to %s, want %s", p.at, want)
		}
		if got := attr(p.one(`link[rel=canonical]`), "href"); !strings.HasSuffix(got, "/"+lang+path+"/"+slug) {
			t.Errorf("in %s the canonical address is %s", lang, got)
		}
		if got := attr(p.one(`link[hreflang=ru]`), "href"); !strings.HasSuffix(got, "/ru"+path+"/chainik") {
			t.Errorf("from %s the Russian page is at %s", lang, got)
		}
	}
	for _, address := range []string{"/", "/catalogue", "/c/home", path} {
		p := b.get("/kk" + address)
		p.one("link[rel=canonical]")
		if n := len(p.all("link[rel=alternate][hreflang]")); n != 5 {
			t.Errorf("%s names %d pages in other languages", address, n)
		}
	}
	for _, address := range []string{"/basket", "/checkout", "/sign-in", "/search?q=x", "/compare", "/wishlist", "/offline"} {
		b.get(address).one(`meta[name=robots][content=noindex]`)
	}
}

// TestWhatSearchEnginesAreTold: what a search finds has one address for all orders and narrowings; a search that finds nothing
// and a basket without anything, which is all that a robot ever has, are not for them.
func TestWhatSearchEnginesAreTold(t *testing.T) {
	h := open(t, db.SQLite)
	if err := h.Search.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := h.browser(t, "en")
	for address, own := range map[string]string{
		"/search?q=kettle&sort=price&filter=stock:in_stock": "/en/search?q=kettle", "/search?sort=popular": "/en/search",
		"/search?q=kettel": "/en/search?q=kettle", // It is corrected, and so known by the right word.
	} {
		p := b.get(address)
		if got := attr(p.one("link[rel=canonical]"), "href"); !strings.HasSuffix(got, own) || len(p.all("meta[name=robots]")) > 0 {
			t.Errorf("%s is known as %s, want %s", address, got, own)
		}
		if got := attr(p.one("meta[name=description]"), "content"); got == "" || strings.Contains(strings.ToLower(got), "kett") {
			t.Errorf("%s says in its visitor's words: %s", address, got)
		}
	}
	b.basketOf(h, apptest.Kettle)
	for _, address := range []string{"/basket", "/checkout"} {
		p := b.get(address + "?wrong=cart.unknown")
		if got := attr(p.one("link[rel=canonical]"), "href"); !strings.HasSuffix(got, "/en"+address) || len(p.all("meta[name=robots]")) > 0 {
			t.Errorf("%s is known as %s", address, got)
		}
	}
}
