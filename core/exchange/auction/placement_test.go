package auction_test

import (
	"cmp"
	"errors"
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/money"
	"sauda/core/exchange/auction"
)

// TestKASEPlacement: a placement as the Kazakhstan Stock Exchange holds them: a cut-off price, seventy per cent at most
// for those who name no price, pro rata at the margin.
func TestKASEPlacement(t *testing.T) {
	issue := auction.Placement{Issuer: "ministry", Quantity: 1000, MarketShare: money.Percent(70)}
	bids := []auction.Order{buy(9200, 200), buy(9000, 300), buy(9000, 100), buy(8900, 500), market(buy(0, 400)), market(buy(0, 600))}
	with := func(change func(*auction.Placement)) auction.Placement {
		p := issue
		change(&p)
		return p
	}
	for name, c := range map[string]struct {
		p               auction.Placement
		bids            []auction.Order
		cutOff, average int64
		fills           []int64
	}{
		// 700 without a price, 300 for the others: 200 at 92.00, and 100 of 400 wanted at 90.00.
		"at their own prices": {issue, bids, 9000, 9133, []int64{200, 75, 25, 0, 280, 420}},
		"at the cut-off price": {with(func(p *auction.Placement) { p.Uniform = true }), bids, 9000, 9000,
			[]int64{200, 75, 25, 0, 280, 420}},
		"the issuer cuts higher":  {with(func(p *auction.Placement) { p.CutOff = auction.Ref(9100) }), bids, 9100, 9200, []int64{200, 0, 0, 0, 280, 420}},
		"a floor":                 {with(func(p *auction.Placement) { p.Floor = auction.Ref(9000); p.Quantity = 2000 }), bids, 9000, 9067, []int64{200, 300, 100, 0, 400, 600}},
		"ticks of the average":    {with(func(p *auction.Placement) { p.Ticks = every(100) }), bids, 9000, 9100, []int64{200, 75, 25, 0, 280, 420}},
		"nobody names a price":    {issue, bids[4:], 0, 0, []int64{0, 0}},
		"everybody names a price": {issue, bids[:4], 8900, 9000, []int64{200, 300, 100, 400}},
		"the market takes less":   {issue, append(slices.Clone(bids[:4]), market(buy(0, 100))), 8900, 9011, []int64{200, 300, 100, 300, 100}},
		"no share for the market": {with(func(p *auction.Placement) { p.MarketShare = 0 }), bids, 8900, 9000, []int64{200, 300, 100, 400, 0, 0}},
	} {
		got, err := auction.Place(c.bids, c.p)
		if err != nil || got.CutOff != c.cutOff || got.Average != c.average || !slices.Equal(got.Fills, c.fills) {
			t.Errorf("%s: cut off at %d, average %d, %v (%v); wanted %d, %d, %v", name, got.CutOff, got.Average, got.Fills, err, c.cutOff, c.average, c.fills)
		}
	}
}

// TestPlacements: random placements sell no more than there is, at nobody's cost: each pays what the rule says and at most
// what he named, the market at most its share, and no better bid stays open.
func TestPlacements(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ticks := rapid.SampledFrom([]auction.Ticks{nil, every(2), every(5)}).Draw(t, "ticks")
		p := auction.Placement{Issuer: "issuer", Order: 99, Ticks: ticks, Quantity: rapid.Int64Range(1, 60).Draw(t, "quantity"),
			Uniform: rapid.Bool().Draw(t, "uniform"), MarketShare: money.Percent(rapid.Int64Range(0, 100).Draw(t, "share"))}
		price := rapid.Custom(func(t *rapid.T) int64 { return ticks.Floor(rapid.Int64Range(-10, 40).Draw(t, "price")) })
		if rapid.Bool().Draw(t, "floor") {
			p.Floor = auction.Ref(price.Draw(t, "floor"))
		}
		if rapid.Bool().Draw(t, "cut") {
			p.CutOff = auction.Ref(max(price.Draw(t, "cut"), p.Floor.Price))
		}
		bids := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) auction.Order {
			o := buy(price.Draw(t, "limit"), rapid.Int64Range(1, 30).Draw(t, "n"))
			if rapid.IntRange(0, 3).Draw(t, "market") == 0 {
				o = market(o)
			}
			return o
		}), 0, 12).Draw(t, "bids")
		for i := range bids {
			bids[i].ID = uint64(i)
		}
		got, err := auction.Place(bids, p)
		if err != nil {
			t.Fatalf("%v", err)
		}
		least := int64(math.MinInt64)
		if p.Floor.Known {
			least = p.Floor.Price
		}
		if p.CutOff.Known {
			least = p.CutOff.Price
		}
		var limits, markets, wanted, value int64
		for i, b := range bids {
			n := got.Fills[i]
			if n < 0 || n > b.Quantity || !b.Market && b.Limit < least && n > 0 {
				t.Fatalf("bid %d gets %d of %d", i, n, b.Quantity)
			}
			if b.Market {
				markets += n
				continue
			}
			limits += n
			if b.Limit >= least {
				wanted += b.Quantity
			}
			for j, worse := range bids {
				if !worse.Market && worse.Limit < b.Limit && got.Fills[j] > 0 && n < b.Quantity {
					t.Fatalf("bid %d stays open, the lower %d is served", i, j)
				}
				if !worse.Market && worse.Limit == b.Limit && worse.Quantity > b.Quantity && got.Fills[j] < n {
					t.Fatalf("at one price %d gets %d, and the larger %d only %d", i, n, j, got.Fills[j])
				}
			}
		}
		if limits != got.Limits || markets != got.Markets || limits+markets > p.Quantity || markets > p.Quantity*int64(p.MarketShare)/int64(money.One) {
			t.Fatalf("%d and %d are sold of %d: %+v", limits, markets, p.Quantity, got)
		}
		if limits < wanted && limits+markets < p.Quantity && limits > 0 {
			t.Fatalf("%d are left while bids of %d stay open", p.Quantity-limits-markets, wanted)
		}
		for _, x := range got.Trades {
			b := bids[x.BuyOrder]
			pays := b.Limit
			if p.Uniform {
				pays = got.CutOff
			}
			if b.Market {
				pays = got.Average
			} else {
				value += x.Price * x.Quantity
			}
			if x.Price != pays || x.Quantity != got.Fills[x.BuyOrder] || x.Seller != "issuer" || x.SellOrder != 99 || !b.Market && x.Price > b.Limit {
				t.Fatalf("%+v of %+v, by the rule at %d", x, b, pays)
			}
		}
		if limits == 0 {
			return
		}
		// The average is the nearest tick to the exact one, the higher of two.
		exact := big.NewRat(value, limits)
		far := func(p int64) *big.Rat { d := new(big.Rat).Sub(big.NewRat(p, 1), exact); return d.Abs(d) }
		nearest := slices.MinFunc(grid(ticks), func(a, b int64) int { return cmp.Or(far(a).Cmp(far(b)), cmp.Compare(b, a)) })
		if got.Average != nearest {
			t.Fatalf("the average of %s is %d, the nearest price %d", exact, got.Average, nearest)
		}
	})
}

// TestRefusedPlacements: what can't be placed is refused with its code.
func TestRefusedPlacements(t *testing.T) {
	p := auction.Placement{Issuer: "issuer", Quantity: math.MaxInt64}
	own := buy(1, 1)
	own.Party = "issuer"
	far := int64(math.MaxInt64 / 4)
	for name, c := range map[string]struct {
		p    auction.Placement
		bids []auction.Order
		want error
	}{
		"by nobody":              {auction.Placement{Quantity: 1}, nil, auction.ErrRule},
		"of nothing":             {auction.Placement{Issuer: "i"}, nil, auction.ErrRule},
		"a share above all":      {auction.Placement{Issuer: "i", Quantity: 1, MarketShare: money.One + 1}, nil, auction.ErrRule},
		"cut below the floor":    {auction.Placement{Issuer: "i", Quantity: 1, Floor: auction.Ref(5), CutOff: auction.Ref(4)}, nil, auction.ErrRule},
		"cut off the tick":       {auction.Placement{Issuer: "i", Quantity: 1, Ticks: every(2), CutOff: auction.Ref(5)}, nil, auction.ErrTick},
		"a bid off the tick":     {auction.Placement{Issuer: "i", Quantity: 1, Ticks: every(2)}, []auction.Order{buy(5, 1)}, auction.ErrTick},
		"somebody sells":         {p, []auction.Order{sell(5, 1)}, auction.ErrBook},
		"a bid for nothing":      {p, []auction.Order{buy(5, 0)}, auction.ErrBook},
		"the issuer bids":        {p, []auction.Order{own}, auction.ErrSelf},
		"too much is wanted":     {p, []auction.Order{buy(1, math.MaxInt64), buy(1, 1)}, auction.ErrOverflow},
		"one bid is worth more":  {p, []auction.Order{buy(far, 5)}, auction.ErrOverflow},
		"all are worth more":     {p, []auction.Order{buy(far, 3), buy(far, 3)}, auction.ErrOverflow},
		"less than can be owed":  {p, []auction.Order{buy(-far, 3), buy(-far, 3)}, auction.ErrOverflow},
		"the market, at average": {auction.Placement{Issuer: "i", Quantity: 20, MarketShare: money.Percent(50)}, []auction.Order{buy(far, 1), market(buy(0, 10))}, auction.ErrOverflow},
	} {
		if _, err := auction.Place(c.bids, c.p); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
