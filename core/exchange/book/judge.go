package book

import (
	"math"
	"math/bits"
)

// ordinary says that there is nothing against a new order, for those that most orders are: nothing rare is asked, and the
// numbers are such that they need no thought. Of any other it says nothing: judge does.
func (b *Book) ordinary(in *Input) bool {
	const few = 1 << 31 // few times few can be counted.
	tick, lot := uint32(b.evenTick), uint32(b.rules.Lot)
	return uint64(in.Price-1) < few-1 && uint64(in.Qty-1) < few-1 && in.ID > b.top && in.Stop|in.Display|in.Min|in.Until == 0 &&
		in.Type == Limit && (in.Life <= Lasting || in.Life == Immediate) && in.Side < sides && in.Guard < guards &&
		in.Flags == 0 && in.Phase == 0 && b.phase == Continuous && b.live < b.rules.OrdersMax &&
		in.Price >= b.rules.PriceMin && in.Price <= b.rules.PriceMax && in.Qty <= b.rules.QtyMax &&
		tick != 0 && (tick == 1 || uint32(in.Price)%tick == 0) && (lot == 1 || uint32(in.Qty)%lot == 0)
}

// judge gives the first reason against a new order, or NoReason. The order in which reasons come is part of the rules:
// what is wrong with the message, then its id, quantity and prices, then what the book cannot do with it now.
func (b *Book) judge(in *Input) Reason {
	if in.Side >= sides || in.Type >= types || in.Life >= lives || in.Guard >= guards || in.Flags&^PostOnly != 0 || in.Phase != 0 {
		return Malformed
	}
	if in.ID == 0 {
		return NoID
	}
	if !b.rules.AnyID {
		if in.ID <= b.top {
			return DuplicateID
		}
	} else if b.ids.find(in.ID, b.orders) != 0 {
		return DuplicateID
	}
	if why := b.judgeQty(in.Qty); why != NoReason {
		return why
	}
	if why := b.judgeRare(in); why != NoReason {
		return why
	}
	if why := b.judgePhase(in); why != NoReason {
		return why
	}
	if b.live >= b.rules.OrdersMax {
		return Full
	}
	return b.judgeMarket(in)
}

func (b *Book) judgeQty(qty int64) Reason {
	switch {
	case qty <= 0:
		return BadQty
	case b.rules.Lot != 1 && qty%b.rules.Lot != 0:
		return BadLot
	case qty > b.rules.QtyMax:
		return QtyTooLarge
	}
	return NoReason
}

// judgeLimit judges a limit, and that what it is worth can be counted.
func (b *Book) judgeLimit(price, qty int64) Reason {
	switch {
	case price <= 0 && !b.rules.Negative:
		return BadPrice
	case price < b.rules.PriceMin, price > b.rules.PriceMax:
		return PriceBounds
	case !b.onTick(price):
		return BadTick
	}
	if high, low := bits.Mul64(magnitude(price), uint64(qty)); high != 0 || low > math.MaxInt64 {
		return TooMuch
	}
	return NoReason
}

// magnitude gives an amount without its sign. Bounds keep prices far from the one that has none.
func magnitude(price int64) uint64 {
	if price < 0 {
		return uint64(-price)
	}
	return uint64(price)
}

// onTick says whether a price is a whole number of the ticks of its band.
func (b *Book) onTick(price int64) bool {
	ticks, amount := b.rules.Ticks, magnitude(price)
	tick := uint64(ticks[0].Tick)
	for i := len(ticks) - 1; i > 0; i-- {
		if amount >= uint64(ticks[i].From) {
			tick = uint64(ticks[i].Tick)
			break
		}
	}
	switch {
	case tick == 1:
		return true
	case (amount|tick)>>32 == 0: // A short division is many times faster than a long one.
		return uint32(amount)%uint32(tick) == 0
	}
	return amount%tick == 0
}

// judgeRare judges the fields that only some orders have, and the prices.
func (b *Book) judgeRare(in *Input) Reason {
	limited := in.Type == Limit || in.Type == StopLimit
	stopped := in.Type == StopMarket || in.Type == StopLimit
	atOnce := in.Life == Immediate || in.Life == AllOrNone
	switch {
	case !limited && in.Price != 0, !stopped && in.Stop != 0, !limited && in.Display != 0, stopped && in.Min != 0,
		in.Life != Dated && in.Until != 0, in.Flags&PostOnly != 0 && (in.Type != Limit || in.Min != 0):
		return Malformed
	case atOnce && (stopped || in.Display != 0 || in.Flags&PostOnly != 0), in.Type == Market && in.Life == Dated:
		return BadLife
	case in.Life == Dated && in.Until <= in.Time:
		return PastDate
	}
	if limited {
		if why := b.judgeLimit(in.Price, in.Qty); why != NoReason {
			return why
		}
	}
	if stopped && !b.stopFits(in.Stop) {
		return BadStop
	}
	switch {
	case in.Display > in.Qty, !b.showsEnough(in.Display, in.Qty):
		return BadDisplay
	case in.Min < 0, in.Min > in.Qty, in.Min%b.rules.Lot != 0:
		return BadMinimum
	}
	return NoReason
}

// showsEnough says whether an order may show so much of itself at once.
func (b *Book) showsEnough(display, left int64) bool {
	return display == 0 || display > 0 && display%b.rules.Lot == 0 && (display >= left || left <= display*b.rules.PeaksMax)
}

// stopFits says whether a stop price can be one.
func (b *Book) stopFits(stop int64) bool {
	return (stop > 0 || b.rules.Negative) && stop >= b.rules.PriceMin && stop <= b.rules.PriceMax && b.onTick(stop)
}

// judgePhase says whether the phase takes such an order. A call takes what can rest.
func (b *Book) judgePhase(in *Input) Reason {
	switch {
	case b.phase == Halted:
		return InHalt
	case b.phase == Collecting && (in.Type == Market || in.Type == MarketToLimit || in.Life == Immediate || in.Life == AllOrNone ||
		in.Min != 0 || in.Flags&PostOnly != 0):
		return InCall
	}
	return NoReason
}

// judgeMarket judges what depends on who stands on the other side.
func (b *Book) judgeMarket(in *Input) Reason {
	if b.phase != Continuous || in.Type == StopMarket || in.Type == StopLimit {
		return NoReason
	}
	other := &b.sides[in.Side.Opposite()]
	if in.Type != Limit && other.best == nil {
		return NoLiquidity
	}
	reach := b.reach(in.Side, in.Type, in.Price)
	switch {
	case in.Flags&PostOnly != 0 && other.best != nil && other.key <= reach:
		return WouldTake
	case in.Life == AllOrNone && !b.enough(in, reach, in.Qty):
		return NotAllAtOnce
	case in.Min != 0 && !b.enough(in, reach, in.Min):
		return NotMinimum
	}
	return NoReason
}

// reach gives the worst key of the other side that an order trades at.
func (b *Book) reach(s Side, t Type, price int64) int64 {
	switch t {
	case Market, StopMarket:
		return anyPrice
	case MarketToLimit:
		return b.sides[s.Opposite()].key
	}
	return key(s.Opposite(), price)
}

// enough says whether an order would trade that much at once, hidden parts of icebergs too and its own owner's orders
// not.
func (b *Book) enough(in *Input, reach, need int64) bool {
	owner := guarded(in.Owner, in.Guard)
	var found int64
	for w := (walk{l: &b.sides[in.Side.Opposite()]}); found < need; {
		lv, k := w.next()
		if lv == nil || k > reach {
			return false
		}
		if owner == 0 {
			found += lv.shown + lv.hidden
			continue
		}
		n, end := b.others(lv, owner, in.Guard)
		if found += n; end && found < need {
			return false
		}
	}
	return true
}

// others gives how much of a level an order can trade before it meets one of its owner, and whether that is its end. By
// time, an iceberg ahead gives its shown part only, since the rest stands at the end of the level; pro rata, the own
// orders of a level are met before anything trades.
func (b *Book) others(lv *level, owner uint32, guard Guard) (int64, bool) {
	var whole, ahead int64
	met := false
	for slot := lv.head; slot != 0; slot = b.orders[slot].next {
		switch o := &b.orders[slot]; {
		case o.owner == owner:
			met = true
		case !met:
			ahead += o.shown
			fallthrough
		default:
			whole += o.left
		}
	}
	switch {
	case !met || guard == GuardResting:
		return whole, false
	case b.rules.Weight != 0:
		return 0, true
	}
	return ahead, true
}

// guarded gives the owner whose orders must not be met, or zero.
func guarded(owner uint32, guard Guard) uint32 {
	if guard == GuardNone {
		return 0
	}
	return owner
}

// Judge gives the reason for which Apply would refuse a new order or a replacement now, or NoReason. Nothing is changed.
func (b *Book) Judge(in *Input) Reason {
	if in.Verb == Enter {
		return b.judge(in)
	}
	slot := b.ids.find(in.ID, b.orders)
	if slot == 0 {
		return b.missing(in.ID)
	}
	o, left := &b.orders[slot], in.Qty
	if in.Flags&Total != 0 {
		left -= o.size - o.left
	}
	return b.judgeReplace(in, o, left)
}

// JudgeTerms gives the reason for which a price and a quantity are none of this book, or NoReason: for trades that were agreed
// elsewhere.
func (b *Book) JudgeTerms(price, qty int64) Reason {
	if why := b.judgeQty(qty); why != NoReason {
		return why
	}
	return b.judgeLimit(price, qty)
}
