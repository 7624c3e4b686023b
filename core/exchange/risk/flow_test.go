package risk

import (
	"math"
	"math/rand/v2"

	"sauda/base/money"
	"sauda/core/exchange/book"
)

// tenge and the goods are the assets of the tests.
const (
	tenge uint32 = 1 + iota
	share1
	share2
	grain
	metal
	dollar
)

// terms are the instruments of the tests: settled later with everything locked, settled at once with nothing locked and
// short sales, in odd pieces, forwards without and with fees, and one paid in another currency.
var terms = []Instrument{
	{ID: 11, Asset: share1, Currency: tenge, Maker: 500, Taker: 1500, Auction: 900, Collar: money.Percent(10)},
	{ID: 12, Asset: share1, Currency: tenge, Resale: true, Proceeds: true, Short: true, Taker: 333},
	{ID: 13, Asset: grain, Currency: tenge, Unit: 7, Piece: 1000, Maker: 10_000, Taker: 20_000, Auction: 15_000, Proceeds: true, Collar: money.Percent(20)},
	{ID: 14, Asset: metal, Currency: tenge, Kind: Forward, Unit: 10, Margin: money.Percent(12), Collar: money.Percent(30)},
	{ID: 15, Asset: grain, Currency: dollar, Kind: Forward, Margin: 55_555, Maker: 777, Taker: 999},
	{ID: 16, Asset: share2, Currency: dollar, Resale: true, Short: true, Auction: money.Percent(1)},
}

// market is a machine, its twin, and the books of its instruments.
type market struct {
	risk  *Risk
	twin  *twin
	books map[uint32]*book.Book
	skew  map[uint32]int64 // skew is what trades of which only one side was busted have left.
	deals []Trade
	dice  *rand.Rand
	now   int64
	next  uint64
	live  []uint64
	where map[uint64]uint32
}

func newMarket(seed uint64) *market {
	m := &market{
		risk: New(8), twin: newTwin(), books: make(map[uint32]*book.Book), skew: make(map[uint32]int64),
		dice: rand.New(rand.NewPCG(seed, 9)), where: make(map[uint64]uint32), now: 1_000_000,
	}
	for _, i := range terms {
		m.add(i)
	}
	for _, f := range [][2]uint16{{1, 0}, {2, 1}, {3, 1}, {4, 0}} {
		m.agree(m.risk.AddMember(f[0], f[1]), NoReason)
		m.twin.sponsor[uint32(f[0])] = uint32(f[1])
		m.twin.ruled[Party{Member, uint32(f[0])}] = &twinParty{}
	}
	for n := range uint32(8) {
		member := 1 + n%4
		for _, p := range []Party{{Trader, 200 + n}, {Account, 100 + n}} {
			m.twin.memberOf[p], m.twin.ruled[p] = member, &twinParty{}
		}
		m.twin.short[100+n] = n >= 4
		m.agree(m.risk.AddTrader(200+n, uint16(member)), NoReason)
		m.agree(m.risk.OpenAccount(100+n, uint16(member), n >= 4), NoReason)
	}
	return m
}

func (m *market) add(i Instrument) {
	m.agree(m.risk.AddInstrument(i), NoReason)
	i.Unit, i.Piece = max(i.Unit, 1), max(i.Piece, 1)
	m.twin.ins[i.ID] = i
	b, err := book.New(book.Rules{Window: 64, Negative: i.Kind == Forward, OrdersMemory: 64})
	if err != nil {
		panic(err)
	}
	m.books[i.ID] = b
}

// agree panics when two answers are not the same: what is compared in loops finds the seed.
func (m *market) agree(have, want Reason) {
	if have != want {
		panic("the answer is " + have.Who().String() + " " + have.Code() + ", wanted is " + want.Who().String() + " " + want.Code())
	}
}

func (m *market) one(in int) bool { return m.dice.IntN(in) == 0 }

func (m *market) account() uint32 { return 100 + m.dice.Uint32N(8) }

func (m *market) instrument() uint32 { return terms[m.dice.IntN(len(terms))].ID }

func (m *market) party() Party {
	n := m.dice.Uint32N(8)
	return [...]Party{{Account, 100 + n}, {Trader, 200 + n}, {Member, 1 + n%4}}[m.dice.IntN(3)]
}

var wild = []int64{0, -1, 1, 13, -50, 1 << 31, 1 << 37, 1 << 40, 1 << 58, 1 << 60, 1<<60 + 1, math.MaxInt64, math.MinInt64, math.MinInt64 + 1}

// order gives an input for a book, good or bad.
func (m *market) order() (uint32, book.Input) {
	m.now += m.dice.Int64N(300_000)
	ins := m.instrument()
	in := book.Input{Time: m.now, Verb: book.Enter, Life: book.Lasting, Side: book.Side(m.dice.UintN(2))}
	switch n := m.dice.IntN(100); {
	case n < 16 && len(m.live) > 0:
		in.Verb, in.ID = book.Cancel, m.live[m.dice.IntN(len(m.live))]
		ins = m.where[in.ID]
	case n < 34 && len(m.live) > 0:
		ins = m.change(&in)
	case n == 34:
		in.Verb, in.Member = book.CancelAll, uint16(m.dice.UintN(5))
	case n == 35:
		in.Verb, in.Flags = book.Expire, book.EndOfDay
	case n < 39:
		in.Verb, in.Phase = book.Turn, book.Phase(m.dice.UintN(3))
	default:
		m.fresh(&in, ins)
	}
	if b := m.books[ins]; in.Verb != book.Turn && b.Phase() != book.Continuous && m.one(4) {
		in = m.wayBack(b)
	}
	if m.one(20) {
		n := wild[m.dice.IntN(len(wild))]
		switch m.dice.IntN(9) {
		case 0:
			in.Price = n
		case 1:
			in.Qty = n
		case 2:
			in.Price, in.Qty = 1<<40, 1<<36
		case 3:
			in.Owner = m.dice.Uint32N(300)
		case 4:
			in.Trader = m.dice.Uint32N(300)
		case 5:
			in.Member = uint16(m.dice.UintN(8))
		case 6:
			in.Type = book.Type(m.dice.UintN(7))
		case 7:
			in.Side = book.Side(m.dice.UintN(4))
		case 8:
			ins = m.dice.Uint32N(30)
		}
	}
	return ins, in
}

// wayBack gives what brings a book back to continuous trading.
func (m *market) wayBack(b *book.Book) book.Input {
	bid, bids := b.Best(book.Buy)
	ask, asks := b.Best(book.Sell)
	if bids && asks && bid.Price >= ask.Price {
		for o := range b.Orders(book.Buy) {
			return book.Input{Verb: book.Cancel, ID: o.ID, Time: m.now}
		}
	}
	return book.Input{Verb: book.Turn, Phase: book.Continuous, Time: m.now}
}

func (m *market) price(ins uint32, s book.Side) int64 {
	n := m.dice.Int64N(14) - 4
	if s == book.Buy {
		n = -n
	}
	if m.one(30) {
		n *= 6
	}
	if ins == 14 { // Around nothing, as spreads are.
		return n - 1
	}
	return 100 + n
}

func (m *market) fresh(in *book.Input, ins uint32) {
	m.next++
	in.ID = m.next
	if m.one(60) && len(m.live) > 0 {
		in.ID = m.live[m.dice.IntN(len(m.live))]
	}
	n := m.dice.Uint32N(8)
	in.Owner, in.Trader, in.Member = 100+n, 200+(n+4*m.dice.Uint32N(2))%8, uint16(1+n%4)
	in.Price, in.Qty = m.price(ins, in.Side), 1+m.dice.Int64N(20)
	in.Guard = book.Guard(m.dice.UintN(5))
	switch m.dice.IntN(12) {
	case 0:
		in.Life = book.Immediate
	case 1:
		in.Life = book.AllOrNone
	case 2:
		in.Type, in.Stop = book.StopLimit, m.price(ins, in.Side.Opposite())
	case 3:
		in.Display = 1 + in.Qty/3
	case 4:
		in.Life = book.Day
	case 5:
		in.Min = 1
	case 6:
		in.Flags = book.PostOnly
	}
}

// change draws a Replace of an open order.
func (m *market) change(in *book.Input) uint32 {
	in.Verb, in.ID = book.Replace, m.live[m.dice.IntN(len(m.live))]
	ins := m.where[in.ID]
	o, here := m.books[ins].Find(in.ID)
	if !here {
		in.Price, in.Qty = 100, 3
		return ins
	}
	in.Price, in.Qty, in.Stop, in.Display = o.Price, o.Left, o.Stop, min(o.Display, o.Left)
	if m.one(2) {
		in.Qty = max(1, in.Qty-m.dice.Int64N(5))
	} else if m.one(2) {
		in.Qty = 1 + m.dice.Int64N(25)
	}
	if m.one(2) {
		in.Price = m.price(ins, o.Side)
	}
	if m.one(4) {
		in.Flags = book.Total
		in.Qty += m.dice.Int64N(6)
	}
	if m.one(3) {
		in.Owner = o.Owner
	}
	return ins
}
