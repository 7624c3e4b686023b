package auction

import (
	"hash/fnv"
	"math"
	"slices"

	"sauda/base/fault"
)

// Session is one day of an instrument.
//
//	PreOpen ─BeginCall─▶ Call ─BeginNoCancel─▶ NoCancel ─BeginRandomEnd─▶ RandomEnd ─Freeze─▶ Uncrossing
//	                     (or ─BeginRandomEnd─▶ RandomEnd ─BeginNoCancel─▶ NoCancel ─Freeze─▶, or without one of them)
//	                                                                                             │ Strike
//	     ┌───────────────────────────────────────────────────────────────────────────────────────┤
//	     ▼              ─Interrupt─▶ VolatilityCall ─▶ …                                          ▼
//	Continuous ───────  ─BeginCall─▶ Call ─▶ …                               (closing) TradeAtClose ─Close─▶ Closed
//	                    ─BeginClosing─▶ ClosingCall ─▶ …
//	any but Closed ─Stop─▶ Halt ─Resume─▶ Call or ClosingCall
//
// It promises that no auction is passed over in silence. Continuous trading does not begin while an opening auction is
// due, no halt and no volatility call ends but by an auction, and the day does not end while one is owed: each of these
// is ErrSkipped. What will not be held is waived by its name, in a halt (NYSE, 24 January 2023: the opening auctions of
// many listings were passed over, and trading began).
//
// Between Freeze and Strike nothing else is taken but a halt, and the result must be that of the frozen book, by its
// digest (Facebook's opening, SEC 34-69655: each cancel that came during the computation began it anew).
type Session struct {
	plan   Plan
	phase  Phase
	kind   Kind // kind is the auction that is on its way, or none.
	firm   bool // firm says that this call has passed a no-cancel phase, ended that it has passed a random end.
	ended  bool
	brief  bool // brief says that it is a volatility call, which has no no-cancel phase.
	at     int64
	endsAt int64 // endsAt is the random end.
	book   uint64
	halted Phase // halted is the phase that a halt interrupted.
	owed   []Due
	held   []Kind
}

// Begin starts a day before its opening. A plan that contradicts itself is ErrRule.
func Begin(p Plan) (*Session, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	return &Session{plan: p, owed: slices.Clone(p.Due)}, nil
}

// Phase gives the present phase.
func (s *Session) Phase() Phase { return s.phase }

// Auction gives the auction that is on its way: zero for none.
func (s *Session) Auction() Kind { return s.kind }

// EndsAt gives when the random end of the present call is over.
func (s *Session) EndsAt() int64 { return s.endsAt }

// Held gives the auctions that were held, in their order. The list is the caller's.
func (s *Session) Held() []Kind { return slices.Clone(s.held) }

// Owed gives the auctions that still have to be held. The list is the caller's.
func (s *Session) Owed() []Due { return slices.Clone(s.owed) }

// Allow refuses an act that the present phase does not allow: ErrPhase with the phase and the act. Where a call has
// passed a no-cancel phase, its random end lets nobody go either (HKEX, random closing period).
func (s *Session) Allow(a Act) error {
	phase := s.phase
	if phase == RandomEnd && s.firm {
		phase = NoCancel
	}
	if phase.Allows(a) {
		return nil
	}
	return fault.With(fault.With(ErrPhase.About("%s in %s", a, s.phase), "phase", s.phase.String()), "act", a.String())
}

// Overdue refuses a moment by which an auction should have been held and was not: ErrSkipped with its name. A clock asks
// this; nothing changes.
func (s *Session) Overdue(at int64) error {
	for _, d := range s.owed {
		if d.By > 0 && d.By < at {
			return skipped(d.Auction)
		}
	}
	return nil
}

func skipped(k Kind) error {
	return fault.With(ErrSkipped.About("the %s auction", k), "auction", k.String())
}

// Take takes one step. What does not follow the present phase is ErrTurn; an auction that would be passed over is
// ErrSkipped; a moment before the last one ErrBackwards; a freeze before the random end ErrEarly; a random end outside of
// its window ErrDrawn; a result of another book ErrThawed. A refused step changes nothing.
func (s *Session) Take(in Input) error {
	if in.At < s.at {
		return ErrBackwards.About("%d after %d", in.At, s.at)
	}
	next := *s
	if err := next.step(in); err != nil {
		return err
	}
	next.at = in.At
	*s = next
	return nil
}

func (s *Session) step(in Input) error {
	switch in.Step {
	case BeginCall, BeginClosing, Interrupt:
		return s.call(in.Step)
	case BeginNoCancel, BeginRandomEnd, Freeze, Strike:
		return s.auction(in)
	case BeginContinuous:
		if s.phase != PreOpen {
			return turned(s.phase, in.Step)
		}
		if s.Owes(Opening) {
			return skipped(Opening)
		}
		s.phase = Continuous
		return nil
	case Stop, Resume, Waive:
		return s.halt(in)
	case Close:
		return s.close()
	}
	return turned(s.phase, in.Step)
}

// call begins a call. An intraday or volatility auction is owed from then on.
func (s *Session) call(step Step) error {
	switch {
	case step == BeginCall && s.phase == PreOpen:
		s.enter(Call, Opening)
	case step == BeginCall && s.phase == Continuous:
		s.enter(Call, Intraday)
	case step == BeginClosing && s.phase == Continuous:
		for _, d := range s.owed { // What was due before the closing auction can't be held after it.
			if d.Auction != Closing {
				return skipped(d.Auction)
			}
		}
		s.enter(ClosingCall, Closing)
	case step == Interrupt && s.phase == Continuous:
		s.enter(VolatilityCall, Volatility)
	default:
		return turned(s.phase, step)
	}
	return nil
}

func (s *Session) enter(p Phase, k Kind) {
	s.phase, s.kind = p, k
	s.firm, s.ended, s.brief = false, false, p == VolatilityCall
	if !s.Owes(k) {
		s.owed = append(slices.Clone(s.owed), Due{Auction: k})
	}
}

// auction takes a call to its price.
func (s *Session) auction(in Input) error {
	switch {
	case in.Step == BeginNoCancel && s.mayFirm():
		if s.phase == RandomEnd && in.At < s.endsAt {
			return ErrEarly.About("%d before %d", in.At, s.endsAt)
		}
		s.firm, s.ended, s.phase = true, s.phase == RandomEnd, NoCancel
	case in.Step == BeginRandomEnd && s.mayEnd() && s.plan.RandomMax > 0:
		if in.Drawn < 0 || in.Drawn > s.plan.RandomMax || in.Drawn > math.MaxInt64-max(in.At, 0) {
			return ErrDrawn.About("%d of %d", in.Drawn, s.plan.RandomMax)
		}
		s.phase, s.endsAt = RandomEnd, in.At+in.Drawn
	case in.Step == Freeze && s.mayFreeze():
		if s.phase == RandomEnd && in.At < s.endsAt {
			return ErrEarly.About("%d before %d", in.At, s.endsAt)
		}
		s.phase, s.book = Uncrossing, in.Book
	case in.Step == Strike && s.phase == Uncrossing && in.Book != s.book:
		return ErrThawed.About("%x instead of %x", in.Book, s.book)
	case in.Step == Strike && s.phase == Uncrossing && in.Outside:
		s.enter(VolatilityCall, s.kind) // The same auction is still owed.
	case in.Step == Strike && s.phase == Uncrossing:
		s.settle()
	default:
		return turned(s.phase, in.Step)
	}
	return nil
}

func (s *Session) calling() bool { return s.phase == Call || s.phase == ClosingCall }

// mayFirm says whether a no-cancel phase may begin.
func (s *Session) mayFirm() bool {
	if s.plan.Firm == FirmAfter {
		return s.phase == RandomEnd && !s.brief
	}
	return s.calling()
}

// mayEnd says whether the collecting of orders is over, so that what ends the call may begin.
func (s *Session) mayEnd() bool {
	return s.phase == VolatilityCall || s.phase == NoCancel && !s.ended || s.calling() && s.plan.Firm != FirmBefore
}

// mayFreeze says whether the book may be frozen: at the end of the last phase that the plan has for this call.
func (s *Session) mayFreeze() bool {
	switch {
	case s.plan.RandomMax == 0:
		return s.mayEnd()
	case s.plan.Firm == FirmAfter && !s.brief:
		return s.phase == NoCancel
	}
	return s.phase == RandomEnd
}

// settle ends an auction that was held, also when nobody met in it.
func (s *Session) settle() {
	s.held = append(slices.Clone(s.held), s.kind)
	s.forget(s.kind)
	switch {
	case s.kind != Closing:
		s.phase = Continuous
	case s.plan.TradeAtClose:
		s.phase = TradeAtClose
	default:
		s.phase = Closed
	}
	s.kind, s.firm, s.ended, s.brief = 0, false, false, false
}

// halt stops and resumes. A planned auction that was interrupted begins again; in place of continuous trading, or of a
// volatility call, comes the auction that reopens it.
func (s *Session) halt(in Input) error {
	switch {
	case in.Step == Stop && s.phase != Closed && s.phase != Halt:
		s.halted, s.phase = s.phase, Halt
		if s.halted != PreOpen && s.halted != TradeAtClose && (s.kind == 0 || s.kind == Volatility) {
			s.forget(s.kind)
			s.enter(Halt, Reopening)
		}
	case in.Step == Resume && s.phase == Halt && (s.halted == PreOpen || s.halted == TradeAtClose):
		s.phase = s.halted
	case in.Step == Resume && s.phase == Halt && s.kind == Closing:
		s.enter(ClosingCall, Closing)
	case in.Step == Resume && s.phase == Halt:
		s.enter(Call, s.kind)
	case in.Step == Waive && s.phase == Halt:
		if !s.Owes(in.Auction) {
			return turned(s.phase, in.Step)
		}
		s.forget(in.Auction)
	default:
		return turned(s.phase, in.Step)
	}
	return nil
}

// close ends the day, when nothing is owed.
func (s *Session) close() error {
	if s.phase != Continuous && s.phase != TradeAtClose && s.phase != Halt && s.phase != PreOpen {
		return turned(s.phase, Close)
	}
	if len(s.owed) > 0 {
		return skipped(s.owed[0].Auction)
	}
	s.phase, s.kind = Closed, 0
	return nil
}

// Owes says whether an auction still has to be held.
func (s *Session) Owes(k Kind) bool {
	return slices.ContainsFunc(s.owed, func(d Due) bool { return d.Auction == k })
}

func (s *Session) forget(k Kind) {
	s.owed = slices.DeleteFunc(slices.Clone(s.owed), func(d Due) bool { return d.Auction == k })
}

// Digest gives a number that says which book it is: any other order, another place of an order or a changed quantity
// gives another one, but for chance. It is for Freeze and Strike.
func Digest(orders []Order) uint64 {
	h := fnv.New64a()
	var b [8]byte
	number := func(n uint64) {
		for i := range b {
			b[i] = byte(n >> (8 * i))
		}
		h.Write(b[:]) // A hash never fails to be written.
	}
	for i := range orders {
		o := &orders[i]
		kind := uint64(o.Side)<<16 | uint64(o.Class)<<8
		if o.Market {
			kind |= 1
		}
		number(o.ID)
		number(kind)
		number(uint64(o.Limit))
		number(uint64(o.Quantity))
		number(uint64(len(o.Party)))
		h.Write([]byte(o.Party))
	}
	return h.Sum64()
}
