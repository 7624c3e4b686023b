package checkout_test

import (
	"errors"
	"sync"
	"testing"

	"sauda/base/money"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/choice"
	"sauda/core/gift"
	"sauda/core/hold"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/promotion"
	"sauda/flow/checkout"
	"sauda/flow/deliver"
	"sauda/flow/flowtest"
	"sauda/flow/takeback"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// lay has a certificate pay for a basket.
func lay(w *flowtest.World, desk *checkout.Desk, id cart.ID, code string) error {
	return w.As(flowtest.Guest).Try(func(tx *db.Tx) error { _, err := desk.Lay(tx, id, code); return err })
}

// TestACertificatePaysKilledAtEachPoint ends the process at each point of a purchase that a certificate pays in part, or
// wholly, and the next one once more: it pays once, and what a declined card leaves undone is back on it.
func TestACertificatePaysKilledAtEachPoint(t *testing.T) {
	for _, story := range []struct {
		name   string
		worth  int64
		token  string
		points int
	}{
		{"a part", 10_000_00, "tok_ok", 11},
		{"a part, and the card is declined", 10_000_00, "tok_declined", 4},
		{"all", 20_000_00, "", 6},
	} {
		t.Run(story.name, func(t *testing.T) {
			flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
				v := w.Gifts(t, story.worth)
				for n := 1; ; n++ {
					c, code := w.Given(t, v)
					id := w.Basket(t, "mth_courier", w.Kettle)
					if err := lay(w, checkout.New(w.Alive().Teller, w.Cards), id, code); err != nil {
						t.Fatal(err)
					}
					buy := card(id, story.token)
					buy.Total = money.Of(max(0, whole-story.worth), money.KZT)
					first := w.Doomed(n, func(string) {})
					tell(t, w, first, buy)
					second := w.Doomed(1+n%5, func(string) {})
					checkout.New(second.Teller, w.Cards)
					second.Rest(t, w)
					last := w.Alive()
					desk := checkout.New(last.Teller, w.Cards)
					last.Rest(t, w)
					if story.token == "tok_declined" {
						untouched(t, w, id)
						w.Left(t, c.ID, story.worth)
					} else {
						if a, err := desk.Order(t.Context(), flowtest.Guest, buy); err != nil || a.Order == "" {
							t.Errorf("asked again: %+v, %v", a, err)
						}
						last.Rest(t, w)
						paidWith(t, w, id, c)
					}
					w.Sound(t)
					if t.Failed() {
						t.Fatalf("killed at point %d, %s", n, first.Died())
					}
					if first.Died() == "" {
						if n < story.points {
							t.Errorf("only %d points", n)
						}
						return
					}
				}
			})
		})
	}
}

// paidWith fails unless a basket was ordered once, and paid by a certificate as far as that goes, and by card for the rest.
func paidWith(t *testing.T, w *flowtest.World, id cart.ID, c gift.Certificate) {
	t.Helper()
	o, pays := w.Order(t, id), min(c.Face.Minor, whole)
	if o.State != order.StatePlaced || o.Total().Minor != whole {
		t.Fatalf("the order is %s of %s", o.State, o.Total())
	}
	w.Left(t, c.ID, c.Face.Minor-pays)
	w.Stands(t, map[ledger.Account]int64{ledger.Buyer(string(o.ID)): 0, ledger.Gift(string(c.ID)): pays - c.Face.Minor})
	var captured int64
	for _, p := range w.Payments(t, id) {
		taken, _ := w.Moved(p.ID)
		captured += taken
	}
	if captured != whole-pays || (captured == 0) != (o.Payment == "" && o.Method == string(payment.Nothing)) {
		t.Errorf("the gateway took %d, and it was paid by %s", captured, o.Method)
	}
	if claims := w.Claims(t, id); len(claims) != 1 || claims[0].State != hold.StateConfirmed {
		t.Errorf("it holds %v", claims)
	}
}

// TestTheLastOfACertificateIsSpentOnce has several baskets pay with one certificate at once.
func TestTheLastOfACertificateIsSpentOnce(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		c, code := w.Given(t, w.Gifts(t, whole))
		desk := checkout.New(w.Alive().Teller, w.Cards)
		baskets := make([]cart.ID, 6)
		for i := range baskets {
			baskets[i] = w.Basket(t, "mth_courier", w.Kettle)
			if err := lay(w, desk, baskets[i], code); err != nil {
				t.Fatal(err)
			}
		}
		var wait sync.WaitGroup
		errs := make([]error, len(baskets))
		for i, id := range baskets {
			wait.Go(func() {
				_, errs[i] = desk.Order(t.Context(), flowtest.Guest, checkout.Purchase{Cart: id, Method: payment.Nothing})
			})
		}
		wait.Wait()
		won := 0
		for i, err := range errs {
			switch {
			case err == nil:
				won++
				paidWith(t, w, baskets[i], c)
			case errors.Is(err, gift.ErrHeld), errors.Is(err, gift.ErrSpent), errors.Is(err, payment.ErrMethod):
				untouched(t, w, baskets[i])
			default:
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d were ordered with it", won)
		}
		w.Sound(t)
	})
}

// TestWhatACertificateDoesNotPay: one that is spent, of another code, or for another certificate; and who has seen that it
// pays more than is left is told the new total.
func TestWhatACertificateDoesNotPay(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		v := w.Gifts(t, 5_000_00)
		c, code := w.Given(t, v)
		desk := checkout.New(w.Alive().Teller, w.Cards)
		desk.Ways = choice.WaysOf(gift.Way{})
		id := w.Basket(t, "mth_courier", w.Kettle)
		if err := lay(w, desk, id, "0000-0000-0000-0000"); !errors.Is(err, gift.ErrUnknown) {
			t.Errorf("another code: %v", err)
		}
		if err := lay(w, desk, id, code); err != nil {
			t.Fatal(err)
		}
		if b := looked(t, w, desk, id); b.ToPay().Minor != whole-5_000_00 || b.Quote.Due.Minor != whole || b.Laid.Of.ID != c.ID {
			t.Errorf("of %s is to pay %s", b.Quote.Due, b.ToPay())
		}
		other := w.Basket(t, "mth_courier", w.Journal)
		if err := lay(w, desk, other, code); err != nil {
			t.Fatal(err)
		}
		if _, err := desk.Order(t.Context(), flowtest.Guest, checkout.Purchase{Cart: other, Method: payment.Nothing}); err != nil {
			t.Fatal(err)
		}
		buy := card(id, "tok_ok")
		buy.Total = money.Of(whole-5_000_00, money.KZT)
		if _, err := desk.Order(t.Context(), flowtest.Guest, buy); !errors.Is(err, checkout.ErrChanged) {
			t.Errorf("it pays less than was seen: %v", err)
		}
		more, _ := wanted(t, w, desk, v)
		_, whole := w.Given(t, v)
		if err := lay(w, desk, more, whole); err != nil {
			t.Fatal(err)
		}
		if _, err := desk.Order(t.Context(), flowtest.Guest, card(more, "tok_ok")); !errors.Is(err, gift.ErrNotFor) {
			t.Errorf("a certificate for a certificate: %v", err)
		}
		w.Sound(t)
	})
}

// wanted is a basket with a certificate in it.
func wanted(t *testing.T, w *flowtest.World, desk *checkout.Desk, v catalog.VariantID) (id cart.ID, of gift.ID) {
	t.Helper()
	id = w.Basket(t, "mth_courier")
	w.As(flowtest.Guest).Moment(t, func(tx *db.Tx) error {
		c, err := gift.Choose(tx, flowtest.Wish(v))
		if err != nil {
			return err
		}
		of = c.ID
		_, err = desk.Put(tx, id, cart.Addition{Variant: v, Quantity: 1_000_000, Answers: map[string]string{catalog.ChosenCode: string(of)}})
		return err
	})
	return id, of
}

// TestACertificateIsSold for what it is worth, whatever promotions run; it is good once it is paid. Given back when a part is
// spent, only what is left is paid back.
func TestACertificateIsSold(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		v := w.Gifts(t, 5_000_00)
		give(t, w, promotion.Promotion{Effect: promotion.Effect{Kind: promotion.PercentOff, Rate: 100_000}})
		life := w.Alive()
		desk, back := checkout.New(life.Teller, w.Cards), takeback.New(life.Teller, w.Cards)
		desk.Ways = choice.WaysOf(gift.Way{})
		counter := deliver.Counter{Ways: desk.Ways}
		life.React(w, bus.On("due", counter.Serve), bus.On("cancelled", back.Cancelled), bus.On("returned", back.Returned))
		id, of := wanted(t, w, desk, v)
		if a, err := desk.Order(t.Context(), flowtest.Guest, card(id, "tok_ok")); err != nil || a.Outcome != saga.Done {
			t.Fatal(a, err)
		}
		life.Rest(t, w)
		o := w.Order(t, id)
		if o.Total().Minor != 5_000_00 || o.State != order.StateDelivered {
			t.Errorf("the order is %s of %s", o.State, o.Total())
		}
		w.Left(t, of, 5_000_00)
		var code string
		w.Moment(t, func(tx *db.Tx) (err error) { code, err = gift.Seal(tx, of); return err })
		spent := w.Basket(t, "mth_courier", w.Journal)
		if err := lay(w, desk, spent, code); err != nil {
			t.Fatal(err)
		}
		if _, err := desk.Order(t.Context(), flowtest.Guest, checkout.Purchase{Cart: spent, Method: payment.Nothing}); err != nil {
			t.Fatal(err)
		}
		pays := w.Order(t, spent).Total().Minor
		w.Left(t, of, 5_000_00-pays)
		w.As(flowtest.Staff).Moment(t, func(tx *db.Tx) error { _, err := order.TakeBack(tx, o.ID, order.Back{Ref: "ret_1"}); return err })
		life.Rest(t, w)
		w.Left(t, of, 0)
		if _, refunded := w.Moved(w.Payments(t, id)[0].ID); refunded != 5_000_00-pays {
			t.Errorf("%d went back, of %d that %d were spent of", refunded, 5_000_00, pays)
		}
		w.Stands(t, map[ledger.Account]int64{ledger.Buyer(string(o.ID)): 0})
		w.As(flowtest.Staff).Moment(t, func(tx *db.Tx) error { _, err := order.Cancel(tx, w.Order(t, spent).ID, "a test"); return err })
		life.Rest(t, w)
		w.Left(t, of, pays) // What it has paid is on it again, and can be spent.
		w.Sound(t)
	})
}
