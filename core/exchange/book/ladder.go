package book

import (
	"math/bits"
	"slices"
)

// level is the queue of the orders at one price. Its orders are linked by their slots; slot zero is none.
type level struct {
	head, tail int32
	count      int32
	shown      int64 // shown is what is seen of its orders together.
	hidden     int64 // hidden is what icebergs keep back.
}

// page is 64 neighbouring ticks; used has a bit for each level that has orders.
type page struct {
	used   uint64
	levels [64]level
}

// far is a level outside the window of ticks. They stand in order of their keys.
type far struct {
	key int64
	at  *level
}

const (
	pageTicks = 64
	noTick    = -1 // noTick is the tick of what stands outside the window.
)

// ladder is the levels of one side, the best one first. A key is a price with the sign that makes the best level the
// lowest: that of asks is the price itself, that of bids its negative. Levels near to where the ladder began to fill
// lie in a flat window, found by one shift and searched by three words of bits; others in a sorted list, which is
// slower and never wrong.
type ladder struct {
	best   *level // best is nil while the ladder is empty.
	key    int64  // key is that of best.
	base   int64  // base is the key of the first tick of the window.
	unit   int64  // unit is the distance of two ticks.
	tick   int32  // tick is that of best.
	ticks  int64  // ticks is the width of the window.
	pages  []*page
	root   uint64     // root has a bit for each word of used.
	used   [64]uint64 // used has a bit for each page that has orders.
	fars   []far
	free   []*level
	placed bool
}

func newLadder(unit, ticks int64) ladder { return ladder{unit: unit, ticks: ticks, tick: noTick} }

// locate gives the tick of a key, or noTick outside the window.
func (l *ladder) locate(key int64) int32 {
	d := uint64(key) - uint64(l.base) // Below the base this is huge, and so outside.
	switch {
	case l.unit == 1:
	case d < 1<<32: // A short division is many times faster than a long one.
		d = uint64(uint32(d) / uint32(l.unit))
	default:
		d /= uint64(l.unit)
	}
	if d < uint64(l.ticks) {
		return int32(d)
	}
	return noTick
}

// open gives the level of a key and its tick, ready to take an order.
func (l *ladder) open(key int64) (*level, int32) {
	if l.best == nil { // An empty ladder may lay its window anew, so that it follows the market.
		l.place(key)
	}
	tick := l.locate(key)
	var lv *level
	if tick == noTick {
		lv = l.openFar(key)
	} else {
		p := l.pages[tick/pageTicks]
		if p == nil {
			p = new(page)
			l.pages[tick/pageTicks] = p
		}
		lv = &p.levels[tick%pageTicks]
		if lv.count == 0 {
			word := tick / pageTicks / 64
			p.used |= 1 << (tick % pageTicks)
			l.used[word] |= 1 << (tick / pageTicks % 64)
			l.root |= 1 << word
		}
	}
	if l.best == nil || key < l.key {
		l.best, l.key, l.tick = lv, key, tick
	}
	return lv, tick
}

// place lays the window of an empty ladder around a key, unless the key is within its middle half already.
func (l *ladder) place(key int64) {
	if l.pages == nil {
		l.pages = make([]*page, l.ticks/pageTicks)
	}
	half := l.ticks / 2 * l.unit
	if d := key - l.base; !l.placed || d < half/2 || d > half+half/2 {
		l.base, l.placed = key-half, true
	}
}

func (l *ladder) seekFar(key int64) (int, bool) {
	return slices.BinarySearchFunc(l.fars, key, func(f far, k int64) int {
		switch {
		case f.key < k:
			return -1
		case f.key > k:
			return 1
		}
		return 0
	})
}

func (l *ladder) openFar(key int64) *level {
	i, found := l.seekFar(key)
	if !found {
		var lv *level
		if n := len(l.free); n > 0 {
			lv, l.free = l.free[n-1], l.free[:n-1]
		} else {
			lv = new(level)
		}
		l.fars = slices.Insert(l.fars, i, far{key, lv})
	}
	return l.fars[i].at
}

// level gives the level of an order that stands there.
func (l *ladder) level(tick int32, key int64) *level {
	if tick == noTick {
		return l.far(key)
	}
	return &l.pages[tick/pageTicks].levels[tick%pageTicks]
}

func (l *ladder) far(key int64) *level {
	i, _ := l.seekFar(key)
	return l.fars[i].at
}

// close takes an emptied level out of the ladder.
func (l *ladder) close(lv *level, tick int32, key int64) {
	if tick == noTick {
		i, _ := l.seekFar(key)
		l.fars = slices.Delete(l.fars, i, i+1)
		*lv = level{}
		l.free = append(l.free, lv)
	} else {
		p := l.pages[tick/pageTicks]
		p.used &^= 1 << (tick % pageTicks)
		if p.used == 0 {
			word := tick / pageTicks / 64
			l.used[word] &^= 1 << (tick / pageTicks % 64)
			if l.used[word] == 0 {
				l.root &^= 1 << word
			}
		}
	}
	if lv == l.best {
		l.advance()
	}
}

// advance finds the best level anew.
func (l *ladder) advance() {
	switch tick := l.seek(0, l.tick); {
	case len(l.fars) > 0 && (tick == noTick || l.fars[0].key < l.base):
		l.best, l.key, l.tick = l.fars[0].at, l.fars[0].key, noTick
	case tick == noTick:
		l.best, l.key, l.tick = nil, 0, noTick
	default:
		l.best, l.key, l.tick = l.level(tick, 0), l.base+int64(tick)*l.unit, tick
	}
}

// seek gives the first tick with orders at from or later, or noTick. The hint is a tick whose page may have it, if it
// is known that no page before has.
func (l *ladder) seek(from, hint int32) int32 {
	if hint != noTick {
		if p := l.pages[hint/pageTicks]; p.used != 0 {
			return hint/pageTicks*pageTicks + int32(bits.TrailingZeros64(p.used))
		}
	}
	if int64(from) >= l.ticks || l.root == 0 {
		return noTick
	}
	at := from / pageTicks
	if p := l.pages[at]; p != nil {
		if rest := p.used >> (from % pageTicks); rest != 0 {
			return from + int32(bits.TrailingZeros64(rest))
		}
	}
	at++
	word := at / 64
	if word < 64 {
		if rest := l.used[word] >> (at % 64); rest != 0 {
			return l.first(at + int32(bits.TrailingZeros64(rest)))
		}
	}
	if word+1 < 64 {
		if rest := l.root >> (word + 1); rest != 0 {
			word += 1 + int32(bits.TrailingZeros64(rest))
			return l.first(word*64 + int32(bits.TrailingZeros64(l.used[word])))
		}
	}
	return noTick
}

// first gives the first tick with orders of a page that has some.
func (l *ladder) first(page int32) int32 {
	return page*pageTicks + int32(bits.TrailingZeros64(l.pages[page].used))
}

// walk is a walk through the levels, the best first.
type walk struct {
	l    *ladder
	far  int
	tick int32
}

// next gives the next level and its key, or nil at the end.
func (w *walk) next() (*level, int64) {
	l := w.l
	if w.far < len(l.fars) && l.fars[w.far].key < l.base {
		w.far++
		return l.fars[w.far-1].at, l.fars[w.far-1].key
	}
	if w.tick != noTick {
		if tick := l.seek(w.tick, noTick); tick != noTick {
			w.tick = tick + 1
			return l.level(tick, 0), l.base + int64(tick)*l.unit
		}
		w.tick = noTick
	}
	if w.far < len(l.fars) {
		w.far++
		return l.fars[w.far-1].at, l.fars[w.far-1].key
	}
	return nil, 0
}

// last gives the worst level, or nil.
func (l *ladder) last() *level {
	if n := len(l.fars); n > 0 && l.fars[n-1].key >= l.base {
		return l.fars[n-1].at
	}
	if l.root != 0 {
		word := 63 - bits.LeadingZeros64(l.root)
		p := l.pages[word*64+63-bits.LeadingZeros64(l.used[word])]
		return &p.levels[63-bits.LeadingZeros64(p.used)]
	}
	if n := len(l.fars); n > 0 {
		return l.fars[n-1].at
	}
	return nil
}
