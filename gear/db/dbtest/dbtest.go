// Package dbtest gives tests a fresh store on each engine. What a test of a store proves, it proves on both.
package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
