package web

import (
	"encoding"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"sauda/base/fault"
)

// param is a field of an input that stands in the address or in a header.
type param struct {
	in       string // in is path, query or header.
	name     string
	index    []int
	field    reflect.StructField
	schema   *huma.Schema
	plain    bool // plain says that it is a string without rules, which needs no check.
	required bool
}

// textMax bounds a parameter: no id, cursor or search is longer.
const textMax = 2000

// param adds a field as a parameter if its tags say that it is one.
func (b *binder) param(f reflect.StructField, index []int) bool {
	for _, in := range []string{"path", "query", "header"} {
		name := f.Tag.Get(in)
		if name == "" {
			continue
		}
		s := huma.SchemaFromField(b.registry, f, f.Name)
		if s == nil {
			panic("web: " + b.rt.pattern + ": the field " + f.Name + " cannot be read from text")
		}
		p := param{in: in, name: name, index: index, field: f, schema: s, required: in == "path" || f.Tag.Get("required") == "true"}
		p.plain = f.Type.Kind() == reflect.String && s.Type == huma.TypeString && s.MinLength == nil && s.MaxLength == nil &&
			s.Pattern == "" && s.Format == "" && len(s.Enum) == 0 && s.Const == nil && !isText(f.Type)
		b.params = append(b.params, p)
		return true
	}
	return false
}

// readParams reads what stands in the address and in the headers.
func (b *binder) readParams(c *call, v reflect.Value) (wrong []fault.Field, err error) {
	var query url.Values
	if c.r.URL.RawQuery != "" {
		if query, err = url.ParseQuery(c.r.URL.RawQuery); err != nil {
			return nil, ErrMalformed.About("the address: %w", err)
		}
	}
	for i := range b.params {
		p := &b.params[i]
		var said []string
		switch p.in {
		case "path":
			said = []string{c.r.PathValue(p.name)}
		case "query":
			said = query[p.name]
		case "header":
			said = c.r.Header.Values(p.name)
		}
		if len(said) == 0 || len(said) == 1 && said[0] == "" {
			if p.required {
				wrong = append(wrong, saidRequired.At("/"+p.name))
				continue
			}
			if p.schema.Default == nil {
				continue
			}
			said = []string{defaultText(p.schema.Default)}
		}
		if p.plain && len(said[0]) <= textMax && isClean(said[0]) {
			v.FieldByIndex(p.index).SetString(said[0])
			continue
		}
		wrong = append(wrong, b.set(v.FieldByIndex(p.index), p.schema, p.name, said)...)
	}
	return wrong, nil
}

// isClean tells whether a text may enter the house: UTF-8 and no zero byte, which PostgreSQL cannot keep.
func isClean(s string) bool {
	return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
}

// set reads the text of one field, checks it and puts it into its place; what is wrong leaves the place as it was.
func (b *binder) set(v reflect.Value, s *huma.Schema, name string, said []string) []fault.Field {
	for _, text := range said {
		if !isClean(text) {
			return []fault.Field{saidControl.At("/" + name)}
		}
	}
	into := reflect.New(v.Type()).Elem()
	value, err := fill(into, said)
	if err != nil {
		if fault.Of(err) != fault.ErrInternal {
			return []fault.Field{fault.Found("/"+name, err)}
		}
		return []fault.Field{saidType(s).At("/" + name)}
	}
	if wrong := b.check(s, name, value); len(wrong) > 0 {
		return wrong
	}
	v.Set(into)
	return nil
}

// saidType says of what type a field must be, as the check would have said it.
func saidType(s *huma.Schema) fault.Sentence {
	switch s.Type {
	case huma.TypeInteger:
		return saidInteger
	case huma.TypeNumber:
		return saidNumber
	case huma.TypeBoolean:
		return saidBoolean
	}
	return saidInvalid
}

// fill reads text into a Go value and gives it as the check wants to see it.
func fill(v reflect.Value, said []string) (any, error) {
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		v.Set(reflect.New(t.Elem()))
		return fill(v.Elem(), said)
	}
	if isText(t) {
		return said[0], v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(said[0]))
	}
	if u, ok := v.Addr().Interface().(json.Unmarshaler); ok && t.Kind() != reflect.String {
		// A type of the trade that is a number in JSON, such as a quantity.
		var n any
		if err := json.Unmarshal([]byte(said[0]), &n); err != nil {
			return nil, err
		}
		return n, u.UnmarshalJSON([]byte(said[0]))
	}
	switch t.Kind() {
	case reflect.String:
		v.SetString(said[0])
		return said[0], nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(said[0], 10, t.Bits())
		v.SetInt(n)
		return n, err
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, err := strconv.ParseUint(said[0], 10, t.Bits())
		v.SetUint(n)
		return n, err
	case reflect.Bool:
		switch said[0] {
		case "true", "1", "on":
			v.SetBool(true)
			return true, nil
		case "false", "0", "off":
			return false, nil
		}
		return nil, strconv.ErrSyntax
	case reflect.Slice:
		return fillList(v, said)
	}
	return nil, fmt.Errorf("web: %s cannot be read from text", t)
}

// listMax bounds how many values one parameter may have.
const listMax = 500

// fillList reads a=1&a=2 and a=1,2 alike.
func fillList(v reflect.Value, said []string) (any, error) {
	var all []any
	for _, text := range said {
		for part := range strings.SplitSeq(text, ",") {
			if part == "" {
				continue
			}
			item := reflect.New(v.Type().Elem()).Elem()
			one, err := fill(item, []string{part})
			if err != nil {
				return nil, err
			}
			if all = append(all, one); len(all) > listMax {
				return nil, strconv.ErrRange
			}
			v.Set(reflect.Append(v, item))
		}
	}
	return all, nil
}

// isText tells whether values of a type read themselves from text.
func isText(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// defaultText writes a default as a parameter would have it.
func defaultText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		parts := make([]string, len(v))
		for i, one := range v {
			parts[i] = defaultText(one)
		}
		return strings.Join(parts, ",")
	}
	return fmt.Sprint(v)
}
