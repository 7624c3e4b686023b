package risk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"sauda/core/exchange/book"
)

// grown gives a machine that has gone through a number of operations.
func grown(tb testing.TB, seed uint64, run int) *market {
	m := newMarket(seed)
	m.endow()
	for range run {
		if m.one(4) {
			m.act(func(Reason) {})
			continue
		}
		ins, in := m.order()
		if err := m.send(ins, in, func(Reason) {}); err != nil {
			tb.Fatal(err)
		}
	}
	return m
}

// TestCutState: a state that is cut off anywhere, has anything behind it, or a row twice, is refused.
func TestCutState(t *testing.T) {
	state := grown(t, 5, 300).risk.Export(nil)
	for i := range state {
		if _, err := Import(1, state[:i]); !errors.Is(err, ErrState) {
			t.Fatalf("%d of %d bytes are taken: %v", i, len(state), err)
		}
	}
	if _, err := Import(1, append(bytes.Clone(state), 0)); !errors.Is(err, ErrState) {
		t.Errorf("a byte too many is taken: %v", err)
	}
	twice := bytes.Clone(state)
	at := len(stateMark)
	twice[at]++
	row := twice[at+8 : at+8+8*rowInstrument]
	twice = append(twice[:at+8], append(bytes.Clone(row), twice[at+8:]...)...)
	if _, err := Import(1, twice); !errors.Is(err, ErrState) {
		t.Errorf("an instrument twice is taken: %v", err)
	}
}

// TestHash: every byte of a state counts, or the state is none without it.
func TestHash(t *testing.T) {
	r := grown(t, 6, 300).risk
	state := r.Export(nil)
	made := 0
	for i := range state {
		state[i] ^= 1
		if other, err := Import(1, state); err == nil {
			if made++; other.Hash() == r.Hash() {
				t.Errorf("byte %d of the state does not count", i)
			}
		} else if !errors.Is(err, ErrState) {
			t.Fatal(err)
		}
		state[i] ^= 1
	}
	if made < len(state)/8 {
		t.Errorf("only %d of %d changed states are states", made, len(state))
	}
}

// FuzzImport: bytes are a state that exports as itself and goes on, or they are refused.
func FuzzImport(f *testing.F) {
	for seed := range uint64(4) {
		f.Add(grown(f, seed, 60).risk.Export(nil))
	}
	f.Add(New(1).Export(nil))
	f.Fuzz(func(t *testing.T, state []byte) {
		r, err := Import(1, state)
		if err != nil {
			if !errors.Is(err, ErrState) {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(r.Export(nil), state) {
			t.Fatal("the state exports as another")
		}
		goOn(t, r)
	})
}

// goOn lets a machine do all that it can with what it has, and fails unless nothing is held when nothing is open.
func goOn(t *testing.T, r *Risk) {
	for n := range r.orders.Top() {
		o := r.orders.At(n + 1)
		if o.account == 0 {
			continue
		}
		open := r.show(n + 1)
		in := book.Input{Verb: book.Replace, ID: o.id, Price: o.price, Qty: max(1, o.left/2), Time: 5}
		if why := r.Take(open.Instrument, &in); why == NoReason {
			r.Follow(open.Instrument, []book.Report{{Kind: book.Replaced, ID: o.id, Left: in.Qty}})
		}
		r.Follow(open.Instrument, []book.Report{{Kind: book.Cancelled, ID: o.id}})
	}
	for _, i := range r.instruments[1:] {
		r.Mark(i.ID, i.mark/2)
		r.Mark(i.ID, 1<<40)
	}
	for _, p := range r.parties[1:] {
		r.Lift(Party{p.who, p.id})
		if open := r.openOf(&p); open != 0 || p.bound && p.open != open {
			t.Fatalf("%d orders of %v %d are open, but none is", open, p.who, p.id)
		}
	}
	for _, b := range r.balances[1:] {
		r.Settled(Settlement{Account: b.account, Asset: b.asset, Comes: max(0, b.due), Goes: max(0, -b.due), Unlocked: min(b.locked, max(0, b.due))})
		r.Debit(b.account, b.asset, 1)
		r.Credit(b.account, b.asset, most)
		if b.held != 0 || b.awaits != 0 {
			t.Fatalf("%+v holds something, though nothing is open", b)
		}
	}
	for _, s := range r.stakes[1:] {
		if s.open != [2]int64{} {
			t.Fatalf("%+v has something open", s)
		}
		r.Delivered(r.parties[s.party].id, r.instruments[s.ins].ID, s.pos)
	}
	if r.Live() != 0 {
		t.Fatalf("%d orders are open", r.Live())
	}
}

// TestLargest: amounts at the edge of what can be counted are taken or refused, and never come out as something else.
func TestLargest(t *testing.T) {
	r := New(4)
	agreed(t, r.AddInstrument(Instrument{ID: 1, Asset: share1, Currency: tenge, Taker: 1_000_000}))
	agreed(t, r.AddMember(1, 0))
	agreed(t, r.AddTrader(1, 1))
	agreed(t, r.OpenAccount(1, 1, false))
	agreed(t, r.OpenAccount(2, 1, false))
	agreed(t, r.Credit(1, tenge, most))
	agreed(t, r.Credit(2, share1, most))
	buy := book.Input{ID: 1, Price: 1 << 29, Qty: 1 << 30, Owner: 1, Trader: 1, Member: 1}
	agreed(t, r.Take(1, &buy)) // It costs half of all, and the fee the other half.
	r.Follow(1, nil)
	has(t, r, 1, tenge, Balance{Settled: most, Held: most})
	sell := book.Input{ID: 2, Side: book.Sell, Price: 1, Qty: most, Owner: 2, Trader: 1, Member: 1}
	agreed(t, r.Take(1, &sell))
	r.Follow(1, []book.Report{{Kind: book.Traded, ID: 2, Other: 1, Price: 1 << 29, Qty: 1 << 30, Left: most - 1<<30}})
	has(t, r, 1, tenge, Balance{Settled: most, Due: -most})
	has(t, r, 2, tenge, Balance{Due: most / 2, Locked: most / 2})
	if all, fees := r.Supply(tenge); all != most || fees != most/2 {
		t.Errorf("%d in all, %d fees", all, fees)
	}
	state := r.Export(nil)
	if other, err := Import(1, state); err != nil || other.Hash() != r.Hash() {
		t.Errorf("the largest state is none: %v", err)
	}
	if n := binary.LittleEndian.Uint64(state[len(stateMark):]); n != 1 {
		t.Errorf("%d instruments", n)
	}
}
