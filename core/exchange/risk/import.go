package risk

import (
	"encoding/binary"
	"math"

	"sauda/base/money"
	"sauda/core/exchange/book"
	"sauda/core/exchange/slots"
)

// importing is a state that is read.
type importing struct {
	*Risk
	above []uint32 // above are the members and sponsors of parties, by their slots.
	bytes []byte
}

// Import gives the machine whose state Export gave, with memory for a number of open orders. Bytes that are no state, or
// one that contradicts itself, are ErrState.
func Import(orders int, bytes []byte) (*Risk, error) {
	if len(bytes) < len(stateMark) || string(bytes[:len(stateMark)]) != stateMark {
		return nil, ErrState.About("head of %d bytes", len(bytes))
	}
	m := importing{Risk: New(orders), bytes: bytes[len(stateMark):]}
	for _, t := range []struct {
		width, named int // named is how many numbers name a row.
		take         func(*row) bool
		then         func() bool
	}{
		{rowInstrument, 1, m.instrument, nil}, {rowAsset, 1, m.asset, nil}, {rowParty, 2, m.party, m.rise},
		{rowBalance, 2, m.balance, nil}, {rowStake, 3, m.stake, m.margins}, {rowOrder, 1, m.order, nil},
	} {
		if !m.each(t.width, t.named, t.take) || t.then != nil && !t.then() {
			return nil, ErrState.About("a table of rows of %d numbers", t.width)
		}
	}
	if len(m.bytes) > 0 {
		return nil, ErrState.About("%d bytes too many", len(m.bytes))
	}
	return m.Risk, nil
}

// row is a row of a table; bad once a number was not what it has to be.
type row struct {
	n   []int64
	bad bool
}

// within gives a number that is not below zero and not above a limit.
func (w *row) within(i int, limit int64) int64 {
	if w.n[i] < 0 || w.n[i] > limit {
		w.bad = true
		return 0
	}
	return w.n[i]
}

func (w *row) id(i int) uint32 { return uint32(w.within(i, math.MaxUint32)) }

// each reads the rows of a table; each is named by more than the one before.
func (m *importing) each(width, named int, take func(*row) bool) bool {
	if len(m.bytes) < 8 {
		return false
	}
	count := binary.LittleEndian.Uint64(m.bytes)
	m.bytes = m.bytes[8:]
	var before []int64
	for ; count > 0; count-- {
		if len(m.bytes) < 8*width {
			return false
		}
		w := row{n: make([]int64, width)}
		for i := range w.n {
			w.n[i] = int64(binary.LittleEndian.Uint64(m.bytes[8*i:]))
		}
		m.bytes = m.bytes[8*width:]
		if before != nil && compareRows(before[:named], w.n[:named]) >= 0 || !take(&w) || w.bad {
			return false
		}
		before = w.n
	}
	return true
}

func (m *importing) instrument(w *row) bool {
	rate := func(i int) money.Rate { return money.Rate(w.within(i, int64(money.One))) }
	may, told := w.within(11, 7), w.within(12, 3)
	terms := Instrument{
		ID: w.id(0), Asset: w.id(1), Currency: w.id(2), Kind: Kind(w.within(3, int64(kinds)-1)), Unit: w.n[4], Piece: w.n[5],
		Maker: rate(6), Taker: rate(7), Auction: rate(8), Margin: rate(9), Collar: rate(10),
		Resale: may&1 != 0, Proceeds: may&2 != 0, Short: may&4 != 0,
	}
	if w.bad || terms.Unit == 0 || terms.Piece == 0 || m.AddInstrument(terms) != NoReason {
		return false
	}
	i := &m.instruments[len(m.instruments)-1]
	i.marked, i.mark = told&1 != 0, w.n[13]
	fits := (i.marked || i.mark == 0) && (!i.marked || i.Kind == Forward) && magnitude(i.mark) <= most
	if told&2 == 0 {
		return fits && w.n[14] == 0
	}
	return fits && m.Reference(terms.ID, w.n[14]) == NoReason
}

func (m *importing) asset(w *row) bool {
	a := &m.assets[m.Risk.asset(w.id(0))]
	a.supply, a.fees, a.lent = w.within(1, most), w.within(2, 3*most), w.within(3, 3*most)
	return a.supply != 0 || a.fees != 0 || a.lent != 0
}

func (m *importing) party(w *row) bool {
	flags := w.within(3, 3)
	p := party{
		who: Who(w.within(0, int64(whos)-1)), id: w.id(1), killed: flags&1 != 0, short: flags&2 != 0,
		tokens: w.within(4, rateMax*perToken), at: w.n[5], began: w.n[6],
		messages: w.within(7, math.MaxInt64), refusals: w.within(8, math.MaxInt64), until: w.n[9],
		limits: limitsOf(w.n[10:19]), override: limitsOf(w.n[19:28]),
	}
	m.above = append(m.above, w.id(2))
	p.bound = p.limits != Limits{} || p.override != Limits{}
	if w.bad || p.short && p.who != Account || !p.limits.sound() || !p.override.sound() {
		return false
	}
	if p.who == Everybody {
		m.parties[0] = p
		return len(m.above) == 1 && p == party{killed: p.killed} && m.above[0] == 0
	}
	m.enrol(p)
	return p.id != 0 && (p.who != Member || p.id <= math.MaxUint16) && len(m.above) == len(m.parties)
}

func limitsOf(n []int64) Limits {
	return Limits{n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8]}
}

// rise finds the members and sponsors above parties, once all are there.
func (m *importing) rise() bool {
	if len(m.above) == 0 {
		return false
	}
	for slot := 1; slot < len(m.parties); slot++ {
		p := &m.parties[slot]
		p.above = m.byParty[Member].Find(uint64(m.above[slot]))
		if p.above == 0 && (p.who != Member || m.above[slot] != 0) {
			return false
		}
		if sponsor := m.above[slot]; p.who == Member && sponsor != 0 && m.above[p.above] != 0 { // It has none itself.
			return false
		}
	}
	return true
}

func (m *importing) balance(w *row) bool {
	account, id := w.id(0), w.id(1)
	if w.bad || m.byParty[Account].Find(uint64(account)) == 0 {
		return false
	}
	b := &m.balances[m.Risk.balance(account, id)]
	b.settled, b.due, b.locked = w.within(2, most), w.n[3], w.within(4, 3*most)
	return magnitude(b.due) <= 3*most && (b.settled != 0 || b.due != 0 || b.locked != 0)
}

func (m *importing) stake(w *row) bool {
	who := Who(w.within(0, int64(whos)-1))
	if w.bad || who == Everybody {
		return false
	}
	slot := m.seat(who, w.id(1), w.id(2))
	if slot == 0 || w.n[3] == 0 || magnitude(w.n[3]) > most {
		return false
	}
	s := &m.stakes[slot]
	s.pos = w.n[3]
	return m.instruments[s.ins].Kind == Cash || m.instruments[s.ins].marked
}

// margins holds the margins of all positions.
func (m *importing) margins() bool {
	for slot := range m.stakes {
		s := &m.stakes[slot]
		if s.who != Account {
			continue
		}
		margin, ok := m.instruments[s.ins].margin(s.pos, s.open)
		if !ok || m.balances[s.holds[book.Buy]].margin > most-margin {
			return false
		}
		m.secure(s)
	}
	return true
}

// order opens an order as it was: what it asks for was judged when it came.
func (m *importing) order(w *row) bool {
	side := book.Side(w.within(5, int64(book.Sell)))
	member := uint16(w.within(4, math.MaxUint16))
	seats, why := m.seatsOf(w.id(1), actor{w.id(2), w.id(3), member})
	if w.bad || why != NoReason {
		return false
	}
	own := &m.stakes[seats[0]]
	i := &m.instruments[own.ins]
	m.ask = asking{price: w.n[6], left: w.n[7], more: w.n[7], side: side, eases: true}
	if m.judgeTerms(i) != NoReason || !m.holds(i, own) {
		return false
	}
	for _, slot := range seats {
		if slot != 0 && m.ask.judgeReach(&m.stakes[slot]) != NoReason {
			return false
		}
	}
	slot := m.slot()
	o := m.orders.At(slot)
	*o = order{
		id: uint64(w.n[0]), account: seats[0], trader: seats[1], member: seats[2], side: side, traded: w.within(8, most),
	}
	m.byOrder.Put(slots.Hash(o.id), slot)
	m.reform(o, w.n[6], w.n[7], 0)
	return true
}

// holds says whether what an order needs can be counted beside what is held already.
func (m *importing) holds(i *instrument, own *stake) bool {
	a := &m.ask
	paid, asset := &m.balances[own.holds[book.Buy]], &m.balances[own.holds[book.Sell]]
	need := i.worst(a.side, a.price, a.left)
	switch {
	case i.Kind == Forward:
		open := own.open
		open[a.side] += a.left
		margin, ok := i.margin(own.pos, open)
		return ok && paid.margin-own.margin <= most-margin && paid.held <= 4*most-need-1
	case a.side == book.Buy:
		return asset.settled+asset.due+asset.awaits <= most-a.left*i.Piece && paid.held <= 4*most-need-1
	}
	return asset.settled+asset.due-asset.held >= need-most
}
