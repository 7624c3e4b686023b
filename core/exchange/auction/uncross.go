package auction

import (
	"math"

	"sauda/base/fault"
)

// Outcome says whether a call auction found a price.
type Outcome uint8

// What a call auction found.
const (
	Apart       Outcome = iota // Apart: no buyer and seller meet; that is an auction too.
	Struck                     // Struck: there is a price and something is traded at it.
	MarketsLeft                // MarketsLeft: a price would leave market orders open, which the rule forbids (MarketsWhole).
)

// String gives the name of an outcome.
func (o Outcome) String() string {
	switch o {
	case Struck:
		return "struck"
	case MarketsLeft:
		return "markets_left"
	}
	return "apart"
}

// Best is the best of one side: all that is ordered at its best price, market orders not counted.
type Best struct {
	Price, Quantity int64 // Quantity is zero where nobody has named a limit.
}

// Indication is what is published of a call auction: no order of anybody, only what would come of all of them now.
type Indication struct {
	Outcome Outcome
	Price   int64 // Price, Volume and Surplus are zero unless a price was struck.
	Volume  int64
	Surplus int64 // Surplus is what stays open at the price: above zero of buyers, below zero of sellers.
	Bid     Best
	Ask     Best
}

// Side is where the surplus is: zero for none.
func (i Indication) Side() Side {
	switch {
	case i.Surplus > 0:
		return Buy
	case i.Surplus < 0:
		return Sell
	}
	return 0
}

// Result is a call auction that was held.
type Result struct {
	Indication
	Fills  []int64 // Fills say how much each order gets, in the order of the book. Both sides sum to the volume.
	Trades []Trade // Trades pair them by priority. A party may be paired with itself: see docs/exchange.md.
}

// Indicate says what the auction would give if it were held now. It changes nothing and may be asked at any time.
//
// An order without side or quantity is ErrBook, a price between two steps ErrTick, quantities or a value beyond int64
// ErrOverflow, a market order where none may be ErrMarket, and market orders alone without a reference ErrReference.
func Indicate(orders []Order, rule Rule, ref Reference) (Indication, error) {
	found, _, err := strike(orders, rule, ref)
	return found, err
}

// Uncross holds a call auction over a book that was frozen: at one price the most is traded that can be, nobody pays
// more or gets less than his limit, and no order is served before a better one. The book is read only. It refuses what
// Indicate refuses.
func Uncross(orders []Order, rule Rule, ref Reference) (Result, error) {
	found, b, err := strike(orders, rule, ref)
	if err != nil {
		return Result{}, err
	}
	r := Result{Indication: found, Fills: make([]int64, len(orders))}
	if found.Outcome != Struck {
		return r, nil
	}
	b.serve(orders, &r, rule.Sharing)
	return r, nil
}

// ranked is an order in the line of its side: the best first, then by class, then as they stand in the book.
type ranked struct {
	key      int64 // key grows from the best price to the worst; a market order has noPrice.
	quantity int64
	place    uint32 // place is where it stands in the book.
	class    uint8
}

// line is one side of a frozen book.
type line struct {
	orders []ranked
	sign   int64 // sign makes a limit of a key: -1 for buyers, whose best price is the highest.
	total  int64
	market int64 // market is how much of the total has no limit.
}

// frozen is a book that is ready to be uncrossed.
type frozen struct{ buys, sells line }

// freeze sorts a book into its two lines and refuses what cannot be counted.
func freeze(orders []Order, rule Rule) (frozen, error) {
	b := frozen{line{sign: -1}, line{sign: 1}}
	if len(orders) > math.MaxInt32 {
		return b, ErrOverflow.About("%d orders", len(orders))
	}
	buys := 0
	for i := range orders {
		if orders[i].Side == Buy {
			buys++
		}
	}
	b.buys.orders, b.sells.orders = make([]ranked, 0, buys), make([]ranked, 0, len(orders)-buys)
	for i := range orders {
		o := &orders[i]
		side := &b.buys
		if o.Side == Sell {
			side = &b.sells
		}
		if o.Side != Buy && o.Side != Sell || o.Quantity <= 0 {
			return b, fault.With(ErrBook.About("order %d: %s %d", o.ID, o.Side, o.Quantity), "order", i)
		}
		key := int64(noPrice)
		if o.Market {
			if rule.Markets == MarketsRefused {
				return b, ErrMarket.About("order %d", o.ID)
			}
			side.market += o.Quantity // It is at most the total, which is checked next.
		} else {
			if err := rule.Ticks.check(o.Limit); err != nil {
				return b, err
			}
			key = side.sign * o.Limit
		}
		total, err := added(side.total, o.Quantity)
		if err != nil {
			return b, err
		}
		side.total = total
		side.orders = append(side.orders, ranked{key, o.Quantity, uint32(i), o.Class})
	}
	b.buys.orders = inLine(b.buys.orders)
	b.sells.orders = inLine(b.sells.orders)
	return b, nil
}

// at gives how much a side would trade at a price.
func (l *line) at(price int64) (quantity int64) {
	for i := range l.orders {
		if l.orders[i].key > l.sign*price {
			break
		}
		quantity += l.orders[i].quantity
	}
	return quantity
}

// best gives the best price with a limit and all that is ordered at it.
func (l *line) best() (b Best) {
	for _, r := range l.orders {
		if r.key == noPrice {
			continue
		}
		if b.Quantity > 0 && b.Price != l.sign*r.key {
			break
		}
		b.Price = l.sign * r.key
		b.Quantity += r.quantity
	}
	return b
}

// strike finds the price of a book.
func strike(orders []Order, rule Rule, ref Reference) (Indication, frozen, error) {
	if err := rule.Check(); err != nil {
		return Indication{}, frozen{}, err
	}
	if ref.Known {
		if err := rule.Ticks.check(ref.Price); err != nil {
			return Indication{}, frozen{}, err
		}
	}
	b, err := freeze(orders, rule)
	if err != nil {
		return Indication{}, b, err
	}
	found := Indication{Bid: b.buys.best(), Ask: b.sells.best()}
	equal := b.equal(rule, ref, found.Bid, found.Ask)
	switch {
	case len(equal) > 0:
		found.Price, err = rule.settle(equal, ref)
	case ref.Known && (rule.Candidates == AtCrossed || b.buys.market > 0 && b.sells.market > 0):
		found.Price = ref.Price // Nobody has named a limit, or none that crosses another.
	case rule.Candidates != AtCrossed && b.buys.market > 0 && b.sells.market > 0:
		err = ErrReference.About("market orders alone")
	default:
		return found, b, nil
	}
	if err != nil {
		return Indication{}, b, err
	}
	demand, supply := b.buys.at(found.Price), b.sells.at(found.Price)
	if min(demand, supply) == 0 { // At the reference nobody meets either.
		found.Price = 0
		return found, b, nil
	}
	found.Outcome, found.Volume, found.Surplus = Struck, min(demand, supply), demand-supply
	if rule.Markets == MarketsWhole && found.Volume < max(b.buys.market, b.sells.market) {
		return Indication{Outcome: MarketsLeft, Bid: found.Bid, Ask: found.Ask}, b, nil
	}
	if err := countable(found.Price, found.Volume); err != nil {
		return Indication{}, b, err
	}
	return found, b, nil
}

// serve gives the volume of a result to the orders of both lines, and makes trades of it.
func (b *frozen) serve(orders []Order, r *Result, sharing Sharing) {
	served := b.buys.fill(r.Volume, sharing, r.Fills) + b.sells.fill(r.Volume, sharing, r.Fills)
	r.Trades = b.pair(orders, r, served)
}

// fill serves a line up to a volume that it has, and gives how many orders get something.
func (l *line) fill(volume int64, sharing Sharing, fills []int64) (served int) {
	for i := 0; i < len(l.orders) && volume > 0; {
		end, group := i+1, l.orders[i].quantity
		for sharing == ProRata && end < len(l.orders) && l.orders[end].key == l.orders[i].key && l.orders[end].class == l.orders[i].class {
			group += l.orders[end].quantity
			end++
		}
		if group <= volume || end == i+1 {
			for _, r := range l.orders[i:end] {
				n := min(r.quantity, volume)
				fills[r.place] = n
				volume -= n
			}
		} else {
			shares := prorated(volume, l.orders[i:end])
			for j, r := range l.orders[i:end] {
				fills[r.place] = shares[j]
			}
			volume = 0
		}
		served += end - i
		i = end
	}
	return served
}

// pair makes trades of what both lines get, the best buyer with the best seller. most bounds how many there are: each
// trade ends an order.
func (b *frozen) pair(orders []Order, r *Result, most int) []Trade {
	trades := make([]Trade, 0, most)
	buyer, seller := -1, -1
	var wants, has int64
	for traded := int64(0); traded < r.Volume; {
		for wants == 0 {
			buyer++
			wants = r.Fills[b.buys.orders[buyer].place]
		}
		for has == 0 { // Both sides sum to the volume: where a buyer is, there is a seller.
			seller++
			has = r.Fills[b.sells.orders[seller].place]
		}
		buy, sell := &orders[b.buys.orders[buyer].place], &orders[b.sells.orders[seller].place]
		n := min(wants, has)
		wants, has, traded = wants-n, has-n, traded+n
		trades = append(trades, Trade{Buyer: buy.Party, Seller: sell.Party, BuyOrder: buy.ID, SellOrder: sell.ID, Price: r.Price, Quantity: n})
	}
	return trades
}
