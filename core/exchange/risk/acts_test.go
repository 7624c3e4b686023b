package risk

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

	"sauda/base/money"
	"sauda/core/exchange/book"
)

// endow gives everybody something, and says what forwards are worth.
func (m *market) endow() {
	for account := uint32(100); account < 108; account++ {
		for asset, amount := range map[uint32]int64{tenge: 30_000, dollar: 9000, share1: 60, share2: 40, grain: 50_000} {
			m.credit(account, asset, amount)
		}
	}
	for _, ins := range []uint32{14, 15} {
		if m.one(8) { // Later, perhaps.
			continue
		}
		m.agree(m.risk.Mark(ins, 90), NoReason)
		m.twin.mark[ins] = 90
	}
}

func (m *market) credit(account, asset uint32, amount int64) Reason {
	k := twinKey{account, asset}
	want := NoReason
	switch {
	case m.twin.memberOf[Party{Account, account}] == 0:
		want = UnknownAccount
	case amount <= 0:
		want = BadAmount
	case tooMuch(plus(amount)), tooMuch(plus(m.twin.supply[asset], amount)), tooMuch(plus(m.twin.settled[k], amount)),
		plus(m.twin.settled[k], m.twin.due[k], m.twin.awaits(k).Int64(), amount).Cmp(big.NewInt(most)) > 0:
		want = TooMuch
	default:
		m.twin.settled[k] += amount
		m.twin.supply[asset] += amount
	}
	m.agree(m.risk.Credit(account, asset, amount), want)
	return want
}

func (m *market) debit(account, asset uint32, amount int64) Reason {
	k := twinKey{account, asset}
	want := m.twin.lacking(k, big.NewInt(amount), BuyingPower)
	switch {
	case amount <= 0:
		want = BadAmount
	case want != NoReason:
	case amount > m.twin.settled[k]:
		want = NotThere
	default:
		m.twin.settled[k] -= amount
		m.twin.supply[asset] -= amount
	}
	m.agree(m.risk.Debit(account, asset, amount), want)
	return want
}

// act does something other than an order, on both, and says what.
func (m *market) act(saw func(Reason)) string {
	account, asset := m.account(), tenge+m.dice.Uint32N(6)
	switch m.dice.IntN(12) {
	case 0:
		amount := m.dice.Int64N(1000)
		if m.one(10) {
			amount = wild[m.dice.IntN(len(wild))]
		}
		saw(m.credit(account+m.dice.Uint32N(100)/99*50, asset, amount))
		return fmt.Sprintf("credit %d %d %d", account, asset, amount)
	case 1:
		amount := m.dice.Int64N(3000)
		saw(m.debit(account, asset, amount))
		return fmt.Sprintf("debit %d %d %d", account, asset, amount)
	case 2, 3, 4:
		saw(m.settle(twinKey{account + m.dice.Uint32N(50)/49*90, asset}))
		return fmt.Sprintf("settle %d %d", account, asset)
	case 5:
		ins := [...]uint32{14, 15}[m.dice.IntN(2)]
		price := m.dice.Int64N(200) - 20
		m.agree(m.risk.Mark(ins, price), NoReason)
		m.twin.mark[ins] = price
		return fmt.Sprintf("mark %d %d", ins, price)
	case 6:
		ins, price := m.instrument(), m.price(11, book.Buy)
		m.agree(m.risk.Reference(ins, price), NoReason)
		m.twin.ref[ins] = price
		return fmt.Sprintf("reference %d %d", ins, price)
	case 7:
		return m.bust(saw)
	case 8:
		return m.deliver(saw)
	case 9:
		return m.limit()
	default:
		return m.flip()
	}
}

// settle settles a part of something, sometimes more than there is.
func (m *market) settle(k twinKey) Reason {
	s := Settlement{Account: k.account, Asset: k.asset, Comes: m.dice.Int64N(400), Goes: m.dice.Int64N(400)}
	if k.asset == tenge {
		s.Comes, s.Goes = s.Comes*10, s.Goes*10
	}
	s.Unlocked = min(s.Comes, m.twin.locked[k])
	switch m.dice.IntN(12) {
	case 0:
		s.Unlocked += m.dice.Int64N(3)
	case 1:
		s.Goes = wild[m.dice.IntN(len(wild))]
	}
	t := m.twin
	want := NoReason
	net := plus(s.Comes, -s.Goes)
	has := plus(t.settled[k]).Add(plus(t.settled[k]), net)
	switch {
	case t.memberOf[Party{Account, k.account}] == 0:
		want = UnknownAccount
	case s.Comes < 0, s.Goes < 0, s.Unlocked < 0:
		want = BadAmount
	case tooMuch(plus(s.Comes)), tooMuch(plus(s.Goes)):
		want = TooMuch
	case s.Unlocked > s.Comes, s.Unlocked > t.locked[k]:
		want = NotDue
	case tooMuch(has) && has.Sign() > 0:
		want = TooMuch
	case net.Sign() < 0 && has.Sign() < 0:
		want = NotThere
	default:
		t.settled[k] += net.Int64()
		t.due[k] -= net.Int64()
		t.locked[k] -= s.Unlocked
	}
	m.agree(m.risk.Settled(s), want)
	return want
}

// bust busts one or both sides of a trade that has been.
func (m *market) bust(saw func(Reason)) string {
	if len(m.deals) == 0 {
		return "no bust"
	}
	n := m.dice.IntN(len(m.deals)) &^ 1
	pair := slices.Clone(m.deals[n : n+2])
	m.deals = append(m.deals[:n], m.deals[n+2:]...)
	slices.SortFunc(pair, func(a, b Trade) int { return cmp.Compare(a.Side, b.Side) })
	ended := []int64{0, pair[0].Qty, m.dice.Int64N(pair[0].Qty + 1)}[m.dice.IntN(3)]
	pair[0].Ended, pair[1].Ended = ended, ended
	var have Reason
	if m.one(5) {
		pair = pair[m.dice.IntN(2):][:1]
		have = m.risk.Bust(pair[0])
	} else {
		have = m.risk.BustTrade(pair[0], pair[1])
	}
	if have == TooMuch {
		panic("a bust is too much")
	}
	m.agree(have, m.undo(pair))
	saw(have)
	return fmt.Sprintf("bust %+v", pair)
}

// undo gives what a bust of some sides of a trade should come to: the twin reverses all of them or none.
func (m *market) undo(sides []Trade) Reason {
	t, i := m.twin, m.twin.ins[sides[0].Instrument]
	rate := func(d Trade) money.Rate { return [...]money.Rate{i.Maker, i.Taker, i.Auction}[d.Role] }
	fees := int64(0)
	for _, d := range sides {
		value := product(d.Price, d.Qty, i.Unit)
		fees += part(value, rate(d), false).Int64()
	}
	if t.fees[i.Currency] < fees {
		return NotDue
	}
	for _, d := range sides {
		asset, paid := twinKey{d.Account, i.Asset}, twinKey{d.Account, i.Currency}
		was := [2]int64{t.locked[asset], t.locked[paid]}
		t.move(&twinOrder{ins: d.Instrument, account: d.Account, trader: d.Trader, member: uint32(d.Member), side: d.Side}, d.Price, d.Qty, rate(d), -1)
		t.locked[asset], t.locked[paid] = was[0], was[1] // Of what is not over, that is locked no longer which still was.
		left := d.Qty - d.Ended
		switch {
		case i.Kind == Forward:
			for _, p := range t.parties(d.Account, d.Trader, uint32(d.Member)) {
				t.pos[twinStake{p, d.Instrument}] += (1 - 2*int64(d.Side)) * d.Ended
			}
		case d.Side == book.Buy && !i.Resale:
			t.locked[asset] -= min(was[0], left*i.Piece)
		case d.Side == book.Sell && !i.Proceeds && left > 0:
			fee := part(product(d.Price, d.Qty, i.Unit), rate(d), false).Int64()
			t.locked[paid] -= min(was[1], max(0, product(d.Price, left, i.Unit).Int64()-fee))
		}
		if sign := int64(1 - 2*int(d.Side)); i.Kind == Cash {
			m.skew[i.Currency] += sign * product(d.Price, d.Qty, i.Unit).Int64()
			m.skew[i.Asset] -= sign * d.Qty * i.Piece
		}
	}
	return NoReason
}

func (m *market) deliver(saw func(Reason)) string {
	account, ins := m.account(), m.instrument()
	pieces := m.dice.Int64N(30) - 15
	t := m.twin
	want := NoReason
	_, marked := t.mark[ins]
	switch {
	case pieces == 0:
		want = BadAmount
	case t.ins[ins].Kind == Forward && !marked:
		want = NotDue
	default:
		member := t.memberOf[Party{Account, account}]
		for _, p := range []Party{{Account, account}, {Member, member}, {Member, t.sponsor[member]}} {
			if p.ID != 0 {
				t.pos[twinStake{p, ins}] -= pieces
			}
		}
	}
	m.agree(m.risk.Delivered(account, ins, pieces), want)
	saw(want)
	return fmt.Sprintf("deliver %d %d %d", account, ins, pieces)
}

// limit sets limits or an override, mostly tight ones of one kind.
func (m *market) limit() string {
	p, l := m.party(), Limits{}
	switch m.dice.IntN(7) {
	case 0:
		l.Qty = 5 + m.dice.Int64N(20)
	case 1:
		l.Value = 300 + m.dice.Int64N(3000)
	case 2:
		l.Open = 1 + m.dice.Int64N(6)
	case 3:
		l.Position = 5 + m.dice.Int64N(60)
	case 4:
		l.Rate, l.Burst = 1+m.dice.Int64N(4), m.dice.Int64N(3)
	case 5:
		l.Window, l.Messages, l.Refusals = 1+m.dice.Int64N(5_000_000), m.dice.Int64N(6), 1+m.dice.Int64N(4)
	}
	r := m.twin.ruled[p]
	if m.one(3) {
		until := m.now + m.dice.Int64N(4_000_000)
		m.agree(m.risk.Override(p, l, until), NoReason)
		r.other, r.until = l, until
		return fmt.Sprintf("override %v %+v", p, l)
	}
	m.agree(m.risk.Limit(p, l), NoReason)
	r.limits = l
	return fmt.Sprintf("limit %v %+v", p, l)
}

// flip throws a switch, or takes one back, which most are.
func (m *market) flip() string {
	p := m.party()
	if m.one(12) || m.twin.ruled[Party{}].killed {
		p = Party{}
	}
	r := m.twin.ruled[p]
	if !r.killed && m.one(3) {
		m.agree(m.risk.Kill(p), NoReason)
		r.killed = true
		return fmt.Sprintf("kill %v", p)
	}
	for p, r := range m.twin.ruled {
		if r.killed {
			m.agree(m.risk.Lift(p), NoReason)
			r.killed, r.began, r.messages, r.refusals = false, 0, 0, 0
		}
	}
	return "lift all"
}
