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
	o := v.today.find(r.ID)
	if o == nil {
		return // Swept and Turned are told otherwise.
	}
	switch r.Kind {
	case book.Traded, book.Struck:
		v.fill(o, r, r.Left)
	case book.Cancelled:
		v.end(o, Ended)
		o.left = 0
	case book.Refused:
	default:
		o.left, o.qty = r.Left, r.Left+o.cum
	}
	e := v.say(kind)
	e.Instrument, e.Account, e.Trader, e.Member, e.Client = i.number, o.account, o.trader, o.member, v.today.client(o)
	e.Order, e.Report, e.Cum = o.id, *r, o.cum
	switch {
	case r.Kind == book.Traded:
		other := v.today.find(r.Other)
		v.fill(other, r, other.left-r.Qty)
		v.deal(i, r, how, o, other)
	case r.Kind == book.Struck && r.Side == book.Sell: // The buyer was told before.
		v.deal(i, r, how, o, v.today.find(r.Other))
	}
}

// fill notes what an order has traded, and how much of it is left.
func (v *Venue) fill(o *record, r *book.Report, left int64) {
	o.cum += r.Qty
	o.value += r.Price * r.Qty
	o.left = left
	if left == 0 {
		v.end(o, Filled)
	}
}

// deal states the trade of a report.
func (v *Venue) deal(i *instrument, r *book.Report, how How, of, with *record) {
	v.lastTrade++
	i.last = auction.Ref(r.Price)
	e := v.say(Dealt)
	e.Instrument = i.number
	own, other := of.party(), with.party()
	e.Trade = Trade{ID: v.lastTrade, Instrument: i.number, Price: r.Price, Qty: r.Qty, Time: v.now, How: how, Buy: own, Sell: other}
	if how == HowContinuous {
		e.Trade.Resting = r.Side
	}
	if r.Side == book.Sell {
		e.Trade.Buy, e.Trade.Sell = other, own
	}
}

func (o *record) party() Party {
	return Party{Order: o.id, Account: o.account, Trader: o.trader, Member: o.member}
}
