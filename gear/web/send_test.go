package web_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"sauda/base/fault"
	"sauda/gear/db/dbtest"
	"sauda/gear/web"
)

var errEmptyShelf = fault.New(fault.Conflict, "shelf.empty", "There is nothing to send.")

// TestAFileIsWholeOrCutOff: a file whose writing fails in the middle never looks whole to who fetches it; when it fails
// before its first byte, the fault is told as any other and the answer is no file. Either way the audit says who took it.
func TestAFileIsWholeOrCutOff(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		h := open(t, s)
		sends := func(name string, write func(io.Writer) error) {
			h.srv.Protocol("GET /v1/sent/"+name, func(x web.Exchange) error {
				return x.Send(web.Sent{Name: "тауар.csv", Kind: "text/csv", Object: name}, write)
			}, web.Public())
		}
		part := strings.Repeat("0123456789abcdef", 1<<12) // 64 kB: more than any buffer on the way holds.
		sends("whole", func(w io.Writer) error {
			_, err := io.WriteString(w, part+part)
			return err
		})
		sends("broken", func(w io.Writer) error {
			_, err := io.WriteString(w, part)
			return errors.Join(err, errors.New("the disk is gone"))
		})
		sends("short", func(w io.Writer) error { // All of it is in a buffer still.
			_, err := io.WriteString(w, "a")
			return errors.Join(err, errEmptyShelf)
		})
		sends("none", func(io.Writer) error { return errEmptyShelf })

		fetch := func(name string) (body string, a *http.Response, err error) {
			a, err = http.Get(h.url + "/v1/sent/" + name)
			if err != nil {
				return "", nil, err
			}
			defer a.Body.Close() //nolint:errcheck // It was only read.
			read, err := io.ReadAll(a.Body)
			return string(read), a, err
		}
		body, a, err := fetch("whole")
		if err != nil || body != part+part || a.Header.Get("Content-Disposition") != "attachment; filename*=utf-8''%D1%82%D0%B0%D1%83%D0%B0%D1%80.csv" ||
			a.Header.Get("Content-Type") != "text/csv" || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("whole: %v, %d bytes, %v", err, len(body), a.Header)
		}
		for _, name := range []string{"broken", "short"} {
			if body, a, err := fetch(name); err == nil {
				t.Errorf("%s: %d with %d bytes looks whole", name, a.StatusCode, len(body))
			}
		}
		body, a, err = fetch("none")
		if err != nil || a.StatusCode != http.StatusConflict || !strings.Contains(body, "shelf.empty") || a.Header.Get("Content-Disposition") != "" ||
			!strings.HasPrefix(a.Header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("none: %v, %d %s %v", err, a.StatusCode, body, a.Header)
		}
		for _, name := range []string{"whole", "broken", "short", "none"} {
			if n := h.count(`SELECT count(*) FROM audit WHERE object = $1`, name); n != 1 {
				t.Errorf("%s left %d rows of the audit", name, n)
			}
		}
		if body, _, err := fetch("whole"); err != nil || len(body) != 2*len(part) {
			t.Errorf("the house does not go on: %v", err)
		}
	})
}
