package risk

import "math/bits"

// index finds the slot of a key by open addressing: a key lies in the first free cell from its home on, and nothing lies
// behind a gap. Four keys that follow each other have neighbouring homes, since orders that live at the same time have
// mostly been given ids one after the other, and a line of the cache holds four cells; beyond that, keys are spread, so
// that no pattern of ids makes a crowd.
type index struct {
	cells []cell
	shift uint8
	used  int
}

// cell is a key and its slot; slot zero is an empty cell.
type cell struct {
	key  uint64
	slot int32
}

func newIndex(keys int) index {
	size := 64
	for size < 2*keys { // At most half full, so that ways are short.
		size *= 2
	}
	return index{cells: make([]cell, size), shift: uint8(64 - bits.TrailingZeros(uint(size)) + 2)}
}

// home gives where a key would like to lie.
func (x *index) home(key uint64) int {
	const golden = 0x9e3779b97f4a7c15 // 2⁶⁴ divided by the golden ratio.
	return int((key>>2)*golden>>x.shift<<2 | key&3)
}

// find gives the slot of a key, or zero.
func (x *index) find(key uint64) int32 {
	mask := len(x.cells) - 1
	for i := x.home(key); ; i++ {
		c := &x.cells[i&mask]
		if c.key == key || c.slot == 0 {
			return c.slot
		}
	}
}

// put remembers the slot of a key that is not known yet.
func (x *index) put(key uint64, slot int32) {
	if x.used++; 2*x.used > len(x.cells) {
		old := x.cells
		*x = newIndex(2 * x.used)
		for _, c := range old {
			if c.slot != 0 {
				x.set(c)
				x.used++
			}
		}
		x.used++
	}
	x.set(cell{key, slot})
}

func (x *index) set(c cell) {
	mask := len(x.cells) - 1
	i := x.home(c.key) & mask
	for x.cells[i].slot != 0 {
		i = (i + 1) & mask
	}
	x.cells[i] = c
}

// drop forgets a key that is known. Those behind it that do not lie at home move into the gap.
func (x *index) drop(key uint64) {
	mask := len(x.cells) - 1
	gap := x.home(key) & mask
	for x.cells[gap].key != key || x.cells[gap].slot == 0 {
		gap = (gap + 1) & mask
	}
	for i := (gap + 1) & mask; x.cells[i].slot != 0; i = (i + 1) & mask {
		if home := x.home(x.cells[i].key); (i-home)&mask >= (i-gap)&mask { // It may lie in the gap: its home is not behind it.
			x.cells[gap] = x.cells[i]
			gap = i
		}
	}
	x.cells[gap] = cell{}
	x.used--
}
