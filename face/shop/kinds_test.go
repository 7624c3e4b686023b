package shop_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db"
)

// bring sends the form of a product in parts, with files by the names of their fields, and gives the page that follows.
func (b *browser) bring(p *page, files map[string]string) *page {
	b.t.Helper()
	var fields []field
	for _, n := range p.all("form.buy input[name]") {
		name := attr(n, "name")
		if attr(n, "type") == "file" {
			fields = append(fields, field{name: name, file: true, value: files[name]})
		} else {
			fields = append(fields, field{name: name, value: attr(n, "value")})
		}
	}
	action, err := p.at.Parse(attr(p.one("form.buy"), "action"))
	if err != nil {
		b.t.Fatal(err)
	}
	return b.parts(action.String(), fields...)
}

// field is one of a form that is sent in parts. A file that is left empty has no name.
type field struct {
	name, value string
	file        bool
}

// parts sends a form in parts, as browsers do when it has files, and gives the page that follows.
func (b *browser) parts(address string, fields ...field) *page {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	put := func(err error) {
		if err != nil {
			b.t.Fatal(err)
		}
	}
	for _, f := range fields {
		if !f.file {
			put(w.WriteField(f.name, f.value))
			continue
		}
		part, err := w.CreateFormFile(f.name, map[bool]string{true: "a.png"}[f.value != ""])
		put(err)
		_, err = io.WriteString(part, f.value)
		put(err)
	}
	put(w.Close())
	r, err := http.NewRequestWithContext(b.t.Context(), "POST", address, &body)
	put(err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Accept-Language", b.lang)
	r.Header.Set("Accept", "text/html")
	answer, err := b.http.Do(r)
	put(err)
	said, err := io.ReadAll(answer.Body)
	put(err)
	put(answer.Body.Close())
	if to := answer.Header.Get("Location"); to != "" {
		next, err := url.Parse(to)
		put(err)
		return b.get(r.URL.ResolveReference(next).String())
	}
	root, err := html.Parse(bytes.NewReader(said))
	put(err)
	return &page{b.t, r.URL, answer.StatusCode, answer.Header, root, string(said)}
}

// TestAThingIsMadeBySeveralFiles: each file answers its own question, one may be left out, and one that is none is said at
// its question.
func TestAThingIsMadeBySeveralFiles(t *testing.T) {
	apptest.Each(t, func(t *testing.T, opened *apptest.House) {
		h := &house{opened}
		side := func(code, name string, optional bool) catalog.Question {
			return catalog.Question{Code: code, Kind: catalog.QuestionFile, Label: text.Localized{"en": name, "kk": name, "ru": name}, Optional: optional}
		}
		h.revise(t, apptest.Kettle, catalog.Changes{Kind: &catalog.Kind{Made: &catalog.Made{Currency: money.KZT,
			Questions: []catalog.Question{side("front", "Front side", false), side("back", "Back side", true)}}}})
		var picture bytes.Buffer
		if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
			t.Fatal(err)
		}
		b := h.browser(t, "en")
		show := func() *page { return b.get(h.product(apptest.Kettle)) }

		p := b.bring(show(), map[string]string{"a_back": picture.String()})
		if p.status != http.StatusUnprocessableEntity || has(p.one("#a_back"), "aria-invalid") || !has(p.one("#a_front"), "aria-invalid") {
			t.Errorf("without the front it says %d\n%s", p.status, p.words("form.buy"))
		}
		p = b.bring(show(), map[string]string{"a_front": picture.String(), "a_back": "<svg onload=alert(1)>"})
		if p.status != http.StatusUnprocessableEntity || !has(p.one("#a_back"), "aria-invalid") || has(p.one("#a_front"), "aria-invalid") {
			t.Errorf("with a drawing for the back it says %d\n%s", p.status, p.words("form.buy"))
		}
		b.bring(show(), map[string]string{"a_front": picture.String()})
		b.bring(show(), map[string]string{"a_front": picture.String(), "a_back": picture.String()})
		lines := b.get("/basket").all(".answers")
		if len(lines) != 2 {
			t.Fatalf("the basket has %d things with answers", len(lines))
		}
		words := b.get("/basket").words(".answers")
		if strings.Count(words, "Front side") != 2 || strings.Count(words, "Back side") != 1 {
			t.Errorf("the basket says %s", words)
		}
	})
}

// TestFilterableDecidesWhatIsOffered: a category offers a filter by what the shop marks, and by nothing else; a category
// above it and a search in which most was found there do the same; where nothing is asked the goods decide.
func TestFilterableDecidesWhatIsOffered(t *testing.T) {
	apptest.Each(t, func(t *testing.T, opened *apptest.House) {
		h := &house{opened}
		said := func(colour, shape string) *[]catalog.Attribute {
			is := func(code, label, words string) catalog.Attribute {
				return catalog.Attribute{Code: code, Kind: catalog.AttributeText, Label: text.Localized{"en": label}, Text: text.Localized{"en": words}}
			}
			return &[]catalog.Attribute{is("colour", "Colour", colour), is("shape", "Shape", shape)}
		}
		h.revise(t, apptest.Kettle, catalog.Changes{Attributes: said("Red", "Round")})
		h.revise(t, apptest.Rare, catalog.Changes{Attributes: said("Blue", "Flat")})
		b := h.browser(t, "en")
		offered := func(path string) string {
			t.Helper()
			if err := h.Search.Catch(t.Context()); err != nil {
				t.Fatal(err)
			}
			words := ""
			for _, name := range []string{"Colour", "Shape"} {
				if strings.Contains(b.get(path).words(".facet summary"), name) {
					words += name + " "
				}
			}
			return words
		}
		for _, path := range []string{"/c/home", "/search"} {
			if got := offered(path); got != "Colour Shape " {
				t.Errorf("%s offers %q where nothing is asked", path, got)
			}
		}
		var home catalog.CategoryID
		define := func(code string, filterable bool) {
			t.Helper()
			h.Moment(t, func(tx *db.Tx) error {
				p, err := catalog.Get(tx, h.Goods[apptest.Kettle].Product)
				if err != nil {
					return err
				}
				home = p.Category
				_, err = catalog.DefineAttribute(tx, catalog.Definition{Category: home, Code: code, Kind: catalog.AttributeText,
					Label: text.Localized{"en": strings.ToUpper(code[:1]) + code[1:]}, Filterable: filterable})
				return err
			})
			h.Settled(t)
		}
		define("shape", false)
		for _, path := range []string{"/c/home", "/search"} {
			if got := offered(path); got != "" {
				t.Errorf("%s offers %q where nothing may be filtered by", path, got)
			}
		}
		define("colour", true)
		for _, path := range []string{"/c/home", "/search"} {
			if got := offered(path); got != "Colour " {
				t.Errorf("%s offers %q", path, got)
			}
		}
		a := h.Guest().Do(t, 200, "GET", "/v1/search?best_facets=5&filter=category:"+string(home), nil)
		if a.Text("facets.0.name") != "attr.colour" || a.At("facets.1") != nil {
			t.Errorf("the API offers %v", a.At("facets"))
		}
	})
}
