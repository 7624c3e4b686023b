package auction_test

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"sauda/core/exchange/auction"
)

const vectorsFile = "../../../../shared/data/exchange/auction_vectors.json"

// vector is a call auction of a rulebook, with prices in hundredths.
type vector struct {
	ID   string
	Ref  *json.Number
	Buys [][2]json.RawMessage
	// Sells are, as Buys, pairs of a limit, or "MO", and a quantity.
	Sells [][2]json.RawMessage
	Want  struct {
		Price           json.Number
		Volume, Surplus int64
	}
	Tick *json.Number
}

// TestVectors: every auction of the rulebooks has the price, the volume and the surplus that its source states, by the
// rule of its market, and so it has by every other market's rule that has the same criteria.
func TestVectors(t *testing.T) {
	body, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatalf("the auctions of ../shared/data/exchange are not there: %v", err)
	}
	var vectors []vector
	if err := json.Unmarshal(body, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) < 15 {
		t.Fatalf("%d auctions, 15 were there", len(vectors))
	}
	markets := map[string]string{"xetra": "xetra", "euronext": "euronext", "clob": "xetra", "asx": "asx", "hkex": "hkex", "sgx": "sgx", "six": "xetra"}
	for _, v := range vectors {
		t.Run(v.ID, func(t *testing.T) {
			market, _, _ := strings.Cut(v.ID, "-")
			rule, err := auction.RuleOf(markets[market], nil)
			if err != nil {
				t.Fatal(err)
			}
			var orders []auction.Order
			for _, b := range v.Buys {
				orders = append(orders, parsed(t, auction.Buy, b))
			}
			for _, s := range v.Sells {
				orders = append(orders, parsed(t, auction.Sell, s))
			}
			var ref auction.Reference
			if v.Ref != nil {
				ref = auction.Ref(hundredths(t, v.Ref.String()))
			}
			got, err := auction.Uncross(orders, rule, ref)
			if err != nil {
				t.Fatal(err)
			}
			want := hundredths(t, v.Want.Price.String())
			if got.Outcome != auction.Struck || got.Price != want || got.Volume != v.Want.Volume || got.Surplus != v.Want.Surplus {
				t.Errorf("%s: price %d, volume %d, surplus %d; the source has %d, %d, %d", got.Outcome, got.Price, got.Volume, got.Surplus,
					want, v.Want.Volume, v.Want.Surplus)
			}
			conserved(t, orders, got)
		})
	}
}

func parsed(t *testing.T, side auction.Side, pair [2]json.RawMessage) auction.Order {
	t.Helper()
	o := auction.Order{Party: auction.Party(side.String()), Side: side}
	if string(pair[0]) == `"MO"` {
		o.Market = true
	} else {
		o.Limit = hundredths(t, string(pair[0]))
	}
	n, err := strconv.ParseInt(string(pair[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	o.Quantity = n
	return o
}

// hundredths reads a decimal exactly.
func hundredths(t *testing.T, s string) int64 {
	t.Helper()
	whole, part, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	if err != nil || len(part) > 2 {
		t.Fatalf("%q is not a price in hundredths: %v", s, err)
	}
	return n
}

// testing.TB and *rapid.T both fail like this.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// conserved: what is bought is sold, it is the volume, each trade is at the price, and nobody trades against his limit or
// more than he has ordered.
func conserved(t failer, orders []auction.Order, r auction.Result) {
	t.Helper()
	filled := map[auction.Side]int64{}
	for i, o := range orders {
		n := r.Fills[i]
		filled[o.Side] += n
		if n < 0 || n > o.Quantity {
			t.Fatalf("order %d gets %d of %d", i, n, o.Quantity)
		}
		if n > 0 && !o.Market && (o.Side == auction.Buy && r.Price > o.Limit || o.Side == auction.Sell && r.Price < o.Limit) {
			t.Fatalf("order %d trades at %d against its limit %d", i, r.Price, o.Limit)
		}
	}
	if filled[auction.Buy] != r.Volume || filled[auction.Sell] != r.Volume {
		t.Fatalf("%d bought, %d sold, the volume is %d", filled[auction.Buy], filled[auction.Sell], r.Volume)
	}
	var traded int64
	for _, x := range r.Trades {
		if traded += x.Quantity; x.Price != r.Price || x.Quantity <= 0 {
			t.Fatalf("a trade of %d at %d in an auction at %d", x.Quantity, x.Price, r.Price)
		}
	}
	if traded != r.Volume {
		t.Fatalf("trades of %d, the volume is %d", traded, r.Volume)
	}
}
