package risk

import (
	"sauda/core/exchange/book"
	"sauda/core/exchange/slots"
)

// asking is what an input would change, while it is judged.
type asking struct {
	now    int64
	price  int64
	left   int64 // left is how much shall be open.
	more   int64 // more is how much that is above what was.
	value  int64
	side   book.Side
	enter  bool
	bound  bool     // bound says that somebody has limits.
	eases  bool     // eases says that an order shall stay as it is, or become smaller.
	tokens [4]int64 // tokens are those that each party has now.
	lends  int64    // lends is what the order holds that the account has not.
}

// pending is what Take has changed for an input that no book has answered yet.
type pending struct {
	id    uint64
	slot  int32
	enter bool
	price int64
	left  int64
}

// Take judges an Enter or a Replace before the book of an instrument sees it, and holds what it needs. What is refused
// must not reach the book: nothing has changed but the counts of messages and refusals, and perhaps a switch that these
// have thrown. What is taken must be followed by a Follow with the reports of the book before the next Take. In.Owner is the account.
//
// A Cancel of an open order may be shown too: it counts as a message of who entered the order, and is never refused. Of
// other verbs nothing is kept. A Replace of an order that is not open is left to the book to refuse.
func (r *Risk) Take(ins uint32, in *book.Input) Reason {
	r.pending = pending{}
	switch in.Verb {
	case book.Enter:
		return r.enter(ins, in)
	case book.Replace:
		return r.replace(ins, in)
	case book.Cancel:
		if slot := r.open(ins, in.ID); slot != 0 {
			r.count(r.seats(r.orders.At(slot)), in.Time, 1, 0)
		}
	}
	return NoReason
}

// open gives the slot of an open order of an instrument, or zero.
func (r *Risk) open(ins uint32, id uint64) int32 {
	slot := r.find(id)
	if slot == 0 || r.instruments[r.stakes[r.orders.At(slot).account].ins].ID != ins {
		return 0
	}
	return slot
}

func (r *Risk) enter(ins uint32, in *book.Input) Reason {
	seats, why := r.seatsOf(ins, actor{in.Owner, in.Trader, in.Member})
	if why != NoReason {
		return why
	}
	r.count(seats, in.Time, 1, 0)
	r.ask = asking{now: in.Time, price: in.Price, left: in.Qty, more: in.Qty, side: in.Side, enter: true, bound: r.bound(seats)}
	switch {
	case in.Side > book.Sell || in.Type > book.StopLimit:
		why = Malformed
	case in.Type != book.Limit && in.Type != book.StopLimit:
		why = NoLimit
	case r.find(in.ID) != 0:
		why = DuplicateID
	default:
		why = r.judge(seats, nil)
	}
	if why != NoReason {
		r.count(seats, in.Time, 0, 1)
		return why
	}
	slot := r.slot()
	o := r.orders.At(slot)
	*o = order{id: in.ID, account: seats[0], trader: seats[1], member: seats[2], side: in.Side}
	r.byOrder.Put(slots.Hash(in.ID), slot)
	r.reform(o, in.Price, in.Qty, 0)
	r.spend(seats, in.Time)
	r.pending = pending{id: in.ID, slot: slot, enter: true}
	return NoReason
}

func (r *Risk) replace(ins uint32, in *book.Input) Reason {
	slot := r.open(ins, in.ID)
	if slot == 0 {
		return NoReason
	}
	o := r.orders.At(slot)
	seats := r.seats(o)
	r.count(seats, in.Time, 1, 0)
	left := in.Qty
	why := NoReason
	switch id := func(n int) uint32 { return r.parties[r.stakes[seats[n]].party].id }; {
	case in.Owner != 0 && in.Owner != id(0), in.Trader != 0 && in.Trader != id(1), in.Member != 0 && uint32(in.Member) != id(2):
		why = NotOwner
	case in.Qty <= 0:
		why = BadQty
	case in.Flags&book.Total != 0 && in.Qty <= o.traded:
		why = HasTraded
	default:
		if in.Flags&book.Total != 0 {
			left -= o.traded
		}
		r.ask = asking{now: in.Time, price: in.Price, left: left, more: left - o.left, side: o.side, bound: r.bound(seats)}
		r.ask.eases = left <= o.left && in.Price == o.price
		why = r.judge(seats, o)
	}
	if why != NoReason {
		r.count(seats, in.Time, 0, 1)
		return why
	}
	r.pending = pending{id: in.ID, slot: slot, price: o.price, left: o.left}
	r.reform(o, in.Price, left, 0)
	r.spend(seats, in.Time)
	return NoReason
}

// find gives the slot of an order that is open in any instrument, or zero.
func (r *Risk) find(id uint64) int32 {
	hash := slots.Hash(id)
	for slot, at := r.byOrder.First(hash); slot != 0; slot, at = r.byOrder.Next(hash, at) {
		if r.orders.At(slot).id == id {
			return slot
		}
	}
	return 0
}

// slot gives a free slot of the slab.
func (r *Risk) slot() int32 {
	if slot := r.free; slot != 0 {
		r.free = r.orders.At(slot).next
		return slot
	}
	return r.orders.Take()
}

// spend takes tokens for an order that was taken, and notes what it holds that is not there.
func (r *Risk) spend(seats seats, now int64) {
	for n, slot := range seats {
		if !r.ask.bound {
			break
		}
		if s := &r.stakes[slot]; s.bound {
			r.parties[s.party].spend(now, r.ask.tokens[n])
		}
	}
	if r.ask.lends != 0 {
		r.assets[r.instruments[r.stakes[seats[0]].ins].money].lent += r.ask.lends
	}
}

// count counts messages and refusals, and throws the switch of a party that has too many.
func (r *Risk) count(seats seats, now, messages, refusals int64) {
	for _, slot := range seats {
		s := &r.stakes[slot]
		if !s.bound {
			continue
		}
		if p := &r.parties[s.party]; p.count(now, messages, refusals) && !p.killed {
			p.killed = true
			r.tell(p)
			r.alarms = append(r.alarms, Alarm{Kind: SwitchThrown, Party: Party{p.who, p.id}})
		}
	}
}
