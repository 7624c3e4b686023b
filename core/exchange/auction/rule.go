package auction

import "sauda/base/money"

// Candidates says which prices a call auction looks at.
type Candidates uint8

// Which prices are looked at.
const (
	AtLimits Candidates = iota // AtLimits looks at the limits of orders only (Xetra, HKEX).
	AtTicks                    // AtTicks looks at every allowed price from the lowest limit to the highest (TSE, ASX).
	AtBeyond                   // AtBeyond looks one step further on both sides (JPX, itayose, condition 1).
	// AtCrossed looks only at limits between the lowest ask and the highest bid, and finds none where these do not cross;
	// then whoever meets at the reference trades at it (HKEX Rule 501G and closing auction).
	AtCrossed
	// AtReference looks at the limits and at the reference, which may lie beyond them (Euronext).
	AtReference
)

// Pressure says what a surplus on one side means, when several prices give the same volume and the same surplus.
type Pressure uint8

// What a surplus means.
const (
	PressureNone  Pressure = iota // PressureNone: nothing; the reference decides.
	PressureWhole                 // PressureWhole: buyers left over take the highest price, sellers the lowest (Xetra, Euronext, SET, HKEX).
	PressureCap                   // PressureCap: the same, but not farther from the reference than Cap (Nexdax).
)

// Choice says how the reference price decides between prices that are equal otherwise.
type Choice uint8

// How the reference decides.
const (
	// ChoiceWithin takes the reference itself when it lies between the prices, else the end that is nearer (Xetra).
	ChoiceWithin Choice = iota
	// ChoiceNearest takes the candidate that is nearest to the reference (HKEX, SET, Euronext).
	ChoiceNearest
)

// Fallback says what happens where the reference should decide and there is none.
type Fallback uint8

// What is done without a reference.
const (
	FallbackMiddle  Fallback = iota // FallbackMiddle takes the price half way, by Tie when there are two.
	FallbackLowest                  // FallbackLowest takes the lowest price (SET, ASX).
	FallbackHighest                 // FallbackHighest takes the highest price.
	FallbackRefuse                  // FallbackRefuse strikes no price: ErrReference.
)

// Tie says which of two prices counts that are equally far from where a price should be.
type Tie uint8

// Which of two equal prices counts.
const (
	TieLow Tie = iota
	TieHigh
)

// Markets says what becomes of market orders.
type Markets uint8

// What becomes of market orders.
const (
	MarketsFirst   Markets = iota // MarketsFirst: they are filled before any limit, as far as there is something.
	MarketsWhole                  // MarketsWhole: besides, no price is struck that leaves one of them open (TSE).
	MarketsRefused                // MarketsRefused: a book with a market order is refused (ErrMarket).
)

// Sharing says who is served when one price has more orders than can be filled.
type Sharing uint8

// Who is served.
const (
	ByTime  Sharing = iota // ByTime serves the older order first.
	ProRata                // ProRata serves all by their quantities; what is left over goes to the largest remainders.
)

// Rule is how one market uncrosses. The zero Rule has Xetra's order of criteria without pressure.
type Rule struct {
	Name       string
	Ticks      Ticks // Ticks are of the instrument; orders, and the reference, must stand on them.
	Candidates Candidates
	Pressure   Pressure
	Cap        money.Rate // Cap is for PressureCap: how far from the reference pressure may drive the price.
	Choice     Choice
	Around     bool // Around says that a surplus that changes its side leaves only the two prices beside that change.
	Tie        Tie
	Fallback   Fallback
	Markets    Markets
	Sharing    Sharing
}

// Check refuses parameters that say nothing or contradict each other.
func (r Rule) Check() error {
	if r.Candidates > AtReference || r.Pressure > PressureCap || r.Choice > ChoiceNearest || r.Fallback > FallbackRefuse ||
		r.Tie > TieHigh || r.Markets > MarketsRefused || r.Sharing > ProRata {
		return ErrRule.About("%s: an unknown parameter: %+v", r.Name, r)
	}
	if (r.Pressure == PressureCap) != (r.Cap > 0) || r.Cap.Check() != nil {
		return ErrRule.About("%s: a cap of %s does not belong to pressure %d", r.Name, r.Cap, r.Pressure)
	}
	return r.Ticks.Check()
}

// Markets whose rules are known. docs/exchange.md has the source of each and says where we differ.
var rules = []Rule{
	// Xetra Market Model Equities, "Price determination in auctions": volume, surplus, pressure, reference.
	{Name: "xetra", Pressure: PressureWhole, Around: true},
	// Euronext, pure market orders, call phase, examples 1 to 5: pressure, then the price nearest to the reference, also
	// beyond the limits when market orders make it possible.
	{Name: "euronext", Candidates: AtReference, Pressure: PressureWhole, Choice: ChoiceNearest},
	// HKEX, Indicative Equilibrium Price, rules 1 to 3: one of the bid or ask prices within the crossed range, pressure, then
	// nearest to the reference; the higher one of two.
	{Name: "hkex", Candidates: AtCrossed, Pressure: PressureWhole, Choice: ChoiceNearest, Tie: TieHigh, Fallback: FallbackHighest},
	// SET, "Opening and closing price calculation" 1 to 3.4.
	{Name: "set", Pressure: PressureWhole, Choice: ChoiceNearest, Around: true, Fallback: FallbackLowest},
	// SGX-ST Rulebook, Practice Note 8.2.1.
	{Name: "sgx", Pressure: PressureWhole, Around: true},
	// Nexdax and BNB Beacon Chain, match steps 1 to 4: the pressure ends five per cent from the reference; where the surplus
	// changes its side, the reference counts anywhere between the first and the last price.
	{Name: "nexdax", Candidates: AtTicks, Pressure: PressureCap, Cap: money.One / 20},
	// ASX four steps, as its course appendix has them: every tick; without a reference the lowest.
	{Name: "asx", Candidates: AtTicks, Pressure: PressureWhole, Around: true, Fallback: FallbackLowest},
	// TSE itayose: all market orders are executed or none; orders at one price are simultaneous. JPX conditions 1 to 5.
	{Name: "tse", Candidates: AtBeyond, Pressure: PressureWhole, Around: true, Markets: MarketsWhole, Sharing: ProRata},
	// MOEX: market orders before limits, orders for the auction before others by their class.
	{Name: "moex", Pressure: PressureWhole, Around: true},
	// KASE, Frankfurt auction: the largest volume. What decides between equal prices is not in our sources.
	{Name: "kase", Pressure: PressureWhole, Around: true},
}

// RuleNames are the names of the markets whose rules are known.
func RuleNames() (names []string) {
	for _, r := range rules {
		names = append(names, r.Name)
	}
	return names
}

// RuleOf gives the rule of a market by its name, to which the ticks of an instrument are added, and ErrRule for a name
// that is not known: "xetra", "euronext", "hkex", "set", "sgx", "nexdax", "asx", "tse", "moex", "kase".
func RuleOf(name string, ticks Ticks) (Rule, error) {
	for _, r := range rules {
		if r.Name == name {
			r.Ticks = ticks
			return r, r.Check()
		}
	}
	return Rule{}, ErrRule.About("the market %q", name)
}

// Reference is the price that decides when nothing else does: the last one traded, or the last auction's.
type Reference struct {
	Price int64
	Known bool
}

// Ref gives a reference that is known.
func Ref(price int64) Reference { return Reference{price, true} }
