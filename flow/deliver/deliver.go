// Package deliver gives buyers what needs no parcel: files and licence codes, and services, as soon as they are paid.
//
//	paid ──digital.Due──▶ Give: granted, and the order knows that it has arrived ──Returned──▶ access ends
//	paid ──choice.Due──▶ Serve: booked, enrolled, passed on ──Done──▶ the order knows ──Ended──▶ given up
//
// It does not know how an order is paid: checkout and fulfil say when it is.
package deliver

import (
	"sauda/core/digital"
	"sauda/core/order"
	"sauda/gear/db"
)

// Give is the reaction to an order whose digital goods are paid: its buyer may fetch them, has his codes, and the order knows
// that they have arrived. Told twice, it gives once; what was cancelled before is not given.
func Give(tx *db.Tx, e digital.Due) error {
	o, err := order.Get(tx, order.ID(e.Order))
	if err != nil {
		return err
	}
	var parts []order.Part
	for _, l := range o.Lines {
		left := l.Live() - l.Packed
		if l.Digital == nil || left <= 0 {
			continue
		}
		parts = append(parts, order.Part{Line: l.Line, Quantity: left})
		_, err := digital.Give(tx, digital.Gift{
			Order: string(o.ID), Line: l.Line, Owner: "cart/" + o.Cart, Product: l.Product, Variant: l.Variant, Quantity: left, Terms: *l.Digital,
		})
		if err != nil {
			return err
		}
	}
	if len(parts) == 0 {
		return nil
	}
	given := digital.Given{Order: string(o.ID)}
	for _, p := range parts {
		given.Lines = append(given.Lines, p.Line)
	}
	for _, step := range []func(*db.Tx, order.ID, string, []order.Part) (order.Order, error){order.Pack, order.HandOver, order.Deliver} {
		if _, err := step(tx, o.ID, digital.Ref, parts); err != nil {
			return err
		}
	}
	return tx.Emit(given)
}

// Returned ends the access to what was given back: to a line as a whole, or to as many of its codes.
func Returned(tx *db.Tx, e order.Returned) error {
	o, err := order.Get(tx, e.Order)
	if err != nil {
		return err
	}
	var rests []digital.Rest
	for _, m := range e.Lines {
		l, err := o.Line(m.Line)
		if err != nil {
			return err
		}
		if l.Digital != nil {
			rests = append(rests, digital.Rest{Line: l.Line, Kept: l.Delivered - l.Returned})
		}
	}
	return digital.End(tx, string(o.ID), rests)
}
