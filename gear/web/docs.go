package web

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"sauda/base/fault"
)

//go:embed docs/docs.html docs/assets
var docsFiles embed.FS

var docsPage = template.Must(template.ParseFS(docsFiles, "docs/docs.html"))

// addDocs adds /openapi.json, the readable reference at /docs, and /problems/{code}. None needs the internet or a script.
func (s *Server) addDocs() {
	rt := s.route("GET /openapi.json", []Option{Public()})
	rt.immutable = true
	rt.run = func(c *call) error {
		body, err := s.api.OpenAPI()
		if err != nil {
			return err
		}
		return c.send(answer{status: http.StatusOK, body: body})
	}
	files, err := fs.Sub(docsFiles, "docs/assets")
	if err != nil {
		panic(err) // The folder is part of the binary.
	}
	assets, err := s.Assets("/docs/assets/", files)
	if err != nil {
		panic(err)
	}
	page := sync.OnceValues(func() ([]byte, error) { return s.api.doc.render(s.o.Title, assets.Path("docs.css")) })
	docs := s.route("GET /docs", []Option{Public()})
	docs.immutable = true
	docs.run = func(c *call) error {
		c.lang = "en" // The reference is written in English.
		body, err := page()
		if err != nil {
			return err
		}
		return c.show(c.r.Context(), written(body), http.StatusOK)
	}
	problems := s.route("GET /problems/{code}", []Option{Public()})
	problems.immutable = true
	problems.run = func(c *call) error {
		c.lang = "en"
		f := fault.Find(c.r.PathValue("code"))
		if f == nil {
			return ErrMissing
		}
		var b bytes.Buffer
		err := docsPage.ExecuteTemplate(&b, "problem", map[string]any{
			"Title": s.o.Title, "Style": assets.Path("docs.css"), "Code": f.Code, "Text": f.Text, "Status": faultText(f),
		})
		if err != nil {
			return err
		}
		return c.show(c.r.Context(), written(b.Bytes()), http.StatusOK)
	}
}

// The reference as its page needs it.
type (
	docsGroup struct {
		Name string
		Ops  []docsOp
	}
	docsOp struct {
		ID, Method, Path, Summary, Curl, Body, Example string
		Security                                       string
		Params                                         []docsField
		Fields                                         []docsField
		Answers                                        []docsAnswer
	}
	docsField  struct{ Name, In, Type, Text, Rules string }
	docsAnswer struct {
		Status, Text string
		Schema       string
		Fields       []docsField
	}
)

// render writes the reference: groups by tag, operations by address, each with its fields, an example and a curl line.
func (d *document) render(title, style string) ([]byte, error) {
	d.write()
	byTag := map[string][]docsOp{}
	for _, address := range sortedKeys(d.open.Paths) {
		item := d.open.Paths[address]
		for _, one := range []struct {
			method string
			op     *huma.Operation
		}{{"GET", item.Get}, {"POST", item.Post}, {"PUT", item.Put}, {"PATCH", item.Patch}, {"DELETE", item.Delete}} {
			if one.op == nil {
				continue
			}
			tag := "other"
			if len(one.op.Tags) > 0 {
				tag = one.op.Tags[0]
			}
			byTag[tag] = append(byTag[tag], d.describe(one.method, address, one.op))
		}
	}
	groups := []docsGroup{}
	for _, tag := range sortedKeys(byTag) {
		groups = append(groups, docsGroup{Name: tag, Ops: byTag[tag]})
	}
	var b bytes.Buffer
	err := docsPage.ExecuteTemplate(&b, "docs", map[string]any{
		"Title": title, "Style": style, "Intro": strings.Split(d.open.Info.Description, "\n\n"), "Groups": groups,
	})
	return b.Bytes(), err
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (d *document) describe(method, address string, op *huma.Operation) docsOp {
	o := docsOp{ID: op.OperationID, Method: method, Path: address, Summary: op.Summary}
	for _, p := range op.Parameters {
		o.Params = append(o.Params, d.field(p.Name, p.In, p.Schema, p.Required))
	}
	for _, s := range op.Security {
		if scopes, ok := s["bearer"]; ok {
			o.Security = "signed in"
			if len(scopes) > 0 {
				o.Security = "scope " + strings.Join(scopes, ", ")
			}
		}
	}
	if op.RequestBody != nil {
		if media := op.RequestBody.Content["application/json"]; media != nil && media.Schema != nil {
			s := d.real(media.Schema)
			o.Fields = d.fields(s)
			example, err := json.MarshalIndent(d.example(s, 0), "", "  ")
			if err == nil {
				o.Body = string(example)
			}
		}
	}
	o.Curl = curl(o)
	for _, status := range sortedKeys(op.Responses) {
		r := op.Responses[status]
		a := docsAnswer{Status: status, Text: strings.ReplaceAll(r.Description, "* ", "")}
		if media := r.Content["application/json"]; media != nil && media.Schema != nil {
			s := d.real(media.Schema)
			a.Fields = d.fields(s)
			if example, err := json.MarshalIndent(d.example(s, 0), "", "  "); err == nil {
				a.Schema = string(example)
			}
		}
		o.Answers = append(o.Answers, a)
	}
	return o
}

// curl is a line to try the operation with.
func curl(o docsOp) string {
	var b strings.Builder
	b.WriteString("curl")
	if o.Method != "GET" {
		b.WriteString(" -X " + o.Method)
	}
	b.WriteString(" \"$SAUDA" + o.Path + "\"")
	if o.Security != "" {
		b.WriteString(" \\\n  -H \"Authorization: Bearer $TOKEN\"")
	}
	if o.Body != "" {
		b.WriteString(" \\\n  -H 'Content-Type: application/json' \\\n  -d '" + strings.ReplaceAll(o.Body, "'", `'\''`) + "'")
	}
	return b.String()
}

// real follows a reference.
func (d *document) real(s *huma.Schema) *huma.Schema {
	for s.Ref != "" {
		s = d.registry.SchemaFromRef(s.Ref)
	}
	return s
}

// fields describes the properties of an object; of a page, those of its items too.
func (d *document) fields(s *huma.Schema) []docsField {
	var list []docsField
	for _, name := range sortedKeys(s.Properties) {
		p := s.Properties[name]
		list = append(list, d.field(name, "", p, slices.Contains(s.Required, name)))
	}
	return list
}

func (d *document) field(name, in string, s *huma.Schema, required bool) docsField {
	f := docsField{Name: name, In: in, Text: s.Description, Type: d.typeOf(s)}
	r := d.real(s)
	if f.Text == "" {
		f.Text = r.Description
	}
	var rules []string
	if required {
		rules = append(rules, "required")
	}
	for _, one := range []struct {
		word  string
		limit *float64
	}{{"≥", s.Minimum}, {"≤", s.Maximum}, {">", s.ExclusiveMinimum}, {"<", s.ExclusiveMaximum}} {
		if one.limit != nil {
			rules = append(rules, one.word+" "+strconv.FormatFloat(*one.limit, 'f', -1, 64))
		}
	}
	for _, one := range []struct {
		word  string
		limit *int
	}{{"length ≥", s.MinLength}, {"length ≤", s.MaxLength}, {"items ≥", s.MinItems}, {"items ≤", s.MaxItems}} {
		if one.limit != nil {
			rules = append(rules, one.word+" "+strconv.Itoa(*one.limit))
		}
	}
	if len(s.Enum) > 0 {
		words := []string{}
		for _, e := range s.Enum {
			words = append(words, defaultText(e))
		}
		rules = append(rules, "one of "+strings.Join(words, ", "))
	}
	if s.Default != nil {
		rules = append(rules, "default "+defaultText(s.Default))
	}
	f.Rules = strings.Join(rules, " · ")
	return f
}

// typeOf names the type of a field.
func (d *document) typeOf(s *huma.Schema) string {
	if s.Ref != "" {
		return strings.TrimPrefix(s.Ref, schemaPrefix)
	}
	switch {
	case s.Type == huma.TypeArray && s.Items != nil:
		return "list of " + d.typeOf(s.Items)
	case s.Format != "" && s.Type == huma.TypeString:
		return s.Format
	case s.Type == "":
		return "any"
	}
	return s.Type
}

// exampleDepth bounds examples of types that hold themselves.
const exampleDepth = 5

// example makes a value that a schema would accept, from its examples where it has some.
func (d *document) example(s *huma.Schema, depth int) any {
	if depth > exampleDepth {
		return nil
	}
	if len(s.Examples) > 0 {
		return s.Examples[0]
	}
	s = d.real(s)
	switch {
	case len(s.Examples) > 0:
		return s.Examples[0]
	case s.Default != nil:
		return s.Default
	case len(s.Enum) > 0:
		return s.Enum[0]
	}
	switch s.Type {
	case huma.TypeObject:
		m := map[string]any{}
		for name, p := range s.Properties {
			if v := d.example(p, depth+1); v != nil {
				m[name] = v
			}
		}
		return m
	case huma.TypeArray:
		if v := d.example(s.Items, depth+1); v != nil {
			return []any{v}
		}
		return []any{}
	case huma.TypeInteger, huma.TypeNumber:
		if s.Minimum != nil {
			return *s.Minimum
		}
		return 1
	case huma.TypeBoolean:
		return true
	case huma.TypeString:
		switch s.Format {
		case "date-time":
			return "2026-11-24T12:00:00Z"
		case "date":
			return "2026-11-24"
		case "email":
			return "buyer@example.kz"
		}
		return "…"
	}
	return nil
}

// written is a page whose bytes are ready.
type written []byte

// Render writes the bytes.
func (b written) Render(_ context.Context, w io.Writer) error {
	_, err := w.Write(b)
	return err
}
