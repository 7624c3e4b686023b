package clearing

import (
	"math"
	"time"

	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/gear/db"
)

// Traded is a trade as it stands in a list.
type Traded struct {
	Trade
	At     time.Time
	Busted bool
}

// listMax bounds a page of trades.
const listMax = 500

// LastTrade gives the number of the youngest trade that is registered; zero for none.
func LastTrade(tx *db.Tx) (uint64, error) {
	id, err := clearingdb.New(tx).LastTrade(tx.Context())
	return uint64(id), err
}

// TradesIn gives the trades in an instrument before one, the youngest first, at most so many; before zero are all.
func TradesIn(tx *db.Tx, instrument string, before uint64, most int) ([]Traded, error) {
	rows, err := clearingdb.New(tx).TradesIn(tx.Context(), clearingdb.TradesInParams{Instrument: instrument, Before: upTo(before), Most: page(most)})
	return traded(rows, err)
}

// TradesWith gives the trades of an account before one, the youngest first, at most so many; before zero are all.
func TradesWith(tx *db.Tx, account string, before uint64, most int) ([]Traded, error) {
	rows, err := clearingdb.New(tx).TradesWith(tx.Context(), clearingdb.TradesWithParams{Account: account, Before: upTo(before), Most: page(most)})
	return traded(rows, err)
}

func upTo(before uint64) int64 {
	if before == 0 || before > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(before)
}

func page(most int) int32 { return int32(max(1, min(most, listMax))) }

func traded(rows []clearingdb.ClearingTrade, err error) ([]Traded, error) {
	if err != nil {
		return nil, err
	}
	list := make([]Traded, len(rows))
	for i, r := range rows {
		t, err := tradeOf(r)
		if err != nil {
			return nil, err
		}
		list[i] = Traded{Trade: t, At: span.FromMicros(r.At), Busted: r.BustedAt != 0}
	}
	return list, nil
}
