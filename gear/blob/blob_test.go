package blob_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sauda/gear/blob"
)

func put(t *testing.T, f blob.Folder, body, ending string) string {
	t.Helper()
	name, err := f.Put(strings.NewReader(body), ending)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestPut(t *testing.T) {
	f := blob.Folder{Dir: filepath.Join(t.TempDir(), "media")}
	one, again, other := put(t, f, "<svg/>", ".svg"), put(t, f, "<svg/>", ".svg"), put(t, f, "<svg />", ".svg")
	if one != again || one == other {
		t.Errorf("the names are %s, %s and %s", one, again, other)
	}
	kept, err := os.ReadDir(f.Dir)
	if err != nil || len(kept) != 2 {
		t.Errorf("%d files are kept (%v), want 2 and no drafts", len(kept), err)
	}
	file, err := f.Open(one)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if body, _ := io.ReadAll(file); string(body) != "<svg/>" {
		t.Errorf("the file holds %q", body)
	}
}

func TestPutRefuses(t *testing.T) {
	f := blob.Folder{Dir: t.TempDir()}
	for _, ending := range []string{"", "svg", ".html", ".js", ".SVG", "/../x.svg"} {
		if _, err := f.Put(strings.NewReader("x"), ending); !errors.Is(err, blob.ErrKind) {
			t.Errorf("%q: %v", ending, err)
		}
	}
	torn := io.MultiReader(strings.NewReader("half"), errReader{})
	if _, err := f.Put(torn, ".png"); err == nil {
		t.Error("half a file was kept")
	}
	if kept, _ := os.ReadDir(f.Dir); len(kept) != 0 {
		t.Errorf("%d files are left over", len(kept))
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestOpenKnowsOnlyItsNames(t *testing.T) {
	f := blob.Folder{Dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(f.Dir, "secret.svg"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", ".", "..", "secret.svg", "../secret.svg", strings.Repeat("a", 32), strings.Repeat("a", 32) + ".svg", strings.Repeat("A", 32) + ".svg"} {
		if _, err := f.Open(name); !errors.Is(err, blob.ErrUnknown) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestServe(t *testing.T) {
	f := blob.Folder{Dir: t.TempDir()}
	svg, png := put(t, f, "<svg/>", ".svg"), put(t, f, "0123456789", ".png")
	mux := http.NewServeMux()
	mux.Handle("GET /media/{name}", f)
	ask := func(name string, headers ...string) *http.Response {
		r := httptest.NewRequest("GET", "/media/"+name, nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w.Result()
	}
	whole := ask(svg)
	for name, want := range map[string]string{
		"Content-Type": "image/svg+xml", "Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'", "Accept-Ranges": "bytes",
	} {
		if got := whole.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if again := ask(svg, "If-None-Match", whole.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %d", again.StatusCode)
	}
	part := ask(png, "Range", "bytes=2-4")
	if body, _ := io.ReadAll(part.Body); part.StatusCode != http.StatusPartialContent || string(body) != "234" {
		t.Errorf("a part: %d %q", part.StatusCode, body)
	}
	if part.Header.Get("Content-Security-Policy") != "" {
		t.Error("a PNG has the policy of an SVG")
	}
	none := ask(strings.Repeat("0", 32) + ".png")
	if none.StatusCode != http.StatusNotFound || none.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("an unknown file: %d, %q", none.StatusCode, none.Header.Get("Cache-Control"))
	}
}
