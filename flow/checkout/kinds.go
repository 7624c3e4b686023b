package checkout

import (
	"slices"

	"sauda/base/measure"
	"sauda/core/agreement"
	"sauda/core/attachment"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/choice"
	"sauda/core/digital"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

// withParts adds the offers of the parts of bundles to those of a basket, in one statement if there are any, and gives all
// variants whose prices and stock count.
func withParts(tx *db.Tx, variants []catalog.VariantID, offers map[catalog.VariantID]catalog.Offer) ([]catalog.VariantID, error) {
	var kinds []catalog.Kind
	for _, o := range offers {
		if o.Kind.Bundle != nil {
			kinds = append(kinds, o.Kind)
		}
	}
	var more []catalog.VariantID
	for _, part := range catalog.Parts(kinds...) {
		if _, known := offers[part]; !known {
			more = append(more, part)
		}
	}
	if len(more) == 0 {
		return variants, nil
	}
	parts, err := catalog.Offers(tx, more)
	if err != nil {
		return nil, err
	}
	for id, o := range parts {
		offers[id] = o
	}
	return append(variants, more...), nil
}

// needsOf is what the lines of its quote ask the warehouses for: of a bundle each of its parts.
// What has no body leaves no warehouse: of that it gives the licence codes to be held, and what services take.
func (b *Basket) needsOf() (needs []inventory.Need, claims []inventory.Allocation) {
	needs = make([]inventory.Need, 0, len(b.Quote.Lines))
	for _, l := range b.Quote.Lines {
		switch {
		case l.Service != nil:
			claims = append(claims, b.takes(l)...)
			continue
		case l.Digital == nil:
			needs = append(needs, inventory.Need{
				Line: l.Line, Seller: l.Seller, Variant: l.Variant, Quantity: l.Quantity, Tracking: b.Offers[l.Variant].Tracking,
			})
			continue
		}
		a := inventory.Allocation{Line: l.Line, Seller: l.Seller, Variant: l.Variant, Quantity: l.Quantity}
		if l.Digital.Codes {
			a.Key = catalog.CodesKey(l.Variant)
		}
		claims = append(claims, a)
	}
	return needs, claims
}

// Fetched says whether nothing of what can be ordered has a body, so that nothing is delivered to an address.
func (b *Basket) Fetched() bool {
	return len(b.Quote.Lines) > 0 && !slices.ContainsFunc(b.Quote.Lines, func(l pricing.QuoteLine) bool { return !l.Bodiless() })
}

// leftOf is what is left of each variant, in warehouses or as licence codes.
func leftOf(stocks []inventory.Stock, pools []hold.Pool) map[catalog.VariantID]measure.Quantity {
	left := inventory.Left(stocks)
	for v, n := range digital.CodesIn(pools) {
		left[v] = n
	}
	return left
}

// isLimited says whether stock or codes limit the sale.
func isLimited(o catalog.Offer) bool {
	return o.Tracking != catalog.Untracked || o.Kind.Digital != nil && o.Kind.Digital.Codes
}

// review compares the lines of a basket with today. Each is compared by itself: what is made to order by other answers has
// another price.
func review(lines []cart.Line, c pricing.Conditions, left map[catalog.VariantID]measure.Quantity) []cart.Notice {
	var notices []cart.Notice
	free := make(map[catalog.VariantID]measure.Quantity, len(lines)) // What bundles can have beside what is bought alone.
	for id, q := range left {
		free[id] = q
	}
	for _, l := range lines {
		free[l.Variant] -= l.Quantity
	}
	for _, l := range lines {
		o := c.Offers[l.Variant] // One that is not known is not for sale.
		if o.Kind.Way() != "" {
			notices = append(notices, cart.Review([]cart.Line{l}, map[catalog.VariantID]cart.Today{l.Variant: today(l, c)})...)
			continue
		}
		t := cart.Today{ForSale: o.ForSale() && c.Sellers[o.Seller].ForSale(), Limited: isLimited(o), Left: left[l.Variant]}
		if o.Kind.Bundle != nil {
			t.Limited, t.Left = bundles(*o.Kind.Bundle, c.Offers, free)
			for _, part := range o.Kind.Bundle.Parts {
				t.ForSale = t.ForSale && c.Offers[part.Variant].ForSale()
				whole, _ := min(l.Quantity, t.Left).Whole()
				free[part.Variant] -= part.Quantity * measure.Quantity(whole)
			}
		}
		if step, ok := c.Prices.Each(o.Kind, l.Variant, o.Seller, l.Quantity); ok {
			t.Price = step.Amount
			if o.Kind.Made != nil {
				unit, err := pricing.Made(o, step, l.Answers)
				t.Asked = err != nil
				if err == nil {
					t.Price = unit
				}
			}
		}
		notices = append(notices, cart.Review([]cart.Line{l}, map[catalog.VariantID]cart.Today{l.Variant: t})...)
	}
	return notices
}

// made is in how many days all that is made to order of one seller is made.
func (b *Basket) made(of seller.ID) (days int) {
	for _, l := range b.Cart.Lines {
		switch m := b.Offers[l.Variant].Kind.Made; {
		case m == nil || l.Seller != of:
		case !m.Quoted:
			days = max(days, m.Days)
		default:
			if terms := b.chosen[l.Answers[catalog.ChosenCode]].Made; terms != nil {
				days = max(days, terms.Days)
			}
		}
	}
	return days
}

// bundles says whether stock limits a bundle, and how many can be made of what is left: the least of its parts.
func bundles(b catalog.Bundle, offers map[catalog.VariantID]catalog.Offer, free map[catalog.VariantID]measure.Quantity) (limited bool, left measure.Quantity) {
	for _, part := range b.Parts {
		if !isLimited(offers[part.Variant]) {
			continue
		}
		n := measure.Quantity(max(0, free[part.Variant])/part.Quantity) * measure.One
		if !limited || n < left {
			limited, left = true, n
		}
	}
	return limited, left
}

// filesOf are the files that the lines of a quote name in their answers.
func filesOf(q pricing.Quote) (ids []attachment.ID) {
	for _, l := range q.Lines {
		for _, id := range catalog.FilesIn(l.Answers) {
			ids = append(ids, attachment.ID(id))
		}
	}
	return ids
}

// Put puts something into a basket, as cart.Add does, and refuses files that are not there with attachment.ErrUnknown, and of
// a service what whoever asks cannot have with choice.ErrUnknown. What asks for nothing takes no statement more.
func (d *Desk) Put(tx *db.Tx, id cart.ID, a cart.Addition) (cart.Line, error) {
	l, err := cart.Add(tx, id, a)
	if err != nil || len(l.Answers) == 0 {
		return l, err
	}
	offers, err := catalog.Offers(tx, []catalog.VariantID{a.Variant})
	if err != nil {
		return l, err
	}
	if offers[a.Variant].Kind.Way() != "" {
		chosen, err := d.choices(tx, []cart.Line{l}, offers)
		if err == nil && chosen[l.Answers[catalog.ChosenCode]].Variant != a.Variant {
			err = choice.ErrUnknown.About("%s of %s", l.Answers[catalog.ChosenCode], a.Variant)
		}
		return l, err
	}
	if offers[a.Variant].Kind.Made == nil {
		if !agreement.IsRef(l.Answers[catalog.ChosenCode]) {
			return l, cart.ErrAnswered.About("%d answers for %s", len(l.Answers), a.Variant)
		}
		found, err := agreed(tx, []cart.Line{l})
		if _, there := found[l.Answers[catalog.ChosenCode]]; err == nil && !there {
			err = choice.ErrUnknown.About("%s of %s", l.Answers[catalog.ChosenCode], a.Variant)
		}
		return l, err
	}
	answers, err := offers[a.Variant].Kind.Made.Answered(l.Answers)
	if err != nil {
		return l, err
	}
	var files []attachment.ID
	for _, file := range catalog.FilesIn(answers) {
		files = append(files, attachment.ID(file))
	}
	return l, attachment.Check(tx, files, tx.Who().Party)
}
