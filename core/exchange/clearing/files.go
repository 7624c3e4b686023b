package clearing

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/gear/db"
)

// Files are what a day leaves for its members and for the archive, as comma-separated values (RFC 4180) with a first row
// of names; amounts are whole numbers in the smallest unit of their asset.
type Files struct {
	Trades      []byte // Trades are those of the day, by number.
	Obligations []byte // Obligations are those of the day, and older ones that are open or due, as they stand now.
	Failures    []byte // Failures are those of the day.
}

// FilesOf gives the files of a day.
func FilesOf(tx *db.Tx, day span.Day) (Files, error) {
	q := clearingdb.New(tx)
	trades, err := q.TradesOn(tx.Context(), day.String())
	if err != nil {
		return Files{}, err
	}
	sides, err := q.ObligationsBy(tx.Context(), day.String())
	if err != nil {
		return Files{}, err
	}
	failures, err := q.FailuresOn(tx.Context(), day.String())
	if err != nil {
		return Files{}, err
	}
	rows := [][]string{{"trade", "instrument", "asset", "currency", "price", "quantity", "amount", "buyer", "seller", "buy_order",
		"sell_order", "day", "settle_day", "buy_fee", "sell_fee", "vat_percent", "kind", "busted"}}
	for _, r := range trades {
		t, err := tradeOf(r)
		if err != nil {
			return Files{}, err
		}
		rows = append(rows, []string{digits(r.ID), t.Instrument, t.Asset, t.Currency, digits(t.Price), digits(t.Quantity), digits(t.Amount), t.Buyer, t.Seller,
			digits(r.BuyOrder), digits(r.SellOrder), r.Day, r.SettleDay, digits(t.BuyFee), digits(t.SellFee), t.VAT.String(), r.Kind, digits(min(1, r.BustedAt))})
	}
	var files Files
	if files.Trades, err = table(rows); err != nil {
		return Files{}, err
	}
	rows = [][]string{{"trade", "side", "account", "asset", "currency", "day", "due", "quantity", "settled", "open", "ended", "amount",
		"paid", "owed", "dropped", "fails", "state"}}
	for _, o := range sides {
		rows = append(rows, []string{digits(o.Trade), o.Side, o.Account, o.Asset, o.Currency, o.Day, o.Due, digits(o.Quantity), digits(o.Settled), digits(o.Open),
			digits(o.Ended), digits(o.Amount), digits(o.Paid), digits(o.Owed), digits(o.Dropped), digits(o.Fails), o.State})
	}
	if files.Obligations, err = table(rows); err != nil {
		return Files{}, err
	}
	rows = [][]string{{"trade", "day", "account", "lacks", "open", "owed", "currency", "penalty", "fails"}}
	for _, f := range failures {
		rows = append(rows, []string{digits(f.Trade), f.Day, f.Account, f.Lacks, digits(f.Open), digits(f.Owed), f.Currency, digits(f.Penalty), digits(f.Fails)})
	}
	files.Failures, err = table(rows)
	return files, err
}

// digits writes a number.
func digits(number int64) string { return strconv.FormatInt(number, 10) }

// table writes rows.
func table(rows [][]string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	err := w.WriteAll(rows)
	return b.Bytes(), err
}
