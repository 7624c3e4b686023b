package saga_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/saga"
)

func TestToldTwiceActsOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		w := newWorld()
		tell := teller(s, checkout(w, nil))
		for range 3 {
			state, outcome, err := saga.Tell(t.Context(), tell, buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"})
			if err != nil || outcome != saga.Done || !state.Placed || len(state.Refs) != 2 {
				t.Fatalf("got %v %v %+v", outcome, err, state)
			}
		}
		if len(w.acts) != 2 || w.standing() != 2 {
			t.Errorf("the world was asked %v", w.acts)
		}
		if got := marks(t, s, "a"); !slices.Equal(got, all) {
			t.Errorf("marks are %v", got)
		}
		list := stories(t, s)
		if len(list) != 1 || list[0].State != "done" || !list[0].Due.IsZero() || strings.Join(list[0].Trail, " ") != "quote hold authorize book confirm place" {
			t.Errorf("stories are %+v", list)
		}
	})
}

func TestCheapWhenAllGoesWell(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		none := func(*db.Tx, *purchase) error { return nil }
		call := func(context.Context, string, *purchase) error { return nil }
		tell := teller(s, saga.Story[purchase]{Name: "checkout", Steps: []saga.Step[purchase]{
			{Name: "quote", Do: none}, {Name: "hold", Do: none}, {Name: "authorize", Call: call}, {Name: "place", Do: none},
		}})
		moments := s.Counts().Moments.Load()
		n := s.Statements(func() {
			if _, outcome, err := saga.Tell(t.Context(), tell, buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{}); err != nil || outcome != saga.Done {
				t.Fatal(outcome, err)
			}
		})
		if moments = s.Counts().Moments.Load() - moments; n > 3 || moments != 2 {
			t.Errorf("a purchase took %d statements in %d moments", n, moments)
		}
	})
}

// TestACallIsMadeOnlyWhenThereIsSomethingToAsk: otherwise it costs no moment, whatever stands before and after it.
func TestACallIsMadeOnlyWhenThereIsSomethingToAsk(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		asked := 0
		call := func(context.Context, string, *purchase) error { asked++; return nil }
		when := func(p *purchase) bool { return p.Placed }
		tell := teller(s, saga.Story[purchase]{Name: "checkout", Steps: []saga.Step[purchase]{
			{Name: "quote", Do: mark("quote")}, {Name: "ask", When: when, Call: call}, {Name: "place", Do: mark("place")},
			{Name: "thank", When: when, Call: call},
		}})
		for key, begin := range map[string]purchase{"crt_1": {Name: "a"}, "crt_2": {Name: "b", Placed: true}} {
			moments, want := s.Counts().Moments.Load(), 0
			if begin.Placed {
				want = 2
			}
			asked = 0
			if _, outcome, err := saga.Tell(t.Context(), tell, buyer, saga.Name{Story: "checkout", Key: key}, begin); err != nil || outcome != saga.Done {
				t.Fatal(outcome, err)
			}
			if moments = s.Counts().Moments.Load() - moments; asked != want || moments != int64(want)+1 {
				t.Errorf("%s: asked %d times in %d moments", key, asked, moments)
			}
			if got := marks(t, s, begin.Name); !slices.Equal(got, []string{"place", "quote"}) {
				t.Errorf("%s: marks are %v", key, got)
			}
		}
	})
}

// TestNobodyWaitsForWhatMayComeLater: the caller has his answer at once, and the clock makes the Call again.
func TestNobodyWaitsForWhatMayComeLater(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		asked := 0
		tell := teller(s, saga.Story[purchase]{Name: "checkout", Steps: []saga.Step[purchase]{
			{Name: "place", Do: mark("place")},
			{Name: "ask", Call: func(context.Context, string, *purchase) error {
				if asked++; asked < 3 {
					return errors.Join(saga.ErrLater, errDeclined) // Whatever else it is, it is asked again.
				}
				return nil
			}},
		}}, saga.Patience(time.Minute))
		_, outcome, err := saga.Tell(t.Context(), tell, buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"})
		if err != nil || outcome != saga.Running || asked != 1 {
			t.Fatal(outcome, err, asked)
		}
		for range 2 {
			s.Clock.Advance(time.Minute)
			if err := tell.Resume(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if list := stories(t, s); asked != 3 || list[0].State != "done" {
			t.Errorf("asked %d times: %+v", asked, list)
		}
	})
}

func TestRefusedInTheFirstMomentLeavesNoTrace(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		story := checkout(newWorld(), nil)
		story.Steps[1].Do = func(*db.Tx, *purchase) error { return errSoldOut.With("left", 0) }
		_, outcome, err := saga.Tell(t.Context(), teller(s, story), buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"})
		if !errors.Is(err, errSoldOut) || outcome != saga.Failed || fault.ParamsOf(err)["left"] != int64(0) {
			t.Errorf("got %v %v", outcome, err)
		}
		if got := marks(t, s, "a"); len(got)+len(stories(t, s)) != 0 {
			t.Errorf("left behind: %v", got)
		}
	})
}

func TestRefusedLaterIsTakenBack(t *testing.T) {
	for _, c := range []struct {
		name  string
		world []error // answers of the bank
		place error
		want  *fault.Fault
		void  int
	}{
		{"the first call", []error{errDeclined}, nil, errDeclined, 0},
		{"the second call", []error{nil, errDeclined.With("reason", "limit")}, nil, errDeclined, 1},
		{"the last step", nil, errSoldOut.About("place"), errSoldOut, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
				w := newWorld()
				w.before = c.world
				_, outcome, err := saga.Tell(t.Context(), teller(s, checkout(w, c.place)), buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"})
				if !errors.Is(err, c.want) || outcome != saga.Failed {
					t.Fatalf("got %v %v", outcome, err)
				}
				if got := marks(t, s, "a"); len(got) != 0 || w.standing() != 0 || len(w.state) != c.void {
					t.Errorf("not taken back: %v %v", got, w.state)
				}
				// The key is free again.
				s.Clock.Advance(time.Second)
				_, outcome, err = saga.Tell(t.Context(), teller(s, checkout(w, nil)), buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"})
				if err != nil || outcome != saga.Done {
					t.Fatalf("the second time: %v %v", outcome, err)
				}
				if got := marks(t, s, "a"); !slices.Equal(got, all) || w.standing() != 2 {
					t.Errorf("the second time: %v %v", got, w.state)
				}
				if list := stories(t, s); len(list) != 2 || list[1].State != "failed" || !errors.Is(list[1].Reason, c.want) {
					t.Errorf("stories are %+v", list)
				}
			})
		})
	}
}

func TestUnknownIsAskedAgainWithTheSameKey(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		w := newWorld()
		w.lost = 2
		tell := teller(s, checkout(w, nil))
		_, outcome, err := saga.Tell(t.Context(), tell, buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"})
		if err != nil || outcome != saga.Running {
			t.Fatalf("got %v %v", outcome, err)
		}
		if list := stories(t, s); list[0].Tries != 1 || list[0].Step != "authorize" || list[0].Trouble == "" {
			t.Errorf("the office sees %+v", list[0])
		}
		for range 4 {
			s.Clock.Advance(time.Minute)
			if err := tell.Resume(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if list := stories(t, s); list[0].State != "done" || w.standing() != 2 || len(w.acts) != 2 {
			t.Errorf("got %+v, world %v", list[0], w.acts)
		}
	})
}

func TestTroubleIsTriedAgainWhileSomebodyWaits(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		w := newWorld()
		w.before = []error{errNetwork, fault.ErrInternal.About("twice")}
		_, outcome, err := saga.Tell(t.Context(), teller(s, checkout(w, nil), saga.Patience(time.Minute)), buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"})
		if err != nil || outcome != saga.Done || w.standing() != 2 || len(w.acts) != 2 {
			t.Errorf("got %v %v %v", outcome, err, w.acts)
		}
	})
}

func TestWaitsUntilToldAgain(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		w := newWorld()
		w.before = []error{saga.ErrWait, saga.ErrWait}
		tell := teller(s, checkout(w, nil))
		for n, want := range []saga.Outcome{saga.Waiting, saga.Waiting, saga.Done, saga.Done} {
			_, outcome, err := saga.Tell(t.Context(), tell, db.System, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"})
			if err != nil || outcome != want {
				t.Fatalf("told %d times: %v %v", n+1, outcome, err)
			}
		}
		if got := marks(t, s, "a"); !slices.Equal(got, all) || len(w.acts) != 2 {
			t.Errorf("marks %v, world %v", got, w.acts)
		}
	})
}

func TestTheClockLooksAfterAWaitingStory(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		w := newWorld()
		w.before = []error{saga.ErrWait, saga.ErrWait, saga.ErrWait}
		tell := teller(s, checkout(w, nil))
		if _, outcome, err := saga.Tell(t.Context(), tell, buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"}); err != nil || outcome != saga.Waiting {
			t.Fatal(outcome, err)
		}
		for range 3 {
			s.Clock.Advance(10 * time.Minute)
			if err := tell.Resume(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if list := stories(t, s); list[0].State != "done" {
			t.Errorf("got %+v", list[0])
		}
		var who string
		s.Look(t, func(tx *db.Tx) error {
			return tx.QueryRowContext(tx.Context(), `SELECT who FROM mark WHERE step = 'place'`).Scan(&who)
		})
		if who != buyer.ID {
			t.Errorf("the clock told the story as %s", who)
		}
	})
}

func TestTooLateIsTakenBackWithTheStepThatWaited(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		w := newWorld()
		story := checkout(w, nil)
		story.Patience = 15 * time.Minute
		story.Steps[2].Call = func(_ context.Context, key string, _ *purchase) error {
			_ = w.act(key) // The challenge is there, and nobody answers it.
			return saga.ErrWait
		}
		tell := teller(s, story)
		if _, outcome, err := saga.Tell(t.Context(), tell, buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"}); err != nil || outcome != saga.Waiting {
			t.Fatal(outcome, err)
		}
		s.Clock.Advance(15 * time.Minute)
		if err := tell.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		list := stories(t, s)
		if list[0].State != "failed" || !errors.Is(list[0].Reason, saga.ErrTooLate) {
			t.Errorf("got %+v", list[0])
		}
		if got := marks(t, s, "a"); len(got) != 0 || w.standing() != 0 || len(w.state) != 1 {
			t.Errorf("not taken back: %v %v", got, w.state)
		}
	})
}

func TestADoMayWait(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		story := checkout(newWorld(), nil)
		waits := true
		story.Steps[1].Do = func(tx *db.Tx, p *purchase) error {
			if waits {
				return saga.ErrWait
			}
			return mark("hold")(tx, p)
		}
		tell := teller(s, story)
		_, outcome, err := saga.Tell(t.Context(), tell, buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"})
		if got := marks(t, s, "a"); err != nil || outcome != saga.Waiting || !slices.Equal(got, []string{"quote"}) {
			t.Fatal(outcome, err, got)
		}
		waits = false
		if _, outcome, err := saga.Tell(t.Context(), tell, buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"}); err != nil || outcome != saga.Done {
			t.Fatal(outcome, err)
		}
		if got := marks(t, s, "a"); !slices.Equal(got, all) {
			t.Errorf("marks %v", got)
		}
	})
}

func TestNewerCodeWithoutTheStepIsStuck(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		w := newWorld()
		w.before = []error{saga.ErrWait}
		if _, outcome, err := saga.Tell(t.Context(), teller(s, checkout(w, nil)), buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"}); err != nil || outcome != saga.Waiting {
			t.Fatal(outcome, err)
		}
		newer := checkout(w, nil)
		newer.Steps[2].Name = "pay"
		if _, outcome, err := saga.Tell(t.Context(), teller(s, newer), buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"}); err != nil || outcome != saga.Running {
			t.Fatal(outcome, err)
		}
		list := stories(t, s)
		if !list[0].Stuck || list[0].Trouble != "this program knows no step authorize" {
			t.Fatalf("the office sees %+v", list[0])
		}
		s.Moment(t, func(tx *db.Tx) error { return saga.Again(tx, list[0].ID) })
		if err := teller(s, checkout(w, nil)).Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		if list := stories(t, s); list[0].State != "done" {
			t.Errorf("got %+v", list[0])
		}
		if err := s.Try(func(tx *db.Tx) error { return saga.Again(tx, list[0].ID) }); !errors.Is(err, saga.ErrResting) {
			t.Errorf("again after its end: %v", err)
		}
		if err := s.Try(func(tx *db.Tx) error { return saga.Again(tx, "sty_none") }); !errors.Is(err, saga.ErrNone) {
			t.Errorf("again of none: %v", err)
		}
	})
}

func TestPanicsAreTroubles(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		w := newWorld()
		story := checkout(w, nil)
		panics := true
		story.Steps[5].Do = func(tx *db.Tx, p *purchase) error {
			if panics {
				panic("a bug")
			}
			return mark("place")(tx, p)
		}
		tell := teller(s, story)
		if _, outcome, err := saga.Tell(t.Context(), tell, buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"}); err != nil || outcome != saga.Running {
			t.Fatal(outcome, err)
		}
		panics = false
		s.Clock.Advance(time.Hour)
		if err := tell.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := marks(t, s, "a"); !slices.Equal(got, all) || w.standing() != 2 {
			t.Errorf("marks %v", got)
		}
	})
}

func TestForgottenStoriesFreeTheirKey(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		tell := teller(s, checkout(newWorld(), nil))
		if _, outcome, err := saga.Tell(t.Context(), tell, buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"}); err != nil || outcome != saga.Done {
			t.Fatal(outcome, err)
		}
		for _, c := range []struct {
			after time.Duration
			want  int64
		}{{0, 0}, {time.Hour, 1}} {
			s.Clock.Advance(c.after)
			s.Moment(t, func(tx *db.Tx) error {
				n, err := saga.Forget(tx, tx.Now())
				if n != c.want {
					t.Errorf("%s later %d were forgotten", c.after, n)
				}
				return err
			})
		}
	})
}

func TestWrongStoriesPanic(t *testing.T) {
	do := func(*db.Tx, *purchase) error { return nil }
	call := func(context.Context, string, *purchase) error { return nil }
	for name, steps := range map[string][]saga.Step[purchase]{
		"no steps":            {},
		"neither":             {{Name: "a"}},
		"both":                {{Name: "a", Do: do, Call: call}},
		"twice":               {{Name: "a", Do: do}, {Name: "a", Call: call}},
		"a space":             {{Name: "a b", Do: do}},
		"undo of a call":      {{Name: "a", Call: call, Undo: do}},
		"recall of a do":      {{Name: "a", Do: do, Recall: call}},
		"a step without name": {{Do: do}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it was learned")
				}
			}()
			saga.Learn(saga.NewTeller(nil, nil), saga.Story[purchase]{Name: "x", Steps: steps})
		})
	}
}
