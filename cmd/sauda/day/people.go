package day

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// bought is an order as its buyer knows it.
type bought struct {
	id, cart, method string
	total            int64
	token            string // token is the buyer's session; empty for a guest.
}

// good is something on the shelf.
type good struct {
	product, variant string
	price            int64
	made             bool // made says that it is made by what its buyer answers.
}

// visitor is somebody who has come to the shop.
type visitor struct {
	*town
	ctx   context.Context
	cart  string
	token string
	lines []string
}

// characters are what people are like, with how many of a thousand are so.
var characters = []struct {
	permille int
	visit    func(*visitor) error
}{
	{150, (*visitor).browses},
	{150, (*visitor).abandons},
	{420, (*visitor).buys},
	{120, (*visitor).changesMind},
	{60, (*visitor).hasTwoDevices},
	{100, (*visitor).buysAndCancels},
}

// visit lets somebody come.
func (t *town) visit(ctx context.Context) error {
	t.today.visits++
	v := &visitor{town: t, ctx: ctx}
	if v.happens(350) {
		return v.errand()
	}
	dice := t.chance.IntN(1000)
	for _, c := range characters {
		if dice -= c.permille; dice < 0 {
			return c.visit(v)
		}
	}
	return v.browses()
}

// tell sends something and says whether it was taken.
func (v *visitor) tell(line string, body, into any) (bool, error) {
	status, err := v.ask(v.ctx, talk{line: line, token: v.token, body: body, into: into})
	return status/100 == 2, err
}

// browses looks around and leaves.
func (v *visitor) browses() error {
	var list struct {
		Items []struct{ ID string }
	}
	if ok, err := v.tell("GET /v1/products?limit=12", nil, &list); !ok || err != nil {
		return err
	}
	for range v.chance.IntN(3) {
		if _, err := v.tell("GET /v1/products/"+list.Items[v.chance.IntN(len(list.Items))].ID, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// fills opens a basket and puts up to so many things into it.
func (v *visitor) fills(most int) error {
	var opened struct{ ID string }
	if ok, err := v.tell("POST /v1/carts", struct{}{}, &opened); !ok || err != nil {
		return err
	}
	v.cart = opened.ID
	for range 1 + v.chance.IntN(most) {
		g := v.goods[v.chance.IntN(len(v.goods))]
		var line struct{ ID string }
		ok, err := v.tell("POST /v1/carts/"+v.cart+"/lines", map[string]any{
			"variant_id": g.variant, "quantity": 1 + v.chance.IntN(3), "answers": v.answers(g),
		}, &line)
		if err != nil {
			return err
		}
		if ok {
			v.lines = append(v.lines, line.ID)
		}
	}
	return nil
}

// abandons fills a basket, perhaps says where to, and forgets it.
func (v *visitor) abandons() error {
	if err := v.fills(4); err != nil || v.cart == "" || v.happens(500) {
		return err
	}
	_, err := v.tell("PUT /v1/carts/"+v.cart+"/address", homes[0], nil)
	return err
}

// homes are where buyers live: in reach of the shop's courier, in another city, and where only the carrier goes.
var homes = []map[string]string{
	{"country": "KZ", "region": "750000000", "city": "Алматы", "street": "Абай даңғылы", "house": "10", "name": "Айгүл", "phone": "+77011234567", "email": "aigul@example.kz"},
	{"country": "KZ", "region": "710000000", "city": "Астана", "street": "Кенесары көшесі", "house": "4", "name": "Ерлан", "phone": "+77021234567", "email": "erlan@example.kz"},
	{"country": "KZ", "region": "230000000", "city": "Атырау", "street": "Сәтпаев көшесі", "house": "7", "name": "Дана", "phone": "+77051234567", "email": "dana@example.kz"},
}

// option is a delivery that is offered.
type option struct {
	Method string `json:"method"`
	Cash   bool   `json:"cash_on_delivery"`
	Points []struct {
		ID string `json:"id"`
	} `json:"points"`
}

// sends says where to and how, and whether cash is taken there.
func (v *visitor) sends() (cash bool, err error) {
	if ok, err := v.tell("PUT /v1/carts/"+v.cart+"/address", homes[v.chance.IntN(len(homes))], nil); !ok || err != nil {
		return false, err
	}
	var offered struct{ Items []option }
	if ok, err := v.tell("GET /v1/carts/"+v.cart+"/delivery-options", nil, &offered); !ok || err != nil || len(offered.Items) == 0 {
		return false, err
	}
	o := offered.Items[v.chance.IntN(len(offered.Items))]
	choice := map[string]string{"method": o.Method}
	if len(o.Points) > 0 {
		choice["point"] = o.Points[v.chance.IntN(len(o.Points))].ID
	}
	_, err = v.tell("PUT /v1/carts/"+v.cart+"/delivery", choice, nil)
	return o.Cash, err
}

// cards are the cards that people have; most are good.
var cards = []string{
	"tok_ok", "tok_ok", "tok_ok", "tok_ok", "tok_ok", "tok_ok", "tok_challenge", "tok_challenge", "tok_challenge_early",
	"tok_challenge_late", "tok_challenge_never", "tok_challenge_timeout", "tok_declined", "tok_insufficient", "tok_expired",
	"tok_timeout", "tok_lost_before", "tok_slow", "tok_capture_lost", "tok_capture_lost_before", "tok_refund_lost",
	"tok_refund_lost_before", "tok_void_lost", "tok_void_lost_before", "tok_message_twice", "tok_message_reordered",
	"tok_message_late", "tok_message_forged", "tok_message_never",
}

// purchase is what the checkout answers.
type purchase struct {
	State string
	Order struct {
		ID    string
		Total struct{ Amount int64 }
	}
	Next struct{ URL string }
}

// buys fills a basket and orders it, by card or in cash, and gives the order if there is one.
func (v *visitor) buys() error {
	_, err := v.order()
	return err
}

func (v *visitor) order() (*bought, error) {
	if v.cart == "" {
		if err := v.fills(3); err != nil || v.cart == "" {
			return nil, err
		}
	}
	gifted, err := v.claims()
	if err != nil {
		return nil, err
	}
	cash, err := v.sends()
	if err != nil {
		return nil, err
	}
	pay := map[string]any{"method": "card", "token": cards[v.chance.IntN(len(cards))], "return_url": "/back"}
	if cash && v.happens(300) {
		pay = map[string]any{"method": "cash_on_delivery"}
	}
	if v.happens(100) {
		if err := v.laysGift(); err != nil {
			return nil, err
		}
		gifted = true
	}
	if gifted && v.happens(500) { // Others name a card all the same.
		free, err := v.free()
		if err != nil {
			return nil, err
		}
		if free {
			pay = map[string]any{"method": "nothing"}
		}
	}
	b, again, err := v.pays(pay)
	if err != nil || !again {
		return b, err
	}
	pay["token"] = "tok_ok" // The first card did not do; some try another one.
	b, _, err = v.pays(pay)
	return b, err
}

// pays orders the basket. Again says that the payment was refused and that the buyer tries once more.
func (v *visitor) pays(pay map[string]any) (b *bought, again bool, err error) {
	method := fmt.Sprint(pay["method"])
	var p purchase
	ok, err := v.tell("POST /v1/carts/"+v.cart+"/checkout", pay, &p)
	if err != nil {
		return nil, false, err
	}
	if !ok {
		v.unsure = append(v.unsure, v.cart)
		return nil, v.happens(500), nil
	}
	if p.State == "waiting" {
		if p, err = v.confirms(p.Next.URL); err != nil {
			return nil, false, err
		}
	}
	if p.State != "ordered" {
		v.unsure = append(v.unsure, v.cart)
		return nil, false, nil
	}
	return v.notes(v.cart, method, v.token, p), false, nil
}

// notes remembers what was ordered.
func (t *town) notes(cart, method, token string, p purchase) *bought {
	b := &bought{id: p.Order.ID, cart: cart, method: method, token: token, total: p.Order.Total.Amount}
	if t.orders[b.id] == nil {
		t.today.orders++
		t.orders[b.id] = b
	}
	return t.orders[b.id]
}

// confirms answers the bank's question, or forgets it, or types it wrong, and comes back to the shop.
func (v *visitor) confirms(at string) (p purchase, err error) {
	if v.happens(150) {
		return p, nil // The phone rang.
	}
	form := url.Values{"code": {"1234"}}
	switch {
	case v.happens(80):
		form = url.Values{"answer": {"cancel"}}
	case v.happens(80):
		form = url.Values{"code": {"0000"}}
	}
	v.clock.pass(time.Duration(v.chance.IntN(120)) * time.Second)
	request, err := http.NewRequestWithContext(v.ctx, http.MethodPost, "http://bank"+strings.TrimPrefix(at, gatewayBase), strings.NewReader(form.Encode()))
	if err != nil {
		return p, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	v.post.Store(true) // Some messages come before the buyer does.
	v.town.cards.ServeHTTP(newAnswer(), request)
	v.post.Store(false)
	if v.happens(100) {
		return p, nil // The browser was closed; the bank's message will tell the shop.
	}
	_, err = v.tell("POST /v1/carts/"+v.cart+"/checkout", map[string]any{"method": "card"}, &p)
	return p, err
}

// gatewayBase begins the addresses of the gateway's pages.
const gatewayBase = "/gateway"

// changesMind adds, changes and removes before it orders.
func (v *visitor) changesMind() error {
	if err := v.fills(4); err != nil || v.cart == "" {
		return err
	}
	for _, line := range v.lines {
		at := "/v1/carts/" + v.cart + "/lines/" + line
		var err error
		switch v.chance.IntN(3) {
		case 0:
			_, err = v.tell("PATCH "+at, map[string]any{"quantity": 1 + v.chance.IntN(5)}, nil)
		case 1:
			_, err = v.tell("DELETE "+at, nil, nil)
		}
		if err != nil {
			return err
		}
	}
	if _, err := v.tell("GET /v1/carts/"+v.cart, nil, nil); err != nil {
		return err
	}
	return v.buys()
}

// hasTwoDevices orders the same basket from a telephone and a computer at once.
func (v *visitor) hasTwoDevices() error {
	if err := v.fills(2); err != nil || v.cart == "" {
		return err
	}
	b, err := v.order()
	if err != nil {
		return err
	}
	var p purchase
	ok, err := v.tell("POST /v1/carts/"+v.cart+"/checkout", map[string]any{"method": "card", "token": "tok_ok"}, &p)
	if err != nil || !ok || p.State != "ordered" {
		return err
	}
	if b != nil && b.id != p.Order.ID {
		return fmt.Errorf("basket %s became two orders: %s and %s", v.cart, b.id, p.Order.ID)
	}
	v.notes(v.cart, "card", v.token, p)
	return nil
}

// buysAndCancels regrets the whole order, or some of it.
func (v *visitor) buysAndCancels() error {
	b, err := v.order()
	if err != nil || b == nil {
		return err
	}
	v.clock.pass(time.Duration(v.chance.IntN(600)) * time.Second)
	if v.happens(500) {
		return v.drops(b)
	}
	ok, err := v.tell("POST /v1/orders/"+b.id+"/cancellation", map[string]any{"reason": "changed my mind"}, nil)
	if ok {
		v.today.cancelled++
	}
	return err
}

// drops takes one unit of the first line out of an order.
func (v *visitor) drops(b *bought) error {
	var o struct {
		Lines []struct{ Line string }
	}
	if ok, err := v.tell("GET /v1/orders/"+b.id, nil, &o); !ok || err != nil || len(o.Lines) == 0 {
		return err
	}
	_, err := v.tell("POST /v1/orders/"+b.id+"/line-cancellations", map[string]any{
		"lines": []map[string]any{{"line": o.Lines[0].Line, "quantity": 1}},
	}, nil)
	return err
}

// returns looks at dusk what became of a basket whose order went on by itself.
func (t *town) returns(ctx context.Context, cart string) error {
	var p purchase
	status, err := t.ask(ctx, talk{line: "POST /v1/carts/" + cart + "/checkout", body: map[string]any{"method": "card", "token": "tok_declined"}, into: &p})
	if err == nil && status/100 == 2 && p.State == "ordered" {
		t.notes(cart, "card", "", p)
	}
	return err
}
