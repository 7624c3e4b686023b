package clearing

import (
	"cmp"
	"slices"

	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/gear/db"
)

// Position is what an account would get of an asset, or give when it is below zero, if all that is due settled.
type Position struct {
	Account  string
	Asset    string
	Quantity int64
}

// Net gives the multilateral net of all that is due by a day: of each account and asset, a currency too, everything to
// get less everything to give, whomever it was traded with, by account and asset. Fees and penalties are not in it. Of
// each asset it sums to zero; who has to give and get the same is there with 0.
func Net(tx *db.Tx, day span.Day) ([]Position, error) {
	rows, err := clearingdb.New(tx).Net(tx.Context(), day.String())
	if err != nil {
		return nil, err
	}
	nets := make([]Position, len(rows))
	for i, r := range rows {
		nets[i] = Position{r.Account, r.Asset, r.Quantity}
	}
	slices.SortFunc(nets, func(a, b Position) int { // Here, because databases order texts differently.
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Asset, b.Asset))
	})
	return nets, nil
}
