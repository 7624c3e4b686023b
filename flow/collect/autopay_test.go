package collect_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/cart"
	"sauda/core/hold"
	"sauda/core/identity"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/payment/cardsim"
	"sauda/core/utility"
	"sauda/core/utility/billersim"
	"sauda/flow/checkout"
	"sauda/flow/collect"
	"sauda/flow/flowtest"
	"sauda/gear/db"
	"sauda/gear/saga"
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

// payer has an account paid by itself: what was agreed to, how it is run, and what became of its days.
type payer struct {
	*town
	life  *flowtest.Life
	c     *collect.Collector
	who   db.Who
	of    utility.Account
	on    utility.Autopay
	hook  func(collect.Due) // hook is called before the till is.
	till  error             // till is what the till said last.
	tills int
}

// agreed has a bill of 5,000 paid by itself from the 25th of December on, 6,000 at once and 8,000 in a month at most.
func agreed(t *testing.T, w *town) *payer {
	t.Helper()
	p := &payer{town: w}
	var kept payment.KeptCard
	p.who, kept = w.owner(t)
	w.Clock.Set(time.Date(2026, 11, 26, 6, 0, 0, 0, time.UTC))
	p.life = w.Alive()
	p.c = w.collectorWith(p.life, func(till collect.Till) collect.Till {
		return func(ctx context.Context, who db.Who, d collect.Due) (order string, err error) {
			p.tills++
			if p.hook != nil {
				p.hook(d)
			}
			order, p.till = till(ctx, who, d)
			return order, p.till
		}
	})
	p.of = w.account(t, "kaspi", "8700", 0)
	w.As(p.who).Moment(t, func(tx *db.Tx) (err error) {
		if err = utility.Save(tx, p.of.ID, "Телефон"); err == nil {
			p.on, err = utility.Agree(tx, utility.Autopay{Account: p.of.ID, Card: string(kept.ID), Day: 25, BillLimit: 6000_00, MonthLimit: 8000_00})
		}
		return err
	})
	return p
}

// day pays what is due on a day at noon, and gives what became of all days so far, the latest first.
func (p *payer) day(t *testing.T, day string) (turns []utility.Turn) {
	t.Helper()
	p.Clock.Set(span.MustDay(day).Start(span.Almaty).Add(12 * hour))
	if err := p.c.PayDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.life.Settle(t)
	return p.turns(t)
}

func (p *payer) turns(t *testing.T) (turns []utility.Turn) {
	t.Helper()
	p.Look(t, func(tx *db.Tx) (err error) {
		turns, err = utility.Turns(tx, p.on.ID)
		return err
	})
	return turns
}

// TestAutopayWithABadCard: a card that does not pay is told to its owner, leaves nothing behind, and is tried in the next month.
func TestAutopayWithABadCard(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		p := agreed(t, w)
		w.Gateway.Inject(cardsim.Faults{Decline: 1000})
		got := p.day(t, "2026-12-25")
		if len(got) != 1 || got[0].State != utility.TurnFailed || got[0].Why != utility.NoCard || got[0].Order != "" {
			t.Fatalf("declined: %+v", got)
		}
		w.Gateway.Inject(cardsim.Faults{})
		if got = p.day(t, "2026-12-26"); len(got) != 1 || p.tills != 1 {
			t.Errorf("on the next day: %+v, asked %d times", got, p.tills)
		}
		if n := len(w.sim("kaspi").Register()); n != 0 {
			t.Errorf("the provider took %d", n)
		}
		if got = p.day(t, "2027-01-25"); len(got) != 2 || got[0].State != utility.TurnPaid || got[0].Sum != 5000_00 {
			t.Errorf("in the next month: %+v", got)
		}
		w.Sound(t)
	})
}

// TestAutopayOverMidnight: what was due on the last day of a month and is paid in the next one counts in the next one.
func TestAutopayOverMidnight(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		p := agreed(t, w)
		w.sim("kaspi").Owe("8700", billersim.Account{})
		if got := p.day(t, "2026-12-30"); len(got) != 0 {
			t.Fatalf("nothing is owed: %+v", got)
		}
		w.sim("kaspi").Owe("8700", billersim.Account{Owed: 5000_00})
		w.sim("kaspi").Away(true)
		if got := p.day(t, "2026-12-31"); len(got) != 0 {
			t.Fatalf("the provider is away: %+v", got)
		}
		w.sim("kaspi").Away(false)
		p.Clock.Set(span.MustDay("2027-01-01").Start(span.Almaty).Add(hour))
		p.life.Rest(t, w.World)
		if got := p.turns(t); len(got) != 1 || got[0].State != utility.TurnPaid || got[0].Day.String() != "2026-12-31" {
			t.Fatalf("paid in January: %+v", got)
		}
		w.sim("kaspi").Owe("8700", billersim.Account{Owed: 4000_00})
		if got := p.day(t, "2027-01-25"); len(got) != 2 || got[0].State != utility.TurnStopped || got[0].Why != utility.OverMonth {
			t.Errorf("9,000 in January: %+v", got)
		}
	})
}

// TestAutopayOfOnePaused: while a provider takes nothing, it is not asked, nothing is paid and nobody is told that his card is bad;
// afterwards it is paid.
func TestAutopayOfOnePaused(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		p := agreed(t, w)
		pause := func(paused bool) {
			w.As(clerk).Moment(t, func(tx *db.Tx) (err error) {
				now, err := utility.Get(tx, p.on.Provider)
				if err == nil {
					now.Paused = paused
					_, err = utility.Revise(tx, now)
				}
				return err
			})
		}
		pause(true)
		if got := p.day(t, "2026-12-25"); len(got) != 0 || p.tills != 0 {
			t.Errorf("while it is paused: %+v", got)
		}
		pause(false)
		if got := p.day(t, "2026-12-26"); len(got) != 1 || got[0].State != utility.TurnPaid {
			t.Errorf("afterwards: %+v", got)
		}
	})
}

// TestAutopayLeavesABillToWhoWasFaster: somebody of the family holds the bill, or has paid it, when it comes to the till.
func TestAutopayLeavesABillToWhoWasFaster(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		p := agreed(t, w)
		p.hook = func(collect.Due) {
			w.Moment(t, func(tx *db.Tx) error {
				a, err := utility.AccountOf(tx, p.of.ID)
				if err != nil {
					return err
				}
				key := utility.Draft{Account: a.ID, Payments: a.Payments}.Wants()
				return hold.Take(tx, "cart/other", key, tx.Now().Add(hour))
			})
		}
		if got := p.day(t, "2026-12-25"); len(got) != 0 || !errors.Is(p.till, utility.ErrPaying) {
			t.Errorf("held by somebody else: %+v, %v", got, p.till)
		}
		p.hook = func(collect.Due) {
			w.Moment(t, func(tx *db.Tx) error {
				_, _, err := utility.Pay(tx, w.of["kaspi"], utility.Payment{Channel: utility.Here, Txn: "other", Account: p.of.ID, Sum: 5000_00})
				return err
			})
		}
		w.Clock.Advance(2 * hour)
		if got := p.day(t, "2026-12-26"); len(got) != 0 || p.till == nil {
			t.Errorf("paid by somebody else: %+v, %v", got, p.till)
		}
	})
}

// TestAFailedTurnDoesNotBuy: what has failed when the basket was filled does not come to the till.
func TestAFailedTurnDoesNotBuy(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		p := agreed(t, w)
		p.Clock.Set(p.on.Next.Start(span.Almaty).Add(12 * hour))
		var id cart.ID
		w.As(db.System).Moment(t, func(tx *db.Tx) (err error) {
			id, err = cart.Stand(tx, cart.Standing{Party: p.who.Party, For: "autopay/" + string(p.on.ID), Currency: money.KZT, Lang: "kk"})
			return err
		})
		_, _, err := saga.Tell(t.Context(), p.life.Teller, db.System, saga.Name{Story: "autopay", Key: string(p.on.ID) + "/" + p.on.Next.String()}, collect.Paying{
			Autopay: p.on.ID, Party: p.who.Party, Cart: id, Card: p.on.Card,
			Turn: utility.Turn{Autopay: p.on.ID, Day: p.on.Next, State: utility.TurnFailed, Why: utility.NoAccount},
		})
		if got := p.turns(t); err != nil || p.tills != 0 || len(got) != 1 || got[0].State != utility.TurnFailed || got[0].Why != utility.NoAccount {
			t.Errorf("%d times at the till: %+v, %v", p.tills, got, err)
		}
	})
}
