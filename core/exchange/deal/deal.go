// Package deal is trades that two agree on by themselves and report to the exchange: one side reports, the other side confirms.
//
//	Report ─▶ reported ──Confirm──▶ confirmed ──Make────▶ made       the market has made the trade
//	             │                      └───────Reject──▶ rejected   it has not, and said why
//	             ├─Correct──▶ corrected, by the other side, who reports another one in its place
//	             ├─Refuse───▶ refused, by the other side
//	             ├─Withdraw─▶ withdrawn, by who has reported it
//	             └─Lapse────▶ lapsed, by the clock when its day is over
//
// It knows what was agreed and who has said so. It does not know who may trade for an account (exchange), whether the market
// takes a price and both sides have what they need (venue, risk), nor what follows from a trade (clearing): a deal is told to
// the market by flow/floor, under its id and once.
package deal

import (
	"database/sql"
	"embed"
	"errors"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/span"
	"sauda/core/exchange/deal/dealdb"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the deals.
var Schema = db.Schema{Name: "deal", Files: schemaFiles}

// Faults of deals.
var (
	ErrTerms   = fault.New(fault.Invalid, "deal.terms", "A deal has an instrument, a side, a quantity above zero, two different accounts or an account and a member, and at most 31 days until it settles.")
	ErrRef     = fault.New(fault.Invalid, "deal.ref", "Give each deal a reference of at most 60 characters.")
	ErrDiffers = fault.New(fault.Conflict, "deal.differs", "Another deal was reported under this reference. Give this one a reference of its own.")
	ErrUnknown = fault.New(fault.Missing, "deal.unknown", "There is no such deal of this account. Look at the list.")
	ErrSide    = fault.New(fault.Denied, "deal.side", "The other side decides this. Whoever has reported a deal can only withdraw it.")
	ErrDecided = fault.New(fault.Conflict, "deal.decided", "This deal has been decided already. Look at what became of it.")
	ErrLapsed  = fault.New(fault.Gone, "deal.lapsed", "Nobody has confirmed this deal on its day. Report it again.")
	ErrMany    = fault.New(fault.Limited, "deal.many", "Two hundred deals of this account wait for an answer. Withdraw some of them first.")
	ErrReason  = fault.New(fault.Invalid, "deal.reason", "Say why, in at most 300 characters: the other side reads it.")
)

const (
	refMax     = 60
	reasonMax  = 300
	waitingMax = 200 // waitingMax is how many deals of an account may wait: nobody agrees on more in a day by telephone.
	cycleMax   = 30
	// CycleUsual is for a deal that settles as its instrument does.
	CycleUsual = -1
)

// ID names a deal.
type ID string

// Valid tells whether an id can name a deal.
func (id ID) Valid() bool { return ident.Valid("dea", string(id)) }

// Side is what a side does.
type Side string

// The sides.
const (
	Buy  Side = "buy"
	Sell Side = "sell"
)

// Opposite gives the other side.
func (s Side) Opposite() Side {
	if s == Buy {
		return Sell
	}
	return Buy
}

// State is how a deal stands; the package comment draws how they follow each other.
type State string

// The states.
const (
	Reported  State = "reported"
	Confirmed State = "confirmed"
	Made      State = "made"
	Rejected  State = "rejected"
	Refused   State = "refused"
	Corrected State = "corrected"
	Withdrawn State = "withdrawn"
	Lapsed    State = "lapsed"
)

// Party is one side of a deal. Of the other side there may be the member only, until somebody confirms.
type Party struct {
	Account string // Account is its code.
	Trader  uint32 // Trader is who speaks for it, by the number of the venue.
	Member  string // Member keeps it: an id that exchange knows.
}

// Terms are what two have agreed on. Price is in the smallest unit of the currency, Quantity in countable parts.
type Terms struct {
	Instrument string
	Side       Side // Side is that of who reports.
	Price      int64
	Quantity   int64
	Cycle      int64 // Cycle is how many days of settlement after today it settles, or CycleUsual.
}

// Deal is what one side has reported.
type Deal struct {
	ID ID
	Terms
	Own       Party // Own is who has reported it.
	Other     Party
	Corrects  ID     // Corrects is the deal in the place of which it was reported; empty for none.
	Ref       string // Ref is what whoever has reported it calls it.
	State     State
	Reason    string // Reason is why it was refused, or the code for which the market has rejected it.
	Trade     uint64 // Trade is the trade that the market has made.
	By        string
	At        time.Time
	Due       time.Time // Due is until when it can be confirmed.
	Decided   string
	DecidedAt time.Time
}

// Names says whether a deal waits for the answer of somebody, or is of him.
func (d Deal) Names(p Party) bool {
	switch {
	case p.Account == "" || p.Account == d.Own.Account:
		return false
	case d.Other.Account != "":
		return d.Other.Account == p.Account
	}
	return d.Other.Member == p.Member && p.Member != ""
}

// SideOf gives what an account does by a deal.
func (d Deal) SideOf(account string) Side {
	if account == d.Own.Account {
		return d.Side
	}
	return d.Side.Opposite()
}

// Open says whether a deal can still be answered at a time.
func (d Deal) Open(at time.Time) bool { return d.State == Reported && at.Before(d.Due) }

func (t Terms) check() error {
	if t.Instrument == "" || t.Side != Buy && t.Side != Sell || t.Quantity <= 0 || t.Cycle < CycleUsual || t.Cycle > cycleMax {
		return ErrTerms.About("%+v", t)
	}
	return nil
}

// cleaned gives a reason without spaces around, or ErrReason.
func cleaned(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" || len([]rune(reason)) > reasonMax {
		return "", ErrReason.About("%d bytes", len(reason))
	}
	return reason, nil
}

// Get gives a deal of an account, or one that waits for its answer. Any other is ErrUnknown, as if there were none.
func Get(tx *db.Tx, id ID, p Party) (Deal, error) {
	d, err := get(tx, id)
	if err == nil && d.Own.Account != p.Account && !d.Names(p) {
		return Deal{}, ErrUnknown.About("%s for %s", id, p.Account)
	}
	return d, err
}

func get(tx *db.Tx, id ID) (Deal, error) {
	row, err := dealdb.New(tx).Deal(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return Deal{}, ErrUnknown.About("%.60q", string(id))
	}
	return dealOf(row), err
}

func dealOf(r dealdb.Deal) Deal {
	d := Deal{
		ID: ID(r.ID), Terms: Terms{Instrument: r.Instrument, Side: Side(r.Side), Price: r.Price, Quantity: r.Quantity, Cycle: r.Cycle},
		Own:      Party{Account: r.Account, Trader: uint32(r.Trader), Member: r.Member},
		Other:    Party{Account: r.OtherAccount, Trader: uint32(r.OtherTrader), Member: r.OtherMember},
		Corrects: ID(r.Corrects), Ref: r.Ref, State: State(r.State), Reason: r.Reason, Trade: uint64(r.Trade), By: r.ReportedBy,
		At: span.FromMicros(r.ReportedAt), Due: span.FromMicros(r.DueAt), Decided: r.DecidedBy,
	}
	if r.DecidedAt != 0 {
		d.DecidedAt = span.FromMicros(r.DecidedAt)
	}
	return d
}
