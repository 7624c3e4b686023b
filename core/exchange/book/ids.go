package book

// ids finds the slot of an order by its id: open addressing in the manner of Robin Hood, where whoever is farther from
// home goes first, so that nobody is far. A cell holds 32 bits of the hash above the slot, so that only a cell which is
// very likely right is looked up in the slab; zero is an empty cell.
//
// The house gives ids one after the other, and those that live at the same time were mostly given at the same time: as
// long as that is so, an id is its own hash, neighbours lie side by side and nobody is in another's way. Ids that crowd
// under that rule, as multiples of a thousand would, are spread once they are seen to.
type ids struct {
	cells  []uint64
	mask   uint32
	used   int
	spread bool
}

// farMax is how far from home an id may come to lie before all are spread.
const farMax = 64

func newIDs(orders int) ids {
	size := 64
	for size < orders*2 { // At most half full, so that ways are short.
		size *= 2
	}
	return ids{cells: make([]uint64, size), mask: uint32(size - 1)}
}

// hash gives the home of an id, in its lower bits.
func (m *ids) hash(id uint64) uint32 {
	if m.spread {
		id = (id ^ id>>32) * 0x9e3779b97f4a7c15 // 2⁶⁴ divided by the golden ratio.
		return uint32(id >> 32)
	}
	return uint32(id)
}

// find gives the slot of an id, or zero.
func (m *ids) find(id uint64, orders []order) int32 {
	h := m.hash(id)
	for i, far := h&m.mask, uint32(0); ; i, far = (i+1)&m.mask, far+1 {
		cell := m.cells[i]
		if uint32(cell>>32) == h {
			if slot := int32(uint32(cell)); slot != 0 && orders[slot].id == id {
				return slot
			}
		}
		if cell == 0 || (i-uint32(cell>>32))&m.mask < far { // Whoever is nearer to home would have made room.
			return 0
		}
	}
}

// guess gives the slot that an id most likely has; it need not be right.
func (m *ids) guess(id uint64) int32 {
	h := m.hash(id)
	i := h & m.mask
	if cell := m.cells[i]; uint32(cell>>32) == h {
		return int32(uint32(cell))
	}
	if cell := m.cells[(i+1)&m.mask]; uint32(cell>>32) == h {
		return int32(uint32(cell))
	}
	return 0
}

// put remembers the slot of an id that is not known yet. The slab must have it already.
func (m *ids) put(id uint64, slot int32, orders []order) {
	m.used++
	h := m.hash(id)
	if home := &m.cells[h&m.mask]; *home == 0 && m.used*2 <= len(m.cells) { // Mostly nobody is there.
		*home = uint64(h)<<32 | uint64(uint32(slot))
		return
	}
	if m.used*2 > len(m.cells) {
		m.lay(2*len(m.cells), orders)
	}
	if lost := m.set(uint64(m.hash(id))<<32 | uint64(uint32(slot))); lost != 0 {
		m.spread = true
		m.lay(len(m.cells), orders)
		m.set(m.cell(lost, orders))
	}
}

// cell gives a cell with the hash that its id has now.
func (m *ids) cell(old uint64, orders []order) uint64 {
	return uint64(m.hash(orders[uint32(old)].id))<<32 | old&(1<<32-1)
}

// set puts a cell into its place. If somebody would come to lie too far from home while ids are not spread, it gives the
// cell that has no place then; otherwise zero.
func (m *ids) set(cell uint64) (lost uint64) {
	i, far := uint32(cell>>32)&m.mask, uint32(0)
	for {
		there := m.cells[i]
		if there == 0 {
			m.cells[i] = cell
			return 0
		}
		if theirs := (i - uint32(there>>32)) & m.mask; theirs < far {
			m.cells[i], cell, far = cell, there, theirs
		}
		i, far = (i+1)&m.mask, far+1
		if far > farMax && !m.spread {
			return cell
		}
	}
}

// lay lays all cells anew, in a table of a size; the slab knows their ids.
func (m *ids) lay(size int, orders []order) {
	for old := m.cells; ; m.spread = true {
		m.cells = make([]uint64, size)
		m.mask = uint32(size - 1)
		crowded := false
		for _, cell := range old {
			if cell != 0 && m.set(m.cell(cell, orders)) != 0 {
				crowded = true
				break
			}
		}
		if !crowded {
			return
		}
	}
}

// drop forgets the id that lies in a slot. Those behind it move towards their homes.
func (m *ids) drop(id uint64, slot int32) {
	h := m.hash(id)
	cell := uint64(h)<<32 | uint64(uint32(slot))
	i := h & m.mask
	for m.cells[i] != cell {
		i = (i + 1) & m.mask
	}
	m.used--
	for {
		j := (i + 1) & m.mask
		next := m.cells[j]
		if next == 0 || uint32(next>>32)&m.mask == j {
			break
		}
		m.cells[i] = next
		i = j
	}
	m.cells[i] = 0
}
