package deal

import (
	"math"

	"sauda/base/span"
	"sauda/core/exchange/deal/dealdb"
	"sauda/gear/db"
)

// Report puts down a deal that waits for the other side until its day is over in Almaty. The same reference told again by the
// account is the deal that was reported first; with other contents it is ErrDiffers.
func Report(tx *db.Tx, d Deal) (Deal, error) {
	if err := d.check(); err != nil {
		return Deal{}, err
	}
	if d.Own.Account == "" || d.Own.Account == d.Other.Account || d.Other.Account == "" && d.Other.Member == "" {
		return Deal{}, ErrTerms.About("%+v with %+v", d.Own, d.Other)
	}
	if d.Ref == "" || len([]rune(d.Ref)) > refMax {
		return Deal{}, ErrRef.About("%.80q", d.Ref)
	}
	q := dealdb.New(tx)
	waiting, err := q.Waiting(tx.Context(), d.Own.Account)
	if err != nil {
		return Deal{}, err
	}
	if waiting >= waitingMax {
		return Deal{}, ErrMany.About("%s has %d", d.Own.Account, waiting)
	}
	d.ID, d.State, d.By, d.At = ID(tx.Mint("dea")), Reported, tx.Who().ID, tx.Now()
	d.Due = span.DayOf(d.At, span.Almaty).AddDays(1).Start(span.Almaty)
	rows, err := q.Report(tx.Context(), dealdb.ReportParams{
		ID: string(d.ID), Instrument: d.Instrument, Side: string(d.Side), Price: d.Price, Quantity: d.Quantity, Cycle: d.Cycle,
		Account: d.Own.Account, Trader: int64(d.Own.Trader), Member: d.Own.Member, OtherAccount: d.Other.Account, OtherMember: d.Other.Member,
		Corrects: string(d.Corrects), Ref: d.Ref, ReportedBy: d.By, ReportedAt: span.Micros(d.At), DueAt: span.Micros(d.Due),
	})
	if err != nil {
		return Deal{}, err
	}
	if rows == 0 {
		return d.again(tx)
	}
	return d, tx.Emit(Told{Deal: d.ID, Account: d.Own.Account, Other: d.Other.Account, Member: d.Other.Member, State: Reported})
}

// again gives the deal that was reported before under the same reference.
func (d Deal) again(tx *db.Tx) (Deal, error) {
	row, err := dealdb.New(tx).Referred(tx.Context(), dealdb.ReferredParams{Account: d.Own.Account, Ref: d.Ref})
	if err != nil {
		return Deal{}, err
	}
	was := dealOf(row)
	with := was.Other.Account == d.Other.Account || d.Other.Account == "" && was.Other.Member == d.Other.Member
	if was.Terms != d.Terms || !with || was.Corrects != d.Corrects {
		return Deal{}, ErrDiffers.About("%s of %s is %s", d.Ref, d.Own.Account, was.ID)
	}
	return was, nil
}

// Of gives the deals of an account before one, the youngest first, at most so many; before none are all. Deals that wait for an
// answer of its member are among them.
func Of(tx *db.Tx, p Party, before ID, most int) ([]Deal, error) {
	if before == "" {
		before = "dea_~" // No id comes after it.
	}
	rows, err := dealdb.New(tx).Of(tx.Context(), dealdb.OfParams{
		Before: string(before), Account: p.Account, Member: p.Member, Most: int32(max(1, min(most, math.MaxInt16))),
	})
	if err != nil {
		return nil, err
	}
	list := make([]Deal, len(rows))
	for n, r := range rows {
		list[n] = dealOf(r)
	}
	return list, nil
}

// Incoming counts the deals that wait for the answer of an account.
func Incoming(tx *db.Tx, p Party) (int64, error) {
	return dealdb.New(tx).Incoming(tx.Context(), dealdb.IncomingParams{Now: span.Micros(tx.Now()), Account: p.Account, Member: p.Member})
}
