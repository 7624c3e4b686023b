package book

import "iter"

// Level is what stands at one price.
type Level struct {
	Price  int64
	Shown  int64
	Hidden int64 // Hidden is what icebergs keep back; the public must not see it.
	Orders int
}

// Order is an order as it waits.
type Order struct {
	ID       uint64
	Price    int64 // Price is its limit; a stop order without one has zero.
	Stop     int64 // Stop is the price it waits for, or zero.
	Left     int64 // Left is what is open, hidden parts too.
	Shown    int64 // Shown is what is seen of it; of one that waits for its stop nothing.
	Size     int64 // Size is what is open and what has traded.
	Display  int64
	Until    int64
	Owner    uint32
	Trader   uint32
	Member   uint16
	Side     Side
	Type     Type
	Life     Life
	Guard    Guard
	PostOnly bool
}

// Phase says what the book does with orders now.
func (b *Book) Phase() Phase { return b.phase }

// Live says how many orders wait, stop orders among them.
func (b *Book) Live() int { return b.live }

// Reported gives the number of the last report.
func (b *Book) Reported() uint64 { return b.seq }

// Last gives the price of the last trade, if there has been one.
func (b *Book) Last() (int64, bool) { return b.last, b.traded }

// Best gives the best level of a side, if there is one.
func (b *Book) Best(s Side) (Level, bool) {
	l := &b.sides[s]
	if l.best == nil {
		return Level{}, false
	}
	return show(s, l.best, l.key), true
}

func show(s Side, lv *level, k int64) Level {
	return Level{Price: key(s, k), Shown: lv.shown, Hidden: lv.hidden, Orders: int(lv.count)}
}

// Levels goes through the levels of a side from the best on. The book must not change meanwhile.
func (b *Book) Levels(s Side) iter.Seq[Level] {
	return func(yield func(Level) bool) {
		w := walk{l: &b.sides[s]}
		for lv, k := w.next(); lv != nil; lv, k = w.next() {
			if !yield(show(s, lv, k)) {
				return
			}
		}
	}
}

// Orders goes through the orders that rest on a side in the order in which they would trade. The book must not change
// meanwhile.
func (b *Book) Orders(s Side) iter.Seq[Order] { return b.through(&b.sides[s]) }

// Stops goes through the stop orders that wait on a side, those that are reached first first. The book must not change
// meanwhile.
func (b *Book) Stops(s Side) iter.Seq[Order] { return b.through(&b.stops[s]) }

func (b *Book) through(l *ladder) iter.Seq[Order] {
	return func(yield func(Order) bool) {
		w := walk{l: l}
		for lv, _ := w.next(); lv != nil; lv, _ = w.next() {
			for slot := lv.head; slot != 0; slot = b.orders[slot].next {
				if !yield(b.showOrder(slot)) {
					return
				}
			}
		}
	}
}

// Find gives the order of an id, if it waits.
func (b *Book) Find(id uint64) (Order, bool) {
	slot := b.ids.find(id, b.orders)
	if slot == 0 {
		return Order{}, false
	}
	return b.showOrder(slot), true
}

func (b *Book) showOrder(slot int32) Order {
	o := &b.orders[slot]
	t := o.traits
	shown := Order{
		ID: o.id, Price: o.price, Left: o.left, Shown: o.shown, Size: o.size, Owner: o.owner, Trader: o.trader,
		Member: o.member, Side: t.side(), Type: t.kind(), Life: t.life(), Guard: t.guard(), PostOnly: t&traitPost != 0,
	}
	if t&traitRare != 0 {
		r := b.rares[slot]
		shown.Display, shown.Until = r.display, r.until
		if t.armed() {
			shown.Price, shown.Stop = r.limit, o.price
		}
	}
	return shown
}
