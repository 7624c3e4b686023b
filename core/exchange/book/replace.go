package book

// replace changes an order. A smaller quantity alone keeps its place; anything else loses it, and the order comes in
// again. An order that is refused a change stays as it was.
func (b *Book) replace(in *Input) {
	slot := b.ids.find(in.ID, b.orders)
	if slot == 0 {
		b.refuse(in, b.missing(in.ID))
		return
	}
	o := &b.orders[slot]
	was := rare{limit: o.price}
	if o.traits&traitRare != 0 {
		was = b.rares[slot]
	}
	will, left := was, in.Qty
	will.limit, will.display = in.Price, in.Display
	if in.Until != 0 {
		will.until = in.Until
	}
	if in.Flags&Total != 0 {
		left -= o.size - o.left
	}
	if why := b.judgeReplace(in, o, left); why != NoReason {
		b.refuse(in, why)
		return
	}
	price := in.Price
	if o.traits.armed() {
		price = in.Stop
	} else {
		was.limit = o.price
	}
	if will == was && price == o.price && left <= o.left && !b.rules.LosesAlways {
		n := o.left - left
		o.size -= n
		b.shrink(slot, n, NoReason)
		return
	}
	b.leave(slot)
	o.size += left - o.left
	o.left, o.price = left, price
	if o.traits&traitRare != 0 || will.display != 0 {
		o.traits |= traitRare
		*b.rare(slot) = will
	}
	o.shown = 0
	b.stand(Replaced, o)
	if o.traits.armed() {
		b.armed--
		b.arm(slot)
		return
	}
	b.in.traded = false
	b.again(slot)
	if b.in.traded && b.armed > 0 {
		b.wake(b.in.side, b.in.from, b.last)
	}
}

// judgeReplace gives the first reason against a change, or NoReason.
func (b *Book) judgeReplace(in *Input, o *order, left int64) Reason {
	t := o.traits
	limited := !t.armed() || t.kind() == StopLimit
	switch {
	case in.Flags&^Total != 0, !limited && in.Price|in.Display != 0, !t.armed() && in.Stop != 0, in.Min != 0,
		t.life() != Dated && in.Until != 0:
		return Malformed
	case in.Until != 0 && in.Until <= in.Time:
		return PastDate
	}
	if why := b.judgeQty(in.Qty); why != NoReason {
		return why
	}
	if left <= 0 {
		return HasTraded
	}
	if limited {
		if why := b.judgeLimit(in.Price, in.Qty); why != NoReason {
			return why
		}
	}
	if t.armed() && !b.stopFits(in.Stop) {
		return BadStop
	}
	if !b.showsEnough(in.Display, left) {
		return BadDisplay
	}
	if b.phase == Halted {
		return InHalt
	}
	if t&traitPost != 0 && b.phase == Continuous {
		other := &b.sides[t.side().Opposite()]
		if other.best != nil && other.key <= key(t.side().Opposite(), in.Price) {
			return WouldTake
		}
	}
	return NoReason
}

// missing tells an id that nobody has had from one whose order has ended. With ids in any order, one below the highest
// counts as ended.
func (b *Book) missing(id uint64) Reason {
	switch {
	case id == 0:
		return NoID
	case id <= b.top:
		return Finished
	}
	return UnknownID
}
