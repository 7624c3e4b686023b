package floor

import (
	"context"
	"errors"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/venue"
)

// Ahead is what comes next in the day of an instrument.
type Ahead struct {
	What string    // What is "begin", the name of a step, or empty where nothing comes by itself any more today.
	At   time.Time // At is when it comes. The end of a random end is drawn and secret: of it, this is the latest moment.
}

// Standing is how the day of an instrument stands, for whoever watches over the market.
type Standing struct {
	venue.Day
	Next    Ahead
	Overdue bool // Overdue says that the auction Owed should have been held by now.
	Late    bool // Late says that a step is due which nobody has taken: the bell does not ring.
}

// lateAfter is how long a step may be due before somebody has to look.
const lateAfter = 15 * time.Second

// Standings gives how the days of all instruments stand, by their numbers.
func (f *Floor) Standings(ctx context.Context) ([]Standing, error) {
	if f == nil {
		return nil, ErrElsewhere
	}
	var days []venue.Day
	if err := f.Look(ctx, func(v *venue.Venue) { days = v.Days() }); err != nil {
		return nil, err
	}
	now := f.config.Now()
	all := make([]Standing, len(days))
	for n, d := range days {
		s := Standing{Day: d}
		t, trades := f.Table(d.Instrument, now)
		s.Next = ahead(d, t, trades && d.State == venue.Listed, now)
		for _, due := range d.Plan.Due {
			s.Overdue = s.Overdue || due.Auction == d.Owed && due.By > 0 && due.By < span.Micros(now)
		}
		s.Late = s.Next.What != "" && s.Next.At.Before(now.Add(-lateAfter))
		all[n] = s
	}
	return all, nil
}

// ahead gives what comes next in a day.
func ahead(d venue.Day, t Timetable, trades bool, now time.Time) Ahead {
	after := func(s auction.Step, longest int64) Ahead {
		return Ahead{s.String(), span.FromMicros(d.Since + longest)}
	}
	switch d.Phase {
	case auction.Closed:
		if trades && len(t.Steps) > 0 && d.Begun < t.Begin && span.Micros(now) < t.Steps[len(t.Steps)-1].At {
			return Ahead{"begin", span.FromMicros(t.Begin)}
		}
		return Ahead{}
	case auction.Halt:
		return Ahead{} // It is ended by people.
	case auction.Uncrossing:
		return after(auction.Strike, 0)
	case auction.RandomEnd:
		if d.Plan.Firm != auction.FirmAfter || d.Auction == auction.Volatility {
			return after(auction.Strike, d.Plan.RandomMax)
		}
	case auction.VolatilityCall:
		return after(endOfCall(d), t.Interruption.Microseconds())
	}
	if m, planned := following(d, t); planned {
		return Ahead{m.Step.String(), span.FromMicros(max(m.At, d.EndsAt))}
	}
	if inCall(d) || d.Phase == auction.NoCancel {
		return after(endOfCall(d), t.Interruption.Microseconds())
	}
	return Ahead{}
}

// Unwritten says how many trades nobody has written down yet, and since when the oldest of them waits.
func (f *Floor) Unwritten() (n int, since time.Time) {
	if f == nil {
		return 0, time.Time{}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.trades) == 0 {
		return 0, time.Time{}
	}
	return len(f.trades), span.FromMicros(f.trades[0].Time)
}

// KindAccept takes the price of an auction outside of its collar: the body is an Acceptance. Whoever confirms it calls Accept.
const KindAccept exchange.ProposalKind = "floor.accept"

// Acceptance names the auction whose price shall be taken. What the price is, its orders say when it is struck.
type Acceptance struct {
	Auction auction.Kind `json:"auction"`
	Price   int64        `json:"price"` // Price is what was indicated when this was proposed, for who confirms it.
}

// ErrPrice is for an auction that nobody could take the price of now.
var ErrPrice = fault.New(fault.Conflict, "floor.no_price", "No auction of this instrument waits outside of its collar now. Look at it again.")

// Accept ends the call that a price outside of the collar has led to, and takes the price that its orders have then. The bell
// may ring in between and find the price outside once more: then it is done again. What the market does not take any more is
// ErrRefused, and a price that nobody waits with is ErrPrice.
func (f *Floor) Accept(ctx context.Context, instrument uint32, a Acceptance) (err error) {
	for range acceptTries {
		var d venue.Day
		if err := f.Look(ctx, func(v *venue.Venue) { d = v.Day(instrument) }); err != nil {
			return err
		}
		if !Acceptable(d) || d.Auction != a.Auction {
			return ErrPrice.About("%d is in %s of %s", instrument, d.Phase, d.Auction)
		}
		steps := []auction.Step{auction.BeginRandomEnd, auction.Freeze, auction.Strike} // The random end is drawn as nothing: people end it.
		if d.Plan.RandomMax == 0 {
			steps = steps[1:]
		}
		for _, s := range steps {
			if err = f.command(ctx, venue.Input{Verb: venue.Step, Instrument: instrument, Step: auction.Input{Step: s, Auction: a.Auction}}); err != nil {
				break
			}
		}
		if !errors.Is(err, ErrRefused) {
			return err
		}
	}
	return err
}

const acceptTries = 3

// Acceptable tells whether a day is in a call to which a price outside of its collar has led.
func Acceptable(d venue.Day) bool { return d.Phase == auction.VolatilityCall && d.Auction != 0 }
