package order

import (
	"database/sql"
	"errors"
	"fmt"

	"sauda/base/span"
	"sauda/core/order/orderdb"
	"sauda/gear/db"
)

// Number gives an order its document number, and returns it: the next one of its seller in the year in which it was placed,
// by the clock of Kazakhstan. Numbers of a series have no gaps and no doubles: the last one and the order are written in one
// moment. An order that has a number keeps it. It reads of the order no more than that; the rest stands in about it.
func Number(tx *db.Tx, about About) (string, error) {
	row, err := orderdb.New(tx).Numbering(tx.Context(), string(about.Order))
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrUnknown.About("%s", about.Order)
	}
	if err != nil || row.Number != "" {
		return row.Number, err
	}
	year, _, _ := span.DayOf(span.FromMicros(row.PlacedAt), span.Almaty).Date()
	tx.Lock(fmt.Sprintf("order_series:%s:%d", row.Seller, year))
	last, err := orderdb.New(tx).NextNumber(tx.Context(), orderdb.NextNumberParams{Seller: row.Seller, Year: int64(year)})
	if err != nil {
		return "", err
	}
	number := fmt.Sprintf("%d-%06d", year, last)
	if err := orderdb.New(tx.Later()).NumberOrder(tx.Context(), orderdb.NumberOrderParams{
		Number: number, ID: string(about.Order),
	}); err != nil {
		return "", err
	}
	about.State = State(row.State)
	return number, tx.Emit(Numbered{about, number})
}
