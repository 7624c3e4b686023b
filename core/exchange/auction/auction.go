// Package auction agrees prices otherwise than order by order on the continuous book: the call auction over a frozen
// book, the phases of a day in which one happens, primary placement, auctions of a lot (English, Dutch, sealed) and
// tenders, in which sellers bid downwards. All of them end alike, in trades: who buys from whom, at what price, how much.
//
// It knows rules and numbers only. It has no clock, no dice and no store: moments are numbers that only grow, and a
// random end is drawn outside and comes as an input. The same inputs always give the same result, and what is refused
// leaves everything as it was.
//
//	orders, frozen ── Indicate ──▶ price, volume, surplus     (while the call lasts, as often as one likes)
//	               ── Uncross ───▶ the same, and who gets how much
//
//	a day:  Begin ── Take(input) … ──▶ closed, with every auction held that was due
//	a lot:  NewEnglish, NewDutch ── bids ──▶ Finish;   Sealed opens all bids at once
//	a need: NewTender ── bids, Unseal ──▶ Award
//
// It does not know what an instrument is: prices are whole numbers in the smallest unit of a price, quantities whole
// numbers of lots, and which price is allowed is said by Ticks. Prices may be negative where a market has such. Parties
// are opaque. Money and goods are held and settled by others.
package auction

import (
	"math"
	"math/bits"

	"sauda/base/fault"
)

// Faults of auctions.
var (
	// ErrBook has the value order, the place of the order in the book.
	ErrBook = fault.New(fault.Invalid, "auction.book", "An order says buy or sell and a quantity above zero. Correct it and try again.")
	// ErrTick has the value price.
	ErrTick      = fault.New(fault.Invalid, "auction.tick", "This price is between two steps of the price, or beyond what can be counted. Choose a price on a step.")
	ErrOverflow  = fault.New(fault.Invalid, "auction.overflow", "Price and quantity are too large together. Divide it into smaller orders.")
	ErrRule      = fault.New(fault.Invalid, "auction.rule", "The rules of this auction contradict each other. Correct its parameters first.")
	ErrReference = fault.New(fault.Precondition, "auction.reference", "Without a reference price no price can be found here. State one and try again.")
	ErrMarket    = fault.New(fault.Invalid, "auction.market_order", "This auction takes orders with a limit only. Name a price.")

	// ErrTurn has the values phase and step.
	ErrTurn = fault.New(fault.Conflict, "auction.turn", "This step does not follow the present phase. Look at the phase and take the step that is next.")
	// ErrPhase has the values phase and act.
	ErrPhase     = fault.New(fault.Conflict, "auction.phase", "The present phase of trading does not allow this. Wait for the next one.")
	ErrEarly     = fault.New(fault.Conflict, "auction.early", "It is too early for this step. Wait until its moment has come.")
	ErrBackwards = fault.New(fault.Conflict, "auction.backwards", "This happened before what is known already. Send it with a moment that is not earlier.")
	ErrDrawn     = fault.New(fault.Invalid, "auction.drawn", "The random end lies outside of its window. Draw it again.")
	ErrThawed    = fault.New(fault.Conflict, "auction.thawed", "The result belongs to another book than the one that was frozen. Compute it again from the frozen book.")
	// ErrSkipped has the value auction.
	ErrSkipped = fault.New(fault.Conflict, "auction.skipped", "An auction that is due has not been held. Hold it, or waive it by name while trading is halted.")

	ErrBid = fault.New(fault.Invalid, "auction.bid", "A bid names its bidder, a price that can be paid and a quantity above zero. Correct it and try again.")
	// ErrLow has the value least, and ErrHigh the value most.
	ErrLow      = fault.New(fault.Conflict, "auction.low", "This bid is too low. Bid at least the price that is shown.")
	ErrHigh     = fault.New(fault.Conflict, "auction.high", "This bid is too high. Bid at most the price that is shown.")
	ErrOwn      = fault.New(fault.Conflict, "auction.own", "The best bid is yours already. Wait until somebody betters it.")
	ErrSelf     = fault.New(fault.Denied, "auction.self", "Whoever holds an auction cannot bid in it.")
	ErrOver     = fault.New(fault.Conflict, "auction.over", "The bidding is over.")
	ErrNotBegun = fault.New(fault.Conflict, "auction.not_begun", "The bidding has not begun. Come back when it has.")
	ErrRunning  = fault.New(fault.Conflict, "auction.running", "Bids are still taken. Wait for the end.")
	ErrSealed   = fault.New(fault.Conflict, "auction.sealed", "The bids are sealed. Nothing is shown or awarded before they are opened.")
	ErrBarred   = fault.New(fault.Denied, "auction.not_admitted", "Only those who were admitted may bid. Ask the organiser.")
)

// priceMax bounds a price on both sides of zero, so that distances between prices can always be counted.
const priceMax = math.MaxInt64 / 4

// Party is who buys or sells. It is opaque here; an empty one cannot bid for a lot or in a tender.
type Party string

// Side is what an order wants. The zero Side is none and is refused.
type Side uint8

// The sides.
const (
	Buy Side = iota + 1
	Sell
)

// String gives the name of a side, or "none".
func (s Side) String() string {
	switch s {
	case Buy:
		return "buy"
	case Sell:
		return "sell"
	}
	return "none"
}

// Order is one order of a frozen book. Of two orders of one side at the same price and of the same class, the one that
// stands earlier in the book is the older one. What an iceberg hides counts: Quantity is all that is left of it.
type Order struct {
	ID       uint64 // ID is the caller's name for it; it comes back in the trades and means nothing here.
	Party    Party
	Side     Side
	Market   bool  // Market says that it trades at any price; then there is no Limit.
	Class    uint8 // Class says what is filled first at one price: a lower class before a higher one.
	Limit    int64
	Quantity int64
}

// Trade is what two have agreed on. Orders are zero where there were none: a lot is bid for, not ordered.
type Trade struct {
	Buyer, Seller       Party
	BuyOrder, SellOrder uint64
	Item                int // Item is which item of a tender it is about, counted from zero.
	Price, Quantity     int64
}

// countable refuses a trade whose value is no int64: whoever settles it must be able to say how much it is.
func countable(price, quantity int64) error {
	high, low := bits.Mul64(magnitude(price), magnitude(quantity))
	if high != 0 || low > math.MaxInt64 {
		return ErrOverflow.About("%d at %d", quantity, price)
	}
	return nil
}

// added gives the sum of two numbers that are not below zero.
func added(a, b int64) (int64, error) {
	if a > math.MaxInt64-b {
		return 0, ErrOverflow.About("%d and %d", a, b)
	}
	return a + b, nil
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
