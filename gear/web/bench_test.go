package web_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"sauda/gear/db"
	"sauda/gear/web"
)

// product is about what a product detail weighs.
var product = bytes.Repeat([]byte(`{"id":"prd_1","name":"Қызыл өрік"},`), 60)

type productID struct {
	ID string `path:"id"`
}

func benchServer() http.Handler {
	srv := web.New(web.Options{Log: quiet, Limits: web.Limits{Reads: web.Rate{PerSecond: 1e9}}})
	web.Cached(srv.API(), "GET /v1/products/{id}", func(context.Context, productID) (web.Raw, bool) {
		return web.Raw{Body: product, ETag: "v1"}, true
	}, func(*db.Tx, productID) (web.Raw, error) { return web.Raw{}, nil }, web.Public())
	return srv
}

var bareHandler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(product)))
	_, _ = w.Write(product)
})

// BenchmarkOverHTTP compares a cached answer through everything with a bare handler that writes the same bytes.
func BenchmarkOverHTTP(b *testing.B) {
	for name, h := range map[string]http.Handler{"bare": bareHandler, "web": benchServer()} {
		b.Run(name, func(b *testing.B) {
			srv := httptest.NewServer(h)
			defer srv.Close()
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					r, err := client.Get(srv.URL + "/v1/products/prd_1")
					if err != nil {
						b.Error(err)
						return
					}
					if r.StatusCode != http.StatusOK {
						b.Error(r.Status)
					}
					_, _ = io.Copy(io.Discard, r.Body)
					_ = r.Body.Close()
				}
			})
		})
	}
}

// BenchmarkHandler is the time within the handler alone.
func BenchmarkHandler(b *testing.B) {
	for name, h := range map[string]http.Handler{"bare": bareHandler, "web": benchServer()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			r := httptest.NewRequest("GET", "/v1/products/prd_1", nil)
			for b.Loop() {
				w := &nowhere{header: http.Header{}}
				h.ServeHTTP(w, r)
			}
		})
	}
}

type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n *nowhere) WriteHeader(int)             {}
