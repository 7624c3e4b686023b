// Package book is the order book of one instrument: who stands where, and who trades with whom.
//
// It knows orders, levels and the rules of one instrument. It is a pure machine: what goes in are Inputs, what comes out
// are Reports, and the same inputs give the same reports, byte for byte. It has no clock, no dice, no goroutine and no
// store; the time comes with the input. It asks for no memory once it has seen as many orders as it will hold.
//
//	               ┌──────────────── Triggered ──────────────┐
//	Enter ──▶ judged ──▶ Armed (a stop order that waits) ────┤
//	            │  │                                         ▼
//	            │  └──────────────────────────▶ Traded … ──▶ Rested ──▶ Traded … ──▶ filled
//	            ▼                                  │          │  ▲
//	         Refused: nothing has changed          ▼          │  └─ Refreshed, Replaced (at the end of a level)
//	                                           Cancelled ◀────┘     Reduced (in its place)
//
// It does not know who may trade, what an order costs, or how a session goes: buying power is the work of risk, phases
// and the price of an auction that of auction, and what a trade leads to that of clearing. Traders, members and owners
// are opaque numbers.
//
// docs/exchange.md has the rulebook, each rule with its source.
package book

import (
	"math"
	"slices"

	"sauda/base/fault"
)

// ErrRules is what New says of rules that contradict themselves.
var ErrRules = fault.New(fault.Invalid, "exchange.rules", "Check the rules of the instrument: ticks rise from a price and are above zero, as are lots; bounds and shares lie within what can be counted.")

// Band is a part of a tick table: from this price on, prices are whole multiples of Tick.
type Band struct {
	From int64
	Tick int64
}

// Rules are what the instrument wants of its book. The zero value of a field is the usual choice.
type Rules struct {
	Ticks        []Band // Ticks is the tick table in rising order; of negative prices the amount counts. None is a tick of one.
	Lot          int64  // Lot is what quantities are multiples of; zero is one.
	QtyMax       int64  // QtyMax is the largest quantity of an order; zero is 2³⁷.
	PriceMin     int64  // PriceMin and PriceMax are the bounds of prices; both zero is none.
	PriceMax     int64
	OrdersMax    int   // OrdersMax is how many orders may wait at the same time; zero is 2²².
	Window       int64 // Window is how many ticks are found fastest, up to 2¹⁸; zero is 2¹⁶.
	First        int64 // First is the share of a level, in ten-thousandths, that goes by time before the rest goes pro rata.
	Weight       int64 // Weight is zero for price-time priority, one for pro rata, and above that the weight of time in it.
	PeaksMax     int64 // PeaksMax is in how many parts an iceberg may show itself at most, so that one order cannot make reports without end; zero is 100.
	Negative     bool  // Negative allows prices of zero and below, as spreads and oil have had them.
	AnyID        bool  // AnyID takes ids in any order; otherwise each is above all before, and none is ever used twice.
	LosesAlways  bool  // LosesAlways makes every Replace lose its place, a smaller quantity too.
	OrdersMemory int   // OrdersMemory is for how many orders memory is taken at once; zero is a thousand.
}

const (
	qtyMax      = 1 << 37 // qtyMax times ordersMax is below 2⁶³, so that no sum of a level overflows.
	ordersMax   = 1 << 25
	priceMax    = 1 << 61 // priceMax keeps the distance of two prices within an int64.
	tickMax     = 1 << 40 // tickMax keeps what is below a window from looking as if it were inside.
	windowMax   = 1 << 18 // windowMax is 64 words of 64 pages of 64 ticks.
	weightMax   = 1 << 10 // weightMax bounds the work that one order of a level takes.
	peaksMax    = 1 << 20 // peaksMax times qtyMax can be counted.
	wholeShare  = 10_000
	windowUsual = 1 << 16
	ordersUsual = 1 << 22
)

// Book is the order book of one instrument. It must not be used by two goroutines at once.
type Book struct {
	rules    Rules
	unit     int64 // unit is what all ticks are multiples of.
	evenTick int64 // evenTick is the tick if all prices have the same, and it is short; otherwise zero.
	sides    [2]ladder
	stops    [2]ladder // stops are the stop orders that wait, by their stop price, those nearest to a trade first.
	armed    int       // armed is how many they are.
	orders   []order   // orders is the slab; slot zero is nobody.
	rares    []rare    // rares is what few orders need, by the same slots; it is as long as it has been needed.
	ids      ids
	free     int32 // free is the first free slot of the slab, and each links the next.
	live     int
	phase    Phase
	verb     Verb
	traded   bool // traded says whether there has been a trade.
	last     int64
	lately   Side   // lately is the side of the order that came in at the last trade.
	top      uint64 // top is the highest id that was accepted.
	seq      uint64
	low      int64 // low and high are between which stop orders may trade while fenced.
	high     int64
	fenced   bool
	waking   bool // waking says that what comes in was woken.
	held     bool // held says that one was kept from a trade.
	out      []Report
	in       coming
	woken    []int32
	portion  []int64
	looked   int32
}

// order is one that waits, in 64 bytes: a line of the cache.
type order struct {
	id         uint64
	price      int64 // price is where it stands: its limit, or of an armed one its stop.
	left       int64
	shown      int64
	size       int64 // size is left and all that has traded.
	next, prev int32
	tick       int32
	owner      uint32
	trader     uint32
	member     uint16
	traits     traits
}

// rare is what an order has that is an iceberg, dated or a stop order.
type rare struct {
	limit   int64
	display int64
	until   int64
}

// traits are the small choices of an order in one word.
type traits uint16

const (
	traitSide  traits = 1
	traitRare  traits = 1 << 1 // traitRare: there is a rare.
	traitArmed traits = 1 << 2
	traitPost  traits = 1 << 3
	typeShift         = 4
	lifeShift         = 7
	guardShift        = 10
	threeBits         = 7
	traitsAll  traits = 1<<13 - 1
)

func (t traits) side() Side   { return Side(t & traitSide) }
func (t traits) kind() Type   { return Type(t >> typeShift & threeBits) }
func (t traits) life() Life   { return Life(t >> lifeShift & threeBits) }
func (t traits) guard() Guard { return Guard(t >> guardShift & threeBits) }
func (t traits) armed() bool  { return t&traitArmed != 0 }

func traitsOf(in *Input) traits {
	t := traits(in.Side) | traits(in.Type)<<typeShift | traits(in.Life)<<lifeShift | traits(in.Guard)<<guardShift
	if in.Display|in.Until != 0 || in.Type >= StopMarket {
		t |= traitRare
	}
	if in.Flags&PostOnly != 0 {
		t |= traitPost
	}
	return t
}

// New gives an empty book that trades continuously. Rules that contradict themselves are ErrRules.
func New(rules Rules) (*Book, error) {
	unit, err := rules.settle()
	if err != nil {
		return nil, err
	}
	b := &Book{rules: rules, unit: unit, ids: newIDs(rules.OrdersMemory)}
	b.orders = make([]order, 1, rules.OrdersMemory+1)
	if len(rules.Ticks) == 1 && unit < 1<<31 && rules.Lot < 1<<31 {
		b.evenTick = unit
	}
	for s := range b.sides {
		b.sides[s], b.stops[s] = newLadder(unit, rules.Window), newLadder(unit, rules.Window)
	}
	return b, nil
}

// settle fills in what is usual, and gives the largest step that all ticks are multiples of.
func (r *Rules) settle() (int64, error) {
	usual(&r.Lot, 1)
	usual(&r.QtyMax, qtyMax)
	usual(&r.Window, windowUsual)
	usual(&r.OrdersMax, ordersUsual)
	usual(&r.OrdersMemory, 1000)
	usual(&r.PeaksMax, 100)
	if r.PriceMin == 0 && r.PriceMax == 0 {
		r.PriceMin, r.PriceMax = -priceMax, priceMax
	}
	if len(r.Ticks) == 0 {
		r.Ticks = []Band{{Tick: 1}}
	}
	switch {
	case r.Lot < 1, r.QtyMax < r.Lot, r.QtyMax > qtyMax, r.PriceMin > r.PriceMax, r.PriceMin < -priceMax, r.PriceMax > priceMax,
		r.OrdersMax < 1, r.OrdersMax > ordersMax, r.OrdersMemory < 1, r.OrdersMemory > ordersMax,
		r.Window < pageTicks, r.Window > windowMax, r.Window%pageTicks != 0,
		r.First < 0, r.First > wholeShare, r.Weight < 0, r.Weight > weightMax, r.First > 0 && r.Weight == 0,
		r.PeaksMax < 1, r.PeaksMax > peaksMax:
		return 0, ErrRules.About("lot %d, quantity %d, orders %d, window %d, first %d, weight %d", r.Lot, r.QtyMax, r.OrdersMax, r.Window, r.First, r.Weight)
	}
	var unit int64
	for i, band := range r.Ticks {
		if band.Tick < 1 || band.Tick > tickMax || band.From < 0 || i > 0 && band.From <= r.Ticks[i-1].From {
			return 0, ErrRules.About("band %d: from %d, tick %d", i, band.From, band.Tick)
		}
		for a := band.Tick; a != 0; { // The greatest common divisor.
			unit, a = a, unit%a
		}
	}
	return unit, nil
}

func usual[N int | int64](field *N, n N) {
	if *field == 0 {
		*field = n
	}
}

// Apply does what an input asks and appends what happened to reports. An input that is refused leaves one report, Refused,
// and changes nothing else. Nothing of the input is kept.
func (b *Book) Apply(in *Input, reports []Report) []Report {
	b.out, b.verb, b.held = reports, in.Verb, false
	switch in.Verb {
	case Enter:
		b.enter(in)
	case Cancel:
		b.cancel(in)
	case Replace:
		b.replace(in)
	case CancelAll:
		b.cancelAll(in)
	case Expire:
		b.expire(in)
	case Turn:
		b.turn(in)
	default:
		b.refuse(in, Malformed)
	}
	return b.out
}

// Look goes ahead of Apply to where inputs that are at hand already will lead, and changes nothing. A book of many orders
// does not fit into the caches; looking for some tens of inputs together, memory brings them at the same time instead of
// one after the other.
func (b *Book) Look(inputs []Input) {
	for len(inputs) > 0 {
		n := min(len(inputs), lookMax)
		b.look(inputs[:n])
		inputs = inputs[n:]
	}
}

// lookMax is how many inputs are looked for at once: more than memory brings at the same time is no use.
const lookMax = 64

func (b *Book) look(inputs []Input) {
	var slots, tails [lookMax]int32
	for i := range inputs {
		switch in := &inputs[i]; in.Verb {
		case Cancel, Replace:
			slots[i] = b.ids.guess(in.ID)
		case Enter:
			l := &b.sides[in.Side&1]
			if tick := l.locate(key(in.Side&1, in.Price)); tick != noTick && l.pages != nil && l.pages[tick/pageTicks] != nil {
				tails[i] = l.level(tick, 0).tail
			}
		}
	}
	orders, seen := b.orders, int32(0)
	for i := range inputs {
		o := &orders[slots[i]]
		seen += orders[o.prev].tick + orders[o.next].tick + orders[tails[i]].tick
	}
	b.looked += seen // So that the compiler does not leave out what nobody uses.
}

// say appends a report of a kind about an order and numbers it. What else it says is filled in where it lies: a report
// that is made elsewhere and copied costs more than all the rest of an input.
func (b *Book) say(kind Kind, id uint64) *Report {
	r := b.place()
	*r = Report{}
	r.Seq, r.ID, r.Kind, r.Verb = b.seq, id, kind, b.verb
	return r
}

// place gives the place of the next report, with what lay there before.
func (b *Book) place() *Report {
	n := len(b.out)
	if n == cap(b.out) {
		b.out = slices.Grow(b.out, 1)
	}
	b.out = b.out[:n+1]
	b.seq++
	return &b.out[n]
}

func (b *Book) refuse(in *Input, why Reason) {
	r := b.say(Refused, in.ID)
	r.Price, r.Qty, r.Reason, r.Side = in.Price, in.Qty, why, in.Side&1
}

// stand reports an order as it is.
func (b *Book) stand(kind Kind, o *order) *Report {
	r := b.place()
	r.Seq, r.ID, r.Other, r.Price = b.seq, o.id, 0, o.price
	r.Qty, r.Left, r.Shown = o.left, o.left, o.shown
	r.Kind, r.Reason, r.Side, r.Verb = kind, NoReason, o.traits.side(), b.verb
	return r
}

// drop reports that what is left of an order which stands nowhere is cancelled.
func (b *Book) drop(t *coming, why Reason) {
	r := b.say(Cancelled, t.id)
	r.Price, r.Qty, r.Reason, r.Side = t.price, t.left, why, t.side
}

// key gives the place of a price on the ladder of a side: bids count from the highest down.
func key(s Side, price int64) int64 {
	if s == Buy {
		return -price
	}
	return price
}

// stopKey gives the place of a stop price: buyers wait for a rise, and the lowest is reached first.
func stopKey(s Side, price int64) int64 { return key(s.Opposite(), price) }

// anyPrice is the reach of an order that takes every price.
const anyPrice = math.MaxInt64

// slot gives a free slot of the slab.
func (b *Book) slot() int32 {
	if slot := b.free; slot != 0 {
		b.free = b.orders[slot].next
		return slot
	}
	b.orders = append(b.orders, order{})
	return int32(len(b.orders) - 1)
}

// forget takes an order that stands nowhere out of the book.
func (b *Book) forget(slot int32) {
	o := &b.orders[slot]
	b.ids.drop(o.id, slot)
	o.next, b.free = b.free, slot
	b.live--
}

// rare gives the rare part of a slot, which need not be filled in yet.
func (b *Book) rare(slot int32) *rare {
	if int(slot) >= len(b.rares) {
		b.rares = append(b.rares, make([]rare, max(cap(b.orders), int(slot)+1)-len(b.rares))...)
	}
	return &b.rares[slot]
}

// ladder gives where an order stands, and its key there.
func (b *Book) ladder(o *order) (*ladder, int64) {
	s := o.traits.side()
	if o.traits.armed() {
		return &b.stops[s], stopKey(s, o.price)
	}
	return &b.sides[s], key(s, o.price)
}

// join puts an order at the end of its level.
func (b *Book) join(slot int32) {
	o := &b.orders[slot]
	l, k := b.ladder(o)
	lv, tick := l.open(k)
	o.tick, o.next = tick, 0
	b.queue(lv, slot)
}

// queue puts an order at the end of a level.
func (b *Book) queue(lv *level, slot int32) {
	o := &b.orders[slot]
	o.next, o.prev = 0, lv.tail
	if lv.tail == 0 {
		lv.head = slot
	} else {
		b.orders[lv.tail].next = slot
	}
	lv.tail = slot
	lv.count++
	lv.shown += o.shown
	lv.hidden += o.left - o.shown
}

// leave takes an order out of its level, and an emptied level out of its ladder.
func (b *Book) leave(slot int32) {
	o := &b.orders[slot]
	l, k := b.ladder(o)
	lv := l.level(o.tick, k)
	b.unlink(lv, o)
	if lv.count == 0 {
		l.close(lv, o.tick, k)
	}
}

func (b *Book) unlink(lv *level, o *order) {
	if o.prev == 0 {
		lv.head = o.next
	} else {
		b.orders[o.prev].next = o.next
	}
	if o.next == 0 {
		lv.tail = o.prev
	} else {
		b.orders[o.next].prev = o.prev
	}
	lv.count--
	lv.shown -= o.shown
	lv.hidden -= o.left - o.shown
}
