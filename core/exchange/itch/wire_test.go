package itch_test

import (
	"bytes"
	"errors"
	"testing"

	"sauda/core/exchange/itch"
	"sauda/core/exchange/itch/itchtest"
)

// samples are a message of each kind.
func samples() []itch.Message {
	l := itch.Listing{Code: "KZ1C00000959", Currency: "KZT", Class: 'S', State: 'L', Unit: 1, Lot: 10}
	return []itch.Message{
		{Kind: itch.System, Event: itch.Begins}, {Kind: itch.System, Instrument: 7, Event: itch.Opens}, {Kind: itch.Directory, Instrument: 7, Listing: l},
		{Kind: itch.State, Instrument: 7, Phase: 'T', Auction: ' '}, {Kind: itch.Add, Instrument: 7, Time: 1<<48 - 1, Ref: 1, Side: 'B', Qty: 1 << 40, Price: -5},
		{Kind: itch.Executed, Instrument: 7, Ref: 1, Qty: 3, Match: 9}, {Kind: itch.Priced, Instrument: 7, Ref: 1, Qty: 3, Match: 9, Printable: 'N', Price: 4},
		{Kind: itch.Reduced, Instrument: 7, Ref: 1, Qty: 3}, {Kind: itch.Deleted, Instrument: 7, Ref: 1}, {Kind: itch.Replaced, Instrument: 7, Ref: 1, Next: 2, Qty: 3, Price: 4},
		{Kind: itch.Traded, Instrument: 7, Side: 'S', Qty: 3, Price: 4, Match: 9}, {Kind: itch.Crossed, Instrument: 7, Qty: 3, Price: 4, Match: 9, Auction: 'L'},
		{Kind: itch.Broken, Instrument: 7, Match: 9}, {Kind: itch.Indicated, Instrument: 7, Qty: 3, Surplus: -3, Price: 4, Auction: 'O'},
	}
}

// TestLayouts: every kind is as long as it says, and a reader who knows the documentation only reads what was written.
func TestLayouts(t *testing.T) {
	seen := map[itch.Kind]bool{}
	for _, m := range samples() {
		b, err := itch.Append(nil, &m)
		if err != nil || len(b) > itch.SizeMax {
			t.Fatalf("%c takes %d bytes: %v", m.Kind, len(b), err)
		}
		if again, ok := itchtest.Read(b); !ok || again != m {
			t.Errorf("%+v is read as %+v, %t", m, again, ok)
		}
		seen[m.Kind] = true
	}
	if len(seen) != 13 {
		t.Errorf("%d kinds were tried of 13", len(seen))
	}
}

// TestRefused: what cannot be said is not, and what was there before stays.
func TestRefused(t *testing.T) {
	for _, m := range []itch.Message{
		{}, {Kind: 'Z'}, {Kind: itch.System, Event: 'X'}, {Kind: itch.System, Event: itch.Begins, Time: -1}, {Kind: itch.System, Event: itch.Begins, Time: 1 << 48},
		{Kind: itch.Add, Ref: 1, Side: 'X', Qty: 1}, {Kind: itch.Add, Ref: 1, Side: 'B'}, {Kind: itch.Add, Side: 'B', Qty: 1}, {Kind: itch.Deleted},
		{Kind: itch.Directory, Listing: itch.Listing{Code: "Қ", Currency: "KZT", Class: 'S', State: 'L', Unit: 1, Lot: 1}},
		{Kind: itch.Directory, Listing: itch.Listing{Currency: "KZT", Class: 'S', State: 'L', Unit: 1, Lot: 1}},
		{Kind: itch.Directory, Listing: itch.Listing{Code: "A ", Currency: "KZT", Class: 'S', State: 'L', Unit: 1, Lot: 1}},
		{Kind: itch.Directory, Listing: itch.Listing{Code: "123456789012345678901234567890123", Currency: "KZT", Class: 'S', State: 'L', Unit: 1, Lot: 1}},
		{Kind: itch.Indicated, Qty: -1, Auction: 'O'}, {Kind: itch.Crossed, Qty: 1, Match: 1, Auction: ' '},
	} {
		if b, err := itch.Append([]byte("before"), &m); !errors.Is(err, itch.ErrMessage) || string(b) != "before" {
			t.Errorf("%+v is written as %q, %v", m, b, err)
		}
	}
}

// FuzzAppend: what any bytes say by the documentation is written as the same bytes, or is refused.
func FuzzAppend(f *testing.F) {
	for _, m := range samples() {
		b, _ := itch.Append(nil, &m)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, ok := itchtest.Read(b)
		if !ok {
			return
		}
		if again, err := itch.Append(nil, &m); err == nil && !bytes.Equal(again, b) {
			t.Fatalf("%x is read as %+v and written as %x", b, m, again)
		}
	})
}
