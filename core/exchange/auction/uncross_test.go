package auction_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/core/exchange/auction"
)

func buy(limit, n int64) auction.Order {
	return auction.Order{Party: "buyer", Side: auction.Buy, Limit: limit, Quantity: n}
}

func sell(limit, n int64) auction.Order {
	return auction.Order{Party: "seller", Side: auction.Sell, Limit: limit, Quantity: n}
}

func market(o auction.Order) auction.Order {
	o.Market, o.Limit = true, 0
	return o
}

func classed(o auction.Order, class uint8) auction.Order {
	o.Class = class
	return o
}

// TestCriteria: what decides in each market, by books in which the markets differ.
func TestCriteria(t *testing.T) {
	// Two prices with the same volume, a surplus of buyers at the one and of sellers at the other.
	changing := []auction.Order{buy(201, 400), buy(199, 200), sell(199, 400), sell(201, 200)}
	// Buyers are left over at every price from 100 to 110.
	pressed := []auction.Order{buy(110, 500), buy(90, 300), sell(100, 300), sell(120, 100)}
	for name, c := range map[string]struct {
		market        string
		orders        []auction.Order
		ref           auction.Reference
		price, volume int64
		surplus       int64
	}{
		"Xetra: surplus on both sides, the reference below":  {"xetra", changing, auction.Ref(190), 199, 400, 200},
		"Xetra: surplus on both sides, the reference above":  {"xetra", changing, auction.Ref(210), 201, 400, -200},
		"Xetra: surplus on both sides, the reference inside": {"xetra", changing, auction.Ref(200), 200, 400, 0},
		"SET 3.3: the two prices beside the change of sign":  {"set", changing, auction.Ref(200), 199, 400, 200},
		"SET 3.3: the nearer one of the two":                 {"set", changing, auction.Ref(210), 201, 400, -200},
		"SET: the lowest without a reference":                {"set", changing, auction.Reference{}, 199, 400, 200},
		"HKEX: the higher one of two that are equally near":  {"hkex", changing, auction.Ref(200), 201, 400, -200},
		"Euronext: the nearest":                              {"euronext", changing, auction.Ref(198), 199, 400, 200},
		"Euronext: the reference itself":                     {"euronext", changing, auction.Ref(200), 200, 400, 0},
		"every tick: in between there is no surplus":         {"asx", changing, auction.Reference{}, 200, 400, 0},
		"clob: half way without a reference":                 {"xetra", changing, auction.Reference{}, 200, 400, 0},
		"pressure drives to the highest":                     {"xetra", pressed, auction.Ref(101), 110, 300, 200},
		"HKEX rule 3: pressure to the highest":               {"hkex", pressed, auction.Ref(101), 110, 300, 200},
		"Nexdax: five per cent above the reference":          {"nexdax", pressed, auction.Ref(101), 106, 300, 200},
		"Nexdax: never below the range":                      {"nexdax", pressed, auction.Ref(80), 100, 300, 200},
		"Nexdax: never above it":                             {"nexdax", pressed, auction.Ref(200), 110, 300, 200},
		"TSE: market orders first":                           {"tse", []auction.Order{market(buy(0, 300)), buy(501, 400), sell(500, 500), sell(499, 200)}, auction.Ref(500), 500, 700, 0},
		"JPX: one step beyond the limits":                    {"tse", []auction.Order{market(buy(0, 100)), buy(100, 50), sell(100, 100)}, auction.Ref(90), 101, 100, 0},
		"the same at limits only":                            {"xetra", []auction.Order{market(buy(0, 100)), buy(100, 50), sell(100, 100)}, auction.Ref(90), 100, 100, 50},
	} {
		t.Run(name, func(t *testing.T) {
			rule, err := auction.RuleOf(c.market, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := auction.Uncross(c.orders, rule, c.ref)
			if err != nil || got.Price != c.price || got.Volume != c.volume || got.Surplus != c.surplus {
				t.Errorf("price %d, volume %d, surplus %d (%v); wanted %d, %d, %d", got.Price, got.Volume, got.Surplus, err, c.price, c.volume, c.surplus)
			}
		})
	}
}

// TestXetraExamples are examples 1 to 3 and 5 of the Xetra market model, and the one with market orders.
func TestXetraExamples(t *testing.T) {
	several := []auction.Order{market(buy(0, 100)), buy(199, 100), market(sell(0, 100)), sell(202, 100)}
	for name, c := range map[string]struct {
		orders                 []auction.Order
		ref                    int64
		price, volume, surplus int64
	}{
		"1: exactly one limit":           {[]auction.Order{buy(202, 200), buy(201, 200), buy(200, 300), sell(200, 100), sell(198, 200), sell(197, 400)}, 1, 200, 700, 0},
		"2: several, surplus of buyers":  {[]auction.Order{buy(202, 400), buy(201, 200), sell(199, 300), sell(198, 200)}, 1, 201, 500, 100},
		"3: several, surplus of sellers": {[]auction.Order{buy(202, 300), buy(201, 200), sell(199, 400), sell(198, 200)}, 999, 199, 500, -100},
		"4: surplus on both, low":        {several, 198, 199, 100, 100},
		"4: surplus on both, between":    {several, 200, 200, 100, 0},
		"4: surplus on both, high":       {several, 203, 202, 100, -100},
		"5: no surplus, low":             {[]auction.Order{buy(202, 300), buy(201, 200), sell(199, 300), sell(198, 200)}, 198, 199, 500, 0},
		"5: no surplus, high":            {[]auction.Order{buy(202, 300), buy(201, 200), sell(199, 300), sell(198, 200)}, 202, 201, 500, 0},
		"6: market orders only":          {[]auction.Order{market(buy(0, 900)), market(sell(0, 800))}, 123, 123, 800, 100},
	} {
		rule, _ := auction.RuleOf("xetra", nil)
		got, err := auction.Uncross(c.orders, rule, auction.Ref(c.ref))
		if err != nil || got.Price != c.price || got.Volume != c.volume || got.Surplus != c.surplus {
			t.Errorf("%s: price %d, volume %d, surplus %d (%v); wanted %d, %d, %d", name, got.Price, got.Volume, got.Surplus, err, c.price, c.volume, c.surplus)
		}
	}
}

// TestMatchSteps are the examples of the match steps of Nexdax and the BNB Beacon Chain, by their numbers.
func TestMatchSteps(t *testing.T) {
	mixed := []auction.Order{buy(100, 25), buy(97, 25), sell(98, 25), sell(95, 25)}
	for name, c := range map[string]struct {
		orders []auction.Order
		ref    int64
		price  int64
	}{
		"1":   {[]auction.Order{buy(100, 150), buy(98, 150), sell(98, 250), sell(97, 50)}, 1, 98},
		"2":   {[]auction.Order{buy(100, 150), buy(99, 50), buy(97, 300), sell(97, 200), sell(96, 100)}, 1, 97},
		"3":   {[]auction.Order{buy(102, 300), buy(100, 100), buy(99, 200), buy(98, 300), sell(98, 250), sell(97, 250), sell(96, 1000)}, 1, 96},
		"4":   {[]auction.Order{buy(102, 30), buy(101, 10), buy(99, 50), buy(96, 15), sell(98, 10), sell(97, 50), sell(95, 50)}, 1, 97},
		"5.1": {[]auction.Order{buy(102, 10), buy(97, 10), sell(95, 50)}, 80, 95},
		"5.2": {[]auction.Order{buy(99, 10), buy(94, 10), sell(92, 50)}, 100, 94},
		"5.3": {[]auction.Order{buy(99, 100), sell(92, 50)}, 90, 95},
		"5.4": {[]auction.Order{buy(101, 10), buy(96, 10), sell(94, 50)}, 100, 95},
		"6.1": {mixed, 99, 99},
		"6.2": {mixed, 97, 97},
	} {
		rule, _ := auction.RuleOf("nexdax", nil)
		if got, err := auction.Uncross(c.orders, rule, auction.Ref(c.ref)); err != nil || got.Price != c.price {
			t.Errorf("%s: %+v, %v; wanted %d", name, got.Indication, err, c.price)
		}
	}
}

// TestEuronextExamples are the examples of the notices on pure market orders and on market-to-limit orders, call phase; a
// market-to-limit order is a market order in the call. Prices are in hundredths, the reference is 10.00.
func TestEuronextExamples(t *testing.T) {
	of := func(party auction.Party, o auction.Order) auction.Order {
		o.Party = party
		return o
	}
	first := []auction.Order{of("A", market(buy(0, 50))), of("B", buy(1010, 90)), of("C", buy(990, 10)), of("D", market(sell(0, 40))), of("E", sell(1008, 100)), of("F", sell(1015, 60))}
	for name, c := range map[string]struct {
		orders []auction.Order
		price  int64
		trades string
	}{
		"1, before G":        {first, 1008, "AD40 AE10 BE90"},
		"1, totally filled":  {append(slices.Clone(first), of("G", market(buy(0, 20)))), 1010, "AD40 AE10 GE20 BE70"},
		"2, partially":       {[]auction.Order{of("A", market(buy(0, 40))), of("D", market(sell(0, 45))), of("G", market(buy(0, 20)))}, 1000, "AD40 GD5"},
		"3, above the limit": {[]auction.Order{of("A", market(buy(0, 40))), of("G", sell(998, 40))}, 1000, "AG40"},
		"4, at the limit":    {[]auction.Order{of("A", market(buy(0, 40))), of("G", sell(998, 41))}, 998, "AG40"},
		"5, at the limit":    {[]auction.Order{of("A", market(buy(0, 40))), of("G", sell(1002, 40))}, 1002, "AG40"},
		"several buyers":     {[]auction.Order{of("A", buy(998, 40)), of("B", buy(996, 40)), of("G", market(sell(0, 80)))}, 996, "AG40 BG40"},
		"market to limit, 2": {[]auction.Order{of("A", market(buy(0, 10))), of("B", market(buy(0, 10))), of("C", market(buy(0, 10))), of("D", sell(1000, 10))}, 1000, "AD10"},
		"market to limit, 3": {[]auction.Order{of("A", market(buy(0, 10))), of("B", market(buy(0, 10))), of("C", market(buy(0, 10))), of("D", sell(1000, 5))}, 1000, "AD5"},
	} {
		rule, _ := auction.RuleOf("euronext", nil)
		got, err := auction.Uncross(c.orders, rule, auction.Ref(1000))
		var trades []string
		for _, x := range got.Trades {
			trades = append(trades, fmt.Sprintf("%s%s%d", x.Buyer, x.Seller, x.Quantity))
		}
		if err != nil || got.Price != c.price || strings.Join(trades, " ") != c.trades {
			t.Errorf("%s: %d, %v, %v; wanted %d, %s", name, got.Price, trades, err, c.price, c.trades)
		}
	}
}

// TestHKEX is example 1 of HKEX's closing auction, before and after an at-auction order comes, and what happens when no
// limits cross: in the closing auction the reference is the price, in a pre-opening session without one there is none.
func TestHKEX(t *testing.T) {
	rule, _ := auction.RuleOf("hkex", every(5))
	book := []auction.Order{buy(2405, 200), buy(2400, 1000), buy(2395, 400), sell(2395, 400), sell(2400, 600), sell(2405, 400), sell(2405, 400)}
	later := append(slices.Clone(book), market(sell(0, 1000)))
	apart := []auction.Order{market(buy(0, 500)), buy(2390, 100), sell(2400, 300), sell(2410, 900)}
	for name, c := range map[string]struct {
		orders []auction.Order
		ref    auction.Reference
		want   auction.Indication
	}{
		"1: 24.00 for 1,000":                   {book, auction.Ref(2400), auction.Indication{Outcome: auction.Struck, Price: 2400, Volume: 1000, Surplus: 200}},
		"1, then an order to sell 1,000":       {later, auction.Ref(2400), auction.Indication{Outcome: auction.Struck, Price: 2395, Volume: 1400, Surplus: 200}},
		"no limits cross: at the reference":    {apart, auction.Ref(2405), auction.Indication{Outcome: auction.Struck, Price: 2405, Volume: 300, Surplus: 200}},
		"nor does anybody meet there":          {apart, auction.Ref(2395), auction.Indication{}},
		"no limits cross, and no reference":    {apart, auction.Reference{}, auction.Indication{}},
		"only prices within the crossed range": {append(slices.Clone(apart), buy(2400, 50)), auction.Ref(2400), auction.Indication{Outcome: auction.Struck, Price: 2400, Volume: 300, Surplus: 250}},
	} {
		got, err := auction.Indicate(c.orders, rule, c.ref)
		got.Bid, got.Ask = auction.Best{}, auction.Best{}
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v; wanted %+v", name, got, err, c.want)
		}
	}
}

// TestServing: who gets how much at the price.
func TestServing(t *testing.T) {
	for name, c := range map[string]struct {
		market string
		orders []auction.Order
		want   []int64
	}{
		"the older one at one price":                        {"xetra", []auction.Order{buy(10, 40), buy(10, 20), sell(10, 45)}, []int64{40, 5, 45}},
		"Euronext, pure market orders, call 2":              {"euronext", []auction.Order{market(buy(0, 40)), market(buy(0, 20)), market(sell(0, 45))}, []int64{40, 5, 45}},
		"the better price before the older order":           {"xetra", []auction.Order{buy(10, 40), buy(11, 20), sell(10, 45)}, []int64{25, 20, 45}},
		"market orders before limits":                       {"moex", []auction.Order{buy(12, 40), market(buy(0, 20)), sell(10, 45)}, []int64{25, 20, 45}},
		"MOEX: orders for the auction before others":        {"moex", []auction.Order{classed(buy(10, 40), 1), classed(buy(10, 20), 0), sell(10, 45)}, []int64{25, 20, 45}},
		"MOEX: and so among market orders":                  {"moex", []auction.Order{classed(market(buy(0, 40)), 1), market(buy(0, 20)), sell(10, 45)}, []int64{25, 20, 45}},
		"itayose: what comes at one price is simultaneous":  {"tse", []auction.Order{buy(10, 40), buy(10, 20), sell(10, 30)}, []int64{20, 10, 30}},
		"itayose: what can't be shared goes to the largest": {"tse", []auction.Order{buy(10, 4), buy(10, 3), buy(10, 3), sell(10, 5)}, []int64{2, 2, 1, 5}},
		"itayose: one of both sides is served whole":        {"tse", []auction.Order{buy(11, 5), buy(10, 10), sell(10, 8), sell(9, 4)}, []int64{5, 7, 8, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			rule, err := auction.RuleOf(c.market, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := auction.Uncross(c.orders, rule, auction.Ref(10))
			if err != nil || !slices.Equal(got.Fills, c.want) {
				t.Errorf("%v (%v), wanted %v", got.Fills, err, c.want)
			}
		})
	}
}

// TestNoPrice: an auction in which nobody meets was held all the same; where a market order would stay open, the rule of
// itayose strikes no price.
func TestNoPrice(t *testing.T) {
	xetra, _ := auction.RuleOf("xetra", nil)
	tse, _ := auction.RuleOf("tse", nil)
	for name, c := range map[string]struct {
		orders []auction.Order
		rule   auction.Rule
		want   auction.Outcome
	}{
		"an empty book":                    {nil, xetra, auction.Apart},
		"one side only":                    {[]auction.Order{buy(10, 1), market(buy(0, 3))}, xetra, auction.Apart},
		"limits apart":                     {[]auction.Order{buy(9, 1), sell(10, 3)}, xetra, auction.Apart},
		"a market order alone":             {[]auction.Order{market(sell(0, 3))}, xetra, auction.Apart},
		"itayose, the market is not whole": {[]auction.Order{market(buy(0, 10)), sell(10, 3)}, tse, auction.MarketsLeft},
		"Xetra fills a part of it":         {[]auction.Order{market(buy(0, 10)), sell(10, 3)}, xetra, auction.Struck},
	} {
		got, err := auction.Uncross(c.orders, c.rule, auction.Ref(10))
		if err != nil || got.Outcome != c.want || (c.want != auction.Struck) != (got.Trades == nil && got.Volume == 0) || len(got.Fills) != len(c.orders) {
			t.Errorf("%s: %+v, %v; wanted %s", name, got, err, c.want)
		}
	}
	apart, err := auction.Indicate([]auction.Order{buy(9, 1), buy(9, 2), buy(8, 1), market(buy(0, 7)), sell(20, 3)}, tse, auction.Ref(10))
	if err != nil || apart.Outcome != auction.MarketsLeft || apart.Bid != (auction.Best{Price: 9, Quantity: 3}) || apart.Ask != (auction.Best{Price: 20, Quantity: 3}) {
		t.Errorf("the best prices are shown as %+v, %v", apart, err)
	}
	if apart.Side() != 0 || (auction.Indication{Surplus: 2}).Side() != auction.Buy || (auction.Indication{Surplus: -2}).Side() != auction.Sell {
		t.Error("the side of a surplus is shown wrongly")
	}
}

// TestRefusedBooks: what can't be counted or read is refused with its code, and nothing panics.
func TestRefusedBooks(t *testing.T) {
	plain := auction.Rule{}
	const most = math.MaxInt64
	for name, c := range map[string]struct {
		orders []auction.Order
		rule   auction.Rule
		ref    auction.Reference
		want   error
	}{
		"no side":                   {[]auction.Order{{Quantity: 1}}, plain, auction.Ref(1), auction.ErrBook},
		"an unknown side":           {[]auction.Order{{Side: 3, Quantity: 1}}, plain, auction.Ref(1), auction.ErrBook},
		"nothing":                   {[]auction.Order{buy(1, 0)}, plain, auction.Ref(1), auction.ErrBook},
		"less than nothing":         {[]auction.Order{buy(1, -5)}, plain, auction.Ref(1), auction.ErrBook},
		"off the tick":              {[]auction.Order{buy(7, 1)}, auction.Rule{Ticks: every(5)}, auction.Ref(5), auction.ErrTick},
		"a reference off the tick":  {nil, auction.Rule{Ticks: every(5)}, auction.Ref(7), auction.ErrTick},
		"a price without measure":   {[]auction.Order{buy(most, 1)}, plain, auction.Ref(1), auction.ErrTick},
		"the lowest number":         {[]auction.Order{sell(math.MinInt64, 1)}, plain, auction.Ref(1), auction.ErrTick},
		"a reference far away":      {nil, plain, auction.Ref(math.MinInt64), auction.ErrTick},
		"quantities together":       {[]auction.Order{buy(1, most), buy(1, 1)}, plain, auction.Ref(1), auction.ErrOverflow},
		"market quantities":         {[]auction.Order{market(sell(1, most)), market(sell(1, most))}, plain, auction.Ref(1), auction.ErrOverflow},
		"a value":                   {[]auction.Order{buy(4, most/3), sell(4, most/3)}, plain, auction.Ref(1), auction.ErrOverflow},
		"a value below zero":        {[]auction.Order{buy(-4, most/3), sell(-4, most/3)}, plain, auction.Ref(1), auction.ErrOverflow},
		"market orders refused":     {[]auction.Order{market(buy(0, 1))}, auction.Rule{Markets: auction.MarketsRefused}, auction.Ref(1), auction.ErrMarket},
		"market orders alone":       {[]auction.Order{market(buy(0, 1)), market(sell(0, 1))}, plain, auction.Reference{}, auction.ErrReference},
		"equal prices, no fallback": {[]auction.Order{buy(4, 1), sell(2, 1)}, auction.Rule{Fallback: auction.FallbackRefuse}, auction.Reference{}, auction.ErrReference},
		"a cap without pressure":    {nil, auction.Rule{Cap: money.Percent(5)}, auction.Ref(1), auction.ErrRule},
		"pressure without its cap":  {nil, auction.Rule{Pressure: auction.PressureCap}, auction.Ref(1), auction.ErrRule},
		"a cap above the whole":     {nil, auction.Rule{Pressure: auction.PressureCap, Cap: money.One + 1}, auction.Ref(1), auction.ErrRule},
		"an unknown parameter":      {nil, auction.Rule{Candidates: 9}, auction.Ref(1), auction.ErrRule},
		"ticks of nothing":          {nil, auction.Rule{Ticks: every(0)}, auction.Ref(1), auction.ErrRule},
	} {
		if _, err := auction.Uncross(c.orders, c.rule, c.ref); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := auction.RuleOf("nowhere", nil); !errors.Is(err, auction.ErrRule) {
		t.Errorf("a market that is not known: %v", err)
	}
	_, err := auction.Uncross([]auction.Order{buy(1, 1), buy(1, 0)}, plain, auction.Ref(1))
	if fault.ParamsOf(err)["order"] != int64(1) {
		t.Errorf("the order that is wrong is named %v", fault.ParamsOf(err))
	}
	// The largest numbers that can be counted are counted.
	whole, err := auction.Uncross([]auction.Order{buy(1, most-1), buy(1, 1), sell(1, most)}, plain, auction.Ref(1))
	if err != nil || whole.Volume != most || len(whole.Trades) != 2 {
		t.Errorf("all quantities together: %+v, %v", whole.Indication, err)
	}
	far := int64(most / 4)
	got, err := auction.Uncross([]auction.Order{buy(far, 2), sell(-far, 2)}, auction.Rule{Candidates: auction.AtBeyond}, auction.Ref(0))
	if err != nil || got.Price != 0 || got.Volume != 2 {
		t.Errorf("the farthest prices: %+v, %v", got, err)
	}
}
