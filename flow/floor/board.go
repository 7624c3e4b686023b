package floor

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"sauda/core/exchange/feed"
	"sauda/core/exchange/venue"
)

// Board is what the public sees of a market that runs. All methods may be called from any goroutine.
type Board struct {
	floor *Floor
	mu    sync.RWMutex
	feed  *feed.Feed
	ready bool // ready says that the feed has seen the market.
	lines listeners[[]feed.Change]
	late  *Board        // late shows the same later, or is nil.
	by    time.Duration // by is how much later.
	crowd atomic.Int64  // crowd is how many are told of each change, as far as the board was told of them.
}

// Line hears of what has changed, from a moment on.
type Line struct {
	// Changes gives changes in the order of their numbers. They belong to all who hear of them. It is closed when the floor
	// closes, and when whoever listens is too slow: then Listen again, and begin with what Show shows.
	Changes <-chan []feed.Change
	changes chan []feed.Change
}

const (
	crowdFor    = 250 * time.Microsecond // crowdFor is how much longer changes gather for each one of a crowd that is told of them,
	crowdMax    = 2000                   // crowdMax is for how many of them at most: half a second.
	gatherFor   = 40 * time.Millisecond  // gatherFor is how long changes gather before they are told: an eye sees no sooner.
	lineChanges = 64                     // lineChanges is how far a line may fall behind before it is cut off.
	reseedAfter = time.Second            // reseedAfter is how long a board rests before it begins anew.
)

// NewBoard gives the board of a floor. It shows nothing before Run.
func NewBoard(f *Floor) *Board {
	return &Board{floor: f, feed: feed.New(), lines: make(listeners[[]feed.Change])}
}

// Run follows the market until ctx ends or the floor closes. Recall may give trades from before for an instrument, the oldest
// first; it may be nil.
func (b *Board) Run(ctx context.Context, recall func(ctx context.Context, instrument uint32) ([]feed.Tick, error)) {
	var trails sync.WaitGroup
	defer trails.Wait()
	defer b.cutAll()
	trails.Go(func() { b.trail(ctx) })
	for ctx.Err() == nil {
		err := b.follow(ctx, recall)
		if errors.Is(err, ErrClosed) {
			return
		}
		if err != nil && ctx.Err() == nil {
			b.floor.config.Log.Error("the board of the exchange begins anew", "err", err)
		}
		select { // Or the market was faster than the board.
		case <-time.After(reseedAfter):
		case <-ctx.Done():
		}
	}
}

// follow shows the market to a new feed and follows it, until it is cut off.
func (b *Board) follow(ctx context.Context, recall func(context.Context, uint32) ([]feed.Tick, error)) error {
	w, err := b.floor.Watch()
	if err != nil {
		return err
	}
	defer b.floor.Leave(w)
	fresh := feed.New()
	var known []uint32
	if err := b.floor.Look(ctx, func(v *venue.Venue) {
		fresh.Seed(v)
		for _, d := range v.Days() {
			known = append(known, d.Instrument)
		}
	}); err != nil {
		return err
	}
	for _, number := range known {
		if recall == nil {
			break
		}
		ticks, err := recall(ctx, number)
		if err != nil {
			return err
		}
		fresh.Recall(number, ticks)
	}
	b.cutAll() // Numbers begin anew.
	b.mu.Lock()
	b.feed, b.ready = fresh, true
	b.mu.Unlock()
	return b.gather(ctx, w)
}

// gather takes events as they come, and tells what has changed now and then.
func (b *Board) gather(ctx context.Context, w *Watch) error {
	var events []venue.Event
	clock := time.NewTimer(gatherFor)
	defer clock.Stop()
	for {
		select {
		case more, open := <-w.Events:
			if !open {
				return nil
			}
			if len(events) == 0 {
				clock.Reset(gatherFor + time.Duration(b.crowd.Load())*crowdFor)
			}
			events = append(events, more...) // Those of a batch belong to all who hear of it.
		case <-clock.C:
			if len(events) > 0 {
				b.take(events)
				events = events[:0]
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (b *Board) take(events []venue.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	changes := b.feed.Take(events)
	if len(changes) == 0 {
		return
	}
	b.lines.tell(changes)
}

// Crowd says how many are told of each change. The more they are, the longer changes gather, so that the market has room for
// its orders beside them.
func (b *Board) Crowd(n int) {
	if b != nil {
		b.crowd.Store(int64(min(n, crowdMax)))
	}
}

// Show shows the feed as it is. Nothing of it may be kept or changed. Before the board has seen the market it is ErrClosed.
func (b *Board) Show(show func(*feed.Feed)) error {
	if b == nil {
		return ErrElsewhere
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	if !b.ready {
		return ErrClosed
	}
	show(b.feed)
	return nil
}

// Listen begins to listen, and shows the feed as it is at that moment: the first change that the line hears of is the one
// behind.
func (b *Board) Listen(show func(*feed.Feed)) (*Line, error) {
	if b == nil {
		return nil, ErrElsewhere
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ready {
		return nil, ErrClosed
	}
	show(b.feed)
	line := &Line{changes: b.lines.join(lineChanges)}
	line.Changes = line.changes
	return line, nil
}

// Leave ends a line.
func (b *Board) Leave(line *Line) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines.part(line.changes)
}

func (b *Board) cutAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines.end()
	b.ready = false
}
