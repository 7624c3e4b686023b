// Package produce has what is made to order made: with the order a job in the workshop begins, and what is cancelled of it ends.
//
// It does not know how far the making has come (workshop) nor how what is late is paid for (takeback).
package produce

import (
	"errors"

	"sauda/base/span"
	"sauda/core/estimate"
	"sauda/core/order"
	"sauda/core/workshop"
	"sauda/gear/db"
)

// Begin is the reaction to an order: each of its lines that is made to order is begun, in as many days as were promised with
// it. Told twice, it begins once.
func Begin(tx *db.Tx, id order.ID) error {
	o, err := order.Get(tx, id)
	if err != nil {
		return err
	}
	for _, l := range o.Lines {
		if l.Made == nil || l.Live() <= 0 {
			continue
		}
		price := l.Total
		if l.Made.Price.IsPositive() { // The line is only its deposit.
			price = l.Made.Price
		}
		err := workshop.Open(tx, workshop.Draft{
			Key: workshop.Key{Order: string(id), Line: l.Line}, Seller: string(o.Seller), Name: l.Name, Price: price, Days: l.Made.Days,
			From: span.DayOf(o.PlacedAt, span.Almaty),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// End is the reaction to lines of an order that were cancelled: what was made by them is made no more, when nothing of the line
// is left.
func End(tx *db.Tx, id order.ID, lines []order.Moved) error {
	o, err := order.Get(tx, id)
	if err != nil {
		return err
	}
	for _, m := range lines {
		l, err := o.Line(m.Line)
		if err != nil {
			return err
		}
		if l.Made == nil || l.Live() > 0 {
			continue
		}
		if l.Made.Ref != "" {
			if err := estimate.End(tx, string(id), l.Line); err != nil {
				return err
			}
		}
		err = workshop.End(tx, workshop.Key{Order: string(id), Line: l.Line})
		if err != nil && !errors.Is(err, workshop.ErrUnknown) { // Cancelled before its making began, it never begins.
			return err
		}
	}
	return nil
}

// Returned is the reaction to lines of an order that came back: of what was paid for in two parts, the second goes back too.
func Returned(tx *db.Tx, id order.ID, lines []order.Moved) error {
	o, err := order.Get(tx, id)
	if err != nil {
		return err
	}
	for _, m := range lines {
		l, err := o.Line(m.Line)
		if err != nil {
			return err
		}
		if l.Made == nil || l.Made.Ref == "" || l.Live() > l.Returned {
			continue
		}
		if err := estimate.End(tx, string(id), l.Line); err != nil {
			return err
		}
	}
	return nil
}
