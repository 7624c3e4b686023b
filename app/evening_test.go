package app_test

import (
	"errors"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/book"
	"sauda/core/exchange/clearing"
	"sauda/flow/floor"
	"sauda/gear/db"
)

// TestMissedEvenings: a clock that has stood still for days makes up for each evening as it should have been. Forwards are marked at
// the prices of each day, what is due on a day is settled on it, and who held a share on the day of record is entitled, not who
// holds it now.
func TestMissedEvenings(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := openCycle(t, h)
		monday := span.DayOf(h.Clock.Now(), span.Almaty)
		for monday = monday.AddDays(1); monday.Weekday() != 1; monday = monday.AddDays(1) {
			continue
		}
		f := c.draftWheat(monday.AddDays(20))
		c.decided(floor.KindFix, f.ID, floor.Fix{Price: 90_000_00})
		at(t, h, span.DayOf(h.Clock.Now(), span.Almaty).DaysUntil(monday), 9, 0)
		tick := func() {
			t.Helper()
			if err := h.House.Clock.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.Settled(t)
		}
		tick()
		dividend := c.decided(floor.KindNotice, c.m.Share.ID, clearing.Notice{
			Kind: clearing.Dividend, Asset: c.m.Share.Asset.Code, Currency: "KZT", Amount: 1_00, Per: 1, Payer: c.m.Accounts[0].Code,
			Record: monday.AddDays(2), Pay: monday.AddDays(3),
		})
		for day, what := range []struct{ wheat, shares int64 }{{100_000_00, 100}, {110_000_00, 50}} {
			c.open(min(day, 1))
			seller, buyer := h.Seat(t, c.m, 0), h.Seat(t, c.m, 1)
			client := string(rune('a' + day))
			enter(t, h, seller, floor.Ask{Instrument: f.Code, Client: "ws" + client, Side: book.Sell, Price: what.wheat, Quantity: 1000})
			enter(t, h, buyer, floor.Ask{Instrument: f.Code, Client: "wb" + client, Price: what.wheat, Quantity: 1000})
			enter(t, h, seller, floor.Ask{Instrument: c.m.Share.Code, Client: "s" + client, Side: book.Sell, Price: 1000_00, Quantity: what.shares})
			enter(t, h, buyer, floor.Ask{Instrument: c.m.Share.Code, Client: "b" + client, Price: 1000_00, Quantity: what.shares})
			c.close()
		}
		at(t, h, 3, 11, 0) // The clock goes again on Friday.
		tick()
		h.Look(t, func(tx *db.Tx) error {
			for day, want := range []int64{100_000_00, 110_000_00, 110_000_00} {
				fixed, err := clearing.Fixings(tx, monday.AddDays(day))
				if p := fixed[f.Code]; err != nil || p.Price != want || p.Day != monday.AddDays(day) {
					t.Errorf("the settlement price %d days after Monday: %+v, %v", day, p, err)
				}
			}
			n, err := clearing.GetNotice(tx, string(dividend))
			if err != nil || n.State != clearing.NoticeDone {
				t.Errorf("the dividend is %+v, %v", n, err)
			}
			list, err := clearing.Entitlements(tx, n)
			if len(list) != 2 || list[1].Account != c.m.Accounts[1].Code || list[1].Quantity != 100_100 {
				t.Errorf("on Wednesday they held %+v", list)
			}
			return err
		})
		if b := c.balance(1, c.m.Share.Asset.Number); b.Settled != 100_150 {
			t.Errorf("on Friday the buyer has %+v", b)
		}
		h.Clock.Advance(time.Minute)
		tick()
		same(t, h)
		h.Sound(t)
	})
}

// TestADecisionThatComesTooLate: a notice that is confirmed when its day of record is over comes to nothing, and stands in the way of
// no other decision about the same share.
func TestADecisionThatComesTooLate(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := openCycle(t, h)
		at(t, h, 1, 20, 0)
		today := span.DayOf(h.Clock.Now(), span.Almaty)
		n := clearing.Notice{
			Kind: clearing.Dividend, Asset: c.m.Share.Asset.Code, Currency: "KZT", Amount: 1_00, Per: 1, Payer: c.m.Accounts[0].Code, Record: today, Pay: today,
		}
		var late exchange.Proposal
		c.as("usr_first", func(tx *db.Tx) (err error) {
			late, err = exchange.Propose(tx, floor.KindNotice, exchange.Subject(c.m.Share.ID), n, "The issuer has said so.")
			return err
		})
		at(t, h, 1, 9, 0)
		c.as("usr_second", func(tx *db.Tx) error {
			_, err := exchange.Confirm(tx, late.ID)
			return err
		})
		h.Settled(t)
		n.Record, n.Pay = today.AddDays(1), today.AddDays(1)
		next := c.decided(floor.KindNotice, c.m.Share.ID, n)
		h.Look(t, func(tx *db.Tx) error {
			if _, err := clearing.GetNotice(tx, string(late.ID)); !errors.Is(err, clearing.ErrUnknown) {
				t.Errorf("the one that came too late: %v", err)
			}
			if _, err := clearing.GetNotice(tx, string(next)); err != nil {
				t.Errorf("the one after it: %v", err)
			}
			return nil
		})
	})
}
