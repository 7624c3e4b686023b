// Package ident is about names of things: the ids that Sauda gives, and the numbers by which the world knows people,
// companies, goods, accounts and parcels.
//
// Each Parse takes a number as people write it, with spaces, dashes and small letters, and gives it in the one form in
// which it is stored, or a fault that says what the number must look like. A parsed number is well formed; whether it
// was ever given to anyone, only its register knows. Telephone numbers are in ident/phone, because their tables are
// large.
package ident

import (
	"crypto/sha256"
	"encoding/binary"
	"io"
	"math/bits"
	"strings"
	"sync"
	"time"
)

// alphabet is Crockford's base 32 in small letters: it sorts as its bytes do and has no i, l, o, u.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// idLength is what 128 bits need at five bits a character.
const idLength = 26

// New gives a new id: a prefix that says what it names, "_", and a UUID of version 7 (RFC 9562 §5.7) in 26 characters.
// Ids sort by the millisecond in which they were made; of one millisecond they are in no order. The 74 random bits are
// read from random, which must not fail: an id that others can guess, or that two things share, is worse than a crash.
func New(prefix string, at time.Time, random io.Reader) string {
	var uuid [16]byte
	fill(uuid[6:], random)
	return sealed(prefix, uuid, uint64(at.UnixMilli()))
}

// Least gives the id that sorts before all that New gives at an instant and after all that it gave before. As ids begin with
// the time, days are bounds of ids and need no index of their own.
func Least(prefix string, at time.Time) string {
	return sealed(prefix, [16]byte{}, uint64(at.UnixMilli()))
}

// Sequence makes ids that sort in the order in which they were made, within a millisecond too: 12 bits count on and 62
// are random (RFC 9562 §6.2, method 1). The zero value is ready; many goroutines may use one.
type Sequence struct {
	mu   sync.Mutex
	last uint64 // last is the millisecond and the count of the last id.
}

const (
	countBits = 12
	// aheadMax is how far, in milliseconds, counting may run ahead of the clock; beyond it the clock was set back.
	aheadMax = 1000
)

// New gives an id as the function New does.
func (s *Sequence) New(prefix string, at time.Time, random io.Reader) string {
	var uuid [16]byte
	fill(uuid[8:], random)
	next := s.next(uint64(at.UnixMilli()))
	binary.BigEndian.PutUint16(uuid[6:], uint16(next&(1<<countBits-1)))
	return sealed(prefix, uuid, next>>countBits)
}

func (s *Sequence) next(milliseconds uint64) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := milliseconds << countBits
	if s.last >= now && s.last>>countBits-milliseconds < aheadMax {
		now = s.last + 1
	}
	s.last = now
	return now
}

func fill(bytes []byte, random io.Reader) {
	if _, err := io.ReadFull(random, bytes); err != nil {
		panic("ident: no randomness: " + err.Error())
	}
}

// sealed writes the time, the version and the variant into a UUID whose other bits are set, and gives it as an id.
func sealed(prefix string, uuid [16]byte, milliseconds uint64) string {
	binary.BigEndian.PutUint16(uuid[0:], uint16(milliseconds>>32))
	binary.BigEndian.PutUint32(uuid[2:], uint32(milliseconds))
	uuid[6] = 0x70 | uuid[6]&0x0f // Version 7.
	uuid[8] = 0x80 | uuid[8]&0x3f // The variant of RFC 9562.
	id := make([]byte, 0, len(prefix)+1+idLength)
	id = append(id, prefix...)
	id = append(id, '_')
	return string(appendBase32(id, uuid))
}

// appendBase32 adds 128 bits as 26 characters, the first of which holds three bits.
func appendBase32(text []byte, data [16]byte) []byte {
	high, low := binary.BigEndian.Uint64(data[:8]), binary.BigEndian.Uint64(data[8:])
	var out [idLength]byte
	for i := idLength - 1; i >= 0; i-- {
		out[i] = alphabet[low&31]
		low = low>>5 | high<<59
		high >>= 5
	}
	return append(text, out[:]...)
}

// Valid says whether an id has the form that New gives for the prefix.
func Valid(prefix, id string) bool {
	body, ok := strings.CutPrefix(id, prefix)
	if !ok || len(body) != idLength+1 || body[0] != '_' || body[1] > '7' {
		return false
	}
	for i := 1; i < len(body); i++ {
		if strings.IndexByte(alphabet, body[i]) < 0 {
			return false
		}
	}
	return true
}

// Born gives the millisecond in which New made an id, in UTC; ok is false for what New did not make.
func Born(id string) (at time.Time, ok bool) {
	prefix, body, cut := strings.Cut(id, "_")
	for cut && strings.Contains(body, "_") { // The prefix may hold an underscore itself.
		var more string
		more, body, cut = strings.Cut(body, "_")
		prefix += "_" + more
	}
	if !Valid(prefix, id) {
		return time.Time{}, false
	}
	var milliseconds uint64
	for i := range 10 { // 10 characters hold the first 48 bits, with two zero bits in front.
		milliseconds = milliseconds<<5 | uint64(strings.IndexByte(alphabet, body[i]))
	}
	return time.UnixMilli(int64(milliseconds)).UTC(), true
}

// codeAlphabet leaves out 0, 1, I, L, O and U, which are taken for each other when read aloud or copied by hand.
const codeAlphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

const (
	codeLength = 12 // codeLength gives 58 bits: a billion live codes leave one guess in five hundred million.
	codeGroup  = 4
)

// Code gives a short unguessable code for people, such as "K7QF-3M2D-9XTR". It has 58 random bits, so it keeps a door
// only where guesses are counted. random must not fail.
func Code(random io.Reader) string {
	var seed [16]byte
	if _, err := io.ReadFull(random, seed[:]); err != nil {
		panic("ident: no randomness: " + err.Error())
	}
	high, low := binary.BigEndian.Uint64(seed[:8]), binary.BigEndian.Uint64(seed[8:])
	const base = uint64(len(codeAlphabet))
	code := make([]byte, 0, codeLength+codeLength/codeGroup-1)
	for i := range codeLength {
		if i > 0 && i%codeGroup == 0 {
			code = append(code, '-')
		}
		var rest uint64 // 128 bits are so many more than 58 that no letter is favoured by more than 2⁻⁶⁰.
		high, rest = high/base, high%base
		low, rest = bits.Div64(rest, low, base)
		code = append(code, codeAlphabet[rest])
	}
	return string(code)
}

// ParseCode reads a code as people type it, with small letters, spaces and without dashes.
func ParseCode(s string) (string, error) {
	compact := compact(s)
	if len(compact) != codeLength {
		return "", ErrCode.About("%.40q", s)
	}
	for i := range codeLength {
		if strings.IndexByte(codeAlphabet, compact[i]) < 0 {
			return "", ErrCode.About("%.40q", s)
		}
	}
	return compact[:4] + "-" + compact[4:8] + "-" + compact[8:], nil
}

// Key gives a stable key of some parts: the same parts in the same order always give the same 26 characters, and other
// parts give others. It is for keys that must not change when a story is told again.
func Key(parts ...string) string {
	hash := sha256.New()
	var length [8]byte
	for _, part := range parts { // Lengths stand in front, so that ("ab", "c") differs from ("a", "bc").
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		hash.Write(length[:])
		hash.Write([]byte(part))
	}
	sum := hash.Sum(nil)
	return string(appendBase32(nil, [16]byte(sum[:16])))
}

// compact drops the spaces and dashes by which people group a number, and raises its letters.
func compact(s string) string {
	if len(s) > 128 { // No number is that long; what is left is refused for its length.
		return ""
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ', r == '\t', r == '-', r == '\u00a0', r == '\u202f', r == '\u2009', r == '‐', r == '‑', r == '–', r == '−':
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

// numeric says whether a text is digits only, and at least one.
func numeric(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
