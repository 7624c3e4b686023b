package clearing

import (
	"fmt"
	"math"
	"slices"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// Register takes trades and makes of each two obligations against the house, and of its fees what is due on its day of
// settlement. A trade that was told before, or twice in the list, is registered once; told with other contents, the
// whole list is refused with ErrDiffers. A few statements take a hundred trades. Nothing moves yet.
func Register(tx *db.Tx, trades []Trade) error {
	if len(trades) == 0 {
		return nil
	}
	byID := make(map[uint64]Trade, len(trades))
	var told []Trade
	for _, t := range trades {
		if err := t.check(); err != nil {
			return err
		}
		before, twice := byID[t.ID]
		if twice && before != t {
			return ErrDiffers.About("trade %d twice in one list", t.ID)
		}
		if !twice {
			byID[t.ID] = t
			told = append(told, t)
		}
	}
	fresh, err := writeTrades(tx, told)
	if err != nil {
		return err
	}
	if len(fresh) < len(told) {
		if err := same(tx, told, fresh); err != nil {
			return err
		}
	}
	told = slices.DeleteFunc(told, func(t Trade) bool { return !fresh[t.ID] })
	if len(told) == 0 {
		return nil
	}
	if err := writeObligations(tx, told); err != nil {
		return err
	}
	dues, err := fees(told)
	if err != nil {
		return err
	}
	if err := writeDues(tx, dues); err != nil {
		return err
	}
	fact := Registered{Trades: make([]uint64, len(told))}
	for i, t := range told {
		fact.Trades[i] = t.ID
	}
	return tx.Emit(fact)
}

// check refuses a trade that could not be settled.
func (t Trade) check() error {
	switch {
	case t.ID == 0, t.ID > math.MaxInt64, t.BuyOrder > math.MaxInt64, t.SellOrder > math.MaxInt64,
		t.Instrument == "", t.Asset == "", t.Currency == "", t.Asset == t.Currency,
		t.Quantity <= 0, t.Amount < 0, t.BuyFee < 0, t.SellFee < 0, t.VAT.Check() != nil,
		t.Day.IsZero(), t.SettleDay.Before(t.Day),
		!slices.Contains([]Kind{Continuous, Auction, Negotiated, Lot, Tender}, t.Kind), !slices.Contains([]Side{"", Buy, Sell}, t.Resting):
		return ErrTrade.About("trade %d: %+v", t.ID, t)
	}
	if max(t.Quantity, t.Amount, t.BuyFee, t.SellFee) > sizeMax {
		return ErrOverflow.About("trade %d: %+v", t.ID, t)
	}
	for _, account := range []string{t.Buyer, t.Seller} {
		if err := ledger.ExchangeMargin(account).Check(); err != nil {
			return ErrTrade.About("trade %d: %w", t.ID, err)
		}
	}
	// A trial of what will be posted, so that no trade waits for a settlement that the ledger refuses.
	if err := checkAssets(t.Asset, t.Currency); err != nil {
		return ErrTrade.About("trade %d: %w", t.ID, err)
	}
	return nil
}

// same holds trades that were registered before to what is told now.
func same(tx *db.Tx, told []Trade, fresh map[uint64]bool) error {
	var old []string
	for _, t := range told {
		if !fresh[t.ID] {
			old = append(old, fmt.Sprint(t.ID))
		}
	}
	known, err := tradesAmong(tx, old)
	if err != nil {
		return err
	}
	for _, t := range told {
		if before, ok := known[t.ID]; ok && !fresh[t.ID] && before != t {
			return ErrDiffers.About("trade %d was %+v, is told as %+v", t.ID, before, t)
		}
	}
	return nil
}

// fees gives what both sides of trades owe to the house. The VAT in a fee is rounded half up to the smallest unit of the
// currency, for each side of each trade (Tax Code of Kazakhstan art. 503: 16 % from 2026, the rate comes with the trade).
func fees(trades []Trade) ([]due, error) {
	var dues []due
	for _, t := range trades {
		for _, side := range []struct {
			name, account string
			fee           int64
		}{{"buy", t.Buyer, t.BuyFee}, {"sell", t.Seller, t.SellFee}} {
			if side.fee == 0 {
				continue
			}
			dues = append(dues, due{
				id: fmt.Sprintf("fee:%d:%s", t.ID, side.name), kind: "fee", payer: ledger.Exchange(side.account), payee: house("income"),
				currency: t.Currency, amount: side.fee, tax: t.VAT.Within(money.Of(side.fee, money.Currency(t.Currency)), money.HalfUp).Minor,
				day: t.SettleDay, trade: int64(t.ID),
			})
		}
	}
	return dues, nil
}

// Lookup gives a trade and its two obligations, the buyer's first; busted says that it was taken back. An unknown one is
// ErrUnknown.
func Lookup(tx *db.Tx, id uint64) (Trade, []Obligation, error) {
	if id > math.MaxInt64 {
		return Trade{}, nil, ErrUnknown.About("trade %d", id)
	}
	known, err := tradesAmong(tx, []string{fmt.Sprint(id)})
	if err != nil {
		return Trade{}, nil, err
	}
	t, ok := known[id]
	if !ok {
		return Trade{}, nil, ErrUnknown.About("trade %d", id)
	}
	rows, err := clearingdb.New(tx).ObligationsOf(tx.Context(), int64(id))
	if err != nil {
		return Trade{}, nil, err
	}
	sides, err := obligations(rows)
	return t, sides, err
}

func obligations(rows []clearingdb.ClearingObligation) ([]Obligation, error) {
	all := make([]Obligation, len(rows))
	for i, r := range rows {
		day, err := span.Parse(r.Day)
		if err != nil {
			return nil, err
		}
		next, err := span.Parse(r.Due)
		if err != nil {
			return nil, err
		}
		all[i] = Obligation{
			Trade: uint64(r.Trade), Side: Side(r.Side), Account: r.Account, Asset: r.Asset, Currency: r.Currency, Day: day, Due: next,
			Quantity: r.Quantity, Amount: r.Amount, Open: r.Open, Owed: r.Owed, Settled: r.Settled, Paid: r.Paid,
			Ended: r.Ended, Dropped: r.Dropped, Fails: r.Fails, State: State(r.State), Forward: r.Forward == 1,
		}
	}
	return all, nil
}
