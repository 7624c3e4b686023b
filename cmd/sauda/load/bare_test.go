package load

import (
	"context"
	"io"
	"math"
	"os"
	"strings"
	"testing"
	"time"
)

const metricsPage = `# HELP sauda_db_statements_total SQL statements sent.
# TYPE sauda_db_statements_total counter
sauda_db_statements_total 1.25e+06
# TYPE sauda_db_moments_total counter
sauda_db_moments_total 9000
sauda_db_commits_total 1200
`

func TestTheCostOfAnOrderIsCounted(t *testing.T) {
	after, err := counted([]byte(metricsPage))
	if err != nil || after != (cost{Statements: 1_250_000, Moments: 9000, Commits: 1200}) {
		t.Fatalf("%+v, %v", after, err)
	}
	each := after.since(cost{Statements: 1_249_250, Moments: 8910, Commits: 1195}, 10)
	if each != (cost{Statements: 75, Moments: 9, Commits: 0.5}) {
		t.Errorf("each costs %+v", each)
	}
	if got := each.String(); got != "75.0 statements, 9.0 moments and 0.50 commits" {
		t.Error(got)
	}
	if _, err := counted([]byte(strings.ReplaceAll(metricsPage, "commits", "promises"))); err == nil || !strings.Contains(err.Error(), "sauda_db_commits_total") {
		t.Errorf("of a server that does not count commits: %v", err)
	}
}

// TestTheBareEnginesKeepOrders holds both ceilings to their arithmetic: what they say is a whole number of commits. They
// refuse what cannot be compared, end when they are told to, and leave nothing behind.
func TestTheBareEnginesKeepOrders(t *testing.T) {
	server := os.Getenv("SAUDA_TEST_POSTGRES")
	if server == "" {
		t.Fatal("SAUDA_TEST_POSTGRES is not set: run tools/testbed run go test ./…")
	}
	b := &bench{folder: t.TempDir(), plan: Plan{Postgres: server, Duration: 200 * time.Millisecond, Progress: io.Discard}}
	for _, engine := range []string{"sqlite", "postgres"} {
		rate, err := b.bare(t.Context(), engine, cost{Statements: 5, Moments: 2, Commits: 0.5}, 2)
		if err != nil || rate <= 0 {
			t.Errorf("%s: %.1f orders a second, %v", engine, rate, err)
		}
		if commits := rate * 0.5 * b.plan.Duration.Seconds(); math.Abs(commits-math.Round(commits)) > 0.01 {
			t.Errorf("%s: %.3f commits", engine, commits)
		}
		if _, err := b.bare(t.Context(), engine, cost{Statements: 1, Commits: 2}, 2); err == nil {
			t.Errorf("%s: an order with more commits than statements is compared", engine)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := b.bare(ended, engine, cost{Statements: 5, Commits: 1}, 2); err == nil {
			t.Errorf("%s: measured after its end", engine)
		}
	}
	left, err := os.ReadDir(b.folder)
	if err != nil || len(left) > 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

func TestTheMachineHasItsCosts(t *testing.T) {
	c, err := machineCosts(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, us := range map[string]float64{"a system call": c.Syscall, "a page fault": c.Fault, "waking a thread": c.Wake} {
		if us <= 0 || us > 1e6 {
			t.Errorf("%s takes %f µs", name, us)
		}
		if !strings.Contains(c.String(), name) {
			t.Errorf("%s is not in %q", name, c)
		}
	}
	if c.Fsync < 0 || !strings.HasSuffix(c.String(), "µs") {
		t.Errorf("%+v", c)
	}
}
