// Package db is where transactions begin and end. A transaction is a moment: SQL, a clock that stands still, who acts,
// fresh ids, and the facts that the moment states; all of it is there after the commit, or none.
//
// Two engines run the same SQL text. SQLite (the default, fit for production on one machine) has one writer goroutine
// that commits many moments with one fsync; PostgreSQL runs each on a snapshot and again when it lost a race.
// What differs between them is in engine.go, sqlite.go and postgres.go, and nowhere else in the house.
//
// Only gear/web (a request), gear/bus (a reaction), gear/saga (a step) and gear/job (a tick) begin moments.
package db

import (
	"bufio"
	"context"
	"crypto/rand"
	"io"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"sauda/base/fault"
	"sauda/base/ident"
)

// Engine names the database that keeps a store.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Faults of the store.
var (
	// ErrUnavailable means that the moment did not happen and may be tried again.
	ErrUnavailable = fault.New(fault.Unavailable, "db.unavailable", "The store cannot be reached just now. Nothing was changed; please try again in a moment.")
	// ErrUnsure means that the connection broke during the commit: the moment happened whole or not at all, and only
	// trying again with the same idempotency key will tell.
	ErrUnsure = fault.New(fault.Unavailable, "db.unsure", "The connection to the store broke while saving. Please try again with the same key; nothing will be done twice.")
	// ErrFull means that the disk is full; nothing was changed.
	ErrFull = fault.New(fault.Unavailable, "db.full", "The disk of the store is full. Nothing was changed; free some space and try again.")
	// ErrBusy means that a moment lost its race too many times.
	ErrBusy = fault.New(fault.Unavailable, "db.busy", "Too many people are changing this at once. Nothing was changed; please try again.")
)

// Config says where the store is. Exactly one of Path and DSN is set.
type Config struct {
	Path    string           // SQLite: the file; it is made when missing.
	DSN     string           // PostgreSQL: postgres://…
	Readers int              // Connections for reading (SQLite) or in all (PostgreSQL); 0 takes the default.
	Now     func() time.Time // The clock; nil is time.Now.
	Random  io.Reader        // Source of ids; nil is crypto/rand.
	Log     *slog.Logger     // nil is slog.Default().
}

// Store is an open database. It is safe for use by many goroutines.
type Store struct {
	engine Engine
	now    func() time.Time
	random io.Reader
	ids    ident.Sequence
	log    *slog.Logger
	seal   func(*Tx, []Fact) error
	lite   *lite
	pg     *postgres
	counts Counts
}

// Counts are sums since the store was opened, for metrics and for tests that hold a request to its number of statements.
type Counts struct {
	Statements atomic.Int64 // SQL statements sent, without BEGIN, COMMIT and savepoints.
	Moments    atomic.Int64 // Updates that were committed.
	Views      atomic.Int64 // Views that ended well.
	Commits    atomic.Int64 // Commits; on SQLite many moments share one.
	Races      atomic.Int64 // Moments that were run again after a lost race.
}

// Open opens the store and refuses what could lose data: an SQLite that is too old, a file that another process holds.
func Open(ctx context.Context, c Config) (*Store, error) {
	s := &Store{now: c.Now, random: c.Random, log: c.Log, engine: SQLite}
	if s.now == nil {
		s.now = time.Now
	}
	if s.random == nil {
		s.random = bufio.NewReaderSize(rand.Reader, 4096)
	}
	s.random = &guarded{from: s.random}
	if s.log == nil {
		s.log = slog.Default()
	}
	var err error
	if c.DSN != "" {
		s.engine = Postgres
		s.pg, err = openPostgres(ctx, c)
	} else {
		s.lite, err = openLite(ctx, s, c)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Close waits for the moments that run, then lets go of the database.
func (s *Store) Close() error {
	if s.lite != nil {
		return s.lite.close()
	}
	return s.pg.pool.Close()
}

// Engine tells which database keeps the store.
func (s *Store) Engine() Engine { return s.engine }

// Counts are the running sums of the store.
func (s *Store) Counts() *Counts { return &s.counts }

// Now is the store's clock, in UTC and whole microseconds.
func (s *Store) Now() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// Seal sets what writes the facts of a moment just before it is committed. It is called once, by the bus, before the
// first moment.
func (s *Store) Seal(write func(*Tx, []Fact) error) { s.seal = write }

// Ping tells whether the store answers.
func (s *Store) Ping(ctx context.Context) error {
	return s.View(ctx, System, func(tx *Tx) error {
		var one int64
		return tx.QueryRowContext(tx.Context(), "SELECT 1").Scan(&one)
	})
}

// Rest gives memory back that only makes moments faster. It is for a time in which nobody is there.
func (s *Store) Rest(ctx context.Context) error {
	if s.lite == nil {
		return nil
	}
	return s.lite.rest(ctx, s)
}

// Update runs do in a moment and returns after its commit. When do returns an error nothing of the moment is kept.
// Do may be run several times, so it talks to nobody but its tx. A moment inside a moment is refused.
func (s *Store) Update(ctx context.Context, who Who, do func(*Tx) error) error {
	if err := begin(ctx); err != nil {
		return err
	}
	err := s.update(ctx, who, do)
	if err == nil {
		s.counts.Moments.Add(1)
	}
	return err
}

func (s *Store) update(ctx context.Context, who Who, do func(*Tx) error) error {
	if s.engine == Postgres {
		return s.pg.update(ctx, s, who, do)
	}
	return s.lite.update(ctx, s, who, do)
}

// View runs do on one snapshot of the store; it cannot write.
func (s *Store) View(ctx context.Context, who Who, do func(*Tx) error) error {
	if err := begin(ctx); err != nil {
		return err
	}
	err := s.view(ctx, who, do)
	if err == nil {
		s.counts.Views.Add(1)
	}
	return err
}

func (s *Store) view(ctx context.Context, who Who, do func(*Tx) error) error {
	if s.engine == Postgres {
		return s.pg.view(ctx, s, who, do)
	}
	return s.lite.view(ctx, s, who, do)
}

// Schema is the tables of one package: goose files below schema/ in Files. Each package has its own row of versions.
type Schema struct {
	Name  string
	Files fs.FS
}

// guarded lets many goroutines draw from one source of randomness.
type guarded struct {
	mu   sync.Mutex
	from io.Reader
}

func (g *guarded) Read(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return io.ReadFull(g.from, p)
}
