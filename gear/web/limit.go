package web

import (
	"hash/maphash"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"sauda/base/fault"
	"sauda/gear/db"
)

const (
	shards = 16
	// clientsMax bounds the clients that one shard remembers (about 64 bytes each).
	clientsMax = 8192
)

// limiter lets each client do something so often (a generic cell rate: one number a client says when its bucket will be
// full again). It remembers a bounded number of clients; those whose bucket is full are forgotten first, which changes
// nothing for them.
type limiter struct {
	every time.Duration // every is the time in which one token comes back.
	burst time.Duration // burst is the time in which a whole bucket does.
	seed  maphash.Seed
	shard [shards]struct {
		sync.Mutex
		full map[string]time.Time // full is when the bucket of a client is full again.
	}
}

func newLimiter(r Rate) *limiter {
	every := time.Second / time.Duration(r.PerSecond)
	l := &limiter{every: every, burst: every * time.Duration(r.Burst), seed: maphash.MakeSeed()}
	for i := range l.shard {
		l.shard[i].full = make(map[string]time.Time)
	}
	return l
}

// take takes one token of a client, or says how long to wait for one.
func (l *limiter) take(client string, now time.Time) (wait time.Duration) {
	s := &l.shard[maphash.String(l.seed, client)%shards]
	s.Lock()
	defer s.Unlock()
	full := s.full[client]
	if full.Before(now) {
		full = now
	}
	full = full.Add(l.every)
	if wait := full.Sub(now) - l.burst; wait > 0 {
		return wait
	}
	if len(s.full) >= clientsMax {
		l.forget(s.full, now)
	}
	s.full[client] = full
	return 0
}

// forget makes room: for clients whose bucket is full it makes no difference; under a flood of addresses some others go.
func (l *limiter) forget(full map[string]time.Time, now time.Time) {
	for client, at := range full {
		if !at.After(now) {
			delete(full, client)
		}
	}
	for client := range full {
		if len(full) < clientsMax*3/4 {
			return
		}
		delete(full, client)
	}
}

// limited is the refusal with the time to wait.
func limited(wait time.Duration) error {
	return fault.With(ErrLimited, "retry_after", int64((wait+time.Second-1)/time.Second))
}

// addressRate takes a token of the client's address. An IPv6 client has a whole /64 to choose from, so that counts.
func (c *call) addressRate() error {
	if c.server.o.Limits.Off {
		return nil
	}
	from := c.address()
	if from.Is6() {
		if network, err := from.Prefix(64); err == nil {
			from = network.Addr()
		}
	}
	l := c.server.writes
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead {
		l = c.server.reads
	}
	if wait := l.take(addressKey(from), c.began); wait > 0 {
		return limited(wait)
	}
	return nil
}

// addressKey is the bytes of an address as a key.
func addressKey(a netip.Addr) string {
	b := a.As16()
	return string(b[:])
}

// spokenRate takes a token of the session or key that speaks.
func (c *call) spokenRate() error {
	if c.server.o.Limits.Off || c.who.Session == "" || c.who.Kind == db.KindGuest {
		return nil
	}
	if wait := c.server.spoken.take(c.who.Session, c.began); wait > 0 {
		return limited(wait)
	}
	return nil
}
