package auction_test

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/core/exchange/auction"
)

// anyNumber draws from all of int64, and often from where something ends.
func anyNumber() *rapid.Generator[int64] {
	edges := []int64{math.MinInt64, math.MinInt64 + 1, -math.MaxInt64 / 4, -1, 0, 1, 2, 3, 1000, math.MaxInt64 / 4, math.MaxInt64/4 + 1, math.MaxInt64 / 2, math.MaxInt64 - 1, math.MaxInt64}
	return rapid.OneOf(rapid.Int64(), rapid.SampledFrom(edges), rapid.Int64Range(-20, 20), rapid.Int64Range(1, 1_000_000))
}

// stated: whatever is refused is refused with a code of this package, and never an accident.
func stated(t *rapid.T, err error) bool {
	if err != nil && fault.Of(err) == fault.ErrInternal {
		t.Fatalf("refused without a code: %v", err)
	}
	return err != nil
}

// payable: trades sum up to no more than is there, and each has a value that can be counted.
func payable(t *rapid.T, trades []auction.Trade, most int64) {
	sum := new(big.Int)
	for _, x := range trades {
		if value := new(big.Int).Mul(big.NewInt(x.Price), big.NewInt(x.Quantity)); !value.IsInt64() || x.Quantity <= 0 {
			t.Fatalf("%+v can't be counted", x)
		}
		sum.Add(sum, big.NewInt(x.Quantity))
	}
	if sum.Cmp(big.NewInt(most)) > 0 {
		t.Fatalf("%s are traded, there are %d", sum, most)
	}
}

// TestAnyNumbers: no number, however large, makes an auction panic or lie: it is counted or refused with a code.
func TestAnyNumbers(t *testing.T) {
	held := 0
	rapid.Check(t, func(t *rapid.T) {
		for range 8 {
			anyNumbers(t, &held)
		}
	})
	if held < 20 {
		t.Errorf("only %d were held: the property looks at too little", held)
	}
}

func anyNumbers(t *rapid.T, held *int) {
	n := anyNumber()
	rule := auction.Rule{Ticks: rapid.SampledFrom([]auction.Ticks{nil, {{From: n.Draw(t, "from"), Step: n.Draw(t, "step")}}}).Draw(t, "ticks"),
		Candidates: auction.Candidates(rapid.IntRange(0, 4).Draw(t, "candidates")), Choice: auction.Choice(rapid.IntRange(0, 1).Draw(t, "choice")),
		Tie: auction.Tie(rapid.IntRange(0, 1).Draw(t, "tie"))}
	if rapid.Bool().Draw(t, "capped") {
		rule.Pressure, rule.Cap = auction.PressureCap, money.Rate(n.Draw(t, "cap"))
	}
	var orders []auction.Order
	for range rapid.IntRange(0, 6).Draw(t, "orders") {
		orders = append(orders, auction.Order{Side: auction.Side(rapid.IntRange(1, 2).Draw(t, "side")), Market: rapid.IntRange(0, 4).Draw(t, "market") == 0,
			Limit: n.Draw(t, "limit"), Quantity: n.Draw(t, "quantity"), Class: rapid.Byte().Draw(t, "class")})
	}
	ref := auction.Reference{Price: n.Draw(t, "reference"), Known: rapid.Bool().Draw(t, "known")}
	if r, err := auction.Uncross(orders, rule, ref); !stated(t, err) {
		conserved(t, orders, r)
		payable(t, r.Trades, r.Volume)
		*held++
	}
	if r, err := auction.MatchAt(n.Draw(t, "at"), orders, rule); !stated(t, err) {
		conserved(t, orders, r)
		payable(t, r.Trades, r.Volume)
	}
	for i := range orders {
		orders[i].Side = auction.Buy
	}
	p := auction.Placement{Issuer: "issuer", Quantity: n.Draw(t, "offered"), Ticks: rule.Ticks, Uniform: rule.Tie == 0, CutOff: ref, MarketShare: money.Rate(rapid.Int64Range(-1, 1_000_001).Draw(t, "share"))}
	if r, err := auction.Place(orders, p); !stated(t, err) {
		payable(t, r.Trades, p.Quantity)
		*held++
	}
	c := auction.Collar{Dynamic: rule.Cap, Least: n.Draw(t, "least")}
	low, high, err := c.Bounds(ref.Price, rule.Cap, nil)
	if !stated(t, err) && (low > ref.Price || high < ref.Price) {
		t.Fatalf("%d lies outside of its own bounds %d to %d", ref.Price, low, high)
	}
}

// TestAnyBids: the same for lots and tenders.
func TestAnyBids(t *testing.T) {
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		for range 8 {
			anyBids(t, &taken)
		}
	})
	if taken < 20 {
		t.Errorf("only %d bids were taken: the property looks at too little", taken)
	}
}

func anyBids(t *rapid.T, taken *int) {
	n := anyNumber()
	who := rapid.SampledFrom([]auction.Party{"", "seller", "a", "b"})
	l := auction.Lot{Seller: "seller", Quantity: n.Draw(t, "quantity"), Start: n.Draw(t, "start"), Reserve: n.Draw(t, "reserve"), Step: n.Draw(t, "step"),
		Begins: rapid.Int64Range(-1, 5).Draw(t, "begins"), Ends: n.Draw(t, "ends"), Window: n.Draw(t, "window"), Extends: n.Draw(t, "extends")}
	if rapid.Bool().Draw(t, "usual") {
		l.Quantity, l.Start, l.Reserve, l.Step, l.Begins, l.Ends, l.Window = 3, 5, 4, 1, 0, 1<<40, 0
	}
	var bids []auction.Bid
	for range 5 {
		bids = append(bids, auction.Bid{Bidder: who.Draw(t, "who"), Price: n.Draw(t, "price"), At: n.Draw(t, "at")})
	}
	if e, err := auction.NewEnglish(l); !stated(t, err) {
		for _, b := range bids {
			if !stated(t, e.Bid(b)) {
				*taken++
			}
		}
		trades, err := e.Finish(n.Draw(t, "finish"))
		stated(t, err)
		payable(t, trades, l.Quantity)
	}
	if d, err := auction.NewDutch(l, n.Draw(t, "every")); !stated(t, err) {
		for _, b := range bids {
			x, err := d.Accept(b.Bidder, b.Price, b.At)
			if !stated(t, err) {
				*taken++
				payable(t, []auction.Trade{x}, l.Quantity)
			}
		}
	}
	trades, err := auction.Sealed(l, bids, auction.SecondPrice)
	stated(t, err)
	payable(t, trades, max(l.Quantity, 0))
	terms := auction.Terms{Buyer: "seller", Items: []auction.Item{{Quantity: max(1, l.Quantity), Ceiling: l.Start}, {Quantity: 2}}, Whole: rapid.Bool().Draw(t, "whole"), Ends: l.Ends,
		Decrement: money.Rate(n.Draw(t, "decrement")), Window: l.Window, Extends: l.Extends}
	if rapid.Bool().Draw(t, "usual terms") {
		terms.Items[0].Ceiling, terms.Ends, terms.Window, terms.Extends, terms.Decrement = 0, 1<<60, 0, 0, 1
	}
	if x, err := auction.NewTender(terms); !stated(t, err) {
		for _, b := range bids {
			if !stated(t, x.Bid(auction.Offer{Bidder: b.Bidder, Prices: []int64{b.Price, n.Draw(t, "other")}, At: b.At})) {
				*taken++
			}
		}
		trades, err := x.Award(math.MaxInt64)
		stated(t, err)
		payable(t, trades, math.MaxInt64)
	}
}
