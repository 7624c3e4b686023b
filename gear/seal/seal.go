// Package seal keeps secrets that the house has to be able to read again: what a gateway gives for a card, and the like.
//
// A secret is sealed by AES-256-GCM (NIST SP 800-38D) with a key that lies apart from the store, and for one purpose: a
// text that says what it is and whose. Copied to somebody else's row it opens nothing. Passwords are no such secrets: of
// them only a hash is kept (gear/session).
//
// Several keys may be known. The first one seals, all of them open, so a key is changed by putting a new one before it.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// keyLength is that of AES-256, in bytes.
const keyLength = 32

// ErrSealed says that a secret cannot be opened: by none of the keys, or not for this purpose.
var ErrSealed = errors.New("seal: this secret was sealed with another key or for another purpose")

// Keys seal and open. The zero Keys can do neither.
type Keys struct{ all []key }

// key is one key, and the mark by which what it sealed is known.
type key struct {
	mark  string
	aead  cipher.AEAD
	proof []byte // proof is the key of proofs, which is made of this one.
}

// Parse reads keys as they are configured: 32 bytes each in standard base64, one beside the other with spaces, commas or
// new lines between. No text gives no keys.
func Parse(text string) (Keys, error) {
	var keys Keys
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == '\t' }) {
		raw, err := base64.StdEncoding.DecodeString(one)
		if err != nil || len(raw) != keyLength {
			return Keys{}, errors.New("seal: a key is 32 random bytes in base64; make one by: openssl rand -base64 32")
		}
		block, err := aes.NewCipher(raw)
		if err != nil {
			return Keys{}, fmt.Errorf("seal: %w", err)
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return Keys{}, fmt.Errorf("seal: %w", err)
		}
		sum := sha256.Sum256(raw)
		keys.all = append(keys.all, key{hex.EncodeToString(sum[:4]), aead, digest(raw, "seal: the key of proofs")})
	}
	return keys, nil
}

// Open reads the keys of a file, which only its owner may read. A file that is not there is made, with a fresh key; of
// several processes that make it at once, one wins and all have its key.
func Open(path string) (Keys, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = create(path); err != nil {
			return Keys{}, fmt.Errorf("seal: the file of keys: %w", err)
		}
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return Keys{}, fmt.Errorf("seal: the file of keys: %w", err)
	}
	keys, err := Parse(string(text))
	if err == nil && !keys.Ready() {
		err = errors.New("seal: there is no key in it")
	}
	if err != nil {
		return Keys{}, fmt.Errorf("%s: %w", path, err)
	}
	return keys, nil
}

// create makes a file with a fresh key. It appears whole or not at all, and one that is there already stays.
func create(path string) error {
	raw := make([]byte, keyLength)
	_, _ = rand.Read(raw) // crypto/rand ends the process rather than fail.
	draft, err := os.CreateTemp(filepath.Dir(path), ".seal-*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // The file has another name by then.
	_, err = draft.WriteString(base64.StdEncoding.EncodeToString(raw) + "\n")
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	if err = os.Link(draft.Name(), path); errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// Ready tells whether there is a key.
func (k Keys) Ready() bool { return len(k.all) > 0 }

// Seal seals a secret for a purpose. Sealed twice it looks different each time.
func (k Keys) Seal(secret, purpose string) (string, error) {
	if !k.Ready() {
		return "", errors.New("seal: there is no key")
	}
	first := k.all[0]
	nonce := make([]byte, first.aead.NonceSize())
	_, _ = rand.Read(nonce) // crypto/rand ends the process rather than fail.
	sealed := first.aead.Seal(nonce, nonce, []byte(secret), []byte(purpose))
	return first.mark + "." + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Proof gives a mark of a text for a purpose, from which the text cannot be read nor guessed without the key: HMAC-SHA-256
// (RFC 2104), in hexadecimal digits. The same text has the same proof as long as the oldest key is known, however many are
// put before it. Without a key there is no proof.
func (k Keys) Proof(purpose, text string) string {
	if !k.Ready() {
		return ""
	}
	oldest := k.all[len(k.all)-1].proof
	return hex.EncodeToString(digest(digest(oldest, purpose), text))
}

// digest is the HMAC of a text.
func digest(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(text)) // It never fails.
	return mac.Sum(nil)
}

// Open gives a secret back, or ErrSealed.
func (k Keys) Open(sealed, purpose string) (string, error) {
	mark, body, _ := strings.Cut(sealed, ".")
	raw, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		return "", ErrSealed
	}
	for _, one := range k.all {
		size := one.aead.NonceSize()
		if one.mark != mark || len(raw) < size {
			continue
		}
		if secret, err := one.aead.Open(nil, raw[:size], raw[size:], []byte(purpose)); err == nil {
			return string(secret), nil
		}
	}
	return "", ErrSealed
}
