package risk

import (
	"math/big"

	"sauda/base/money"
	"sauda/core/exchange/book"
)

// twin is the slow, obvious machine: maps, numbers without end, and everything that follows from open orders is counted
// anew whenever somebody asks. It is the oracle of the fast one and shares nothing with it but the nouns.
type twin struct {
	ins      map[uint32]Instrument
	mark     map[uint32]int64
	ref      map[uint32]int64
	sponsor  map[uint32]uint32
	memberOf map[Party]uint32
	short    map[uint32]bool
	ruled    map[Party]*twinParty
	orders   map[uint64]*twinOrder
	settled  map[twinKey]int64
	due      map[twinKey]int64
	locked   map[twinKey]int64
	pos      map[twinStake]int64
	supply   map[uint32]int64
	fees     map[uint32]int64
	undo     func()
	now      int64
}

type twinKey struct{ account, asset uint32 }

type twinStake struct {
	party Party
	ins   uint32
}

type twinParty struct {
	limits, other      Limits
	until              int64
	killed             bool
	tokens             *big.Int // tokens is nil as long as there are as many as can be.
	at                 int64
	began              int64
	messages, refusals int64
}

type twinOrder struct {
	id          uint64
	ins         uint32
	account     uint32
	trader      uint32
	member      uint32
	side        book.Side
	price, left int64
	traded      int64
}

func newTwin() *twin {
	return &twin{
		ins: make(map[uint32]Instrument), mark: make(map[uint32]int64), ref: make(map[uint32]int64),
		sponsor: make(map[uint32]uint32), memberOf: make(map[Party]uint32), short: make(map[uint32]bool),
		ruled: map[Party]*twinParty{{}: {}}, orders: make(map[uint64]*twinOrder), settled: make(map[twinKey]int64),
		due: make(map[twinKey]int64), locked: make(map[twinKey]int64), pos: make(map[twinStake]int64),
		supply: make(map[uint32]int64), fees: make(map[uint32]int64),
	}
}

func product(numbers ...int64) *big.Int {
	p := big.NewInt(1)
	for _, n := range numbers {
		p.Mul(p, new(big.Int).Abs(big.NewInt(n)))
	}
	return p
}

func plus(numbers ...int64) *big.Int {
	s := new(big.Int)
	for _, n := range numbers {
		s.Add(s, big.NewInt(n))
	}
	return s
}

func tooMuch(n *big.Int) bool { return n.CmpAbs(big.NewInt(most)) > 0 }

// part gives a rate of an amount, rounded down or up.
func part(n *big.Int, rate money.Rate, up bool) *big.Int {
	q, rest := new(big.Int).QuoRem(new(big.Int).Mul(n, big.NewInt(int64(rate))), big.NewInt(int64(money.One)), new(big.Int))
	if up && rest.Sign() != 0 {
		q.Add(q, big.NewInt(1))
	}
	return q
}

// holds gives what an order would hold.
func (w *twin) holds(i Instrument, side book.Side, price, left int64) *big.Int {
	value := product(price, left, i.Unit)
	fee := part(value, max(i.Maker, i.Taker, i.Auction), false)
	switch {
	case i.Kind == Forward:
		return fee
	case side == book.Sell:
		return product(left, i.Piece)
	}
	return value.Add(value, fee)
}

// held gives what all open orders of an account hold of an asset.
func (w *twin) held(k twinKey) *big.Int {
	sum := new(big.Int)
	for _, o := range w.orders {
		if o.account != k.account {
			continue
		}
		i := w.ins[o.ins]
		of := i.Currency
		if o.side == book.Sell && i.Kind == Cash {
			of = i.Asset
		}
		if of == k.asset {
			sum.Add(sum, w.holds(i, o.side, o.price, o.left))
		}
	}
	return sum
}

// awaits gives what all open orders of an account may bring of an asset.
func (w *twin) awaits(k twinKey) *big.Int {
	sum := new(big.Int)
	for _, o := range w.orders {
		if i := w.ins[o.ins]; o.account == k.account && i.Asset == k.asset && o.side == book.Buy && i.Kind == Cash {
			sum.Add(sum, product(o.left, i.Piece))
		}
	}
	return sum
}

// parties are those for whom an order counts, in the order in which their limits are asked.
func (w *twin) parties(account, trader, member uint32) []Party {
	all := []Party{{Account, account}, {Trader, trader}, {Member, member}}
	if s := w.sponsor[member]; s != 0 {
		all = append(all, Party{Member, s})
	}
	return all
}

// openOf gives how much of each side is open for a party in an instrument, and in how many orders in all.
func (w *twin) openOf(p Party, ins uint32) (buys, sells, orders int64) {
	for _, o := range w.orders {
		switch p {
		case Party{Account, o.account}, Party{Trader, o.trader}, Party{Member, o.member}, Party{Member, w.sponsor[o.member]}:
		default:
			continue
		}
		orders++
		switch {
		case o.ins != ins:
		case o.side == book.Buy:
			buys += o.left
		default:
			sells += o.left
		}
	}
	return buys, sells, orders
}

// tally counts what is open for everybody, and what that holds.
func (w *twin) tally() (map[twinStake]Stake, map[Party]int64, map[twinKey]*big.Int) {
	stakes, orders, held := make(map[twinStake]Stake), make(map[Party]int64), make(map[twinKey]*big.Int)
	for _, o := range w.orders {
		i := w.ins[o.ins]
		k := twinKey{o.account, i.Currency}
		if o.side == book.Sell && i.Kind == Cash {
			k.asset = i.Asset
		}
		if held[k] == nil {
			held[k] = new(big.Int)
		}
		held[k].Add(held[k], w.holds(i, o.side, o.price, o.left))
		for _, p := range w.parties(o.account, o.trader, o.member) {
			orders[p]++
			s := stakes[twinStake{p, o.ins}]
			if o.side == book.Buy {
				s.Buys += o.left
			} else {
				s.Sells += o.left
			}
			stakes[twinStake{p, o.ins}] = s
		}
	}
	return stakes, orders, held
}

// marginFor gives the margin of an account in a forward, with so much more open.
func (w *twin) marginFor(account, ins uint32, moreBuys, moreSells int64) (*big.Int, bool) {
	i := w.ins[ins]
	if i.Kind != Forward {
		return new(big.Int), true
	}
	pos := w.pos[twinStake{Party{Account, account}, ins}]
	buys, sells, _ := w.openOf(Party{Account, account}, ins)
	up, down := plus(pos, buys, moreBuys), plus(pos, -sells, -moreSells)
	if up.CmpAbs(down) < 0 {
		up = down
	}
	value := product(w.mark[ins], i.Unit)
	value.Mul(value, up.Abs(up))
	return part(value, i.Margin, true), !tooMuch(value)
}

// margins gives all margins of an account in a currency.
func (w *twin) margins(k twinKey) *big.Int {
	sum := new(big.Int)
	for ins, i := range w.ins {
		if i.Currency == k.asset && i.Kind == Forward {
			m, _ := w.marginFor(k.account, ins, 0, 0)
			sum.Add(sum, m)
		}
	}
	return sum
}

// free gives what an account may use of an asset.
func (w *twin) free(k twinKey) *big.Int {
	free := plus(w.settled[k], w.due[k], -w.locked[k])
	return free.Sub(free.Sub(free, w.held(k)), w.margins(k))
}

func (w *twin) take(ins uint32, in *book.Input) Reason {
	w.undo, w.now = nil, in.Time
	switch in.Verb {
	case book.Enter:
		return w.enter(ins, in)
	case book.Replace:
		if o := w.orders[in.ID]; o != nil && o.ins == ins {
			return w.replace(o, in)
		}
	case book.Cancel:
		if o := w.orders[in.ID]; o != nil && o.ins == ins {
			w.count(w.parties(o.account, o.trader, o.member), 1, 0)
		}
	}
	return NoReason
}

func (w *twin) known(ins uint32, account, trader, member uint32) Reason {
	_, here := w.ins[ins]
	firm, open := w.memberOf[Party{Account, account}]
	desk, named := w.memberOf[Party{Trader, trader}]
	switch {
	case !here:
		return UnknownInstrument
	case !open:
		return UnknownAccount
	case !named:
		return UnknownTrader
	case w.ruled[Party{Member, member}] == nil:
		return UnknownMember
	case firm != member || desk != member:
		return NotOfMember
	}
	return NoReason
}

func (w *twin) enter(ins uint32, in *book.Input) Reason {
	if why := w.known(ins, in.Owner, in.Trader, uint32(in.Member)); why != NoReason {
		return why
	}
	all := w.parties(in.Owner, in.Trader, uint32(in.Member))
	w.count(all, 1, 0)
	o := &twinOrder{id: in.ID, ins: ins, account: in.Owner, trader: in.Trader, member: uint32(in.Member), side: in.Side, price: in.Price, left: in.Qty}
	why := NoReason
	switch {
	case in.Side > book.Sell, in.Type > book.StopLimit:
		why = Malformed
	case in.Type == book.Market, in.Type == book.MarketToLimit, in.Type == book.StopMarket:
		why = NoLimit
	case w.orders[in.ID] != nil:
		why = DuplicateID
	default:
		why = w.judge(all, nil, o)
	}
	if why != NoReason {
		w.count(all, 0, 1)
		return why
	}
	w.spend(all)
	w.orders[in.ID] = o
	w.undo = func() { delete(w.orders, in.ID); w.count(all, 0, 1) }
	return NoReason
}

func (w *twin) replace(o *twinOrder, in *book.Input) Reason {
	all := w.parties(o.account, o.trader, o.member)
	w.count(all, 1, 0)
	will := *o
	will.price, will.left = in.Price, in.Qty
	if in.Flags&book.Total != 0 {
		will.left = in.Qty - o.traded
	}
	why := NoReason
	switch {
	case in.Owner != 0 && in.Owner != o.account, in.Trader != 0 && in.Trader != o.trader, in.Member != 0 && uint32(in.Member) != o.member:
		why = NotOwner
	case in.Qty <= 0:
		why = BadQty
	case will.left <= 0:
		why = HasTraded
	default:
		why = w.judge(all, o, &will)
	}
	if why != NoReason {
		w.count(all, 0, 1)
		return why
	}
	w.spend(all)
	was := *o
	*o = will
	w.undo = func() { *o = was; w.count(all, 0, 1) }
	return NoReason
}
