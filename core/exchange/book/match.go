package book

// sweep lets an order that comes in trade with the other side, level by level, as far as it reaches.
func (b *Book) sweep(t *coming) {
	l := &b.sides[t.side.Opposite()]
	for t.left > 0 && l.best != nil && l.key <= t.reach && t.why == NoReason {
		if b.rules.Weight == 0 {
			b.byTime(l, t)
		} else {
			b.proRata(l, t)
		}
	}
}

// byTime lets an order trade with the best level, who came first first.
func (b *Book) byTime(l *ladder, t *coming) {
	lv := l.best
	for t.left > 0 && lv.count > 0 && t.why == NoReason {
		slot := lv.head
		o := &b.orders[slot]
		if t.owner != 0 && o.owner == t.owner {
			b.meetOwn(slot, t)
			continue
		}
		b.trade(l, slot, min(t.left, o.shown), t)
	}
}

// trade lets an order that comes in trade n of the shown part of one that stands at the best level, at the price of the
// one that stands there.
func (b *Book) trade(l *ladder, slot int32, n int64, t *coming) {
	o, lv := &b.orders[slot], l.best
	o.left -= n
	o.shown -= n
	lv.shown -= n
	t.left -= n
	if !t.traded {
		t.traded, t.from = true, o.price
	}
	b.traded, b.last, b.lately = true, o.price, t.side
	r := b.stand(Traded, o)
	r.Other, r.Qty = t.id, n
	switch {
	case o.shown > 0:
	case o.left > 0:
		b.unlink(lv, o)
		o.shown = b.rares[slot].shown(o.left)
		b.queue(lv, slot)
		b.stand(Refreshed, o)
	default:
		b.unlink(lv, o)
		if lv.count == 0 {
			l.close(lv, o.tick, l.key)
		}
		b.forget(slot)
	}
}

// meetOwn does what the guard of the order that comes in says, instead of a trade with an order of the same owner.
func (b *Book) meetOwn(slot int32, t *coming) {
	switch t.guard {
	case GuardComing:
		t.why = OwnTrade
	case GuardResting:
		b.end(slot, OwnTrade)
	case GuardBoth:
		t.why = OwnTrade
		b.end(slot, OwnTrade)
	case GuardReduce:
		o := &b.orders[slot]
		n := min(o.left, t.left)
		if n == o.left {
			b.end(slot, OwnTrade)
		} else {
			o.size -= n
			b.shrink(slot, n, OwnTrade)
		}
		t.left -= n
		t.size -= n
		kind := Reduced
		if t.left == 0 {
			kind = Cancelled
		}
		r := b.say(kind, t.id)
		r.Price, r.Qty, r.Left, r.Reason, r.Side = t.price, n, t.left, OwnTrade, t.side
	}
}

// shrink takes n off what is open of an order, which keeps its place. What is hidden goes first.
func (b *Book) shrink(slot int32, n int64, why Reason) {
	o := &b.orders[slot]
	l, k := b.ladder(o)
	lv := l.level(o.tick, k)
	lv.shown -= o.shown
	lv.hidden -= o.left - o.shown
	o.left -= n
	o.shown = min(o.shown, o.left)
	lv.shown += o.shown
	lv.hidden += o.left - o.shown
	r := b.stand(Reduced, o)
	r.Qty, r.Reason = n, why
}

// end takes an order out of the book for a reason.
func (b *Book) end(slot int32, why Reason) {
	o := &b.orders[slot]
	r := b.stand(Cancelled, o)
	r.Left, r.Shown, r.Reason = 0, 0, why
	b.leave(slot)
	if o.traits.armed() {
		b.armed--
	}
	b.forget(slot)
}
