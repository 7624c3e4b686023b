package fix

import (
	"context"
	"slices"
	"strings"
	"time"

	"sauda/core/exchange"
	"sauda/core/exchange/book"
	"sauda/core/exchange/feed"
	"sauda/flow/floor"
	wire "sauda/gear/fix"
)

// quotes is a subscription to market data, or one look at it.
type quotes struct {
	session *wire.Session
	gateway *Gateway
	id      string
	depth   int
	kinds   string // kinds are the MDEntryTypes that are wanted.
	list    []exchange.Instrument
	shown   map[uint32]*shown
	stop    context.CancelFunc
	body    wire.Body
}

// shown is what the other side has been told of an instrument.
type shown struct {
	instrument exchange.Instrument
	levels     [2][]feed.Level
	summary    feed.Summary
}

const (
	quotesMax  = 100 // quotesMax is how many subscriptions a session may have.
	depthMax   = 1 << 20
	entryKinds = "012478B"              // entryKinds are the MDEntryTypes that there are: sides, trades, open, high, low, volume.
	boardAgain = 200 * time.Millisecond // boardAgain is how long one waits for a board that begins anew.
)

// Values of MDReqRejReason (281).
const (
	quotesUnknown  = '0'
	quotesTwice    = '1'
	quotesKind     = '4'
	quotesDepth    = '5'
	quotesUpdate   = '6'
	quotesEntry    = '8'
	quotesTooMany  = '3'
	quotesNotThere = 'A' // quotesNotThere says that the market shows nothing now; the standard knows no better word.
)

// marketData serves a MarketDataRequest: a snapshot, and with a subscription what has changed since, until it is ended.
func (d *desk) marketData(s *wire.Session, m *wire.Message) error {
	g, id := d.gateway, m.Text(262)
	kind := m.Char(263)
	if kind == '2' {
		if q := d.feeds[id]; q != nil {
			q.stop()
			delete(d.feeds, id)
			return nil
		}
		return rejectQuotes(s, id, quotesKind, "There is no such subscription")
	}
	q := &quotes{session: s, gateway: g, id: id, shown: make(map[uint32]*shown)}
	if reason, text := q.read(m); text != "" {
		return rejectQuotes(s, id, reason, text)
	}
	switch {
	case kind == '0':
		return q.once()
	case kind != '1':
		return rejectQuotes(s, id, quotesKind, "SubscriptionRequestType (263) is not served with this value")
	case m.Char(265) != '1' && m.Char(265) != 0:
		return rejectQuotes(s, id, quotesUpdate, "Updates are incremental: MDUpdateType (265) is 1")
	case d.feeds[id] != nil:
		return rejectQuotes(s, id, quotesTwice, "This MDReqID has a subscription")
	case len(d.feeds) >= quotesMax:
		return rejectQuotes(s, id, quotesTooMany, "Too many subscriptions")
	}
	ctx, stop := context.WithCancel(g.ctx)
	q.stop = stop
	d.feeds[id] = q
	g.wait.Go(func() { q.follow(ctx) })
	return nil
}

func rejectQuotes(s *wire.Session, id string, reason byte, text string) error {
	return s.Send("Y", new(wire.Body).Text(262, id).Char(281, reason).Text(58, text))
}

// read reads what is wanted; a text says what cannot be.
func (q *quotes) read(m *wire.Message) (reason byte, text string) {
	depth, _ := m.Int(264)
	if depth < 0 || depth > depthMax {
		return quotesDepth, "MarketDepth (264) is not served with this value"
	}
	if q.depth = int(depth); depth == 0 {
		q.depth = depthMax
	}
	for e := range m.Entries(267) {
		kind, _ := e.Bytes(269)
		if len(kind) != 1 || !strings.Contains(entryKinds, string(kind)) {
			return quotesEntry, "MDEntryType (269) is not served with this value: " + string(kind)
		}
		q.kinds += string(kind)
	}
	if q.kinds == "" { // The group may say that it has no entry.
		return quotesEntry, "NoMDEntryTypes (267) names nothing"
	}
	known := q.gateway.list().byCode
	for e := range m.Entries(146) {
		code, _ := e.Bytes(55)
		i := known[string(code)]
		if i == nil {
			return quotesUnknown, "unknown_instrument: " + string(code)
		}
		if q.shown[i.Number] == nil {
			q.shown[i.Number] = &shown{instrument: *i}
			q.list = append(q.list, *i)
		}
	}
	if len(q.list) == 0 {
		return quotesUnknown, "NoRelatedSym (146) names nothing"
	}
	return 0, ""
}

func (q *quotes) wants(kind byte) bool { return strings.IndexByte(q.kinds, kind) >= 0 }

// see takes what the board shows of one instrument.
func (q *quotes) see(f *feed.Feed, w *shown) {
	w.summary, w.levels = f.Board(w.instrument.Number, q.depth)
}

// once shows how everything is now.
func (q *quotes) once() error {
	if err := q.gateway.config.Board.Show(func(f *feed.Feed) {
		for _, i := range q.list {
			q.see(f, q.shown[i.Number])
		}
	}); err != nil {
		return rejectQuotes(q.session, q.id, quotesNotThere, err.Error())
	}
	return q.snapshots()
}

func (q *quotes) snapshots() error {
	for _, i := range q.list {
		if err := q.session.Show("W", q.snapshot(q.shown[i.Number])); err != nil {
			return err
		}
	}
	return nil
}

// follow shows everything and what changes, until the subscription ends. When the board begins anew, so does it: by
// snapshots.
func (q *quotes) follow(ctx context.Context) {
	for ctx.Err() == nil {
		line, err := q.gateway.config.Board.Listen(func(f *feed.Feed) {
			for _, i := range q.list {
				q.see(f, q.shown[i.Number])
			}
		})
		if err == nil {
			err = q.listen(ctx, line)
			q.gateway.config.Board.Leave(line)
		}
		if err != nil && ctx.Err() == nil {
			select {
			case <-time.After(boardAgain):
			case <-ctx.Done():
			}
		}
	}
}

// listen tells what a line tells. What the other side does not read is not kept for it: see Session.Show.
func (q *quotes) listen(ctx context.Context, line *floor.Line) error {
	if err := q.snapshots(); err != nil {
		return err
	}
	for {
		select {
		case changes, open := <-line.Changes:
			if !open {
				return floor.ErrClosed
			}
			for n := range changes {
				if w := q.shown[changes[n].Instrument]; w != nil {
					if err := q.change(w, &changes[n]); err != nil {
						return err
					}
				}
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// snapshot writes a MarketDataSnapshotFullRefresh. Where there is nothing to show, one entry says so.
func (q *quotes) snapshot(w *shown) *wire.Body {
	n, entries := int64(0), q.body.Reset()
	for side, kind := range [...]byte{'0', '1'} {
		if !q.wants(kind) {
			continue
		}
		for _, l := range w.levels[side] {
			q.entry(entries, w, kind, l.Price, l.Qty).Int(346, int64(l.Orders))
			n++
		}
	}
	for _, s := range q.stats(w) {
		q.entry(entries, w, s.kind, s.price, s.qty)
		n++
	}
	b := new(wire.Body).Text(262, q.id).Text(55, w.instrument.Code)
	switch {
	case n == 0 && q.session.ID().Version == wire.FIX44: // It has no word for an empty book.
		return b.Int(268, 1).Char(269, q.kinds[0]).Int(271, 0)
	case n == 0:
		return b.Int(268, 1).Char(269, emptyBook)
	}
	return b.Int(268, n).Raw(entries.Fields())
}

// emptyBook is an MDEntryType: there is nothing.
const emptyBook = 'J'

// stat is a number about a day.
type stat struct {
	kind       byte
	price, qty int64
}

// stats are the last trade and the numbers of the day, as far as they are wanted and there are any.
func (q *quotes) stats(w *shown) (list []stat) {
	s := &w.summary
	if q.wants('2') && s.Last.Known {
		list = append(list, stat{kind: '2', price: s.Last.Price})
	}
	if s.Trades == 0 {
		return list
	}
	for _, one := range [...]stat{{kind: '4', price: s.Open}, {kind: '7', price: s.High}, {kind: '8', price: s.Low}, {kind: 'B', qty: s.Qty}} {
		if q.wants(one.kind) {
			list = append(list, one)
		}
	}
	return list
}

// entry writes type, price and size of an entry.
func (q *quotes) entry(b *wire.Body, w *shown, kind byte, price, qty int64) *wire.Body {
	b.Char(269, kind)
	return q.numbers(b, w, kind, price, qty)
}

func (q *quotes) numbers(b *wire.Body, w *shown, kind byte, price, qty int64) *wire.Body {
	if kind != 'B' {
		b.Decimal(270, price, w.instrument.Currency.Digits())
	}
	if qty != 0 {
		b.Int(271, qty*max(1, w.instrument.Terms.Unit))
	}
	return b
}

// change tells what has changed of an instrument, by what was shown of it and what is shown now.
func (q *quotes) change(w *shown, c *feed.Change) error {
	was := w.levels
	before := w.summary
	if err := q.gateway.config.Board.Show(func(f *feed.Feed) { q.see(f, w) }); err != nil {
		return err
	}
	n, b := int64(0), q.body.Reset()
	for side, kind := range [...]byte{'0', '1'} {
		if q.wants(kind) {
			n += q.changedSide(b, w, book.Side(side), was[side])
		}
	}
	if q.wants('2') {
		for _, t := range c.Ticks {
			action := byte(actionNew)
			if t.Busted {
				action = actionDelete
			}
			b.Char(279, action).Char(269, '2').Text(278, decimalOf(t.ID)).Text(55, w.instrument.Code)
			q.numbers(b, w, '2', t.Price, t.Qty)
			n++
		}
	}
	old := q.stats(&shown{instrument: w.instrument, summary: before})
	for _, s := range q.stats(w) {
		if s.kind == '2' || slices.Contains(old, s) {
			continue
		}
		b.Char(279, actionChange).Char(269, s.kind).Text(55, w.instrument.Code)
		q.numbers(b, w, s.kind, s.price, s.qty)
		n++
	}
	if n == 0 {
		return nil
	}
	return q.session.Show("X", new(wire.Body).Text(262, q.id).Int(268, n).Raw(b.Fields()))
}

// Values of MDUpdateAction (279).
const (
	actionNew    = '0'
	actionChange = '1'
	actionDelete = '2'
)

// changedSide writes the levels of a side that are new, other or gone, each once: both lists lie with the best first.
func (q *quotes) changedSide(b *wire.Body, w *shown, side book.Side, was []feed.Level) (n int64) {
	now := w.levels[side]
	better := func(a, b int64) bool { return side == book.Buy && a > b || side == book.Sell && a < b }
	tell := func(action byte, l feed.Level) {
		b.Char(279, action).Char(269, '0'+byte(side)).Text(55, w.instrument.Code)
		if action == actionDelete {
			l.Qty = 0
		}
		q.numbers(b, w, '0', l.Price, l.Qty)
		if action != actionDelete {
			b.Int(346, int64(l.Orders))
		}
		n++
	}
	for len(was) > 0 || len(now) > 0 {
		switch {
		case len(now) == 0 || len(was) > 0 && better(was[0].Price, now[0].Price):
			tell(actionDelete, was[0])
			was = was[1:]
		case len(was) == 0 || better(now[0].Price, was[0].Price):
			tell(actionNew, now[0])
			now = now[1:]
		default:
			if was[0] != now[0] {
				tell(actionChange, now[0])
			}
			was, now = was[1:], now[1:]
		}
	}
	return n
}
