package clearing_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/clearing"
	"sauda/core/ledger"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{ledger.Schema, clearing.Schema}

// monday is the day on which the tests begin.
var monday = span.MustDay("2026-11-23")

// workday gives the next day that is no Saturday or Sunday.
func workday(d span.Day) span.Day {
	for d = d.AddDays(1); d.Weekday() == 0 || d.Weekday() == 6; d = d.AddDays(1) {
		continue
	}
	return d
}

// workdays gives the day so many workdays later.
func workdays(d span.Day, n int) span.Day {
	for range n {
		d = workday(d)
	}
	return d
}

// run is the last settlement of a day.
func run(day span.Day) clearing.Run {
	return clearing.Run{Day: day, Last: true, Next: workday, Penalty: money.Rate(1000), BuyIn: 2}
}

// sale is a trade of shares for tenge, T+0 on Monday, without fees.
func sale(id uint64, seller, buyer string, quantity, amount int64) clearing.Trade {
	return clearing.Trade{
		ID: id, Instrument: "ins_kspi", Asset: "KZ:KSPI", Currency: "KZT", Price: amount / quantity, Quantity: quantity, Amount: amount,
		Buyer: buyer, Seller: seller, BuyOrder: 2 * id, SellOrder: 2*id + 1, Day: monday, SettleDay: monday,
		VAT: money.Percent(16), Kind: clearing.Continuous,
	}
}

// exchange is a store with what the tests ask of it.
type exchange struct {
	*dbtest.Store
	t     *testing.T
	moved int
}

func each(t *testing.T, test func(x *exchange)) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		x := &exchange{Store: s, t: t}
		test(x)
		x.sound()
	})
}

// must runs a moment that must succeed.
func (x *exchange) must(do func(tx *db.Tx) error) {
	x.t.Helper()
	x.Moment(x.t, do)
}

// refuse runs a moment that must be refused, and then nothing may have changed.
func (x *exchange) refuse(want error, do func(tx *db.Tx) error) {
	x.t.Helper()
	before := x.trial()
	if err := x.Try(do); !errors.Is(err, want) {
		x.t.Errorf("%v, want %v", err, want)
	}
	if after := x.trial(); !reflect.DeepEqual(before, after) {
		x.t.Errorf("refused, and yet it moved: %v, before %v", after, before)
	}
}

func (x *exchange) trial() (all []ledger.Standing) {
	x.t.Helper()
	x.Look(x.t, func(tx *db.Tx) (err error) {
		all, err = ledger.Trial(tx)
		return err
	})
	return all
}

// sound wants that no rule of the house is broken.
func (x *exchange) sound() {
	x.t.Helper()
	x.Look(x.t, func(tx *db.Tx) error {
		found, err := clearing.Reconcile(tx)
		if len(found) > 0 {
			x.t.Errorf("broken: %+v", found)
		}
		return err
	})
}

// give brings an asset in, under a reference of its own.
func (x *exchange) give(account, asset string, amount int64) {
	x.t.Helper()
	x.bring(ledger.Exchange(account), asset, amount)
}

func (x *exchange) bring(place ledger.Account, asset string, amount int64) {
	x.t.Helper()
	x.moved++
	x.must(func(tx *db.Tx) error {
		return clearing.Deposit(tx, clearing.Movement{Ref: fmt.Sprint("in", x.moved), Place: place, Asset: asset, Amount: amount})
	})
}

func (x *exchange) register(trades ...clearing.Trade) {
	x.t.Helper()
	x.must(func(tx *db.Tx) error { return clearing.Register(tx, trades) })
}

func (x *exchange) settle(r clearing.Run) (s clearing.Settlement) {
	x.t.Helper()
	x.must(func(tx *db.Tx) (err error) {
		s, err = clearing.Settle(tx, r)
		return err
	})
	return s
}

// has compares what a place has with "asset amount, asset amount".
func (x *exchange) has(place ledger.Account, want string) {
	x.t.Helper()
	var all []string
	for _, s := range x.trial() {
		if s.Account == place && s.Balance() != 0 {
			all = append(all, fmt.Sprint(s.Asset, " ", -s.Balance()))
		}
	}
	if got := strings.Join(all, ", "); got != want {
		x.t.Errorf("%s has %q, want %q", place, got, want)
	}
}

// sides gives the two obligations of a trade in short.
func (x *exchange) sides(id uint64) (s string) {
	x.t.Helper()
	x.Look(x.t, func(tx *db.Tx) error {
		_, sides, err := clearing.Lookup(tx, id)
		for _, o := range sides {
			s += fmt.Sprintf("%s %s %d/%d %d/%d %s; ", o.Side, o.State, o.Settled, o.Quantity, o.Paid, o.Amount, o.Due)
		}
		return err
	})
	return strings.TrimSuffix(s, "; ")
}

func TestRegisterTwice(t *testing.T) {
	each(t, func(x *exchange) {
		x.register(sale(1, "acc_s", "acc_b", 10, 1000), sale(2, "acc_s", "acc_b", 5, 600))
		x.register(sale(2, "acc_s", "acc_b", 5, 600), sale(3, "acc_s", "acc_b", 1, 90), sale(3, "acc_s", "acc_b", 1, 90))
		if got := x.sides(3); got != "buy open 0/1 0/90 2026-11-23; sell open 0/1 0/90 2026-11-23" {
			t.Errorf("trade 3: %s", got)
		}
		var trades []string
		for _, f := range x.Facts(t) {
			trades = append(trades, f.Name+string(f.Body))
		}
		if got := fmt.Sprint(trades); got != `[clearing.registered{"trades":[1,2]} clearing.registered{"trades":[3]}]` {
			t.Errorf("stated: %s", got)
		}
		x.refuse(clearing.ErrDiffers, func(tx *db.Tx) error {
			return clearing.Register(tx, []clearing.Trade{sale(4, "acc_s", "acc_b", 1, 1), sale(1, "acc_s", "acc_b", 10, 1001)})
		})
		x.refuse(clearing.ErrDiffers, func(tx *db.Tx) error {
			return clearing.Register(tx, []clearing.Trade{sale(4, "acc_s", "acc_b", 1, 1), sale(4, "acc_s", "acc_b", 1, 2)})
		})
		x.refuse(clearing.ErrUnknown, func(tx *db.Tx) error { _, _, err := clearing.Lookup(tx, 4); return err })
	})
}

func TestRegisterRefuses(t *testing.T) {
	bad := map[string]func(*clearing.Trade){
		"no number":         func(t *clearing.Trade) { t.ID = 0 },
		"a huge number":     func(t *clearing.Trade) { t.ID = 1 << 63 },
		"a huge order":      func(t *clearing.Trade) { t.SellOrder = 1 << 63 },
		"no instrument":     func(t *clearing.Trade) { t.Instrument = "" },
		"a strange asset":   func(t *clearing.Trade) { t.Asset = "kaspi" },
		"money for itself":  func(t *clearing.Trade) { t.Asset = "KZT" },
		"nothing":           func(t *clearing.Trade) { t.Quantity = 0 },
		"below zero":        func(t *clearing.Trade) { t.Amount = -1 },
		"a fee below zero":  func(t *clearing.Trade) { t.BuyFee = -1 },
		"a strange account": func(t *clearing.Trade) { t.Buyer = "a b" },
		"no account":        func(t *clearing.Trade) { t.Seller = "" },
		"no day":            func(t *clearing.Trade) { t.Day = span.Day{} },
		"settled before":    func(t *clearing.Trade) { t.SettleDay = monday.AddDays(-1) },
		"a strange rate":    func(t *clearing.Trade) { t.VAT = money.One + 1 },
		"a strange kind":    func(t *clearing.Trade) { t.Kind = "dice" },
	}
	each(t, func(x *exchange) {
		for name, change := range bad {
			trade := sale(1, "acc_s", "acc_b", 10, 1000)
			change(&trade)
			if err := x.Try(func(tx *db.Tx) error { return clearing.Register(tx, []clearing.Trade{trade}) }); !errors.Is(err, clearing.ErrTrade) {
				t.Errorf("%s: %v", name, err)
			}
		}
		x.must(func(tx *db.Tx) error { return clearing.Register(tx, nil) })
		x.refuse(clearing.ErrOverflow, func(tx *db.Tx) error {
			return clearing.Register(tx, []clearing.Trade{sale(1, "acc_s", "acc_b", 1, 1_000_000_000_000_001)})
		})
	})
}

// TestNet nets what everybody has to give and to get over all his trades.
func TestNet(t *testing.T) {
	each(t, func(x *exchange) {
		later := sale(4, "acc_a", "acc_c", 50, 50)
		later.SettleDay = monday.AddDays(1)
		x.register(sale(1, "acc_a", "acc_b", 10, 1000), sale(2, "acc_b", "acc_c", 4, 500), sale(3, "acc_c", "acc_a", 4, 450), later)
		x.Look(t, func(tx *db.Tx) error {
			nets, err := clearing.Net(tx, monday)
			want := "[{acc_a KZ:KSPI -6} {acc_a KZT 550} {acc_b KZ:KSPI 6} {acc_b KZT -500} {acc_c KZ:KSPI 0} {acc_c KZT -50}]"
			if got := fmt.Sprint(nets); got != want {
				t.Errorf("net %s, want %s", got, want)
			}
			return err
		})
	})
}

// TestSettle settles T+0 today and T+2 over a weekend on its day, in net amounts and through the house.
func TestSettle(t *testing.T) {
	each(t, func(x *exchange) {
		x.give("acc_a", "KZ:KSPI", 6)
		x.give("acc_b", "KZT", 500)
		x.give("acc_c", "KZT", 50)
		friday := span.MustDay("2026-11-27")
		later := sale(9, "acc_b", "acc_a", 1, 7)
		later.Day, later.SettleDay = friday, workdays(friday, 2)
		if later.SettleDay.String() != "2026-12-01" {
			t.Errorf("T+2 of a Friday is %s", later.SettleDay)
		}
		x.register(sale(1, "acc_a", "acc_b", 10, 1000), sale(2, "acc_b", "acc_c", 4, 500), sale(3, "acc_c", "acc_a", 4, 450), later)
		s := x.settle(run(monday))
		if len(s.Parts) != 3 || len(s.Failures) != 0 || !s.Parts[2].Whole {
			t.Errorf("settled %+v", s)
		}
		x.has("exchange/acc_a", "KZT 550")
		x.has("exchange/acc_b", "KZ:KSPI 6")
		x.has("exchange/acc_c", "")
		x.Look(t, func(tx *db.Tx) error {
			entries, _, err := ledger.History(tx, ledger.ExchangeHouse("ccp"), ledger.Cursor{}, 0)
			moved := 0
			for _, e := range entries {
				if e.Kind == "exchange.settle" {
					moved++
				}
			}
			if moved != 5 { // Of the six nets of TestNet, one is nothing.
				t.Errorf("%d transfers, want 5", moved)
			}
			return err
		})
		if again := x.settle(run(monday)); again.Batch != "" {
			t.Errorf("settled again: %+v", again)
		}
		x.settle(run(span.MustDay("2026-11-30")))
		x.has("exchange/acc_a", "KZT 550")
		x.settle(run(span.MustDay("2026-12-01")))
		x.has("exchange/acc_a", "KZ:KSPI 1, KZT 543")
		if got := x.sides(9); got != "buy settled 1/1 7/7 2026-12-01; sell settled 1/1 7/7 2026-12-01" {
			t.Errorf("trade 9: %s", got)
		}
		x.refuse(clearing.ErrRun, func(tx *db.Tx) error { _, err := clearing.Settle(tx, clearing.Run{Day: monday}); return err })
	})
}

// TestPartial settles what is there, the oldest trade first; the rest fails, costs a penalty and rolls.
func TestPartial(t *testing.T) {
	each(t, func(x *exchange) {
		x.give("acc_s", "KZ:KSPI", 7)
		for _, b := range []string{"acc_a", "acc_b", "acc_c"} {
			x.give(b, "KZT", 1000)
		}
		x.register(sale(1, "acc_s", "acc_a", 5, 1000), sale(2, "acc_s", "acc_b", 5, 1000), sale(3, "acc_s", "acc_c", 5, 999))
		noon := run(monday)
		noon.Last = false
		if s := x.settle(noon); len(s.Parts) != 2 || len(s.Failures) != 0 {
			t.Errorf("at noon: %+v", s)
		}
		if got := x.sides(2); got != "buy open 2/5 400/1000 2026-11-23; sell open 2/5 400/1000 2026-11-23" {
			t.Errorf("at noon, trade 2: %s", got)
		}
		s := x.settle(run(monday))
		want := "[{2 acc_s KZ:KSPI 3 600 1 1 false} {3 acc_s KZ:KSPI 5 999 1 1 false}]"
		if got := fmt.Sprint(s.Failures); got != want || len(s.Parts) != 0 {
			t.Errorf("in the evening: %s, want %s", got, want)
		}
		if got := x.sides(2); got != "buy open 2/5 400/1000 2026-11-24; sell failed 2/5 400/1000 2026-11-24" {
			t.Errorf("in the evening, trade 2: %s", got)
		}
		if again := x.settle(run(monday)); len(again.Failures) != 0 {
			t.Errorf("failed twice on a day: %+v", again)
		}
		x.has("exchange/acc_s", "KZT 1400")
		s = x.settle(run(monday.AddDays(1))) // 0.1 % of 600 and of 999, each rounded half up.
		if fmt.Sprint(s.Failures) != "[{2 acc_s KZ:KSPI 3 600 1 2 true} {3 acc_s KZ:KSPI 5 999 1 2 true}]" || s.Dues != 2 {
			t.Errorf("the next day: %+v", s)
		}
		x.has("exchange/acc_s", "KZT 1398")
		x.has("exchange/acc_b", "KZ:KSPI 2, KZT 601")
		x.give("acc_s", "KZ:KSPI", 8)
		if s = x.settle(run(monday.AddDays(2))); len(s.Failures) != 0 || s.Dues != 2 {
			t.Errorf("at last: %+v", s)
		}
		x.has("exchange/acc_s", "KZT 2995")
		x.has("exchange/acc_c", "KZ:KSPI 5, KZT 3")
	})
}

// TestFees takes fees when the trade is settled, whole or not at all, and divides them between the house and the budget.
func TestFees(t *testing.T) {
	each(t, func(x *exchange) {
		tests := []struct{ fee, vat int64 }{{116, 16}, {100, 14}, {1, 0}, {3, 0}, {4, 1}, {99999, 13793}, {200000, 27586}}
		var fees, vat int64
		for i, test := range tests {
			trade := sale(uint64(i+1), "acc_s", "acc_b", 1, 10)
			trade.BuyFee = test.fee
			fees, vat = fees+test.fee, vat+test.vat
			x.register(trade)
		}
		free := sale(8, "acc_s", "acc_b", 1, 10)
		free.SellFee, free.VAT = 40, 0
		x.register(free)
		x.give("acc_s", "KZ:KSPI", 8)
		x.give("acc_b", "KZT", 80+fees-1)
		if s := x.settle(run(monday)); len(s.Parts) != 8 || s.Dues != len(tests) {
			t.Errorf("settled %+v", s) // All but the youngest of the buyer's fees, and that of the seller.
		}
		x.has("exchange-house/income", fmt.Sprint("KZT ", fees-200000-(vat-27586)+40))
		x.has("exchange-house/tax", fmt.Sprint("KZT ", vat-27586))
		x.Look(t, func(tx *db.Tx) error {
			dues, err := clearing.Dues(tx, "acc_b")
			if fmt.Sprint(dues) != "[{fee KZT 200000 27586 2026-11-23 7}]" {
				t.Errorf("still due: %v", dues)
			}
			return err
		})
		x.refuse(clearing.ErrShort, func(tx *db.Tx) error {
			return clearing.Withdraw(tx, clearing.Movement{Ref: "out", Place: "exchange/acc_b", Asset: "KZT", Amount: 1})
		})
		x.give("acc_b", "KZT", 1)
		x.settle(run(monday))
		x.has("exchange-house/income", fmt.Sprint("KZT ", fees-vat+40))
		x.has("exchange-house/tax", fmt.Sprint("KZT ", vat))
		x.has("exchange/acc_b", "KZ:KSPI 8")
	})
}

func TestMovements(t *testing.T) {
	each(t, func(x *exchange) {
		in := clearing.Movement{Ref: "pay_1", Place: "exchange/acc_a", Asset: "KZT", Amount: 100, Cause: "pay_1"}
		out := clearing.Movement{Ref: "pay_2", Place: "exchange/acc_a", Asset: "KZT", Amount: 60}
		fund := clearing.Movement{Ref: "fund_1", Place: "exchange-fund/mbr_1", Asset: "KZT", Amount: 30}
		for range 2 {
			x.must(func(tx *db.Tx) error { return clearing.Deposit(tx, in) })
		}
		x.has("exchange/acc_a", "KZT 100")
		x.has("exchange-house/vault", "KZT -100")
		for range 2 {
			x.must(func(tx *db.Tx) error { return clearing.Withdraw(tx, out) })
			x.must(func(tx *db.Tx) error { return clearing.Move(tx, fund, "exchange/acc_a") })
		}
		x.has("exchange/acc_a", "KZT 10")
		x.has("exchange-fund/mbr_1", "KZT 30")
		more := func(m clearing.Movement, change func(*clearing.Movement)) clearing.Movement { change(&m); return m }
		x.refuse(clearing.ErrDiffers, func(tx *db.Tx) error {
			return clearing.Deposit(tx, more(in, func(m *clearing.Movement) { m.Amount++ }))
		})
		x.refuse(clearing.ErrDiffers, func(tx *db.Tx) error { return clearing.Withdraw(tx, in) })
		x.refuse(clearing.ErrShort, func(tx *db.Tx) error {
			return clearing.Withdraw(tx, more(out, func(m *clearing.Movement) { m.Ref, m.Amount = "pay_3", 11 }))
		})
		x.refuse(clearing.ErrShort, func(tx *db.Tx) error {
			return clearing.Move(tx, more(fund, func(m *clearing.Movement) { m.Ref, m.Amount = "fund_2", 11 }), "exchange/acc_a")
		})
		for _, change := range []func(*clearing.Movement){
			func(m *clearing.Movement) { m.Ref = "" }, func(m *clearing.Movement) { m.Amount = 0 }, func(m *clearing.Movement) { m.Asset = "" },
			func(m *clearing.Movement) { m.Place = "exchange-house/ccp" }, func(m *clearing.Movement) { m.Place = "bank/sel_own" },
			func(m *clearing.Movement) { m.Place = "exchange-margin/acc_a" }, func(m *clearing.Movement) { m.Place = "exchange/" },
			func(m *clearing.Movement) { m.Ref = "receipt:r1" }, func(m *clearing.Movement) { m.Ref = "split:s1" },
		} {
			x.refuse(clearing.ErrMovement, func(tx *db.Tx) error { return clearing.Deposit(tx, more(in, change)) })
		}
	})
}
