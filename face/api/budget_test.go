package api_test

import (
	"fmt"
	"testing"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

// TestStatements holds each request of a purchase to its number of SQL statements: the speed of the house is made of them.
// The numbers are those of today; a smaller one is written here, a greater one needs a reason.
func TestStatements(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		guest := h.Guest()
		guest.Buy(t, h, apptest.Kettle) // What is loaded once is in memory from here on.
		h.Settled(t)
		cart := ""
		line := ""
		cartPath := func(rest string) string { return "/v1/carts/" + cart + rest }
		steps := []struct {
			name   string
			most   int
			status int
			method string
			path   func() string
			body   any
		}{
			{"list page", 5, 200, "GET", func() string { return "/v1/products?limit=24" }, nil},
			{"list page, kept", 0, 200, "GET", func() string { return "/v1/products?limit=24" }, nil},
			{"detail", 7, 200, "GET", func() string { return "/v1/products/" + string(h.Goods[apptest.ShirtS].Product) }, nil},
			{"detail, kept", 0, 200, "GET", func() string { return "/v1/products/" + string(h.Goods[apptest.ShirtS].Product) }, nil},
			{"new basket", 3, 201, "POST", func() string { return "/v1/carts" }, map[string]any{}},
			{"line", 5, 201, "POST", func() string { return cartPath("/lines") }, map[string]any{"variant_id": h.Goods[apptest.Kettle].Variant}},
			{"another line", 5, 201, "POST", func() string { return cartPath("/lines") }, map[string]any{"variant_id": h.Goods[apptest.Journal].Variant}},
			{"quantity", 6, 200, "PATCH", func() string { return cartPath("/lines/" + line) }, map[string]any{"quantity": 2}},
			{"address", 3, 204, "PUT", func() string { return cartPath("/address") }, apptest.AlmatyAddress},
			{"delivery options", 5, 200, "GET", func() string { return cartPath("/delivery-options") }, nil},
			{"delivery", 4, 204, "PUT", func() string { return cartPath("/delivery") }, map[string]any{"method": "mth_courier"}},
			{"basket", 5, 200, "GET", func() string { return cartPath("") }, nil},
			{"checkout", 31, 200, "POST", func() string { return cartPath("/checkout") }, map[string]any{"method": "card", "token": "tok_ok"}},
		}
		for _, s := range steps {
			var a apptest.Answer
			n := h.Statements(func() { a = guest.Do(t, s.status, s.method, s.path(), s.body) })
			t.Logf("%-20s %2d statements", s.name, n)
			if n > s.most {
				t.Errorf("%s takes %d statements, more than %d", s.name, n, s.most)
			}
			switch s.name {
			case "new basket":
				cart = a.Text("id")
			case "line":
				line = a.Text("id")
			case "checkout":
				order := a.Text("order.id")
				n := h.Statements(func() { guest.Do(t, 200, "GET", "/v1/orders/"+order, nil) })
				t.Logf("%-20s %2d statements", "order", n)
				if n > 5 {
					t.Errorf("the order takes %d statements", n)
				}
			}
		}
	})
}

// TestStatementsOfTheExchange holds the routes of the exchange to their numbers of statements. What everybody sees takes none.
func TestStatementsOfTheExchange(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		tokens := map[string]string{}
		m := openMarket(t, h, func(name string) { tokens[name] = h.Registered(t, name+"@example.kz") })
		guest, alma := h.Guest(), h.As(tokens["alma"])
		alma.Do(t, 200, "GET", "/v1/exchange/accounts", nil) // Who she is is in memory from here on.
		account := m.accounts["alma"].Code
		for _, s := range []struct {
			name   string
			most   int
			status int
			as     *apptest.Client
			method string
			path   string
			body   any
		}{
			{"instruments", 0, 200, guest, "GET", "/v1/exchange/instruments", nil},
			{"instrument", 0, 200, guest, "GET", "/v1/exchange/instruments/" + apple, nil},
			{"book", 0, 200, guest, "GET", "/v1/exchange/instruments/" + apple + "/book", nil},
			{"candles", 0, 200, guest, "GET", "/v1/exchange/instruments/" + apple + "/candles", nil},
			{"trades", 1, 200, guest, "GET", "/v1/exchange/instruments/" + apple + "/trades", nil},
			{"accounts", 1, 200, alma, "GET", "/v1/exchange/accounts", nil},
			{"order", 9, 201, alma, "POST", "/v1/exchange/orders", m.order("alma", "buy", 100, 5)},
			{"orders", 1, 200, alma, "GET", "/v1/exchange/orders?account=" + account, nil},
			{"one order", 1, 200, alma, "GET", "/v1/exchange/orders/1?account=" + account, nil},
			{"cancellation", 9, 200, alma, "POST", "/v1/exchange/orders/1/cancellation", map[string]any{"account": account}},
			{"own trades", 2, 200, alma, "GET", "/v1/exchange/accounts/" + account + "/trades", nil},
			{"statement", 4, 200, alma, "GET", "/v1/exchange/accounts/" + account + "/statement", nil},
			{"withdrawal", 20, 201, alma, "POST", "/v1/exchange/accounts/" + account + "/withdrawals", map[string]any{"asset": "KZT", "amount": 5}},
		} {
			n := h.Statements(func() { s.as.Do(t, s.status, s.method, s.path, s.body) })
			t.Logf("%-20s %2d statements", s.name, n)
			if n > s.most {
				t.Errorf("%s takes %d statements, more than %d", s.name, n, s.most)
			}
		}
	})
}

// TestWhatIsKeptIsForgotten changes everything that a list and a page show, and wants the next answer to know it.
func TestWhatIsKeptIsForgotten(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		guest, admin := h.Guest(), h.Admin(t)
		rare := h.Goods[apptest.Rare]
		page := "/v1/products/" + string(rare.Product)
		stands := func(what, path string, want any) {
			t.Helper()
			h.Settled(t)
			if got := guest.Do(t, 200, "GET", page, nil).At(path); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %s is %v, want %v", what, path, got, want)
			}
			list := guest.Do(t, 200, "GET", "/v1/products?limit=100", nil)
			items, _ := list.At("items").([]any)
			for _, i := range items {
				item, _ := i.(map[string]any)
				if item["id"] != string(rare.Product) {
					continue
				}
				switch path {
				case "variants.0.price.amount":
					if price, _ := item["price"].(map[string]any); fmt.Sprint(price["amount"]) != fmt.Sprint(want) {
						t.Errorf("%s: the list says %v", what, item["price"])
					}
				case "variants.0.availability":
					if item["availability"] != want {
						t.Errorf("%s: the list says %v", what, item["availability"])
					}
				}
			}
		}
		stands("at first", "variants.0.price.amount", 70000)
		stands("at first", "variants.0.availability", "in_stock")
		admin.Do(t, 200, "PUT", "/v1/office/prices", map[string]any{"prices": []any{map[string]any{"variant_id": rare.Variant, "amount": 80000}}})
		stands("a new price", "variants.0.price.amount", 80000)
		order := guest.Buy(t, h, apptest.Rare)
		stands("sold", "variants.0.availability", "out_of_stock")
		guest.Do(t, 200, "POST", "/v1/orders/"+order+"/cancellation", map[string]any{})
		stands("cancelled", "variants.0.availability", "in_stock")
		admin.Do(t, 200, "PUT", "/v1/office/stock", map[string]any{"counts": []any{map[string]any{"variant_id": rare.Variant, "quantity": 0}}})
		stands("counted", "variants.0.availability", "out_of_stock")
		admin.Do(t, 200, "PATCH", "/v1/office/products/"+string(rare.Product), map[string]any{"brand": "Tengri"})
		stands("revised", "brand", "Tengri")
		h.Moment(t, func(tx *db.Tx) error {
			list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil)
			if err != nil {
				return err
			}
			return pricing.Withdraw(tx, list.ID, []catalog.VariantID{rare.Variant})
		})
		stands("no price", "variants.0.price", nil)
		admin.Do(t, 200, "DELETE", "/v1/office/products/"+string(rare.Product)+"/sale", nil)
		stands("ended", "state", "ended")
	})
}
