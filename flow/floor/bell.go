package floor

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"time"

	"sauda/core/exchange/auction"
	"sauda/core/exchange/venue"
)

// Timetable says when the steps of a day are due, in microseconds since 1970; zero is never.
type Timetable struct {
	Begin        int64 // Begin lets orders in.
	Call         int64 // Call begins the opening call, and CallEnds ends it.
	CallEnds     int64
	Closing      int64 // Closing begins the closing call, and ClosingEnds ends it.
	ClosingEnds  int64
	Close        int64         // Close is the end of the day.
	Interruption time.Duration // Interruption is how long a call lasts that was not planned.
}

// Timetables gives the timetable of an instrument for the day in which a moment lies; not ok on days off.
type Timetables func(instrument uint32, at time.Time) (Timetable, bool)

const (
	tickEvery  = time.Second
	stepsAtOne = 12 // stepsAtOne bounds how many steps one ringing takes an instrument on, after a long sleep.
)

// Ring takes all instruments through their days, and lets time go on in the market, until ctx ends. A day that nobody rang for
// in time goes through its steps one after the other.
func (f *Floor) Ring(ctx context.Context, tables Timetables) error {
	clock := time.NewTicker(tickEvery)
	defer clock.Stop()
	for {
		if err := f.RingOnce(ctx, tables); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-clock.C:
		case <-ctx.Done():
			return nil
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
		begins := trades && t.Begin != 0 && at >= t.Begin && d.Begun < t.Begin && (t.Close == 0 || at < t.Close) && d.State == venue.Listed
		return venue.Input{Verb: venue.Begin, Instrument: d.Instrument}, begins, nil
	}
	step, due := next(d, t, at)
	in := venue.Input{Verb: venue.Step, Instrument: d.Instrument, Step: auction.Input{Step: step}}
	if due && step == auction.BeginRandomEnd {
		n, err := rand.Int(f.config.Dice, big.NewInt(d.Plan.RandomMax+1))
		if err != nil {
			return in, false, fmt.Errorf("draw a random end: %w", err)
		}
		in.Step.Drawn = n.Int64()
	}
	return in, due, nil
}

// next gives the step that a day is due for at a moment.
func next(d venue.Day, t Timetable, at int64) (auction.Step, bool) {
	passed := func(moment int64) bool { return moment != 0 && at >= moment }
	switch d.Phase {
	case auction.PreOpen:
		if t.Call == 0 {
			return auction.BeginContinuous, passed(t.CallEnds)
		}
		return auction.BeginCall, passed(t.Call)
	case auction.Call, auction.ClosingCall, auction.VolatilityCall:
		return endOfCall(d.Plan), passed(callEnds(d, t))
	case auction.NoCancel:
		if d.Plan.Firm == auction.FirmBefore {
			return auction.BeginRandomEnd, true
		}
		return auction.Freeze, true
	case auction.RandomEnd:
		if d.Plan.Firm == auction.FirmAfter && d.Auction != auction.Volatility {
			return auction.BeginNoCancel, at >= d.EndsAt
		}
		return auction.Freeze, at >= d.EndsAt
	case auction.Uncrossing:
		return auction.Strike, true
	case auction.Continuous:
		if passed(t.Closing) {
			return auction.BeginClosing, true
		}
		return auction.Close, t.Closing == 0 && passed(t.Close)
	case auction.TradeAtClose:
		return auction.Close, passed(t.Close)
	}
	return 0, false // A halt is ended by people.
}

// endOfCall gives what ends the collecting of orders under a plan.
func endOfCall(p auction.Plan) auction.Step {
	switch {
	case p.Firm == auction.FirmBefore:
		return auction.BeginNoCancel
	case p.RandomMax > 0:
		return auction.BeginRandomEnd
	}
	return auction.Freeze
}

// callEnds gives when a call ends: a planned one by the timetable, any other after the time of an interruption. A planned one
// that begins after its end, because nobody rang or its price left the collar, lasts as long as an interruption.
func callEnds(d venue.Day, t Timetable) int64 {
	planned := int64(0)
	switch d.Auction {
	case auction.Opening:
		planned = t.CallEnds
	case auction.Closing:
		planned = t.ClosingEnds
	}
	if d.Since < planned {
		return planned
	}
	return d.Since + t.Interruption.Microseconds()
}
