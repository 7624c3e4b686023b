package seal_test

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sauda/gear/seal"
)

// keyOf is a key of 32 equal bytes.
func keyOf(b byte) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(rune(b)), 32)))
}

func parsed(t *testing.T, text string) seal.Keys {
	t.Helper()
	keys, err := seal.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func sealed(t *testing.T, k seal.Keys, secret, purpose string) string {
	t.Helper()
	s, err := k.Seal(secret, purpose)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSealedForOnePurpose opens what was sealed only whole, by its key and for its purpose.
func TestSealedForOnePurpose(t *testing.T) {
	old, both, other := parsed(t, keyOf('a')), parsed(t, keyOf('b')+"\n"+keyOf('a')), parsed(t, keyOf('c'))
	s := sealed(t, old, "cof_secret", "card pty_1")
	if strings.Contains(s, "secret") || s == sealed(t, old, "cof_secret", "card pty_1") {
		t.Errorf("it is sealed as %s", s)
	}
	for _, keys := range []seal.Keys{old, both} {
		if got, err := keys.Open(s, "card pty_1"); err != nil || got != "cof_secret" {
			t.Errorf("opened: %q, %v", got, err)
		}
	}
	for name, open := range map[string]func() (string, error){
		"another purpose": func() (string, error) { return old.Open(s, "card pty_2") },
		"another key":     func() (string, error) { return other.Open(s, "card pty_1") },
		"no key":          func() (string, error) { return seal.Keys{}.Open(s, "card pty_1") },
		"the new key":     func() (string, error) { return old.Open(sealed(t, both, "x", "p"), "p") },
		"cut off":         func() (string, error) { return old.Open(s[:len(s)-2], "card pty_1") },
		"nothing":         func() (string, error) { return old.Open("", "card pty_1") },
		"a mark alone":    func() (string, error) { return old.Open(s[:9], "card pty_1") },
		"no seal":         func() (string, error) { return old.Open(s[:9]+"!", "card pty_1") },
	} {
		if got, err := open(); !errors.Is(err, seal.ErrSealed) || got != "" {
			t.Errorf("%s opens it: %q, %v", name, got, err)
		}
	}
	if _, err := (seal.Keys{}).Seal("x", "p"); err == nil {
		t.Error("sealed without a key")
	}
}

// TestProof: a proof is the same under the oldest key, another for another text, purpose or key, and says nothing.
func TestProof(t *testing.T) {
	old, both, other := parsed(t, keyOf('a')), parsed(t, keyOf('b')+"\n"+keyOf('a')), parsed(t, keyOf('c'))
	p := old.Proof("coupon", "+77010000000")
	if len(p) != 64 || p != both.Proof("coupon", "+77010000000") {
		t.Errorf("it is %s, with a new key %s", p, both.Proof("coupon", "+77010000000"))
	}
	for name, q := range map[string]string{"text": old.Proof("coupon", "+77010000001"), "purpose": old.Proof("card", "+77010000000"),
		"border": old.Proof("coupon+", "77010000000"), "key": other.Proof("coupon", "+77010000000")} {
		if q == p {
			t.Errorf("another %s has the same proof", name)
		}
	}
	if p := (seal.Keys{}).Proof("coupon", "x"); p != "" {
		t.Errorf("without a key: %s", p)
	}
}

func TestKeysAreJudged(t *testing.T) {
	for _, bad := range []string{"short", base64.StdEncoding.EncodeToString([]byte("sixteen bytes...")), keyOf('a') + ",x"} {
		if _, err := seal.Parse(bad); err == nil || strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if keys, err := seal.Parse(" \n"); err != nil || keys.Ready() {
		t.Errorf("no text gives keys: %v", err)
	}
}

// TestAFileOfKeys opens the file of a house many times at once: it is made once, for its owner alone.
func TestAFileOfKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seal.key")
	var all [8]seal.Keys
	var wait sync.WaitGroup
	for i := range all {
		wait.Go(func() {
			var err error
			if all[i], err = seal.Open(path); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	s := sealed(t, all[0], "x", "p")
	for _, keys := range all {
		if got, err := keys.Open(s, "p"); err != nil || got != "x" {
			t.Errorf("%q, %v", got, err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Open(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a file without a key: %v", err)
	}
}
