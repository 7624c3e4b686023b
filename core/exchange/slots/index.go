// Package slots finds what lies in a slab. A slab is memory in which things have numbers, their slots, instead of addresses:
// the collector has nothing to follow in it, and what has ended leaves its slot to the next.
//
// Index and Table find a slot by a key, Slab is the memory itself, and Sort brings slots in the order of their keys. Slot zero
// is nobody everywhere. Nothing here has dice: the same calls lead to the same slots.
package slots

import "math/bits"

// Index finds the slot of a key by open addressing: a key lies in the first free cell from its home on, and nothing lies
// behind a gap. Four keys that follow each other have neighbouring homes, since orders that live at the same time have
// mostly been given ids one after the other, and a line of the cache holds four cells; beyond that, keys are spread, so
// that no pattern of ids makes a crowd.
type Index struct {
	cells []cell
	shift uint8
	used  int
}

// cell is a key and its slot; slot zero is an empty cell.
type cell struct {
	key  uint64
	slot int32
}

const (
	golden   = 0x9e3779b97f4a7c15 // golden is 2⁶⁴ divided by the golden ratio.
	cellsMin = 64
)

// NewIndex gives an index with room for a number of keys; for more it grows.
func NewIndex(keys int) Index {
	size := cellsMin
	for size < 2*keys { // At most half full, so that ways are short.
		size *= 2
	}
	return Index{cells: make([]cell, size), shift: uint8(64 - bits.TrailingZeros(uint(size)) + 2)}
}

// Len says how many keys are known.
func (x *Index) Len() int { return x.used }

// home gives where a key would like to lie.
func (x *Index) home(key uint64) int {
	return int((key>>2)*golden>>x.shift<<2 | key&3)
}

// Find gives the slot of a key, or zero.
func (x *Index) Find(key uint64) int32 {
	mask := len(x.cells) - 1
	for i := x.home(key); ; i++ {
		c := &x.cells[i&mask]
		if c.key == key || c.slot == 0 {
			return c.slot
		}
	}
}

// Put remembers the slot of a key that is not known yet.
func (x *Index) Put(key uint64, slot int32) {
	if x.used++; 2*x.used > len(x.cells) {
		old := x.cells
		used := x.used
		*x = NewIndex(2 * used)
		x.used = used
		for _, c := range old {
			if c.slot != 0 {
				x.set(c)
			}
		}
	}
	x.set(cell{key, slot})
}

func (x *Index) set(c cell) {
	mask := len(x.cells) - 1
	i := x.home(c.key) & mask
	for x.cells[i].slot != 0 {
		i = (i + 1) & mask
	}
	x.cells[i] = c
}
