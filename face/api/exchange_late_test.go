package api_test

import (
	"encoding/json"
	"testing"
	"time"

	"sauda/app"
	"sauda/app/apptest"
	"sauda/core/exchange/book"
	"sauda/core/exchange/feed"
	"sauda/flow/floor"
	"sauda/gear/db"
)

// seen is what somebody sees of a book by REST: how many orders stand there and how many trades there were.
func seen(t *testing.T, c *apptest.Client) (asks int, trades int) {
	t.Helper()
	var b struct {
		Asks []struct{ Orders int }
	}
	if err := json.Unmarshal(c.Do(t, 200, "GET", "/v1/exchange/instruments/"+apptest.Apple+"/book", nil).Body, &b); err != nil {
		t.Fatal(err)
	}
	for _, l := range b.Asks {
		asks += l.Orders
	}
	var list struct{ Items []any }
	if err := json.Unmarshal(c.Do(t, 200, "GET", "/v1/exchange/instruments/"+apptest.Apple+"/trades", nil).Body, &list); err != nil {
		t.Fatal(err)
	}
	return asks, len(list.Items)
}

// TestLate: who has an account on the exchange sees the market as it is, by REST and on the stream; a guest, and somebody signed in
// without an account, the same a quarter of an hour later.
func TestLate(t *testing.T) {
	h := apptest.Open(t, db.SQLite, func(c *app.Config) { c.Exchange.Late = 15 * time.Minute })
	m := h.Market(t)
	owner, guest, other := h.As(m.Buyer.Token), h.Guest(), h.As(h.Registered(t, "other@market.localhost"))
	late, by := h.Board.Late()
	if by != 15*time.Minute {
		t.Fatalf("it is late by %v", by)
	}
	m.Order(t, m.Seller, floor.Ask{Instrument: apptest.Apple, Client: "s1", Side: book.Sell, Price: 200_00, Quantity: 30})
	m.Order(t, m.Buyer, floor.Ask{Instrument: apptest.Apple, Client: "b1", Price: 200_00, Quantity: 10})
	m.Ring(t)
	i, err := m.Floor.Instrument(apptest.Apple)
	if err != nil {
		t.Fatal(err)
	}
	for late.Show(func(*feed.Feed) {}) != nil {
		time.Sleep(time.Millisecond)
	}
	if asks, trades := seen(t, owner); asks != 1 || trades != 1 {
		t.Errorf("the owner of an account sees %d orders and %d trades", asks, trades)
	}
	for name, c := range map[string]*apptest.Client{"a guest": guest, "somebody without an account": other} {
		if asks, trades := seen(t, c); asks != 0 || trades != 0 {
			t.Errorf("%s sees %d orders and %d trades", name, asks, trades)
		}
	}
	base := "ws" + h.Served(t)[len("http"):]
	live, _ := dial(t, base, "Authorization: Bearer "+m.Buyer.Token)
	behind, _ := dial(t, base)
	for _, w := range []*wire{live, behind} {
		w.say(`{"op":"subscribe","ch":"book","in":%q}`, apptest.Apple)
	}
	if told := live.next(); len(told.Asks) != 1 || len(told.Ticks) != 1 {
		t.Errorf("on the stream the owner sees %+v", told)
	}
	if told := behind.next(); len(told.Asks) != 0 || len(told.Ticks) != 0 {
		t.Errorf("on the stream a guest sees %+v", told)
	}
	m.Clock.Advance(16 * time.Minute)
	for asks := 0; asks == 0; time.Sleep(time.Millisecond) {
		_ = late.Show(func(f *feed.Feed) {
			_, levels := f.Board(i.Number, 1)
			asks = len(levels[book.Sell])
		})
	}
	if asks, trades := seen(t, guest); asks != 1 || trades != 1 {
		t.Errorf("a quarter of an hour later a guest sees %d orders and %d trades", asks, trades)
	}
	for told := behind.next(); len(told.Asks) == 0; told = behind.next() {
	}
}
