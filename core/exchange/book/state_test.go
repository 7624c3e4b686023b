package book

import (
	"bytes"
	"errors"
	"testing"
)

// grown gives a book of each market that has taken some inputs.
func grown(tb testing.TB, m market, inputs int) *Book {
	b, err := New(m.rules)
	if err != nil {
		tb.Fatal(err)
	}
	f := newFlow(17, newTwin(m.rules))
	for range inputs {
		in := f.draw()
		f.w.apply(&in)
		b.Apply(&in, nil)
	}
	return b
}

// TestHash: the hash is that of the whole state, and each part of it counts.
func TestHash(t *testing.T) {
	b := grown(t, markets[0], 600)
	state := b.Export(nil)
	changed := 0
	for i := range state {
		state[i] ^= 1
		if made, err := Import(markets[0].rules, state); err == nil {
			changed++
			if made.Hash() == b.Hash() {
				t.Errorf("byte %d of the state does not count", i)
			}
		} else if !errors.Is(err, ErrState) {
			t.Fatal(err)
		}
		state[i] ^= 1
	}
	if changed < len(state)/4 {
		t.Errorf("only %d of %d changed states are states", changed, len(state))
	}
}

// TestCutState: a state that is cut off anywhere, or has anything behind it, is refused.
func TestCutState(t *testing.T) {
	for _, m := range markets {
		state := grown(t, m, 300).Export(nil)
		for i := range state {
			if _, err := Import(m.rules, state[:i]); !errors.Is(err, ErrState) {
				t.Fatalf("%s: %d of %d bytes are taken: %v", m.name, i, len(state), err)
			}
		}
		if _, err := Import(m.rules, append(state, 0)); !errors.Is(err, ErrState) {
			t.Errorf("%s: a byte too many is taken: %v", m.name, err)
		}
	}
}

// FuzzImport: bytes are a state that exports as itself, of a sound book that goes on, or they are refused.
func FuzzImport(f *testing.F) {
	for i, m := range markets {
		f.Add(uint8(i), grown(f, m, 80).Export(nil))
	}
	f.Fuzz(func(t *testing.T, which uint8, state []byte) {
		m := markets[int(which)%len(markets)]
		b, err := Import(m.rules, state)
		if err != nil {
			if !errors.Is(err, ErrState) {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(b.Export(nil), state) {
			t.Fatal("the state exports as another")
		}
		if err := sound(b); err != nil {
			t.Fatal(err)
		}
		for s := range sides {
			b.Apply(&Input{Verb: Enter, ID: b.top + 1, Side: s, Price: 100, Qty: 1 << 30, Life: Lasting}, nil)
		}
		b.Apply(&Input{Verb: CancelAll}, nil)
		if b.Live() != 0 || b.armed != 0 || b.ids.used != 0 {
			t.Fatalf("%d orders and %d stops are left", b.Live(), b.armed)
		}
	})
}

// TestCodec: inputs of every kind are read as they were written, one behind the other.
func TestCodec(t *testing.T) {
	f := newFlow(23, newTwin(Rules{}))
	var written []byte
	var inputs []Input
	for range 5000 {
		in := f.draw()
		f.w.apply(&in)
		in.Verb = min(in.Verb, 15)
		inputs = append(inputs, in)
		written = Encode(written, &in)
	}
	if perInput := len(written) / len(inputs); perInput > 25 {
		t.Errorf("an input takes %d bytes", perInput)
	}
	for i, want := range inputs {
		var in Input
		n, err := Decode(written, &in)
		if err != nil || in != want {
			t.Fatalf("input %d is read as %+v, not %+v: %v", i, in, want, err)
		}
		written = written[n:]
	}
	if len(written) > 0 {
		t.Errorf("%d bytes are left", len(written))
	}
}

// FuzzDecode: bytes are an input that is written as they are, or refused; never anything else.
func FuzzDecode(f *testing.F) {
	draw := newFlow(29, newTwin(Rules{}))
	for range 50 {
		in := draw.draw()
		draw.w.apply(&in)
		f.Add(Encode(nil, &in))
	}
	f.Add([]byte{2, 0, 0x80, 0})
	f.Fuzz(func(t *testing.T, written []byte) {
		var in Input
		n, err := Decode(written, &in)
		if err != nil {
			if !errors.Is(err, ErrInput) {
				t.Fatal(err)
			}
			return
		}
		if again := Encode(nil, &in); !bytes.Equal(again, written[:n]) {
			t.Fatalf("%x is read as %+v, which is written %x", written[:n], in, again)
		}
		b, err := New(Rules{})
		if err != nil {
			t.Fatal(err)
		}
		w := newTwin(Rules{})
		have, want := b.Apply(&in, nil), w.apply(&in)
		if len(have) != len(want) || have[0] != want[0] {
			t.Fatalf("%+v gives %+v, but %+v", in, have, want)
		}
	})
}
