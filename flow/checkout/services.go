package checkout

import (
	"slices"

	"sauda/base/measure"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/choice"
	"sauda/core/inventory"
	"sauda/core/order"
	"sauda/core/pricing"
	"sauda/gear/db"
)

// choices gives what was chosen of the services in a basket, as it stands now. A basket without services asks for nothing.
func (d *Desk) choices(tx *db.Tx, lines []cart.Line, offers map[catalog.VariantID]catalog.Offer) (map[string]choice.Chosen, error) {
	var refs map[string][]string
	for _, l := range lines {
		if way := offers[l.Variant].Kind.Way(); way != "" {
			if refs == nil {
				refs = make(map[string][]string)
			}
			refs[way] = append(refs[way], l.Answers[catalog.ChosenCode])
		}
	}
	all, err := d.Ways.Chosen(tx, refs)
	for ref, c := range all {
		if !c.Until.IsZero() && !tx.Now().Before(c.Until) {
			delete(all, ref)
		}
	}
	return all, err
}

// priced are the prices of what was chosen.
func priced(chosen map[string]choice.Chosen) map[string]pricing.Service {
	if len(chosen) == 0 {
		return nil
	}
	prices := make(map[string]pricing.Service, len(chosen))
	for ref, c := range chosen {
		prices[ref] = c.Service
	}
	return prices
}

// today says how a line of a service stands now.
func today(l cart.Line, c pricing.Conditions) cart.Today {
	o := c.Offers[l.Variant]
	s, there := c.Services[l.Answers[catalog.ChosenCode]]
	return cart.Today{ForSale: o.ForSale() && c.Sellers[o.Seller].ForSale(), Price: s.Price, Gone: !there}
}

// takes are what a line of a service takes from pools, in their own units.
func (b *Basket) takes(l pricing.QuoteLine) []inventory.Allocation {
	var all []inventory.Allocation
	for _, w := range b.chosen[l.Service.Ref].Wants {
		all = append(all, inventory.Allocation{Line: l.Line, Seller: l.Seller, Variant: l.Variant, Key: w.Key, Quantity: measure.Quantity(w.Quantity)})
	}
	return all
}

// hasServices says whether anything of a quote is done for its buyer.
func hasServices(q pricing.Quote) bool {
	return slices.ContainsFunc(q.Lines, func(l pricing.QuoteLine) bool { return l.Service != nil })
}

// sell tells the ways of an order what of theirs was sold with it.
func (d *Desk) sell(tx *db.Tx, s *State, o order.Order) error {
	for _, l := range s.Quote.Lines {
		sold, chosen := soldBy(l)
		if !chosen {
			continue
		}
		way, err := d.Ways.Of(sold)
		if err != nil {
			return err
		}
		err = way.Placed(tx, choice.Sale{
			Ref: sold.Ref, Order: string(o.ID), Line: l.Line, Owner: owner(s.Cart.ID), Party: s.Cart.Party, Lang: s.Cart.Lang, Total: l.Total,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// soldBy gives what a line of a quote was chosen as, if it was: of a service, or made to order at a price that its seller named.
func soldBy(l pricing.QuoteLine) (pricing.ServiceRef, bool) {
	switch {
	case l.Service != nil:
		return *l.Service, true
	case l.Made != nil && l.Made.Ref != "":
		return pricing.ServiceRef{Way: catalog.WayEstimate, Ref: l.Made.Ref}, true
	}
	return pricing.ServiceRef{}, false
}

// ahead says whether something of a quote is paid before it is delivered: the deposit or the rest of a price that a seller named.
func ahead(q pricing.Quote) bool {
	return slices.ContainsFunc(q.Lines, func(l pricing.QuoteLine) bool {
		sold, chosen := soldBy(l)
		return chosen && sold.Way == catalog.WayEstimate
	})
}
