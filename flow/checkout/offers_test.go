package checkout_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/payment"
	"sauda/core/pricing"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/flow/checkout"
	"sauda/flow/flowtest"
	"sauda/gear/db"
)

// give lets a promotion of the own shop run.
func give(t *testing.T, w *flowtest.World, p promotion.Promotion) (given promotion.Promotion) {
	t.Helper()
	p.Seller, p.Currency, p.Name, p.Combines = seller.Own, money.KZT, text.Localized{"kk": "Жеңілдік"}, true
	w.As(flowtest.Staff).Moment(t, func(tx *db.Tx) (err error) {
		if given, err = promotion.Add(tx, p); err == nil {
			given, err = promotion.Start(tx, seller.Own, given.ID)
		}
		return err
	})
	return given
}

// tenth is ten per cent off, by codes if there are some.
func tenth(codes ...string) promotion.Promotion {
	return promotion.Promotion{Effect: promotion.Effect{Kind: promotion.PercentOff, Rate: money.Percent(10)},
		Coupons: promotion.Coupons{Codes: codes}}
}

func redeem(w *flowtest.World, desk *checkout.Desk, id cart.ID, code string) (c checkout.Coupon, err error) {
	err = w.As(flowtest.Guest).Try(func(tx *db.Tx) (err error) {
		c, err = desk.Redeem(tx, id, code)
		return err
	})
	return c, err
}

// TestACodeIsUsedAsOftenAsItMay lets twelve buyers reach for a code of five uses: five orders are placed by it, nobody pays
// another sum than he agreed to, and what is refused holds nothing.
func TestACodeIsUsedAsOftenAsItMay(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		const uses, buyers = 5, 12
		p := tenth("SOVET")
		p.Coupons.Most = uses
		p = give(t, w, p)
		life := w.Alive()
		desk := checkout.New(life.Teller, w.Cards)
		baskets := make([]cart.ID, buyers)
		for n := range baskets {
			baskets[n] = w.Basket(t, "mth_courier", w.Kettle)
			if c, err := redeem(w, desk, baskets[n], "\u0455\u043ev\u0435t"); err != nil || c.Saved.Minor != flowtest.KettlePrice/10 {
				t.Fatalf("the code saves %s: %v", c.Saved, err)
			}
		}
		var placed atomic.Int64
		var wait sync.WaitGroup
		for _, id := range baskets {
			wait.Go(func() {
				buy := card(id, "tok_ok")
				buy.Total = money.Of(whole-flowtest.KettlePrice/10, money.KZT)
				a, err := desk.Order(t.Context(), flowtest.Guest, buy)
				switch {
				case err == nil && a.Order != "":
					placed.Add(1)
				case errors.Is(err, promotion.ErrUsedUp) || errors.Is(err, checkout.ErrChanged):
				default:
					t.Errorf("%s: %+v, %v", id, a, err)
				}
			})
		}
		wait.Wait()
		if placed.Load() != uses {
			t.Errorf("%d orders were placed by a code of %d uses", placed.Load(), uses)
		}
		w.Look(t, func(tx *db.Tx) error {
			pools, err := hold.All(tx, "coupon:", 1)
			if err == nil && (len(pools) != 1 || pools[0].Taken != uses) {
				t.Errorf("the uses are %+v", pools)
			}
			totals, e := promotion.Totals(tx, []promotion.ID{p.ID})
			if got := totals[p.ID]; got.Uses != uses || got.Given.Minor != uses*flowtest.KettlePrice/10 {
				t.Errorf("counted are %+v", got)
			}
			return errors.Join(err, e)
		})
		w.Sound(t)
	})
}

// TestTwoCodesOfOnePromotion: one of them counts and is used, the other says so and is kept for somebody else. When the one
// is used up, the other counts in its place.
func TestTwoCodesOfOnePromotion(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		p := tenth("KENES", "SOVET")
		p.Coupons.Most = 1
		give(t, w, p)
		desk := checkout.New(w.Alive().Teller, w.Cards)
		id, other := w.Basket(t, "mth_courier", w.Kettle), w.Basket(t, "mth_courier", w.Kettle)
		for of, code := range map[cart.ID]string{id: "kenes", other: "kenes"} {
			if _, err := redeem(w, desk, of, code); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := redeem(w, desk, id, "sovet"); !errors.Is(err, promotion.ErrAnother) {
			t.Errorf("a second code: %v", err)
		}
		w.As(flowtest.Guest).Moment(t, func(tx *db.Tx) error { // As a basket that was joined to another has them.
			return errors.Join(cart.EnterCoupon(tx, id, "sovet"), cart.EnterCoupon(tx, other, "sovet"))
		})
		says := func(when string, first, second error) {
			t.Helper()
			b := looked(t, w, desk, id)
			if len(b.Coupons) != 2 || !errors.Is(b.Coupons[0].Err, first) || !errors.Is(b.Coupons[1].Err, second) ||
				b.Coupons[0].Saved.IsPositive() != (first == nil) || b.Coupons[1].Saved.IsPositive() != (second == nil) {
				t.Errorf("%s the codes are %+v", when, b.Coupons)
			}
		}
		says("at first", nil, promotion.ErrAnother)
		for _, of := range []cart.ID{other, id} {
			buy := card(of, "tok_ok")
			buy.Total = money.Of(whole-flowtest.KettlePrice/10, money.KZT)
			if a, err := desk.Order(t.Context(), flowtest.Guest, buy); err != nil || a.Order == "" {
				t.Fatalf("%s: %+v, %v", of, a, err)
			}
			if of == other {
				says("when the first is used up", promotion.ErrUsedUp, nil)
			}
		}
		w.Look(t, func(tx *db.Tx) error {
			pools, err := hold.All(tx, "coupon:", 2)
			if err == nil && (len(pools) != 2 || pools[0].Taken != 1 || pools[1].Taken != 1) {
				t.Errorf("the uses are %+v", pools)
			}
			return err
		})
		w.Sound(t)
	})
}

// looked gives a guest's basket as the desk sees it.
func looked(t *testing.T, w *flowtest.World, desk *checkout.Desk, id cart.ID) (b checkout.Basket) {
	t.Helper()
	w.As(flowtest.Guest).Look(t, func(tx *db.Tx) (err error) {
		b, err = desk.Look(tx, id)
		return err
	})
	return b
}

// TestAUseComesBack: a declined payment gives the use back, and the same buyer cannot use a code for one use twice.
func TestAUseComesBack(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		p := tenth("ONCE")
		p.Coupons.Each = 1
		give(t, w, p)
		desk := keeping(t, w, w.Alive())
		crossed := func() (n int) {
			for _, f := range w.Facts(t) {
				if f.Name == (hold.Crossed{}).Fact() {
					n++
				}
			}
			return n
		}
		before := crossed()
		id := w.Basket(t, "mth_courier", w.Kettle)
		if _, err := redeem(w, desk, id, "once"); err != nil {
			t.Fatal(err)
		}
		if _, err := desk.Order(t.Context(), flowtest.Guest, card(id, "tok_declined")); !errors.Is(err, payment.ErrDeclined) {
			t.Fatalf("declined: %v", err)
		}
		untouched(t, w, id)
		if a, err := desk.Order(t.Context(), flowtest.Guest, card(id, "tok_ok")); err != nil || a.Total.Minor != whole-flowtest.KettlePrice/10 {
			t.Fatalf("ordered for %s: %v", a.Total, err)
		}
		second := w.Basket(t, "mth_courier", w.Kettle)
		if _, err := redeem(w, desk, second, "once"); !errors.Is(err, promotion.ErrUsed) {
			t.Errorf("the same buyer again: %v", err)
		}
		o := w.Order(t, id)
		if claims := w.Claims(t, id); len(claims) != 2 || claims[0].State != hold.StateConfirmed {
			t.Errorf("the order holds %+v", claims)
		}
		if n := crossed() - before; n != 0 {
			t.Errorf("%d times stock is said to have run out or come in", n)
		}
		line := o.Lines[0]
		if line.Total.Minor != flowtest.KettlePrice*9/10 || line.Worth(0, line.Quantity).Total != line.Total {
			t.Errorf("the line costs %s, a return gives %s", line.Total, line.Worth(0, line.Quantity).Total)
		}
	})
}

// TestCodesAreRefusedWithTheReason: each reason is a fault of its own, and the basket stays as it was.
func TestCodesAreRefusedWithTheReason(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		with := func(code string, change func(*promotion.Promotion)) promotion.Promotion {
			p := tenth(code)
			change(&p)
			return give(t, w, p)
		}
		with("LATER", func(p *promotion.Promotion) { p.Days.From = w.Day().AddDays(1) })
		with("PAST", func(p *promotion.Promotion) { p.Days.To = w.Day() })
		with("GOODS", func(p *promotion.Promotion) { p.Goods.Products = []catalog.ProductID{"prd_none"} })
		with("MANY", func(p *promotion.Promotion) { p.Needs.Units = 3 })
		with("MUCH", func(p *promotion.Promotion) { p.Needs.Sum = 20_000_00 })
		with("FIRST", func(p *promotion.Promotion) { p.Needs.First = true })
		paused := with("PAUSED", func(*promotion.Promotion) {})
		w.Moment(t, func(tx *db.Tx) error { _, err := promotion.Pause(tx, seller.Own, paused.ID); return err })
		w.Moment(t, func(tx *db.Tx) error {
			p := tenth("DRAFT")
			p.Seller, p.Currency, p.Name = seller.Own, money.KZT, text.Localized{"kk": "Жоба"}
			_, err := promotion.Add(tx, p)
			return err
		})
		desk := checkout.New(w.Alive().Teller, w.Cards)
		id := w.Basket(t, "mth_courier", w.Kettle)
		for code, want := range map[string]error{
			"LATER": promotion.ErrNotYet, "PAST": promotion.ErrOver, "PAUSED": promotion.ErrOver, "GOODS": promotion.ErrGoods,
			"MANY": promotion.ErrTooFew, "MUCH": promotion.ErrTooLow, "FIRST": promotion.ErrNotFirst,
			"DRAFT": promotion.ErrNoCode, "NOSUCH": promotion.ErrNoCode, "--": promotion.ErrNoCode,
		} {
			if _, err := redeem(w, desk, id, code); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", code, err, want)
			}
		}
		w.As(flowtest.Guest).Look(t, func(tx *db.Tx) error {
			c, err := cart.Get(tx, id)
			if len(c.Coupons) > 0 {
				t.Errorf("the basket has %v", c.Coupons)
			}
			return err
		})
	})
}

// TestPromotionsCostNoStatement: a basket without a code takes as many statements with promotions as without.
func TestPromotionsCostNoStatement(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		id := w.Basket(t, "mth_courier", w.Kettle, w.Journal)
		look := func(desk *checkout.Desk) (statements int, off int64) {
			once := func() {
				w.As(flowtest.Guest).Look(t, func(tx *db.Tx) error {
					b, err := desk.Look(tx, id)
					off = b.Quote.Discount.Minor
					return err
				})
			}
			once() // What is standing is known from here on.
			return w.Statements(once), off
		}
		before, none := look(checkout.New(w.Alive().Teller, w.Cards))
		p := tenth()
		p.Needs.Units = 2
		give(t, w, p)
		after, some := look(checkout.New(w.Alive().Teller, w.Cards))
		if want := int64(flowtest.KettlePrice/10 + 99_00); none != 0 || some != want { // A tenth of 990.50 in whole tenge.
			t.Errorf("without a promotion %d is taken off, with it %d, want %d", none, some, want)
		}
		if after != before {
			t.Errorf("%d statements without promotions, %d with one", before, after)
		}
		give(t, w, tenth("ALL")) // Without a bound, and so without anything that could be held.
		desk := checkout.New(w.Alive().Teller, w.Cards)
		if _, err := redeem(w, desk, id, "all"); err != nil {
			t.Fatal(err)
		}
		if coded, _ := look(desk); coded != before+2 {
			t.Errorf("%d statements without a code, %d with one", before, coded)
		}
	})
}

// TestPricesThatChanged: a notice compares what the buyer saw with what he sees now, as promotions lower it for everybody.
func TestPricesThatChanged(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		give(t, w, tenth())
		for name, c := range map[string]struct {
			seen, price int64
			want        cart.NoticeKind
			now         int64
		}{
			"it is as it was":                   {10_800_00, 12_000_00, "", 0},
			"it fell, to more than was seen":    {10_800_00, 11_500_00, cart.NoticeCheaper, 10_350_00},
			"it rose":                           {10_800_00, 12_600_00, cart.NoticeDearer, 11_340_00},
			"another promotion made it cheaper": {11_400_00, 12_000_00, cart.NoticeCheaper, 10_800_00},
		} {
			desk := checkout.New(w.Alive().Teller, w.Cards)
			id := w.Basket(t, "mth_courier")
			w.Moment(t, func(tx *db.Tx) error {
				list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil)
				if err == nil {
					_, err = pricing.SetMany(tx, list.ID, []pricing.Entry{{Variant: w.Kettle, Amount: kzt(c.price)}})
				}
				return err
			})
			w.As(flowtest.Guest).Moment(t, func(tx *db.Tx) error {
				_, err := cart.Add(tx, id, cart.Addition{Variant: w.Kettle, Quantity: measure.One, PriceSeen: kzt(c.seen)})
				return err
			})
			notices := looked(t, w, desk, id).Notices
			if c.want == "" {
				if len(notices) != 0 {
					t.Errorf("%s: %+v", name, notices)
				}
			} else if len(notices) != 1 || notices[0].Kind != c.want || notices[0].Price != kzt(c.now) || notices[0].Seen != kzt(c.seen) {
				t.Errorf("%s: %+v", name, notices)
			}
		}
	})
}

// TestDeliveryCodesSayWhatTheyLack: they are explained by the sum by which they are judged, and a delivery that costs nothing
// by itself is no reason to refuse one.
func TestDeliveryCodesSayWhatTheyLack(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		give(t, w, promotion.Promotion{Effect: promotion.Effect{Kind: promotion.OrderOff, Amount: 3_000_00}})
		free := promotion.Promotion{Effect: promotion.Effect{Kind: promotion.DeliveryOff}, Coupons: promotion.Coupons{Codes: []string{"MUCH"}}}
		free.Needs.Sum = 10_000_00
		give(t, w, free)
		free.Needs.Sum, free.Coupons.Codes = 9_000_00, []string{"FREE"}
		give(t, w, free)
		desk := checkout.New(w.Alive().Teller, w.Cards)
		brought, fetched := w.Basket(t, "mth_courier", w.Kettle), w.Basket(t, "mth_pickup", w.Kettle)
		_, err := redeem(w, desk, brought, "much")
		if !errors.Is(err, promotion.ErrTooLow) || fmt.Sprint(fault.ParamsOf(err)["missing"]) != kzt(1_000_00).String() {
			t.Errorf("too low after what is off the order: %v, %v", err, fault.ParamsOf(err))
		}
		if c, err := redeem(w, desk, brought, "free"); err != nil || !c.Saved.IsPositive() {
			t.Errorf("brought: %+v, %v", c, err)
		}
		if c, err := redeem(w, desk, fetched, "free"); err != nil || c.Saved.IsPositive() {
			t.Errorf("fetched: %+v, %v", c, err)
		}
	})
}

// TestCodesOfABasket: a code that was entered counts until it is taken out, and says why when it does not any more.
func TestCodesOfABasket(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		p := tenth("SUM")
		p.Needs.Sum = flowtest.KettlePrice + 1
		give(t, w, p)
		desk := checkout.New(w.Alive().Teller, w.Cards)
		id := w.Basket(t, "mth_courier", w.Kettle, w.Journal)
		if _, err := redeem(w, desk, id, "sum"); err != nil {
			t.Fatal(err)
		}
		look := func() (b checkout.Basket) {
			w.As(flowtest.Guest).Look(t, func(tx *db.Tx) (err error) {
				b, err = desk.Look(tx, id)
				return err
			})
			return b
		}
		b := look()
		if len(b.Coupons) != 1 || b.Coupons[0].Err != nil || b.Coupons[0].Saved != b.Quote.Discount || !b.Quote.Discount.IsPositive() {
			t.Fatalf("%+v of %s", b.Coupons, b.Quote.Discount)
		}
		for _, l := range b.Cart.Lines {
			if l.Variant == w.Journal {
				w.As(flowtest.Guest).Moment(t, func(tx *db.Tx) error { return cart.Remove(tx, id, l.ID) })
			}
		}
		if b = look(); len(b.Coupons) != 1 || !errors.Is(b.Coupons[0].Err, promotion.ErrTooLow) || len(b.Hints) != 1 || b.Hints[0].Sum.Minor != 1 {
			t.Errorf("%+v, %+v", b.Coupons, b.Hints)
		}
		w.As(flowtest.Guest).Moment(t, func(tx *db.Tx) error { return desk.Withdraw(tx, id, " S-U-M ") })
		if b = look(); len(b.Coupons) != 0 || b.Cart.Lines[0].Quantity != measure.One {
			t.Errorf("%+v", b.Coupons)
		}
	})
}
