package web_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/web"
)

var errUnseen = fault.New(fault.Missing, "stream.unseen", "There is nothing to see.")

// listened reads a stream until a line begins so.
func listened(t *testing.T, lines *bufio.Scanner, begins string) string {
	t.Helper()
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), begins); ok {
			return rest
		}
	}
	t.Fatalf("the stream ended before %q", begins)
	return ""
}

// TestAStreamTellsWhatIsNew: at once, then when it changes, and to who comes back only what he has not seen. All who look
// at the same look once. A house that is full, and what is not there, says so at the door.
func TestAStreamTellsWhatIsNew(t *testing.T) {
	h := open(t, dbtest.SQLite(t, schemas))
	pages := h.srv.Site(web.SiteOptions{Fault: func(p web.Problem) web.View {
		return words(func(context.Context) string { return p.Code })
	}})
	var n, looks, begun atomic.Int64
	web.AddStream(pages, "GET /n/{id}", web.Stream[struct {
		ID   string `path:"id"`
		Last string `query:"last"`
	}]{
		Begin: func(ctx context.Context, _ struct {
			ID   string `path:"id"`
			Last string `query:"last"`
		}) {
			begun.Add(1)
			web.SetCookie(ctx, &http.Cookie{Name: "begun", Value: "1"})
		},
		Look: func(_ *db.Tx, in struct {
			ID   string `path:"id"`
			Last string `query:"last"`
		}) ([]byte, error) {
			looks.Add(1)
			if in.ID == "none" {
				return nil, errUnseen
			}
			return fmt.Appendf(nil, `{"n":%d}`, n.Load()), nil
		},
		Every: 50 * time.Millisecond,
	}, web.Public())
	ask := func(path string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), "GET", h.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = answer.Body.Close() })
		return answer
	}
	first := ask("/n/one")
	if kind := first.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/event-stream") || first.Header.Get("Cache-Control") != "no-store" || first.Header.Get("Set-Cookie") == "" {
		t.Errorf("the header is %v", first.Header)
	}
	lines := bufio.NewScanner(first.Body)
	seen := listened(t, lines, "id: ")
	if said := listened(t, lines, "data: "); said != `{"n":0}` {
		t.Errorf("it begins with %s", said)
	}
	again := bufio.NewScanner(ask("/n/one?last=" + seen).Body)
	n.Store(7)
	if said := listened(t, lines, "data: "); said != `{"n":7}` {
		t.Errorf("then comes %s", said)
	}
	if said := listened(t, again, "data: "); said != `{"n":7}` {
		t.Errorf("who comes back is told %s first", said)
	}
	if missing := ask("/n/none"); missing.StatusCode != http.StatusNotFound {
		t.Errorf("what is not there is %d", missing.StatusCode)
	}
	if begun.Load() != 2 {
		t.Errorf("%d streams have begun", begun.Load())
	}

	before := looks.Load()
	var open []*http.Response
	full := false
	for range 300 {
		answer := ask("/n/one")
		if answer.StatusCode == http.StatusNoContent {
			full = true
			break
		}
		open = append(open, answer)
	}
	if !full || len(open) < 200 {
		t.Errorf("%d streams are open at once, and no end", len(open))
	}
	if all := looks.Load() - before; all > int64(len(open)) {
		t.Errorf("%d who look at the same took %d looks", len(open), all)
	}
}
