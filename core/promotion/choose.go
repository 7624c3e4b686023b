package promotion

import (
	"cmp"
	"slices"

	"sauda/base/money"
	"sauda/core/pricing"
)

// alonesMax bounds the promotions that let no other count among which the best choice is looked for: all their subsets are
// tried. What is taken off the order counts twice, since it may come first or last.
const alonesMax = 8

// work is the choice of the promotions for one purchase in one phase.
type work struct {
	set      *Set
	given    Given
	currency money.Currency
	units    []unit
	able     []chance // able are the promotions that count, in their order.
}

// chance is a promotion whose conditions the purchase meets, with the goods that it is about.
type chance struct {
	*prepared
	units []int
	on    []bool // on says of each unit whether it is one of them.
	late  bool   // late comes after all that looks at goods, and is judged by what is left of them then.
}

func newChance(p *prepared, units []int, of int) chance {
	c := chance{prepared: p, units: units, on: make([]bool, of)}
	for _, i := range units {
		c.on[i] = true
	}
	return c
}

// plan is what some promotions take off together.
type plan struct {
	units []unit
	takes []taking
	saved int64
}

// taking is what one promotion takes off one unit.
type taking struct {
	of   *prepared
	unit int
	off  int64
}

// choose finds the promotions of some kinds that count here. Conditions are judged by what the goods come to before the
// promotions of this phase. What is taken off the order comes late; where it lets no other count it may come first as well,
// so that the choice is between it and the others.
func (w *work) choose(kinds []Kind) {
	for i := range w.set.all {
		p := &w.set.all[i]
		if !slices.Contains(kinds, p.Effect.Kind) || !w.given.counts(p, w.currency) {
			continue
		}
		c := newChance(p, w.about(p), len(w.units))
		if count, sum := weigh(w.units, c.units); len(c.units) == 0 || count < p.Needs.Units || sum < p.Needs.Sum {
			continue
		}
		c.late = p.Effect.Kind == OrderOff
		if w.able = append(w.able, c); c.late && !p.Combines {
			c.late = false
			w.able = append(w.able, c)
		}
	}
}

// about gives the goods that a promotion is about.
func (w *work) about(p *prepared) (units []int) {
	for i, u := range w.units {
		if p.about(u.ware, w.set.above) {
			units = append(units, i)
		}
	}
	return units
}

// weigh counts whole units, and what they come to.
func weigh(units []unit, of []int) (count, sum int64) {
	for _, i := range of {
		n, _ := units[i].quantity.Whole()
		count, sum = count+n, sum+units[i].left
	}
	return count, sum
}

// best gives the plan that saves the buyer the most: each promotion that lets no other count may be in it or not, and those
// that combine are all in it. Among plans that save the same the first is taken, which has those that look at each thing by
// itself and no others.
func (w *work) best() plan {
	var alone, local []chance
	for _, c := range w.able {
		if c.Combines {
			continue
		}
		alone = append(alone, c)
		if c.local() {
			local = append(local, c)
		}
	}
	best := w.with(local)
	if len(alone) > alonesMax {
		alone = w.strongest(alone)
	}
	for subset := range 1 << len(alone) {
		var in []chance
		for i, c := range alone {
			if subset>>i&1 == 1 {
				in = append(in, c)
			}
		}
		if p := w.with(in); p.saved > best.saved {
			best = p
		}
	}
	return best
}

// strongest gives those that save the most by themselves, in their order.
func (w *work) strongest(alone []chance) []chance {
	saved, ranked := make([]int64, len(alone)), make([]int, len(alone))
	for i, c := range alone {
		saved[i], ranked[i] = w.with([]chance{c}).saved, i
	}
	slices.SortStableFunc(ranked, func(a, b int) int { return cmp.Compare(saved[b], saved[a]) })
	ranked = ranked[:alonesMax]
	slices.Sort(ranked)
	some := make([]chance, alonesMax)
	for n, i := range ranked {
		some[n] = alone[i]
	}
	return some
}

// with gives the plan of some of those that let no other count and of all that combine. What looks at each thing by itself
// comes first of those that combine, so that it takes off what the page of the thing says.
func (w *work) with(alone []chance) plan {
	p := plan{units: slices.Clone(w.units)}
	for _, c := range alone {
		if !c.local() && !c.late {
			p.add(c, c.units, w.currency)
		}
	}
	w.alone(&p, alone)
	for _, local := range []bool{true, false} {
		for _, c := range w.able {
			if c.Combines && !c.late && c.local() == local {
				p.add(c, c.units, w.currency)
			}
		}
	}
	w.last(&p, alone)
	return p
}

// last lets what is taken off the order come after the goods, if what is left of them is enough: first of those that let no
// other count, unless it has come already.
func (w *work) last(p *plan, alone []chance) {
	var late []chance
	note := func(c chance) {
		if _, sum := weigh(p.units, c.units); c.late && sum >= c.Needs.Sum {
			late = append(late, c)
		}
	}
	for _, c := range alone {
		if !slices.ContainsFunc(p.takes, func(t taking) bool { return t.of == c.prepared }) {
			note(c)
		}
	}
	for _, c := range w.able {
		if c.Combines {
			note(c)
		}
	}
	for _, c := range late {
		p.add(c, c.units, w.currency)
	}
}

// alone gives each thing to the one of those that let no other count that takes the most off it, if that is more than what
// those that combine take.
func (w *work) alone(p *plan, alone []chance) {
	for i := range p.units {
		var most *chance
		var off int64
		for n := range alone {
			c := &alone[n]
			if !c.local() || !c.on[i] {
				continue
			}
			if o := c.take(p.units, []int{i}, w.currency)[0]; o > off {
				most, off = c, o
			}
		}
		if most != nil && off > w.together(p.units[i], i) {
			p.add(*most, []int{i}, w.currency)
		}
	}
}

// together gives what those that combine and look at each thing by itself take off a thing.
func (w *work) together(u unit, i int) (off int64) {
	for _, c := range w.able {
		if c.Combines && c.local() && c.on[i] {
			o := c.take([]unit{u}, []int{0}, w.currency)[0]
			u.left, u.price, off = u.left-o, c.lowered(u.price, usual(w.currency)), off+o
		}
	}
	return off
}

// add lets a promotion take what it may off some units.
func (p *plan) add(c chance, of []int, currency money.Currency) {
	var open []int
	for _, i := range of {
		u := p.units[i]
		if !u.closed && (c.Combines || !u.touched) {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return
	}
	for n, off := range c.take(p.units, open, currency) {
		u := &p.units[open[n]]
		if c.local() {
			u.price = c.lowered(u.price, usual(currency))
		}
		if off <= 0 {
			continue
		}
		u.left, u.touched, u.closed = u.left-off, true, u.closed || !c.Combines
		p.takes, p.saved = append(p.takes, taking{c.prepared, open[n], off}), p.saved+off
	}
}

// adjustments says a plan in the words of a quote.
func (w *work) adjustments(p plan) []pricing.Adjustment {
	all := make([]pricing.Adjustment, 0, len(p.takes))
	for _, t := range p.takes {
		all = append(all, pricing.Adjustment{Lines: p.units[t.unit].lines, Amount: money.Of(t.off, w.currency), Reason: w.reason(t.of)})
	}
	return all
}

func (w *work) reason(p *prepared) pricing.Reason {
	return pricing.Reason{Code: ReasonCode, Params: pricing.Params{Ref: string(p.ID), Name: p.Name, Clause: w.given.Codes[p.ID]}}
}

// deliveries gives what is taken off each delivery: by the one promotion that takes the most, or by all that combine when
// they take as much.
func (w *work) deliveries(all []pricing.QuoteDelivery) []pricing.Adjustment {
	var adjustments []pricing.Adjustment
	for _, d := range all {
		price := d.Price.Minor - d.Discount.Minor
		var together []pricing.Adjustment
		left := price
		var most *prepared
		for _, c := range w.able {
			if c.Seller != d.Seller {
				continue
			}
			if most == nil || c.offDelivery(price) > most.offDelivery(price) {
				most = c.prepared
			}
			if off := c.offDelivery(left); c.Combines && off > 0 {
				left -= off
				together = append(together, w.delivery(d, c.prepared, off))
			}
		}
		if most != nil && !most.Combines && most.offDelivery(price) > price-left {
			together = []pricing.Adjustment{w.delivery(d, most, most.offDelivery(price))}
		}
		adjustments = append(adjustments, together...)
	}
	return adjustments
}

func (w *work) delivery(d pricing.QuoteDelivery, p *prepared, off int64) pricing.Adjustment {
	return pricing.Adjustment{Delivery: string(d.Seller), Amount: money.Of(off, w.currency), Reason: w.reason(p)}
}

// offDelivery gives what is taken off a delivery of that price.
func (p *prepared) offDelivery(price int64) int64 {
	if p.Effect.Amount == 0 {
		return price
	}
	return min(p.Effect.Amount, price)
}
