package auction

import (
	"cmp"
	"slices"

	"sauda/base/fault"
	"sauda/base/money"
)

// Placement is how an issuer sells a new issue to those who have bid for it.
type Placement struct {
	Issuer   Party
	Order    uint64 // Order is the issuer's own, for the trades.
	Quantity int64  // Quantity is what is offered.
	Ticks    Ticks
	Floor    Reference // Floor is the lowest price at which the issuer sells, if there is one.
	CutOff   Reference // CutOff is set by the issuer, who has seen the bids; if it is not, the bids themselves find it.
	// Uniform says that all pay the cut-off price. Otherwise each pays what he has bid.
	Uniform bool
	// MarketShare is how much of the offered quantity those may get who have named no price (KASE: 70 %).
	MarketShare money.Rate
}

// Placed is a placement that was held.
type Placed struct {
	CutOff  int64 // CutOff is the lowest price at which a bid was served, or the one that the issuer has set.
	Average int64 // Average is what those pay who have named no price: the average of the others, by quantity.
	Limits  int64 // Limits is how much was sold at named prices, and Markets without.
	Markets int64
	Fills   []int64 // Fills say how much each bid gets, in the order of the bids.
	Trades  []Trade // Trades are in the order of the bids too.
}

// Check refuses a placement of nothing, by nobody, or between prices that cannot be.
func (p Placement) Check() error {
	if p.Issuer == "" || p.Quantity <= 0 || p.MarketShare.Check() != nil {
		return ErrRule.About("a placement of %d by %q with %s", p.Quantity, p.Issuer, p.MarketShare)
	}
	if err := p.Ticks.Check(); err != nil {
		return err
	}
	for _, r := range []Reference{p.Floor, p.CutOff} {
		if r.Known {
			if err := p.Ticks.check(r.Price); err != nil {
				return err
			}
		}
	}
	if p.Floor.Known && p.CutOff.Known && p.CutOff.Price < p.Floor.Price {
		return ErrRule.About("a cut-off of %d below the floor %d", p.CutOff.Price, p.Floor.Price)
	}
	return nil
}

// Place sells to the bids. Market bids are served first, up to their share of what is offered and pro rata when they want
// more; then limit bids from the highest price down, and pro rata at the cut-off price when it has more than is left.
// Nobody pays more than he has named. When no limit bid is served there is no average, and market bids get nothing.
//
// A bid to sell, or one without quantity, is ErrBook, a bid of the issuer ErrSelf. The classes of orders do not count,
// nor does time: bids are collected sealed and opened together (KASE, specialised trading for placement).
func Place(bids []Order, p Placement) (Placed, error) {
	if err := p.Check(); err != nil {
		return Placed{}, err
	}
	d, err := p.demand(bids)
	if err != nil {
		return Placed{}, err
	}
	out := Placed{Fills: make([]int64, len(bids))}
	most, _ := money.MulDiv(p.Quantity, int64(p.MarketShare), int64(money.One), money.Down) // At most the quantity.
	out.Markets = min(most, d.market)
	out.Limits, out.CutOff = d.cut(p, p.Quantity-out.Markets)
	if out.Limits == 0 {
		out.Markets = 0
	}
	d.serve(bids, out)
	if err := out.trade(bids, p); err != nil {
		return Placed{}, err
	}
	return out, nil
}

// demanded are the bids that may be served, by their prices.
type demanded struct {
	markets []int // markets and limits are places of bids; limits from the highest price down.
	limits  []int
	market  int64
	prices  []Best // prices are what is wanted at each price, from the highest down.
}

func (p Placement) demand(bids []Order) (d demanded, err error) {
	var total int64
	for i, b := range bids {
		switch {
		case b.Side != Buy || b.Quantity <= 0:
			return d, fault.With(ErrBook.About("bid %d: %s %d", b.ID, b.Side, b.Quantity), "order", i)
		case b.Party == p.Issuer:
			return d, ErrSelf.About("bid %d", b.ID)
		case b.Market:
			d.markets = append(d.markets, i)
			d.market += b.Quantity
		default:
			if err := p.Ticks.check(b.Limit); err != nil {
				return d, err
			}
			if !p.below(b.Limit) {
				d.limits = append(d.limits, i)
			}
		}
		if total, err = added(total, b.Quantity); err != nil {
			return d, err
		}
	}
	slices.SortStableFunc(d.limits, func(a, b int) int { return cmp.Compare(bids[b].Limit, bids[a].Limit) })
	for _, i := range d.limits {
		if n := len(d.prices); n > 0 && d.prices[n-1].Price == bids[i].Limit {
			d.prices[n-1].Quantity += bids[i].Quantity
			continue
		}
		d.prices = append(d.prices, Best{bids[i].Limit, bids[i].Quantity})
	}
	return d, nil
}

// below says whether a price is one at which the issuer does not sell.
func (p Placement) below(price int64) bool {
	return p.Floor.Known && price < p.Floor.Price || p.CutOff.Known && price < p.CutOff.Price
}

// cut gives how much limit bids get of what is left for them, and the lowest price that is served.
func (d demanded) cut(p Placement, left int64) (sold, price int64) {
	for _, level := range d.prices {
		if sold == left {
			break
		}
		sold += min(level.Quantity, left-sold)
		price = level.Price
	}
	if p.CutOff.Known {
		price = p.CutOff.Price
	}
	return sold, price
}

// serve writes down who gets how much.
func (d demanded) serve(bids []Order, out Placed) {
	share := func(amount int64, group []int) {
		weights := make([]int64, len(group))
		for j, i := range group {
			weights[j] = bids[i].Quantity
		}
		for j, part := range shared(amount, weights) {
			out.Fills[group[j]] = part
		}
	}
	share(out.Markets, d.markets)
	left, from := out.Limits, 0
	for _, level := range d.prices {
		to := from
		for to < len(d.limits) && bids[d.limits[to]].Limit == level.Price {
			to++
		}
		n := min(level.Quantity, left)
		share(n, d.limits[from:to])
		left, from = left-n, to
	}
}

// trade says what each pays, and the average for those who have named no price. A value that cannot be counted is
// ErrOverflow.
func (out *Placed) trade(bids []Order, p Placement) error {
	price := func(b Order) int64 {
		switch {
		case b.Market:
			return out.Average
		case p.Uniform:
			return out.CutOff
		}
		return b.Limit
	}
	var value int64
	for i, b := range bids {
		if b.Market || out.Fills[i] == 0 {
			continue
		}
		if err := countable(price(b), out.Fills[i]); err != nil {
			return err
		}
		more := price(b) * out.Fills[i]
		if sum := value + more; (sum > value) == (more > 0) {
			value = sum
		} else {
			return ErrOverflow.About("the value of the placement")
		}
	}
	if out.Limits > 0 {
		out.Average = p.Ticks.average(value, out.Limits)
	}
	for i, b := range bids {
		if out.Fills[i] == 0 {
			continue
		}
		if err := countable(price(b), out.Fills[i]); err != nil {
			return err
		}
		out.Trades = append(out.Trades, Trade{Buyer: b.Party, Seller: p.Issuer, BuyOrder: b.ID, SellOrder: p.Order, Price: price(b), Quantity: out.Fills[i]})
	}
	return nil
}

// average gives the allowed price that is nearest to value/n, and the higher one of two: what is sold is the seller's.
func (t Ticks) average(value, n int64) int64 {
	quotient, rest := value/n, value%n
	if rest < 0 {
		quotient, rest = quotient-1, rest+n
	}
	return t.nearest(quotient, rest, n, TieHigh)
}
