package collect_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"sauda/core/utility"
	"sauda/core/utility/billersim"
	"sauda/flow/collect"
	"sauda/gear/db"
)

// heard asks a provider about a number, and keeps what it says.
func (w *town) heard(t *testing.T, c *collect.Collector, dialect, number string) {
	t.Helper()
	told, err := c.Look(t.Context(), w.of[dialect], number)
	if err != nil {
		t.Fatal(err)
	}
	w.Moment(t, func(tx *db.Tx) error {
		_, err := utility.Keep(tx, w.of[dialect], number, told)
		return err
	})
}

// owes is what is left to be paid for a number of a provider elsewhere.
func (w *town) owes(t *testing.T, dialect, number string) (owed int64) {
	t.Helper()
	w.Look(t, func(tx *db.Tx) error {
		a, err := utility.Find(tx, w.of[dialect].ID, number)
		if err == nil {
			owed, err = utility.Owed(tx, w.of[dialect], a)
		}
		return err
	})
	return owed
}

// TestNotPaidTwice asks a provider anew while it does not know of a payment: what is on its way there cannot be paid once more, and is
// owed again when it is refused.
func TestNotPaidTwice(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		life := w.Alive()
		c := w.collector(life)
		owes := func(when string, want int64) {
			t.Helper()
			if got := w.owes(t, "kaspi", "8700"); got != want {
				t.Errorf("%s: %d is owed, want %d", when, got, want)
			}
		}
		tell := func(p utility.Payment) {
			t.Helper()
			w.Moment(t, func(tx *db.Tx) error { return c.Tell(tx, p.ID) })
			life.Rest(t, w.World)
		}
		first := w.paid(t, "kaspi", "8700", 2000_00)
		w.heard(t, c, "kaspi", "8700")
		owes("the provider does not know", 3000_00)
		before, err := c.Look(t.Context(), w.of["kaspi"], "8700")
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(hour)
		tell(first)
		owes("it has taken it", 3000_00)
		w.Moment(t, func(tx *db.Tx) error {
			_, err := utility.Keep(tx, w.of["kaspi"], "8700", before)
			return err
		})
		owes("what it said before it has taken it", 3000_00)
		w.Clock.Advance(hour)
		w.heard(t, c, "kaspi", "8700")
		owes("it knows", 3000_00)

		second := w.paid(t, "kaspi", "8700", 3000_00)
		w.heard(t, c, "kaspi", "8700")
		owes("nothing more can be paid", 0)
		if err := w.Try(func(tx *db.Tx) error {
			a, err := utility.Find(tx, w.of["kaspi"].ID, "8700")
			if err == nil {
				_, err = utility.Choose(tx, w.of["kaspi"], a, nil)
			}
			return err
		}); !errors.Is(err, utility.ErrNothing) {
			t.Errorf("paid once more: %v", err)
		}
		w.sim("kaspi").Next(billersim.Refuse)
		tell(second)
		owes("it was refused", 3000_00)
		w.heard(t, c, "kaspi", "8700")
		owes("after it was refused", 3000_00)
		w.Sound(t)
	})
}

// TestWhoGoesAway: somebody who leaves the page while its provider thinks, or a number at which it stumbles, is no outage for all
// others; a provider that is away is one.
func TestWhoGoesAway(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		c := w.collector(w.Alive())
		look := func(ctx context.Context) error {
			_, err := c.Look(ctx, w.of["osmp"], "8700")
			return err
		}
		for range 3 {
			ctx, leave := context.WithCancel(t.Context())
			leave()
			if err := look(ctx); !errors.Is(err, utility.ErrDown) {
				t.Errorf("who has left: %v", err)
			}
			if err := look(t.Context()); err != nil {
				t.Errorf("the next one: %v", err)
			}
		}
		w.sim("osmp").Next(billersim.Garbage)
		if err := look(t.Context()); !errors.Is(err, utility.ErrDown) {
			t.Errorf("an answer that nobody can read: %v", err)
		}
		if err := look(t.Context()); err != nil {
			t.Errorf("after it: %v", err)
		}
		w.sim("osmp").Next(billersim.Down)
		err := look(t.Context())
		if !errors.Is(err, utility.ErrDown) || strings.Contains(err.Error(), "osmp.test") || strings.Contains(err.Error(), "8700") {
			t.Errorf("away, with its address in the words: %v", err)
		}
		if err := look(t.Context()); !errors.Is(err, utility.ErrDown) {
			t.Errorf("let alone: %v", err)
		}
	})
}

// TestNoNameForStrangers: whoever types a number does not read whose it is.
func TestNoNameForStrangers(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		c := w.collector(w.Alive())
		for _, dialect := range dialects {
			w.sim(dialect).Owe("8702", billersim.Account{Holder: "Ахметова Айгүл", Owed: 100})
			told, err := c.Look(t.Context(), w.of[dialect], "8702")
			if err != nil || len(told.Fields) != 1 || told.Fields[0].Text != "А***** А****" {
				t.Errorf("%s: %+v, %v", dialect, told, err)
			}
		}
	})
}

// TestToldLate tells a provider of a payment days after it was made, when the register of its day is written: it is in that of the day
// on which it was told, and in no other.
func TestToldLate(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		life := w.Alive()
		c := w.collector(life)
		first, late := w.paid(t, "osmp", "8700", 100_00), w.paid(t, "osmp", "8700", 200_00)
		night := func() {
			t.Helper()
			w.Clock.Advance(24 * hour)
			w.Moment(t, func(tx *db.Tx) error { return utility.CloseDay(tx, w.Day().AddDays(-1)) })
		}
		w.Moment(t, func(tx *db.Tx) error { return c.Tell(tx, first.ID) })
		life.Rest(t, w.World)
		for range 6 {
			night()
		}
		w.Moment(t, func(tx *db.Tx) error { return c.Tell(tx, late.ID) })
		life.Rest(t, w.World)
		night()
		night()
		w.Look(t, func(tx *db.Tx) error {
			all, err := utility.Registers(tx, w.of["osmp"].ID)
			if len(all) != 2 || all[0].Sum != 200_00 || all[1].Sum != 100_00 {
				t.Errorf("registers: %+v", all)
			}
			for _, r := range all {
				if entries, err := utility.Entries(tx, r); err != nil || int64(len(entries)) != r.Payments {
					t.Errorf("%s: %+v, %v", r.Number, entries, err)
				}
			}
			return err
		})
	})
}
