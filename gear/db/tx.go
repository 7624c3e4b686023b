package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// ErrRace is returned by a moment that saw another one win; the moment is run again.
var ErrRace = errors.New("db: another moment came first")

// errNested reports a programming error: a moment was begun inside a moment, which on SQLite could never end.
var errNested = errors.New("db: a moment cannot begin inside a moment")

// Fact is an event in the past participle, such as "order.placed". Facts of one key are reacted to in their order.
type Fact interface {
	Fact() string
	Key() string
}

// DBTX is what generated queries run on.
type DBTX interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	PrepareContext(context.Context, string) (*sql.Stmt, error)
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// Tx is one moment. It belongs to the function that it was given to and is dead when that function returns.
type Tx struct {
	ctx    context.Context
	store  *Store
	who    Who
	now    time.Time
	conn   conn
	facts  []Fact
	told   []Change
	after  []func()
	locks  []string
	strict bool
	turn   uint64
}

// turns counts the moments of this process.
var turns atomic.Uint64

// Turns says how many moments this process has begun. One whose Turn is greater begins from now on: it sees all that was
// committed before.
func Turns() uint64 { return turns.Load() }

// begin gives a moment whose connection has asked nothing yet.
func (s *Store) begin(ctx context.Context, who Who, on conn) *Tx {
	return &Tx{ctx: ctx, store: s, who: who, now: s.Now(), conn: on, turn: turns.Add(1)}
}

// conn is one engine's connection inside a transaction.
type conn interface {
	exec(ctx context.Context, query string, args []any) (sql.Result, error)
	query(ctx context.Context, query string, args []any) (*sql.Rows, error)
	queryRow(ctx context.Context, query string, args []any) *sql.Row
	later(ctx context.Context, query string, args []any) error
	tighten() bool // Makes the transaction serializable, unless it is too late for that.
}

// Context is for handing on to the store; it is never cancelled, so that a moment ends as a whole.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Now is when the moment happens, in UTC and whole microseconds. It stands still.
func (tx *Tx) Now() time.Time { return tx.now }

// Turn is the number of the moment among all of this process; see Turns.
func (tx *Tx) Turn() uint64 { return tx.turn }

// Who acts.
func (tx *Tx) Who() Who { return tx.who }

// Engine tells which database the moment runs on, for the few pairs of statements that deserve two texts.
func (tx *Tx) Engine() Engine { return tx.store.engine }

// Mint makes a fresh id: the prefix and a UUIDv7 of this moment, such as ord_06f2k…. Those of one process sort in the
// order in which they were made.
func (tx *Tx) Mint(prefix string) string { return tx.store.ids.New(prefix, tx.now, tx.store.random) }

// Emit states facts. They are written with the moment, in their order, and what follows from them is app/reactions.go.
func (tx *Tx) Emit(facts ...Fact) error {
	tx.facts = append(tx.facts, facts...)
	return nil
}

// Change is what a moment made of one thing, for the audit: the JSON of what it was and what it is.
type Change struct {
	ID      string
	Was, Is json.RawMessage
}

// Changed tells the audit what a verb has made of a thing: it knows both sides anyway, so it costs no statement. Of a
// thing that changes twice, what it was first and what it is last remain. Only what people of the office do is kept.
func (tx *Tx) Changed(id string, was, is any) error {
	if tx.who.Kind != KindStaff && tx.who.Kind != KindAdmin {
		return nil
	}
	c := Change{ID: id}
	var err error
	if c.Was, err = json.Marshal(was); err != nil {
		return err
	}
	if c.Is, err = json.Marshal(is); err != nil {
		return err
	}
	for n := range tx.told {
		if tx.told[n].ID == id {
			tx.told[n].Is = c.Is
			return nil
		}
	}
	tx.told = append(tx.told, c)
	return nil
}

// Changes gives what the moment has changed so far, in its order.
func (tx *Tx) Changes() []Change { return tx.told }

// Lock names something that many moments change at once. It costs nothing now; when the moment loses a race on
// PostgreSQL, it queues for the names that it locked before it begins again, instead of racing.
func (tx *Tx) Lock(key string) { tx.locks = append(tx.locks, key) }

// Strict is called by a verb whose rule spans several rows that no index, CHECK or common row keeps, such as "one
// administrator remains". The moment is then serializable on PostgreSQL, beside all others that are strict. On SQLite
// every moment is.
// Call it first: before any statement it costs nothing, afterwards the moment begins again.
func (tx *Tx) Strict() {
	if !tx.conn.tighten() {
		tx.strict = true
	}
}

// AfterCommit has do called after the commit, or at the end of a view, and before the one who asked is answered. It must
// be quick and begin no moment.
func (tx *Tx) AfterCommit(do func()) { tx.after = append(tx.after, do) }

// Later is for writes whose result nobody reads. On PostgreSQL they travel with the next statement or with the commit
// in one round trip; a failure among them fails the moment.
func (tx *Tx) Later() DBTX { return later{tx} }

// ExecContext runs a statement that returns no rows.
func (tx *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	tx.store.counts.Statements.Add(1)
	return tx.conn.exec(ctx, query, args)
}

// QueryContext runs a statement that returns rows.
func (tx *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	tx.store.counts.Statements.Add(1)
	return tx.conn.query(ctx, query, args)
}

// QueryRowContext runs a statement that returns at most one row.
func (tx *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	tx.store.counts.Statements.Add(1)
	return tx.conn.queryRow(ctx, query, args)
}

// PrepareContext is refused: the store prepares and keeps every statement by itself.
func (tx *Tx) PrepareContext(context.Context, string) (*sql.Stmt, error) {
	return nil, errors.New("db: statements are prepared by the store")
}

// close ends the work of a moment before its commit: the facts are written.
func (tx *Tx) close() error {
	if len(tx.facts) == 0 || tx.store.seal == nil {
		return nil
	}
	return tx.store.seal(tx, tx.facts)
}

// committed runs what waits for the commit.
func (tx *Tx) committed() {
	for _, do := range tx.after {
		do()
	}
}

// later is the queueing side of a Tx.
type later struct{ *Tx }

func (l later) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	l.store.counts.Statements.Add(1)
	return queued{}, l.conn.later(ctx, query, args)
}

// queued is the result of a statement whose result nobody may read.
type queued struct{}

func (queued) LastInsertId() (int64, error) { return 0, errQueued }
func (queued) RowsAffected() (int64, error) { return 0, errQueued }

var errQueued = errors.New("db: a queued statement has no result")

// In makes the JSON array that json_each turns back into rows: `WHERE id IN (SELECT value FROM json_each($1))`.
func In[T ~string](ids []T) string {
	if len(ids) == 0 {
		return "[]"
	}
	body, err := json.Marshal(ids)
	if err != nil {
		panic(fmt.Sprintf("db: strings that are no JSON: %v", err))
	}
	return string(body)
}

// insideKey marks the context of a moment.
type insideKey struct{}

// begin refuses a moment inside a moment and a context that has ended.
func begin(ctx context.Context) error {
	if ctx.Value(insideKey{}) != nil {
		return errNested
	}
	return ctx.Err()
}

// inside is the context that a moment hands to the store.
func inside(ctx context.Context) context.Context {
	return context.WithValue(context.WithoutCancel(ctx), insideKey{}, true)
}
