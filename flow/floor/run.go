package floor

import (
	"context"
	"errors"
	"sync"
	"time"

	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/feed"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/job"
)

const (
	lookEvery   = 15 * time.Second       // lookEvery is how long the market may not know what the books know if nobody has told it, and that a day has begun.
	recordEvery = 300 * time.Millisecond // recordEvery is how long a trade may not be written down.
	followEvery = 2 * time.Second        // followEvery is how long money that was brought in may not be of use.
)

// Run keeps the market in step with the books and the clock, and its board in step with the market, until ctx ends.
func (f *Floor) Run(ctx context.Context, store *db.Store, board *Board) error {
	if f == nil {
		<-ctx.Done()
		return nil
	}
	if err := f.learn(ctx, store); err != nil && ctx.Err() == nil { // First, so that the board knows what to recall.
		f.config.Log.Error("the exchange and the books are not in step", "err", err)
	}
	var all sync.WaitGroup
	all.Go(func() { f.Ring(ctx, f.Table) })
	all.Go(func() {
		board.Run(ctx, func(ctx context.Context, instrument uint32) ([]feed.Tick, error) {
			return f.recall(ctx, store, instrument)
		})
	})
	all.Go(func() { f.every(ctx, lookEvery, f.stale, func() error { return f.learnIfStale(ctx, store) }) })
	all.Go(func() { f.every(ctx, recordEvery, nil, func() error { return f.recordAll(ctx, store) }) })
	all.Go(func() { f.every(ctx, followEvery, nil, func() error { return f.Follow(ctx, store) }) })
	all.Go(func() { f.every(ctx, surveilEvery, nil, func() error { return f.Surveil(ctx, store, false) }) })
	all.Wait()
	ctx = context.WithoutCancel(ctx)
	return errors.Join(f.recordAll(ctx, store), f.Surveil(ctx, store, true)) // So that a snapshot can be kept when the floor closes.
}

// Catch does once all that is due now: the market learns what the books know, goes through its steps, hears what the ledger has
// moved, its trades are written down, and who watches over it has looked at them.
func (f *Floor) Catch(ctx context.Context, store *db.Store) error {
	if f == nil {
		return nil
	}
	for _, do := range []func() error{
		func() error { return f.learnIfStale(ctx, store) },
		func() error { return f.RingOnce(ctx, f.Table) },
		func() error { return f.ringAgain(ctx, store) },
		func() error { return f.Follow(ctx, store) },
		func() error { return f.recordAll(ctx, store) },
		func() error { return f.Surveil(ctx, store, true) },
	} {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// ringAgain lets those begin their day that had to end the last one first, once they have learned what holds now.
func (f *Floor) ringAgain(ctx context.Context, store *db.Store) error {
	if f.fresh() {
		return nil
	}
	if err := f.learn(ctx, store); err != nil {
		return err
	}
	return f.RingOnce(ctx, f.Table)
}

// every does something again and again, and when it is woken, until ctx ends or the floor closes. What fails is logged and tried
// again.
func (f *Floor) every(ctx context.Context, period time.Duration, wake <-chan struct{}, do func() error) {
	clock := time.NewTicker(period)
	defer clock.Stop()
	for {
		select {
		case <-wake:
		case <-clock.C:
		case <-ctx.Done():
			return
		}
		switch err := do(); {
		case err == nil || ctx.Err() != nil:
		case errors.Is(err, ErrClosed):
			return
		default:
			f.config.Log.Error("the exchange and the books are not in step", "err", err)
		}
	}
}

// recordAll writes down all trades that there are.
func (f *Floor) recordAll(ctx context.Context, store *db.Store) error {
	for more := f.pending(); more; {
		err := job.Once(ctx, store, db.System, func(tx *db.Tx) (err error) {
			more, err = f.Record(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// pending says whether there are trades that nobody has written down.
func (f *Floor) pending() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.trades) > 0
}

// fresh says whether the market has taken all that the books know today.
func (f *Floor) fresh() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.whole && f.learned == f.changes && f.roll.Day == span.DayOf(f.config.Now(), span.Almaty)
}

// learnIfStale learns from the books if they know more, or if a day has begun since.
func (f *Floor) learnIfStale(ctx context.Context, store *db.Store) error {
	if f.fresh() {
		return nil
	}
	return f.learn(ctx, store)
}

func (f *Floor) learn(ctx context.Context, store *db.Store) error {
	f.mu.Lock()
	changes := f.changes // What changes while the roll is read may not be in it.
	f.mu.Unlock()
	var roll Roll
	err := job.Look(ctx, store, db.System, func(tx *db.Tx) (err error) {
		roll, err = ReadRoll(tx, span.DayOf(f.config.Now(), span.Almaty))
		return err
	})
	if err != nil {
		return err
	}
	if err := f.Teach(ctx, roll); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.learned = changes
	return nil
}

// Stale says that the books know more than the market.
func (f *Floor) Stale() {
	if f == nil {
		return
	}
	f.mu.Lock()
	f.changes++
	f.mu.Unlock()
	select {
	case f.stale <- struct{}{}:
	default: // It has not learned of the last change yet, and will learn of both.
	}
}

// Followers have the market learn of what the books of the exchange state.
func (f *Floor) Followers() []bus.Follower {
	return []bus.Follower{
		bus.Follow("floor: an instrument has changed", func(exchange.InstrumentChanged) { f.Stale() }),
		bus.Follow("floor: an instrument is listed or not", func(exchange.InstrumentMoved) { f.Stale() }),
		bus.Follow("floor: a member was admitted", func(exchange.MemberAdmitted) { f.Stale() }),
		bus.Follow("floor: a member may trade or not", func(exchange.MemberMoved) { f.Stale() }),
		bus.Follow("floor: a trader was admitted", func(exchange.TraderAdmitted) { f.Stale() }),
		bus.Follow("floor: a trader may trade or not", func(exchange.TraderMoved) { f.Stale() }),
		bus.Follow("floor: an account was opened", func(exchange.AccountOpened) { f.Stale() }),
		bus.Follow("floor: an account is open or not", func(exchange.AccountMoved) { f.Stale() }),
		bus.Follow("floor: who may trade for whom has changed", func(exchange.GrantChanged) { f.Stale() }),
		bus.Follow("floor: a limit was set", func(exchange.LimitSet) { f.Stale() }),
		bus.Follow("floor: a calendar has changed", func(exchange.CalendarChanged) { f.Stale() }),
		bus.Follow("floor: a schedule was laid", func(exchange.ScheduleLaid) { f.Stale() }),
	}
}
