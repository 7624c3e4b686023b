package web_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/web"
)

// copied is a site with pages that are alike for all; each names how often it was made.
func copied(t *testing.T) (h *house, copies *web.Copies) {
	h = open(t, dbtest.SQLite(t, schemas))
	copies = web.NewCopies(1 << 20)
	pages := h.srv.Site(web.SiteOptions{Copies: copies, Fault: func(p web.Problem) web.View {
		return words(func(context.Context) string { return p.Code })
	}})
	made := 0
	alike := func(pattern string, do func(ctx context.Context) string) {
		web.Page(pages, pattern, func(*db.Tx, struct{}) (web.View, error) {
			return words(func(ctx context.Context) string {
				made++
				return fmt.Sprintf("%d in %s: %s %s", made, web.Lang(ctx), do(ctx), strings.Repeat("сауда ", 500))
			}), nil
		}, web.Public())
	}
	alike("GET /plain", func(ctx context.Context) string { web.Alike(ctx, "plain"); return "" })
	alike("GET /form", func(ctx context.Context) string {
		web.Alike(ctx, "form")
		web.SetCookie(ctx, &http.Cookie{Name: "seen", Value: "form"})
		return "key=" + web.FormKey(ctx) + ";"
	})
	alike("GET /twice", func(ctx context.Context) string { web.Alike(ctx); return web.FormKey(ctx) + web.FormKey(ctx) })
	alike("GET /mine", func(ctx context.Context) string { web.Alike(ctx); return web.Device(ctx) })
	alike("GET /other", func(ctx context.Context) string { return "" })
	return h, copies
}

// read asks as a browser does that unpacks what comes, and gives the words before the filling.
func (h *house) read(t *testing.T, path string, header ...string) string {
	t.Helper()
	s := h.ask("GET", path, "", append([]string{"Accept-Encoding", "gzip"}, header...)...)
	if s.Header.Get("Content-Encoding") != "gzip" || s.Header.Get("Content-Type") != "text/html; charset=utf-8" || s.Header.Get("Content-Security-Policy") == "" {
		t.Fatalf("%s: %d %v", path, s.StatusCode, s.Header)
	}
	z, err := gzip.NewReader(strings.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z) // It refuses a wrong sum and a wrong length.
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if strings.Count(string(body), "сауда ") != 500 {
		t.Errorf("%s is not whole", path)
	}
	said, _, _ := strings.Cut(string(body), " сауда")
	return said
}

func TestACopyIsSentUntilSomethingChanges(t *testing.T) {
	h, copies := copied(t)
	wants := func(path, want string, header ...string) {
		t.Helper()
		if got := strings.TrimSpace(h.read(t, path, header...)); got != want {
			t.Errorf("%s %v: %q, want %q", path, header, got, want)
		}
	}
	wants("/kk/plain", "1 in kk:")
	wants("/kk/plain", "1 in kk:")
	wants("/plain", "2 in kk:") // Its links have no language.
	wants("/ru/plain", "3 in ru:")
	wants("/plain", "4 in en:", "Accept-Language", "en")
	wants("/kk/plain", "5 in kk:", "Cookie", "a=b")
	wants("/kk/plain", "6 in kk:", "Sec-Purpose", "prefetch")
	wants("/kk/plain?a=b", "7 in kk:")
	wants("/kk/plain", "1 in kk:")
	copies.Drop("form")
	wants("/kk/plain", "1 in kk:")
	copies.Drop("plain")
	wants("/kk/plain", "8 in kk:")
	h.store.Clock.Advance(time.Minute)
	wants("/kk/plain", "9 in kk:")
	copies.Clear()
	wants("/kk/plain", "10 in kk:")
	wants("/other", "11 in kk:")
	wants("/other", "12 in kk:")
}

// A copy with a form has a fresh key each time, and sends the cookies of the page.
func TestACopyHasItsOwnKey(t *testing.T) {
	h, _ := copied(t)
	keys := map[string]bool{}
	for range 5 {
		said := h.read(t, "/kk/form")
		made, rest, _ := strings.Cut(said, ": key=")
		key, _, _ := strings.Cut(rest, ";")
		if made != "1 in kk" || !strings.HasPrefix(key, "frm_") || len(key) != 30 || keys[key] {
			t.Fatalf("%q", said)
		}
		keys[key] = true
	}
	if s := h.ask("GET", "/kk/form", "", "Accept-Encoding", "gzip"); s.Header.Get("Set-Cookie") != "seen=form" {
		t.Errorf("the cookie of the page: %v", s.Header)
	}
	if s := h.ask("GET", "/kk/form", "", "Accept-Encoding", "identity"); !strings.HasPrefix(s.body, "2 in kk") {
		t.Errorf("a client that unpacks nothing: %.20q", s.body)
	}
}

// What is one visitor's is never another's.
func TestNoCopyOfWhatIsOnes(t *testing.T) {
	h, _ := copied(t)
	for _, path := range []string{"/mine", "/twice"} {
		if one, other := h.read(t, path), h.read(t, path); one == other {
			t.Errorf("%s is the same twice: %q", path, one)
		}
	}
}
