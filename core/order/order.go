// Package order is the contract between a buyer and a seller: what was ordered, at which price, and how far it has come.
//
// It keeps its own copy of every name, price and tax of the quote, so that nothing that happens in the catalogue later
// changes an order. It counts, for each line, how much was cancelled, packed, shipped, delivered and returned, and how much
// came back undelivered; its state is computed from those counts by one function. It does not know what is owed (the ledger does), where the stock lies
// beyond the words of the allocation (inventory does), nor what a parcel is beyond its name (shipping does).
//
//	            ┌─▶ packing ─▶ packed ─┐
//	placed ─────┤                      ├─▶ partly shipped ─▶ shipped ─▶ delivered ─▶ returned
//	   │        └──────────────────────┘                        (all of what was not cancelled)
//	   └─▶ cancelled                      (all of it, while nothing is under way)
//
// A parcel that is called off before it left takes its units out of packed again. A parcel that did not reach the buyer and is back takes its units out of packed and shipped again. The order is
// undelivered until each of them is packed once more or cancelled.
package order

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of orders.
var Schema = db.Schema{Name: "order", Files: schemaFiles}

// Faults of orders.
var (
	ErrUnknown   = fault.New(fault.Missing, "order.unknown", "There is no such order. Check its code, or sign in as the one who ordered.")
	ErrDenied    = fault.New(fault.Denied, "order.denied", "Only the staff of the seller may do this. Ask the shop, or sign in with the right to change orders.")
	ErrPlaced    = fault.New(fault.Conflict, "order.placed", "This basket has been ordered already. Look at your orders.")
	ErrEmpty     = fault.New(fault.Invalid, "order.empty", "There is nothing to order. Put something into the basket first.")
	ErrShipped   = fault.New(fault.Conflict, "order.shipped", "The parcel has left already. You can return it instead.")
	ErrCancelled = fault.New(fault.Conflict, "order.cancelled", "The order has been cancelled already. There is nothing left to do.")
	ErrLine      = fault.New(fault.Invalid, "order.line", "The order has no such line. Choose a line of this order.")
	ErrTooMany   = fault.New(fault.Conflict, "order.too_many", "This is more than is left of the line. Choose a smaller quantity.")
	ErrNothing   = fault.New(fault.Conflict, "order.nothing_left", "Nothing of the order is left for this step. Look at its state.")
	ErrAmount    = fault.New(fault.Invalid, "order.amount", "Give an amount above zero in the currency of the order.")
	ErrFilter    = fault.New(fault.Invalid, "order.filter", "Start again from the first page: this list cannot go on from here.")
	ErrStored    = fault.New(fault.Internal, "order.stored", "The stored order cannot be read. Please tell us its code; we will look at it.")
)

// ID names an order. Nobody can guess it: who holds the id of a guest's order may see that order.
type ID string

// State says how far an order has come. It is computed by StateOf.
type State string

// The states of an order.
const (
	StatePlaced        State = "placed"
	StatePacking       State = "packing"
	StatePacked        State = "packed"
	StatePartlyShipped State = "partly_shipped"
	StateShipped       State = "shipped"
	StateUndelivered   State = "undelivered" // StateUndelivered has units that came back and wait for a decision.
	StateDelivered     State = "delivered"
	StateReturned      State = "returned"
	StateCancelled     State = "cancelled"
)

// States are all states in their order.
var States = []State{
	StatePlaced, StatePacking, StatePacked, StatePartlyShipped, StateShipped, StateUndelivered, StateDelivered, StateReturned,
	StateCancelled,
}

// Order is one contract. Everything in it but the counts, the number and the state stays as it was when it was placed.
type Order struct {
	ID          ID
	Code        string // Code is short enough to be read out: "K7QF-3M2D-9XTR".
	Number      string // Number is the document number, "2026-000123"; empty until Number gave one.
	Cart        string
	Seller      seller.ID
	Party       string // Party is empty for a guest.
	Contact     Contact
	Lang        string
	Address     place.Address
	Delivery    Delivery
	Method      string // Method is the payment method.
	Payment     string // Payment is the id of the payment.
	Allocations []Allocation
	Quote       pricing.Quote
	Lines       []Line
	State       State
	Version     int64 // Version grows by one with every change.
	PlacedAt    time.Time
	ChangedAt   time.Time
}

// Contact is how to reach the buyer.
type Contact struct {
	Name  string
	Email string
	Phone string
}

// Delivery is how the goods travel, as it was promised.
type Delivery struct {
	Method  string
	Name    text.Localized
	Carrier string
	Point   string         // Point is the pickup point; empty when it goes to the address.
	Place   text.Localized // Place says in words where the pickup point is.
	From    span.Day
	To      span.Day
}

// Allocation says which warehouse a line, or a part of it, is taken from.
type Allocation struct {
	Line      string
	Warehouse string
	Key       string // Key is the pool that was claimed; empty for goods that are not counted.
	Quantity  measure.Quantity
}

// Line is a line of the quote and how far it has come. Its Quantity is what was ordered.
type Line struct {
	pricing.QuoteLine
	Counts
}

// Counts says how much of a line has come how far. Packed contains shipped, shipped contains delivered, delivered
// contains returned. What is undelivered came back from the way to the buyer and waits to be packed again or cancelled; it
// is part of what is neither cancelled nor packed.
type Counts struct {
	Cancelled measure.Quantity
	Packed    measure.Quantity
	Shipped   measure.Quantity
	Delivered measure.Quantity
	Returned  measure.Quantity

	Undelivered measure.Quantity
}

// Live is what was ordered and not cancelled.
func (l Line) Live() measure.Quantity { return l.Quantity - l.Cancelled }

// decided takes units out of what came back undelivered and waits: they are packed again, or cancelled. What came back is
// the first to be decided about.
func (l *Line) decided(q measure.Quantity) { l.Undelivered -= min(l.Undelivered, q) }

// Total is what the order costs, with delivery and tax.
func (o Order) Total() money.Money { return o.Quote.Total }

// Line gives a line by its name.
func (o Order) Line(name string) (Line, error) {
	for _, l := range o.Lines {
		if l.Line == name {
			return l, nil
		}
	}
	return Line{}, ErrLine.About("%s in %s", name, o.ID)
}

// Undelivered gives all that came back and waits to be packed again or cancelled.
func (o Order) Undelivered() []Part {
	var parts []Part
	for _, l := range o.Lines {
		if l.Undelivered > 0 {
			parts = append(parts, Part{l.Line, l.Undelivered})
		}
	}
	return parts
}

// StateOf computes the state from the lines. An order without lines counts as cancelled.
func StateOf(lines []Line) State {
	var some, all Counts
	live := false
	all = Counts{Packed: 1, Shipped: 1, Delivered: 1, Returned: 1}
	for _, l := range lines {
		if l.Live() == 0 {
			continue
		}
		live = true
		some = some.either(l.Counts)
		all = all.every(l.Counts, l.Live())
	}
	switch {
	case !live:
		return StateCancelled
	case some.Undelivered > 0:
		return StateUndelivered
	case all.Returned > 0:
		return StateReturned
	case all.Delivered > 0:
		return StateDelivered
	case all.Shipped > 0:
		return StateShipped
	case some.Shipped > 0:
		return StatePartlyShipped
	case all.Packed > 0:
		return StatePacked
	case some.Packed > 0:
		return StatePacking
	}
	return StatePlaced
}

// either keeps what has begun in any line.
func (c Counts) either(o Counts) Counts {
	return Counts{
		Packed: max(c.Packed, o.Packed), Shipped: max(c.Shipped, o.Shipped),
		Delivered: max(c.Delivered, o.Delivered), Returned: max(c.Returned, o.Returned),
		Undelivered: max(c.Undelivered, o.Undelivered),
	}
}

// every keeps what is complete in this line too: a count that is less than the whole becomes nothing.
func (c Counts) every(o Counts, whole measure.Quantity) Counts {
	keep := func(so, count measure.Quantity) measure.Quantity {
		if count < whole {
			return 0
		}
		return so
	}
	return Counts{
		Packed: keep(c.Packed, o.Packed), Shipped: keep(c.Shipped, o.Shipped),
		Delivered: keep(c.Delivered, o.Delivered), Returned: keep(c.Returned, o.Returned),
	}
}
