package book

import (
	"cmp"
	"math/big"
	"slices"
)

// twin is the slow, obvious book: one list of orders, sorted anew whenever somebody asks who is first. It is the oracle
// of the fast one and shares nothing with it but the nouns.
type twin struct {
	rules  Rules
	orders []*twinOrder
	phase  Phase
	last   int64
	traded bool
	lately Side
	top    uint64
	seq    uint64
	ranks  uint64
	verb   Verb
	out    []Report
	waited map[uint64]bool // waited are the stop orders that the last input ended while they waited.
}

type twinOrder struct {
	Order
	armed bool
	rank  uint64 // rank is when it came to stand where it stands.
}

func newTwin(rules Rules) *twin {
	if _, err := rules.settle(); err != nil {
		panic(err)
	}
	return &twin{rules: rules}
}

func (w *twin) apply(in *Input) []Report {
	w.out, w.verb, w.waited = nil, in.Verb, make(map[uint64]bool)
	switch in.Verb {
	case Enter:
		w.enter(in)
	case Cancel:
		if o := w.find(in.ID); o != nil {
			w.end(o, Asked)
		} else {
			w.refuse(in, w.missing(in.ID))
		}
	case Replace:
		w.replace(in)
	case CancelAll:
		if in.Flags&^OneSide != 0 || in.Side > Sell {
			w.refuse(in, Malformed)
			break
		}
		w.endAll(AskedAll, func(o *twinOrder) bool {
			return (in.Trader == 0 || in.Trader == o.Trader) && (in.Member == 0 || in.Member == o.Member) &&
				(in.Flags&OneSide == 0 || in.Side == o.Side)
		})
	case Expire:
		if in.Flags&^EndOfDay != 0 {
			w.refuse(in, Malformed)
			break
		}
		w.endAll(Expired, func(o *twinOrder) bool {
			return o.Life == Dated && o.Until <= in.Time || o.Life == Day && in.Flags&EndOfDay != 0
		})
	case Turn:
		w.turn(in)
	default:
		w.refuse(in, Malformed)
	}
	return w.out
}

func (w *twin) say(r Report) {
	w.seq++
	r.Seq, r.Verb = w.seq, w.verb
	w.out = append(w.out, r)
}

func (w *twin) refuse(in *Input, why Reason) {
	w.say(Report{ID: in.ID, Price: in.Price, Qty: in.Qty, Kind: Refused, Reason: why, Side: in.Side & 1})
}

func (w *twin) find(id uint64) *twinOrder {
	for _, o := range w.orders {
		if o.ID == id {
			return o
		}
	}
	return nil
}

func (w *twin) missing(id uint64) Reason {
	if id == 0 {
		return NoID
	}
	if id > w.top {
		return UnknownID
	}
	return Finished
}

// side gives the orders that rest on a side, the first to trade first.
func (w *twin) side(s Side) []*twinOrder {
	return w.sorted(func(o *twinOrder) bool { return o.Side == s && !o.armed }, func(o *twinOrder) int64 {
		if s == Buy {
			return -o.Price
		}
		return o.Price
	})
}

// waiting gives the stop orders of a side, the first to be reached first.
func (w *twin) waiting(s Side) []*twinOrder {
	return w.sorted(func(o *twinOrder) bool { return o.Side == s && o.armed }, func(o *twinOrder) int64 {
		if s == Sell {
			return -o.Stop
		}
		return o.Stop
	})
}

func (w *twin) sorted(which func(*twinOrder) bool, by func(*twinOrder) int64) []*twinOrder {
	var list []*twinOrder
	for _, o := range w.orders {
		if which(o) {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b *twinOrder) int { return cmp.Or(cmp.Compare(by(a), by(b)), cmp.Compare(a.rank, b.rank)) })
	return list
}

func (w *twin) remove(o *twinOrder) {
	w.orders = slices.DeleteFunc(w.orders, func(p *twinOrder) bool { return p == o })
}

// end cancels an order that stands somewhere.
func (w *twin) end(o *twinOrder, why Reason) {
	w.say(Report{ID: o.ID, Price: o.place(), Qty: o.Left, Kind: Cancelled, Reason: why, Side: o.Side})
	w.remove(o)
	w.waited[o.ID] = o.armed
}

func (o *twinOrder) place() int64 {
	if o.armed {
		return o.Stop
	}
	return o.Price
}

func (w *twin) endAll(why Reason, which func(*twinOrder) bool) {
	n := int64(0)
	for _, list := range [][]*twinOrder{w.side(Buy), w.side(Sell), w.waiting(Buy), w.waiting(Sell)} {
		for _, o := range list {
			if which(o) {
				w.end(o, why)
				n++
			}
		}
	}
	w.say(Report{Qty: n, Kind: Swept})
}

func (w *twin) turn(in *Input) {
	bids, asks := w.side(Buy), w.side(Sell)
	switch {
	case in.Phase > Halted:
		w.refuse(in, Malformed)
		return
	case in.Phase == Continuous && len(bids) > 0 && len(asks) > 0 && bids[0].Price >= asks[0].Price:
		w.refuse(in, Crossed)
		return
	}
	w.phase = in.Phase
	w.say(Report{Qty: int64(in.Phase), Kind: Turned})
	if w.phase == Continuous && w.traded {
		w.chain(w.lately, []int64{w.last})
	}
}

func (w *twin) enter(in *Input) {
	if why := w.judge(in); why != NoReason {
		w.refuse(in, why)
		return
	}
	w.top = max(w.top, in.ID)
	w.say(Report{ID: in.ID, Price: in.Price, Qty: in.Qty, Left: in.Qty, Kind: Accepted, Side: in.Side})
	o := &twinOrder{Order: Order{
		ID: in.ID, Price: in.Price, Stop: in.Stop, Left: in.Qty, Size: in.Qty, Display: in.Display, Until: in.Until,
		Owner: in.Owner, Trader: in.Trader, Member: in.Member, Side: in.Side, Type: in.Type, Life: in.Life, Guard: in.Guard,
		PostOnly: in.Flags&PostOnly != 0,
	}}
	if in.Type == StopMarket || in.Type == StopLimit {
		w.arm(o)
		return
	}
	w.chain(o.Side, w.come(o))
}

func (w *twin) arm(o *twinOrder) {
	o.armed, o.Shown = true, 0
	w.stand(o, Armed)
	if w.phase == Continuous && w.traded {
		w.chain(o.Side, []int64{w.last})
	}
}

// stand puts an order behind all others at its price and says so.
func (w *twin) stand(o *twinOrder, kind Kind) {
	w.remove(o)
	w.ranks++
	o.rank = w.ranks
	w.orders = append(w.orders, o)
	w.say(Report{ID: o.ID, Price: o.place(), Qty: o.Left, Left: o.Left, Shown: o.Shown, Kind: kind, Side: o.Side})
}

// chain lets the stop orders that trades at prices have reached come in, and those that these reach, in turn.
func (w *twin) chain(side Side, prices []int64) {
	var line []*twinOrder
	trigger := func(side Side, prices []int64) {
		for _, s := range []Side{side, side ^ 1} {
			for _, o := range w.waiting(s) {
				reached := slices.ContainsFunc(prices, func(p int64) bool { return s == Buy && p >= o.Stop || s == Sell && p <= o.Stop })
				if !reached {
					continue
				}
				w.say(Report{ID: o.ID, Price: o.Stop, Qty: o.Left, Left: o.Left, Kind: Triggered, Side: o.Side})
				w.remove(o)
				o.armed = false
				line = append(line, o)
			}
		}
	}
	trigger(side, prices)
	for ; len(line) > 0; line = line[1:] {
		o := line[0]
		o.Stop = 0
		if o.Type == StopLimit {
			o.Type = Limit
		} else {
			o.Type = Market
		}
		trigger(o.Side, w.come(o))
	}
}

// come lets an order trade and rest, and gives the prices at which it has traded.
func (w *twin) come(o *twinOrder) []int64 {
	var prices []int64
	why := NoReason
	if w.phase == Continuous {
		if o.Type == MarketToLimit {
			o.Price = w.side(o.Side ^ 1)[0].Price
		}
		for o.Left > 0 && why == NoReason {
			level := w.level(o)
			if len(level) == 0 {
				break
			}
			var price int64
			var traded bool
			price, traded, why = w.meet(o, level)
			if traded {
				prices = append(prices, price)
			}
		}
	}
	switch {
	case o.Left == 0:
		return prices
	case why == NoReason && o.Type == Market && len(prices) == 0:
		why = NoLiquidity
	case why == NoReason && (o.Type == Market || o.Life == Immediate || o.Life == AllOrNone):
		why = Rest
	}
	if why != NoReason {
		w.say(Report{ID: o.ID, Price: o.Price, Qty: o.Left, Kind: Cancelled, Reason: why, Side: o.Side})
		return prices
	}
	o.Type = Limit
	o.Shown = o.peak()
	w.stand(o, Rested)
	return prices
}

func (o *twinOrder) peak() int64 {
	if o.Display == 0 {
		return o.Left
	}
	return min(o.Display, o.Left)
}

// level gives the orders of the best price of the other side, if an order reaches it.
func (w *twin) level(o *twinOrder) []*twinOrder {
	other := w.side(o.Side ^ 1)
	if len(other) == 0 {
		return nil
	}
	best := other[0].Price
	if o.Type != Market && (o.Side == Buy && best > o.Price || o.Side == Sell && best < o.Price) {
		return nil
	}
	return slices.DeleteFunc(other, func(p *twinOrder) bool { return p.Price != best })
}

// meet lets an order meet a level: by time its first order, pro rata all of them.
func (w *twin) meet(o *twinOrder, level []*twinOrder) (int64, bool, Reason) {
	for i, p := range level {
		if i > 0 && w.rules.Weight == 0 {
			break
		}
		if o.Guard != GuardNone && o.Owner != 0 && o.Owner == p.Owner {
			return 0, false, w.own(o, p)
		}
	}
	price := level[0].Price
	if w.rules.Weight == 0 {
		w.trade(o, level[0], min(o.Left, level[0].Shown))
		return price, true, NoReason
	}
	for i, n := range w.portions(level, o.Left) {
		if n > 0 {
			w.trade(o, level[i], n)
		}
	}
	return price, true, NoReason
}

func (w *twin) own(o, p *twinOrder) Reason {
	switch o.Guard {
	case GuardResting:
		w.end(p, OwnTrade)
		return NoReason
	case GuardBoth:
		w.end(p, OwnTrade)
		return OwnTrade
	case GuardComing:
		return OwnTrade
	}
	n := min(o.Left, p.Left)
	if p.Left == n {
		w.end(p, OwnTrade)
	} else {
		w.lessen(p, n, OwnTrade)
	}
	o.Left -= n
	o.Size -= n
	kind := Reduced
	if o.Left == 0 {
		kind = Cancelled
	}
	w.say(Report{ID: o.ID, Price: o.Price, Qty: n, Left: o.Left, Kind: kind, Reason: OwnTrade, Side: o.Side})
	return NoReason
}

func (w *twin) lessen(p *twinOrder, n int64, why Reason) {
	p.Left -= n
	p.Size -= n
	p.Shown = min(p.Shown, p.Left)
	w.say(Report{ID: p.ID, Price: p.place(), Qty: n, Left: p.Left, Shown: p.Shown, Kind: Reduced, Reason: why, Side: p.Side})
}

func (w *twin) trade(o, p *twinOrder, n int64) {
	o.Left -= n
	p.Left -= n
	p.Shown -= n
	w.last, w.traded, w.lately = p.Price, true, o.Side
	w.say(Report{ID: p.ID, Other: o.ID, Price: p.Price, Qty: n, Left: p.Left, Shown: p.Shown, Kind: Traded, Side: p.Side})
	switch {
	case p.Left == 0:
		w.remove(p)
	case p.Shown == 0:
		p.Shown = p.peak()
		w.stand(p, Refreshed)
	}
}

// portions divides a quantity among the shown parts of a level.
func (w *twin) portions(level []*twinOrder, qty int64) []int64 {
	var shown, open []int64
	total := int64(0)
	for _, p := range level {
		shown = append(shown, p.Shown)
		total += p.Shown
	}
	if qty >= total {
		return shown
	}
	given := make([]int64, len(level))
	give := func(i int, n int64) int64 {
		n = min(n, shown[i]-given[i])
		given[i] += n
		return n
	}
	first := qty * w.rules.First / 10_000 / w.rules.Lot * w.rules.Lot
	for i, rest := 0, first; i < len(level); i++ {
		rest -= give(i, rest)
	}
	behind := []int64{total - first} // behind[i] is what is open from order i on.
	for i := range level {
		open = append(open, shown[i]-given[i])
		behind = append(behind, behind[i]-open[i])
	}
	left := qty - first
	for i := range level {
		part := new(big.Int).Sub(weigh(behind[i], behind[0], w.rules.Weight), weigh(behind[i+1], behind[0], w.rules.Weight))
		part.Rsh(part.Mul(part, big.NewInt(qty-first)), 63)
		if w.rules.Weight == 1 { // Plain pro rata is exact.
			part.Div(part.Mul(big.NewInt(open[i]), big.NewInt(qty-first)), big.NewInt(behind[0]))
		}
		left -= give(i, part.Int64()/w.rules.Lot*w.rules.Lot)
	}
	for i := range level {
		left -= give(i, left)
	}
	return given
}

// weigh gives (a/b)ᵏ in parts of 2⁶³, rounded down after each multiplication.
func weigh(a, b, k int64) *big.Int {
	fraction := new(big.Int).Lsh(big.NewInt(a), 63)
	fraction.Div(fraction, big.NewInt(b))
	p := new(big.Int).Set(fraction)
	for range k - 1 {
		p.Rsh(p.Mul(p, fraction), 63)
	}
	return p
}
