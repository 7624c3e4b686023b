package floor_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sauda/base/money"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/journal"
)

func open(t *testing.T, dir string) *floor.Floor {
	t.Helper()
	f, err := floor.Open(floor.Config{Disk: journal.Folder(dir)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func do(t *testing.T, f *floor.Floor, in venue.Input) []venue.Event {
	t.Helper()
	events, err := f.Do(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if events[0].Kind == venue.Refused {
		t.Fatalf("verb %d is refused: %s", in.Verb, events[0].Reason.Code())
	}
	return events
}

func body(t *testing.T, of any) []byte {
	t.Helper()
	b, err := json.Marshal(of)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// furnish lists an instrument and opens two accounts with money and shares. The day is not begun.
func furnish(t *testing.T, f *floor.Floor) {
	t.Helper()
	rule, err := auction.RuleOf("kase", nil)
	if err != nil {
		t.Fatal(err)
	}
	do(t, f, venue.Input{Verb: venue.List, Instrument: 1, Body: body(t, venue.Instrument{
		Code: "KZ1", Auction: rule, Protection: money.Percent(5), Reference: auction.Ref(100),
		Plan: auction.Plan{Due: []auction.Due{{Auction: auction.Opening}, {Auction: auction.Closing}}, RandomMax: 30_000_000, TradeAtClose: true},
		Risk: risk.Instrument{ID: 1, Asset: 2, Currency: 1, Resale: true, Proceeds: true},
	})})
	for account := uint32(1); account <= 2; account++ {
		do(t, f, venue.Input{Verb: venue.Admit, Body: body(t, venue.Admission{
			Member: 1, Traders: []uint32{account}, Account: &venue.Account{Number: account, Member: 1, Traders: []uint32{account}},
		})})
		for asset := uint32(1); asset <= 2; asset++ {
			do(t, f, venue.Input{Verb: venue.Move, Body: body(t, venue.Movement{Ref: fmt.Sprint(account, asset), Account: account, Asset: asset, Amount: 1_000_000})})
		}
	}
}

func trading(t *testing.T, f *floor.Floor) {
	t.Helper()
	do(t, f, venue.Input{Verb: venue.Begin})
	for _, s := range []auction.Step{auction.BeginCall, auction.BeginRandomEnd, auction.Freeze, auction.Strike} {
		do(t, f, venue.Input{Verb: venue.Step, Instrument: 1, Step: auction.Input{Step: s}})
	}
}

func order(account uint32, client string, o book.Input) venue.Input {
	return venue.Input{Verb: venue.Enter, Instrument: 1, Account: account, Trader: account, Member: 1, Client: client, Order: o}
}

func hash(t *testing.T, f *floor.Floor) (h [32]byte) {
	t.Helper()
	if err := f.Look(t.Context(), func(v *venue.Venue) { h = v.Hash() }); err != nil {
		t.Fatal(err)
	}
	return h
}

// TestTakenUp: a market that is opened again is as it was, from the journal alone and from a snapshot with the records behind
// it; trades that nobody has written down are there again, and a snapshot that would forget them is not kept.
func TestTakenUp(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	furnish(t, f)
	trading(t, f)
	do(t, f, order(1, "a", book.Input{Price: 100, Qty: 5}))
	do(t, f, order(2, "b", book.Input{Side: book.Sell, Price: 100, Qty: 3}))
	want := hash(t, f)
	close(t, f)

	f = open(t, dir) // No snapshot was kept: the trade is not written down.
	if hash(t, f) != want {
		t.Fatal("from the journal, it is another market")
	}
	trades, err := f.Trades(0, 10)
	if err != nil || len(trades) != 1 || trades[0].Qty != 3 || trades[0].Buy.Account != 1 {
		t.Fatalf("trades %+v, %v", trades, err)
	}
	f.Written(1)
	close(t, f)

	f = open(t, dir) // A snapshot was kept.
	if hash(t, f) != want {
		t.Fatal("from the snapshot, it is another market")
	}
	do(t, f, order(2, "c", book.Input{Side: book.Sell, Price: 100, Qty: 2}))
	want = hash(t, f)
	if _, err := f.Trades(0, 10); !errors.Is(err, floor.ErrMissing) {
		t.Errorf("trade 1 was forgotten, and whoever asks for it hears %v", err)
	}
	close(t, f)

	f = open(t, dir) // The snapshot from before, and the records behind it.
	if hash(t, f) != want {
		t.Fatal("from the snapshot and its tail, it is another market")
	}
	if trades, err := f.Trades(1, 10); err != nil || len(trades) != 1 || trades[0].ID != 2 {
		t.Errorf("trades %+v, %v", trades, err)
	}
}

// TestWhatCannotBeWritten: an input that could not be read back is refused before it comes into the journal.
func TestWhatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	furnish(t, f)
	trading(t, f)
	long := strings.Repeat("x", 300)
	for _, in := range []venue.Input{
		order(1, long, book.Input{Price: 100, Qty: 1}), {Verb: venue.Cancel, Trader: 1, Target: long}, {Verb: 99},
		{Verb: venue.Move, Body: make([]byte, venue.BodyMax+1)},
	} {
		if _, err := f.Do(t.Context(), in); !errors.Is(err, floor.ErrRefused) {
			t.Errorf("verb %d: %v", in.Verb, err)
		}
	}
	want := hash(t, f)
	close(t, f)
	if f = open(t, dir); hash(t, f) != want {
		t.Error("opened again, it is another market")
	}
}

func close(t *testing.T, f *floor.Floor) {
	t.Helper()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestCrowd: many at once; each hears his own answer, watchers hear of everything once and in order, and whoever is too slow is
// cut off while the others go on.
func TestCrowd(t *testing.T) {
	f := open(t, t.TempDir())
	furnish(t, f)
	trading(t, f)
	quick, err := f.Watch()
	if err != nil {
		t.Fatal(err)
	}
	slow, err := f.Watch()
	if err != nil {
		t.Fatal(err)
	}
	var heard sync.WaitGroup
	accepted := 0
	heard.Go(func() {
		last := quick.Begun
		for events := range quick.Events {
			for _, e := range events {
				if e.Seq != last+1 {
					t.Errorf("event %d follows on %d", e.Seq, last)
				}
				last = e.Seq
				if e.Report.Kind == book.Accepted && e.Kind == venue.Reported {
					accepted++
				}
			}
		}
	})
	const crowd, each = 20, 150
	var all sync.WaitGroup
	for n := range crowd {
		all.Go(func() {
			for i := range each {
				client := fmt.Sprintf("%d-%d", n, i)
				events, err := f.Do(context.Background(), order(uint32(1+n%2), client, book.Input{Side: book.Side(n % 2), Price: int64(90 + n), Qty: 1}))
				if err != nil || events[0].Kind != venue.Reported || events[0].Client != client {
					t.Errorf("%s: %+v, %v", client, events[0], err)
				}
			}
		})
	}
	all.Wait()
	for range 1100 {
		do(t, f, venue.Input{Verb: venue.Tick})
	}
	for range slow.Events { // It has never looked, and is cut off: otherwise this would not end, since the floor goes on.
	}
	close(t, f)
	heard.Wait()
	if accepted != crowd*each {
		t.Errorf("%d of %d orders were heard of", accepted, crowd*each)
	}
	if _, err := f.Do(t.Context(), order(1, "late", book.Input{Price: 100, Qty: 1})); !errors.Is(err, floor.ErrClosed) {
		t.Errorf("a closed floor says %v", err)
	}
}

// TestADayByTheBell: the bell takes an instrument through a whole day; one for which nobody rang in time goes through its steps
// one after the other; and one that is over is not begun.
func TestADayByTheBell(t *testing.T) {
	const whole = "[pre_open call random_end uncrossing continuous closing_call random_end uncrossing trade_at_close closed]"
	for _, c := range []struct {
		late time.Duration
		want string
	}{{0, whole}, {40 * time.Second, whole}, {300 * time.Second, "[]"}} {
		t.Run(c.late.String(), func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				f := open(t, dir)
				furnish(t, f)
				morning := time.Now()
				at := func(seconds int) int64 { return morning.Add(time.Duration(seconds) * time.Second).UnixMicro() }
				table := floor.Timetable{Begin: at(1), Interruption: 2 * time.Second, Steps: []floor.Due{
					{Step: auction.BeginCall, At: at(5)}, {Step: auction.BeginRandomEnd, At: at(15)}, {Step: auction.BeginClosing, At: at(100)},
					{Step: auction.BeginRandomEnd, At: at(110)}, {Step: auction.Close, At: at(150)},
				}}
				time.Sleep(c.late)
				var phases []string
				moments := make(map[string]int64)
				w, err := f.Watch()
				if err != nil {
					t.Fatal(err)
				}
				var heard, rung sync.WaitGroup
				heard.Go(func() {
					for events := range w.Events {
						for _, e := range events {
							if e.Kind == venue.Turned {
								phases = append(phases, e.Phase.String())
								moments[e.Phase.String()] = e.Time
							}
						}
					}
				})
				ctx, stop := context.WithTimeout(t.Context(), 200*time.Second)
				defer stop()
				rung.Go(func() { f.Ring(ctx, func(uint32, time.Time) (floor.Timetable, bool) { return table, true }) })
				rung.Wait()
				close(t, f)
				heard.Wait()
				if fmt.Sprint(phases) != c.want {
					t.Errorf("%v", phases)
				}
				if open, least := moments["continuous"], max(at(15), morning.Add(c.late+2*time.Second).UnixMicro()); open != 0 && (open < least || open > least+31_000_000) {
					t.Errorf("opened %d µs after the morning", open-at(0))
				}
			})
		})
	}
}
