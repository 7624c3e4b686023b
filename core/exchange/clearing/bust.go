package clearing

import (
	"database/sql"
	"errors"
	"fmt"
	"math"

	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// Bust takes a trade back as if it had never been: what is open ends, what was settled goes back by one posting the other
// way, with the variation that a forward has paid, and so do the fees and penalties that were paid for it; what is due
// ends. A second time it is ErrBusted. Who no longer has what has to go back makes it ErrShort, and nothing moves. A trade
// that was bought in or closed out, or that was settled before a split of its asset, is ErrTooLate. What an issuer has
// paid meanwhile stays where it is.
func Bust(tx *db.Tx, id uint64, reason string) error {
	if id > math.MaxInt64 {
		return ErrUnknown.About("trade %d", id)
	}
	tx.Strict() // What both have is judged, then moved.
	tx.Lock("clearing")
	q := clearingdb.New(tx)
	t, err := q.GetTrade(tx.Context(), int64(id))
	if errors.Is(err, sql.ErrNoRows) {
		return ErrUnknown.About("trade %d", id)
	}
	if err != nil {
		return err
	}
	sides, err := q.ObligationsOf(tx.Context(), t.ID)
	if err != nil {
		return err
	}
	o := sides[0] // Both have come as far as each other.
	switch {
	case t.BustedAt != 0:
		return ErrBusted.About("trade %d", id)
	case o.Ended > 0, o.State == string(BoughtIn), o.State == string(Closed):
		return ErrTooLate.About("trade %d is %s", id, o.State)
	}
	if o.Settled > 0 {
		splits, err := q.SplitsSince(tx.Context(), clearingdb.SplitsSinceParams{Asset: t.Asset, Day: t.Day})
		if err != nil {
			return err
		}
		if splits > 0 {
			return ErrTooLate.About("trade %d was settled before a split of %s", id, t.Asset)
		}
	}
	rows, err := q.DuesFor(tx.Context(), t.ID)
	if err != nil {
		return err
	}
	if err := takeBack(tx, t, o, rows); err != nil {
		return err
	}
	if err := clearingdb.New(tx.Later()).DropObligations(tx.Context(), t.ID); err != nil {
		return err
	}
	n, err := q.MarkBusted(tx.Context(), clearingdb.MarkBustedParams{At: span.Micros(tx.Now()), ID: t.ID})
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrBusted.About("trade %d", id)
	}
	return tx.Emit(Busted{Trade: id, Reason: reason})
}

// takeBack posts all that a trade has moved the other way, and ends what is due for it.
func takeBack(tx *db.Tx, t clearingdb.ClearingTrade, o clearingdb.ClearingObligation, rows []clearingdb.ClearingDue) error {
	moves := make(sums)
	buyer, seller := ledger.Exchange(t.Buyer), ledger.Exchange(t.Seller)
	moves.pass(buyer, seller, t.Asset, o.Settled)
	moves.pass(seller, buyer, t.Currency, o.Paid)
	if t.Forward == 1 { // Marks have made the amount another one, and paid the difference.
		moves.pass(buyer, seller, t.Currency, o.Amount-t.Amount)
	}
	var back, end []clearingdb.ClearingDue
	for _, r := range rows {
		switch r.State {
		case "paid":
			back = append(back, r)
		case "due":
			end = append(end, r)
		}
	}
	paid, err := duesOf(back)
	if err != nil {
		return err
	}
	all, beside := make(sums), make(sums)
	for _, d := range paid {
		d.amount, d.tax = -d.amount, -d.tax
		if d.kind == "fee" {
			moves.pay(d)
		} else {
			beside.pay(d)
		}
	}
	for _, part := range []sums{moves, beside} {
		for h, n := range part {
			all[h] += n
		}
	}
	if err := all.covered(tx); err != nil {
		return err
	}
	if err := moves.post(tx, "exchange.bust", fmt.Sprint(t.ID), fmt.Sprint(t.ID)); err != nil {
		return err
	}
	if err := beside.post(tx, "exchange.bust_dues", fmt.Sprint(t.ID), fmt.Sprint(t.ID)); err != nil {
		return err
	}
	if err := turn(tx, paid, "returned"); err != nil {
		return err
	}
	dropped, err := duesOf(end)
	if err != nil {
		return err
	}
	return turn(tx, dropped, "dropped")
}
