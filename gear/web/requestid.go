package web

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"sync/atomic"
)

// requestIDs names requests: a random beginning for the process and a running number.
type requestIDs struct {
	process [6]byte
	last    atomic.Uint64
}

func newRequestIDs() *requestIDs {
	ids := &requestIDs{}
	_, _ = rand.Read(ids.process[:])
	return ids
}

// of gives the name that the client chose, if it is a plain one, or a new one.
func (ids *requestIDs) of(r *http.Request) string {
	if said := r.Header["X-Request-Id"]; len(said) == 1 && isPlain(said[0]) {
		return said[0]
	}
	var b [12]byte
	copy(b[:], ids.process[:])
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], ids.last.Add(1))
	copy(b[6:], n[2:])
	var text [24]byte
	hex.Encode(text[:], b[:])
	return string(text[:])
}

// isPlain tells whether a foreign name may stand in logs and headers as it is.
func isPlain(s string) bool {
	if len(s) == 0 || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		b := s[i]
		if !('a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '-' || b == '_' || b == '.') {
			return false
		}
	}
	return true
}
