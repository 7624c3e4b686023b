package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"sauda/gear/db/dbtest"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func TestHealth(t *testing.T) {
	sick := errors.New("sick")
	h := open(t, dbtest.SQLite(t, schemas), func(o *web.Options) {
		o.Checks = []web.Check{{Name: "bus", Do: func(context.Context) error { return sick }}}
	})
	h.wants(h.ask("GET", "/healthz", ""), 200, "alive")
	h.wants(h.ask("GET", "/readyz", ""), 503, `"checks":{"bus":"failing","store":"ok"}`)
	sick = nil
	h.wants(h.ask("GET", "/readyz", ""), 200, `"status":"ready"`)
	h.ask("GET", "/v1/nothing", "")
	s := h.ask("GET", "/metrics", "")
	for _, line := range []string{
		`sauda_http_requests_total{route="GET /readyz",status="503"} 1`, `sauda_http_requests_total{route="none",status="404"} 1`,
		`sauda_http_seconds_count{route="GET /healthz"} 1`, `sauda_http_in_flight 1`, "sauda_db_views_total",
	} {
		h.wants(s, 200, line)
	}
	h.wants(h.ask("GET", "/metrics", "", "X-Forwarded-For", "203.0.113.7"), 404, "web.missing")
}

func TestTheDocumentIsTheSameEachTime(t *testing.T) {
	h := open(t, dbtest.SQLite(t, schemas))
	got, err := h.srv.API().OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/openapi.json"
	want, err := os.ReadFile(golden)
	if os.Getenv("SAUDA_GOLDEN") != "" {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	} else if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the document is not %s (%v); look at the difference after SAUDA_GOLDEN=1 go test", golden, err)
	}
	served := h.ask("GET", "/openapi.json", "")
	if served.body != string(got) || !json.Valid(got) {
		t.Error("another document is served")
	}
	docs := h.ask("GET", "/docs", "")
	for _, piece := range []string{"POST", "/v1/things", "Puts a thing on the shelf", "shelf.sold_out", "curl -X PUT", "required · length ≥ 1 · length ≤ 20"} {
		h.wants(docs, 200, piece)
	}
	if strings.Contains(docs.body, "<script") || strings.Contains(docs.body, "style=") || strings.Contains(docs.body, "http://") {
		t.Error("the reference has a script, an inline style or a link to elsewhere")
	}
}

func TestAllTextsAreThere(t *testing.T) {
	for _, wrong := range i18n.Check("web.", "kk", "ru", "en", "zh") {
		t.Error(wrong)
	}
}

// A stop lets the request under way finish and takes no new one.
func TestStopLosesNothing(t *testing.T) {
	srv := web.New(web.Options{Log: quiet, Quiet: true})
	entered, leave := make(chan struct{}), make(chan struct{})
	web.Act(srv.API(), "GET /v1/slow", func(context.Context, struct{}) (web.None, error) {
		close(entered)
		<-leave
		return web.None{}, nil
	}, web.Public())
	ctx, stop := context.WithCancel(t.Context())
	address := make(chan net.Addr, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- web.Serve(ctx, srv, web.Listen{Addr: "127.0.0.1:0", Ready: func(a net.Addr) { address <- a }})
	}()
	base := "http://" + (<-address).String()
	answered := make(chan int, 1)
	go func() {
		r, err := http.Get(base + "/v1/slow")
		if err != nil {
			t.Error(err)
			answered <- 0
			return
		}
		_ = r.Body.Close()
		answered <- r.StatusCode
	}()
	<-entered
	stop()
	close(leave)
	if status := <-answered; status != 204 {
		t.Errorf("the request under way got %d", status)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := http.Get(base + "/healthz"); err == nil {
		t.Error("the server still answers")
	}
}

func TestARequestThatTakesTooLong(t *testing.T) {
	srv := web.New(web.Options{Log: quiet, Quiet: true})
	web.Act(srv.API(), "GET /v1/slow", func(ctx context.Context, _ struct{}) (web.None, error) {
		<-ctx.Done()
		return web.None{}, ctx.Err()
	}, web.Public(), web.Time(5*time.Millisecond))
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, httptest.NewRequest("GET", "/v1/slow", nil))
	if w.Code != 503 || !strings.Contains(w.Body.String(), "web.slow") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Traces go out in the JSON form of OTLP, and continue the trace of the caller.
func TestTracesAreSentWhenConfigured(t *testing.T) {
	sent := make(chan string, 4)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		_, _ = b.ReadFrom(r.Body)
		sent <- r.URL.Path + " " + r.Header.Get("X-Who") + " " + b.String()
	}))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "X-Who=sauda")
	h := open(t, dbtest.SQLite(t, schemas))
	h.ask("GET", "/v1/broken", "", "Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	if err := h.srv.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	got := <-sent
	for _, piece := range []string{"/v1/traces sauda ", `"traceId":"4bf92f3577b34da6a3ce929d0e0e4736"`, `"parentSpanId":"00f067aa0ba902b7"`, `"name":"GET /v1/broken"`, `{"intValue":"500"}`, `"code":2`} {
		if !strings.Contains(got, piece) {
			t.Errorf("%s is not in %s", piece, got)
		}
	}
}

func TestAPlainHandlerHasTheHeadersOfEveryRoute(t *testing.T) {
	h := open(t, dbtest.SQLite(t, schemas))
	h.srv.Handle("POST /sim/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write([]byte(web.RequestID(r.Context()) + "."))
	}), web.Public())
	s := h.ask("POST", "/sim/x", "{}", "X-Request-Id", "r-9")
	h.wants(s, http.StatusTeapot, "r-9.")
	if s.Header.Get("X-Content-Type-Options") != "nosniff" || s.Header.Get("X-Request-Id") != "r-9" {
		t.Error(s.Header)
	}
}
