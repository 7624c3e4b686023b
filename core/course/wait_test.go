package course_test

import (
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/core/course"
	"sauda/core/hold"
	"sauda/core/waitlist"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// TestAPlaceIsWaitedFor: who waits for two places of a full group is offered them when two come free, and enrols two students one
// after the other; each holds its place by itself until the offer is over, and gives it back when the order is not paid.
func TestAPlaceIsWaitedFor(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		_, g := school(t, s, course.Draft{}, 2)
		key := course.PlacesKey(g.ID)
		left := func() (n int64) {
			s.Look(t, func(tx *db.Tx) error {
				all, err := hold.Left(tx, []string{key})
				n = all[key]
				return err
			})
			return n
		}
		await := func(who db.Who, places int) (w waitlist.Wait, err error) {
			err = s.As(who).Try(func(tx *db.Tx) error { w, err = course.Await(tx, g.ID, places, "kk"); return err })
			return w, err
		}
		if _, err := await(buyer("ann"), 2); fault.Of(err) != waitlist.ErrFree {
			t.Fatalf("it is free: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error {
			if err := hold.Take(tx, "cart/x", []hold.Want{{Key: key, Quantity: 2}}, tx.Now().Add(time.Hour)); err != nil {
				return err
			}
			return hold.Confirm(tx, "cart/x")
		})
		if _, err := await(db.Who{Kind: db.KindGuest}, 1); fault.Of(err) != course.ErrBuyer {
			t.Errorf("a guest: %v", err)
		}
		if _, err := await(buyer("ann"), 2); err != nil {
			t.Fatal(err)
		}
		s.Moment(t, func(tx *db.Tx) error { return hold.Release(tx, "cart/x") })
		s.Moment(t, func(tx *db.Tx) error {
			n, err := waitlist.KindsOf(course.Waits{}).Serve(tx, string(g.ID))
			if n != 1 {
				t.Errorf("%d offers", n)
			}
			return err
		})
		apply := func(who db.Who, name string) (e course.Enrolment, err error) {
			err = s.As(who).Try(func(tx *db.Tx) error { e, err = course.Apply(tx, g.ID, adult(name)); return err })
			return e, err
		}
		if _, err := apply(buyer("bob"), "Bob"); fault.Of(err) != course.ErrFull {
			t.Errorf("a passer-by: %v", err)
		}
		one, err := apply(buyer("ann"), "Ann")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := apply(buyer("ann"), "Ann"); err != nil || again.ID != one.ID {
			t.Errorf("again: %v, %s", err, again.ID)
		}
		two, err := apply(buyer("ann"), "Eve")
		if err != nil || left() != 0 {
			t.Fatalf("%v, %d left", err, left())
		}
		if _, err := apply(buyer("ann"), "Zoe"); fault.Of(err) != course.ErrFull {
			t.Errorf("a third: %v", err)
		}
		s.As(buyer("ann")).Moment(t, func(tx *db.Tx) error {
			all, err := course.Choices(tx, []string{string(one.ID), string(two.ID)})
			if len(all) != 2 || len(all[string(one.ID)].Wants)+len(all[string(two.ID)].Wants) != 0 {
				t.Errorf("the basket asks for %+v", all)
			}
			if err != nil {
				return err
			}
			return course.Place(tx, course.Sold{Ref: string(one.ID), Order: "ord_1", Line: "1", Owner: "cart/ann"})
		})
		s.Clock.Advance(waitlist.OfferTime + waitlist.Grace)
		s.Moment(t, func(tx *db.Tx) error { _, err := hold.Expire(tx, 100); return err })
		if left() != 1 {
			t.Errorf("%d are left when one was not ordered", left())
		}
		s.As(buyer("ann")).Look(t, func(tx *db.Tx) error {
			all, err := course.Choices(tx, []string{string(two.ID)})
			if len(all[string(two.ID)].Wants) != 1 {
				t.Errorf("what is not held is asked for as any other: %+v", all)
			}
			return err
		})
		s.Moment(t, func(tx *db.Tx) error { return course.End(tx, string(one.ID)) })
		s.Moment(t, func(tx *db.Tx) error { return course.End(tx, string(one.ID)) })
		if left() != 2 {
			t.Errorf("%d are left when the order was given up", left())
		}
	})
}
