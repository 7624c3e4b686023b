package risk

import (
	"sauda/base/money"
	"sauda/core/exchange/book"
)

// AlarmKind is what an alarm says.
type AlarmKind uint8

// The kinds of alarms. Their numbers are written in journals and never change.
const (
	SwitchThrown AlarmKind = iota // SwitchThrown: the Party had too many messages or refusals; its orders are to be taken back.
	Shortfall                     // Shortfall: the account Party lacks Amount of Asset.
)

// Alarm is something that somebody has to do something about.
type Alarm struct {
	Kind   AlarmKind
	Party  Party
	Asset  uint32
	Amount int64
}

// Alarms gives what has been told since it was asked last, in order. It is good until the next verb, and no part of the
// state.
func (r *Risk) Alarms() []Alarm {
	told := r.alarms
	r.alarms = r.alarms[:0]
	return told
}

// Follow learns what the book of an instrument has reported about an input, in order and without a gap. Reports about
// orders that are not open here are passed over.
func (r *Risk) Follow(ins uint32, reports []book.Report) {
	i := r.byIns.Find(uint64(ins))
	if i == 0 {
		return
	}
	fees := &r.instruments[i].Instrument
	for n := range reports {
		rep := &reports[n]
		switch rep.Kind {
		case book.Traded:
			r.fill(i, rep.ID, rep, fees.Maker)
			r.fill(i, rep.Other, rep, fees.Taker)
		case book.Struck:
			r.fill(i, rep.ID, rep, fees.Auction)
		case book.Cancelled:
			if slot := r.known(i, rep.ID); slot != 0 {
				r.end(slot)
			}
		case book.Reduced, book.Replaced:
			if slot := r.known(i, rep.ID); slot != 0 && r.orders.At(slot).left != rep.Left {
				r.reform(r.orders.At(slot), r.orders.At(slot).price, rep.Left, 0)
			}
		case book.Refused:
			r.giveBack(rep.ID)
		}
	}
	r.pending = pending{}
}

// known gives the slot of an open order of the instrument in a slot, or zero. Mostly it is the order that came in.
func (r *Risk) known(i int32, id uint64) int32 {
	slot := r.pending.slot
	if id != r.pending.id || r.orders.At(slot).id != id {
		slot = r.find(id)
	}
	if slot == 0 || r.stakes[r.orders.At(slot).account].ins != i {
		return 0
	}
	return slot
}

// giveBack undoes what Take has done for an input that the book has refused. Its token stays spent, and the refusal
// counts.
func (r *Risk) giveBack(id uint64) {
	p := r.pending
	if p.slot == 0 || p.id != id {
		return
	}
	seats := r.seats(r.orders.At(p.slot))
	if p.enter {
		r.end(p.slot)
	} else {
		r.reform(r.orders.At(p.slot), p.price, p.left, 0)
	}
	r.pending = pending{}
	r.count(seats, r.ask.now, 0, 1)
}

// fill is the trade of one side: an order has got the quantity of a report at its price.
func (r *Risk) fill(i int32, id uint64, rep *book.Report, rate money.Rate) {
	slot := r.known(i, id)
	if slot == 0 {
		return
	}
	o, ins := r.orders.At(slot), &r.instruments[i]
	fee := r.move(&r.stakes[o.account], o.side, rep, rate)
	was := o.held
	r.reform(o, o.price, o.left-rep.Qty, rep.Qty*(1-2*int64(o.side)))
	o.traded += rep.Qty
	if ins.Kind == Forward {
		r.assets[ins.money].lent += max(0, fee-(was-o.held))
	}
	if o.left == 0 {
		r.end(slot)
	}
}

// move lets a trade of one side bring and owe what it does, and gives its fee.
func (r *Risk) move(own *stake, side book.Side, rep *book.Report, rate money.Rate) (fee int64) {
	i := &r.instruments[own.ins]
	value, ok := i.worth(rep.Price, rep.Qty)
	if !ok {
		panic("risk: a trade beyond the limits of its orders")
	}
	fee = share(value, rate)
	r.assets[i.money].fees += fee
	paid, asset := &r.balances[own.holds[book.Buy]], &r.balances[own.holds[book.Sell]]
	amount := rep.Qty * i.Piece
	switch {
	case i.Kind == Forward:
		paid.due -= fee
	case side == book.Buy:
		paid.due -= value + fee
		asset.due += amount
		if !i.Resale {
			asset.locked += amount
		}
	default:
		asset.due -= amount
		paid.due += value - fee
		if !i.Proceeds {
			paid.locked += value - fee
		}
	}
	return fee
}
