package takeback

import (
	"sauda/core/booking"
	"sauda/core/order"
	"sauda/gear/db"
)

// standing says how a line of an order stands by which a booking was paid; not ok are all other lines.
func standing(tx *db.Tx, o order.Order, line string) (booking.Standing, bool, error) {
	l, err := o.Line(line)
	if err != nil || l.Service == nil || l.Service.Way != booking.WayName {
		return booking.Standing{}, false, err
	}
	return booking.StandingOf(tx, l.Service.Ref, string(o.ID), l.Line)
}

// givenBack is what of cancelled or returned lines came back before, in minor units: a change had made the booking cheaper, or a
// part of it came back when it was given up.
func givenBack(tx *db.Tx, o order.Order, gone []order.Moved) (minor int64, err error) {
	for _, m := range gone { // A statement for each booking, of which an order has few.
		s, ok, err := standing(tx, o, m.Line)
		if err != nil {
			return 0, err
		}
		if ok {
			minor += max(0, m.Worth.Total.Minor-s.Back.Minor)
		}
	}
	return minor, nil
}

// stillHeld gives those of cancelled lines for which the order still has the claims: a booking that was moved has taken its own, and
// what the order has now is for another line.
func stillHeld(tx *db.Tx, o order.Order, gone []order.Moved) ([]order.Moved, error) {
	var held []order.Moved
	for _, m := range gone {
		s, ok, err := standing(tx, o, m.Line)
		if err != nil {
			return nil, err
		}
		if !ok || s.Held {
			held = append(held, m)
		}
	}
	return held, nil
}
