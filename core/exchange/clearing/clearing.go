// Package clearing stands between those who traded: the house becomes the buyer of each seller and the seller of each
// buyer, and what they owe it and it owes them is netted, settled and, where somebody cannot, seen to its end.
//
// It knows trades as the venue told them, the two obligations that each becomes, money that is due beside them (fees,
// penalties, claims), what came in from outside and what left, warehouse receipts, actions of issuers, the prices and
// margins of forwards, and defaults. Everything that moves, moves in core/ledger, in one posting whose transfers all go
// through the account of the house, exchange-house/ccp, and leave nothing on it: whoever reads the ledger at any
// moment sees both legs of a delivery or neither.
//
// It does not know orders, books or sessions, who may trade, nor the calendar: days are given by whoever runs the house.
//
// The two obligations of a trade are settled by the same quantity at the same time, so the house never holds a
// position: what one side cannot deliver, the other side is not asked to pay. Their states:
//
//	           Settle: all of it                          BuyIn
//	 Register ┌────────────────▶ settled ◀──┐   ┌─────────────────▶ bought_in
//	────────▶ open                          │   │ Default
//	          │ ▲ └─ Settle: a part ─▶ open │   ├─────────────────▶ closed
//	 the last │ │                           │   │
//	 run of   │ └── the other side lacked ──┤   │ Bust
//	 a day    ▼                             │   ├─────────────────▶ busted
//	        failed ──── Settle: all of it ──┘   │
//	          └── open and failed, from here ───┘   (Bust also from settled: it goes back)
//
// Failed is who lacked securities or money when the last run of a day was over; the other side stays open. Both roll to
// the next day of settlement. A forward is open until its expiry, and each Mark brings what is owed for it to the
// settlement price of the day and pays the difference.
//
// Amounts are whole numbers in the smallest unit of an asset. In the ledger what the house owes an account stands as a
// credit; in this package it is what the account has, above zero.
package clearing

import (
	"embed"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of clearing.
var Schema = db.Schema{Name: "clearing", Files: schemaFiles}

// Faults of clearing.
var (
	ErrTrade     = fault.New(fault.Invalid, "clearing.trade", "Tell a trade with its number, asset, currency, two accounts, a quantity above zero, its days, and amounts that are not below zero.")
	ErrDiffers   = fault.New(fault.Conflict, "clearing.differs", "This was told before with other contents. Compare the two, and tell what has changed under a number of its own.")
	ErrUnknown   = fault.New(fault.Missing, "clearing.unknown", "Nothing is known under this number. Look it up in the list.")
	ErrShort     = fault.New(fault.Conflict, "clearing.short", "There is not enough on the account for this. Bring in what is missing, or take less.")
	ErrBusted    = fault.New(fault.Conflict, "clearing.busted", "This trade was taken back already. Nothing was moved a second time.")
	ErrTooLate   = fault.New(fault.Conflict, "clearing.too_late", "This trade has ended in another way and can no longer be taken back. Agree on a trade the other way.")
	ErrEarly     = fault.New(fault.Conflict, "clearing.early", "This trade has not failed often enough yet. Wait until its days are over.")
	ErrRun       = fault.New(fault.Invalid, "clearing.run", "Give the day, the calendar of settlement days, and a rate of penalty from 0 to 100 %.")
	ErrMovement  = fault.New(fault.Invalid, "clearing.movement", "Name a reference, a place of the exchange, an asset and an amount above zero.")
	ErrGoods     = fault.New(fault.Conflict, "clearing.goods", "These goods come and go with their warehouse receipt. Lodge or release the receipt.")
	ErrReceipt   = fault.New(fault.Invalid, "clearing.receipt", "A receipt has a number, goods, a store, a lot, an owner and a quantity above zero.")
	ErrOwner     = fault.New(fault.Conflict, "clearing.owner", "This receipt belongs to another account or has left the store. Look at whose it is.")
	ErrAction    = fault.New(fault.Invalid, "clearing.action", "Name a reference, an asset, a currency, a payer and a day, and amounts above zero.")
	ErrFixing    = fault.New(fault.Invalid, "clearing.fixing", "Give each forward once, with a settlement price that is not below zero and a unit above zero.")
	ErrPrice     = fault.New(fault.Invalid, "clearing.price", "Give a price for every asset that has to be closed out.")
	ErrDefaulted = fault.New(fault.Conflict, "clearing.defaulted", "This default was dealt with already. Nothing was moved a second time.")
	ErrUncovered = fault.New(fault.Conflict, "clearing.uncovered", "The default fund and the capital of the house do not cover this loss. Bring in more first.")
	ErrOverflow  = fault.New(fault.Invalid, "clearing.overflow", "These amounts are too large to be counted together. Split them.")
)

// Kind says how a trade was agreed.
type Kind string

// The ways to agree a trade.
const (
	Continuous Kind = "continuous" // Continuous is on the open book.
	Auction    Kind = "auction"    // Auction is at the one price of a call.
	Negotiated Kind = "negotiated" // Negotiated is reported by both sides.
	Lot        Kind = "lot"        // Lot is sold as one to bidders.
	Tender     Kind = "tender"     // Tender is bid downwards.
)

// Trade is what a buyer and a seller agreed on at the venue.
type Trade struct {
	ID         uint64 // ID is the number that the venue gave it, at most 2⁶³-1; greater ones are younger.
	Instrument string
	Asset      string
	Currency   string
	Price      int64
	Quantity   int64
	Amount     int64 // Amount is what the buyer pays for all of it, in the smallest unit of the currency.
	Buyer      string
	Seller     string
	BuyOrder   uint64
	SellOrder  uint64
	Day        span.Day
	SettleDay  span.Day
	BuyFee     int64      // BuyFee is what the buyer pays to the house, VAT in it.
	SellFee    int64      // SellFee is what the seller pays to the house, VAT in it.
	VAT        money.Rate // VAT is the rate in both fees, that of the day of the trade.
	Kind       Kind
	Forward    bool // Forward is margined and marked every day until it is delivered on its SettleDay.
	BuyTrader  uint32
	SellTrader uint32 // SellTrader and the others beside it are who traded, by the numbers of the venue.
	BuyMember  uint16
	SellMember uint16
	Resting    Side   // Resting is the side that stood in the book; empty where none did.
	Ref        string // Ref is what it was called where it was agreed, if that was not on the book; all trades of one agreement share it.
}

// Side is one of the two of a trade.
type Side string

// The sides of a trade.
const (
	Buy  Side = "buy"
	Sell Side = "sell"
)

// State is where an obligation stands; the package comment draws how they follow each other.
type State string

// The states of an obligation.
const (
	Open     State = "open"      // Open waits for its day, or for the other side.
	Failing  State = "failed"    // Failing lacked securities or money on its day.
	Whole    State = "settled"   // Whole has delivered and paid everything.
	BoughtIn State = "bought_in" // BoughtIn was completed at the cost of who failed.
	Closed   State = "closed"    // Closed ended in a default.
	Taken    State = "busted"    // Taken was taken back, as if the trade had never been.
)

// Obligation is one side of a trade against the house. Quantity is Open, Settled and Ended; Amount is Owed, Paid and
// Dropped.
type Obligation struct {
	Trade    uint64
	Side     Side
	Account  string
	Asset    string
	Currency string
	Day      span.Day
	Due      span.Day // Due is the day on which it is settled next.
	Quantity int64
	Amount   int64
	Open     int64
	Owed     int64
	Settled  int64
	Paid     int64
	Ended    int64 // Ended units were bought in, closed out or taken back.
	Dropped  int64 // Dropped is the money for them.
	Fails    int64 // Fails counts the days on which the trade did not settle whole.
	State    State
	Forward  bool
}

// sizeMax bounds one amount: ten trillion tenge in tiyn. So thousands of the greatest trades can be summed in an int64.
const sizeMax = 1_000_000_000_000_000

// errUneven reports a programming error: a posting that would leave something on the house.
func errUneven(asset string, left int64) error {
	return fault.ErrInternal.About("clearing: %d %s would stay on the house", left, asset)
}
