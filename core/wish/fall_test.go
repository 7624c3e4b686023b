package wish_test

import (
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/wish"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// TestAFallIsToldOnce goes through prices of one thing that was kept at 100: a price is told when it is below all that its
// keeper knows, again only when it had risen meanwhile, and never because it was raised beyond what he saw.
func TestAFallIsToldOnce(t *testing.T) {
	thing := wish.Thing{Seen: tenge(100)}
	for n, step := range []struct {
		price int64
		fell  bool
	}{
		{100, false}, {80, true}, {80, false}, {90, false}, {85, true}, {85, false}, {300, false}, {100, false}, {99, true}, {120, false},
		{100, false}, {50, true}, {40, true}, {45, false}, {44, true}, {0, false}, {44, false}, {43, true},
	} {
		var fell bool
		thing.Known, fell = thing.Judge(tenge(step.price))
		if fell != step.fell {
			t.Errorf("step %d, %d: fell is %v, known is %s", n, step.price, fell, thing.Known)
		}
	}
	for name, c := range map[string]struct{ seen, now money.Money }{
		"another currency":  {tenge(100), money.Of(1, money.USD)},
		"no price any more": {tenge(100), money.Money{}},
		"no price was seen": {money.Money{}, tenge(1)},
	} {
		if known, fell := (wish.Thing{Seen: c.seen}).Judge(c.now); fell || known.Minor != 0 {
			t.Errorf("%s: %s, %v", name, known, fell)
		}
	}
}

// TestWatched: lists of parties are watched and guests' are not; what was told is told once, stops by its word, is not
// watched for a day, and is another thing's when another variant is meant.
func TestWatched(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		all := goods(t, s, 3)
		prices := map[catalog.ProductID]money.Money{all[0].ID: tenge(70), all[1].ID: tenge(100), all[2].ID: tenge(1)}
		keep(t, s.As(guest), "", wish.Choice{Product: all[0].ID, Seen: tenge(100)})
		l := keep(t, s.As(buyer("ann")), "", wish.Choice{Product: all[0].ID, Seen: tenge(100)})
		keep(t, s.As(buyer("ann")), "", wish.Choice{Product: all[1].ID, Seen: tenge(100)})
		keep(t, s.As(buyer("ann")), "", wish.Choice{Product: all[2].ID})
		house := s.As(db.System)
		watch := func() (found []wish.Watched) {
			house.Look(t, func(tx *db.Tx) (err error) { found, err = wish.Watch(tx, "", 10); return err })
			return found
		}
		told := func(id wish.ListID) (falls []wish.Fall, stop string) {
			house.Moment(t, func(tx *db.Tx) (err error) { falls, stop, err = wish.Told(tx, id, prices); return err })
			return falls, stop
		}
		if w := watch(); len(w) != 1 || w[0].List != l.ID || w[0].Party != "ann" || len(w[0].Things) != 2 {
			t.Fatalf("watched is %+v", w)
		}
		falls, stop := told(l.ID)
		if len(falls) != 1 || falls[0].Product != all[0].ID || falls[0].Was != tenge(100) || falls[0].Now != tenge(70) || stop == "" {
			t.Errorf("told is %+v, %q", falls, stop)
		}
		if again, _ := told(l.ID); len(again) != 0 {
			t.Errorf("told again is %+v", again)
		}
		if w := watch(); len(w) != 0 {
			t.Errorf("on the same day %+v", w)
		}
		s.Clock.Advance(25 * time.Hour)
		if w := watch(); len(w) != 1 || w[0].Things[1].Known != tenge(70) && w[0].Things[0].Known != tenge(70) {
			t.Errorf("a day later %+v", w)
		}
		prices[all[0].ID] = tenge(60)
		if falls, next := told(l.ID); len(falls) != 1 || falls[0].Was != tenge(70) || next != stop {
			t.Errorf("told is %+v, by %q and %q", falls, stop, next)
		}
		house.Look(t, func(tx *db.Tx) error {
			party, err := wish.Stopping(tx, stop)
			if party != "ann" {
				t.Errorf("it stops %q", party)
			}
			return err
		})
		for _, odd := range []string{"", "wst_none", string(l.ID)} {
			if err := house.Try(func(tx *db.Tx) error { _, err := wish.Stopping(tx, odd); return err }); fault.Of(err) != wish.ErrStop {
				t.Errorf("%q stops: %v", odd, err)
			}
		}
		s.Clock.Advance(25 * time.Hour)
		keep(t, s.As(buyer("ann")), "", wish.Choice{Product: all[0].ID, Variant: all[0].Variants[0].ID, Seen: tenge(65)})
		for _, x := range things(t, s.As(buyer("ann")), "") {
			if x.Product == all[0].ID && (x.Known.IsPositive() || x.Seen != tenge(65)) {
				t.Errorf("another variant is kept as %+v", x)
			}
		}
		house.Moment(t, func(tx *db.Tx) error { return wish.Leave(tx, "ann") })
		if falls, stop := told(l.ID); len(falls) != 0 || stop != "" {
			t.Errorf("a list that is gone: %+v %q", falls, stop)
		}
	})
}
