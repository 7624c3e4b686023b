package promotion

import (
	"cmp"
	"errors"
	"slices"

	"sauda/base/money"
	"sauda/core/pricing"
	"sauda/core/promotion/promotiondb"
	"sauda/gear/db"
)

// Note counts what promotions have taken off an order. The same order again changes nothing; an order without promotions
// takes no statement.
func Note(tx *db.Tx, order string, q pricing.Quote) error {
	given := GivenAway(q)
	ids := make([]ID, 0, len(given))
	for id := range given {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b ID) int { return cmp.Compare(a, b) })
	var err error
	for _, id := range ids {
		err = errors.Join(err, promotiondb.New(tx.Later()).Use(tx.Context(), promotiondb.UseParams{Promotion: string(id), OrderRef: order,
			Amount: given[id].Minor, Currency: string(given[id].Currency)}))
	}
	return err
}

// Undo no longer counts what promotions took off an order that was cancelled. Twice is the same as once.
func Undo(tx *db.Tx, order string) error {
	return promotiondb.New(tx.Later()).Unuse(tx.Context(), order)
}

// Total is how often a promotion was used, and what it gave away, in the orders that stand.
type Total struct {
	Uses  int64
	Given money.Money
}

// Totals gives what promotions gave away, in one statement. One that nobody used has none; of one in several currencies,
// which its revision can bring about, the last in the alphabet counts.
func Totals(tx *db.Tx, ids []ID) (map[ID]Total, error) {
	rows, err := promotiondb.New(tx).Totals(tx.Context(), db.In(ids))
	totals := make(map[ID]Total, len(rows))
	for _, r := range rows {
		totals[ID(r.Promotion)] = Total{Uses: r.Uses, Given: money.Of(r.Given, money.Currency(r.Currency))}
	}
	return totals, err
}
