package takeback_test

import (
	"errors"
	"fmt"
	"testing"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/shipping"
	"sauda/flow/checkout"
	"sauda/flow/flowtest"
	"sauda/flow/fulfil"
	"sauda/flow/takeback"
	"sauda/gear/bus"
	"sauda/gear/db"
)

// whole is what a kettle by courier costs.
const whole = flowtest.KettlePrice + flowtest.CourierPrice

func kzt(minor int64) money.Money { return money.Of(minor, money.KZT) }

// house is a desk where money goes back, and a bench from which parcels leave, in one life of the program.
type house struct {
	*flowtest.Life
	w     *flowtest.World
	desk  *takeback.Desk
	bench *fulfil.Bench
}

func open(w *flowtest.World, life *flowtest.Life) house {
	h := house{life, w, takeback.New(life.Teller, w.Cards), fulfil.New(life.Teller, w.Carrier)}
	life.React(w,
		bus.On("cancelled", h.desk.Cancelled), bus.On("lines cancelled", h.desk.LinesCancelled), bus.On("returned", h.desk.Returned),
		bus.On("shipped", h.bench.Left), bus.On("delivered", h.bench.Delivered), bus.On("came back", h.bench.CameBack),
	)
	return h
}

// ordered orders variants by courier; a token pays by card, and none in cash.
func (h house) ordered(t *testing.T, token string, variants ...catalog.VariantID) (order.Order, cart.ID) {
	t.Helper()
	id := h.w.Basket(t, "mth_courier", variants...)
	buy := checkout.Purchase{Cart: id, Method: payment.Cash}
	if token != "" {
		buy.Method, buy.Token = payment.Card, token
	}
	if a, err := checkout.New(h.w.Alive().Teller, h.w.Cards).Order(t.Context(), flowtest.Guest, buy); err != nil || a.Order == "" {
		t.Fatalf("ordering: %v, %v", a, err)
	}
	return h.w.Order(t, id), id
}

// does has the staff of the shop do something in a moment, and what follows.
func (h house) does(t *testing.T, do func(tx *db.Tx) error) {
	t.Helper()
	h.w.As(flowtest.Staff).Moment(t, do)
	h.Settle(t)
}

// sent packs parts of an order, or all, and hands them over; those that arrive are said to.
func (h house) sent(t *testing.T, id order.ID, arrive bool, parts ...order.Part) (sent []shipping.Shipment) {
	t.Helper()
	h.does(t, func(tx *db.Tx) (err error) {
		if sent, err = h.bench.Pack(tx, id, parts); err != nil {
			return err
		}
		for _, s := range sent {
			if _, err := h.bench.HandOver(tx, s.ID); err != nil {
				return err
			}
		}
		return nil
	})
	for _, s := range sent {
		if arrive {
			h.does(t, func(tx *db.Tx) error { _, err := h.bench.Arrived(tx, s.ID); return err })
		}
	}
	return sent
}

func (h house) cancel(t *testing.T, id order.ID, parts ...order.Part) {
	t.Helper()
	h.does(t, func(tx *db.Tx) (err error) {
		if len(parts) == 0 {
			_, err = order.Cancel(tx, id, "a test")
		} else {
			_, err = order.CancelLines(tx, id, parts, "a test")
		}
		return err
	})
}

// back holds what the gateway took of a payment and gave back to what must be, and to what is written down of it.
func (h house) back(t *testing.T, id cart.ID, wantCaptured, wantRefunded int64) {
	t.Helper()
	p := h.w.Payments(t, id)[0]
	captured, refunded := h.w.Moved(p.ID)
	if captured != wantCaptured || refunded != wantRefunded {
		t.Errorf("the gateway took %d and gave back %d, want %d and %d", captured, refunded, wantCaptured, wantRefunded)
	}
	if p.Captured.Minor != captured || p.Refunded.Minor != refunded || p.Capturable().IsPositive() {
		t.Errorf("written down are %s captured, %s refunded, %s promised", p.Captured, p.Refunded, p.Capturable())
	}
	o := h.w.Order(t, id)
	h.w.Stands(t, map[ledger.Account]int64{ledger.Buyer(string(o.ID)): 0})
	var noted int64
	h.w.Look(t, func(tx *db.Tx) error {
		history, err := order.History(tx, o.ID)
		for _, e := range history {
			if e.Kind == "refunded" {
				noted += e.Amount.Minor
			}
		}
		return err
	})
	if noted != refunded {
		t.Errorf("the history of the order says that %d went back", noted)
	}
}

// TestKilledAtEachPoint ends the process at each point of a refund, and the next one once more, while answers of the
// gateway are lost: the money goes back once, and the goods lie on the shelf.
func TestKilledAtEachPoint(t *testing.T) {
	for _, token := range []string{"tok_ok", "tok_refund_lost", "tok_refund_lost_before"} {
		t.Run(token, func(t *testing.T) {
			flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
				quiet := func(string) {}
				for n := 1; ; n++ {
					first := open(w, w.Doomed(n, quiet))
					o, id := first.ordered(t, token, w.Kettle)
					first.cancel(t, o.ID)
					open(w, w.Doomed(1+n%4, quiet)).Rest(t, w)
					last := open(w, w.Alive())
					last.Rest(t, w)
					last.back(t, id, whole, whole)
					if hand, promised := w.Stock(t, w.Near, w.Kettle); hand != measure.Of(1000) || promised != 0 {
						t.Errorf("%s kettles on hand, %s promised", hand, promised)
					}
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
		})
	}
}

// TestBeforeTheCapture cancels an order between its placing and the taking of the money, at each point of both stories:
// the buyer pays nothing, or gets all of it back.
func TestBeforeTheCapture(t *testing.T) {
	for _, token := range []string{"tok_ok", "tok_void_lost", "tok_void_lost_before", "tok_capture_lost"} {
		t.Run(token, func(t *testing.T) {
			flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
				for _, point := range []string{"before call capture", "after call capture", "before moment play settle"} {
					id := w.Basket(t, "mth_courier", w.Kettle)
					done := false
					meanwhile := func(at string) {
						if at == point && !done {
							done = true
							open(w, w.Alive()).cancel(t, w.Order(t, id).ID)
						}
					}
					buy := checkout.Purchase{Cart: id, Method: payment.Card, Token: token}
					if _, err := checkout.New(w.Watched(meanwhile).Teller, w.Cards).Order(t.Context(), flowtest.Guest, buy); err != nil {
						t.Errorf("%s: %v", point, err)
					}
					last := open(w, w.Watched(meanwhile))
					checkout.New(last.Teller, w.Cards)
					last.Rest(t, w)
					captured, _ := w.Moved(w.Payments(t, id)[0].ID)
					last.back(t, id, captured, captured)
					if captured != 0 && captured != whole {
						t.Errorf("%s: the gateway took %d", point, captured)
					}
					if o, claims := w.Order(t, id), w.Claims(t, id); o.State != order.StateCancelled || len(claims) != 0 {
						t.Errorf("%s: the order is %s and holds %v", point, o.State, claims)
					}
					w.Sound(t)
				}
			})
		})
	}
}

// TestLines cancels and takes back parts of an order that lies in two warehouses, one by one: each part goes back once, to
// the tiyn, and together they are the whole.
func TestLines(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := open(w, w.Alive())
		o, id := h.ordered(t, "tok_ok", w.Lamp, w.Lamp, w.Lamp, w.Lamp, w.Lamp, w.Journal)
		lamp, journal := o.Lines[0].Line, o.Lines[1].Line
		total := o.Total().Minor
		of := func(line string, n int64) order.Part { return order.Part{Line: line, Quantity: measure.Of(n)} }
		stock := func(near, nearPromised, far, farPromised int64) {
			t.Helper()
			a, ap := w.Stock(t, w.Near, w.Lamp)
			b, bp := w.Stock(t, w.Far, w.Lamp)
			if got, want := fmt.Sprint(a, ap, b, bp), fmt.Sprint(measure.Of(near), measure.Of(nearPromised), measure.Of(far), measure.Of(farPromised)); got != want {
				t.Errorf("near and far hold %s, want %s", got, want)
			}
		}
		stock(3, 3, 2, 2)
		h.cancel(t, o.ID, of(lamp, 1))
		stock(3, 3, 2, 1)
		h.back(t, id, total, flowtest.LampPrice)
		far := h.sent(t, o.ID, false, of(lamp, 4)) // Three from near, the fourth from far.
		stock(0, 0, 1, 0)
		if len(far) != 2 {
			t.Fatalf("%d parcels", len(far))
		}
		h.does(t, func(tx *db.Tx) error { _, err := h.bench.Back(tx, far[0].ID, ""); return err })
		stock(3, 3, 1, 0)
		h.does(t, func(tx *db.Tx) error { _, err := h.bench.Arrived(tx, far[1].ID); return err })
		h.cancel(t, o.ID, of(lamp, 2)) // Of those that came back: far has none that it holds.
		stock(3, 1, 1, 0)
		h.back(t, id, total, 3*flowtest.LampPrice)
		h.sent(t, o.ID, true)
		stock(2, 0, 1, 0)
		take := order.Back{Ref: "ret_1", Parts: []order.Part{of(lamp, 1), of(journal, 1)}}
		for range 2 { // Said twice.
			h.does(t, func(tx *db.Tx) error { _, err := order.TakeBack(tx, o.ID, take); return err })
		}
		h.does(t, func(tx *db.Tx) error { _, err := order.TakeBack(tx, o.ID, order.Back{Ref: "ret_2"}); return err })
		h.back(t, id, total, 5*flowtest.LampPrice+flowtest.JournalPrice) // The delivery was not in vain.
		stock(4, 0, 1, 0)
		w.Sound(t)
	})
}

// TestCameBack cancels what came back undelivered: it is for sale again, the whole price goes back, and cash that nobody
// collected is owed by nobody.
func TestCameBack(t *testing.T) {
	for token, taken := range map[string]int64{"tok_ok": whole, "": 0} {
		t.Run("paid by "+token, func(t *testing.T) {
			flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
				h := open(w, w.Alive())
				o, id := h.ordered(t, token, w.Kettle)
				s := h.sent(t, o.ID, false)[0]
				if err := w.As(flowtest.Staff).Try(func(tx *db.Tx) error { _, err := order.Cancel(tx, o.ID, ""); return err }); !errors.Is(err, order.ErrShipped) {
					t.Errorf("cancelled on its way: %v", err)
				}
				h.does(t, func(tx *db.Tx) error { _, err := h.bench.Back(tx, s.ID, ""); return err })
				h.cancel(t, o.ID)
				h.Rest(t, w)
				if hand, promised := w.Stock(t, w.Near, w.Kettle); hand != measure.Of(1000) || promised != 0 {
					t.Errorf("%s kettles on hand, %s promised", hand, promised)
				}
				h.back(t, id, taken, taken)
				w.Stands(t, map[ledger.Account]int64{
					"transit/sel_own": 0, "bank/sel_own": 0, "seller/sel_own/sales": 0, "seller/sel_own/delivery": 0, "seller/sel_own/tax/KZ/standard": 0,
				})
				w.Sound(t)
			})
		})
	}
}

// TestAllow gives money back out of goodwill, and then takes the goods back too: no more goes back than was paid.
func TestAllow(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := open(w, w.Alive())
		o, id := h.ordered(t, "tok_ok", w.Kettle)
		allow := func(who db.Who, ref string, amount money.Money) error {
			err := w.As(who).Try(func(tx *db.Tx) error { _, err := h.desk.Allow(tx, o.ID, ref, amount, "a scratch"); return err })
			h.Settle(t)
			return err
		}
		stranger := db.Who{Kind: db.KindStaff, Seller: "sel_two", Scopes: []string{"*"}}
		for _, c := range []struct {
			who    db.Who
			amount money.Money
			want   error
		}{
			{flowtest.Guest, kzt(100), order.ErrDenied}, {stranger, kzt(100), order.ErrUnknown},
			{flowtest.Staff, kzt(whole + 1), takeback.ErrTooMuch}, {flowtest.Staff, kzt(0), takeback.ErrTooMuch},
			{flowtest.Staff, kzt(-5), takeback.ErrTooMuch}, {flowtest.Staff, money.Of(100, money.USD), takeback.ErrTooMuch},
		} {
			if err := allow(c.who, "no", c.amount); !errors.Is(err, c.want) {
				t.Errorf("%s allows %s: %v, want %v", c.who.Kind, c.amount, err, c.want)
			}
		}
		const kind = 2_000_01
		for range 2 { // Said twice.
			if err := allow(flowtest.Staff, "kind_1", kzt(kind)); err != nil {
				t.Error(err)
			}
		}
		h.back(t, id, whole, kind)
		w.Stands(t, map[ledger.Account]int64{"seller/sel_own/refunds": kind})
		h.cancel(t, o.ID)
		h.back(t, id, whole, whole)
		w.Stands(t, map[ledger.Account]int64{"seller/sel_own/refunds": 0})
		if err := allow(flowtest.Staff, "kind_2", kzt(1)); !errors.Is(err, takeback.ErrNothing) {
			t.Errorf("of nothing: %v", err)
		}
		if err := allow(flowtest.Staff, "kind_1", kzt(kind)); err != nil {
			t.Errorf("told again when nothing is left: %v", err)
		}
		h.back(t, id, whole, whole)
		w.Sound(t)
	})
}

// TestHanded gives cash back by hand: not more than is owed to the buyer.
func TestHanded(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := open(w, w.Alive())
		o, id := h.ordered(t, "", w.Kettle)
		hand := func(who db.Who, ref string, amount money.Money) error {
			return w.As(who).Try(func(tx *db.Tx) error { _, err := h.desk.Handed(tx, o.ID, ref, amount, ""); return err })
		}
		if err := hand(flowtest.Staff, "cash_0", kzt(1)); !errors.Is(err, takeback.ErrTooMuch) {
			t.Errorf("nothing was paid: %v", err)
		}
		h.sent(t, o.ID, true)
		if err := hand(flowtest.Staff, "cash_0", kzt(1)); !errors.Is(err, takeback.ErrTooMuch) {
			t.Errorf("nothing came back: %v", err)
		}
		h.does(t, func(tx *db.Tx) error { _, err := order.TakeBack(tx, o.ID, order.Back{Ref: "ret_1"}); return err })
		w.Stands(t, map[ledger.Account]int64{ledger.Buyer(string(o.ID)): -flowtest.KettlePrice})
		if err := hand(flowtest.Guest, "cash_1", kzt(flowtest.KettlePrice)); !errors.Is(err, order.ErrDenied) {
			t.Errorf("a guest hands it out: %v", err)
		}
		if err := hand(flowtest.Staff, "cash_1", kzt(flowtest.KettlePrice)); err != nil {
			t.Error(err)
		}
		if err := hand(flowtest.Staff, "cash_1", kzt(flowtest.KettlePrice)); err != nil {
			t.Errorf("told again: %v", err)
		}
		if err := hand(flowtest.Staff, "cash_2", kzt(1)); !errors.Is(err, takeback.ErrTooMuch) {
			t.Errorf("once more: %v", err)
		}
		w.Stands(t, map[ledger.Account]int64{ledger.Buyer(string(o.ID)): 0, "bank/sel_own": -flowtest.KettlePrice, "transit/sel_own": whole})
		if p := w.Payments(t, id)[0]; p.Refunded.Minor != flowtest.KettlePrice {
			t.Errorf("written down are %s", p.Refunded)
		}
		w.Sound(t)
	})
}

// TestNamesAreTheOrders: staff of each order call its returns and its goodwill as they like. What is called alike elsewhere, or a
// return and a goodwill of one order, are different acts, and each brings its money.
func TestNamesAreTheOrders(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := open(w, w.Alive())
		const kind = 50_00
		for range 2 {
			o, id := h.ordered(t, "tok_ok", w.Kettle)
			h.sent(t, o.ID, true)
			h.does(t, func(tx *db.Tx) error { _, err := order.TakeBack(tx, o.ID, order.Back{Ref: "1"}); return err })
			h.back(t, id, whole, flowtest.KettlePrice)
			h.does(t, func(tx *db.Tx) error { _, err := h.desk.Allow(tx, o.ID, "1", kzt(kind), "late"); return err })
			h.back(t, id, whole, flowtest.KettlePrice+kind)
			cash, _ := h.ordered(t, "", w.Kettle)
			h.sent(t, cash.ID, true)
			h.does(t, func(tx *db.Tx) error { _, err := order.TakeBack(tx, cash.ID, order.Back{Ref: "1"}); return err })
			h.does(t, func(tx *db.Tx) error {
				_, err := h.desk.Handed(tx, cash.ID, "1", kzt(flowtest.KettlePrice), "")
				return err
			})
			w.Stands(t, map[ledger.Account]int64{ledger.Buyer(string(cash.ID)): 0})
		}
		w.Sound(t)
	})
}
