package web

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/session"
)

// View is a page, ready to be written. A templ component is one.
type View interface {
	Render(ctx context.Context, w io.Writer) error
}

// SiteOptions say how the pages of a server behave.
type SiteOptions struct {
	Fault  func(Problem) View // Fault is the page that shows a fault. It may not fail itself.
	SignIn string             // SignIn is the page to which a guest is sent who asks for more; "/sign-in".
	Copies *Copies            // Copies keep what all visitors see alike; nil keeps nothing.
}

// Site is the people's side of a server: pages and forms, in the language of the address, the cookie or the browser.
type Site struct {
	server *Server
	o      SiteOptions
	rules  []string // rules is the header that names the speculation rules.
}

// Speculate has browsers that can fetch pages before they are asked for, by the rules of a file of this site (HTML,
// speculative loading). What they ask for so carries Sec-Purpose; a page must bear to be asked for and never seen.
func (site *Site) Speculate(rules string) { site.rules = []string{strconv.Quote(rules)} }

// Site sets up the pages of a server. It is called at most once.
func (s *Server) Site(o SiteOptions) *Site {
	if s.site != nil {
		panic("web: a server has one site")
	}
	if o.Fault == nil {
		panic("web: SiteOptions.Fault is not set")
	}
	if o.SignIn == "" {
		o.SignIn = "/sign-in"
	}
	s.site = &Site{server: s, o: o}
	return s.site
}

// Elsewhere is a View that sends the browser to another address instead of showing anything: from a former address.
type Elsewhere string

// Render writes nothing: the server sends the address.
func (Elsewhere) Render(context.Context, io.Writer) error { return nil }

// Onward is a View that sends the browser on for this once: to a bank, to an order, to where somebody signs in.
type Onward string

// Render writes nothing: the server sends the address.
func (Onward) Render(context.Context, io.Writer) error { return nil }

// Then is what follows a form: another page to see, or the same page again.
type Then struct {
	url    string
	view   View
	status int
}

// See sends the browser to a page with GET (303), so that to reload it sends no form again. The address stays in the
// language of the present one.
func See(address string) Then { return Then{url: address} }

// Again shows the form again with what was typed and what is wrong (422). Nothing of the moment is kept.
func Again(v View) Then { return Then{view: v, status: http.StatusUnprocessableEntity} }

// Show answers a form with a page of its own (200) and keeps what was done: for what may be shown only once, such as the
// secret of a fresh key. Everything else is better seen after See.
func Show(v View) Then { return Then{view: v, status: http.StatusOK} }

// object is the id of what a form acted on: that in the address, else of what it made and sends the browser to.
func (t Then) object(c *call) string {
	return cmp.Or(c.r.PathValue("id"), minted.FindString(t.url))
}

// minted is an id that a store has minted (db.Tx.Mint).
var minted = regexp.MustCompile(`\b[a-z]{2,4}_[0-9a-z]{20,}\b`)

// isAgain tells whether a form is shown again, so that nothing of it counts.
func (t Then) isAgain() bool { return t.view != nil && t.status != http.StatusOK }

// Typed may be embedded in the input of a form. Then fields that are not right do not end in an error page: the handler
// runs, sees them in Wrong, and shows the form Again with Values.
type Typed struct {
	Values url.Values
	Wrong  []fault.Field // Wrong is what is not right, by field; i18n.Field says it.
}

// OK tells whether everything that was typed is right.
func (t Typed) OK() bool { return len(t.Wrong) == 0 }

// About says in a language what is wrong with a field, or nothing.
func (t Typed) About(lang, name string) string {
	for _, f := range t.Wrong {
		if f.Pointer == "/"+name {
			return i18n.Field(lang, f)
		}
	}
	return ""
}

// Page adds a page that reads one snapshot.
func Page[I any](site *Site, pattern string, do func(*db.Tx, I) (View, error), opts ...Option) {
	PageAct(site, pattern, func(ctx context.Context, in I) (View, error) {
		var v View
		c := callFrom(ctx)
		err := c.server.o.Store.View(ctx, c.who, func(tx *db.Tx) error {
			var err error
			v, err = do(tx, in)
			return err
		})
		return v, err
	}, opts...)
}

// PageAct adds a page that holds no moment: it reads from memory, or looks at a story.
func PageAct[I any](site *Site, pattern string, do func(context.Context, I) (View, error), opts ...Option) {
	rt := site.server.route(pattern, opts)
	rt.html = true
	in := newBinder[I](site.server.api.doc.forms, rt, true)
	rt.run = func(c *call) error {
		if c.sendCopy() {
			return nil
		}
		v, _, err := in.read(c)
		if err != nil {
			return err
		}
		ctx := c.context()
		view, err := do(ctx, *v.(*I))
		if err != nil {
			return err
		}
		switch to := view.(type) {
		case Elsewhere:
			c.redirect(string(to), http.StatusMovedPermanently)
			return nil
		case Onward:
			c.redirect(string(to), http.StatusSeeOther)
			return nil
		}
		return c.show(ctx, view, statusOr(rt.status))
	}
}

func statusOr(status int) int {
	if status == 0 {
		return http.StatusOK
	}
	return status
}

// Form adds what a form does in one moment. It has an audit row as a command has.
func Form[I any](site *Site, pattern string, do func(*db.Tx, I) (Then, error), opts ...Option) {
	addForm(site, pattern, func(ctx context.Context, c *call, in I) (Then, error) {
		return c.formMoment(ctx, func(tx *db.Tx) (Then, error) { return do(tx, in) })
	}, opts)
}

// Upload adds a form that brings something into the world before its moment, such as files. Keep holds no moment and may
// wait; do acts in one moment on what keep gave. When do refuses, what was kept stays where it is and nobody knows of it.
func Upload[I, K any](site *Site, pattern string, keep func(context.Context, I) (K, error), do func(*db.Tx, I, K) (Then, error), opts ...Option) {
	addForm(site, pattern, func(ctx context.Context, c *call, in I) (Then, error) {
		kept, err := keep(ctx, in)
		if err != nil {
			return Then{}, err
		}
		return c.formMoment(ctx, func(tx *db.Tx) (Then, error) { return do(tx, in, kept) })
	}, opts)
}

// formMoment runs what a form does, with its audit row.
func (c *call) formMoment(ctx context.Context, do func(*db.Tx) (Then, error)) (Then, error) {
	var then Then
	kept := c.cookies
	err := c.server.o.Store.Update(ctx, c.who, func(tx *db.Tx) error {
		c.cookies, c.before = nil, ""
		var err error
		if then, err = do(tx); err != nil {
			return err
		}
		if then.isAgain() {
			return errAgain
		}
		return c.audit(tx, c.route, then.object(c), answer{})
	})
	c.cookies = append(kept, c.cookies...)
	if err == errAgain {
		err = nil
	}
	return then, err
}

// errAgain takes back the moment of a form that is shown again.
var errAgain = fmt.Errorf("web: the form is shown again")

// FormAct adds a form that tells a story, or signs somebody in: it holds no moment.
func FormAct[I any](site *Site, pattern string, do func(context.Context, I) (Then, error), opts ...Option) {
	addForm(site, pattern, func(ctx context.Context, c *call, in I) (Then, error) {
		then, err := do(ctx, in)
		if err != nil || then.isAgain() {
			return then, err
		}
		err = c.server.o.Store.Update(context.WithoutCancel(ctx), c.who, func(tx *db.Tx) error {
			return c.audit(tx, c.route, then.object(c), answer{})
		})
		if err != nil {
			c.server.o.Log.Error("web: an act was done but not noted", "request", c.id, "route", c.route.pattern, "error", err)
		}
		return then, nil
	}, opts)
}

func addForm[I any](site *Site, pattern string, do func(context.Context, *call, I) (Then, error), opts []Option) {
	if !strings.HasPrefix(pattern, "POST ") {
		panic("web: " + pattern + ": a form is sent by POST")
	}
	rt := site.server.route(pattern, opts)
	rt.html = true
	in := newBinder[I](site.server.api.doc.forms, rt, true)
	rt.run = func(c *call) error {
		v, _, err := in.read(c)
		if err != nil {
			return err
		}
		ctx := c.context()
		then, err := do(ctx, c, *v.(*I))
		if err != nil {
			return err
		}
		if then.view != nil {
			return c.show(ctx, then.view, then.status)
		}
		c.redirect(then.url, http.StatusSeeOther)
		return nil
	}
}

// redirect sends the browser to an address of this site, in the language of the present address. Anything else, such as
// another site's address that somebody put into ?next=, leads to the first page; only addresses with a scheme that the
// handler built itself go elsewhere.
func (c *call) redirect(to string, status int) {
	if !strings.HasPrefix(to, "https://") && !strings.HasPrefix(to, "http://") {
		to = c.link(Local(to))
	}
	h := c.Header()
	h["Location"] = []string{to}
	h["Cache-Control"] = headerNoStore
	c.WriteHeader(status)
}

// Local gives an address if it is one of this site (/orders/1?x=y), and "/" if it could lead elsewhere: use it on
// whatever a browser sent as the place to go on.
func Local(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") ||
		strings.ContainsAny(address, "\\\r\n\t") {
		return "/"
	}
	return address
}

// Link gives an address of this site in the language that the present address names, if it names one.
func Link(ctx context.Context, address string) string {
	if c := callFrom(ctx); c != nil {
		return c.link(address)
	}
	return address
}

func (c *call) link(address string) string {
	if c.prefix == "" || !strings.HasPrefix(address, "/") {
		return address
	}
	if address == "/" {
		return c.prefix + "/"
	}
	return c.prefix + address
}

// LinkIn gives the address of the present page in another language, for the choice of languages and hreflang.
func LinkIn(ctx context.Context, lang string) string {
	c := callFrom(ctx)
	if c == nil {
		return "/" + lang + "/"
	}
	return "/" + lang + c.r.URL.RequestURI()
}

// Path gives the address of the present page without its language.
func Path(ctx context.Context) string {
	if c := callFrom(ctx); c != nil {
		return c.r.URL.RequestURI()
	}
	return "/"
}

// Nonce gives the word that lets one inline script or style of this answer run. Asked once or more, it is the same; a
// page that does not ask allows none.
func Nonce(ctx context.Context) string {
	c := callFrom(ctx)
	if c == nil {
		return ""
	}
	if c.nonce == "" {
		var b [16]byte
		_, _ = rand.Read(b[:])
		c.nonce = base64.RawURLEncoding.EncodeToString(b[:])
	}
	return c.nonce
}

// Draft says that the present page shows what is not published: it may stand in a frame of this site, so that the office
// shows it beside its form, and is kept nowhere.
func Draft(ctx context.Context) {
	if c := callFrom(ctx); c != nil {
		c.framed = true
		c.Header()["Cache-Control"] = headerNoStore
	}
}

// Device gives the name of the guest's browser, and gives it one when it has none.
func Device(ctx context.Context) string {
	c := callFrom(ctx)
	if c == nil || c.server.o.Sessions == nil {
		return ""
	}
	if c.device == "" {
		c.device = c.server.o.Sessions.DeviceOf(c.r)
	}
	if c.device == "" {
		c.device = session.NewDevice()
	}
	c.keepDevice()
	return c.device
}

// keepDevice sends the cookie of a device that the browser does not have yet; a moment that runs again asks again.
func (c *call) keepDevice() {
	keeper := c.server.o.Sessions
	if keeper.DeviceOf(c.r) == c.device || slices.ContainsFunc(c.cookies, func(k *http.Cookie) bool { return k.Name == keeper.DeviceName() }) {
		return
	}
	c.cookies = append(c.cookies, keeper.DeviceCookie(c.device))
}

// LangCookie remembers the language that a reader chose; a language that the pages do not have is Kazakh.
func LangCookie(lang string) *http.Cookie {
	if !slices.Contains(i18n.Languages, lang) {
		lang = i18n.Languages[0]
	}
	return &http.Cookie{Name: langCookie, Value: lang, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// show renders a page into memory, so that one that fails half-way is an error page and not half a page.
func (c *call) show(ctx context.Context, v View, status int) error {
	if v == nil {
		return fmt.Errorf("web: %s gave no page", c.route.pattern)
	}
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer func() {
		if b.Cap() <= bufferMax {
			buffers.Put(b)
		}
	}()
	if err := v.Render(ctx, b); err != nil {
		return err
	}
	h := c.Header()
	h["Content-Security-Policy"] = headerPage
	if c.nonce != "" || c.framed {
		h["Content-Security-Policy"] = []string{pagePolicy(c.nonce, c.framed)}
	}
	h["Content-Type"] = headerHTML
	if site := c.server.site; site != nil && site.rules != nil && status == http.StatusOK {
		h["Speculation-Rules"] = site.rules
	}
	h["Content-Language"] = []string{c.language()}
	h["Vary"] = headerVary
	if _, set := h["Cache-Control"]; !set {
		h["Cache-Control"] = headerRevalidate
		if c.who.Kind != db.KindGuest {
			h["Cache-Control"] = headerNoStore
		}
	}
	body := b.Bytes()
	if status == http.StatusOK {
		if page := c.keepCopy(body); page != nil {
			page.sendBody(c, c.formKey)
			return nil
		}
	}
	if len(body) > zipMin && acceptsGzip(c.r) {
		return c.sendZipped(body, status)
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	c.WriteHeader(status)
	_, _ = c.Write(body)
	return nil
}

var (
	headerHTML = []string{"text/html; charset=utf-8"}
	headerVary = []string{"Accept-Encoding, Accept-Language, Cookie"}
)

// fail shows a fault as a page. A guest who asks for more than he may is sent to sign in, and back.
func (site *Site) fail(c *call, p Problem, err error) {
	if fault.Of(err).Kind == fault.Unauthenticated && c.route != nil && c.r.Method == http.MethodGet {
		c.redirect(site.o.SignIn+"?next="+url.QueryEscape(c.r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	c.warn(p)
	c.recognize()
	ctx := context.Context(callContext{c.r.Context(), c})
	if err := c.show(ctx, site.o.Fault(p), p.Status); err != nil {
		c.server.o.Log.Error("web: the page of a fault failed", "request", c.id, "error", err)
		c.sendProblem(p)
	}
}

// unprefixed takes the language out of the address of a page: /ru/products/x is /products/x in Russian.
func (c *call) unprefixed() *http.Request {
	path := c.r.URL.Path
	if c.server.site == nil || len(path) < 3 || path[0] != '/' || len(path) > 3 && path[3] != '/' || !slices.Contains(i18n.Languages, path[1:3]) {
		return c.r
	}
	c.lang, c.prefix = path[1:3], path[:3]
	r := new(http.Request)
	*r = *c.r
	u := *c.r.URL
	u.Path = rooted(path[3:])
	if len(u.RawPath) >= 3 {
		u.RawPath = rooted(u.RawPath[3:])
	}
	r.URL = &u
	c.r = r
	return r
}

func rooted(path string) string {
	if path == "" {
		return "/"
	}
	return path
}
