package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"sauda/gear/blob"
)

// each holds a test on both kinds of stores: a folder, and a bucket of a server that speaks S3.
func each(t *testing.T, test func(t *testing.T, s blob.Store)) {
	t.Helper()
	t.Run("folder", func(t *testing.T) { test(t, blob.Folder{Dir: filepath.Join(t.TempDir(), "media")}) })
	t.Run("s3", func(t *testing.T) { test(t, bucket(t)) })
}

func bucket(t *testing.T) *blob.Bucketed {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("goods"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	b, err := blob.OpenBucket(blob.Bucket{Endpoint: server.URL, Name: "goods", Prefix: "shop/", Key: "key", Secret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

// put keeps a text under the name of its content.
func put(t *testing.T, s blob.Store, body, ending string) string {
	t.Helper()
	name, err := blob.Put(t.Context(), s, strings.NewReader(body), ending)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func read(t *testing.T, s blob.Store, name string) (string, error) {
	t.Helper()
	f, err := s.Read(t.Context(), name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	body, err := io.ReadAll(f)
	return string(body), err
}

func TestWhatIsKeptIsThere(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		large := strings.Repeat("0123456789abcdef", 20_000)
		if err := s.Keep(t.Context(), "large.part", strings.NewReader(large), int64(len(large))); err != nil {
			t.Fatal(err)
		}
		if body, err := read(t, s, "large.part"); err != nil || body != large {
			t.Errorf("%d bytes, %v", len(body), err)
		}
		f, err := s.Read(t.Context(), "large.part")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if f.Size() != int64(len(large)) || f.Kept().IsZero() {
			t.Errorf("it has %d bytes, of %s", f.Size(), f.Kept())
		}
		part := make([]byte, 16)
		if n, err := f.ReadAt(part, 160_000); n != 16 || err != nil || string(part) != large[:16] {
			t.Errorf("in the middle: %q, %v", part[:n], err)
		}
		if at, err := f.Seek(-3, io.SeekEnd); err != nil || at != int64(len(large)-3) {
			t.Errorf("three before the end is %d, %v", at, err)
		}
		if rest, err := io.ReadAll(f); string(rest) != "def" || err != nil {
			t.Errorf("the end is %q, %v", rest, err)
		}
		if err := s.Keep(t.Context(), "large.part", strings.NewReader("small"), 5); err != nil {
			t.Fatal(err)
		}
		if body, _ := read(t, s, "large.part"); body != "small" {
			t.Errorf("kept again it is %.20q", body)
		}
		if err := s.Forget(t.Context(), "large.part", "never.part", "../x"); err != nil {
			t.Error(err)
		}
		if _, err := read(t, s, "large.part"); !errors.Is(err, blob.ErrUnknown) {
			t.Errorf("forgotten: %v", err)
		}
	})
}

// TestHalfAFileIsNone: one that breaks off, or is not as long as was said, is not there afterwards.
func TestHalfAFileIsNone(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		for name, r := range map[string]io.Reader{
			"torn.part":  io.MultiReader(strings.NewReader("half"), errReader{}),
			"short.part": strings.NewReader("half"),
			"long.part":  strings.NewReader("more than it should be"),
		} {
			if err := s.Keep(t.Context(), name, r, 8); err == nil {
				t.Errorf("%s was kept", name)
			}
			if _, err := read(t, s, name); !errors.Is(err, blob.ErrUnknown) {
				t.Errorf("%s: %v", name, err)
			}
		}
		gone, stop := context.WithCancel(t.Context())
		stop()
		if err := s.Keep(gone, "gone.part", bytes.NewReader(make([]byte, 1<<20)), 1<<20); err == nil {
			t.Error("kept for somebody who has gone")
		}
		if _, err := read(t, s, "gone.part"); !errors.Is(err, blob.ErrUnknown) {
			t.Errorf("for somebody who has gone: %v", err)
		}
		if f, ok := s.(blob.Folder); ok {
			if left, _ := os.ReadDir(f.Dir); len(left) != 0 {
				t.Errorf("%d files are left over", len(left))
			}
		}
	})
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errors.New("the line broke off") }

func TestNames(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		for _, name := range []string{"", ".", "..", "../secret.svg", "a/b.svg", "A.svg", ".svg", "x", "x.svg/..", strings.Repeat("a", 101) + ".svg", "x\x00.svg"} {
			if _, err := s.Read(t.Context(), name); !errors.Is(err, blob.ErrUnknown) {
				t.Errorf("read %q: %v", name, err)
			}
			if err := s.Keep(t.Context(), name, strings.NewReader("x"), 1); !errors.Is(err, blob.ErrUnknown) {
				t.Errorf("keep %q: %v", name, err)
			}
		}
	})
}

func TestPut(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		one, again, other := put(t, s, "<svg/>", ".svg"), put(t, s, "<svg/>", ".svg"), put(t, s, "<svg />", ".svg")
		if one != again || one == other || !blob.Public(one) {
			t.Errorf("the names are %s, %s and %s", one, again, other)
		}
		if body, err := read(t, s, one); body != "<svg/>" {
			t.Errorf("the file holds %q, %v", body, err)
		}
		for _, ending := range []string{"", "svg", ".html", ".js", ".SVG", "/../x.svg", ".part"} {
			if _, err := blob.Put(t.Context(), s, strings.NewReader("x"), ending); !errors.Is(err, blob.ErrKind) {
				t.Errorf("%q: %v", ending, err)
			}
		}
	})
}

func TestBucketsAreSaidClearly(t *testing.T) {
	for _, endpoint := range []string{"", "s3.example.kz", "ftp://s3.example.kz", "https://s3.example.kz/goods"} {
		if _, err := blob.OpenBucket(blob.Bucket{Endpoint: endpoint, Name: "goods"}); err == nil {
			t.Errorf("%q is taken", endpoint)
		}
	}
	if _, err := blob.OpenBucket(blob.Bucket{Endpoint: "https://s3.example.kz"}); err == nil {
		t.Error("no bucket is taken")
	}
}

// browser asks for files as a browser does.
func browser(s blob.Shown) func(name string, headers ...string) *http.Response {
	mux := http.NewServeMux()
	mux.Handle("GET /media/{name}", s)
	return func(name string, headers ...string) *http.Response {
		r := httptest.NewRequest("GET", "/media/"+name, nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w.Result()
	}
}

func TestServe(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		svg, film, paper, model := put(t, s, "<svg/>", ".svg"), put(t, s, "0123456789", ".mp4"), put(t, s, "%PDF", ".pdf"), put(t, s, "glTF", ".glb")
		if err := s.Keep(t.Context(), "draft.part", strings.NewReader("x"), 1); err != nil {
			t.Fatal(err)
		}
		ask := browser(blob.Shown{Store: s})
		whole := ask(svg)
		for name, want := range map[string]string{
			"Content-Type": "image/svg+xml", "Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff",
			"Accept-Ranges": "bytes", "Access-Control-Allow-Origin": "",
		} {
			if got := whole.Header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if again := ask(svg, "If-None-Match", whole.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("asked again: %d", again.StatusCode)
		}
		for _, name := range []string{svg, film, paper, model} {
			if csp := ask(name).Header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || strings.Contains(csp, "allow") || !strings.HasPrefix(csp, "default-src 'none'") {
				t.Errorf("%s may do %q", name, csp)
			}
		}
		part := ask(film, "Range", "bytes=2-4")
		if body, _ := io.ReadAll(part.Body); part.StatusCode != http.StatusPartialContent || string(body) != "234" || part.Header.Get("Content-Type") != "video/mp4" {
			t.Errorf("a part: %d %q", part.StatusCode, body)
		}
		if got := ask(film, "Range", "bytes=99-"); got.StatusCode != http.StatusRequestedRangeNotSatisfiable {
			t.Errorf("a part beyond the end: %d", got.StatusCode)
		}
		if got := ask(paper).Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") {
			t.Errorf("a document is %q", got)
		}
		if got := ask(model).Header.Get("Access-Control-Allow-Origin"); got != "*" {
			t.Errorf("a model is for %q", got)
		}
		for _, name := range []string{strings.Repeat("0", 32) + ".png", "draft.part"} {
			if none := ask(name); none.StatusCode != http.StatusNotFound || none.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d, %q", name, none.StatusCode, none.Header.Get("Cache-Control"))
			}
		}
	})
}

// TestAnotherStandsForWhatIsNotThere for a minute, under its own type.
func TestAnotherStandsForWhatIsNotThere(t *testing.T) {
	s := blob.Folder{Dir: t.TempDir()}
	png := put(t, s, "a picture", ".png")
	copied := blob.Copy(png, 800, ".webp")
	ask := browser(blob.Shown{Store: s, Instead: func(string) []string { return []string{"none.jpg", png} }})
	if got := ask(copied); got.StatusCode != 200 || got.Header.Get("Content-Type") != "image/png" || got.Header.Get("Cache-Control") != "public, max-age=60" {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
	if err := s.Keep(t.Context(), copied, strings.NewReader("a copy"), 6); err != nil {
		t.Fatal(err)
	}
	if got := ask(copied); got.Header.Get("Content-Type") != "image/webp" || !strings.Contains(got.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("once it is there: %v", got.Header)
	}
}
