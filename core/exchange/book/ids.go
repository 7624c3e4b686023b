package book

// ids finds the slot of an order by its id: open addressing with linear probing. A cell holds 32 bits of the hash above
// the slot, so that only a cell which is very likely right is looked up in the slab; zero is an empty cell.
type ids struct {
	cells []uint64
	mask  uint32
	used  int
}

func newIDs(orders int) ids {
	size := 64
	for size < orders*2 { // At most half full, so that probes are short.
		size *= 2
	}
	return ids{cells: make([]uint64, size), mask: uint32(size - 1)}
}

// scatter spreads ids and keeps eight that follow each other in one line of the cache, since those that live at the same
// time were mostly given at the same time. The ids are given by the house, so that nobody can choose those that collide.
func scatter(id uint64) uint32 {
	const golden = 0x9e3779b97f4a7c15 // 2⁶⁴ divided by the golden ratio.
	return uint32((id>>3)*golden>>32)<<3 | uint32(id&7)
}

// find gives the slot of an id, or zero.
func (m *ids) find(id uint64, orders []order) int32 {
	h := scatter(id)
	for i := h & m.mask; ; i = (i + 1) & m.mask {
		cell := m.cells[i]
		if cell == 0 {
			return 0
		}
		if uint32(cell>>32) == h {
			if slot := int32(uint32(cell)); orders[slot].id == id {
				return slot
			}
		}
	}
}

// put remembers the slot of an id that is not known yet.
func (m *ids) put(id uint64, slot int32) {
	if m.used*2 >= len(m.cells) {
		m.grow()
	}
	m.used++
	m.set(uint64(scatter(id))<<32 | uint64(uint32(slot)))
}

func (m *ids) set(cell uint64) {
	i := uint32(cell>>32) & m.mask
	for m.cells[i] != 0 {
		i = (i + 1) & m.mask
	}
	m.cells[i] = cell
}

func (m *ids) grow() {
	old := m.cells
	m.cells = make([]uint64, 2*len(old))
	m.mask = uint32(len(m.cells) - 1)
	for _, cell := range old {
		if cell != 0 {
			m.set(cell)
		}
	}
}

// drop forgets the id that lies in a slot. Cells behind it move up, so that no trace is left to slow later probes.
func (m *ids) drop(id uint64, slot int32) {
	cell := uint64(scatter(id))<<32 | uint64(uint32(slot))
	i := uint32(cell>>32) & m.mask
	for m.cells[i] != cell {
		i = (i + 1) & m.mask
	}
	m.used--
	for j := i; ; {
		j = (j + 1) & m.mask
		next := m.cells[j]
		if next == 0 {
			break
		}
		home := uint32(next>>32) & m.mask
		if (j-home)&m.mask >= (j-i)&m.mask { // The cell may stand at i: that is not before its home.
			m.cells[i] = next
			i = j
		}
	}
	m.cells[i] = 0
}
