// Package feed is what the public may see of a market: levels and orders of the book, trades, candles, what an auction would
// give. It is made of the venue's events alone, and never shows whose an order is or what an iceberg keeps back.
//
//	events ──▶ Feed.Take ──▶ boards (what there is now)  and  Changes (what has changed, numbered)
//
// Changes of one instrument are numbered without a gap: whoever has a board of one number and all changes behind it has the
// board of the last. Whoever misses one takes the board anew. Several events that come together make one change of each level.
//
// It is a pure machine, like the venue: no clock, no store. What was before it began is shown to it by Seed.
package feed

import (
	"cmp"
	"slices"

	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
)

// Level is what is seen at one price. In a change, Qty zero is a level that is gone.
type Level struct {
	Price  int64
	Qty    int64
	Orders int
}

// Tick is a trade as the public sees it.
type Tick struct {
	ID     uint64
	Time   int64 // Time is microseconds since 1970.
	Price  int64
	Qty    int64
	How    venue.How
	Taker  book.Side // Taker is the side that came in; it means something for continuous trades only.
	Busted bool      // Busted says that the trade was undone afterwards.
}

// Summary is what is known of an instrument at a glance.
type Summary struct {
	Instrument uint32
	Seq        uint64
	Phase      auction.Phase
	Auction    auction.Kind
	Since      int64
	Last       auction.Reference
	Close      auction.Reference // Close is the last price of the day before.
	Open       int64             // Open, High, Low, Qty, Value and Trades are those of the day; zero without a trade.
	High       int64
	Low        int64
	Qty        int64
	Value      int64 // Value is the sum of price times quantity.
	Trades     int64
	Indication auction.Indication
}

// Change is what has changed of one instrument.
type Change struct {
	Instrument uint32
	Seq        uint64 // Seq numbers the changes of the instrument; the board before had Seq-1.
	Levels     [2][]Level
	Ticks      []Tick
	Summary    Summary
}

// order is one that is seen.
type order struct {
	side  book.Side
	price int64
	shown int64
}

// board is what is seen of one instrument.
type board struct {
	summary Summary
	levels  [2][]Level // levels lie with the best first.
	orders  map[uint64]order
	ticks   []Tick // ticks are the last trades, the oldest first.
	candles [len(Intervals)][]Candle
	touched [2][]int64 // touched are the prices whose level has changed since the last change.
	fresh   []Tick
	stirred bool
}

// ticksKept is how many trades a board remembers.
const ticksKept = 200

// Feed is the boards of a market. It must not be used by two goroutines at once.
type Feed struct {
	boards map[uint32]*board
	seq    uint64 // seq is the last event that was taken.
}

// New gives a feed of an empty market.
func New() *Feed { return &Feed{boards: make(map[uint32]*board)} }

func (f *Feed) board(number uint32) *board {
	b := f.boards[number]
	if b == nil {
		b = &board{orders: make(map[uint64]order), summary: Summary{Instrument: number, Phase: auction.Closed}}
		f.boards[number] = b
	}
	return b
}

// Seed shows a market to a feed that has seen nothing yet.
func (f *Feed) Seed(v *venue.Venue) {
	f.seq = v.Reported()
	for _, d := range v.Days() {
		b := f.board(d.Instrument)
		b.summary.Phase, b.summary.Auction, b.summary.Since, b.summary.Last, b.summary.Close = d.Phase, d.Auction, d.Since, d.Last, d.Static
		for s := range [2]book.Side{} {
			for o := range v.Book(d.Instrument).Orders(book.Side(s)) {
				b.put(o.ID, order{book.Side(s), o.Price, o.Shown})
			}
		}
		b.settle()
	}
}

// Recall shows trades from before to a feed, the oldest first, so that candles and the tape do not begin with nothing.
func (f *Feed) Recall(number uint32, ticks []Tick) {
	b := f.board(number)
	for _, t := range ticks {
		b.remember(t)
	}
}

// Take takes events in and gives what has changed, in the order of the instruments. Events that were taken already, or that
// Seed has shown, are passed over.
func (f *Feed) Take(events []venue.Event) []Change {
	var stirred []uint32
	for n := range events {
		e := &events[n]
		if e.Seq <= f.seq {
			continue
		}
		f.seq = e.Seq
		if e.Instrument == 0 {
			continue
		}
		b := f.board(e.Instrument)
		if b.take(e) && !b.stirred {
			b.stirred = true
			stirred = append(stirred, e.Instrument)
		}
	}
	slices.Sort(stirred)
	changes := make([]Change, 0, len(stirred))
	for _, number := range stirred {
		b := f.boards[number]
		b.stirred = false
		c := Change{Instrument: number, Levels: b.settle(), Ticks: b.fresh}
		b.fresh = nil
		b.summary.Seq++
		c.Seq, c.Summary = b.summary.Seq, b.summary
		changes = append(changes, c)
	}
	return changes
}

// take takes one event and says whether anybody can see a difference.
func (b *board) take(e *venue.Event) bool {
	switch e.Kind {
	case venue.Reported:
		return b.report(&e.Report)
	case venue.Dealt:
		b.deal(e)
	case venue.Busted:
		for n := range b.ticks {
			if b.ticks[n].ID == e.Trade.ID {
				b.ticks[n].Busted = true
				b.fresh = append(b.fresh, b.ticks[n])
			}
		}
	case venue.Turned:
		b.summary.Phase, b.summary.Auction, b.summary.Since = e.Phase, e.Auction, e.Time
		if b.summary.Auction == 0 {
			b.summary.Indication = auction.Indication{}
		}
	case venue.Indicated:
		b.summary.Indication = e.Indication
	case venue.Opened:
		s := &b.summary
		s.Close, s.Open, s.High, s.Low, s.Qty, s.Value, s.Trades = s.Last, 0, 0, 0, 0, 0, 0
	default:
		return false
	}
	return true
}

// report follows an order of the book, as book.Report says how.
func (b *board) report(r *book.Report) bool {
	switch r.Kind {
	case book.Rested, book.Refreshed:
		b.drop(r.ID)
		b.put(r.ID, order{r.Side, r.Price, r.Shown})
	case book.Traded, book.Struck, book.Reduced:
		o, seen := b.orders[r.ID]
		if !seen || o.shown == r.Shown {
			return false
		}
		b.drop(r.ID)
		if r.Shown > 0 {
			o.shown = r.Shown
			b.put(r.ID, o)
		}
	case book.Replaced, book.Cancelled:
		if _, seen := b.orders[r.ID]; !seen {
			return false
		}
		b.drop(r.ID)
	default:
		return false
	}
	return true
}

// better says how two prices of a side stand, the best first.
func better(s book.Side) func(l Level, price int64) int {
	if s == book.Buy {
		return func(l Level, price int64) int { return cmp.Compare(price, l.Price) }
	}
	return func(l Level, price int64) int { return cmp.Compare(l.Price, price) }
}

func (b *board) put(id uint64, o order) {
	b.orders[id] = o
	levels := &b.levels[o.side]
	at, found := slices.BinarySearchFunc(*levels, o.price, better(o.side))
	if !found {
		*levels = slices.Insert(*levels, at, Level{Price: o.price})
	}
	l := &(*levels)[at]
	l.Qty += o.shown
	l.Orders++
	b.touched[o.side] = append(b.touched[o.side], o.price)
}

func (b *board) drop(id uint64) {
	o, seen := b.orders[id]
	if !seen {
		return
	}
	delete(b.orders, id)
	levels := &b.levels[o.side]
	at, _ := slices.BinarySearchFunc(*levels, o.price, better(o.side))
	l := &(*levels)[at]
	l.Qty -= o.shown
	if l.Orders--; l.Orders == 0 {
		*levels = slices.Delete(*levels, at, at+1)
	}
	b.touched[o.side] = append(b.touched[o.side], o.price)
}

// settle gives the levels that were touched, each once and as it is now.
func (b *board) settle() (changed [2][]Level) {
	for s := range b.touched {
		prices := b.touched[s]
		slices.Sort(prices)
		for _, price := range slices.Compact(prices) {
			l := Level{Price: price}
			if at, found := slices.BinarySearchFunc(b.levels[s], price, better(book.Side(s))); found {
				l = b.levels[s][at]
			}
			changed[s] = append(changed[s], l)
		}
		b.touched[s] = prices[:0]
	}
	return changed
}

func (b *board) deal(e *venue.Event) {
	t := Tick{ID: e.Trade.ID, Time: e.Trade.Time, Price: e.Trade.Price, Qty: e.Trade.Qty, How: e.Trade.How, Taker: e.Trade.Resting.Opposite()}
	b.fresh = append(b.fresh, t)
	b.remember(t)
	s := &b.summary
	if t.How >= venue.HowAgreed {
		return // What was agreed elsewhere is told, and is no price of this market.
	}
	s.Last = auction.Ref(t.Price)
	if s.Trades == 0 {
		s.Open, s.High, s.Low = t.Price, t.Price, t.Price
	}
	s.High, s.Low = max(s.High, t.Price), min(s.Low, t.Price)
	s.Qty += t.Qty
	s.Value += t.Price * t.Qty
	s.Trades++
}

func (b *board) remember(t Tick) {
	if len(b.ticks) >= 2*ticksKept {
		b.ticks = slices.Delete(b.ticks, 0, len(b.ticks)-ticksKept+1)
	}
	b.ticks = append(b.ticks, t)
	if t.How < venue.HowAgreed {
		b.draw(t)
	}
}

// Board gives what is seen of an instrument now: the best levels of both sides, at most so many, and the number of the last
// change. The lists are the caller's.
func (f *Feed) Board(number uint32, depth int) (Summary, [2][]Level) {
	b := f.boards[number]
	if b == nil {
		return Summary{Instrument: number, Phase: auction.Closed}, [2][]Level{}
	}
	var levels [2][]Level
	for s := range levels {
		levels[s] = slices.Clone(b.levels[s][:min(depth, len(b.levels[s]))])
	}
	return b.summary, levels
}

// Tape gives the last trades of an instrument, the newest first, at most so many. The list is the caller's.
func (f *Feed) Tape(number uint32, most int) []Tick {
	b := f.boards[number]
	if b == nil {
		return nil
	}
	list := slices.Clone(b.ticks[max(0, len(b.ticks)-most):])
	slices.Reverse(list)
	return list
}

// Summaries gives all instruments at a glance, by their numbers.
func (f *Feed) Summaries() []Summary {
	list := make([]Summary, 0, len(f.boards))
	for _, b := range f.boards {
		list = append(list, b.summary)
	}
	slices.SortFunc(list, func(a, b Summary) int { return cmp.Compare(a.Instrument, b.Instrument) })
	return list
}
