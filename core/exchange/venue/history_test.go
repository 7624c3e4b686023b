package venue_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"sauda/base/money"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
)

var firstSeed = flag.Uint64("seed", 1, "the first seed of random histories")

const (
	tenge   = 1
	shares  = 10
	wheat   = 11
	second  = 1_000_000
	members = 2
)

// market is a venue with two instruments, two members with two traders each and six accounts, and all that went into it.
type market struct {
	t      testing.TB
	v      *venue.Venue
	inputs [][]byte
	events []venue.Event
	now    int64
	client int
	paid   map[uint32]int64 // paid is what was paid in of each asset, less what was paid out.
}

func body(t testing.TB, of any) []byte {
	t.Helper()
	b, err := json.Marshal(of)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// share gives an instrument with a collar of a tenth and an opening and a closing auction.
func share(number, asset uint32) venue.Instrument {
	rule, err := auction.RuleOf("kase", nil)
	if err != nil {
		panic(err)
	}
	return venue.Instrument{
		Code: fmt.Sprintf("KZ%d", number), Rules: book.Rules{Ticks: []book.Band{{Tick: 5}}, Lot: 10}, Auction: rule,
		Collar:     auction.Collar{Dynamic: money.Percent(10), Static: money.Percent(20), Extended: money.Percent(40)},
		Plan:       auction.Plan{Due: []auction.Due{{Auction: auction.Opening}, {Auction: auction.Closing}}, RandomMax: 30 * second, TradeAtClose: true},
		Protection: money.Percent(5), Reference: auction.Ref(1000),
		Risk: risk.Instrument{ID: number, Asset: asset, Currency: tenge, Maker: 100, Taker: 200, Auction: 150, Resale: true, Proceeds: true},
	}
}

func open(t testing.TB) *market {
	m := &market{t: t, v: venue.New(), now: 1_000 * second, paid: map[uint32]int64{}}
	m.must(venue.Input{Verb: venue.List, Instrument: 1, Body: body(t, share(1, shares))})
	m.must(venue.Input{Verb: venue.List, Instrument: 2, Body: body(t, share(2, wheat))})
	for account := uint32(1); account <= 6; account++ {
		member := uint16(1 + account%members)
		m.must(venue.Input{Verb: venue.Admit, Body: body(t, venue.Admission{
			Member: member, Traders: []uint32{uint32(member) * 10, uint32(member)*10 + 1},
			Account: &venue.Account{Number: account, Code: fmt.Sprintf("A%d", account), Member: member, Traders: []uint32{uint32(member) * 10}},
		})})
		for asset, amount := range map[uint32]int64{tenge: 50_000_000, shares: 5_000, wheat: 5_000} {
			m.pay(account, asset, amount)
		}
	}
	return m
}

// do gives an input to the market by its journal: what Encode writes of it and Decode reads.
func (m *market) do(in venue.Input) []venue.Event {
	m.t.Helper()
	in.Time = m.now
	bytes := venue.Encode(nil, &in)
	var read venue.Input
	if err := venue.Decode(bytes, &read); err != nil {
		m.t.Fatalf("%+v is not read: %v", in, err)
	}
	m.inputs = append(m.inputs, bytes)
	from := len(m.events)
	m.events = m.v.Apply(&read, m.events)
	return m.events[from:]
}

func (m *market) must(in venue.Input) []venue.Event {
	m.t.Helper()
	events := m.do(in)
	if len(events) > 0 && events[0].Kind == venue.Refused {
		m.t.Fatalf("verb %d is refused: %s", in.Verb, events[0].Reason.Code())
	}
	return events
}

func (m *market) pay(account, asset uint32, amount int64) []venue.Event {
	m.client++
	events := m.do(venue.Input{Verb: venue.Move, Body: body(m.t, venue.Movement{Ref: fmt.Sprint("pay ", m.client), Account: account, Asset: asset, Amount: amount})})
	if events[0].Kind == venue.Moved {
		m.paid[asset] += amount
	}
	return events
}

func (m *market) enter(instrument, account uint32, o book.Input) []venue.Event {
	m.client++
	member := uint16(1 + account%members)
	return m.do(venue.Input{
		Verb: venue.Enter, Instrument: instrument, Account: account, Member: member, Trader: uint32(member) * 10, Client: fmt.Sprint("c", m.client),
		Order: o,
	})
}

func (m *market) step(instrument uint32, s auction.Step) []venue.Event {
	return m.do(venue.Input{Verb: venue.Step, Instrument: instrument, Step: auction.Input{Step: s}})
}

// TestHistories: random histories of a market, good and bad inputs of every kind. After each input every asset is where it was
// paid in, whatever is open is known to book, risk and venue alike, and events are numbered without a gap; the market can be
// taken up from its state at any moment and goes on alike; and all inputs once more give the same events and the same state.
//
//	go test ./core/exchange/venue -run TestHistories -args -seed 77
func TestHistories(t *testing.T) {
	kinds, reasons := map[venue.Kind]int{}, map[string]int{}
	for seed := *firstSeed; seed < *firstSeed+40; seed++ {
		m := open(t)
		dice := rand.New(rand.NewPCG(seed, 1))
		for n := range 600 {
			m.now += dice.Int64N(5 * second)
			m.do(m.draw(dice))
			if err := m.sound(); err != nil {
				t.Fatalf("seed %d, input %d: %v", seed, n, err)
			}
			if n%37 == 0 {
				kept, err := venue.Import(m.v.Export(nil))
				if err != nil || kept.Hash() != m.v.Hash() {
					t.Fatalf("seed %d, input %d: the state is taken up with %v", seed, n, err)
				}
				m.v = kept
			}
		}
		again, events := venue.New(), []venue.Event(nil)
		for _, bytes := range m.inputs {
			var in venue.Input
			if err := venue.Decode(bytes, &in); err != nil {
				t.Fatal(err)
			}
			events = again.Apply(&in, events)
		}
		if !reflect.DeepEqual(events, m.events) || again.Hash() != m.v.Hash() {
			t.Fatalf("seed %d: told again, the market is another one", seed)
		}
		for _, e := range m.events {
			kinds[e.Kind]++
			reasons[e.Reason.Code()]++
		}
	}
	for kind := venue.Refused; kind <= venue.Swept; kind++ {
		if kinds[kind] == 0 && kind != venue.Short {
			t.Errorf("no event of kind %d was seen", kind)
		}
	}
	for _, code := range []string{
		"unknown_instrument", "unknown_account", "not_admitted", "suspended", "wrong_phase", "duplicate_client_id", "unknown_order", "bad_auction",
		"bad_step", "auction_skipped", "repeated", "outside_collar", "buying_power", "securities", "bad_tick", "finished", "killed", "would_take",
	} {
		if reasons[code] == 0 {
			t.Errorf("%s was never given", code)
		}
	}
}

// draw gives the next input: mostly orders, and now and then all that else happens in a market.
func (m *market) draw(dice *rand.Rand) venue.Input {
	m.client++
	account := 1 + dice.Uint32N(6)
	member := uint16(1 + account%members)
	in := venue.Input{
		Verb: venue.Enter, Instrument: 1 + dice.Uint32N(2), Account: account, Member: member, Trader: uint32(member) * 10, Client: fmt.Sprint("c", m.client),
	}
	switch dice.IntN(20) {
	case 0, 1:
		return m.drawStep(dice, in)
	case 2:
		return m.drawRare(dice, in)
	case 3, 4:
		in.Verb, in.Order.ID, in.Account = venue.Cancel, 1+dice.Uint64N(m.live()+3), 0
	case 5:
		in.Verb, in.Order.ID, in.Account = venue.Replace, 1+dice.Uint64N(m.live()+1), 0
		in.Order.Price, in.Order.Qty = 900+5*dice.Int64N(40), 10*(1+dice.Int64N(30))
		if o, ok := m.v.Find(in.Order.ID); ok {
			in.Trader, in.Member = o.Trader, o.Member
		}
	case 6:
		in.Verb = venue.Tick
	default:
		m.drawOrder(dice, &in)
	}
	return in
}

func (m *market) live() (n uint64) {
	for _, e := range m.events {
		n = max(n, e.Order)
	}
	return n
}

func (m *market) drawOrder(dice *rand.Rand, in *venue.Input) {
	o := &in.Order
	o.Side = book.Side(dice.IntN(2))
	o.Price, o.Qty = 900+5*dice.Int64N(40), 10*(1+dice.Int64N(30))
	o.Guard = book.Guard(dice.IntN(5))
	switch dice.IntN(16) {
	case 0:
		o.Type, o.Price = book.Market, 0
	case 1:
		o.Type, o.Price = book.MarketToLimit, 0
	case 2:
		o.Type, o.Stop = book.StopLimit, 900+5*dice.Int64N(40)
	case 3:
		o.Type, o.Price, o.Stop = book.StopMarket, 0, 900+5*dice.Int64N(40)
	case 4:
		o.Life = book.Immediate
	case 5:
		o.Life = book.AllOrNone
	case 6:
		o.Life, o.Until = book.Dated, m.now+dice.Int64N(100*second)
	case 7:
		o.Display = 10
	case 8:
		o.Flags = book.PostOnly
	case 9, 10:
		in.Auction = auction.Kind(1 + dice.IntN(5))
		if dice.IntN(2) == 0 {
			o.Type, o.Price = book.Market, 0
		}
	case 11:
		spoil(dice, in)
	}
}

// spoil makes an order that is wrong somewhere.
func spoil(dice *rand.Rand, in *venue.Input) {
	switch dice.IntN(9) {
	case 0:
		in.Order.Price++
	case 1:
		in.Order.Qty = -10
	case 2:
		in.Account = 77
	case 3:
		in.Trader++
	case 4:
		in.Instrument = 9
	case 5:
		in.Client = "c1"
	case 6:
		in.Order.Qty = 1_000_000_000
	case 7:
		in.Order.Price = 1 << 60
	case 8:
		in.Client = "two words"
	}
}

// drawStep mostly takes the next step of the day.
func (m *market) drawStep(dice *rand.Rand, in venue.Input) venue.Input {
	in.Verb = venue.Step
	phase := m.v.Day(in.Instrument).Phase
	next := map[auction.Phase]auction.Step{
		auction.PreOpen: auction.BeginCall, auction.Call: auction.BeginRandomEnd, auction.VolatilityCall: auction.BeginRandomEnd,
		auction.ClosingCall: auction.BeginRandomEnd, auction.RandomEnd: auction.Freeze, auction.Uncrossing: auction.Strike,
		auction.Continuous: auction.BeginClosing, auction.Halt: auction.Resume, auction.TradeAtClose: auction.Close,
	}
	step, follows := next[phase]
	switch {
	case dice.IntN(6) == 0:
		step = auction.Step(dice.IntN(int(auction.Close) + 1))
	case phase == auction.Continuous && dice.IntN(3) > 0:
		step = auction.BeginCall
	case !follows:
		in.Verb = venue.Begin
	}
	in.Step = auction.Input{Step: step, Drawn: dice.Int64N(5 * second), Auction: auction.Kind(dice.IntN(6))}
	if step == auction.Strike && dice.IntN(2) == 0 {
		in.Step.Auction = m.v.Day(in.Instrument).Auction
	}
	return in
}

func (m *market) drawRare(dice *rand.Rand, in venue.Input) venue.Input {
	switch dice.IntN(9) {
	case 0:
		in.Verb, in.Account = venue.CancelAll, 0
	case 1, 2:
		party := [...]risk.Party{{Who: risk.Account, ID: in.Account}, {Who: risk.Trader, ID: in.Trader}, {Who: risk.Member, ID: uint32(in.Member)}}[dice.IntN(3)]
		in.Verb, in.Body = venue.Kill, body(m.t, venue.Scope{Party: party})
		m.do(in)
		m.drawOrder(dice, &in)
		in.Verb = venue.Enter
		m.do(in)
		in.Verb, in.Body = venue.Kill, body(m.t, venue.Scope{Party: party, Lift: true})
	case 3:
		spec := share(in.Instrument, map[uint32]uint32{1: shares, 2: wheat}[in.Instrument])
		spec.State = venue.Paused
		in.Verb, in.Body = venue.List, body(m.t, spec)
		m.do(in)
		m.enter(in.Instrument, in.Account, book.Input{Price: 1000, Qty: 10})
		spec.State = venue.Listed
		in.Body = body(m.t, spec)
	case 4, 5:
		t := venue.Trade{
			Price: 900 + 5*dice.Int64N(40), Qty: 10 * (1 + dice.Int64N(20)), Buy: venue.Party{Account: 2, Trader: 10, Member: 1},
			Sell: venue.Party{Account: 3, Trader: 20, Member: 2},
		}
		in.Verb, in.Body = venue.Agree, body(m.t, venue.Agreement{Ref: fmt.Sprint("deal ", dice.IntN(40)), How: venue.HowAgreed, Trades: []venue.Trade{t, t}})
	case 6:
		for _, e := range m.events {
			if e.Kind == venue.Dealt && dice.IntN(10) == 0 {
				in.Verb, in.Body = venue.Bust, body(m.t, venue.Undoing{Trade: e.Trade})
				return in
			}
		}
		in.Verb = venue.Tick
	case 7:
		m.pay(in.Account, tenge, -1_000_000)
		in.Verb = venue.Tick
	case 8:
		in.Verb = venue.Limit
		in.Body = body(m.t, venue.Limits{Party: risk.Party{Who: risk.Trader, ID: in.Trader}, Limits: risk.Limits{Open: 50}, Until: m.now + second})
	}
	return in
}

// sound holds a market to what must be true of it at any moment.
func (m *market) sound() error {
	for asset, paid := range m.paid {
		all, fees := m.v.Risk().Supply(asset)
		sum := fees
		for account := uint32(1); account <= 6; account++ {
			b := m.v.Risk().Balance(account, asset)
			sum += b.Settled + b.Due
		}
		if all != paid || sum != paid {
			return fmt.Errorf("of asset %d there are %d and %d, but %d were paid in", asset, all, sum, paid)
		}
	}
	live := 0
	for _, number := range []uint32{1, 2} {
		b := m.v.Book(number)
		live += b.Live()
		for _, s := range []book.Side{book.Buy, book.Sell} {
			for o := range b.Orders(s) {
				known, ok := m.v.Find(o.ID)
				held, open := m.v.Risk().Find(o.ID)
				if !ok || !open || known.Left != o.Left || held.Left != o.Left || known.Price != o.Price || held.Price != o.Price || known.State != venue.Open || known.Qty != known.Left+known.Cum {
					return fmt.Errorf("order %+v is known as %+v and held as %+v", o, known, held)
				}
			}
		}
	}
	if live += len(m.v.Waiting(1)) + len(m.v.Waiting(2)); live != m.v.Risk().Live() {
		return fmt.Errorf("%d orders are open, and %d in risk", live, m.v.Risk().Live())
	}
	if !slices.IsSortedFunc(m.events, func(a, b venue.Event) int { return int(a.Seq) - int(b.Seq) }) || m.events[len(m.events)-1].Seq != uint64(len(m.events)) {
		return fmt.Errorf("the events are not numbered without a gap")
	}
	return nil
}
