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

// BenchmarkBacklog does what has been left undone, a fact after the other: all of one line, and each of its own. A fact of a long
// backlog takes as long as one of a short one.
func BenchmarkBacklog(b *testing.B) {
	for _, left := range []int{500, 5000} {
		for name, item := range map[string]func(int) moved{
			"one line": func(n int) moved { return moved{"item", n, ""} },
			"lines":    func(n int) moved { return moved{fmt.Sprint(n), 1, ""} },
		} {
			b.Run(fmt.Sprint(name, ", ", left), func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					s := dbtest.SQLite(b, schemas)
					house := bus.New(s.Store, bus.Options{Reactions: []bus.Reaction{bus.On("one", func(*db.Tx, moved) error { return nil })}})
					var all []db.Fact
					for n := range left {
						all = append(all, item(n+1))
					}
					s.Moment(b, func(tx *db.Tx) error { return tx.Emit(all...) })
					b.StartTimer()
					drain(b, house)
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*left), "µs/fact")
			})
		}
	}
}
