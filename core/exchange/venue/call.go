package venue

import (
	"slices"

	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
)

// The classes of orders at one price of a call: who has named no limit of his own first, then who waited for this auction, then
// the book (MOEX: market-on-close before market, limit-on-close before limit; moex.com/s1853).
const (
	classMarket uint8 = iota
	classWaiting
	classBook
)

// enterWaiting takes in an order that waits for the opening or the closing auction outside of the book, and ends with it.
func (v *Venue) enterWaiting(i *instrument, in *Input, o *book.Input) Reason {
	switch {
	case in.Auction != auction.Opening && in.Auction != auction.Closing, !i.session.Owes(in.Auction),
		o.Type != book.Limit && o.Type != book.Market, o.Life != book.Day, o.Display|o.Min|o.Stop|o.Until != 0, o.Flags != 0:
		return BadAuction
	case o.Type == book.Market && o.Price != 0:
		return ofBook(book.Malformed)
	}
	if o.Type == book.Market {
		ref, known := i.reference()
		if !known {
			return NoReference
		}
		o.Type, o.Price = book.Limit, i.bound(o.Side, ref)
	}
	if why := i.book.Judge(o); why != book.NoReason {
		return ofBook(why)
	}
	if why := v.risk.Take(i.number, o); why != 0 {
		return ofRisk(why)
	}
	v.lastOrder = o.ID
	v.remember(in, o, Waiting)
	i.waiting = append(i.waiting, o.ID)
	v.tellWaiting(i, book.Report{ID: o.ID, Price: o.Price, Qty: o.Qty, Left: o.Qty, Kind: book.Accepted, Side: o.Side, Verb: book.Enter}, HowAuction)
	return 0
}

// tellWaiting tells risk and the world of an order that is not in the book.
func (v *Venue) tellWaiting(i *instrument, r book.Report, how How) {
	v.reports = append(v.reports[:0], r)
	v.risk.Follow(i.number, v.reports)
	v.tell(i, &v.reports[0], Waited, how)
	i.stirred = true
}

// dropWaiting takes back orders that wait for an auction.
func (v *Venue) dropWaiting(i *instrument, ids []uint64, why book.Reason) {
	for _, id := range ids {
		o := v.today.find(id)
		v.tellWaiting(i, book.Report{ID: id, Price: o.price, Qty: o.left, Kind: book.Cancelled, Reason: why, Side: o.side, Verb: book.Cancel}, HowAuction)
	}
	switch len(ids) {
	case 0:
		return
	case 1:
		i.waiting = slices.DeleteFunc(i.waiting, func(w uint64) bool { return w == ids[0] })
		return
	}
	i.waiting = slices.DeleteFunc(i.waiting, func(w uint64) bool { return v.today.find(w).state != Waiting })
}

// callOrders gives the orders of the auction that is on its way, as they stand: those of the book, and those that wait for it.
func (v *Venue) callOrders(i *instrument) []auction.Order {
	var all []auction.Order
	for s, side := range [2]auction.Side{auction.Buy, auction.Sell} {
		for o := range i.book.Orders(book.Side(s)) {
			all = append(all, auction.Order{ID: o.ID, Side: side, Class: classBook, Limit: o.Price, Quantity: o.Left})
		}
	}
	for _, id := range i.waiting {
		o := v.today.find(id)
		if o.auction != i.session.Auction() {
			continue
		}
		class := classWaiting
		if o.kind == book.Market {
			class = classMarket
		}
		side := auction.Buy
		if o.side == book.Sell {
			side = auction.Sell
		}
		all = append(all, auction.Order{ID: id, Side: side, Class: class, Limit: o.price, Quantity: o.left})
	}
	return all
}

// ref gives the price that decides an auction when nothing else does.
func (i *instrument) ref() auction.Reference {
	ref := i.last
	if !ref.Known {
		ref = i.static
	}
	if ref.Known {
		ref.Price = i.spec.Auction.Ticks.Floor(ref.Price) // The steps may have changed since.
	}
	return ref
}

// indicate shows what the auction would give now. Orders that cannot be counted together show nothing.
func (v *Venue) indicate(i *instrument) {
	i.stirred = false
	found, err := auction.Indicate(v.callOrders(i), i.spec.Auction, i.ref())
	if err != nil {
		found = auction.Indication{}
	}
	e := v.say(Indicated)
	e.Instrument, e.Phase, e.Auction, e.Indication = i.number, i.phase(), i.session.Auction(), found
}

// strike holds the auction over the frozen book. A price outside of the collar is none: a volatility call follows, unless this
// is one already and the price lies within the extended bound, or somebody says so by naming the auction in the step.
func (v *Venue) strike(i *instrument, step auction.Input) Reason {
	if i.phase() != auction.Uncrossing {
		return BadStep
	}
	orders := v.callOrders(i)
	step.Book = auction.Digest(orders)
	result, err := auction.Uncross(orders, i.spec.Auction, i.ref())
	if err != nil {
		return NotCounted
	}
	held := i.session.Auction()
	step.Outside = result.Outcome == auction.Struck && step.Auction != held && !i.acceptable(held, result.Price)
	step.Auction = 0
	if step.Outside {
		return v.turn(i, step)
	}
	was := *i.session
	if i.session.Take(step) != nil {
		return BadStep
	}
	if result.Outcome == auction.Struck {
		if err := v.serve(i, result, HowAuction); err != nil {
			*i.session = was
			return NotCounted
		}
		i.static = auction.Ref(result.Price)
	}
	v.tellAuction(i, held, result.Indication)
	v.dropServed(i, held)
	if held == auction.Closing && i.last.Known {
		i.closing = i.last.Price
	}
	if !v.turnBook(i) {
		v.halt(i)
	}
	return 0
}

// acceptable says whether an auction may end at a price.
func (i *instrument) acceptable(held auction.Kind, price int64) bool {
	verdict := i.spec.Collar.Judge(price, i.last, i.static)
	again := held == auction.Volatility || held == auction.Reopening
	return verdict == auction.Inside || again && verdict != auction.OutsideExtended
}

// serve gives the trades of an auction to the orders, those of the book and those that waited.
func (v *Venue) serve(i *instrument, result auction.Result, how How) error {
	pairs := make([]book.Pair, len(result.Trades))
	for n, t := range result.Trades {
		pairs[n] = book.Pair{Buy: t.BuyOrder, Sell: t.SellOrder, Qty: t.Quantity}
	}
	reports, err := i.book.Strike(result.Price, pairs, nil)
	if err != nil {
		return err
	}
	told := &serving{price: result.Price, how: how, reports: reports}
	for _, p := range pairs {
		v.struck(i, told, p, p.Buy)
		v.struck(i, told, p, p.Sell)
	}
	return nil
}

// serving is an auction whose trades are told.
type serving struct {
	price   int64
	how     How
	reports []book.Report // reports are those of the book that are left.
}

// struck tells of one side of a pair: by the next report of the book if the order stands there, by one of its own if it waited
// elsewhere.
func (v *Venue) struck(i *instrument, s *serving, p book.Pair, id uint64) {
	if o := v.today.find(id); o.state == Waiting {
		r := book.Report{ID: id, Other: p.Buy + p.Sell - id, Price: s.price, Qty: p.Qty, Left: o.left - p.Qty, Kind: book.Struck, Side: o.side, Verb: book.Turn}
		v.tellWaiting(i, r, s.how)
		return
	}
	v.reports = append(v.reports[:0], s.reports[0])
	s.reports = s.reports[1:]
	v.follow(i, s.how)
}

func (v *Venue) tellAuction(i *instrument, held auction.Kind, found auction.Indication) {
	e := v.say(Uncrossed)
	e.Instrument, e.Auction, e.Indication = i.number, held, found
}

// dropServed ends the orders that waited for an auction which has been held.
func (v *Venue) dropServed(i *instrument, held auction.Kind) {
	var rest []uint64
	i.waiting = slices.DeleteFunc(i.waiting, func(id uint64) bool {
		o := v.today.find(id)
		if o.auction == held && o.live() {
			rest = append(rest, id)
		}
		return o.auction == held
	})
	v.dropWaiting(i, rest, book.Rest)
}

// halt stops an instrument whose auction left a book that cannot trade.
func (v *Venue) halt(i *instrument) {
	v.turn(i, auction.Input{Step: auction.Stop, At: v.now}) // Whatever can be taken back to trading can be halted.
}

// atClose trades at the closing price what can be, after the close.
func (v *Venue) atClose(i *instrument) {
	if i.phase() != auction.TradeAtClose || i.closing == 0 {
		return
	}
	rule := i.spec.Auction
	if rule.Markets == auction.MarketsWhole {
		rule.Markets = auction.MarketsFirst
	}
	result, err := auction.MatchAt(i.closing, v.callOrders(i), rule)
	if err != nil || result.Outcome != auction.Struck {
		return
	}
	if err := v.serve(i, result, HowClose); err != nil {
		v.halt(i) // It cannot be: nothing has changed since the book was asked.
	}
}
