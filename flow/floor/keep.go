package floor

import (
	"io"
	"slices"
	"time"

	"sauda/core/exchange/venue"
)

// A snapshot is written in pieces with rests between: the disk has orders to keep meanwhile.
const (
	snapshotPiece = 1 << 20
	snapshotRest  = 5 * time.Millisecond
)

// gather keeps the trades of events until somebody has written them down.
func (f *Floor) gather(events []venue.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for n := range events {
		if events[n].Kind == venue.Dealt && events[n].Trade.ID > f.written {
			f.trades = append(f.trades, events[n].Trade)
		}
	}
}

// Trades gives trades after one, the oldest first and at most so many; all of them are durable. If one between is not there
// any more it is ErrMissing: whoever asks has lost what he had.
func (f *Floor) Trades(after uint64, most int) ([]venue.Trade, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	first := f.written + 1
	if len(f.trades) > 0 {
		first = f.trades[0].ID
	}
	if after+1 < first {
		return nil, ErrMissing.About("trades %d to %d", after+1, first-1)
	}
	list := f.trades[min(after+1-first, uint64(len(f.trades))):] // They are numbered without a gap.
	return slices.Clone(list[:min(len(list), most)]), nil
}

// Written says that trades up to one are written down, so that they are no longer needed here.
func (f *Floor) Written(upTo uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.written = max(f.written, upTo)
	n := 0
	for n < len(f.trades) && f.trades[n].ID <= upTo {
		n++
	}
	if f.trades = f.trades[n:]; len(f.trades) < cap(f.trades)/4 {
		f.trades = slices.Clone(f.trades) // The memory of those before goes.
	}
}

// keep has a snapshot written of the market as it is, beside its work, once its trades are written down. One at a time: while
// one is written, none is begun.
func (f *Floor) keep() {
	f.mu.Lock()
	busy := f.snapping
	f.snapping = true
	f.mu.Unlock()
	if busy {
		return
	}
	seq, dealt, state := f.journal.Appended(), f.venue.Dealt(), f.venue.Export(nil)
	go func() {
		for f.behind(dealt) && f.wake.Err() == nil {
			time.Sleep(recordEvery)
		}
		if err := f.snapshot(seq, dealt, state); err != nil {
			f.config.Log.Error("no snapshot of the exchange", "err", err)
		}
		f.mu.Lock()
		f.snapping = false
		f.mu.Unlock()
	}()
}

// behind says whether a trade is not written down yet.
func (f *Floor) behind(trade uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.written < trade
}

// snapshot keeps a state, unless trades before it are not written down yet: a start from it would forget them.
func (f *Floor) snapshot(seq, dealt uint64, state []byte) error {
	if f.behind(dealt) || seq == 0 {
		return nil
	}
	return f.journal.Snapshot(seq, func(w io.Writer) error {
		for part := range slices.Chunk(state, snapshotPiece) {
			if _, err := w.Write(part); err != nil {
				return err
			}
			time.Sleep(snapshotRest)
		}
		return nil
	})
}
