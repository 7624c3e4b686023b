package checkout_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/cart"
	"sauda/core/hold"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/seller"
	"sauda/flow/checkout"
	"sauda/flow/flowtest"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// whole is what a kettle by courier costs.
const whole = flowtest.KettlePrice + flowtest.CourierPrice

// fee is what the gateway keeps of a payment: 1.5 %, rounded half up.
func fee(taken int64) int64 { return (taken*15 + 500) / 1000 }

func card(id cart.ID, token string) checkout.Purchase {
	return checkout.Purchase{Cart: id, Method: payment.Card, Token: token, ReturnURL: "/orders"}
}

// bought fails unless a basket was ordered and paid exactly once.
func bought(t *testing.T, w *flowtest.World, id cart.ID) {
	t.Helper()
	o, payments, claims := w.Order(t, id), w.Payments(t, id), w.Claims(t, id)
	if o.State != order.StatePlaced || o.Total().Minor != whole {
		t.Fatalf("the order is %s of %s", o.State, o.Total())
	}
	var captured int64
	for _, p := range payments {
		taken, refunded := w.Moved(p.ID)
		captured += taken
		if p.Captured.Minor != taken || refunded != 0 {
			t.Errorf("the gateway took %d and gave back %d, written down are %s", taken, refunded, p.Captured)
		}
		if string(p.ID) != o.Payment && (taken != 0 || p.Capturable().IsPositive()) {
			t.Errorf("a payment that is not the order's is %s", p.State())
		}
	}
	if captured != whole {
		t.Errorf("the gateway took %d, want %d", captured, whole)
	}
	if len(claims) != 1 || claims[0].State != hold.StateConfirmed || claims[0].Quantity != int64(measure.One) {
		t.Errorf("it holds %v", claims)
	}
	w.Stands(t, map[ledger.Account]int64{ledger.Buyer(string(o.ID)): 0})
}

// untouched fails unless a basket is still open and nothing of a purchase is left: no order, no claim, no money taken or
// promised.
func untouched(t *testing.T, w *flowtest.World, id cart.ID) {
	t.Helper()
	if o := w.Order(t, id); o.ID != "" {
		t.Errorf("the order %s stands", o.ID)
	}
	if claims := w.Claims(t, id); len(claims) != 0 {
		t.Errorf("it holds %v", claims)
	}
	for _, p := range w.Payments(t, id) {
		taken, _ := w.Moved(p.ID)
		if p.Ref == "" { // Its moment was taken back before the gateway's answer was written down.
			continue
		}
		now, err := w.Cards.Look(t.Context(), p.Ref)
		if err != nil {
			t.Fatal(err)
		}
		if standing := now.Authorized.Minor - now.Voided.Minor; taken != 0 || standing != 0 || p.Capturable().IsPositive() {
			t.Errorf("the gateway took %d and still promises %d; written down is %s", taken, standing, p.State())
		}
	}
	w.As(flowtest.Guest).Look(t, func(tx *db.Tx) error {
		c, err := cart.Get(tx, id)
		if c.State != cart.StateOpen {
			t.Errorf("the basket is %s", c.State)
		}
		return err
	})
}

// change puts something into a basket while it is being paid.
func change(t *testing.T, w *flowtest.World, id cart.ID) {
	t.Helper()
	w.As(flowtest.Guest).Moment(t, func(tx *db.Tx) error {
		_, err := cart.Add(tx, id, cart.Addition{Variant: w.Journal, Quantity: measure.Of(1)})
		return err
	})
}

// TestKilledAtEachPoint ends the process at each point of a purchase, and the next one once more; then the buyer asks
// again. Whoever pays has one order and paid once; whoever does not has an open basket and nothing else.
func TestKilledAtEachPoint(t *testing.T) {
	for _, story := range []struct {
		name   string
		token  string
		spoilt bool // The basket changes between the bank's yes and the order, so that everything is taken back.
		points int
	}{
		{name: "paid", token: "tok_ok", points: 11},
		{name: "declined", token: "tok_declined", points: 4},
		{name: "taken back", token: "tok_ok", spoilt: true, points: 8},
		{name: "taken back and the answer lost", token: "tok_void_lost", spoilt: true, points: 8},
		{name: "taken back and not heard", token: "tok_void_lost_before", spoilt: true, points: 8},
	} {
		t.Run(story.name, func(t *testing.T) {
			flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
				for n := 1; ; n++ {
					id := w.Basket(t, "mth_courier", w.Kettle)
					changed := false
					spoil := func(point string) {
						if story.spoilt && !changed && point == "after call authorize" {
							changed = true
							change(t, w, id)
						}
					}
					first := w.Doomed(n, spoil)
					tell(t, w, first, card(id, story.token))
					second := w.Doomed(1+n%5, spoil)
					checkout.New(second.Teller, w.Cards)
					second.Rest(t, w)
					last := w.Watched(spoil)
					desk := checkout.New(last.Teller, w.Cards)
					last.Rest(t, w)
					if story.token == "tok_ok" && !story.spoilt {
						a, err := desk.Order(t.Context(), flowtest.Guest, card(id, story.token))
						if err != nil || a.Outcome != saga.Done || a.Order == "" {
							t.Errorf("asked again: %v, %v", a, err)
						}
						last.Rest(t, w)
						bought(t, w, id)
					} else {
						untouched(t, w, id)
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

// tell orders a basket in a process that may die.
func tell(t *testing.T, w *flowtest.World, p *flowtest.Life, what checkout.Purchase) {
	desk := checkout.New(p.Teller, w.Cards)
	p.Do(func() { _, _ = desk.Order(t.Context(), flowtest.Guest, what) })
}

// TestLostAnswers pays with cards whose gateway loses an answer, before or after it acted: one order, one charge, and the
// right sums in every account.
func TestLostAnswers(t *testing.T) {
	tokens := []string{"tok_timeout", "tok_lost_before", "tok_capture_lost", "tok_capture_lost_before", "tok_slow"}
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		p := w.Alive()
		desk := checkout.New(p.Teller, w.Cards)
		for _, token := range tokens {
			id := w.Basket(t, "mth_courier", w.Kettle)
			if a, err := desk.Order(t.Context(), flowtest.Guest, card(id, token)); a.Outcome == saga.Failed {
				t.Errorf("%s: %v, %v", token, a, err)
			}
			p.Rest(t, w)
			if a, err := desk.Continue(t.Context(), flowtest.Guest, id); err != nil || a.Order == "" || a.Total.Minor != whole {
				t.Errorf("%s: %v, %v", token, a, err)
			}
			bought(t, w, id)
		}
		n := int64(len(tokens))
		w.Stands(t, map[ledger.Account]int64{
			"gateway/card": n * (whole - fee(whole)), "seller/sel_own/fees": n * fee(whole),
			"seller/sel_own/tax/KZ/standard": -n * (1655_17 + 165_52), "seller/sel_own/sales": -n * (flowtest.KettlePrice - 1655_17),
			"seller/sel_own/delivery": -n * (flowtest.CourierPrice - 165_52),
		})
		w.Sound(t)
	})
}

// TestNotCaptured: an order whose money the bank promised and then does not give stands, and the clock goes on asking.
func TestNotCaptured(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		p := w.Alive()
		desk := checkout.New(p.Teller, w.Cards)
		id := w.Basket(t, "mth_courier", w.Kettle)
		a, err := desk.Order(t.Context(), flowtest.Guest, card(id, "tok_capture_declined"))
		if err != nil || a.Order == "" {
			t.Fatalf("%v, %v", a, err)
		}
		w.Stands(t, map[ledger.Account]int64{ledger.Buyer(string(a.Order)): whole, "gateway/card": 0, "seller/sel_own/fees": 0})
		if captured, _ := w.Moved(w.Payments(t, id)[0].ID); captured != 0 {
			t.Errorf("the gateway took %d", captured)
		}
	})
}

// TestDeclines has the bank say no in several ways; the basket is as it was, and another card buys it.
func TestDeclines(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		p := w.Alive()
		desk := checkout.New(p.Teller, w.Cards)
		id := w.Basket(t, "mth_courier", w.Kettle)
		for token, want := range map[string]error{
			"tok_declined": payment.ErrDeclined, "tok_insufficient": payment.ErrNoFunds, "tok_stolen": payment.ErrDeclined,
			"tok_none": payment.ErrToken,
		} {
			if a, err := desk.Order(t.Context(), flowtest.Guest, card(id, token)); a.Outcome != saga.Failed || !errors.Is(err, want) {
				t.Errorf("%s: %v, %v; want %v", token, a.Outcome, err, want)
			}
			untouched(t, w, id)
		}
		if a, err := desk.Order(t.Context(), flowtest.Guest, card(id, "tok_ok")); err != nil || a.Outcome != saga.Done {
			t.Errorf("another card: %v, %v", a, err)
		}
		bought(t, w, id)
		w.Sound(t)
	})
}

// answered fills in the page on which the bank asks for a code.
func answered(t *testing.T, w *flowtest.World, next payment.NextStep, code string) {
	t.Helper()
	form := url.Values{"code": {code}}
	at := strings.TrimPrefix(next.URL, "/gateway")
	r := httptest.NewRequest(http.MethodPost, at, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w.Gateway.ServeHTTP(httptest.NewRecorder(), r)
}

// TestChallenge: the bank asks the buyer for a code, who answers, does not answer in time, or changes the basket meanwhile.
func TestChallenge(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		p := w.Alive()
		desk := checkout.New(p.Teller, w.Cards)
		ask := func() (cart.ID, payment.NextStep) {
			id := w.Basket(t, "mth_courier", w.Kettle)
			a, err := desk.Order(t.Context(), flowtest.Guest, card(id, "tok_challenge"))
			if err != nil || a.Outcome != saga.Waiting || a.Next.URL == "" {
				t.Fatalf("%v, %v", a, err)
			}
			if c := w.Claims(t, id); len(c) != 1 || c[0].State != hold.StateHeld {
				t.Errorf("while the bank asks, it holds %v", c)
			}
			return id, a.Next
		}
		id, next := ask()
		answered(t, w, next, "1234")
		if a, err := desk.Continue(t.Context(), flowtest.Guest, id); err != nil || a.Outcome != saga.Done {
			t.Errorf("after the code: %v, %v", a, err)
		}
		bought(t, w, id)

		late, next := ask()
		w.Clock.Advance(16 * time.Minute)
		p.Settle(t)
		untouched(t, w, late)
		answered(t, w, next, "1234")
		p.Rest(t, w)
		untouched(t, w, late)

		other, next := ask()
		change(t, w, other)
		answered(t, w, next, "1234")
		if a, err := desk.Continue(t.Context(), flowtest.Guest, other); a.Outcome != saga.Failed || !errors.Is(err, cart.ErrStale) {
			t.Errorf("a basket that changed: %v, %v", a, err)
		}
		p.Rest(t, w)
		untouched(t, w, other)
		w.Sound(t)
	})
}

// TestCash is ordered without a gateway: the buyer owes all of it.
func TestCash(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		p := w.Alive()
		desk := checkout.New(p.Teller, w.Cards)
		id := w.Basket(t, "mth_courier", w.Kettle, w.Journal)
		buy := checkout.Purchase{Cart: id, Method: payment.Cash}
		a, err := desk.Order(t.Context(), flowtest.Guest, buy)
		if err != nil || a.Outcome != saga.Done {
			t.Fatalf("%v, %v", a, err)
		}
		if again, err := desk.Order(t.Context(), flowtest.Guest, buy); err != nil || again.Order != a.Order {
			t.Errorf("ordered twice: %v, %v", again, err)
		}
		w.Stands(t, map[ledger.Account]int64{ledger.Buyer(string(a.Order)): whole + flowtest.JournalPrice, "gateway/card": 0})
		if n := len(w.Payments(t, id)); n != 1 {
			t.Errorf("%d payments", n)
		}
		w.Sound(t)
	})
}

// TestRefused orders what cannot be ordered; each refusal says why and leaves nothing behind.
func TestRefused(t *testing.T) {
	kzt := func(minor int64) money.Money { return money.Of(minor, money.KZT) }
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		desk := checkout.New(w.Alive().Teller, w.Cards)
		bare := func() (id cart.ID) {
			w.As(flowtest.Guest).Moment(t, func(tx *db.Tx) error {
				c, err := cart.Open(tx, cart.Opening{Currency: money.KZT, Lang: "kk"})
				id = c.ID
				if err == nil {
					_, err = cart.Add(tx, id, cart.Addition{Variant: w.Kettle, Quantity: measure.Of(1)})
				}
				return err
			})
			return id
		}
		nowhere := func() cart.ID {
			id, to := w.Basket(t, "mth_courier", w.Kettle), flowtest.Home
			to.Street = ""
			w.As(flowtest.Guest).Moment(t, func(tx *db.Tx) error { return cart.SetAddress(tx, id, to) })
			return id
		}
		for name, c := range map[string]struct {
			buy  checkout.Purchase
			want error
		}{
			"nothing in it":          {card(w.Basket(t, "mth_courier"), "tok_ok"), checkout.ErrEmpty},
			"no address":             {card(bare(), "tok_ok"), checkout.ErrMissing},
			"no way to pay":          {checkout.Purchase{Cart: w.Basket(t, "mth_courier", w.Kettle)}, nil},
			"a way that is unknown":  {checkout.Purchase{Cart: w.Basket(t, "mth_courier", w.Kettle), Method: "shells"}, payment.ErrMethod},
			"more than there is":     {card(w.Basket(t, "mth_courier", w.Lamp, w.Lamp, w.Lamp, w.Lamp, w.Lamp, w.Lamp), "tok_ok"), hold.ErrSoldOut},
			"another total":          {checkout.Purchase{Cart: w.Basket(t, "mth_courier", w.Kettle), Method: payment.Cash, Total: kzt(1)}, checkout.ErrChanged},
			"a total of nothing":     {checkout.Purchase{Cart: w.Basket(t, "mth_courier", w.Kettle), Method: payment.Cash, Total: kzt(0)}, checkout.ErrChanged},
			"another currency":       {checkout.Purchase{Cart: w.Basket(t, "mth_courier", w.Kettle), Method: payment.Cash, Total: money.Of(whole, money.USD)}, checkout.ErrCurrency},
			"a basket of nobody":     {card("crt_none", "tok_ok"), cart.ErrUnknown},
			"pickup without a point": {card(w.Basket(t, "mth_pickup", w.Kettle), "tok_ok"), checkout.ErrMissing},
			"no street to the door":  {card(nowhere(), "tok_ok"), checkout.ErrMissing},
		} {
			a, err := desk.Order(t.Context(), flowtest.Guest, c.buy)
			if c.want == nil { // Continue of what was never begun is no trouble.
				if a.Outcome != saga.Failed || err == nil {
					t.Errorf("%s: %v, %v", name, a, err)
				}
				if _, err := desk.Continue(t.Context(), flowtest.Guest, c.buy.Cart); err != nil {
					t.Errorf("%s: continued: %v", name, err)
				}
			} else if a.Outcome != saga.Failed || !errors.Is(err, c.want) {
				t.Errorf("%s: %v, %v; want %v", name, a.Outcome, err, c.want)
			}
			if c.buy.Cart != "crt_none" {
				untouched(t, w, c.buy.Cart)
				if n := len(w.Payments(t, c.buy.Cart)); n != 0 {
					t.Errorf("%s: %d payments were begun", name, n)
				}
			}
		}
		_, err := desk.Order(t.Context(), flowtest.Guest, card(w.Basket(t, "mth_courier", w.Lamp, w.Lamp, w.Lamp, w.Lamp, w.Lamp, w.Lamp), "tok_ok"))
		if params := fault.ParamsOf(err); fmt.Sprintf("%v %v", params["asked"], params["left"]) != "6 5" {
			t.Errorf("sold out says %v", params)
		}
		w.Sound(t)
	})
}

// TestStrangers: a party's basket is ordered and looked after by nobody else.
func TestStrangers(t *testing.T) {
	mine := db.Who{Kind: db.KindBuyer, ID: "usr_1", Party: "pty_1"}
	other := db.Who{Kind: db.KindBuyer, ID: "usr_2", Party: "pty_2"}
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		desk := checkout.New(w.Alive().Teller, w.Cards)
		guests := w.Basket(t, "mth_courier", w.Kettle)
		var id cart.ID
		w.As(mine).Moment(t, func(tx *db.Tx) error {
			c, err := cart.Merge(tx, guests, mine.Party)
			id = c.ID
			return err
		})
		for _, who := range []db.Who{other, flowtest.Guest} {
			if a, err := desk.Order(t.Context(), who, card(id, "tok_ok")); !errors.Is(err, cart.ErrUnknown) || a.Order != "" {
				t.Errorf("%s orders it: %v, %v", who.Kind, a, err)
			}
		}
		if a, err := desk.Order(t.Context(), mine, card(id, "tok_ok")); err != nil || a.Order == "" {
			t.Errorf("its owner orders it: %v, %v", a, err)
		}
		for _, who := range []db.Who{other, flowtest.Guest} {
			if a, err := desk.Continue(t.Context(), who, id); !errors.Is(err, cart.ErrUnknown) || a.Order != "" {
				t.Errorf("%s sees what became of it: %v, %v", who.Kind, a, err)
			}
		}
	})
}

// TestForget: what the desk keeps in memory of sellers is loaded anew when it is told so.
func TestForget(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		desk := checkout.New(w.Alive().Teller, w.Cards)
		id := w.Basket(t, "mth_courier", w.Kettle)
		look := func() (b checkout.Basket) {
			w.As(flowtest.Guest).Look(t, func(tx *db.Tx) (err error) {
				b, err = desk.Look(tx, id)
				return err
			})
			return b
		}
		look()
		w.Moment(t, func(tx *db.Tx) error { _, err := seller.Suspend(tx, seller.Own, "a test"); return err })
		if b := look(); len(b.Quote.Lines) != 1 {
			t.Errorf("before it forgets, %d lines are for sale", len(b.Quote.Lines))
		}
		desk.Forget()
		b := look()
		if len(b.Quote.Lines) != 0 || len(b.Notices) != 1 || b.Notices[0].Kind != cart.NoticeEnded {
			t.Errorf("a suspended seller sells %d lines; notices %v", len(b.Quote.Lines), b.Notices)
		}
	})
}
