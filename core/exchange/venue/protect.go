package venue

import (
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
)

// protect gives an order that has no limit one, so that what it costs at worst is known before it trades: a market order
// reaches as far from the last price as the instrument says (CME Globex calls it a market order with protection), one that
// becomes a limit order has the best price of the other side. What is left of a market order is cancelled; what is left of a
// stop order that a trade has woken rests at its limit.
func (i *instrument) protect(o *book.Input) Reason {
	switch o.Type {
	case book.Market:
		if o.Price != 0 {
			return ofBook(book.Malformed)
		}
		if _, some := i.book.Best(o.Side.Opposite()); !some && i.phase() == auction.Continuous {
			return ofBook(book.NoLiquidity)
		}
		ref, known := i.reference()
		if !known {
			best, _ := i.book.Best(o.Side.Opposite())
			ref, known = best.Price, best.Orders > 0
		}
		if !known {
			return NoReference
		}
		o.Type, o.Price = book.Limit, i.bound(o.Side, ref)
		if o.Life != book.AllOrNone {
			o.Life = book.Immediate
		}
	case book.MarketToLimit:
		best, some := i.book.Best(o.Side.Opposite())
		if !some || i.phase() != auction.Continuous {
			return ofBook(book.NoLiquidity)
		}
		if o.Price != 0 {
			return ofBook(book.Malformed)
		}
		o.Type, o.Price = book.Limit, best.Price
	case book.StopMarket:
		if o.Price != 0 {
			return ofBook(book.Malformed)
		}
		o.Type, o.Price = book.StopLimit, i.bound(o.Side, o.Stop)
	}
	return 0
}

// reference gives the price from which protection is measured.
func (i *instrument) reference() (int64, bool) {
	if i.last.Known {
		return i.last.Price, true
	}
	return i.static.Price, i.static.Known
}

// bound gives the worst price that a market order of a side reaches from a price. Where the steps of the price leave nothing
// between, it is the price itself.
func (i *instrument) bound(s book.Side, ref int64) int64 {
	low, high, err := i.spec.Collar.Bounds(ref, i.spec.Protection, i.spec.Auction.Ticks)
	switch {
	case err != nil:
		return ref
	case s == book.Buy:
		return max(high, ref)
	case low <= 0 && ref > 0:
		return i.spec.Auction.Ticks.Ceil(1)
	}
	return min(low, ref)
}

// leaves says whether any part of an order would trade outside of the collar if it came in now.
func (i *instrument) leaves(o *book.Input) bool {
	if i.spec.Collar == (auction.Collar{}) || i.phase() != auction.Continuous || o.Flags&book.PostOnly != 0 || o.Type == book.StopLimit {
		return false
	}
	best, some := i.book.Best(o.Side.Opposite())
	if !some || !reaches(o, best.Price) {
		return false
	}
	left := o.Qty
	for l := range i.book.Levels(o.Side.Opposite()) {
		if left <= 0 || !reaches(o, l.Price) {
			break
		}
		if i.spec.Collar.Judge(l.Price, i.last, i.static) != auction.Inside {
			return true
		}
		left -= l.Shown + l.Hidden
	}
	return false
}

func reaches(o *book.Input, price int64) bool {
	if o.Side == book.Buy {
		return price <= o.Price
	}
	return price >= o.Price
}

// fence keeps stop orders that are woken inside of the collar as it is before an input: one input moves the price by no more.
func (i *instrument) fence(o *book.Input) {
	if i.book.Armed() == 0 && o.Type < book.StopMarket || i.spec.Collar == (auction.Collar{}) {
		i.book.Unfence()
		return
	}
	i.book.Fence(i.spec.Collar.Fence(i.last, i.static))
}

// holdStops begins a volatility call when a stop order that was woken would trade outside of the collar: it waits in the call.
func (v *Venue) holdStops(i *instrument) {
	if i.book.Held() {
		v.turn(i, auction.Input{Step: auction.Interrupt, At: v.now}) // Continuous trading can always be interrupted.
	}
}

// interrupt begins a volatility call before an order that would trade outside of the collar, so that it waits in the call. One
// that cannot wait is refused, and nothing is interrupted; so is one that the book would not take.
func (v *Venue) interrupt(i *instrument, o *book.Input) Reason {
	why := i.book.Judge(o)
	if why == book.NoReason && (o.Life == book.Immediate || o.Life == book.AllOrNone || o.Min != 0) {
		v.release(i, o)
		return OutsideCollar
	}
	if why != book.NoReason {
		v.release(i, o)
		return ofBook(why)
	}
	v.turn(i, auction.Input{Step: auction.Interrupt, At: v.now})
	return 0
}

// release gives back what risk has taken for an order that does not come to the book.
func (v *Venue) release(i *instrument, o *book.Input) {
	v.reports = append(v.reports[:0], book.Report{ID: o.ID, Price: o.Price, Qty: o.Qty, Kind: book.Refused, Side: o.Side, Verb: o.Verb})
	v.risk.Follow(i.number, v.reports)
}
