// Package dbtest gives tests a fresh store on each engine. What a test of a store proves, it proves on both.
package dbtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // The driver of the connection that makes test databases.

	"sauda/gear/db"
)

// Recorded is a fact that a test's moments have stated.
type Recorded struct {
	Name string
	Key  string
	Body json.RawMessage
}

// Store is a fresh store of one test.
type Store struct {
	*db.Store
	Clock *Clock
	DSN   string // PostgreSQL only.
	Path  string // SQLite only.
	who   db.Who
	facts *record
}

type record struct {
	mu  sync.Mutex
	all []Recorded
}

// Clock is a clock that a test moves. Without Set or Advance it stands at 2026-11-24 12:00 in Almaty.
type Clock struct{ micros atomic.Int64 }

// NewClock is a clock that shows at.
func NewClock(at time.Time) *Clock {
	c := &Clock{}
	c.Set(at)
	return c
}

// Now is what the clock shows.
func (c *Clock) Now() time.Time { return time.UnixMicro(c.micros.Load()).UTC() }

// Set moves the clock to at.
func (c *Clock) Set(at time.Time) { c.micros.Store(at.UnixMicro()) }

// Advance moves the clock on.
func (c *Clock) Advance(d time.Duration) { c.micros.Add(d.Microseconds()) }

// Noon is where the clock of a test begins: 2026-11-24 12:00 in Almaty.
var Noon = time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)

// Each runs the test once on SQLite and once on PostgreSQL, each time on a fresh store with these schemas.
func Each(t *testing.T, schemas []db.Schema, test func(t *testing.T, s *Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t, schemas)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t, schemas)) })
}

// SQLite is a fresh store on SQLite.
func SQLite(t testing.TB, schemas []db.Schema) *Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sauda.db")
	if body := liteTemplate(t, schemas); body != nil {
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return open(t, db.Config{Path: path}, schemas)
}

// Postgres is a fresh store on PostgreSQL. `make test` starts the server; without it the test fails and says so.
func Postgres(t testing.TB, schemas []db.Schema) *Store {
	t.Helper()
	return open(t, db.Config{DSN: Database(t, schemas), Readers: 16}, schemas)
}

func open(t testing.TB, c db.Config, schemas []db.Schema) *Store {
	t.Helper()
	s := &Store{Clock: NewClock(Noon), who: db.System, facts: &record{}, DSN: c.DSN, Path: c.Path}
	c.Now = s.Clock.Now
	c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	store, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	s.Store = store
	if err := store.Migrate(t.Context(), schemas); err != nil {
		t.Fatal(err)
	}
	store.Seal(s.facts.write)
	return s
}

// write keeps the facts of a moment once it is committed. A bus on the store takes this place.
func (r *record) write(tx *db.Tx, facts []db.Fact) error {
	var fresh []Recorded
	for _, f := range facts {
		body, err := json.Marshal(f)
		if err != nil {
			return err
		}
		fresh = append(fresh, Recorded{f.Fact(), f.Key(), body})
	}
	tx.AfterCommit(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.all = append(r.all, fresh...)
	})
	return nil
}

// Facts are those stated so far, in the order of their commits.
func (s *Store) Facts(t testing.TB) []Recorded {
	t.Helper()
	s.facts.mu.Lock()
	defer s.facts.mu.Unlock()
	return append([]Recorded(nil), s.facts.all...)
}

// As is the same store for another actor.
func (s *Store) As(who db.Who) *Store {
	other := *s
	other.who = who
	return &other
}

// Moment runs do in a moment that must succeed.
func (s *Store) Moment(t testing.TB, do func(*db.Tx) error) {
	t.Helper()
	if err := s.Try(do); err != nil {
		t.Fatal(err)
	}
}

// Try runs do in a moment and gives its error.
func (s *Store) Try(do func(*db.Tx) error) error {
	return s.Update(context.Background(), s.who, do)
}

// Look runs do on a snapshot; it must succeed.
func (s *Store) Look(t testing.TB, do func(*db.Tx) error) {
	t.Helper()
	if err := s.View(context.Background(), s.who, do); err != nil {
		t.Fatal(err)
	}
}

// Statements counts the SQL statements that do causes; nothing else may use the store meanwhile.
func (s *Store) Statements(do func()) int {
	before := s.Counts().Statements.Load()
	do()
	return int(s.Counts().Statements.Load() - before)
}

// Database makes a fresh PostgreSQL database with these schemas and gives its address; it is dropped after the test.
func Database(t testing.TB, schemas []db.Schema) string {
	t.Helper()
	admin, server := administers(t)
	defer func() { _ = admin.Close() }()
	return Template(named(server, pgTemplate(t, admin, server, schemas))).Copy(t)
}

// Template is the address of a PostgreSQL database of which others are made.
type Template string

// NewTemplate makes a database with these schemas that lasts as long as the process, for the test to fill and close.
func NewTemplate(t testing.TB, schemas []db.Schema) Template {
	t.Helper()
	admin, server := administers(t)
	defer func() { _ = admin.Close() }()
	if err := sweep(t.Context(), admin); err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("%s%d_%d", filled, os.Getpid(), databases.Add(1))
	if err := copies(admin, name, pgTemplate(t, admin, server, schemas)); err != nil {
		t.Fatal(err)
	}
	return Template(named(server, name))
}

// Copy makes a database like the template, which nobody may have open, and gives its address; it is dropped after the test.
func (of Template) Copy(t testing.TB) string {
	t.Helper()
	admin, server := administers(t)
	defer func() { _ = admin.Close() }()
	name := fmt.Sprintf("sauda_%d_%d", os.Getpid(), databases.Add(1))
	path, _, _ := strings.Cut(string(of), "?")
	if err := copies(admin, name, path[strings.LastIndex(path, "/")+1:]); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		admin, _ := administers(t)
		defer func() { _ = admin.Close() }()
		_, _ = admin.Exec(fmt.Sprintf(`DROP DATABASE IF EXISTS %s WITH (FORCE)`, name))
	})
	return named(server, name)
}

// copies makes a database as a copy of another, file by file: for some hundred small tables that takes half as long as
// through the log.
func copies(admin *sql.DB, name, of string) error {
	_, err := admin.Exec(fmt.Sprintf(`CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy`, name, of))
	return err
}

// administers connects to the server of the tests, whose address is given too.
func administers(t testing.TB) (*sql.DB, string) {
	t.Helper()
	server := os.Getenv("SAUDA_TEST_POSTGRES")
	if server == "" {
		t.Fatal("SAUDA_TEST_POSTGRES is not set: run `make test`, or `tools/testbed run go test ./…`, which start PostgreSQL")
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	admin.SetMaxOpenConns(1)
	return admin, server
}

// filled begins the names of templates that a process has filled; its number follows.
const filled = "sauda_filled_"

// sweep drops the filled templates of processes that have ended, which matters on a server that outlives them.
func sweep(ctx context.Context, admin *sql.DB) error {
	rows, err := admin.QueryContext(ctx, `SELECT datname FROM pg_database WHERE starts_with(datname, $1)`, filled)
	if err != nil {
		return err
	}
	var left []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return errors.Join(err, rows.Close())
		}
		var process int
		if _, err := fmt.Sscanf(name, filled+"%d_", &process); err == nil && !alive(process) {
			left = append(left, name)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, name := range left { // Another process may have been faster.
		if _, err := admin.ExecContext(ctx, fmt.Sprintf(`DROP DATABASE IF EXISTS %s`, name)); err != nil {
			return err
		}
	}
	return nil
}

// alive tells whether a process of this machine runs.
func alive(process int) bool {
	p, err := os.FindProcess(process)
	return err == nil && !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

var databases atomic.Int64

// named is the address of another database on the same server.
func named(server, name string) string {
	address, query, _ := strings.Cut(server, "?")
	cut := strings.LastIndex(address, "/")
	if query != "" {
		query = "?" + query
	}
	return address[:cut] + "/" + name + query
}

// pgTemplate makes, once for a set of schemas, the database that others are copied from.
func pgTemplate(t testing.TB, admin *sql.DB, server string, schemas []db.Schema) string {
	t.Helper()
	name := "sauda_template_" + digest(t, schemas)[:24]
	if _, err := admin.Exec(`SELECT pg_advisory_lock(74656)`); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = admin.Exec(`SELECT pg_advisory_unlock(74656)`) }()
	var there int
	if err := admin.QueryRow(`SELECT count(*) FROM pg_database WHERE datname = $1`, name).Scan(&there); err != nil {
		t.Fatal(err)
	}
	if there == 1 {
		return name
	}
	making := fmt.Sprintf("sauda_making_%d_%d", os.Getpid(), databases.Add(1))
	if _, err := admin.Exec(`CREATE DATABASE ` + making); err != nil {
		t.Fatal(err)
	}
	store, err := db.Open(t.Context(), db.Config{DSN: named(server, making), Readers: 2})
	if err != nil {
		t.Fatal(err)
	}
	err = store.Migrate(t.Context(), schemas)
	_ = store.Close()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Exec(fmt.Sprintf(`ALTER DATABASE %s RENAME TO %s`, making, name)); err != nil {
		t.Fatal(err)
	}
	return name
}

var templates sync.Map // digest of schemas → []byte of an SQLite file

// liteTemplate is an SQLite file with these schemas, made once in a process.
func liteTemplate(t testing.TB, schemas []db.Schema) []byte {
	t.Helper()
	key := digest(t, schemas)
	if body, ok := templates.Load(key); ok {
		return body.([]byte)
	}
	path := filepath.Join(t.TempDir(), "template.db")
	store, err := db.Open(t.Context(), db.Config{Path: path, Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	err = store.Migrate(t.Context(), schemas)
	if closing := store.Close(); err == nil {
		err = closing
	}
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	templates.Store(key, body)
	return body
}

// digest names a set of schemas by all their files.
func digest(t testing.TB, schemas []db.Schema) string {
	t.Helper()
	h := sha256.New()
	for _, schema := range schemas {
		names, err := fs.Glob(schema.Files, "schema/*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			body, err := fs.ReadFile(schema.Files, name)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = fmt.Fprintf(h, "%s/%s %d\n", schema.Name, name, len(body))
			_, _ = h.Write(body)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
