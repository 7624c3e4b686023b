package feed

import (
	"slices"

	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
)

// Public gives a copy of what everybody can see of a feed. It knows no orders: it goes on by Follow, not by Take.
func (f *Feed) Public() *Feed {
	c := &Feed{boards: make(map[uint32]*board, len(f.boards))}
	for number, b := range f.boards {
		into := &board{summary: b.summary, ticks: slices.Clone(b.ticks)}
		for s := range b.levels {
			into.levels[s] = slices.Clone(b.levels[s])
		}
		for n := range b.candles {
			into.candles[n] = slices.Clone(b.candles[n])
		}
		c.boards[number] = into
	}
	return c
}

// Past gives what could be seen of a feed at a time before, as far as trades tell of it: the trades until then, their candles and
// the last price. Phases are those of now; what stood in the books then nobody knows any more.
func (f *Feed) Past(at int64) *Feed {
	c := New()
	for number, b := range f.boards {
		into := c.board(number)
		into.summary.Phase, into.summary.Auction, into.summary.Since = b.summary.Phase, b.summary.Auction, b.summary.Since
		into.summary.Close = b.summary.Close
		for _, t := range b.ticks {
			if t.Time > at {
				break
			}
			into.remember(t)
			into.summary.Last = auction.Ref(t.Price)
		}
	}
	return c
}

// Follow takes changes of another feed in, each behind the one before, so that this one shows what the other did.
func (f *Feed) Follow(changes []Change) {
	for n := range changes {
		c := &changes[n]
		b := f.board(c.Instrument)
		b.summary = c.Summary
		for s := range c.Levels {
			for _, l := range c.Levels[s] {
				b.lay(book.Side(s), l)
			}
		}
		for _, t := range c.Ticks {
			if at := slices.IndexFunc(b.ticks, func(was Tick) bool { return was.ID == t.ID }); at >= 0 {
				b.ticks[at] = t // It was undone.
				continue
			}
			b.remember(t)
		}
	}
}

// lay puts a level in its place; one without a quantity is gone.
func (b *board) lay(s book.Side, l Level) {
	at, found := slices.BinarySearchFunc(b.levels[s], l.Price, better(s))
	switch {
	case found && l.Orders == 0:
		b.levels[s] = slices.Delete(b.levels[s], at, at+1)
	case found:
		b.levels[s][at] = l
	case l.Orders > 0:
		b.levels[s] = slices.Insert(b.levels[s], at, l)
	}
}
