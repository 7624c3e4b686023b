package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/coder/websocket"

	"sauda/core/exchange/feed"
)

// TestSlow: whoever has more to hear than may wait for him is closed with 4008, and whoever tells him does not wait.
func TestSlow(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		l := &listener{stream: &stream{over: make(chan struct{})}, conn: conn, ctx: r.Context(), out: make(chan []byte, 2), ended: make(chan struct{})}
		for range 3 {
			l.tell([]byte("{}"))
		}
		go func() { _, _, _ = conn.Read(context.Background()) }() // The good-bye is answered.
		l.send()
	}))
	defer server.Close()
	conn, _, err := websocket.Dial(t.Context(), server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, _, err = conn.Read(t.Context())
	}
	if websocket.CloseStatus(err) != closedSlow {
		t.Errorf("it ends with %v", err)
	}
}

// TestDifferences: what is told makes the levels of now out of those of before, and says nothing of what has stayed.
func TestDifferences(t *testing.T) {
	was := []feed.Level{{Price: 10, Qty: 5, Orders: 1}, {Price: 9, Qty: 2, Orders: 1}, {Price: 8, Qty: 1, Orders: 1}}
	now := []feed.Level{{Price: 11, Qty: 1, Orders: 1}, {Price: 10, Qty: 5, Orders: 1}, {Price: 9, Qty: 3, Orders: 2}}
	want := []feed.Level{{Price: 11, Qty: 1, Orders: 1}, {Price: 9, Qty: 3, Orders: 2}, {Price: 8}}
	got := differences(was, now)
	if len(got) != len(want) {
		t.Fatalf("%v, wanted %v", got, want)
	}
	for n := range want {
		if got[n] != want[n] {
			t.Errorf("%v, wanted %v", got, want)
		}
	}
}

// FuzzSaid: nothing that a client sends breaks the reader; what is understood is one of the ops, and says the same when it is
// written and read again.
func FuzzSaid(f *testing.F) {
	for _, seed := range []string{
		`{"op":"subscribe","ch":"market"}`, `{"op":"subscribe","ch":"book","in":"KZ1","depth":20}`, `{"op":"unsubscribe","ch":"orders","account":"A1"}`,
		`{"op":"enter","id":7,"account":"A","order":{"instrument":"KZ1","side":"buy","price":1,"quantity":2,"until":"2026-11-24T12:00:00Z"}}`,
		`{"op":"replace","id":8,"account":"A","order_id":"12","order":{"quantity":1}}`, `{"op":"cancel","id":-1,"account":"A","order_id":"12"}`,
		`{"op":"cancel_all","id":10}`, `{"op":"ping","id":1}`, `{"op":"ping"}{}`, `{"op":"ping","id":1.5}`, `[]`, `null`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		m, err := readSaid(message)
		if err != nil {
			return
		}
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		twice, err := readSaid(again)
		if err != nil || twice.Op != m.Op || twice.ID != m.ID || twice.Ch != m.Ch || twice.In != m.In || twice.Account != m.Account {
			t.Fatalf("%s is %+v, then %+v, %v", message, m, twice, err)
		}
		var draft orderTerms
		if readStrictly(m.Order, &draft) != nil {
			return
		}
		if ask, err := draft.ask(); err == nil && (ask.Quantity < 1 || ask.Side > 1) {
			t.Fatalf("%s asks for %+v", message, ask)
		}
	})
}
