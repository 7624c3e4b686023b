package venue

import (
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/risk"
)

// Kind is what an event says.
type Kind uint8

// The kinds of events. Their numbers never change.
const (
	Refused   Kind = iota + 1 // Refused is an input that changed nothing; Reason says why.
	Reported                  // Reported is what happened to an order of Account: the Report of its book.
	Waited                    // Waited is an order that stands outside of the book until an auction; Report says what happened to it.
	Dealt                     // Dealt is a Trade.
	Turned                    // Turned is a session in a new Phase, with the Auction that is on its way.
	Indicated                 // Indicated is what an auction would give now.
	Uncrossed                 // Uncrossed is what an auction has given.
	Changed                   // Changed is an instrument, an account or a limit that is known now.
	Moved                     // Moved is money or an asset that was paid in or out, or settled.
	Busted                    // Busted is a Trade that was undone.
	Stopped                   // Stopped is a Scope whose switch is thrown; Lifted is one that may trade again.
	Lifted
	Short   // Short is an account that lacks Report.Qty of the asset Report.ID.
	Opened  // Opened is a day of an instrument that has begun.
	Swept   // Swept ends a CancelAll: Report.Qty orders were cancelled.
	Ticked  // Ticked ends a Tick.
	Overdue // Overdue is an auction that should have been held by now.
)

// Event is one thing that happened. Events are numbered without a gap.
type Event struct {
	Seq        uint64
	Time       int64 // Time is microseconds since 1970.
	Instrument uint32
	Account    uint32 // Account, Trader, Member and Client are those of the order that it is about.
	Trader     uint32
	Member     uint16
	Kind       Kind
	Verb       Verb // Verb is what was refused.
	Reason     Reason
	Phase      auction.Phase
	Auction    auction.Kind
	Client     string
	Order      uint64 // Order is the order that it is about.
	Cum        int64  // Cum is how much of the order has traded altogether, afterwards.
	Report     book.Report
	Trade      Trade
	Indication auction.Indication
	Scope      risk.Party // Scope is who was stopped, may trade again, or lacks something.
}

// Party is one side of a trade.
type Party struct {
	Order   uint64 `json:"order"`
	Account uint32 `json:"account"`
	Trader  uint32 `json:"trader"`
	Member  uint16 `json:"member"`
}

// How is the way in which a trade was agreed.
type How uint8

// The ways. Their numbers never change.
const (
	HowContinuous How = iota // HowContinuous is order by order.
	HowAuction               // HowAuction is at the price of a call.
	HowClose                 // HowClose is at the closing price, after the close.
	HowAgreed                // HowAgreed was reported by both sides.
	HowPlacement
	HowLot
	HowTender
)

// String gives the public name of the way.
func (h How) String() string {
	names := [...]string{"continuous", "auction", "close", "agreed", "placement", "lot", "tender"}
	if int(h) >= len(names) {
		return "unknown"
	}
	return names[h]
}

// Trade is what two have agreed on.
type Trade struct {
	ID         uint64    `json:"id"`
	Instrument uint32    `json:"instrument"`
	Price      int64     `json:"price"`
	Qty        int64     `json:"qty"`
	Time       int64     `json:"time"`
	Buy        Party     `json:"buy"`
	Sell       Party     `json:"sell"`
	How        How       `json:"how"`
	Resting    book.Side `json:"resting"` // Resting is the side that stood in the book; it means something for HowContinuous only.
	Cycle      Cycle     `json:"cycle,omitempty"`
	Ref        string    `json:"ref,omitempty"` // Ref is what it was called where it was agreed, if that was not on the book.
}

// Cycle says when a trade settles: zero is as its instrument does, otherwise one more than the days of settlement after it.
type Cycle uint8

// CycleMax is the longest one.
const CycleMax Cycle = 31

// After gives the cycle of so many days.
func After(days int64) Cycle { return Cycle(days + 1) }

// Days gives how many days after the trade it settles, and whether that was agreed; otherwise it is as the instrument says.
func (c Cycle) Days() (days int64, agreed bool) { return int64(c) - 1, c > 0 }

// Reason is why an input was refused: one of the book, of risk, or of the venue itself. Zero is none.
type Reason uint32

// The reasons of the venue. Those of a book begin at zero, those of risk at riskFrom.
const (
	riskFrom  Reason = 1 << 16
	venueFrom Reason = 2 << 16
)

// The venue's own reasons. Their numbers and names are public and never change.
const (
	UnknownInstrument Reason = venueFrom + iota
	UnknownAccount
	NotAdmitted     // NotAdmitted: the trader may not trade for the account.
	Suspended       // Suspended: the instrument is not traded now, or no longer.
	WrongPhase      // WrongPhase: the phase of the session does not allow it.
	BadClient       // BadClient: the client's id is empty, too long, or has letters that are not printed.
	DuplicateClient // DuplicateClient: the trader has given this id today.
	UnknownOrder    // UnknownOrder: there is no such order of today, or it is somebody else's.
	NoReference     // NoReference: without a price to measure from, a market order has no protection.
	BadAuction      // BadAuction: an order waits for the opening or the closing auction only.
	BadBody         // BadBody: the body does not say what the verb needs.
	BadStep         // BadStep: the step does not follow the present phase.
	Skipped         // Skipped: an auction would be passed over.
	BadRules        // BadRules: the rules of the instrument contradict themselves.
	OrdersStand     // OrdersStand: orders that stand in the book do not fit the new rules.
	Repeated        // Repeated: this was done already.
	NotCounted      // NotCounted: the result of the auction cannot be counted.
	Malformed       // Malformed: the verb is none.
	BadTrade        // BadTrade: the trade that shall be undone is none.
	OutsideCollar   // OutsideCollar: the order would trade outside of the price collar and cannot wait for an auction.
	lastReason
)

var codes = [lastReason - venueFrom]string{
	"unknown_instrument", "unknown_account", "not_admitted", "suspended", "wrong_phase", "bad_client_id", "duplicate_client_id",
	"unknown_order", "no_reference", "bad_auction", "bad_body", "bad_step", "auction_skipped", "bad_rules", "orders_stand",
	"repeated", "not_counted", "malformed_verb", "bad_trade", "outside_collar",
}

// Code gives the public name of the reason, which FIX and the API share.
func (r Reason) Code() string {
	switch {
	case r >= lastReason:
		return "unknown"
	case r >= venueFrom:
		return codes[r-venueFrom]
	case r >= riskFrom:
		return risk.Reason(r - riskFrom).Code()
	}
	return book.Reason(r).Code()
}

func ofBook(r book.Reason) Reason { return Reason(r) }

// ofRisk gives the reason for a refusal of risk, or none.
func ofRisk(r risk.Reason) Reason {
	if r == 0 {
		return 0
	}
	return riskFrom + Reason(r)
}
