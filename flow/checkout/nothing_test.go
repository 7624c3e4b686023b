package checkout_test

import (
	"errors"
	"testing"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/cart"
	"sauda/core/hold"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/promotion"
	"sauda/flow/checkout"
	"sauda/flow/flowtest"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// gifted has a code pay for goods and delivery, as often as it is said.
func gifted(t *testing.T, w *flowtest.World, uses int64) {
	t.Helper()
	gift := promotion.Promotion{Effect: promotion.Effect{Kind: promotion.PercentOff, Rate: money.One}}
	gift.Coupons = promotion.Coupons{Codes: []string{"GIFT"}, Most: uses}
	give(t, w, gift)
	give(t, w, promotion.Promotion{Effect: promotion.Effect{Kind: promotion.DeliveryOff}})
}

// free is a basket of a kettle that costs nothing, and what orders it.
func free(t *testing.T, w *flowtest.World, desk *checkout.Desk) (cart.ID, checkout.Purchase) {
	t.Helper()
	id := w.Basket(t, "mth_courier", w.Kettle)
	if c, err := redeem(w, desk, id, "gift"); err != nil || c.Saved.Minor != flowtest.KettlePrice {
		t.Fatalf("a code that pays for all: %+v, %v", c, err)
	}
	return id, checkout.Purchase{Cart: id, Method: payment.Nothing, Total: money.Of(0, money.KZT)}
}

// given fails unless a basket was ordered for nothing: paid at once, without a payment and without a posting.
func given(t *testing.T, w *flowtest.World, id cart.ID) order.Order {
	t.Helper()
	o, claims := w.Order(t, id), w.Claims(t, id)
	if o.State != order.StatePlaced || !o.Total().IsZero() || o.Method != string(payment.Nothing) || o.Payment != "" {
		t.Fatalf("the order is %s of %s by %q, paid by %q", o.State, o.Total(), o.Method, o.Payment)
	}
	if n := len(w.Payments(t, id)); n != 0 {
		t.Errorf("%d payments were begun", n)
	}
	if len(claims) != 2 || claims[0].State != hold.StateConfirmed || claims[1].State != hold.StateConfirmed {
		t.Errorf("it holds %v", claims)
	}
	w.Look(t, func(tx *db.Tx) error {
		entries, _, err := ledger.History(tx, ledger.Buyer(string(o.ID)), ledger.Cursor{}, 10)
		if len(entries) != 0 {
			t.Errorf("it stands in the ledger: %v", entries)
		}
		return err
	})
	return o
}

// TestForNothing: where promotions leave nothing to pay, the basket is ordered without a gateway, whatever the buyer would
// have paid with, and once, however often and by whatever process it is told.
func TestForNothing(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		gifted(t, w, 100)
		desk := checkout.New(w.Alive().Teller, w.Cards)
		id, buy := free(t, w, desk)
		w.As(flowtest.Guest).Look(t, func(tx *db.Tx) error {
			b, err := desk.Look(tx, id)
			if len(b.Methods) != 1 || b.Methods[0].Code != payment.Nothing || b.Methods[0].Name["kk"] == "" {
				t.Errorf("it is paid by %+v", b.Methods)
			}
			return err
		})
		for range 2 {
			if a, err := desk.Order(t.Context(), flowtest.Guest, buy); err != nil || a.Outcome != saga.Done || a.Order == "" || !a.Total.IsZero() {
				t.Errorf("%+v, %v", a, err)
			}
		}
		given(t, w, id)
		for _, buy := range []checkout.Purchase{{Method: payment.Cash}, {Method: payment.Card, Token: "tok_declined", ReturnURL: "/orders"}} {
			other, _ := free(t, w, desk)
			buy.Cart = other
			if a, err := desk.Order(t.Context(), flowtest.Guest, buy); err != nil || a.Order == "" {
				t.Errorf("by %s: %+v, %v", buy.Method, a, err)
			}
			given(t, w, other)
		}
		dear := w.Basket(t, "mth_courier", w.Kettle)
		if _, err := desk.Order(t.Context(), flowtest.Guest, checkout.Purchase{Cart: dear, Method: payment.Nothing}); !errors.Is(err, payment.ErrMethod) {
			t.Errorf("what costs something, for nothing: %v", err)
		}
		if _, err := desk.Order(t.Context(), flowtest.Guest, checkout.Purchase{Cart: dear, Method: payment.Nothing, Total: money.Of(0, money.KZT)}); !errors.Is(err, checkout.ErrChanged) {
			t.Errorf("what was seen for nothing: %v", err)
		}
		untouched(t, w, dear)
		w.Sound(t)
	})
}

// TestForNothingKilledAtEachPoint ends the process at each point of a purchase for nothing, and at another one once more.
func TestForNothingKilledAtEachPoint(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		gifted(t, w, 1000)
		for n := 1; ; n++ {
			id, buy := free(t, w, checkout.New(w.Alive().Teller, w.Cards))
			first := w.Doomed(n, func(string) {})
			tell(t, w, first, buy)
			second := w.Doomed(1+n%4, func(string) {})
			checkout.New(second.Teller, w.Cards)
			second.Rest(t, w)
			last := w.Alive()
			desk := checkout.New(last.Teller, w.Cards)
			last.Rest(t, w)
			if a, err := desk.Order(t.Context(), flowtest.Guest, buy); err != nil || a.Order == "" {
				t.Errorf("asked again: %+v, %v", a, err)
			}
			last.Rest(t, w)
			given(t, w, id)
			w.Sound(t)
			if t.Failed() {
				t.Fatalf("killed at point %d, %s", n, first.Died())
			}
			if first.Died() == "" {
				if n < 6 {
					t.Errorf("only %d points", n)
				}
				return
			}
		}
	})
}

// TestTheLastGift: two want the last use of a code that pays for all; who comes too late is told, and holds nothing.
func TestTheLastGift(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		gifted(t, w, 1)
		desk := checkout.New(w.Alive().Teller, w.Cards)
		id, buy := free(t, w, desk)
		late, other := free(t, w, desk)
		if _, err := desk.Order(t.Context(), flowtest.Guest, buy); err != nil {
			t.Fatal(err)
		}
		if _, err := desk.Order(t.Context(), flowtest.Guest, other); !errors.Is(err, checkout.ErrChanged) {
			t.Errorf("the second: %v", err)
		}
		given(t, w, id)
		untouched(t, w, late)
		if onHand, promised := w.Stock(t, w.Near, w.Kettle); promised != measure.Of(1) || onHand != measure.Of(1000) {
			t.Errorf("%s lie there and %s are promised", onHand, promised)
		}
		w.Sound(t)
	})
}
