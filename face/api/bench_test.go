package api_test

import (
	"sync"
	"syscall"
	"testing"

	"sauda/app/apptest"
	"sauda/gear/db"
)

// buyersMany is how many buyers buy at once in BenchmarkPurchase, as in `sauda bench`.
const buyersMany = 32

// worked is how long processors have worked for this process: on a machine that others use too, that says more than a clock.
func worked(b *testing.B) int64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return used.Utime.Nano() + used.Stime.Nano()
}

// BenchmarkPurchase has a crowd buy two goods each, from a new basket to an order that is paid, and does what follows. A
// purchase is one op. Its profile says what a purchase is made of, buyers and server together:
//
//	go test ./face/api -run '^$' -bench Purchase/sqlite -benchtime 1000x -cpuprofile cpu.out
func BenchmarkPurchase(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(engine), func(b *testing.B) {
			h := apptest.Open(b, engine)
			plenty := []any{}
			for _, sku := range []string{apptest.Kettle, apptest.ShirtS} {
				plenty = append(plenty, map[string]any{"variant_id": h.Goods[sku].Variant, "quantity": 1_000_000})
			}
			h.Admin(b).Do(b, 200, "PUT", "/v1/office/stock", map[string]any{"counts": plenty})
			h.Guest().Buy(b, h, apptest.Kettle, apptest.ShirtS)
			h.Settled(b)
			b.ReportAllocs()
			b.ResetTimer()
			before, said := worked(b), h.Store.Counts().Statements.Load()
			for done := 0; done < b.N; done += buyersMany {
				var wait sync.WaitGroup
				for range min(buyersMany, b.N-done) {
					wait.Go(func() { h.Guest().Buy(b, h, apptest.Kettle, apptest.ShirtS) })
				}
				wait.Wait()
				h.Settled(b)
			}
			b.ReportMetric(float64(worked(b)-before)/1000/float64(b.N), "cpu-µs/op")
			b.ReportMetric(float64(h.Store.Counts().Statements.Load()-said)/float64(b.N), "statements/op")
		})
	}
}
