package deliver

import (
	"sauda/core/choice"
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
		if done {
			if err := Done(tx, string(o.ID), l.Line); err != nil {
				return err
			}
		}
	}
	return nil
}

// Done has an order know that the service of one of its lines was done. Twice is the same as once, and what was cancelled
// before is not done.
func Done(tx *db.Tx, id, line string) error {
	o, err := order.Get(tx, order.ID(id))
	if err != nil {
		return err
	}
	l, err := o.Line(line)
	if err != nil || l.Live() <= l.Packed {
		return err
	}
	parts := []order.Part{{Line: line, Quantity: l.Live() - l.Packed}}
	for _, step := range []func(*db.Tx, order.ID, string, []order.Part) (order.Order, error){order.Pack, order.HandOver, order.Deliver} {
		if _, err := step(tx, o.ID, "service/"+line, parts); err != nil {
			return err
		}
	}
	return nil
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
