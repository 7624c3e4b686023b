package book

// Verb is what an input asks of the book.
type Verb uint8

// The verbs of inputs. Their numbers are written in journals and never change.
const (
	Enter     Verb = iota // Enter brings a new order.
	Cancel                // Cancel takes back the order ID.
	Replace               // Replace changes the order ID: Price, Qty, Stop and Display are given as they shall be.
	CancelAll             // CancelAll takes back all orders of a Trader, a Member, or everybody.
	Expire                // Expire ends dated orders whose Until is at or before Time, and with EndOfDay the day orders.
	Turn                  // Turn changes the phase of the book.
	verbs
)

// Side is one of the two sides of the book.
type Side uint8

// The sides.
const (
	Buy Side = iota
	Sell
	sides
)

// Opposite gives the other side.
func (s Side) Opposite() Side { return s ^ 1 }

// Type says at which prices an order trades.
type Type uint8

// The types of orders.
const (
	Limit         Type = iota // Limit trades at Price or better.
	Market                    // Market trades at any price; what is left of it never rests.
	MarketToLimit             // MarketToLimit becomes a limit order at the best price of the other side.
	StopMarket                // StopMarket waits until a trade reaches Stop and is a market order then.
	StopLimit                 // StopLimit waits until a trade reaches Stop and is a limit order then.
	types
)

// Life says how long an order lives.
type Life uint8

// The lives of orders.
const (
	Day       Life = iota // Day ends with an Expire that has EndOfDay.
	Lasting               // Lasting is good till cancelled.
	Dated                 // Dated ends with the first Expire at Until or later.
	Immediate             // Immediate trades what it can at once; the rest is cancelled.
	AllOrNone             // AllOrNone trades its whole quantity at once or is refused: fill or kill.
	lives
)

// Guard says what happens instead of a trade between two orders of one Owner. The order that comes in decides.
type Guard uint8

// The guards.
const (
	GuardNone    Guard = iota // GuardNone lets the trade happen.
	GuardComing               // GuardComing cancels what is left of the order that comes in.
	GuardResting              // GuardResting cancels the order that rests.
	GuardBoth                 // GuardBoth cancels both.
	GuardReduce               // GuardReduce takes the smaller quantity off both, without a trade.
	guards
)

// Phase is what the book does with orders now.
type Phase uint8

// The phases.
const (
	Continuous Phase = iota // Continuous matches what comes in.
	Collecting              // Collecting lets limit orders rest and matches nothing: the book may be crossed.
	Halted                  // Halted takes no order and no replacement; cancelling and expiry go on.
	phases
)

// Flags are what an input asks besides.
type Flags uint8

// The flags.
const (
	PostOnly Flags = 1 << iota // PostOnly refuses an order that would trade at once.
	Total                      // Total makes the Qty of a Replace count what has traded already, as FIX OrderQty (38) does.
	EndOfDay                   // EndOfDay makes an Expire end day orders too.
	OneSide                    // OneSide keeps a CancelAll to the Side.
	flagsAll = PostOnly | Total | EndOfDay | OneSide
)

// Input is one thing that is asked of the book. It is all that the book learns: the same inputs give the same reports.
// A field that a verb has no use for is not looked at; one that a type of order has no use for is zero, or the input is
// refused with Malformed.
type Input struct {
	Time    int64  // Time is microseconds since 1970; the book compares it with Until and does nothing else with it.
	ID      uint64 // ID names an order; zero is none.
	Price   int64  // Price is the limit.
	Qty     int64  // Qty is the quantity; of a Replace what shall be open afterwards, or with Total the whole.
	Stop    int64  // Stop is the price of a trade that wakes a stop order.
	Display int64  // Display is how much of an iceberg is seen at once; zero for all.
	Min     int64  // Min is how much must trade at once, or the order is refused.
	Until   int64  // Until is when a Dated order ends; in a Replace zero leaves it as it is.
	Owner   uint32 // Owner is whose order it is for the Guard; zero is nobody's.
	Trader  uint32 // Trader is who entered it, for CancelAll.
	Member  uint16 // Member is the firm of the trader, for CancelAll.
	Verb    Verb
	Side    Side
	Type    Type
	Life    Life
	Guard   Guard
	Phase   Phase
	Flags   Flags
}
