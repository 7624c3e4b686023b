package app

import (
	"context"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"time"
)

const (
	restEvery = time.Second
	restLeast = 4 << 20  // restLeast is how many bytes are allocated between two looks at the least while somebody is there.
	restWorth = 12 << 20 // restWorth is how many must have been allocated since the last rest.
)

// heap is what the runtime says of its memory, in bytes.
type heap struct {
	allocated int64 // allocated is all that ever was.
	live      int64 // live is what the last collection found alive, with what was allocated while it marked.
	beside    int64 // beside is what is neither an object nor free: gaps between objects, stacks, and what the runtime needs for itself.
}

var heapSamples = []string{
	"/gc/heap/allocs:bytes", "/gc/heap/live:bytes", "/memory/classes/total:bytes", "/memory/classes/heap/objects:bytes",
	"/memory/classes/heap/free:bytes", "/memory/classes/heap/released:bytes",
}

func readHeap() heap {
	samples := make([]metrics.Sample, len(heapSamples))
	for i, name := range heapSamples {
		samples[i].Name = name
	}
	metrics.Read(samples)
	of := func(i int) int64 { return int64(samples[i].Value.Uint64()) }
	return heap{of(0), of(1), of(2) - of(3) - of(4) - of(5)}
}

// rest gives memory back to the system when nobody is there. The collector lets garbage grow with what is alive (see
// cmd/sauda), and a house that has nothing to do makes too little of it to be collected soon.
func (h *House) rest(ctx context.Context) error {
	clock := time.NewTicker(restEvery)
	defer clock.Stop()
	limit := debug.SetMemoryLimit(-1)
	fixed := os.Getenv("GOMEMLIMIT") != "" || limit == math.MaxInt64
	var lately [liveLooks]int64
	look := 0
	for last, rested := int64(0), int64(0); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-clock.C:
		}
		now := readHeap()
		lately[look%liveLooks] = now.live
		look++
		now.live = slices.Min(lately[:])
		if wide := widened(limit, now); wide != limit && !fixed {
			limit = wide
			debug.SetMemoryLimit(limit)
			if os.Getenv("GOGC") == "" {
				debug.SetGCPercent(widePercent)
			}
			h.config.Log.Info("memory: the limit of the collector is wider", "alive", now.live, "beside", now.beside, "limit", limit)
		}
		// What is held says nothing: at a rest in the middle of large work much is, and less is ever after.
		if now.allocated-last < restLeast && now.allocated > rested+restWorth {
			if err := h.Store.Rest(ctx); err != nil && ctx.Err() == nil {
				h.config.Log.Warn("memory: the store gives nothing back", "error", err)
			}
			debug.FreeOSMemory()
			now = readHeap()
			rested = now.allocated
		}
		last = now.allocated
	}
}

const (
	// widePercent is how much garbage there may be beside what is alive once the limit was widened: what is allocated while
	// the collector marks counts as alive, so that with more room, and no limit near, each round would allow the next one to
	// be larger.
	widePercent = 100
	// roomLeast is how much garbage there can be at the least between two collections, and roomShare the part of what is
	// alive if that is more, so that the collector does not begin anew as soon as it has ended.
	roomLeast, roomShare = 24 << 20, 3
	// liveLooks is over how many looks what is alive is judged, by the least: what was allocated while the collector marked is
	// garbage at the next look.
	liveLooks = 4
	// wideStep is how far the limit moves at the least.
	wideStep = 8 << 20
)

// widened moves the limit of the collector away from what is alive: a house whose caches are full, or that has a million
// goods, needs more than one with ten thousand that nobody has looked at, and a collector without room runs without a
// pause. The limit is for all memory of the runtime, so what is beside the heap counts.
func widened(limit int64, now heap) int64 {
	if least := now.beside + now.live + max(roomLeast, now.live/roomShare); least > limit {
		return max(least, limit+wideStep)
	}
	return limit
}
