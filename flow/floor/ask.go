package floor

import (
	"context"

	"sauda/core/exchange/venue"
)

// ask is something that somebody wants of the market: an input, a look at it, or a look behind an input.
type ask struct {
	in     venue.Input
	look   func(*venue.Venue)
	answer func([]venue.Event, error)
}

// batch is what was applied together, and will be answered when it is durable.
type batch struct {
	seq     uint64 // seq is the last record of it, or of what came before.
	events  []venue.Event
	answers []reply
	err     error // err is why nothing of it can be answered.
}

// reply is an answer that waits.
type reply struct {
	give     func([]venue.Event, error)
	from, to int // from and to are its events.
}

// Send asks the market for something, and has the answer given when it is durable: the events that the input has caused, which
// belong to all who hear of them and must not be changed. The answer is given from one goroutine to all, so that it must not
// wait. When too many wait already it is ErrFull, and nothing was asked. What was sent while the floor closes may never be
// answered, and then was not done.
func (f *Floor) Send(in venue.Input, answer func([]venue.Event, error)) error {
	return f.put(ask{in: in, answer: answer})
}

func (f *Floor) put(a ask) error {
	if f == nil {
		return ErrElsewhere
	}
	if f.wake.Err() != nil {
		return ErrClosed
	}
	if f.lead.fenced() {
		return ErrElsewhere.About("another node has taken over")
	}
	if a.isInput() {
		if why := a.in.Fits(); why != 0 {
			return refused(why) // It must not come into the journal, which could not be read any more.
		}
	}
	select {
	case f.asks <- a:
		return nil
	default:
		return ErrFull
	}
}

// Do asks the market for something and waits for the answer. When ctx ends before, it is ErrUnanswered: what was asked may be
// done all the same.
func (f *Floor) Do(ctx context.Context, in venue.Input) ([]venue.Event, error) {
	return f.wait(ctx, ask{in: in})
}

// Look looks at the market between two inputs. What it sees is durable when Look returns. It must not keep or change anything of
// what it is given.
func (f *Floor) Look(ctx context.Context, look func(*venue.Venue)) error {
	_, err := f.wait(ctx, ask{look: look})
	return err
}

func (f *Floor) wait(ctx context.Context, a ask) ([]venue.Event, error) {
	type answered struct {
		events []venue.Event
		err    error
	}
	done := make(chan answered, 1)
	a.answer = func(events []venue.Event, err error) { done <- answered{events, err} }
	if err := f.put(a); err != nil {
		return nil, err
	}
	select {
	case got := <-done:
		return got.events, got.err
	case <-ctx.Done():
		return nil, ErrUnanswered.About("%w", context.Cause(ctx))
	case <-f.ended:
	}
	select {
	case got := <-done:
		return got.events, got.err
	default:
		return nil, ErrClosed // It came when nobody was there to take it any more.
	}
}

// isInput says whether something shall change, and not only be looked at.
func (a *ask) isInput() bool { return a.look == nil || a.in.Verb != 0 }

// run applies what is asked, until the floor closes; then what was asked before.
func (f *Floor) run() {
	defer close(f.batches)
	since := 0
	for {
		select {
		case a := <-f.asks:
			since += f.apply(a)
		case <-f.wake.Done():
			for len(f.asks) > 0 {
				f.apply(<-f.asks)
			}
			return
		}
		if since >= snapshotEvery {
			since = 0
			f.keep()
		}
	}
}

// eventsOfAsk is how many events an ask has, mostly: room for them is taken once for a batch, for an event is half a kilobyte.
const eventsOfAsk = 3

// apply applies an ask and those that wait behind it, hands the batch on, and says how many inputs it had.
func (f *Floor) apply(first ask) (inputs int) {
	waiting := min(len(f.asks)+1, batchMax)
	b := &batch{events: make([]venue.Event, 0, eventsOfAsk*waiting), answers: make([]reply, 0, waiting)}
	now := f.now()
	var record []byte
	for a, n := first, 0; ; n++ {
		from := len(b.events)
		if a.isInput() {
			a.in.Time = now
			record = venue.Encode(record[:0], &a.in)
			if _, err := f.journal.Append(record); err != nil {
				b.err = err
			} else {
				b.events = f.venue.Apply(&a.in, b.events)
				inputs++
			}
		}
		if a.look != nil {
			a.look(f.venue)
		}
		if a.answer != nil {
			b.answers = append(b.answers, reply{a.answer, from, len(b.events)})
		}
		if n == batchMax || len(f.asks) == 0 {
			break
		}
		a = <-f.asks
	}
	b.seq = f.journal.Appended()
	f.batches <- b
	return inputs
}

// answer waits until batches are durable, tells the watchers and answers.
func (f *Floor) answer() {
	defer close(f.ended)
	for b := range f.batches {
		if b.err == nil {
			b.err = f.journal.Wait(context.Background(), b.seq) // The journal writes it or breaks.
		}
		if b.err == nil && f.lead != nil {
			b.err = f.lead.wait(f.wake, b.seq)
		}
		if b.err != nil {
			f.config.Log.Error("the exchange cannot answer", "err", b.err)
			for _, r := range b.answers {
				r.give(nil, b.err)
			}
			continue
		}
		f.gather(b.events)
		f.tell(b.events) // Before the answers: who was answered and looks at the events finds his own among them.
		for _, r := range b.answers {
			r.give(b.events[r.from:r.to:r.to], nil)
		}
	}
}
