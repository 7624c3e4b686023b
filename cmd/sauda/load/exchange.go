package load

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"sauda/base/money"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/journal"
)

// The targets of the exchange: orders a second that are safe before they are answered, and the slowest of a hundred answers at
// half of that.
const (
	ordersAim    = 50_000
	ordersAimP99 = 5.0
	recordsAim   = 1_000_000 // recordsAim is how many records a second are told again at a start: ten million in ten seconds.

	traders      = 64
	outstanding  = 4096 // outstanding is how many orders wait for their answers at once when as many as can be are sent.
	manyBooks    = 1000
	ordersOfBook = 1000
)

// exchange measures the exchange as its gateways meet it, inside one process: orders that are answered when they are in the
// journal, beside a journal that keeps the same bytes and does nothing else.
func (b *bench) exchange(ctx context.Context) error {
	if !b.wants("exchange") {
		return nil
	}
	dir := filepath.Join(b.folder, "exchange")
	f, err := b.openFloor(dir, 1)
	if err != nil {
		return err
	}
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	go drain(ctx, f)
	b.say("exchange: as many orders as it takes")
	most, err := b.orders(ctx, f, 0)
	if err != nil {
		return err
	}
	b.say("exchange: half as many")
	half, err := b.orders(ctx, f, min(most.PerSecond, ordersAim)/2)
	if err != nil {
		return err
	}
	b.say("exchange: the journal alone")
	alone, err := b.journalAlone(ctx)
	if err != nil {
		return err
	}
	row := Row{What: "orders that are answered when they are safe", Engine: "exchange", Figures: most, Ceiling: alone, Ratio: most.PerSecond / alone}
	b.report.add(row.judged(ordersAim, fmt.Sprintf("≥ %d/s", ordersAim), most.PerSecond >= ordersAim && most.Failed == 0))
	row = Row{What: "the same at half the load", Engine: "exchange", Figures: half}
	b.report.add(row.judged(ordersAimP99, fmt.Sprintf("p99 < %.0f ms", ordersAimP99), half.P99 < ordersAimP99 && half.Failed == 0))
	if err := f.Close(); err != nil {
		return err
	}
	if err := b.toldAgain(dir); err != nil {
		return err
	}
	if err := b.manyBooks(ctx); err != nil {
		return err
	}
	return b.watchers(ctx)
}

// openFloor opens a market with a number of instruments and traders who have plenty of everything.
func (b *bench) openFloor(dir string, instruments uint32) (*floor.Floor, error) {
	f, err := floor.Open(floor.Config{Disk: journal.Folder(dir)})
	if err != nil {
		return nil, err
	}
	rule, err := auction.RuleOf("kase", nil)
	if err != nil {
		return nil, err
	}
	var inputs []venue.Input
	add := func(in venue.Input, body any) { inputs = append(inputs, bodied(in, body)) }
	for n := uint32(1); n <= instruments; n++ {
		add(venue.Input{Verb: venue.List, Instrument: n}, venue.Instrument{
			Code: fmt.Sprint("I", n), Auction: rule, Reference: auction.Ref(10_000), Collar: auction.Collar{Static: money.Percent(50)},
			Risk: risk.Instrument{ID: n, Asset: 1000 + n, Currency: 1, Maker: 100, Taker: 200, Resale: true, Proceeds: true},
		})
	}
	for a := uint32(1); a <= traders; a++ {
		add(venue.Input{Verb: venue.Admit}, venue.Admission{
			Member: 1, Traders: []uint32{a}, Account: &venue.Account{Number: a, Code: fmt.Sprint("A", a), Member: 1, Traders: []uint32{a}},
		})
		for n := uint32(0); n <= instruments; n++ {
			asset, amount := 1000+n, int64(1)<<40
			if n == 0 {
				asset, amount = 1, 1<<50
			}
			add(venue.Input{Verb: venue.Move}, venue.Movement{Ref: fmt.Sprint(a, "-", asset), Account: a, Asset: asset, Amount: amount})
		}
	}
	inputs = append(inputs, venue.Input{Verb: venue.Begin})
	for n := uint32(1); n <= instruments; n++ {
		inputs = append(inputs, venue.Input{Verb: venue.Step, Instrument: n, Step: auction.Input{Step: auction.BeginContinuous}})
	}
	return f, told(context.Background(), f, inputs)
}

// drain takes the trades away as they come, which a house does once it has them in its books: what nobody has taken waits in
// memory.
func drain(ctx context.Context, f *floor.Floor) {
	last := uint64(0)
	for ctx.Err() == nil {
		trades, err := f.Trades(last, drainedAtOnce)
		if err != nil {
			return // The measurement goes on with trades that wait.
		}
		if len(trades) == 0 {
			time.Sleep(drainEvery)
			continue
		}
		last = trades[len(trades)-1].ID
		f.Written(last)
	}
}

const (
	drainedAtOnce = 1000
	drainEvery    = 20 * time.Millisecond
)

// bodied gives an input a body.
func bodied(in venue.Input, body any) venue.Input {
	in.Body, _ = json.Marshal(body) // Numbers and texts can always be written.
	return in
}

// told tells a market something that it must take.
func told(ctx context.Context, f *floor.Floor, inputs []venue.Input) error {
	for _, in := range inputs {
		events, err := f.Do(ctx, in)
		if err == nil && events[0].Kind == venue.Refused {
			err = fmt.Errorf("furnish the exchange: verb %d is refused: %s", in.Verb, events[0].Reason.Code())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dealer draws a flow of orders: half wait near the middle, some take, some are taken back.
type dealer struct {
	dice *rand.Rand
	sent int
	run  string // run tells the ids of one measurement from those of others.
}

func (d *dealer) draw() venue.Input {
	d.sent++
	account := 1 + d.dice.Uint32N(traders)
	in := venue.Input{Instrument: 1, Account: account, Trader: account, Member: 1}
	if d.sent > 1000 && d.dice.IntN(4) == 0 {
		in.Verb, in.Trader, in.Target = venue.Cancel, 0, ""
		in.Order.ID = uint64(d.sent) - d.dice.Uint64N(500)
		in.Account = 0
		return in
	}
	in.Verb, in.Client = venue.Enter, d.run+strconv.Itoa(d.sent)
	o := &in.Order
	o.Side, o.Qty, o.Price = book.Side(d.dice.IntN(2)), 1+d.dice.Int64N(100), 10_000
	behind := 1 + d.dice.Int64N(20)
	if d.dice.IntN(3) == 0 {
		behind, o.Life = -behind/2, book.Immediate
	}
	if o.Side == book.Buy {
		behind = -behind
	}
	o.Price += behind
	return in
}

// orders sends orders for the time of the plan: a number each second, or for zero as many as are answered.
func (b *bench) orders(ctx context.Context, f *floor.Floor, rate float64) (Figures, error) {
	b.runs++
	d := &dealer{dice: rand.New(rand.NewPCG(1, 2)), run: fmt.Sprint("r", b.runs, "-")}
	slots := make(chan struct{}, outstanding)
	var mu sync.Mutex
	var times []time.Duration
	figures := Figures{Clients: traders}
	begin := time.Now()
	measured := begin.Add(b.plan.Warm)
	end := measured.Add(b.plan.Duration)
	for n := 0; ; n++ {
		now := time.Now()
		if now.After(end) || ctx.Err() != nil {
			break
		}
		if rate > 0 {
			if due := begin.Add(time.Duration(float64(n) / rate * float64(time.Second))); due.After(now) {
				time.Sleep(due.Sub(now))
			}
		}
		slots <- struct{}{}
		sent := time.Now()
		err := f.Send(d.draw(), func(_ []venue.Event, err error) {
			<-slots
			if sent.Before(measured) {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			times = append(times, time.Since(sent))
			if err != nil {
				figures.Failed++
			}
		})
		if err != nil {
			return figures, err
		}
	}
	for range outstanding { // All that were sent are answered.
		slots <- struct{}{}
	}
	slices.Sort(times)
	figures.Done, figures.PerSecond = len(times), float64(len(times))/b.plan.Duration.Seconds()
	figures.P50, figures.P95, figures.P99 = percentile(times, 50), percentile(times, 95), percentile(times, 99)
	return figures, ctx.Err()
}

// journalAlone gives how many records of the size of an order a journal keeps in a second, as many waiting as with the market.
func (b *bench) journalAlone(ctx context.Context) (float64, error) {
	j, err := journal.Open(journal.Folder(filepath.Join(b.folder, "journal")), journal.Config{})
	if err != nil {
		return 0, err
	}
	defer j.Close()
	in := venue.Input{Verb: venue.Enter, Instrument: 1, Account: 7, Trader: 7, Member: 1, Client: "r0-1234567", Order: book.Input{Price: 10_000, Qty: 50}}
	payload := venue.Encode(nil, &in)
	begin := time.Now()
	for n := uint64(1); time.Since(begin) < b.plan.Duration; n++ {
		if _, err := j.Append(payload); err != nil {
			return 0, err
		}
		if n > outstanding {
			if err := j.Wait(ctx, n-outstanding); err != nil {
				return 0, err
			}
		}
	}
	return float64(j.Durable()) / time.Since(begin).Seconds(), nil
}

// toldAgain measures a start of the market from the records that were kept, without a snapshot.
func (b *bench) toldAgain(dir string) error {
	b.say("exchange: taken up again")
	var size int64
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			size += info.Size()
		}
	}
	begin := time.Now()
	f, err := floor.Open(floor.Config{Disk: journal.Folder(dir)})
	if err != nil {
		return err
	}
	took := time.Since(begin)
	var records uint64
	if err := f.Look(context.Background(), func(v *venue.Venue) { records = v.Applied() }); err != nil {
		return err
	}
	perSecond := float64(records) / took.Seconds()
	row := Row{What: fmt.Sprintf("told again at a start, %d records of %d MB", records, size>>20), Engine: "exchange", Value: perSecond, Unit: "/s"}
	b.report.add(row.judged(recordsAim, fmt.Sprintf("≥ %d/s", recordsAim), perSecond >= recordsAim))
	return f.Close()
}

// manyBooks prints what a million live orders in a thousand instruments take.
func (b *bench) manyBooks(ctx context.Context) error {
	b.say("exchange: %d books of %d orders", manyBooks, ordersOfBook)
	before := heap()
	f, err := b.openFloor(filepath.Join(b.folder, "books"), manyBooks)
	if err != nil {
		return err
	}
	empty := heap()
	slots := make(chan struct{}, outstanding)
	for n := range manyBooks * ordersOfBook {
		account := uint32(1 + n%traders)
		in := venue.Input{
			Verb: venue.Enter, Instrument: uint32(1 + n%manyBooks), Account: account, Trader: account, Member: 1, Client: strconv.Itoa(n),
			Order: book.Input{Side: book.Side(n % 2), Price: 10_000 - 50 + int64(n%2)*100 + int64(n/manyBooks%40), Qty: 10, Life: book.Lasting},
		}
		slots <- struct{}{}
		if err := f.Send(in, func([]venue.Event, error) { <-slots }); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	for range outstanding {
		slots <- struct{}{}
	}
	full := heap()
	b.report.add(Row{What: "a thousand instruments and 64 traders", Engine: "exchange", Value: float64(empty-before) / (1 << 20), Unit: "MiB"})
	b.report.add(Row{What: "a million live orders in them", Engine: "exchange", Value: float64(full-empty) / (1 << 20), Unit: "MiB"})
	return f.Close()
}

// heap is what is in use after garbage was taken away.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
