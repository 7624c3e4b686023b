package promotion

import (
	"slices"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/pricing"
)

// Lower gives what one unit of a ware costs by the promotions that lower its price for everybody, and the names of those
// that do, the one that comes first first. What is shown so is charged: whatever else is bought, the goods of a purchase
// never cost more than the sum of what is shown of them.
func (s *Set) Lower(w Ware, price money.Money, day span.Day) (money.Money, []text.Localized) {
	if s == nil || !price.IsPositive() {
		return price, nil
	}
	x := work{set: s, currency: price.Currency, units: []unit{{ware: w, quantity: measure.One, price: price.Minor, left: price.Minor}}}
	for i := range s.all {
		p := &s.all[i]
		if p.Plain() && p.Currency == price.Currency && p.On(day) == PhaseRunning && p.about(w, s.above) {
			x.able = append(x.able, newChance(p, []int{0}, 1))
		}
	}
	if len(x.able) == 0 {
		return price, nil
	}
	best := x.best()
	var names []text.Localized
	for _, t := range best.takes {
		names = append(names, t.of.Name)
	}
	return money.Of(price.Minor-best.saved, price.Currency), names
}

// Empty says whether nothing runs.
func (s *Set) Empty() bool { return s == nil || len(s.all) == 0 }

// AsksFirst says whether a promotion is for the first order of a buyer.
func (s *Set) AsksFirst() bool {
	return s != nil && slices.ContainsFunc(s.all, func(p prepared) bool { return p.Needs.First })
}

// Hint is a promotion that counts as soon as a little more is bought.
type Hint struct {
	Promotion ID             `json:"promotion"`
	Name      text.Localized `json:"name"`
	Units     int64          `json:"units,omitempty" doc:"How many more of its goods are needed."`
	Free      int64          `json:"free,omitempty" doc:"How many of them are free then."`
	Sum       *money.Money   `json:"sum,omitempty" doc:"How much more its goods have to come to."`
}

// nearUnits is how few units may be missing, and half of a sum must be there, for a hint to be given.
const nearUnits = 2

// Hints gives the promotions that a purchase nearly meets, those of a code only when it was entered.
func (s *Set) Hints(g Given, d pricing.Draft, q pricing.Quote) (hints []Hint) {
	if s == nil {
		return nil
	}
	var views [stages]*work
	for i := range s.all {
		p := &s.all[i]
		if !g.counts(p, d.Currency) {
			continue
		}
		at := p.stage()
		if views[at] == nil {
			views[at] = s.before(at, g, d, q)
		}
		w := views[at]
		units := w.about(p)
		count, sum := weigh(w.units, units)
		if count == 0 {
			continue
		}
		h := Hint{Promotion: p.ID, Name: p.Name}
		switch {
		case sum < p.Needs.Sum:
			if sum*2 < p.Needs.Sum || count < p.Needs.Units {
				continue
			}
			missing := money.Of(p.Needs.Sum-sum, w.currency)
			h.Sum = &missing
		case count < p.Needs.Units:
			h.Units = p.Needs.Units - count
		case p.Effect.Kind == SetFree || p.Effect.Kind == SetPrice:
			h.Units, h.Free = p.missing(w.units, units)
			if h.Units == 0 {
				continue
			}
		default:
			continue
		}
		if h.Units <= nearUnits {
			hints = append(hints, h)
		}
	}
	return hints
}

// stage is when a promotion judges a purchase.
type stage int

const (
	stageGoods    stage = iota // stageGoods is before anything was taken off.
	stageOrder                 // stageOrder is after what was taken off single goods.
	stageDelivery              // stageDelivery is after all that was taken off the goods.
	stages
)

// stage says when a promotion judges. What lets no other count may come before them.
func (p *prepared) stage() stage {
	switch {
	case p.Effect.Kind == DeliveryOff:
		return stageDelivery
	case p.Effect.Kind == OrderOff && p.Combines:
		return stageOrder
	}
	return stageGoods
}

// before is a purchase as promotions judge it at a stage.
func (s *Set) before(at stage, g Given, d pricing.Draft, q pricing.Quote) *work {
	lines := slices.Clone(q.Lines)
	for i := range lines {
		l := &lines[i]
		l.Discount.Minor = 0
		for _, r := range l.Reasons {
			n, known := s.byID[ID(r.Params.Ref)]
			if r.Code == ReasonCode && known && (at == stageDelivery || at == stageOrder && s.all[n].Effect.Kind != OrderOff) {
				l.Discount.Minor += r.Params.Amount.Minor
			}
		}
	}
	w := &work{set: s, given: g, currency: d.Currency}
	w.see(pricing.Basis{Draft: d, Lines: lines})
	return w
}

// missing gives how many units the set that has begun lacks, and how many are free then; 0 when none has begun.
func (p *prepared) missing(units []unit, of []int) (lacking, free int64) {
	_, count := rank(units, of, 1)
	begun := count % p.Effect.Size
	if begun == 0 {
		return 0, 0
	}
	if p.Effect.Kind == SetFree {
		free = p.Effect.Free
	}
	return p.Effect.Size - begun, free
}

// Fit says why a promotion does not count for a purchase though its code may be used, or nothing when it does.
func (s *Set) Fit(id ID, g Given, d pricing.Draft, q pricing.Quote) error {
	i, known := s.byID[id]
	if !known {
		return ErrOver.About("%s does not run", id)
	}
	p := &s.all[i]
	w := s.before(p.stage(), g, d, q)
	units := w.about(p)
	count, sum := weigh(w.units, units)
	switch {
	case p.Needs.First && !g.First:
		return ErrNotFirst
	case len(units) == 0 || p.Currency != w.currency:
		return ErrGoods
	case count < p.Needs.Units:
		return ErrTooFew.With("units", p.Needs.Units-count)
	case sum < p.Needs.Sum:
		return ErrTooLow.With("missing", money.Of(p.Needs.Sum-sum, w.currency))
	case p.Effect.Kind == SetFree || p.Effect.Kind == SetPrice:
		if _, there := rank(w.units, units, 1); there < p.Effect.Size {
			return ErrTooFew.With("units", p.Effect.Size-there)
		}
	}
	return nil
}

// GivenAway are the amounts that promotions have taken off a quote, by promotion: from the lines and the deliveries.
func GivenAway(q pricing.Quote) map[ID]money.Money {
	sums := make(map[ID]money.Money)
	add := func(reasons []pricing.Reason) {
		for _, r := range reasons {
			if r.Code == ReasonCode {
				id := ID(r.Params.Ref)
				sums[id] = money.Of(sums[id].Minor+r.Params.Amount.Minor, q.Currency)
			}
		}
	}
	for _, l := range q.Lines {
		add(l.Reasons)
	}
	for _, d := range q.Delivery {
		add(d.Reasons)
	}
	return sums
}

// Named are the promotions of the set that run on a day without a code, for those who show them: by priority.
func (s *Set) Named(w Ware, day span.Day) (names []text.Localized) {
	if s == nil {
		return nil
	}
	for i := range s.all {
		p := &s.all[i]
		if p.On(day) == PhaseRunning && !p.Coded() && p.about(w, s.above) && !slices.ContainsFunc(names, p.same) {
			names = append(names, p.Name)
		}
	}
	return names
}

func (p *prepared) same(name text.Localized) bool { return name.String() == p.Name.String() }
