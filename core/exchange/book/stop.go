package book

// arm lets a stop order wait. If a trade has reached its stop price already, it is woken at once, unless nothing trades
// now: then it is woken when continuous trading begins.
func (b *Book) arm(slot int32) {
	o := &b.orders[slot]
	o.traits |= traitArmed
	o.shown = 0
	b.armed++
	b.join(slot)
	b.stand(Armed, o)
	if b.phase == Continuous && b.traded {
		b.wake(o.traits.side(), b.last, b.last)
	}
}

// wake lets stop orders that trades between two prices have reached come in, one after the other, and those that their
// trades reach behind them.
func (b *Book) wake(side Side, from, to int64) {
	b.woken = b.woken[:0]
	b.trigger(side, from, to)
	for i := 0; i < len(b.woken); i++ {
		b.wakeOne(b.woken[i])
		if b.in.traded {
			b.trigger(b.in.side, b.in.from, b.last)
		}
	}
}

// trigger takes the stop orders that trades between two prices have reached out of their ladders: first those of the
// side that came in last, and of a side those that were reached first, by time at one price.
func (b *Book) trigger(side Side, from, to int64) {
	low, high := min(from, to), max(from, to)
	for _, s := range [2]Side{side, side.Opposite()} {
		reached := stopKey(s, high)
		if s == Sell {
			reached = stopKey(s, low)
		}
		for l := &b.stops[s]; l.best != nil && l.key <= reached; {
			slot := l.best.head
			o := &b.orders[slot]
			b.stand(Triggered, o)
			b.leave(slot)
			b.armed--
			o.traits &^= traitArmed
			o.price = b.rares[slot].limit
			if o.traits.kind() == StopLimit {
				o.traits &^= threeBits << typeShift // It is a limit order now.
			}
			b.woken = append(b.woken, slot)
		}
	}
}

// turn changes the phase. Continuous trading cannot begin while bids and asks cross: an auction has to come first.
func (b *Book) turn(in *Input) {
	if in.Phase >= phases {
		b.refuse(in, Malformed)
		return
	}
	if in.Phase == Continuous && b.crossed() {
		b.refuse(in, Crossed)
		return
	}
	b.phase = in.Phase
	b.say(Turned, 0).Qty = int64(in.Phase)
	if b.phase == Continuous && b.traded && b.armed > 0 {
		b.wake(b.lately, b.last, b.last)
	}
}

// crossed says whether the best bid is at or above the best ask.
func (b *Book) crossed() bool {
	bids, asks := &b.sides[Buy], &b.sides[Sell]
	return bids.best != nil && asks.best != nil && -bids.key >= asks.key
}
