package day_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"sauda/cmd/sauda/day"
	"sauda/gear/db/dbtest"
)

// lived lives through days and fails with what the simulation has said.
func lived(t *testing.T, plan day.Plan) string {
	t.Helper()
	var out bytes.Buffer
	plan.Data, plan.Out, plan.Lang = t.TempDir(), &out, "en"
	if err := day.Live(t.Context(), plan); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return out.String()
}

func TestDaysOnSQLite(t *testing.T) {
	for _, seed := range []uint64{1, 2} {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			said := lived(t, day.Plan{Seed: seed, Days: 3, Buyers: 50})
			if lines := strings.Count(said, "\n"); lines != 4 {
				t.Errorf("%d lines instead of one for each day and the summary:\n%s", lines, said)
			}
			if !strings.Contains(said, "all sound") {
				t.Error(said)
			}
		})
	}
}

func TestDaysOnPostgreSQL(t *testing.T) {
	said := lived(t, day.Plan{Seed: 3, Days: 2, Buyers: 40, Postgres: dbtest.Database(t, nil)})
	if strings.Contains(said, "orders   0") {
		t.Errorf("nobody bought anything:\n%s", said)
	}
}
