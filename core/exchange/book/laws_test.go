package book

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
)

// lockstep runs two books on the same drawn inputs, the second on what turned makes of each, and compares what they
// report; expected makes of the reports of the first what those of the second must be.
func lockstep(rules [2]Rules, f *flow, turned func(Input) Input, expected func([]Report) []Report) error {
	var books [2]*Book
	for i := range books {
		b, err := New(rules[i])
		if err != nil {
			return err
		}
		books[i] = b
	}
	for i := range 3000 {
		in := f.draw()
		f.w.apply(&in)
		first := books[0].Apply(&in, nil)
		other := turned(in)
		second := books[1].Apply(&other, nil)
		if want := expected(first); !slices.Equal(second, want) {
			return fmt.Errorf("input %d %+v\n  first %+v\n second %+v\n  wants %+v", i, in, first, second, want)
		}
	}
	return nil
}

// TestMirrorLaw: with buyers and sellers exchanged and prices negated, everything happens as in a mirror.
func TestMirrorLaw(t *testing.T) {
	for seed := range uint64(16) {
		m := markets[seed%uint64(len(markets))]
		m.rules.Negative, m.rules.Ticks, m.rules.PriceMin, m.rules.PriceMax = true, nil, 0, 0
		f := newFlow(seed, newTwin(m.rules))
		f.centre, f.tame = 0, true
		err := lockstep([2]Rules{m.rules, m.rules}, f, func(in Input) Input {
			in.Price, in.Stop, in.Side = -in.Price, -in.Stop, in.Side.Opposite()
			return in
		}, func(reports []Report) []Report {
			mirrored := slices.Clone(reports)
			if n := len(reports) - 1; reports[n].Kind == Swept { // Buyers are cancelled before sellers: in the mirror after them.
				sellersFirst(mirrored[:n], f.w)
			}
			for i := range mirrored {
				r := &mirrored[i]
				r.Seq = reports[i].Seq
				r.Price = -r.Price
				if r.Kind != Swept && r.Kind != Turned {
					r.Side = r.Side.Opposite()
				}
			}
			return mirrored
		})
		if err != nil {
			t.Fatalf("seed %d, %s: %v", seed, m.name, err)
		}
	}
}

// sellersFirst puts cancelled orders into the order sellers, buyers, stop orders of sellers, stop orders of buyers.
func sellersFirst(reports []Report, w *twin) {
	slices.SortStableFunc(reports, func(a, b Report) int {
		return cmp.Or(cmp.Compare(rank(w.waited[a.ID]), rank(w.waited[b.ID])), -cmp.Compare(a.Side, b.Side))
	})
}

func rank(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// TestScaleLaw: with all prices and ticks times seven, and all quantities and lots times three, everything happens times
// seven and times three.
func TestScaleLaw(t *testing.T) {
	const prices, quantities = 7, 3
	for seed := range uint64(16) {
		m := markets[seed%uint64(len(markets))]
		if _, err := m.rules.settle(); err != nil {
			t.Fatal(err)
		}
		scaled := m.rules
		scaled.Ticks = slices.Clone(m.rules.Ticks)
		for i := range scaled.Ticks {
			scaled.Ticks[i].From *= prices
			scaled.Ticks[i].Tick *= prices
		}
		scaled.Lot *= quantities
		scaled.QtyMax = min(scaled.QtyMax*quantities, qtyMax)
		if scaled.PriceMin > -priceMax {
			scaled.PriceMin, scaled.PriceMax = scaled.PriceMin*prices, scaled.PriceMax*prices
		}
		f := newFlow(seed, newTwin(m.rules))
		f.tame = true
		err := lockstep([2]Rules{m.rules, scaled}, f, func(in Input) Input {
			in.Price, in.Stop = in.Price*prices, in.Stop*prices
			in.Qty, in.Display, in.Min = in.Qty*quantities, in.Display*quantities, in.Min*quantities
			return in
		}, func(reports []Report) []Report {
			reports = slices.Clone(reports)
			for i := range reports {
				r := &reports[i]
				r.Price *= prices
				r.Left *= quantities
				r.Shown *= quantities
				if r.Kind != Swept && r.Kind != Turned {
					r.Qty *= quantities
				}
			}
			return reports
		})
		if err != nil {
			t.Fatalf("seed %d, %s: %v", seed, m.name, err)
		}
	}
}

// TestSplitLaw: by time, an order that takes a quantity at once and two that take it one after the other trade the same
// with the same orders, and leave the same book; so do an order that rests and two that rest in its place.
func TestSplitLaw(t *testing.T) {
	for seed := range uint64(20) {
		w := newTwin(Rules{AnyID: true})
		f := newFlow(seed, w)
		f.tame = true
		one, errOne := New(w.rules)
		two, errTwo := New(w.rules)
		if errOne != nil || errTwo != nil {
			t.Fatal(errOne, errTwo)
		}
		for i := range 3000 {
			in := f.draw()
			if in.Verb != Enter && in.Verb != Cancel || in.Type != Limit && in.Type != Market || in.Life == AllOrNone {
				continue
			}
			in.Guard, in.Min, in.Flags = GuardNone, 0, 0
			w.apply(&in)
			parts := []Input{in}
			if in.Verb == Enter && in.Qty > 1 && in.Display == 0 {
				half, rest := in, in
				half.Qty, rest.Qty, rest.ID = in.Qty/2, in.Qty-in.Qty/2, in.ID+halves
				parts = []Input{half, rest}
			}
			if in.Verb == Cancel {
				rest := in
				rest.ID += halves
				parts = append(parts, rest)
			}
			whole := fills(one.Apply(&in, nil))
			var both []Report
			for _, part := range parts {
				both = two.Apply(&part, both)
			}
			if !slices.Equal(whole, fills(both)) {
				t.Fatalf("seed %d, input %d %+v: %+v whole, %+v in parts", seed, i, in, whole, fills(both))
			}
			if a, b := joined(one), joined(two); !slices.Equal(a, b) {
				t.Fatalf("seed %d, input %d %+v leaves\n%+v whole,\n%+v in parts", seed, i, in, a, b)
			}
		}
		if len(joined(one)) < 20 {
			t.Fatalf("seed %d: only %d orders are left", seed, len(joined(one)))
		}
	}
}

const halves = 1 << 50 // halves is what tells the id of a second half from that of the first.

// fill is what one order has traded at one price, its halves together.
type fill struct {
	id         uint64
	price, qty int64
}

func fills(reports []Report) (list []fill) {
	for _, r := range reports {
		if r.Kind != Traded {
			continue
		}
		f := fill{r.ID % halves, r.Price, r.Qty}
		if n := len(list) - 1; n >= 0 && list[n].id == f.id && list[n].price == f.price {
			list[n].qty += f.qty
		} else {
			list = append(list, f)
		}
	}
	return list
}

// joined gives the orders of a book, halves that stand beside each other as one.
func joined(b *Book) (list []fill) {
	for s := range sides {
		for o := range b.Orders(s) {
			f := fill{o.ID % halves, o.Price, o.Left}
			if n := len(list) - 1; n >= 0 && list[n].id == f.id {
				list[n].qty += f.qty
			} else {
				list = append(list, f)
			}
		}
	}
	return list
}
