package book

import "math/big"

// objection is a reason and whether it stands against an input.
type objection struct {
	why    Reason
	stands bool
}

func firstOf(list []objection) Reason {
	for _, o := range list {
		if o.stands {
			return o.why
		}
	}
	return NoReason
}

// judge lists everything that can be said against a new order, and gives what comes first.
func (w *twin) judge(in *Input) Reason {
	atOnce := in.Life == Immediate || in.Life == AllOrNone
	stopped := in.Type == StopMarket || in.Type == StopLimit
	limited := in.Type == Limit || in.Type == StopLimit
	post := in.Flags&PostOnly != 0
	known := in.ID <= w.top
	if w.rules.AnyID {
		known = w.find(in.ID) != nil
	}
	lot := w.rules.Lot
	list := []objection{
		{Malformed, in.Side > Sell || in.Type > StopLimit || in.Life > AllOrNone || in.Guard > GuardReduce || in.Flags&^PostOnly != 0 || in.Phase != 0},
		{NoID, in.ID == 0},
		{DuplicateID, known},
		{BadQty, in.Qty <= 0},
		{BadLot, in.Qty%lot != 0},
		{QtyTooLarge, in.Qty > w.rules.QtyMax},
		{Malformed, !limited && (in.Price != 0 || in.Display != 0) || !stopped && in.Stop != 0 || stopped && in.Min != 0},
		{Malformed, in.Life != Dated && in.Until != 0 || post && (in.Type != Limit || in.Min != 0)},
		{BadLife, atOnce && (stopped || in.Display != 0 || post) || in.Type == Market && in.Life == Dated},
		{PastDate, in.Life == Dated && in.Until <= in.Time},
	}
	if limited {
		list = append(list, w.limits(in)...)
	}
	return firstOf(append(list,
		objection{BadStop, stopped && (in.Stop <= 0 && !w.rules.Negative || in.Stop < w.rules.PriceMin || in.Stop > w.rules.PriceMax || !w.fits(in.Stop))},
		objection{BadDisplay, in.Display < 0 || in.Display > in.Qty || in.Display%lot != 0 || w.parts(in.Qty, in.Display) > w.rules.PeaksMax},
		objection{BadMinimum, in.Min < 0 || in.Min > in.Qty || in.Min%lot != 0},
		objection{InHalt, w.phase == Halted},
		objection{InCall, w.phase == Collecting && (in.Type == Market || in.Type == MarketToLimit || atOnce || in.Min != 0 || post)},
		objection{Full, len(w.orders) >= w.rules.OrdersMax},
		objection{w.market(in), true},
	))
}

func (w *twin) limits(in *Input) []objection {
	worth := new(big.Int).Mul(big.NewInt(in.Price), big.NewInt(in.Qty))
	return []objection{
		{BadPrice, in.Price <= 0 && !w.rules.Negative},
		{PriceBounds, in.Price < w.rules.PriceMin || in.Price > w.rules.PriceMax},
		{BadTick, !w.fits(in.Price)},
		{TooMuch, worth.CmpAbs(big.NewInt(1<<63-1)) > 0},
	}
}

// parts counts in how many parts an order shows itself.
func (w *twin) parts(left, display int64) (n int64) {
	if display <= 0 {
		return 1
	}
	return (left-1)/display + 1
}

// fits says whether a price is a multiple of the tick of the last band that begins at or below it.
func (w *twin) fits(price int64) bool {
	tick := w.rules.Ticks[0].Tick
	for _, band := range w.rules.Ticks {
		if max(price, -price) >= band.From {
			tick = band.Tick
		}
	}
	return price%tick == 0
}

// market tries an order out against the other side.
func (w *twin) market(in *Input) Reason {
	if w.phase != Continuous || in.Type == StopMarket || in.Type == StopLimit {
		return NoReason
	}
	other := w.side(in.Side ^ 1)
	if in.Type != Limit && len(other) == 0 {
		return NoLiquidity
	}
	o := &twinOrder{Order: Order{Price: in.Price, Side: in.Side, Type: in.Type}}
	if in.Type == MarketToLimit {
		o.Price, o.Type = other[0].Price, Limit
	}
	if in.Flags&PostOnly != 0 && len(w.level(o)) > 0 {
		return WouldTake
	}
	if in.Life != AllOrNone && in.Min == 0 {
		return NoReason
	}
	found := w.tryOut(in, o)
	switch {
	case in.Life == AllOrNone && found < in.Qty:
		return NotAllAtOnce
	case found < in.Min:
		return NotMinimum
	}
	return NoReason
}

// tryOut lets an order come into a copy of the book and counts what it trades before it meets its own owner with a guard
// other than GuardResting.
func (w *twin) tryOut(in *Input, o *twinOrder) (found int64) {
	copied := &twin{rules: w.rules, phase: w.phase, ranks: w.ranks, waited: make(map[uint64]bool)}
	for _, p := range w.orders {
		q := *p
		copied.orders = append(copied.orders, &q)
	}
	o.ID, o.Left, o.Owner, o.Guard = in.ID, in.Qty, in.Owner, in.Guard
	if in.Guard != GuardNone && in.Guard != GuardResting {
		o.Guard = GuardComing
	}
	for o.Left > 0 {
		level := copied.level(o)
		if len(level) == 0 {
			break
		}
		before := o.Left
		_, traded, why := copied.meet(o, level)
		if traded {
			found += before - o.Left
		}
		if why != NoReason {
			break
		}
	}
	return found
}

// replace changes an order: in its place if only the quantity falls.
func (w *twin) replace(in *Input) {
	o := w.find(in.ID)
	if o == nil {
		w.refuse(in, w.missing(in.ID))
		return
	}
	left := in.Qty
	if in.Flags&Total != 0 {
		left -= o.Size - o.Left
	}
	if why := w.judgeReplace(in, o, left); why != NoReason {
		w.refuse(in, why)
		return
	}
	until := o.Until
	if in.Until != 0 {
		until = in.Until
	}
	same := in.Price == o.Price && in.Stop == o.Stop && in.Display == o.Display && until == o.Until
	if same && left <= o.Left && !w.rules.LosesAlways {
		w.lessen(o, o.Left-left, NoReason)
		return
	}
	w.remove(o)
	o.Size += left - o.Left
	o.Left, o.Price, o.Stop, o.Display, o.Until = left, in.Price, in.Stop, in.Display, until
	w.say(Report{ID: o.ID, Price: o.place(), Qty: left, Left: left, Kind: Replaced, Side: o.Side})
	if o.armed {
		w.arm(o)
		return
	}
	w.chain(o.Side, w.come(o))
}

func (w *twin) judgeReplace(in *Input, o *twinOrder, left int64) Reason {
	limited := !o.armed || o.Type == StopLimit
	list := []objection{
		{Malformed, in.Flags&^Total != 0 || in.Min != 0 || !limited && (in.Price != 0 || in.Display != 0)},
		{Malformed, !o.armed && in.Stop != 0 || o.Life != Dated && in.Until != 0},
		{PastDate, in.Until != 0 && in.Until <= in.Time},
		{BadQty, in.Qty <= 0},
		{BadLot, in.Qty%w.rules.Lot != 0},
		{QtyTooLarge, in.Qty > w.rules.QtyMax},
		{HasTraded, left <= 0},
	}
	if limited {
		list = append(list, w.limits(in)...)
	}
	moved := &twinOrder{Order: Order{Price: in.Price, Side: o.Side}}
	return firstOf(append(list,
		objection{BadStop, o.armed && (in.Stop <= 0 && !w.rules.Negative || in.Stop < w.rules.PriceMin || in.Stop > w.rules.PriceMax || !w.fits(in.Stop))},
		objection{BadDisplay, in.Display < 0 || in.Display%w.rules.Lot != 0 || w.parts(left, in.Display) > w.rules.PeaksMax},
		objection{InHalt, w.phase == Halted},
		objection{WouldTake, o.PostOnly && w.phase == Continuous && len(w.level(moved)) > 0},
	))
}
