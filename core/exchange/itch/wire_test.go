package itch

import (
	"bytes"
	"errors"
	"testing"
)

// samples are a message of each kind.
func samples() []Message {
	l := Listing{Code: "KZ1C00000959", Currency: "KZT", Class: 'S', State: 'L', Unit: 1, Lot: 10}
	return []Message{
		{Kind: System, Event: Begins}, {Kind: System, Instrument: 7, Event: Opens}, {Kind: Directory, Instrument: 7, Listing: l},
		{Kind: State, Instrument: 7, Phase: 'T', Auction: ' '}, {Kind: Add, Instrument: 7, Time: timeMax, Ref: 1, Side: 'B', Qty: 1 << 40, Price: -5},
		{Kind: Executed, Instrument: 7, Ref: 1, Qty: 3, Match: 9}, {Kind: Priced, Instrument: 7, Ref: 1, Qty: 3, Match: 9, Printable: 'N', Price: 4},
		{Kind: Reduced, Instrument: 7, Ref: 1, Qty: 3}, {Kind: Deleted, Instrument: 7, Ref: 1}, {Kind: Replaced, Instrument: 7, Ref: 1, Next: 2, Qty: 3, Price: 4},
		{Kind: Traded, Instrument: 7, Side: 'S', Qty: 3, Price: 4, Match: 9}, {Kind: Crossed, Instrument: 7, Qty: 3, Price: 4, Match: 9, Auction: 'L'},
		{Kind: Broken, Instrument: 7, Match: 9}, {Kind: Indicated, Instrument: 7, Qty: 3, Surplus: -3, Price: 4, Auction: 'O'},
	}
}

// TestLayouts: every kind is as long as it says, is read as it was written, and one byte more or less is none.
func TestLayouts(t *testing.T) {
	seen := map[Kind]bool{}
	for _, m := range samples() {
		b, err := Append(nil, &m)
		if err != nil || len(b) != sizes[m.Kind] || len(b) > SizeMax {
			t.Fatalf("%c takes %d bytes: %v", m.Kind, len(b), err)
		}
		var again Message
		if err := Decode(b, &again); err != nil || again != m {
			t.Errorf("%+v is read as %+v, %v", m, again, err)
		}
		if Decode(b[:len(b)-1], &again) == nil || Decode(append(b, 0), &again) == nil {
			t.Errorf("%c is read from another number of bytes", m.Kind)
		}
		seen[m.Kind] = true
	}
	if len(seen) != len(sizes) {
		t.Errorf("%d kinds were tried of %d", len(seen), len(sizes))
	}
}

// TestRefused: what cannot be said is not, and what was there before stays.
func TestRefused(t *testing.T) {
	for _, m := range []Message{
		{}, {Kind: 'Z'}, {Kind: System, Event: 'X'}, {Kind: System, Event: Begins, Time: -1}, {Kind: System, Event: Begins, Time: timeMax + 1},
		{Kind: Add, Ref: 1, Side: 'X', Qty: 1}, {Kind: Add, Ref: 1, Side: 'B'}, {Kind: Add, Side: 'B', Qty: 1}, {Kind: Deleted},
		{Kind: Directory, Listing: Listing{Code: "Қ", Currency: "KZT", Class: 'S', State: 'L', Unit: 1, Lot: 1}},
		{Kind: Directory, Listing: Listing{Currency: "KZT", Class: 'S', State: 'L', Unit: 1, Lot: 1}},
		{Kind: Directory, Listing: Listing{Code: "A ", Currency: "KZT", Class: 'S', State: 'L', Unit: 1, Lot: 1}},
		{Kind: Directory, Listing: Listing{Code: "123456789012345678901234567890123", Currency: "KZT", Class: 'S', State: 'L', Unit: 1, Lot: 1}},
		{Kind: Indicated, Qty: -1, Auction: 'O'}, {Kind: Crossed, Qty: 1, Match: 1, Auction: ' '},
	} {
		if b, err := Append([]byte("before"), &m); !errors.Is(err, ErrMessage) || string(b) != "before" {
			t.Errorf("%+v is written as %q, %v", m, b, err)
		}
	}
}

// FuzzDecode: any bytes are read or refused, never more; and what is read has one form.
func FuzzDecode(f *testing.F) {
	for _, m := range samples() {
		b, _ := Append(nil, &m)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var m Message
		if Decode(b, &m) != nil {
			return
		}
		again, err := Append(nil, &m)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%x is read as %+v and written as %x, %v", b, m, again, err)
		}
	})
}
