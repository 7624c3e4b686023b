package auction_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/money"
	"sauda/core/exchange/auction"
)

// TestCollars: what stops trading, by the rules of the sources.
func TestCollars(t *testing.T) {
	liquid, illiquid := auction.Collar{Dynamic: money.Percent(10)}, auction.Collar{Dynamic: money.Percent(5)}
	both := auction.Collar{Dynamic: money.Percent(2), Static: money.Percent(10), Extended: money.Percent(20)}
	cross := auction.Collar{Dynamic: money.Percent(10), Least: 50}
	none := auction.Reference{}
	for name, c := range map[string]struct {
		collar       auction.Collar
		price        int64
		last, static auction.Reference
		want         auction.Verdict
	}{
		"KASE, liquid: ten per cent exactly":         {liquid, 1100, auction.Ref(1000), none, auction.Inside},
		"KASE, liquid: more than ten per cent":       {liquid, 1101, auction.Ref(1000), none, auction.OutsideDynamic},
		"KASE, liquid: downwards":                    {liquid, 899, auction.Ref(1000), none, auction.OutsideDynamic},
		"KASE, illiquid: more than five per cent":    {illiquid, 1051, auction.Ref(1000), none, auction.OutsideDynamic},
		"no deals yet":                               {liquid, 1, none, none, auction.Inside},
		"no collar":                                  {auction.Collar{}, 1, auction.Ref(1000), auction.Ref(1000), auction.Inside},
		"dynamic only":                               {both, 1030, auction.Ref(1000), auction.Ref(1000), auction.OutsideDynamic},
		"step by step it leaves the static corridor": {both, 1105, auction.Ref(1100), auction.Ref(1000), auction.OutsideStatic},
		"Xetra: beyond the extended one":             {both, 1201, auction.Ref(1000), auction.Ref(1000), auction.OutsideExtended},
		"Nasdaq: ten per cent or fifty cents":        {cross, 150, auction.Ref(100), none, auction.Inside},
		"Nasdaq: more than fifty cents":              {cross, 151, auction.Ref(100), none, auction.OutsideDynamic},
		"below zero":                                 {liquid, -111, auction.Ref(-100), none, auction.OutsideDynamic},
	} {
		if got := c.collar.Judge(c.price, c.last, c.static); got != c.want {
			t.Errorf("%s: %s, wanted %s", name, got, c.want)
		}
	}
	low, high, err := auction.Collar{}.Bounds(2405, money.Percent(5), every(5)) // HKEX, closing auction.
	if err != nil || low != 2285 || high != 2525 {
		t.Errorf("five per cent about 24.05: %d to %d, %v", low, high, err)
	}
	for _, c := range []auction.Collar{{Dynamic: money.One, Extended: money.One}, {Least: math.MaxInt64 / 4}, {Dynamic: money.Percent(5)}} {
		if c.Check() != nil {
			t.Errorf("%+v is refused", c)
		}
	}
	for _, c := range []auction.Collar{{Dynamic: -1}, {Static: money.One + 1}, {Least: -1}, {Least: math.MaxInt64/4 + 1}, {Dynamic: money.Percent(5), Extended: money.Percent(4)}} {
		if _, _, err := c.Bounds(1, 0, nil); !errors.Is(c.Check(), auction.ErrRule) || err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}

// TestCollarExact: nothing is rounded, however large the numbers; and what lies in the bounds is inside.
func TestCollarExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		price := rapid.Int64Range(-1<<60, 1<<60).Draw(t, "price")
		ref := rapid.Int64Range(-1<<60, 1<<60).Draw(t, "ref")
		if rapid.Bool().Draw(t, "near") {
			price = ref + price%(1+max(ref, -ref)/10)
		}
		rate := money.Rate(rapid.Int64Range(1, int64(money.One)).Draw(t, "rate"))
		got := auction.Collar{Dynamic: rate}.Judge(price, auction.Ref(ref), auction.Reference{})
		away := new(big.Int).Mul(new(big.Int).Abs(big.NewInt(price-ref)), big.NewInt(int64(money.One)))
		most := new(big.Int).Mul(new(big.Int).Abs(big.NewInt(ref)), big.NewInt(int64(rate)))
		if outside := away.Cmp(most) > 0; outside != (got == auction.OutsideDynamic) {
			t.Fatalf("%d from %d by %s: %s", price, ref, rate, got)
		}
		low, high, err := auction.Collar{}.Bounds(ref, rate, nil)
		if err != nil || (got == auction.Inside) != (low <= price && price <= high) {
			t.Fatalf("%d is %s and the bounds are %d to %d, %v", price, got, low, high, err)
		}
	})
}
