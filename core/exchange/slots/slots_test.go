package slots

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestTables: what was put is found by its key, whatever the pattern of the keys, and what was dropped is not; Index and Table
// agree with a map.
func TestTables(t *testing.T) {
	for _, stride := range []uint64{1, 2, 4, 64, 1000, 1 << 20, 1 << 32, 1<<32 + 1, golden} {
		const keys = 3000
		x, table, known := NewIndex(0), NewTable(0), map[uint64]int32{}
		names := make([]uint64, keys+1)
		find := func(key uint64) int32 {
			for slot, at := table.First(Hash(key)); slot != 0; slot, at = table.Next(Hash(key), at) {
				if names[slot] == key {
					return slot
				}
			}
			return 0
		}
		for n := range uint64(keys) {
			key, slot := n*stride, int32(n+1)
			names[slot] = key
			x.Put(key, slot)
			table.Put(Hash(key), slot)
			known[key] = slot
			if n >= 100 && n%3 != 0 {
				gone := (n - 100) * stride
				table.Drop(Hash(gone), known[gone])
				delete(known, gone)
			}
		}
		for n := range uint64(keys) {
			if key := n * stride; find(key) != known[key] || x.Find(key) != int32(n+1) {
				t.Fatalf("stride %d: key %d is at %d and %d, wanted are %d and %d", stride, n, find(key), x.Find(key), known[key], n+1)
			}
		}
		if table.Len() != len(known) || x.Len() != keys || find(keys*stride) != 0 || x.Find(keys*stride) != 0 {
			t.Errorf("stride %d: %d and %d are known, and one that was never put", stride, table.Len(), x.Len())
		}
	}
}

// TestCrowd: names with one hash are all found and dropped one by one.
func TestCrowd(t *testing.T) {
	table := NewTable(0)
	for slot := int32(1); slot <= 200; slot++ {
		table.Put(7, slot)
		table.Put(8, -slot)
	}
	for left := int32(200); left > 0; left-- {
		seen := map[int32]bool{}
		for slot, at := table.First(7); slot != 0; slot, at = table.Next(7, at) {
			seen[slot] = true
		}
		if len(seen) != int(left) {
			t.Fatalf("%d are found of %d", len(seen), left)
		}
		table.Drop(7, left)
	}
	if slot, _ := table.First(8); table.Len() != 200 || slot >= 0 {
		t.Errorf("%d are left, the first is %d", table.Len(), slot)
	}
}

// TestSlab: a slot that is taken is nobody else's until it is given back, and things stay where they are.
func TestSlab(t *testing.T) {
	var s Slab[int]
	dice := rand.New(rand.NewPCG(1, 1))
	lies := map[int32]*int{}
	for n := range 20_000 {
		if dice.IntN(3) > 0 {
			slot := s.Take()
			if slot == 0 || lies[slot] != nil {
				t.Fatalf("slot %d is given twice", slot)
			}
			*s.At(slot), lies[slot] = n, s.At(slot)
			continue
		}
		for slot := range lies {
			s.Give(slot)
			delete(lies, slot)
			break
		}
	}
	for slot, at := range lies {
		if s.At(slot) != at {
			t.Fatalf("slot %d has moved", slot)
		}
	}
	if s.Len() != len(lies) {
		t.Errorf("%d slots are taken of %d", s.Len(), len(lies))
	}
}

// TestSort: it sorts as the library does, and keeps equal keys in their order.
func TestSort(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for _, most := range []uint64{1, 2, 1 << 11, 1 << 40, 1<<64 - 1} {
		for _, length := range []int{0, 1, 2, 1000} {
			all := make([]Keyed, length)
			for n := range all {
				all[n] = Keyed{dice.Uint64N(most), int32(n)}
			}
			want := slices.Clone(all)
			slices.SortStableFunc(want, func(a, b Keyed) int { return cmp.Compare(a.Key, b.Key) })
			if have := Sort(all, nil); !slices.Equal(have, want) {
				t.Errorf("%d keys below %d are not in order", length, most)
			}
			if have := Sort(want, nil); !slices.IsSortedFunc(have, func(a, b Keyed) int { return cmp.Compare(a.Key, b.Key) }) {
				t.Errorf("%d keys in order below %d are not in order any more", length, most)
			}
		}
	}
}
