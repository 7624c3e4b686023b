package office_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sauda/gear/db"
)

// handIn sends a file as a browser does, and shows the page to which it leads.
func (h *house) handIn(t *testing.T, token, name, body string) sheet {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/office/imports", &b)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	h.pages.ServeHTTP(w, r)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%s: %d %s", name, w.Code, w.Body)
	}
	s := h.get(t, token, w.Header().Get("Location"))
	s.header.Set("At", w.Header().Get("Location"))
	return s
}

// worked has the desk do what was asked, and shows the page again.
func (h *house) worked(t *testing.T, token, at string) sheet {
	t.Helper()
	if err := h.Imports.Work(context.Background()); err != nil {
		t.Fatal(err)
	}
	return h.get(t, token, at)
}

// TestAFileIsBroughtInAndTakenBack walks the whole way of a seller: columns, preview, apply, history, undo.
func TestAFileIsBroughtInAndTakenBack(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		page := h.handIn(t, admin, "прайс.csv", "Артикул;Наименование;Цена, тг;Кол-во;Материал\nCUP;Кесе;1 200 тг;5;фарфор\nBAD;Кесе;қымбат;1;\n")
		at := page.header.Get("At")
		page.has("main", "Артикул", "CUP · BAD", "фарфор")
		if got := page.attr(`#field_2 option[selected]`, "value"); got != "price" {
			t.Fatalf("the price was taken for %q", got)
		}
		page = h.submit(t, admin, page, `form[action$="/preview"]`, "category", "Ыдыс")
		page.has("main", "being read")
		if page.attr(`meta[http-equiv=refresh]`, "content") == "" {
			t.Error("the page of progress does not load itself again")
		}
		page = h.worked(t, admin, at)
		page.has("tbody tr", "Кесе", "CUP", "new", "1200.00 KZT")
		page.has("main", "It is no amount.", "Write digits", "Nothing is written yet")
		if s := h.get(t, admin, at+"?show=trouble"); len(s.all("tbody tr")) != 1 {
			t.Errorf("%d lines with trouble", len(s.all("tbody tr")))
		}
		h.get(t, admin, "/office/products?q=CUP").has("main", "Nothing was found")
		h.post(t, admin, at+"/apply")
		page = h.worked(t, admin, at)
		page.has(".facts .badge", "applied")
		h.get(t, admin, "/office/products?q=CUP").has("tbody tr", "Кесе", "1,200")
		if s := h.send(t, admin, "GET", at+"/errors.csv", nil); s.status != http.StatusOK || !strings.Contains(s.body, "қымбат") {
			t.Errorf("the file of errors: %d %s", s.status, s.body)
		}
		h.get(t, admin, "/office/imports").has("tbody tr", "прайс.csv", "applied")
		h.post(t, admin, at+"/undo")
		page = h.worked(t, admin, at)
		page.has(".facts .badge", "undone")
		h.get(t, admin, "/office/products?q=CUP&state=on_sale").has("main", "Nothing was found")
		again := h.handIn(t, admin, "b.csv", "Артикул;Наименование;Цена, тг;Кол-во;Материал\nCUP;Кесе;1 300;5;\n")
		if got := again.attr(`#field_4 option[selected]`, "value"); got != "attribute" {
			t.Errorf("the material is remembered as %q", got)
		}
	})
}

// TestFilesAreRefusedAtTheDoor: what is no file of goods is said to be none, and nothing is kept of it.
func TestFilesAreRefusedAtTheDoor(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	for name, want := range map[string]string{
		"a.xml": "not a feed", "a.csv": "empty", "a.bin": "neither UTF-8",
	} {
		body := map[string]string{"a.xml": `<?xml version="1.0"?><html></html>`, "a.csv": " ", "a.bin": "\x00\x01\x02,\x00"}[name]
		if want == "empty" {
			want = "cannot be read"
		}
		h.handIn(t, admin, name, body).has("[role=alert]", want)
	}
	h.get(t, admin, "/office/imports").has("main", "Nothing yet")
	if s := h.send(t, admin, "POST", "/office/imports", values("file", "x")); s.status != http.StatusSeeOther {
		t.Errorf("a form without a file: %d", s.status)
	}
}

// TestImportsAreTheSellers: another seller's staff sees none of it, and staff that may only read changes nothing.
func TestImportsAreTheSellers(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	at := h.handIn(t, admin, "a.csv", "sku,name,price\na,Кесе,5\n").header.Get("At")
	other := h.Staffed(t, "other@example.kz", "sel_other", "catalog.*", "stock.*")
	if s := h.send(t, other, "GET", at, nil); s.status != http.StatusNotFound {
		t.Errorf("another seller's staff: %d", s.status)
	}
	if s := h.send(t, other, "POST", at+"/preview", values("lang", "ru", "currency", "KZT", "state", "on_sale")); s.status != http.StatusNotFound {
		t.Errorf("another seller's staff previews: %d", s.status)
	}
	if s := h.send(t, other, "GET", at+"/errors.csv", nil); s.status != http.StatusNotFound {
		t.Errorf("another seller's staff reads the errors: %d", s.status)
	}
	reader := h.Staffed(t, "reader@example.kz", "sel_own", "catalog.read")
	h.get(t, reader, at).lacks("button.main")
	if s := h.send(t, reader, "POST", at+"/preview", values("lang", "ru", "currency", "KZT", "state", "on_sale")); s.status != http.StatusForbidden {
		t.Errorf("a reader previews: %d", s.status)
	}
	if s := h.send(t, admin, "POST", at+"/apply", values()); s.status != http.StatusConflict {
		t.Errorf("applied before it was previewed: %d", s.status)
	}
}
