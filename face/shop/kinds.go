package shop

import (
	"context"
	"strings"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/order"
	"sauda/core/pricing"
)

// saved is what a bundle costs less than its parts would by themselves.
func (s shown) saved() (saved money.Money, saves bool) {
	offer := s.Offers[s.Chosen.ID]
	sum := money.Of(0, offer.Price.Currency)
	for _, part := range s.Parts {
		price, err := measure.Price(part.Price, part.Quantity, money.HalfUp)
		if err != nil || price.Currency != sum.Currency {
			return money.Money{}, false
		}
		if sum, err = sum.Add(price); err != nil {
			return money.Money{}, false
		}
	}
	saved, err := sum.Sub(offer.Price)
	return saved, err == nil && saved.IsPositive()
}

// bought is a line of an order as the buyer chose it: a bundle is one, with what became of its parts.
type bought struct {
	pricing.QuoteLine
	Parts []pricing.QuoteLine
	Came  []string
}

// boughtOf gives the lines of an order as they were chosen.
func boughtOf(ctx context.Context, o order.Order) []bought {
	var all []bought
	for _, l := range o.Quote.Shown() {
		b := bought{QuoteLine: l, Parts: o.Quote.PartsOf(l.Line)}
		for _, x := range o.Lines {
			switch {
			case x.Line == l.Line:
				b.Came = append(b.Came, came(ctx, x)...)
			case x.Bundle == l.Line:
				for _, said := range came(ctx, x) {
					b.Came = append(b.Came, strings.TrimSpace(in(ctx, x.Name)+" "+in(ctx, x.Label))+": "+said)
				}
			}
		}
		all = append(all, b)
	}
	return all
}
