package takeback_test

import (
	"testing"

	"sauda/base/money"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/flow/checkout"
	"sauda/flow/flowtest"
	"sauda/gear/db"
)

// TestOntoTheCertificate: what a certificate has paid goes back onto it first, and the rest onto the card, or is not asked
// for any more in cash; a line at a time, and then the whole order.
func TestOntoTheCertificate(t *testing.T) {
	for _, token := range []string{"tok_ok", ""} {
		flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
			h := open(w, w.Alive())
			c, code := w.Given(t, w.Gifts(t, 5_000_00))
			desk := checkout.New(w.Alive().Teller, w.Cards)
			id := w.Basket(t, "mth_courier", w.Kettle, w.Journal)
			w.As(flowtest.Guest).Moment(t, func(tx *db.Tx) error { _, err := desk.Lay(tx, id, code); return err })
			buy := checkout.Purchase{Cart: id, Method: payment.Cash}
			if token != "" {
				buy.Method, buy.Token = payment.Card, token
			}
			if a, err := desk.Order(t.Context(), flowtest.Guest, buy); err != nil || a.Order == "" {
				t.Fatal(a, err)
			}
			o := w.Order(t, id)
			total := o.Total().Minor
			w.Left(t, c.ID, 0)
			for _, l := range o.Lines {
				if l.Variant == w.Journal {
					h.cancel(t, o.ID, order.Part{Line: l.Line, Quantity: l.Live()})
				}
			}
			h.Rest(t, w)
			w.Left(t, c.ID, flowtest.JournalPrice)
			h.cancel(t, o.ID)
			h.Rest(t, w)
			w.Left(t, c.ID, 5_000_00)
			p := w.Payments(t, id)[0]
			captured, refunded := w.Moved(p.ID)
			if p.Amount.Minor != total-5_000_00 || captured != refunded || p.Capturable().IsPositive() || token != "" && refunded != total-5_000_00 {
				t.Errorf("of %s the gateway took %d and gave back %d, and %s is still promised", p.Amount, captured, refunded, p.Capturable())
			}
			w.Stands(t, map[ledger.Account]int64{ledger.Buyer(string(o.ID)): 0})
			w.Sound(t)
		})
	}
}

// TestGoodwillOntoTheCertificate: an order that a certificate has paid wholly gives a part back onto it, once however often it is
// told; what was given back before does not come back when the order falls away, and no more than was paid goes back.
func TestGoodwillOntoTheCertificate(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := open(w, w.Alive())
		const worth = 100_000_00
		c, code := w.Given(t, w.Gifts(t, worth))
		desk := checkout.New(w.Alive().Teller, w.Cards)
		id := w.Basket(t, "mth_courier", w.Kettle)
		w.As(flowtest.Guest).Moment(t, func(tx *db.Tx) error { _, err := desk.Lay(tx, id, code); return err })
		if a, err := desk.Order(t.Context(), flowtest.Guest, checkout.Purchase{Cart: id, Method: payment.Nothing}); err != nil || a.Order == "" {
			t.Fatal(a, err)
		}
		o := w.Order(t, id)
		total := o.Total().Minor
		for range 2 {
			h.does(t, func(tx *db.Tx) error {
				_, err := h.desk.Allow(tx, o.ID, "rfd_1", money.Of(1_000_00, money.KZT), "scratched")
				return err
			})
		}
		w.Left(t, c.ID, worth-total+1_000_00)
		h.does(t, func(tx *db.Tx) error {
			return h.desk.Due(tx, o.ID, "due_1", money.Of(500_00, money.KZT), "it became cheaper")
		})
		w.Left(t, c.ID, worth-total+1_500_00)
		h.cancel(t, o.ID)
		h.Rest(t, w)
		w.Left(t, c.ID, worth)
		w.Stands(t, map[ledger.Account]int64{ledger.Buyer(string(o.ID)): 0})
		w.Sound(t)
	})
}
