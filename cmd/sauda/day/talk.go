package day

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
)

// quietLog takes what net/http says of connections that the gateway breaks on purpose.
var quietLog = log.New(io.Discard, "", 0)

// talk is one request to the house.
type talk struct {
	line  string // line is the method and the target.
	token string
	body  any
	into  any // into takes the answer, when it is a good one.
}

// problem is a refusal (RFC 9457).
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
}

// code is the public code of the fault.
func (p problem) code() string { return strings.TrimPrefix(p.Type, "/problems/") }

// tries is how often somebody asks again who got no answer.
const tries = 4

// ask sends a request and gives the status. When the house dies over it, it is sent again, under the same idempotency
// key, as a good client does; 0 says that no answer came at all. A refusal is counted; a fault of the house itself is an
// error.
func (t *town) ask(ctx context.Context, what talk) (int, error) {
	body, err := json.Marshal(what.body)
	if err != nil {
		return 0, err
	}
	if what.body == nil {
		body = nil
	}
	method, target, _ := strings.Cut(what.line, " ")
	key := fmt.Sprintf("%016x%016x", t.chance.Uint64(), t.chance.Uint64())
	for range tries {
		l, err := t.alive(ctx)
		if err != nil {
			return 0, err
		}
		request, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
		if err != nil {
			return 0, err
		}
		request.RequestURI, request.RemoteAddr, request.Host = target, "192.0.2.7:4711", "house"
		if body != nil {
			request.Header.Set("Content-Type", "application/json")
		}
		if method != http.MethodGet {
			request.Header.Set("Idempotency-Key", key)
		}
		if what.token != "" {
			request.Header.Set("Authorization", "Bearer "+what.token)
		}
		w := newAnswer()
		if l.within(func() { l.house.Handler().ServeHTTP(w, request) }) {
			return w.status, errors.Join(t.heard(what, w), t.hush(ctx, method))
		}
	}
	return 0, nil
}

// hush waits for what a command has set going, and now and then lets the messages of the world through after it.
func (t *town) hush(ctx context.Context, method string) error {
	if method == http.MethodGet {
		return nil
	}
	if t.happens(150) {
		return t.delivers(ctx)
	}
	return t.calm(ctx)
}

// heard reads an answer.
func (t *town) heard(what talk, w *answer) error {
	if w.status/100 == 2 {
		if what.into == nil || w.body.Len() == 0 {
			return nil
		}
		if err := json.Unmarshal(w.body.Bytes(), what.into); err != nil {
			return fmt.Errorf("%s: %w", what.line, err)
		}
		return nil
	}
	var p problem
	if err := json.Unmarshal(w.body.Bytes(), &p); err != nil || p.code() == "" {
		return fmt.Errorf("%s: %d without a problem document: %s", what.line, w.status, w.body.String())
	}
	if w.status >= 500 && w.status != http.StatusServiceUnavailable {
		return fmt.Errorf("%s: %d %s", what.line, w.status, w.body.String())
	}
	t.refused[p.code()]++
	t.why = w.body.String()
	return nil
}

// must is ask for what has no reason to fail.
func (t *town) must(ctx context.Context, what talk) error {
	status, err := t.ask(ctx, what)
	if err == nil && status/100 != 2 {
		err = fmt.Errorf("%s: %d %s, refused so far: %v", what.line, status, t.why, t.refused)
	}
	return err
}

// road carries the messages of the gateway and the carrier to the house, as long as it lives.
type road struct{ town *town }

var errNobody = errors.New("nobody answers just now")

// RoundTrip implements http.RoundTripper.
func (r road) RoundTrip(request *http.Request) (*http.Response, error) {
	if !r.town.post.Load() {
		return nil, errNobody
	}
	l := r.town.life.Load()
	served := request.Clone(request.Context())
	served.RequestURI, served.RemoteAddr, served.Host = request.URL.RequestURI(), "127.0.0.1:1", request.URL.Host
	w := newAnswer()
	if !l.within(func() { l.house.Handler().ServeHTTP(w, served) }) {
		return nil, errNobody
	}
	return &http.Response{
		StatusCode: w.status, ProtoMajor: 1, ProtoMinor: 1, Header: w.header, Body: io.NopCloser(&w.body), Request: request,
	}, nil
}

// answer keeps what the house writes.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newAnswer() *answer { return &answer{header: http.Header{}, status: http.StatusOK} }

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }
