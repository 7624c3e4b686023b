package hold_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sauda/core/hold"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// TestCrowd lets 200 buyers reach for the last ten of one thing and of another, in different orders.
func TestCrowd(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		open(t, s, 10, "a", "b")
		var won, lost atomic.Int64
		var wait sync.WaitGroup
		for n := range 200 {
			wait.Go(func() {
				wants := []hold.Want{{"a", 1}, {"b", 1}}
				if n%2 == 1 {
					wants[0], wants[1] = wants[1], wants[0]
				}
				err := s.Try(func(tx *db.Tx) error {
					return hold.Take(tx, fmt.Sprintf("buyer-%d", n), wants, tx.Now().Add(time.Minute))
				})
				switch {
				case err == nil:
					won.Add(1)
				case errors.Is(err, hold.ErrSoldOut):
					lost.Add(1)
				default:
					t.Errorf("buyer %d: %v", n, err)
				}
			})
		}
		wait.Wait()
		if won.Load() != 10 || lost.Load() != 190 {
			t.Errorf("%d won, %d were refused", won.Load(), lost.Load())
		}
		stands(t, s, "a", 10, 10)
		stands(t, s, "b", 10, 10)
	})
}

// TestStatements holds the verbs to their number of statements, for a purchase goes through them.
func TestStatements(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		const n = 5
		var wants []hold.Want
		for i := range n {
			key := fmt.Sprintf("k%d", i)
			open(t, s, 100, key)
			wants = append(wants, hold.Want{key, 2})
		}
		most := func(name string, most int, do func(*db.Tx) error) {
			t.Helper()
			if got := s.Statements(func() { s.Moment(t, do) }); got > most {
				t.Errorf("%s: %d statements, want at most %d", name, got, most)
			}
		}
		take := func(tx *db.Tx) error { return hold.Take(tx, "ann", wants, tx.Now().Add(time.Minute)) }
		most("take", n+2, take) // One look, one write for each key, one for the claims.
		most("take again", 2, take)
		most("confirm", 1, func(tx *db.Tx) error { return hold.Confirm(tx, "ann") })
		most("release", n+1, func(tx *db.Tx) error { return hold.Release(tx, "ann") })
		most("take", n+2, take)
		s.Clock.Advance(time.Hour)
		most("expire", n+2, func(tx *db.Tx) error { _, err := hold.Expire(tx, 100); return err })
		most("confirm what lapsed", n+2, func(tx *db.Tx) error { return hold.Confirm(tx, "ann") })
		most("consume", 1+2*n, func(tx *db.Tx) error { return hold.Consume(tx, "ann", wants) })
	})
}
