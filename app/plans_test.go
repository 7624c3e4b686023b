package app_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"sauda/app"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// generated is a query as sqlc writes it down, with its name.
var generated = regexp.MustCompile("(?s)const \\w+ = `-- name: (\\w+) :\\w+\n(.*?)`")

// parameter is a place in a query that a value goes to.
var parameter = regexp.MustCompile(`[?$](\d+)`)

// walk is how a query goes through a table page by page.
var walk = regexp.MustCompile(`(?s)\bid > .*ORDER BY id LIMIT`)

// known are scans that are meant.
var known = map[string]string{
	"Instruments":   "SCAN i USING INDEX sqlite_autoindex_exchange_instrument_2", // All that are listed, by their codes: the roll wants them all.
	"CountShort":    "SCAN s",                                                    // What was found of what runs out, up to a thousand.
	"Turnovers":     "SCAN s",                                                    // What the two halves of the union have found.
	"DueDeliveries": "SCAN line",                                                 // What stands ahead in a line, counted up to a batch.
	"ForgetFacts":   "SCAN d USING COVERING INDEX delivery_due",                  // What is not delivered yet, which is little.
}

// TestAFewRowsAreFoundByTheirIDs asks SQLite how it would run each query that is given a list or walks through a table: by the
// list, and in the order of the ids, and not by looking through all rows that share a state, or by sorting them first, which is
// what it prefers when it may. Such a query is quick in every test and slow in every shop.
func TestAFewRowsAreFoundByTheirIDs(t *testing.T) {
	files, err := filepath.Glob("../*/*/*db/queries.sql.go")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	dbtest.Each(t, app.Schemas, func(t *testing.T, s *dbtest.Store) {
		if s.Engine() != db.SQLite {
			return // PostgreSQL counts its rows and plans by what it has counted.
		}
		asked := 0
		for _, file := range files {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range generated.FindAllStringSubmatch(string(body), -1) {
				list, pages := strings.Contains(q[2], "json_each"), walk.MatchString(q[2])
				if !list && !pages {
					continue
				}
				asked++
				for _, step := range plan(t, s, q[2]) {
					scans := strings.HasPrefix(step, "SCAN ") && !strings.Contains(step, "VIRTUAL TABLE")
					if known[q[1]] == step {
						continue
					}
					sorts := pages && step == "USE TEMP B-TREE FOR ORDER BY"
					if list && (scans || strings.HasSuffix(step, "(state=?)")) || sorts {
						t.Errorf("%s in %s: %s", q[1], filepath.Base(filepath.Dir(file)), step)
					}
				}
			}
		}
		if asked < 50 {
			t.Errorf("only %d queries were looked at", asked)
		}
	})
}

// plan gives the steps in which SQLite would run a query.
func plan(t *testing.T, s *dbtest.Store, query string) (steps []string) {
	t.Helper()
	most := 0
	for _, p := range parameter.FindAllStringSubmatch(query, -1) {
		n, err := strconv.Atoi(p[1])
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, n)
	}
	args := make([]any, most)
	for i := range args {
		args[i] = "1"
	}
	s.Look(t, func(tx *db.Tx) error {
		rows, err := tx.QueryContext(tx.Context(), "EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				return err
			}
			steps = append(steps, step)
		}
		return rows.Err()
	})
	return steps
}
