package load

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"

	"sauda/gear/db"
)

// bareTable is the one table of a bare engine.
const bareTable = "CREATE TABLE bare (id TEXT PRIMARY KEY, n BIGINT NOT NULL, body TEXT NOT NULL)"

// bareBody is as long as a short row of the house.
const bareBody = `{"of":"a row","as":"short","as_one":"of the house","mostly":"is"}`

// bareSQLite commits groups of so many statements, each of which writes one row, for as long as a crowd is measured, and
// gives how many. As in the house one connection writes, and while the log of one group is forced to the disk the next
// one is written.
func (b *bench) bareSQLite(ctx context.Context, statements float64) (commits int, err error) {
	folder, err := os.MkdirTemp(b.folder, "bare-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if _, err := sqlite.Fdatasync(true); err != nil {
		b.say("this platform has no fdatasync: %v", err)
	}
	path := filepath.Join(folder, "bare.db")
	pool, err := sql.Open("sqlite", db.LiteDSN(path))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	c, err := pool.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if _, err := c.ExecContext(ctx, bareTable); err != nil {
		return 0, err
	}
	log, err := os.OpenFile(path+"-wal", os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	err = c.Raw(func(of any) error {
		w, err := prepareBare(ctx, of.(driver.ConnPrepareContext))
		if err != nil {
			return err
		}
		commits, err = w.run(ctx, log, statements, b.plan.Duration)
		return errors.Join(err, w.close())
	})
	return commits, err
}

// bareWriter is the driver's own statements: nothing of database/sql is above them, as in the house.
type bareWriter struct {
	all                           []driver.Stmt
	begin, commit, insert, update driver.StmtExecContext
	written                       int
}

func prepareBare(ctx context.Context, of driver.ConnPrepareContext) (*bareWriter, error) {
	w := &bareWriter{}
	for _, s := range []struct {
		query string
		into  *driver.StmtExecContext
	}{
		{"BEGIN IMMEDIATE", &w.begin}, {"COMMIT", &w.commit},
		{"INSERT INTO bare (id, n, body) VALUES ($1, $2, $3)", &w.insert}, {"UPDATE bare SET n = n + 1 WHERE id = $1", &w.update},
	} {
		stmt, err := of.PrepareContext(ctx, s.query)
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
		w.all = append(w.all, stmt)
		*s.into = stmt.(driver.StmtExecContext)
	}
	return w, nil
}

func (w *bareWriter) close() (err error) {
	for _, s := range w.all {
		err = errors.Join(err, s.Close())
	}
	return err
}

// run commits groups until the time is over. A group is committed when the one before it is on the disk.
func (w *bareWriter) run(ctx context.Context, log *os.File, statements float64, lasts time.Duration) (commits int, err error) {
	flushed := make(chan error, 1)
	flushed <- nil
	owed := 0.0
	for began := time.Now(); ctx.Err() == nil && time.Since(began) < lasts; commits++ {
		if _, err = w.begin.ExecContext(ctx, nil); err != nil {
			break
		}
		for owed += statements; owed >= 1 && err == nil; owed-- {
			err = w.write(ctx)
		}
		if err = errors.Join(err, <-flushed); err == nil {
			_, err = w.commit.ExecContext(ctx, nil)
		}
		if err != nil {
			return commits, err
		}
		go func() { flushed <- db.SyncData(log) }()
	}
	return commits, errors.Join(err, <-flushed, ctx.Err())
}

// write writes one row: a new one and the same once more by turns.
func (w *bareWriter) write(ctx context.Context) error {
	id := driver.NamedValue{Ordinal: 1, Value: fmt.Sprintf("bare_%012d", w.written/2)}
	do, args := w.update, []driver.NamedValue{id}
	if w.written%2 == 0 {
		do, args = w.insert, []driver.NamedValue{id, {Ordinal: 2, Value: int64(w.written)}, {Ordinal: 3, Value: bareBody}}
	}
	w.written++
	_, err := do.ExecContext(ctx, args)
	return err
}
