package estimate

import (
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/estimate/estimatedb"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Due asks for the rest of what is made by a line of an order: the thing is ready. Asked twice, it is asked once; where nothing is
// left to be paid, nothing is asked.
func Due(tx *db.Tx, order, line string) error {
	e, there, err := byLine(tx, order, line)
	if err != nil || !there || e.State != StateOrdered || e.Rest != RestLater {
		return err
	}
	e.Rest = RestOpen
	if err := e.keep(tx); err != nil {
		return err
	}
	return tx.Emit(RestDue{e.about()})
}

// End ends what was ordered by a line of an order: it was cancelled or given back as a whole. What is left to be paid is owed no
// more; by what order the rest was paid, so that it goes back, the fact Ended says. Ended twice, it is ended once.
func End(tx *db.Tx, order, line string) error {
	e, there, err := byLine(tx, order, line)
	if err != nil || !there || e.State != StateOrdered {
		return err
	}
	said := Ended{About: e.about(), RestOrder: e.RestOrder}
	e.State = StateEnded
	if e.Rest == RestLater || e.Rest == RestOpen {
		e.Rest = RestWaived
	}
	if err := e.keep(tx); err != nil {
		return err
	}
	return tx.Emit(said)
}

// Unsettled gives those of the estimates of an order of which something is left to be paid.
func Unsettled(tx *db.Tx, order string) (left []Estimate, err error) {
	all, err := OfOrder(tx, order)
	for _, e := range all {
		if e.State == StateOrdered && !e.Settled() {
			left = append(left, e)
		}
	}
	return left, err
}

// Lapse ends prices whose last day is over, at most so many at once, and says how many those were.
func Lapse(tx *db.Tx, most int) (int, error) {
	rows, err := estimatedb.New(tx).Over(tx.Context(), estimatedb.OverParams{Now: span.Micros(tx.Now()), Most: int64(most)})
	if err != nil {
		return 0, err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
		if err := tx.Emit(Lapsed{About{ID(r.ID), catalog.ProductID(r.Product), seller.ID(r.Seller)}}); err != nil {
			return 0, err
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	return len(ids), estimatedb.New(tx).LapseAll(tx.Context(), db.In(ids))
}
