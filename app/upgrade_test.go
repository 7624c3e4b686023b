package app_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"sauda/app"
	"sauda/app/apptest"
	"sauda/core/order"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// record writes a new recorded house beside the older ones: go test ./app -run TestUpgrade -args -record NAME. It needs
// pg_dump. A house is recorded with each release and never changed afterwards.
var record = flag.String("record", "", "record a house under this name")

const houses = "testdata/houses"

// TestUpgrade opens every recorded house with today's code: its tables are brought up to date, what was ordered is still
// there and adds up, and the next purchase goes through.
func TestUpgrade(t *testing.T) {
	if *record != "" {
		recordHouses(t, *record)
	}
	lite, err := filepath.Glob(houses + "/*.sqlite.gz")
	if err != nil || len(lite) == 0 {
		t.Fatalf("no house is recorded in %s (%v)", houses, err)
	}
	for _, file := range lite {
		name := strings.TrimSuffix(filepath.Base(file), ".sqlite.gz")
		t.Run(name+"/sqlite", func(t *testing.T) {
			data := t.TempDir()
			if err := os.WriteFile(filepath.Join(data, "sauda.db"), unpack(t, file), 0o600); err != nil {
				t.Fatal(err)
			}
			lived(t, func(c *app.Config) { c.Data = data })
		})
		t.Run(name+"/postgres", func(t *testing.T) {
			dsn := dbtest.Database(t, nil)
			restore(t, dsn, string(unpack(t, filepath.Join(houses, name+".postgres.sql.gz"))))
			lived(t, func(c *app.Config) { c.Postgres = dsn })
		})
	}
}

// lived opens a house that has lived and sells in it.
func lived(t *testing.T, where func(*app.Config)) {
	t.Helper()
	h := apptest.Lived(t, where)
	h.Settled(t)
	h.Sound(t)
	var before []order.Summary
	count := func() {
		h.Look(t, func(tx *db.Tx) (err error) {
			before, _, err = order.List(tx, order.Filter{Limit: 200})
			return err
		})
	}
	count()
	if len(before) < 3 {
		t.Fatalf("%d orders are left of the older house", len(before))
	}
	was := len(before)
	h.Guest().Buy(t, h, apptest.Kettle)
	h.Settled(t)
	h.Sound(t)
	if count(); len(before) != was+1 {
		t.Fatalf("%d orders after one more than %d", len(before), was)
	}
}

// recordHouses lets a house live a little on each engine and packs it up.
func recordHouses(t *testing.T, name string) {
	t.Helper()
	if err := os.MkdirAll(houses, 0o750); err != nil {
		t.Fatal(err)
	}
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		h := apptest.Open(t, engine)
		buyer := h.As(h.Registered(t, "ayan@example.kz"))
		buyer.Buy(t, h, apptest.Kettle)
		h.Guest().BuyCash(t, h, apptest.Kettle)
		cancelled := h.Guest().Buy(t, h, apptest.Kettle)
		h.Settled(t)
		h.Admin(t).Do(t, 200, "POST", "/v1/office/orders/"+cancelled+"/cancellation", map[string]string{"reason": "recorded"})
		h.Guest().Basket(t, h, apptest.Kettle)
		h.Settled(t)
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		if engine == db.SQLite {
			body, err := os.ReadFile(filepath.Join(h.Config.Data, "sauda.db"))
			if err != nil {
				t.Fatal(err)
			}
			pack(t, filepath.Join(houses, name+".sqlite.gz"), body)
			continue
		}
		dump, err := exec.Command("pg_dump", "--inserts", "--no-owner", "--no-privileges", "--dbname", h.Config.Postgres).Output()
		if err != nil {
			t.Fatal(err)
		}
		pack(t, filepath.Join(houses, name+".postgres.sql.gz"), dump)
	}
}

// restore plays a dump into an empty database.
func restore(t *testing.T, dsn, dump string) {
	t.Helper()
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	var script strings.Builder
	for line := range strings.Lines(dump) {
		if !strings.HasPrefix(line, `\`) { // psql's own commands.
			script.WriteString(line)
		}
	}
	if _, err := pool.ExecContext(context.Background(), "DROP TABLE IF EXISTS house; DROP FUNCTION IF EXISTS json_each(text)"); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.ExecContext(context.Background(), script.String()); err != nil {
		t.Fatal(err)
	}
}

func pack(t *testing.T, file string, body []byte) {
	t.Helper()
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func unpack(t *testing.T, file string) []byte {
	t.Helper()
	packed, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = packed.Close() }()
	r, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return body
}
