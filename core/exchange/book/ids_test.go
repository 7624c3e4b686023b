package book

import (
	"math/rand/v2"
	"testing"
)

// TestIDs: whatever ids are like, each is found as long as it is there and not afterwards, and none lies far from home.
func TestIDs(t *testing.T) {
	for name, step := range map[string]func(i, random uint64) uint64{
		"one after the other":       func(i, _ uint64) uint64 { return i + 1 },
		"any":                       func(_, random uint64) uint64 { return random },
		"multiples of a thousand":   func(i, _ uint64) uint64 { return (i + 1) << 10 },
		"a number above four bytes": func(i, _ uint64) uint64 { return (i + 1) << 32 },
		"few in many":               func(i, _ uint64) uint64 { return (i+1)*7919 + i%3<<40 },
	} {
		t.Run(name, func(t *testing.T) {
			dice := rand.New(rand.NewPCG(5, 5))
			m, orders, free := newIDs(1), []order{{}}, []int32{}
			where := make(map[uint64]int32)
			var live []uint64
			for i := range uint64(60_000) {
				if len(live) > 0 && (dice.IntN(100) < 40 || i > 50_000) {
					k := dice.IntN(len(live))
					id := live[k]
					live[k] = live[len(live)-1]
					live = live[:len(live)-1]
					m.drop(id, where[id])
					free = append(free, where[id])
					delete(where, id)
					if m.find(id, orders) != 0 {
						t.Fatalf("%d is found after it has gone", id)
					}
					continue
				}
				id := step(i, 1+dice.Uint64N(1<<40))
				if m.find(id, orders) != 0 {
					continue
				}
				slot := int32(len(orders))
				if n := len(free); n > 0 {
					slot, free = free[n-1], free[:n-1]
				} else {
					orders = append(orders, order{})
				}
				orders[slot].id = id
				m.put(id, slot, orders)
				where[id] = slot
				live = append(live, id)
				if i%500 == 0 {
					for id, slot := range where {
						if m.find(id, orders) != slot {
							t.Fatalf("%d is not found in %d", id, slot)
						}
					}
				}
			}
			for i, cell := range m.cells {
				if cell != 0 && (uint32(i)-uint32(cell>>32))&m.mask > farMax {
					t.Fatalf("a cell lies %d from home", (uint32(i)-uint32(cell>>32))&m.mask)
				}
			}
			if m.used != len(where) {
				t.Errorf("%d used for %d", m.used, len(where))
			}
		})
	}
}
