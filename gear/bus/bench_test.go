package bus_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// BenchmarkFact states facts with one reaction each, from many sides, until all reactions are done.
func BenchmarkFact(b *testing.B) {
	for name, open := range map[string]func(testing.TB, []db.Schema) *dbtest.Store{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			s := open(b, schemas)
			house := bus.New(s.Store, bus.Options{Reactions: []bus.Reaction{bus.On("one", func(*db.Tx, moved) error { return nil })}})
			ctx, stop := context.WithCancel(context.Background())
			defer stop()
			go func() { _ = house.Run(ctx) }()
			var n atomic.Int64
			b.SetParallelism(16)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					emit(b, s, moved{fmt.Sprint(n.Add(1)), 1, ""})
				}
			})
			drain(b, house)
			b.ReportMetric(float64(s.Counts().Races.Load())/float64(b.N), "races/op")
		})
	}
}
