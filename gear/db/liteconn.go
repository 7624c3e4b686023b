package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
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
	return result, err
}

func (c *liteConn) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	stmt, err := c.prepared(query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (c *liteConn) queryRow(ctx context.Context, query string, args []any) *sql.Row {
	stmt, err := c.prepared(query)
	if err != nil {
		return c.sql.QueryRowContext(ctx, query, args...) // It fails in the same way and carries the error in the row.
	}
	return stmt.QueryRowContext(ctx, args...)
}

func (c *liteConn) later(ctx context.Context, query string, args []any) error {
	_, err := c.exec(ctx, query, args)
	return err
}

// tighten: with one writer every moment is serial.
func (c *liteConn) tighten() bool { return true }

// reading is a connection that refuses to write.
type reading struct{ *liteConn }

func (reading) exec(context.Context, string, []any) (sql.Result, error) { return nil, errReading }
func (reading) later(context.Context, string, []any) error              { return errReading }
