package search_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"sauda/core/catalog"
	"sauda/core/search"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{search.Schema}

// added adds a rule that must be right.
func added(t *testing.T, s *dbtest.Store, r search.Rule) (id search.RuleID) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error {
		set, err := search.AddRule(tx, r)
		id = set.ID
		return err
	})
	return id
}

// TestARuleIsRevisedDroppedAndRestored, and each of it is stated as a fact once.
func TestARuleIsRevisedDroppedAndRestored(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		id := added(t, s, search.Rule{Kind: search.Synonym, Words: []string{"шәйнек", "kettle"}})
		revise := func(r search.Rule) error {
			return s.Try(func(tx *db.Tx) error { _, err := search.ReviseRule(tx, r); return err })
		}
		if err := revise(search.Rule{ID: id, Kind: search.Synonym, Words: []string{"шәйнек"}}); !errors.Is(err, search.ErrRule) {
			t.Errorf("one word: %v", err)
		}
		if err := revise(search.Rule{ID: id, Kind: search.Redirect, Query: "шәйнек", To: "/c"}); !errors.Is(err, search.ErrUnknown) {
			t.Errorf("of another kind: %v", err)
		}
		if err := revise(search.Rule{ID: id, Kind: search.Synonym, Words: []string{"шәйнек", "шәугім"}, OneWay: true}); err != nil {
			t.Fatal(err)
		}
		drop := func() error {
			return s.Try(func(tx *db.Tx) error { return search.DropRule(tx, search.Synonym, id) })
		}
		restore := func() error {
			return s.Try(func(tx *db.Tx) error { _, err := search.RestoreRule(tx, search.Synonym, id); return err })
		}
		if err := restore(); !errors.Is(err, search.ErrUnknown) {
			t.Errorf("one that counts is put back: %v", err)
		}
		if err := errors.Join(drop(), restore(), drop()); err != nil {
			t.Fatal(err)
		}
		if err := drop(); !errors.Is(err, search.ErrUnknown) {
			t.Errorf("dropped twice: %v", err)
		}
		if err := revise(search.Rule{ID: id, Kind: search.Synonym, Words: []string{"a1", "b1"}}); !errors.Is(err, search.ErrUnknown) {
			t.Errorf("revised when it is gone: %v", err)
		}
		s.Look(t, func(tx *db.Tx) error {
			rules, err := search.Rules(tx, "")
			gone, wrong := search.Dropped(tx, search.Synonym, 10)
			if len(rules) != 0 || len(gone) != 1 || !slices.Equal(gone[0].Words, []string{"шәйнек", "шәугім"}) || !gone[0].OneWay {
				t.Errorf("rules %+v, dropped %+v", rules, gone)
			}
			return errors.Join(err, wrong)
		})
		var names []string
		for _, f := range s.Facts(t) {
			names = append(names, f.Name)
		}
		if want := []string{"search.rule_set", "search.rule_set", "search.rule_dropped", "search.rule_set", "search.rule_dropped"}; !slices.Equal(names, want) {
			t.Errorf("facts: %v", names)
		}
	})
}

// TestAQueryHasOneAnswer of each kind, however it is written, and a rule that comes back finds its place taken.
func TestAQueryHasOneAnswer(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		pinned := []catalog.ProductID{"prd_1"}
		first := added(t, s, search.Rule{Kind: search.Curated, Query: "Сыйлық", Pinned: pinned})
		added(t, s, search.Rule{Kind: search.Redirect, Query: "сыйлық", To: "/gifts"})
		other := added(t, s, search.Rule{Kind: search.Curated, Query: "той", Pinned: pinned})
		taken := func(what string, do func(*db.Tx) error) {
			if err := s.Try(do); !errors.Is(err, search.ErrTaken) {
				t.Errorf("%s: %v", what, err)
			}
		}
		taken("added", func(tx *db.Tx) error {
			_, err := search.AddRule(tx, search.Rule{Kind: search.Curated, Query: "  СЫЙЛЫҚ", Hidden: pinned})
			return err
		})
		taken("revised", func(tx *db.Tx) error {
			_, err := search.ReviseRule(tx, search.Rule{ID: other, Kind: search.Curated, Query: "сыйлық", Pinned: pinned})
			return err
		})
		s.Moment(t, func(tx *db.Tx) error {
			if _, err := search.ReviseRule(tx, search.Rule{ID: first, Kind: search.Curated, Query: "сыйлық", Hidden: pinned}); err != nil {
				return err
			}
			return search.DropRule(tx, search.Curated, first)
		})
		added(t, s, search.Rule{Kind: search.Curated, Query: "сыйлық", Pinned: pinned})
		taken("restored", func(tx *db.Tx) error {
			_, err := search.RestoreRule(tx, search.Curated, first)
			return err
		})
	})
}

// TestWhatWasTakenAwayIsForgotten after its time, and what counts is not.
func TestWhatWasTakenAwayIsForgotten(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		old := added(t, s, search.Rule{Kind: search.Redirect, Query: "a1", To: "/a"})
		added(t, s, search.Rule{Kind: search.Redirect, Query: "b1", To: "/b"})
		s.Moment(t, func(tx *db.Tx) error { return search.DropRule(tx, search.Redirect, old) })
		forget := func(before time.Duration) (n int) {
			s.Moment(t, func(tx *db.Tx) (err error) {
				n, err = search.ForgetRules(tx, tx.Now().Add(before), 10)
				return err
			})
			return n
		}
		if n := forget(-time.Hour); n != 0 {
			t.Errorf("forgot %d at once", n)
		}
		if n := forget(time.Hour); n != 1 {
			t.Errorf("forgot %d", n)
		}
		s.Look(t, func(tx *db.Tx) error {
			rules, err := search.Rules(tx, search.Redirect)
			if len(rules) != 1 {
				t.Errorf("%d rules are left", len(rules))
			}
			return err
		})
	})
}

// TestCommonGroupsAreSwitched: off and on, twice is once, and one that is not there is refused.
func TestCommonGroupsAreSwitched(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s.Moment(t, func(tx *db.Tx) error {
			return errors.Join(search.SwitchOn(tx, "laptop"), search.SwitchOff(tx, "laptop"), search.SwitchOff(tx, "laptop"), search.SwitchOff(tx, "мёд"))
		})
		if err := s.Try(func(tx *db.Tx) error { return search.SwitchOff(tx, "xylophone") }); !errors.Is(err, search.ErrCommon) {
			t.Errorf("a group that is not there: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error { return search.SwitchOn(tx, "laptop") })
		s.Look(t, func(tx *db.Tx) error {
			off, err := search.Off(tx)
			if !slices.Equal(off, []string{"мёд"}) {
				t.Errorf("off: %v", off)
			}
			return err
		})
		if n := len(s.Facts(t)); n != 3 {
			t.Errorf("%d facts", n)
		}
	})
}
