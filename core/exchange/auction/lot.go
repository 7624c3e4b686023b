package auction

import (
	"math"
	"slices"

	"sauda/base/fault"
)

// Lot is what one seller offers to bidders. Prices are for one unit of its quantity; whoever sells it as a whole has a
// quantity of one.
type Lot struct {
	Seller   Party
	Quantity int64
	Start    int64 // Start is the lowest first bid, or where the clock of a Dutch auction begins.
	Reserve  int64 // Reserve is the lowest price at which the seller sells. It may be kept secret.
	Step     int64 // Step is by how much a bid betters the one before it, or by how much the clock falls.
	Begins   int64 // Begins and Ends are moments in microseconds; Ends is the first one at which no bid is taken.
	Ends     int64
	Window   int64 // Window: a bid that comes so shortly before the end moves the end; zero for never.
	Extends  int64 // Extends is how long after such a bid the end lies at least.
}

// Check refuses a lot of nothing, by nobody, without time or steps, or whose end would move by less than nothing.
func (l Lot) Check() error {
	switch {
	case l.Seller == "", l.Quantity <= 0, l.Step <= 0, l.Step > priceMax:
		return ErrRule.About("a lot of %d by %q in steps of %d", l.Quantity, l.Seller, l.Step)
	case l.Begins < 0, l.Ends <= l.Begins, l.Ends > priceMax, l.Window < 0, l.Window > l.Ends-l.Begins, l.Extends < 0, l.Extends > priceMax:
		return ErrRule.About("a lot from %d to %d, %d in the last %d", l.Begins, l.Ends, l.Extends, l.Window)
	case l.Start < 0, l.Start > priceMax, l.Reserve < 0, l.Reserve > priceMax:
		return ErrRule.About("a lot from %d up, not below %d", l.Start, l.Reserve)
	}
	return nil
}

// may refuses whoever cannot bid, and a moment at which nobody can.
func (l Lot) may(p Party, at, ends int64) error {
	switch {
	case p == "":
		return ErrBid.About("a bid of nobody")
	case p == l.Seller:
		return ErrSelf.About("%s", p)
	case at < l.Begins:
		return ErrNotBegun.About("%d before %d", at, l.Begins)
	case at >= ends:
		return ErrOver.About("%d after %d", at, ends)
	}
	return nil
}

// Bid is what somebody would pay for one unit, and when he said so.
type Bid struct {
	Bidder Party
	Price  int64
	At     int64
}

// English is an open auction upwards: each bid betters the one before it by at least a step, and the last one wins. A bid
// within the window before the end moves the end, so that others have time to answer.
type English struct {
	lot  Lot
	ends int64
	bids []Bid
}

// NewEnglish opens an English auction. A lot that contradicts itself is ErrRule.
func NewEnglish(l Lot) (*English, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	return &English{lot: l, ends: l.Ends}, nil
}

// Ends gives the end as it stands now.
func (e *English) Ends() int64 { return e.ends }

// Bids gives all bids in their order, the best last. The list is the caller's.
func (e *English) Bids() []Bid { return slices.Clone(e.bids) }

// Least gives the lowest price that the next bid may have. Above what can be counted nobody bids.
func (e *English) Least() int64 {
	if len(e.bids) == 0 {
		return e.lot.Start
	}
	return e.bids[len(e.bids)-1].Price + e.lot.Step // Each is at most a quarter of what can be counted.
}

// Met says whether the best bid is one at which the seller sells. It is what may be shown of a secret reserve.
func (e *English) Met() bool {
	return len(e.bids) > 0 && e.bids[len(e.bids)-1].Price >= e.lot.Reserve
}

// Bid takes a bid. Too early is ErrNotBegun, too late ErrOver, below the least ErrLow with the value least, by whoever
// leads already ErrOwn, by the seller ErrSelf, before the last bid ErrBackwards. A refused bid changes nothing.
func (e *English) Bid(b Bid) error {
	if err := e.lot.may(b.Bidder, b.At, e.ends); err != nil {
		return err
	}
	if n := len(e.bids); n > 0 && b.At < e.bids[n-1].At {
		return ErrBackwards.About("%d after %d", b.At, e.bids[n-1].At)
	} else if n > 0 && e.bids[n-1].Bidder == b.Bidder {
		return ErrOwn.About("%s", b.Bidder)
	}
	if b.Price < e.Least() {
		return fault.With(ErrLow.About("%d", b.Price), "least", e.Least())
	}
	if b.Price > priceMax {
		return ErrOverflow.About("%d", b.Price)
	}
	if err := countable(b.Price, e.lot.Quantity); err != nil {
		return err
	}
	e.bids = append(e.bids, b)
	e.ends = extended(e.ends, b.At, e.lot.Window, e.lot.Extends)
	return nil
}

// extended gives the end after a bid that counts: later when the bid came within the window before it, never earlier.
func extended(ends, at, window, extends int64) int64 {
	if at < ends-window || at > math.MaxInt64-extends {
		return ends
	}
	return max(ends, at+extends)
}

// Finish gives the trade: the whole lot to the last bidder at his price. There is none without a bid, or when the best
// one is below the reserve. Before the end it is ErrRunning. It changes nothing.
func (e *English) Finish(at int64) ([]Trade, error) {
	if at < e.ends {
		return nil, ErrRunning.About("%d before %d", at, e.ends)
	}
	if !e.Met() {
		return nil, nil
	}
	best := e.bids[len(e.bids)-1]
	return e.lot.sold(best.Bidder, best.Price, e.lot.Quantity), nil
}

func (l Lot) sold(to Party, price, quantity int64) []Trade {
	return []Trade{{Buyer: to, Seller: l.Seller, Price: price, Quantity: quantity}}
}

// Dutch is an open auction downwards: a clock falls from the start by a step at a time, and whoever speaks first has what
// he wants of it at the price that stands. The clock stops at the reserve, and at the end of the auction.
type Dutch struct {
	lot    Lot
	every  int64
	left   int64
	last   int64
	trades []Trade
}

// NewDutch opens a Dutch auction whose clock falls every so many microseconds. A lot that contradicts itself, or starts
// below its reserve, is ErrRule. Nothing extends it.
func NewDutch(l Lot, every int64) (*Dutch, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	if every <= 0 || l.Start < l.Reserve || l.Window != 0 {
		return nil, ErrRule.About("a clock from %d to %d every %d", l.Start, l.Reserve, every)
	}
	return &Dutch{lot: l, every: every, left: l.Quantity, last: l.Begins}, nil
}

// Price gives what the clock shows at a moment: never more than the start, never less than the reserve.
func (d *Dutch) Price(at int64) int64 {
	falls := max(at-d.lot.Begins, 0) / d.every
	if falls >= (d.lot.Start-d.lot.Reserve)/d.lot.Step+1 {
		return d.lot.Reserve
	}
	return max(d.lot.Start-falls*d.lot.Step, d.lot.Reserve)
}

// Left gives how much is not sold yet.
func (d *Dutch) Left() int64 { return d.left }

// Accept sells a quantity to whoever speaks, at the price of his moment. When the lot is gone it is ErrOver; more than is
// left, or nothing, is ErrBid.
func (d *Dutch) Accept(by Party, quantity, at int64) (Trade, error) {
	if err := d.lot.may(by, at, d.lot.Ends); err != nil {
		return Trade{}, err
	}
	switch {
	case d.left == 0:
		return Trade{}, ErrOver.About("the lot is gone")
	case at < d.last:
		return Trade{}, ErrBackwards.About("%d after %d", at, d.last)
	case quantity <= 0 || quantity > d.left:
		return Trade{}, ErrBid.About("%d of %d", quantity, d.left)
	}
	price := d.Price(at)
	if err := countable(price, quantity); err != nil {
		return Trade{}, err
	}
	t := d.lot.sold(by, price, quantity)[0]
	d.left, d.last, d.trades = d.left-quantity, at, append(d.trades, t)
	return t, nil
}

// Finish gives the trades in their order; what nobody took is not sold. Before the end, while something is left, it is
// ErrRunning. It changes nothing.
func (d *Dutch) Finish(at int64) ([]Trade, error) {
	if at < d.lot.Ends && d.left > 0 {
		return nil, ErrRunning.About("%d before %d", at, d.lot.Ends)
	}
	return slices.Clone(d.trades), nil
}

// Pays says what the winner of a sealed auction pays.
type Pays uint8

// What the winner pays.
const (
	FirstPrice  Pays = iota // FirstPrice: his own bid.
	SecondPrice             // SecondPrice: the best bid of another, and at least the reserve (Vickrey 1961).
)

// Sealed opens the bids of a lot. The highest one wins, the earlier one of two, unless it is below the start or the
// reserve. Of several bids by one bidder the last one counts, also when it is lower: who may still think again has not
// bid yet. The step of the lot means nothing here.
//
// Bids are in the order in which they came: one before that order is ErrBackwards, a late one ErrOver.
func Sealed(l Lot, bids []Bid, pays Pays) ([]Trade, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	if pays > SecondPrice {
		return nil, ErrRule.About("pays %d", pays)
	}
	last := map[Party]Bid{}
	for i, b := range bids {
		if err := l.may(b.Bidder, b.At, l.Ends); err != nil {
			return nil, err
		}
		if i > 0 && b.At < bids[i-1].At {
			return nil, ErrBackwards.About("%d after %d", b.At, bids[i-1].At)
		}
		if b.Price < 0 || b.Price > priceMax {
			return nil, ErrBid.About("a price of %d", b.Price)
		}
		if err := countable(b.Price, l.Quantity); err != nil {
			return nil, err
		}
		last[b.Bidder] = b
	}
	least := max(l.Reserve, l.Start)
	var best Bid
	second := least
	for _, b := range bids { // In the order of the bids, not of the map: the result is the same each time.
		if last[b.Bidder] != b || b.Price < least {
			continue
		}
		delete(last, b.Bidder) // The same words twice are one bid.
		switch {
		case best.Bidder == "" || b.Price > best.Price:
			if best.Bidder != "" {
				second = best.Price
			}
			best = b
		default:
			second = max(second, b.Price)
		}
	}
	if best.Bidder == "" {
		return nil, nil
	}
	if pays == SecondPrice {
		return l.sold(best.Bidder, second, l.Quantity), nil
	}
	return l.sold(best.Bidder, best.Price, l.Quantity), nil
}
