package venue

import (
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
)

// follow tells risk and the world what the book has reported last.
func (v *Venue) follow(i *instrument, how How) {
	if v.reports[0].Kind == book.Turned {
		v.reports = v.reports[1:]
	}
	if len(v.reports) == 0 {
		return // Nobody's order; and risk may wait for the answer to one that has been taken.
	}
	v.risk.Follow(i.number, v.reports)
	for n := range v.reports {
		v.tell(i, &v.reports[n], Reported, how)
	}
	i.stirred = true
}

// tell makes events of one report, and a trade of one that tells of one.
func (v *Venue) tell(i *instrument, r *book.Report, kind Kind, how How) {
	o := v.orders[r.ID]
	if o == nil {
		return // Swept and Turned are told otherwise.
	}
	switch r.Kind {
	case book.Traded, book.Struck:
		o.fill(r.Price, r.Qty, r.Left)
	case book.Cancelled:
		o.State, o.Left = Ended, 0
	case book.Refused:
	default:
		o.Left = r.Left
	}
	e := v.say(kind)
	e.Instrument, e.Account, e.Trader, e.Member, e.Client = i.number, o.Account, o.Trader, o.Member, o.Client
	e.Order, e.Report, e.Cum = o.ID, *r, o.Cum
	switch {
	case r.Kind == book.Traded:
		other := v.orders[r.Other]
		other.fill(r.Price, r.Qty, other.Left-r.Qty)
		v.deal(i, r, how)
	case r.Kind == book.Struck && r.Side == book.Sell: // The buyer was told before.
		v.deal(i, r, how)
	}
}

// fill notes what an order has traded.
func (o *Order) fill(price, n, left int64) {
	o.Cum += n
	o.Value += price * n
	o.Left = left
	if left == 0 {
		o.State = Filled
	}
}

// deal states the trade of a report.
func (v *Venue) deal(i *instrument, r *book.Report, how How) {
	v.lastTrade++
	i.last = auction.Ref(r.Price)
	e := v.say(Dealt)
	e.Instrument = i.number
	own, other := v.party(r.ID), v.party(r.Other)
	e.Trade = Trade{ID: v.lastTrade, Instrument: i.number, Price: r.Price, Qty: r.Qty, Time: v.now, How: how, Buy: own, Sell: other}
	if how == HowContinuous {
		e.Trade.Resting = r.Side
	}
	if r.Side == book.Sell {
		e.Trade.Buy, e.Trade.Sell = other, own
	}
}

func (v *Venue) party(order uint64) Party {
	o := v.orders[order]
	return Party{Order: o.ID, Account: o.Account, Trader: o.Trader, Member: o.Member}
}
