package app_test

import (
	"errors"
	"fmt"

	"sauda/base/fault"
	"sauda/core/exchange"
	"sauda/core/exchange/book"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/deal"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// refusable fails the test unless an error is a refusal that the week has to live with.
func (w *week) refusable(what string, err error) {
	w.t.Helper()
	switch {
	case err == nil:
		w.did[what]++
	case errors.Is(err, floor.ErrRefused):
		w.did[what+" refused"]++
	default:
		w.t.Fatalf("%s: %v", what, err)
	}
}

func (w *week) seat() floor.Seat { return w.seats[w.dice.IntN(len(w.seats))] }

func (w *week) ask() floor.Ask {
	w.client++
	a := floor.Ask{
		Instrument: w.papers[w.dice.IntN(5)/4].Code, Client: fmt.Sprint("w", w.client), Side: book.Side(w.dice.IntN(2)),
		Price: int64(1000+w.dice.IntN(21)-10) * 100, Quantity: int64(1+w.dice.IntN(20)) * 10,
	}
	switch w.dice.IntN(10) {
	case 0:
		a.Type, a.Price = book.Market, 0
	case 1:
		a.Life = book.Immediate
	case 2:
		a.Display = max(10, a.Quantity/30*10)
	case 3:
		a.Type, a.Stop = book.StopLimit, a.Price
	}
	return a
}

func (w *week) enter() {
	_, err := w.Floor.Enter(w.t.Context(), w.seat(), w.ask())
	w.refusable("order", err)
}

// live gives one of the orders of a seat that can still trade.
func (w *week) live(s floor.Seat) (venue.Order, bool) {
	orders, err := w.Floor.Orders(w.t.Context(), s.Account, true, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	if len(orders) == 0 {
		return venue.Order{}, false
	}
	return orders[w.dice.IntN(len(orders))], true
}

func (w *week) cancel() {
	s := w.seat()
	if o, some := w.live(s); some {
		_, err := w.Floor.Cancel(w.t.Context(), s, o.ID)
		w.refusable("cancel", err)
	}
}

func (w *week) change() {
	s := w.seat()
	if o, some := w.live(s); some {
		a := w.ask()
		a.Price, a.Stop = o.Price+int64(w.dice.IntN(5)-2)*100, o.Stop
		_, err := w.Floor.Replace(w.t.Context(), s, o.ID, a)
		w.refusable("change", err)
	}
}

// lose loses the connection of somebody whose orders then are taken back.
func (w *week) lose() {
	_, err := w.Floor.CancelAll(w.t.Context(), w.seat(), 0)
	w.refusable("disconnect", err)
}

// agree reports a deal, which the other side mostly confirms.
func (w *week) agree() {
	own, other := w.seat(), w.seat()
	if own.Account == other.Account {
		return
	}
	a := w.ask()
	c := floor.Contract{
		Instrument: a.Instrument, Side: deal.Buy, Price: int64(990+w.dice.IntN(40)) * 100, Quantity: a.Quantity, Cycle: []int64{0, 2, deal.CycleUsual}[w.dice.IntN(3)],
		Other: other.Code, Ref: a.Client,
	}
	var d deal.Deal
	w.do(db.System, func(tx *db.Tx) (err error) {
		d, err = w.Notary.Report(tx, own, c)
		return err
	})
	if w.dice.IntN(5) == 0 {
		w.do(db.System, func(tx *db.Tx) error {
			_, err := deal.Refuse(tx, d.ID, other.PartyOf(), "Not agreed.")
			return err
		})
		return
	}
	s, outcome, err := w.Notary.Confirm(w.t.Context(), db.System, other, d.ID)
	switch {
	case err != nil || outcome != saga.Done:
		w.t.Fatalf("a deal is %s: %v", outcome, err)
	case s.Reason != "":
		w.did["deal "+s.Reason]++
	default:
		w.did["deal made"]++
	}
}

// bust has two people take one of the last trades of somebody back. Who has spent what has to go back keeps it.
func (w *week) bust() {
	w.Settled(w.t)
	list := written(w.t, w.House, w.seat().Code)
	if len(list) == 0 {
		return
	}
	var p exchange.Proposal
	err := once(w.House, clerks[0], func(tx *db.Tx) (err error) {
		p, err = floor.ProposeBust(tx, list[w.dice.IntN(len(list))].ID, "It was a mistake.")
		return err
	})
	if known := fault.Of(err); known == clearing.ErrBusted || known == clearing.ErrTooLate || known == exchange.ErrProposed {
		return
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.do(clerks[1], func(tx *db.Tx) error {
		_, err := exchange.Confirm(tx, p.ID)
		return err
	})
	w.Settled(w.t)
	id, _ := floor.TradeOf(p.Subject)
	if _, sides := lookup(w.t, w.House, id); sides[0].State == clearing.Taken {
		w.did["bust"]++
	} else {
		w.did["bust refused"]++
	}
}

func (w *week) bring() {
	w.client++
	s, m := w.seat(), clearing.Movement{Ref: fmt.Sprint("in ", w.client), Asset: "KZT", Amount: int64(1 + w.dice.IntN(500_000_00)), Cause: "test"}
	if w.dice.IntN(2) == 0 {
		m.Asset, m.Amount = w.papers[0].Asset.Code, int64(1+w.dice.IntN(300))
	}
	w.do(db.System, func(tx *db.Tx) error {
		_, err := floor.Deposit(tx, s.Code, m)
		return err
	})
	w.did["deposit"]++
	w.Settled(w.t)
	w.count()
}

func (w *week) take() {
	w.client++
	_, outcome, err := w.Till.Withdraw(w.t.Context(), db.System, floor.Withdrawal{
		Account: w.seat().Code, Ref: fmt.Sprint("out ", w.client), Asset: "KZT", Amount: int64(1 + w.dice.IntN(3_000_000_00)),
	})
	if fault.Of(err) == clearing.ErrShort || errors.Is(err, floor.ErrRefused) {
		w.did["withdrawal refused"]++
	} else if err != nil || outcome != saga.Done {
		w.t.Fatalf("a withdrawal is %s: %v", outcome, err)
	} else {
		w.did["withdrawal"]++
	}
	w.Settled(w.t)
	w.count()
}
