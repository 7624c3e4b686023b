package venue_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
)

var reportNames = map[book.Kind]string{
	book.Accepted: "accepted", book.Rested: "rested", book.Traded: "traded", book.Struck: "struck", book.Cancelled: "cancelled",
	book.Armed: "armed", book.Triggered: "triggered", book.Reduced: "reduced", book.Replaced: "replaced", book.Refreshed: "refreshed",
}

// told writes events as a person would read them.
func told(events []venue.Event) string {
	var lines []string
	for _, e := range events {
		switch e.Kind {
		case venue.Refused:
			lines = append(lines, "refused: "+e.Reason.Code())
		case venue.Reported, venue.Waited:
			line := fmt.Sprintf("%d %s %d@%d left %d", e.Order, reportNames[e.Report.Kind], e.Report.Qty, e.Report.Price, e.Report.Left)
			if e.Report.Reason != 0 {
				line += ": " + e.Report.Reason.Code()
			}
			lines = append(lines, line)
		case venue.Dealt:
			lines = append(lines, fmt.Sprintf("trade %d: %d@%d, %d buys of %d, %s", e.Trade.ID, e.Trade.Qty, e.Trade.Price, e.Trade.Buy.Account, e.Trade.Sell.Account, e.Trade.How))
		case venue.Turned:
			lines = append(lines, fmt.Sprintf("%s, auction %s", e.Phase, e.Auction))
		case venue.Indicated, venue.Uncrossed:
			lines = append(lines, fmt.Sprintf("%s: %d@%d, surplus %d", e.Indication.Outcome, e.Indication.Volume, e.Indication.Price, e.Indication.Surplus))
		}
	}
	return strings.Join(lines, "; ")
}

// TestADay goes through a day of one instrument, from the call before the opening to the trading at the closing price.
func TestADay(t *testing.T) {
	m := open(t)
	step := func(s auction.Step, drawn int64) func() []venue.Event {
		return func() []venue.Event {
			return m.do(venue.Input{Verb: venue.Step, Instrument: 1, Step: auction.Input{Step: s, Drawn: drawn}})
		}
	}
	order := func(account uint32, o book.Input) func() []venue.Event {
		return func() []venue.Event { return m.enter(1, account, o) }
	}
	waits := func(account uint32, kind auction.Kind, o book.Input) func() []venue.Event {
		return func() []venue.Event {
			m.client++
			member := uint16(1 + account%members)
			return m.do(venue.Input{
				Verb: venue.Enter, Instrument: 1, Account: account, Member: member, Trader: uint32(member) * 10, Client: fmt.Sprint("w", m.client),
				Auction: kind, Order: o,
			})
		}
	}
	later := func(by int64) func() []venue.Event {
		return func() []venue.Event {
			m.now += by
			return m.do(venue.Input{Verb: venue.Tick})
		}
	}
	for n, c := range []struct {
		do   func() []venue.Event
		want string
	}{
		{order(1, book.Input{Price: 1000, Qty: 10}), "refused: wrong_phase"}, // The day has not begun.
		{func() []venue.Event { return m.do(venue.Input{Verb: venue.Begin}) }, "pre_open, auction none; pre_open, auction none"},
		{step(auction.BeginContinuous, 0), "refused: auction_skipped"},
		{step(auction.BeginCall, 0), "call, auction opening"},
		{order(1, book.Input{Price: 1010, Qty: 50}), "1 accepted 50@1010 left 50; 1 rested 50@1010 left 50"},
		{order(2, book.Input{Side: book.Sell, Price: 990, Qty: 30}), "2 accepted 30@990 left 30; 2 rested 30@990 left 30"},
		{order(3, book.Input{Type: book.Market, Qty: 10}), "refused: in_call"},
		{waits(3, auction.Opening, book.Input{Side: book.Sell, Type: book.Market, Qty: 40}), "3 accepted 40@950 left 40"}, // Five per cent below the reference.
		{later(second), "struck: 50@990, surplus -20"},
		{step(auction.Freeze, 0), "refused: bad_step"},
		{step(auction.BeginRandomEnd, 2*second), "random_end, auction opening"},
		{step(auction.Freeze, 0), "refused: bad_step"}, // It is too early.
		{later(3 * second), ""},
		{step(auction.Freeze, 0), "uncrossing, auction opening"},
		{order(4, book.Input{Price: 1010, Qty: 10}), "refused: wrong_phase"}, // The book is frozen.
		{
			step(auction.Strike, 0),
			"1 struck 40@990 left 10; 3 struck 40@990 left 0; trade 1: 40@990, 1 buys of 3, auction; " +
				"1 struck 10@990 left 0; 2 struck 10@990 left 20; trade 2: 10@990, 1 buys of 2, auction; struck: 50@990, surplus -20; continuous, auction none",
		},
		{order(5, book.Input{Type: book.Market, Qty: 30}), "4 accepted 30@1035 left 30; 2 traded 20@990 left 0; trade 3: 20@990, 5 buys of 2, continuous; 4 cancelled 10@1035 left 0: rest"},
		{order(5, book.Input{Type: book.Market, Qty: 10}), "refused: no_liquidity"},
		{order(6, book.Input{Side: book.Sell, Price: 1100, Qty: 20}), "5 accepted 20@1100 left 20; 5 rested 20@1100 left 20"},
		{order(1, book.Input{Price: 1100, Qty: 10, Life: book.Immediate}), "refused: outside_collar"},
		{
			order(1, book.Input{Price: 1100, Qty: 10}), // Eleven per cent from the last price: the order waits in a volatility call.
			"volatility_call, auction volatility; 6 accepted 10@1100 left 10; 6 rested 10@1100 left 10",
		},
		{step(auction.Interrupt, 0), "refused: bad_step"},
		{step(auction.BeginRandomEnd, 0), "random_end, auction volatility"},
		{step(auction.Freeze, 0), "uncrossing, auction volatility"},
		{
			step(auction.Strike, 0),
			"6 struck 10@1100 left 0; 5 struck 10@1100 left 10; trade 4: 10@1100, 1 buys of 6, auction; struck: 10@1100, surplus -10; continuous, auction none",
		},
		{waits(2, auction.Opening, book.Input{Price: 1000, Qty: 10}), "refused: bad_auction"}, // The opening is over.
		{waits(2, auction.Closing, book.Input{Type: book.Market, Qty: 10}), "7 accepted 10@1155 left 10"},
		{step(auction.BeginClosing, 0), "closing_call, auction closing"},
		{step(auction.BeginRandomEnd, 0), "random_end, auction closing"},
		{step(auction.Freeze, 0), "uncrossing, auction closing"},
		{
			step(auction.Strike, 0),
			"7 struck 10@1100 left 0; 5 struck 10@1100 left 0; trade 5: 10@1100, 2 buys of 6, auction; struck: 10@1100, surplus 0; trade_at_close, auction none",
		},
		{order(3, book.Input{Side: book.Sell, Price: 1090, Qty: 10}), "8 accepted 10@1090 left 10; 8 rested 10@1090 left 10"},
		{
			order(4, book.Input{Price: 1105, Qty: 20}),
			"9 accepted 20@1105 left 20; 9 rested 20@1105 left 20; 9 struck 10@1100 left 10; 8 struck 10@1100 left 0; trade 6: 10@1100, 4 buys of 3, close",
		},
		{step(auction.Close, 0), "closed, auction none; 9 cancelled 10@1105 left 0: expired"},
	} {
		if got := told(c.do()); got != c.want {
			t.Errorf("%d: %s\nwanted: %s", n, got, c.want)
		}
		if err := m.sound(); err != nil {
			t.Fatalf("%d: %v", n, err)
		}
	}
}

// TestQty: an order that was taken back says still how much was asked for, and a changed one what was asked for last.
func TestQty(t *testing.T) {
	m := open(t)
	m.must(venue.Input{Verb: venue.Begin})
	m.step(1, auction.BeginCall)
	m.enter(1, 2, book.Input{Price: 1000, Qty: 50})
	m.must(venue.Input{Verb: venue.Replace, Trader: 10, Member: 1, Client: "less", Order: book.Input{ID: 1, Price: 1000, Qty: 30}})
	m.must(venue.Input{Verb: venue.Cancel, Trader: 10, Member: 1, Order: book.Input{ID: 1}})
	if o, _ := m.v.Find(1); o.Qty != 30 || o.Left != 0 || o.State != venue.Ended {
		t.Errorf("taken back it is %+v", o)
	}
}

// TestRefusals: each reason of the venue itself that the day and the histories do not give.
func TestRefusals(t *testing.T) {
	m := open(t)
	m.must(venue.Input{Verb: venue.Begin})
	order := venue.Input{Verb: venue.Enter, Instrument: 1, Account: 2, Member: 1, Trader: 10, Client: "x", Order: book.Input{Price: 1000, Qty: 10}}
	strange := share(1, shares)
	strange.Rules.Lot = -1
	wide := share(3, 12)
	wide.Reference = auction.Reference{}
	wide.Plan = auction.Plan{}
	m.must(venue.Input{Verb: venue.List, Instrument: 3, Body: body(t, wide)})
	m.must(venue.Input{Verb: venue.Begin, Instrument: 3})
	for code, in := range map[string]venue.Input{
		"bad_client_id":   with(order, func(in *venue.Input) { in.Client = "" }),
		"no_reference":    with(order, func(in *venue.Input) { in.Instrument, in.Order = 3, book.Input{Type: book.Market, Qty: 10} }),
		"bad_body":        {Verb: venue.Move, Body: []byte(`{"ref": 1}`)},
		"bad_rules":       {Verb: venue.List, Instrument: 1, Body: body(t, strange)},
		"bad_trade":       {Verb: venue.Bust, Body: body(t, venue.Undoing{Trade: venue.Trade{ID: 9, Instrument: 1}})},
		"malformed":       with(order, func(in *venue.Input) { in.Order.Life = 9 }),
		"already_known":   {Verb: venue.List, Instrument: 1, Body: body(t, with(share(1, shares), func(i *venue.Instrument) { i.Risk.Asset = 99 }))},
		"unknown_member":  {Verb: venue.Limit, Body: body(t, venue.Limits{Party: risk.Party{Who: risk.Member, ID: 9}})},
		"not_of_member":   {Verb: venue.Admit, Body: body(t, venue.Admission{Member: 2, Account: &venue.Account{Number: 2, Member: 2}})},
		"bad_amount":      {Verb: venue.Move, Body: body(t, venue.Movement{Ref: "less", Account: 1, Asset: tenge, Comes: -1})},
		"wrong_phase":     {Verb: venue.List, Instrument: 1, Body: body(t, with(share(1, shares), func(i *venue.Instrument) { i.Rules.Lot = 5 }))},
		"unknown_account": with(order, func(in *venue.Input) { in.Account = 70 }),
	} {
		if got := told(m.do(in)); got != "refused: "+code {
			t.Errorf("%s, not %s", got, code)
		}
	}
	if got := told(m.v.Apply(&venue.Input{Verb: 99}, nil)); got != "refused: malformed_verb" {
		t.Error(got)
	}
}

// with gives something with a change.
func with[T any](of T, change func(*T)) T {
	change(&of)
	return of
}

// TestRelisting: an instrument gets other rules between its days, if what stands in its book fits them; it is taken off the
// list with all that stands there.
func TestRelisting(t *testing.T) {
	m := open(t)
	m.must(venue.Input{Verb: venue.Begin})
	m.step(1, auction.BeginCall)
	m.enter(1, 1, book.Input{Price: 1005, Qty: 30, Life: book.Lasting})
	m.step(1, auction.Stop)
	for _, kind := range []auction.Kind{auction.Opening, auction.Closing} {
		m.do(venue.Input{Verb: venue.Step, Instrument: 1, Step: auction.Input{Step: auction.Waive, Auction: kind}})
	}
	if got := told(m.step(1, auction.Close)); got != "closed, auction none" {
		t.Fatal(got)
	}
	relist := func(change func(*venue.Instrument)) string {
		return told(m.do(venue.Input{Verb: venue.List, Instrument: 1, Body: body(t, with(share(1, shares), change))}))
	}
	if got := relist(func(i *venue.Instrument) { i.Rules.Ticks = []book.Band{{Tick: 10}} }); got != "refused: orders_stand" {
		t.Error(got)
	}
	if got := relist(func(i *venue.Instrument) { i.Rules.Ticks = []book.Band{{Tick: 1}} }); got != "" {
		t.Error(got)
	}
	if got := relist(func(i *venue.Instrument) { i.Rules.Ticks, i.State = []book.Band{{Tick: 1}}, venue.Delisted }); got != "1 cancelled 30@1005 left 0: asked_all" {
		t.Error(got)
	}
	if got := told(m.do(venue.Input{Verb: venue.Begin, Instrument: 1})); got != "refused: wrong_phase" {
		t.Error(got)
	}
	if phase := m.v.Day(1).Phase; phase != auction.Closed {
		t.Errorf("what is off the list is in %s", phase)
	}
	if err := m.sound(); err != nil {
		t.Error(err)
	}
}

// FuzzDecode: bytes are no input, or one that is written as the same bytes again and leaves a market that is sound.
func FuzzDecode(f *testing.F) {
	m := open(f)
	m.must(venue.Input{Verb: venue.Begin})
	m.step(1, auction.BeginCall)
	m.enter(1, 1, book.Input{Price: 1005, Qty: 30, Display: 10})
	for _, bytes := range m.inputs {
		f.Add(bytes)
	}
	f.Fuzz(func(t *testing.T, bytes []byte) {
		var in venue.Input
		if venue.Decode(bytes, &in) != nil {
			return
		}
		if again := venue.Encode(nil, &in); !slices.Equal(again, bytes) {
			t.Fatalf("%x is written as %x", bytes, again)
		}
		v, err := venue.Import(m.v.Export(nil))
		if err != nil {
			t.Fatal(err)
		}
		if events := v.Apply(&in, nil); len(events) == 0 {
			t.Fatalf("%+v leaves no event", in)
		}
		if _, err := venue.Import(v.Export(nil)); err != nil {
			t.Fatalf("after %+v: %v", in, err)
		}
	})
}
