package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// racesMax bounds how often a moment is run again; with the queue of Lock the last ones are nearly always enough.
	racesMax = 40
	// uniqueTries is how often a moment that broke a unique index is tried in all. Its snapshot may have hidden the row that
	// was there first; the next one shows it, and the verb can say what it says of such a row.
	uniqueTries = 3
	// raceWait is the first pause after a lost race; it doubles up to raceWaitMax, with jitter.
	raceWait    = time.Millisecond
	raceWaitMax = 60 * time.Millisecond
	// outageMax is how long a moment waits for a server that restarts before it gives up.
	outageMax = 5 * time.Second
	// poolMax is how many connections a process opens at most, unless told otherwise.
	poolMax = 24
)

// postgres is a PostgreSQL server.
type postgres struct {
	pool *sql.DB
}

func openPostgres(ctx context.Context, c Config) (*postgres, error) {
	config, err := pgx.ParseConfig(c.DSN)
	if err != nil {
		return nil, fmt.Errorf("the address of PostgreSQL: %w", err)
	}
	settings := map[string]string{
		"statement_timeout":                   "15s",
		"lock_timeout":                        "10s",
		"idle_in_transaction_session_timeout": "30s",
		"timezone":                            "UTC",
		"application_name":                    "sauda",
		// Every query of the house looks for a few rows by an index, and most ask for them by a list whose length the planner
		// cannot know. As it comes, it takes a random page for four times as dear as the next one, as on turning disks, and reads
		// a whole table instead; and it may compile a query that is done in a millisecond.
		"random_page_cost": "1.1",
		"jit":              "off",
	}
	for name, value := range settings {
		if _, set := config.RuntimeParams[name]; !set {
			config.RuntimeParams[name] = value
		}
	}
	pool := sql.OpenDB(piped{stdlib.GetConnector(*config)})
	size := c.Readers
	if size <= 0 {
		size = poolMax
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, ErrUnavailable.About("PostgreSQL does not answer: %v", err)
	}
	return &postgres{pool: pool}, nil
}

// update runs the moment until it wins its races, within bounds.
func (p *postgres) update(ctx context.Context, s *Store, who Who, do func(*Tx) error) error {
	var mode mode
	began := time.Now()
	for try := 1; ; try++ {
		tx, err := p.attempt(ctx, s, who, do, mode)
		switch {
		case errors.Is(err, errStrict):
			mode.strict = true
			continue
		case err == nil:
			s.counts.Commits.Add(1)
			tx.committed()
			return nil
		case isRace(err), Breaks(err) == BrokenUnique && try < uniqueTries:
			if try >= racesMax {
				return ErrBusy.About("lost %d races: %v", try, err)
			}
			s.counts.Races.Add(1)
			if tx != nil {
				mode.locks = merge(mode.locks, tx.locks)
			}
		case isLost(err):
			if time.Since(began) > outageMax {
				return ErrUnavailable.About("%v", err)
			}
		default:
			return classify(err)
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// mode is what earlier tries of a moment have taught: the hot names to queue for, and whether a snapshot is enough.
type mode struct {
	locks  []string
	strict bool
}

// begin is the statement that begins a moment. Under REPEATABLE READ two moments that change one row cannot both be kept,
// which is all that most verbs need: their rules stand in a condition of the statement, an index or a CHECK. Serializable
// moments conflict over index pages as well, and keys that are made one after the other share a page; see
// docs/decisions/0003-isolation.md.
func (m mode) begin() string {
	if m.strict {
		return "BEGIN ISOLATION LEVEL SERIALIZABLE"
	}
	return "BEGIN ISOLATION LEVEL REPEATABLE READ"
}

// errStrict ends a try whose verb has called Strict under a snapshot.
var errStrict = errors.New("db: this moment must be serializable")

// merge joins the names without repeating one, in order, so that all moments queue in the same order.
func merge(a, b []string) []string {
	all := append(slices.Clone(a), b...)
	slices.Sort(all)
	return slices.Compact(all)
}

// pause waits longer after each try, with jitter so that the losers of one race do not meet again.
func pause(ctx context.Context, try int) error {
	wait := min(raceWait<<min(try-1, 10), raceWaitMax)
	timer := time.NewTimer(wait/2 + rand.N(wait))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// attempt runs the moment once. A broken connection at the commit is ErrUnsure: nobody knows.
func (p *postgres) attempt(ctx context.Context, s *Store, who Who, do func(*Tx) error, mode mode) (*Tx, error) {
	c, err := p.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.Close() }()
	ctx = inside(ctx)
	if len(mode.locks) > 0 {
		if err := queue(ctx, c, mode.locks); err != nil {
			return nil, err
		}
		defer func() { _, _ = c.ExecContext(ctx, "SELECT pg_advisory_unlock_all()") }()
	}
	pc, err := newPgConn(c, mode.begin())
	if err != nil {
		return nil, err
	}
	pc.strict = mode.strict
	tx := s.begin(ctx, who, pc)
	finished := false
	defer func() {
		if !finished { // An error or a panic.
			pc.rollback(ctx)
		}
	}()
	if err := do(tx); err != nil {
		if tx.strict {
			return tx, errStrict
		}
		if pc.pipe.broken != nil {
			err = pc.pipe.broken
		}
		return tx, err
	}
	if tx.strict {
		return tx, errStrict
	}
	if err := tx.close(); err != nil {
		return tx, err
	}
	pc.push("COMMIT", nil)
	err = pc.flush(ctx)
	finished = err == nil
	if err != nil && isLost(err) {
		return tx, ErrUnsure.About("%v", err)
	}
	return tx, err
}

// queue waits until the connection holds every lock. Session locks are used because those of a transaction would be
// taken after its snapshot, which is then too old to win.
func queue(ctx context.Context, c *sql.Conn, locks []string) error {
	for _, key := range locks {
		h := fnv.New64a()
		_, _ = h.Write([]byte(key))
		if _, err := c.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(h.Sum64())); err != nil {
			return err
		}
	}
	return nil
}

// view runs do on one snapshot.
func (p *postgres) view(ctx context.Context, s *Store, who Who, do func(*Tx) error) error {
	began := time.Now()
	for try := 1; ; try++ {
		err := p.look(ctx, s, who, do)
		if err == nil || !isLost(err) || time.Since(began) > outageMax {
			return classify(err)
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

func (p *postgres) look(ctx context.Context, s *Store, who Who, do func(*Tx) error) error {
	c, err := p.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	ctx = inside(ctx)
	pc, err := newPgConn(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
	if err != nil {
		return err
	}
	pc.readOnly = true
	defer pc.rollback(ctx)
	tx := s.begin(ctx, who, pc)
	if err = do(tx); err == nil {
		tx.committed()
	}
	return err
}

// pgConn is a connection inside a transaction. What waits on its pipe is sent with the next statement.
type pgConn struct {
	sql      *sql.Conn
	pipe     *pipe
	began    bool
	strict   bool
	readOnly bool
}

// newPgConn has a transaction begin with the first statement.
func newPgConn(c *sql.Conn, begin string) (*pgConn, error) {
	pc := &pgConn{sql: c}
	err := c.Raw(func(driver any) error {
		pc.pipe = driver.(*pipe)
		return nil
	})
	if err != nil {
		return nil, err
	}
	pc.pipe.waiting, pc.pipe.broken = pc.pipe.waiting[:0], nil
	pc.push(begin, nil)
	return pc, nil
}

func (c *pgConn) push(query string, args []any) {
	c.pipe.waiting = append(c.pipe.waiting, waiting{query, args})
}

// flush sends what waits in one round trip.
func (c *pgConn) flush(ctx context.Context) error {
	c.began = true
	return c.sql.Raw(func(any) error { return c.pipe.flush(ctx) })
}

func (c *pgConn) tighten() bool {
	if c.began || c.readOnly {
		return c.readOnly || c.strict
	}
	c.pipe.waiting[0].query, c.strict = mode{strict: true}.begin(), true
	return true
}

func (c *pgConn) rollback(ctx context.Context) {
	c.pipe.waiting = c.pipe.waiting[:0]
	if c.began {
		_, _ = c.sql.ExecContext(ctx, "ROLLBACK")
	}
}

func (c *pgConn) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	if c.readOnly {
		return nil, errReading
	}
	if c.pipe.broken != nil {
		return nil, c.pipe.broken
	}
	c.began = true
	return c.sql.ExecContext(ctx, query, args...)
}

func (c *pgConn) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if c.pipe.broken != nil {
		return nil, c.pipe.broken
	}
	c.began = true
	return c.sql.QueryContext(ctx, query, args...)
}

// queryRow: when the transaction is broken, the row carries the error of the server, and attempt reports the first one.
func (c *pgConn) queryRow(ctx context.Context, query string, args []any) *sql.Row {
	c.began = true
	return c.sql.QueryRowContext(ctx, query, args...)
}

func (c *pgConn) later(_ context.Context, query string, args []any) error {
	if c.readOnly {
		return errReading
	}
	c.push(query, args)
	return nil
}
