package web

import (
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/span"
	"sauda/base/text"
)

const (
	schemaPrefix = "#/components/schemas/"
	problemType  = "application/problem+json"
)

// document is the OpenAPI 3.1 document of a server. It is made of the same types by which requests are checked.
type document struct {
	bodies   huma.Registry // bodies are the schemas by which bodies are checked, forms those of forms on pages.
	forms    huma.Registry
	registry huma.Registry // registry, open and problem are there when somebody has asked for the document.
	open     *huma.OpenAPI
	problem  *huma.Schema
	routes   []described
	write    func() // write describes the routes, once.
	text     func() ([]byte, error)
}

// described is a route with what it reads and answers.
type described struct {
	*route
	in  *binder
	out *presenter
}

func newAPI(s *Server) *API {
	d := &document{bodies: newRegistry(), forms: newRegistry()}
	d.write = sync.OnceFunc(func() { d.describeAll(s) })
	d.text = sync.OnceValues(func() ([]byte, error) {
		d.write()
		return json.MarshalIndent(d.open, "", "  ")
	})
	return &API{server: s, doc: d}
}

// describeAll describes all routes that are there.
func (d *document) describeAll(s *Server) {
	d.registry = newRegistry()
	d.problem = d.registry.Schema(reflect.TypeFor[Problem](), true, "Problem")
	d.open = &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info:    &huma.Info{Title: s.o.Title, Version: s.o.Version, Description: introduction},
		Paths:   map[string]*huma.PathItem{},
		Components: &huma.Components{Schemas: d.registry, SecuritySchemes: map[string]*huma.SecurityScheme{
			"bearer": {Type: "http", Scheme: "bearer", Description: "A session token, or an API key (sk_…)."},
		}},
	}
	if s.o.Sessions != nil {
		d.open.Components.SecuritySchemes["session"] = &huma.SecurityScheme{
			Type: "apiKey", In: "cookie", Name: s.o.Sessions.CookieName(), Description: "The session of a signed-in browser.",
		}
	}
	for _, rt := range d.routes {
		d.add(rt.route, rt.in, rt.out)
	}
}

// introduction says what holds for all routes.
const introduction = `Money is a whole number of minor units with its currency. Times are RFC 3339 in UTC, days are YYYY-MM-DD.

Lists come in pages: give "next" of one page as "cursor" to have the following one.

A POST, PUT, PATCH or DELETE may carry an Idempotency-Key. The same key, address and body within 24 hours give the same answer, and nothing is done twice.

Refusals are problem documents (RFC 9457). Their "code" is stable; their "detail" is in the language of Accept-Language (kk, ru, en).`

// newRegistry names schemas after their types; of two types with one name the second has its package before it.
func newRegistry() huma.Registry {
	taken := map[string]reflect.Type{}
	r := huma.NewMapRegistry(schemaPrefix, func(t reflect.Type, hint string) string {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		name := huma.DefaultSchemaNamer(t, hint)
		if t.Name() == "" || t.Kind() != reflect.Struct {
			return name
		}
		if first, ok := taken[name]; ok && first != t {
			name = exported(path.Base(t.PkgPath())) + name
		}
		taken[name] = t
		return name
	})
	r.RegisterTypeAlias(reflect.TypeFor[measure.Quantity](), reflect.TypeFor[quantityShape]())
	r.RegisterTypeAlias(reflect.TypeFor[span.Day](), reflect.TypeFor[dayShape]())
	r.RegisterTypeAlias(reflect.TypeFor[text.JSON](), reflect.TypeFor[json.RawMessage]())
	return r
}

// quantityShape says how a quantity looks in JSON.
type quantityShape struct{}

// Schema is a number; that it has at most six decimals is checked where it is read.
func (quantityShape) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeNumber, Description: "A quantity with at most six decimals.", Examples: []any{1.5}}
}

// dayShape says how a day looks in JSON.
type dayShape struct{}

// Schema is a date.
func (dayShape) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date", Examples: []any{"2026-11-24"}}
}

// OpenAPI gives the document as indented JSON, byte for byte the same for the same routes. It is called when all routes
// are there; routes that are added later are not in it.
func (api *API) OpenAPI() ([]byte, error) { return api.doc.text() }

// add describes a route.
func (d *document) add(rt *route, in *binder, out *presenter) {
	op := &huma.Operation{
		OperationID: operationID(rt), Summary: rt.summary, Responses: map[string]*huma.Response{}, Method: rt.method,
	}
	if rt.tag != "" {
		op.Tags = []string{rt.tag}
	}
	for _, p := range in.params {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: p.name, In: p.in, Description: p.schema.Description, Required: p.required, Schema: p.schema,
		})
	}
	if rt.method != "GET" {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: "Idempotency-Key", In: "header", Description: "Makes the request safe to repeat.",
			Schema: &huma.Schema{Type: huma.TypeString, MaxLength: new(255), Examples: []any{"8e03978e-40d5-43dd-bc93-6894a57f9324"}},
		})
	}
	switch {
	case in.raw != nil:
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {}}}
	case in.body != nil:
		op.RequestBody = &huma.RequestBody{Required: in.needed, Content: map[string]*huma.MediaType{
			"application/json": {Schema: d.registry.Schema(in.bodyType, true, in.bodyName)},
		}}
	}
	if !rt.public {
		scopes := append([]string{}, rt.needs...)
		op.Security = []map[string][]string{{"bearer": scopes}}
		if _, ok := d.open.Components.SecuritySchemes["session"]; ok {
			op.Security = append(op.Security, map[string][]string{"session": scopes})
		}
	}
	d.answers(op, rt, out)
	d.place(rt, op)
}

// answers describes what a route answers.
func (d *document) answers(op *huma.Operation, rt *route, out *presenter) {
	good := &huma.Response{Description: "Done."}
	if out.raw {
		good.Content = map[string]*huma.MediaType{"application/json": {}}
	} else if !out.none {
		good.Content = map[string]*huma.MediaType{"application/json": {Schema: d.registry.Schema(out.typ, true, op.OperationID+"Output")}}
	}
	if rt.shape != nil {
		good.Content = map[string]*huma.MediaType{"application/json": {Schema: d.registry.Schema(rt.shape, true, op.OperationID+"Output")}}
	}
	op.Responses[strconv.Itoa(out.status)] = good
	byStatus := map[int][]string{}
	faults := slices.Clone(rt.faults)
	if rt.method != "GET" {
		faults = append(faults, ErrKeyReused)
	}
	if len(rt.needs) > 0 {
		faults = append(faults, ErrDenied)
	}
	if !rt.public {
		faults = append(faults, ErrSignedOut)
	}
	for _, f := range faults {
		byStatus[statusOf(f)] = append(byStatus[statusOf(f)], "* `"+f.Code+"`: "+f.Text)
	}
	for status, lines := range byStatus {
		slices.Sort(lines)
		op.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: strings.Join(slices.Compact(lines), "\n"), Content: map[string]*huma.MediaType{problemType: {Schema: d.problem}},
		}
	}
	op.Responses["default"] = &huma.Response{
		Description: "Any other refusal.", Content: map[string]*huma.MediaType{problemType: {Schema: d.problem}},
	}
}

// Shape says what the JSON of a Raw answer looks like, for the reference.
func Shape[T any]() Option { return func(rt *route) { rt.shape = reflect.TypeFor[T]() } }

// place puts an operation at its address.
func (d *document) place(rt *route, op *huma.Operation) {
	address := strings.NewReplacer("...}", "}", "{$}", "").Replace(rt.path)
	item := d.open.Paths[address]
	if item == nil {
		item = &huma.PathItem{}
		d.open.Paths[address] = item
	}
	at := map[string]**huma.Operation{
		"GET": &item.Get, "PUT": &item.Put, "POST": &item.Post, "DELETE": &item.Delete, "PATCH": &item.Patch, "HEAD": &item.Head,
	}[rt.method]
	if at == nil {
		panic(fmt.Sprintf("web: %s: a route of the API has a method", rt.pattern))
	}
	*at = op
}

// operationID names a route for generated clients: "POST /v1/carts/{id}/lines" is postCartsLines.
func operationID(rt *route) string {
	var b strings.Builder
	b.WriteString(strings.ToLower(rt.method))
	for part := range strings.FieldsFuncSeq(rt.path, func(r rune) bool { return r == '/' || r == '-' || r == '.' || r == '_' }) {
		switch {
		case part == "v1":
		case strings.HasPrefix(part, "{") && strings.HasSuffix(rt.path, part):
			b.WriteString("By" + exported(strings.Trim(part, "{}$.")))
		case strings.HasPrefix(part, "{"):
		default:
			b.WriteString(exported(part))
		}
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, b.String())
}

// faultText is what the reference says of a fault's kind.
func faultText(f *fault.Fault) string { return strconv.Itoa(statusOf(f)) + " " + f.Kind.String() }
