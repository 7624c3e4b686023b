package ident_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sauda/base/ident"
)

func TestNew(t *testing.T) {
	at := time.UnixMilli(0x0123456789ab)
	got := ident.New("ord", at, bytes.NewReader(make([]byte, 10)))
	// 01234567-89ab-7000-8000-000000000000, five bits a character.
	if want := "ord_014d2pf2dbe008000000000000"; got != want || !ident.Valid("ord", got) {
		t.Errorf("got %q", got)
	}
	if same := ident.New("ord", at, bytes.NewReader(make([]byte, 10))); same != got {
		t.Errorf("the same moment and randomness gave %q and %q", got, same)
	}
	if born, ok := ident.Born(got); !ok || !born.Equal(at) {
		t.Errorf("born at %v, %v", born, ok)
	}
	defer func() {
		if recover() == nil {
			t.Error("an id without randomness")
		}
	}()
	ident.New("ord", at, bytes.NewReader(nil))
}

func TestIDsSortByTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Int64Range(0, 1<<48-1).Draw(t, "a")
		b := rapid.Int64Range(0, 1<<48-1).Draw(t, "b")
		prefix := rapid.SampledFrom([]string{"ord", "x", "api_key"}).Draw(t, "prefix")
		first, second := ident.New(prefix, time.UnixMilli(a), rand.Reader), ident.New(prefix, time.UnixMilli(b), rand.Reader)
		if (a < b) != (first < second) && a != b {
			t.Fatalf("%q of %d and %q of %d", first, a, second, b)
		}
		if born, ok := ident.Born(first); !ok || born.UnixMilli() != a {
			t.Fatalf("%q was born at %v", first, born)
		}
		if least := ident.Least(prefix, time.UnixMilli(a)); least > first || (b < a) != (second < least) || !ident.Valid(prefix, least) {
			t.Fatalf("the least of %d is %q, which is not between %q and %q of %d", a, least, first, second, b)
		}
		if first == second || !ident.Valid(prefix, first) || ident.Valid("other", first) {
			t.Fatalf("%q and %q", first, second)
		}
	})
}

func TestASequenceCounts(t *testing.T) {
	var ids ident.Sequence
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	last := ""
	for n := range 10_000 { // More than a millisecond has counts.
		id := ids.New("ord", at, rand.Reader)
		if born, ok := ident.Born(id); !ok || born.Sub(at) > 3*time.Millisecond {
			t.Fatalf("the id %d was born at %s", n, born)
		}
		if id <= last {
			t.Fatalf("%s came after %s", id, last)
		}
		last = id
	}
	if later := ids.New("ord", at.Add(time.Second), rand.Reader); later <= last {
		t.Errorf("%s came after %s", later, last)
	}
	back := at.Add(-time.Hour)
	if born, _ := ident.Born(ids.New("ord", back, rand.Reader)); !born.Equal(back) {
		t.Errorf("the clock was set back to %s and the id was born at %s", back, born)
	}
}

func TestValid(t *testing.T) {
	for id, want := range map[string]bool{
		"ord_01234567890123456789abcdef":  true,
		"ord_71234567890123456789abcdef":  true,
		"ord_81234567890123456789abcdef":  false, // More than 128 bits.
		"ord_01234567890123456789abcdel":  false,
		"ord_0123456789012345678901234I":  false,
		"ord_0123456789012345678901234":   false,
		"ord_01234567890123456789abcdeff": false,
		"ord01234567890123456789abcdef0":  false,
		"":                                false,
		"ord":                             false,
	} {
		if got := ident.Valid("ord", id); got != want {
			t.Errorf("%q: %v", id, got)
		}
	}
	if _, ok := ident.Born("01234567890123456789abcdef"); ok {
		t.Error("an id without prefix was born")
	}
}

func TestCode(t *testing.T) {
	seen := make(map[string]bool)
	for range 1000 {
		code := ident.Code(rand.Reader)
		if seen[code] {
			t.Fatalf("%s twice", code)
		}
		seen[code] = true
		if len(code) != 14 || code[4] != '-' || code[9] != '-' || strings.ContainsAny(code, "01ILOU") {
			t.Fatalf("%q", code)
		}
		typed := strings.ToLower(strings.ReplaceAll(code, "-", " "))
		if back, err := ident.ParseCode(typed); err != nil || back != code {
			t.Fatalf("%q is read as %q, %v", typed, back, err)
		}
	}
	for _, bad := range []string{"", "K7QF-3M2D-9XT", "K7QF-3M2D-9XTRR", "K7QF-3M2D-9XT0", "K7QF-3M2D-9XTЖ", strings.Repeat("A", 500)} {
		if code, err := ident.ParseCode(bad); !errors.Is(err, ident.ErrCode) {
			t.Errorf("%q is %q, %v", bad, code, err)
		}
	}
}

// Every letter must come about equally often; 12,000 letters of 29 make 414 each, and 5 standard deviations are 100.
func TestCodeFavoursNoLetter(t *testing.T) {
	counts := make(map[rune]int)
	source := rand.Reader
	for range 1000 {
		for _, r := range strings.ReplaceAll(ident.Code(source), "-", "") {
			counts[r]++
		}
	}
	for letter, n := range counts {
		if n < 290 || n > 540 {
			t.Errorf("%c came %d times", letter, n)
		}
	}
}

func TestKey(t *testing.T) {
	if ident.Key("ab", "c") == ident.Key("a", "bc") || ident.Key() == ident.Key("") || ident.Key("a", "b") == ident.Key("b", "a") {
		t.Error("different parts have one key")
	}
	// Keys are stored: this value must never change.
	if got, want := ident.Key("checkout", "crt_1"), "189nt3rwb9bc2f9s9kn07yym77"; got != want {
		t.Errorf("the key is %q, and was %q", got, want)
	}
}

func BenchmarkNew(b *testing.B) {
	now := time.Now()
	for b.Loop() {
		ident.New("ord", now, rand.Reader)
	}
}
