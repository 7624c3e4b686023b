package fix

import (
	"strconv"

	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
)

// tell tells whom it concerns of an event, and keeps what the gateway knows of orders in step. With the lock.
func (g *Gateway) tell(e *venue.Event, by *request) {
	switch e.Kind {
	case venue.Refused:
		g.refused(e, by)
	case venue.Reported, venue.Waited:
		g.reported(e, by)
	case venue.Dealt:
		g.dealt(e)
	case venue.Busted:
		g.busted(e)
	case venue.Swept:
		if by != nil && by.kind == 'q' {
			g.sayMass(by, e, nil)
		}
	}
}

// refused answers a request that the market has refused. What others have asked for is no business of sessions.
func (g *Gateway) refused(e *venue.Event, by *request) {
	if by == nil {
		return
	}
	d, why := by.desk, flawOf(e.Reason)
	d.settled(by)
	switch by.kind {
	case 'D':
		g.kept(d, g.sayRefused(d.session, by, sideChars[by.order.side], e.Seq, why))
	case 'q':
		g.sayMass(by, e, why)
	default:
		o := g.orders[e.Order]
		if o == nil || o.trader != d.number {
			o = d.names[by.target]
		}
		g.kept(d, g.sayUnchanged(d.session, by, o, why))
	}
}

// kept says in the log what could not be kept for a session, which is cut off by that.
func (g *Gateway) kept(d *desk, err error) {
	if err != nil {
		g.log.Error("a report could not be kept", "trader", d.code, "err", err)
	}
}

// reported follows one order of the book, or one that waits for an auction.
func (g *Gateway) reported(e *venue.Event, by *request) {
	if e.Report.Kind == book.Accepted {
		g.accepted(e, by)
		return
	}
	o := g.orders[e.Order]
	if o == nil {
		return
	}
	switch r := &e.Report; r.Kind {
	case book.Reduced:
		o.left = r.Left
		o.size = o.cum + o.left
		if r.Verb == book.Replace {
			g.replaced(o, e, by)
		} else {
			g.spread(o, saying{exec: execRestated, seq: e.Seq, at: e.Time, code: r.Reason.Code()})
		}
	case book.Replaced:
		o.left, o.price = r.Left, r.Price
		o.size = o.cum + o.left
		g.replaced(o, e, by)
	case book.Rested:
		if o.kind == book.MarketToLimit && o.known {
			o.price = r.Price
		}
	case book.Triggered:
		g.spread(o, saying{exec: execTriggered, seq: e.Seq, at: e.Time})
	case book.Cancelled:
		g.cancelled(o, e, by)
	}
}

// accepted begins to know an order: from what the session has asked, or, where it came from elsewhere, from what the market
// says.
func (g *Gateway) accepted(e *venue.Event, by *request) {
	var o *order
	if by != nil && by.kind == 'D' {
		o = by.order
		by.desk.settled(by)
	} else {
		o = &order{
			client: e.Client, names: []string{e.Client}, instrument: e.Instrument, account: e.Account, trader: e.Trader, member: e.Member,
			side: e.Report.Side, price: e.Report.Price, size: e.Report.Qty, left: e.Report.Qty,
		}
	}
	o.id = e.Order
	if o.kind == book.Market && o.known {
		o.price = 0 // The limit of its protection is not what was asked for.
	}
	g.orders[o.id] = o
	if d := g.by[o.trader]; d != nil {
		d.names[o.client] = o
	}
	g.spread(o, saying{exec: execNew, seq: e.Seq, at: e.Time})
}

// replaced tells of an order that has changed, and by which name it is called from now on.
func (g *Gateway) replaced(o *order, e *venue.Event, by *request) {
	was := o.client
	if e.Client != was {
		o.client = e.Client
		o.names = append(o.names, e.Client)
		if d := g.by[o.trader]; d != nil {
			d.names[e.Client] = o
		}
	}
	if by != nil && by.kind == 'G' {
		by.desk.settled(by)
		o.price, o.stop = by.order.price, by.order.stop
	}
	g.spread(o, saying{exec: execReplaced, seq: e.Seq, at: e.Time, target: was})
}

// cancelled tells of an order that has ended, and forgets it.
func (g *Gateway) cancelled(o *order, e *venue.Event, by *request) {
	o.state, o.left = venue.Ended, 0
	s := saying{exec: execCanceled, seq: e.Seq, at: e.Time, code: e.Report.Reason.Code()}
	if e.Report.Reason == book.Expired {
		s.exec = execExpired
	}
	if by != nil && by.kind == 'F' {
		by.desk.settled(by)
		s.client, s.target = by.client, o.client
	}
	g.spread(o, s)
	g.drop(o)
}

// drop forgets an order that cannot trade any more.
func (g *Gateway) drop(o *order) {
	delete(g.orders, o.id)
	if d := g.by[o.trader]; d != nil {
		for _, name := range o.names {
			delete(d.names, name)
		}
	}
}

// dealt tells both sides of a trade. One that was agreed elsewhere has no orders.
func (g *Gateway) dealt(e *venue.Event) {
	t := &e.Trade
	for side, p := range [2]*venue.Party{&t.Buy, &t.Sell} {
		if o := g.orders[p.Order]; o != nil {
			o.fill(t.Price, t.Qty)
			g.spread(o, saying{exec: execTrade, seq: e.Seq, at: t.Time, trade: t, side: book.Side(side)})
			if o.state == venue.Filled {
				g.drop(o)
			}
		}
	}
	g.capture(t, false)
}

// busted tells both sides that a trade counts no more. Orders that have ended stay so: what was traded by them is for the
// report of the trade to say.
func (g *Gateway) busted(e *venue.Event) {
	t := &e.Trade
	for side, p := range [2]*venue.Party{&t.Buy, &t.Sell} {
		if p.Order == 0 || !g.heard(p.Trader, p.Member) {
			continue
		}
		o := g.orders[p.Order]
		if o == nil {
			var err error
			if o, err = g.ended(p.Order); err != nil {
				g.log.Error("a session does not hear of a trade that was undone", "order", p.Order, "err", err)
				continue
			}
		}
		g.spread(o, saying{exec: execBusted, seq: e.Seq, at: e.Time, trade: t, side: book.Side(side)})
	}
	g.capture(t, true)
}

// ended asks the market for an order that the gateway has forgotten.
func (g *Gateway) ended(id uint64) (*order, error) {
	var found *order
	err := g.config.Floor.Look(g.ctx, func(v *venue.Venue) {
		if o, ok := v.Find(id); ok {
			found = orderOf(&o)
		}
	})
	if err == nil && found == nil {
		err = errNot
	}
	return found, err
}

// heard tells whether anybody hears of orders of a trader.
func (g *Gateway) heard(trader uint32, member uint16) bool {
	if g.by[trader] != nil {
		return true
	}
	for _, d := range g.desks {
		if d.options.copies && d.member == member {
			return true
		}
	}
	return false
}

// spread tells the trader of an order, and whoever wants copies of all reports of his member.
func (g *Gateway) spread(o *order, s saying) {
	if d := g.by[o.trader]; d != nil && d.session != nil {
		g.report(d, o, s)
	}
	for _, d := range g.desks {
		if d.options.copies && d.member == o.member && d.number != o.trader && d.session != nil {
			s := s
			s.copied = true
			g.report(d, o, s)
		}
	}
}

// flawOf is a refusal of the market, in words.
func flawOf(why venue.Reason) *flaw {
	code := why.Code()
	return &flaw{code, "The exchange refuses this: " + code}
}

// newReasons are OrdRejReason (103) and cancelReasons CxlRejReason (102), by the codes of refusals; all others are 99.
var (
	newReasons = map[string]int64{
		"unknown_instrument": 1, "suspended": 2, "wrong_phase": 2, "in_halt": 2, "in_call": 2,
		"order_quantity": 3, "order_value": 3, "open_orders": 3, "position": 3, "order_rate": 3, "buying_power": 3,
		"securities": 3, "unsettled": 3, "quantity_too_large": 3, "too_much": 3,
		"duplicate_client_id": 6, "duplicate_id": 6, codeUnsupported: 11, "malformed": 11, "bad_life": 11, "bad_display": 11,
		"bad_minimum": 11, "bad_auction": 11, "past_date": 11, "bad_quantity": 13, "bad_lot": 13, "unknown_account": 15, "not_admitted": 15,
	}
	cancelReasons = map[string]int64{
		"finished": 0, "has_traded": 0, "unknown_order": 1, "unknown_id": 1, "duplicate_client_id": 6, codeUnsupported: 2,
		"wrong_phase": 2, "in_halt": 2, "bad_auction": 2, "suspended": 2,
	}
)

const reasonOther = 99

func reasonOf(table map[string]int64, code string) int64 {
	if n, ok := table[code]; ok {
		return n
	}
	return reasonOther
}

// sessionOf is TradingSessionID (336), TradingSessionSubID (625) and TradSesStatus (340) of a phase: the values of FIX 5.0
// for the sub-session, and whether it is open.
func sessionOf(p auction.Phase) (sub string, status int64) {
	switch p {
	case auction.PreOpen:
		return "1", 4
	case auction.Call, auction.NoCancel, auction.RandomEnd, auction.Uncrossing:
		return "2", 2
	case auction.Continuous:
		return "3", 2
	case auction.VolatilityCall:
		return "6", 2
	case auction.Halt:
		return "10", 1
	case auction.ClosingCall:
		return "4", 2
	case auction.TradeAtClose:
		return "5", 2
	}
	return "7", 3
}

func decimalOf(n uint64) string { return strconv.FormatUint(n, 10) }
