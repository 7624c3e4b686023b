package order

import (
	"fmt"

	"sauda/base/span"
	"sauda/core/order/orderdb"
	"sauda/gear/db"
)

// Number gives an order its document number: the next one of its seller in the year in which it was placed, by the
// clock of Kazakhstan. Numbers of a series have no gaps and no doubles: the last one and the order are written in one
// moment. An order that has a number keeps it.
func Number(tx *db.Tx, id ID) (Order, error) {
	o, err := load(tx, id)
	if err != nil || o.Number != "" {
		return o, err
	}
	year, _, _ := span.DayOf(o.PlacedAt, span.Almaty).Date()
	tx.Lock(fmt.Sprintf("order_series:%s:%d", o.Seller, year))
	last, err := orderdb.New(tx).NextNumber(tx.Context(), orderdb.NextNumberParams{Seller: string(o.Seller), Year: int64(year)})
	if err != nil {
		return Order{}, err
	}
	o.Number = fmt.Sprintf("%d-%06d", year, last)
	if err := orderdb.New(tx.Later()).NumberOrder(tx.Context(), orderdb.NumberOrderParams{
		Number: o.Number, ID: string(o.ID),
	}); err != nil {
		return Order{}, err
	}
	return o, tx.Emit(Numbered{o.about(), o.Number})
}
