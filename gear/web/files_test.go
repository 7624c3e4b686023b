package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"path/filepath"
	"strings"
	"testing"

	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/web"
)

// sending makes the body of a form with a name and files, and its content type.
func sending(t *testing.T, name string, files ...string) (body, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("name", name); err != nil {
		t.Fatal(err)
	}
	for i, content := range files {
		part, err := w.CreateFormFile("papers", "/home/somebody/"+string(rune('a'+i))+".txt")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// TestFilesComeBeforeTheMoment: files are read outside of the moment, what they became counts in it, and a moment that is
// taken back leaves nothing behind.
func TestFilesComeBeforeTheMoment(t *testing.T) {
	waiting := t.TempDir()
	t.Setenv("TMPDIR", waiting)
	h := open(t, dbtest.SQLite(t, schemas))
	pages := h.srv.Site(web.SiteOptions{Fault: func(p web.Problem) web.View {
		return words(func(context.Context) string { return p.Code })
	}})
	type papers struct {
		web.Typed
		Name   string    `json:"name" maxLength:"5"`
		Papers web.Files `json:"papers"`
	}
	web.Upload(pages, "POST /papers", func(_ context.Context, in papers) (string, error) {
		var all strings.Builder
		for _, f := range in.Papers {
			file, err := f.Open()
			if err != nil {
				return "", err
			}
			content, err := io.ReadAll(file)
			if err != nil {
				return "", err
			}
			all.WriteString(f.Name + "=" + string(content[:min(len(content), 5)]) + " ")
			if err := file.Close(); err != nil {
				return "", err
			}
		}
		return all.String(), nil
	}, func(tx *db.Tx, in papers, read string) (web.Then, error) {
		if _, err := tx.ExecContext(tx.Context(), `INSERT INTO shelf (id, name, n) VALUES ($1, $2, 1)`, tx.Mint("thg"), in.Name); err != nil {
			return web.Then{}, err
		}
		view := words(func(ctx context.Context) string { return in.Name + ": " + read + in.About(web.Lang(ctx), "name") })
		if !in.OK() {
			return web.Again(view), nil
		}
		return web.Show(view), nil
	}, web.Public(), web.BodyMax(4<<20))
	web.Form(pages, "POST /plain", func(*db.Tx, typedForm) (web.Then, error) { return web.See("/"), nil }, web.Public())

	body, kind := sending(t, "ab", "first", strings.Repeat("x", 2<<20)) // The second one does not fit into memory.
	h.wants(h.ask("POST", "/papers", body, "Content-Type", kind), 200, "ab: a.txt=first b.txt=xxxxx")
	h.wants(h.ask("POST", "/papers", "name=ab", "Content-Type", "application/x-www-form-urlencoded"), 200, "ab: ")
	body, kind = sending(t, "too long", "first")
	h.wants(h.ask("POST", "/papers", body, "Content-Type", kind), 422, "a.txt=first")
	body, kind = sending(t, "ab", strings.Repeat("x", 4<<20))
	h.wants(h.ask("POST", "/papers", body, "Content-Type", kind), 413, "web.too_large")
	body, kind = sending(t, "ab", "first")
	h.wants(h.ask("POST", "/papers", body[:len(body)/2], "Content-Type", kind), 400, "web.malformed")
	h.wants(h.ask("POST", "/plain", body, "Content-Type", kind), 415, "web.media")
	if n := h.count("SELECT count(*) FROM shelf"); n != 2 {
		t.Errorf("%d moments count, want 2", n)
	}
	if left, _ := filepath.Glob(filepath.Join(waiting, "multipart-*")); len(left) != 0 {
		t.Errorf("files wait for ever: %v", left)
	}
}

// TestFilesOfSeveralFields come in the order of their fields, each with its own; another field's are not taken.
func TestFilesOfSeveralFields(t *testing.T) {
	h := open(t, dbtest.SQLite(t, schemas))
	pages := h.srv.Site(web.SiteOptions{Fault: func(p web.Problem) web.View {
		return words(func(context.Context) string { return p.Code })
	}})
	type answers struct {
		web.Typed
		Files web.Files `json:"a_*"`
	}
	web.Upload(pages, "POST /answers", func(_ context.Context, in answers) (string, error) {
		said := ""
		for _, f := range in.Files {
			said += f.Field + "=" + f.Name + " "
		}
		return said, nil
	}, func(_ *db.Tx, in answers, said string) (web.Then, error) {
		return web.Show(words(func(context.Context) string { return said + in.Values.Get("a_text") })), nil
	}, web.Public())
	var body strings.Builder
	w := multipart.NewWriter(&body)
	for _, field := range []string{"b_x", "a_two", "a_one", "a_empty"} {
		name := field + ".txt"
		if field == "a_empty" {
			name = ""
		}
		if _, err := w.CreateFormFile(field, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.WriteField("a_text", "words"), w.Close()); err != nil {
		t.Fatal(err)
	}
	h.wants(h.ask("POST", "/answers", body.String(), "Content-Type", w.FormDataContentType()), 200, "a_one=a_one.txt a_two=a_two.txt words")
}
