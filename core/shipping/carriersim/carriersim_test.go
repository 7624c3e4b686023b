package carriersim_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/base/ident"
	"sauda/core/shipping"
	"sauda/core/shipping/carrier"
	"sauda/core/shipping/carriersim"
	"sauda/core/shipping/shippingtest"
)

// clock is a clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// house is a simulated carrier behind HTTP and a client of it.
type house struct {
	clock  *clock
	sim    *carriersim.Carrier
	client *carrier.Client
	config carriersim.Config
}

func open(t *testing.T, c carriersim.Config) house {
	t.Helper()
	h := house{clock: &clock{now: time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)}}
	c.Key, c.Secret, c.Pace, c.Now = "key", "secret", time.Hour, h.clock.Now
	h.config = c
	var err error
	if h.sim, err = carriersim.New(c); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h.sim)
	t.Cleanup(server.Close)
	t.Cleanup(func() { _ = h.sim.Close() })
	h.client = carrier.New(carrier.Config{URL: server.URL, Key: "key", Secret: "secret", Now: h.clock.Now})
	return h
}

func TestCarrier(t *testing.T) {
	shippingtest.Exercise(t, func(t *testing.T) shippingtest.World {
		h := open(t, carriersim.Config{})
		return shippingtest.World{
			Carrier:    h.client,
			LoseAnswer: func() { h.sim.Next(carriersim.Fault{Kind: carriersim.LoseAnswer}) },
			Collect:    func() { h.clock.advance(time.Hour) },
			Arrive:     func() { h.clock.advance(4 * time.Hour) },
		}
	})
}

func TestNumbers(t *testing.T) {
	h := open(t, carriersim.Config{})
	b, err := h.client.Book(t.Context(), "a", shippingtest.Consignment("shp_a"))
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range b.Tracking {
		if parsed, err := ident.ParseS10(number); err != nil || parsed.Country() != "KZ" {
			t.Errorf("%s: %v", number, err)
		}
	}
}

func TestFaults(t *testing.T) {
	h := open(t, carriersim.Config{})
	book := func(c *carrier.Client) error {
		_, err := c.Book(t.Context(), "a", shippingtest.Consignment("shp_a"))
		return err
	}
	h.sim.Next(carriersim.Fault{Kind: carriersim.Unavailable}, carriersim.Fault{Kind: carriersim.Refuse},
		carriersim.Fault{Kind: carriersim.Slow, Wait: time.Millisecond}, carriersim.Fault{Kind: carriersim.Refuse, Path: "/elsewhere"})
	for _, want := range []error{shipping.ErrNoAnswer, shipping.ErrRefused, nil, nil} {
		if err := book(h.client); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	gone := carrier.New(carrier.Config{URL: "http://127.0.0.1:1", Key: "key"})
	if err := book(gone); !errors.Is(err, shipping.ErrNoAnswer) {
		t.Errorf("nobody there: %v", err)
	}
	for name, body := range map[string]string{"no JSON": "<html>", "no reference": "{}", "too long": strings.Repeat(" ", 2<<20)} {
		odd := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
		if err := book(carrier.New(carrier.Config{URL: odd.URL})); !errors.Is(err, shipping.ErrNoAnswer) {
			t.Errorf("%s: %v", name, err)
		}
		odd.Close()
	}
}

func TestHooks(t *testing.T) {
	var mu sync.Mutex
	var told []carrier.Message
	var forged int
	var h house
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		m, err := h.client.Verify(r.Header, body)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			forged++
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		told = append(told, m)
	}))
	defer shop.Close()
	h = open(t, carriersim.Config{Hook: shop.URL})
	b, err := h.client.Book(t.Context(), "a", shippingtest.Consignment("shp_a"))
	if err != nil {
		t.Fatal(err)
	}
	tell := func(name string, taken, messages int) {
		t.Helper()
		n, _ := h.sim.Tell(t.Context())
		if n != taken || len(told) != messages {
			t.Errorf("%s: %d taken of %d told, want %d of %d", name, n, len(told), taken, messages)
		}
	}
	tell("nothing yet", 0, 0)
	h.clock.advance(time.Hour)
	h.sim.Next(carriersim.Fault{Kind: carriersim.Forge})
	tell("forged", 0, 0)
	tell("again", 1, 1)
	tell("no news", 0, 1)
	h.clock.advance(2 * time.Hour)
	h.sim.Next(carriersim.Fault{Kind: carriersim.Twice}, carriersim.Fault{Kind: carriersim.Backwards})
	tell("twice and backwards", 2, 3)
	if forged != 1 || told[1].Ref != b.Ref || told[1].Events[0].At.Before(told[1].Events[3].At) {
		t.Errorf("%d forged, told %+v", forged, told)
	}
}

func TestVerify(t *testing.T) {
	now := time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)
	at := func(n time.Time, secret string) *carrier.Client {
		return carrier.New(carrier.Config{Secret: secret, Now: func() time.Time { return n }})
	}
	var header http.Header
	var body []byte
	shop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		header = r.Header
		body, _ = io.ReadAll(r.Body)
	}))
	defer shop.Close()
	h := open(t, carriersim.Config{Hook: shop.URL})
	if _, err := h.client.Book(t.Context(), "a", shippingtest.Consignment("shp_a")); err != nil {
		t.Fatal(err)
	}
	h.clock.advance(time.Hour)
	if _, err := h.sim.Tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	if _, err := at(now, "secret").Verify(header, body); err != nil {
		t.Errorf("a true message: %v", err)
	}
	changed := bytes.Replace(body, []byte("handed_over"), []byte("delivered  "), 1)
	for name, do := range map[string]func() (carrier.Message, error){
		"another body":   func() (carrier.Message, error) { return at(now, "secret").Verify(header, changed) },
		"another secret": func() (carrier.Message, error) { return at(now, "other").Verify(header, body) },
		"no secret":      func() (carrier.Message, error) { return at(now, "").Verify(header, body) },
		"too old":        func() (carrier.Message, error) { return at(now.Add(6*time.Minute), "secret").Verify(header, body) },
		"too new":        func() (carrier.Message, error) { return at(now.Add(-6*time.Minute), "secret").Verify(header, body) },
		"no header":      func() (carrier.Message, error) { return at(now, "secret").Verify(http.Header{}, body) },
	} {
		if _, err := do(); !errors.Is(err, shipping.ErrForged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestJournal ends the carrier in the middle of writing and opens it again.
func TestJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "carrier.journal")
	h := open(t, carriersim.Config{Journal: path})
	a, err := h.client.Book(t.Context(), "a", shippingtest.Consignment("shp_a"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := h.client.Book(t.Context(), "b", shippingtest.Consignment("shp_b"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(h.client.Cancel(t.Context(), "b-cancel", b.Ref), h.sim.Close()); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(`{"ref":"CN0000`); err != nil {
		t.Fatal(err)
	}
	_ = file.Close()
	again := open(t, carriersim.Config{Journal: path})
	same, err := again.client.Book(t.Context(), "a", shippingtest.Consignment("shp_a"))
	if err != nil || same.Ref != a.Ref || same.Tracking["02"] != a.Tracking["02"] {
		t.Errorf("%v %v, want %v", same, err, a)
	}
	c, err := again.client.Book(t.Context(), "c", shippingtest.Consignment("shp_c"))
	if err != nil || c.Ref == a.Ref || c.Ref == b.Ref || c.Tracking["01"] == b.Tracking["01"] {
		t.Errorf("%v %v", c, err)
	}
	again.clock.advance(10 * time.Hour)
	if events, err := again.client.Track(t.Context(), b.Ref); err != nil || len(events) != 0 {
		t.Errorf("the cancelled one moves: %v %v", events, err)
	}
}
