package clearing_test

import (
	"fmt"
	"testing"

	"sauda/base/span"
	"sauda/core/exchange/clearing"
	"sauda/gear/db"
)

// forward is a forward on wheat, by the tonne, delivered on Friday.
func forward(id uint64, seller, buyer string, tonnes, amount int64) clearing.Trade {
	t := sale(id, seller, buyer, tonnes, amount)
	t.Asset, t.Instrument, t.Forward, t.SettleDay = "WHEAT3", "ins_wheat_f", true, monday.AddDays(4)
	return t
}

func (x *exchange) mark(day span.Day, price, margin int64) (m clearing.Marked) {
	x.t.Helper()
	x.must(func(tx *db.Tx) (err error) {
		m, err = clearing.Mark(tx, day, []clearing.Fixing{{Instrument: "ins_wheat_f", Price: price, Unit: 1, Margin: margin}})
		return err
	})
	return m
}

// TestForwardOfTheDay: one that is delivered on the last day on which it is traded waits for the evening, and is marked before.
func TestForwardOfTheDay(t *testing.T) {
	each(t, func(x *exchange) {
		x.must(lodge("r1", "acc_s", 10, "2027-05-01"))
		x.give("acc_s", "KZT", 500)
		x.give("acc_b", "KZT", 2000)
		f := forward(1, "acc_s", "acc_b", 10, 1000)
		f.SettleDay = monday
		x.register(f)
		noon := run(monday)
		noon.Last = false
		if s := x.settle(noon); len(s.Parts) != 0 {
			t.Errorf("at noon %+v", s.Parts)
		}
		x.mark(monday, 110, 20)
		if s := x.settle(run(monday)); len(s.Parts) != 1 || s.Parts[0].Amount != 1100 {
			t.Errorf("in the evening %+v", s)
		}
		x.has("exchange/acc_b", "KZT 800, WHEAT3 10")
	})
}

// TestForward runs a forward from the trade to the receipt: margins, variations of every day, delivery at the last price.
// In all, the buyer has paid what was agreed.
func TestForward(t *testing.T) {
	each(t, func(x *exchange) {
		x.must(lodge("r1", "acc_s", 10, "2027-05-01"))
		x.give("acc_s", "KZT", 500)
		x.give("acc_b", "KZT", 2000)
		x.register(forward(1, "acc_s", "acc_b", 10, 1000))
		m := x.mark(monday, 110, 20)
		if got := fmt.Sprint(m); got != "{1 map[acc_b:100 acc_s:-100] []}" {
			t.Errorf("marked: %s", got)
		}
		x.has("exchange/acc_s", "KZT 200, WHEAT3 10")
		x.has("exchange-margin/acc_s", "KZT 200")
		x.has("exchange/acc_b", "KZT 1900")
		x.has("exchange-margin/acc_b", "KZT 200")
		if again := x.mark(monday, 110, 20); again.Trades != 0 {
			t.Errorf("marked again: %+v", again)
		}
		x.refuse(clearing.ErrDiffers, func(tx *db.Tx) error {
			_, err := clearing.Mark(tx, monday, []clearing.Fixing{{Instrument: "ins_wheat_f", Price: 111, Unit: 1, Margin: 20}})
			return err
		})
		x.refuse(clearing.ErrFixing, func(tx *db.Tx) error {
			_, err := clearing.Mark(tx, monday, []clearing.Fixing{{Instrument: "ins_x", Price: 111}})
			return err
		})
		x.refuse(clearing.ErrFixing, func(tx *db.Tx) error { // The same one twice.
			f := clearing.Fixing{Instrument: "ins_wheat_f", Price: 110, Unit: 1, Margin: 20}
			_, err := clearing.Mark(tx, monday, []clearing.Fixing{f, f})
			return err
		})
		if s := x.settle(run(monday)); s.Batch != "" || len(s.Failures) != 0 {
			t.Errorf("delivered before its day: %+v", s)
		}
		x.mark(monday.AddDays(1), 95, 20)
		x.has("exchange/acc_s", "KZT 350, WHEAT3 10")
		x.mark(monday.AddDays(4), 120, 20)
		if s := x.settle(run(monday.AddDays(4))); len(s.Parts) != 1 || s.Parts[0].Amount != 1200 {
			t.Errorf("on its day: %+v", s)
		}
		x.mark(monday.AddDays(7), 130, 20) // Nothing is open: the margins come back.
		x.has("exchange/acc_s", "KZT 1500")
		x.has("exchange/acc_b", "KZT 1000, WHEAT3 10")
		x.has("exchange-margin/acc_b", "")
		if got := x.receipts("acc_b"); got != "10 of lot r1;" {
			t.Errorf("the buyer has %s", got)
		}
		x.must(bust(1)) // Also what the marks have moved goes back.
		x.has("exchange/acc_s", "KZT 500, WHEAT3 10")
		x.has("exchange/acc_b", "KZT 2000")
	})
}

// TestCall lets an account pay its variation from its margin, then by the house, and calls it for both.
func TestCall(t *testing.T) {
	each(t, func(x *exchange) {
		x.give("acc_s", "KZT", 250)
		x.give("acc_b", "KZT", 500)
		x.bring("exchange-house/capital", "KZT", 400)
		x.register(forward(1, "acc_s", "acc_b", 10, 1000))
		x.mark(monday, 100, 20)
		x.has("exchange-margin/acc_s", "KZT 200")
		m := x.mark(monday.AddDays(1), 140, 20) // 400: 50 he has, 200 are his margin, 150 are advanced.
		if got := fmt.Sprint(m.Calls); got != "[{acc_s KZT 150 200}]" {
			t.Errorf("calls: %s", got)
		}
		x.has("exchange-margin/acc_s", "")
		x.has("exchange-house/capital", "KZT 250")
		x.has("exchange/acc_b", "KZT 700")
		x.refuse(clearing.ErrUncovered, func(tx *db.Tx) error {
			_, err := clearing.Mark(tx, monday.AddDays(2), []clearing.Fixing{{Instrument: "ins_wheat_f", Price: 166, Unit: 1, Margin: 20}})
			return err
		})
		x.give("acc_s", "KZT", 400)
		x.settle(run(monday.AddDays(1)))
		x.has("exchange-house/capital", "KZT 400")
		m = x.mark(monday.AddDays(2), 140, 21)
		if len(m.Calls) != 0 {
			t.Errorf("calls: %+v", m.Calls)
		}
		x.has("exchange-margin/acc_s", "KZT 210")
		x.has("exchange/acc_s", "KZT 40")
	})
}

// TestNetMargin needs margin for what an account is in all, and marks every trade of it.
func TestNetMargin(t *testing.T) {
	each(t, func(x *exchange) {
		for _, a := range []string{"acc_a", "acc_b", "acc_c"} {
			x.give(a, "KZT", 1000)
		}
		x.register(forward(1, "acc_a", "acc_b", 10, 1000), forward(2, "acc_b", "acc_c", 7, 707))
		m := x.mark(monday, 103, 10)
		if got := fmt.Sprint(m.Variation); got != "map[acc_a:-30 acc_b:16 acc_c:14]" {
			t.Errorf("variations %s", got)
		}
		x.has("exchange-margin/acc_a", "KZT 100")
		x.has("exchange-margin/acc_b", "KZT 30")
		x.has("exchange-margin/acc_c", "KZT 70")
		x.has("exchange/acc_b", "KZT 986")
	})
}

// TestMarginOfFailure keeps the margin of a forward whose delivery has failed, for a unit of three tonnes rounded up, and
// marks it no more.
func TestMarginOfFailure(t *testing.T) {
	each(t, func(x *exchange) {
		x.give("acc_s", "KZT", 500)
		x.give("acc_b", "KZT", 2000)
		x.register(forward(1, "acc_s", "acc_b", 10, 1000))
		mark := func(day span.Day, price int64) {
			x.must(func(tx *db.Tx) error {
				_, err := clearing.Mark(tx, day, []clearing.Fixing{{Instrument: "ins_wheat_f", Price: price, Unit: 3, Margin: 50}})
				return err
			})
		}
		mark(monday, 301) // 1003.33 for ten tonnes; 166.67 of margin.
		x.has("exchange/acc_s", "KZT 330")
		x.has("exchange-margin/acc_s", "KZT 167")
		r := run(monday.AddDays(4))
		r.Penalty = 0
		if s := x.settle(r); len(s.Failures) != 1 {
			t.Errorf("delivered: %+v", s)
		}
		mark(monday.AddDays(7), 600)
		x.has("exchange/acc_s", "KZT 330")
		x.has("exchange-margin/acc_s", "KZT 167")
	})
}
