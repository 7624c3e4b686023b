package hold_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"sauda/core/hold"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// shortOf gives the subjects of some places of which little or nothing is left, and holds the count to them.
func shortOf(t *testing.T, s *dbtest.Store, places ...string) (low, gone []string) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) error {
		for _, of := range []struct {
			gone  bool
			found *[]string
		}{{false, &low}, {true, &gone}} {
			for after := (hold.Pool{}); ; {
				page, err := hold.Short(tx, hold.Shortage{Places: places, Gone: of.gone, After: after, Limit: 2})
				if err != nil {
					return err
				}
				for _, p := range page {
					*of.found = append(*of.found, p.Key)
					after = p
				}
				if len(page) < 2 {
					break
				}
			}
		}
		nLow, nGone, err := hold.CountShort(tx, places)
		if int(nLow) != len(low) || int(nGone) != len(gone) {
			t.Errorf("counted %d and %d, listed %v and %v", nLow, nGone, low, gone)
		}
		return err
	})
	return low, gone
}

// TestWhatRunsOutIsKnown: a pool is low at its mark, gone at nothing, and neither when more comes in, is given back, or
// nobody wants to know any more.
func TestWhatRunsOutIsKnown(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		do := func(what func(tx *db.Tx) error) { t.Helper(); s.Moment(t, what) }
		resize := func(key, subject string, by int64) {
			t.Helper()
			do(func(tx *db.Tx) error { _, err := hold.Resize(tx, key, subject, by); return err })
		}
		is := func(step string, low, gone []string, places ...string) {
			t.Helper()
			gotLow, gotGone := shortOf(t, s, places...)
			if !slices.Equal(gotLow, low) || !slices.Equal(gotGone, gone) {
				t.Errorf("%s: low %v and gone %v, want %v and %v", step, gotLow, gotGone, low, gone)
			}
		}
		for i, subject := range []string{"cup", "jug", "pan"} {
			resize("a:"+subject, subject, int64(5+i))
			resize("b:"+subject, subject, 9)
		}
		resize("seat", "row", 1) // Its key does not end in its subject: it lies in no place.
		do(func(tx *db.Tx) error {
			return hold.Take(tx, "ann", []hold.Want{{Key: "seat", Quantity: 1}}, tx.Now().Add(time.Hour))
		})
		is("no marks", nil, nil, "a:", "b:")
		resize("c:cup", "cup", 0)
		is("opened with nothing, and not watched", nil, nil, "c:")
		do(func(tx *db.Tx) error {
			return hold.WatchMany(tx, []hold.Mark{{"a:cup", "cup", 5}, {"a:jug", "jug", 3}, {"b:pan", "pan", 9}, {"a:mug", "mug", 2}})
		})
		is("marks", []string{"a:cup", "b:pan"}, []string{"a:mug"}, "a:", "b:")
		is("marks, seen by who has one place", []string{"b:pan"}, nil, "b:")
		is("marks, seen by who has none", nil, nil)
		do(func(tx *db.Tx) error {
			return hold.Take(tx, "bob", []hold.Want{{Key: "a:cup", Quantity: 5}, {Key: "a:jug", Quantity: 3}, {Key: "b:jug", Quantity: 9}}, tx.Now().Add(time.Hour))
		})
		is("taken", []string{"a:jug"}, []string{"a:cup", "a:mug"}, "a:")
		is("taken elsewhere", []string{"b:pan"}, []string{"b:jug"}, "b:")
		do(func(tx *db.Tx) error { return hold.Release(tx, "bob") })
		is("given back", []string{"a:cup", "b:pan"}, []string{"a:mug"}, "a:", "b:")
		resize("a:cup", "cup", 1)
		do(func(tx *db.Tx) error { return hold.Watch(tx, "b:pan", "pan", 0) })
		do(func(tx *db.Tx) error { return hold.Rest(tx, []string{"a:", "b:"}, []string{"mug"}) })
		is("more came in, and nobody wants to know", nil, nil, "a:", "b:")
		do(func(tx *db.Tx) error { return hold.Recount(tx, []string{"a:", "b:"}, []string{"mug", "pan", "none"}) })
		is("wanted again", nil, []string{"a:mug"}, "a:", "b:")
		s.Look(t, func(tx *db.Tx) error {
			all, err := hold.Shorts(tx, "", 10)
			if len(all) != 1 || all[0].Key != "a:mug" {
				t.Errorf("short are %+v", all)
			}
			return err
		})
		do(func(tx *db.Tx) error { return hold.Rest(tx, []string{"a:"}, []string{"mug"}) })
		do(func(tx *db.Tx) error {
			_, err := hold.SetMany(tx, []hold.Level{{Key: "a:cup", Subject: "cup"}, {Key: "a:pan", Subject: "pan", Capacity: 1}})
			return err
		})
		is("counted", nil, []string{"a:cup"}, "a:", "b:")
	})
}

// TestManyMarks: more marks than fit into one statement, none of them when one is wrong.
func TestManyMarks(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		marks := make([]hold.Mark, 230)
		for i := range marks {
			subject := fmt.Sprintf("v%03d", i)
			marks[i] = hold.Mark{Key: "a:" + subject, Subject: subject, Mark: 1}
		}
		s.Moment(t, func(tx *db.Tx) error { return hold.WatchMany(tx, marks) })
		if _, gone := shortOf(t, s, "a:"); len(gone) != len(marks) {
			t.Errorf("%d are gone, want %d", len(gone), len(marks))
		}
		marks[7].Mark, marks[8].Mark = 0, -1
		if err := s.Try(func(tx *db.Tx) error { return hold.WatchMany(tx, marks) }); err == nil {
			t.Error("a mark below nothing is taken")
		}
	})
}
