package shop_test

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"sauda/app/apptest"
	"sauda/gear/db"
	"sauda/gear/i18n"
)

// house is a house of a test, looked at through its pages.
type house struct{ *apptest.House }

func open(t *testing.T, engine db.Engine) *house {
	t.Helper()
	return &house{apptest.Open(t, engine)}
}

// browser is somebody who clicks through the pages.
type browser struct {
	t    *testing.T
	http *http.Client
	lang string
}

func (h *house) browser(t *testing.T, lang string) *browser {
	t.Helper()
	return &browser{t, h.Browser(t), lang}
}

// page is what the browser shows.
type page struct {
	t      *testing.T
	at     *url.URL
	status int
	header http.Header
	root   *html.Node
	text   string
}

// ask sends one request and follows the redirects of the answer as a browser does.
func (b *browser) ask(method, address string, form url.Values) *page {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = apptest.Base + address
	}
	for range 10 {
		var body io.Reader
		if form != nil {
			body = strings.NewReader(form.Encode())
		}
		r, err := http.NewRequestWithContext(b.t.Context(), method, address, body)
		if err != nil {
			b.t.Fatal(err)
		}
		r.Header.Set("Accept-Language", b.lang)
		r.Header.Set("Accept", "text/html")
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		answer, err := b.http.Do(r)
		if err != nil {
			b.t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil {
			b.t.Fatal(err)
		}
		if to := answer.Header.Get("Location"); to != "" {
			next, err := r.URL.Parse(to)
			if err != nil {
				b.t.Fatal(err)
			}
			method, address, form = "GET", next.String(), nil
			continue
		}
		root, err := html.Parse(strings.NewReader(string(text)))
		if err != nil {
			b.t.Fatal(err)
		}
		return &page{b.t, r.URL, answer.StatusCode, answer.Header, root, string(text)}
	}
	b.t.Fatalf("%s %s leads in circles", method, address)
	return nil
}

func (b *browser) get(address string) *page {
	b.t.Helper()
	p := b.ask("GET", address, nil)
	if p.status != http.StatusOK {
		b.t.Fatalf("GET %s: %d %s", address, p.status, p.words("main"))
	}
	return p
}

// submit sends the form that a selector finds, with some fields filled in as a person would.
func (b *browser) submit(p *page, form string, fields ...string) *page {
	b.t.Helper()
	f := p.one(form)
	values := url.Values{}
	for _, n := range cascadia.QueryAll(f, cascadia.MustCompile("input[name], select[name]")) {
		name := attr(n, "name")
		kind := attr(n, "type")
		switch {
		case n.Data == "select":
			for _, o := range cascadia.QueryAll(n, cascadia.MustCompile("option[selected]")) {
				values.Set(name, attr(o, "value"))
			}
		case (kind == "radio" || kind == "checkbox") && !has(n, "checked"):
		default:
			values.Set(name, attr(n, "value"))
		}
	}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	action, err := p.at.Parse(attr(f, "action"))
	if err != nil {
		b.t.Fatal(err)
	}
	return b.ask("POST", action.String(), values)
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func (p *page) all(selector string) []*html.Node {
	p.t.Helper()
	s, err := cascadia.ParseGroup(selector)
	if err != nil {
		p.t.Fatal(err)
	}
	return cascadia.QueryAll(p.root, s)
}

// one gives the one element that a selector finds.
func (p *page) one(selector string) *html.Node {
	p.t.Helper()
	found := p.all(selector)
	if len(found) != 1 {
		p.t.Fatalf("%s has %d of %s: %s", p.at, len(found), selector, p.words("main"))
	}
	return found[0]
}

// words are the texts of all that a selector finds, with single spaces.
func (p *page) words(selector string) string {
	p.t.Helper()
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
	for _, n := range p.all(selector) {
		walk(n)
	}
	return strings.ReplaceAll(strings.Join(strings.Fields(b.String()), " "), "\u00a0", " ")
}

// wants fails the test unless the words of a selector hold all of these.
func (p *page) wants(selector string, words ...string) {
	p.t.Helper()
	got := p.words(selector)
	for _, w := range words {
		if !strings.Contains(got, w) {
			p.t.Errorf("%s %s: %q is not in %q", p.at, selector, w, got)
		}
	}
}

func TestTextsAreWhole(t *testing.T) {
	for _, wrong := range i18n.Check("shop.", i18n.Languages...) {
		t.Error(wrong)
	}
	used := map[string]bool{}
	literal := regexp.MustCompile(`\bt\((?:tx\.Context\(\)|ctx), "([a-z_.]+)"( ?\+)?`)
	entrance := regexp.MustCompile(`f\.entrance\([^"]*"([a-z_]+)"`)
	parts := regexp.MustCompile(`\{"(line\.[a-z]+)"`)
	begun := []string{"month.", "wrong.", "pay.", "cancel."}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := file.Name()
		if strings.HasSuffix(name, "_templ.go") || strings.HasSuffix(name, "_test.go") || !strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, ".templ") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllStringSubmatch(string(source), -1) {
			if m[2] != "" || strings.HasSuffix(m[1], ".") {
				begun = append(begun, m[1])
				continue
			}
			used["shop."+m[1]] = true
			if !i18n.Has("kk", "shop."+m[1]) {
				t.Errorf("%s: %s has no text", name, m[1])
			}
		}
		for _, m := range append(entrance.FindAllStringSubmatch(string(source), -1), parts.FindAllStringSubmatch(string(source), -1)...) {
			used["shop."+m[1]] = true
		}
	}
	begun = append(begun, "order.state.", "shipment.state.", "review.state.", "subscription.state.", "subscription.history.",
		"due.", "waiting.state.", "enrolment.", "lesson.", "presence.", "estimate.state.") // The badges.
	for _, id := range i18n.Unused("shop.", used) {
		found := false
		for _, b := range begun {
			found = found || strings.HasPrefix(id, "shop."+b)
		}
		if !found {
			t.Errorf("%s is used nowhere", id)
		}
	}
}
