package collect_test

import (
	"errors"
	"testing"
	"time"

	"sauda/core/cart"
	"sauda/core/identity"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/utility"
	"sauda/core/utility/billersim"
	"sauda/flow/checkout"
	"sauda/gear/db"
)

const hour = time.Hour

// owner is a buyer with an account in the shop, and a card that she keeps.
func (w *town) owner(t *testing.T) (who db.Who, kept payment.KeptCard) {
	t.Helper()
	w.Moment(t, func(tx *db.Tx) error {
		u, err := identity.Register(tx, identity.Registration{Email: "aigul@example.kz", Name: "Айгүл", Lang: "kk"})
		who = u.Who("ses_1")
		return err
	})
	life := w.Alive()
	desk := checkout.New(life.Teller, w.Cards)
	desk.Keys = w.keys
	id := w.BasketOf(t, who, "mth_courier", w.Kettle)
	if a, err := desk.Order(t.Context(), who, checkout.Purchase{Cart: id, Method: payment.Card, Token: "tok_ok", Keep: true}); err != nil || a.Order == "" {
		t.Fatalf("%+v, %v", a, err)
	}
	w.As(who).Look(t, func(tx *db.Tx) error {
		all, err := payment.Cards(tx, who.Party)
		if len(all) != 1 {
			t.Fatalf("kept: %+v", all)
		}
		kept = all[0]
		return err
	})
	return who, kept
}

// TestAutopay has a bill elsewhere paid by itself: from its day on, once, within limits, and not at all when it was ended.
func TestAutopay(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		who, kept := w.owner(t)
		w.Clock.Set(time.Date(2026, 11, 26, 6, 0, 0, 0, time.UTC))
		life := w.Alive()
		c := w.collector(life)
		a := w.account(t, "kaspi", "8700", 0)
		agree := func(who db.Who, p utility.Autopay) (got utility.Autopay, err error) {
			err = w.As(who).Try(func(tx *db.Tx) (err error) {
				got, err = utility.Agree(tx, p)
				return err
			})
			return got, err
		}
		terms := utility.Autopay{Account: a.ID, Card: string(kept.ID), Day: 25, BillLimit: 6000_00, MonthLimit: 8000_00}
		if _, err := agree(who, terms); !errors.Is(err, utility.ErrAccount) {
			t.Errorf("of an account that she does not keep: %v", err)
		}
		w.As(who).Moment(t, func(tx *db.Tx) error { return utility.Save(tx, a.ID, "Телефон") })
		for _, wrong := range []utility.Autopay{
			{Account: a.ID, Day: 25, BillLimit: 1, MonthLimit: 1}, {Account: a.ID, Card: "c", Day: 29, BillLimit: 1, MonthLimit: 1},
			{Account: a.ID, Card: "c", Day: 1, BillLimit: 2, MonthLimit: 1}, {Account: a.ID, Card: "c", Day: 1},
		} {
			if _, err := agree(who, wrong); !errors.Is(err, utility.ErrInvalid) {
				t.Errorf("%+v: %v", wrong, err)
			}
		}
		if _, err := agree(db.Who{Kind: db.KindGuest}, terms); !errors.Is(err, utility.ErrBuyer) {
			t.Errorf("a guest: %v", err)
		}
		on, err := agree(who, terms)
		if err != nil {
			t.Fatal(err)
		}
		if on.Next.String() != "2026-12-25" {
			t.Errorf("the first day is %s", on.Next)
		}
		run := func() {
			t.Helper()
			for range 2 { // Called twice, it pays once.
				if err := c.PayDue(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			life.Settle(t)
		}
		turns := func() (all []utility.Turn) {
			w.Look(t, func(tx *db.Tx) (err error) {
				all, err = utility.Turns(tx, on.ID)
				return err
			})
			return all
		}
		w.Clock.Set(time.Date(2026, 12, 23, 6, 0, 0, 0, time.UTC))
		run()
		if len(turns()) != 0 {
			t.Errorf("before its day: %+v", turns())
		}
		reminded := 0
		for range 3 {
			w.Moment(t, func(tx *db.Tx) error {
				n, err := utility.RemindAutopays(tx, 10)
				reminded += n
				return err
			})
		}
		if reminded != 1 {
			t.Errorf("announced %d times", reminded)
		}
		w.Clock.Set(time.Date(2026, 12, 25, 6, 0, 0, 0, time.UTC))
		w.sim("kaspi").Away(true)
		run()
		if len(turns()) != 0 {
			t.Errorf("while the provider is away: %+v", turns())
		}
		w.sim("kaspi").Away(false)
		life.Rest(t, w.World)
		run()
		got := turns()
		if len(got) != 1 || got[0].State != utility.TurnPaid || got[0].Sum != 5000_00 || got[0].Order == "" {
			t.Fatalf("paid by itself: %+v", got)
		}
		w.As(who).Look(t, func(tx *db.Tx) error {
			o, err := order.Get(tx, order.ID(got[0].Order))
			if o.Party != who.Party || o.Total().Minor != 5000_00 {
				t.Errorf("ordered by %s for %s", o.Party, o.Total())
			}
			if _, err := cart.Own(tx, who.Party); !errors.Is(err, cart.ErrUnknown) {
				t.Errorf("her own basket: %v", err)
			}
			return err
		})
		w.stops(t, run, turns)
		w.As(who).Moment(t, func(tx *db.Tx) error { return utility.EndAutopay(tx, a.ID) })
		w.sim("kaspi").Owe("8700", billersim.Account{Owed: 100_00})
		w.Clock.Set(time.Date(2027, 2, 25, 6, 0, 0, 0, time.UTC))
		run()
		if len(turns()) != 3 {
			t.Errorf("paid after it was ended: %+v", turns())
		}
	})
}

// stops holds the limits: of a bill, and of a month.
func (w *town) stops(t *testing.T, run func(), turns func() []utility.Turn) {
	t.Helper()
	w.sim("kaspi").Owe("8700", billersim.Account{Owed: 4000_00})
	w.Clock.Set(time.Date(2026, 12, 27, 6, 0, 0, 0, time.UTC))
	run()
	if got := turns(); len(got) != 2 || got[0].State != utility.TurnStopped || got[0].Why != utility.OverMonth {
		t.Errorf("beyond the month: %+v", got)
	}
	w.sim("kaspi").Owe("8700", billersim.Account{Owed: 6000_01})
	w.Clock.Set(time.Date(2027, 1, 25, 6, 0, 0, 0, time.UTC))
	run()
	if got := turns(); len(got) != 3 || got[0].State != utility.TurnStopped || got[0].Why != utility.OverBill {
		t.Errorf("beyond a bill: %+v", got)
	}
	w.sim("kaspi").Owe("8700", billersim.Account{})
}
