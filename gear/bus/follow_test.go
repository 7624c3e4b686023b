package bus_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// collected gathers what a follower sees.
type collected struct {
	mu   sync.Mutex
	seen map[string]int
	some chan struct{}
}

func newCollected() *collected {
	return &collected{seen: make(map[string]int), some: make(chan struct{}, 1000)}
}

func (c *collected) follower() bus.Follower {
	return bus.Follow("collects", func(m moved) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.seen[fmt.Sprint(m.Item, m.N)]++
		c.some <- struct{}{}
	})
}

func (c *collected) times(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen[what]
}

func TestFollowersSeeAFactBeforeTheMomentIsAnswered(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c := newCollected()
		bus.New(s.Store, bus.Options{Followers: []bus.Follower{
			bus.Follow("panics", func(moved) { panic("a bug") }), c.follower(),
		}})
		emit(t, s, moved{"a", 1, ""}, seen{"a"})
		if c.times("a1") != 1 {
			t.Errorf("seen %v", c.seen)
		}
	})
}

func TestFollowersSeeFactsOfOtherNodes(t *testing.T) {
	s := dbtest.Postgres(t, schemas)
	mine, theirs := newCollected(), newCollected()
	one := bus.New(s.Store, bus.Options{Followers: []bus.Follower{mine.follower()}})
	other := second(t, s)
	two := bus.New(other, bus.Options{Followers: []bus.Follower{theirs.follower()}})
	for n := range 40 {
		emit(t, s, moved{"a", n, ""})
		err := other.Update(t.Context(), db.System, func(tx *db.Tx) error { return tx.Emit(moved{"b", n, ""}) })
		if err != nil {
			t.Fatal(err)
		}
		s.Clock.Advance(time.Second)
		if n%3 == 0 {
			drain(t, one, two)
		}
	}
	drain(t, one, two)
	for n := range 40 {
		for _, key := range []string{"a", "b"} {
			what := fmt.Sprint(key, n)
			if mine.times(what) != 1 || theirs.times(what) != 1 {
				t.Errorf("%s: seen %d times here and %d times there", what, mine.times(what), theirs.times(what))
			}
		}
	}
	if one.Counts().Foreign.Load() != 40 {
		t.Errorf("%d facts of others", one.Counts().Foreign.Load())
	}
}

func TestAFactThatIsCommittedLateIsSeen(t *testing.T) {
	s := dbtest.Postgres(t, schemas)
	c := newCollected()
	one := bus.New(s.Store, bus.Options{Followers: []bus.Follower{c.follower()}})
	other := second(t, s)
	bus.New(other, bus.Options{})
	err := other.Update(t.Context(), db.System, func(tx *db.Tx) error {
		s.Clock.Advance(10 * time.Second) // Others go on meanwhile, and have looked.
		emit(t, s, moved{"b", 1, ""})
		drain(t, one)
		return tx.Emit(moved{"a", 1, ""})
	})
	if err != nil {
		t.Fatal(err)
	}
	drain(t, one)
	if c.times("a1") != 1 || c.times("b1") != 1 {
		t.Errorf("seen %v", c.seen)
	}
}

// TestRunIsWoken: reactions follow without anybody draining, and another process hears of facts by NOTIFY.
func TestRunIsWoken(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		done := make(chan int, 100)
		c := newCollected()
		options := bus.Options{Listen: s.DSN, Followers: []bus.Follower{c.follower()}, Reactions: []bus.Reaction{
			bus.On("one", func(tx *db.Tx, m moved) error {
				tx.AfterCommit(func() { done <- m.N })
				return nil
			}),
		}}
		b := bus.New(s.Store, options)
		ctx, stop := context.WithCancel(t.Context())
		var wait sync.WaitGroup
		wait.Go(func() { _ = b.Run(ctx) })
		for n := range 5 {
			emit(t, s, moved{"a", n, ""})
			if got := <-done; got != n {
				t.Errorf("got %d, not %d", got, n)
			}
			<-c.some
		}
		if s.Engine() == db.Postgres {
			other := second(t, s)
			bus.New(other, bus.Options{Reactions: options.Reactions})
			err := other.Update(t.Context(), db.System, func(tx *db.Tx) error { return tx.Emit(moved{"a", 9, ""}) })
			if err != nil {
				t.Fatal(err)
			}
			<-c.some
			if got := <-done; got != 9 {
				t.Errorf("got %d", got)
			}
		}
		stop()
		wait.Wait()
	})
}

// TestACrowd states facts from many sides while two processes react: each line is whole and in order.
func TestACrowd(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		reactions := []bus.Reaction{bus.On("one", note("one")), bus.On("two", note("two"))}
		buses := []*bus.Bus{bus.New(s.Store, bus.Options{Reactions: reactions})}
		if s.Engine() == db.Postgres {
			buses = append(buses, bus.New(second(t, s), bus.Options{Reactions: reactions}))
		}
		var wait sync.WaitGroup
		for who := range 6 {
			wait.Go(func() {
				for n := range 30 {
					emit(t, s, moved{fmt.Sprint("k", who), n + 1, ""})
					if n%10 == 0 {
						drain(t, buses[who%len(buses)])
					}
				}
			})
		}
		wait.Wait()
		for !settled(t, s) { // What lost a race pauses.
			drain(t, buses...)
			s.Clock.Advance(20 * time.Minute)
		}
		for who := range 6 {
			key := fmt.Sprint("k", who)
			if one, two := notes(t, s, "one", key), notes(t, s, "two", key); one != 30 || two != 30 {
				t.Errorf("%s: %d and %d of 30", key, one, two)
			}
		}
		for _, b := range buses {
			if b.Counts().Failed.Load() != 0 {
				t.Errorf("%d failures", b.Counts().Failed.Load())
			}
		}
	})
}

func TestHistory(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		bus.New(s.Store, bus.Options{})
		who := db.Who{Kind: db.KindBuyer, ID: "usr_1"}
		for n := range 25 { // More rows in a moment than one INSERT takes.
			emit(t, s.As(who), moved{"a", n, ""}, moved{"b", n, ""}, seen{"a"})
			s.Clock.Advance(time.Second)
		}
		s.Moment(t, func(tx *db.Tx) error {
			for n := range 40 {
				_ = tx.Emit(moved{"many", n, ""})
			}
			return nil
		})
		for _, c := range []struct {
			name   string
			filter bus.Filter
			want   int
		}{
			{"all", bus.Filter{Page: bus.Page{Limit: 1000}}, 115},
			{"a page", bus.Filter{}, 50},
			{"of a key", bus.Filter{Key: "a"}, 50},
			{"of a name", bus.Filter{Key: "a", Names: []string{"item.seen"}}, 25},
			{"of names", bus.Filter{Key: "a", Names: []string{"item.seen", "item.moved"}}, 50},
			{"of a time", bus.Filter{Key: "a", From: dbtest.Noon.Add(5 * time.Second), To: dbtest.Noon.Add(7 * time.Second)}, 4},
			{"of none", bus.Filter{Key: "none"}, 0},
			{"the many", bus.Filter{Key: "many"}, 40},
		} {
			list := history(t, s, c.filter)
			if len(list) != c.want {
				t.Errorf("%s: %d, not %d", c.name, len(list), c.want)
			}
			if !slices.IsSortedFunc(list, func(a, b bus.Recorded) int { return strings.Compare(a.ID, b.ID) }) {
				t.Errorf("%s: not in order", c.name)
			}
		}
		for n, r := range history(t, s, bus.Filter{Key: "many"}) {
			if bodyOf(t, r).N != n {
				t.Fatalf("the %d. of many is %s", n, r.Body)
			}
		}
		newest := history(t, s, bus.Filter{Key: "b", Newest: true, Page: bus.Page{Limit: 2}})
		older := history(t, s, bus.Filter{Key: "b", Newest: true, Page: bus.Page{Limit: 2, After: newest[1].ID}})
		if bodyOf(t, newest[0]).N != 24 || bodyOf(t, older[0]).N != 22 || newest[0].Who.ID != "usr_1" || newest[0].Who.Kind != db.KindBuyer {
			t.Errorf("newest %+v, older %+v", newest, older)
		}
		if at := dbtest.Noon.Add(24 * time.Second); !newest[0].At.Equal(at) {
			t.Errorf("stated at %s", newest[0].At)
		}
	})
}

func TestForgotten(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		b := bus.New(s.Store, bus.Options{Reactions: []bus.Reaction{bus.On("one", note("one"))}})
		emit(t, s.As(db.Who{Kind: db.KindGuest, ID: "g"}), moved{"a", 1, "Aigerim"}, seen{"a"}, moved{"b", 1, "Dana"})
		s.Clock.Advance(time.Hour)
		later := s.Clock.Now()
		emit(t, s, moved{"a", 2, "Aigerim"})
		forget := func(do func(*db.Tx) (int64, error)) (n int64) {
			s.Moment(t, func(tx *db.Tx) (err error) {
				n, err = do(tx)
				return err
			})
			return n
		}
		names := []string{"item.moved"}
		old := func(tx *db.Tx) (int64, error) { return bus.Forget(tx, names, later) }
		if n := forget(old); n != 0 {
			t.Errorf("%d were forgotten before their reactions were done", n)
		}
		drain(t, b)
		strip := func(tx *db.Tx) (int64, error) { return bus.Strip(tx, names, later, "who") }
		if n, again := forget(strip), forget(strip); n != 2 || again != 0 {
			t.Errorf("%d were stripped, and %d again", n, again)
		}
		list := history(t, s, bus.Filter{Names: names})
		if first := bodyOf(t, list[0]); first.Who != "" || first.N != 1 || list[0].Who.ID != "" || bodyOf(t, list[2]).Who != "Aigerim" {
			t.Errorf("stripped: %+v", list)
		}
		if n := forget(old); n != 2 {
			t.Errorf("%d were forgotten", n)
		}
		if n := forget(func(tx *db.Tx) (int64, error) { return bus.ForgetKey(tx, "a") }); n != 2 || len(history(t, s, bus.Filter{})) != 0 {
			t.Errorf("%d of the key were forgotten", n)
		}
	})
}

func TestWrongReactionsPanic(t *testing.T) {
	s := dbtest.SQLite(t, schemas)
	for _, names := range [][]string{{""}, {"a", "a"}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q was accepted", names)
				}
			}()
			var reactions []bus.Reaction
			for _, name := range names {
				reactions = append(reactions, bus.On(name, note("x")))
			}
			bus.New(s.Store, bus.Options{Reactions: reactions})
		}()
	}
}
