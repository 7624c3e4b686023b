package apptest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Client speaks to the REST API of a house.
type Client struct {
	Token string // Token is sent as the bearer; empty is a guest.
	Lang  string // Lang is asked for; English when it is empty.
	base  string
	http  *http.Client
}

// Guest is a client without an account.
func (h *House) Guest() *Client { return h.As("") }

// As is a client that speaks with a token.
func (h *House) As(token string) *Client {
	return &Client{Token: token, base: Base, http: &http.Client{Transport: carried{h}}}
}

// Admin is a client of the administrator.
func (h *House) Admin(t testing.TB) *Client { return h.As(h.AdminToken(t)) }

// Over is the same client by another way, such as a server on a socket.
func (c *Client) Over(base string, by *http.Client) *Client {
	other := *c
	other.base, other.http = base, by
	return &other
}

// Answer is what the house answered.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Send sends a request and gives the answer, or the error of the connection. A body that is a string goes as it is; any
// other one goes as JSON. Headers are given as "Name: value".
func (c *Client) Send(method, path string, body any, headers ...string) (Answer, error) {
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			return Answer{}, err
		}
		reader = strings.NewReader(string(data))
	}
	request, err := http.NewRequest(method, c.base+path, reader)
	if err != nil {
		return Answer{}, err
	}
	request.Header.Set("Accept-Language", "en")
	if c.Lang != "" {
		request.Header.Set("Accept-Language", c.Lang)
	}
	if reader != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		request.Header.Set("Authorization", "Bearer "+c.Token)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ":")
		request.Header.Set(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	response, err := c.http.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	return Answer{Status: response.StatusCode, Header: response.Header, Body: data}, err
}

// Do sends a request that must be answered with a status.
func (c *Client) Do(t testing.TB, status int, method, path string, body any) Answer {
	t.Helper()
	a, err := c.Send(method, path, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	if a.Status != status {
		t.Fatalf("%s %s: status %d, want %d: %s", method, path, a.Status, status, a.Body)
	}
	return a
}

// At gives the value at a path of the answer's JSON, such as "order.id" or "items.0.name.en"; nil where there is none.
func (a Answer) At(path string) any {
	var v any
	if json.Unmarshal(a.Body, &v) != nil {
		return nil
	}
	for _, part := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[part]
		case []any:
			var n int
			if _, err := fmt.Sscan(part, &n); err != nil || n < 0 || n >= len(x) {
				return nil
			}
			v = x[n]
		default:
			return nil
		}
	}
	return v
}

// Text is At for a text; empty where there is none.
func (a Answer) Text(path string) string {
	s, _ := a.At(path).(string)
	return s
}

// Number is At for a whole number; zero where there is none.
func (a Answer) Number(path string) int64 {
	f, _ := a.At(path).(float64)
	return int64(f)
}

// Code is the code of the fault that the answer is; empty for a good one.
func (a Answer) Code() string { return a.Text("code") }

// AlmatyAddress is an address to which everything is delivered.
var AlmatyAddress = map[string]any{
	"country": "KZ", "region": "750000000", "city": "Алматы", "street": "Абай даңғылы", "house": "10", "flat": "25",
	"name": "Айгүл Серікқызы", "phone": "+77011234567", "email": "aigul@example.kz",
}

// Basket opens a basket with these SKUs in it, one of each for every time that it stands there, and gives its id.
func (c *Client) Basket(t testing.TB, h *House, skus ...string) string {
	t.Helper()
	id := c.Do(t, 201, "POST", "/v1/carts", map[string]any{}).Text("id")
	for _, sku := range skus {
		c.Do(t, 201, "POST", "/v1/carts/"+id+"/lines", map[string]any{"variant_id": h.Goods[sku].Variant})
	}
	return id
}

// Ready is a Basket with an address in Almaty and the courier chosen: all that is missing is the payment.
func (c *Client) Ready(t testing.TB, h *House, skus ...string) string {
	t.Helper()
	id := c.Basket(t, h, skus...)
	c.Do(t, 204, "PUT", "/v1/carts/"+id+"/address", AlmatyAddress)
	c.Do(t, 204, "PUT", "/v1/carts/"+id+"/delivery", map[string]any{"method": "mth_courier"})
	return id
}

// Pay asks for the checkout of a basket by card.
func (c *Client) Pay(cart, token string) (Answer, error) {
	return c.Send("POST", "/v1/carts/"+cart+"/checkout", map[string]any{"method": "card", "token": token, "return_url": "/orders"})
}

// Buy orders a ready basket by a card that is good and gives the order's id.
func (c *Client) Buy(t testing.TB, h *House, skus ...string) string {
	t.Helper()
	a, err := c.Pay(c.Ready(t, h, skus...), "tok_ok")
	if err != nil || a.Status != 200 || a.Text("state") != "ordered" {
		t.Fatalf("buying %v: %d %s %v", skus, a.Status, a.Body, err)
	}
	return a.Text("order.id")
}

// GiftCode is a code that BuyForNothing makes, for which everything is free.
const GiftCode = "GIFT"

// BuyForNothing has a promotion take everything off for a code, orders a basket that is fetched, by that code and without
// any payment, and gives the order's id.
func (c *Client) BuyForNothing(t testing.TB, h *House, skus ...string) string {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		p, err := promotion.Add(tx, promotion.Promotion{Seller: seller.Own, Currency: money.KZT, Name: text.Localized{"kk": "Сый"},
			Effect: promotion.Effect{Kind: promotion.PercentOff, Rate: money.One}, Coupons: promotion.Coupons{Codes: []string{GiftCode}}})
		if err == nil {
			_, err = promotion.Start(tx, p.Seller, p.ID)
		}
		return err
	})
	cart := c.Basket(t, h, skus...)
	c.Do(t, 204, "PUT", "/v1/carts/"+cart+"/address", AlmatyAddress)
	c.Do(t, 204, "PUT", "/v1/carts/"+cart+"/delivery", map[string]any{"method": "mth_pickup", "point": "pnt_almaty"})
	c.Do(t, 200, "PUT", "/v1/carts/"+cart+"/coupons/"+GiftCode, map[string]any{})
	return c.Do(t, 200, "POST", "/v1/carts/"+cart+"/checkout", map[string]any{"method": "nothing"}).Text("order.id")
}

// BuyCash orders a ready basket that is paid at the door and gives the order's id.
func (c *Client) BuyCash(t testing.TB, h *House, skus ...string) string {
	t.Helper()
	cart := c.Ready(t, h, skus...)
	return c.Do(t, 200, "POST", "/v1/carts/"+cart+"/checkout", map[string]any{"method": "cash_on_delivery"}).Text("order.id")
}
