package book

import (
	"errors"
	"math"
	"slices"
	"testing"
)

// TestRefusals: each bad input is refused with a code of its own, and neither the book nor what is counted in it changes.
func TestRefusals(t *testing.T) {
	rules := Rules{Ticks: []Band{{0, 5}, {1000, 10}}, Lot: 10, PriceMax: 1 << 50, PriceMin: 1, OrdersMax: 5}
	before := []Input{
		limit(11, Sell, 100, 100), limit(12, Buy, 100, 90), limit(13, Buy, 50, 0, kind(StopMarket), stop(200)), limit(14, Buy, 20, 100),
	}
	full := append(slices.Clone(before), limit(15, Buy, 10, 80), limit(16, Buy, 10, 80))
	call, halt := append(slices.Clone(before), Input{Verb: Turn, Phase: Collecting}), append(slices.Clone(before), Input{Verb: Turn, Phase: Halted})
	for _, c := range []struct {
		name   string
		before []Input
		in     Input
		why    Reason
	}{
		{"an unknown verb", before, Input{Verb: verbs}, Malformed},
		{"an unknown type", before, limit(21, Buy, 10, 50, kind(types)), Malformed},
		{"a price of a market order", before, limit(21, Buy, 10, 50, kind(Market)), Malformed},
		{"a stop of a limit order", before, limit(21, Buy, 10, 50, stop(60)), Malformed},
		{"a minimum of a stop order", before, limit(21, Buy, 10, 0, kind(StopMarket), stop(200), least(10)), Malformed},
		{"post only with a minimum", before, limit(21, Buy, 10, 50, flags(PostOnly), least(10)), Malformed},
		{"a flag of another verb", before, limit(21, Buy, 10, 50, flags(EndOfDay)), Malformed},
		{"no id", before, limit(0, Buy, 10, 50), NoID},
		{"an id that waits", before, limit(12, Buy, 10, 50), DuplicateID},
		{"an id below the last", before, limit(3, Buy, 10, 50), DuplicateID},
		{"zero", before, limit(21, Buy, 0, 50), BadQty},
		{"negative", before, limit(21, Buy, -10, 50), BadQty},
		{"the smallest number", before, limit(21, Buy, math.MinInt64, 50), BadQty},
		{"half a lot", before, limit(21, Buy, 15, 50), BadLot},
		{"too many", before, limit(21, Buy, 10<<36, 50), QtyTooLarge},
		{"a price of zero", before, limit(21, Buy, 10, 0), BadPrice},
		{"a negative price", before, limit(21, Buy, 10, -50), BadPrice},
		{"between ticks", before, limit(21, Buy, 10, 52), BadTick},
		{"between ticks of a higher band", before, limit(21, Buy, 10, 1005), BadTick},
		{"a price out of bounds", before, limit(21, Buy, 10, 1<<50+10), PriceBounds},
		{"price times quantity that overflows", before, limit(21, Buy, 1000000, 10<<40), TooMuch},
		{"a stop between ticks", before, limit(21, Buy, 10, 0, kind(StopMarket), stop(202)), BadStop},
		{"no stop", before, limit(21, Buy, 10, 0, kind(StopMarket)), BadStop},
		{"more shown than there is", before, limit(21, Buy, 10, 50, display(20)), BadDisplay},
		{"an iceberg of very many parts", before, limit(21, Buy, 1010, 50, display(10)), BadDisplay},
		{"half a lot shown", before, limit(21, Buy, 10, 50, display(5)), BadDisplay},
		{"a minimum above the quantity", before, limit(21, Buy, 10, 50, least(20)), BadMinimum},
		{"an immediate stop", before, limit(21, Buy, 10, 0, kind(StopMarket), stop(200), life(Immediate)), BadLife},
		{"an immediate iceberg", before, limit(21, Buy, 20, 50, display(10), life(Immediate)), BadLife},
		{"a date that is over", before, limit(21, Buy, 10, 50, until(5), func(in *Input) { in.Time = 5 }), PastDate},
		{"a market order in a call", call, limit(21, Buy, 10, 0, kind(Market)), InCall},
		{"an immediate order in a call", call, limit(21, Buy, 10, 50, life(Immediate)), InCall},
		{"an order in a halt", halt, limit(21, Buy, 10, 50), InHalt},
		{"one more than fits", full, limit(21, Buy, 10, 50), Full},
		{"a market order without an other side", full[1:2], limit(21, Buy, 10, 0, kind(Market)), NoLiquidity},
		{"more than there is, or nothing", before, limit(21, Buy, 90, 100, life(AllOrNone)), NotAllAtOnce},
		{"less than the minimum", before, limit(21, Buy, 90, 100, least(90)), NotMinimum},
		{"post only that crosses", before, limit(21, Buy, 10, 100, flags(PostOnly)), WouldTake},
		{"cancel of nobody", before, Input{Verb: Cancel, ID: 99}, UnknownID},
		{"cancel of the filled", before, Input{Verb: Cancel, ID: 14}, Finished},
		{"cancel without an id", before, Input{Verb: Cancel}, NoID},
		{"replace of nobody", before, replace(99, 10, 50), UnknownID},
		{"replace of the filled", before, replace(14, 10, 50), Finished},
		{"replace by zero", before, replace(12, 0, 50), BadQty},
		{"replace between ticks", before, replace(12, 10, 52), BadTick},
		{"replace by what has traded", before, replace(11, 20, 100, flags(Total)), HasTraded},
		{"replace with a price of a stop without one", before, replace(13, 50, 100, stop(200)), Malformed},
		{"replace of a stop between ticks", before, replace(13, 50, 0, stop(201)), BadStop},
		{"replace in a halt", halt, replace(12, 10, 50), InHalt},
		{"an unknown phase", before, Input{Verb: Turn, Phase: phases}, Malformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := New(rules)
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range c.before {
				if r := b.Apply(&in, nil); r[0].Kind == Refused && in.ID != 16 {
					t.Fatalf("%+v is refused: %s", in, r[0].Reason.Code())
				}
			}
			seq, state := b.Reported(), b.Export(nil)
			reports := b.Apply(&c.in, nil)
			if len(reports) != 1 || reports[0].Kind != Refused || reports[0].Reason != c.why {
				t.Fatalf("%+v, wants %s", reports, c.why.Code())
			}
			if r := reports[0]; r.Seq != seq+1 || r.ID != c.in.ID || r.Verb != c.in.Verb {
				t.Errorf("the refusal is %+v", r)
			}
			b.seq--
			if string(b.Export(nil)) != string(state) {
				t.Error("a refusal has changed the book")
			}
		})
	}
}

// TestCodes: every reason has a name of its own.
func TestCodes(t *testing.T) {
	names := make(map[string]Reason)
	for r := Malformed; r < reasons; r++ {
		if other, taken := names[r.Code()]; taken || r.Code() == "" {
			t.Errorf("%d is called %q, as is %d", r, r.Code(), other)
		}
		names[r.Code()] = r
	}
	if reasons.Code() != "unknown" {
		t.Errorf("what is no reason is called %q", reasons.Code())
	}
}

// TestBadRules: rules that contradict themselves make no book.
func TestBadRules(t *testing.T) {
	for _, r := range []Rules{
		{Lot: -1}, {QtyMax: 1 << 38}, {Lot: 10, QtyMax: 5}, {PriceMin: 5, PriceMax: 4}, {PriceMax: 1 << 62}, {OrdersMax: -1}, {OrdersMax: 1 << 26},
		{Window: 63}, {Window: 100}, {Window: 1 << 19}, {First: 10}, {First: 10_001, Weight: 1}, {Weight: -1}, {Weight: 1 << 11},
		{Ticks: []Band{{0, 0}}}, {Ticks: []Band{{0, 1}, {0, 2}}}, {Ticks: []Band{{-5, 1}}}, {Ticks: []Band{{0, 1 << 41}}}, {OrdersMemory: -1}, {PeaksMax: -1}, {PeaksMax: 1 << 21},
	} {
		if _, err := New(r); !errors.Is(err, ErrRules) {
			t.Errorf("%+v gives %v", r, err)
		}
	}
}
