package slots

import "slices"

const (
	pageBits = 10
	pageSize = 1 << pageBits
)

// Slab is things in pages, which never move, so that it grows without copying what is there. What T is has no pointers, or
// nothing is won.
type Slab[T any] struct {
	pages []*[pageSize]T
	free  []int32 // free are slots that were given back.
	top   int32   // top is the highest slot that was ever given.
}

// At gives what lies in a slot that was taken. It stays where it is.
func (s *Slab[T]) At(slot int32) *T { return &s.pages[uint32(slot)>>pageBits][uint32(slot)%pageSize] }

// Take gives a slot, the one that was given back last if there is any. What lay in it before is still there.
func (s *Slab[T]) Take() int32 {
	if last := len(s.free) - 1; last >= 0 {
		slot := s.free[last]
		s.free = s.free[:last]
		return slot
	}
	s.top++
	if int(s.top)>>pageBits >= len(s.pages) {
		s.pages = append(s.pages, new([pageSize]T))
	}
	return s.top
}

// Give gives a slot back.
func (s *Slab[T]) Give(slot int32) { s.free = append(s.free, slot) }

// Top is the highest slot that was ever given.
func (s *Slab[T]) Top() int32 { return s.top }

// Len says how many slots are taken.
func (s *Slab[T]) Len() int { return int(s.top) - len(s.free) }

// Keyed is a slot and what it is sorted by.
type Keyed struct {
	Key  uint64
	Slot int32
}

// Sort sorts by the keys, in a time that grows as the number of slots does; those that are in order already cost one look. The
// other slice, of the same length at least, is used and left in disorder.
func Sort(all, other []Keyed) []Keyed {
	const digit = 11
	var most uint64
	sorted := true
	for n := range all {
		most |= all[n].Key
		sorted = sorted && (n == 0 || all[n-1].Key <= all[n].Key)
	}
	if sorted {
		return all
	}
	other = slices.Grow(other[:0], len(all))[:len(all)]
	for shift := 0; shift < 64 && most>>shift != 0; shift += digit {
		var counts [1 << digit]int
		for n := range all {
			counts[all[n].Key>>shift%(1<<digit)]++
		}
		sum := 0
		for n, count := range counts {
			counts[n] = sum
			sum += count
		}
		for n := range all {
			at := &counts[all[n].Key>>shift%(1<<digit)]
			other[*at] = all[n]
			*at++
		}
		all, other = other, all
	}
	return all
}
