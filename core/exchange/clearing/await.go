package clearing

import (
	"database/sql"
	"errors"
	"strings"

	"sauda/core/exchange/clearing/clearingdb"
	"sauda/gear/db"
)

// Holding is one asset of one account.
type Holding struct {
	Account string
	Asset   string
}

// Awaited gives what trades that are not settled yet will bring to accounts of each asset, less what they owe of it and what
// is due of fees: what the market counts as due. What is nothing in sum is absent. Two statements, however many trades.
func Awaited(tx *db.Tx) (map[Holding]int64, error) {
	q := clearingdb.New(tx)
	rows, err := q.Awaited(tx.Context())
	if err != nil {
		return nil, err
	}
	fees, err := q.FeesDue(tx.Context())
	if err != nil {
		return nil, err
	}
	all := make(map[Holding]int64)
	for _, r := range rows {
		sign := int64(1)
		if r.Side == string(Sell) {
			sign = -1
		}
		all[Holding{r.Account, r.Asset}] += sign * r.Open
		all[Holding{r.Account, r.Currency}] -= sign * r.Owed
	}
	for _, f := range fees {
		if account, ok := strings.CutPrefix(f.Payer, "exchange/"); ok {
			all[Holding{account, f.Currency}] -= f.Amount
		}
	}
	for h, n := range all {
		if n == 0 {
			delete(all, h)
		}
	}
	return all, nil
}

// TradeCalled gives the first trade that was agreed elsewhere under a name, or ErrUnknown while it is not written down.
func TradeCalled(tx *db.Tx, ref string) (Trade, error) {
	row, err := clearingdb.New(tx).TradeCalled(tx.Context(), ref)
	if errors.Is(err, sql.ErrNoRows) {
		return Trade{}, ErrUnknown.About("trade %.60q", ref)
	}
	if err != nil {
		return Trade{}, err
	}
	return tradeOf(row)
}
