package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// Raw is an answer whose JSON is ready, from a cache.
type Raw struct {
	Body []byte
	ETag string // ETag is without quotes; empty for none.
	Next string // Next is the cursor of the next page; it becomes a Link header.
}

// List is a page of things in the order of their keys.
type List[T any] struct {
	Items []T    `json:"items" nullable:"false" doc:"The things on this page."`
	Next  string `json:"next,omitempty" doc:"The cursor of the next page; absent on the last one."`
}

func (l List[T]) next() string { return l.Next }

// Tagged is an output that knows its version: conditional requests (RFC 9110 §13) compare it. The tag is strong and
// without quotes; an empty one is none.
type Tagged interface{ ETag() string }

// Versioned is an output whose version number is its tag.
type Versioned interface{ Revision() int64 }

// Placed is an output that says where what was made can be found (the Location header).
type Placed interface{ Location() string }

// paged is a List.
type paged interface{ next() string }

// answer is what will be sent.
type answer struct {
	status   int
	body     []byte
	etag     string // With quotes.
	location string
	next     string
	replayed bool
}

// presenter turns outputs of one type into answers.
type presenter struct {
	rt     *route
	typ    reflect.Type
	none   bool
	raw    bool
	id     []int // id is the field ID of the output, if it has one.
	status int
}

func newPresenter[O any](rt *route) *presenter {
	t := reflect.TypeFor[O]()
	p := &presenter{rt: rt, typ: t, none: t == reflect.TypeFor[None](), raw: t == reflect.TypeFor[Raw](), status: rt.status}
	if p.status == 0 {
		p.status = http.StatusOK
		if p.none {
			p.status = http.StatusNoContent
		}
	}
	if t.Kind() == reflect.Struct {
		if f, ok := t.FieldByName("ID"); ok && f.Type.Kind() == reflect.String {
			p.id = f.Index
		}
	}
	return p
}

// object is the id of what a command acted on: that in the address, else the output's own.
func (p *presenter) object(c *call, out any) string {
	if id := c.r.PathValue("id"); id != "" {
		return id
	}
	if p.id != nil {
		return reflect.ValueOf(out).FieldByIndex(p.id).String()
	}
	return ""
}

// answer sends an output.
func (p *presenter) answer(c *call, out any) error {
	a, err := p.present(c, out)
	if err != nil {
		return err
	}
	return c.send(a)
}

// present makes an answer of an output.
func (p *presenter) present(_ *call, out any) (answer, error) {
	a := answer{status: p.status}
	switch {
	case p.none:
		return a, nil
	case p.raw:
		raw := out.(Raw)
		a.body, a.next = raw.Body, raw.Next
		a.etag = quote(raw.ETag)
		return a, nil
	}
	if v, ok := out.(Tagged); ok {
		a.etag = quote(v.ETag())
	} else if v, ok := out.(Versioned); ok {
		a.etag = VersionTag(v.Revision())
	}
	if v, ok := out.(Placed); ok {
		a.location = v.Location()
	}
	if v, ok := out.(paged); ok {
		a.next = v.next()
	}
	var err error
	a.body, err = encode(out)
	return a, err
}

func quote(tag string) string {
	if tag == "" {
		return ""
	}
	return `"` + tag + `"`
}

// VersionTag is the entity tag of a version number, with its quotes.
func VersionTag(version int64) string { return `"v` + strconv.FormatInt(version, 10) + `"` }

// IfMatch is an If-Match header as an input has it: `header:"If-Match"`.
type IfMatch string

// Version gives the version that the caller has seen. It is false when none was stated ("" or *). A header that is no
// version of ours can match nothing and is ErrStale.
func (m IfMatch) Version() (version int64, stated bool, err error) {
	text := strings.TrimSpace(string(m))
	if text == "" || text == "*" {
		return 0, false, nil
	}
	number, ok := strings.CutPrefix(strings.Trim(text, `"`), "v")
	if !ok {
		return 0, true, ErrStale.About("If-Match %q", text)
	}
	version, err = strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, true, ErrStale.About("If-Match %q", text)
	}
	return version, true, nil
}

// Check compares with the present version of what is about to be changed: ErrStale when another was stated.
func (m IfMatch) Check(present int64) error {
	version, stated, err := m.Version()
	if err != nil {
		return err
	}
	if stated && version != present {
		return ErrStale.With("version", present)
	}
	return nil
}

var headerJSON = []string{"application/json"}

// send writes an answer, or 304 when the client has it already.
func (c *call) send(a answer) error {
	h := c.Header()
	if a.replayed {
		h["Idempotency-Replayed"] = []string{"true"}
	}
	if a.location != "" {
		h["Location"] = []string{a.location}
	}
	if a.next != "" {
		h["Link"] = []string{c.nextLink(a.next)}
	}
	read := c.r.Method == http.MethodGet || c.r.Method == http.MethodHead
	if a.etag != "" {
		h["Etag"] = []string{a.etag}
		if seen := c.r.Header["If-None-Match"]; read && len(seen) > 0 && matches(seen, a.etag) {
			c.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	h["Cache-Control"] = headerNoStore
	if a.etag != "" && read {
		h["Cache-Control"] = headerRevalidate
	}
	if a.status != http.StatusNoContent {
		h["Content-Type"] = headerJSON
		h["Content-Length"] = []string{strconv.Itoa(len(a.body))}
	}
	c.WriteHeader(a.status)
	_, _ = c.Write(a.body)
	return nil
}

// headerRevalidate lets a browser keep what it has, and ask each time whether it still holds.
var headerRevalidate = []string{"private, no-cache"}

// matches tells whether one of the tags in If-None-Match is this one (weak comparison, RFC 9110 §8.8.3.2).
func matches(headers []string, etag string) bool {
	for _, h := range headers {
		if h == etag {
			return true
		}
		for tag := range strings.SplitSeq(h, ",") {
			tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
			if tag == etag || tag == "*" {
				return true
			}
		}
	}
	return false
}

// nextLink is the address of the next page (RFC 8288).
func (c *call) nextLink(cursor string) string {
	u := *c.r.URL
	q := u.Query()
	q.Set("cursor", cursor)
	u.RawQuery = q.Encode()
	return "<" + u.RequestURI() + `>; rel="next"`
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// bufferMax is the largest buffer that is kept for the next one.
const bufferMax = 1 << 18

// encode gives the JSON of a value. What HTML would escape stays as it is: nothing here is put into a page as it is.
func encode(v any) ([]byte, error) {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	body := bytes.Clone(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
	if b.Cap() <= bufferMax {
		buffers.Put(b)
	}
	return body, nil
}
