package venue_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"sauda/base/money"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
)

const (
	dealers  = 64
	recorded = 1_000_000
	books    = 1000
	standing = 1_000_000
)

// furnish opens a market with instruments that trade continuously, and dealers who have plenty of everything.
func furnish(tb testing.TB, instruments uint32) *market {
	m := &market{t: tb, v: venue.New(), now: 1_000 * second, paid: map[uint32]int64{}}
	rule, err := auction.RuleOf("kase", nil)
	if err != nil {
		tb.Fatal(err)
	}
	for n := uint32(1); n <= instruments; n++ {
		m.must(venue.Input{Verb: venue.List, Instrument: n, Body: body(tb, venue.Instrument{
			Code: fmt.Sprint("I", n), Auction: rule, Reference: auction.Ref(10_000), Collar: auction.Collar{Static: money.Percent(50)},
			Risk: risk.Instrument{ID: n, Asset: 1000 + n, Currency: 1, Maker: 100, Taker: 200, Resale: true, Proceeds: true},
		})})
	}
	for a := uint32(1); a <= dealers; a++ {
		m.must(venue.Input{Verb: venue.Admit, Body: body(tb, venue.Admission{
			Member: 1, Traders: []uint32{a}, Account: &venue.Account{Number: a, Code: fmt.Sprint("A", a), Member: 1, Traders: []uint32{a}},
		})})
		m.pay(a, 1, 1<<50)
		for n := uint32(1); n <= instruments; n++ {
			m.pay(a, 1000+n, 1<<40)
		}
	}
	m.must(venue.Input{Verb: venue.Begin})
	for n := uint32(1); n <= instruments; n++ {
		m.step(n, auction.BeginContinuous)
	}
	return m
}

// deal draws what dealers send: most orders wait near the middle, a third take, a quarter of all is taken back.
func deal(dice *rand.Rand, sent int) venue.Input {
	account := 1 + dice.Uint32N(dealers)
	in := venue.Input{Verb: venue.Enter, Instrument: 1, Account: account, Trader: account, Member: 1, Client: "r0-" + strconv.Itoa(sent)}
	if sent > 1000 && dice.IntN(4) == 0 {
		in = venue.Input{Verb: venue.Cancel, Instrument: 1, Member: 1}
		in.Order.ID = uint64(sent)*3/4 - dice.Uint64N(500)
		return in
	}
	o := &in.Order
	o.Side, o.Qty, o.Price = book.Side(dice.IntN(2)), 1+dice.Int64N(100), 10_000
	behind := 1 + dice.Int64N(20)
	if dice.IntN(3) == 0 {
		behind, o.Life = -behind/2, book.Immediate
	}
	o.Price += behind * (2*int64(o.Side) - 1)
	return in
}

// record gives a flow as a journal keeps it, and what of it reached the book.
func record(tb testing.TB, records int) (flow [][]byte, reached []book.Input) {
	m := furnish(tb, 1)
	dice := rand.New(rand.NewPCG(1, 2))
	var events []venue.Event
	for sent := range records {
		in := deal(dice, sent+1)
		in.Time = m.now + int64(sent)*10
		flow = append(flow, venue.Encode(nil, &in))
		events = m.v.Apply(&in, events[:0])
		if events[0].Kind == venue.Refused {
			continue
		}
		o := in.Order
		o.ID, o.Owner, o.Trader, o.Member, o.Time = events[0].Order, in.Account, in.Trader, in.Member, in.Time
		if in.Verb == venue.Cancel {
			o = book.Input{Verb: book.Cancel, ID: in.Order.ID, Time: in.Time}
		}
		reached = append(reached, o)
	}
	return flow, reached
}

// cpu gives the CPU time that this process has used, that of the collector too.
func cpu(tb testing.TB) time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// BenchmarkToldAgain measures what a start does with each record, Decode and Apply, beside the book alone with what of the same
// flow reached it, in the same run and in CPU time.
//
//	go test ./core/exchange/venue -run '^$' -bench ToldAgain -benchtime 3x
func BenchmarkToldAgain(b *testing.B) {
	flow, reached := record(b, recorded)
	with, without := time.Hour, time.Hour // The best round of each: what others do on the machine only adds.
	var refused, told int
	for range b.N {
		m := furnish(b, 1)
		alone, err := book.New(book.Rules{})
		if err != nil {
			b.Fatal(err)
		}
		var events []venue.Event
		var in venue.Input
		refused, told = 0, 0
		runtime.GC()
		begin := cpu(b)
		for n := range flow {
			if err := venue.Decode(flow[n], &in); err != nil {
				b.Fatal(err)
			}
			events = m.v.Apply(&in, events[:0])
			told += len(events)
			if events[0].Kind == venue.Refused {
				refused++
			}
		}
		with = min(with, cpu(b)-begin)
		var reports []book.Report
		runtime.GC()
		begin = cpu(b)
		for n := range reached {
			reports = alone.Apply(&reached[n], reports[:0])
		}
		without = min(without, cpu(b)-begin)
		if alone.Live() != m.v.Book(1).Live() {
			b.Fatalf("%d orders in the book alone, %d in the market", alone.Live(), m.v.Book(1).Live())
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(with.Nanoseconds())/recorded, "cpu-ns/record")
	b.ReportMetric(float64(without.Nanoseconds())/recorded, "book-alone-cpu-ns/record")
	b.ReportMetric(float64(with)/float64(without), "times-the-book")
	b.ReportMetric(recorded/with.Seconds(), "records/cpu-s")
	b.ReportMetric(float64(told)/recorded, "events/record")
	b.ReportMetric(float64(refused)/recorded, "refused/record")
}

// heap is what is in use after garbage was taken away, and how long the collector took.
func heap(tb testing.TB) (used uint64, took time.Duration) {
	runtime.GC()
	begin := cpu(tb)
	runtime.GC()
	took = cpu(tb) - begin
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc, took
}

// stand fills a market of many books with orders that stay.
func stand(m *market, orders int) {
	var events []venue.Event
	for n := range orders {
		account := uint32(1 + n%dealers)
		in := venue.Input{
			Verb: venue.Enter, Time: m.now, Instrument: uint32(1 + n%books), Account: account, Trader: account, Member: 1, Client: strconv.Itoa(n),
			Order: book.Input{Side: book.Side(n % 2), Price: 10_000 - 50 + int64(n%2)*100 + int64(n/books%40), Qty: 10, Life: book.Lasting},
		}
		if events = m.v.Apply(&in, events[:0]); events[0].Kind == venue.Refused {
			m.t.Fatalf("refused: %s", events[0].Reason.Code())
		}
	}
}

// BenchmarkStanding measures a million live orders in a thousand books: what memory they take with everything about them, what
// one round of the collector costs, and how long the market stands still for a state, beside a copy of as many bytes.
//
//	go test ./core/exchange/venue -run '^$' -bench Standing -benchtime 1x
func BenchmarkStanding(b *testing.B) {
	for range b.N {
		m := furnish(b, books)
		m.inputs, m.events = nil, nil
		empty, _ := heap(b)
		stand(m, standing)
		full, collected := heap(b)
		best := time.Hour
		var state []byte
		for range 3 {
			begin := cpu(b)
			state = m.v.Export(state[:0])
			best = min(best, cpu(b)-begin)
		}
		copied := time.Hour
		to := make([]byte, len(state))
		for range 3 {
			begin := cpu(b)
			copy(to, state)
			copied = min(copied, cpu(b)-begin)
		}
		begin := cpu(b)
		if _, err := venue.Import(state); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric((cpu(b)-begin).Seconds()*1000, "import-cpu-ms")
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(full-empty)/standing, "bytes/order")
		b.ReportMetric(collected.Seconds()*1000, "collector-cpu-ms")
		b.ReportMetric(best.Seconds()*1000, "export-cpu-ms")
		b.ReportMetric(copied.Seconds()*1000, "copy-cpu-ms")
		b.ReportMetric(float64(len(state))/standing, "state-bytes/order")
	}
}
