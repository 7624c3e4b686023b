package web

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"sauda/base/fault"
)

// What our parser takes, encoding/json takes too, and understands the same.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-0.5e+3,true,null,"x\u00e9\ud83d\ude00"]}`, `{"a":1,"a":2}`, `[01]`, `"\ud800"`, `"\ud83dx"`, ` {} `, `{"a":}`, "\"\xff\"", `1e`, `"\u0000"`, `{"a":1}}`, strings.Repeat("[", 99),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		ours, err := parseJSON(text)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		d := json.NewDecoder(strings.NewReader(string(text)))
		d.UseNumber()
		var theirs any
		if err := d.Decode(&theirs); err != nil {
			t.Fatalf("%q is taken here only: %v", text, err)
		}
		if !reflect.DeepEqual(ours, theirs) {
			t.Fatalf("%q is %#v here and %#v there", text, ours, theirs)
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add(Cursor("prd_1", "12"), "a", "б")
	f.Add("nonsense", "", "\x00")
	f.Fuzz(func(t *testing.T, word, a, b string) {
		if parts, err := Uncursor(word, 2); err == nil && word != "" && Cursor(parts...) != word {
			t.Fatalf("%q is %q, which is %q", word, parts, Cursor(parts...))
		} else if err != nil && !errors.Is(err, ErrCursor) {
			t.Fatal(err)
		}
		packed := Cursor(a, b)
		parts, err := Uncursor(packed, 2)
		clean := isClean(a) && isClean(b) && len(packed) <= cursorMax
		if clean && (err != nil || parts[0] != a || parts[1] != b) {
			t.Fatalf("%q %q came back as %q (%v)", a, b, parts, err)
		}
		if _, err := Uncursor(packed, 3); err == nil {
			t.Fatal("a cursor of two parts is taken as one of three")
		}
	})
}

type anything struct {
	ID    string         `path:"id" maxLength:"10"`
	Limit int            `query:"limit" minimum:"1"`
	Tags  []string       `query:"tag"`
	Name  string         `json:"name" minLength:"1"`
	N     *int64         `json:"n,omitempty" maximum:"100"`
	Deep  map[string]int `json:"deep,omitempty"`
	Parts []struct {
		A bool `json:"a"`
	} `json:"parts,omitempty"`
}

// Whatever comes in, the binder gives an input that keeps the rules, or a fault that is the sender's.
func FuzzBinder(f *testing.F) {
	f.Add("x", "limit=3&tag=a,b", `{"name":"a","n":5,"deep":{"x":1},"parts":[{"a":true}]}`)
	f.Add("%", "limit=%zz", `{"name":null,"n":1e999}`)
	f.Add("ә", "limit=-1", `{"NAME":"a"}`)
	s := New(Options{Quiet: true})
	rt := s.route("POST /v1/any/{id}", []Option{Public()})
	b := newBinder[anything](s.api.doc.bodies, rt, false)
	f.Fuzz(func(t *testing.T, id, query, body string) {
		r := httptest.NewRequest("POST", "/v1/any/x", strings.NewReader(body))
		r.URL.RawQuery = query
		r.SetPathValue("id", id)
		r.Header.Set("Content-Type", "application/json")
		c := &call{server: s, w: httptest.NewRecorder(), r: r, route: rt}
		v, _, err := b.read(c)
		if err != nil {
			if k := fault.Of(err).Kind; k != fault.Malformed && k != fault.Invalid && k != fault.TooLarge {
				t.Fatalf("%q %q %q: %v", id, query, body, err)
			}
			return
		}
		in := v.(*anything)
		if in.ID != id || in.Name == "" || in.N != nil && *in.N > 100 || !isClean(in.Name) {
			t.Fatalf("%+v", in)
		}
	})
}
