package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// piped makes connections on which statements can wait for the next one, so that they travel with it.
type piped struct{ driver.Connector }

func (p piped) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &pipe{Conn: c.(*stdlib.Conn)}, nil
}

// pipe is a connection with the statements that wait to be sent: BEGIN, and what goes through Later. They go in one round trip
// with the next statement, whose rows or result are its own. One goroutine uses it at a time.
type pipe struct {
	*stdlib.Conn
	waiting []waiting
	broken  error // broken is why the transaction cannot be committed any more: one of those that waited has failed.
}

type waiting struct {
	query string
	args  []any
}

// batch takes what waits, and a last statement behind it.
func (p *pipe) batch(query string, args []driver.NamedValue) *pgx.Batch {
	batch := &pgx.Batch{}
	for _, w := range p.waiting {
		batch.Queue(w.query, w.args...)
	}
	if query != "" {
		values := make([]any, len(args))
		for i, a := range args {
			values[i] = a.Value
		}
		batch.Queue(query, values...)
	}
	return batch
}

// send sends a batch that begins with all that waits, and reads the results of those.
func (p *pipe) send(ctx context.Context, batch *pgx.Batch) (pgx.BatchResults, error) {
	results := p.Conn.Conn().SendBatch(ctx, batch)
	many := len(p.waiting)
	p.waiting = p.waiting[:0]
	for range many {
		if _, err := results.Exec(); err != nil {
			p.broken = err
			_ = results.Close()
			return nil, err
		}
	}
	return results, nil
}

// flush sends what waits.
func (p *pipe) flush(ctx context.Context) error {
	if p.broken != nil || len(p.waiting) == 0 {
		return p.broken
	}
	results, err := p.send(ctx, p.batch("", nil))
	if err != nil {
		return err
	}
	return results.Close()
}

// ExecContext implements driver.ExecerContext.
func (p *pipe) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(p.waiting) == 0 {
		return p.Conn.ExecContext(ctx, query, args)
	}
	results, err := p.send(ctx, p.batch(query, args))
	if err != nil {
		return nil, err
	}
	tag, err := results.Exec()
	if err := errors.Join(err, results.Close()); err != nil {
		return nil, err
	}
	return driver.RowsAffected(tag.RowsAffected()), nil
}

// QueryContext implements driver.QueryerContext.
func (p *pipe) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(p.waiting) == 0 {
		return p.Conn.QueryContext(ctx, query, args)
	}
	results, err := p.send(ctx, p.batch(query, args))
	if err != nil {
		return nil, err
	}
	rows, err := results.Query()
	if err != nil {
		return nil, errors.Join(err, results.Close())
	}
	r := &pipedRows{results: results, rows: rows}
	for _, f := range rows.FieldDescriptions() {
		r.columns = append(r.columns, f.Name)
	}
	r.more = rows.Next() // An error of the statement is known with its first row.
	if err := rows.Err(); !r.more && err != nil {
		return nil, errors.Join(err, results.Close())
	}
	return r, nil
}

// pipedRows are the rows of the last statement of a batch.
type pipedRows struct {
	results pgx.BatchResults
	rows    pgx.Rows
	columns []string
	more    bool // more says that a row has been read that Next has not given yet.
}

func (r *pipedRows) Columns() []string { return r.columns }

func (r *pipedRows) Close() error {
	r.rows.Close()
	return r.results.Close()
}

// Next implements driver.Rows.
func (r *pipedRows) Next(dest []driver.Value) error {
	if !r.more && !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	r.more = false
	values, err := r.rows.Values()
	if err != nil {
		return err
	}
	for i, v := range values {
		if dest[i], err = valueOf(v); err != nil {
			return fmt.Errorf("column %s: %w", r.columns[i], err)
		}
	}
	return nil
}

// valueOf turns what the protocol has into what database/sql knows.
func valueOf(v any) (driver.Value, error) {
	switch v := v.(type) {
	case int32:
		return int64(v), nil
	case int16:
		return int64(v), nil
	case float32:
		return float64(v), nil
	case driver.Valuer:
		return v.Value()
	}
	return v, nil
}
