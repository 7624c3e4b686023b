package floor

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"time"

	"sauda/base/span"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/venue"
)

// Timetable says when the steps of a day are due. Times are microseconds since 1970.
type Timetable struct {
	Begin        int64         // Begin lets orders in.
	Steps        []Due         // Steps follow each other as their session wants it; freezing and striking follow a random end by themselves.
	Interruption time.Duration // Interruption is how long a call lasts that was not planned.
}

// Due is a step and its moment.
type Due struct {
	Step auction.Step
	At   int64
}

// Timetables gives the timetable of an instrument for the day in which a moment lies; not ok on days off.
type Timetables func(instrument uint32, at time.Time) (Timetable, bool)

const (
	tickEvery  = time.Second
	stepsAtOne = 12 // stepsAtOne bounds how many steps one ringing takes an instrument on, after a long sleep.
)

// Ring takes all instruments through their days, and lets time go on in the market, until ctx ends. A day that nobody rang for
// in time goes through its steps one after the other.
func (f *Floor) Ring(ctx context.Context, tables Timetables) {
	clock := time.NewTicker(tickEvery)
	defer clock.Stop()
	for {
		switch err := f.RingOnce(ctx, tables); {
		case err == nil || ctx.Err() != nil:
		case errors.Is(err, ErrClosed):
			return
		default: // The bell never stops: what was due is due again in a second.
			f.config.Log.Error("the bell of the exchange could not ring", "err", err)
		}
		select {
		case <-clock.C:
		case <-ctx.Done():
			return
		}
	}
}

// RingOnce does what is due now. A market in which nobody has a day needs no time.
func (f *Floor) RingOnce(ctx context.Context, tables Timetables) error {
	var days []venue.Day
	if err := f.Look(ctx, func(v *venue.Venue) { days = v.Days() }); err != nil {
		return err
	}
	open := false
	for _, d := range days {
		for range stepsAtOne {
			in, due, err := f.due(d, tables)
			if err != nil {
				return err
			}
			if !due {
				break
			}
			events, err := f.Do(ctx, in)
			if err != nil {
				return err
			}
			if len(events) > 0 && events[0].Kind == venue.Refused {
				f.config.Log.Warn("a step of the exchange was refused", "instrument", d.Instrument, "step", in.Step.Step.String(), "why", events[0].Reason.Code())
				break
			}
			if err := f.Look(ctx, func(v *venue.Venue) { d = v.Day(d.Instrument) }); err != nil {
				return err
			}
			if d.Phase == auction.Closed && f.awaits(d.Instrument) {
				f.Stale() // It can learn now what it could not take during its day.
			}
		}
		open = open || d.Phase != auction.Closed
	}
	if !open {
		return nil
	}
	_, err := f.Do(ctx, venue.Input{Verb: venue.Tick})
	return err
}

// due gives the input that an instrument is due for now.
func (f *Floor) due(d venue.Day, tables Timetables) (venue.Input, bool, error) {
	now := f.config.Now()
	at := now.UnixMicro()
	t, trades := tables(d.Instrument, now)
	if d.Phase == auction.Closed {
		begins := trades && d.State == venue.Listed && len(t.Steps) > 0 && at >= t.Begin && d.Begun < t.Begin && at < t.Steps[len(t.Steps)-1].At && !f.awaits(d.Instrument)
		return venue.Input{Verb: venue.Begin, Instrument: d.Instrument}, begins, nil
	}
	step, due := next(d, t, at)
	if span.DayOf(span.FromMicros(d.Begun), span.Almaty).Before(span.DayOf(now, span.Almaty)) {
		step, due = over(d), true
	}
	in := venue.Input{Verb: venue.Step, Instrument: d.Instrument, Step: auction.Input{Step: step}}
	if step == auction.Waive {
		in.Step.Auction = d.Owed
	}
	if due && step == auction.BeginRandomEnd {
		n, err := rand.Int(rand.Reader, big.NewInt(d.Plan.RandomMax+1))
		if err != nil {
			return in, false, fmt.Errorf("draw a random end: %w", err)
		}
		in.Step.Drawn = n.Int64()
	}
	return in, due, nil
}

// awaits says whether an instrument has rules and a plan to learn first, for which its last day had to end.
func (f *Floor) awaits(instrument uint32) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.waits[instrument]
}

// over gives the step that ends a day which should have ended yesterday: nobody rang for it. What it owes is waived by name.
func over(d venue.Day) auction.Step {
	switch {
	case d.Phase != auction.Halt && d.Phase != auction.TradeAtClose:
		return auction.Stop
	case d.Owed != 0:
		return auction.Waive
	}
	return auction.Close
}

// next gives the step that a day is due for at a moment.
func next(d venue.Day, t Timetable, at int64) (auction.Step, bool) {
	switch d.Phase {
	case auction.Uncrossing:
		return auction.Strike, true
	case auction.Halt:
		return 0, false // It is ended by people.
	case auction.RandomEnd:
		if d.Plan.Firm != auction.FirmAfter || d.Auction == auction.Volatility {
			return auction.Freeze, at >= d.EndsAt
		}
	case auction.VolatilityCall:
		return endOfCall(d), at >= d.Since+t.Interruption.Microseconds()
	}
	m, planned := following(d, t)
	if !planned && (inCall(d) || d.Phase == auction.NoCancel) {
		return endOfCall(d), at >= d.Since+t.Interruption.Microseconds()
	}
	return m.Step, planned && at >= m.At && at >= d.EndsAt
}

// following gives the step of the timetable that comes next. For a call that nobody planned, or that began again after its end
// because trading was halted or its price was refused, there is none.
func following(d venue.Day, t Timetable) (Due, bool) {
	for _, m := range t.Steps {
		switch {
		case follows(d, m):
			return m, true
		case m.At > d.Since && d.Auction != 0 && (m.Step == auction.BeginCall || m.Step == auction.BeginClosing || m.Step == auction.Close):
			return Due{}, false // What comes then belongs to another auction.
		}
	}
	return Due{}, false
}

// follows says whether a step of the timetable can be the next one of a day: whatever was due before the present phase began
// has been taken, or passed over.
func follows(d venue.Day, m Due) bool {
	switch m.Step {
	case auction.BeginCall:
		return d.Phase == auction.PreOpen || d.Phase == auction.Continuous && m.At > d.Since
	case auction.BeginContinuous:
		return d.Phase == auction.PreOpen
	case auction.BeginNoCancel:
		return d.Phase == auction.RandomEnd || inCall(d) && m.At > d.Since
	case auction.BeginRandomEnd, auction.Freeze:
		return (inCall(d) || d.Phase == auction.NoCancel) && m.At > d.Since
	case auction.BeginClosing:
		return d.Phase == auction.Continuous
	case auction.Close:
		return d.Phase == auction.Continuous || d.Phase == auction.TradeAtClose || d.Phase == auction.PreOpen
	}
	return false
}

func inCall(d venue.Day) bool { return d.Phase == auction.Call || d.Phase == auction.ClosingCall }

// endOfCall gives what ends a call that was not planned.
func endOfCall(d venue.Day) auction.Step {
	switch {
	case d.Plan.Firm == auction.FirmBefore && inCall(d):
		return auction.BeginNoCancel
	case d.Plan.RandomMax > 0 && d.Phase != auction.NoCancel, d.Plan.Firm == auction.FirmBefore:
		return auction.BeginRandomEnd
	}
	return auction.Freeze
}
