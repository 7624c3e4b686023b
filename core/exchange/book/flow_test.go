package book

import (
	"math"
	"math/rand/v2"
)

// market is one set of rules with a name.
type market struct {
	name  string
	rules Rules
}

// markets are the rules under which the books are compared: each way to allot, narrow windows that most prices fall out
// of, ticks and lots, negative prices, and a book that is soon full.
var markets = []market{
	{"time", Rules{}},
	{"time, any id, every change loses", Rules{AnyID: true, LosesAlways: true}},
	{"narrow window, negative prices", Rules{Window: 64, Negative: true}},
	{"ticks, lots and bounds", Rules{
		Ticks: []Band{{0, 2}, {96, 3}, {105, 5}}, Lot: 5, QtyMax: 100, PriceMin: 60, PriceMax: 150, Window: 128, OrdersMax: 22, PeaksMax: 3,
	}},
	{"pro rata", Rules{Weight: 1}},
	{"two fifths by time, then pro rata, in lots", Rules{Weight: 1, First: 4000, Lot: 2}},
	{"weighted by time", Rules{Weight: 2, Window: 64}},
	{"a share by time, then weighted", Rules{Weight: 7, First: 1500, Lot: 3, OrdersMemory: 1}},
}

// flow draws inputs of every kind for a book whose orders it sees. Everything it draws follows from its seed.
type flow struct {
	dice   *rand.Rand
	w      *twin
	time   int64
	next   uint64
	centre int64 // centre is the price around which both sides meet.
	tame   bool  // tame leaves out fields that are drawn wildly.
}

func newFlow(seed uint64, w *twin) *flow {
	return &flow{dice: rand.New(rand.NewPCG(seed, 7)), w: w, time: 1_000_000, next: 1, centre: 100}
}

func (f *flow) one(in int) bool { return f.dice.IntN(in) == 0 }

// draw gives the next input. Most are such as a book takes; one in fifteen has a field that is drawn wildly.
func (f *flow) draw() Input {
	f.time += f.dice.Int64N(50)
	in := Input{Time: f.time}
	switch n := f.dice.IntN(100); {
	case n < 66:
		f.drawOrder(&in)
	case n < 78:
		in.Verb, in.ID = Cancel, f.drawID()
	case n < 95:
		f.drawReplace(&in)
	case n == 95 && f.one(3):
		in.Verb, in.Trader, in.Member, in.Side = CancelAll, f.dice.Uint32N(6), uint16(f.dice.UintN(3)), Side(f.dice.UintN(uint(sides)))
		in.Flags = OneSide * Flags(f.dice.UintN(2))
	case n < 97:
		in.Verb, in.Flags = Expire, EndOfDay*Flags(f.dice.UintN(30)/29)
		if o := f.w.find(f.drawID()); o != nil && o.Life == Dated { // To the microsecond.
			in.Time = o.Until - f.dice.Int64N(2)
		}
	default:
		in.Verb, in.Phase = Turn, Phase(f.dice.UintN(uint(phases)))
		if f.w.phase != Continuous && f.one(2) {
			in.Phase = Continuous
		}
	}
	if f.w.phase != Continuous && f.one(6) {
		in = f.drawWayBack()
	}
	if f.one(15) && !f.tame {
		f.spoil(&in)
	}
	return in
}

// drawWayBack gives what brings a book that is halted or crossed back to continuous trading.
func (f *flow) drawWayBack() Input {
	bids, asks := f.w.side(Buy), f.w.side(Sell)
	if len(bids) > 0 && len(asks) > 0 && bids[0].Price >= asks[0].Price {
		return Input{Verb: Cancel, ID: bids[0].ID, Time: f.time}
	}
	return Input{Verb: Turn, Phase: Continuous, Time: f.time}
}

func (f *flow) drawOrder(in *Input) {
	f.next = max(f.next, f.w.top) + 1
	in.Verb, in.ID = Enter, f.next
	in.Side, in.Type = Side(f.dice.UintN(uint(sides))), Limit
	if f.one(3) {
		in.Type = Type(f.dice.UintN(uint(types)))
	}
	in.Life, in.Guard = Lasting, Guard(f.dice.UintN(uint(guards)))
	if f.one(2) {
		in.Life = Life(f.dice.UintN(uint(lives)))
	}
	in.Owner, in.Trader, in.Member = f.dice.Uint32N(5), 1+f.dice.Uint32N(6), uint16(1+f.dice.UintN(3))
	in.Qty = f.qty()
	atOnce := in.Life == Immediate || in.Life == AllOrNone
	if in.Type == Limit || in.Type == StopLimit {
		in.Price = f.price(in.Side)
		if f.one(4) && !atOnce {
			in.Display = min(f.qty(), in.Qty)
		}
	}
	if in.Type >= StopMarket {
		in.Stop = f.price(in.Side.Opposite())
		if atOnce {
			in.Life = Day
		}
	} else if f.one(7) {
		in.Min = min(f.qty(), in.Qty)
	}
	if in.Life == Dated {
		in.Until = f.time + f.dice.Int64N(9000)
	}
	if other := f.w.side(in.Side.Opposite()); in.Type == Limit && len(other) > 0 && (in.Life == AllOrNone || in.Min != 0) && f.one(2) {
		in.Qty = 0 // As much as the first orders have.
		for _, o := range other[:1+f.dice.IntN(min(4, len(other)))] {
			in.Qty, in.Price = in.Qty+o.Left, o.Price
		}
		in.Min = min(in.Min, 1) * in.Qty
	}
	if in.Type == Limit && in.Min == 0 && !atOnce && f.one(6) {
		in.Flags = PostOnly
	}
}

// price gives a price around the centre, where both sides meet, and sometimes one far away.
func (f *flow) price(s Side) int64 {
	if f.one(40) {
		return f.dice.Int64N(3000) - 200
	}
	n := f.dice.Int64N(16) - 3
	if s == Buy {
		n = -n
	}
	price := f.centre + n
	if ticks := f.w.rules.Ticks; len(ticks) > 0 && !f.one(10) {
		price -= price % 30 % ticks[min(len(ticks)-1, int(max(0, price-86)/10))].Tick
		for !f.w.fits(price) {
			price++
		}
	}
	return price
}

func (f *flow) qty() int64 {
	lot := f.w.rules.Lot
	n := lot * (1 + f.dice.Int64N(12))
	if f.one(25) {
		n += f.dice.Int64N(3)
	}
	return n
}

// drawID gives mostly the id of an order that waits, and sometimes any.
func (f *flow) drawID() uint64 {
	if n := len(f.w.orders); n > 0 && !f.one(12) {
		return f.w.orders[f.dice.IntN(n)].ID
	}
	return f.dice.Uint64N(f.next + 3)
}

// drawReplace changes one or more things about an order.
func (f *flow) drawReplace(in *Input) {
	in.Verb, in.ID = Replace, f.drawID()
	o := f.w.find(in.ID)
	if o == nil {
		in.Price, in.Qty = f.price(Buy), f.qty()
		return
	}
	in.Price, in.Qty, in.Stop, in.Display = o.Price, o.Left, o.Stop, o.Display
	limited := !o.armed || o.Type == StopLimit
	if f.one(2) {
		in.Qty = max(f.w.rules.Lot, in.Qty-f.w.rules.Lot*f.dice.Int64N(4))
	} else if f.one(3) {
		in.Qty = f.qty()
	}
	if f.one(3) && limited {
		in.Price = f.price(o.Side)
	}
	if f.one(4) && o.armed {
		in.Stop = f.price(o.Side.Opposite())
	}
	if f.one(8) && limited {
		in.Display = min(f.qty(), in.Qty)
	}
	if f.one(5) && o.Life == Dated {
		in.Until = f.time + f.dice.Int64N(9000)
	}
	if f.one(5) {
		in.Flags = Total
		if f.one(2) {
			in.Qty += o.Size - o.Left
		}
	}
}

// spoil draws one field wildly.
func (f *flow) spoil(in *Input) {
	wild := []int64{0, -1, 1, 7, -40, math.MaxInt64, math.MinInt64, math.MinInt64 + 1, 1 << 37, 1<<37 + 1, 1 << 40, 1 << 61, 1<<61 + 1, f.time, f.time + 1}
	n := wild[f.dice.IntN(len(wild))]
	small := uint8(f.dice.UintN(9))
	switch f.dice.IntN(15) {
	case 0:
		in.ID = uint64(n)
	case 1:
		in.Price = n
	case 2:
		in.Qty = n
	case 3:
		in.Stop = n
	case 4:
		in.Display = n
	case 5:
		in.Min = n
	case 6:
		in.Until = n
	case 7:
		in.Verb = Verb(small)
	case 8:
		in.Side = Side(small)
	case 9:
		in.Type = Type(small)
	case 10:
		in.Life = Life(small)
	case 11:
		in.Guard = Guard(small)
	case 12:
		in.Phase = Phase(small)
	case 13:
		in.Flags = Flags(f.dice.UintN(256))
	case 14:
		in.Price, in.Qty = 1<<40, 1<<36
	}
	if in.ID > 1<<32 { // One such id would make every later one too low.
		in.ID = f.next + 1000
	}
}
