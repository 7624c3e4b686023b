package clearing_test

import (
	"fmt"
	"testing"
	"time"

	"sauda/core/exchange/clearing"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// TestDefault closes out a seller who cannot deliver at twice the price, and lets the loss run down the waterfall as far
// as each step of the test has filled it.
func TestDefault(t *testing.T) {
	for name, test := range map[string]struct {
		own, margin, fund, capital, others int64
		want                               string
		house                              string
	}{
		"his own is enough":    {1500, 0, 100, 100, 100, "[{KZT 1010 1110 0 0 map[] 0 0}]", "KZT 100"},
		"and his margin":       {600, 500, 100, 100, 100, "[{KZT 1010 1010 0 0 map[] 100 0}]", "KZT 100"},
		"and his share":        {500, 460, 100, 100, 100, "[{KZT 1010 960 50 0 map[] 100 0}]", "KZT 100"},
		"and the capital":      {500, 400, 50, 100, 100, "[{KZT 1010 900 50 60 map[] 100 0}]", "KZT 40"},
		"and what others have": {500, 400, 50, 40, 100, "[{KZT 1010 900 50 40 map[mbr_2:9 mbr_3:11] 100 0}]", ""},
		"and all that is":      {500, 370, 20, 20, 100, "[{KZT 1010 870 20 20 map[mbr_2:45 mbr_3:55] 100 0}]", ""},
		"and it is not enough": {500, 369, 20, 20, 100, "", "KZT 20"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(x *exchange) {
				for place, amount := range map[string]int64{
					"exchange/acc_s": test.own + test.margin, "exchange-fund/mbr_1": test.fund, "exchange-house/capital": test.capital,
					"exchange-fund/mbr_2": test.others * 45 / 100, "exchange-fund/mbr_3": test.others * 55 / 100, "exchange/acc_b": 5000,
					"exchange/acc_c": 5000,
				} {
					if amount > 0 {
						x.bring(ledger.Account(place), "KZT", amount)
					}
				}
				if test.margin > 0 { // A forward between himself and another one, marked at its price, secures it.
					x.register(forward(7, "acc_s", "acc_c", 1, 100))
					x.mark(monday, 100, test.margin)
				}
				late, other := sale(1, "acc_s", "acc_b", 10, 1000), sale(2, "acc_c", "acc_s", 5, 400)
				late.SellFee, late.VAT, other.SettleDay = 100, 0, monday.AddDays(1)
				x.register(late, other)
				x.settle(clearing.Run{Day: monday, Last: true, Next: workday, Penalty: 10_000}) // He owes a penalty of 10, and pays his fee.
				x.must(func(tx *db.Tx) error {
					if test.own+test.margin == 1500 {
						return nil
					}
					return clearing.Move(tx, clearing.Movement{Ref: "again", Place: "exchange/acc_s", Asset: "KZT", Amount: 100}, "exchange-house/income")
				})
				again := sale(3, "acc_s", "acc_b", 1, 200)
				again.SellFee, again.VAT, again.SettleDay = 100, 0, monday.AddDays(1)
				x.register(again)
				d := clearing.Insolvency{
					Ref: "dft_1", Member: "mbr_1", Accounts: []string{"acc_s"}, Day: monday,
					Prices: map[string]clearing.Price{"ins_kspi": {200, 1}, "ins_wheat_f": {100, 1}},
				}
				var got []clearing.Waterfall
				do := func(tx *db.Tx) (err error) {
					got, err = clearing.Default(tx, d)
					return err
				}
				var seen clearing.Outcome
				x.must(func(tx *db.Tx) (err error) {
					seen, err = clearing.Foresee(tx, d)
					return err
				})
				if seen.Uncovered() != (test.want == "") || test.want != "" && fmt.Sprint(seen.Paid) != test.want {
					t.Errorf("foreseen: %+v", seen)
				}
				if test.want == "" {
					if seen.Paid[0].Lacks != 1 {
						t.Errorf("lacks %d", seen.Paid[0].Lacks)
					}
					x.refuse(clearing.ErrUncovered, do)
					x.has("exchange-house/capital", test.house)
					return
				}
				x.must(do)
				if fmt.Sprint(got) != test.want {
					t.Errorf("paid by %v, want %s", got, test.want)
				}
				x.must(func(tx *db.Tx) error {
					kept, err := clearing.Defaults(tx, "mbr_1")
					if err == nil && (len(kept) != 1 || kept[0].At.IsZero()) {
						return fmt.Errorf("kept: %+v", kept)
					}
					kept[0].At = time.Time{}
					if got, want := fmt.Sprint(kept[0]), fmt.Sprint(seen); got != want {
						t.Errorf("kept %s, foreseen %s", got, want)
					}
					return err
				})
				x.has("exchange-house/capital", test.house)
				x.has("exchange/acc_b", "KZT 6010") // 1000 dearer, and the penalty.
				x.refuse(clearing.ErrDefaulted, do)
				if got := x.sides(1)[:len("buy closed 0/10 0/1000")]; got != "buy closed 0/10 0/1000" {
					t.Errorf("trade 1: %s", got)
				}
				x.settle(clearing.Run{Day: monday.AddDays(1), Last: true, Next: workday}) // The buyer from acc_c would have gained 600.
				x.mark(monday.AddDays(1), 100, test.margin)
				x.has("exchange/acc_c", "KZT 4400")
			})
		})
	}
}
