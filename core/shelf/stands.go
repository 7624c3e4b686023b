package shelf

import (
	"slices"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/gear/db"
)

// Stood is how a variant stands for those who want more than a word: markets that list the goods, and files.
type Stood struct {
	Offer
	Listed  money.Money      // Listed is the price that a list says of it; a bundle that costs what its parts do has none.
	Left    measure.Quantity // Left is how much can be sold now, of a bundle the whole ones that can be made.
	Counted bool             // Counted says that Left is known: what was never counted, or has no number, has none.
}

// Stands gives how the variants of products stand, in two statements, three when bundles are among them.
func Stands(tx *db.Tx, products []catalog.Summary, currency money.Currency, group string) (map[catalog.VariantID]Stood, error) {
	var variants []catalog.VariantID
	kinds := make([]catalog.Kind, len(products))
	for i, p := range products {
		kinds[i] = p.Kind
		for _, v := range p.Variants {
			variants = append(variants, v.ID)
		}
	}
	s, err := stand(tx, variants, catalog.Parts(kinds...), currency, group)
	if err != nil {
		return nil, err
	}
	all := make(map[catalog.VariantID]Stood, len(variants))
	for _, p := range products {
		for _, v := range p.Variants {
			stood := Stood{Offer: Offer{Availability: s.available(p.Kind, v.ID, v.Tracking)}}
			if step, ok := s.prices.Each(p.Kind, v.ID, p.Seller, v.Unit.Step()); ok {
				stood.Price, stood.Steps = step.Amount, cheaper(s.prices[v.ID], step, p.Seller)
			}
			if step, ok := s.prices.Unit(v.ID, p.Seller, v.Unit.Step()); ok && !summed(p.Kind) {
				stood.Listed = step.Amount
			}
			stood.Left, stood.Counted = s.count(p.Kind, v.ID)
			all[v.ID] = stood
		}
	}
	return all, nil
}

func summed(k catalog.Kind) bool { return k.Bundle != nil && k.Bundle.Summed }

// count gives how much of a variant can be sold now, if there is a number of it.
func (s standing) count(kind catalog.Kind, v catalog.VariantID) (left measure.Quantity, counted bool) {
	switch {
	case kind.Made != nil:
		return 0, false
	case kind.Digital != nil && kind.Digital.Codes:
		return max(s.codes[v], 0), true
	case kind.Digital != nil, kind.Service != nil:
		return 0, false
	case kind.Bundle == nil:
		left, counted = s.left[v]
		return max(left, 0), counted
	}
	for _, part := range kind.Bundle.Parts {
		n, ok := s.whole(part)
		if ok && (!counted || n < left) {
			left, counted = n, true
		}
	}
	return left, counted
}

// whole gives for how many whole bundles there is enough of a part. ok is false when the part does not bound them.
func (s standing) whole(p catalog.BundlePart) (n measure.Quantity, ok bool) {
	o, known := s.parts[p.Variant]
	if !known || !o.ForSale() {
		return 0, true
	}
	if o.Kind.Digital == nil && o.Tracking != catalog.Tracked {
		return 0, false
	}
	left, ok := s.count(o.Kind, p.Variant)
	if !ok && o.Kind.Digital == nil {
		ok = true // It is to be counted and never was: there is none.
	}
	return measure.Of(int64(left / p.Quantity)), ok
}

// Meant is the card of a product of which one variant is meant, by how its variants stand; when none is, of all of them.
func Meant(p catalog.Summary, stands map[catalog.VariantID]Stood, meant catalog.VariantID) Card {
	if meant != "" {
		p.Variants = slices.DeleteFunc(slices.Clone(p.Variants), func(v catalog.SummaryVariant) bool { return v.ID != meant })
	}
	return cardOf(p, func(v catalog.SummaryVariant) Offer { return stands[v.ID].Offer })
}
