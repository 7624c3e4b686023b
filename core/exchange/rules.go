package exchange

import (
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
)

// Rules gives what the order book of the instrument needs, with quantities in countable parts. A book whose quantities are
// counted by the price unit, so that price times quantity is money, has Lot and QtyMax divided by Unit: both are whole.
func (i Instrument) Rules() book.Rules {
	t := i.Terms
	return book.Rules{Ticks: i.Ticks.Book(), Lot: t.Lot, QtyMax: t.QtyMax, PriceMin: t.PriceMin, PriceMax: t.PriceMax,
		First: t.First, Weight: t.Weight, Negative: t.Negative}
}

// AuctionRule gives how a call auction of the instrument finds its price. What contradicts itself is auction.ErrRule.
func (i Instrument) AuctionRule() (auction.Rule, error) { return i.Terms.Call.rule(i.Ticks.Auction()) }

// Collar gives how far a price of the instrument may move.
func (i Instrument) Collar() auction.Collar { return auction.Collar(i.Terms.Collar) }

// rule gives the rule of the market, with what is said otherwise.
func (c Call) rule(ticks auction.Ticks) (auction.Rule, error) {
	r, err := auction.RuleOf(c.Market, ticks)
	if err != nil {
		return auction.Rule{}, err
	}
	said(&r.Candidates, c.Candidates)
	said(&r.Pressure, c.Pressure)
	said(&r.Cap, c.Cap)
	said(&r.Choice, c.Choice)
	said(&r.Tie, c.Tie)
	said(&r.Fallback, c.Fallback)
	said(&r.Sharing, c.Sharing)
	return r, r.Check()
}

func said[T any](field *T, otherwise *T) {
	if otherwise != nil {
		*field = *otherwise
	}
}

// checkMachines refuses an instrument that its book or its auctions would refuse. Below zero the two read bands
// differently, so that an instrument with such prices has one band.
func (i Instrument) checkMachines() error {
	if i.Terms.Negative && len(i.Ticks) > 1 {
		c := &checker{}
		c.within(int64(len(i.Ticks)), 1, 1, "/terms/table")
		return c.fault()
	}
	rules := i.Rules()
	rules.OrdersMemory = 1
	if _, err := book.New(rules); err != nil {
		return err
	}
	if err := i.Collar().Check(); err != nil {
		return err
	}
	_, err := i.AuctionRule()
	return err
}

// Value gives what a quantity costs at a price; of a price below zero it is below zero. It is exact for whole lots; what is
// no whole number is rounded away from zero, and what cannot be counted is money.ErrOverflow.
func (i Instrument) Value(price, quantity int64) (money.Money, error) {
	if i.Terms.Unit < 1 {
		return money.Money{}, money.ErrOverflow.About("a unit of %d", i.Terms.Unit)
	}
	minor, ok := money.MulDiv(price, quantity, i.Terms.Unit, money.Up)
	if !ok {
		return money.Money{}, money.ErrOverflow.About("%d at %d", quantity, price)
	}
	return money.Of(minor, i.Currency), nil
}

// TradedOn says whether the instrument may be traded on a day: it is listed, and a forward has not expired.
func (i Instrument) TradedOn(day span.Day) bool {
	return i.State == StateListed && !i.Expired(day)
}

// Expired says whether the last day of trade of a forward is over.
func (i Instrument) Expired(day span.Day) bool {
	return i.Goods != nil && !i.Goods.Expires.IsZero() && i.Goods.Expires.Before(day)
}
