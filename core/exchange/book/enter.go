package book

// coming is an order that comes in: a new one, one that was replaced, or a stop order that a trade has woken.
type coming struct {
	id     uint64
	price  int64
	left   int64
	size   int64
	reach  int64  // reach is the worst key of the other side that it trades at.
	from   int64  // from is the price of its first trade.
	owner  uint32 // owner is whose orders it must not meet; zero if it may meet all.
	slot   int32  // slot is its place in the slab; zero while it has none.
	side   Side
	kind   Type
	life   Life
	guard  Guard
	why    Reason // why is the reason for which it ends before it has traded all it could.
	traded bool
}

// enter takes in a new order, or refuses it.
func (b *Book) enter(in *Input) {
	if !b.ordinary(in) {
		if why := b.judge(in); why != NoReason {
			b.refuse(in, why)
			return
		}
	}
	b.top = max(b.top, in.ID)
	r := b.place()
	r.Seq, r.ID, r.Other, r.Price = b.seq, in.ID, 0, in.Price
	r.Qty, r.Left, r.Shown = in.Qty, in.Qty, 0
	r.Kind, r.Reason, r.Side, r.Verb = Accepted, NoReason, in.Side, Enter
	other := &b.sides[in.Side^1]
	if in.Type == Limit && in.Life <= Dated && (other.best == nil || other.key > key(in.Side^1, in.Price) || b.phase == Collecting) {
		b.rest(b.keep(in, in.Price, in.Qty, in.Qty)) // Most orders meet nobody.
		return
	}
	if in.Type >= StopMarket {
		b.arm(b.keep(in, in.Stop, in.Qty, in.Qty))
		return
	}
	t := &b.in
	t.id, t.price, t.left, t.size, t.slot = in.ID, in.Price, in.Qty, in.Qty, 0
	t.owner, t.why, t.traded = guarded(in.Owner, in.Guard), NoReason, false
	t.side, t.kind, t.life, t.guard = in.Side, in.Type, in.Life, in.Guard
	t.reach = b.reach(in.Side, in.Type, in.Price)
	if in.Type == MarketToLimit {
		t.price = key(in.Side.Opposite(), t.reach)
	}
	b.sweep(t)
	if t.left > 0 {
		if why := t.ends(); why != NoReason {
			b.drop(t, why)
		} else {
			b.rest(b.keep(in, t.price, t.left, t.size))
		}
	}
	if t.traded && b.armed > 0 {
		b.wake(t.side, t.from, b.last)
	}
}

// ends gives the reason for which what is left of an order does not rest, or NoReason.
func (t *coming) ends() Reason {
	switch {
	case t.why != NoReason:
		return t.why
	case t.kind == Market || t.kind == StopMarket:
		if !t.traded {
			return NoLiquidity
		}
		return Rest
	case t.life == Immediate || t.life == AllOrNone:
		return Rest
	}
	return NoReason
}

// keep gives a new order a slot, with what is left of it at its price. It stands nowhere yet.
func (b *Book) keep(in *Input, price, left, size int64) int32 {
	slot := b.slot()
	o := &b.orders[slot]
	o.id, o.price, o.left, o.size = in.ID, price, left, size
	o.owner, o.trader, o.member, o.traits = in.Owner, in.Trader, in.Member, traitsOf(in)
	if o.traits&traitRare != 0 {
		*b.rare(slot) = rare{limit: in.Price, display: in.Display, until: in.Until}
	}
	b.ids.put(in.ID, slot, b.orders)
	b.live++
	return slot
}

// rest puts an order into the book, at the end of its level.
func (b *Book) rest(slot int32) {
	o := &b.orders[slot]
	o.traits &^= threeBits << typeShift // Whatever it was before: what rests is a limit order.
	o.shown = o.left
	if o.traits&traitRare != 0 {
		o.shown = b.rares[slot].shown(o.left)
	}
	s := o.traits.side()
	lv, tick := b.sides[s].open(key(s, o.price))
	o.tick = tick
	b.queue(lv, slot)
	b.stand(Rested, o)
}

// shown gives how much is seen of an order with that much left.
func (r *rare) shown(left int64) int64 {
	if r.display == 0 {
		return left
	}
	return min(r.display, left)
}

// again lets an order that has a slot and stands nowhere come in: one that was replaced, or a stop order.
func (b *Book) again(slot int32) {
	o := &b.orders[slot]
	if b.phase == Collecting {
		b.rest(slot)
		return
	}
	t := &b.in
	t.id, t.price, t.left, t.size, t.slot = o.id, o.price, o.left, o.size, slot
	t.owner, t.why, t.traded = guarded(o.owner, o.traits.guard()), NoReason, false
	t.side, t.kind, t.life, t.guard = o.traits.side(), o.traits.kind(), o.traits.life(), o.traits.guard()
	t.reach = b.reach(t.side, t.kind, t.price)
	if !b.waking || b.narrow(t) {
		b.sweep(t)
	}
	o.left, o.size = t.left, t.size
	if t.left == 0 {
		b.forget(slot)
		return
	}
	if why := t.ends(); why != NoReason {
		b.drop(t, why)
		b.forget(slot)
		return
	}
	b.rest(slot)
}
