package ledger

import (
	"strings"

	"sauda/core/ledger/ledgerdb"
	"sauda/gear/db"

	"sauda/base/span"
)

// Balance gives what an account received less what it gave, in one asset. An account that nothing happened to has 0.
func Balance(tx *db.Tx, a Account, asset string) (int64, error) {
	rows, err := ledgerdb.New(tx).Standing(tx.Context(), string(a))
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		if r.Asset == asset {
			return r.Debit - r.Credit, nil
		}
	}
	return 0, nil
}

// Balances gives the standings of all accounts below a path, "gateway" or "seller/sel_own", and of the account of that
// very path, by account and asset. It reads every transfer below the path. An empty path gives nothing: that is Trial.
func Balances(tx *db.Tx, below Account) ([]Standing, error) {
	if below == "" {
		return nil, nil
	}
	prefix := strings.TrimSuffix(string(below), "/")
	rows, err := ledgerdb.New(tx).Standings(tx.Context(), ledgerdb.StandingsParams{Account: prefix, Below: prefix + "/"})
	if err != nil {
		return nil, err
	}
	return standings(rows), nil
}

// Trial gives the standings of every account. Of each asset, the debits of all accounts add up to their credits.
func Trial(tx *db.Tx) ([]Standing, error) {
	rows, err := ledgerdb.New(tx).Trial(tx.Context())
	if err != nil {
		return nil, err
	}
	all := make([]ledgerdb.StandingsRow, len(rows))
	for n, r := range rows {
		all[n] = ledgerdb.StandingsRow(r)
	}
	return standings(all), nil
}

func standings(rows []ledgerdb.StandingsRow) []Standing {
	all := make([]Standing, len(rows))
	for n, r := range rows {
		all[n] = Standing{Account: Account(r.Account), Asset: r.Asset, Debit: r.Debit, Credit: r.Credit}
	}
	return all
}

// Cursor is a place in the history of an account. The zero Cursor is its newest end.
type Cursor struct {
	Posting  ID
	Position int64
}

// pageMax bounds a page of the history.
const pageMax = 200

// History gives the transfers of an account, the newest first, at most limit of them, and the place from which the next
// page goes on. The zero Cursor comes back when there is no more. A limit outside 1 to 200 counts as 200.
func History(tx *db.Tx, a Account, from Cursor, limit int) ([]Entry, Cursor, error) {
	if limit < 1 || limit > pageMax {
		limit = pageMax
	}
	if from.Posting == "" {
		from.Posting = "zzz" // Comes after every id.
	}
	rows, err := ledgerdb.New(tx).History(tx.Context(), ledgerdb.HistoryParams{
		Account: string(a), Posting: string(from.Posting), Position: from.Position, Page: int64(limit + 1),
	})
	if err != nil {
		return nil, Cursor{}, err
	}
	var next Cursor
	if len(rows) > limit {
		rows = rows[:limit]
		next = Cursor{Posting: ID(rows[limit-1].Posting), Position: rows[limit-1].Position}
	}
	entries := make([]Entry, len(rows))
	for n, r := range rows {
		entries[n] = Entry{
			Posting: ID(r.Posting), Position: r.Position, At: span.FromMicros(r.At), Kind: r.Kind, Ref: r.Ref, Cause: r.Cause,
			Transfer: Transfer{
				Debit: Account(r.Debit), Credit: Account(r.Credit), Asset: r.Asset, Amount: r.Amount, Seller: r.Seller,
			},
		}
	}
	return entries, next, nil
}
