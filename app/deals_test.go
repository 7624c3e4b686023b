package app_test

import (
	"context"
	"errors"
	"testing"

	"sauda/app/apptest"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/book"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/deal"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/saga"
)

// TestADealIsMade: one side reports, the other confirms, and there is a trade on the day that both wanted, once, whoever asks
// again; the books and the market agree on it.
func TestADealIsMade(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.OpenMarket(t)
		seller, buyer := h.Seat(t, m, 0), h.Seat(t, m, 1)
		open(t, h, m)
		c := floor.Contract{Instrument: m.Share.Code, Side: deal.Sell, Price: 1020_00, Quantity: 200, Cycle: 0, Other: buyer.Code, Ref: "d1"}
		d := report(t, h, seller, c)
		if again := report(t, h, seller, c); again.ID != d.ID {
			t.Errorf("told again it is %s, not %s", again.ID, d.ID)
		}
		for _, wrong := range []struct {
			what string
			seat floor.Seat
			want error
		}{{"who has reported it", seller, deal.ErrSide}, {"a stranger", floor.Seat{Code: "A00000099"}, deal.ErrUnknown}} {
			if _, _, err := h.Notary.Confirm(t.Context(), db.System, wrong.seat, d.ID); !errors.Is(err, wrong.want) {
				t.Errorf("%s: %v", wrong.what, err)
			}
		}
		for range 2 {
			s, outcome, err := h.Notary.Confirm(t.Context(), db.System, buyer, d.ID)
			if err != nil || outcome != saga.Done || s.Trade == 0 || s.Reason != "" {
				t.Fatalf("confirmed: %+v, %s, %v", s, outcome, err)
			}
		}
		h.Settled(t)
		trades := written(t, h, buyer.Code)
		if one := trades[0]; one.Kind != clearing.Negotiated || one.Quantity != 200 || one.Amount != 200*1020_00 || one.SettleDay != one.Day ||
			one.Buyer != buyer.Code || one.Ref != "deal "+string(d.ID) || one.SellTrader != seller.Trader || one.BuyMember != m.Member.Number {
			t.Errorf("the trade is %+v", one)
		}
		if d = dealOf(t, h, seller, d.ID); d.State != deal.Made || d.Trade != trades[0].ID {
			t.Errorf("the deal is %+v", d)
		}
		same(t, h)
		h.Sound(t)
	})
}

// TestADealIsNotMade: what the market does not take both sides read with its reason; what the other side corrects is a new deal
// for the first one to confirm; what is refused, withdrawn or too late is not made.
func TestADealIsNotMade(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.OpenMarket(t)
		seller, buyer := h.Seat(t, m, 0), h.Seat(t, m, 1)
		open(t, h, m)
		c := floor.Contract{Instrument: m.Share.Code, Side: deal.Buy, Price: 1000_00, Quantity: 100, Cycle: deal.CycleUsual, Other: seller.Code}
		for _, wrong := range []struct {
			ref    string
			change func(*floor.Contract)
			reason string
		}{
			{"far", func(c *floor.Contract) { c.Price = 2000_00 }, "outside_collar"},
			{"odd", func(c *floor.Contract) { c.Price = 1000_50 }, "bad_tick"},
			{"much", func(c *floor.Contract) { c.Quantity = 200_000 }, "buying_power"},
		} {
			one := c
			one.Ref = wrong.ref
			wrong.change(&one)
			d := report(t, h, buyer, one)
			s, _, err := h.Notary.Confirm(t.Context(), db.System, seller, d.ID)
			if err != nil || s.Reason != wrong.reason {
				t.Errorf("%s: %+v, %v", wrong.ref, s, err)
			}
			for _, seat := range []floor.Seat{buyer, seller} {
				if d = dealOf(t, h, seat, d.ID); d.State != deal.Rejected || d.Reason != wrong.reason {
					t.Errorf("%s reads %s, %s", seat.Code, d.State, d.Reason)
				}
			}
		}
		c.Ref, c.Other = "by member", "BROKER"
		d := report(t, h, buyer, c)
		moment(t, h, func(tx *db.Tx) (err error) {
			d, err = h.Notary.Correct(tx, seller, d.ID, floor.Contract{Price: 1005_00, Quantity: 150, Cycle: deal.CycleUsual, Ref: "c1"})
			return err
		})
		if d.Side != deal.Sell || d.Other.Account != buyer.Code {
			t.Fatalf("corrected: %+v", d)
		}
		if s, _, err := h.Notary.Confirm(t.Context(), db.System, buyer, d.ID); err != nil || s.Trade == 0 {
			t.Errorf("the correction: %+v, %v", s, err)
		}
		c.Ref = "refused"
		d = report(t, h, buyer, c)
		moment(t, h, func(tx *db.Tx) error {
			_, err := deal.Refuse(tx, d.ID, seller.PartyOf(), "Not agreed.")
			return err
		})
		c.Ref = "late"
		late := report(t, h, buyer, c)
		at(t, h, 1, 9, 45)
		for _, over := range []struct {
			id   deal.ID
			want error
		}{{d.ID, deal.ErrDecided}, {late.ID, deal.ErrLapsed}} {
			if _, _, err := h.Notary.Confirm(t.Context(), db.System, seller, over.id); !errors.Is(err, over.want) {
				t.Errorf("%s: %v", over.id, err)
			}
		}
		moment(t, h, func(tx *db.Tx) error {
			if n, err := deal.Lapse(tx); n != 1 || err != nil {
				t.Errorf("%d have lapsed, %v", n, err)
			}
			return nil
		})
		if late = dealOf(t, h, seller, late.ID); late.State != deal.Lapsed {
			t.Errorf("the next morning it is %s", late.State)
		}
		same(t, h)
	})
}

// TestATradeIsBusted: two people take a trade back, before and after it is settled; the market and the books have what they had,
// and a second bust changes nothing.
func TestATradeIsBusted(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.OpenMarket(t)
		seller, buyer := h.Seat(t, m, 0), h.Seat(t, m, 1)
		open(t, h, m)
		before := portfolio(t, h, buyer)
		enter(t, h, seller, floor.Ask{Instrument: m.Share.Code, Client: "bs", Side: book.Sell, Price: 1010_00, Quantity: 50})
		enter(t, h, buyer, floor.Ask{Instrument: m.Share.Code, Client: "bb", Price: 1010_00, Quantity: 50})
		h.Settled(t)
		bust(t, h, written(t, h, buyer.Code)[0].ID)
		same(t, h)
		if after := portfolio(t, h, buyer); after != before {
			t.Errorf("busted, %+v has become %+v", before, after)
		}
		enter(t, h, seller, floor.Ask{Instrument: m.Share.Code, Client: "cs", Side: book.Sell, Price: 1010_00, Quantity: 70})
		enter(t, h, buyer, floor.Ask{Instrument: m.Share.Code, Client: "cb", Price: 1010_00, Quantity: 70})
		at(t, h, 2, 18, 31)
		moment(t, h, func(tx *db.Tx) error {
			_, err := floor.Settle(tx, span.DayOf(tx.Now(), span.Almaty), true)
			return err
		})
		one := written(t, h, buyer.Code)[0]
		if _, sides := lookup(t, h, one.ID); sides[0].State != clearing.Whole {
			t.Fatalf("two days later it is %s", sides[0].State)
		}
		bust(t, h, one.ID)
		if _, sides := lookup(t, h, one.ID); sides[0].State != clearing.Taken || sides[1].State != clearing.Taken {
			t.Errorf("it is %s", sides[0].State)
		}
		same(t, h)
		moment := job.Once(t.Context(), h.Store, clerks[0], func(tx *db.Tx) error {
			_, err := floor.ProposeBust(tx, one.ID, "Again.")
			return err
		})
		if !errors.Is(moment, clearing.ErrBusted) {
			t.Errorf("a second one: %v", moment)
		}
		h.Sound(t)
	})
}

// clerks are two people of the exchange.
var clerks = [2]db.Who{
	{Kind: db.KindStaff, ID: "usr_clerk_one_of_the_exchange", Seller: "sel_own", Scopes: []string{"exchange.*"}},
	{Kind: db.KindStaff, ID: "usr_clerk_two_of_the_exchange", Seller: "sel_own", Scopes: []string{"exchange.*"}},
}

// bust has two people take a trade back.
func bust(t *testing.T, h *apptest.House, id uint64) {
	t.Helper()
	var p exchange.Proposal
	if err := job.Once(t.Context(), h.Store, clerks[0], func(tx *db.Tx) (err error) {
		p, err = floor.ProposeBust(tx, id, "It was a mistake.")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := job.Once(t.Context(), h.Store, clerks[1], func(tx *db.Tx) error {
		_, err := exchange.Confirm(tx, p.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	h.Settled(t)
}

// open lets a market trade continuously; a trade at 1000 has opened it.
func open(t *testing.T, h *apptest.House, m apptest.Exchange) {
	t.Helper()
	at(t, h, 1, 9, 45)
	enter(t, h, h.Seat(t, m, 0), floor.Ask{Instrument: m.Share.Code, Client: "first-s", Side: book.Sell, Price: 1000_00, Quantity: 10})
	enter(t, h, h.Seat(t, m, 1), floor.Ask{Instrument: m.Share.Code, Client: "first-b", Price: 1000_00, Quantity: 10})
	at(t, h, 0, 10, 5)
	at(t, h, 0, 10, 10)
	at(t, h, 0, 10, 11)
}

func moment(t *testing.T, h *apptest.House, do func(*db.Tx) error) {
	t.Helper()
	if err := job.Once(t.Context(), h.Store, db.System, do); err != nil {
		t.Fatal(err)
	}
}

func report(t *testing.T, h *apptest.House, s floor.Seat, c floor.Contract) (d deal.Deal) {
	t.Helper()
	moment(t, h, func(tx *db.Tx) (err error) {
		d, err = h.Notary.Report(tx, s, c)
		return err
	})
	return d
}

func dealOf(t *testing.T, h *apptest.House, s floor.Seat, id deal.ID) (d deal.Deal) {
	t.Helper()
	moment(t, h, func(tx *db.Tx) (err error) {
		d, err = deal.Get(tx, id, s.PartyOf())
		return err
	})
	return d
}

func lookup(t *testing.T, h *apptest.House, id uint64) (tr clearing.Trade, sides []clearing.Obligation) {
	t.Helper()
	moment(t, h, func(tx *db.Tx) (err error) {
		tr, sides, err = clearing.Lookup(tx, id)
		return err
	})
	return tr, sides
}

// same holds the market to the books.
func same(t *testing.T, h *apptest.House) {
	t.Helper()
	h.Settled(t)
	found, whole, err := h.Floor.Compare(t.Context(), h.Store)
	if err != nil || !whole {
		t.Fatalf("compared is %t: %v", whole, err)
	}
	for _, d := range found {
		t.Errorf("%s %s %s: the market has %d, the books %d", d.Account, d.Asset, d.What, d.Market, d.Books)
	}
}

func once(h *apptest.House, who db.Who, do func(*db.Tx) error) error {
	return job.Once(context.Background(), h.Store, who, do)
}
