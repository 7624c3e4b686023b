package risk

import (
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"
	"time"

	"sauda/core/exchange/book"
)

// crowd is a market for measuring: a few thousand accounts with more than they will ever need.
const (
	accounts  = 2000
	members   = 50
	crowded   = 21
	plenty    = 1 << 48
	crowdMove = 1_000_000
)

// crowdOf gives a machine of a crowd, with or without limits on everybody.
func crowdOf(tb testing.TB, kind Kind, orders int, limits bool) *Risk {
	r := New(orders)
	terms := Instrument{ID: crowded, Asset: share1, Currency: tenge, Kind: kind, Maker: 500, Taker: 1000, Resale: true, Proceeds: true}
	if kind == Forward {
		terms.Margin = 100_000
	}
	wide := Limits{}
	if limits {
		wide = Limits{
			Qty: 1 << 30, Value: 1 << 40, Open: 1 << 30, Position: 1 << 40, Rate: 1 << 29, Window: 1_000_000,
			Messages: 1 << 40, Refusals: 1 << 40,
		}
	}
	must := func(why Reason) {
		if why != NoReason {
			tb.Fatalf("refused: %s", why.Code())
		}
	}
	must(r.AddInstrument(terms))
	if kind == Forward {
		must(r.Mark(crowded, 100_000))
	}
	must(r.Reference(crowded, 100_000))
	for n := range uint16(members) {
		sponsor := uint16(0)
		if n >= members/2 {
			sponsor = 1 + n - members/2
		}
		must(r.AddMember(1+n, sponsor))
		must(r.Limit(Party{Member, uint32(1 + n)}, wide))
	}
	for n := range uint32(accounts) {
		member := uint16(1 + (1+n)%members)
		must(r.OpenAccount(1+n, member, false))
		must(r.AddTrader(1+n, member))
		must(r.Limit(Party{Account, 1 + n}, wide))
		must(r.Limit(Party{Trader, 1 + n}, wide))
		must(r.Credit(1+n, tenge, plenty))
		must(r.Credit(1+n, share1, plenty))
	}
	return r
}

// crowdFlow gives inputs that build a book up to a depth, and those that are measured: orders near the middle, immediate
// ones that take, cancels and changes of what is open.
func crowdFlow(tb testing.TB, seed uint64, aim, messages int) (before, flow []book.Input) {
	dice := rand.New(rand.NewPCG(seed, 3))
	b, err := book.New(book.Rules{OrdersMemory: 2 * aim})
	if err != nil {
		tb.Fatal(err)
	}
	var live []uint64
	var next uint64
	var reports []book.Report
	mid, spread := int64(100_000), 1+int64(aim)/100
	for len(flow) < messages {
		if dice.IntN(20) == 0 {
			mid += dice.Int64N(5) - 2 - (mid-100_000)/200
		}
		near := func(s book.Side) int64 {
			return mid + (1+dice.Int64N(1+dice.Int64N(1+dice.Int64N(20+spread))))*(2*int64(s)-1)
		}
		n, leave := dice.IntN(100), 40
		if b.Live() < aim {
			leave = 20
		}
		in := book.Input{Verb: book.Enter, Life: book.Lasting, Side: book.Side(dice.UintN(2)), Qty: 1 + dice.Int64N(100)}
		at, picked := 0, book.Order{}
		for n < leave+10 && len(live) > 0 {
			at = dice.IntN(len(live))
			here := false
			if picked, here = b.Find(live[at]); here {
				break
			}
			live[at] = live[len(live)-1]
			live = live[:len(live)-1]
		}
		switch {
		case n < leave && len(live) > 0:
			in = book.Input{Verb: book.Cancel, ID: picked.ID}
		case n < leave+10 && len(live) > 0:
			in = book.Input{Verb: book.Replace, ID: picked.ID, Price: picked.Price, Qty: max(1, picked.Left/2)}
			if n%2 == 0 {
				in.Price, in.Qty = near(picked.Side), 1+dice.Int64N(100)
			}
		case n < leave+20:
			in.Life, in.Price = book.Immediate, mid-3*(2*int64(in.Side)-1)
		default:
			in.Price = near(in.Side)
		}
		if in.Verb == book.Enter {
			next++
			in.ID, in.Owner = next, 1+dice.Uint32N(accounts)
			in.Trader, in.Member = in.Owner, uint16(1+in.Owner%members)
			live = append(live, next)
		}
		in.Time = int64(len(before) + len(flow))
		reports = b.Apply(&in, reports[:0])
		if b.Live() < aim && len(flow) == 0 {
			before = append(before, in)
		} else {
			flow = append(flow, in)
		}
	}
	return before, flow
}

// cpu gives the CPU time that this process has used.
func cpu(tb testing.TB) time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// pass lets inputs through the machine, if there is one, and the book, and gives how many were refused before the book.
func pass(r *Risk, b *book.Book, flow []book.Input, reports []book.Report) (refused int) {
	for i := range flow {
		if r == nil {
			reports = b.Apply(&flow[i], reports[:0])
			continue
		}
		if r.Take(crowded, &flow[i]) != NoReason {
			refused++
			continue
		}
		reports = b.Apply(&flow[i], reports[:0])
		r.Follow(crowded, reports)
	}
	return refused
}

// measure gives the CPU time of a flow, after what came before it.
func measure(tb testing.TB, r *Risk, aim int, before, flow []book.Input) time.Duration {
	b, err := book.New(book.Rules{OrdersMemory: aim + aim/8})
	if err != nil {
		tb.Fatal(err)
	}
	reports := make([]book.Report, 0, 1024)
	pass(r, b, before, reports)
	runtime.GC()
	start := cpu(tb)
	refused := pass(r, b, flow, reports)
	took := cpu(tb) - start
	if refused != 0 || r != nil && r.Live() != b.Live() {
		tb.Fatalf("%d refused, %d open, %d in the book", refused, r.Live(), b.Live())
	}
	return took
}

// BenchmarkRisk measures a mixed flow of a million messages through the book alone and through risk and the book, in the
// same run and in CPU time: without limits, with every limit on account, trader, member and sponsor, for forwards, and
// on a book of 100,000 live orders.
//
//	go test ./core/exchange/risk -run '^$' -bench Risk -benchtime 3x
func BenchmarkRisk(b *testing.B) {
	for _, c := range []struct {
		name   string
		aim    int
		kind   Kind
		limits bool
	}{{"plain", 1000, Cash, false}, {"limits", 1000, Cash, true}, {"forward", 1000, Forward, true}, {"limits100k", 100_000, Cash, true}} {
		b.Run(c.name, func(b *testing.B) {
			before, flow := crowdFlow(b, 11, c.aim, crowdMove)
			with, without := time.Hour, time.Hour // The best round of each: what others do on the machine only adds.
			for range b.N {
				without = min(without, measure(b, nil, c.aim, before, flow))
				with = min(with, measure(b, crowdOf(b, c.kind, c.aim+c.aim/8, c.limits), c.aim, before, flow))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(with.Nanoseconds())/crowdMove, "cpu-ns/message")
			b.ReportMetric(float64(without.Nanoseconds())/crowdMove, "book-alone-cpu-ns/message")
			b.ReportMetric(float64(with)/float64(without), "times-the-book")
		})
	}
}

// TestNoMemory: a warmed machine asks for no memory, whatever comes: orders, changes, trades, refusals.
func TestNoMemory(t *testing.T) {
	for _, kind := range []Kind{Cash, Forward} {
		_, flow := crowdFlow(t, 21, 1000, 200_000)
		r := crowdOf(t, kind, 1<<14, true)
		b, err := book.New(book.Rules{OrdersMemory: 1 << 14})
		if err != nil {
			t.Fatal(err)
		}
		reports := make([]book.Report, 0, 1<<12)
		for i := range flow {
			if i%50 == 0 && flow[i].Verb == book.Enter {
				flow[i].Qty = 1 << 40 // Too much for everybody.
			}
		}
		refused := pass(r, b, flow[:100_000], reports)
		at := 100_000
		if n := testing.AllocsPerRun(1000, func() {
			refused += pass(r, b, flow[at:at+90], reports)
			at += 90
		}); n != 0 {
			t.Errorf("%v allocations in 90 messages", n)
		}
		if refused < 1000 || r.Live() != b.Live() {
			t.Errorf("%d were refused, %d open, %d in the book", refused, r.Live(), b.Live())
		}
	}
}
