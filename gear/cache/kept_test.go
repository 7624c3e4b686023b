package cache_test

import (
	"errors"
	"testing"

	"sauda/gear/cache"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// TestKept: a value is read once, anew after it was forgotten, and one that a moment has read which began before that is used
// by this moment only.
func TestKept(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, s *dbtest.Store) {
		var k cache.Kept[int]
		stands, reads := 1, 0
		load := func(tx *db.Tx, sees int) {
			t.Helper()
			v, err := k.Load(tx, func(*db.Tx) (*int, error) { reads++; return &sees, nil })
			if err != nil || *v != sees {
				t.Errorf("it is %d, want %d: %v", *v, sees, err)
			}
		}
		look := func(want int) {
			t.Helper()
			s.Look(t, func(tx *db.Tx) error { load(tx, stands); return nil })
			if reads != want {
				t.Errorf("it was read %d times, want %d", reads, want)
			}
		}
		look(1)
		look(1)
		s.Look(t, func(old *db.Tx) error { // It begins before the change, and asks for the value after it.
			before := stands
			stands = 2
			k.Forget()
			load(old, before)
			return nil
		})
		look(3)
		look(3)
		s.Look(t, func(old *db.Tx) error {
			load(old, 2)
			k.Forget() // Of a change that this moment did not see.
			load(old, 2)
			return nil
		})
		stands = 3
		look(5)
		look(5)
		k.Forget()
		no := errors.New("no")
		s.Look(t, func(tx *db.Tx) error {
			if _, err := k.Load(tx, func(*db.Tx) (*int, error) { return nil, no }); !errors.Is(err, no) {
				t.Errorf("a read that failed: %v", err)
			}
			return nil
		})
		look(6)
	})
}
