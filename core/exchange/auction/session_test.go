package auction_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/fault"
	"sauda/core/exchange/auction"
)

const second = 1_000_000

// fullPlan is a day with everything: HKEX's no-cancel phases, MOEX's thirty seconds, trading at the close.
func fullPlan() auction.Plan {
	return auction.Plan{
		Due:  []auction.Due{{Auction: auction.Opening, By: 100 * second}, {Auction: auction.Closing, By: 900 * second}},
		Firm: auction.FirmBefore, RandomMax: 30 * second, TradeAtClose: true,
	}
}

func begun(t failer, p auction.Plan) *auction.Session {
	t.Helper()
	s, err := auction.Begin(p)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return s
}

func take(t *testing.T, s *auction.Session, inputs ...auction.Input) {
	t.Helper()
	for _, in := range inputs {
		if err := s.Take(in); err != nil {
			t.Fatalf("%s in %s: %v", in.Step, s.Phase(), err)
		}
	}
}

// TestADay: a whole day, with what each phase allows, told by its inputs.
func TestADay(t *testing.T) {
	s := begun(t, fullPlan())
	for _, c := range []struct {
		in     auction.Input
		phase  auction.Phase
		allows string // What is allowed then: enter, cancel, replace, match.
	}{
		{auction.Input{Step: auction.BeginCall, At: 1 * second}, auction.Call, "ecr"},
		{auction.Input{Step: auction.BeginNoCancel, At: 2 * second}, auction.NoCancel, "e"},
		{auction.Input{Step: auction.BeginRandomEnd, At: 3 * second, Drawn: 17 * second}, auction.RandomEnd, "e"},
		{auction.Input{Step: auction.Freeze, At: 20 * second, Book: 7}, auction.Uncrossing, "m"},
		{auction.Input{Step: auction.Strike, At: 20 * second, Book: 7}, auction.Continuous, "ecrm"},
		{auction.Input{Step: auction.Interrupt, At: 300 * second}, auction.VolatilityCall, "ecr"},
		{auction.Input{Step: auction.BeginRandomEnd, At: 310 * second}, auction.RandomEnd, "ecr"},
		{auction.Input{Step: auction.Freeze, At: 310 * second, Book: 8}, auction.Uncrossing, "m"},
		{auction.Input{Step: auction.Strike, At: 311 * second, Book: 8, Outside: true}, auction.VolatilityCall, "ecr"},
		{auction.Input{Step: auction.BeginRandomEnd, At: 320 * second}, auction.RandomEnd, "ecr"},
		{auction.Input{Step: auction.Freeze, At: 320 * second, Book: 9}, auction.Uncrossing, "m"},
		{auction.Input{Step: auction.Strike, At: 320 * second, Book: 9}, auction.Continuous, "ecrm"},
		{auction.Input{Step: auction.Stop, At: 400 * second}, auction.Halt, "c"},
		{auction.Input{Step: auction.Resume, At: 500 * second}, auction.Call, "ecr"},
		{auction.Input{Step: auction.BeginNoCancel, At: 501 * second}, auction.NoCancel, "e"},
		{auction.Input{Step: auction.BeginRandomEnd, At: 502 * second, Drawn: 30 * second}, auction.RandomEnd, "e"},
		{auction.Input{Step: auction.Freeze, At: 532 * second}, auction.Uncrossing, "m"},
		{auction.Input{Step: auction.Strike, At: 532 * second}, auction.Continuous, "ecrm"},
		{auction.Input{Step: auction.BeginClosing, At: 800 * second}, auction.ClosingCall, "ecr"},
		{auction.Input{Step: auction.BeginNoCancel, At: 810 * second}, auction.NoCancel, "e"},
		{auction.Input{Step: auction.BeginRandomEnd, At: 820 * second, Drawn: 1}, auction.RandomEnd, "e"},
		{auction.Input{Step: auction.Freeze, At: 821 * second, Book: 1}, auction.Uncrossing, "m"},
		{auction.Input{Step: auction.Strike, At: 821 * second, Book: 1}, auction.TradeAtClose, "ecrm"},
		{auction.Input{Step: auction.Close, At: 899 * second}, auction.Closed, ""},
	} {
		take(t, s, c.in)
		got := ""
		for i, act := range []auction.Act{auction.Enter, auction.Cancel, auction.Replace, auction.Match} {
			if err := s.Allow(act); err == nil {
				got += string("ecrm"[i])
			} else if !errors.Is(err, auction.ErrPhase) || fault.ParamsOf(err)["act"] != act.String() {
				t.Errorf("%s in %s: %v", act, s.Phase(), err)
			}
		}
		if s.Phase() != c.phase || got != c.allows {
			t.Errorf("after %s: %s allows %q, wanted %s and %q", c.in.Step, s.Phase(), got, c.phase, c.allows)
		}
	}
	if want := []auction.Kind{auction.Opening, auction.Volatility, auction.Reopening, auction.Closing}; !slices.Equal(s.Held(), want) {
		t.Errorf("held were %v, wanted %v", s.Held(), want)
	}
}

// TestSkippedAuctions: an auction that was due and was not held is an error (NYSE, 24 January 2023), in whichever way one
// tries to pass it over.
func TestSkippedAuctions(t *testing.T) {
	refused := func(s *auction.Session, in auction.Input, want error, named string) {
		t.Helper()
		phase := s.Phase()
		err := s.Take(in)
		if !errors.Is(err, want) || s.Phase() != phase || named != "" && fault.ParamsOf(err)["auction"] != named {
			t.Errorf("%s in %s: %v; wanted %v of %q", in.Step, phase, err, want, named)
		}
	}
	s := begun(t, fullPlan())
	refused(s, auction.Input{Step: auction.BeginContinuous}, auction.ErrSkipped, "opening")
	refused(s, auction.Input{Step: auction.Close}, auction.ErrSkipped, "opening")
	refused(s, auction.Input{Step: auction.BeginClosing}, auction.ErrTurn, "")
	if err := s.Overdue(100 * second); err != nil {
		t.Errorf("on time: %v", err)
	}
	if err := s.Overdue(100*second + 1); !errors.Is(err, auction.ErrSkipped) || fault.ParamsOf(err)["auction"] != "opening" {
		t.Errorf("the opening auction is late: %v", err)
	}
	take(t, s, auction.Input{Step: auction.BeginCall})
	refused(s, auction.Input{Step: auction.BeginContinuous}, auction.ErrTurn, "")
	take(t, s, auction.Input{Step: auction.Stop}, auction.Input{Step: auction.Resume})
	if s.Auction() != auction.Opening || s.Phase() != auction.Call {
		t.Errorf("after a halt in the opening call: %s, the %s auction", s.Phase(), s.Auction())
	}
	take(t, s, auction.Input{Step: auction.BeginNoCancel}, auction.Input{Step: auction.BeginRandomEnd},
		auction.Input{Step: auction.Freeze, Book: 1}, auction.Input{Step: auction.Strike, Book: 1})
	if err := s.Overdue(101 * second); err != nil {
		t.Errorf("the opening auction was held: %v", err)
	}
	refused(s, auction.Input{Step: auction.Close}, auction.ErrSkipped, "closing")
	refused(s, auction.Input{Step: auction.Waive, Auction: auction.Closing}, auction.ErrTurn, "")
	take(t, s, auction.Input{Step: auction.Stop})
	refused(s, auction.Input{Step: auction.Waive, Auction: auction.Opening}, auction.ErrTurn, "")
	take(t, s, auction.Input{Step: auction.Waive, Auction: auction.Closing})
	refused(s, auction.Input{Step: auction.Close}, auction.ErrSkipped, "reopening")
	take(t, s, auction.Input{Step: auction.Waive, Auction: auction.Reopening}, auction.Input{Step: auction.Close})
	refused(s, auction.Input{Step: auction.BeginCall}, auction.ErrTurn, "")

	// An intraday auction that is due is held before the closing one.
	p := auction.Plan{Due: []auction.Due{{Auction: auction.Intraday}, {Auction: auction.Closing}}}
	s = begun(t, p)
	take(t, s, auction.Input{Step: auction.BeginContinuous})
	refused(s, auction.Input{Step: auction.BeginClosing}, auction.ErrSkipped, "intraday")
	take(t, s, auction.Input{Step: auction.BeginCall}, auction.Input{Step: auction.Freeze}, auction.Input{Step: auction.Strike},
		auction.Input{Step: auction.BeginClosing}, auction.Input{Step: auction.Freeze}, auction.Input{Step: auction.Strike})
	if s.Phase() != auction.Closed || len(s.Owed()) != 0 {
		t.Errorf("after the closing auction: %s, owed %v", s.Phase(), s.Owed())
	}
}

// TestFrozen: while an auction is computed nothing else is taken (Facebook's opening, SEC 34-69655), and only the result of
// the frozen book ends it.
func TestFrozen(t *testing.T) {
	book := []auction.Order{buy(10, 5), sell(9, 3)}
	s := begun(t, auction.Plan{RandomMax: 10})
	take(t, s, auction.Input{Step: auction.BeginCall, At: 5}, auction.Input{Step: auction.BeginRandomEnd, At: 6, Drawn: 4})
	for _, c := range []struct {
		in   auction.Input
		want error
	}{
		{auction.Input{Step: auction.Freeze, At: 9}, auction.ErrEarly},
		{auction.Input{Step: auction.Freeze, At: 5}, auction.ErrBackwards},
		{auction.Input{Step: auction.BeginRandomEnd, At: 9}, auction.ErrTurn},
	} {
		if err := s.Take(c.in); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v", c.in, err)
		}
	}
	take(t, s, auction.Input{Step: auction.Freeze, At: 10, Book: auction.Digest(book)})
	for step := auction.BeginCall; step <= auction.Close+1; step++ {
		if step != auction.Strike && step != auction.Stop {
			if err := s.Take(auction.Input{Step: step, At: 11}); !errors.Is(err, auction.ErrTurn) {
				t.Errorf("%s while the book is frozen: %v", step, err)
			}
		}
	}
	for _, act := range []auction.Act{auction.Enter, auction.Cancel, auction.Replace} {
		if s.Allow(act) == nil {
			t.Errorf("%s is allowed while the book is frozen", act)
		}
	}
	for i, change := range []func([]auction.Order){
		func(b []auction.Order) { b[0].Quantity-- }, func(b []auction.Order) { b[0].Limit++ }, func(b []auction.Order) { b[0].ID++ },
		func(b []auction.Order) { b[0].Market = true }, func(b []auction.Order) { b[0].Class++ }, func(b []auction.Order) { b[0].Party = "x" },
		func(b []auction.Order) { b[0], b[1] = b[1], b[0] },
	} {
		other := slices.Clone(book)
		change(other)
		if err := s.Take(auction.Input{Step: auction.Strike, At: 11, Book: auction.Digest(other)}); !errors.Is(err, auction.ErrThawed) {
			t.Errorf("the result of another book (%d): %v", i, err)
		}
	}
	if err := s.Take(auction.Input{Step: auction.Strike, At: 11, Book: auction.Digest(book[:1])}); !errors.Is(err, auction.ErrThawed) {
		t.Errorf("the result of a part of the book: %v", err)
	}
	take(t, s, auction.Input{Step: auction.Strike, At: 12, Book: auction.Digest(book)})

	// A book that can't be computed leaves trading halted, and the auction owed.
	s = begun(t, fullPlan())
	take(t, s, auction.Input{Step: auction.BeginCall}, auction.Input{Step: auction.BeginNoCancel}, auction.Input{Step: auction.BeginRandomEnd},
		auction.Input{Step: auction.Freeze, Book: 1}, auction.Input{Step: auction.Stop})
	if err := s.Take(auction.Input{Step: auction.Strike, Book: 1}); !errors.Is(err, auction.ErrTurn) {
		t.Errorf("struck in a halt: %v", err)
	}
	if err := s.Take(auction.Input{Step: auction.Close}); !errors.Is(err, auction.ErrSkipped) || s.Auction() != auction.Opening {
		t.Errorf("closed after a failed opening: %v", err)
	}
	take(t, s, auction.Input{Step: auction.Resume})
}

// TestSGX: the random end comes first, the no-cancel phase after it (SGX: 08:58 to 08:59, then until 09:00).
func TestSGX(t *testing.T) {
	s := begun(t, auction.Plan{Due: []auction.Due{{Auction: auction.Opening}}, Firm: auction.FirmAfter, RandomMax: 60 * second})
	refused := func(in auction.Input, want error) {
		t.Helper()
		if err := s.Take(in); !errors.Is(err, want) {
			t.Errorf("%s in %s: %v", in.Step, s.Phase(), err)
		}
	}
	take(t, s, auction.Input{Step: auction.BeginCall})
	refused(auction.Input{Step: auction.BeginNoCancel}, auction.ErrTurn)
	take(t, s, auction.Input{Step: auction.BeginRandomEnd, Drawn: 31 * second})
	if s.Allow(auction.Cancel) != nil {
		t.Error("before the random end orders can be taken out")
	}
	refused(auction.Input{Step: auction.BeginNoCancel, At: 30 * second}, auction.ErrEarly)
	refused(auction.Input{Step: auction.Freeze, At: 31 * second}, auction.ErrTurn)
	take(t, s, auction.Input{Step: auction.BeginNoCancel, At: 31 * second})
	if s.Allow(auction.Cancel) == nil || s.Allow(auction.Enter) != nil {
		t.Error("in the no-cancel phase orders come and do not go")
	}
	refused(auction.Input{Step: auction.BeginRandomEnd, At: 40 * second}, auction.ErrTurn)
	take(t, s, auction.Input{Step: auction.Freeze, At: 120 * second}, auction.Input{Step: auction.Strike, At: 120 * second})
	take(t, s, auction.Input{Step: auction.Interrupt, At: 130 * second}, auction.Input{Step: auction.BeginRandomEnd, At: 130 * second})
	refused(auction.Input{Step: auction.BeginNoCancel, At: 140 * second}, auction.ErrTurn)
	take(t, s, auction.Input{Step: auction.Freeze, At: 140 * second}, auction.Input{Step: auction.Strike, At: 140 * second})
}

// TestRefusedPlans: plans and random ends that can't be.
func TestRefusedPlans(t *testing.T) {
	for name, p := range map[string]auction.Plan{
		"twice":               {Due: []auction.Due{{Auction: auction.Closing}, {Auction: auction.Closing, By: 5}}},
		"none":                {Due: []auction.Due{{}}},
		"a planned accident":  {Due: []auction.Due{{Auction: auction.Volatility}}},
		"unknown":             {Due: []auction.Due{{Auction: 9}}},
		"before time":         {Due: []auction.Due{{Auction: auction.Closing, By: -1}}},
		"a window below zero": {RandomMax: -1},
		"after no random end": {Firm: auction.FirmAfter},
		"firm in some way":    {Firm: 3, RandomMax: 1},
	} {
		if _, err := auction.Begin(p); !errors.Is(err, auction.ErrRule) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := begun(t, auction.Plan{RandomMax: 10})
	take(t, s, auction.Input{Step: auction.BeginCall})
	for _, drawn := range []int64{-1, 11} {
		if err := s.Take(auction.Input{Step: auction.BeginRandomEnd, Drawn: drawn}); !errors.Is(err, auction.ErrDrawn) {
			t.Errorf("a random end after %d: %v", drawn, err)
		}
	}
	if auction.Phase(99).Allows(auction.Enter) || auction.Continuous.Allows(99) {
		t.Error("an unknown phase or act is allowed")
	}
}

// modelDay is the obvious twin of a session: a table of what follows what, and a list of what is owed.
type modelDay struct {
	plan       auction.Plan
	phase      auction.Phase
	kind       auction.Kind
	firm       bool
	ended      bool // ended says that this call has passed a random end, brief that it is a volatility call.
	brief      bool
	halted     auction.Phase
	at, endsAt int64
	book       uint64
	owed       map[auction.Kind]bool
	held       []auction.Kind
}

// follows is the table: where a step leads from a phase, when nothing speaks against it.
var follows = map[auction.Phase]map[auction.Step]auction.Phase{
	auction.PreOpen: {auction.BeginCall: auction.Call, auction.BeginContinuous: auction.Continuous, auction.Stop: auction.Halt, auction.Close: auction.Closed},
	auction.Call: {auction.BeginNoCancel: auction.NoCancel, auction.BeginRandomEnd: auction.RandomEnd, auction.Freeze: auction.Uncrossing,
		auction.Stop: auction.Halt},
	auction.ClosingCall: {auction.BeginNoCancel: auction.NoCancel, auction.BeginRandomEnd: auction.RandomEnd, auction.Freeze: auction.Uncrossing,
		auction.Stop: auction.Halt},
	auction.NoCancel:       {auction.BeginRandomEnd: auction.RandomEnd, auction.Freeze: auction.Uncrossing, auction.Stop: auction.Halt},
	auction.VolatilityCall: {auction.BeginRandomEnd: auction.RandomEnd, auction.Freeze: auction.Uncrossing, auction.Stop: auction.Halt},
	auction.RandomEnd:      {auction.BeginNoCancel: auction.NoCancel, auction.Freeze: auction.Uncrossing, auction.Stop: auction.Halt},
	auction.Uncrossing:     {auction.Strike: auction.Continuous, auction.Stop: auction.Halt}, // Or where its kind and its outcome lead.
	auction.Continuous: {auction.BeginCall: auction.Call, auction.Interrupt: auction.VolatilityCall, auction.BeginClosing: auction.ClosingCall,
		auction.Stop: auction.Halt, auction.Close: auction.Closed},
	auction.Halt:         {auction.Resume: auction.Call, auction.Waive: auction.Halt, auction.Close: auction.Closed}, // Resume: or ClosingCall, or back.
	auction.TradeAtClose: {auction.Stop: auction.Halt, auction.Close: auction.Closed},
	auction.Closed:       {},
}

func (m *modelDay) take(in auction.Input) *fault.Fault {
	if in.At < m.at {
		return auction.ErrBackwards
	}
	to, ok := follows[m.phase][in.Step]
	if !ok {
		return auction.ErrTurn
	}
	calling := m.phase == auction.Call || m.phase == auction.ClosingCall
	switch in.Step {
	case auction.BeginContinuous:
		if m.owed[auction.Opening] {
			return auction.ErrSkipped
		}
	case auction.Close:
		if len(m.owed) > 0 {
			return auction.ErrSkipped
		}
	case auction.BeginClosing:
		for k := range m.owed {
			if k != auction.Closing {
				return auction.ErrSkipped
			}
		}
	case auction.BeginNoCancel: // SGX begins it in the random end, all others before.
		sgx := m.plan.Firm == auction.FirmAfter
		if sgx != (m.phase == auction.RandomEnd) || m.brief && sgx {
			return auction.ErrTurn
		}
		if sgx && in.At < m.endsAt {
			return auction.ErrEarly
		}
	case auction.BeginRandomEnd:
		if m.plan.RandomMax == 0 || m.plan.Firm == auction.FirmBefore && calling || m.ended {
			return auction.ErrTurn
		}
		if in.Drawn < 0 || in.Drawn > m.plan.RandomMax {
			return auction.ErrDrawn
		}
	case auction.Freeze:
		last := auction.RandomEnd // The phase after which the book is frozen, where there is a random end.
		if m.plan.Firm == auction.FirmAfter && !m.brief {
			last = auction.NoCancel
		}
		if m.plan.RandomMax > 0 && m.phase != last || m.plan.RandomMax == 0 && m.plan.Firm == auction.FirmBefore && calling {
			return auction.ErrTurn
		}
		if m.phase == auction.RandomEnd && in.At < m.endsAt {
			return auction.ErrEarly
		}
	case auction.Strike:
		if in.Book != m.book {
			return auction.ErrThawed
		}
	case auction.Waive:
		if !m.owed[in.Auction] {
			return auction.ErrTurn
		}
	}
	m.at = in.At
	m.move(in, to)
	return nil
}

func (m *modelDay) move(in auction.Input, to auction.Phase) {
	from := m.phase
	m.phase = to
	begin := func(k auction.Kind) { m.kind, m.firm, m.ended, m.brief, m.owed[k] = k, false, false, false, true }
	switch in.Step {
	case auction.BeginCall:
		begin(map[auction.Phase]auction.Kind{auction.PreOpen: auction.Opening, auction.Continuous: auction.Intraday}[from])
	case auction.Interrupt:
		begin(auction.Volatility)
		m.brief = true
	case auction.BeginClosing:
		begin(auction.Closing)
	case auction.BeginNoCancel:
		m.firm, m.ended = true, from == auction.RandomEnd
	case auction.BeginRandomEnd:
		m.endsAt = in.At + in.Drawn
	case auction.Freeze:
		m.book = in.Book
	case auction.Strike:
		m.firm, m.ended, m.brief = false, false, in.Outside
		if in.Outside {
			m.phase = auction.VolatilityCall
			return
		}
		delete(m.owed, m.kind)
		m.held = append(m.held, m.kind)
		if m.kind == auction.Closing {
			m.phase = auction.Closed
			if m.plan.TradeAtClose {
				m.phase = auction.TradeAtClose
			}
		}
		m.kind = 0
	case auction.Stop:
		m.halted = from
		if from != auction.PreOpen && from != auction.TradeAtClose && (m.kind == 0 || m.kind == auction.Volatility) {
			delete(m.owed, m.kind)
			begin(auction.Reopening)
		}
	case auction.Resume:
		switch {
		case m.halted == auction.PreOpen || m.halted == auction.TradeAtClose:
			m.phase = m.halted
		case m.kind == auction.Closing:
			m.phase = auction.ClosingCall
			begin(auction.Closing)
		default:
			begin(m.kind)
		}
	case auction.Waive:
		delete(m.owed, in.Auction)
	case auction.Close:
		m.kind = 0
	}
}

// TestHistories: random days, of steps in and out of turn, go as the table says; what is refused changes nothing; and a
// day that is closed owes no auction.
func TestHistories(t *testing.T) {
	seen := map[auction.Phase]int{}
	rapid.Check(t, func(t *rapid.T) {
		for range 6 {
			randomDay(t, seen)
		}
	})
	for phase := auction.PreOpen; phase <= auction.Closed; phase++ {
		if seen[phase] == 0 {
			t.Errorf("no history came to %s", phase)
		}
	}
}

// randomDay goes through one day beside its twin, and a few steps further.
func randomDay(t *rapid.T, seen map[auction.Phase]int) {
	p := auction.Plan{Firm: auction.Firm(rapid.IntRange(0, 2).Draw(t, "firm")), TradeAtClose: rapid.Bool().Draw(t, "at close"),
		RandomMax: rapid.SampledFrom([]int64{0, 5}).Draw(t, "random")}
	if p.Firm == auction.FirmAfter {
		p.RandomMax = 5
	}
	m := &modelDay{plan: p, owed: map[auction.Kind]bool{}}
	for _, k := range []auction.Kind{auction.Opening, auction.Intraday, auction.Closing} {
		if rapid.Bool().Draw(t, k.String()) {
			p.Due = append(p.Due, auction.Due{Auction: k})
			m.owed[k] = true
		}
	}
	s := begun(t, p)
	for range 120 {
		in := auction.Input{
			Step: auction.Step(rapid.IntRange(0, int(auction.Close)+1).Draw(t, "step")), At: m.at + rapid.Int64Range(-1, 6).Draw(t, "at"),
			Drawn: rapid.Int64Range(-1, 6).Draw(t, "drawn"), Book: uint64(rapid.IntRange(0, 1).Draw(t, "book")),
			Outside: rapid.IntRange(0, 3).Draw(t, "outside") == 0, Auction: auction.Kind(rapid.IntRange(0, int(auction.Closing)).Draw(t, "auction")),
		}
		if rapid.IntRange(0, 4).Draw(t, "in turn") > 0 { // Mostly what may follow, so that days go on.
			var able []auction.Step
			for step := auction.BeginCall; step <= auction.Close; step++ {
				if _, may := follows[m.phase][step]; may && (step != auction.Stop || rapid.IntRange(0, 3).Draw(t, "stop") == 0) {
					able = append(able, step)
				}
			}
			if len(able) > 0 {
				in.Step = rapid.SampledFrom(able).Draw(t, "able")
			}
			in.At, in.Drawn, in.Book = max(m.at, m.endsAt), 2, m.book
		}
		before := fmt.Sprintf("%+v", *s)
		want := m.take(in)
		if got := fault.Of(s.Take(in)); got != want {
			t.Fatalf("%+v in %s: %v, the table says %v", in, s.Phase(), got, want)
		}
		if after := fmt.Sprintf("%+v", *s); want != nil && after != before {
			t.Fatalf("%+v was refused and changed %s to %s", in, before, after)
		}
		owed := map[auction.Kind]bool{}
		for _, d := range s.Owed() {
			owed[d.Auction] = true
		}
		if s.Phase() != m.phase || s.Auction() != m.kind || !slices.Equal(s.Held(), m.held) || fmt.Sprint(owed) != fmt.Sprint(m.owed) {
			t.Fatalf("after %+v: %s, the %s auction, held %v, owed %v; the table says %s, %s, %v, %v", in, s.Phase(), s.Auction(), s.Held(), owed,
				m.phase, m.kind, m.held, m.owed)
		}
		if kept, err := auction.ImportSession(s.Export()); err != nil || !reflect.DeepEqual(kept.Export(), s.Export()) {
			t.Fatalf("after %+v the session is taken up as %+v, %v", in, kept, err)
		} else {
			s = kept
		}
		if s.Phase() == auction.Closed && len(owed) > 0 {
			t.Fatalf("the day is closed and owes %v", owed)
		}
		firm := m.firm && m.phase == auction.RandomEnd
		if cancel := s.Allow(auction.Cancel) == nil; cancel != (m.phase.Allows(auction.Cancel) && !firm) {
			t.Fatalf("a cancellation in %s: %t", m.phase, cancel)
		}
		if seen[m.phase]++; m.phase == auction.Closed && rapid.IntRange(0, 3).Draw(t, "end") == 0 {
			return
		}
	}
}
