package pricing

import (
	"strconv"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
)

// QuoteBundle is a bundle that is bought. Its parts are lines of their own, which name it and share its price, so that each
// part has the tax of its own class, its own stock, and its own worth when it goes back.
type QuoteBundle struct {
	Line      string // Line is the name of the draft's line; its parts name it in their field Bundle.
	Variant   catalog.VariantID
	Product   catalog.ProductID
	Seller    seller.ID
	SKU       string
	Name      text.Localized
	Label     text.Localized
	Unit      measure.Unit
	Quantity  measure.Quantity
	UnitPrice money.Money // UnitPrice is of one bundle.
	Reasons   []Reason
}

// Each gives the price of one unit as Unit does, also of a bundle that costs what its parts cost. What is not a whole minor
// unit of the share that is taken off is rounded half up.
func (p Prices) Each(kind catalog.Kind, variant catalog.VariantID, owner seller.ID, quantity measure.Quantity) (step Step, ok bool) {
	if kind.Bundle == nil || !kind.Bundle.Summed {
		return p.Unit(variant, owner, quantity)
	}
	parts, ok := p.parts(*kind.Bundle, owner)
	if !ok {
		return Step{}, false
	}
	sum, err := money.Sum(parts...)
	if err != nil {
		return Step{}, false
	}
	sum.Minor -= kind.Bundle.Less.Of(sum, money.HalfUp).Minor
	return Step{Seller: owner, Amount: sum}, true
}

// parts gives what the parts of one bundle cost by themselves, in their order. ok is false when one has no price.
func (p Prices) parts(b catalog.Bundle, owner seller.ID) (parts []money.Money, ok bool) {
	for _, part := range b.Parts {
		step, ok := p.Unit(part.Variant, owner, part.Quantity)
		if !ok {
			return nil, false
		}
		price, err := measure.Price(step.Amount, part.Quantity, money.HalfUp)
		if err != nil {
			return nil, false
		}
		parts = append(parts, price)
	}
	return parts, true
}

// bundle prices a bundle and shares its price out over its parts, by what these cost by themselves.
func (p *pricer) bundle(line DraftLine, offer catalog.Offer) (QuoteBundle, []QuoteLine, error) {
	step, there := p.conditions.Prices.Each(offer.Kind, line.Variant, offer.Seller, line.Quantity)
	if !there || step.Amount.Currency != p.draft.Currency {
		return QuoteBundle{}, nil, refuse(ErrNoPrice, line, "no price")
	}
	head := QuoteBundle{Line: line.Line, Variant: line.Variant, Product: offer.Product, Seller: offer.Seller, SKU: offer.SKU,
		Name: offer.Name, Label: offer.Label, Unit: offer.Unit, Quantity: line.Quantity, UnitPrice: step.Amount,
		Reasons: []Reason{bundleReason(*offer.Kind.Bundle, step, offer.Unit)}}
	subtotal, err := measure.Price(step.Amount, line.Quantity, money.HalfUp)
	if err != nil {
		return QuoteBundle{}, nil, fault.With(err, "line", line.Line)
	}
	prices, there := p.conditions.Prices.parts(*offer.Kind.Bundle, offer.Seller)
	if !there {
		return QuoteBundle{}, nil, refuse(ErrNoPrice, line, "a part has no price")
	}
	weights := make([]int64, len(prices))
	for i, price := range prices {
		weights[i] = price.Minor
	}
	shares := subtotal.Split(weights)
	lines := make([]QuoteLine, len(shares))
	for i, part := range offer.Kind.Bundle.Parts {
		if lines[i], err = p.part(head, i, part, shares[i]); err != nil {
			return QuoteBundle{}, nil, err
		}
	}
	return head, lines, nil
}

// part is the line of one part of a bundle.
func (p *pricer) part(head QuoteBundle, i int, part catalog.BundlePart, share money.Money) (QuoteLine, error) {
	of := DraftLine{Line: head.Line, Variant: part.Variant}
	o, there := p.conditions.Offers[part.Variant]
	if !there || !o.ForSale() || o.Seller != head.Seller {
		return QuoteLine{}, refuse(ErrNotForSale, of, "a part is not on sale")
	}
	total, ok := money.MulDiv(int64(part.Quantity), int64(head.Quantity), int64(measure.One), money.HalfUp)
	quantity := measure.Quantity(total)
	if !ok || quantity <= 0 {
		return QuoteLine{}, refuse(ErrInvalid, of, "more of a part than can be counted")
	}
	if err := o.Unit.Fits(quantity); err != nil {
		return QuoteLine{}, fault.With(err, "line", head.Line)
	}
	each, err := share.Times(int64(measure.One), int64(quantity), money.HalfUp)
	if err != nil {
		return QuoteLine{}, fault.With(err, "line", head.Line)
	}
	return QuoteLine{Line: head.Line + "." + strconv.Itoa(i+1), Bundle: head.Line, Variant: part.Variant, Product: o.Product, Seller: o.Seller,
		SKU: o.SKU, Name: o.Name, Label: o.Label, Unit: o.Unit, Quantity: quantity, Digital: o.Kind.Digital, UnitPrice: each, Subtotal: share,
		Discount: money.Of(0, p.draft.Currency), Tax: TaxLine{Class: o.TaxClass},
		Reasons: []Reason{{BundleShare, Params{Name: head.Name, Amount: share}}}}, nil
}

func bundleReason(b catalog.Bundle, step Step, unit measure.Unit) Reason {
	switch {
	case !b.Summed:
		return priceReason(step, unit)
	case b.Less > 0:
		return Reason{BundleLess, Params{Amount: step.Amount, Rate: b.Less}}
	}
	return Reason{BundleSum, Params{Amount: step.Amount}}
}

// Shown gives the lines as the buyer chose them: a bundle is one line, with the sums of its parts.
func (q Quote) Shown() []QuoteLine {
	if len(q.Bundles) == 0 {
		return q.Lines
	}
	heads := make(map[string]QuoteBundle, len(q.Bundles))
	for _, b := range q.Bundles {
		heads[b.Line] = b
	}
	at := make(map[string]int, len(q.Bundles))
	var shown []QuoteLine
	for _, l := range q.Lines {
		head, bundled := heads[l.Bundle]
		if !bundled {
			shown = append(shown, l)
			continue
		}
		i, begun := at[head.Line]
		if !begun {
			i = len(shown)
			at[head.Line] = i
			zero := money.Of(0, q.Currency)
			shown = append(shown, QuoteLine{Line: head.Line, Variant: head.Variant, Product: head.Product, Seller: head.Seller,
				SKU: head.SKU, Name: head.Name, Label: head.Label, Unit: head.Unit, Quantity: head.Quantity, UnitPrice: head.UnitPrice,
				Subtotal: zero, Discount: zero, Total: zero, Reasons: head.Reasons, Tax: TaxLine{Net: zero, Amount: zero, Inclusive: l.Tax.Inclusive}})
		}
		s := &shown[i] // Sums of what was shared out fit where the whole did.
		s.Subtotal.Minor += l.Subtotal.Minor
		s.Discount.Minor += l.Discount.Minor
		s.Total.Minor += l.Total.Minor
		s.Tax.Net.Minor += l.Tax.Net.Minor
		s.Tax.Amount.Minor += l.Tax.Amount.Minor
	}
	return shown
}

// PartsOf gives the lines of the parts of a bundle, none for a line that is no bundle.
func (q Quote) PartsOf(line string) []QuoteLine {
	var parts []QuoteLine
	for _, l := range q.Lines {
		if l.Bundle == line && line != "" {
			parts = append(parts, l)
		}
	}
	return parts
}
