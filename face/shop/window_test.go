package shop_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sauda/base/text"
	"sauda/core/seller"
	"sauda/core/window"
	"sauda/gear/db"
)

// publish shows a piece in the shop and gives it.
func (h *house) publish(t *testing.T, kind window.Kind, b window.Body) (p window.Piece) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) (err error) {
		if p, err = window.Begin(tx, string(seller.Own), kind, b); err != nil {
			return err
		}
		if kind == window.KindLook {
			if p, err = window.Save(tx, p.Seller, p.ID, p.Version, b); err != nil {
				return err
			}
		}
		p, err = window.Publish(tx, p.Seller, p.ID, p.Version)
		return err
	})
	h.Settled(t)
	return p
}

func said(words string) text.Localized {
	return text.Localized{"kk": "kk " + words, "ru": "ru " + words, "en": "en " + words, "zh": "zh " + words}
}

// TestTheShopWearsItsLook: colours by a style sheet of their own, first words, the order of blocks, menus; and none of it
// costs a statement.
func TestTheShopWearsItsLook(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "kk")
	b.get("/kk/")
	before := h.Statements(func() { b.get("/kk/") })
	h.publish(t, window.KindPost, window.Body{Slug: "felt", Title: said("felt"), Text: said("text")})
	h.publish(t, window.KindBanner, window.Body{Title: said("sale"), Link: "/catalogue"})
	h.publish(t, window.KindLook, window.Body{Title: said("hero"), Look: &window.Look{Accent: "#8a1c4a", Face: window.FaceSerif,
		Blocks: []window.Block{"posts", "banners"}, Header: []window.Way{{Name: said("help"), To: "/pages/help"}},
		Footer: []window.Way{{Name: said("mail"), To: "https://mail.example/"}}}})
	p := b.get("/kk/")
	p.wants("#hero", "kk hero")
	p.wants(".menu a", "kk help")
	p.wants(".ground nav a", "kk mail")
	p.wants("main .banner", "kk sale")
	if href := attr(p.one(".menu a"), "href"); href != "/kk/pages/help" {
		t.Errorf("the menu leads to %s", href)
	}
	if len(p.all(".newest, .tiles")) > 0 || strings.Index(p.text, "teasers") > strings.Index(p.text, `class="banner"`) {
		t.Error("the blocks are not those of the look, in their order")
	}
	if n := h.Statements(func() { b.get("/kk/") }); n > before {
		t.Errorf("%d statements, %d before", n, before)
	}
	sheet := attr(p.all("link[rel=stylesheet]")[1], "href")
	css := b.ask("GET", sheet, nil)
	if css.status != http.StatusOK || !strings.Contains(css.text, "--accent:#8a1c4a") || !strings.Contains(css.header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s: %d %s", sheet, css.status, css.text)
	}
	if bad := b.ask("GET", strings.Replace(sheet, "8a1c4a", "000000", 1), nil); bad.status != http.StatusNotFound {
		t.Errorf("a sheet that nobody has: %d", bad.status)
	}
}

// TestPagesOfTheShop: read in each language, marked up and never run, without a statement; moved, ended, and in the map.
func TestPagesOfTheShop(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "ru")
	body := window.Body{Slug: "delivery", Title: text.Localized{"kk": "Жеткізу", "ru": "Доставка"},
		Text: text.Localized{"kk": "## Қалай\n\n<script>alert(1)</script>\n\n[каталог](/catalogue) [x](javascript:alert(1))"}}
	piece := h.publish(t, window.KindPage, body)
	p := b.get("/ru/pages/delivery")
	p.wants("h1", "Доставка")
	p.wants(".prose h2", "Қалай")
	if lang := attr(p.one(".prose"), "lang"); lang != "kk" {
		t.Errorf("the text is said to be in %q", lang)
	}
	if len(p.all(".prose script, .prose a")) != 1 || attr(p.one(".prose a"), "href") != "/ru/catalogue" {
		t.Errorf("%s", p.text)
	}
	if got := attr(p.one("link[rel=canonical]"), "href"); !strings.HasSuffix(got, "/ru/pages/delivery") {
		t.Errorf("canonical: %s", got)
	}
	if n := h.Statements(func() { b.get("/ru/pages/delivery") }); n > 0 {
		t.Errorf("a page costs %d statements", n)
	}
	if m := b.ask("GET", "/sitemap/1.xml", nil); !strings.Contains(m.text, "/kk/pages/delivery") {
		t.Error("the map of the site lacks the page")
	}
	body.Slug = "how-we-deliver"
	h.Moment(t, func(tx *db.Tx) (err error) {
		if piece, err = window.Save(tx, piece.Seller, piece.ID, piece.Version, body); err != nil {
			return err
		}
		piece, err = window.Publish(tx, piece.Seller, piece.ID, piece.Version)
		return err
	})
	h.Settled(t)
	if at := b.get("/ru/pages/delivery").at.Path; at != "/ru/pages/how-we-deliver" {
		t.Errorf("the former address leads to %s", at)
	}
	h.Moment(t, func(tx *db.Tx) error {
		_, err := window.End(tx, piece.Seller, piece.ID)
		return err
	})
	h.Settled(t)
	for _, slug := range []string{"delivery", "how-we-deliver"} {
		gone := b.ask("GET", "/ru/pages/"+slug, nil)
		if gone.status != http.StatusGone {
			t.Errorf("%s has ended: %d", slug, gone.status)
		}
		gone.wants("h1", "Эта страница закрыта")
	}
	if none := b.ask("GET", "/ru/pages/none", nil); none.status != http.StatusNotFound {
		t.Errorf("no such page: %d", none.status)
	}
}

// TestTheBlog lists what is seen, with a feed; what is planned is neither there nor known.
func TestTheBlog(t *testing.T) {
	h := open(t, db.SQLite)
	h.publish(t, window.KindPost, window.Body{Slug: "first", Title: said(`<b>"first"</b> & co`), Lead: said("lead")})
	h.publish(t, window.KindPost, window.Body{Slug: "later", Title: said("later"), Starts: h.Clock.Now().Add(time.Hour)})
	b := h.browser(t, "en")
	p := b.get("/en/blog")
	p.wants(".teasers strong", `en <b>"first"</b> & co`)
	if len(p.all(".teasers li")) != 1 {
		t.Error("what is planned is listed")
	}
	if got := b.ask("GET", "/en/blog/later", nil).status; got != http.StatusNotFound {
		t.Errorf("what is planned: %d", got)
	}
	feed := b.ask("GET", "/blog/feed.xml?lang=ru", nil)
	if !strings.Contains(feed.text, "&lt;b&gt;") || !strings.Contains(feed.text, "/ru/blog/first") || strings.Contains(feed.text, "later") {
		t.Error(feed.text)
	}
	b.get("/en/blog/first").wants("h1", `en <b>"first"</b> & co`)
}

// TestADraftIsSeenByItsLinkOnly: in a frame of this site, by nobody's cache and no search engine, until its time is over.
func TestADraftIsSeenByItsLinkOnly(t *testing.T) {
	h := open(t, db.SQLite)
	tokens := map[window.Kind]string{}
	h.Moment(t, func(tx *db.Tx) error {
		for kind, body := range map[window.Kind]window.Body{
			window.KindPage: {Slug: "about", Title: said("about")}, window.KindBanner: {Title: said("sale")},
			window.KindLook: {},
		} {
			p, err := window.Begin(tx, string(seller.Own), kind, body)
			if err != nil {
				return err
			}
			if kind == window.KindLook {
				if p, err = window.Save(tx, p.Seller, p.ID, p.Version, window.Body{Look: &window.Look{Accent: "#8a1c4a"}, Title: said("hero")}); err != nil {
					return err
				}
			}
			if tokens[kind], err = window.Share(tx, p.Seller, p.ID); err != nil {
				return err
			}
		}
		return nil
	})
	b := h.browser(t, "en")
	for kind, want := range map[window.Kind][2]string{window.KindPage: {"h1", "en about"}, window.KindBanner: {".banner", "en sale"}, window.KindLook: {"#hero", "en hero"}} {
		p := b.get("/en/preview/" + tokens[kind])
		p.wants(want[0], want[1])
		if p.header.Get("Cache-Control") != "no-store" || !strings.Contains(p.header.Get("Content-Security-Policy"), "frame-ancestors 'self'") {
			t.Errorf("%s: %v", kind, p.header)
		}
		if len(p.all("meta[name=robots]")) != 1 {
			t.Errorf("the draft of a %s is for search engines", kind)
		}
	}
	if got := b.ask("GET", "/en/pages/about", nil).status; got != http.StatusNotFound {
		t.Errorf("a draft by its address: %d", got)
	}
	h.Clock.Advance(window.PreviewTime)
	if got := b.ask("GET", "/en/preview/"+tokens[window.KindPage], nil).status; got != http.StatusNotFound {
		t.Errorf("a link that is over: %d", got)
	}
}
