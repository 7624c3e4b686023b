package office_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"sauda/app"
	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/face/office"
	"sauda/flow/display"
	"sauda/gear/db"
	"sauda/gear/web"
)

// house is a house with the office alone in front of it.
type house struct {
	*apptest.House
	pages *web.Server
}

// open opens a house with goods on its shelf.
func open(t *testing.T, engine db.Engine) *house {
	t.Helper()
	h := &house{House: apptest.Open(t, engine)}
	h.pages = web.New(web.Options{Store: h.Store, Sessions: h.Sessions, Log: h.Config.Log, Quiet: true, Limits: web.Limits{Off: true}})
	site := h.pages.Site(web.SiteOptions{Fault: office.Fault})
	office.Mount(h.pages, site, office.Deps{Keys: h.Desk.Keys,
		Store: h.Store, Floor: h.Floor, Board: h.Board, Packing: h.Packing, Returns: h.Returns, Imports: h.Imports, Search: h.Search, Sessions: h.Sessions, Media: h.Library(), Attached: h.Attached(), Sold: h.Sold(),
		Currency: money.KZT, Doctor: h.doctor, Pieces: true, Watch: h.Watch, Waits: app.Waits, Hosts: display.Prover{Store: h.Store, HTTP: h.Config.Internet.HTTP, TXT: h.Config.Internet.TXT},
	})
	t.Cleanup(func() { h.judgeTrail(t) })
	return h
}

// each runs a test on both engines.
func each(t *testing.T, test func(*testing.T, *house)) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) { test(t, open(t, engine)) })
	}
}

// doctor is the house's doctor in the words of the office.
func (h *house) doctor(ctx context.Context) ([]office.Finding, error) {
	found, err := h.Examine(ctx)
	all := make([]office.Finding, len(found))
	for i, f := range found {
		all[i] = office.Finding{Area: f.Area, Serious: f.Severity == app.Wrong, What: f.What, Hint: f.Hint}
	}
	return all, err
}

// sheet is an answer of the office, read.
type sheet struct {
	t      *testing.T
	status int
	header http.Header
	body   string
	root   *html.Node
}

// send sends a request in the name of whoever has the token, in English unless the address says otherwise.
func (h *house) send(t *testing.T, token, method, path string, form url.Values) sheet {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, path, body)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", "en")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.pages.ServeHTTP(w, r)
	s := sheet{t: t, status: w.Code, header: w.Header(), body: w.Body.String()}
	root, err := html.Parse(strings.NewReader(s.body))
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	s.root = root
	return s
}

// get shows a page, which must be there.
func (h *house) get(t *testing.T, token, path string) sheet {
	t.Helper()
	s := h.send(t, token, "GET", path, nil)
	if s.status != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, s.status, s.text("main"))
	}
	return s
}

// post sends a form that must succeed, and shows the page to which it leads.
func (h *house) post(t *testing.T, token, path string, fields ...string) sheet {
	t.Helper()
	s := h.send(t, token, "POST", path, values(fields...))
	if s.status != http.StatusSeeOther {
		t.Fatalf("POST %s: %d %s", path, s.status, s.text("main"))
	}
	return h.get(t, token, s.header.Get("Location"))
}

// values makes the fields of a form of names and values by turns.
func values(fields ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		v.Add(fields[i], fields[i+1])
	}
	return v
}

// all gives the elements that a selector finds.
func (s sheet) all(selector string) []*html.Node {
	s.t.Helper()
	return cascadia.QueryAll(s.root, cascadia.MustCompile(selector))
}

// text gives the words of the first element that a selector finds.
func (s sheet) text(selector string) string {
	found := cascadia.Query(s.root, cascadia.MustCompile(selector))
	if found == nil {
		return ""
	}
	return words(found)
}

// attr gives an attribute of the first element that a selector finds.
func (s sheet) attr(selector, name string) string {
	for _, n := range s.all(selector) {
		return attribute(n, name)
	}
	return ""
}

// has wants words in the element that a selector finds first.
func (s sheet) has(selector string, want ...string) {
	s.t.Helper()
	got := s.text(selector)
	for _, w := range want {
		if !strings.Contains(got, w) {
			s.t.Errorf("%s lacks %q: %.600s", selector, w, got)
		}
	}
}

// lacks wants that a selector finds nothing.
func (s sheet) lacks(selector string) {
	s.t.Helper()
	if len(s.all(selector)) > 0 {
		s.t.Errorf("there is a %s: %.300s", selector, s.text(selector))
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// spaces are the ones between words, the unbreakable too.
var spaces = regexp.MustCompile(`[\s\x{a0}\x{202f}]+`)

func words(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return strings.TrimSpace(spaces.ReplaceAllString(b.String(), " "))
}
