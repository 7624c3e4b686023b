package watch

import (
	"slices"

	"sauda/core/exchange/book"
)

// probe is a trade of somebody who shows much more on the other side, until it is known what he does with that.
type probe struct {
	Owner  string    `json:"owner"`
	Side   book.Side `json:"side"` // Side is the one on which much is shown.
	Until  int64     `json:"until"`
	Shown  int64     `json:"shown"`
	Meant  int64     `json:"meant"` // Meant is what he trades and shows on the side of the trade.
	Gone   int64     `json:"gone"`  // Gone was taken back since, Again entered again, Given has traded.
	Again  int64     `json:"again"`
	Given  int64     `json:"given"`
	Orders []Order   `json:"orders"`
	Deals  []Deal    `json:"deals"`
}

// probe begins to look at an owner who has traded on a side, if he shows much more on the other one.
func (s *sight) probe(who string, traded book.Side, d Deal) {
	if s.rules.LayerTimes == 0 {
		return
	}
	o := s.ownerOf(who)
	side := traded.Opposite()
	for _, p := range s.Probes {
		if p.Owner == who && p.Side == side { // The same layers, that serve several trades.
			p.Meant += d.Qty
			p.Deals = last(append(p.Deals, d), dealsMax)
			return
		}
	}
	if !times(o.Open[side], s.rules.LayerRatio, d.Qty+o.Open[traded]) {
		return
	}
	p := &probe{Owner: who, Side: side, Until: s.Now + s.rules.LayerWithin, Meant: d.Qty + o.Open[traded], Deals: []Deal{d}}
	for id := range o.Orders {
		if l := s.Orders[id]; l.Seen && l.Side == side && l.From >= s.Now-s.rules.LayerAge {
			p.Shown += l.Left
			one := l.Order
			one.Qty = l.Left
			p.Orders = append(p.Orders, one)
		}
	}
	if !times(p.Shown, s.rules.LayerRatio, p.Meant) || !times(p.Shown, s.rules.LayerLarge, s.average()) || len(s.Probes) >= probesMax {
		return
	}
	slices.SortFunc(p.Orders, func(a, b Order) int { return int(int64(a.ID) - int64(b.ID)) })
	p.Orders = last(p.Orders, dealsMax)
	s.Probes = append(s.Probes, p)
	o.Probed++
}

// eachProbe gives the probes that an order is about, and whether it stood when they began.
func (s *sight) eachProbe(o *live, do func(p *probe, stood bool)) {
	for _, p := range s.Probes {
		if p.Owner == o.Owner && p.Side == o.Side {
			do(p, slices.ContainsFunc(p.Orders, func(one Order) bool { return one.ID == o.ID }))
		}
	}
}

// taken notes that its owner has taken back some of an order.
func (s *sight) taken(o *live, n int64) {
	if n <= 0 || !o.Seen {
		return
	}
	s.eachProbe(o, func(p *probe, stood bool) {
		if !stood {
			p.Again -= min(n, p.Again)
			return
		}
		p.Gone += n
		for i := range p.Orders {
			if p.Orders[i].ID == o.ID {
				p.Orders[i].Until = s.Now
			}
		}
	})
}

// again notes that somebody shows an order.
func (s *sight) again(o *live) {
	s.eachProbe(o, func(p *probe, _ bool) { p.Again += o.Left })
}

// given notes that some of an order has traded: it was meant.
func (s *sight) given(o *live, n int64) {
	s.eachProbe(o, func(p *probe, stood bool) {
		if stood {
			p.Given += n
		}
	})
}

// judgeProbes looks at what was done in the time after a trade.
func (s *sight) judgeProbes() {
	kept := s.Probes[:0]
	for _, p := range s.Probes {
		if s.Now < p.Until {
			kept = append(kept, p)
			continue
		}
		s.judgeProbe(p)
	}
	clear(s.Probes[len(kept):])
	s.Probes = kept
}

// judgeProbe counts a trade after which what was shown is gone, and neither traded nor stands again.
func (s *sight) judgeProbe(p *probe) {
	rest := 100 - s.rules.LayerGone
	if share(p.Gone, p.Shown) < s.rules.LayerGone || share(p.Again, p.Shown) > rest || share(p.Given, p.Shown) > rest ||
		!times(p.Shown, s.rules.LayerRatio, p.Meant) {
		return
	}
	o := s.ownerOf(p.Owner)
	o.Layers[p.Side]++
	o.Held.add(p.Orders, p.Deals...)
	n := o.Layers[0] + o.Layers[1]
	if n < s.rules.LayerTimes || share(n, o.Probed) < s.rules.LayerHabit {
		return
	}
	orders, deals := o.Held.spend()
	s.raise(Alert{Kind: Layering, Owners: []string{p.Owner}, Severity: max(Medium, atLeast(n, 1, 3*s.rules.LayerTimes)), Orders: orders, Deals: deals,
		Figures: map[string]int64{"times": n, "shown": p.Shown, "meant": p.Meant, "gone": share(p.Gone, p.Shown), "orders": int64(len(p.Orders))}})
}
