package risk

import (
	"bytes"
	"flag"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"sauda/core/exchange/book"
)

var (
	operations = flag.Int("operations", 60_000, "how many random operations the fast and the obvious machine are compared over")
	firstSeed  = flag.Uint64("seed", 1, "the first seed of those operations")
)

// TestTwins: over random operations of every kind through real books the fast machine answers as the obvious one does,
// and after each of them both have the same balances, holds, margins, positions and switches; each asset is conserved;
// what is held is what the open orders of the books cost at worst; and its state, exported and imported, goes on alike.
//
//	go test ./core/exchange/risk -run TestTwins -args -operations 1000000 -seed 77
func TestTwins(t *testing.T) {
	const run = 2000 // A new market for each, so that a failing seed is soon replayed.
	var seen [reasons]int
	whose := make(map[Who]int)
	for done, seed := 0, *firstSeed; done < *operations; done, seed = done+run, seed+1 {
		if err := trade(seed, run, func(why Reason) { seen[why.Rule()]++; whose[why.Who()]++ }); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	for why, n := range seen {
		if n == 0 && !slices.Contains([]Reason{Known, UnknownMember, BadTerms}, Reason(why)) {
			t.Errorf("the reason %q was never given", Reason(why).Code())
		}
	}
	for _, who := range []Who{Account, Trader, Member, Sponsor} {
		if whose[who] == 0 {
			t.Errorf("no limit of a %v was reached", who)
		}
	}
}

// trade runs a market for a number of operations.
func trade(seed uint64, run int, saw func(Reason)) (err error) {
	step, what := 0, ""
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("step %d, %s: %v", step, what, p)
		}
	}()
	m := newMarket(seed)
	m.endow()
	for ; step < run; step++ {
		if m.one(4) {
			what = m.act(saw)
		} else {
			ins, in := m.order()
			what = fmt.Sprintf("instrument %d %+v", ins, in)
			if err := m.send(ins, in, saw); err != nil {
				return fmt.Errorf("step %d, %s: %w", step, what, err)
			}
		}
		m.risk.Alarms()
		if err := m.examine(); err != nil {
			return fmt.Errorf("after step %d, %s: %w", step, what, err)
		}
		if m.one(40) {
			made, err := Import(4, m.risk.Export(nil))
			if err != nil || made.Hash() != m.risk.Hash() {
				return fmt.Errorf("after step %d, %s: the state is imported as another: %w", step, what, err)
			}
			m.risk = made
		}
	}
	return nil
}

// send lets both judge an input, and when they take it the book and then both follow.
func (m *market) send(ins uint32, in book.Input, saw func(Reason)) error {
	var parties []party
	var before []byte
	if look := m.one(5); look {
		parties, before = slices.Clone(m.risk.parties), m.risk.Export(nil)
	}
	have, want := m.risk.Take(ins, &in), m.twin.take(ins, &in)
	if saw(have); have != want {
		return fmt.Errorf("%v %q, wanted is %v %q", have.Who(), have.Code(), want.Who(), want.Code())
	}
	if have != NoReason && parties == nil {
		return nil
	}
	if have != NoReason {
		now := m.risk.parties
		m.risk.parties = parties
		if !bytes.Equal(before, m.risk.Export(nil)) {
			return fmt.Errorf("a refusal changes more than counts")
		}
		m.risk.parties = now
		return nil
	}
	b := m.books[ins]
	if b == nil {
		return nil
	}
	reports := b.Apply(&in, nil)
	for _, rep := range reports {
		if rep.Kind == book.Traded {
			m.remember(ins, rep)
		}
	}
	m.risk.Follow(ins, reports)
	m.twin.follow(reports)
	if in.Verb == book.Enter {
		if _, here := b.Find(in.ID); here && reports[0].Kind != book.Refused {
			m.live = append(m.live, in.ID)
			m.where[in.ID] = ins
		}
	}
	if len(m.live) > 60 {
		m.live = slices.DeleteFunc(m.live, func(id uint64) bool { _, here := m.books[m.where[id]].Find(id); return !here })
	}
	return nil
}

// remember keeps both sides of a trade, for busts.
func (m *market) remember(ins uint32, rep book.Report) {
	for n, id := range []uint64{rep.ID, rep.Other} {
		o := m.twin.orders[id]
		m.deals = append(m.deals, Trade{
			Instrument: ins, Account: o.account, Trader: o.trader, Member: uint16(o.member), Side: o.side, Role: Role(n),
			Price: rep.Price, Qty: rep.Qty,
		})
	}
}

// examine compares all that both know, and holds it to what must be true.
func (m *market) examine() error {
	live := 0
	for ins, b := range m.books {
		live += b.Live()
		for _, list := range []func(book.Side) func(func(book.Order) bool){
			func(s book.Side) func(func(book.Order) bool) { return b.Orders(s) },
			func(s book.Side) func(func(book.Order) bool) { return b.Stops(s) },
		} {
			for _, side := range []book.Side{book.Buy, book.Sell} {
				for o := range list(side) {
					if have, here := m.risk.Find(o.ID); !here || have.Left != o.Left || have.Price != o.Price || have.Instrument != ins {
						return fmt.Errorf("order %+v stands in the book, but %+v here", o, have)
					}
				}
			}
		}
	}
	if m.risk.Live() != live {
		return fmt.Errorf("%d orders are open, but %d stand in the books", m.risk.Live(), live)
	}
	stakes, orders, held := m.twin.tally()
	if err := m.examineBalances(held); err != nil {
		return err
	}
	return m.examineParties(stakes, orders)
}

func (m *market) examineParties(stakes map[twinStake]Stake, orders map[Party]int64) error {
	for p, want := range m.twin.ruled {
		if open, killed := m.risk.Standing(p); open != orders[p] || killed != want.killed {
			return fmt.Errorf("%v: %d open, killed %v", p, open, killed)
		}
		for ins := range m.books {
			want := stakes[twinStake{p, ins}]
			want.Position = m.twin.pos[twinStake{p, ins}]
			if have := m.risk.Stake(p, ins); have != want {
				return fmt.Errorf("%v in %d: %+v, wanted is %+v", p, ins, have, want)
			}
		}
	}
	return nil
}

func (m *market) examineBalances(held map[twinKey]*big.Int) error {
	for asset := tenge; asset <= dollar; asset++ {
		sum := new(big.Int)
		for account := uint32(100); account < 108; account++ {
			k := twinKey{account, asset}
			b := m.risk.Balance(account, asset)
			want := Balance{m.twin.settled[k], m.twin.due[k], m.twin.locked[k], 0, m.twin.margins(k).Int64(), 0}
			if held[k] != nil {
				want.Held = held[k].Int64()
			}
			want.Free = want.Settled + want.Due - want.Locked - want.Held - want.Margin
			if b != want {
				return fmt.Errorf("account %d has of asset %d\n  %+v, wanted is\n  %+v", account, asset, b, want)
			}
			sum.Add(sum, plus(b.Settled, b.Due))
		}
		all, fees := m.risk.Supply(asset)
		if all != m.twin.supply[asset] || fees != m.twin.fees[asset] {
			return fmt.Errorf("asset %d: %d in all and %d fees, wanted are %d and %d", asset, all, fees, m.twin.supply[asset], m.twin.fees[asset])
		}
		if sum.Add(sum, big.NewInt(fees)).Cmp(plus(all, m.skew[asset])) != 0 {
			return fmt.Errorf("asset %d is not conserved: %v, not %d and %d", asset, sum, all, m.skew[asset])
		}
	}
	return nil
}
