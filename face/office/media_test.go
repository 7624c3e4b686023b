package office_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"sauda/app/apptest"
	"sauda/core/media"
	"sauda/core/seller"
	"sauda/gear/db"
)

// upload sends files as a browser does, name and content by turns.
func (h *house) upload(t *testing.T, token, path string, files ...string) sheet {
	t.Helper()
	return h.uploadTo(t, token, path, "pictures", files...)
}

// uploadTo sends files in a field of a form.
func (h *house) uploadTo(t *testing.T, token, path, field string, files ...string) sheet {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(files); i += 2 {
		part, err := w.CreateFormFile(field, files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", "en")
	r.Header.Set("Authorization", "Bearer "+token)
	out := httptest.NewRecorder()
	h.pages.ServeHTTP(out, r)
	s := sheet{t: t, status: out.Code, header: out.Header(), body: out.Body.String()}
	root, err := html.Parse(strings.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	s.root = root
	return s
}

// photo is a JPEG of one colour, drawing a PNG of it.
func photo(t *testing.T, shade uint8) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, tile(shade), nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func drawing(t *testing.T, shade uint8) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, tile(shade)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func tile(shade uint8) image.Image {
	m := image.NewGray(image.Rect(0, 0, 16, 16))
	for i := range m.Pix {
		m.Pix[i] = color.Gray{Y: shade}.Y
	}
	return m
}

// shownURLs gives what a page of media shows, in its order.
func (s sheet) shownURLs() (urls []string) {
	for _, n := range s.all(".album input[type=hidden]") {
		urls = append(urls, attribute(n, "value"))
	}
	return urls
}

// TestPicturesAreBrought brings several at once, refuses with reasons what is none, and serves the good ones safely.
func TestPicturesAreBrought(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		path := "/office/products/" + string(h.Goods[apptest.Journal].Product) + "/media"
		h.get(t, admin, path).has("main", "no pictures yet")
		s := h.upload(t, admin, path+"/pictures", "one.html", photo(t, 10), "two.gif", drawing(t, 20))
		if s.status != http.StatusSeeOther {
			t.Fatalf("%d %s", s.status, s.text("main"))
		}
		s = h.get(t, admin, s.header.Get("Location"))
		s.has("[role=status]", "added")
		urls := s.shownURLs()
		if len(urls) != 2 || !strings.HasSuffix(urls[0], ".jpg") || !strings.HasSuffix(urls[1], ".png") {
			t.Fatalf("it shows %v", urls)
		}
		s.has(".album li", "Cover")
		if a := h.Guest().Do(t, 200, "GET", urls[0], nil); a.Header.Get("Content-Type") != "image/jpeg" ||
			a.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("it is served with %v", a.Header)
		}

		s = h.upload(t, admin, path+"/pictures", "evil.jpg", "<script>alert(1)</script>", "half.png", drawing(t, 30)[:50], "good.jpg", photo(t, 40), "again.jpg", photo(t, 10))
		if s.status != http.StatusOK {
			t.Fatalf("%d %s", s.status, s.text("main"))
		}
		s.has(".note.bad.plain", "evil.jpg: Files of this kind are not taken", "half.png: The file is damaged")
		if n := len(s.shownURLs()); n != 3 {
			t.Errorf("%d are shown", n)
		}
		s = h.upload(t, admin, path+"/pictures", "page.svg", `<svg xmlns="http://www.w3.org/2000/svg"/>`)
		if s.status != http.StatusUnprocessableEntity {
			t.Errorf("an SVG: %d", s.status)
		}
		s.has("[role=alert]", "No file was taken")
		s = h.upload(t, admin, path+"/pictures", "heavy.jpg", photo(t, 70)+strings.Repeat("x", media.ImageMax))
		s.has(".note.bad.plain", "heavy.jpg: The file is too large")
		s = h.upload(t, admin, path+"/pictures")
		s.has("[role=alert]", "Choose a file first")
		if n := len(h.get(t, admin, path).shownURLs()); n != 3 {
			t.Errorf("%d are shown in the end", n)
		}
		other := h.Staffed(t, "other@example.kz", "sel_other", "catalog.*")
		if s := h.upload(t, other, path+"/pictures", "x.jpg", photo(t, 50)); s.status != http.StatusNotFound {
			t.Errorf("another seller's product: %d", s.status)
		}
		reader := h.Staffed(t, "reader@example.kz", string(seller.Own), "catalog.read")
		if s := h.upload(t, reader, path+"/pictures", "x.jpg", photo(t, 50)); s.status != http.StatusForbidden {
			t.Errorf("by a reader: %d", s.status)
		}
		h.get(t, reader, path).lacks(".album button.danger")
	})
}

// TestPicturesAreOrderedDescribedAndRemoved by buttons alone: each keeps what was typed; what was removed comes back to
// its place with its words.
func TestPicturesAreOrderedDescribedAndRemoved(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	path := "/office/products/" + string(h.Goods[apptest.Journal].Product) + "/media"
	h.upload(t, admin, path+"/pictures", "a", photo(t, 1), "b", photo(t, 60), "c", photo(t, 120))
	page := h.get(t, admin, path)
	was := page.shownURLs()
	order := func(s sheet) string {
		var b strings.Builder
		for _, url := range s.shownURLs() {
			for i, w := range was {
				if url == w {
					fmt.Fprint(&b, i)
				}
			}
		}
		return b.String()
	}
	form := `main form:has(.album)`
	press := func(do string, fill ...string) {
		t.Helper()
		page = h.submit(t, admin, page, form, append(fill, "do", do)...)
	}
	press("down-0", "m_0_alt_kk", "Мұқаба", "m_1_alt_zh", "封底")
	if got := order(page); got != "102" || page.attr("#m_1_alt_kk", "value") != "Мұқаба" || page.attr("#m_0_alt_zh", "value") != "封底" {
		t.Errorf("moved down it shows %s, %q", got, page.attr("#m_1_alt_kk", "value"))
	}
	press("up-2")
	if got := order(page); got != "120" {
		t.Errorf("moved up it shows %s", got)
	}
	press("up-0") // Nothing is above the first one.
	press("remove-9")
	press("remove-2")
	page.has("[role=status]", "removed")
	if got := order(page); got != "12" {
		t.Errorf("removed it shows %s", got)
	}
	page = h.submit(t, admin, page, "main form.undo")
	if got := order(page); got != "120" || page.attr("#m_2_alt_kk", "value") != "Мұқаба" {
		t.Errorf("undone it shows %s, %q", got, page.attr("#m_2_alt_kk", "value"))
	}
	page.lacks(".removed")
	if s := h.send(t, admin, "POST", path+"/restoration", values("url", "/media/none.jpg")); s.status != http.StatusNotFound {
		t.Errorf("brought back what never was: %d", s.status)
	}
	s := h.trySubmit(t, admin, page, form, "do", "save", "m_1_alt_ru", strings.Repeat("ы", 251), "m_1_alt_en", "Back")
	if s.status != http.StatusUnprocessableEntity || s.attr("#m_1_alt_en", "value") != "Back" {
		t.Errorf("too long: %d, %q", s.status, s.attr("#m_1_alt_en", "value"))
	}
	s.has("#m_1_alt_ru-wrong", "250")

	// Somebody else moves the pictures while these words are typed: they stay with their picture.
	stale := page
	press("down-0")
	s = h.trySubmit(t, admin, stale, form, "do", "save", "m_0_alt_en", "The middle")
	if s.status != http.StatusUnprocessableEntity || order(s) != "210" || s.attr("#m_1_alt_en", "value") != "The middle" {
		t.Errorf("stale: %d shows %s, %q", s.status, order(s), s.attr("#m_1_alt_en", "value"))
	}
	s.has(".note.warn", "Somebody else")
	s = h.submit(t, admin, s, form, "do", "save")
	if s.attr("#m_1_alt_en", "value") != "The middle" {
		t.Errorf("kept is %q", s.attr("#m_1_alt_en", "value"))
	}
	other := h.Staffed(t, "other@example.kz", "sel_other", "catalog.*")
	if s := h.trySubmit(t, other, page, form, "do", "remove-0"); s.status != http.StatusNotFound {
		t.Errorf("another seller's: %d", s.status)
	}
}
