package fulfil

import (
	"slices"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/hold"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/shipping"
	"sauda/gear/db"
)

// Cancelled is the reaction to a whole cancellation: what was packed will not leave. It follows the release of what the
// order held, in the same moment.
func (b *Bench) Cancelled(tx *db.Tx, e order.Cancelled) error {
	return b.shrink(tx, e.Order, e.Ref, e.Reason)
}

// LinesCancelled is the reaction to a cancellation of some lines: what of them was packed is taken out of its parcels. It
// follows the release of what the order held, in the same moment.
func (b *Bench) LinesCancelled(tx *db.Tx, e order.LinesCancelled) error {
	return b.shrink(tx, e.Order, e.Ref, e.Reason)
}

// shrink takes out of the shipments of an order what the order does not back any more. A shipment that its carrier was told
// of, or in which nothing is left, is called off; the others keep the rest and collect what it is worth.
func (b *Bench) shrink(tx *db.Tx, id order.ID, ref, reason string) error {
	o, open, err := b.atBench(tx, id)
	if err != nil || len(open) == 0 {
		return err
	}
	claims, err := hold.Of(tx, owner(o))
	if err != nil {
		return err
	}
	kept := backed(o, open, claims)
	if o, err = unpackRest(tx, o, kept, ref, reason); err != nil {
		return err
	}
	masses, err := weigh(tx, o)
	if err != nil {
		return err
	}
	for n, s := range open {
		out := surplus(s, kept[n], masses)
		if len(out) == 0 {
			continue
		}
		if s, err = shipping.TakeOut(tx, s.ID, out); err != nil {
			return err
		}
		switch {
		case len(parts(s)) == 0, !s.Adjustable():
			_, err = b.callOff(tx, s, reason)
		case s.Collect.IsPositive():
			_, err = shipping.Collect(tx, s.ID, worth(o, parts(s)))
		}
		if err != nil {
			return err
		}
	}
	return b.recollect(tx, id, reason)
}

// atBench gives an order and those of its shipments that have not left, the oldest first.
func (b *Bench) atBench(tx *db.Tx, id order.ID) (order.Order, []shipping.Shipment, error) {
	o, err := order.Get(tx, id)
	if err != nil {
		return order.Order{}, nil, err
	}
	all, err := shipping.ByOrder(tx, string(id))
	return o, slices.DeleteFunc(all, func(s shipping.Shipment) bool {
		return s.State.Left() || s.State == shipping.StateCancelled
	}), err
}

// backed gives what each shipment may keep: what its order still has packed, and still holds in the warehouse from which the
// shipment leaves. Those that were packed first keep theirs first. What is not counted is held by nobody.
func backed(o order.Order, open []shipping.Shipment, claims []hold.Claim) []map[string]measure.Quantity {
	held := map[string]measure.Quantity{}
	for _, c := range claims {
		if c.State != hold.StateLapsed {
			held[c.Key] = measure.Quantity(c.Quantity)
		}
	}
	keys := map[lot]string{}
	for _, a := range o.Allocations {
		keys[lot{a.Line, a.Warehouse}] = a.Key
	}
	packed := waiting(o)
	kept := make([]map[string]measure.Quantity, len(open))
	for n, s := range open {
		kept[n] = map[string]measure.Quantity{}
		for _, p := range parts(s) {
			q := min(p.Quantity, packed[p.Line])
			if key := keys[lot{p.Line, s.Warehouse}]; key != "" {
				q = min(q, held[key])
				held[key] -= q
			}
			packed[p.Line] -= q
			kept[n][p.Line] += q
		}
	}
	return kept
}

// unpackRest has an order know what of it lies in no parcel any more beyond what was cancelled: a cancellation gives back
// what was held last, and that may lie in a parcel while the rest was not packed yet.
func unpackRest(tx *db.Tx, o order.Order, kept []map[string]measure.Quantity, ref, reason string) (order.Order, error) {
	loose := waiting(o)
	for _, k := range kept {
		for line, q := range k {
			loose[line] -= q
		}
	}
	var out []order.Part
	for _, l := range o.Lines {
		if loose[l.Line] > 0 {
			out = append(out, order.Part{Line: l.Line, Quantity: loose[l.Line]})
		}
	}
	if len(out) == 0 {
		return o, nil
	}
	return order.Unpack(tx, o.ID, order.Unpacking{Ref: ref, Reason: reason, Parts: out})
}

// surplus is what has to be taken out of a shipment that keeps only a part.
func surplus(s shipping.Shipment, kept map[string]measure.Quantity, masses map[string]measure.Mass) []shipping.TakenOut {
	var out []shipping.TakenOut
	for _, p := range parts(s) {
		keep := min(p.Quantity, kept[p.Line])
		kept[p.Line] -= keep
		if p.Quantity == keep {
			continue
		}
		t := shipping.TakenOut{Content: shipping.Content{Line: p.Line, Quantity: p.Quantity - keep}}
		if m, err := masses[p.Line].Times(t.Quantity); err == nil { // A parcel without a mass is weighed when it is collected.
			t.Mass = m
		}
		out = append(out, t)
	}
	return out
}

// worth is what parts of an order cost.
func worth(o order.Order, parts []order.Part) money.Money {
	sum := money.Of(0, o.Quote.Currency)
	for _, p := range parts {
		if l, err := o.Line(p.Line); err == nil { // Parts of shipments are of lines of their order.
			sum.Minor += l.Worth(l.Cancelled, p.Quantity).Total.Minor
		}
	}
	return sum
}

// recollect has the door asked for exactly what is owed after a cancellation. As long as something is left to pack, the last
// parcel will collect the rest. Afterwards a shipment takes it that no carrier was told of, or else the last one is called
// off, to be packed and booked with the right sum.
func (b *Bench) recollect(tx *db.Tx, id order.ID, reason string) error {
	o, open, err := b.atBench(tx, id)
	if err != nil || len(open) == 0 || payment.Code(o.Method) != payment.Cash {
		return err
	}
	for _, l := range o.Lines {
		if !l.Bodiless() && l.Live() > l.Packed {
			return nil
		}
	}
	for _, s := range open {
		if s.State == shipping.StateCallingOff && len(parts(s)) > 0 {
			return nil // Its lines will be packed again.
		}
	}
	open = slices.DeleteFunc(open, func(s shipping.Shipment) bool { return s.State == shipping.StateCallingOff })
	all, err := shipping.ByOrder(tx, string(id))
	if err != nil {
		return err
	}
	rest, err := uncollected(tx, o, all)
	if err != nil || rest.IsZero() || len(open) == 0 {
		return err
	}
	for _, s := range slices.Backward(open) {
		if sum := money.Of(s.Collect.Minor+rest.Minor, s.Collect.Currency); s.Adjustable() && !sum.IsNegative() {
			_, err := shipping.Collect(tx, s.ID, sum)
			return err
		}
	}
	_, err = b.callOff(tx, open[len(open)-1], reason)
	return err
}
