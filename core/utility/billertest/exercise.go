// Package billertest is the one test that every provider has to pass that is asked by check and pay, whoever runs it: the simulated
// one, and this house where a bank asks it.
package billertest

import (
	"errors"
	"testing"
	"time"

	"sauda/core/utility/biller"
)

// World is a provider and who asks it. The account Known owes Owed and takes payments from Least on; nobody has the number Unknown.
type World struct {
	Client  biller.Client
	Known   string
	Other   string // Other is another account that takes payments.
	Unknown string
	Owed    int64
}

// Exercise asks a provider what its dialect promises. World is called for each test and gives a fresh one.
func Exercise(t *testing.T, world func(t *testing.T) World) {
	for name, try := range map[string]func(*testing.T, World){
		"check": check, "pay": pay, "the same again": again, "without a check": unchecked, "unknown": unknown, "nobody": nobody,
	} {
		t.Run(name, func(t *testing.T) { try(t, world(t)) })
	}
}

// ask asks what must be answered.
func (w World) ask(t *testing.T, command biller.Command, txn, account string, sum int64) biller.Answer {
	t.Helper()
	r := biller.Request{Command: command, Txn: txn, Account: account, Sum: sum}
	if command == biller.Pay {
		r.Date = time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	}
	a, err := w.Client.Ask(t.Context(), r)
	if err != nil {
		t.Fatalf("%s %s: %v", command, txn, err)
	}
	if a.Txn != txn {
		t.Errorf("%s %s is answered as %q", command, txn, a.Txn)
	}
	return a
}

func check(t *testing.T, w World) {
	a := w.ask(t, biller.Check, "1001", w.Known, 200_00)
	if a.Outcome != biller.OK || a.Sum != w.Owed || len(a.Fields) == 0 {
		t.Errorf("%+v, want %d", a, w.Owed)
	}
	if b := w.ask(t, biller.Check, "1002", w.Known, 200_00); b.Sum != a.Sum {
		t.Errorf("a check has changed what is owed: %+v", b)
	}
}

func pay(t *testing.T, w World) {
	a := w.ask(t, biller.Pay, "1001", w.Known, 200_00)
	if a.Outcome != biller.OK || a.Own == "" || a.Sum != 200_00 {
		t.Errorf("%+v", a)
	}
	if b := w.ask(t, biller.Check, "1002", w.Known, 200_00); b.Sum != w.Owed-200_00 {
		t.Errorf("after a payment %d is owed, want %d", b.Sum, w.Owed-200_00)
	}
}

// again tells of one transaction many times, then with another sum and for another account: it is taken once.
func again(t *testing.T, w World) {
	first := w.ask(t, biller.Pay, "1001", w.Known, 200_00)
	for range 3 {
		if a := w.ask(t, biller.Pay, "1001", w.Known, 200_00); a.Own != first.Own || a.Sum != first.Sum {
			t.Errorf("%+v after %+v", a, first)
		}
	}
	for _, odd := range []biller.Answer{w.ask(t, biller.Pay, "1001", w.Known, 300_00), w.ask(t, biller.Pay, "1001", w.Other, 200_00)} {
		if odd.Outcome == biller.OK || odd.Outcome.Passes() {
			t.Errorf("something else under the same number: %+v", odd)
		}
	}
	if b := w.ask(t, biller.Check, "1002", w.Known, 200_00); b.Sum != w.Owed-200_00 {
		t.Errorf("%d is owed, want %d", b.Sum, w.Owed-200_00)
	}
}

func unchecked(t *testing.T, w World) {
	if a := w.ask(t, biller.Pay, "77", w.Other, 150_00); a.Outcome != biller.OK {
		t.Errorf("%+v", a)
	}
}

func unknown(t *testing.T, w World) {
	for _, command := range []biller.Command{biller.Check, biller.Pay} {
		if a := w.ask(t, command, "1001", w.Unknown, 200_00); a.Outcome != biller.NotFound {
			t.Errorf("%s: %+v", command, a)
		}
	}
}

// nobody asks with a wrong password: that is no answer about anything.
func nobody(t *testing.T, w World) {
	w.Client.Password += "x"
	_, err := w.Client.Ask(t.Context(), biller.Request{Command: biller.Check, Txn: "1001", Account: w.Known})
	if !errors.Is(err, biller.ErrNoAnswer) {
		t.Errorf("with a wrong password: %v", err)
	}
}
