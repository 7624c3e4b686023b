package book

// cancel takes back one order.
func (b *Book) cancel(in *Input) {
	slot := b.ids.find(in.ID, b.orders)
	if slot == 0 {
		b.refuse(in, b.missing(in.ID))
		return
	}
	b.end(slot, Asked)
}

// cancelAll takes back the orders of a trader, of a member, of a trader of a member, or of everybody: bids from the best
// on, asks, and the stop orders of both.
func (b *Book) cancelAll(in *Input) {
	if in.Flags&^OneSide != 0 || in.Side >= sides {
		b.refuse(in, Malformed)
		return
	}
	b.gather(func(_ int32, o *order) bool {
		return (in.Trader == 0 || o.trader == in.Trader) && (in.Member == 0 || o.member == in.Member) &&
			(in.Flags&OneSide == 0 || o.traits.side() == in.Side)
	})
	b.endGathered(AskedAll)
}

// expire ends dated orders whose time has come, and day orders at the end of the day, in the same order.
func (b *Book) expire(in *Input) {
	if in.Flags&^EndOfDay != 0 {
		b.refuse(in, Malformed)
		return
	}
	b.gather(func(slot int32, o *order) bool {
		switch o.traits.life() {
		case Day:
			return in.Flags&EndOfDay != 0
		case Dated:
			return b.rares[slot].until <= in.Time
		}
		return false
	})
	b.endGathered(Expired)
}

// gather remembers the orders that are meant, before any of them is touched.
func (b *Book) gather(meant func(int32, *order) bool) {
	b.woken = b.woken[:0]
	b.eachOrder(func(slot int32) {
		if meant(slot, &b.orders[slot]) {
			b.woken = append(b.woken, slot)
		}
	})
}

func (b *Book) endGathered(why Reason) {
	for _, slot := range b.woken {
		b.end(slot, why)
	}
	b.say(Swept, 0).Qty = int64(len(b.woken))
}
