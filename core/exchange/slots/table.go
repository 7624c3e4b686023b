package slots

// Table finds slots by the hash of what names them, in cells of eight bytes: the hash and the slot. It does not know the names:
// whoever asks goes through the slots that have the hash and looks in his slab which one is meant, so that names of any length
// are told apart exactly. Its ways are those of Index.
type Table struct {
	cells []uint64 // A cell has the hash above the slot; zero is an empty one.
	mask  uint32
	used  int
}

// NewTable gives a table with room for a number of slots; for more it grows.
func NewTable(slots int) Table {
	size := cellsMin
	for size < 2*slots {
		size *= 2
	}
	return Table{cells: make([]uint64, size), mask: uint32(size - 1)}
}

// Hash gives the hash of a number. Eight that follow each other lie in one line of the cache, beyond that they are spread.
func Hash(number uint64) uint32 {
	return uint32((number>>3)*golden>>35)<<3 | uint32(number&7)
}

// Len says how many slots are known.
func (t *Table) Len() int { return t.used }

// First gives the first slot with a hash, and where to go on; zero if there is none.
func (t *Table) First(hash uint32) (slot int32, at uint32) { return t.Next(hash, hash) }

// Next gives the next slot with a hash, from a place that First or Next gave; zero if there is none.
func (t *Table) Next(hash, at uint32) (slot int32, next uint32) {
	for {
		c := t.cells[at&t.mask]
		at++
		if uint32(c>>32) == hash && c != 0 {
			return int32(uint32(c)), at
		}
		if c == 0 {
			return 0, at
		}
	}
}

// Put remembers a slot, which is not zero and not known with this hash yet.
func (t *Table) Put(hash uint32, slot int32) {
	if t.used++; 2*t.used > len(t.cells) {
		old := t.cells
		t.cells = make([]uint64, 2*len(old))
		t.mask = uint32(len(t.cells) - 1)
		for _, c := range old {
			if c != 0 {
				t.set(c)
			}
		}
	}
	t.set(uint64(hash)<<32 | uint64(uint32(slot)))
}

func (t *Table) set(c uint64) {
	i := uint32(c>>32) & t.mask
	for t.cells[i] != 0 {
		i = (i + 1) & t.mask
	}
	t.cells[i] = c
}

// Drop forgets a slot that was put with this hash. Those behind it that do not lie at home move into the gap.
func (t *Table) Drop(hash uint32, slot int32) {
	c := uint64(hash)<<32 | uint64(uint32(slot))
	gap := hash & t.mask
	for t.cells[gap] != c {
		gap = (gap + 1) & t.mask
	}
	for i := (gap + 1) & t.mask; t.cells[i] != 0; i = (i + 1) & t.mask {
		if home := uint32(t.cells[i]>>32) & t.mask; (i-home)&t.mask >= (i-gap)&t.mask { // It may lie in the gap: its home is not behind it.
			t.cells[gap] = t.cells[i]
			gap = i
		}
	}
	t.cells[gap] = 0
	t.used--
}
