package clearing_test

import (
	"fmt"
	"testing"

	"sauda/core/exchange/clearing"
	"sauda/gear/db"
)

func bust(id uint64) func(tx *db.Tx) error {
	return func(tx *db.Tx) error { return clearing.Bust(tx, id, "a wrong price") }
}

// TestBustOpen takes back trades that have not settled: nothing moves, and nothing is due any more.
func TestBustOpen(t *testing.T) {
	each(t, func(x *exchange) {
		trade := sale(1, "acc_s", "acc_b", 3, 300)
		trade.BuyFee = 10
		x.register(trade)
		x.give("acc_b", "KZT", 400)
		x.must(bust(1))
		x.refuse(clearing.ErrBusted, bust(1))
		x.refuse(clearing.ErrUnknown, bust(2))
		x.refuse(clearing.ErrUnknown, bust(1<<63))
		if s := x.settle(run(monday)); s.Batch != "" || len(s.Failures) != 0 {
			t.Errorf("a busted trade settled: %+v", s)
		}
		x.register(trade) // Told again, it stays taken back.
		if got := x.sides(1); got != "buy busted 0/3 0/300 2026-11-23; sell busted 0/3 0/300 2026-11-23" {
			t.Errorf("trade 1: %s", got)
		}
	})
}

// TestBustSettled takes back a trade of which a part has settled and that has cost fees and a penalty.
func TestBustSettled(t *testing.T) {
	each(t, func(x *exchange) {
		trade := sale(1, "acc_s", "acc_b", 10, 10000)
		trade.BuyFee, trade.SellFee = 116, 58
		x.register(trade)
		x.give("acc_b", "KZT", 20000)
		x.give("acc_s", "KZ:KSPI", 4)
		x.settle(run(monday))
		x.give("acc_s", "KZ:KSPI", 1)
		x.settle(run(monday.AddDays(1))) // Pays the first penalty, and makes another one due.
		x.has("exchange/acc_s", "KZT 4936")
		x.has("exchange/acc_b", "KZ:KSPI 5, KZT 14890")
		x.must(func(tx *db.Tx) error {
			return clearing.Withdraw(tx, clearing.Movement{Ref: "w", Place: "exchange/acc_b", Asset: "KZ:KSPI", Amount: 1})
		})
		x.refuse(clearing.ErrShort, bust(1))
		x.give("acc_b", "KZ:KSPI", 1)
		x.must(bust(1))
		x.has("exchange/acc_s", "KZ:KSPI 5")
		x.has("exchange/acc_b", "KZT 20000")
		x.has("exchange-house/income", "")
		x.has("exchange-house/tax", "")
		x.refuse(clearing.ErrBusted, bust(1))
		if s := x.settle(run(monday.AddDays(2))); s.Batch != "" {
			t.Errorf("something is left: %+v", s)
		}
		var facts []string
		for _, f := range x.Facts(t) {
			facts = append(facts, f.Name)
		}
		if got := fmt.Sprint(facts); got != "[clearing.registered clearing.settled clearing.failed clearing.settled clearing.failed clearing.busted]" {
			t.Errorf("stated: %s", got)
		}
	})
}

// TestBuyIn completes failing trades at the cost of who failed: a seller, a buyer, and with nobody to take their place.
func TestBuyIn(t *testing.T) {
	for name, test := range map[string]struct {
		have             string // have is who has what he agreed to give: s, b or both.
		taker            string
		amount           int64
		cost             int64
		seller, buyer, d string
	}{
		"the seller failed, the price rose":       {"b", "acc_d", 1300, 300, "KZT 700", "KZ:KSPI 10, KZT 1000", "KZ:KSPI 10, KZT 1300"},
		"the seller failed, the price fell":       {"b", "acc_d", 900, 0, "KZT 1000", "KZ:KSPI 10, KZT 1100", "KZ:KSPI 10, KZT 900"},
		"the seller failed, nobody sells":         {"b", "", 1300, 300, "KZT 700", "KZT 2300", "KZ:KSPI 20"},
		"the buyer failed, the price fell":        {"s", "acc_e", 800, 200, "KZT 1000", "", ""},
		"the buyer failed, the price rose":        {"s", "acc_e", 1100, 0, "KZT 1100", "KZT 200", ""},
		"the buyer failed, nobody buys":           {"s", "", 850, 150, "KZ:KSPI 10, KZT 150", "KZT 50", ""},
		"the buyer failed, nobody buys, for more": {"s", "", 1850, 0, "KZ:KSPI 10", "KZT 200", ""},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(x *exchange) {
				if x.give("acc_d", "KZ:KSPI", 20); test.have == "b" {
					x.give("acc_b", "KZT", 2000)
					x.give("acc_s", "KZT", 1000)
				} else {
					x.give("acc_s", "KZ:KSPI", 10)
					x.give("acc_b", "KZT", 200)
					x.give("acc_e", "KZT", 1100)
				}
				r := run(monday)
				r.Penalty = 0
				x.register(sale(1, "acc_s", "acc_b", 10, 1000))
				purchase := clearing.Purchase{Trade: 1, After: 2, Account: test.taker, Amount: test.amount}
				buyIn := func(tx *db.Tx) error {
					cost, err := clearing.BuyIn(tx, purchase)
					if err == nil && cost != test.cost {
						t.Errorf("it cost %d, want %d", cost, test.cost)
					}
					return err
				}
				x.refuse(clearing.ErrEarly, buyIn)
				if test.have == "s" { // What he has is for the difference; it would settle a part.
					x.must(func(tx *db.Tx) error {
						return clearing.Withdraw(tx, clearing.Movement{Ref: "all", Place: "exchange/acc_b", Asset: "KZT", Amount: 200})
					})
				}
				x.settle(r)
				x.refuse(clearing.ErrEarly, buyIn)
				x.settle(clearing.Run{Day: workday(monday), Last: true, Next: workday})
				if test.have == "s" {
					if test.cost > 0 {
						x.refuse(clearing.ErrShort, buyIn)
					}
					x.give("acc_b", "KZT", 200)
				}
				x.must(buyIn)
				x.refuse(clearing.ErrUnknown, buyIn)
				x.has("exchange/acc_s", test.seller)
				x.has("exchange/acc_b", test.buyer)
				if test.d != "" {
					x.has("exchange/acc_d", test.d)
				}
				if test.taker == "acc_e" {
					x.has("exchange/acc_e", fmt.Sprintf("KZ:KSPI 10%s", map[bool]string{true: fmt.Sprint(", KZT ", 1100-test.amount)}[test.amount < 1100]))
				}
				x.refuse(clearing.ErrTooLate, bust(1))
				if s := x.settle(clearing.Run{Day: monday.AddDays(2), Last: true, Next: workday}); s.Batch != "" || len(s.Failures) != 0 {
					t.Errorf("it goes on: %+v", s)
				}
			})
		})
	}
}
