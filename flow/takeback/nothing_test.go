package takeback_test

import (
	"errors"
	"testing"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/hold"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/flow/checkout"
	"sauda/flow/flowtest"
	"sauda/flow/takeback"
	"sauda/gear/db"
)

// forNothing orders a kettle for which a code and free delivery leave nothing to pay.
func (h house) forNothing(t *testing.T) order.Order {
	t.Helper()
	id := h.w.Basket(t, "mth_courier", h.w.Kettle)
	desk := checkout.New(h.w.Alive().Teller, h.w.Cards)
	h.w.As(flowtest.Guest).Moment(t, func(tx *db.Tx) error { _, err := desk.Redeem(tx, id, "gift"); return err })
	if a, err := desk.Order(t.Context(), flowtest.Guest, checkout.Purchase{Cart: id, Method: payment.Nothing}); err != nil || a.Order == "" {
		t.Fatalf("ordering: %v, %v", a, err)
	}
	return h.w.Order(t, id)
}

// give lets a promotion of the shop run.
func give(tx *db.Tx, p promotion.Promotion) error {
	p.Seller, p.Currency, p.Name, p.Combines = seller.Own, money.KZT, text.Localized{"kk": "Сый"}, true
	added, err := promotion.Add(tx, p)
	if err == nil {
		_, err = promotion.Start(tx, p.Seller, added.ID)
	}
	return err
}

// TestWhatCostNothing is cancelled, as a whole, or delivered and taken back: the goods come back, and of what is cancelled
// the use of the code; no money moves, and none can be given out of goodwill or by hand.
func TestWhatCostNothing(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		w.As(flowtest.Staff).Moment(t, func(tx *db.Tx) error {
			gift := promotion.Promotion{Effect: promotion.Effect{Kind: promotion.PercentOff, Rate: money.One}}
			gift.Coupons = promotion.Coupons{Codes: []string{"GIFT"}, Most: 1}
			return errors.Join(give(tx, gift), give(tx, promotion.Promotion{Effect: promotion.Effect{Kind: promotion.DeliveryOff}}))
		})
		h := open(w, w.Alive())
		o := h.forNothing(t)
		h.cancel(t, o.ID)
		h.Rest(t, w)
		w.Look(t, func(tx *db.Tx) error {
			claims, err := hold.Of(tx, "cart/"+o.Cart)
			if len(claims) != 0 {
				t.Errorf("a cancelled order holds %v", claims)
			}
			return err
		})
		o = h.forNothing(t) // The one use of the code came back.
		for name, give := range map[string]func(*db.Tx, order.ID, string, money.Money, string) (order.Order, error){
			"out of goodwill": h.desk.Allow, "by hand": h.desk.Handed,
		} {
			err := w.As(flowtest.Staff).Try(func(tx *db.Tx) error { _, err := give(tx, o.ID, "rfd_1", kzt(1), ""); return err })
			if !errors.Is(err, takeback.ErrNothing) {
				t.Errorf("money back %s: %v", name, err)
			}
		}
		for _, s := range h.sent(t, o.ID, true) {
			if !s.Collect.IsZero() {
				t.Errorf("the courier collects %s", s.Collect)
			}
		}
		h.does(t, func(tx *db.Tx) error { _, err := order.TakeBack(tx, o.ID, order.Back{Ref: "ret_1"}); return err })
		h.Rest(t, w)
		w.Look(t, func(tx *db.Tx) error {
			now, err := order.Get(tx, o.ID)
			if now.State != order.StateReturned {
				t.Errorf("the order is %s", now.State)
			}
			return err
		})
		if hand, promised := w.Stock(t, w.Near, w.Kettle); hand != measure.Of(1000) || promised != 0 {
			t.Errorf("%s kettles on hand, %s promised", hand, promised)
		}
		w.Look(t, func(tx *db.Tx) error {
			all, err := ledger.Trial(tx)
			if len(all) != 0 {
				t.Errorf("the ledger has %v", all)
			}
			return err
		})
		w.Sound(t)
	})
}
