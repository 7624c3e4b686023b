package intake

import (
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"sauda/base/text"
)

// google reads a feed of Google Merchant Center: RSS or Atom with elements of its namespace, or the same names as the
// columns of a table. Entries that follow each other with one item_group_id are variants of one product.
type google struct {
	plan  Plan
	feed  func() ([]pair, error) // feed gives the next entry by the names of its elements.
	row   int
	ahead []pair
	end   error
}

// newGoogleXML reads RSS or Atom.
func newGoogleXML(in io.Reader, p Plan) *google {
	x := newElements(in)
	return &google{plan: p, feed: func() ([]pair, error) {
		e, err := x.find("item", "entry")
		if err != nil {
			return nil, err
		}
		var all []pair
		for _, child := range e.children {
			value := child.text
			if child.name == "link" && value == "" {
				value = child.attribute("href")
			}
			if child.name == "shipping" || child.name == "tax" {
				continue
			}
			all = append(all, pair{child.name, strings.TrimSpace(value)})
		}
		return all, nil
	}}
}

// newGoogleTable reads columns of the same names.
func newGoogleTable(in records, p Plan) (*google, error) {
	names, err := heading(in)
	if err != nil {
		return nil, err
	}
	for i, n := range names {
		names[i] = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(n)), " ", "_")
	}
	return &google{plan: p, feed: func() ([]pair, error) {
		cells, err := in.next()
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			return []pair{{"", strings.Join(cells, " ")}}, nil
		}
		if err != nil {
			return nil, err
		}
		var all []pair
		for i, name := range names[:min(len(names), len(cells))] {
			value := strings.Clone(harmed(strings.TrimSpace(cells[i])))
			if name == "additional_image_link" {
				for _, one := range severally(value) {
					all = append(all, pair{name, one})
				}
				continue
			}
			all = append(all, pair{name, value})
		}
		return all, nil
	}}, nil
}

func (g *google) next() (row, error) {
	first, err := g.entry()
	if err != nil {
		return row{}, err
	}
	g.row++
	items := []item{g.item(first)}
	group := valueOf(first, "item_group_id")
	for group != "" {
		one, err := g.entry()
		if err != nil {
			g.end = err
			break
		}
		if valueOf(one, "item_group_id") != group {
			g.ahead = one
			break
		}
		if len(items) <= variantsAhead {
			items = append(items, g.item(one))
		}
	}
	if len(items) == 1 {
		items[0].options = nil
	}
	return assemble(g.plan, g.row, items), nil
}

func (g *google) entry() ([]pair, error) {
	if g.ahead != nil {
		e := g.ahead
		g.ahead = nil
		return e, nil
	}
	if g.end != nil {
		return nil, g.end
	}
	return g.feed()
}

func valueOf(all []pair, name string) string {
	for _, p := range all {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

// googleOptions are the elements by which the variants of a group differ.
var googleOptions = []string{"color", "size", "material", "pattern"}

// item makes an item of an entry.
func (g *google) item(all []pair) item {
	var i item
	for _, p := range all {
		switch p.name {
		case "id":
			i.set("sku", p.value)
		case "title":
			i.set("name", p.value)
		case "description":
			i.set("description", plainText(p.value))
		case "brand", "gtin":
			i.set(p.name, p.value)
		case "product_type":
			i.set("category", p.value)
		case "image_link", "additional_image_link":
			if p.value != "" {
				i.images = append(i.images, p.value)
			}
		case "shipping_weight":
			number, unit, _ := strings.Cut(p.value, " ")
			if field := map[string]string{"g": "weight_g", "kg": "weight_kg"}[strings.ToLower(unit)]; field != "" {
				i.set(field, number)
			}
		case "price":
			i.set("price", p.value)
		case "":
			return refusedItem("", "broken_row", p.value)
		}
	}
	i.set("external_id", valueOf(all, "item_group_id"))
	if i.fields["external_id"] == "" {
		i.set("external_id", valueOf(all, "id"))
	}
	i.set("stock", valueOf(all, "quantity"))
	for _, name := range googleOptions {
		value := valueOf(all, name)
		if value == "" {
			continue
		}
		if valueOf(all, "item_group_id") == "" {
			i.attributes = append(i.attributes, statement{name: readable(name), code: name, value: value})
			continue
		}
		if len(i.options) < 3 {
			i.options = append(i.options, choice{code: name, name: text.Localized{g.plan.Lang: readable(name)}, said: text.Localized{g.plan.Lang: value}})
		}
	}
	return i
}

// element is an element of XML with what is in it.
type element struct {
	name     string
	attrs    []xml.Attr
	text     string
	children []element
}

func (e element) attribute(name string) string {
	for _, a := range e.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (e element) child(name string) string {
	for _, c := range e.children {
		if c.name == name {
			return strings.TrimSpace(c.text)
		}
	}
	return ""
}

// elements reads XML as a stream. Entities that a file defines are not known, so that none can grow; a document type is
// refused.
type elements struct {
	room *allowance
	xml  *xml.Decoder
	at   int
}

const xmlDepthMax = 12 // xmlDepthMax is how deep elements of goods may stand; feeds have three.

func newElements(in io.Reader) *elements {
	room := &allowance{in: in, left: rowMax}
	e := &elements{room: room, xml: xml.NewDecoder(room)}
	e.xml.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // It is UTF-8 by now.
	e.xml.Entity = xml.HTMLEntity
	return e
}

// find gives the next element of one of these names, wherever it stands, or io.EOF.
func (e *elements) find(names ...string) (element, error) {
	e.room.next()
	seen := 0
	for {
		t, err := e.xml.Token()
		if err != nil {
			return element{}, e.broken(err)
		}
		switch t := t.(type) {
		case xml.Directive:
			if strings.Contains(strings.ToUpper(string(t)), "ENTITY") {
				return element{}, ErrXML.About("byte %d: a document type with entities", e.xml.InputOffset())
			}
		case xml.StartElement:
			for _, name := range names {
				if t.Name.Local == name {
					e.at++
					return e.read(t, 0)
				}
			}
			if seen++; seen > 10_000 { // Nothing of what is looked for is there; the allowance of a row begins anew.
				seen = 0
				e.room.next()
			}
		}
	}
}

// read reads an element to its end.
func (e *elements) read(start xml.StartElement, depth int) (element, error) {
	if depth > xmlDepthMax {
		return element{}, ErrXML.About("byte %d: elements stand too deep", e.xml.InputOffset())
	}
	found := element{name: start.Name.Local, attrs: start.Attr}
	var words strings.Builder
	for {
		t, err := e.xml.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return element{}, e.broken(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			child, err := e.read(t.Copy(), depth+1)
			if err != nil {
				return element{}, err
			}
			found.children = append(found.children, child)
		case xml.CharData:
			words.Write(t)
		case xml.EndElement:
			found.text = words.String()
			return found, nil
		}
	}
}

// broken tells what is wrong with the file itself and where.
func (e *elements) broken(err error) error {
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return io.EOF
	}
	if errors.Is(err, ErrRowSize) || errors.Is(err, ErrTooLarge) || errors.Is(err, ErrFile) {
		return err
	}
	return ErrXML.About("product %d, byte %d: %v", e.at, e.xml.InputOffset(), err)
}
