package shop

import (
	"cmp"
	"context"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"sauda/base/text"
	"sauda/core/media"
	"sauda/core/window"
	"sauda/flow/display"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountWindow(server *web.Server, site *web.Site) {
	server.Handle("GET "+sheetPath+"{name}", http.HandlerFunc(serveSheet), web.Public())
	server.Handle("GET "+feedPath, http.HandlerFunc(f.feed), web.Public())
	web.Page(site, "GET /pages/{slug}", f.article(window.KindPage), web.Public())
	web.Page(site, "GET /blog", f.blog, web.Public())
	web.Page(site, "GET /blog/{slug}", f.article(window.KindPost), web.Public())
	web.Page(site, "GET /preview/{token}", f.preview, web.Public())
}

const (
	sheetPath = assetsPath + "window/" // sheetPath is where the style sheets of looks are, by their names.
	feedPath  = "/blog/feed.xml"
)

// serveSheet serves the style sheet of a look. Its name says all that is in it, so that it may be kept for ever.
func serveSheet(w http.ResponseWriter, r *http.Request) {
	css, err := window.Sheet(r.PathValue("name"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write([]byte(css)) // Whoever has gone need not be told.
}

// wear puts the look of a shop onto a page.
func (p page) wear(look window.Body) page {
	p.Dress, p.Worn = look, ""
	if look.Look == nil {
		p.Dress.Look = &window.Look{}
	}
	if name := p.Dress.Look.SheetName(); name != "" {
		p.Worn = sheetPath + name
	}
	if own := p.Dress.Look.Icon; own != nil {
		p.Icon, p.Touch = media.Small(own.URL, 320), media.Small(own.URL, 320)
	}
	return p
}

// drawn tells whether the icon is a drawing and no picture.
func (p page) drawn() bool { return strings.HasSuffix(p.Icon, ".svg") }

// pathOf is the address of a page or post, and where a banner leads.
func pathOf(k window.Kind, b window.Body) string {
	switch k {
	case window.KindPage:
		return "/pages/" + b.Slug
	case window.KindPost:
		return "/blog/" + b.Slug
	}
	return b.Link
}

// away is an address that somebody wrote for a menu or a banner: a path of the shop in the language of the reader, or one of
// another site.
func away(ctx context.Context, address string) templ.SafeURL {
	if strings.HasPrefix(address, "/media/") {
		return templ.SafeURL(address)
	}
	return templ.SafeURL(web.Link(ctx, address))
}

// article is a page or a post of the blog.
type article struct {
	page
	Kind  window.Kind
	Said  window.Body
	Since time.Time
	HTML  string // HTML is what window.HTML made of the text.
	In    string // In is the language of the text when it is another than that of the page.
}

type articleAsk struct {
	visitor
	Slug string `path:"slug" maxLength:"120"`
}

// article shows a page or a post from memory. Its former addresses lead to the present one; one that has ended says so (410).
func (f *face) article(kind window.Kind) func(*db.Tx, articleAsk) (web.View, error) {
	return func(tx *db.Tx, in articleAsk) (web.View, error) {
		piece, err := f.Display.Window().At(kind, in.Slug, tx.Now())
		if err != nil {
			return nil, err
		}
		if piece.Slug != in.Slug {
			return web.Elsewhere(pathOf(kind, piece.Shown)), nil
		}
		a, err := f.read(tx, in.visitor, kind, piece.Shown, piece.Since())
		return articlePage(a), err
	}
}

// read lays an article out.
func (f *face) read(tx *db.Tx, v visitor, kind window.Kind, said window.Body, since time.Time) (article, error) {
	ctx := tx.Context()
	a := article{page: f.page(ctx, v, "", in(ctx, said.Title)), Kind: kind, Said: said, Since: since, In: tongue(ctx, said.Text)}
	words := in(ctx, said.Text)
	var err error
	if a.HTML, err = window.HTML(words, strings.TrimSuffix(web.Link(ctx, "/"), "/")); err != nil {
		return a, err
	}
	a.Own, a.Description = pathOf(kind, said), cmp.Or(in(ctx, said.Lead), clip(plainWords(words), descriptionMax), a.Title)
	if said.Picture != nil {
		a.Image = a.Base + media.Small(said.Picture.URL, 1600)
	}
	if kind == window.KindPost {
		a.page.Kind = "article"
		a.Data = dataOf(thing{"@context": "https://schema.org", "@type": "BlogPosting", "headline": a.Title, "datePublished": stamp(since),
			"inLanguage": web.Lang(ctx), "url": a.ownIn(web.Lang(ctx)), "publisher": thing{"@type": "Organization", "name": a.Name}})
	}
	return a, nil
}

// plainWords takes the signs of Markdown out of a text, for a description.
func plainWords(words string) string {
	return strings.NewReplacer("#", "", "*", "", "_", "", "`", "", ">", "", "|", " ").Replace(words)
}

// journal is the list of the blog.
type journal struct {
	page
	Posts []*window.Piece
}

// blog lists what was written, the latest first. What fits into memory fits onto the page: titles and first sentences.
func (f *face) blog(tx *db.Tx, in struct{ visitor }) (web.View, error) {
	ctx := tx.Context()
	j := journal{page: f.page(ctx, in.visitor, "", t(ctx, "blog.title")), Posts: f.Display.Window().Seen(window.KindPost, tx.Now())}
	j.Own, j.Feed = "/blog", feedPath+"?lang="+web.Lang(ctx)
	j.Description = t(ctx, "blog.description", "name", j.Name)
	return journalPage(j), nil
}

type previewAsk struct {
	visitor
	Token string `path:"token" maxLength:"60"`
}

// preview shows a draft in its place to whoever has a link to it, and to no search engine.
func (f *face) preview(tx *db.Tx, in previewAsk) (web.View, error) {
	piece, err := window.Previewed(tx, in.Token)
	if err != nil {
		return nil, err
	}
	ctx := tx.Context()
	web.Draft(ctx)
	if piece.Kind.Addressed() {
		a, err := f.read(tx, in.visitor, piece.Kind, piece.Draft, tx.Now())
		a.Description = "" // A page without one is not for search engines.
		return articlePage(a), err
	}
	h, err := f.front(tx, homeAsk{visitor: in.visitor})
	if err != nil {
		return nil, err
	}
	h.Description = ""
	if piece.Kind == window.KindLook {
		h.page = h.wear(piece.Draft)
	} else {
		piece.Shown = piece.Draft
		h.Banners = append([]*window.Piece{&piece}, h.Banners...)
	}
	return homePage(h), nil
}

// bannersMax and postsMax bound what the first page shows of them.
const (
	bannersMax = 3
	postsMax   = 3
)

// atom is the blog for readers of news (RFC 4287).
type atom struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Published string   `xml:"published"`
	Updated   string   `xml:"updated"`
	Link      atomLink `xml:"link"`
	Summary   string   `xml:"summary"`
}

// feedMax is how many posts the feed has.
const feedMax = 30

// feed serves the latest posts in the language of ?lang=.
func (f *face) feed(w http.ResponseWriter, r *http.Request) {
	lang := r.URL.Query().Get("lang")
	if !slices.Contains(text.Languages, lang) {
		lang = text.Languages[0]
	}
	now := f.Display.Now()
	name := cmp.Or(f.Name.In(lang), houseName)
	base := f.Display.Home(r.Host, f.PublicURL)
	home := base + "/" + lang + "/blog"
	a := atom{Lang: lang, ID: home, Title: name, Author: name, Updated: stamp(time.Unix(0, 0)),
		Links: []atomLink{{"alternate", home}, {"self", base + feedPath + "?lang=" + lang}}}
	for i, p := range f.Display.Window().Seen(window.KindPost, now) {
		if i == feedMax {
			break
		}
		here := base + "/" + lang + pathOf(p.Kind, p.Shown)
		a.Updated = max(a.Updated, stamp(p.Changed))
		a.Entries = append(a.Entries, atomEntry{ID: here, Title: p.Shown.Title.In(lang), Published: stamp(p.Since()), Updated: stamp(p.Changed),
			Link: atomLink{"alternate", here}, Summary: p.Shown.Lead.In(lang)})
	}
	body, err := xml.Marshal(a)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=600")
	_, _ = w.Write(append([]byte(xml.Header), body...)) // Whoever has gone need not be told.
}

// Paths gives the paths of the pages and posts that are seen, for the map of the site.
func Paths(k *display.Keeper) []string {
	paths := []string{}
	now := k.Now()
	for _, kind := range []window.Kind{window.KindPage, window.KindPost} {
		seen := k.Window().Seen(kind, now)
		if kind == window.KindPost && len(seen) > 0 {
			paths = append(paths, "/blog")
		}
		for _, p := range seen {
			paths = append(paths, pathOf(kind, p.Shown))
		}
	}
	return paths
}
