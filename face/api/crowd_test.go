package api_test

import (
	"fmt"
	"sync"
	"testing"

	"sauda/app/apptest"
	"sauda/base/measure"
	"sauda/core/inventory"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/gear/db"
)

// crowd runs do for each number below n, at most so many at once.
func crowd(n, atOnce int, do func(i int)) {
	var wait sync.WaitGroup
	places := make(chan struct{}, atOnce)
	for i := range n {
		places <- struct{}{}
		wait.Go(func() {
			defer func() { <-places }()
			do(i)
		})
	}
	wait.Wait()
}

// TestCrowd has 500 buyers want 100 kettles at the same moment: 100 get one, 400 are told clearly that none is left.
func TestCrowd(t *testing.T) {
	const buyers, units = 500, 100
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		carts := make([]string, buyers)
		crowd(buyers, 32, func(i int) { carts[i] = h.Guest().Ready(t, h, apptest.Kettle) })
		answers := make([]apptest.Answer, buyers)
		start := make(chan struct{})
		var wait sync.WaitGroup
		for i := range buyers {
			wait.Go(func() {
				<-start
				a, err := h.Guest().Pay(carts[i], "tok_ok")
				if err != nil {
					t.Errorf("buyer %d: %v", i, err)
				}
				answers[i] = a
			})
		}
		close(start)
		wait.Wait()
		orders := map[string]bool{}
		refused := 0
		for i, a := range answers {
			switch {
			case a.Status == 200 && a.Text("state") == "ordered":
				orders[a.Text("order.id")] = true
			case a.Status == 409 && a.Code() == "hold.sold_out":
				refused++
			default:
				t.Errorf("buyer %d: %d %s", i, a.Status, a.Body)
			}
		}
		if len(orders) != units || refused != buyers-units {
			t.Errorf("%d orders and %d clear refusals, want %d and %d", len(orders), refused, units, buyers-units)
		}
		h.Settled(t)
		if left := h.Left(t, apptest.Kettle); left != 0 {
			t.Errorf("%s kettles are left", left)
		}
		const each = 12_000_00 + 1_200_00
		if taken := h.Balance(t, ledger.Gateway("card")); taken != units*(each-each*15/1000) {
			t.Errorf("the gateway holds %d", taken)
		}
		if owed := owed(t, h, orders); owed != 0 {
			t.Errorf("buyers owe %d", owed)
		}
		audit(t, h, units)
		h.Sound(t)
	})
}

// audit compares the shelf with its movements, and counts the orders.
func audit(t *testing.T, h *apptest.House, orders int) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) error {
		wrong, err := inventory.Audit(tx)
		if err != nil {
			return err
		}
		for _, m := range wrong {
			t.Errorf("%s: %s on hand, %s moved", m.Key, m.OnHand, m.Moved)
		}
		found := 0
		for after := ""; ; {
			page, next, err := order.List(tx, order.Filter{After: after, Limit: 200})
			if err != nil {
				return err
			}
			if found += len(page); next == "" {
				break
			}
			after = next
		}
		if found != orders {
			t.Errorf("there are %d orders, want %d", found, orders)
		}
		return nil
	})
}

// owed sums what the buyers of orders owe.
func owed(t *testing.T, h *apptest.House, orders map[string]bool) int64 {
	t.Helper()
	var sum int64
	h.Look(t, func(tx *db.Tx) error {
		for id := range orders {
			minor, err := ledger.Balance(tx, ledger.Buyer(id), "KZT")
			if err != nil {
				return err
			}
			sum += max(minor, -minor)
		}
		return nil
	})
	return sum
}

// orderOf is the order that a basket became; empty for none.
func orderOf(t *testing.T, h *apptest.House, cart string) string {
	t.Helper()
	var id order.ID
	h.Look(t, func(tx *db.Tx) error {
		became, err := order.OfCarts(tx, []string{cart})
		id = became[cart].Order
		return err
	})
	return string(id)
}

// TestOneBasketManyTellers checks one basket out 20 times at once: one order and one charge, and everybody is told of it.
func TestOneBasketManyTellers(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		for _, token := range []string{"tok_ok", "tok_timeout", "tok_capture_lost"} {
			cart := h.Guest().Ready(t, h, apptest.Kettle)
			var mu sync.Mutex
			seen := map[string]int{}
			crowd(20, 20, func(int) {
				a, err := h.Guest().Pay(cart, token)
				mu.Lock()
				defer mu.Unlock()
				seen[fmt.Sprint(a.Status, " ", a.Text("order.id"), " ", err)]++
			})
			if len(seen) != 1 || orderOf(t, h, cart) == "" {
				t.Errorf("%s: the answers are %v", token, seen)
			}
		}
		h.Settled(t)
		if left := h.Left(t, apptest.Kettle); left != measure.Of(97) {
			t.Errorf("%s kettles are left", left)
		}
		const each = 12_000_00 + 1_200_00
		if taken := h.Balance(t, ledger.Gateway("card")); taken != 3*(each-each*15/1000) {
			t.Errorf("the gateway holds %d", taken)
		}
		audit(t, h, 3)
		h.Sound(t)
	})
}

// TestWritesOnOneBasket adds from many devices at once; nothing gets lost.
func TestWritesOnOneBasket(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		cart := h.Guest().Basket(t, h, apptest.Journal)
		skus := []string{apptest.Kettle, apptest.ShirtS, apptest.ShirtM, apptest.Cloth}
		crowd(40, 20, func(i int) {
			h.Guest().Do(t, 201, "POST", "/v1/carts/"+cart+"/lines", map[string]any{"variant_id": h.Goods[skus[i%4]].Variant})
		})
		a := h.Guest().Do(t, 200, "GET", "/v1/carts/"+cart, nil)
		got := map[string]int64{}
		for i := range 5 {
			got[a.Text(fmt.Sprintf("lines.%d.variant_id", i))] = a.Number(fmt.Sprintf("lines.%d.quantity", i))
		}
		for _, sku := range skus {
			if n := got[string(h.Goods[sku].Variant)]; n != 10 {
				t.Errorf("%s stands there %d times, want 10", sku, n)
			}
		}
		if a.Number("version") != 42 {
			t.Errorf("the basket is of version %d after 41 additions", a.Number("version"))
		}
	})
}
