package web

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"sauda/base/fault"
)

// RawBody in an input is the body as it came, unread: for a webhook whose signature covers the bytes. An input with it has
// no other fields of a body.
type RawBody []byte

// binder reads requests into inputs of one type. It is compiled once for each route.
type binder struct {
	rt        *route
	registry  huma.Registry
	typ       reflect.Type
	params    []param
	fields    []field // fields of the body, in the order of bodyType.
	bodyType  reflect.Type
	body      *huma.Schema
	bodyName  string
	needed    bool   // needed says that there must be a body.
	defaults  []byte // defaults is the JSON of the body's default values.
	raw       []int  // raw is the RawBody field.
	files     []int  // files is the Files field, and filesName what it is called.
	filesName string
	typed     []int // typed is the embedded Typed.
	cookies   []int // cookies is the Cookies field.
	form      bool
}

// field is a field of the body: where it is in the input and what it is called.
type field struct {
	index []int
	name  string
	typ   reflect.Type
}

func newBinder[I any](registry huma.Registry, rt *route, form bool) *binder {
	b := &binder{rt: rt, registry: registry, typ: reflect.TypeFor[I](), form: form}
	if b.typ.Kind() != reflect.Struct {
		panic("web: " + rt.pattern + ": an input is a struct")
	}
	var body []reflect.StructField
	b.collect(b.typ, nil, &body)
	b.checkPath()
	if len(body) == 0 {
		return b
	}
	if b.raw != nil {
		panic("web: " + rt.pattern + ": an input with RawBody has no other fields of a body")
	}
	b.bodyType = reflect.StructOf(body)
	b.bodyName = exported(b.typ.Name()) + "Body"
	if b.typ.Name() == "" {
		b.bodyName = operationID(rt) + "Body"
	}
	b.body = registry.SchemaFromRef(registry.Schema(b.bodyType, true, b.bodyName).Ref)
	b.needed = len(b.body.Required) > 0
	b.defaults = defaultsOf(b.body)
	return b
}

// collect sorts the fields of an input into parameters and body; embedded structs are looked into.
func (b *binder) collect(t reflect.Type, at []int, body *[]reflect.StructField) {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int{}, at...), i)
		switch {
		case f.Type == reflect.TypeFor[Typed]():
			b.typed = index
		case f.Type == reflect.TypeFor[RawBody]():
			b.raw = index
		case f.Type == reflect.TypeFor[Cookies]():
			b.cookies = index
		case f.Type == reflect.TypeFor[Files]():
			b.files, b.filesName = index, f.Tag.Get("json")
		case f.Anonymous && f.Type.Kind() == reflect.Struct && f.Tag.Get("json") == "":
			b.collect(f.Type, index, body)
		case !f.IsExported() || f.Tag.Get("json") == "-":
		case b.param(f, index):
		default:
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" {
				panic("web: " + b.rt.pattern + ": the field " + f.Name + " needs a tag: path, query, header or json")
			}
			f.Offset, f.Index, f.Anonymous = 0, nil, false
			b.fields = append(b.fields, field{index: index, name: name, typ: f.Type})
			*body = append(*body, f)
		}
	}
}

// checkPath makes sure that the names in the address and those of the input are the same.
func (b *binder) checkPath() {
	for _, p := range b.params {
		if p.in == "path" && !strings.Contains(b.rt.path, "{"+p.name+"}") && !strings.Contains(b.rt.path, "{"+p.name+"...}") {
			panic("web: " + b.rt.pattern + " has no {" + p.name + "}")
		}
	}
}

// exported makes the first letter of a Go name large.
func exported(name string) string {
	name, _, _ = strings.Cut(name, "[")
	if name == "" {
		return ""
	}
	runes := []rune(name)
	runes[0] = unicode.ToUpper(runes[0])
	return string(runes)
}

// defaultsOf is the JSON object of the defaults of a schema's own properties, or nil.
func defaultsOf(s *huma.Schema) []byte {
	given := map[string]any{}
	for name, p := range s.Properties {
		if p.Default != nil {
			given[name] = p.Default
		}
	}
	if len(given) == 0 {
		return nil
	}
	body, err := json.Marshal(given)
	if err != nil {
		panic("web: a default has no JSON: " + err.Error())
	}
	return body
}

// read gives a pointer to a new input and the bytes of the body.
func (b *binder) read(c *call) (any, []byte, error) {
	v := reflect.New(b.typ)
	var wrong []fault.Field
	var body []byte
	var err error
	switch {
	case b.form:
		wrong, err = b.readForm(c, v.Elem())
	case b.raw != nil:
		if body, err = b.bytes(c); err == nil {
			v.Elem().FieldByIndex(b.raw).SetBytes(body)
		}
	case b.bodyType != nil:
		body, wrong, err = b.readJSON(c, v.Elem())
	}
	if err != nil {
		return nil, nil, err
	}
	if b.cookies != nil && len(c.r.Header["Cookie"]) > 0 {
		v.Elem().FieldByIndex(b.cookies).Set(reflect.ValueOf(Cookies(c.r.Cookies())))
	}
	// After the body, so that nothing in a body can take the place of what stands in the address.
	more, err := b.readParams(c, v.Elem())
	if err != nil {
		return nil, nil, err
	}
	if wrong = append(wrong, more...); len(wrong) > 0 {
		if b.typed == nil || len(more) > 0 {
			return nil, nil, ErrInvalid.Fields(wrong...)
		}
		t := v.Elem().FieldByIndex(b.typed).Addr().Interface().(*Typed)
		t.Wrong = wrong
	}
	c.form, c.asked = b, v.Elem()
	return v.Interface(), body, nil
}

// bytes reads the body up to the limit of the route.
func (b *binder) bytes(c *call) ([]byte, error) {
	r := c.r
	if r.ContentLength > b.rt.bodyMax {
		return nil, ErrTooLarge.With("max", b.rt.bodyMax)
	}
	if r.ContentLength == 0 || r.Body == nil {
		return nil, nil
	}
	limited := http.MaxBytesReader(c.w, r.Body, b.rt.bodyMax)
	var body []byte
	var err error
	if r.ContentLength > 0 {
		body = make([]byte, r.ContentLength)
		_, err = io.ReadFull(limited, body)
	} else {
		body, err = io.ReadAll(limited)
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, ErrTooLarge.With("max", b.rt.bodyMax)
	case err != nil && r.Context().Err() != nil:
		return nil, errGone
	case err != nil:
		return nil, ErrMalformed.About("the body ends too early: %w", err)
	}
	return body, nil
}

// readJSON reads the body's fields.
func (b *binder) readJSON(c *call, v reflect.Value) ([]byte, []fault.Field, error) {
	body, err := b.bytes(c)
	if err != nil {
		return nil, nil, err
	}
	text := body
	if len(body) == 0 {
		if b.needed {
			return nil, nil, ErrMalformed.About("there is no body")
		}
		text = []byte("{}")
	} else if !isJSON(c.r.Header.Get("Content-Type")) {
		return nil, nil, ErrMedia.About("content type %q", c.r.Header.Get("Content-Type"))
	}
	tree, err := parseJSON(text)
	if err != nil {
		return nil, nil, err
	}
	if wrong := b.check(b.body, "", tree); len(wrong) > 0 {
		return body, wrong, nil
	}
	into := reflect.New(b.bodyType)
	if b.defaults != nil {
		if err := json.Unmarshal(b.defaults, into.Interface()); err != nil {
			return nil, nil, err
		}
	}
	if err := json.Unmarshal(text, into.Interface()); err != nil {
		return body, []fault.Field{unreadable(err)}, nil
	}
	for i, f := range b.fields {
		v.FieldByIndex(f.index).Set(into.Elem().Field(i))
	}
	return body, nil, nil
}

// unreadable names the field that a type of the trade refused to read: a quantity with too many decimals, a number that
// does not fit.
func unreadable(err error) fault.Field {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		return saidInvalid.At("/" + strings.ReplaceAll(wrongType.Field, ".", "/"))
	}
	if fault.Of(err) != fault.ErrInternal {
		return fault.Found("", err)
	}
	return saidInvalid.At("")
}

func isJSON(contentType string) bool {
	if contentType == "application/json" {
		return true
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || (kind != "application/json" && !strings.HasSuffix(kind, "+json")) {
		return false
	}
	charset, stated := params["charset"]
	return !stated || strings.EqualFold(charset, "utf-8")
}

// checking is what a check needs and can be used again.
type checking struct {
	path   *huma.PathBuffer
	result *huma.ValidateResult
}

var checkings = sync.Pool{New: func() any {
	return &checking{path: huma.NewPathBuffer(make([]byte, 0, 128), 0), result: &huma.ValidateResult{}}
}}

// check holds a value against a schema and gives what is wrong.
func (b *binder) check(s *huma.Schema, name string, value any) []fault.Field {
	k := checkings.Get().(*checking)
	defer checkings.Put(k)
	k.path.Reset()
	k.result.Reset()
	if name != "" {
		k.path.Push(name)
	}
	huma.Validate(b.registry, s, k.path, huma.ModeWriteToServer, value, k.result)
	if len(k.result.Errors) == 0 {
		return nil
	}
	wrong := make([]fault.Field, 0, len(k.result.Errors))
	for _, err := range k.result.Errors {
		var d *huma.ErrorDetail
		if errors.As(err, &d) {
			wrong = append(wrong, fieldOf(d))
		}
		if len(wrong) == wrongMax {
			break
		}
	}
	return wrong
}

// wrongMax bounds how many wrong fields are named: more help nobody.
const wrongMax = 50

// readForm reads the fields of a form; what cannot be read keeps the field's zero value and is named.
func (b *binder) readForm(c *call, v reflect.Value) ([]fault.Field, error) {
	if c.r.Method != http.MethodPost {
		return nil, nil
	}
	values, files, err := b.formValues(c)
	if err != nil {
		return nil, err
	}
	if b.files != nil {
		v.FieldByIndex(b.files).Set(reflect.ValueOf(files))
	}
	if b.typed != nil {
		v.FieldByIndex(b.typed).Addr().Interface().(*Typed).Values = values
	}
	var wrong []fault.Field
	for _, f := range b.fields {
		s := b.body.Properties[f.name]
		said := values[f.name]
		for i := range said {
			said[i] = strings.TrimSpace(strings.ReplaceAll(said[i], "\r\n", "\n"))
		}
		empty := len(said) == 0 || len(said) == 1 && said[0] == ""
		if empty && isRequired(b.body, f.name) && f.typ.Kind() != reflect.Bool {
			wrong = append(wrong, saidRequired.At("/"+f.name))
			continue
		}
		if empty {
			if s.Default == nil {
				continue
			}
			said = []string{defaultText(s.Default)}
		}
		wrong = append(wrong, b.set(v.FieldByIndex(f.index), s, f.name, said)...)
	}
	return wrong, nil
}

// formValues reads what a form has sent. One that may bring files is understood without them as well.
func (b *binder) formValues(c *call) (url.Values, Files, error) {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "multipart/form-data" && b.files != nil:
		return b.readFiles(c)
	case err != nil || kind != "application/x-www-form-urlencoded":
		if c.r.ContentLength != 0 {
			return nil, nil, ErrMedia.About("a form of type %q", c.r.Header.Get("Content-Type"))
		}
	}
	body, err := b.bytes(c)
	if err != nil {
		return nil, nil, err
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, nil, ErrMalformed.About("the form: %w", err)
	}
	return values, nil, nil
}

func isRequired(s *huma.Schema, name string) bool {
	for _, r := range s.Required {
		if r == name {
			return true
		}
	}
	return false
}
