package book

// Kind is what a report says.
type Kind uint8

// The kinds of reports. Their numbers are written in journals and never change.
const (
	Accepted  Kind = iota // Accepted is a new order with Qty at Price (of a stop order its limit).
	Refused               // Refused is an input that changed nothing; Reason says why.
	Traded                // Traded is Qty at Price between the order ID, which rested, and the order Other, which came in.
	Rested                // Rested is an order that stands at the end of its level now, with Shown to be seen.
	Refreshed             // Refreshed is an iceberg whose shown part has traded: it stands at the end of its level again.
	Reduced               // Reduced is an order with less open than before, which keeps its place.
	Replaced              // Replaced is an order that left its place with a new Price and Qty; what follows is told as if it were new.
	Cancelled             // Cancelled is an order that has ended with Qty not traded; Reason says why.
	Armed                 // Armed is a stop order that waits for a trade at Price.
	Triggered             // Triggered is a stop order that waits no longer; what follows is told as if it were new.
	Swept                 // Swept ends a CancelAll or Expire: Qty orders were cancelled.
	Turned                // Turned is a change of phase; Qty is the new one.
	Struck                // Struck is Qty at Price that the order ID got in an auction, from the order Other: each trade is told of both sides, the buyer first.
)

// Reason is why something was refused or cancelled.
type Reason uint8

// The reasons. Their numbers and names are public and never change.
const (
	NoReason Reason = iota

	Malformed    // Malformed: an unknown kind, or a field that this input has no use for.
	NoID         // NoID: an order needs an id above zero.
	DuplicateID  // DuplicateID: the id is in use, or was used before.
	UnknownID    // UnknownID: no order has had this id.
	Finished     // Finished: the order has been filled or cancelled already.
	BadQty       // BadQty: a quantity is above zero.
	BadLot       // BadLot: a quantity is a whole number of lots.
	QtyTooLarge  // QtyTooLarge: the quantity is above what the instrument allows.
	BadPrice     // BadPrice: a price is above zero, unless the instrument allows others.
	BadTick      // BadTick: a price is a whole number of ticks.
	PriceBounds  // PriceBounds: the price is outside what the instrument allows.
	BadStop      // BadStop: a stop price is above zero, unless the instrument allows others, and on a tick.
	TooMuch      // TooMuch: price times quantity cannot be counted.
	BadDisplay   // BadDisplay: what is shown is above zero, in lots and not above the quantity.
	BadMinimum   // BadMinimum: a minimum is above zero, in lots and not above the quantity.
	BadLife      // BadLife: this type of order cannot live so long.
	PastDate     // PastDate: a dated order ends in the future.
	HasTraded    // HasTraded: as much as the new quantity has traded already.
	InCall       // InCall: this order needs continuous trading.
	InHalt       // InHalt: the book takes no orders now.
	Crossed      // Crossed: the book cannot go on to continuous trading while bids and asks cross.
	Full         // Full: the book holds as many orders as it may.
	NoLiquidity  // NoLiquidity: nobody is there to trade with.
	NotAllAtOnce // NotAllAtOnce: a fill-or-kill order finds too little.
	NotMinimum   // NotMinimum: the order finds less than its minimum quantity.
	WouldTake    // WouldTake: a post-only order would trade at once.

	Asked    // Asked: its owner cancelled it.
	AskedAll // AskedAll: it was cancelled with others.
	Expired  // Expired: its day or date is over.
	Rest     // Rest: what is left of an order that does not rest.
	OwnTrade // OwnTrade: it would have traded with an order of the same owner.
	reasons
)

// codes are the public names of reasons.
var codes = [reasons]string{
	NoReason: "", Malformed: "malformed", NoID: "no_id", DuplicateID: "duplicate_id", UnknownID: "unknown_id",
	Finished: "finished", BadQty: "bad_quantity", BadLot: "bad_lot", QtyTooLarge: "quantity_too_large",
	BadPrice: "bad_price", BadTick: "bad_tick", PriceBounds: "price_bounds", BadStop: "bad_stop", TooMuch: "too_much",
	BadDisplay: "bad_display", BadMinimum: "bad_minimum", BadLife: "bad_life", PastDate: "past_date",
	HasTraded: "has_traded", InCall: "in_call", InHalt: "in_halt", Crossed: "crossed", Full: "full",
	NoLiquidity: "no_liquidity", NotAllAtOnce: "not_all_at_once", NotMinimum: "not_minimum", WouldTake: "would_take",
	Asked: "asked", AskedAll: "asked_all", Expired: "expired", Rest: "rest", OwnTrade: "own_trade",
}

// Code gives the public name of the reason, which FIX and the API share; it is empty for none, and "unknown" for a
// number that is no reason.
func (r Reason) Code() string {
	if r >= reasons {
		return "unknown"
	}
	return codes[r]
}

// Report is one thing that happened. Reports are numbered without a gap through the whole life of a book. They alone
// are enough to follow every order and to derive market data: an order is seen from Rested (at the end of its level)
// until its Shown is zero, it is Replaced or it is Cancelled; Refreshed puts it at the end of its level again. An auction
// leaves what it did not serve in its place.
// Left is for the owner; the public sees Shown.
type Report struct {
	Seq    uint64 // Seq numbers the reports from one.
	ID     uint64 // ID is the order that the report is about; of a trade the one that rested.
	Other  uint64 // Other is the order of a trade that came in.
	Price  int64  // Price is where the order stands, or where the trade happened.
	Qty    int64
	Left   int64 // Left is how much of the order ID is open afterwards, hidden parts too.
	Shown  int64 // Shown is how much of the order ID is seen in the book afterwards.
	Kind   Kind
	Reason Reason
	Side   Side // Side is the side of the order ID.
	Verb   Verb // Verb is the verb of the input that caused it.
}
