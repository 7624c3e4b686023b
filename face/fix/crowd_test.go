package fix_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/quickfixgo/quickfix"
)

// act is what a session has asked of one order, and outcome what it has heard.
type act struct {
	verb  string
	order string
}

// standing says how an order of the model is.
type standing uint8

const (
	unknown standing = iota
	open_
	gone
)

// TestOneAfterTheOther: place, cancel and status from many hands at once, over one session into one book, are as if they had
// happened one after the other: an order is placed once, taken back once, and its state is told as it is at some moment
// between question and answer. Porcupine finds the order of things, or that there is none.
func TestOneAfterTheOther(t *testing.T) {
	m := open(t)
	c := m.connect(t, "4.4", "")
	const hands, turns = 6, 30
	heard := newListener(c)
	var mu sync.Mutex
	var history []porcupine.Operation
	began := time.Now()
	var all sync.WaitGroup
	for hand := range hands {
		all.Go(func() {
			for turn := range turns {
				order := fmt.Sprintf("p%d", (turn/3+hand%2)%8)
				verb := []string{"place", "status", "cancel"}[(turn+hand)%3]
				id := fmt.Sprintf("%s-%d-%d", verb, hand, turn)
				from := time.Since(began).Nanoseconds()
				got := heard.ask(m, verb, order, id)
				mu.Lock()
				history = append(history, porcupine.Operation{
					ClientId: hand, Input: act{verb, order}, Call: from, Output: got, Return: time.Since(began).Nanoseconds(),
				})
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if len(history) != hands*turns {
		t.Fatalf("%d of %d were answered", len(history), hands*turns)
	}
	model := porcupine.Model{
		Partition: byOrder,
		Init:      func() any { return unknown },
		Step: func(state, input, output any) (bool, any) {
			was, in, out := state.(standing), input.(act), output.(string)
			switch in.verb {
			case "place":
				if was == unknown {
					return out == "0", open_
				}
				return out == "8", was
			case "cancel":
				if was == open_ {
					return out == "4", gone
				}
				return out == "9", was
			}
			return out == map[standing]string{unknown: "8", open_: "0", gone: "4"}[was], was
		},
	}
	if !porcupine.CheckOperations(model, history) {
		t.Error("what was answered cannot have happened one after the other")
	}
}

func byOrder(history []porcupine.Operation) [][]porcupine.Operation {
	by := make(map[string][]porcupine.Operation)
	for _, op := range history {
		order := op.Input.(act).order
		by[order] = append(by[order], op)
	}
	var parts [][]porcupine.Operation
	for _, part := range by {
		parts = append(parts, part)
	}
	return parts
}

// listener gives answers to those who wait for them. Hands that place the same order at once wait in turn, for both answers
// have its id.
type listener struct {
	c     *client
	mu    sync.Mutex
	waits map[string]chan string
	turn  map[string]*sync.Mutex
}

func newListener(c *client) *listener {
	l := &listener{c: c, waits: make(map[string]chan string), turn: make(map[string]*sync.Mutex)}
	go func() {
		for c.t.Context().Err() == nil {
			c.mu.Lock()
			got := c.got
			c.got = nil
			c.mu.Unlock()
			for _, m := range got {
				l.take(m)
			}
			time.Sleep(100 * time.Microsecond)
		}
	}()
	return l
}

// take gives an answer to whoever has asked: by ClOrdID, or by OrdStatusReqID where the question was how an order is.
func (l *listener) take(m *quickfix.Message) {
	kind, _ := m.Header.GetString(35)
	id, _ := m.Body.GetString(11)
	said, _ := m.Body.GetString(39)
	exec, _ := m.Body.GetString(150)
	switch {
	case kind == "9":
		said = "9"
	case exec == "I":
		id, _ = m.Body.GetString(790)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if wait := l.waits[id]; wait != nil {
		delete(l.waits, id)
		wait <- said
	}
}

func (l *listener) ask(m *market, verb, order, id string) string {
	if verb == "place" {
		id = order
		l.mu.Lock()
		if l.turn[order] == nil {
			l.turn[order] = &sync.Mutex{}
		}
		turn := l.turn[order]
		l.mu.Unlock()
		turn.Lock()
		defer turn.Unlock()
	}
	wait := make(chan string, 1)
	l.mu.Lock()
	l.waits[id] = wait
	l.mu.Unlock()
	switch verb {
	case "place":
		l.c.send("D", m.order(order, "1", "10", "990.00"))
	case "cancel":
		l.c.send("F", fields{11: id, 41: order, 55: m.Share.Code, 54: "1", 60: now(), 38: "10"})
	default:
		l.c.send("H", fields{11: order, 790: id, 55: m.Share.Code, 54: "1"})
	}
	select {
	case got := <-wait:
		return got
	case <-time.After(20 * time.Second):
		return "nothing"
	}
}
