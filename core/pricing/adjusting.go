package pricing

import (
	"cmp"
	"slices"

	"sauda/base/money"
	"sauda/core/seller"
)

// adjust lets the adjusters of the lines, the order and the delivery speak, phase by phase.
func (p *pricer) adjust() error {
	for _, phase := range []Phase{PhaseLine, PhaseOrder, PhaseDelivery} {
		if err := p.speak(phase, func(a Adjustment) error { return p.takeOff(phase, a) }); err != nil {
			return err
		}
	}
	return nil
}

// tenders lets the adjusters that pay a part speak, when the total is known.
func (p *pricer) tenders() error {
	return p.speak(PhaseTender, func(a Adjustment) error {
		left, err := p.quote.Due.Sub(a.Amount)
		if err != nil {
			return err
		}
		if a.Amount.IsNegative() || left.IsNegative() {
			return ErrAdjustment.About("tender of %s with %s due", a.Amount, p.quote.Due)
		}
		a.Reason.Params.Amount = a.Amount
		p.quote.Tenders = append(p.quote.Tenders, Tender{Amount: a.Amount, Reason: a.Reason})
		p.quote.Due = left
		return nil
	})
}

func (p *pricer) speak(phase Phase, take func(Adjustment) error) error {
	for _, adjuster := range p.conditions.Adjust {
		if adjuster.Phase != phase {
			continue
		}
		adjustments, err := adjuster.Adjust(p.basis())
		if err != nil {
			return err
		}
		for _, a := range adjustments {
			if a.Amount.IsZero() {
				continue
			}
			if err := take(a); err != nil {
				return err
			}
		}
	}
	return nil
}

// basis shows an adjuster the quote so far, in copies that it may change without harm.
func (p *pricer) basis() Basis {
	b := Basis{Draft: p.draft, Delivery: slices.Clone(p.quote.Delivery), Total: p.quote.Total}
	for _, i := range p.order {
		line := p.quote.Lines[i]
		line.Reasons = slices.Clone(line.Reasons)
		b.Lines = append(b.Lines, line)
	}
	return b
}

// takeOff spreads an adjustment over the lines that it names, or takes it off a delivery.
func (p *pricer) takeOff(phase Phase, a Adjustment) error {
	if a.Amount.Currency != p.draft.Currency || a.Amount.IsNegative() {
		return ErrAdjustment.About("%s", a.Amount)
	}
	if phase == PhaseDelivery {
		return p.takeOffDelivery(a)
	}
	var lines []*QuoteLine
	var weights []int64
	var left []money.Money
	for _, i := range p.order {
		l := &p.quote.Lines[i]
		if len(a.Lines) > 0 && !slices.Contains(a.Lines, l.Line) {
			continue
		}
		lines = append(lines, l)
		weights = append(weights, l.Subtotal.Minor-l.Discount.Minor)
		left = append(left, money.Of(l.Subtotal.Minor-l.Discount.Minor, p.draft.Currency))
	}
	whole, err := money.Sum(left...)
	if err != nil {
		return err
	}
	if cmp.Compare(a.Amount.Minor, whole.Minor) > 0 {
		return ErrAdjustment.About("%s off %s", a.Amount, whole)
	}
	for i, share := range a.Amount.Split(weights) {
		if share.IsZero() {
			continue
		}
		if lines[i].Discount, err = lines[i].Discount.Add(share); err != nil {
			return err
		}
		reason := a.Reason
		reason.Params.Amount = share
		lines[i].Reasons = append(lines[i].Reasons, reason)
	}
	return nil
}

func (p *pricer) takeOffDelivery(a Adjustment) error {
	for i := range p.quote.Delivery {
		d := &p.quote.Delivery[i]
		if d.Seller != seller.ID(a.Delivery) {
			continue
		}
		if a.Amount.Minor > d.Price.Minor-d.Discount.Minor {
			return ErrAdjustment.About("%s off the delivery of %s", a.Amount, d.Seller)
		}
		discount, err := d.Discount.Add(a.Amount)
		if err != nil {
			return err
		}
		a.Reason.Params.Amount = a.Amount
		d.Discount, d.Reasons = discount, append(d.Reasons, a.Reason)
		return nil
	}
	return ErrAdjustment.About("no delivery of %s", a.Delivery)
}
