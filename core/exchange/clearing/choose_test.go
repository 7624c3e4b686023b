package clearing

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sauda/core/ledger"
)

func claimsAndHoldings(r *rapid.T) ([]*claim, sums) {
	people, assets := []string{"a", "b", "c", "d"}, []string{"GOLD", "OIL"}
	have := make(sums)
	for _, p := range people {
		for _, asset := range append(assets, "KZT") {
			have[held{ledger.Exchange(p), asset}] = rapid.Int64Range(0, 12).Draw(r, p+asset)
		}
	}
	var claims []*claim
	for i := range rapid.IntRange(1, 12).Draw(r, "claims") {
		claims = append(claims, &claim{
			trade: int64(i + 1), buyer: rapid.SampledFrom(people).Draw(r, "buyer"), seller: rapid.SampledFrom(people).Draw(r, "seller"),
			asset: rapid.SampledFrom(assets).Draw(r, "asset"), currency: "KZT",
			open: rapid.Int64Range(1, 9).Draw(r, "open"), owed: rapid.Int64Range(0, 20).Draw(r, "owed"),
		})
	}
	return claims, have
}

// fits says whether all these claims can settle whole together.
func fits(claims []*claim, have sums) bool {
	after := maps.Clone(have)
	for _, c := range claims {
		after.pass(ledger.Exchange(c.seller), ledger.Exchange(c.buyer), c.asset, c.open)
		after.pass(ledger.Exchange(c.buyer), ledger.Exchange(c.seller), c.currency, c.owed)
	}
	for _, n := range after {
		if n < 0 {
			return false
		}
	}
	return true
}

// TestChoose holds every choice to what a settlement promises: nobody ends below zero, what all can do together is done,
// of no trade could one unit more be settled, who is blamed lacks it, and the same claims are always cut alike.
func TestChoose(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		claims, have := claimsAndHoldings(r)
		again := make([]*claim, len(claims))
		for i, c := range claims {
			twin := *c
			again[i] = &twin
		}
		after := choose(claims, have)
		choose(again, have)
		count := maps.Clone(have)
		for i, c := range claims {
			if *c != *again[i] {
				r.Fatalf("chosen as %+v and as %+v", *c, *again[i])
			}
			if c.take < 0 || c.take > c.open || c.pay != c.worth(c.take) {
				r.Fatalf("chosen %+v", *c)
			}
			count.pass(ledger.Exchange(c.seller), ledger.Exchange(c.buyer), c.asset, c.take)
			count.pass(ledger.Exchange(c.buyer), ledger.Exchange(c.seller), c.currency, c.pay)
		}
		for h, n := range count {
			if n < 0 || n != after[h] {
				r.Fatalf("%v ends with %d, is said to end with %d", h, n, after[h])
			}
		}
		whole := !slices.ContainsFunc(claims, func(c *claim) bool { return c.take < c.open })
		if !whole && fits(claims, have) {
			r.Fatalf("all could settle, %s do", show(claims))
		}
		for _, c := range claims {
			if c.take == c.open {
				if c.lacks != "" {
					r.Fatalf("%+v is settled and blames", *c)
				}
				continue
			}
			seller, buyer := after[sold(c)] < 1, after[bought(c)] < c.worth(c.take+1)-c.pay
			if !seller && !buyer {
				r.Fatalf("one unit more of %+v could settle", *c)
			}
			if seller != (c.lacks == Sell) || (!seller && c.lacks != Buy) {
				r.Fatalf("%+v blames %q", *c, c.lacks)
			}
		}
	})
}

func show(claims []*claim) (s string) {
	for _, c := range claims {
		s += fmt.Sprintf(" %d: %d of %d", c.trade, c.take, c.open)
	}
	return s
}

// TestChooseOldestFirst serves the oldest trades of who has too little, and lets a chain settle of which only the first
// link has anything.
func TestChooseOldestFirst(t *testing.T) {
	at := func(account, asset string) held { return held{ledger.Exchange(account), asset} }
	sale := func(trade int64, seller, buyer string, open, owed int64) *claim {
		return &claim{trade: trade, seller: seller, buyer: buyer, asset: "GOLD", currency: "KZT", open: open, owed: owed}
	}
	for name, test := range map[string]struct {
		claims []*claim
		have   sums
		want   string
	}{
		"a seller of too little": {
			[]*claim{sale(1, "s", "a", 5, 50), sale(2, "s", "b", 5, 50), sale(3, "s", "c", 5, 50)},
			sums{at("s", "GOLD"): 7, at("a", "KZT"): 50, at("b", "KZT"): 50, at("c", "KZT"): 50},
			" 1: 5 of 5 2: 2 of 5 3: 0 of 5",
		},
		"a buyer of too much": {
			[]*claim{sale(1, "s", "a", 5, 50), sale(2, "s", "a", 5, 50)},
			sums{at("s", "GOLD"): 10, at("a", "KZT"): 79},
			" 1: 5 of 5 2: 2 of 5",
		},
		"a chain": {
			[]*claim{sale(1, "c", "d", 5, 53), sale(2, "b", "c", 5, 52), sale(3, "a", "b", 5, 51)},
			sums{at("a", "GOLD"): 5, at("d", "KZT"): 53},
			" 1: 5 of 5 2: 5 of 5 3: 5 of 5",
		},
		"a broken chain": {
			[]*claim{sale(1, "c", "d", 5, 50), sale(2, "b", "c", 5, 50), sale(3, "a", "b", 5, 50)},
			sums{at("a", "GOLD"): 2, at("d", "KZT"): 50},
			" 1: 2 of 5 2: 2 of 5 3: 2 of 5",
		},
		"a circle": {
			[]*claim{sale(1, "a", "b", 1000000, 1000), sale(2, "b", "c", 1000000, 1000), sale(3, "c", "a", 1000000, 1000), sale(4, "a", "d", 1, 0)},
			sums{},
			" 1: 1000000 of 1000000 2: 1000000 of 1000000 3: 1000000 of 1000000 4: 0 of 1",
		},
	} {
		choose(test.claims, test.have)
		if got := show(test.claims); got != test.want {
			t.Errorf("%s:%s, want%s", name, got, test.want)
		}
	}
	// The same circle with the odd unit sold first is cut all around; it ends, and nobody lacks.
	odd := []*claim{sale(1, "a", "d", 1, 0), sale(2, "a", "b", 1e9, 1000), sale(3, "b", "c", 1e9, 1000), sale(4, "c", "a", 1e9, 1000)}
	for h, n := range choose(odd, sums{}) {
		if n < 0 {
			t.Errorf("%v ends with %d:%s", h, n, show(odd))
		}
	}
}
