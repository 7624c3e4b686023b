// Package itch says what the public may see of a market in messages of fixed sizes, order by order, in the shape of Nasdaq
// TotalView-ITCH 5.0: whoever takes all of them, from the first of a session on, has the book of every instrument with each
// order in its place.
//
//	events ──▶ Press.Take ──▶ Messages ──▶ Append ──▶ bytes ──▶ whoever rebuilds the book
//
// It never shows whose an order is nor what an iceberg keeps back: an order is known by a reference that the press gives, and
// each part of an iceberg has another one. It is a pure machine: no clock, no store, no connection. How bytes come to others is
// the work of gear/soup, and who may have them that of face/itch.
package itch

import "errors"

// Kind is the letter of a message. Letters are those of ITCH 5.0 (Nasdaq TotalView-ITCH 5.0, clause 4).
type Kind byte

// The kinds of messages.
const (
	System    Kind = 'S' // System is an Event of the session, or of the day of one instrument.
	Directory Kind = 'R' // Directory says what an instrument is; it is said again when that changes.
	State     Kind = 'H' // State is the Phase of an instrument, with the Auction that is on its way.
	Add       Kind = 'A' // Add is an order at the end of its level.
	Executed  Kind = 'E' // Executed is a trade of Qty with the order, at its own price.
	Priced    Kind = 'C' // Priced is a trade with the order at another Price; when it is not Printable, a Crossed tells of it too.
	Reduced   Kind = 'X' // Reduced is an order with Qty less than before, in its place.
	Deleted   Kind = 'D' // Deleted is an order that is gone.
	Replaced  Kind = 'U' // Replaced is an order that is gone, and Next that stands at the end of its level instead.
	Traded    Kind = 'P' // Traded is a trade that nobody could see coming: with a hidden part, or agreed elsewhere.
	Crossed   Kind = 'Q' // Crossed is a trade of an auction, or at the closing price.
	Broken    Kind = 'B' // Broken is a trade that was undone.
	Indicated Kind = 'I' // Indicated is what an auction would give now; a Qty of zero is no price.
)

// Events of System messages.
const (
	Begins Event = 'O' // Begins is the first message of a session.
	Ends   Event = 'C' // Ends is its last one.
	Opens  Event = 'Q' // Opens begins the day of an instrument: what is said of the day is counted anew.
)

// Event is what a System message says.
type Event byte

// ErrMessage is for a message that cannot be said.
var ErrMessage = errors.New("no message of the feed")

// Message is one message. Which fields it has is said by its kind; all others are zero.
type Message struct {
	Kind       Kind
	Instrument uint32 // Instrument is the number of the instrument; zero for the session as a whole.
	Time       int64  // Time is nanoseconds since the midnight that the session counts from.

	Ref   uint64 // Ref is the order.
	Next  uint64 // Next is the order that stands for it from now on.
	Match uint64 // Match is the number of the trade.
	Qty   int64
	Price int64 // Price is in the smallest unit of the currency, for Unit parts.
	// Surplus is what stays open at the price of an auction: above zero of buyers, below zero of sellers.
	Surplus   int64
	Side      byte // Side is 'B' or 'S'.
	Printable byte // Printable is 'Y' or 'N': whether the trade counts in the volume of the day.
	Event     Event
	Phase     byte // Phase is a letter of PhaseLetters.
	Auction   byte // Auction is a letter of AuctionLetters.

	Listing Listing
}

// Listing is what a Directory message says of an instrument.
type Listing struct {
	Code     string // Code is an ISIN, or a code of the house: 32 letters at most.
	Currency string // Currency is the code of ISO 4217.
	Class    byte   // Class is 'S' share, 'B' bond, 'U' unit of a fund, 'G' goods, 'F' forward.
	State    byte   // State is 'L' listed, 'P' paused, 'D' delisted.
	Unit     int64  // Unit is for how many countable parts a price is: quantities of messages count it.
	Lot      int64  // Lot is the smallest step of a quantity, in parts.
}

// PhaseLetters are the letters of auction.Phase, and AuctionLetters those of auction.Kind and of a trade at the closing price, by
// their numbers.
const (
	PhaseLetters   = "PCNRUTVHLAZ"
	AuctionLetters = " OIHRC"
	AtClose        = 'L'
)

// CodeMax is how many letters the code of an instrument may have.
const CodeMax = 32
