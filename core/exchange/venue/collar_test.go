package venue_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
)

// trading is a market whose first instrument trades continuously, after 1000 was its price.
func trading(t *testing.T) *market {
	m := open(t)
	m.must(venue.Input{Verb: venue.Begin, Instrument: 1})
	m.must(venue.Input{Verb: venue.Step, Instrument: 1, Step: auction.Input{Step: auction.BeginCall}})
	m.enter(1, 1, book.Input{Side: book.Sell, Price: 1000, Qty: 10})
	m.enter(1, 2, book.Input{Price: 1000, Qty: 10})
	for _, s := range []auction.Step{auction.BeginRandomEnd, auction.Freeze, auction.Strike} {
		m.now += 60 * second
		m.must(venue.Input{Verb: venue.Step, Instrument: 1, Step: auction.Input{Step: s}})
	}
	if d := m.v.Day(1); d.Phase != auction.Continuous || d.Last != auction.Ref(1000) {
		t.Fatalf("the market is %+v", d)
	}
	return m
}

// TestStopsInTheCollar: stop orders that are woken trade as far as the collar allows; what would trade outside of it stands, and a
// volatility call begins, in which it trades with the others.
func TestStopsInTheCollar(t *testing.T) {
	m := trading(t)
	for n, price := range []int64{1050, 1100, 1105} { // The collar ends at 1100.
		m.enter(1, 1, book.Input{Side: book.Sell, Price: price, Qty: 10 * int64(n+1)})
	}
	m.enter(1, 3, book.Input{Type: book.StopLimit, Price: 1200, Stop: 1050, Qty: 50})
	m.enter(1, 4, book.Input{Type: book.StopLimit, Price: 1100, Stop: 1050, Qty: 20})
	events := m.enter(1, 2, book.Input{Price: 1050, Qty: 10})
	var prices []int64
	for _, e := range events {
		if e.Kind == venue.Dealt {
			prices = append(prices, e.Trade.Price)
		}
	}
	if !slices.Equal(prices, []int64{1050, 1100}) {
		t.Errorf("it has traded at %v", prices)
	}
	if d := m.v.Day(1); d.Phase != auction.VolatilityCall || m.v.Book(1).Phase() != book.Collecting {
		t.Errorf("then it is %s", d.Phase)
	}
	left := map[uint32]int64{}
	for o := range m.v.Book(1).Orders(book.Buy) {
		left[o.Owner] = o.Left
	}
	if left[3] != 30 || left[4] != 20 {
		t.Errorf("of the stop orders %v are left", left)
	}
	for _, s := range []auction.Step{auction.BeginRandomEnd, auction.Freeze, auction.Strike} {
		m.now += 60 * second
		m.must(venue.Input{Verb: venue.Step, Instrument: 1, Step: auction.Input{Step: s, Auction: 0}})
	}
	if d := m.v.Day(1); d.Phase != auction.Continuous {
		t.Errorf("after the call it is %s", d.Phase)
	}
	if o, _ := m.v.Book(1).Best(book.Sell); o.Orders != 0 {
		t.Errorf("the asks were not served in the call: %+v", o)
	}
}

// TestNothingOutside: in random histories full of stop orders, no continuous trade is outside of the collar as it was before the
// input that caused it, and the market goes on.
func TestNothingOutside(t *testing.T) {
	held, deals := 0, 0
	for seed := *firstSeed; seed < *firstSeed+30; seed++ {
		m := trading(t)
		collar := share(1, shares).Collar
		dice := rand.New(rand.NewPCG(seed, 9))
		for n := range 500 {
			m.now += dice.Int64N(5 * second)
			before := m.v.Day(1)
			last, static := before.Last, before.Static
			events := m.do(m.drawStops(dice))
			for _, e := range events {
				if e.Kind != venue.Dealt {
					continue
				}
				if e.Trade.How == venue.HowAuction {
					last, static = auction.Ref(e.Trade.Price), auction.Ref(e.Trade.Price)
					continue
				}
				deals++
				if verdict := collar.Judge(e.Trade.Price, last, static); verdict != auction.Inside {
					t.Fatalf("seed %d, input %d: a trade at %d is %s of %+v and %+v", seed, n, e.Trade.Price, verdict, last, static)
				}
			}
			if b := m.v.Book(1); b.Held() && b.Phase() == book.Continuous {
				t.Fatalf("seed %d, input %d: somebody is held, and nothing stops", seed, n)
			} else if b.Held() || before.Phase == auction.Continuous && m.v.Day(1).Phase == auction.VolatilityCall {
				held++
			}
			if err := m.sound(); err != nil {
				t.Fatalf("seed %d, input %d: %v", seed, n, err)
			}
		}
	}
	if held < 10 || deals < 1000 {
		t.Errorf("%d calls and %d trades are too few to prove anything", held, deals)
	}
}

// drawStops gives an order, mostly a stop order, or takes a call further.
func (m *market) drawStops(dice *rand.Rand) venue.Input {
	next := map[auction.Phase]auction.Step{
		auction.VolatilityCall: auction.BeginRandomEnd, auction.RandomEnd: auction.Freeze, auction.Uncrossing: auction.Strike, auction.Halt: auction.Resume,
		auction.Call: auction.BeginRandomEnd,
	}
	d := m.v.Day(1)
	if step, follows := next[d.Phase]; follows && dice.IntN(4) == 0 {
		m.now += 30 * second
		return venue.Input{Verb: venue.Step, Instrument: 1, Step: auction.Input{Step: step, Auction: d.Auction}}
	}
	m.client++
	account := 1 + dice.Uint32N(6)
	member := uint16(1 + account%members)
	in := venue.Input{Verb: venue.Enter, Instrument: 1, Account: account, Member: member, Trader: uint32(member) * 10, Client: fmt.Sprint("c", m.client)}
	o := &in.Order
	o.Side, o.Qty = book.Side(dice.IntN(2)), 10*(1+dice.Int64N(3))
	o.Price = 5 * (d.Last.Price/5 - 30 + dice.Int64N(60))
	if dice.IntN(3) > 0 {
		o.Type, o.Stop = book.StopLimit, 5*(d.Last.Price/5-8+dice.Int64N(16))
		if dice.IntN(4) == 0 {
			o.Type, o.Price = book.StopMarket, 0
		}
	}
	return in
}
