package demo

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"sauda/base/span"
)

// pictureMax keeps a list page of 24 pictures under 100 kB without compression.
const pictureMax = 4096

func TestPictures(t *testing.T) {
	c := load(t)
	drawn, err := fs.Glob(Files, "pictures/*.svg")
	if err != nil {
		t.Fatal(err)
	}
	wanted := shown(t, c)
	if len(drawn) != len(wanted) {
		t.Errorf("%d pictures are drawn, %d are shown", len(drawn), len(wanted))
	}
	for _, name := range wanted {
		raw, err := Files.ReadFile("pictures/" + name + ".svg")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(raw) > pictureMax {
			t.Errorf("%s: %d bytes", name, len(raw))
		}
		if err := harmless(raw); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// shown are the names of all pictures: one for each product, one for each colour that it comes in, one for each journey or house
// that is booked, one for each course, that of the utility centre, of a certificate and of what is made to order.
func shown(t *testing.T, c catalogue) []string {
	t.Helper()
	var names []string
	for _, p := range c.Products {
		names = append(names, p.ExternalID)
		for _, o := range p.Options {
			for _, v := range o.Values {
				if (o.Code == "colour") != (v.Picture != "") {
					t.Errorf("%s: %s %s has picture %q", p.ExternalID, o.Code, v.Code, v.Picture)
				}
				if v.Picture != "" {
					names = append(names, v.Picture)
				}
			}
		}
	}
	for _, k := range append(journeys(), hotel(), barber()) {
		names = append(names, k.sku)
	}
	for _, x := range lessons(span.DayOf(end, span.Almaty)) {
		names = append(names, x.picture)
	}
	names = append(names, centrePicture, certificate().picture, curtain().picture)
	return names
}

// shapes are all that a picture is made of: no text, no script, no foreign part, no reference.
var shapes = []string{"svg", "g", "rect", "circle", "ellipse", "path"}

func harmless(raw []byte) error {
	reader, depth := xml.NewDecoder(bytes.NewReader(raw)), 0
	for {
		token, err := reader.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			if !slices.Contains(shapes, e.Name.Local) || (depth == 0) != (e.Name.Local == "svg") {
				return errors.New("element " + e.Name.Local)
			}
			for _, a := range e.Attr {
				name := strings.ToLower(a.Name.Local)
				if name == "href" || name == "style" || strings.HasPrefix(name, "on") || strings.Contains(a.Value, "url(") {
					return errors.New("attribute " + a.Name.Local)
				}
				if name == "viewbox" && a.Value != "0 0 600 600" {
					return errors.New("viewBox " + a.Value)
				}
			}
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			if len(bytes.TrimSpace(e)) > 0 {
				return errors.New("text in the picture")
			}
		default:
			return errors.New("something that is no shape")
		}
	}
}

func TestHarm(t *testing.T) {
	for _, bad := range []string{
		`<svg><script/></svg>`, `<svg><rect onclick="x()"/></svg>`, `<svg><g href="x"/></svg>`, `<svg><text>a</text></svg>`,
		`<svg><g fill="url(#a)"/></svg>`, `<svg><!-- x --></svg>`, `<svg><g></svg>`, `<g/>`, `<svg viewBox="0 0 1 1"/>`,
	} {
		if harmless([]byte(bad)) == nil {
			t.Errorf("%s passed", bad)
		}
	}
}
