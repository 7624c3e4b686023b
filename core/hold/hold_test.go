package hold_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/core/hold"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{hold.Schema}

// open gives each key a pool of n.
func open(t *testing.T, s *dbtest.Store, n int64, keys ...string) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error {
		for _, key := range keys {
			if _, err := hold.Resize(tx, key, "about:"+key, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// stands checks what a pool holds, and that every pool agrees with its claims.
func stands(t *testing.T, s *dbtest.Store, key string, capacity, taken int64) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) error {
		pools, err := hold.Pools(tx, []string{key})
		if err != nil {
			return err
		}
		if p := pools[key]; p.Capacity != capacity || p.Taken != taken {
			t.Errorf("%s holds %d with %d taken, want %d with %d", key, p.Capacity, p.Taken, capacity, taken)
		}
		uneven, err := hold.Audit(tx)
		if len(uneven) > 0 {
			t.Errorf("pools differ from their claims: %v", uneven)
		}
		return err
	})
}

func TestTakeTheLast(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		open(t, s, 3, "a", "b")
		take := func(owner string, wants ...hold.Want) error {
			return s.Try(func(tx *db.Tx) error { return hold.Take(tx, owner, wants, tx.Now().Add(time.Minute)) })
		}
		if err := take("ann", hold.Want{"b", 1}, hold.Want{"a", 1}, hold.Want{"a", 1}); err != nil {
			t.Fatal(err)
		}
		stands(t, s, "a", 3, 2)
		err := take("bob", hold.Want{"a", 1}, hold.Want{"b", 3})
		if !errors.Is(err, hold.ErrSoldOut) {
			t.Fatalf("bob: %v", err)
		}
		params := fault.ParamsOf(err)
		if params["key"] != "b" || params["subject"] != "about:b" || params["asked"] != int64(3) || params["left"] != int64(2) {
			t.Errorf("params %v", params)
		}
		stands(t, s, "a", 3, 2) // Nothing of bob's is kept.
		if err := take("bob", hold.Want{"never opened", 1}); !errors.Is(err, hold.ErrSoldOut) {
			t.Errorf("a pool that is not there: %v", err)
		}
		for _, bad := range []hold.Want{{"a", 0}, {"a", -1}, {"", 1}, {"a", 1 << 62}} {
			if err := take("bob", bad); !errors.Is(err, hold.ErrWant) {
				t.Errorf("%v: %v", bad, err)
			}
		}
		if err := take("", hold.Want{"a", 1}); !errors.Is(err, hold.ErrWant) {
			t.Errorf("nobody: %v", err)
		}
	})
}

func TestTakeAgain(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		open(t, s, 10, "a", "b", "c")
		take := func(wants ...hold.Want) error {
			return s.Try(func(tx *db.Tx) error { return hold.Take(tx, "ann", wants, tx.Now().Add(time.Minute)) })
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(take(hold.Want{"a", 4}, hold.Want{"b", 4}))
		must(take(hold.Want{"b", 4}, hold.Want{"a", 4}))
		stands(t, s, "a", 10, 4)
		must(take(hold.Want{"b", 6}, hold.Want{"c", 1}))
		stands(t, s, "a", 10, 0)
		stands(t, s, "b", 10, 6)
		stands(t, s, "c", 10, 1)
		s.Moment(t, func(tx *db.Tx) error { return hold.Confirm(tx, "ann") })
		must(take(hold.Want{"b", 6}, hold.Want{"c", 1}))
		if err := take(hold.Want{"b", 5}, hold.Want{"c", 1}); !errors.Is(err, hold.ErrSettled) {
			t.Errorf("changing what is confirmed: %v", err)
		}
		if err := take(); !errors.Is(err, hold.ErrSettled) {
			t.Errorf("giving back what is confirmed: %v", err)
		}
		stands(t, s, "b", 10, 6)
		s.Moment(t, func(tx *db.Tx) error { return hold.Release(tx, "ann") })
		s.Moment(t, func(tx *db.Tx) error { return hold.Release(tx, "ann") })
		must(take(hold.Want{"a", 1}))
		must(take())
		must(take())
		stands(t, s, "a", 10, 0)
	})
}

func TestExpire(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		open(t, s, 5, "a")
		take := func(owner string, n int64, d time.Duration) {
			t.Helper()
			s.Moment(t, func(tx *db.Tx) error {
				return hold.Take(tx, owner, []hold.Want{{"a", n}}, tx.Now().Add(d))
			})
		}
		expire := func(limit, want int) {
			t.Helper()
			s.Moment(t, func(tx *db.Tx) error {
				n, err := hold.Expire(tx, limit)
				if n != want {
					t.Errorf("%d lapsed, want %d", n, want)
				}
				return err
			})
		}
		confirm := func(owner string) error {
			return s.Try(func(tx *db.Tx) error { return hold.Confirm(tx, owner) })
		}
		take("ann", 1, time.Minute)
		take("bob", 2, 2*time.Minute)
		take("cyd", 1, time.Minute)
		if err := confirm("cyd"); err != nil {
			t.Fatal(err)
		}
		expire(10, 0)
		s.Clock.Advance(time.Hour)
		expire(1, 1) // The oldest first: ann.
		stands(t, s, "a", 5, 3)
		expire(10, 1)
		expire(10, 0)
		stands(t, s, "a", 5, 1) // cyd's is confirmed and stays.
		if err := confirm("ann"); err != nil {
			t.Errorf("there is enough left to confirm: %v", err)
		}
		take("dan", 3, time.Minute)
		if err := confirm("bob"); !errors.Is(err, hold.ErrLapsed) {
			t.Errorf("confirmed what is gone: %v", err)
		}
		if err := confirm("nobody"); !errors.Is(err, hold.ErrLapsed) {
			t.Errorf("confirmed nothing: %v", err)
		}
		for range 2 {
			if err := confirm("ann"); err != nil {
				t.Errorf("confirmed twice: %v", err)
			}
		}
		stands(t, s, "a", 5, 5)
		s.Clock.Advance(31 * 24 * time.Hour)
		expire(10, 1)
		s.Look(t, func(tx *db.Tx) error {
			claims, err := hold.Of(tx, "bob")
			if len(claims) != 0 {
				t.Errorf("a claim that lapsed long ago is kept: %v", claims)
			}
			return err
		})
	})
}

func TestConsume(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		open(t, s, 5, "a")
		try := func(do func(*db.Tx, string, []hold.Want) error, n int64) error {
			return s.Try(func(tx *db.Tx) error { return do(tx, "ann", []hold.Want{{"a", n}}) })
		}
		s.Moment(t, func(tx *db.Tx) error {
			if err := hold.Allow(tx, "a", "", 3); err != nil {
				return err
			}
			if err := hold.Take(tx, "ann", []hold.Want{{"a", 8}}, tx.Now().Add(time.Minute)); err != nil {
				return err
			}
			return hold.Confirm(tx, "ann")
		})
		for _, c := range []struct {
			name            string
			do              func(*db.Tx, string, []hold.Want) error
			n               int64
			want            *fault.Fault
			capacity, taken int64
		}{
			{"a part back", hold.ReleasePart, 1, nil, 5, 7},
			{"more than held", hold.Consume, 8, hold.ErrNotHeld, 5, 7},
			{"more back than held", hold.ReleasePart, 8, hold.ErrNotHeld, 5, 7},
			{"what is not there yet", hold.Consume, 6, hold.ErrAbsent, 5, 7},
			{"a parcel", hold.Consume, 5, nil, 0, 2},
			{"the rest has not come in", hold.Consume, 2, hold.ErrAbsent, 0, 2},
			{"the rest back", hold.ReleasePart, 2, nil, 0, 0},
			{"nothing is held", hold.Consume, 1, hold.ErrNotHeld, 0, 0},
		} {
			if err := try(c.do, c.n); fault.Of(err) != c.want {
				t.Errorf("%s: %v", c.name, err)
			}
			stands(t, s, "a", c.capacity, c.taken)
		}
	})
}

func TestCapacity(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		open(t, s, 5, "a")
		s.Moment(t, func(tx *db.Tx) error {
			return hold.Take(tx, "ann", []hold.Want{{"a", 4}}, tx.Now().Add(time.Minute))
		})
		refuse := func(name string, want *fault.Fault, do func(*db.Tx) error) {
			t.Helper()
			err := s.Try(do)
			if fault.Of(err) != want {
				t.Errorf("%s: %v", name, err)
			}
			if promised := fault.ParamsOf(err)["promised"]; want == hold.ErrPromised && promised != int64(4) {
				t.Errorf("%s: %v promised", name, promised)
			}
		}
		resize := func(key string, n int64) func(*db.Tx) error {
			return func(tx *db.Tx) error { _, err := hold.Resize(tx, key, "", n); return err }
		}
		set := func(n int64) func(*db.Tx) error {
			return func(tx *db.Tx) error { _, err := hold.SetMany(tx, []hold.Level{{"a", "", n}}); return err }
		}
		refuse("below what is promised", hold.ErrPromised, resize("a", -2))
		refuse("set below what is promised", hold.ErrPromised, set(3))
		refuse("below zero", hold.ErrSize, set(-1))
		refuse("nothing to take from", hold.ErrUnknown, resize("z", -1))
		refuse("too large", hold.ErrSize, resize("a", 1<<61))
		refuse("beyond below zero", hold.ErrSize, func(tx *db.Tx) error { return hold.Allow(tx, "a", "", -1) })
		s.Moment(t, func(tx *db.Tx) error { return hold.Allow(tx, "a", "", 2) })
		s.Moment(t, set(2))
		refuse("no beyond any more", hold.ErrPromised, func(tx *db.Tx) error { return hold.Allow(tx, "a", "", 1) })
		s.Moment(t, func(tx *db.Tx) error {
			before, err := hold.SetMany(tx, []hold.Level{{"new", "n", 7}, {"a", "", 9}, {"a", "", 4}})
			if len(before) != 3 || before[0] != 0 || before[1] != 2 || before[2] != 9 {
				t.Errorf("before: %v", before)
			}
			return err
		})
		stands(t, s, "a", 4, 4)
		stands(t, s, "new", 7, 0)
	})
}

func TestCrossed(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		said := 0
		says := func(name string, want int, do func(*db.Tx) error) {
			t.Helper()
			s.Moment(t, do)
			facts := s.Facts(t)[said:]
			said += len(facts)
			pools := 0
			for _, f := range facts {
				var e hold.Crossed
				if err := json.Unmarshal(f.Body, &e); err != nil || f.Name != "hold.crossed" {
					t.Fatal(f.Name, err)
				}
				pools += len(e.Pools)
			}
			if pools != want || len(facts) > 1 {
				t.Errorf("%s: %d pools in %d facts, want %d", name, pools, len(facts), want)
			}
		}
		take := func(owner string, wants ...hold.Want) func(*db.Tx) error {
			return func(tx *db.Tx) error { return hold.Take(tx, owner, wants, tx.Now().Add(time.Minute)) }
		}
		levels := []hold.Level{{"a", "", 10}, {"b", "", 10}}
		says("opened", 2, func(tx *db.Tx) error { _, err := hold.SetMany(tx, levels); return err })
		says("counted the same", 0, func(tx *db.Tx) error { _, err := hold.SetMany(tx, levels); return err })
		says("watched above the mark", 0, func(tx *db.Tx) error { return hold.Watch(tx, "a", "", 3) })
		says("some", 0, take("ann", hold.Want{"a", 6}, hold.Want{"b", 6}))
		says("falls to the mark", 1, take("bob", hold.Want{"a", 1}))
		says("both are empty", 2, take("cyd", hold.Want{"a", 3}, hold.Want{"b", 4}))
		says("both again", 2, func(tx *db.Tx) error { return hold.Release(tx, "cyd") })
		says("above the mark", 1, func(tx *db.Tx) error { return hold.Release(tx, "bob") })
		says("in a place", 1, func(tx *db.Tx) error {
			_, err := hold.SetMany(tx, []hold.Level{{"wh/c", "c", 1}})
			return err
		})
		says("in no place", 0, func(tx *db.Tx) error {
			_, err := hold.SetMany(tx, []hold.Level{{"uses:c/ann", "c", 1}})
			return err
		})
		says("only what is in a place", 1, take("dan", hold.Want{"wh/c", 1}, hold.Want{"uses:c/ann", 1}))
	})
}

func TestPages(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		open(t, s, 9, "a", "b", "c")
		for _, owner := range []string{"ann", "bob", "cyd"} {
			s.Moment(t, func(tx *db.Tx) error {
				return hold.Take(tx, owner, []hold.Want{{"a", 1}, {"b", 2}}, tx.Now().Add(time.Minute))
			})
		}
		s.Look(t, func(tx *db.Tx) error {
			var live []hold.Claim
			for after := (hold.Claim{}); ; after = live[len(live)-1] {
				page, err := hold.Live(tx, after, 4)
				if err != nil {
					return err
				}
				if live = append(live, page...); len(page) < 4 {
					break
				}
			}
			if len(live) != 6 || live[4].Owner != "cyd" || live[5].Key != "b" || live[5].Quantity != 2 {
				t.Errorf("claims %v", live)
			}
			on, err := hold.On(tx, "b", "ann", 1)
			if len(on) != 1 || on[0].Owner != "bob" {
				t.Errorf("claims on b after ann: %v", on)
			}
			if err != nil {
				return err
			}
			first, err := hold.All(tx, "", 2)
			if err != nil {
				return err
			}
			rest, err := hold.All(tx, first[1].Key, 2)
			if len(rest) != 1 || rest[0].Key != "c" || rest[0].Left() != 9 {
				t.Errorf("pools after %v: %v", first, rest)
			}
			return err
		})
	})
}

// TestPass: what is passed is never free in between, the rest stays, and nothing is passed that is not held.
func TestPass(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		open(t, s, 5, "a")
		until := s.Clock.Now().Add(time.Hour)
		pass := func(from, to string, n int64) error {
			return s.Try(func(tx *db.Tx) error { return hold.Pass(tx, from, to, []hold.Want{{Key: "a", Quantity: n}}, until) })
		}
		s.Moment(t, func(tx *db.Tx) error { return hold.Take(tx, "one", []hold.Want{{Key: "a", Quantity: 3}}, until) })
		if err := pass("one", "two", 2); err != nil {
			t.Fatal(err)
		}
		if err := pass("one", "two", 1); !errors.Is(err, hold.ErrSettled) {
			t.Errorf("to one who holds: %v", err)
		}
		if err := pass("one", "three", 2); !errors.Is(err, hold.ErrNotHeld) {
			t.Errorf("more than is held: %v", err)
		}
		stands(t, s, "a", 5, 3)
		s.Moment(t, func(tx *db.Tx) error { return hold.Release(tx, "two") })
		stands(t, s, "a", 5, 1)
	})
}
