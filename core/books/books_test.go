package books_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/books"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/core/tax"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{ledger.Schema}

func kzt(minor int64) money.Money { return money.Of(minor, money.KZT) }

// sold is a line of an order: how many of what class, and what all of them cost.
type sold struct {
	name     string
	seller   seller.ID
	class    tax.Class
	quantity measure.Quantity
	net, tax int64
}

func (s sold) taxed() pricing.TaxLine {
	return pricing.TaxLine{Class: s.class, Net: kzt(s.net), Amount: kzt(s.tax), Inclusive: true}
}

// ordered is an order of lines and a delivery; a delivery of no quantity is none.
func ordered(id order.ID, delivery sold, lines ...sold) order.Order {
	o := order.Order{ID: id, Seller: "sel_own", Quote: pricing.Quote{Currency: money.KZT}}
	sums := map[pricing.TaxSum]bool{}
	for _, s := range append(lines, delivery) {
		sums[pricing.TaxSum{Seller: s.seller, Country: "KZ", Class: s.class}] = true
	}
	for s := range sums {
		o.Quote.Taxes = append(o.Quote.Taxes, s)
	}
	for _, s := range lines {
		l := pricing.QuoteLine{Line: s.name, Seller: s.seller, Quantity: s.quantity, Tax: s.taxed(), Total: kzt(s.net + s.tax)}
		o.Quote.Lines = append(o.Quote.Lines, l)
		o.Lines = append(o.Lines, order.Line{QuoteLine: l})
	}
	if delivery.quantity > 0 {
		o.Quote.Delivery = []pricing.QuoteDelivery{{Seller: delivery.seller, Tax: delivery.taxed(), Total: kzt(delivery.net + delivery.tax)}}
	}
	return o
}

// few is an order of three kettles and a journal of the own shop, and of a stranger's medicine, which is not taxed.
func few() order.Order {
	return ordered("ord_1",
		sold{"", "sel_own", tax.Standard, measure.One, 1034_48, 165_52},
		sold{"kettles", "sel_own", tax.Standard, measure.Of(3), 31034_48, 4965_52},
		sold{"journal", "sel_own", tax.Periodical, measure.One, 900_45, 90_05},
		sold{"medicine", "sel_two", tax.Medical, measure.Of(2), 5000_00, 0},
	)
}

// stands holds the whole ledger to these balances: no other account stands at anything, and all of them sum to zero.
func stands(t testing.TB, s *dbtest.Store, when string, want map[ledger.Account]int64) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) error {
		all, err := ledger.Trial(tx)
		got, sum := map[ledger.Account]int64{}, int64(0)
		for _, a := range all {
			sum += a.Balance()
			if a.Balance() != 0 {
				got[a.Account] = a.Balance()
			}
		}
		if !maps.Equal(got, want) || sum != 0 {
			t.Errorf("%s: the ledger stands at %v, want %v; its sum is %d", when, got, want, sum)
		}
		return err
	})
}

// posted does what is to be posted, twice, as it is told twice.
func posted(t testing.TB, s *dbtest.Store, post func(tx *db.Tx) error) {
	t.Helper()
	for range 2 {
		s.Moment(t, post)
	}
}

// Balances of few once it is placed.
var placed = map[ledger.Account]int64{
	"buyer/ord_1": 1200_00 + 36000_00 + 990_50 + 5000_00, "seller/sel_own/sales": -(31034_48 + 900_45), "seller/sel_own/delivery": -1034_48,
	"seller/sel_own/tax/KZ/standard": -(4965_52 + 165_52), "seller/sel_own/tax/KZ/periodical": -90_05, "seller/sel_two/sales": -5000_00,
}

// with is balances changed by others.
func with(base, change map[ledger.Account]int64) map[ledger.Account]int64 {
	sum := maps.Clone(base)
	for account, n := range change {
		if sum[account] += n; sum[account] == 0 {
			delete(sum, account)
		}
	}
	return sum
}

func TestCharge(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		posted(t, s, func(tx *db.Tx) error { return books.Charge(tx, few()) })
		stands(t, s, "charged", placed)
		s.Look(t, func(tx *db.Tx) error {
			owed, err := books.Owed(tx, few())
			if owed != kzt(43190_50) {
				t.Errorf("the buyer owes %s", owed)
			}
			page, err2 := ledger.Check(tx, "")
			if len(page.Wrong) > 0 {
				t.Errorf("wrong postings: %v", page.Wrong)
			}
			return errors.Join(err, err2)
		})
		odd := few()
		odd.ID, odd.Quote.Taxes = "ord_2", nil
		if err := s.Try(func(tx *db.Tx) error { return books.Charge(tx, odd) }); !errors.Is(err, books.ErrTaxAccount) {
			t.Errorf("a tax without a country: %v", err)
		}
		stands(t, s, "a charge was refused", placed)
		free := ordered("ord_3", sold{}, sold{"gift", "sel_own", tax.Standard, measure.One, 0, 0})
		posted(t, s, func(tx *db.Tx) error { return books.Charge(tx, free) })
		stands(t, s, "what costs nothing", placed)
	})
}

// TestMoney takes money by card and in cash, keeps a fee, and gives it back.
func TestMoney(t *testing.T) {
	card := payment.Payment{ID: "pay_1", Order: "ord_1", Seller: "sel_own", Gateway: "card"}
	cash := payment.Payment{ID: "pay_2", Order: "ord_1", Seller: "sel_own"}
	for name, c := range map[string]struct {
		post func(tx *db.Tx) error
		want map[ledger.Account]int64
	}{
		"paid by card": {
			func(tx *db.Tx) error { return books.Paid(tx, card, "capture/pay_1", kzt(43190_50), "") },
			map[ledger.Account]int64{"gateway/card": 43190_50, "buyer/ord_1": -43190_50},
		},
		"the fee": {
			func(tx *db.Tx) error { return books.Fee(tx, card, "capture/pay_1", kzt(647_86)) },
			map[ledger.Account]int64{"seller/sel_own/fees": 647_86, "gateway/card": -647_86},
		},
		"no fee": {func(tx *db.Tx) error { return books.Fee(tx, card, "capture/pay_1", kzt(0)) }, nil},
		"back to the card": {
			func(tx *db.Tx) error { _, err := books.Refund(tx, card, "ord_1", kzt(990_50), "ret_1"); return err },
			map[ledger.Account]int64{"buyer/ord_1": 990_50, "gateway/card": -990_50},
		},
		"paid to a carrier": {
			func(tx *db.Tx) error { return books.Paid(tx, cash, "shp_1", kzt(5), "builtin") },
			map[ledger.Account]int64{"transit/builtin": 5, "buyer/ord_1": -5},
		},
		"paid to the own courier": {
			func(tx *db.Tx) error { return books.Paid(tx, cash, "shp_1", kzt(5), "") },
			map[ledger.Account]int64{"transit/sel_own": 5, "buyer/ord_1": -5},
		},
		"handed in": {
			func(tx *db.Tx) error { return books.Remit(tx, "builtin", "sel_own", kzt(5), "stm_1") },
			map[ledger.Account]int64{"bank/sel_own": 5, "transit/builtin": -5},
		},
		"back in cash": {
			func(tx *db.Tx) error { _, err := books.Refund(tx, cash, "ord_1", kzt(7), "ret_1"); return err },
			map[ledger.Account]int64{"buyer/ord_1": 7, "bank/sel_own": -7},
		},
		"forgone": {
			func(tx *db.Tx) error { _, err := books.Allow(tx, few(), "rfd_1", kzt(3)); return err },
			map[ledger.Account]int64{"seller/sel_own/refunds": 3, "buyer/ord_1": -3},
		},
		"taken back": {
			func(tx *db.Tx) error { return books.Retract(tx, few(), "chg_1", kzt(3)) },
			map[ledger.Account]int64{"buyer/ord_1": 3, "seller/sel_own/refunds": -3},
		},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
				posted(t, s, func(tx *db.Tx) error { return books.Charge(tx, few()) })
				posted(t, s, c.post)
				stands(t, s, name, with(placed, c.want))
			})
		})
	}
}

// TestEachOnce: two events of one kind are two postings, and the same event told with another amount is not a third.
func TestEachOnce(t *testing.T) {
	p := payment.Payment{ID: "pay_1", Order: "ord_1", Seller: "sel_own", Gateway: "card"}
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		for _, refund := range []struct {
			ref    string
			amount int64
		}{{"ret_1", 100}, {"ret_2", 10}, {"ret_1", 1}} {
			s.Moment(t, func(tx *db.Tx) error {
				_, err := books.Refund(tx, p, "ord_1", kzt(refund.amount), refund.ref)
				return err
			})
		}
		stands(t, s, "refunded", map[ledger.Account]int64{"buyer/ord_1": 110, "gateway/card": -110})
	})
}

// TestWaive lets a part fall away, to the tiyn and with its tax: a third of the kettles, and then the rest with the
// delivery.
func TestWaive(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		o := few()
		posted(t, s, func(tx *db.Tx) error { return books.Charge(tx, o) })
		moved := func(line int, settled, n int64) order.Moved {
			l := o.Lines[line]
			return order.Moved{Line: l.Line, Seller: l.Seller, Quantity: measure.Of(n), Worth: l.Worth(measure.Of(settled), measure.Of(n))}
		}
		third := []order.Moved{moved(0, 0, 1)}
		posted(t, s, func(tx *db.Tx) error { return books.Waive(tx, o, "chg_1", third, order.Worth{}) })
		stands(t, s, "a third", with(placed, map[ledger.Account]int64{
			"buyer/ord_1": -12000_00, "seller/sel_own/sales": 10344_83, "seller/sel_own/tax/KZ/standard": 1655_17,
		}))
		rest := []order.Moved{moved(0, 1, 2), moved(1, 0, 1), moved(2, 0, 2)}
		posted(t, s, func(tx *db.Tx) error { return books.Waive(tx, o, "chg_2", rest, o.DeliveryWorth()) })
		stands(t, s, "all", map[ledger.Account]int64{})
		unknown := []order.Moved{{Line: "none", Worth: order.Worth{Net: kzt(1)}}}
		if err := s.Try(func(tx *db.Tx) error { return books.Waive(tx, o, "chg_3", unknown, order.Worth{}) }); !errors.Is(err, order.ErrLine) {
			t.Errorf("an unknown line: %v", err)
		}
	})
}

// TestPartsAreTheWhole waives any order in any parts: whatever the roundings, what is left in the end is nothing, and on
// the way no account of the seller is owed more than the order gave it.
func TestPartsAreTheWhole(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		run := 0
		rapid.Check(t, func(r *rapid.T) {
			run++
			var lines []sold
			for n := range rapid.IntRange(1, 4).Draw(r, "lines") {
				lines = append(lines, sold{
					fmt.Sprint("l", n), "sel_own", rapid.SampledFrom([]tax.Class{tax.Standard, tax.Periodical, tax.Exempt}).Draw(r, "class"),
					measure.Quantity(rapid.Int64Range(1, 7_000_000).Draw(r, "quantity")),
					rapid.Int64Range(0, 100_000).Draw(r, "net"), rapid.Int64Range(0, 16_000).Draw(r, "tax"),
				})
			}
			o := ordered(order.ID(fmt.Sprint("ord_", run)), sold{"", "sel_own", tax.Standard, measure.One, 1000, 160}, lines...)
			s.Moment(t, func(tx *db.Tx) error { return books.Charge(tx, o) })
			for part := 0; ; part++ {
				var moved []order.Moved
				done := true
				for n := range o.Lines {
					l := &o.Lines[n]
					q := measure.Quantity(rapid.Int64Range(0, int64(l.Live())).Draw(r, "part"))
					if part > 4 {
						q = l.Live()
					}
					if q > 0 {
						moved = append(moved, order.Moved{Line: l.Line, Seller: l.Seller, Quantity: q, Worth: l.Worth(l.Cancelled, q)})
						l.Cancelled += q
					}
					done = done && l.Live() == 0
				}
				delivery := order.Worth{}
				if done {
					delivery = o.DeliveryWorth()
				}
				s.Moment(t, func(tx *db.Tx) error { return books.Waive(tx, o, fmt.Sprint("chg_", run, "_", part), moved, delivery) })
				s.Look(t, func(tx *db.Tx) error {
					owed, err := books.Owed(tx, o)
					if owed.IsNegative() || done && !owed.IsZero() {
						r.Errorf("after part %d the buyer owes %s", part, owed)
					}
					return err
				})
				if done {
					break
				}
			}
		})
		stands(t, s, "all waived", map[ledger.Account]int64{})
	})
}
