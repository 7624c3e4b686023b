package book

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// limit gives a new limit order that lasts; more changes it.
func limit(id uint64, s Side, qty, price int64, more ...func(*Input)) Input {
	in := Input{Verb: Enter, ID: id, Side: s, Qty: qty, Price: price, Life: Lasting}
	for _, change := range more {
		change(&in)
	}
	return in
}

func of(owner uint32, g Guard) func(*Input) { return func(in *Input) { in.Owner, in.Guard = owner, g } }
func life(l Life) func(*Input)              { return func(in *Input) { in.Life = l } }
func until(t int64) func(*Input)            { return func(in *Input) { in.Life, in.Until = Dated, t } }
func display(n int64) func(*Input)          { return func(in *Input) { in.Display = n } }
func least(n int64) func(*Input)            { return func(in *Input) { in.Min = n } }
func kind(t Type) func(*Input)              { return func(in *Input) { in.Type = t } }
func stop(at int64) func(*Input)            { return func(in *Input) { in.Stop = at } }
func flags(f Flags) func(*Input)            { return func(in *Input) { in.Flags = f } }
func by(trader uint32, member uint16) func(*Input) {
	return func(in *Input) { in.Trader, in.Member = trader, member }
}

func replace(id uint64, qty, price int64, more ...func(*Input)) Input {
	in := limit(id, Buy, qty, price, more...)
	in.Verb, in.Life = Replace, 0
	return in
}

// tell writes a report so that a case can be read.
func tell(r Report) string {
	switch r.Kind {
	case Accepted:
		return fmt.Sprintf("accepted %d", r.ID)
	case Refused:
		return fmt.Sprintf("refused %d %s", r.ID, r.Reason.Code())
	case Traded:
		return fmt.Sprintf("traded %d with %d: %d at %d", r.Other, r.ID, r.Qty, r.Price)
	case Rested:
		return fmt.Sprintf("rested %d: %d of %d at %d", r.ID, r.Shown, r.Left, r.Price)
	case Refreshed:
		return fmt.Sprintf("refreshed %d: %d of %d", r.ID, r.Shown, r.Left)
	case Reduced:
		return fmt.Sprintf("reduced %d by %d to %d %s", r.ID, r.Qty, r.Left, r.Reason.Code())
	case Replaced:
		return fmt.Sprintf("replaced %d: %d at %d", r.ID, r.Qty, r.Price)
	case Cancelled:
		return fmt.Sprintf("cancelled %d: %d %s", r.ID, r.Qty, r.Reason.Code())
	case Armed:
		return fmt.Sprintf("armed %d at %d", r.ID, r.Price)
	case Triggered:
		return fmt.Sprintf("triggered %d", r.ID)
	case Swept:
		return fmt.Sprintf("swept %d", r.Qty)
	}
	return fmt.Sprintf("turned %d", r.Qty)
}

// story is a case of the rulebook: what comes in, and what the last of it leads to.
type story struct {
	name  string
	rules Rules
	in    []Input
	told  string
}

// TestRulebook: each rule of docs/exchange.md as its sources tell it.
func TestRulebook(t *testing.T) {
	for _, s := range slices.Concat(storiesOfMatching, storiesOfOrders, storiesOfShares) {
		t.Run(s.name, func(t *testing.T) {
			b, err := New(s.rules)
			if err != nil {
				t.Fatal(err)
			}
			var told []string
			for i := range s.in {
				told = nil
				for _, r := range b.Apply(&s.in[i], nil) {
					told = append(told, strings.TrimSpace(tell(r)))
				}
			}
			if got := strings.Join(told, ", "); got != s.told {
				t.Errorf("told  %s\nwants %s", got, s.told)
			}
			if err := sound(b); err != nil {
				t.Error(err)
			}
		})
	}
}

var storiesOfMatching = []story{
	{"the better price first, then the older order, at the price of who rests", Rules{}, []Input{
		limit(1, Sell, 10, 101), limit(2, Sell, 10, 100), limit(3, Sell, 10, 100), limit(4, Buy, 25, 105),
	}, "accepted 4, traded 4 with 2: 10 at 100, traded 4 with 3: 10 at 100, traded 4 with 1: 5 at 101"},
	{"what is left of an immediate order is cancelled", Rules{}, []Input{
		limit(1, Sell, 10, 100), limit(2, Buy, 25, 100, life(Immediate)),
	}, "accepted 2, traded 2 with 1: 10 at 100, cancelled 2: 15 rest"},
	{"fill or kill counts what icebergs hide", Rules{}, []Input{
		limit(1, Sell, 30, 100, display(10)), limit(2, Buy, 30, 100, life(AllOrNone)),
	}, "accepted 2, traded 2 with 1: 10 at 100, refreshed 1: 10 of 20, traded 2 with 1: 10 at 100, refreshed 1: 10 of 10, traded 2 with 1: 10 at 100"},
	{"fill or kill takes nothing where it cannot take all", Rules{}, []Input{
		limit(1, Sell, 10, 100), limit(2, Sell, 10, 101), limit(3, Buy, 11, 100, life(AllOrNone)),
	}, "refused 3 not_all_at_once"},
	{"a minimum that is there lets the rest wait", Rules{}, []Input{
		limit(1, Sell, 10, 100), limit(2, Buy, 15, 100, least(10)),
	}, "accepted 2, traded 2 with 1: 10 at 100, rested 2: 5 of 5 at 100"},
	{"a minimum that is not there is refused", Rules{}, []Input{
		limit(1, Sell, 9, 100), limit(2, Buy, 15, 100, least(10)),
	}, "refused 2 not_minimum"},
	{"a market order takes every price and never rests", Rules{}, []Input{
		limit(1, Sell, 10, 100), limit(2, Sell, 10, 900), limit(3, Buy, 25, 0, kind(Market)),
	}, "accepted 3, traded 3 with 1: 10 at 100, traded 3 with 2: 10 at 900, cancelled 3: 5 rest"},
	{"a market order without anybody is refused", Rules{}, []Input{limit(3, Buy, 25, 0, kind(Market))}, "refused 3 no_liquidity"},
	{"market to limit stays at the best price", Rules{}, []Input{
		limit(1, Sell, 10, 100), limit(2, Sell, 10, 101), limit(3, Buy, 25, 0, kind(MarketToLimit)),
	}, "accepted 3, traded 3 with 1: 10 at 100, rested 3: 15 of 15 at 100"},
	{"post only that would take is refused", Rules{}, []Input{
		limit(1, Sell, 10, 100), limit(2, Buy, 1, 100, flags(PostOnly)),
	}, "refused 2 would_take"},
	{"post only that cannot take rests, and stays so when it is moved", Rules{}, []Input{
		limit(1, Sell, 10, 100), limit(2, Buy, 1, 99, flags(PostOnly)), replace(2, 1, 100),
	}, "refused 2 would_take"},
	{"an iceberg goes to the end of its level when its part has traded", Rules{}, []Input{
		limit(1, Sell, 30, 100, display(10)), limit(2, Sell, 10, 100), limit(3, Buy, 25, 100),
	}, "accepted 3, traded 3 with 1: 10 at 100, refreshed 1: 10 of 20, traded 3 with 2: 10 at 100, traded 3 with 1: 5 at 100"},
	{"own orders: cancel what comes in", Rules{}, []Input{
		limit(1, Sell, 5, 100), limit(2, Sell, 10, 100, of(7, GuardNone)), limit(3, Buy, 25, 100, of(7, GuardComing)),
	}, "accepted 3, traded 3 with 1: 5 at 100, cancelled 3: 20 own_trade"},
	{"own orders: cancel what rests", Rules{}, []Input{
		limit(1, Sell, 10, 100, of(7, GuardComing)), limit(2, Sell, 5, 100), limit(3, Buy, 8, 100, of(7, GuardResting)),
	}, "accepted 3, cancelled 1: 10 own_trade, traded 3 with 2: 5 at 100, rested 3: 3 of 3 at 100"},
	{"own orders: cancel both", Rules{}, []Input{
		limit(1, Sell, 10, 100, of(7, GuardNone)), limit(3, Buy, 8, 100, of(7, GuardBoth)),
	}, "accepted 3, cancelled 1: 10 own_trade, cancelled 3: 8 own_trade"},
	{"own orders: the smaller quantity goes off both", Rules{}, []Input{
		limit(1, Sell, 10, 100, of(7, GuardNone)), limit(2, Sell, 10, 100), limit(3, Buy, 12, 100, of(7, GuardReduce)),
	}, "accepted 3, cancelled 1: 10 own_trade, reduced 3 by 10 to 2 own_trade, traded 3 with 2: 2 at 100"},
	{"own orders: who comes in is the smaller", Rules{}, []Input{
		limit(1, Sell, 10, 100, of(7, GuardNone)), limit(3, Buy, 4, 100, of(7, GuardReduce)),
	}, "accepted 3, reduced 1 by 4 to 6 own_trade, cancelled 3: 4 own_trade"},
	{"own orders: nobody is no owner", Rules{}, []Input{
		limit(1, Sell, 10, 100), limit(3, Buy, 4, 100, of(0, GuardBoth)),
	}, "accepted 3, traded 3 with 1: 4 at 100"},
	{"a stop waits for a trade, and trades behind what caused it", Rules{}, []Input{
		limit(1, Sell, 10, 100), limit(2, Sell, 10, 101), limit(3, Buy, 10, 0, kind(StopMarket), stop(100)), limit(4, Buy, 4, 100),
	}, "accepted 4, traded 4 with 1: 4 at 100, triggered 3, traded 3 with 1: 6 at 100, traded 3 with 2: 4 at 101"},
	{"stops that trades of stops reach come behind, those that are reached first first", Rules{}, []Input{
		limit(1, Sell, 1, 100), limit(2, Sell, 1, 101), limit(3, Sell, 1, 102), limit(4, Sell, 5, 103),
		limit(5, Buy, 1, 0, kind(StopMarket), stop(102)), limit(6, Buy, 1, 101, kind(StopLimit), stop(101)),
		limit(7, Buy, 1, 0, kind(StopMarket), stop(100)), limit(8, Buy, 1, 0, kind(StopMarket), stop(100)), limit(9, Buy, 1, 100),
	}, "accepted 9, traded 9 with 1: 1 at 100, triggered 7, triggered 8, traded 7 with 2: 1 at 101, triggered 6, " +
		"traded 8 with 3: 1 at 102, triggered 5, rested 6: 1 of 1 at 101, traded 5 with 4: 1 at 103"},
	{"a stop that is reached already wakes at once", Rules{}, []Input{
		limit(1, Sell, 2, 100), limit(2, Buy, 1, 100), limit(3, Buy, 5, 99, kind(StopLimit), stop(100)),
	}, "accepted 3, armed 3 at 100, triggered 3, rested 3: 5 of 5 at 99"},
	{"a woken market order that finds nobody ends", Rules{}, []Input{
		limit(1, Sell, 2, 100), limit(2, Buy, 3, 0, kind(StopMarket), stop(100)), limit(3, Buy, 2, 100),
	}, "accepted 3, traded 3 with 1: 2 at 100, triggered 2, cancelled 2: 3 no_liquidity"},
}

var storiesOfOrders = []story{
	{"a smaller quantity keeps the place", Rules{}, []Input{
		limit(1, Sell, 10, 100), limit(2, Sell, 10, 100), replace(1, 6, 100), limit(3, Buy, 8, 100),
	}, "accepted 3, traded 3 with 1: 6 at 100, traded 3 with 2: 2 at 100"},
	{"a smaller quantity is told as a reduction", Rules{}, []Input{limit(1, Sell, 10, 100), replace(1, 6, 100)}, "reduced 1 by 4 to 6"},
	{"a larger quantity loses the place", Rules{}, []Input{
		limit(1, Sell, 10, 100), limit(2, Sell, 10, 100), replace(1, 11, 100), limit(3, Buy, 8, 100),
	}, "accepted 3, traded 3 with 2: 8 at 100"},
	{"where every change loses it, a smaller one does too", Rules{LosesAlways: true}, []Input{
		limit(1, Sell, 10, 100), limit(2, Sell, 10, 100), replace(1, 6, 100),
	}, "replaced 1: 6 at 100, rested 1: 6 of 6 at 100"},
	{"a new price may trade", Rules{}, []Input{
		limit(1, Sell, 10, 100), limit(2, Buy, 15, 99), replace(2, 15, 100),
	}, "replaced 2: 15 at 100, traded 2 with 1: 10 at 100, rested 2: 5 of 5 at 100"},
	{"what shall be open may be told as the whole", Rules{}, []Input{
		limit(1, Sell, 10, 100), limit(2, Buy, 4, 100), replace(1, 8, 100, flags(Total)),
	}, "reduced 1 by 2 to 4"},
	{"a whole that has traded is refused", Rules{}, []Input{
		limit(1, Sell, 10, 100), limit(2, Buy, 4, 100), replace(1, 4, 100, flags(Total)),
	}, "refused 1 has_traded"},
	{"a filled order is not replaced", Rules{}, []Input{limit(1, Sell, 4, 100), limit(2, Buy, 4, 100), replace(1, 4, 101)}, "refused 1 finished"},
	{"an id is never used twice", Rules{}, []Input{limit(1, Sell, 4, 100), limit(2, Buy, 4, 100), limit(1, Sell, 4, 100)}, "refused 1 duplicate_id"},
	{"all orders of a trader, then of a member on one side", Rules{}, []Input{
		limit(1, Sell, 1, 100, by(5, 1)), limit(2, Sell, 1, 101, by(6, 1)), limit(3, Buy, 1, 99, by(5, 2)), limit(4, Buy, 1, 0, by(5, 2), kind(StopMarket), stop(200)),
		{Verb: CancelAll, Trader: 5, Member: 2},
	}, "cancelled 3: 1 asked_all, cancelled 4: 1 asked_all, swept 2"},
	{"one side of everybody", Rules{}, []Input{
		limit(1, Sell, 1, 100), limit(2, Sell, 1, 101), limit(3, Buy, 1, 99), {Verb: CancelAll, Side: Sell, Flags: OneSide},
	}, "cancelled 1: 1 asked_all, cancelled 2: 1 asked_all, swept 2"},
	{"a dated order ends when its time has come, a day order not yet", Rules{}, []Input{
		limit(1, Sell, 1, 100, until(50)), limit(2, Sell, 1, 101, until(51)), limit(3, Buy, 1, 99, life(Day)), {Verb: Expire, Time: 50},
	}, "cancelled 1: 1 expired, swept 1"},
	{"the end of the day ends day orders, and leaves what lasts", Rules{}, []Input{
		limit(1, Sell, 1, 100, until(50)), limit(2, Sell, 1, 101), limit(3, Buy, 1, 99, life(Day)), {Verb: Expire, Time: 40, Flags: EndOfDay},
	}, "cancelled 3: 1 expired, swept 1"},
	{"in a call orders cross and nothing trades", Rules{}, []Input{
		{Verb: Turn, Phase: Collecting}, limit(1, Sell, 1, 100), limit(2, Buy, 1, 101), {Verb: Turn, Phase: Continuous},
	}, "refused 0 crossed"},
	{"in a halt orders can be taken back", Rules{}, []Input{limit(1, Sell, 1, 100), {Verb: Turn, Phase: Halted}, {Verb: Cancel, ID: 1}}, "cancelled 1: 1 asked"},
	{"stops that were reached before a call wake after it", Rules{}, []Input{
		limit(1, Sell, 2, 100), limit(2, Buy, 1, 100), {Verb: Turn, Phase: Collecting}, limit(3, Buy, 5, 99, kind(StopLimit), stop(100)),
		{Verb: Turn, Phase: Continuous},
	}, "turned 0, triggered 3, rested 3: 5 of 5 at 99"},
}

// resting are the orders of Eurex's example 7-7: twenty, twenty and fifty.
func resting(in ...Input) []Input {
	return append([]Input{limit(1, Sell, 20, 100), limit(2, Sell, 20, 100), limit(3, Sell, 50, 100)}, in...)
}

var storiesOfShares = []story{
	{"Eurex 7-7 with k = 1", Rules{Weight: 1}, resting(limit(4, Buy, 25, 100)),
		"accepted 4, traded 4 with 1: 7 at 100, traded 4 with 2: 5 at 100, traded 4 with 3: 13 at 100"},
	{"Eurex 7-7 with k = 2", Rules{Weight: 2}, resting(limit(4, Buy, 25, 100)),
		"accepted 4, traded 4 with 1: 11 at 100, traded 4 with 2: 7 at 100, traded 4 with 3: 7 at 100"},
	{"Eurex 7-7 with k = 4", Rules{Weight: 4}, resting(limit(4, Buy, 25, 100)),
		"accepted 4, traded 4 with 1: 17 at 100, traded 4 with 2: 6 at 100, traded 4 with 3: 2 at 100"},
	{"Eurex 7-7 with k = 32", Rules{Weight: 32}, resting(limit(4, Buy, 25, 100)),
		"accepted 4, traded 4 with 1: 20 at 100, traded 4 with 2: 5 at 100"},
	{"two fifths by time, the rest pro rata", Rules{Weight: 1, First: 4000}, resting(limit(4, Buy, 25, 100)), // 10 by time; 1, 3 and 9 of 10, 20 and 50; 2 by time.
		"accepted 4, traded 4 with 1: 13 at 100, traded 4 with 2: 3 at 100, traded 4 with 3: 9 at 100"},
	{"a whole level goes in the order of time", Rules{Weight: 1}, resting(limit(4, Buy, 90, 100)),
		"accepted 4, traded 4 with 1: 20 at 100, traded 4 with 2: 20 at 100, traded 4 with 3: 50 at 100"},
	{"shares are whole lots", Rules{Weight: 1, Lot: 5}, resting(limit(4, Buy, 25, 100)),
		"accepted 4, traded 4 with 1: 10 at 100, traded 4 with 2: 5 at 100, traded 4 with 3: 10 at 100"},
	{"no share falls to own orders", Rules{Weight: 1}, []Input{
		limit(1, Sell, 20, 100), limit(2, Sell, 20, 100, of(9, GuardNone)), limit(3, Sell, 20, 100), limit(4, Buy, 10, 100, of(9, GuardResting)),
	}, "accepted 4, cancelled 2: 20 own_trade, traded 4 with 1: 5 at 100, traded 4 with 3: 5 at 100"},
}
