package auction_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"sauda/core/exchange/auction"
)

// opening is a book of so many orders as an opening call leaves them: limits around one price, some of them across, one
// order in fifty without a limit.
func opening(n int) []auction.Order {
	dice := rand.New(rand.NewPCG(5, 5))
	orders := make([]auction.Order, n)
	for i := range orders {
		o := auction.Order{ID: uint64(i), Party: auction.Party(fmt.Sprint("member ", i%97)), Side: auction.Side(1 + i%2), Quantity: 1 + dice.Int64N(500)}
		if o.Market = i%50 == 0; !o.Market {
			away := int64(dice.ExpFloat64()*150) - 100
			if o.Limit = 10_000 - away; o.Side == auction.Sell {
				o.Limit = 10_000 + away
			}
		}
		orders[i] = o
	}
	return orders
}

func processor(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// each gives the processor time of one run of many.
func each(b *testing.B, runs int, run func()) time.Duration {
	b.Helper()
	begun := processor(b)
	for range runs {
		run()
	}
	return (processor(b) - begun) / time.Duration(runs)
}

// BenchmarkUncross holds an auction of a hundred thousand orders, with all their trades, and prints the processor time in
// milliseconds, and as a multiple of a ceiling of the same run: to sort the same orders by price and place, as the
// library does, without any rule.
func BenchmarkUncross(b *testing.B) {
	orders := opening(100_000)
	rule, err := auction.RuleOf("xetra", nil)
	if err != nil {
		b.Fatal(err)
	}
	type place struct{ price, at int64 }
	places := make([]place, len(orders))
	sorted := each(b, 20, func() {
		for i := range orders {
			places[i] = place{orders[i].Limit, int64(i)}
		}
		slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.price, b.price), cmp.Compare(a.at, b.at)) })
	})
	for name, do := range map[string]func() (int64, error){
		"held": func() (int64, error) {
			r, err := auction.Uncross(orders, rule, auction.Ref(10_000))
			return int64(len(r.Trades)), err
		},
		"indicated": func() (int64, error) {
			r, err := auction.Indicate(orders, rule, auction.Ref(10_000))
			return r.Volume, err
		},
	} {
		b.Run(name, func(b *testing.B) {
			one := each(b, b.N, func() {
				if n, err := do(); err != nil || n < 1000 {
					b.Fatal(n, err)
				}
			})
			b.ReportMetric(float64(one.Microseconds())/1000, "cpu-ms")
			b.ReportMetric(float64(one)/float64(sorted), "x-sorting")
			b.ReportMetric(0, "ns/op")
		})
	}
}
