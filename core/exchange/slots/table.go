package slots

// Table finds slots by the hash of what names them, in cells of eight bytes: the hash and the slot. It does not know the names:
// whoever asks goes through the slots that have the hash and looks in his slab which one is meant, so that names of any length
// are told apart exactly.
//
// It is many small tables, each for the hashes with the same upper bits, and each grows by itself: what grows in one step is
// never more than a thousandth of the whole, so that nobody waits while a table of millions is laid anew. The ways in each are
// those of Index.
type Table struct {
	parts []part
	used  int
}

// part has the cells of a part: the hash above the slot; zero is an empty one.
type part struct {
	cells []uint64
	used  uint32
	mask  uint32
}

const (
	partBits = 10
	partMin  = 4 // partMin is how many cells a part has at least.
)

// NewTable gives a table with room for a number of slots; for more it grows.
func NewTable(slots int) Table {
	size := partMin
	for size<<partBits < 2*slots {
		size *= 2
	}
	t := Table{parts: make([]part, 1<<partBits)}
	all := make([]uint64, size<<partBits)
	for n := range t.parts {
		t.parts[n] = part{cells: all[n*size : (n+1)*size : (n+1)*size], mask: uint32(size - 1)}
	}
	return t
}

// Hash gives the hash of a number. Eight that follow each other lie in one line of the cache, beyond that they are spread.
func Hash(number uint64) uint32 {
	return uint32((number>>3)*golden>>35)<<3 | uint32(number&7)
}

// Len says how many slots are known.
func (t *Table) Len() int { return t.used }

// of gives the part of a hash.
func (t *Table) of(hash uint32) *part { return &t.parts[hash>>(32-partBits)] }

// First gives the first slot with a hash, and where to go on; zero if there is none.
func (t *Table) First(hash uint32) (slot int32, at uint32) { return t.Next(hash, hash) }

// Next gives the next slot with a hash, from a place that First or Next gave; zero if there is none.
func (t *Table) Next(hash, at uint32) (slot int32, next uint32) {
	p := t.of(hash)
	for {
		c := p.cells[at&p.mask]
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
	t.used++
	p := t.of(hash)
	if p.used++; 2*p.used > uint32(len(p.cells)) {
		old := p.cells
		p.cells = make([]uint64, 2*len(old))
		p.mask = uint32(len(p.cells) - 1)
		for _, c := range old {
			if c != 0 {
				p.set(c)
			}
		}
	}
	p.set(uint64(hash)<<32 | uint64(uint32(slot)))
}

func (p *part) set(c uint64) {
	i := uint32(c>>32) & p.mask
	for p.cells[i] != 0 {
		i = (i + 1) & p.mask
	}
	p.cells[i] = c
}

// Drop forgets a slot that was put with this hash. Those behind it that do not lie at home move into the gap.
func (t *Table) Drop(hash uint32, slot int32) {
	p := t.of(hash)
	c := uint64(hash)<<32 | uint64(uint32(slot))
	gap := hash & p.mask
	for p.cells[gap] != c {
		gap = (gap + 1) & p.mask
	}
	for i := (gap + 1) & p.mask; p.cells[i] != 0; i = (i + 1) & p.mask {
		if home := uint32(p.cells[i]>>32) & p.mask; (i-home)&p.mask >= (i-gap)&p.mask { // It may lie in the gap: its home is not behind it.
			p.cells[gap] = p.cells[i]
			gap = i
		}
	}
	p.cells[gap] = 0
	p.used--
	t.used--
}
