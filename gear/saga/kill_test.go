package saga_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/saga"
)

// killed runs do and tells at which point it was killed, or "".
func killed(do func()) (point string) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case saga.Killed:
			point = p.Point
		default:
			panic(p)
		}
	}()
	do()
	return ""
}

// TestKilledEverywhere ends the process at each point of a story that ends well, and of one that is taken back, while
// answers of the world are lost too; the next process, itself killed once, must come to the same world.
func TestKilledEverywhere(t *testing.T) {
	for name, place := range map[string]error{"a story that ends well": nil, "a story that is taken back": errSoldOut} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
				for n := 1; ; n++ {
					point := kill(t, s, fmt.Sprint("crt_", n), n, place)
					if t.Failed() {
						t.Fatalf("killed %s", point)
					}
					if point == "" {
						if n < 12 {
							t.Errorf("only %d points", n)
						}
						return
					}
				}
			})
		})
	}
}

// kill tells one story and kills it at the nth point, and its successor at a point that depends on n.
func kill(t *testing.T, s *dbtest.Store, key string, n int, place error) (point string) {
	w := newWorld()
	w.lost = n % 3
	begin := purchase{Name: key}
	var outcome saga.Outcome
	tell := func(teller *saga.Teller) func() {
		return func() {
			_, outcome, _ = saga.Tell(t.Context(), teller, buyer, saga.Name{Story: "checkout", Key: key}, begin)
		}
	}
	resume := func(teller *saga.Teller) func() {
		return func() {
			for range 8 {
				s.Clock.Advance(time.Hour)
				if err := teller.Resume(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}
	}
	story := checkout(w, place)
	first := teller(s, story, saga.At(saga.KillAt(n)))
	point = killed(func() { tell(first)(); resume(first)() })
	killed(resume(teller(s, story, saga.At(saga.KillAt(1+n%5)))))
	last := teller(s, story)
	resume(last)()

	if place != nil {
		if got := marks(t, s, key); len(got) != 0 || w.standing() != 0 {
			t.Errorf("not taken back: %v %v", got, w.state)
		}
		return point
	}
	tell(last)() // A buyer whose story died before its first moment begins it now; for all others it is done.
	resume(last)()
	tell(last)()
	if got := marks(t, s, key); outcome != saga.Done || !slices.Equal(got, all) || w.standing() != 2 {
		t.Errorf("outcome %v, marks %v, world %v", outcome, got, w.state)
	}
	return point
}

// TestAnyHistory tells one story through any history of answers, deaths, waits and pauses: in the end everything is
// done once, or everything is taken back.
func TestAnyHistory(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		var run atomic.Int64
		rapid.Check(t, func(r *rapid.T) {
			key := fmt.Sprint("crt_", run.Add(1))
			w := newWorld()
			answers := map[string]error{
				"yes": nil, "wait": saga.ErrWait, "unknown": saga.ErrUnknown, "network": errNetwork, "no": errDeclined,
			}
			for _, a := range rapid.SliceOfN(rapid.SampledFrom([]string{"yes", "wait", "unknown", "network", "no"}), 0, 5).Draw(r, "answers") {
				w.before = append(w.before, answers[a])
			}
			w.lost = rapid.IntRange(0, 2).Draw(r, "lost")
			var place error
			if rapid.Bool().Draw(r, "sold out") {
				place = errSoldOut
			}
			story := checkout(w, place)
			story.Patience = time.Hour
			for _, n := range rapid.SliceOfN(rapid.IntRange(1, 30), 0, 4).Draw(r, "deaths") {
				one := teller(s, story, saga.At(saga.KillAt(n)))
				killed(func() {
					_, _, _ = saga.Tell(context.Background(), one, buyer, saga.Name{Story: "checkout", Key: key}, purchase{Name: key})
				})
				s.Clock.Advance(time.Minute)
				killed(func() { _ = one.Resume(context.Background()) })
				s.Clock.Advance(time.Minute)
			}
			last := teller(s, story)
			for range 14 {
				s.Clock.Advance(10 * time.Minute)
				if err := last.Resume(context.Background()); err != nil {
					r.Fatal(err)
				}
			}
			settled(t, r, s, key, w)
		})
	})
}

// settled checks that all of a story stands, or nothing.
func settled(t *testing.T, r *rapid.T, s *dbtest.Store, key string, w *world) {
	var list []saga.Seen
	s.Look(t, func(tx *db.Tx) (err error) {
		list, err = saga.List(tx, saga.Filter{Key: key})
		return err
	})
	done := 0
	for _, one := range list {
		switch one.State {
		case "done":
			done++
		case "failed":
		default:
			r.Fatalf("it has not ended: %+v", one)
		}
	}
	var want []string
	if done == 1 {
		want = all
	}
	if got := marks(t, s, key); done > 1 || !slices.Equal(got, want) || w.standing() != 2*done {
		r.Fatalf("%d done, marks %v, world %v", done, got, w.state)
	}
}

// TestManyTellersActOnce tells one story from many sides at once. On PostgreSQL these are two processes.
func TestManyTellersActOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		for _, place := range []error{nil, errSoldOut} {
			w := newWorld()
			tellers := []*saga.Teller{teller(s, checkout(w, place), saga.Patience(time.Minute))}
			if s.Engine() == db.Postgres {
				tellers = append(tellers, teller(s, checkout(w, place), saga.Patience(time.Minute)))
			}
			for n := range 5 {
				key := fmt.Sprint("crt_", n, place != nil)
				var wait sync.WaitGroup
				for i := range 8 {
					wait.Go(func() {
						_, outcome, err := saga.Tell(t.Context(), tellers[i%len(tellers)], buyer, saga.Name{Story: "checkout", Key: key}, purchase{Name: key})
						if (place == nil) != (outcome == saga.Done && err == nil) || (place != nil) != (outcome == saga.Failed && err != nil) {
							t.Errorf("got %v %v", outcome, err)
						}
					})
				}
				wait.Wait()
				want := all
				if place != nil {
					want = nil
				}
				if got := marks(t, s, key); !slices.Equal(got, want) {
					t.Errorf("marks %v", got)
				}
			}
			if place == nil && (w.standing() != 10 || len(w.acts) != 10) {
				t.Errorf("the world was asked %v", w.acts)
			}
			if place != nil && w.standing() != 0 {
				t.Errorf("not taken back: %v", w.state)
			}
		}
	})
}

// TestNobodyWaitsForever: the caller has its answer when its patience or its connection ends; the story goes on.
func TestNobodyWaitsForever(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		w := newWorld()
		story := checkout(w, nil)
		hangs := make(chan struct{})
		asked := make(chan struct{}, 9)
		charge := story.Steps[2].Call
		story.Steps[2].Call = func(ctx context.Context, key string, p *purchase) error {
			asked <- struct{}{}
			<-hangs
			return charge(ctx, key, p)
		}
		tell := teller(s, story, saga.Patience(50*time.Millisecond))
		if _, outcome, err := saga.Tell(t.Context(), tell, buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"}); err != nil || outcome != saga.Running {
			t.Fatal(outcome, err)
		}
		<-asked
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, outcome, err := saga.Tell(gone, tell, buyer, saga.Name{Story: "checkout", Key: "crt_1"}, purchase{Name: "a"}); outcome != saga.Running || err != nil && err != context.Canceled {
			t.Fatal(outcome, err)
		}
		close(hangs)
		stopped, stop := context.WithCancel(t.Context())
		stop()
		_ = tell.Run(stopped) // An orderly stop waits for the story.
		if list := stories(t, s); list[0].State != "done" || w.standing() != 2 {
			t.Errorf("got %+v", list)
		}
	})
}
