package feeds

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db"
	"sauda/gear/job"
)

// Stand shows feeds and the maps of the site at addresses that stay: /feeds/google.xml, /feeds/yml.xml, /feeds/kaspi.xml,
// /sitemap.xml and its parts, /robots.txt. What it shows is written to a folder when it is asked for and older than Fresh,
// once for all who ask, and is sent from there with a tag, so that who has it already is told so.
type Stand struct {
	Store *db.Store
	Dir   string // Dir is a folder of its own.
	Order Order  // Order says whose goods, under which address and name.
	Fresh time.Duration
	Log   *slog.Logger
	// Beside gives the paths of pages that are no goods, for the map; nil is none.
	Beside func() []string
	// Home gives how addresses begin for who asks by a name, which he may have invented: of a name of the shop's own, and
	// else as Order says. Nil is the latter for all.
	Home func(asked, base string) string

	mutex sync.Mutex
	built map[string]built
	named map[string]*Stand // named are the stands of the shop's own names, by how their addresses begin.
}

// built is a file that was written.
type built struct {
	tag   string
	at    time.Time // at is when it was written, and since when it is as it is.
	since time.Time
}

// partMax is how many addresses a map may have, and so the rest goes into the next part (sitemaps.org).
const partMax = 50_000

// kindXML is what all files but robots.txt are.
const kindXML = "application/xml; charset=utf-8"

// of gives the stand for who asks: one whose addresses begin with the shop's own name by which he does.
func (s *Stand) of(r *http.Request) *Stand {
	if s.Home == nil {
		return s
	}
	base := strings.TrimSuffix(s.Home(r.Host, s.Order.Base), "/")
	if base == s.Order.Base {
		return s
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if one, there := s.named[base]; there {
		return one
	}
	sum := sha256.Sum256([]byte(base))
	one := &Stand{
		Store: s.Store, Dir: filepath.Join(s.Dir, hex.EncodeToString(sum[:8])), Order: s.Order, Fresh: s.Fresh, Log: s.Log, Beside: s.Beside,
	}
	one.Order.Base = base
	if s.named == nil {
		s.named = map[string]*Stand{}
	}
	s.named[base] = one
	return one
}

// Feed serves /feeds/{name}: google.xml, yml.xml and kaspi.xml, in the language that ?lang= names.
func (s *Stand) Feed(w http.ResponseWriter, r *http.Request) {
	s = s.of(r)
	name, _ := strings.CutSuffix(r.PathValue("name"), ".xml")
	o := s.Order.settled()
	o.Format, o.State = Format(name), catalog.StateOnSale
	if lang := r.URL.Query().Get("lang"); slices.Contains(text.Languages, lang) {
		o.Lang = lang
	}
	if !slices.Contains(Public, o.Format) || name == r.PathValue("name") {
		http.NotFound(w, r)
		return
	}
	s.show(w, r, name+"."+o.Lang+".xml", func(ctx context.Context, to io.Writer) error {
		return Export(ctx, s.Store, to, o)
	})
}

// Map serves /sitemap.xml, the list of the parts.
func (s *Stand) Map(w http.ResponseWriter, r *http.Request) {
	s = s.of(r)
	s.show(w, r, "sitemap.xml", s.writeMaps)
}

// Part serves /sitemap/{part}: one part of the map, such as 1.xml.
func (s *Stand) Part(w http.ResponseWriter, r *http.Request) {
	s = s.of(r)
	n, err := strconv.Atoi(strings.TrimSuffix(r.PathValue("part"), ".xml"))
	if err != nil || n < 1 || r.PathValue("part") != strconv.Itoa(n)+".xml" {
		http.NotFound(w, r)
		return
	}
	if _, err := s.fresh(r.Context(), "sitemap.xml", s.writeMaps); err != nil {
		s.fail(w, err)
		return
	}
	s.send(w, r, fmt.Sprintf("part-%d.xml", n), "")
}

// Robots serves /robots.txt: what search engines need not look at, and where the map is. Basket and checkout may be read: with
// goods in them they are pages like others. An empty basket, which is all that a robot has, says by itself that it is not for
// search engines.
func (s *Stand) Robots(w http.ResponseWriter, r *http.Request) {
	s = s.of(r)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	words := "User-agent: *\n"
	for _, path := range []string{"/office", "/basket/", "/wishlist", "/checkout/", "/orders", "/sign-in", "/sign-up", "/v1/"} {
		words += "Disallow: " + path + "\n"
		if path != "/v1/" && path != "/office" {
			words += "Disallow: /*" + path + "\n"
		}
	}
	if s.Order.Base != "" {
		words += "\nSitemap: " + s.Order.Base + "/sitemap.xml\n"
	}
	_, _ = io.WriteString(w, words) // Who is gone reads nothing.
}

// show sends a file that is written when it is old.
func (s *Stand) show(w http.ResponseWriter, r *http.Request, name string, write func(context.Context, io.Writer) error) {
	b, err := s.fresh(r.Context(), name, write)
	if err != nil {
		s.fail(w, err)
		return
	}
	s.send(w, r, name, b.tag)
}

// fail says that a file could not be written; why, the log says.
func (s *Stand) fail(w http.ResponseWriter, err error) {
	s.Log.Error("feeds: a feed could not be written", "error", err)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Retry-After", "60")
	http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
}

// send sends a file from the folder.
func (s *Stand) send(w http.ResponseWriter, r *http.Request, name, tag string) {
	s.mutex.Lock()
	b := s.built[name]
	s.mutex.Unlock()
	in, err := os.Open(filepath.Join(s.Dir, name))
	if err != nil || b.tag == "" {
		http.NotFound(w, r)
		return
	}
	defer in.Close() //nolint:errcheck // It was only read.
	if tag == "" {
		tag = b.tag
	}
	w.Header().Set("Content-Type", kindXML)
	w.Header().Set("ETag", `"`+tag+`"`)
	w.Header().Set("Cache-Control", "public, max-age="+strconv.Itoa(int(s.Fresh.Seconds())))
	http.ServeContent(w, r, "", b.since, in)
}

// fresh writes a file anew when it is older than Fresh. One that comes out the same keeps its time and its tag. Those who
// ask meanwhile wait for the one who writes.
func (s *Stand) fresh(ctx context.Context, name string, write func(context.Context, io.Writer) error) (built, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.built == nil {
		s.built = make(map[string]built)
	}
	if b, there := s.built[name]; there && time.Since(b.at) < s.Fresh {
		return b, nil
	}
	return s.put(ctx, name, write)
}

// put writes a file whole or not at all, with the lock held.
func (s *Stand) put(ctx context.Context, name string, write func(context.Context, io.Writer) error) (built, error) {
	if err := os.MkdirAll(s.Dir, 0o750); err != nil {
		return built{}, err
	}
	draft, err := os.CreateTemp(s.Dir, ".draft-*")
	if err != nil {
		return built{}, err
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // It has its name by then, or nobody misses it.
	sum := sha256.New()
	err = write(ctx, io.MultiWriter(draft, sum))
	if err := errors.Join(err, draft.Close()); err != nil {
		return built{}, err
	}
	now := time.Now()
	b := built{tag: hex.EncodeToString(sum.Sum(nil)[:12]), at: now, since: now}
	if old := s.built[name]; old.tag == b.tag {
		b.since = old.since
	}
	s.built[name] = b
	return b, os.Rename(draft.Name(), filepath.Join(s.Dir, name))
}

// writeMaps writes the parts of the map and then the list of them.
func (s *Stand) writeMaps(ctx context.Context, to io.Writer) error {
	parts, left := 0, []pagePath(nil)
	flush := func() error {
		if len(left) == 0 {
			return nil
		}
		parts++
		pages := left
		left = nil
		_, err := s.put(ctx, fmt.Sprintf("part-%d.xml", parts), func(_ context.Context, to io.Writer) error { return s.writePart(to, pages) })
		return err
	}
	err := s.pages(ctx, func(page pagePath) error {
		if left = append(left, page); len(left) == partMax {
			return flush()
		}
		return nil
	})
	if err := errors.Join(err, flush()); err != nil {
		return err
	}
	w := newWriter(to)
	w.raw(xmlHead + `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	for n := 1; n <= parts; n++ {
		w.raw("<sitemap>")
		w.element("loc", s.Order.Base+"/sitemap/"+strconv.Itoa(n)+".xml")
		w.raw("</sitemap>\n")
	}
	w.raw("</sitemapindex>\n")
	return w.end()
}

// pagePath gives the path of a page in a language.
type pagePath func(lang string) string

// pages visits the paths of all pages for search engines: the first one, those beside the goods, the
// categories, what is on sale.
func (s *Stand) pages(ctx context.Context, each func(pagePath) error) error {
	same := func(path string) pagePath { return func(string) string { return path } }
	for _, path := range []string{"/", "/catalogue"} {
		if err := each(same(path)); err != nil {
			return err
		}
	}
	if s.Beside != nil {
		for _, path := range s.Beside() {
			if err := each(same(path)); err != nil {
				return err
			}
		}
	}
	var tree []catalog.Category
	err := job.Look(ctx, s.Store, db.System, func(tx *db.Tx) (err error) {
		tree, err = catalog.Tree(tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range tree {
		if err := each(same("/c/" + c.Slug)); err != nil {
			return err
		}
	}
	after := ""
	for {
		var page []catalog.Summary
		err := job.Look(ctx, s.Store, db.System, func(tx *db.Tx) (err error) {
			page, after, err = catalog.List(tx, catalog.Filter{State: catalog.StateOnSale, After: after, Limit: catalog.PageMax})
			return err
		})
		if err != nil {
			return err
		}
		for _, p := range page {
			id, slug, name := string(p.ID), p.Slug, p.Name
			if err := each(func(lang string) string { return "/p/" + id + "/" + catalog.SlugIn(lang, slug, name) }); err != nil {
				return err
			}
		}
		if after == "" {
			return nil
		}
	}
}

// writePart writes a part of the map: each page in its first language, with its others beside it.
func (s *Stand) writePart(to io.Writer, pages []pagePath) error {
	w := newWriter(to)
	w.raw(xmlHead + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">` + "\n")
	for _, page := range pages {
		w.raw("<url>")
		w.element("loc", s.Order.Base+"/"+text.Languages[0]+page(text.Languages[0]))
		for _, lang := range text.Languages {
			w.open("xhtml:link", "rel", "alternate", "hreflang", lang, "href", s.Order.Base+"/"+lang+page(lang))
			w.raw("</xhtml:link>")
		}
		w.raw("</url>\n")
	}
	w.raw("</urlset>\n")
	return w.end()
}
