package load

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"

	"sauda/base/place"
)

// buyer buys: a new basket, two lines, an address, a look at the deliveries, a choice, and the order, paid by a card that
// is accepted. Seven requests over one connection.
type buyer struct {
	addr     string
	variants []string
	placed   func(order string) // placed is told of each order that the server has acknowledged; nil does not ask.
	buffer   []byte
}

// home is where the goods go: Almaty, so that the first delivery is the shop's own courier.
var home = func() string {
	body, err := json.Marshal(map[string]string{
		"country": string(place.KZ), "region": string(place.Almaty), "city": "Алматы", "street": "Абай даңғылы", "house": "10",
		"name": "Айгүл Серікқызы", "phone": "+77011234567", "email": "aigul@example.kz",
	})
	if err != nil {
		panic(err) // Strings always marshal.
	}
	return string(body)
}()

const payment = `{"method":"card","token":"tok_ok"}`

// buy makes one whole purchase.
func (b *buyer) buy(c *conn, chance *rand.Rand) error {
	body, err := b.ask(c, 201, "POST /v1/carts", "{}")
	if err != nil {
		return err
	}
	basket := "/v1/carts/" + pick(body, "id")
	first := chance.IntN(len(b.variants))
	second := (first + 1 + chance.IntN(max(1, len(b.variants)-1))) % len(b.variants)
	for _, n := range [2]int{first, second} {
		if _, err := b.ask(c, 201, "POST "+basket+"/lines", `{"variant_id":"`+b.variants[n]+`","quantity":1}`); err != nil {
			return err
		}
	}
	if _, err := b.ask(c, 0, "PUT "+basket+"/address", home); err != nil {
		return err
	}
	if body, err = b.ask(c, 200, "GET "+basket+"/delivery-options", ""); err != nil {
		return err
	}
	choice := `{"method":"` + pick(body, "method") + `"}`
	if _, err := b.ask(c, 0, "PUT "+basket+"/delivery", choice); err != nil {
		return err
	}
	if body, err = b.ask(c, 0, "POST "+basket+"/checkout", payment); err != nil {
		return err
	}
	if state := pick(body, "state"); state != "ordered" {
		return fmt.Errorf("checkout: the order is %q: %.200s", state, body)
	}
	if b.placed != nil {
		_, rest, _ := strings.Cut(string(body), `"order":`)
		b.placed(pick([]byte(rest), "id"))
	}
	return nil
}

// ask makes one request and refuses another status than the expected; 0 expects any good one.
func (b *buyer) ask(c *conn, expected int, line, body string) ([]byte, error) {
	if body == "" {
		b.buffer = append(b.buffer[:0], line...)
		b.buffer = append(b.buffer, " HTTP/1.1\r\nHost: "...)
		b.buffer = append(b.buffer, b.addr...)
		b.buffer = append(b.buffer, "\r\n\r\n"...)
	} else {
		b.buffer = send(b.buffer, b.addr, line, body)
	}
	status, answer, err := c.do(b.buffer)
	if err != nil {
		return nil, err
	}
	if status/100 != 2 || (expected != 0 && status != expected) {
		return nil, unexpected(line[:strings.IndexByte(line, ' ')]+line[strings.LastIndexByte(line, '/'):], status, answer)
	}
	return answer, nil
}

// acknowledged gathers the orders that a server has confirmed.
type acknowledged struct {
	mu     sync.Mutex
	orders []string
}

func (a *acknowledged) add(order string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.orders = append(a.orders, order)
}
