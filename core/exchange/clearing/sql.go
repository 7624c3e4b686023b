package clearing

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/gear/db"
)

// rowsMax bounds the rows of one statement. SQLite looks every parameter up among all of its statement, so that seven
// times the rows take some fifty times as long.
const rowsMax = 100

// values gives the rows of a VALUES list for as many arguments, each row of the same width.
func values(args []any, width int) string {
	var b strings.Builder
	for n := range args {
		switch {
		case n == 0:
			b.WriteByte('(')
		case n%width == 0:
			b.WriteString("), (")
		default:
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "$%d", n+1)
	}
	b.WriteByte(')')
	return b.String()
}

func flag(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// writeTrades writes what is not there yet and says which those are.
func writeTrades(tx *db.Tx, trades []Trade) (map[uint64]bool, error) {
	fresh := make(map[uint64]bool, len(trades))
	for chunk := range slices.Chunk(trades, rowsMax) {
		args := make([]any, 0, 26*len(chunk))
		for _, t := range chunk {
			args = append(args, int64(t.ID), t.Instrument, t.Asset, t.Currency, t.Price, t.Quantity, t.Amount, t.Buyer, t.Seller,
				int64(t.BuyOrder), int64(t.SellOrder), t.Day.String(), t.SettleDay.String(), t.BuyFee, t.SellFee, int64(t.VAT),
				string(t.Kind), flag(t.Forward), span.Micros(tx.Now()), int64(0),
				int64(t.BuyTrader), int64(t.BuyMember), int64(t.SellTrader), int64(t.SellMember), string(t.Resting), t.Ref)
		}
		ids, err := returned[int64](tx, `INSERT INTO clearing_trade (id, instrument, asset, currency, price, quantity,
			amount, buyer, seller, buy_order, sell_order, day, settle_day, buy_fee, sell_fee, vat, kind, forward, at, busted_at,
			buy_trader, buy_member, sell_trader, sell_member, resting, ref)
			VALUES `+values(args, 26)+` ON CONFLICT (id) DO NOTHING RETURNING id`, args)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			fresh[uint64(id)] = true
		}
	}
	return fresh, nil
}

// returned runs a statement and gives the one column that it returns.
func returned[T any](tx *db.Tx, query string, args []any) (all []T, err error) {
	rows, err := tx.QueryContext(tx.Context(), query, args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var one T
		if err := rows.Scan(&one); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		all = append(all, one)
	}
	return all, cmp.Or(rows.Close(), rows.Err())
}

// tradesAmong gives the trades with these numbers, in one statement.
func tradesAmong(tx *db.Tx, ids []string) (map[uint64]Trade, error) {
	rows, err := clearingdb.New(tx).TradesAmong(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	found := make(map[uint64]Trade, len(rows))
	for _, r := range rows {
		t, err := tradeOf(r)
		if err != nil {
			return nil, err
		}
		found[t.ID] = t
	}
	return found, nil
}

func tradeOf(r clearingdb.ClearingTrade) (Trade, error) {
	day, err := span.Parse(r.Day)
	if err != nil {
		return Trade{}, err
	}
	settle, err := span.Parse(r.SettleDay)
	return Trade{
		ID: uint64(r.ID), Instrument: r.Instrument, Asset: r.Asset, Currency: r.Currency, Price: r.Price, Quantity: r.Quantity,
		Amount: r.Amount, Buyer: r.Buyer, Seller: r.Seller, BuyOrder: uint64(r.BuyOrder), SellOrder: uint64(r.SellOrder),
		Day: day, SettleDay: settle, BuyFee: r.BuyFee, SellFee: r.SellFee, VAT: money.Rate(r.Vat), Kind: Kind(r.Kind),
		Forward: r.Forward == 1, BuyTrader: uint32(r.BuyTrader), BuyMember: uint16(r.BuyMember), SellTrader: uint32(r.SellTrader),
		SellMember: uint16(r.SellMember), Resting: Side(r.Resting), Ref: r.Ref,
	}, err
}

// writeObligations writes both sides of trades.
func writeObligations(tx *db.Tx, trades []Trade) error {
	for chunk := range slices.Chunk(trades, rowsMax/2) {
		args := make([]any, 0, 2*18*len(chunk))
		for _, t := range chunk {
			for _, one := range [...]struct {
				side    Side
				account string
			}{{Buy, t.Buyer}, {Sell, t.Seller}} {
				args = append(args, int64(t.ID), string(one.side), one.account, t.Asset, t.Currency, t.Day.String(), t.SettleDay.String(),
					t.Quantity, t.Amount, t.Quantity, t.Amount, int64(0), int64(0), int64(0), int64(0), int64(0), string(Open), flag(t.Forward))
			}
		}
		if _, err := tx.Later().ExecContext(tx.Context(), `INSERT INTO clearing_obligation (trade, side, account, asset, currency, day,
			due, quantity, amount, open, owed, settled, paid, ended, dropped, fails, state, forward) VALUES `+values(args, 18), args...); err != nil {
			return err
		}
	}
	return nil
}

// writeDues writes what is due; what is there already stays.
func writeDues(tx *db.Tx, dues []due) error {
	for chunk := range slices.Chunk(dues, rowsMax) {
		args := make([]any, 0, 10*len(chunk))
		for _, d := range chunk {
			args = append(args, d.id, d.kind, string(d.payer), string(d.payee), d.currency, d.amount, d.tax, d.day.String(), d.trade, "due")
		}
		if _, err := tx.Later().ExecContext(tx.Context(), `INSERT INTO clearing_due (id, kind, payer, payee, currency, amount, tax, day,
			trade, state) VALUES `+values(args, 10)+` ON CONFLICT (id) DO NOTHING`, args...); err != nil {
			return err
		}
	}
	return nil
}

// step is what a settlement changes of one trade that stays open, or that it takes to another quantity or price.
type step struct {
	trade   int64
	take    int64  // take is how many units are settled now.
	pay     int64  // pay is what is paid for them now.
	fails   int64  // fails is 1 when the day is over.
	failing string // failing is the side that lacked; none when the day is not over.
	due     string
}

// writeSteps takes steps on both sides of trades, hundreds in a statement. Numbers are cast, because PostgreSQL takes the
// values of such a list for texts.
func writeSteps(tx *db.Tx, steps []step) error {
	for chunk := range slices.Chunk(steps, rowsMax) {
		args := make([]any, 0, 6*len(chunk))
		rows := make([]string, len(chunk))
		for i, s := range chunk {
			n := len(args)
			rows[i] = fmt.Sprintf("(CAST($%d AS BIGINT), CAST($%d AS BIGINT), CAST($%d AS BIGINT), CAST($%d AS BIGINT), CAST($%d AS TEXT), CAST($%d AS TEXT))",
				n+1, n+2, n+3, n+4, n+5, n+6)
			args = append(args, s.trade, s.take, s.pay, s.fails, s.failing, s.due)
		}
		if _, err := tx.Later().ExecContext(tx.Context(), `WITH step (trade, take, pay, fails, failing, due) AS (VALUES `+strings.Join(rows, ", ")+`)
			UPDATE clearing_obligation SET settled = settled + step.take, open = open - step.take, paid = paid + step.pay, owed = owed - step.pay,
			fails = clearing_obligation.fails + step.fails, due = step.due,
			state = CASE WHEN step.failing = '' THEN state WHEN step.failing = side THEN 'failed' ELSE 'open' END
			FROM step WHERE clearing_obligation.trade = step.trade`, args...); err != nil {
			return err
		}
	}
	return nil
}

// reworth is what a mark or a split makes of the open part of a trade.
type reworth struct{ trade, open, owed int64 }

// writeWorths gives the open parts of trades another quantity and another amount, on both sides.
func writeWorths(tx *db.Tx, worths []reworth) error {
	for chunk := range slices.Chunk(worths, rowsMax) {
		args := make([]any, 0, 3*len(chunk))
		rows := make([]string, len(chunk))
		for i, w := range chunk {
			n := len(args)
			rows[i] = fmt.Sprintf("(CAST($%d AS BIGINT), CAST($%d AS BIGINT), CAST($%d AS BIGINT))", n+1, n+2, n+3)
			args = append(args, w.trade, w.open, w.owed)
		}
		if _, err := tx.Later().ExecContext(tx.Context(), `WITH worth (trade, open, owed) AS (VALUES `+strings.Join(rows, ", ")+`)
			UPDATE clearing_obligation SET quantity = quantity - clearing_obligation.open + worth.open, amount = amount - clearing_obligation.owed + worth.owed,
			open = worth.open, owed = worth.owed FROM worth WHERE clearing_obligation.trade = worth.trade`, args...); err != nil {
			return err
		}
	}
	return nil
}
