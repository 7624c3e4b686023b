package bus_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{bus.Schema, {Name: "note", Files: os.DirFS("testdata/note")}}

// moved and seen are facts; the Nth of an item.
type moved struct {
	Item string `json:"item"`
	N    int    `json:"n"`
	Who  string `json:"who,omitempty"`
}

func (moved) Fact() string  { return "item.moved" }
func (m moved) Key() string { return m.Item }

type seen struct{ Item string }

func (seen) Fact() string  { return "item.seen" }
func (s seen) Key() string { return s.Item }

var errOutOfOrder = errors.New("out of order")

// note writes that a reaction was done, and refuses to be out of order or done twice.
func note(reaction string) func(*db.Tx, moved) error {
	return func(tx *db.Tx, m moved) error {
		var last int
		err := tx.QueryRowContext(tx.Context(), `SELECT coalesce(max(n), 0) FROM note WHERE reaction = $1 AND key = $2`,
			reaction, m.Item).Scan(&last)
		if err != nil {
			return err
		}
		if last != m.N-1 {
			return fmt.Errorf("%w: %s %s: %d after %d", errOutOfOrder, reaction, m.Item, m.N, last)
		}
		_, err = tx.ExecContext(tx.Context(), `INSERT INTO note (reaction, key, n) VALUES ($1, $2, $3)`, reaction, m.Item, m.N)
		return err
	}
}

// notes counts what was done of a line.
func notes(t testing.TB, s *dbtest.Store, reaction, key string) (n int) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) error {
		return tx.QueryRowContext(tx.Context(), `SELECT count(*) FROM note WHERE reaction = $1 AND key = $2`, reaction, key).Scan(&n)
	})
	return n
}

func emit(t testing.TB, s *dbtest.Store, facts ...db.Fact) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error { return tx.Emit(facts...) })
}

func drain(t testing.TB, buses ...*bus.Bus) {
	t.Helper()
	var wait sync.WaitGroup
	for _, b := range buses {
		wait.Go(func() {
			if err := b.Drain(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

func parked(t testing.TB, s *dbtest.Store) (list []bus.Left) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) (err error) {
		list, err = bus.Parked(tx, bus.Page{Limit: 200})
		return err
	})
	return list
}

func TestReactionsFollowInOrder(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		b := bus.New(s.Store, bus.Options{Reactions: []bus.Reaction{
			bus.On("moved: one is noted", note("one")),
			bus.On("moved: two is noted", note("two")),
			bus.On("seen: it moves", func(tx *db.Tx, e seen) error { return tx.Emit(moved{Item: e.Item, N: 1}) }),
		}})
		emit(t, s, moved{"a", 1, ""}, moved{"b", 1, ""}, moved{"a", 2, ""}, seen{"c"})
		for n := range 40 {
			emit(t, s, moved{"a", n + 3, ""})
		}
		drain(t, b)
		for key, want := range map[string]int{"a": 42, "b": 1, "c": 1} {
			for _, reaction := range []string{"one", "two"} {
				if got := notes(t, s, reaction, key); got != want {
					t.Errorf("%s of %s: %d of %d", reaction, key, got, want)
				}
			}
		}
		if c := b.Counts(); c.Facts.Load() != 45 || c.Done.Load() != 89 || c.Failed.Load() != 0 {
			t.Errorf("counts: %d facts, %d done, %d failed", c.Facts.Load(), c.Done.Load(), c.Failed.Load())
		}
	})
}

func TestAFactOfARefusedMomentIsNone(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		followed := 0
		b := bus.New(s.Store, bus.Options{
			Reactions: []bus.Reaction{bus.On("one", note("one"))},
			Followers: []bus.Follower{bus.Follow("f", func(moved) { followed++ })},
		})
		err := s.Try(func(tx *db.Tx) error {
			_ = tx.Emit(moved{"a", 1, ""})
			return errOutOfOrder
		})
		drain(t, b)
		if !errors.Is(err, errOutOfOrder) || followed != 0 || notes(t, s, "one", "a") != 0 || len(history(t, s, bus.Filter{})) != 0 {
			t.Errorf("something followed: %v", err)
		}
	})
}

func TestCheap(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		b := bus.New(s.Store, bus.Options{Reactions: []bus.Reaction{bus.On("one", func(*db.Tx, moved) error { return nil })}})
		const facts = 64
		n := s.Statements(func() {
			for i := range facts {
				emit(t, s, moved{fmt.Sprint(i), 1, ""})
			}
		})
		if n > 2*facts {
			t.Errorf("stating %d facts took %d statements", facts, n)
		}
		if n = s.Statements(func() { drain(t, b) }); n > facts/4 {
			t.Errorf("reacting to %d facts took %d statements", facts, n)
		}
		if n = s.Statements(func() { emit(t, s, seen{"a"}, seen{"b"}) }); n > 1 {
			t.Errorf("two facts with no reaction took %d statements", n)
		}
	})
}

// TestNothingFollowsFromSome states facts from which a reaction says that nothing follows: they cost no delivery. One whose
// delivery was written before the reaction said so is done all the same.
func TestNothingFollowsFromSome(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		all := func(*db.Tx, moved) error { return nil }
		bus.New(s.Store, bus.Options{Reactions: []bus.Reaction{bus.On("one", all)}})
		emit(t, s, moved{"a", 1, ""})
		done := []int{}
		b := bus.New(s.Store, bus.Options{Reactions: []bus.Reaction{
			bus.When("one", func(m moved) bool { return m.N == 3 }, func(_ *db.Tx, m moved) error { done = append(done, m.N); return nil }),
		}})
		emit(t, s, moved{"a", 2, ""}, moved{"a", 3, ""}, moved{"b", 4, ""})
		drain(t, b)
		if !slices.Equal(done, []int{1, 3}) || b.Counts().Done.Load() != 2 {
			t.Errorf("done: %v", done)
		}
	})
}

func TestAParkedReactionStopsItsKeyAndIsVisible(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		var broken atomic.Bool
		broken.Store(true)
		b := bus.New(s.Store, bus.Options{Reactions: []bus.Reaction{
			bus.On("one", func(tx *db.Tx, m moved) error {
				if m.Item == "a" && m.N == 2 && broken.Load() {
					panic("a bug")
				}
				return note("one")(tx, m)
			}),
			bus.On("two", note("two")),
		}})
		emit(t, s, moved{"a", 1, ""}, moved{"a", 2, ""}, moved{"a", 3, ""}, moved{"b", 1, ""})
		for range 12 {
			drain(t, b)
			s.Clock.Advance(20 * time.Minute)
		}
		emit(t, s, moved{"a", 4, ""})
		drain(t, b)
		list := parked(t, s)
		if len(list) != 1 || list[0].Tries != 10 || list[0].Behind != 2 || list[0].Key != "a" || !strings.Contains(list[0].Error, "a bug") {
			t.Fatalf("parked: %+v", list)
		}
		if notes(t, s, "one", "a") != 1 || notes(t, s, "two", "a") != 4 || notes(t, s, "one", "b") != 1 {
			t.Error("the wrong ones were stopped")
		}
		var waiting []bus.Backlog
		s.Look(t, func(tx *db.Tx) (err error) { waiting, err = bus.Waiting(tx); return err })
		if len(waiting) != 1 || waiting[0].Waiting != 3 || waiting[0].Parked != 1 || !waiting[0].Oldest.Equal(dbtest.Noon) {
			t.Errorf("waiting: %+v", waiting)
		}
		broken.Store(false)
		s.Moment(t, func(tx *db.Tx) error { return bus.Retry(tx, list[0].ID) })
		drain(t, b)
		if notes(t, s, "one", "a") != 4 || len(parked(t, s)) != 0 || b.Counts().Parked.Load() != 1 {
			t.Error("the retry did not help")
		}
		for _, do := range []func(*db.Tx, string) error{bus.Retry, bus.Dismiss} {
			if err := s.Try(func(tx *db.Tx) error { return do(tx, list[0].ID) }); !errors.Is(err, bus.ErrNone) {
				t.Errorf("of one that is done: %v", err)
			}
		}
	})
}

func TestADismissedReactionLetsItsKeyGoOn(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		var done []int
		b := bus.New(s.Store, bus.Options{Reactions: []bus.Reaction{
			bus.On("one", func(_ *db.Tx, m moved) error {
				if m.N == 1 {
					return errOutOfOrder
				}
				done = append(done, m.N)
				return nil
			}),
		}})
		emit(t, s, moved{"a", 1, ""}, moved{"a", 2, ""})
		for range 10 {
			drain(t, b)
			s.Clock.Advance(20 * time.Minute)
		}
		if len(done) != 0 {
			t.Fatalf("done before its time: %v", done)
		}
		s.Moment(t, func(tx *db.Tx) error { return bus.Dismiss(tx, parked(t, s)[0].ID) })
		drain(t, b)
		if !slices.Equal(done, []int{2}) {
			t.Errorf("done: %v", done)
		}
	})
}

func TestADeliveryOfAnotherProgramIsLeft(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		bus.New(s.Store, bus.Options{Reactions: []bus.Reaction{bus.On("one", note("one"))}})
		emit(t, s, moved{"a", 1, ""})
		other := bus.New(s.Store, bus.Options{Reactions: []bus.Reaction{bus.On("two", note("two"))}})
		emit(t, s, moved{"a", 1, ""})
		drain(t, other)
		drain(t, bus.New(s.Store, bus.Options{Reactions: []bus.Reaction{bus.On("one", note("one"))}}))
		if notes(t, s, "one", "a") != 1 || notes(t, s, "two", "a") != 1 {
			t.Error("a reaction was lost")
		}
	})
}

// TestAnyHistory states facts in any order while reactions fail in any way, at two processes on PostgreSQL. Each line is
// done in order, without a gap, up to the first that is parked; after Retry all are done.
func TestAnyHistory(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		failing := &fails{left: make(map[string]int)}
		reactions := []bus.Reaction{bus.On("one", failing.often("one")), bus.On("two", failing.often("two"))}
		buses := []*bus.Bus{bus.New(s.Store, bus.Options{Reactions: reactions})}
		if s.Engine() == db.Postgres {
			buses = append(buses, bus.New(second(t, s), bus.Options{Reactions: reactions}))
		}
		run := 0
		rapid.Check(t, func(r *rapid.T) {
			run++
			failing.clear()
			stated := make(map[string]int)
			r.Repeat(map[string]func(*rapid.T){
				"state": func(r *rapid.T) {
					key := fmt.Sprint(run, "-", rapid.IntRange(1, 3).Draw(r, "key"))
					var facts []db.Fact
					for range rapid.IntRange(1, 4).Draw(r, "facts") {
						stated[key]++
						facts = append(facts, moved{key, stated[key], ""})
						reaction := rapid.SampledFrom([]string{"one", "two", ""}).Draw(r, "failing")
						failing.set(reaction, key, stated[key], rapid.SampledFrom([]int{1, 2, 30}).Draw(r, "times"))
					}
					emit(t, s, facts...)
				},
				"drain": func(*rapid.T) { drain(t, buses...) },
				"later": func(*rapid.T) { s.Clock.Advance(20 * time.Minute) },
				"":      func(r *rapid.T) { inOrder(r, failing) },
			})
			for !settled(t, s) {
				drain(t, buses...)
				s.Clock.Advance(20 * time.Minute)
			}
			failing.clear()
			for len(parked(t, s)) > 0 {
				s.Moment(t, func(tx *db.Tx) error { return bus.Retry(tx, parked(t, s)[0].ID) })
				drain(t, buses...)
			}
			inOrder(r, failing)
			for key, want := range stated {
				if one, two := notes(t, s, "one", key), notes(t, s, "two", key); one != want || two != want {
					r.Fatalf("%s: %d and %d of %d are done", key, one, two, want)
				}
			}
		})
	})
}

// settled tells whether all that is left is parked, or behind what is parked.
func settled(t *testing.T, s *dbtest.Store) bool {
	t.Helper()
	var left int64
	s.Look(t, func(tx *db.Tx) error {
		waiting, err := bus.Waiting(tx)
		for _, w := range waiting {
			left += w.Waiting
		}
		return err
	})
	for _, p := range parked(t, s) {
		left -= 1 + p.Behind
	}
	return left == 0
}

// fails makes reactions fail a number of times.
type fails struct {
	mu    sync.Mutex
	left  map[string]int
	wrong []error
}

func (f *fails) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.left)
}

func (f *fails) set(reaction, key string, n, times int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left[fmt.Sprint(reaction, key, "#", n)] = times
}

func (f *fails) often(reaction string) func(*db.Tx, moved) error {
	return func(tx *db.Tx, m moved) error {
		err := note(reaction)(tx, m) // It fails after its work, which must not be kept then.
		f.mu.Lock()
		defer f.mu.Unlock()
		if errors.Is(err, errOutOfOrder) {
			f.wrong = append(f.wrong, err)
		}
		if id := fmt.Sprint(reaction, m.Item, "#", m.N); f.left[id] > 0 {
			f.left[id]--
			return errors.New("not today")
		}
		return err
	}
}

func inOrder(r *rapid.T, f *fails) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.wrong) > 0 {
		r.Fatal(f.wrong[0])
	}
}

// second opens the PostgreSQL of a store as another process would.
func second(t *testing.T, s *dbtest.Store) *db.Store {
	t.Helper()
	store, err := db.Open(t.Context(), db.Config{DSN: s.DSN, Readers: 8, Now: s.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func history(t testing.TB, s *dbtest.Store, f bus.Filter) (list []bus.Recorded) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) (err error) {
		list, err = bus.Facts(tx, f)
		return err
	})
	return list
}

func bodyOf(t *testing.T, r bus.Recorded) (m moved) {
	t.Helper()
	if err := json.Unmarshal(r.Body, &m); err != nil {
		t.Fatal(err)
	}
	return m
}
