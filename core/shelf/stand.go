package shelf

import (
	"slices"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/digital"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

// standing is how variants stand today, and the parts of the bundles among them.
type standing struct {
	prices pricing.Prices
	left   map[catalog.VariantID]measure.Quantity
	codes  map[catalog.VariantID]measure.Quantity // codes are licence codes that are left.
	parts  map[catalog.VariantID]catalog.Offer
}

// stand gives the prices and the stock of variants and of parts, in two statements, and what the parts are, in one more if
// there are any.
func stand(tx *db.Tx, variants, parts []catalog.VariantID, currency money.Currency, group string) (s standing, err error) {
	if len(variants) == 0 {
		return s, nil
	}
	if len(parts) > 0 {
		s.parts = make(map[catalog.VariantID]catalog.Offer, len(parts))
		for ids := range slices.Chunk(parts, catalog.OffersMax) { // One page never has more than one chunk; an index may.
			offers, err := catalog.Offers(tx, ids)
			if err != nil {
				return s, err
			}
			for id, o := range offers {
				s.parts[id] = o
			}
		}
		variants = append(variants, parts...)
	}
	if s.prices, err = pricing.For(tx, variants, group, currency, span.DayOf(tx.Now(), span.Almaty)); err != nil {
		return s, err
	}
	pools, err := hold.About(tx, variants)
	if err != nil {
		return s, err
	}
	s.left, s.codes = inventory.Left(inventory.StocksIn(pools)), digital.CodesIn(pools)
	return s, nil
}

func (s standing) card(of catalog.Summary) Card {
	return cardOf(of, func(v catalog.SummaryVariant) Offer {
		o := Offer{Availability: s.available(of.Kind, v.ID, v.Tracking)}
		if step, ok := s.prices.Each(of.Kind, v.ID, of.Seller, v.Unit.Step()); ok {
			o.Price = step.Amount
		}
		return o
	})
}

// cardOf says of a product the lowest price of its variants and the best word.
func cardOf(of catalog.Summary, offered func(catalog.SummaryVariant) Offer) Card {
	c := Card{Summary: of, Availability: OutOfStock}
	for _, v := range of.Variants {
		o := offered(v)
		if o.Availability == InStock || o.Availability != "" && c.Availability == OutOfStock {
			c.Availability = o.Availability
		}
		switch {
		case o.Price.Currency == "":
		case c.Price.Currency == "":
			c.Price = o.Price
		case o.Price.Minor < c.Price.Minor:
			c.Price, c.From = o.Price, true
		case o.Price.Minor > c.Price.Minor:
			c.From = true
		}
	}
	return c
}

// available says whether a variant can be ordered. A bundle can when each of its parts can.
func (s standing) available(kind catalog.Kind, v catalog.VariantID, t catalog.Tracking) Availability {
	switch {
	case kind.Made != nil:
		return ToOrder
	case kind.Digital != nil && kind.Digital.Codes:
		return available(catalog.Tracked, s.codes[v], 1)
	case kind.Digital != nil, kind.Service != nil:
		return InStock
	}
	if kind.Bundle == nil {
		return available(t, s.left[v], 1)
	}
	worst := InStock
	for _, part := range kind.Bundle.Parts {
		switch s.part(part) {
		case OutOfStock:
			return OutOfStock
		case ToOrder:
			worst = ToOrder
		}
	}
	return worst
}

// part says whether as much of a part as one bundle needs can be ordered.
func (s standing) part(p catalog.BundlePart) Availability {
	o, known := s.parts[p.Variant]
	if !known || !o.ForSale() {
		return OutOfStock
	}
	if d := o.Kind.Digital; d != nil && d.Codes {
		return available(catalog.Tracked, s.codes[p.Variant], p.Quantity)
	} else if d != nil {
		return InStock
	}
	return available(o.Tracking, s.left[p.Variant], p.Quantity)
}

// in gives what a bundle is made of. A part that nobody knows any more is left out.
func (s standing) in(kind catalog.Kind, owner seller.ID) []Part {
	if kind.Bundle == nil {
		return nil
	}
	var parts []Part
	for _, p := range kind.Bundle.Parts {
		o, known := s.parts[p.Variant]
		if !known {
			continue
		}
		part := Part{Offer: o, Quantity: p.Quantity, Availability: s.part(p)}
		if step, ok := s.prices.Unit(p.Variant, owner, p.Quantity); ok {
			part.Price = step.Amount
		}
		parts = append(parts, part)
	}
	return parts
}

// available says in a word whether a quantity can be ordered of which so much is left.
func available(t catalog.Tracking, left, asked measure.Quantity) Availability {
	switch {
	case left >= asked && t == catalog.Tracked:
		return InStock
	case t == catalog.Tracked:
		return OutOfStock
	case left >= asked && t == catalog.Backorder:
		return InStock
	}
	return ToOrder
}
