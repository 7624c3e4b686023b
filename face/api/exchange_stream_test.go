package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"sauda/app/apptest"
	"sauda/core/exchange"
	"sauda/gear/db"
)

// wire is a client of the stream.
type wire struct {
	t    *testing.T
	conn *websocket.Conn
}

// dial connects to the stream, or gives the answer that refused it.
func dial(t *testing.T, base string, headers ...string) (*wire, *http.Response) {
	t.Helper()
	head := http.Header{}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		head.Set(name, value)
	}
	conn, answer, err := websocket.Dial(t.Context(), base+"/v1/exchange/stream", &websocket.DialOptions{HTTPHeader: head})
	if err != nil {
		return nil, answer
	}
	conn.SetReadLimit(1 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &wire{t, conn}, answer
}

func (w *wire) say(message string, values ...any) {
	w.t.Helper()
	if err := w.conn.Write(w.t.Context(), websocket.MessageText, fmt.Appendf(nil, message, values...)); err != nil {
		w.t.Fatal(err)
	}
}

// told is anything that the stream sends.
type told struct {
	Ch        string
	In        string
	Account   string
	Seq       uint64
	Snap      bool
	All       []map[string]any
	Bids      [][3]int64
	Asks      [][3]int64
	Ticks     [][]any
	Sum       map[string]any
	Orders    []map[string]any
	Fills     []map[string]any
	Balances  []map[string]any
	Re        *int64
	Order     map[string]any
	Cancelled *int64
	Error     map[string]any
}

// next gives the next message.
func (w *wire) next() (m told) {
	w.t.Helper()
	_, message, err := w.conn.Read(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	if err := json.Unmarshal(message, &m); err != nil {
		w.t.Fatalf("%v: %s", err, message)
	}
	return m
}

// until gives the next message that is wanted; others are passed over.
func (w *wire) until(want func(told) bool) told {
	w.t.Helper()
	for {
		if m := w.next(); want(m) {
			return m
		}
	}
}

// answer gives the answer to a message.
func (w *wire) answer(id int64) told {
	w.t.Helper()
	return w.until(func(m told) bool { return m.Re != nil && *m.Re == id })
}

// streamed opens a market that is served on a socket.
func streamed(t *testing.T) (h *apptest.House, m *market, base string, tokens map[string]string) {
	t.Helper()
	h, tokens = apptest.Open(t, db.SQLite), map[string]string{}
	m = openMarket(t, h, func(name string) { tokens[name] = h.Registered(t, name+"@example.kz") })
	return h, m, h.Served(t), tokens
}

// TestStreamOfTheMarket: a guest sees the market and a book to two depths; whoever applies the changes to the snapshot has what
// the snapshot of one who comes later shows, and the numbers follow without a gap.
func TestStreamOfTheMarket(t *testing.T) {
	h, m, base, tokens := streamed(t)
	alma := h.As(tokens["alma"])
	w, _ := dial(t, base, "Origin: https://elsewhere.example")
	w.say(`{"op":"subscribe","ch":"market"}`)
	if s := w.next(); s.Ch != "market" || !s.Snap || len(s.All) != 2 || s.All[1]["in"] != apple || s.All[1]["phase"] != "continuous" {
		t.Fatalf("the market is %+v", s)
	}
	w.say(`{"op":"unsubscribe","ch":"market"}`)
	for _, depth := range []int{0, 1} {
		w.say(`{"op":"subscribe","ch":"book","in":"%s","depth":%d}`, apple, depth)
		first := w.until(func(m told) bool { return m.Ch == "book" })
		if !first.Snap || first.In != apple {
			t.Fatalf("depth %d begins with %+v", depth, first)
		}
		book := map[string][3]int64{}
		take := func(m told) {
			for side, rows := range map[string][][3]int64{"b": m.Bids, "a": m.Asks} {
				for _, row := range rows {
					key := fmt.Sprint(side, row[0])
					if book[key] = row; row[1] == 0 {
						delete(book, key)
					}
				}
			}
		}
		take(first)
		for n := range 12 {
			alma.Do(t, 201, "POST", "/v1/exchange/orders", m.order("alma", "buy", int64(90+n%5), int64(2+n), "client_id", fmt.Sprint(depth, "-", n)))
		}
		alma.Do(t, 200, "POST", "/v1/exchange/cancellations", map[string]any{"account": m.accounts["alma"].Code})
		alma.Do(t, 201, "POST", "/v1/exchange/orders", m.order("alma", "buy", 80+int64(depth), 30, "client_id", fmt.Sprint(depth, "-last")))
		last := fmt.Sprint("b", 80+depth)
		for seq := first.Seq; book[last][1] != 30 || len(book) > 1+depth*0 && depth == 1; {
			change := w.next()
			if change.Ch != "book" || change.Snap || change.Seq != seq+1 {
				t.Fatalf("depth %d: %+v follows on %d", depth, change, seq)
			}
			seq = change.Seq
			take(change)
		}
		other, _ := dial(t, base)
		other.say(`{"op":"subscribe","ch":"book","in":"%s","depth":%d}`, apple, depth)
		now := other.next()
		if len(now.Bids) != len(book) {
			t.Errorf("depth %d: %v shows otherwise than the changes, %v", depth, now.Bids, book)
		}
		for _, row := range now.Bids {
			if book[fmt.Sprint("b", row[0])] != row {
				t.Errorf("depth %d: %v is %v by the changes", depth, row, book[fmt.Sprint("b", row[0])])
			}
		}
	}
}

// TestStreamOfOrders: who trades enters, changes and takes back orders on the stream; both sides of a trade hear of it on their
// accounts, with what they have then, and nobody hears of another's account.
func TestStreamOfOrders(t *testing.T) {
	h, m, base, tokens := streamed(t)
	code := func(name string) string { return m.accounts[name].Code }
	alma, _ := dial(t, base, "Authorization: Bearer "+tokens["alma"])
	berik, _ := dial(t, base, "Cookie: "+h.Sessions.CookieName()+"="+tokens["berik"])
	for name, w := range map[string]*wire{"alma": alma, "berik": berik} {
		w.say(`{"op":"subscribe","ch":"orders","account":"%s"}`, code(name))
		if s := w.next(); s.Ch != "orders" || !s.Snap || len(s.Orders) != 0 || len(s.Balances) != 2 || s.Account != code(name) {
			t.Fatalf("%s begins with %+v", name, s)
		}
	}
	alma.say(`{"op":"enter","id":7,"account":"%s","order":{"instrument":"%s","client_id":"a","side":"buy","price":100,"quantity":10}}`, code("alma"), apple)
	if got := alma.answer(7); got.Order["id"] != "1" || got.Order["state"] != "open" || got.Order["left"] != 10.0 {
		t.Fatalf("entered: %+v", got)
	}
	alma.say(`{"op":"enter","id":8,"account":"%s","order":{"instrument":"%s","client_id":"a","side":"buy","price":100,"quantity":10}}`, code("alma"), apple)
	if got := alma.answer(8); got.Order["id"] != "1" {
		t.Errorf("entered again: %+v", got)
	}
	alma.say(`{"op":"replace","id":9,"account":"%s","order_id":"1","order":{"price":101,"quantity":8}}`, code("alma"))
	if got := alma.answer(9); got.Order["price"] != 101.0 || got.Order["left"] != 8.0 {
		t.Errorf("replaced: %+v", got)
	}
	berik.say(`{"op":"enter","id":1,"account":"%s","order":{"instrument":"%s","client_id":"b","side":"sell","price":101,"quantity":5000}}`, code("berik"), apple)
	if got := berik.answer(1); got.Error["code"] != "floor.refused" || got.Error["reason"] == nil || got.Error["title"] == "" {
		t.Errorf("more than he has: %+v", got)
	}
	berik.say(`{"op":"enter","id":2,"account":"%s","order":{"instrument":"%s","client_id":"c","side":"sell","price":101,"quantity":3}}`, code("berik"), apple)
	fill := func(side string) func(told) bool {
		return func(m told) bool {
			return m.Ch == "orders" && len(m.Fills) == 1 && m.Fills[0]["side"] == side && m.Fills[0]["price"] == 101.0 && m.Fills[0]["qty"] == 3.0
		}
	}
	bought, sold := alma.until(fill("buy")), berik.until(fill("sell"))
	if len(bought.Orders) == 0 || bought.Orders[0]["filled"] != 3.0 || bought.Orders[0]["average_price"] != 101.0 || len(bought.Balances) != 2 {
		t.Errorf("who bought hears %+v", bought)
	}
	if bought.Fills[0]["trade_id"] != sold.Fills[0]["trade_id"] || sold.Account != code("berik") {
		t.Errorf("who sold hears %+v", sold)
	}
	alma.say(`{"op":"cancel","id":10,"account":"%s","order_id":"1"}`, code("alma"))
	if got := alma.answer(10); got.Order["state"] != "ended" {
		t.Errorf("taken back: %+v", got)
	}
	alma.say(`{"op":"cancel_all","id":11,"account":"%s"}`, code("alma"))
	if got := alma.answer(11); got.Cancelled == nil || *got.Cancelled != 0 {
		t.Errorf("all taken back: %+v", got)
	}
	for id, message := range []string{
		`{"op":"subscribe","id":%d,"ch":"orders","account":"%s"}`, `{"op":"cancel","id":%d,"account":"%s","order_id":"2"}`,
	} {
		alma.say(message, 20+id, code("berik"))
		if got := alma.answer(int64(20 + id)); got.Error["code"] != "floor.seat" {
			t.Errorf("another's account: %+v", got)
		}
	}
	n := h.Statements(func() {
		for id := range 20 {
			alma.say(`{"op":"enter","id":%d,"account":"%s","order":{"instrument":"%s","side":"buy","price":50,"quantity":2}}`, 100+id, code("alma"), apple)
			if got := alma.answer(int64(100 + id)); got.Error != nil {
				t.Fatalf("%+v", got)
			}
		}
	})
	if n != 0 {
		t.Errorf("20 orders take %d statements", n)
	}
}

// TestStreamIsLeft: an account that was followed by its id is not followed any more when that is said by the same id.
func TestStreamIsLeft(t *testing.T) {
	h, m, base, tokens := streamed(t)
	bearer := "Authorization: Bearer " + tokens["alma"]
	left, _ := dial(t, base, bearer)
	stays, _ := dial(t, base, bearer)
	for _, w := range []*wire{left, stays} {
		w.say(`{"op":"subscribe","ch":"orders","account":"%s"}`, m.accounts["alma"].ID)
		if s := w.next(); !s.Snap || s.Account != m.accounts["alma"].Code {
			t.Fatalf("it begins with %+v", s)
		}
	}
	left.say(`{"op":"unsubscribe","ch":"orders","account":"%s"}`, m.accounts["alma"].ID)
	left.say(`{"op":"ping","id":1}`)
	left.answer(1)
	h.As(tokens["alma"]).Do(t, 201, "POST", "/v1/exchange/orders", m.order("alma", "buy", 100, 10))
	stays.until(func(s told) bool { return len(s.Orders) == 1 })
	left.say(`{"op":"ping","id":2}`)
	if got := left.next(); got.Re == nil || *got.Re != 2 {
		t.Errorf("whoever has left hears %+v", got)
	}
}

// TestStreamRefuses: whoever is not welcome, and what cannot be understood.
func TestStreamRefuses(t *testing.T) {
	h, m, base, tokens := streamed(t)
	cookie := "Cookie: " + h.Sessions.CookieName() + "=" + tokens["alma"]
	if _, answer := dial(t, base, cookie, "Origin: https://elsewhere.example"); answer.StatusCode != 403 {
		t.Errorf("another site's page in alma's name: %d", answer.StatusCode)
	}
	if _, answer := dial(t, base, "Authorization: Bearer ses_forged"); answer.StatusCode != 401 {
		t.Errorf("a forged token: %d", answer.StatusCode)
	}
	if a := h.Guest().Do(t, 400, "GET", "/v1/exchange/stream", nil); a.Code() != "api.stream_upgrade" {
		t.Errorf("without an upgrade: %s", a.Body)
	}
	w, _ := dial(t, base, cookie, "Origin: "+base)
	for n, c := range []struct{ message, code string }{
		{`{`, "api.stream_message"}, {`[]`, "api.stream_message"}, {`{"op":"sing"}`, "api.stream_message"}, {`{"op":"ping","x":1}`, "api.stream_message"},
		{`{"op":"subscribe","ch":"news"}`, "api.stream_message"}, {`{"op":"subscribe","ch":"book","in":"NONE"}`, "floor.unknown"},
		{`{"op":"subscribe","ch":"orders","account":"A00000009"}`, "floor.seat"}, {`{"op":"enter","account":"A00000001"}`, "api.stream_message"},
		{`{"op":"enter","account":"A00000001","order":{"instrument":"US0378331005","side":"lend","quantity":5}}`, "web.invalid"},
		{`{"op":"enter","account":"A00000001","order":{"instrument":"US0378331005","side":"buy","price":5,"quantity":1}}`, "floor.least"},
		{`{"op":"cancel","account":"A00000001","order_id":"x"}`, "floor.unknown"},
	} {
		w.say("%s", c.message)
		if got := w.next(); got.Error["code"] != c.code {
			t.Errorf("%d: %s is answered by %+v, not by %s", n, c.message, got, c.code)
		}
	}
	w.say(`{"op":"ping","id":5}`)
	if got := w.answer(5); got.Error != nil {
		t.Errorf("a ping: %+v", got)
	}
	guest, _ := dial(t, base)
	guest.say(`{"op":"subscribe","id":1,"ch":"orders","account":"%s"}`, m.accounts["alma"].Code)
	if got := guest.answer(1); got.Error["code"] != "web.signed_out" {
		t.Errorf("a guest who looks at an account: %+v", got)
	}
	guest.say(`{"op":"cancel_all","id":2,"account":"%s"}`, m.accounts["alma"].Code)
	if got := guest.answer(2); got.Error["code"] != "web.signed_out" {
		t.Errorf("a guest who trades: %+v", got)
	}
	guest.say("%s", `{"op":"ping","ch":"`+strings.Repeat("x", 5000)+`"}`)
	if _, _, err := guest.conn.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
		t.Errorf("a long message: %v", err)
	}
}

// TestStreamLimits: one user has so many connections, one connection follows so many channels, whoever does not listen is cut
// off, and when the floor closes everybody is.
func TestStreamLimits(t *testing.T) {
	h, m, base, tokens := streamed(t)
	bearer := "Authorization: Bearer " + tokens["alma"]
	var open []*wire
	for range 10 {
		w, _ := dial(t, base, bearer)
		open = append(open, w)
	}
	if _, answer := dial(t, base, bearer); answer.StatusCode != 429 {
		t.Errorf("one too many: %d", answer.StatusCode)
	}
	if err := open[0].conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Error(err)
	}
	w := open[1]
	var said sync.WaitGroup
	said.Go(func() {
		for n := range 300 { // Faster than may be: some are refused, and the connection stays.
			w.say(`{"op":"ping","id":%d}`, n)
		}
	})
	refused := 0
	for n := range 300 {
		if got := w.next(); got.Error["code"] == "web.limited" {
			refused++
		} else if *got.Re != int64(n) {
			t.Fatalf("%d is answered by %+v", n, got)
		}
	}
	said.Wait()
	if refused == 0 || refused > 100 {
		t.Errorf("%d of 300 messages at once are refused", refused)
	}
	deaf, _ := dial(t, base)
	h.Moment(t, func(tx *db.Tx) error { return exchange.Suspend(tx, exchange.Subject(m.accounts["berik"].ID), because) })
	berik, _ := dial(t, base, "Authorization: Bearer "+tokens["berik"])
	berik.say(`{"op":"cancel_all","id":1,"account":"%s"}`, m.accounts["berik"].Code)
	if got := berik.answer(1); got.Error["code"] != "floor.seat" {
		t.Errorf("an account that is suspended: %+v", got)
	}
	if err := h.Floor.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := deaf.conn.Read(context.Background()); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("when the floor closes: %v", err)
	}
}
