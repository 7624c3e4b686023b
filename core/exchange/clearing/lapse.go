package clearing

import (
	"fmt"

	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// Lapse lets the goods of receipts leave the exchange that have expired before a day, a hundred at a time: a store answers for nothing
// any more on such a receipt, so nobody can be given it. Their owners have the goods in the store still, and bring them in again
// with a new receipt. What they have sold and not delivered lacks from then on. It says whether there may be more.
func Lapse(tx *db.Tx, day span.Day) (more bool, err error) {
	tx.Strict() // Whose they are, is looked at, then they go.
	tx.Lock("clearing")
	rows, err := clearingdb.New(tx).ExpiredReceipts(tx.Context(), clearingdb.ExpiredReceiptsParams{Day: day.String(), Most: rowsMax})
	if err != nil || len(rows) == 0 {
		return false, err
	}
	moves := make(sums)
	ids := make([]string, len(rows))
	args := make([]any, 0, 6*len(rows))
	for i, r := range rows {
		ids[i] = r.ID
		moves.pass(ledger.Exchange(r.Owner), house("vault"), r.Asset, r.Quantity)
		args = append(args, "release:"+r.ID, string(ledger.Exchange(r.Owner)), "", r.Asset, -r.Quantity, span.Micros(tx.Now()))
	}
	transfers, err := moves.transfers()
	if err != nil {
		return false, err
	}
	batch := tx.Mint("lps")
	if _, err := ledger.Post(tx, ledger.Posting{Kind: "exchange.lapse", Ref: batch, Cause: day.String(), Transfers: transfers}); err != nil {
		return false, err
	}
	if _, err := tx.ExecContext(tx.Context(), fmt.Sprintf(`INSERT INTO clearing_movement (ref, place, source, asset, amount, at) VALUES %s`, values(args, 6)), args...); err != nil {
		return false, err
	}
	if err := clearingdb.New(tx).LapseReceipts(tx.Context(), db.In(ids)); err != nil {
		return false, err
	}
	return len(rows) == rowsMax, tx.Emit(Lapsed{Day: day.String(), Receipts: ids})
}
