package saga_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/saga"
)

// BenchmarkStory tells stories of two moments with a Call between them, from many sides.
func BenchmarkStory(b *testing.B) {
	for name, open := range map[string]func(testing.TB, []db.Schema) *dbtest.Store{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			s := open(b, schemas)
			none := func(*db.Tx, *purchase) error { return nil }
			tell := teller(s, saga.Story[purchase]{Name: "checkout", Steps: []saga.Step[purchase]{
				{Name: "quote", Do: none}, {Name: "hold", Do: none},
				{Name: "authorize", Call: func(context.Context, string, *purchase) error { return nil }}, {Name: "place", Do: none},
			}})
			var n atomic.Int64
			b.SetParallelism(16)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					_, outcome, err := saga.Tell(context.Background(), tell, buyer, saga.Name{Story: "checkout", Key: fmt.Sprint("crt_", n.Add(1))}, purchase{})
					if err != nil || outcome != saga.Done {
						b.Error(outcome, err)
						return
					}
				}
			})
		})
	}
}
