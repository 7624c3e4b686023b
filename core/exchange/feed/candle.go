package feed

import "slices"

// Intervals are how long candles are, in microseconds: a minute, five, fifteen, an hour, a day of UTC.
var Intervals = [...]int64{60_000_000, 300_000_000, 900_000_000, 3_600_000_000, 86_400_000_000}

// candlesKept is how many candles of an interval a board remembers.
const candlesKept = 500

// Candle is what was traded in one interval.
type Candle struct {
	Begins int64 // Begins is microseconds since 1970.
	Open   int64
	High   int64
	Low    int64
	Close  int64
	Qty    int64
	Trades int64
}

// draw draws a trade into the candles of all intervals. Trades come in the order of their time.
func (b *board) draw(t Tick) {
	for n, length := range Intervals {
		list := b.candles[n]
		begins := t.Time - t.Time%length
		if len(list) == 0 || list[len(list)-1].Begins < begins {
			if len(list) >= 2*candlesKept {
				list = slices.Delete(list, 0, len(list)-candlesKept+1)
			}
			list = append(list, Candle{Begins: begins, Open: t.Price, High: t.Price, Low: t.Price})
		}
		c := &list[len(list)-1]
		c.High, c.Low, c.Close = max(c.High, t.Price), min(c.Low, t.Price), t.Price
		c.Qty += t.Qty
		c.Trades++
		b.candles[n] = list
	}
}

// Candles gives the last candles of an instrument, the oldest first, at most so many; none for an interval that is not one of
// Intervals. The list is the caller's.
func (f *Feed) Candles(number uint32, interval int64, most int) []Candle {
	b, n := f.boards[number], slices.Index(Intervals[:], interval)
	if b == nil || n < 0 {
		return nil
	}
	list := b.candles[n]
	return slices.Clone(list[max(0, len(list)-most):])
}
