package app_test

import (
	"errors"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/bidding"
	"sauda/core/exchange/clearing"
	"sauda/core/ledger"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/saga"
)

// contest is a market with a bidding on it.
type contest struct {
	*apptest.Market
	t *testing.T
}

// announce announces for the seller's account, from now on for an hour.
func (c contest) announce(by apptest.Dealer, n bidding.Notice) bidding.Notice {
	c.t.Helper()
	n.Opens, n.Ends = c.Clock.Now(), c.Clock.Now().Add(time.Hour)
	c.as(by, func(tx *db.Tx) (err error) {
		n, err = bidding.Announce(tx, by.Seat.Holder, n)
		return err
	})
	return n
}

// as does something as a dealer does it.
func (c contest) as(by apptest.Dealer, do func(tx *db.Tx) error) {
	c.t.Helper()
	if err := job.Once(c.t.Context(), c.Store, db.Who{Kind: db.KindBuyer, ID: by.User}, do); err != nil {
		c.t.Fatal(err)
	}
}

func (c contest) enter(by apptest.Dealer, id bidding.NoticeID, b bidding.Bid) {
	c.t.Helper()
	c.as(by, func(tx *db.Tx) error { _, err := bidding.Enter(tx, c.Hammer.Keys(), id, by.Seat.Holder, b); return err })
}

// end lets the end come, and what follows from it.
func (c contest) end(n bidding.Notice) bidding.Notice {
	c.t.Helper()
	c.Clock.Set(n.Ends.Add(time.Second))
	for range 3 {
		if err := c.Hammer.Turn(c.t.Context(), c.Store); err != nil {
			c.t.Fatal(err)
		}
		c.Settled(c.t)
	}
	c.Look(c.t, func(tx *db.Tx) (err error) {
		n, err = bidding.Get(tx, n.ID)
		return err
	})
	return n
}

// has gives what an account has at a place of the ledger.
func (c contest) has(place ledger.Account, asset string) (n int64) {
	c.Look(c.t, func(tx *db.Tx) (err error) {
		n, err = ledger.Balance(tx, place, asset)
		n = -n
		return err
	})
	return n
}

// free gives what is free for orders.
func (c contest) free(d apptest.Dealer, asset uint32) int64 {
	p, err := c.Floor.Portfolio(c.t.Context(), d.Seat.Account)
	if err != nil {
		c.t.Fatal(err)
	}
	return p.Balances[asset].Free
}

// sound holds clearing to its rules.
func (c contest) sound() {
	c.t.Helper()
	c.Look(c.t, func(tx *db.Tx) error {
		found, err := clearing.Reconcile(tx)
		if len(found) > 0 {
			c.t.Errorf("clearing: %+v", found)
		}
		return err
	})
}

func contests(t *testing.T, test func(c contest)) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) { test(contest{h.Market(t), t}) })
}

// TestLotIsTraded: an English auction of shares ends in one trade of the exchange, however often it is asked for, and its
// guarantee comes back.
func TestLotIsTraded(t *testing.T) {
	contests(t, func(c contest) {
		n := c.announce(c.Seller, bidding.Notice{
			Kind: bidding.English, Instrument: apptest.Apple, Guarantee: 50_000_00, Items: []bidding.Item{{Quantity: 300}},
			Terms: bidding.Terms{Start: 110_00, Step: 1_00},
		})
		kzt := c.Floor.Instruments()[1].Paid.Number
		before := c.free(c.Buyer, kzt)
		who := db.Who{Kind: db.KindBuyer, ID: c.Buyer.User}
		for range 2 { // Twice is once.
			if outcome, err := c.Hammer.Lodge(t.Context(), who, floor.Lodging{Notice: n.ID, Account: c.Buyer.Account}); outcome != saga.Done {
				t.Fatalf("%s: %v", outcome, err)
			}
		}
		if got := c.free(c.Buyer, kzt); before-got != 50_000_00 || c.has(ledger.ExchangePledge(c.Buyer.Account), "KZT") != 50_000_00 {
			t.Errorf("%d are free of %d", got, before)
		}
		c.enter(c.Buyer, n.ID, bidding.Bid{Prices: []int64{120_00}})
		if n = c.end(n); n.State != bidding.Settled {
			t.Errorf("%s", n.State)
		}
		c.Look(t, func(tx *db.Tx) error {
			trades, err := clearing.TradesIn(tx, apptest.Apple, 0, 10)
			if len(trades) != 1 || trades[0].Price != 120_00 || trades[0].Quantity != 300 || trades[0].Kind != clearing.Lot || trades[0].Buyer != c.Buyer.Account || trades[0].Seller != c.Seller.Account {
				t.Errorf("traded %+v", trades)
			}
			awards, e := bidding.Awards(tx, n.ID)
			if len(awards) != 1 || awards[0].State != bidding.Traded {
				t.Errorf("awarded %+v", awards)
			}
			return errors.Join(err, e)
		})
		if c.has(ledger.ExchangePledge(c.Buyer.Account), "KZT") != 0 || c.has(ledger.Exchange(c.Buyer.Account), "KZT") != 100_000_000_00 {
			t.Error("the guarantee is not back")
		}
		c.sound()
	})
}

// TestWinnerLacks: a winner who cannot pay loses his guarantee to who announced, and no trade is made.
func TestWinnerLacks(t *testing.T) {
	contests(t, func(c contest) {
		n := c.announce(c.Buyer, bidding.Notice{
			Kind: bidding.Tender, Instrument: apptest.Ferrous, Guarantee: 1_000_00, Items: []bidding.Item{{Quantity: 10, Ceiling: 130_00}},
		})
		who := db.Who{Kind: db.KindBuyer, ID: c.Seller.User}
		if outcome, err := c.Hammer.Lodge(t.Context(), who, floor.Lodging{Notice: n.ID, Account: c.Seller.Account}); outcome != saga.Done {
			t.Fatalf("%s: %v", outcome, err)
		}
		c.enter(c.Seller, n.ID, bidding.Bid{Prices: []int64{125_00}}) // He has none of these shares.
		if n = c.end(n); n.State != bidding.Failed {
			t.Errorf("%s", n.State)
		}
		if got := c.has(ledger.Exchange(c.Buyer.Account), "KZT"); got != 100_000_000_00+1_000_00 {
			t.Errorf("who announced has %d", got)
		}
		if c.has(ledger.ExchangePledge(c.Seller.Account), "KZT") != 0 {
			t.Error("the guarantee is held still")
		}
		c.Look(t, func(tx *db.Tx) error {
			awards, err := bidding.Awards(tx, n.ID)
			if len(awards) != 1 || awards[0].State != bidding.Refused || awards[0].Reason != "securities" {
				t.Errorf("awarded %+v", awards)
			}
			return err
		})
		c.sound()
	})
}

// TestGuaranteeLacks: whoever has not as much free keeps what he has, and may lodge it later.
func TestGuaranteeLacks(t *testing.T) {
	contests(t, func(c contest) {
		n := c.announce(c.Buyer, bidding.Notice{
			Kind: bidding.Tender, Instrument: apptest.Apple, Guarantee: 2_000_000_00, Items: []bidding.Item{{Quantity: 10, Ceiling: 130_00}},
		})
		who, lodging := db.Who{Kind: db.KindBuyer, ID: c.Seller.User}, floor.Lodging{Notice: n.ID, Account: c.Seller.Account}
		outcome, err := c.Hammer.Lodge(t.Context(), who, lodging)
		if outcome != saga.Failed || !errors.Is(err, floor.ErrRefused) {
			t.Errorf("%s: %v", outcome, err)
		}
		c.Moment(t, func(tx *db.Tx) error {
			_, err := floor.Deposit(tx, c.Seller.Account, clearing.Movement{Ref: "more", Asset: "KZT", Amount: 5_000_000_00, Cause: "more"})
			return err
		})
		c.Settled(t)
		if outcome, err := c.Hammer.Lodge(t.Context(), who, lodging); outcome != saga.Done {
			t.Errorf("%s: %v", outcome, err)
		}
		c.sound()
	})
}

// TestContractInWords: what was won of goods in words is a contract of two, whose guarantee two people can draw.
func TestContractInWords(t *testing.T) {
	contests(t, func(c contest) {
		n := c.announce(c.Buyer, bidding.Notice{
			Kind: bidding.Tender, Title: text.Localized{"kk": "Бензин"}, Measure: measure.Tonne, Currency: money.KZT, Guarantee: 1_000_00,
			Items: []bidding.Item{{Quantity: 10, Ceiling: 300_000_00}},
		})
		who := db.Who{Kind: db.KindBuyer, ID: c.Seller.User}
		if outcome, err := c.Hammer.Lodge(t.Context(), who, floor.Lodging{Notice: n.ID, Account: c.Seller.Account}); outcome != saga.Done {
			t.Fatalf("%s: %v", outcome, err)
		}
		c.enter(c.Seller, n.ID, bidding.Bid{Prices: []int64{290_000_00}})
		if n = c.end(n); n.State != bidding.Decided {
			t.Errorf("%s", n.State)
		}
		var proposal exchange.Proposal
		first, second := db.Who{Kind: db.KindStaff, ID: "usr_one", Seller: "sel_own", Scopes: []string{"exchange.*"}}, db.Who{Kind: db.KindStaff, ID: "usr_two", Seller: "sel_own", Scopes: []string{"exchange.*"}}
		err := job.Once(t.Context(), c.Store, first, func(tx *db.Tx) (err error) {
			proposal, err = exchange.Propose(tx, bidding.KindBreak, exchange.Subject(n.ID), bidding.Breach{Award: 1}, "It was not delivered")
			return err
		})
		err = errors.Join(err, job.Once(t.Context(), c.Store, second, func(tx *db.Tx) error {
			_, err := exchange.Confirm(tx, proposal.ID)
			return err
		}))
		if err != nil {
			t.Fatal(err)
		}
		c.Settled(t)
		if got := c.has(ledger.Exchange(c.Buyer.Account), "KZT"); got != 100_000_000_00+1_000_00 {
			t.Errorf("who announced has %d", got)
		}
		c.sound()
	})
}
