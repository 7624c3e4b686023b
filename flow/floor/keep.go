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
	k := f.kept()
	go func() {
		for f.behind(k) && f.wake.Err() == nil {
			time.Sleep(recordEvery)
		}
		if err := f.snapshot(k); err != nil {
			f.config.Log.Error("no snapshot of the exchange", "err", err)
		}
		f.mu.Lock()
		f.snapping = false
		f.mu.Unlock()
	}()
}

// kept is a market as it was, to be kept.
type kept struct {
	seq, dealt, told uint64 // seq is the last record, dealt the last trade and told the last event of it.
	state            []byte
}

// kept gives the market as it is.
func (f *Floor) kept() kept {
	return kept{seq: f.journal.Appended(), dealt: f.venue.Dealt(), told: f.venue.Reported(), state: f.venue.Export(nil)}
}

// behind says whether a trade of it is not written down yet, or an event was not looked at.
func (f *Floor) behind(k kept) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.written < k.dealt || f.config.Surveilled && f.seen < k.told
}

// snapshot keeps a market, unless something of it is not written down yet: a start from it would forget that.
func (f *Floor) snapshot(k kept) error {
	if f.behind(k) || k.seq == 0 {
		return nil
	}
	return f.journal.Snapshot(k.seq, func(w io.Writer) error {
		for part := range slices.Chunk(k.state, snapshotPiece) {
			if _, err := w.Write(part); err != nil {
				return err
			}
			time.Sleep(snapshotRest)
		}
		return nil
	})
}
