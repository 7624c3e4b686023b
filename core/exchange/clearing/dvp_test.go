package clearing_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"sauda/core/exchange/clearing"
	"sauda/core/ledger"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// TestNeverOneLeg looks at the ledger all the time while trades settle: at a price of a hundred, money and shares of each
// side are worth the same at every moment, and nothing stands on the house.
func TestNeverOneLeg(t *testing.T) {
	each(t, func(x *exchange) {
		const rounds, price = 40, 100
		x.give("acc_s", "KZ:KSPI", rounds*3)
		x.give("acc_b", "KZT", rounds*3*price)
		over := make(chan struct{})
		var looks int
		var wrong []string
		var waiting sync.WaitGroup
		waiting.Go(func() {
			for {
				err := x.View(context.Background(), db.System, func(tx *db.Tx) error {
					all, err := ledger.Trial(tx)
					worth := make(map[string]int64)
					for _, s := range all {
						n := -s.Balance()
						if s.Asset != "KZT" {
							n *= price
						}
						worth[string(s.Account)] += n
						if s.Account == ledger.ExchangeHouse("ccp") && n != 0 {
							wrong = append(wrong, fmt.Sprintf("the house has %d", n))
						}
					}
					for _, a := range []string{"exchange/acc_s", "exchange/acc_b"} {
						if worth[a] != rounds*3*price {
							wrong = append(wrong, fmt.Sprintf("%s is worth %d", a, worth[a]))
						}
					}
					return err
				})
				if err != nil {
					wrong = append(wrong, err.Error())
				}
				looks++
				select {
				case <-over:
					return
				default:
				}
			}
		})
		for i := range uint64(rounds) {
			x.register(sale(i+1, "acc_s", "acc_b", 3, 3*price))
			x.settle(run(monday))
		}
		close(over)
		waiting.Wait()
		if len(wrong) > 0 {
			t.Errorf("of %d looks: %v", looks, wrong[0])
		}
		x.has("exchange/acc_b", "KZ:KSPI 120")
	})
}

// TestCutOff lets a moment end after its settlement: neither leg has moved, and it settles again as if for the first time.
func TestCutOff(t *testing.T) {
	cut := errors.New("cut off")
	each(t, func(x *exchange) {
		x.give("acc_s", "KZ:KSPI", 3)
		x.give("acc_b", "KZT", 300)
		x.register(sale(1, "acc_s", "acc_b", 3, 300))
		x.refuse(cut, func(tx *db.Tx) error {
			if _, err := clearing.Settle(tx, run(monday)); err != nil {
				return err
			}
			return cut
		})
		if got := x.sides(1); !strings.HasPrefix(got, "buy open 0/3 0/300") {
			t.Errorf("after the cut: %s", got)
		}
		x.settle(run(monday))
		x.has("exchange/acc_b", "KZ:KSPI 3")
	})
}

// TestCrowdSettles lets several moments settle the same trades at once, while another takes the money out: each trade is
// settled once, or not at all.
func TestCrowdSettles(t *testing.T) {
	each(t, func(x *exchange) {
		x.give("acc_s", "KZ:KSPI", 30)
		x.give("acc_b", "KZT", 3000)
		for i := range uint64(10) {
			x.register(sale(i+1, "acc_s", "acc_b", 3, 300))
		}
		var waiting sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			waiting.Go(func() {
				errs[i] = x.Try(func(tx *db.Tx) error {
					if i%2 == 0 {
						return clearing.Withdraw(tx, clearing.Movement{Ref: fmt.Sprint("out", i), Place: "exchange/acc_b", Asset: "KZT", Amount: 450})
					}
					noon := run(monday)
					noon.Last = false
					_, err := clearing.Settle(tx, noon)
					return err
				})
			})
		}
		waiting.Wait()
		for _, err := range errs {
			if err != nil && !errors.Is(err, clearing.ErrShort) {
				t.Error(err)
			}
		}
		x.Look(t, func(tx *db.Tx) error {
			have, err := clearing.Holdings(tx, []string{"acc_b", "acc_s"})
			if sold := 30 - have["acc_s"]["KZ:KSPI"]; sold*100 != have["acc_s"]["KZT"] || sold != have["acc_b"]["KZ:KSPI"] {
				t.Errorf("they have %v", have)
			}
			return err
		})
	})
}

// TestCrowdLodges lets goods come in with a receipt and without one at the same time: only one of the two does.
func TestCrowdLodges(t *testing.T) {
	each(t, func(x *exchange) {
		for n := range 6 {
			asset := fmt.Sprint("GRAIN", n)
			var loose, lodged error
			var both sync.WaitGroup
			both.Go(func() {
				loose = x.Try(func(tx *db.Tx) error {
					return clearing.Deposit(tx, clearing.Movement{Ref: asset, Place: "exchange/acc_a", Asset: asset, Amount: 5})
				})
			})
			both.Go(func() {
				lodged = x.Try(func(tx *db.Tx) error {
					return clearing.Lodge(tx, clearing.Receipt{
						ID: asset, Asset: asset, Lot: "1", Store: "Kostanay 4", Expires: monday.AddDays(90), Quantity: 7, Owner: "acc_a",
					})
				})
			})
			both.Wait()
			if errors.Is(loose, clearing.ErrGoods) == errors.Is(lodged, clearing.ErrReceipt) || (loose == nil) == (lodged == nil) {
				t.Errorf("%s: %v, %v", asset, loose, lodged)
			}
		}
	})
}

// TestStatements holds what a thousand trades of thirty accounts cost to a few dozen statements, and half of them to
// fewer: it is the hundreds that count.
func TestStatements(t *testing.T) {
	each(t, func(x *exchange) {
		const accounts = 30
		for a := range accounts {
			x.give(fmt.Sprint("acc_", a), "KZT", 1_000_000)
			x.give(fmt.Sprint("acc_", a), "KZ:KSPI", 900) // Some lack.
		}
		for round, most := range []struct{ register, settle int }{{55, 40}, {55, 40}} {
			var trades []clearing.Trade
			for i := range uint64(1000) {
				trade := sale(uint64(round)*1000+i+1, fmt.Sprint("acc_", i%accounts), fmt.Sprint("acc_", (i*i+1)%accounts), 30+int64(i%9), 3000)
				trade.BuyFee, trade.SellFee = 12, 12
				trades = append(trades, trade)
			}
			if n := x.Statements(func() { x.register(trades...) }); n > most.register {
				t.Errorf("%d statements register a thousand trades, %d are enough", n, most.register)
			}
			if n := x.Statements(func() { x.register(trades...) }); n > 12 {
				t.Errorf("%d statements register them again", n)
			}
			var s clearing.Settlement
			if n := x.Statements(func() { s = x.settle(run(monday.AddDays(round))) }); n > most.settle {
				t.Errorf("%d statements settle %d parts and %d failures, %d are enough", n, len(s.Parts), len(s.Failures), most.settle)
			}
			if len(s.Parts) < 100 || len(s.Failures) < 20 {
				t.Errorf("%d parts, %d failures", len(s.Parts), len(s.Failures))
			}
		}
	})
}

// BenchmarkSettle registers and settles a thousand trades of a hundred accounts.
func BenchmarkSettle(b *testing.B) {
	s := dbtest.SQLite(b, schemas)
	s.Moment(b, func(tx *db.Tx) error {
		for a := range 100 {
			for _, asset := range []string{"KZT", "KZ:KSPI"} {
				m := clearing.Movement{Ref: fmt.Sprint(asset, a), Place: ledger.Exchange(fmt.Sprint("acc_", a)), Asset: asset, Amount: 1e12}
				if err := clearing.Deposit(tx, m); err != nil {
					return err
				}
			}
		}
		return nil
	})
	id := uint64(0)
	for b.Loop() {
		var trades []clearing.Trade
		for range 1000 {
			id++
			trades = append(trades, sale(id, fmt.Sprint("acc_", id%100), fmt.Sprint("acc_", (id*7+1)%100), 3, 300))
		}
		s.Moment(b, func(tx *db.Tx) error { return clearing.Register(tx, trades) })
		s.Moment(b, func(tx *db.Tx) error {
			_, err := clearing.Settle(tx, run(monday))
			return err
		})
	}
}
