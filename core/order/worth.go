package order

import (
	"sauda/base/measure"
	"sauda/base/money"
)

// Worth is a part of the price as it was quoted: Net + Tax = Total.
type Worth struct {
	Net   money.Money `json:"net"`
	Tax   money.Money `json:"tax"`
	Total money.Money `json:"total"`
}

// Worth gives what the next part of a line is worth after some of it was settled already, by a cancellation or a return.
// The parts of a line add up to the line exactly, in whatever steps they come: each is the difference of two shares of
// the whole, and the share of the whole is the whole. No part is worth less than nothing.
func (l Line) Worth(settled, part measure.Quantity) Worth {
	share := func(of money.Money, q measure.Quantity) int64 {
		value, ok := money.MulDiv(of.Minor, int64(q), int64(l.Quantity), money.HalfUp)
		if !ok { // A share of an amount fits where the amount did.
			return 0
		}
		return value
	}
	between := func(of money.Money) money.Money {
		return money.Of(share(of, settled+part)-share(of, settled), of.Currency)
	}
	net, tax := between(l.Tax.Net), between(l.Tax.Amount)
	return Worth{Net: net, Tax: tax, Total: money.Of(net.Minor+tax.Minor, l.Total.Currency)}
}

// DeliveryWorth gives what all deliveries of the order cost.
func (o Order) DeliveryWorth() Worth {
	w := Worth{Net: money.Of(0, o.Quote.Currency), Tax: money.Of(0, o.Quote.Currency), Total: money.Of(0, o.Quote.Currency)}
	for _, d := range o.Quote.Delivery {
		w.Net.Minor += d.Tax.Net.Minor
		w.Tax.Minor += d.Tax.Amount.Minor
		w.Total.Minor += d.Total.Minor
	}
	return w
}
