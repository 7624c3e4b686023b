// Package floor runs the market: what people ask goes into a journal and into the machine of core/exchange/venue in one order,
// and nobody hears an answer before it is safe.
//
//	Do, Send ──▶ one goroutine: journal.Append, venue.Apply ──▶ another: waits until it is durable ──▶ answers, subscribers
//
// While one group of records is forced to the disk, the next is gathered and applied: the market never waits for the disk, only
// the answers do. After a crash the market is told again from the last snapshot and the records behind it, and is as it was,
// byte for byte.
//
// It does not know what a trade leads to: trades wait in memory until somebody has written them down (Trades, Written), and no
// snapshot is kept that would forget one before.
package floor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/exchange/venue"
	"sauda/gear/journal"
)

// Faults of the floor.
var (
	ErrClosed = fault.New(fault.Unavailable, "floor.closed", "The exchange is stopping. Try again in a minute; what was answered is safe.")
	ErrFull   = fault.New(fault.Limited, "floor.full", "The exchange has more to do than it can take. Send more slowly.")
	// ErrUnanswered is no refusal: what was asked may have been done.
	ErrUnanswered = fault.New(fault.Unavailable, "floor.unanswered", "No answer came in time. Ask for the state of your order before you send it again.")
	// ErrUntaught is for trades of something that the last roll does not have.
	ErrUntaught = fault.New(fault.Internal, "floor.untaught", "The market has traded something that the books do not know. Look at what was listed and admitted.")
	// ErrElsewhere is what a node says on which the exchange does not run.
	ErrElsewhere = fault.New(fault.Unavailable, "floor.elsewhere", "The exchange runs on another node. Ask there.")
	ErrMissing   = fault.New(fault.Internal, "floor.missing", "Trades are missing between the books and the journal. Restore the database and the journal of one moment.")
)

const (
	asksMax       = 8192      // asksMax is how many asks wait before one more is refused.
	batchMax      = 1024      // batchMax is how many asks are applied before their answers are handed on.
	batchesAhead  = 64        // batchesAhead is how far the market runs ahead of the disk.
	snapshotEvery = 4_000_000 // snapshotEvery is how many records a start has to tell again at most, or somewhat more: some five seconds.
)

// Config says how a market is run.
type Config struct {
	Disk journal.Disk
	Now  func() time.Time // Now is the clock; nil is time.Now.
	Log  *slog.Logger
	// Surveilled says that somebody watches over the market (Surveil): no snapshot is kept before he has looked at all that it
	// stands for.
	Surveilled bool
	// Meeting is where a standby follows, so that no answer is given before it has the record too; nowhere is for none.
	Meeting Meeting
}

// Floor is a market that runs. All methods may be called from any goroutine.
type Floor struct {
	config  Config
	journal *journal.Journal
	lead    *lead // lead ships the journal to a standby, or is nil.
	venue   *venue.Venue
	asks    chan ask
	batches chan *batch
	wake    context.Context // wake ends when the floor closes.
	stop    context.CancelFunc
	ended   chan struct{}

	mu       sync.Mutex
	closed   bool
	watchers listeners[[]venue.Event]
	trades   []venue.Trade // trades are those that nobody has written down yet, the oldest first.
	written  uint64        // written is the last trade that was.
	told     uint64        // told is the last event that watchers were told.
	snapping bool
	roll     Roll // roll is the one that was taught last, and whole says that the market has taken all of it.
	whole    bool
	changes  uint64 // changes counts how often the books came to know more, and learned how many of these roll has.
	learned  uint64
	waits    map[uint32]bool   // waits are the instruments whose new rules wait for the end of their day.
	owners   map[uint32]string // owners are whose the accounts are, users who the traders are: known before the market is taught them.
	users    map[uint32]string
	seen     uint64 // seen is the last event that was looked at by who watches over the market.

	looking sync.Mutex // looking is held by who watches over the market.
	out     *lookout   // out is what he has seen; nil until he begins.

	teaching sync.Mutex
	taught   map[string]string // taught is what the market knows of the books, by name.
	stale    chan struct{}     // stale holds something while the books know more than the market.
}

// Open takes the market up: the last snapshot, and the records behind it.
func Open(c Config) (*Floor, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	j, err := journal.Open(c.Disk, journal.Config{})
	if err != nil {
		return nil, err
	}
	f := &Floor{
		config: c, journal: j, asks: make(chan ask, asksMax), batches: make(chan *batch, batchesAhead), ended: make(chan struct{}),
		watchers: make(listeners[[]venue.Event]), taught: make(map[string]string),
		stale: make(chan struct{}, 1),
	}
	if err := f.tellAgain(); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	if c.Meeting.Somewhere() {
		if f.lead, err = c.Meeting.begin(j); err != nil {
			return nil, errors.Join(err, j.Close())
		}
	}
	f.wake, f.stop = context.WithCancel(context.Background())
	go f.run()
	go f.answer()
	return f, nil
}

// tellAgain brings the market to where it was.
func (f *Floor) tellAgain() error {
	from, err := f.fromSnapshot()
	if err != nil {
		return err
	}
	var events []venue.Event
	for part := range f.decoded(from + 1) {
		if part.err != nil {
			return part.err
		}
		for n := range part.inputs {
			events = f.venue.Apply(&part.inputs[n], events[:0])
			f.gather(events)
		}
	}
	f.told = f.venue.Reported()
	return nil
}

// decoded is some records of the journal as inputs, or why they could not be read.
type decoded struct {
	inputs []venue.Input
	err    error
}

const (
	decodedAtOnce = 1024 // decodedAtOnce is how many records are read for the market at once,
	decodedAhead  = 8    // and decodedAhead how many times that it may be behind.
)

// decoded reads the records of the journal from a number on, beside whoever applies them. After an error nothing comes.
func (f *Floor) decoded(from uint64) <-chan decoded {
	parts := make(chan decoded, decodedAhead)
	go func() {
		defer close(parts)
		part := make([]venue.Input, 0, decodedAtOnce)
		for record, err := range f.journal.Read(from) {
			var in venue.Input
			if err == nil {
				err = venue.Decode(record.Payload, &in)
			}
			if err != nil {
				parts <- decoded{err: fmt.Errorf("record %d of the exchange: %w", record.Seq, err)}
				return
			}
			in.Body = slices.Clone(in.Body) // The record is the journal's.
			if part = append(part, in); len(part) == decodedAtOnce {
				parts <- decoded{inputs: part}
				part = make([]venue.Input, 0, decodedAtOnce)
			}
		}
		parts <- decoded{inputs: part}
	}()
	return parts
}

// fromSnapshot takes up the last snapshot, and gives the record that it stands for.
func (f *Floor) fromSnapshot() (seq uint64, err error) {
	if f.venue, seq, err = f.lastKept(); err == nil {
		f.written = f.venue.Dealt()
	}
	return seq, err
}

// lastKept gives the market of the last snapshot, and the record that it stands for; without one the market of the beginning.
func (f *Floor) lastKept() (*venue.Venue, uint64, error) {
	s, err := f.journal.Latest()
	if errors.Is(err, journal.ErrNoSnapshot) {
		return venue.New(), 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	defer s.Close()
	bytes, err := io.ReadAll(s)
	if err != nil {
		return nil, 0, fmt.Errorf("read the snapshot of record %d: %w", s.Seq, err)
	}
	v, err := venue.Import(bytes)
	return v, s.Seq, err
}

// now gives the time for the inputs of a batch.
func (f *Floor) now() int64 { return span.Micros(f.config.Now()) }

// Close answers what has been asked, and lets the journal go. A snapshot is kept if all trades are written down.
func (f *Floor) Close() error {
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return nil
	}
	f.closed = true
	f.mu.Unlock()
	f.stop()
	<-f.ended
	var err error
	if f.journal.Err() == nil {
		err = f.snapshot(f.kept())
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watchers.end()
	return errors.Join(err, f.lead.close(), f.journal.Close())
}
