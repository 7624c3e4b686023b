package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestAClientThatHangsUpChangesNothing(t *testing.T) {
	var log bytes.Buffer
	s := New(Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	ran := false
	Act(s.API(), "POST /v1/a", func(context.Context, struct {
		Name string `json:"name"`
	}) (None, error) {
		ran = true
		return None{}, nil
	}, Public())
	srv := httptest.NewServer(s)
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(c, "POST /v1/a?token=hush HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer hush\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"name\":\"hush")
	_ = c.Close()
	if r, err := http.Get(srv.URL + "/healthz"); err != nil || r.StatusCode != http.StatusOK {
		t.Fatal(r, err)
	}
	srv.Close()
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); ran || strings.Contains(text, "hush") || !strings.Contains(text, `route="POST /v1/a"`) || !strings.Contains(text, "status=200") {
		t.Errorf("ran %v; the log says\n%s", ran, text)
	}
}

func TestTheLogOfAFloodIsShort(t *testing.T) {
	var log bytes.Buffer
	s := New(Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Limits: Limits{Off: true}})
	Act(s.API(), "GET /v1/broken", func(context.Context, struct{}) (None, error) { return None{}, io.ErrNoProgress }, Public())
	for range 3 * accessGood {
		s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/v1/nothing", nil))
	}
	s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/v1/broken", nil))
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	text := log.String()
	if n := strings.Count(text, "msg=request "); n < accessGood || n > 3*accessGood || !strings.Contains(text, "status=500") {
		t.Errorf("%d lines", n)
	}
}

func TestTheLimiterRemembersABoundedNumber(t *testing.T) {
	l := newLimiter(Rate{PerSecond: 10, Burst: 2})
	now := time.Unix(1_790_000_000, 0)
	for i := range 4 * shards * clientsMax {
		if wait := l.take(fmt.Sprint(i), now); wait != 0 {
			t.Fatalf("a new client waits %s", wait)
		}
	}
	for i := range l.shard {
		if n := len(l.shard[i].full); n > clientsMax {
			t.Fatalf("a shard remembers %d clients", n)
		}
	}
	l = newLimiter(Rate{PerSecond: 10, Burst: 2})
	for i, want := range []time.Duration{0, 0, 100 * time.Millisecond, 100 * time.Millisecond} {
		if wait := l.take("a", now); wait != want {
			t.Errorf("take %d waits %s, not %s", i, wait, want)
		}
	}
	if wait := l.take("a", now.Add(100*time.Millisecond)); wait != 0 {
		t.Errorf("after a tenth of a second it waits %s", wait)
	}
	if wait := l.take("b", now); wait != 0 {
		t.Errorf("another waits %s", wait)
	}
}

func TestAddressesOfThisSiteOnly(t *testing.T) {
	for address, want := range map[string]string{
		"/orders/1?x=y": "/orders/1?x=y", "": "/", "orders": "/", "//evil.kz": "/", "/\\evil.kz": "/", "https://evil.kz": "/",
		"javascript:alert(1)": "/", "/a\r\nSet-Cookie: x": "/", "/\t/evil.kz": "/", "/себет": "/себет", "///evil.kz": "/",
	} {
		if got := Local(address); got != want {
			t.Errorf("%q: %q, wanted %q", address, got, want)
		}
	}
}

func TestProxiesAreBelievedOnlyAsFarAsTheyGo(t *testing.T) {
	s := New(Options{Quiet: true})
	address := func(remote, said string) string {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = remote
		if said != "" {
			r.Header.Set("X-Forwarded-For", said)
		}
		return (&call{server: s, r: r}).address().String()
	}
	if got := address("203.0.113.1:5", "10.0.0.9"); got != "203.0.113.1" {
		t.Errorf("anybody says who he is: %s", got)
	}
	s.o.Proxies = append(s.o.Proxies, mustPrefix(t, "10.0.0.0/8"))
	for said, want := range map[string]string{
		"": "10.0.0.1", "203.0.113.7": "203.0.113.7", "1.1.1.1, 203.0.113.7, 10.0.0.2": "203.0.113.7", "nonsense": "10.0.0.1", "1.1.1.1, x, 10.0.0.2": "10.0.0.2",
	} {
		if got := address("10.0.0.1:5", said); got != want {
			t.Errorf("%q: %s, wanted %s", said, got, want)
		}
	}
}

func mustPrefix(t *testing.T, text string) netip.Prefix {
	t.Helper()
	p, err := netip.ParsePrefix(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
