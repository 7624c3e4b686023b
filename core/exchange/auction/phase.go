package auction

import "sauda/base/fault"

// Phase is where the day of an instrument stands.
type Phase uint8

// The phases.
const (
	PreOpen        Phase = iota // PreOpen takes orders before the opening call.
	Call                        // Call collects orders and shows what would come of them.
	NoCancel                    // NoCancel takes orders and lets nobody go.
	RandomEnd                   // RandomEnd waits for a moment that was drawn outside.
	Uncrossing                  // Uncrossing holds the frozen book; only its result can follow.
	Continuous                  // Continuous matches order by order.
	VolatilityCall              // VolatilityCall collects orders after a price would have left its collar.
	Halt                        // Halt trades nothing; orders can be taken out.
	ClosingCall                 // ClosingCall is the call of the last auction.
	TradeAtClose                // TradeAtClose matches at the closing price only.
	Closed                      // Closed is the end of the day.
)

// Act is what somebody wants to do with an order.
type Act uint8

// The acts.
const (
	Enter Act = iota
	Cancel
	Replace
	Match
)

// phases is the one table of what each phase is called and allows: enter, cancel, replace, match.
var phases = [...]struct {
	name   string
	allows [4]bool
}{
	PreOpen:        {"pre_open", [4]bool{true, true, true, false}},
	Call:           {"call", [4]bool{true, true, true, false}},
	NoCancel:       {"no_cancel", [4]bool{true, false, false, false}},
	RandomEnd:      {"random_end", [4]bool{true, true, true, false}}, // Unless NoCancel came before it: see Session.Allow.
	Uncrossing:     {"uncrossing", [4]bool{false, false, false, true}},
	Continuous:     {"continuous", [4]bool{true, true, true, true}},
	VolatilityCall: {"volatility_call", [4]bool{true, true, true, false}},
	Halt:           {"halt", [4]bool{false, true, false, false}},
	ClosingCall:    {"closing_call", [4]bool{true, true, true, false}},
	TradeAtClose:   {"trade_at_close", [4]bool{true, true, true, true}},
	Closed:         {"closed", [4]bool{false, false, false, false}},
}

// String gives the name of a phase.
func (p Phase) String() string {
	if int(p) >= len(phases) {
		return "unknown"
	}
	return phases[p].name
}

// Allows says whether the table has an act for a phase. In a random end that follows a no-cancel phase less is allowed:
// ask the Session.
func (p Phase) Allows(a Act) bool { return int(p) < len(phases) && a <= Match && phases[p].allows[a] }

// String gives the name of an act.
func (a Act) String() string {
	if a > Match {
		return "unknown"
	}
	return [...]string{"enter", "cancel", "replace", "match"}[a]
}

// Kind is which auction of a day it is.
type Kind uint8

// The auctions of a day. The zero Kind is none.
const (
	Opening    Kind = iota + 1
	Intraday        // Intraday interrupts continuous trading as planned.
	Volatility      // Volatility follows a price outside of its collar.
	Reopening       // Reopening follows a halt.
	Closing
)

// String gives the name of an auction.
func (k Kind) String() string {
	if k > Closing {
		return "unknown"
	}
	return [...]string{"none", "opening", "intraday", "volatility", "reopening", "closing"}[k]
}

// Step is what moves a day on.
type Step uint8

// The steps.
const (
	BeginCall       Step = iota // BeginCall: the opening call, or an intraday one out of continuous trading.
	BeginNoCancel               // BeginNoCancel: from now on nobody takes an order out.
	BeginRandomEnd              // BeginRandomEnd: with Drawn, how long it lasts.
	Freeze                      // Freeze: with Book, the digest of the frozen book.
	Strike                      // Strike: with Book, and Outside when its price left the collar, so that it is no price.
	BeginContinuous             // BeginContinuous: without an opening auction, where none is due.
	Interrupt                   // Interrupt: a price would leave its collar; a volatility call begins.
	Stop                        // Stop: trading is halted, also when an auction can't be computed.
	Resume                      // Resume: after a halt, by an auction.
	BeginClosing                // BeginClosing: the closing call.
	Waive                       // Waive: with Auction, which will not be held today; only in a halt.
	Close                       // Close: the end of the day.
)

var steps = [...]string{
	"begin_call", "begin_no_cancel", "begin_random_end", "freeze", "strike", "begin_continuous", "interrupt", "stop", "resume",
	"begin_closing", "waive", "close",
}

// String gives the name of a step.
func (s Step) String() string {
	if int(s) >= len(steps) {
		return "unknown"
	}
	return steps[s]
}

// Input is one step with all that it needs. Whoever keeps a journal keeps these, and the day can be told again.
type Input struct {
	Step    Step
	At      int64  // At is the moment, in microseconds; it never goes back.
	Drawn   int64  // Drawn is how many microseconds after At a random end lies.
	Book    uint64 // Book is the digest of the frozen book.
	Outside bool   // Outside says that the price of an auction left its collar: nothing is traded, a call follows.
	Auction Kind
}

// Due is an auction that has to be held by some moment.
type Due struct {
	Auction Kind
	By      int64 // By is the last moment, in microseconds; zero is the end of the day.
}

// Firm says where in a call the no-cancel phase lies. A volatility call has none.
type Firm uint8

// Where the no-cancel phase lies.
const (
	FirmAtWill Firm = iota // FirmAtWill: a call may pass through one before its random end, and need not.
	FirmBefore             // FirmBefore: before the random end, in which nobody takes an order out either (HKEX).
	FirmAfter              // FirmAfter: after it, until the price is found (SGX: random end 08:58 to 08:59, then to 09:00).
)

// Plan is the day of an instrument.
type Plan struct {
	Due          []Due // Due are the auctions that have to be held: at least the opening and the closing one, usually.
	Firm         Firm
	RandomMax    int64 // RandomMax is the longest random end in microseconds; with zero there is none (MOEX: 30 s).
	TradeAtClose bool  // TradeAtClose says that one can trade at the closing price afterwards.
}

// Check refuses a plan with an auction that nobody can plan, one that is due twice, or a window below zero.
func (p Plan) Check() error {
	var seen [Closing + 1]bool
	for _, d := range p.Due {
		if d.Auction != Opening && d.Auction != Intraday && d.Auction != Closing || seen[d.Auction] || d.By < 0 {
			return ErrRule.About("a plan with the auction %s by %d", d.Auction, d.By)
		}
		seen[d.Auction] = true
	}
	if p.RandomMax < 0 || p.Firm > FirmAfter || p.Firm == FirmAfter && p.RandomMax == 0 {
		return ErrRule.About("a random end of %d, no-cancel %d", p.RandomMax, p.Firm)
	}
	return nil
}

// turned refuses a step in a phase.
func turned(p Phase, s Step) error {
	return fault.With(fault.With(ErrTurn.About("%s in %s", s, p), "phase", p.String()), "step", s.String())
}
