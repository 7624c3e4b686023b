package deal

import (
	"math"

	"sauda/base/span"
	"sauda/core/exchange/deal/dealdb"
	"sauda/gear/db"
)

// waits gives a deal that waits for an answer. One that is decided is ErrDecided, one whose day is over ErrLapsed.
func waits(tx *db.Tx, id ID, p Party) (Deal, error) {
	d, err := Get(tx, id, p)
	switch {
	case err != nil:
		return Deal{}, err
	case d.State == Lapsed || d.State == Reported && !d.Open(tx.Now()):
		return Deal{}, ErrLapsed.About("%s was due at %s", id, d.Due)
	case d.State != Reported:
		return Deal{}, ErrDecided.About("%s is %s", id, d.State)
	}
	return d, nil
}

// answers gives a deal that somebody may answer as the other side; of who has reported it, it is ErrSide.
func answers(tx *db.Tx, id ID, p Party) (Deal, error) {
	d, err := waits(tx, id, p)
	if err == nil && !d.Names(p) {
		return Deal{}, ErrSide.About("%s by %s", id, p.Account)
	}
	return d, err
}

// Confirm says for the other side that a deal is as it was reported, and names its account and its trader. Now the market has
// to make it.
func Confirm(tx *db.Tx, id ID, p Party) (Deal, error) {
	d, err := answers(tx, id, p)
	if err != nil {
		return Deal{}, err
	}
	rows, err := dealdb.New(tx).Confirm(tx.Context(), dealdb.ConfirmParams{
		OtherAccount: p.Account, OtherTrader: int64(p.Trader), OtherMember: p.Member, DecidedBy: tx.Who().ID, DecidedAt: span.Micros(tx.Now()), ID: string(id),
	})
	if err != nil {
		return Deal{}, err
	}
	if rows == 0 {
		return Deal{}, ErrDecided.About("%s", id)
	}
	d.State, d.Other, d.Decided, d.DecidedAt = Confirmed, p, tx.Who().ID, tx.Now()
	return d, d.tell(tx)
}

// Refuse says for the other side that a deal was not agreed so, and why.
func Refuse(tx *db.Tx, id ID, p Party, reason string) (Deal, error) {
	reason, err := cleaned(reason)
	if err != nil {
		return Deal{}, err
	}
	d, err := answers(tx, id, p)
	if err != nil {
		return Deal{}, err
	}
	return d.decide(tx, Refused, reason)
}

// Correct refuses a deal as it is and reports another one in its place, which the first side then has to confirm. Told again
// under the same reference it is the same.
func Correct(tx *db.Tx, id ID, by Deal) (Deal, error) {
	was, err := Get(tx, id, by.Own)
	if err != nil {
		return Deal{}, err
	}
	by.Corrects, by.Instrument, by.Side, by.Other = id, was.Instrument, was.SideOf(by.Own.Account), was.Own
	if was.State == Corrected { // Told again, perhaps.
		return by.again(tx)
	}
	if was, err = answers(tx, id, by.Own); err != nil {
		return Deal{}, err
	}
	if _, err := was.decide(tx, Corrected, ""); err != nil {
		return Deal{}, err
	}
	return Report(tx, by)
}

// Withdraw takes a deal back, for the side that has reported it.
func Withdraw(tx *db.Tx, id ID, p Party) (Deal, error) {
	d, err := waits(tx, id, p)
	if err != nil {
		return Deal{}, err
	}
	if d.Own.Account != p.Account {
		return Deal{}, ErrSide.About("%s by %s", id, p.Account)
	}
	return d.decide(tx, Withdrawn, "")
}

func (d Deal) decide(tx *db.Tx, to State, reason string) (Deal, error) {
	rows, err := dealdb.New(tx).Decide(tx.Context(), dealdb.DecideParams{
		State: string(to), Reason: reason, DecidedBy: tx.Who().ID, DecidedAt: span.Micros(tx.Now()), ID: string(d.ID),
	})
	if err != nil {
		return Deal{}, err
	}
	if rows == 0 {
		return Deal{}, ErrDecided.About("%s", d.ID)
	}
	d.State, d.Reason, d.Decided, d.DecidedAt = to, reason, tx.Who().ID, tx.Now()
	return d, d.tell(tx)
}

// Make says that the market has made the trade. Twice is the same as once.
func Make(tx *db.Tx, id ID, trade uint64) (Deal, error) {
	if trade == 0 || trade > math.MaxInt64 {
		return Deal{}, ErrTerms.About("trade %d", trade)
	}
	return end(tx, id, Made, "", int64(trade))
}

// Reject says that the market has not made the trade, and by which code. Twice is the same as once.
func Reject(tx *db.Tx, id ID, code string) (Deal, error) { return end(tx, id, Rejected, code, 0) }

func end(tx *db.Tx, id ID, to State, code string, trade int64) (Deal, error) {
	rows, err := dealdb.New(tx).End(tx.Context(), dealdb.EndParams{State: string(to), Reason: code, Trade: trade, ID: string(id)})
	if err != nil {
		return Deal{}, err
	}
	d, err := get(tx, id)
	switch {
	case err != nil:
		return Deal{}, err
	case rows == 0 && d.State != to:
		return Deal{}, ErrDecided.About("%s is %s, not to be %s", id, d.State, to)
	case rows == 0:
		return d, nil
	}
	return d, d.tell(tx)
}

// Lapse ends the deals that nobody has answered on their day, some hundreds at once, and says how many. A clock calls it; twice
// is the same as once.
func Lapse(tx *db.Tx) (int, error) {
	now := span.Micros(tx.Now())
	q := dealdb.New(tx)
	rows, err := q.Due(tx.Context(), now)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	ids := make([]string, len(rows))
	for n, r := range rows {
		ids[n] = r.ID
	}
	if _, err := q.Lapse(tx.Context(), dealdb.LapseParams{DecidedAt: now, Ids: db.In(ids)}); err != nil {
		return 0, err
	}
	for _, r := range rows {
		if err := tx.Emit(Told{Deal: ID(r.ID), Account: r.Account, Other: r.OtherAccount, Member: r.OtherMember, State: Lapsed}); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// tell states how a deal stands.
func (d Deal) tell(tx *db.Tx) error {
	return tx.Emit(Told{Deal: d.ID, Account: d.Own.Account, Other: d.Other.Account, Member: d.Other.Member, State: d.State, Reason: d.Reason, Trade: d.Trade})
}
