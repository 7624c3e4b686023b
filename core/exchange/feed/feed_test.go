package feed_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/feed"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
)

const second = 1_000_000

type market struct {
	t   *testing.T
	v   *venue.Venue
	now int64
	n   int
}

func (m *market) do(in venue.Input) []venue.Event {
	m.now += second
	in.Time = m.now
	return m.v.Apply(&in, nil)
}

func (m *market) body(of any) []byte {
	b, err := json.Marshal(of)
	if err != nil {
		m.t.Fatal(err)
	}
	return b
}

func open(t *testing.T) *market {
	m := &market{t: t, v: venue.New(), now: 1_800_000_000 * second}
	rule, err := auction.RuleOf("kase", nil)
	if err != nil {
		t.Fatal(err)
	}
	for number := uint32(1); number <= 2; number++ {
		m.do(venue.Input{Verb: venue.List, Instrument: number, Body: m.body(venue.Instrument{
			Code: fmt.Sprint(number), Auction: rule, Reference: auction.Ref(100),
			Risk: risk.Instrument{ID: number, Asset: 10 + number, Currency: 1, Resale: true, Proceeds: true},
		})})
	}
	for account := uint32(1); account <= 3; account++ {
		m.do(venue.Input{Verb: venue.Admit, Body: m.body(venue.Admission{
			Member: 1, Traders: []uint32{account}, Account: &venue.Account{Number: account, Member: 1, Traders: []uint32{account}},
		})})
		for _, asset := range []uint32{1, 11, 12} {
			m.do(venue.Input{Verb: venue.Move, Body: m.body(venue.Movement{Ref: fmt.Sprint(account, asset), Account: account, Asset: asset, Amount: 1 << 40})})
		}
	}
	m.do(venue.Input{Verb: venue.Begin})
	return m
}

func (m *market) step(number uint32, s auction.Step) []venue.Event {
	return m.do(venue.Input{Verb: venue.Step, Instrument: number, Step: auction.Input{Step: s}})
}

func (m *market) enter(number, account uint32, o book.Input) []venue.Event {
	m.n++
	return m.do(venue.Input{Verb: venue.Enter, Instrument: number, Account: account, Trader: account, Member: 1, Client: fmt.Sprint(m.n), Order: o})
}

// copy is what somebody makes of a board and the changes behind it.
type copied struct {
	seq    uint64
	levels [2]map[int64]feed.Level
}

func (c *copied) follow(t *testing.T, change feed.Change) {
	if change.Seq != c.seq+1 {
		t.Fatalf("change %d follows on %d", change.Seq, c.seq)
	}
	c.seq = change.Seq
	for s := range change.Levels {
		for _, l := range change.Levels[s] {
			if l.Qty == 0 {
				delete(c.levels[s], l.Price)
			} else {
				c.levels[s][l.Price] = l
			}
		}
	}
}

// TestFollow: whatever happens in a market, boards show what the book shows and nothing hidden; a copy that began with a board
// and took all changes is the same; so is a feed that was seeded later; and candles and summaries are those of the trades.
func TestFollow(t *testing.T) {
	m := open(t)
	dice := rand.New(rand.NewPCG(7, 7))
	f, late := feed.New(), (*feed.Feed)(nil)
	f.Seed(m.v)
	trails := f.Public()
	copies := map[uint32]*copied{1: {}, 2: {}}
	for _, c := range copies {
		c.levels = [2]map[int64]feed.Level{{}, {}}
	}
	var trades []venue.Trade
	for n := range 3000 {
		events := m.draw(dice)
		for _, e := range events {
			if e.Kind == venue.Dealt && e.Instrument == 1 {
				trades = append(trades, e.Trade)
			}
		}
		changes := f.Take(events)
		for _, change := range changes {
			copies[change.Instrument].follow(t, change)
		}
		trails.Follow(changes)
		alike(t, trails, f)
		if late == nil && n == 1000 {
			late = feed.New()
			late.Seed(m.v)
		} else if late != nil {
			late.Take(events)
		}
		for number, c := range copies {
			same(t, m.v.Book(number), f, number, c)
			if late != nil {
				_, a := f.Board(number, 1000)
				if _, b := late.Board(number, 1000); !reflect.DeepEqual(a, b) {
					t.Fatalf("a feed that came later shows %v, not %v", b, a)
				}
			}
		}
	}
	if len(f.Take(m.step(1, auction.Interrupt))) > 0 {
		t.Error("a refusal has changed what is seen")
	}
	checkTrades(t, f, trades)
}

// alike compares what two feeds show.
func alike(t *testing.T, a, b *feed.Feed) {
	t.Helper()
	for _, number := range []uint32{1, 2} {
		was, one := a.Board(number, 1000)
		is, other := b.Board(number, 1000)
		if was != is || !slices.Equal(one[0], other[0]) || !slices.Equal(one[1], other[1]) || !slices.Equal(a.Tape(number, 50), b.Tape(number, 50)) ||
			!slices.Equal(a.Candles(number, feed.Intervals[0], 50), b.Candles(number, feed.Intervals[0], 50)) {
			t.Fatalf("one feed shows %+v %v, the other %+v %v", was, one, is, other)
		}
	}
}

// same compares a board with the book and with the copy that somebody keeps.
func same(t *testing.T, b *book.Book, f *feed.Feed, number uint32, c *copied) {
	t.Helper()
	summary, levels := f.Board(number, 1000)
	if summary.Seq != c.seq {
		t.Fatalf("the board has number %d, the copy %d", summary.Seq, c.seq)
	}
	for s := range levels {
		var want []feed.Level
		for l := range b.Levels(book.Side(s)) {
			want = append(want, feed.Level{Price: l.Price, Qty: l.Shown, Orders: l.Orders})
		}
		if !slices.Equal(levels[s], want) {
			t.Fatalf("side %d shows %v, the book has %v", s, levels[s], want)
		}
		if len(want) != len(c.levels[s]) {
			t.Fatalf("the copy has %v, the book %v", c.levels[s], want)
		}
		for _, l := range want {
			if c.levels[s][l.Price] != l {
				t.Fatalf("the copy has %v, the book %v", c.levels[s], want)
			}
		}
	}
}

func checkTrades(t *testing.T, f *feed.Feed, trades []venue.Trade) {
	t.Helper()
	if len(trades) < 100 {
		t.Fatalf("there were %d trades only", len(trades))
	}
	tape := f.Tape(1, 50)
	for n, tick := range tape {
		want := trades[len(trades)-1-n]
		if tick.ID != want.ID || tick.Price != want.Price || tick.Qty != want.Qty {
			t.Fatalf("trade %d of the tape is %+v, not %+v", n, tick, want)
		}
	}
	var want []feed.Candle
	for _, trade := range trades {
		begins := trade.Time / feed.Intervals[0] * feed.Intervals[0]
		if len(want) == 0 || want[len(want)-1].Begins != begins {
			want = append(want, feed.Candle{Begins: begins, Open: trade.Price, High: trade.Price, Low: trade.Price})
		}
		c := &want[len(want)-1]
		c.High, c.Low, c.Close = max(c.High, trade.Price), min(c.Low, trade.Price), trade.Price
		c.Qty += trade.Qty
		c.Trades++
	}
	if got := f.Candles(1, feed.Intervals[0], 1000); !slices.Equal(got, want) {
		t.Errorf("candles %+v\nwant %+v", got, want)
	}
	if f.Candles(1, 17, 10) != nil || f.Candles(9, feed.Intervals[0], 10) != nil {
		t.Error("there are candles of nothing")
	}
}

// draw does something in the market.
func (m *market) draw(dice *rand.Rand) []venue.Event {
	number, account := 1+dice.Uint32N(2), 1+dice.Uint32N(3)
	switch dice.IntN(12) {
	case 0:
		phase := m.v.Day(number).Phase
		next := map[auction.Phase]auction.Step{
			auction.PreOpen: auction.BeginCall, auction.Call: auction.Freeze, auction.Uncrossing: auction.Strike, auction.Continuous: auction.BeginCall,
		}
		if phase == auction.Continuous && dice.IntN(4) > 0 {
			return m.do(venue.Input{Verb: venue.Tick})
		}
		return m.step(number, next[phase])
	case 1, 2:
		return m.do(venue.Input{Verb: venue.Cancel, Trader: account, Member: 1, Order: book.Input{ID: 1 + dice.Uint64N(uint64(m.n+1))}})
	case 3:
		m.n++
		return m.do(venue.Input{
			Verb: venue.Replace, Trader: account, Member: 1, Client: fmt.Sprint(m.n),
			Order: book.Input{ID: 1 + dice.Uint64N(uint64(m.n+1)), Price: 90 + dice.Int64N(20), Qty: 1 + dice.Int64N(50)},
		})
	}
	o := book.Input{Side: book.Side(dice.IntN(2)), Price: 90 + dice.Int64N(20), Qty: 1 + dice.Int64N(50)}
	if dice.IntN(4) == 0 {
		o.Display = 1 + o.Qty/3
	}
	return m.enter(number, account, o)
}

// TestTheDay: a summary begins anew with each day, and a trade that was undone is told.
func TestTheDay(t *testing.T) {
	m := open(t)
	f := feed.New()
	f.Seed(m.v)
	var trade venue.Trade
	take := func(events []venue.Event) []feed.Change {
		for _, e := range events {
			if e.Kind == venue.Dealt {
				trade = e.Trade
			}
		}
		return f.Take(events)
	}
	take(m.step(1, auction.BeginCall))
	take(m.enter(1, 1, book.Input{Price: 105, Qty: 10}))
	take(m.enter(1, 2, book.Input{Side: book.Sell, Price: 95, Qty: 4}))
	take(m.do(venue.Input{Verb: venue.Tick}))
	if s, _ := f.Board(1, 1); s.Phase != auction.Call || s.Indication.Volume != 4 {
		t.Errorf("in the call: %+v", s)
	}
	take(m.step(1, auction.Freeze))
	take(m.step(1, auction.Strike))
	s, levels := f.Board(1, 1)
	if s.Trades != 1 || s.Qty != 4 || s.Open != trade.Price || s.Value != 4*trade.Price || s.Indication.Volume != 0 || levels[0][0].Qty != 6 {
		t.Errorf("after the auction: %+v, %v", s, levels)
	}
	changes := take(m.do(venue.Input{Verb: venue.Bust, Body: m.body(venue.Undoing{Trade: trade})}))
	if len(changes) != 1 || len(changes[0].Ticks) != 1 || !changes[0].Ticks[0].Busted || !f.Tape(1, 1)[0].Busted {
		t.Errorf("an undone trade is told as %+v", changes)
	}
	take(m.step(1, auction.Close))
	take(m.do(venue.Input{Verb: venue.Begin}))
	if s, _ := f.Board(1, 1); s.Trades != 0 || s.Close != auction.Ref(trade.Price) {
		t.Errorf("the next day: %+v", s)
	}
	late := feed.New()
	late.Recall(1, []feed.Tick{{ID: 1, Time: 60 * second, Price: 7, Qty: 1}})
	if c := late.Candles(1, feed.Intervals[0], 5); len(c) != 1 || c[0].Close != 7 {
		t.Errorf("recalled candles: %+v", c)
	}
}
