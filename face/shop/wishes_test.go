package shop_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

// costs changes what a variant costs.
func (h *house) costs(t *testing.T, sku string, minor int64) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil)
		if err != nil {
			return err
		}
		return pricing.Set(tx, list.ID, pricing.Entry{Variant: h.Goods[sku].Variant, Amount: money.Of(minor, money.KZT)})
	})
	h.Settled(t)
}

// hearted keeps a product by the form of its page.
func (b *browser) hearted(h *house, skus ...string) {
	b.t.Helper()
	for _, sku := range skus {
		p := b.submit(b.get(h.product(sku)), ".about form.heart", "keep", "true")
		if attr(p.one(".about form.heart button"), "aria-pressed") != "true" {
			b.t.Errorf("%s: the heart is empty", p.at)
		}
	}
}

// TestAWishIsKeptWithoutAScript: by the heart of a card, with what became of it, into the basket, taken off and put back.
func TestAWishIsKeptWithoutAScript(t *testing.T) {
	h := open(t, db.SQLite)
	if err := h.Search.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := h.browser(t, "en")
	empty := b.get("/wishlist")
	empty.wants(".calm", "Your wishlist is empty")
	empty.one("meta[name=robots][content=noindex]")
	kettle := string(h.Goods[apptest.Kettle].Product)
	card := ".card:has(a[href*='" + kettle + "']) form.heart"
	list := b.get("/c/home")
	if list.one(card + " button"); attr(list.one(card+" button"), "aria-pressed") != "false" {
		t.Error("a heart is full at first")
	}
	list = b.submit(list, card, "keep", "true")
	if list.at.Path != "/c/home" || attr(list.one(card+" button"), "aria-pressed") != "true" {
		t.Errorf("%s: the heart is empty", list.at)
	}
	list.wants(".wish-link", "1")
	b.submit(list, card, "keep", "true").wants(".wish-link", "1") // Twice is once.
	b.hearted(h, apptest.ShirtS)
	p := b.get("/wishlist")
	p.wants(".lines > li:first-child", "Shirt", "from ₸5,000", "Look at it", "In stock")
	p.wants(".lines > li:last-child", "Kettle", "₸12,000")
	h.costs(t, apptest.Kettle, 11_000_00)
	h.costs(t, apptest.ShirtS, 5_200_00)
	p = b.get("/wishlist")
	p.wants(".lines > li:last-child .note.good", "it was ₸12,000")
	p.wants(".lines > li:first-child", "The price rose: it was ₸5,000")
	b.submit(p, ".lines > li:last-child form[action$='/basket/lines']").wants(".line", "Kettle", "₸11,000")
	gone := b.submit(p, ".lines > li:last-child form[action$='/remove']")
	gone.wants(".note", "Taken off the wishlist: Kettle")
	if n := len(gone.all(".line")); n != 1 {
		t.Errorf("%d are left", n)
	}
	b.submit(p, ".lines > li:last-child form[action$='/remove']").wants(".wish-link", "1") // Twice is once.
	h.Clock.Advance(time.Second)
	back := b.submit(gone, "form.note", "keep", "true")
	back.wants(".lines > li:first-child .note.good", "it was ₸12,000")
	if p := b.ask("POST", "/wishlist", url.Values{"product": {string(h.Goods[apptest.Plan].Product)}, "keep": {"true"}}); p.status != http.StatusNotFound {
		t.Errorf("a draft is kept: %d", p.status)
	}
	if p := b.ask("POST", "/wishlist", url.Values{"product": {string(h.Goods[apptest.Gone].Product)}, "keep": {"true"}}); p.status != http.StatusUnprocessableEntity {
		t.Errorf("what has ended is kept: %d", p.status)
	}
	if p := b.ask("POST", "/wishlist", url.Values{"product": {kettle}, "keep": {"true"}, "back": {"https://example.com/basket"}}); p.at.Host != gone.at.Host {
		t.Errorf("it leads to %s", p.at)
	}
}

// TestAPromotionLowersAWish: the price of today is the one that the page shows, and so is the one at which something is kept.
func TestAPromotionLowersAWish(t *testing.T) {
	h := open(t, db.SQLite)
	before, later := h.browser(t, "en"), h.browser(t, "en")
	before.hearted(h, apptest.Kettle)
	h.give(t, 25)
	p := before.get("/wishlist")
	p.wants(".line .note.good", "it was ₸12,000")
	p.wants(".line > .price", "₸9,000")
	basket := before.submit(p, "form[action$='/basket/lines']")
	basket.wants(".line > .price", "₸9,000")
	if notes := basket.all(".line .note"); len(notes) > 0 {
		t.Errorf("the basket says %q", basket.words(".line .note"))
	}
	later.hearted(h, apptest.Kettle)
	p = later.get("/wishlist")
	p.wants(".line > .price", "₸9,000")
	if len(p.all(".line .note")) > 0 {
		t.Errorf("what was kept at this price says %q", p.words(".line .note"))
	}
}

// TestWishesAreTheirOwners: a guest who signs in takes his along, sees them on another device, and leaves none behind.
func TestWishesAreTheirOwners(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		b := h.browser(t, "en")
		b.hearted(h, apptest.Kettle)
		b.get("/wishlist").wants("main", "Sign in to see it on all your devices")
		b.submit(b.get("/sign-up"), ".sheet form", "email", aigul, "password", secret, "name", "Aigul")
		b.get("/wishlist").wants(".line", "Kettle")
		other := h.browser(t, "en")
		other.hearted(h, apptest.Kettle, apptest.Rare)
		other.submit(other.get("/sign-in"), ".sheet form", "email", aigul, "password", secret)
		if n := len(other.get("/wishlist").all(".line")); n != 2 {
			t.Errorf("%d things on the other device", n)
		}
		if n := len(b.get("/wishlist").all(".line")); n != 2 {
			t.Errorf("%d things on the first device", n)
		}
		b.submit(b.get("/"), ".foot form[action$='/sign-out']")
		if p := b.get("/wishlist"); len(p.all(".line, .wish-link .count")) > 0 {
			t.Error("who has signed out leaves wishes behind")
		}
		if p := h.browser(t, "en").get("/wishlist"); len(p.all(".line")) > 0 {
			t.Error("a stranger sees them")
		}
		h.Sound(t)
	})
}

// TestHeartsCostOneStatement for who keeps something, and none for who does not; what nobody knows is the same page.
func TestHeartsCostOneStatement(t *testing.T) {
	h := open(t, db.SQLite)
	h.crowded(t)
	without, with := h.browser(t, "kk"), h.browser(t, "kk")
	with.get("/checkout")
	with.hearted(h, apptest.Kettle, apptest.ShirtS, apptest.Rare)
	for _, address := range []string{"/", "/c/home", "/search?sort=popular", h.product(apptest.Kettle)} {
		right := without.get(address).at.RequestURI()
		with.get(right)
		none, some := h.Statements(func() { without.get(right) }), h.Statements(func() { with.get(right) })
		if some != none+1 {
			t.Errorf("%s costs %d statements without wishes and %d with some", right, none, some)
		}
	}
	if n := h.Statements(func() { with.get("/wishlist") }); n > 6 {
		t.Errorf("the wishlist costs %d statements", n)
	}
	if n := h.Statements(func() { without.get("/wishlist") }); n > 0 {
		t.Errorf("an empty wishlist costs %d statements", n)
	}
	p := without.get("/c/home")
	if len(p.header.Values("Set-Cookie")) > 0 || strings.Contains(p.header.Get("Cache-Control"), "no-store") {
		t.Errorf("a page for everybody cannot be kept: %v", p.header)
	}
}

// TestAnEndedWishStays: it says so, and can be taken off.
func TestAnEndedWishStays(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "en")
	b.hearted(h, apptest.Journal)
	h.Moment(t, func(tx *db.Tx) error {
		p, err := catalog.Get(tx, h.Goods[apptest.Journal].Product)
		if err == nil {
			_, err = catalog.End(tx, p.ID, p.Version)
		}
		return err
	})
	h.Settled(t)
	p := b.get("/wishlist")
	p.wants(".line", "Journal", "no longer sold")
	if len(p.all("form[action$='/basket/lines'], .line > .price")) > 0 {
		t.Error("what has ended can be bought")
	}
	b.submit(p, ".line form[action$='/remove']").wants(".calm", "empty")
}
