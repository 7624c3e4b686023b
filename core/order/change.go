package order

import (
	"encoding/json"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/order/orderdb"
	"sauda/gear/db"
)

// Part is a quantity of one line.
type Part struct {
	Line     string           `json:"line"`
	Quantity measure.Quantity `json:"quantity"`
}

// change is something that happens to an order: it is written as one row of its history, with the counts that it moves.
type change struct {
	kind   string
	ref    string // ref makes the change happen once; empty makes a name of its own.
	reason string
	amount money.Money
	moved  []Moved
}

// whole gives all of every line.
func whole(lines []Line) []Part {
	parts := make([]Part, len(lines))
	for n, l := range lines {
		parts[n] = Part{l.Line, l.Quantity}
	}
	return parts
}

// chosen judges the parts that a verb was given against what is left of each line. No parts mean everything that is
// left. A line named twice counts as one, and the line of a bundle stands for its parts. A part fits the unit of its line,
// as what was ordered did.
func (o Order) chosen(parts []Part, left func(Line) measure.Quantity) ([]Part, error) {
	parts, err := o.opened(parts)
	if err != nil {
		return nil, err
	}
	asked := map[string]measure.Quantity{}
	for _, p := range parts {
		l, err := o.Line(p.Line)
		if err != nil {
			return nil, err
		}
		if p.Quantity <= 0 || p.Quantity > left(l)-asked[p.Line] {
			return nil, tooMany(l, left(l))
		}
		if err := l.Unit.Fits(p.Quantity); err != nil && p.Quantity != left(l)-asked[p.Line] {
			return nil, fault.With(err, "line", l.Line)
		}
		asked[p.Line] += p.Quantity
	}
	var all []Part
	for _, l := range o.Lines {
		q := asked[l.Line]
		if len(parts) == 0 {
			q = left(l)
		}
		if q > 0 {
			all = append(all, Part{l.Line, q})
		}
	}
	if len(all) == 0 {
		return nil, ErrNothing.About("%s is %s", o.ID, o.State)
	}
	return all, nil
}

func tooMany(l Line, left measure.Quantity) error {
	return fault.With(ErrTooMany.With("line", l.Line), "left", left.String())
}

// moved gives the parts with what each is worth.
func (o Order) moved(parts []Part) []Moved {
	all := make([]Moved, 0, len(parts))
	for _, p := range parts {
		l, err := o.Line(p.Line)
		if err != nil { // Parts come from the order itself.
			continue
		}
		all = append(all, Moved{
			Line: l.Line, Variant: l.Variant, Seller: l.Seller, Quantity: p.Quantity,
			Worth: l.Worth(l.Cancelled+l.Returned, p.Quantity),
		})
	}
	return all
}

// sum adds up what parts are worth.
func (o Order) sum(moved []Moved) money.Money {
	total := money.Of(0, o.Quote.Currency)
	for _, m := range moved {
		total.Minor += m.Worth.Total.Minor
	}
	return total
}

// happened says whether a change of this kind and ref is in the history already.
func happened(tx *db.Tx, id ID, c change) (bool, error) {
	if c.ref == "" {
		return false, nil
	}
	n, err := orderdb.New(tx).CountEvents(tx.Context(), orderdb.CountEventsParams{OrderID: string(id), Kind: c.kind, Ref: c.ref})
	return n > 0, err
}

// standing is how far an order and each of its lines have come: what the audit keeps of it.
func (o Order) standing() map[string]any {
	lines := make(map[string]Counts, len(o.Lines))
	for _, l := range o.Lines {
		lines[l.Line] = l.Counts
	}
	return map[string]any{"state": o.State, "version": o.Version, "lines": lines}
}

// record writes a change: its row of the history, the counts that count moves on each line, state and version.
func record(tx *db.Tx, o *Order, c change, count func(*Line, measure.Quantity)) error {
	if c.ref == "" {
		c.ref = tx.Mint("chg")
	}
	words, err := json.Marshal(said{Reason: c.reason, Amount: c.amount, Lines: c.moved})
	if err != nil {
		return ErrStored.About("%s: %v", o.ID, err)
	}
	later, was := orderdb.New(tx.Later()), o.standing()
	for _, m := range c.moved {
		for n := range o.Lines {
			l := &o.Lines[n]
			if l.Line != m.Line {
				continue
			}
			count(l, m.Quantity)
			if err := later.CountLine(tx.Context(), orderdb.CountLineParams{
				Cancelled: int64(l.Cancelled), Packed: int64(l.Packed), Shipped: int64(l.Shipped),
				Delivered: int64(l.Delivered), Returned: int64(l.Returned), Undelivered: int64(l.Undelivered),
				OrderID: string(o.ID), Line: l.Line,
			}); err != nil {
				return err
			}
		}
	}
	o.State, o.Version, o.ChangedAt = StateOf(o.Lines), o.Version+1, tx.Now()
	who := tx.Who()
	if err := later.AddEvent(tx.Context(), orderdb.AddEventParams{
		OrderID: string(o.ID), Version: o.Version, Kind: c.kind, Ref: c.ref, At: span.Micros(tx.Now()),
		ActorKind: string(who.Kind), Actor: who.ID, Body: string(words),
	}); err != nil {
		return err
	}
	if err := tx.Changed(string(o.ID), was, o.standing()); err != nil {
		return err
	}
	return later.ChangeOrder(tx.Context(), orderdb.ChangeOrderParams{
		State: string(o.State), Version: o.Version, ChangedAt: span.Micros(o.ChangedAt), ID: string(o.ID),
	})
}
