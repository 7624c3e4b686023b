package shop_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db"
)

// besideOf sets products side by side by the forms of their pages.
func (b *browser) besideOf(h *house, skus ...string) *page {
	var p *page
	for _, sku := range skus {
		p = b.submit(b.get(h.product(sku)), "form.beside")
	}
	return p
}

// TestProductsStandSideBySide: chosen by forms without a script, at most four, with what differs marked.
func TestProductsStandSideBySide(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "en")
	b.get("/compare").wants(".calm", "not chosen anything")
	b.besideOf(h, apptest.Kettle, apptest.ShirtS).wants(".ways", "Comparison 2")
	b.get(h.product(apptest.Kettle)).wants("a.beside", "In the comparison")
	p := b.get("/compare")
	p.wants(".compare thead", "Kettle", "Shirt")
	p.wants(".compare .differs", "Brand", "Shanyraq")
	p.wants(".compare tbody", "12,000", "5,000", "Kazakhstan · as the seller says")
	b.besideOf(h, apptest.Journal, apptest.Cloth)
	p = b.submit(b.get(h.product(apptest.Rare)), "form.beside")
	p.wants(".note", "Four products")
	if n := len(p.all(".compare thead a")); n != 4 {
		t.Errorf("%d products stand side by side", n)
	}
	p = b.submit(p, `form[action$="`+string(h.Goods[apptest.ShirtS].Product)+`/remove"]`)
	if n := len(p.all(".compare thead a")); n != 3 {
		t.Errorf("%d are left", n)
	}
	if n := h.Statements(func() { b.get("/compare") }); n > 8 {
		t.Errorf("a comparison costs %d statements, 8 are allowed", n)
	}
	if p := b.ask("POST", "/compare", url.Values{"product": {string(h.Goods[apptest.Plan].Product)}}); p.status != http.StatusNotFound {
		t.Errorf("a draft is compared: %d", p.status)
	}
	if p := b.ask("POST", "/compare/prd_none/remove", nil); p.status >= 500 {
		t.Errorf("what is not there is taken out: %d", p.status)
	}
}

// TestOnlyWhatDiffersIsShown when it is asked for.
func TestOnlyWhatDiffersIsShown(t *testing.T) {
	h := open(t, db.SQLite)
	h.revise(t, apptest.Kettle, catalog.Changes{Attributes: &[]catalog.Attribute{{Code: "use", Kind: catalog.AttributeBool, Label: text.Localized{"en": "For the home"}, Bool: true}}})
	h.revise(t, apptest.Rare, catalog.Changes{Attributes: &[]catalog.Attribute{{Code: "use", Kind: catalog.AttributeBool, Label: text.Localized{"en": "For the home"}, Bool: true}}})
	b := h.browser(t, "en")
	b.besideOf(h, apptest.Kettle, apptest.Rare)
	b.get("/compare").wants(".compare", "For the home")
	if words := b.get("/compare?only=differences").words(".compare"); strings.Contains(words, "For the home") || !strings.Contains(words, "Brand") {
		t.Errorf("only the differences are %q", words)
	}
}

// revise changes a product of the house.
func (h *house) revise(t *testing.T, sku string, c catalog.Changes) {
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

// TestABadgeHasItsEvidence: without evidence the page names who says so, and no card has a badge.
func TestABadgeHasItsEvidence(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "en")
	p := b.get(h.product(apptest.Kettle))
	p.wants(".evidence", "Kazakhstan", "as the seller says", "given no evidence")
	if len(p.all(".made"))+len(b.get("/").all(".card .made")) > 0 {
		t.Error("a word alone has a badge")
	}
	h.revise(t, apptest.Kettle, catalog.Changes{Provenance: &catalog.Provenance{Grade: catalog.GradeRegister, Maker: "Shanyraq JSC", Number: "KZ-7", Checked: span.MustDay("2026-01-15"), LocalContent: 70}})
	p = b.get(h.product(apptest.Kettle))
	p.wants(".evidence .made", "Made in Kazakhstan")
	p.wants(".evidence", "checked in the register", "Shanyraq JSC", "KZ-7", "70")
	b.get("/").wants(".card .made", "Kazakhstan")
}

// TestALinkShowsADraft to whoever has it, and nobody can order from it.
func TestALinkShowsADraft(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "en")
	var link catalog.Preview
	plan := h.Goods[apptest.Plan].Product
	h.Moment(t, func(tx *db.Tx) (err error) { link, err = catalog.Share(tx, plan); return err })
	if p := b.ask("GET", h.product(apptest.Plan), nil); p.status != http.StatusNotFound {
		t.Errorf("a draft is shown: %d", p.status)
	}
	p := b.get(h.product(apptest.Plan) + "?preview=" + link.Token)
	p.wants(".about", "Plan", "This is a draft")
	if len(p.all("form.buy"))+len(p.all(`meta[name="description"]`)) > 0 {
		t.Error("a draft can be ordered, or search engines are told of it")
	}
	if p := b.ask("GET", h.product(apptest.Kettle)+"?preview="+link.Token, nil); p.status != http.StatusNotFound {
		t.Errorf("the link shows another product: %d", p.status)
	}
}

// TestGoodsLeadToOthers on their pages and in collections, and what is not on sale is not shown.
func TestGoodsLeadToOthers(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "en")
	kettle, cloth, gone := h.Goods[apptest.Kettle].Product, h.Goods[apptest.Cloth].Product, h.Goods[apptest.Plan].Product
	h.Moment(t, func(tx *db.Tx) error {
		if err := catalog.Relate(tx, kettle, catalog.GoesWell, []catalog.ProductID{cloth, gone}); err != nil {
			return err
		}
		c, err := catalog.AddCollection(tx, catalog.Collection{Slug: "tea", Name: text.Localized{"en": "Tea time"}, Home: true})
		if err == nil {
			err = catalog.Gather(tx, c.ID, []catalog.ProductID{gone, kettle})
		}
		if err == nil {
			_, err = catalog.AddCollection(tx, catalog.Collection{Slug: "ours", Name: text.Localized{"en": "Ours"}, Home: true, Rule: &catalog.Rule{Brand: "Shanyraq"}})
		}
		return err
	})
	p := b.get(h.product(apptest.Kettle))
	p.wants(".related", "Goes well with it", "Cloth")
	if n := len(p.all(".related .card")); n != 1 {
		t.Errorf("it leads to %d products", n)
	}
	p = b.get("/")
	if n := len(p.all(".related .card")); n != 2 {
		t.Errorf("the collections of the first page have %d cards", n)
	}
	p.wants(".related", "Tea time", "Kettle")
	b.get("/collections/ours").wants("main", "Ours", "Kettle")
	if p := b.ask("GET", "/collections/none", nil); p.status != http.StatusNotFound {
		t.Errorf("no collection: %d", p.status)
	}
}
