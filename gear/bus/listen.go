package bus

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// channel is where the processes of one house call each other.
	channel = "sauda_bus"
	// callEvery bounds how often a process calls: the others need to be woken, not counted.
	callEvery = 20 * time.Millisecond
	// reconnectAfter is the pause before a broken connection is opened again.
	reconnectAfter = time.Second
)

// listenToOthers hears when another process has stated facts. It is only a speed-up: whoever hears nothing looks each
// second.
func (b *Bus) listenToOthers(ctx context.Context) {
	b.connected(ctx, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
			return err
		}
		for {
			n, err := conn.WaitForNotification(ctx)
			if err != nil {
				return err
			}
			if n.Payload != b.me {
				nudge(b.wake)
				nudge(b.heard)
			}
		}
	})
}

// callOthers tells the other processes of facts stated here. It is not a part of the moments: in PostgreSQL, those that
// notify are committed one at a time.
func (b *Bus) callOthers(ctx context.Context) {
	b.connected(ctx, func(conn *pgx.Conn) error {
		for {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-b.call:
			}
			if _, err := conn.Exec(ctx, "SELECT pg_notify($1, $2)", channel, b.me); err != nil {
				return err
			}
			if !rest(ctx, callEvery) {
				return ctx.Err()
			}
		}
	})
}

// connected keeps a connection of its own for do, and opens it again when it breaks, until ctx ends.
func (b *Bus) connected(ctx context.Context, do func(*pgx.Conn) error) {
	for ctx.Err() == nil {
		conn, err := pgx.Connect(ctx, b.listen)
		if err == nil {
			err = do(conn)
			_ = conn.Close(context.WithoutCancel(ctx))
		}
		if ctx.Err() == nil {
			b.log.Warn("bus: no line to the other processes; looking each second", "error", err)
			rest(ctx, reconnectAfter)
		}
	}
}

// rest waits, and tells whether ctx still lives.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
