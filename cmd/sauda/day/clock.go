package day

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// clock is the time of the town. It moves when the days do, and by a microsecond whenever somebody looks, so that no two
// things happen at the same instant.
type clock struct{ micros atomic.Int64 }

func newClock(at time.Time) *clock {
	c := &clock{}
	c.micros.Store(at.UnixMicro())
	return c
}

// now is the time.
func (c *clock) now() time.Time { return time.UnixMicro(c.micros.Add(1)).UTC() }

// pass lets time pass.
func (c *clock) pass(d time.Duration) { c.micros.Add(d.Microseconds()) }

// at moves the clock forward to an instant; it never goes back.
func (c *clock) at(when time.Time) { c.micros.Store(max(c.micros.Load(), when.UnixMicro())) }

// luck is a source of random bytes that gives the same ones for the same seed, to many goroutines.
type luck struct {
	mu   sync.Mutex
	from *rand.ChaCha8
}

func newLuck(seed uint64) *luck {
	var key [32]byte
	for n := range 8 {
		key[n] = byte(seed >> (8 * n))
	}
	return &luck{from: rand.NewChaCha8(key)}
}

// Read implements io.Reader.
func (l *luck) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.from.Read(p)
}
