package utility_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"sauda/base/span"
	"sauda/core/hold"
	"sauda/core/utility"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// TestOnlyItsStaffOpensAccounts: a buyer who asks about a number has no account made at a provider that keeps its books here.
func TestOnlyItsStaffOpensAccounts(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		w := open(t, s, "100")
		for _, number := range []string{"100", "999"} {
			if err := s.As(aigul).Try(func(tx *db.Tx) error {
				_, err := utility.AskLater(tx, w.p, number)
				return err
			}); !errors.Is(err, utility.ErrHere) {
				t.Errorf("asked about %s: %v", number, err)
			}
		}
		if err := s.Try(func(tx *db.Tx) error {
			_, err := utility.Keep(tx, w.p, "999", utility.Told{})
			return err
		}); !errors.Is(err, utility.ErrHere) {
			t.Errorf("told of: %v", err)
		}
		s.Look(t, func(tx *db.Tx) error {
			n, err := utility.CountAccounts(tx, w.p.ID)
			due, _ := utility.Asks(tx, 10)
			if n != 1 || len(due) != 0 {
				t.Errorf("%d accounts, asked: %v", n, due)
			}
			return err
		})
	})
}

// TestEachPaymentIsInOneRegister has payments come late by days, as a register goes out, and before nobody writes registers for a
// week: each is in one register, and is counted in it.
func TestEachPaymentIsInOneRegister(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		w := open(t, s, "100")
		sent := 0
		pay := func(late int) {
			t.Helper()
			sent++
			s.Moment(t, func(tx *db.Tx) error {
				_, _, err := utility.Pay(tx, w.p, utility.Payment{
					Channel: "kaspi", Txn: fmt.Sprint(sent), Account: w.accounts["100"].ID, Sum: int64(sent), Dated: tx.Now().Add(-time.Duration(late) * 24 * time.Hour),
				})
				return err
			})
		}
		yesterday := func() span.Day { return span.DayOf(s.Now(), span.Almaty).AddDays(-1) }
		night := func(days int) {
			t.Helper()
			s.Clock.Advance(time.Duration(days) * 24 * time.Hour)
			s.Moment(t, func(tx *db.Tx) error { return utility.CloseDay(tx, yesterday()) })
		}
		pay(0)
		for range 6 {
			night(1)
			for late := range 7 {
				pay(late)
			}
		}
		gone := yesterday()
		s.As(clerk).Moment(t, func(tx *db.Tx) error { _, err := utility.Send(tx, w.p, "kaspi", gone); return err })
		s.As(clerk).Moment(t, func(tx *db.Tx) error { _, err := utility.Settled(tx, w.p, "kaspi", gone.AddDays(-1)); return err })
		pay(1)
		night(7)
		pay(1)
		night(1)
		s.Look(t, func(tx *db.Tx) error {
			all, err := utility.Registers(tx, w.p.ID)
			found := map[string]int{}
			for _, r := range all {
				entries, err := utility.Entries(tx, r)
				if err != nil {
					return err
				}
				sum := int64(0)
				for _, e := range entries {
					found[e.Txn], sum = found[e.Txn]+1, sum+e.Sum
				}
				if int(r.Payments) != len(entries) || r.Sum != sum {
					t.Errorf("%s says %d payments of %d, and has %d of %d", r.Number, r.Payments, r.Sum, len(entries), sum)
				}
			}
			for n := 1; n <= sent; n++ {
				if found[fmt.Sprint(n)] != 1 {
					t.Errorf("payment %d is in %d registers", n, found[fmt.Sprint(n)])
				}
			}
			return err
		})
	})
}

// TestPaused: what a provider that takes nothing for now is owed cannot be chosen, nor ordered where it was chosen before.
func TestPaused(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		w := open(t, s, "100")
		w.issue(t, november, 100)
		var d utility.Draft
		choose := func() error {
			return s.As(aigul).Try(func(tx *db.Tx) (err error) {
				d, err = utility.Choose(tx, w.p, w.accounts["100"], nil)
				return err
			})
		}
		ordered := func() (n int) {
			s.As(aigul).Look(t, func(tx *db.Tx) error {
				all, err := utility.Way{}.Chosen(tx, []string{string(d.ID)})
				n = len(all)
				return err
			})
			return n
		}
		pause := func(paused bool) {
			w.p.Variant, w.p.Paused = "var_1", paused
			s.As(clerk).Moment(t, func(tx *db.Tx) (err error) {
				w.p, err = utility.Revise(tx, w.p)
				return err
			})
		}
		pause(false)
		if err := choose(); err != nil || ordered() != 1 {
			t.Fatalf("%v, %d can be ordered", err, ordered())
		}
		pause(true)
		if err := choose(); !errors.Is(err, utility.ErrPaused) || ordered() != 0 {
			t.Errorf("%v, %d can be ordered", err, ordered())
		}
		pause(false)
		if err := choose(); err != nil || ordered() != 1 {
			t.Errorf("%v, %d can be ordered", err, ordered())
		}
	})
}

// TestHeld: who finds a bill held by somebody else is told so; goods that are sold out stay sold out.
func TestHeld(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		w := open(t, s, "100")
		w.issue(t, november, 100)
		var d utility.Draft
		s.As(aigul).Moment(t, func(tx *db.Tx) (err error) {
			d, err = utility.Choose(tx, w.p, w.accounts["100"], nil)
			return err
		})
		take := func(owner string, wants []hold.Want) error {
			return s.Try(func(tx *db.Tx) error { return utility.Held(hold.Take(tx, owner, wants, tx.Now().Add(time.Minute))) })
		}
		if err := take("cart/a", d.Wants()); err != nil {
			t.Error(err)
		}
		if err := take("cart/b", d.Wants()); !errors.Is(err, utility.ErrPaying) {
			t.Errorf("a bill: %v", err)
		}
		if err := take("cart/b", []hold.Want{{Key: "sku:1", Quantity: 1}}); !errors.Is(err, hold.ErrSoldOut) {
			t.Errorf("goods: %v", err)
		}
	})
}
