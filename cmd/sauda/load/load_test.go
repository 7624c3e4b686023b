package load

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// answers serves what the light client has to read: a short answer, a long one in chunks, and one without a body.
func answers(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/short", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"id":"crt_1"}`) })
	mux.HandleFunc("/long", func(w http.ResponseWriter, _ *http.Request) {
		for range 50 {
			_, _ = io.WriteString(w, strings.Repeat("x", 5000))
			http.NewResponseController(w).Flush() //nolint:errcheck // The test counts what arrives.
		}
	})
	mux.HandleFunc("/none", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/big", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "300000")
		_, _ = w.Write(bytes.Repeat([]byte("y"), 300000))
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func TestOneConnectionReadsEveryKindOfAnswer(t *testing.T) {
	addr := answers(t)
	c, err := dial(addr, time.Now().Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	defer c.close() //nolint:errcheck // Only read from.
	for range 3 {
		for _, want := range []struct {
			target       string
			status, size int
		}{{"/short", 200, 14}, {"/long", 200, 250_000}, {"/none", 204, 0}, {"/big", 200, 300_000}, {"/nowhere", 404, 19}} {
			status, body, err := c.do(get(addr, want.target))
			if err != nil || status != want.status || len(body) != want.size {
				t.Fatalf("%s: %d with %d bytes, %v; want %d with %d", want.target, status, len(body), err, want.status, want.size)
			}
		}
	}
}

func TestPickFindsTheFirstStringOfAName(t *testing.T) {
	for _, c := range []struct{ body, name, want string }{
		{`{"id":"crt_1","lines":[{"id":"lin_2"}]}`, "id", "crt_1"},
		{`{"state":"ordered"}`, "state", "ordered"},
		{`{"state":3}`, "state", ""},
		{`{"id":"cut`, "id", ""},
	} {
		if got := pick([]byte(c.body), c.name); got != c.want {
			t.Errorf("%s of %s is %q, want %q", c.name, c.body, got, c.want)
		}
	}
}

func TestACrowdCountsWhatIsDoneAndWhatFails(t *testing.T) {
	addr := answers(t)
	w := crowd{addr: addr, clients: 4, count: 200 * time.Millisecond}
	w.prepare = func() act { return reader([][]byte{get(addr, "/short"), get(addr, "/nowhere")}) }
	f, err := w.run(context.Background())
	if err != nil || f.Done == 0 || f.Failed == 0 || !strings.Contains(f.Trouble, "404") {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestPercentilesOfFewMeasurements(t *testing.T) {
	if p := percentile(nil, 99); p != 0 {
		t.Errorf("of nothing: %v", p)
	}
	times := make([]time.Duration, 200)
	for n := range times {
		times[n] = time.Duration(n+1) * time.Millisecond
	}
	if p50, p99 := percentile(times, 50), percentile(times, 99); p50 != 101 || p99 != 199 {
		t.Errorf("p50 %v, p99 %v", p50, p99)
	}
}

func TestTheTableSaysWhichTargetWasMissed(t *testing.T) {
	r := newReport()
	r.Machine.Costs = Costs{Syscall: 0.3, Fault: 0.9, Wake: 5, Fsync: 565}
	r.add(Row{What: "list", Engine: "sqlite", Figures: Figures{Clients: 8, Done: 10, PerSecond: 1234}, Ceiling: 2000, Ratio: 0.617, Each: &cost{Statements: 74.5, Moments: 9, Commits: 2.25}}.judged(0.4, "≥ 40 %", true))
	r.add(Row{What: "import", Engine: "sqlite", Value: 12, Unit: "products/s"}.judged(5000, "≥ 5000/s", false))
	var out bytes.Buffer
	if err := r.Table(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1234/s", "0.62", "yes", "12 products/s", "NO", "74.5 statements, 9.0 moments and 2.25 commits", "an fsync 565 µs"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, out.String())
		}
	}
	if r.Met() {
		t.Error("a target was missed")
	}
}

func TestMadeUpCatalogueIsTheSameEachTime(t *testing.T) {
	b := &bench{folder: t.TempDir(), plan: Plan{Generated: 50}}
	first, err := b.catalogue()
	if err != nil || len(first) != 1 {
		t.Fatal(first, err)
	}
	again, err := b.catalogue()
	if err != nil || again[0] != first[0] {
		t.Fatal(again, err)
	}
}
