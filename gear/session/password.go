package session

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed" // For the list of common passwords.
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"sauda/base/fault"
)

// Parameters of argon2id: OWASP's first choice (19 MiB, two passes), which is RFC 9106's second recommendation made
// smaller, so that a few sign-ins at once fit into a small machine.
const (
	hashMemory  = 19 * 1024 // KiB
	hashPasses  = 2
	hashThreads = 1
	hashSalt    = 16
	hashSize    = 32
)

// The length of a password in characters (NIST SP 800-63B §3.1.1.2 asks for at least 8 and accepts 64 and more).
const (
	PasswordMin = 8
	PasswordMax = 128
)

// hashing bounds how many passwords are hashed at once: each takes hashMemory and a whole core.
var hashing = make(chan struct{}, max(2, runtime.NumCPU()))

//go:embed common.txt
var commonText string

var common = sync.OnceValue(func() map[string]bool {
	set := make(map[string]bool)
	for word := range strings.Lines(commonText) {
		set[strings.TrimSpace(word)] = true
	}
	return set
})

// Judge refuses a password that is too short, too long, or among the first that anybody would try: a common one, one
// character again and again, or a run like 12345678. Nothing else is asked of it.
func Judge(password string) error {
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return ErrPassword.At("/password", fault.Say("Use letters, digits and signs only."))
	case n < PasswordMin:
		return ErrPassword.At("/password", fault.Say("Use at least {n} characters.").With("n", PasswordMin))
	case n > PasswordMax:
		return ErrPassword.At("/password", fault.Say("Use at most {n} characters.").With("n", PasswordMax))
	}
	plain := strings.ToLower(norm.NFKC.String(password))
	if common()[plain] || monotone([]rune(plain)) {
		return ErrPassword.At("/password", fault.Say("This password is too easy to guess."))
	}
	return nil
}

// monotone tells whether every character is as far from the one before it: aaaaaaaa, abcdefgh, 87654321.
func monotone(word []rune) bool {
	step := word[1] - word[0]
	if step < -1 || step > 1 {
		return false
	}
	for i := 2; i < len(word); i++ {
		if word[i]-word[i-1] != step {
			return false
		}
	}
	return true
}

// Hash judges a password and gives what is stored instead of it (argon2id in PHC form). It takes about 20 ms of one core
// and waits for its turn; ctx bounds the waiting.
func Hash(ctx context.Context, password string) (string, error) {
	if err := Judge(password); err != nil {
		return "", err
	}
	salt := make([]byte, hashSalt)
	_, _ = rand.Read(salt)
	sum, err := derive(ctx, password, recipe{hashMemory, hashPasses, hashThreads, salt, hashSize})
	if err != nil {
		return "", err
	}
	code := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashPasses, hashThreads,
		code.EncodeToString(salt), code.EncodeToString(sum)), nil
}

// Verify tells whether a password is the one that was hashed. An empty hash (no such user) takes as long as any other
// and fits nothing, so that the time of an answer does not tell who has an account. The error is ErrMismatch, or says
// that the hash cannot be read.
func Verify(ctx context.Context, hash, password string) error {
	known := hash != ""
	if !known {
		hash = nobody()
	}
	r, want, err := parse(hash)
	if err != nil {
		return err
	}
	if len(password) > 4*PasswordMax {
		return ErrMismatch
	}
	got, err := derive(ctx, password, r)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(got, want) != 1 || !known {
		return ErrMismatch
	}
	return nil
}

// nobody is a hash that belongs to no user.
var nobody = sync.OnceValue(func() string {
	h, err := Hash(context.Background(), secret())
	if err != nil {
		panic(err)
	}
	return h
})

type recipe struct {
	memory, passes uint32
	threads        uint8
	salt           []byte
	size           uint32
}

func parse(hash string) (recipe, []byte, error) {
	parts := strings.Split(hash, "$")
	var r recipe
	var version int
	if len(parts) != 6 || parts[1] != "argon2id" {
		return r, nil, fmt.Errorf("session: a stored password has an unknown form")
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &r.memory, &r.passes, &r.threads); err != nil {
		return r, nil, fmt.Errorf("session: a stored password cannot be read: %w", err)
	}
	if version != argon2.Version || r.memory > 1<<20 || r.passes == 0 || r.passes > 16 || r.threads == 0 {
		return r, nil, fmt.Errorf("session: a stored password has parameters out of range")
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return r, nil, fmt.Errorf("session: a stored salt cannot be read: %w", err)
	}
	sum, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(sum) < 16 || len(sum) > 128 {
		return r, nil, fmt.Errorf("session: a stored password cannot be read: %w", err)
	}
	r.salt, r.size = salt, uint32(len(sum))
	return r, sum, nil
}

// derive waits for its turn and hashes. Composed and decomposed letters count as the same (RFC 8265 asks for NFC).
func derive(ctx context.Context, password string, r recipe) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-hashing }()
	return argon2.IDKey(norm.NFC.Bytes([]byte(password)), r.salt, r.passes, r.memory, r.threads, r.size), nil
}
