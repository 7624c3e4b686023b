package api

import (
	"cmp"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"sauda/core/exchange"
	"sauda/core/exchange/book"
	"sauda/core/exchange/feed"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
)

// crier tells all clients what is public. Each change is written once for all who follow the same: the market at a glance, or an
// instrument to the same depth.
type crier struct {
	face
	over   <-chan struct{}
	mu     sync.Mutex
	ready  bool // ready says that the books below are those of the board.
	books  map[uint32]*criedBook
	market map[*listener]bool
}

// criedBook is an instrument as it was told last.
type criedBook struct {
	summary feed.Summary
	levels  [2][]feed.Level // levels are all of them, the best first.
	ticks   []feed.Tick     // ticks are the last trades, the newest first.
	groups  map[int]*group  // groups are those who follow it, by depth.
}

// group are those who follow an instrument to one depth.
type group struct {
	told [2][]feed.Level // told are the levels that they have; for all of them, none are kept.
	all  map[*listener]bool
}

// depths are to how many levels a book is followed; another number is taken for the next greater one, so that many share one
// writing. Zero is all.
var depths = []int{1, 5, 10, 20, 50, 100}

const (
	ticksTold  = 50                     // ticksTold is how many trades one learns of at the beginning.
	criesAgain = 200 * time.Millisecond // criesAgain is how long the crier waits for a board that begins anew.
	levelsAll  = 1 << 30
)

// newCrier gives the crier of a board.
func newCrier(f face, board *floor.Board, over <-chan struct{}) *crier {
	f.Board = board
	return &crier{face: f, over: over, books: make(map[uint32]*criedBook), market: make(map[*listener]bool)}
}

// run follows the board until the floor closes. When the board begins anew, so does everybody.
func (c *crier) run() {
	for {
		line, err := c.Board.Listen(c.seed)
		if err == nil {
			c.begin()
			c.follow(line)
			c.rest()
		}
		select {
		case <-c.over:
			return
		case <-time.After(criesAgain):
		}
	}
}

// seed takes over what the board shows.
func (c *crier) seed(f *feed.Feed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range f.Summaries() {
		b := c.book(s.Instrument)
		b.summary, b.levels = f.Board(s.Instrument, levelsAll)
		b.ticks = f.Tape(s.Instrument, ticksTold)
	}
}

// book gives what is kept of an instrument. The mutex is held.
func (c *crier) book(number uint32) *criedBook {
	b := c.books[number]
	if b == nil {
		b = &criedBook{summary: feed.Summary{Instrument: number}, groups: make(map[int]*group)}
		c.books[number] = b
	}
	return b
}

// begin tells everybody how everything is.
func (c *crier) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ready = true
	instruments := c.Floor.Instruments()
	all := c.glance(instruments)
	for l := range c.market {
		l.tell(all)
	}
	for number, b := range c.books {
		for depth, g := range b.groups {
			message := b.snapshot(instruments[number], depth, g)
			for l := range g.all {
				l.tell(message)
			}
		}
	}
}

func (c *crier) rest() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ready = false
}

func (c *crier) follow(line *floor.Line) {
	defer c.Board.Leave(line)
	for {
		select {
		case changes, open := <-line.Changes:
			if !open {
				return
			}
			c.take(changes)
		case <-c.over:
			return
		}
	}
}

// take tells what has changed.
func (c *crier) take(changes []feed.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	instruments := c.Floor.Instruments()
	told := marketTold{Ch: "market"}
	for n := range changes {
		change := &changes[n]
		b := c.book(change.Instrument)
		b.take(change)
		i, known := instruments[change.Instrument]
		if !known {
			continue
		}
		told.All = append(told.All, viewSummary(i, change.Summary))
		for depth, g := range b.groups {
			message := b.change(i, change, depth, g)
			for l := range g.all {
				l.tell(message)
			}
		}
	}
	if len(c.market) == 0 || len(told.All) == 0 {
		return
	}
	message := written(told)
	for l := range c.market {
		l.tell(message)
	}
}

// marketTold is what those hear who follow the market.
type marketTold struct {
	Ch   string        `json:"ch"`
	Snap bool          `json:"snap,omitempty"`
	All  []summaryView `json:"all"`
}

// glance shows all that the public sees. The mutex is held.
func (c *crier) glance(instruments map[uint32]exchange.Instrument) []byte {
	told := marketTold{Ch: "market", Snap: true, All: []summaryView{}}
	for number, i := range instruments {
		if shown(i) {
			told.All = append(told.All, viewSummary(i, c.book(number).summary))
		}
	}
	slices.SortFunc(told.All, func(a, b summaryView) int { return cmp.Compare(a.In, b.In) })
	return written(told)
}

// joinMarket lets a client follow all instruments at a glance.
func (c *crier) joinMarket(l *listener) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.market[l] = true
	if c.ready { // Otherwise it is told soon.
		l.tell(c.glance(c.Floor.Instruments()))
	}
	return nil
}

func (c *crier) partMarket(l *listener) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.market, l)
}

// joinBook lets a client follow one instrument, to one depth at a time.
func (c *crier) joinBook(l *listener, code string, depth int) error {
	i, err := c.instrument(code)
	if err != nil {
		return err
	}
	at, _ := slices.BinarySearch(depths, depth)
	if depth = 0; at < len(depths) {
		depth = depths[at]
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.book(i.Number)
	b.part(l)
	g := b.groups[depth]
	if g == nil {
		g = &group{all: make(map[*listener]bool)}
		b.groups[depth] = g
	}
	g.all[l] = true
	if c.ready {
		l.tell(b.snapshot(i, depth, g))
	}
	return nil
}

func (c *crier) partBook(l *listener, code string) {
	i, err := c.Floor.Instrument(code)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.book(i.Number).part(l)
}

// leave lets a client go from everything.
func (c *crier) leave(l *listener) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.market, l)
	for _, b := range c.books {
		b.part(l)
	}
}

func (b *criedBook) part(l *listener) {
	for depth, g := range b.groups {
		if delete(g.all, l); len(g.all) == 0 {
			delete(b.groups, depth)
		}
	}
}

// take takes a change in.
func (b *criedBook) take(c *feed.Change) {
	b.summary = c.Summary
	for s := range b.levels {
		for _, l := range c.Levels[s] {
			b.levels[s] = put(book.Side(s), b.levels[s], l)
		}
	}
	for _, t := range latest(c.Ticks) {
		if at := slices.IndexFunc(b.ticks, func(was feed.Tick) bool { return was.ID == t.ID }); at >= 0 {
			b.ticks[at] = t // It was busted.
			continue
		}
		b.ticks = slices.Insert(b.ticks, 0, t)
	}
	b.ticks = b.ticks[:min(len(b.ticks), ticksTold)]
}

// put puts a level to its place among others, the best first; one without a quantity goes.
func put(s book.Side, levels []feed.Level, l feed.Level) []feed.Level {
	at, found := slices.BinarySearchFunc(levels, l.Price, func(l feed.Level, price int64) int {
		if s == book.Buy {
			return cmp.Compare(price, l.Price)
		}
		return cmp.Compare(l.Price, price)
	})
	switch {
	case l.Orders == 0 && found:
		return slices.Delete(levels, at, at+1)
	case l.Orders == 0:
		return levels
	case found:
		levels[at] = l
		return levels
	}
	return slices.Insert(levels, at, l)
}

// bookTold is what those hear who follow an instrument.
type bookTold struct {
	Ch    string      `json:"ch"`
	In    string      `json:"in"`
	Seq   uint64      `json:"seq"`
	Snap  bool        `json:"snap,omitempty"`
	Bids  [][3]int64  `json:"bids"`
	Asks  [][3]int64  `json:"asks"`
	Ticks [][]any     `json:"ticks"`
	Sum   summaryView `json:"sum"`
}

func (b *criedBook) told(i exchange.Instrument, levels [2][]feed.Level, ticks []feed.Tick) bookTold {
	return bookTold{
		Ch: "book", In: i.Code, Seq: b.summary.Seq, Bids: rows(i, levels[book.Buy]), Asks: rows(i, levels[book.Sell]),
		Ticks: ticked(i, ticks), Sum: viewSummary(i, b.summary),
	}
}

// snapshot shows an instrument to a depth, to one who has seen nothing of it.
func (b *criedBook) snapshot(i exchange.Instrument, depth int, g *group) []byte {
	if depth > 0 {
		g.told = b.top(depth)
	}
	levels := g.told
	if depth == 0 {
		levels = b.levels
	}
	t := b.told(i, levels, b.ticks)
	t.Snap = true
	return written(t)
}

// change tells what has changed of an instrument to a depth.
func (b *criedBook) change(i exchange.Instrument, c *feed.Change, depth int, g *group) []byte {
	levels := c.Levels
	if depth > 0 {
		now := b.top(depth)
		for s := range levels {
			levels[s] = differences(g.told[s], now[s])
		}
		g.told = now
	}
	fresh := latest(c.Ticks)
	slices.Reverse(fresh)
	return written(b.told(i, levels, fresh))
}

// latest gives a copy of the last trades of a change, and of all that were undone: a thousand trades in the blink of an eye are
// for programs (face/itch), and would slow down everybody who watches.
func latest(ticks []feed.Tick) []feed.Tick {
	list := make([]feed.Tick, 0, min(len(ticks), ticksTold))
	for n, t := range ticks {
		if t.Busted || n >= len(ticks)-ticksTold {
			list = append(list, t)
		}
	}
	return list
}

func (b *criedBook) top(depth int) (levels [2][]feed.Level) {
	for s := range levels {
		levels[s] = slices.Clone(b.levels[s][:min(depth, len(b.levels[s]))])
	}
	return levels
}

// differences gives what makes the levels of now out of those of before.
func differences(was, now []feed.Level) (changed []feed.Level) {
	before := make(map[int64]feed.Level, len(was))
	for _, l := range was {
		before[l.Price] = l
	}
	for _, l := range now {
		if before[l.Price] != l {
			changed = append(changed, l)
		}
		delete(before, l.Price)
	}
	for _, l := range was {
		if _, gone := before[l.Price]; gone {
			changed = append(changed, feed.Level{Price: l.Price})
		}
	}
	return changed
}

// rows are levels as the stream has them: price, quantity, orders.
func rows(i exchange.Instrument, levels []feed.Level) [][3]int64 {
	list := make([][3]int64, len(levels))
	for n, l := range levels {
		list[n] = [3]int64{l.Price, l.Qty * i.Terms.Unit, int64(l.Orders)}
	}
	return list
}

// ticked are trades as the stream has them: id, time, price, quantity, side that came in, how, busted.
func ticked(i exchange.Instrument, ticks []feed.Tick) [][]any {
	list := make([][]any, len(ticks))
	for n, t := range ticks {
		side, busted := "", 0
		if t.How == venue.HowContinuous {
			side = orderSides.of(int(t.Taker))
		}
		if t.Busted {
			busted = 1
		}
		list[n] = []any{t.ID, t.Time, t.Price, t.Qty * i.Terms.Unit, side, t.How.String(), busted}
	}
	return list
}

// written is what is told, as JSON. It is made of numbers and texts, so that it can always be written.
func written(v any) []byte {
	message, err := json.Marshal(v)
	if err != nil {
		panic("api: " + err.Error())
	}
	return message
}
