package clearing_test

import (
	"fmt"
	"testing"
	"time"

	"sauda/base/span"
	"sauda/core/exchange/clearing"
	"sauda/gear/db"
)

// TestNotice is announced once and called off before it is recorded only; what could not be carried out is refused. Who would be
// entitled is known before, and who was after.
func TestNotice(t *testing.T) {
	each(t, func(x *exchange) {
		today := span.DayOf(x.Clock.Now(), span.Almaty)
		n := clearing.Notice{
			Ref: "ntc_1", Kind: clearing.Dividend, Asset: "KZ:KSPI", Currency: "KZT", Amount: 10, Per: 3, Payer: "acc_i", Record: today, Pay: today.AddDays(2),
		}
		announce := func(n clearing.Notice) func(*db.Tx) error {
			return func(tx *db.Tx) error { return clearing.Announce(tx, n) }
		}
		for _, spoil := range []func(*clearing.Notice){
			func(n *clearing.Notice) { n.Ref = "" }, func(n *clearing.Notice) { n.Kind = "gift" }, func(n *clearing.Notice) { n.Amount = 0 },
			func(n *clearing.Notice) { n.Per = 0 }, func(n *clearing.Notice) { n.Pay = today.AddDays(-1) }, func(n *clearing.Notice) { n.New, n.Old = 2, 1 },
			func(n *clearing.Notice) { n.Kind, n.New, n.Old = clearing.Splitting, 2, 1 }, func(n *clearing.Notice) { n.Asset = "KZT" },
			func(n *clearing.Notice) { n.Payer = "no account" }, func(n *clearing.Notice) { n.Record, n.Pay = today.AddDays(-1), today },
		} {
			bad := n
			spoil(&bad)
			x.refuse(clearing.ErrAction, announce(bad))
		}
		x.must(announce(n))
		x.must(announce(n))
		other := n
		other.Amount = 11
		x.refuse(clearing.ErrDiffers, announce(other))
		x.give("acc_a", "KZ:KSPI", 4)
		x.give("acc_i", "KZT", 100)
		entitled := func(want string) {
			t.Helper()
			x.Look(t, func(tx *db.Tx) error {
				n, err := clearing.GetNotice(tx, "ntc_1")
				if err != nil {
					return err
				}
				list, err := clearing.Entitlements(tx, n)
				if got := fmt.Sprint(n.State, list); got != want {
					t.Errorf("%s, want %s", got, want)
				}
				return err
			})
		}
		entitled("announced[{acc_a 4 13 }]")
		carry := func(day span.Day) func(*db.Tx) error {
			return func(tx *db.Tx) error { return clearing.CarryOut(tx, "ntc_1", day) }
		}
		x.must(carry(today.AddDays(-1)))
		entitled("announced[{acc_a 4 13 }]")
		x.must(carry(today))
		x.give("acc_b", "KZ:KSPI", 4) // Too late.
		entitled("recorded[{acc_a 4 13 }]")
		callOff := func(tx *db.Tx) error { return clearing.CallOff(tx, "ntc_1") }
		x.refuse(clearing.ErrUnderWay, callOff)
		x.must(carry(today.AddDays(2)))
		x.must(carry(today.AddDays(2)))
		entitled("done[{acc_a 4 13 }]")
		x.has("exchange/acc_a", "KZ:KSPI 4, KZT 13")
		n.Ref = "ntc_2"
		x.must(announce(n))
		x.must(func(tx *db.Tx) error { return clearing.CallOff(tx, "ntc_2") })
		x.must(func(tx *db.Tx) error { return clearing.CallOff(tx, "ntc_2") })
		x.must(func(tx *db.Tx) error { return clearing.CarryOut(tx, "ntc_2", today.AddDays(9)) })
		x.has("exchange/acc_a", "KZ:KSPI 4, KZT 13")
		x.refuse(clearing.ErrUnknown, func(tx *db.Tx) error { return clearing.CallOff(tx, "ntc_9") })
	})
}

// TestOneDayTwoNotices: of what is recorded on one day that comes first which was announced first: a dividend of before the split
// is for the old units, one of after it for the new ones.
func TestOneDayTwoNotices(t *testing.T) {
	each(t, func(x *exchange) {
		today := span.DayOf(x.Clock.Now(), span.Almaty)
		x.give("acc_a", "KZ:KSPI", 4)
		x.give("acc_i", "KZT", 1000)
		for _, n := range []clearing.Notice{
			{Ref: "c", Kind: clearing.Dividend, Amount: 10},
			{Ref: "b", Kind: clearing.Splitting, New: 3, Old: 1},
			{Ref: "a", Kind: clearing.Dividend, Amount: 1},
		} {
			n.Asset, n.Currency, n.Payer, n.Per, n.Record, n.Pay = "KZ:KSPI", "KZT", "acc_i", 1, today, today
			x.must(func(tx *db.Tx) error { return clearing.Announce(tx, n) })
			x.Clock.Advance(time.Second)
		}
		for _, payments := range []bool{false, true} {
			var refs []string
			x.Look(t, func(tx *db.Tx) (err error) {
				refs, err = clearing.Ripe(tx, today, payments)
				return err
			})
			for _, ref := range refs {
				x.must(func(tx *db.Tx) error { return clearing.CarryOut(tx, ref, today) })
			}
		}
		x.has("exchange/acc_a", "KZ:KSPI 12, KZT 52")
	})
}

// TestLapse lets goods go whose receipts have expired, once, and leaves the others.
func TestLapse(t *testing.T) {
	each(t, func(x *exchange) {
		x.must(lodge("r1", "acc_a", 10, "2026-11-22"))
		x.must(lodge("r2", "acc_a", 5, "2026-11-23"))
		for range 2 {
			x.must(func(tx *db.Tx) error {
				more, err := clearing.Lapse(tx, monday)
				if more {
					t.Error("there are two receipts")
				}
				return err
			})
		}
		x.has("exchange/acc_a", "WHEAT3 5")
		if got := x.receipts("acc_a"); got != "5 of lot r2;" {
			t.Errorf("left: %s", got)
		}
	})
}
