package promotion

import (
	"slices"

	"sauda/base/money"
	"sauda/core/pricing"
)

// alonesMax bounds the promotions that let no other count among which the best choice is looked for: all their subsets are
// tried.
const alonesMax = 8

// work is the choice of the promotions for one purchase in one phase.
type work struct {
	set      *Set
	given    Given
	group    string
	currency money.Currency
	units    []unit
	able     []chance // able are the promotions that count, in their order.
}

// chance is a promotion whose conditions the purchase meets, with the goods that it is about.
type chance struct {
	*prepared
	units []int
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
// promotions of this phase.
func (w *work) choose(kinds []Kind) {
	for i := range w.set.all {
		p := &w.set.all[i]
		if !slices.Contains(kinds, p.Effect.Kind) || !w.given.counts(p, w.group, w.currency) {
			continue
		}
		c := chance{prepared: p, units: w.about(p)}
		if count, sum := w.weigh(c.units); len(c.units) > 0 && count >= p.Needs.Units && sum >= p.Needs.Sum {
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
func (w *work) weigh(units []int) (count, sum int64) {
	for _, i := range units {
		n, _ := w.units[i].quantity.Whole()
		count, sum = count+n, sum+w.units[i].left
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
	saved := make(map[ID]int64, len(alone))
	for _, c := range alone {
		saved[c.ID] = w.with([]chance{c}).saved
	}
	ranked := slices.Clone(alone)
	slices.SortStableFunc(ranked, func(a, b chance) int { return int(min(1, max(-1, saved[b.ID]-saved[a.ID]))) })
	ranked = ranked[:alonesMax]
	return slices.DeleteFunc(slices.Clone(alone), func(c chance) bool {
		return !slices.ContainsFunc(ranked, func(r chance) bool { return r.ID == c.ID })
	})
}

// with gives the plan of some of those that let no other count and of all that combine. What looks at each thing by itself
// comes first of those that combine, so that it takes off what the page of the thing says.
func (w *work) with(alone []chance) plan {
	p := plan{units: slices.Clone(w.units)}
	for _, c := range alone {
		if !c.local() {
			p.add(c, c.units, w.currency)
		}
	}
	w.alone(&p, alone)
	for _, local := range []bool{true, false} {
		for _, c := range w.able {
			if c.Combines && c.local() == local {
				p.add(c, c.units, w.currency)
			}
		}
	}
	return p
}

// alone gives each thing to the one of those that let no other count that takes the most off it, if that is more than what
// those that combine take.
func (w *work) alone(p *plan, alone []chance) {
	for i := range p.units {
		var most *chance
		var off int64
		for n := range alone {
			c := &alone[n]
			if !c.local() || !slices.Contains(c.units, i) {
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
		if c.Combines && c.local() && slices.Contains(c.units, i) {
			o := c.take([]unit{u}, []int{0}, w.currency)[0]
			u.left, off = u.left-o, off+o
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
		if off <= 0 {
			continue
		}
		u := &p.units[open[n]]
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
