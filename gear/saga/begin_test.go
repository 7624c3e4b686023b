package saga_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/saga"
)

// TestBegunInAMoment: a story that a reaction begins is told after its commit, once, as who acted there.
func TestBegunInAMoment(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		w := newWorld()
		tell := teller(s, checkout(w, nil))
		begin := func(after error) error {
			return s.As(buyer).Try(func(tx *db.Tx) error {
				return errors.Join(saga.Begin(tx, tell, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"}), after)
			})
		}
		if err := begin(errSoldOut); !errors.Is(err, errSoldOut) || len(stories(t, s)) != 0 {
			t.Fatalf("a refused moment: %v", err)
		}
		for range 3 {
			if err := begin(nil); err != nil {
				t.Fatal(err)
			}
			// Whoever tells it meanwhile waits for the telling that has begun.
			state, outcome, err := saga.Tell(t.Context(), tell, db.System, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "b"})
			if err != nil || outcome != saga.Done || state.Name != "a" {
				t.Fatal(outcome, err, state)
			}
		}
		if got := marks(t, s, "a"); !slices.Equal(got, all) || len(w.acts) != 2 || len(stories(t, s)) != 1 {
			t.Errorf("marks %v, world %v", got, w.acts)
		}
		if err := s.Try(func(tx *db.Tx) error { return saga.Begin(tx, tell, saga.Name{Story: "none", Key: "crt_1"}, purchase{}) }); err == nil {
			t.Error("a story that nobody knows was begun")
		}
	})
}

// TestBegunAndCutOff: the process dies after the commit, before anybody tells the story; the next one finds it.
func TestBegunAndCutOff(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		w := newWorld()
		dead := teller(s, checkout(w, nil), saga.At(saga.KillAt(1)))
		s.Moment(t, func(tx *db.Tx) error {
			return saga.Begin(tx, dead, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"})
		})
		s.Clock.Advance(time.Minute)
		if err := teller(s, checkout(w, nil)).Resume(context.Background()); err != nil {
			t.Fatal(err)
		}
		if list := stories(t, s); list[0].State != "done" || w.standing() != 2 {
			t.Errorf("got %+v", list)
		}
	})
}
