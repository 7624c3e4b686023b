package order

import (
	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/core/pricing"
	"sauda/gear/db"
)

// ErrBundle has the value bundle: the name of the bundle's line.
var ErrBundle = fault.New(fault.Conflict, "order.whole_bundles", "What was bought as a bundle is cancelled as a bundle. Choose the same number of bundles for all of its parts, or ask the shop.")

// opened gives parts with bundles replaced by what they are made of: the name of a bundle's line stands for all of its
// parts.
func (o Order) opened(parts []Part) ([]Part, error) {
	if len(o.Quote.Bundles) == 0 {
		return parts, nil
	}
	bundles := make(map[string]pricing.QuoteBundle, len(o.Quote.Bundles))
	for _, b := range o.Quote.Bundles {
		bundles[b.Line] = b
	}
	var all []Part
	for _, p := range parts {
		b, bundle := bundles[p.Line]
		if !bundle {
			all = append(all, p)
			continue
		}
		if _, whole := p.Quantity.Whole(); !whole || p.Quantity <= 0 || p.Quantity > b.Quantity {
			return nil, fault.With(ErrTooMany.With("line", p.Line), "left", b.Quantity.String())
		}
		for _, l := range o.Quote.PartsOf(p.Line) {
			all = append(all, Part{Line: l.Line, Quantity: inBundles(l, b, p.Quantity)})
		}
	}
	return all, nil
}

// inBundles is how much of a part is in so many bundles.
func inBundles(l pricing.QuoteLine, b pricing.QuoteBundle, bundles measure.Quantity) measure.Quantity {
	n, _ := bundles.Whole()
	of, _ := b.Quantity.Whole()
	return l.Quantity / measure.Quantity(of) * measure.Quantity(n)
}

// wholeBundles refuses to leave a buyer with parts of a bundle at its price. The shop may do what it thinks right.
func (o Order) wholeBundles(who db.Who, parts []Part) error {
	if who.For(string(o.Seller)) {
		return nil
	}
	away := make(map[string]measure.Quantity, len(parts))
	for _, p := range parts {
		away[p.Line] += p.Quantity
	}
	for _, b := range o.Quote.Bundles {
		if !o.even(b, away) {
			return fault.With(ErrBundle.About("%s of %s", b.Line, o.ID), "bundle", b.Line)
		}
	}
	return nil
}

// even says whether what is taken away is all that is left of a bundle, or as much of each part as is in some bundles.
func (o Order) even(b pricing.QuoteBundle, away map[string]measure.Quantity) bool {
	left, same, bundles := false, true, measure.Quantity(-1)
	for _, l := range o.Lines {
		if l.Bundle != b.Line {
			continue
		}
		each := inBundles(l.QuoteLine, b, measure.One)
		if bundles < 0 {
			bundles = away[l.Line] / each
		}
		left = left || l.Live() > away[l.Line]
		same = same && away[l.Line] == bundles*each
	}
	return same || !left
}
