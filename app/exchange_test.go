package app_test

import (
	"errors"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/job"
)

// TestATradeIsCleared follows a trade from the order to the settlement two days later: the market learns from the books, goes
// through its day, its trades are written down with their fees, and what the ledger moves the market hears of; also when the
// house is closed and opened in between.
func TestATradeIsCleared(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.OpenMarket(t)
		seller, buyer := h.Seat(t, m, 0), h.Seat(t, m, 1)
		at(t, h, 1, 9, 45)
		enter(t, h, seller, floor.Ask{Instrument: m.Share.Code, Client: "s1", Side: book.Sell, Price: 1000_00, Quantity: 300})
		at(t, h, 0, 10, 5)
		enter(t, h, buyer, floor.Ask{Instrument: m.Share.Code, Client: "b1", Price: 1010_00, Quantity: 100})
		at(t, h, 0, 10, 10)
		at(t, h, 0, 10, 11)
		if phase := day(t, h, m.Share.Number).Phase; phase != auction.Continuous {
			t.Fatalf("a minute after the call it is %s", phase)
		}
		o := enter(t, h, buyer, floor.Ask{Instrument: m.Share.Code, Client: "b2", Price: 1000_00, Quantity: 50})
		if o.Cum != 50 || o.State != venue.Filled {
			t.Fatalf("the order is %+v", o)
		}
		if _, err := h.Floor.Enter(t.Context(), buyer, floor.Ask{Instrument: m.Share.Code, Client: "b3", Price: 1000_00, Quantity: 55}); !errors.Is(err, floor.ErrRefused) {
			t.Errorf("an odd lot is %v", err)
		}
		h.Settled(t)
		trades := written(t, h, buyer.Code)
		if len(trades) != 2 || trades[0].Quantity != 50 || trades[0].Kind != clearing.Continuous || trades[1].Kind != clearing.Auction ||
			trades[0].BuyFee != 50_00 || trades[0].SellFee != 25_00 {
			t.Fatalf("trades %+v", trades)
		}
		before := portfolio(t, h, buyer)
		h.Reopen(t)
		h.Settled(t)
		if after := portfolio(t, h, buyer); after != before {
			t.Errorf("opened again, %+v has become %+v", before, after)
		}
		at(t, h, 0, 17, 0)
		at(t, h, 0, 17, 10)
		at(t, h, 0, 17, 11)
		at(t, h, 0, 17, 31)
		if phase := day(t, h, m.Share.Number).Phase; phase != auction.Closed {
			t.Errorf("in the evening it is %s", phase)
		}
		at(t, h, 2, 16, 0)
		settle(t, h)
		h.Settled(t)
		settled := portfolio(t, h, buyer)
		if settled.Settled != 100_000+150 || settled.Due != 0 {
			t.Errorf("after settlement: %+v", settled)
		}
		h.Sound(t)
	})
}

// TestADepositOfNothingKnown: what the market could not hear of is not brought in.
func TestADepositOfNothingKnown(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.OpenMarket(t)
		err := job.Once(t.Context(), h.Store, db.System, func(tx *db.Tx) error {
			_, err := floor.Deposit(tx, m.Accounts[0].Code, clearing.Movement{Ref: "r1", Asset: "XS1234567890", Amount: 5, Cause: "test"})
			return err
		})
		if !errors.Is(err, exchange.ErrUnknown) {
			t.Errorf("an asset that nobody has listed: %v", err)
		}
	})
}

// TestADayThatNobodyEnded: a day for which nobody rang is ended on the next, and the new day goes by its own plan.
func TestADayThatNobodyEnded(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.OpenMarket(t)
		at(t, h, 1, 9, 45)
		at(t, h, 0, 10, 5)
		at(t, h, 1, 9, 45) // The opening auction was never held, and the day never closed.
		h.Settled(t)
		d := day(t, h, m.Share.Number)
		if d.Phase != auction.PreOpen || len(d.Plan.Due) == 0 || d.Plan.Due[0].By < span.Micros(h.Clock.Now()) {
			t.Errorf("the next morning: %+v", d)
		}
	})
}

// at moves the clock to a time of so many days later, and does what is due then.
func at(t *testing.T, h *apptest.House, days, hour, minute int) {
	t.Helper()
	then := span.DayOf(h.Clock.Now(), span.Almaty).AddDays(days).Start(span.Almaty).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	h.Clock.Advance(then.Sub(h.Clock.Now()))
	h.Settled(t)
}

func enter(t *testing.T, h *apptest.House, s floor.Seat, a floor.Ask) venue.Order {
	t.Helper()
	o, err := h.Floor.Enter(t.Context(), s, a)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func day(t *testing.T, h *apptest.House, number uint32) (d venue.Day) {
	t.Helper()
	if err := h.Floor.Look(t.Context(), func(v *venue.Venue) { d = v.Day(number) }); err != nil {
		t.Fatal(err)
	}
	return d
}

func written(t *testing.T, h *apptest.House, account string) (list []clearing.Traded) {
	t.Helper()
	if err := job.Look(t.Context(), h.Store, db.System, func(tx *db.Tx) (err error) {
		list, err = clearing.TradesWith(tx, account, 0, 10)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

// shares is what an account has of the share.
type shares struct{ Settled, Due int64 }

func portfolio(t *testing.T, h *apptest.House, s floor.Seat) shares {
	t.Helper()
	p, err := h.Floor.Portfolio(t.Context(), s.Account)
	if err != nil {
		t.Fatal(err)
	}
	for number, b := range p.Balances {
		if h.Floor.AssetCode(number) != "KZT" {
			return shares{b.Settled, b.Due}
		}
	}
	return shares{}
}

func settle(t *testing.T, h *apptest.House) {
	t.Helper()
	if err := job.Once(t.Context(), h.Store, db.System, func(tx *db.Tx) error {
		done, err := floor.Settle(tx, span.DayOf(tx.Now(), span.Almaty), true)
		if err == nil && (len(done.Parts) != 2 || len(done.Failures) > 0) {
			t.Errorf("settled %+v", done)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
