package app_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/app"
	"sauda/app/apptest"
	"sauda/base/measure"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment/cardsim"
	"sauda/core/shipping/carriersim"
	"sauda/gear/db"
)

const (
	kettle  = 12_000_00 // kettle is the price of one.
	courier = 1_200_00  // courier is the price of the delivery.
	whole   = kettle + courier
)

// fee is what the gateway keeps of a payment: 1.5 %, rounded half up.
func fee(taken int64) int64 { return (taken*15 + 500) / 1000 }

// moved sums what the gateway says it took and gave back today.
func moved(h *apptest.House) (captured, refunded int64) {
	for _, m := range h.TestGateway().Settlement(h.Today()).Moves {
		if m.Kind == "capture" {
			captured += m.Amount.Minor
		} else {
			refunded += m.Amount.Minor
		}
	}
	return captured, refunded
}

// stands holds the balances of accounts to what they must be.
func stands(t *testing.T, h *apptest.House, want map[ledger.Account]int64) {
	t.Helper()
	for account, balance := range want {
		if got := h.Balance(t, account); got != balance {
			t.Errorf("%s stands at %d, want %d", account, got, balance)
		}
	}
}

// TestLostAnswers pays with cards whose gateway loses answers and garbles messages: one order and one charge for each.
func TestLostAnswers(t *testing.T) {
	tokens := []string{
		"tok_timeout", "tok_lost_before", "tok_capture_lost", "tok_capture_lost_before", "tok_message_twice",
		"tok_message_reordered", "tok_message_late", "tok_message_forged", "tok_message_never",
	}
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		var wait sync.WaitGroup
		for _, token := range tokens {
			cart := h.Guest().Ready(t, h, apptest.Kettle)
			wait.Go(func() {
				a, err := h.Guest().Pay(cart, token)
				if err != nil || a.Status != 200 || a.Text("state") != "ordered" {
					t.Errorf("%s: %d %s %v", token, a.Status, a.Body, err)
				}
			})
		}
		wait.Wait()
		_ = h.TestGateway().Flush(t.Context()) // A forged message is not delivered, and not sent again.
		h.Later(t, time.Minute)
		n := int64(len(tokens))
		if captured, refunded := moved(h); captured != n*whole || refunded != 0 {
			t.Errorf("the gateway took %d and gave back %d, want %d and 0", captured, refunded, n*whole)
		}
		stands(t, h, map[ledger.Account]int64{
			"gateway/card": n * (whole - fee(whole)), "seller/sel_own/fees": n * fee(whole),
			"seller/sel_own/tax/KZ/standard": -n * (1655_17 + 165_52), "seller/sel_own/sales": -n * (kettle - 1655_17),
		})
		if left := h.Left(t, apptest.Kettle); left != measure.Of(100-n) {
			t.Errorf("%s kettles are left", left)
		}
		h.Sound(t)
	})
}

// answerBank fills in the form of a challenge.
func answerBank(t *testing.T, h *apptest.House, next, code, answer string) {
	t.Helper()
	response, err := h.Browser(t).PostForm(apptest.Base+next, url.Values{"code": {code}, "answer": {answer}})
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
}

// challenged brings a basket to where the bank asks for a code, and gives the page.
func challenged(t *testing.T, h *apptest.House, token string) (cart, next string) {
	t.Helper()
	cart = h.Guest().Ready(t, h, apptest.Kettle)
	a, err := h.Guest().Pay(cart, token)
	if err != nil || a.Text("state") != "waiting" || !strings.HasPrefix(a.Text("next.url"), "/gateway/") {
		t.Fatalf("%s: %d %s %v", token, a.Status, a.Body, err)
	}
	return cart, a.Text("next.url")
}

// TestChallenge has the buyer's return and the gateway's message come in both orders, and each of them alone.
func TestChallenge(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		guest := h.Guest()
		for _, token := range []string{"tok_challenge_early", "tok_challenge", "tok_challenge_late", "tok_challenge_never", "tok_challenge_timeout"} {
			cart, next := challenged(t, h, token)
			answerBank(t, h, next, "1234", "")
			if token == "tok_challenge" { // The buyer never returns: the message alone makes the order.
				if err := h.TestGateway().Flush(t.Context()); err != nil {
					t.Error(err)
				}
				h.Settled(t)
				if a := guest.Do(t, 409, "GET", "/v1/carts/"+cart, nil); a.Text("params.order") == "" {
					t.Errorf("the message alone did not order: %s", a.Body)
				}
			}
			first, err := guest.Pay(cart, "")
			if err != nil || first.Text("state") != "ordered" {
				t.Errorf("%s: %s %v", token, first.Body, err)
			}
			if err := h.TestGateway().Flush(t.Context()); err != nil {
				t.Error(err)
			}
			h.Settled(t)
			if again, err := guest.Pay(cart, ""); err != nil || again.Text("order.id") != first.Text("order.id") {
				t.Errorf("%s: asked again: %s %v", token, again.Body, err)
			}
		}
		if captured, _ := moved(h); captured != 5*whole {
			t.Errorf("the gateway took %d", captured)
		}
		h.Sound(t)
	})
}

// TestDeclines has banks say no in several ways; another card then buys the same basket.
func TestDeclines(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		guest := h.Guest()
		cart := guest.Ready(t, h, apptest.Rare)
		for token, code := range map[string]string{
			"tok_declined": "payment.declined", "tok_insufficient": "payment.no_funds", "tok_stolen": "payment.declined", "tok_none": "payment.token",
		} {
			if a, err := guest.Pay(cart, token); err != nil || a.Code() != code {
				t.Errorf("%s: %d %s %v, want %s", token, a.Status, a.Body, err, code)
			}
			if left := h.Left(t, apptest.Rare); left != measure.Of(1) {
				t.Errorf("%s: %s are left after the decline", token, left)
			}
		}
		for _, answers := range [][]string{{"", "cancel"}, {"1", "", "2", "", "3", ""}} { // Called off; the wrong code three times.
			a, err := guest.Pay(cart, "tok_challenge_never")
			if err != nil || a.Text("state") != "waiting" {
				t.Fatalf("%s %v", a.Body, err)
			}
			for i := 0; i < len(answers); i += 2 {
				answerBank(t, h, a.Text("next.url"), answers[i], answers[i+1])
			}
			if a, err := guest.Pay(cart, ""); err != nil || a.Status != 409 {
				t.Errorf("after %q: %d %s %v", answers, a.Status, a.Body, err)
			}
		}
		if a, err := guest.Pay(cart, "tok_ok"); err != nil || a.Text("state") != "ordered" {
			t.Errorf("another card: %s %v", a.Body, err)
		}
		h.Settled(t)
		if captured, _ := moved(h); captured != 700_00+courier {
			t.Errorf("the gateway took %d", captured)
		}
		h.Sound(t)
	})
}

// TestAbandoned leaves a challenge alone: what was held goes back, and a buyer who comes too late may begin again.
func TestAbandoned(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		cart, next := challenged(t, h, "tok_challenge")
		if left := h.Left(t, apptest.Kettle); left != measure.Of(99) {
			t.Errorf("%s kettles are left while one is held", left)
		}
		h.Later(t, 25*time.Minute)
		if left := h.Left(t, apptest.Kettle); left != measure.Of(100) {
			t.Errorf("%s kettles are left after the buyer went away", left)
		}
		answerBank(t, h, next, "1234", "") // Too late.
		h.Later(t, 5*time.Minute)
		if captured, _ := moved(h); captured != 0 {
			t.Errorf("the gateway took %d for nothing", captured)
		}
		pays := h.Admin(t).Do(t, 200, "GET", "/v1/office/payments", nil)
		if state := pays.Text("items.0.state"); state == "authorized" || state == "captured" || state == "challenge" {
			t.Errorf("the payment is %s: %s", state, pays.Body)
		}
		if a, err := h.Guest().Pay(cart, "tok_ok"); err != nil || a.Text("state") != "ordered" {
			t.Errorf("begun again: %s %v", a.Body, err)
		}
		h.Settled(t)
		h.Sound(t)
	})
}

// TestGatewayDown asks a gateway that does not answer: the buyer is told that it goes on, and it does when it is back.
func TestGatewayDown(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		cart := h.Guest().Ready(t, h, apptest.Kettle)
		h.TestGateway().Inject(cardsim.Faults{Down: true})
		if a, err := h.Guest().Pay(cart, "tok_ok"); err != nil || a.Status != 200 || a.Text("state") != "running" {
			t.Errorf("%d %s %v", a.Status, a.Body, err)
		}
		h.Later(t, time.Minute)
		h.TestGateway().Inject(cardsim.Faults{})
		h.Later(t, time.Hour)
		if a, err := h.Guest().Pay(cart, "tok_ok"); err != nil || a.Text("state") != "ordered" {
			t.Errorf("%d %s %v", a.Status, a.Body, err)
		}
		h.Settled(t)
		if captured, _ := moved(h); captured != whole {
			t.Errorf("the gateway took %d", captured)
		}
		h.Sound(t)
	}, func(c *app.Config) { c.Patience = 200 * time.Millisecond })
}

// TestUncapturable has a bank that promises and then does not pay: the order stands and is owed.
func TestUncapturable(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		cart := h.Guest().Ready(t, h, apptest.Kettle)
		a, err := h.Guest().Pay(cart, "tok_capture_declined")
		if err != nil || a.Text("state") != "ordered" {
			t.Fatalf("%s %v", a.Body, err)
		}
		h.Later(t, time.Minute)
		if o := h.Guest().Do(t, 200, "GET", "/v1/orders/"+a.Text("order.id"), nil); o.Number("owed.amount") != whole {
			t.Errorf("owed is %s", o.Body)
		}
		h.Guest().Do(t, 200, "POST", "/v1/orders/"+a.Text("order.id")+"/cancellation", map[string]any{})
		h.Later(t, time.Hour)
		if o := h.Guest().Do(t, 200, "GET", "/v1/orders/"+a.Text("order.id"), nil); o.Number("owed.amount") != 0 || o.Text("payments.0.state") != "voided" {
			t.Errorf("cancelled, it is %s", o.Body)
		}
		h.Sound(t)
	})
}

// TestCarrierFaults books parcels with a carrier that loses answers, is away, and sends messages badly: each parcel is
// booked once and arrives once.
func TestCarrierFaults(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin, guest := h.Admin(t), h.Guest()
		var shipments, orders []string
		for _, kind := range []carriersim.FaultKind{carriersim.LoseAnswer, carriersim.Unavailable, ""} {
			cart := guest.Ready(t, h, apptest.Kettle)
			guest.Do(t, 204, "PUT", "/v1/carts/"+cart+"/delivery", map[string]any{"method": "mth_parcel"})
			id := guest.Do(t, 200, "POST", "/v1/carts/"+cart+"/checkout", map[string]any{"method": "cash_on_delivery"}).Text("order.id")
			h.Settled(t)
			if kind != "" {
				h.TestCarrier().Next(carriersim.Fault{Kind: kind})
			}
			shipments = append(shipments, admin.Do(t, 201, "POST", "/v1/office/orders/"+id+"/shipments", map[string]any{}).Text("items.0.id"))
			orders = append(orders, id)
			h.Later(t, 10*time.Minute)
		}
		seen := map[string]bool{}
		for _, id := range shipments {
			s := admin.Do(t, 200, "POST", "/v1/office/shipments/"+id+"/handover", map[string]any{})
			seen[s.Text("tracking.0")] = true
		}
		if len(seen) != 3 || seen[""] {
			t.Errorf("the parcels have the numbers %v", seen)
		}
		h.TestCarrier().Next(carriersim.Fault{Kind: carriersim.Twice}, carriersim.Fault{Kind: carriersim.Backwards}, carriersim.Fault{Kind: carriersim.Forge})
		for range 10 {
			h.Later(t, 12*time.Hour)
			for range 3 {
				_, _ = h.TestCarrier().Tell(t.Context())
			}
			h.Settled(t)
		}
		for _, id := range orders {
			if o := guest.Do(t, 200, "GET", "/v1/orders/"+id, nil); o.Text("state") != "delivered" || o.Number("owed.amount") != 0 {
				t.Errorf("the order is %s, %d are owed", o.Text("state"), o.Number("owed.amount"))
			}
		}
		const parcel = 1_500_00
		stands(t, h, map[ledger.Account]int64{"transit/builtin": 3 * (kettle + parcel)})
		h.Sound(t)
	})
}

// TestCancelledWhileCapturing cancels the order at each point of its capture: the money ends where it began.
func TestCancelledWhileCapturing(t *testing.T) {
	for _, settled := range []bool{false, true} {
		for _, at := range []string{"before call capture", "after call capture", "before moment play settle"} {
			var house *apptest.House
			var cart string
			var once sync.Once
			hook := func(point string) {
				if point != at || cart == "" {
					return
				}
				once.Do(func() {
					var id string
					house.Look(t, func(tx *db.Tx) error {
						became, err := order.OfCarts(tx, []string{cart})
						id = string(became[cart].Order)
						return err
					})
					house.Guest().Do(t, 200, "POST", "/v1/orders/"+id+"/cancellation", map[string]any{})
					if settled {
						if err := house.Bus.Drain(t.Context()); err != nil {
							t.Error(err)
						}
					}
				})
			}
			t.Run(at, func(t *testing.T) {
				apptest.Each(t, func(t *testing.T, h *apptest.House) {
					house, once = h, sync.Once{}
					cart = h.Guest().Ready(t, h, apptest.Kettle)
					a, err := h.Guest().Pay(cart, "tok_ok")
					if err != nil || a.Text("state") != "ordered" {
						t.Fatalf("%s %v", a.Body, err)
					}
					h.Later(t, time.Hour)
					o := h.Guest().Do(t, 200, "GET", "/v1/orders/"+a.Text("order.id"), nil)
					captured, refunded := moved(h)
					if o.Text("state") != "cancelled" || o.Number("owed.amount") != 0 || captured != refunded {
						t.Errorf("%s, %d owed, %d taken, %d given back", o.Text("state"), o.Number("owed.amount"), captured, refunded)
					}
					stands(t, h, map[ledger.Account]int64{"gateway/card": -fee(captured), "seller/sel_own/sales": 0, "seller/sel_own/tax/KZ/standard": 0})
					if left := h.Left(t, apptest.Kettle); left != measure.Of(100) {
						t.Errorf("%s kettles are left", left)
					}
					cart = ""
					h.Sound(t)
				}, func(c *app.Config) { c.At = hook })
			})
		}
	}
}

// TestRefunds gives money back by line, by the whole, and out of goodwill; the books agree to the tiyn.
func TestRefunds(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		guest, admin := h.Guest(), h.Admin(t)
		cart := guest.Ready(t, h, apptest.Journal)
		guest.Do(t, 201, "POST", "/v1/carts/"+cart+"/lines", map[string]any{"variant_id": h.Goods[apptest.Cloth].Variant, "quantity": 2.35})
		guest.Do(t, 201, "POST", "/v1/carts/"+cart+"/lines", map[string]any{"variant_id": h.Goods[apptest.ShirtS].Variant, "quantity": 3})
		a, err := guest.Pay(cart, "tok_refund_lost")
		if err != nil || a.Text("state") != "ordered" {
			t.Fatalf("%s %v", a.Body, err)
		}
		h.Settled(t)
		id, total := a.Text("order.id"), a.Number("order.total.amount")
		o := guest.Do(t, 200, "GET", "/v1/orders/"+id, nil)
		lines := map[string]string{}
		for _, i := range []string{"0", "1", "2"} {
			lines[o.Text("lines."+i+".sku")] = o.Text("lines." + i + ".line")
		}
		given := func(want int64) {
			t.Helper()
			h.Later(t, time.Hour)
			if _, refunded := moved(h); refunded != want {
				t.Errorf("the gateway gave back %d, want %d", refunded, want)
			}
			stands(t, h, map[ledger.Account]int64{ledger.Buyer(id): 0, "gateway/card": total - fee(total) - want})
			h.Sound(t)
		}
		// A third of the cloth in pieces that do not divide evenly: 2 333.33 for a metre.
		guest.Do(t, 200, "POST", "/v1/orders/"+id+"/line-cancellations", map[string]any{"lines": []any{map[string]any{"line": lines[apptest.Cloth], "quantity": 0.33}}})
		cloth := int64(5_483_33) // 2.35 m
		rest := int64(4_713_33)  // 2.02 m, rounded
		given(cloth - rest)
		admin.Do(t, 201, "POST", "/v1/office/orders/"+id+"/refunds", map[string]any{"ref": "G1", "amount": map[string]any{"amount": 1, "currency": "KZT"}})
		given(cloth - rest + 1)
		stands(t, h, map[ledger.Account]int64{"seller/sel_own/refunds": 1})
		guest.Do(t, 200, "POST", "/v1/orders/"+id+"/line-cancellations", map[string]any{"lines": []any{map[string]any{"line": lines[apptest.ShirtS], "quantity": 1}}})
		given(cloth - rest + 1 + 5_000_00)
		guest.Do(t, 200, "POST", "/v1/orders/"+id+"/cancellation", map[string]any{"reason": "Enough."})
		given(total)
		stands(t, h, map[ledger.Account]int64{
			"seller/sel_own/sales": 0, "seller/sel_own/delivery": 0, "seller/sel_own/tax/KZ/standard": 0,
			"seller/sel_own/tax/KZ/periodical": 0, "seller/sel_own/refunds": 0, "seller/sel_own/fees": fee(total),
		})
		if left := h.Left(t, apptest.ShirtS); left != measure.Of(10) {
			t.Errorf("%s shirts are left", left)
		}
	})
}

// TestChangedWhilePaying changes the basket while the bank asks for a code: nothing is ordered that the buyer has not
// seen, no money is taken, and the basket can be ordered as it is then.
func TestChangedWhilePaying(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		guest := h.Guest()
		cart, next := challenged(t, h, "tok_challenge_never")
		guest.Do(t, 201, "POST", "/v1/carts/"+cart+"/lines", map[string]any{"variant_id": h.Goods[apptest.Journal].Variant})
		answerBank(t, h, next, "1234", "")
		if a, err := guest.Pay(cart, ""); err != nil || a.Code() != "cart.stale" {
			t.Errorf("%d %s %v", a.Status, a.Body, err)
		}
		if captured, _ := moved(h); captured != 0 {
			t.Errorf("the gateway took %d", captured)
		}
		if left := h.Left(t, apptest.Kettle); left != measure.Of(100) {
			t.Errorf("%s kettles are left", left)
		}
		a, err := guest.Pay(cart, "tok_ok")
		if err != nil || a.Number("order.total.amount") != whole+990_50 {
			t.Errorf("ordered again: %s %v", a.Body, err)
		}
		h.Settled(t)
		if captured, _ := moved(h); captured != whole+990_50 {
			t.Errorf("the gateway took %d", captured)
		}
		h.Sound(t)
	})
}
