package app_test

import (
	"errors"
	"fmt"
	"testing"

	"sauda/app/apptest"
	"sauda/core/exchange"
	"sauda/core/exchange/book"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/risk"
	"sauda/flow/floor"
	"sauda/gear/db"
)

// rivalry is a market in which a member has sold a hundred shares for 1,000 a piece, whose last price is another one by now.
type rivalry struct {
	*cycle
	rival exchange.Member
	seat  floor.Seat
}

// openRivalry lets the rival, who has 5,000 ₸, sell, and the price rise to 1,090: others would lose 9,000 ₸ by its default.
func openRivalry(t *testing.T, h *apptest.House) *rivalry {
	t.Helper()
	r := &rivalry{cycle: openCycle(t, h)}
	r.rival, r.seat = h.Rival(t, r.m, 5_000_00)
	r.open(1)
	enter(t, h, r.seat, floor.Ask{Instrument: r.m.Share.Code, Client: "r1", Side: book.Sell, Price: 1000_00, Quantity: 100})
	enter(t, h, h.Seat(t, r.m, 0), floor.Ask{Instrument: r.m.Share.Code, Client: "b1", Price: 1000_00, Quantity: 100})
	r.trade("2", 1090_00)
	return r
}

// trade lets the two accounts of the broker agree on a price.
func (r *rivalry) trade(client string, price int64) {
	r.t.Helper()
	enter(r.t, r.House, r.House.Seat(r.t, r.m, 1), floor.Ask{Instrument: r.m.Share.Code, Client: "s" + client, Side: book.Sell, Price: price, Quantity: 10})
	enter(r.t, r.House, r.House.Seat(r.t, r.m, 0), floor.Ask{Instrument: r.m.Share.Code, Client: "b" + client, Price: price, Quantity: 10})
	r.Settled(r.t)
}

// brings fills the share of a member in the default fund, or the capital of the house.
func (r *rivalry) brings(member string, tiyn int64) {
	r.t.Helper()
	for range 2 { // Told twice, it comes once.
		r.as("usr_first", func(tx *db.Tx) error {
			return floor.Contribute(tx, member, clearing.Movement{Ref: fmt.Sprint("into ", member, tiyn), Asset: "KZT", Amount: tiyn, Cause: "test"})
		})
	}
}

// proposed is what one person has proposed about the rival.
func (r *rivalry) proposed() (p exchange.Proposal) {
	r.t.Helper()
	r.as("usr_first", func(tx *db.Tx) (err error) {
		p, err = floor.ProposeDefault(tx, r.rival.ID, "It cannot pay.")
		return err
	})
	return p
}

// refuses wants that something is refused to one of the staff.
func (r *rivalry) refuses(want error, who string, do func(*db.Tx) error) {
	r.t.Helper()
	staff := db.Who{Kind: db.KindStaff, ID: who, Seller: "sel_own", Scopes: []string{"exchange.*"}}
	if err := once(r.House, staff, do); !errors.Is(err, want) {
		r.t.Errorf("%v, want %v", err, want)
	}
}

func (r *rivalry) confirm(p exchange.Proposal) {
	r.t.Helper()
	r.as("usr_second", func(tx *db.Tx) error {
		_, err := exchange.Confirm(tx, p.ID)
		return err
	})
	r.Settled(r.t)
}

// told gives what the rival's defaults came to, how it stands, and why the decision could not be carried out.
func (r *rivalry) told(p exchange.Proposal) (told []clearing.Outcome, state exchange.State, trouble error) {
	r.t.Helper()
	r.Look(r.t, func(tx *db.Tx) (err error) {
		if told, err = clearing.Defaults(tx, r.rival.Code); err != nil {
			return err
		}
		if state, err = exchange.StandingOf(tx, exchange.Subject(r.rival.ID)); err != nil {
			return err
		}
		if p, err = exchange.GetProposal(tx, p.ID); err != nil {
			return err
		}
		var running bool
		if running, trouble, err = floor.DefaultTold(tx, p); running {
			r.t.Error("the decision is not carried out yet")
		}
		return err
	})
	return told, state, trouble
}

// TestAMemberDefaults: two people declare it; it is stopped with its orders taken back, its trades are closed out, and its money, its
// share, the capital and the shares of others pay in this order. The market has what the books have, and nothing is decided twice.
func TestAMemberDefaults(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		r := openRivalry(t, h)
		r.brings(r.rival.Code, 3_000_00)
		r.brings("", 500_00)
		r.brings(r.m.Member.Code, 2_000_00)
		rests := enter(t, h, h.Seat(t, r.m, 0), floor.Ask{Instrument: r.m.Share.Code, Client: "b9", Price: 1000_00, Quantity: 10})
		mine := enter(t, h, r.seat, floor.Ask{Instrument: r.m.Share.Code, Client: "r9", Price: 990_00, Quantity: 10}) // It holds what the sale brings.

		p := r.proposed()
		r.refuses(exchange.ErrProposed, "usr_second", func(tx *db.Tx) error {
			_, err := floor.ProposeDefault(tx, r.rival.ID, "It cannot pay.")
			return err
		})
		r.refuses(exchange.ErrFourEyes, "usr_first", func(tx *db.Tx) error {
			_, err := exchange.Confirm(tx, p.ID)
			return err
		})
		var seen clearing.Outcome
		h.Look(t, func(tx *db.Tx) (err error) {
			seen, err = floor.ForeseeDefault(tx, r.rival.ID)
			return err
		})
		r.confirm(p)
		r.refuses(exchange.ErrDecided, "usr_second", func(tx *db.Tx) error {
			_, err := exchange.Confirm(tx, p.ID)
			return err
		})

		told, state, trouble := r.told(p)
		if len(told) != 1 || trouble != nil || state != exchange.StateSuspended {
			t.Fatalf("%d defaults, %s, %v", len(told), state, trouble)
		}
		want := "[{KZT 900000 500000 300000 50000 map[BROKER:50000] 5000 0}]"
		if got := fmt.Sprint(told[0].Paid); got != want || fmt.Sprint(seen.Paid) != want {
			t.Errorf("paid %s, foreseen %v, want %s", got, seen.Paid, want)
		}
		if c := told[0].Closed; len(c) != 1 || c[0].Sold != 100 || c[0].Loss != 9_000_00 || c[0].Price != 1090_00 {
			t.Errorf("closed %+v", c)
		}
		if got, want := fmt.Sprint(told[0].Left), fmt.Sprintf("[{%s %s 100 0}]", r.seat.Code, r.m.Share.Asset.Code); got != want {
			t.Errorf("left %s, want %s", got, want)
		}
		r.judge(rests.ID, mine.ID)
		h.Sound(t)
	})
}

// judge looks at what the market and the history have of a default.
func (r *rivalry) judge(others, own uint64) {
	r.t.Helper()
	for id, open := range map[uint64]bool{others: true, own: false} {
		of := r.seat
		if open {
			of = r.House.Seat(r.t, r.m, 0)
		}
		orders, err := r.Floor.Orders(r.t.Context(), of.Account, true, 10)
		found := false
		for _, o := range orders {
			found = found || o.ID == id
		}
		if err != nil || found != open {
			r.t.Errorf("order %d is open: %t, %v", id, found, err)
		}
	}
	if _, err := r.Floor.Enter(r.t.Context(), r.seat, floor.Ask{Instrument: r.m.Share.Code, Client: "r10", Price: 990_00, Quantity: 10}); !errors.Is(err, floor.ErrRefused) {
		r.t.Errorf("who is in default trades: %v", err)
	}
	r.refuses(floor.ErrNothingOpen, "usr_first", func(tx *db.Tx) error {
		_, err := floor.ProposeDefault(tx, r.rival.ID, "Once more.")
		return err
	})
	r.Look(r.t, func(tx *db.Tx) error {
		past, err := exchange.History(tx, exchange.Subject(r.rival.ID))
		if last := past[len(past)-1]; last.By != "usr_first" || last.Second != "usr_second" || last.Reason != "It cannot pay." {
			r.t.Errorf("history %+v", last)
		}
		return err
	})
	same(r.t, r.House)
	p, err := r.Floor.Portfolio(r.t.Context(), r.seat.Account)
	if err != nil {
		r.t.Fatal(err)
	}
	for number, b := range p.Balances {
		if asset := r.Floor.AssetCode(number); b.Due != 0 || asset == "KZT" && b.Settled != 0 {
			r.t.Errorf("the market has %+v of %s", risk.Balance(b), asset)
		}
	}
}

// TestADefaultIsNotCovered: one whose losses nothing covers is not proposed; when they have grown until it is confirmed, nothing
// moves, the member stays stopped, and two people decide anew when more was brought in.
func TestADefaultIsNotCovered(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		r := openRivalry(t, h)
		r.refuses(clearing.ErrUncovered, "usr_first", func(tx *db.Tx) error {
			_, err := floor.ProposeDefault(tx, r.rival.ID, "It cannot pay.")
			return err
		})
		r.brings("", 4_000_00)
		p := r.proposed()
		r.trade("3", 1095_00)
		r.confirm(p)
		told, state, trouble := r.told(p)
		if len(told) != 0 || !errors.Is(trouble, clearing.ErrUncovered) || state != exchange.StateSuspended {
			t.Fatalf("%d defaults, %s, %v", len(told), state, trouble)
		}
		r.brings(r.rival.Code, 600_00)
		p = r.proposed()
		r.confirm(p)
		told, state, trouble = r.told(p)
		if len(told) != 1 || trouble != nil || state != exchange.StateSuspended {
			t.Fatalf("%d defaults, %s, %v", len(told), state, trouble)
		}
		if got, want := fmt.Sprint(told[0].Paid), "[{KZT 950000 500000 60000 390000 map[] 5000 0}]"; got != want {
			t.Errorf("paid %s, want %s", got, want)
		}
		same(t, h)
		h.Sound(t)
	})
}
