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
