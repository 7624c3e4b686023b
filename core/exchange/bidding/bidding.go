// Package bidding is everything that is agreed otherwise than in a book: somebody gives notice of what he sells or needs,
// others bid, and the machine of core/exchange/auction says who has won. A notice is a lot (English, Dutch, sealed), a
// tender of one or two stages, or the placement of an issue; it is about an instrument of the exchange, or about goods or
// works that are described in words.
//
//	announced ──its time──▶ open ──its time──▶ second (tenders of two stages)
//	    │                    │ │                 │
//	    │                    │ └──── the end ────┴──▶ decided ──▶ settled
//	    └─Withdraw─▶ withdrawn                 │         └──▶ failed, when nothing of it was traded or kept
//	      (also open, before the first bid)    └──▶ failed, when nobody has won
//
// A tender of two stages begins with sealed bids, or where its terms say so (Judging) with offers without prices, which the
// staff of the exchange judges; then only those who were admitted bid.
//
// Everything that was said stands in entries, in its order, once and for good; what is won is told from them again by
// the same machine, so that the same entries always give the same result. Bids that are sealed are encrypted, and are
// read for nobody but their bidder before they are opened, not for who announced nor for the office.
//
// Who bids secures his word where the notice asks for a guarantee: a pledge, which lies in the ledger until it is
// released or drawn. It is moved there by flow/floor, which also makes trades of what was won of an instrument. What was
// won in words stays here as a contract of two.
//
// It does not know seats and orders, money and postings, nor files: documents are named by their addresses.
package bidding

import (
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/bidding/biddingdb"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of biddings.
var Schema = db.Schema{Name: "bidding", Files: schemaFiles}

// Faults of biddings. What a bid does wrong is said by core/exchange/auction.
var (
	ErrInvalid  = fault.New(fault.Invalid, "bidding.invalid", "Correct the marked fields.")
	ErrUnknown  = fault.New(fault.Missing, "bidding.unknown", "There is no such auction or tender. Look at the list again.")
	ErrStanding = fault.New(fault.Conflict, "bidding.standing", "It does not stand so that this could be done. Look at it again.")
	ErrStranger = fault.New(fault.Denied, "bidding.stranger", "Only who announced this may do that.")
	// ErrBarred is for who is not invited, whom it does not suit, and whoever belongs to the same party as who announced.
	ErrBarred = fault.New(fault.Denied, "bidding.barred", "This is not for your account. Read who may take part.")
	// ErrUnsecured has the value amount.
	ErrUnsecured = fault.New(fault.Precondition, "bidding.unsecured", "Lodge the guarantee first, then bid.")
	ErrSecured   = fault.New(fault.Conflict, "bidding.secured", "Your guarantee is lodged already. You can bid.")
	ErrFree      = fault.New(fault.Conflict, "bidding.free", "No guarantee is asked for here. You can bid at once.")
	ErrHasBids   = fault.New(fault.Conflict, "bidding.has_bids", "Somebody has bid already, so it cannot be withdrawn any more.")
	ErrFull      = fault.New(fault.Limited, "bidding.full", "There are too many of these already. Wait until some of them have ended.")
	ErrReason    = fault.New(fault.Invalid, "bidding.reason", "Say why, in at most 500 characters: the reason is shown.")
	// ErrUnqualified is for who has made no offer in the first stage, and whose offer was not admitted.
	ErrUnqualified = fault.New(fault.Denied, "bidding.unqualified", "Only those whose offer of the first stage was admitted can do that.")
	ErrJudged      = fault.New(fault.Conflict, "bidding.judged", "This offer is judged already. Look at it again.")
	ErrConcerned   = fault.New(fault.Denied, "bidding.concerned", "This is about you or your organisation. Somebody else must judge it.")
	ErrNoSeal      = fault.New(fault.Unavailable, "bidding.no_seal", "Nothing can be sealed here now. Ask whoever runs the house for a key.")
)

// NoticeID names a notice.
type NoticeID string

// Kind says how a price is agreed.
type Kind string

// The kinds. Whoever announces a tender buys; in all others he sells.
const (
	English      Kind = "english"       // English: bids upwards in the open, the last one wins.
	Dutch        Kind = "dutch"         // Dutch: a clock falls, and whoever speaks has it at that price.
	SealedFirst  Kind = "sealed_first"  // SealedFirst: sealed bids, the highest wins and pays itself.
	SealedSecond Kind = "sealed_second" // SealedSecond: the same, and it pays the best bid of another.
	Tender       Kind = "tender"        // Tender: sellers bid downwards.
	TenderTwo    Kind = "tender_two"    // TenderTwo: the same, from sealed bids or from offers that are judged.
	Placement    Kind = "placement"     // Placement: an issue is sold to sealed orders, down to the cut-off price.
)

// Kinds are all of them.
var Kinds = []Kind{English, Dutch, SealedFirst, SealedSecond, Tender, TenderTwo, Placement}

// Buys says whether who announces is the buyer.
func (k Kind) Buys() bool { return k == Tender || k == TenderTwo }

// Sealed says whether bids are sealed at first.
func (k Kind) Sealed() bool {
	return k == SealedFirst || k == SealedSecond || k == Placement || k == TenderTwo
}

// Named says whether a bidder names a quantity beside, or instead of, a price.
func (k Kind) Named() bool { return k == Dutch || k == Placement }

// State is how a notice stands.
type State string

// The states of a notice.
const (
	Announced State = "announced"
	Open      State = "open"
	Second    State = "second"
	Decided   State = "decided"
	Settled   State = "settled"
	Failed    State = "failed"
	Withdrawn State = "withdrawn"
	// Judging is how an open tender stands while its offers are judged. It is shown, and never stored.
	Judging State = "judging"
)

// States are all that are stored.
var States = []State{Announced, Open, Second, Decided, Settled, Failed, Withdrawn}

// Live says whether it is still to be decided.
func (s State) Live() bool { return s == Announced || s == Open || s == Second }

// Item is one thing that is sold or asked for.
type Item struct {
	Name     text.Localized `json:"name,omitempty"`
	Quantity int64          `json:"quantity"`          // Quantity is in the notice's lots.
	Ceiling  int64          `json:"ceiling,omitempty"` // Ceiling is the highest price of one that a tender takes; zero for none.
}

// Document is a paper that belongs to a notice.
type Document struct {
	Name string `json:"name"`
	Link string `json:"link"` // Link is an address that begins with https.
}

// Terms are the rules of one bidding; which of them count depends on its kind. auction.Lot, auction.Terms and
// auction.Placement have what they mean. Prices are for one unit of the price, times are microseconds.
type Terms struct {
	Start       int64      `json:"start,omitempty"`
	Reserve     int64      `json:"reserve,omitempty"` // Reserve of an English or sealed auction is secret until it is decided.
	Step        int64      `json:"step,omitempty"`
	Every       int64      `json:"every,omitempty"`
	Window      int64      `json:"window,omitempty"`
	Extends     int64      `json:"extends,omitempty"`
	Whole       bool       `json:"whole,omitempty"`
	Decrement   money.Rate `json:"decrement,omitempty"`
	Beat        bool       `json:"beat,omitempty"`
	StepMin     money.Rate `json:"step_min,omitempty"`
	StepMax     money.Rate `json:"step_max,omitempty"`
	AgainstSelf bool       `json:"against_self,omitempty"`
	ByAny       bool       `json:"by_any,omitempty"`
	ShowsBest   bool       `json:"shows_best,omitempty"` // ShowsBest lets bidders of a tender see the best price beside their rank.
	Uniform     bool       `json:"uniform,omitempty"`
	MarketShare money.Rate `json:"market_share,omitempty"`
	// Judging is how long the offers of the first of two stages are judged; zero lets it have sealed bids instead.
	Judging int64 `json:"judging,omitempty"`
}

// Notice is what was announced. What it is about, its rules and its times never change, but for the end, which bids move.
type Notice struct {
	ID         NoticeID       `json:"-"`
	Number     int64          `json:"-"`
	Kind       Kind           `json:"-"`
	State      State          `json:"-"`
	Account    string         `json:"-"` // Account is that of who announced, by its code.
	Party      string         `json:"-"`
	User       string         `json:"-"`
	Instrument string         `json:"-"` // Instrument is the code of what is traded; empty for what is described in words.
	Currency   money.Currency `json:"-"`
	Guarantee  int64          `json:"-"` // Guarantee is what each bidder lodges first; zero for nothing.
	Opens      time.Time      `json:"-"`
	Unseals    time.Time      `json:"-"` // Unseals is when the first of two stages ends.
	Ends       time.Time      `json:"-"` // Ends is the end as it stands now.
	Announced  time.Time      `json:"-"`
	Decided    time.Time      `json:"-"`
	Entries    int64          `json:"-"` // Entries counts what was said in it. Whoever sees bids sealed sees none of it.
	Best       int64          `json:"-"` // Best is the best price, where everybody may see it; zero for none.
	Reason     string         `json:"-"`

	Title     text.Localized    `json:"title"`
	Words     text.Localized    `json:"words,omitempty"` // Words are the specification.
	Items     []Item            `json:"items"`
	Terms     Terms             `json:"terms"`
	Measure   measure.Unit      `json:"measure,omitempty"` // Measure is what is counted, of what is described in words.
	Lot       int64             `json:"lot"`               // Lot is how many countable parts one is, of an instrument; else 1.
	Unit      int64             `json:"unit"`              // Unit is for how many of them a price is; else 1.
	Ticks     auction.Ticks     `json:"ticks,omitempty"`
	Basis     exchange.Incoterm `json:"basis,omitempty"`
	Place     string            `json:"place,omitempty"` // Place is where it is delivered.
	Deliver   span.Day          `json:"deliver,omitzero"`
	Documents []Document        `json:"documents,omitempty"`
	Class     exchange.Class    `json:"class,omitempty"`   // Class is which investors it is for at least; empty for all.
	Invited   []string          `json:"invited,omitempty"` // Invited are the accounts that may bid; none is everybody.
	Planned   int64             `json:"planned"`           // Planned is the end before any bid, in microseconds.

	last int64 // last is the moment of the last entry.
}

// Code is what people call it.
func (n Notice) Code() string { return fmt.Sprintf("B%06d", n.Number) }

// Amount is what a quantity costs at a price.
func (n Notice) Amount(price, quantity int64) int64 { return price * quantity * (n.Lot / n.Unit) }

// Sealed says whether the bids are sealed at a moment.
func (n Notice) Sealed() bool {
	return n.Kind.Sealed() && n.State.Live() && n.State != Second
}

// Bid is what somebody offers. A bid for a lot has one price, one in a tender a price for each item, with zero for what
// it leaves out.
type Bid struct {
	Number   int64     `json:"-"`
	Account  string    `json:"-"`
	User     string    `json:"-"`
	At       time.Time `json:"-"`
	Prices   []int64   `json:"prices,omitempty"`
	Quantity int64     `json:"quantity,omitempty"`
	Market   bool      `json:"market,omitempty"` // Market is an order of a placement that names no price.
	excludes bool
}

// AwardState is what became of what was won.
type AwardState string

// The states of an award.
const (
	Agreed    AwardState = "agreed"    // Agreed binds both sides.
	Traded    AwardState = "traded"    // Traded is a trade of the exchange now.
	Refused   AwardState = "refused"   // Refused by the market, since one of them lacked what he had to give.
	Fulfilled AwardState = "fulfilled" // Fulfilled, as the buyer of a tender or the seller of a lot has said.
	Broken    AwardState = "broken"    // Broken by the winner, as two people of the exchange have found.
)

// Award is what was won. Of things in words it is the contract.
type Award struct {
	Notice                NoticeID
	Number                int64
	Item                  int
	Buyer, Seller         string // Buyer and Seller are accounts.
	BuyerUser, SellerUser string
	Price, Quantity       int64
	State                 AwardState
	Reason                string
	At                    time.Time
}

// Winner is the account of who has bid.
func (a Award) Winner(k Kind) string {
	if k.Buys() {
		return a.Seller
	}
	return a.Buyer
}

// PledgeState is where a guarantee is.
type PledgeState string

// The states of a pledge.
const (
	Held     PledgeState = "held"
	Released PledgeState = "released"
	Drawn    PledgeState = "drawn"
)

// Pledge is what a bidder has secured his word with.
type Pledge struct {
	Notice   NoticeID
	Account  string
	User     string
	Amount   int64
	Currency money.Currency
	Ref      string // Ref is what the posting is called.
	State    PledgeState
	At       time.Time
}

// Get gives a notice, or ErrUnknown.
func Get(tx *db.Tx, id NoticeID) (Notice, error) {
	row, err := biddingdb.New(tx).Notice(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return Notice{}, ErrUnknown.About("%.60q", string(id))
	}
	if err != nil {
		return Notice{}, err
	}
	return noticeOf(row)
}
