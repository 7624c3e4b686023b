package hold_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sauda/base/fault"
	"sauda/core/hold"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// modelClaim is a claim of the model. A model has one for each owner and key.
type modelClaim struct {
	n     int64
	state hold.State
	until time.Time
}

// model is the obvious twin of the package: maps and loops.
type model struct {
	capacity, beyond map[string]int64
	claims           map[string]map[string]modelClaim
}

func (m *model) left(key string) int64 {
	left := m.capacity[key] + m.beyond[key]
	for _, mine := range m.claims {
		if c, ok := mine[key]; ok && c.state != hold.StateLapsed {
			left -= c.n
		}
	}
	return left
}

func (m *model) take(owner string, wants map[string]int64, until time.Time) *fault.Fault {
	mine := m.claims[owner]
	same, settled := true, false
	for key, c := range mine {
		settled = settled || c.state == hold.StateConfirmed
		if c.state != hold.StateLapsed && wants[key] != c.n {
			same = false
		}
	}
	for key, n := range wants {
		if c, ok := mine[key]; !ok || c.state == hold.StateLapsed || c.n != n {
			same = false
		}
	}
	if settled && !same {
		return hold.ErrSettled
	}
	if settled {
		return nil
	}
	fresh := map[string]modelClaim{}
	for key, n := range wants {
		free := m.left(key)
		if c, ok := mine[key]; ok && c.state != hold.StateLapsed {
			free += c.n
		}
		if free < n {
			return hold.ErrSoldOut
		}
		fresh[key] = modelClaim{n, hold.StateHeld, until}
	}
	if same { // Only what is live moves its end; what has lapsed beside it is left alone.
		for key, c := range mine {
			if c.state == hold.StateLapsed {
				fresh[key] = c
			}
		}
	}
	m.claims[owner] = fresh
	return nil
}

func (m *model) confirm(owner string) *fault.Fault {
	mine := m.claims[owner]
	if len(mine) == 0 {
		return hold.ErrLapsed
	}
	for key, c := range mine {
		if c.state == hold.StateLapsed && m.left(key) < c.n {
			return hold.ErrLapsed
		}
	}
	for key, c := range mine {
		mine[key] = modelClaim{n: c.n, state: hold.StateConfirmed}
	}
	return nil
}

func (m *model) part(owner, key string, n int64, consume bool) *fault.Fault {
	c, ok := m.claims[owner][key]
	switch {
	case !ok || c.state == hold.StateLapsed || c.n < n:
		return hold.ErrNotHeld
	case consume && m.capacity[key] < n:
		return hold.ErrAbsent
	}
	if consume {
		m.capacity[key] -= n
	}
	c.n -= n
	if m.claims[owner][key] = c; c.n == 0 {
		delete(m.claims[owner], key)
	}
	return nil
}

func (m *model) restore(owner, key string, n int64) *fault.Fault {
	c, ok := m.claims[owner][key]
	if ok && c.state != hold.StateConfirmed {
		return hold.ErrLapsed
	}
	m.capacity[key] += n
	if m.claims[owner] == nil {
		m.claims[owner] = map[string]modelClaim{}
	}
	m.claims[owner][key] = modelClaim{n: c.n + n, state: hold.StateConfirmed}
	return nil
}

func (m *model) expire(now time.Time) {
	for _, mine := range m.claims {
		for key, c := range mine {
			if c.state == hold.StateHeld && !c.until.After(now) {
				c.state = hold.StateLapsed
				mine[key] = c
			}
		}
	}
}

func (m *model) resize(key string, delta int64) *fault.Fault {
	if delta < 0 && (m.capacity[key] < -delta || m.left(key) < -delta) {
		return hold.ErrPromised
	}
	m.capacity[key] += delta
	return nil
}

// TestHistories runs random histories against the model.
func TestHistories(t *testing.T) {
	keys, owners := []string{"a", "b", "c"}, []string{"ann", "bob", "cyd"}
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		run := 0
		rapid.Check(t, func(r *rapid.T) {
			run++
			prefix := fmt.Sprintf("%d:", run) // Every history has its own keys and owners in the one store.
			m := &model{map[string]int64{}, map[string]int64{}, map[string]map[string]modelClaim{}}
			h := history{s, m, prefix}
			s.Moment(t, func(tx *db.Tx) error {
				for _, key := range keys {
					m.capacity[prefix+key] = 6
					if _, err := hold.Resize(tx, prefix+key, "", 6); err != nil {
						return err
					}
				}
				return nil
			})
			for range rapid.IntRange(1, 25).Draw(r, "steps") {
				key := prefix + rapid.SampledFrom(keys).Draw(r, "key")
				owner := prefix + rapid.SampledFrom(owners).Draw(r, "owner")
				n := rapid.Int64Range(1, 5).Draw(r, "n")
				h.step(r, owner, key, n)
			}
			h.compare(t, r)
		})
	})
}

// history is one run: the store, the model, and the prefix of the keys and owners that are its own.
type history struct {
	s      *dbtest.Store
	m      *model
	prefix string
}

// step does one random thing to the store and to the model, which must agree about it.
func (h history) step(r *rapid.T, owner, key string, n int64) {
	s, m, prefix := h.s, h.m, h.prefix
	var want *fault.Fault
	var do func(*db.Tx) error
	verb := rapid.SampledFrom([]string{"take", "take", "take", "confirm", "release", "part", "consume", "restore", "expire", "resize", "beyond"}).Draw(r, "verb")
	switch verb {
	case "take":
		wants, list := map[string]int64{}, []hold.Want(nil)
		for _, k := range rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 4).Draw(r, "keys") {
			wants[prefix+k]++
			list = append(list, hold.Want{Key: prefix + k, Quantity: 1})
		}
		until := s.Clock.Now().Add(time.Duration(n) * time.Minute)
		want = m.take(owner, wants, until)
		do = func(tx *db.Tx) error { return hold.Take(tx, owner, list, until) }
	case "confirm":
		want = m.confirm(owner)
		do = func(tx *db.Tx) error { return hold.Confirm(tx, owner) }
	case "release":
		delete(m.claims, owner)
		do = func(tx *db.Tx) error { return hold.Release(tx, owner) }
	case "part":
		want = m.part(owner, key, n, false)
		do = func(tx *db.Tx) error { return hold.ReleasePart(tx, owner, []hold.Want{{Key: key, Quantity: n}}) }
	case "consume":
		want = m.part(owner, key, n, true)
		do = func(tx *db.Tx) error { return hold.Consume(tx, owner, []hold.Want{{Key: key, Quantity: n}}) }
	case "restore":
		want = m.restore(owner, key, n)
		do = func(tx *db.Tx) error { return hold.Restore(tx, owner, []hold.Want{{Key: key, Quantity: n}}) }
	case "expire":
		s.Clock.Advance(time.Duration(n) * time.Minute)
		m.expire(s.Clock.Now())
		do = func(tx *db.Tx) error { _, err := hold.Expire(tx, 1000); return err }
	case "resize":
		n -= 3
		want = m.resize(key, n)
		do = func(tx *db.Tx) error { _, err := hold.Resize(tx, key, "", n); return err }
	case "beyond":
		old := m.beyond[key]
		if m.beyond[key] = n - 1; m.left(key) < 0 {
			m.beyond[key], want = old, hold.ErrPromised
		}
		do = func(tx *db.Tx) error { return hold.Allow(tx, key, "", n-1) }
	}
	if got := fault.Of(s.Try(do)); got != want {
		r.Fatalf("%s by %s of %d %s: %v, the model says %v", verb, owner, n, key, got, want)
	}
}

// compare holds the store to the model.
func (h history) compare(t *testing.T, r *rapid.T) {
	m, prefix := h.m, h.prefix
	h.s.Look(t, func(tx *db.Tx) error {
		keys := slices.Sorted(maps.Keys(m.capacity))
		left, err := hold.Left(tx, keys)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if left[key] != m.left(key) {
				r.Errorf("%s has %d left, the model says %d", key, left[key], m.left(key))
			}
		}
		for _, name := range []string{"ann", "bob", "cyd"} {
			claims, err := hold.Of(tx, prefix+name)
			if err != nil {
				return err
			}
			if len(claims) != len(m.claims[prefix+name]) {
				r.Errorf("%s has %v, the model says %v", name, claims, m.claims[prefix+name])
			}
			for _, c := range claims {
				if mine := m.claims[prefix+name][c.Key]; mine.n != c.Quantity || mine.state != c.State || !mine.until.Equal(c.Until) {
					r.Errorf("%s has %v, the model says %v", name, c, mine)
				}
			}
		}
		uneven, err := hold.Audit(tx)
		if len(uneven) > 0 {
			r.Errorf("pools differ from their claims: %v", uneven)
		}
		return err
	})
}
