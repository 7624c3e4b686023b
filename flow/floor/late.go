package floor

import (
	"context"
	"errors"
	"time"

	"sauda/core/exchange/feed"
	"sauda/gear/db"
)

// Behind makes a board that shows the same so much later, for those who are not entitled to see the market as it is now. Zero
// is none. It is called before Run.
func (b *Board) Behind(by time.Duration) {
	if b != nil && by > 0 {
		b.late, b.by = NewBoard(b.floor), by
	}
}

// For gives the board that somebody may see: see Floor.Entitled. All faces show what it gives.
func (b *Board) For(who db.Who) *Board {
	if b == nil || b.late == nil || b.floor.Entitled(who) {
		return b
	}
	return b.late
}

// Late gives the board of those who are not entitled, which may be the same one, and how much later it is.
func (b *Board) Late() (*Board, time.Duration) {
	if b == nil || b.late == nil {
		return b, 0
	}
	return b.late, b.by
}

// told is what was told at a time: a market to begin with, or what has changed of it.
type told struct {
	at      int64
	seed    *feed.Feed
	changes []feed.Change
}

// trailEvery is how exact it is how late a board is.
const trailEvery = 100 * time.Millisecond

// trail has the late board follow this one until ctx ends or the floor closes.
func (b *Board) trail(ctx context.Context) {
	if b.late == nil {
		return
	}
	defer b.late.cutAll()
	var waits []told
	clock := time.NewTicker(trailEvery)
	defer clock.Stop()
	var line *Line
	for {
		if line == nil {
			fresh, err := b.Listen(func(f *feed.Feed) { waits = append(waits, told{at: b.floor.now(), seed: f.Public()}) })
			if errors.Is(err, ErrClosed) && b.floor.wake.Err() != nil {
				return
			}
			if line = fresh; err == nil && len(waits) == 1 {
				b.late.begin(waits[0].seed.Past(b.floor.now() - b.by.Microseconds())) // Until the first time has come.
			}
		}
		select {
		case changes, open := <-line.heard():
			if !open {
				line = nil // The board begins anew, and so will this one, when its time has come.
				continue
			}
			waits = append(waits, told{at: b.floor.now(), changes: changes})
		case <-clock.C:
			waits = b.late.catch(waits, b.floor.now()-b.by.Microseconds())
		case <-ctx.Done():
			if line != nil {
				b.Leave(line)
			}
			return
		}
	}
}

// heard gives what a line hears; one that is not there hears nothing.
func (l *Line) heard() <-chan []feed.Change {
	if l == nil {
		return nil
	}
	return l.Changes
}

// begin shows another feed from now on. Whoever listens begins anew.
func (b *Board) begin(f *feed.Feed) {
	b.cutAll()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.feed, b.ready = f, true
}

// catch takes what was told up to a time, and gives what has yet to wait.
func (b *Board) catch(waits []told, upTo int64) []told {
	for len(waits) > 0 && waits[0].at <= upTo {
		if next := waits[0]; next.seed != nil {
			b.begin(next.seed)
		} else {
			b.mu.Lock()
			b.feed.Follow(next.changes)
			b.lines.tell(next.changes)
			b.mu.Unlock()
		}
		waits[0] = told{} // Its memory goes.
		waits = waits[1:]
	}
	return waits
}
