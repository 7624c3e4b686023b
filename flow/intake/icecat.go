package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"sauda/base/ident"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
)

// icecat reads Icecat's open catalogue as it is packed for search engines: a JSON array of flat objects, whose attributes
// are named attr_t_… for texts, attr_n_… for numbers and attr_b_… for yes and no.
type icecat struct {
	plan   Plan
	room   *allowance
	json   *json.Decoder
	row    int
	began  bool
	labels map[string]label // labels are the attributes seen so far, by their key.
}

// label is what a key of an attribute says to people.
type label struct {
	code string
	name text.Localized
	kind catalog.AttributeKind
}

func newIcecat(in io.Reader, p Plan) *icecat {
	room := &allowance{in: in, left: rowMax}
	decoder := json.NewDecoder(room)
	decoder.UseNumber()
	return &icecat{plan: p, room: room, json: decoder, labels: make(map[string]label)}
}

// product is an object of the file: what is known by name, and the attributes in their order.
type product struct {
	ID, Name, Title, Supplier, Summary, Image string
	EAN                                       []string
	Price                                     json.Number
	Type                                      string
}

func (f *icecat) next() (row, error) {
	f.room.next()
	if !f.began {
		if t, err := f.json.Token(); err != nil || t != json.Delim('[') {
			return row{}, f.broken(err)
		}
		f.began = true
	}
	if !f.json.More() {
		if t, err := f.json.Token(); err != nil || t != json.Delim(']') {
			return row{}, f.broken(err)
		}
		if _, err := f.json.Token(); err != io.EOF {
			return row{}, f.broken(err)
		}
		return row{}, io.EOF
	}
	f.row++
	var raw json.RawMessage
	if err := f.json.Decode(&raw); err != nil {
		return row{}, f.broken(err)
	}
	return f.read(raw), nil
}

// broken tells what is wrong with the file itself and where.
func (f *icecat) broken(err error) error {
	if errors.Is(err, ErrRowSize) || errors.Is(err, ErrTooLarge) || errors.Is(err, ErrFile) {
		return err
	}
	if err == nil {
		err = errors.New("something else than an array")
	}
	return ErrJSON.About("product %d, byte %d: %v", f.row, f.json.InputOffset(), err)
}

// read makes a row of an object.
func (f *icecat) read(raw []byte) row {
	r := row{number: f.row, size: len(raw)}
	var p product
	a := attributes{row: &r, seen: make(map[string]bool, 32)}
	err := walk(raw, func(key string, value []byte) { f.field(&r, &a, &p, key, value) })
	if err != nil {
		r.refuse("", "no_product", string(raw[:min(len(raw), shownMax)]))
		return r
	}
	f.fill(&r, &p)
	if p.Name != "" {
		code := label{code: "part_number", name: text.Localized{"kk": "Өндіруші нөмірі", "ru": "Номер производителя", "en": "Part number", "zh": "零件号"}}
		a.add("name", catalog.Attribute{Code: code.code, Kind: catalog.AttributeText, Label: code.name,
			Text: text.Localized{f.plan.Lang: r.line("name", p.Name, catalog.AttributeMax)}})
	}
	r.draft.Attributes = a.list
	for i := range r.flaws { // Some were found before the id was.
		r.flaws[i].ID = shown(r.draft.ExternalID)
	}
	return r
}

// field takes one member of an object. A known one of the wrong type refuses the row.
func (f *icecat) field(r *row, a *attributes, p *product, key string, value []byte) {
	if strings.HasPrefix(key, "attr_") {
		f.attribute(r, a, p, key, value)
		return
	}
	var err error
	switch key {
	case "id":
		if p.ID, err = unquoted(value); err != nil { // Some packers write ids as numbers.
			var n json.Number
			err = json.Unmarshal(value, &n)
			p.ID = n.String()
		}
	case "name":
		p.Name, err = unquoted(value)
	case "title":
		p.Title, err = unquoted(value)
	case "supplier":
		p.Supplier, err = unquoted(value)
	case "short_description":
		p.Summary, err = unquoted(value)
	case "img_high":
		p.Image, err = unquoted(value)
	case "ean":
		err = json.Unmarshal(value, &p.EAN)
	case "price":
		err = json.Unmarshal(value, &p.Price)
	}
	if err != nil {
		r.refuse(key, "type", string(value))
	}
}

// fill makes the draft of what is known by name.
func (f *icecat) fill(r *row, p *product) {
	d := &r.draft
	d.Seller, d.State = f.plan.Seller, f.plan.State
	if d.ExternalID = strings.TrimSpace(p.ID); d.ExternalID == "" || len(d.ExternalID) > catalog.CodeMax {
		r.refuse("id", "no_id", p.ID, "max", catalog.CodeMax)
	}
	d.Name = text.Localized{f.plan.Lang: r.line("title", p.Title, catalog.NameMax)}
	if d.Name.IsEmpty() {
		r.refuse("title", "no_name", p.Title)
	}
	if summary := r.fit("short_description", p.Summary, catalog.DescriptionMax); summary != "" {
		d.Description = text.Localized{f.plan.Lang: summary}
	}
	d.Brand = r.line("supplier", p.Supplier, catalog.BrandMax)
	minor, err := strconv.ParseInt(p.Price.String(), 10, 64)
	if err != nil || minor <= 0 {
		r.refuse("price", "minor_price", p.Price.String())
	}
	r.offers = []offer{{price: money.Of(minor, f.plan.Currency)}}
	v := catalog.Variant{SKU: d.ExternalID, GTIN: r.gtin("ean", p.EAN)}
	d.Variants = []catalog.Variant{v}
	d.Media = r.image("img_high", p.Image)
	r.path = r.shelf("attr_t_product_type", p.Type, "")
}

// attribute takes an attr_… member. One of the wrong type, and an empty one, is left out with a note.
func (f *icecat) attribute(r *row, a *attributes, p *product, key string, value []byte) {
	l, ok := f.label(key)
	if !ok {
		r.trim(key, "attribute_kind", string(value))
		return
	}
	one := catalog.Attribute{Code: l.code, Kind: l.kind, Label: l.name}
	fits := true
	switch l.kind {
	case catalog.AttributeText:
		s, err := unquoted(value)
		if fits = err == nil; fits && key == "attr_t_product_type" {
			p.Type = s
		}
		if s = r.fit(key, s, catalog.AttributeMax); s == "" && fits {
			return // An empty statement says nothing.
		}
		one.Text = text.Localized{f.plan.Lang: s}
	case catalog.AttributeNumber:
		one.Number, fits = decimal(string(value))
	case catalog.AttributeBool:
		one.Bool = string(value) == "true"
		fits = one.Bool || string(value) == "false"
	}
	if !fits {
		r.trim(key, "attribute_value", string(value))
		return
	}
	a.add(key, one)
}

// kinds are the types of attributes by the letter in their names.
var kinds = map[byte]catalog.AttributeKind{'t': catalog.AttributeText, 'n': catalog.AttributeNumber, 'b': catalog.AttributeBool}

// labelsMax bounds what is remembered of names: a hostile file has a new one in every row.
const labelsMax = 50_000

// label gives what the key of an attribute says.
func (f *icecat) label(key string) (label, bool) {
	if l, ok := f.labels[key]; ok {
		return l, true
	}
	if len(key) < len("attr_t_x") || key[6] != '_' || kinds[key[5]] == "" {
		return label{}, false
	}
	code := strings.Trim(key[len("attr_t_"):], "_")
	if code = cutCode(code, 0); code == "" || !utf8.ValidString(code) || strings.IndexFunc(code, unicode.IsControl) >= 0 {
		return label{}, false
	}
	l := label{code: code, name: text.Localized{f.plan.Lang: readable(key[len("attr_t_"):])}, kind: kinds[key[5]]}
	if len(f.labels) < labelsMax {
		f.labels[strings.Clone(key)] = l
	}
	return l, true
}

// readable makes words of a key: display_diagonal is "Display diagonal", and thermal_design_power__tdp_ is "Thermal design
// power (tdp)", for two underscores stood for a space and a bracket.
func readable(key string) string {
	if at := strings.LastIndex(key, "__"); at > 0 && strings.HasSuffix(key, "_") && at+2 < len(key)-1 {
		key = key[:at] + " (" + strings.Trim(key[at+2:], "_") + ")"
	}
	words := strings.Join(strings.FieldsFunc(key, func(c rune) bool { return c == '_' || c == ' ' }), " ")
	first, size := utf8.DecodeRuneInString(words)
	return cut(string(unicode.ToUpper(first))+words[size:], catalog.NameMax)
}

// gtin gives the first number that proves itself.
func (r *row) gtin(field string, numbers []string) string {
	for _, n := range numbers {
		if gtin, err := ident.ParseGTIN(strings.TrimSpace(n)); err == nil {
			return string(gtin)
		}
	}
	if len(numbers) > 0 {
		r.trim(field, "no_gtin", strings.Join(numbers[:min(len(numbers), 9)], " "))
	}
	return ""
}

// image gives the medium at an address of the web.
func (r *row) image(field, address string) []catalog.Media {
	if address = strings.TrimSpace(address); address == "" {
		return nil
	}
	if !webAddress(address) {
		r.trim(field, "image", address, "max", catalog.URLMax)
		return nil
	}
	return []catalog.Media{{Kind: catalog.MediaImage, URL: address}}
}

// unquoted reads a JSON text. Those without escapes, nearly all, are taken as they stand.
func unquoted(value []byte) (string, error) {
	if len(value) >= 2 && value[0] == '"' {
		plain := value[1 : len(value)-1]
		if utf8.Valid(plain) && !strings.ContainsRune(string(plain), '\\') {
			return string(plain), nil
		}
	}
	if string(value) == "null" {
		return "", nil
	}
	var s string
	err := json.Unmarshal(value, &s)
	return s, err
}

// walk visits the members of a JSON object that is known to be well formed, in their order.
func walk(raw []byte, visit func(key string, value []byte)) error {
	s := scanner{raw: raw}
	if s.skip(); s.peek() != '{' {
		return fmt.Errorf("byte %d: no object", s.at)
	}
	s.at++
	for {
		s.skip()
		switch s.peek() {
		case '}':
			return nil
		case ',':
			s.at++
			s.skip()
		}
		key, err := unquoted(s.value())
		if err != nil {
			return err
		}
		if s.skip(); s.peek() != ':' {
			return fmt.Errorf("byte %d: no colon", s.at)
		}
		s.at++
		s.skip()
		value := s.value()
		if len(value) == 0 {
			return fmt.Errorf("byte %d: no value", s.at)
		}
		visit(key, value)
	}
}

// scanner finds the values in JSON that is known to be well formed.
type scanner struct {
	raw []byte
	at  int
}

func (s *scanner) peek() byte {
	if s.at < len(s.raw) {
		return s.raw[s.at]
	}
	return 0
}

func (s *scanner) skip() {
	for s.at < len(s.raw) && (s.raw[s.at] == ' ' || s.raw[s.at] == '\n' || s.raw[s.at] == '\t' || s.raw[s.at] == '\r') {
		s.at++
	}
}

// value gives the value that begins here, and stands behind it.
func (s *scanner) value() []byte {
	begin, depth := s.at, 0
	for s.at < len(s.raw) {
		switch c := s.raw[s.at]; {
		case c == '"':
			s.quoted()
		case c == '{' || c == '[':
			depth++
			s.at++
		case c == '}' || c == ']':
			if depth == 0 { // It belongs to what is around.
				return s.raw[begin:s.at]
			}
			depth--
			s.at++
		case depth == 0 && (c == ',' || c == ':' || c == ' ' || c == '\n' || c == '\t' || c == '\r'):
			return s.raw[begin:s.at]
		default:
			s.at++
			continue
		}
		if depth == 0 {
			break
		}
	}
	return s.raw[begin:s.at]
}

// quoted stands behind the text that begins here.
func (s *scanner) quoted() {
	for s.at++; s.at < len(s.raw); s.at++ {
		switch s.raw[s.at] {
		case '\\':
			s.at++
		case '"':
			s.at++
			return
		}
	}
	s.at = min(s.at, len(s.raw))
}
