package book

// Fence keeps stop orders that a trade wakes from trading below one price or above another, until the next call. The first one
// that would stops all that are woken behind it: they stand in the book as they are, which may be crossed then, and Held says so.
// Whoever has fenced must turn the book to Collecting before anything else is asked of it. One that cannot stand ends.
//
// What comes in from outside is not fenced: whoever brings it judges it before.
func (b *Book) Fence(low, high int64) { b.low, b.high, b.fenced = low, high, true }

// Unfence lets stop orders trade at every price again.
func (b *Book) Unfence() { b.fenced = false }

// Held says whether the last input has woken a stop order that the fence has kept from a trade.
func (b *Book) Held() bool { return b.held }

// Armed says how many stop orders wait.
func (b *Book) Armed() int { return b.armed }

// narrow narrows the reach of an order that was woken to what the fence allows. It is false for one that must not trade at all.
func (b *Book) narrow(t *coming) bool {
	near, far := b.low, b.high
	if t.side == Sell {
		near, far = -b.high, -b.low // Keys of bids count downwards.
	}
	t.reach = min(t.reach, far)
	l := &b.sides[t.side.Opposite()]
	return !b.held && (l.best == nil || l.key >= near)
}

// wakeOne lets a stop order that was woken come in, inside of the fence.
func (b *Book) wakeOne(slot int32) {
	o := &b.orders[slot]
	if !b.fenced || b.phase == Collecting {
		b.again(slot)
		return
	}
	s := o.traits.side()
	reach := b.reach(s, o.traits.kind(), o.price)
	b.waking = true
	b.again(slot)
	b.waking = false
	l := &b.sides[s.Opposite()]
	if o.id == b.in.id && b.in.left > 0 && o.left > 0 && b.stands(slot) && l.best != nil && l.key <= reach {
		b.held = true
	}
}

// stands says whether the order that came in last stands in the book now.
func (b *Book) stands(slot int32) bool {
	return b.ids.find(b.in.id, b.orders) == slot
}
