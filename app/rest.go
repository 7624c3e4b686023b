package app

import (
	"context"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	restEvery = time.Second
	restLeast = 4 << 20  // restLeast is how many bytes are allocated between two looks at the least while somebody is there.
	restWorth = 12 << 20 // restWorth is how many must have been allocated since the last rest.
)

// rest gives memory back to the system when nobody is there. The collector lets garbage grow with what is alive (see
// cmd/sauda), and a house that has nothing to do makes too little of it to be collected soon.
func (h *House) rest(ctx context.Context) error {
	clock := time.NewTicker(restEvery)
	defer clock.Stop()
	samples := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/live:bytes"}}
	read := func() (allocated, live uint64) {
		metrics.Read(samples)
		return samples[0].Value.Uint64(), samples[1].Value.Uint64()
	}
	for last, rested := uint64(0), uint64(0); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-clock.C:
		}
		allocated, live := read()
		h.widen(live)
		// What is held says nothing: at a rest in the middle of large work much is, and less is ever after.
		if allocated-last < restLeast && allocated > rested+restWorth {
			if err := h.Store.Rest(ctx); err != nil && ctx.Err() == nil {
				h.config.Log.Warn("memory: the store gives nothing back", "error", err)
			}
			debug.FreeOSMemory()
			allocated, _ = read()
			rested = allocated
		}
		last = allocated
	}
}

// widen moves the limit of the collector away from what is alive: a house with a million goods needs more than one with
// ten thousand, and a limit that is reached makes the collector run without a pause. From then on garbage may grow only as
// large as what is alive: what is allocated while the collector marks counts as alive, so that with more room, and no limit
// near, each round would allow the next one to be larger. What the environment has set stays.
func (h *House) widen(live uint64) {
	limit := debug.SetMemoryLimit(-1)
	if os.Getenv("GOMEMLIMIT") != "" || limit == math.MaxInt64 || int64(live) < limit/3*2 {
		return
	}
	debug.SetMemoryLimit(int64(live) / 2 * 3)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(100)
	}
	h.config.Log.Info("memory: the limit of the collector is wider", "alive", live, "limit", int64(live)/2*3)
}
