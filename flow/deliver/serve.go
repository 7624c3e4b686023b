package deliver

import (
	"strings"

	"sauda/core/choice"
	"sauda/core/hold"
	"sauda/core/order"
	"sauda/gear/db"
)

// Counter is where services are given.
type Counter struct {
	Ways choice.Ways // Ways are the contexts that know them.
}

// Serve is the reaction to an order whose services are paid: each of its ways hears so. The order knows at once that it has
// arrived where nothing is left to be done; of the rest its way says so later, and Done is told. Told twice, it serves once;
// what was cancelled before is not served.
func (c Counter) Serve(tx *db.Tx, e choice.Due) error {
	o, err := order.Get(tx, order.ID(e.Order))
	if err != nil {
		return err
	}
	for _, l := range o.Lines {
		if l.Service == nil || l.Live() <= l.Packed {
			continue
		}
		way, err := c.Ways.Of(*l.Service)
		if err != nil {
			return err
		}
		done, err := way.Paid(tx, l.Service.Ref)
		if err != nil {
			return err
		}
		if _, frees := way.(choice.Freeing); frees {
			if err := free(tx, o, l.Line); err != nil {
				return err
			}
		}
		if done {
			if err := Done(tx, string(o.ID), l.Line); err != nil {
				return err
			}
		}
	}
	return nil
}

// free gives back what a line of an order still holds. Twice is the same as once.
func free(tx *db.Tx, o order.Order, line string) error {
	claims, err := hold.Of(tx, "cart/"+o.Cart)
	var back []hold.Want
	for _, a := range o.Allocations {
		for _, c := range claims {
			if a.Line == line && a.Key == c.Key {
				back = append(back, hold.Want{Key: c.Key, Quantity: min(c.Quantity, int64(a.Quantity))})
			}
		}
	}
	if err != nil || len(back) == 0 {
		return err
	}
	return hold.ReleasePart(tx, "cart/"+o.Cart, back)
}

// Done has an order know that the service of one of its lines was done. Twice is the same as once, and what was cancelled
// before is not done.
func Done(tx *db.Tx, id, line string) error {
	o, err := order.Get(tx, order.ID(id))
	if err != nil {
		return err
	}
	l, err := o.Line(line)
	if err != nil || l.Live() <= l.Delivered || l.Live() <= l.Packed && l.Shipped < l.Packed {
		return err
	}
	if l.Live() <= l.Packed { // It was begun.
		_, err := order.Deliver(tx, o.ID, Shipment(line), []order.Part{{Line: line, Quantity: l.Live() - l.Delivered}})
		return err
	}
	parts := []order.Part{{Line: line, Quantity: l.Live() - l.Packed}}
	for _, step := range []func(*db.Tx, order.ID, string, []order.Part) (order.Order, error){order.Pack, order.HandOver, order.Deliver} {
		if _, err := step(tx, o.ID, Shipment(line), parts); err != nil {
			return err
		}
	}
	return nil
}

// Shipment is under what name the service of a line of an order is handed over.
func Shipment(line string) string { return serviceOf + line }

const serviceOf = "service/"

// IsService tells whether a shipment is a service, which no carrier has.
func IsService(shipment string) bool { return strings.HasPrefix(shipment, serviceOf) }

// Begin has an order know that the service of one of its lines is being rendered by somebody else: until Done or Failed says how it
// ended, nobody can cancel it. It is false for what was cancelled before. Twice is the same as once.
func Begin(tx *db.Tx, id, line string) (bool, error) {
	o, err := order.Get(tx, order.ID(id))
	if err != nil {
		return false, err
	}
	l, err := o.Line(line)
	if err != nil || l.Live() == 0 {
		return false, err
	}
	parts := []order.Part{{Line: line, Quantity: l.Live()}}
	for _, step := range []func(*db.Tx, order.ID, string, []order.Part) (order.Order, error){order.Pack, order.HandOver} {
		if _, err := step(tx, o.ID, Shipment(line), parts); err != nil {
			return false, err
		}
	}
	return true, nil
}

// Failed has an order know that a service which was begun will not be rendered: its line is cancelled, and its money goes back, for
// a reason that its buyer reads. Twice is the same as once.
func Failed(tx *db.Tx, id, line, reason string) error {
	o, err := order.Get(tx, order.ID(id))
	if err != nil {
		return err
	}
	l, err := o.Line(line)
	if err != nil || l.Live() == 0 {
		return err
	}
	parts := []order.Part{{Line: line, Quantity: l.Live()}}
	if _, err := order.BringBack(tx, o.ID, Shipment(line), parts); err != nil {
		return err
	}
	_, err = order.CancelLines(tx, o.ID, parts, reason)
	return err
}

// Ended has the ways of lines of an order hear that these were cancelled or given back as a whole.
func (c Counter) Ended(tx *db.Tx, id order.ID, lines []order.Moved) error {
	o, err := order.Get(tx, id)
	if err != nil {
		return err
	}
	for _, m := range lines {
		l, err := o.Line(m.Line)
		if err != nil {
			return err
		}
		if l.Service == nil || l.Live() > l.Returned {
			continue
		}
		way, err := c.Ways.Of(*l.Service)
		if err != nil {
			return err
		}
		if err := way.Ended(tx, l.Service.Ref); err != nil {
			return err
		}
	}
	return nil
}
