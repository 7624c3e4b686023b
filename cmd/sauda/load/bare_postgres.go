package load

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"sauda/gear/db"
)

// barePostgres commits transactions of so many statements over as many connections as the house has for these clients,
// for as long as a crowd is measured, and gives how many. The first statement writes a row, so that the commit has
// something to make durable, and rides with BEGIN; each other one reads that row by its key, in a round trip of its own.
func (b *bench) barePostgres(ctx context.Context, statements float64, clients int) (commits int, err error) {
	dsn, drop, err := FreshDatabase(ctx, b.plan.Postgres)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, drop()) }()
	all := make([]*pgx.Conn, min(clients, db.PoolMax))
	for n := range all {
		if all[n], err = pgx.Connect(ctx, dsn); err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, all[n].Close(context.WithoutCancel(ctx))) }()
	}
	if _, err := all[0].Exec(ctx, bareTable); err != nil {
		return 0, err
	}
	done, failed := make([]int, len(all)), make([]error, len(all))
	end := time.Now().Add(b.plan.Duration)
	var wait sync.WaitGroup
	for n, c := range all {
		wait.Go(func() {
			owed := 0.0
			for ; failed[n] == nil && time.Now().Before(end); done[n]++ {
				owed += statements
				failed[n] = barePurchase(ctx, c, "bare_"+strconv.Itoa(n)+"_"+strconv.Itoa(done[n]), int(owed))
				owed -= float64(int(owed))
			}
		})
	}
	wait.Wait()
	for _, n := range done {
		commits += n
	}
	return commits, errors.Join(failed...)
}

// barePurchase is one transaction.
func barePurchase(ctx context.Context, c *pgx.Conn, id string, statements int) error {
	first := &pgx.Batch{}
	first.Queue("BEGIN ISOLATION LEVEL REPEATABLE READ")
	first.Queue("INSERT INTO bare (id, n, body) VALUES ($1, $2, $3)", id, 1, bareBody)
	if err := c.SendBatch(ctx, first).Close(); err != nil {
		return err
	}
	for range statements - 1 {
		var n int64
		if err := c.QueryRow(ctx, "SELECT n FROM bare WHERE id = $1", id).Scan(&n); err != nil {
			return err
		}
	}
	_, err := c.Exec(ctx, "COMMIT")
	return err
}
