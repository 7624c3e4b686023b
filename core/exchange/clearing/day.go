package clearing

import (
	"cmp"
	"slices"

	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/gear/db"
)

// LatestMax is how many trades LatestOn gives: a day has tens of thousands, which its file has all.
const LatestMax = 100

// LatestOn gives the last trades of a day, the newest first.
func LatestOn(tx *db.Tx, day span.Day) ([]Traded, error) {
	rows, err := clearingdb.New(tx).LatestOn(tx.Context(), clearingdb.LatestOnParams{Day: day.String(), N: LatestMax})
	return traded(rows, err)
}

// OpenDay is what waits to be settled on a day of one asset in one currency: by trades that are open, or of which the seller
// has failed.
type OpenDay struct {
	Due      span.Day
	Asset    string
	Currency string
	State    State
	Trades   int64
	Quantity int64
	Amount   int64
}

// OpenDays gives what waits to be settled, the next day first, in one statement.
func OpenDays(tx *db.Tx) ([]OpenDay, error) {
	rows, err := clearingdb.New(tx).OpenBy(tx.Context())
	if err != nil {
		return nil, err
	}
	days := make([]OpenDay, len(rows))
	for i, r := range rows {
		due, err := span.Parse(r.Due)
		if err != nil {
			return nil, err
		}
		days[i] = OpenDay{due, r.Asset, r.Currency, State(r.State), r.N, r.Open, r.Owed}
	}
	slices.SortFunc(days, func(a, b OpenDay) int { // Here, because databases order texts differently.
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Asset, b.Asset), cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.State, b.State))
	})
	return days, nil
}

// Lacking counts the sides that lacked what they owe when the last run of a day was over, and still do.
func Lacking(tx *db.Tx) (int64, error) { return clearingdb.New(tx).Lacking(tx.Context()) }

// FailuresOn gives what failed to settle on a day, by trade. Whether it may be bought in, the run said that stated it.
func FailuresOn(tx *db.Tx, day span.Day) ([]Failure, error) {
	rows, err := clearingdb.New(tx).FailuresOn(tx.Context(), day.String())
	if err != nil {
		return nil, err
	}
	all := make([]Failure, len(rows))
	for i, r := range rows {
		all[i] = Failure{Trade: uint64(r.Trade), Account: r.Account, Lacks: r.Lacks, Open: r.Open, Owed: r.Owed, Penalty: r.Penalty, Fails: r.Fails}
	}
	return all, nil
}
