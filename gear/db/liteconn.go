package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
)

// errReading reports a programming error: a view tried to write.
var errReading = errors.New("db: a view cannot write")

// liteConn is one SQLite connection with its prepared statements. One goroutine uses it at a time.
//
// Statements without rows go straight to the driver: that saves an eighth of the writer's time.
type liteConn struct {
	sql        *sql.Conn
	statements map[string]*sql.Stmt              // Those that return rows.
	writes     map[string]driver.StmtExecContext // Those that do not.
	args       []driver.NamedValue
	wrote      bool  // wrote tells whether anything but a SELECT was run since it was last set to false.
	trouble    error // trouble is the last error that no rule of the schema explains.
}

func (l *lite) conn(ctx context.Context) (*liteConn, error) {
	c, err := l.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &liteConn{sql: c, statements: make(map[string]*sql.Stmt), writes: make(map[string]driver.StmtExecContext)}, nil
}

// prepared is the statement of this text; it stays prepared for the life of the connection.
func (c *liteConn) prepared(query string) (*sql.Stmt, error) {
	if stmt, ok := c.statements[query]; ok {
		return stmt, nil
	}
	stmt, err := c.sql.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, firstLine(query))
	}
	c.statements[query] = stmt
	return stmt, nil
}

// firstLine names a generated query: sqlc begins each with "-- name: Get :one".
func firstLine(query string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(query), "\n")
	return line
}

// trim forgets the prepared statements when they have become too many. No rows are open when it is called.
func (c *liteConn) trim() {
	if len(c.statements)+len(c.writes) > statementsMax {
		c.forget()
	}
}

func (c *liteConn) forget() {
	for _, stmt := range c.statements {
		_ = stmt.Close()
	}
	_ = c.sql.Raw(func(any) error {
		for _, stmt := range c.writes {
			_ = stmt.(driver.Stmt).Close()
		}
		return nil
	})
	clear(c.statements)
	clear(c.writes)
}

func (c *liteConn) close() {
	c.forget()
	_ = c.sql.Close()
}

// do runs one of the statements that frame a transaction.
func (c *liteConn) do(query string) error {
	_, err := c.exec(context.Background(), query, nil)
	return err
}

// tryDo is do where a failure changes nothing: SQLite may have rolled back by itself already.
func (c *liteConn) tryDo(query string) { _ = c.do(query) }

func (c *liteConn) exec(ctx context.Context, query string, args []any) (result sql.Result, err error) {
	c.args = c.args[:0]
	for i, arg := range args {
		value, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return nil, fmt.Errorf("argument %d of %s: %w", i+1, firstLine(query), err)
		}
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: value})
	}
	err = c.sql.Raw(func(conn any) error {
		stmt, ok := c.writes[query]
		if !ok {
			prepared, err := conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
			if err != nil {
				return fmt.Errorf("%w in %s", err, firstLine(query))
			}
			stmt = prepared.(driver.StmtExecContext)
			c.writes[query] = stmt
		}
		result, err = stmt.ExecContext(ctx, c.args)
		return err
	})
	c.wrote = true
	c.note(err)
	return result, err
}

// note remembers an error after which SQLite may have given up the transaction: all but a broken rule, which undoes its
// statement only.
func (c *liteConn) note(err error) {
	if err != nil && Breaks(err) == BrokenNone {
		c.trouble = err
	}
}

func (c *liteConn) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	stmt, err := c.prepared(query)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	c.wrote = c.wrote || !reads(query)
	c.note(err)
	return rows, err
}

func (c *liteConn) queryRow(ctx context.Context, query string, args []any) *sql.Row {
	stmt, err := c.prepared(query)
	if err != nil {
		return c.sql.QueryRowContext(ctx, query, args...) // It fails in the same way and carries the error in the row.
	}
	c.wrote = c.wrote || !reads(query)
	row := stmt.QueryRowContext(ctx, args...)
	c.note(row.Err())
	return row
}

// reads tells whether a statement is surely one that only reads.
func reads(query string) bool {
	for strings.HasPrefix(query, "--") {
		_, query, _ = strings.Cut(query, "\n")
	}
	return strings.HasPrefix(query, "SELECT")
}

func (c *liteConn) later(ctx context.Context, query string, args []any) error {
	_, err := c.exec(ctx, query, args)
	return err
}

// tighten: with one writer every moment is serial.
func (c *liteConn) tighten() bool { return true }

// reading is a connection that refuses to write. Its first statement takes the snapshot; seen is how many commits may be
// in it.
type reading struct {
	*liteConn
	commits *atomic.Int64
	seen    int64
}

func (r *reading) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	rows, err := r.liteConn.query(ctx, query, args)
	r.look()
	return rows, err
}

func (r *reading) queryRow(ctx context.Context, query string, args []any) *sql.Row {
	row := r.liteConn.queryRow(ctx, query, args)
	r.look()
	return row
}

func (r *reading) look() {
	if r.seen == 0 {
		r.seen = r.commits.Load()
	}
}

func (*reading) exec(context.Context, string, []any) (sql.Result, error) { return nil, errReading }
func (*reading) later(context.Context, string, []any) error              { return errReading }
