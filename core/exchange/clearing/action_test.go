package clearing_test

import (
	"fmt"
	"testing"
	"time"

	"sauda/base/span"
	"sauda/core/exchange/clearing"
	"sauda/gear/db"
)

// TestDividend pays who held shares at the end of the day, loses nothing to rounding, and lets a late seller pay his buyer.
func TestDividend(t *testing.T) {
	each(t, func(x *exchange) {
		x.give("acc_a", "KZ:KSPI", 1)
		x.give("acc_b", "KZ:KSPI", 1)
		x.give("acc_c", "KZ:KSPI", 5)
		x.give("acc_i", "KZT", 233)
		x.give("acc_c", "KZT", 100)
		x.register(sale(1, "acc_c", "acc_d", 8, 0)) // Of free shares five come, three are late.
		next := sale(2, "acc_d", "acc_a", 1, 0)
		next.SettleDay = monday.AddDays(1) // Not due yet: the holder gets it.
		x.register(next)
		a := clearing.Action{
			Ref: "div_1", Kind: clearing.Dividend, Asset: "KZ:KSPI", Currency: "KZT", Amount: 100, Per: 3, Payer: "acc_i", Day: monday,
		}
		record := func(tx *db.Tx) error { return clearing.Record(tx, a) }
		pay := func(tx *db.Tx) error { return clearing.Pay(tx, "div_1") }
		x.settle(run(monday))
		x.refuse(clearing.ErrUnknown, pay)
		x.must(record)
		x.give("acc_d", "KZ:KSPI", 50) // Too late.
		x.must(record)
		x.must(pay) // 7 shares at 100/3: 233 in all; 33.29 each for two, 166.4 for five.
		x.must(pay)
		x.has("exchange/acc_i", "")
		x.has("exchange/acc_a", "KZ:KSPI 1, KZT 33")
		x.has("exchange/acc_b", "KZ:KSPI 1, KZT 33")
		x.has("exchange/acc_d", "KZ:KSPI 55, KZT 167")
		x.settle(clearing.Run{Day: monday.AddDays(1), Last: true, Next: workday}) // Three late shares at 100/3.
		x.has("exchange/acc_c", "")
		x.has("exchange/acc_d", "KZ:KSPI 54, KZT 267")
		a.Amount = 101
		x.refuse(clearing.ErrDiffers, record)
		a.Ref = ""
		x.refuse(clearing.ErrAction, record)
	})
}

// TestCoupon is refused whole while its issuer has too little, and paid when he has enough.
func TestCoupon(t *testing.T) {
	each(t, func(x *exchange) {
		x.give("acc_a", "KZ:MUM2", 10)
		x.give("acc_i", "KZT", 39)
		x.must(func(tx *db.Tx) error {
			return clearing.Record(tx, clearing.Action{
				Ref: "cpn_1", Kind: clearing.Coupon, Asset: "KZ:MUM2", Currency: "KZT", Amount: 4, Per: 1, Payer: "acc_i", Day: monday,
			})
		})
		x.refuse(clearing.ErrShort, func(tx *db.Tx) error { return clearing.Pay(tx, "cpn_1") })
		x.give("acc_i", "KZT", 1)
		x.must(func(tx *db.Tx) error { return clearing.Pay(tx, "cpn_1") })
		x.has("exchange/acc_a", "KZ:MUM2 10, KZT 40")
	})
}

// TestSplit joins three old shares to two new ones: fractions are paid in money, and open trades are divided alike.
func TestSplit(t *testing.T) {
	each(t, func(x *exchange) {
		x.give("acc_a", "KZ:KSPI", 10) // 6 and 2/3
		x.give("acc_b", "KZ:KSPI", 2)  // 1 and 1/3
		x.give("acc_c", "KZ:KSPI", 3)  // 2
		x.give("acc_i", "KZT", 100)
		x.give("acc_d", "KZT", 2000)
		x.register(sale(1, "acc_a", "acc_d", 7, 700)) // 4 and 2/3
		x.register(sale(2, "acc_b", "acc_d", 1, 90))  // 2/3: less than a share
		d := clearing.Division{
			Ref: "spl_1", Asset: "KZ:KSPI", New: 2, Old: 3, Currency: "KZT", Price: 101, Payer: "acc_i", Day: monday,
		}
		split := func(tx *db.Tx) error { return clearing.Split(tx, d) }
		x.refuse(clearing.ErrShort, split) // The fractions are worth 101.
		x.give("acc_i", "KZT", 1)
		x.Clock.Advance(time.Second)
		x.must(split)
		x.must(split)
		x.Look(t, func(tx *db.Tx) error { // The last price before it was 90 for three old shares, which are two now.
			prices, err := clearing.PricesNow(tx, sale(1, "", "", 1, 1))
			if fmt.Sprint(prices) != "map[ins_kspi:135]" {
				t.Errorf("worth %v", prices)
			}
			return err
		})
		x.has("exchange/acc_a", "KZ:KSPI 6, KZT 67")
		x.has("exchange/acc_b", "KZ:KSPI 1, KZT 34")
		x.has("exchange/acc_c", "KZ:KSPI 2")
		x.has("exchange/acc_i", "")
		x.has("exchange-house/vault", "KZ:KSPI -9, KZT -2101")
		if got := x.sides(1) + " " + x.sides(2); got != "buy open 0/4 0/700 2026-11-23; sell open 0/4 0/700 2026-11-23 "+
			"buy closed 0/1 0/90 2026-11-23; sell closed 0/1 0/90 2026-11-23" {
			t.Errorf("trades: %s", got)
		}
		x.settle(run(monday)) // Two fractions of 67 to acc_d, and 90 from him.
		x.has("exchange/acc_a", "KZ:KSPI 2, KZT 700")
		x.has("exchange/acc_b", "KZ:KSPI 1, KZT 57")
		x.has("exchange/acc_d", "KZ:KSPI 4, KZT 1344")
		x.refuse(clearing.ErrTooLate, bust(1))
		d.Price = 1
		x.refuse(clearing.ErrDiffers, split)
		d.New = 0
		x.refuse(clearing.ErrAction, split)
		x.Clock.Advance(time.Second)
		late, talked := sale(3, "acc_e", "acc_f", 1, 50), sale(4, "acc_e", "acc_f", 1, 60)
		talked.Kind, talked.Instrument = clearing.Negotiated, "ins_other"
		x.register(late, talked)
		x.Look(t, func(tx *db.Tx) (err error) {
			var prices map[string]int64
			if n := x.Statements(func() { prices, err = clearing.PricesNow(tx, sale(1, "", "", 1, 1), talked) }); n > 2 {
				t.Errorf("%d statements", n)
			}
			if prices["ins_other"] != 60 || prices["ins_kspi"] != 50 {
				t.Errorf("after it: %v", prices)
			}
			return err
		})
	})
}

func lodge(id, owner string, quantity int64, expires string) func(tx *db.Tx) error {
	return func(tx *db.Tx) error {
		return clearing.Lodge(tx, clearing.Receipt{
			ID: id, Asset: "WHEAT3", Lot: "lot " + id, Quality: "class 3, gluten 23 %", Store: "Kostanay 4",
			Expires: span.MustDay(expires), Quantity: quantity, Owner: owner,
		})
	}
}

// receipts lists what an account owns in short.
func (x *exchange) receipts(owner string) (s string) {
	x.t.Helper()
	x.Look(x.t, func(tx *db.Tx) error {
		all, err := clearing.Receipts(tx, owner)
		for _, r := range all {
			if r.Owner != owner {
				x.t.Errorf("%+v is listed for %s", r, owner)
			}
			s += fmt.Sprintf("%d of %s%s;", r.Quantity, r.Lot, map[bool]string{true: " from " + r.Origin}[r.Origin != ""])
		}
		return err
	})
	return s
}

// TestReceipts moves warehouse receipts with the payment, those that expire first first, and divides one.
func TestReceipts(t *testing.T) {
	each(t, func(x *exchange) {
		for range 2 {
			x.must(lodge("r1", "acc_s", 60, "2027-05-01"))
			x.must(lodge("r2", "acc_s", 30, "2027-03-01"))
		}
		x.refuse(clearing.ErrDiffers, lodge("r1", "acc_s", 61, "2027-05-01"))
		x.refuse(clearing.ErrReceipt, lodge("r3", "acc_s", 0, "2027-05-01"))
		x.give("acc_s", "BARLEY", 5)
		x.refuse(clearing.ErrReceipt, func(tx *db.Tx) error {
			return clearing.Lodge(tx, clearing.Receipt{
				ID: "r4", Asset: "BARLEY", Lot: "lot", Store: "Kostanay 4", Expires: monday, Quantity: 1, Owner: "acc_s",
			})
		})
		goods := clearing.Movement{Ref: "g", Place: "exchange/acc_s", Asset: "WHEAT3", Amount: 1}
		x.refuse(clearing.ErrGoods, func(tx *db.Tx) error { return clearing.Deposit(tx, goods) })
		x.refuse(clearing.ErrGoods, func(tx *db.Tx) error { return clearing.Withdraw(tx, goods) })
		x.refuse(clearing.ErrGoods, func(tx *db.Tx) error { return clearing.Move(tx, goods, "exchange/acc_b") })
		trades := []clearing.Trade{sale(1, "acc_s", "acc_b", 40, 4000), sale(2, "acc_s", "acc_c", 45, 4500)}
		for i := range trades {
			trades[i].Asset, trades[i].Instrument = "WHEAT3", "ins_wheat"
		}
		x.register(trades...)
		x.settle(run(monday))
		if got := x.receipts("acc_s"); got != "30 of lot r2;60 of lot r1;" {
			t.Errorf("before it is paid, the seller has %s", got)
		}
		x.give("acc_b", "KZT", 4000)
		x.give("acc_c", "KZT", 4500)
		x.settle(clearing.Run{Day: monday.AddDays(1), Last: true, Next: workday})
		for owner, want := range map[string]string{
			"acc_s": "5 of lot r1;", "acc_b": "30 of lot r2;10 of lot r1 from r1;", "acc_c": "45 of lot r1 from r1;",
		} {
			if got := x.receipts(owner); got != want {
				t.Errorf("%s has %s, want %s", owner, got, want)
			}
		}
		x.sound()
		x.refuse(clearing.ErrOwner, func(tx *db.Tx) error { return clearing.Release(tx, "r2", "acc_s") })
		x.must(func(tx *db.Tx) error { return clearing.Release(tx, "r2", "acc_b") })
		x.refuse(clearing.ErrOwner, func(tx *db.Tx) error { return clearing.Release(tx, "r2", "acc_b") })
		x.has("exchange/acc_b", "WHEAT3 10")
		x.sound()
		x.refuse(clearing.ErrShort, bust(1)) // He has fetched some of it.
		x.must(bust(2))
		if got := x.receipts("acc_s"); got != "5 of lot r1;45 of lot r1 from r1;" && got != "45 of lot r1 from r1;5 of lot r1;" {
			t.Errorf("after the bust, the seller has %s", got)
		}
		x.refuse(clearing.ErrGoods, func(tx *db.Tx) error {
			return clearing.Split(tx, clearing.Division{Ref: "s", Asset: "WHEAT3", New: 2, Old: 1, Currency: "KZT", Payer: "acc_i", Day: monday})
		})
	})
}
