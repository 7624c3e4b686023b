package venue

import (
	"errors"

	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
)

// phase gives the phase of an instrument. Before its first day and after each it is closed.
func (i *instrument) phase() auction.Phase {
	if i.session == nil {
		return auction.Closed
	}
	return i.session.Phase()
}

// allow refuses what the phase does not allow.
func (i *instrument) allow(a auction.Act) error {
	if i.session == nil {
		return auction.ErrPhase.About("before the first day")
	}
	return i.session.Allow(a)
}

// begin begins the day of one instrument, or of all that are closed. Orders that ended before are forgotten with it.
func (v *Venue) begin(in *Input) Reason {
	numbers := v.ranked
	if in.Instrument != 0 {
		if v.instrument(in.Instrument) == nil {
			return UnknownInstrument
		}
		numbers = []uint32{in.Instrument}
	}
	begun := 0
	for _, number := range numbers {
		i := v.instrument(number)
		if i.phase() != auction.Closed || i.spec.State == Delisted {
			continue // One that is in its day already goes on with it.
		}
		i.begin()
		i.begun = v.now
		v.turnBook(i)
		e := v.say(Opened)
		e.Instrument, e.Phase = number, i.phase()
		begun++
		v.forgetEnded(i)
	}
	if begun == 0 {
		return WrongPhase
	}
	return 0
}

// begin begins the day of an instrument. Its plan was judged when it was listed.
func (i *instrument) begin() {
	i.session, _ = auction.Begin(i.spec.Plan)
	i.overdue = false
	if i.last.Known {
		i.static = i.last
	}
}

// step takes the session of an instrument one step on, and holds its auction when it is due.
func (v *Venue) step(in *Input) Reason {
	i := v.instrument(in.Instrument)
	switch {
	case i == nil:
		return UnknownInstrument
	case i.session == nil:
		return BadStep
	}
	step := in.Step
	step.At = v.now
	switch step.Step {
	case auction.Freeze:
		step.Book = auction.Digest(v.callOrders(i))
		return v.turn(i, step)
	case auction.Strike:
		return v.strike(i, step)
	case auction.Interrupt:
		return BadStep // Prices interrupt, nobody else does.
	case auction.Waive:
		if why := v.turn(i, step); why != 0 {
			return why
		}
		v.dropServed(i, step.Auction)
		return 0
	case auction.Close:
		if why := v.turn(i, step); why != 0 {
			return why
		}
		v.closeDay(i)
		return 0
	}
	return v.turn(i, step)
}

// turn takes a step of a session, brings the book into the phase that follows and says so. A step after which the book could
// not trade is not taken.
func (v *Venue) turn(i *instrument, step auction.Input) Reason {
	was := *i.session
	if err := i.session.Take(step); err != nil {
		if errors.Is(err, auction.ErrSkipped) {
			return Skipped
		}
		return BadStep
	}
	if !v.turnBook(i) {
		*i.session = was
		return ofBook(book.Crossed)
	}
	return 0
}

// bookPhases says what the book does in each phase.
var bookPhases = [...]book.Phase{
	auction.PreOpen: book.Collecting, auction.Call: book.Collecting, auction.NoCancel: book.Collecting, auction.RandomEnd: book.Collecting,
	auction.Uncrossing: book.Collecting, auction.Continuous: book.Continuous, auction.VolatilityCall: book.Collecting,
	auction.Halt: book.Halted, auction.ClosingCall: book.Collecting, auction.TradeAtClose: book.Collecting, auction.Closed: book.Halted,
}

// turnBook brings the book into the phase of its session and tells it. Stop orders that the auction has reached come in when
// continuous trading begins.
func (v *Venue) turnBook(i *instrument) bool {
	turn := book.Input{Verb: book.Turn, Phase: bookPhases[i.phase()], Time: v.now}
	i.fence(&turn)
	v.reports = i.book.Apply(&turn, v.reports[:0])
	if v.reports[0].Kind == book.Refused {
		return false
	}
	i.since = v.now
	e := v.say(Turned)
	e.Instrument, e.Phase, e.Auction = i.number, i.phase(), i.session.Auction()
	v.follow(i, HowContinuous)
	v.holdStops(i)
	return true
}

// closeDay ends what lives for a day only.
func (v *Venue) closeDay(i *instrument) {
	v.reports = i.book.Apply(&book.Input{Verb: book.Expire, Flags: book.EndOfDay, Time: v.now}, v.reports[:0])
	v.follow(i, HowContinuous)
	v.dropWaiting(i, append([]uint64(nil), i.waiting...), book.Expired)
	i.closing = 0
}

// tick lets time go on in every instrument.
func (v *Venue) tick() Reason {
	for _, number := range v.ranked {
		i := v.instrument(number)
		if i.soonest <= v.now {
			v.reports = i.book.Apply(&book.Input{Verb: book.Expire, Time: v.now}, v.reports[:0])
			v.follow(i, HowContinuous)
			i.dated()
		}
		if i.stirred && i.collecting() {
			v.indicate(i)
		}
		if i.session != nil && !i.overdue && i.session.Overdue(v.now) != nil {
			i.overdue = true
			e := v.say(Overdue)
			e.Instrument, e.Phase = number, i.phase()
		}
	}
	v.say(Ticked)
	return 0
}

// dated finds out when the next dated order ends.
func (i *instrument) dated() {
	i.soonest = never
	for s := range [2]book.Side{} {
		for o := range i.book.Orders(book.Side(s)) {
			if o.Life == book.Dated {
				i.soonest = min(i.soonest, o.Until)
			}
		}
		for o := range i.book.Stops(book.Side(s)) {
			if o.Life == book.Dated {
				i.soonest = min(i.soonest, o.Until)
			}
		}
	}
}

// collecting says whether orders gather for an auction now.
func (i *instrument) collecting() bool {
	return i.session != nil && i.session.Auction() != 0 && i.book.Phase() == book.Collecting
}
