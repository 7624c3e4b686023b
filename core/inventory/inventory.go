// Package inventory knows where goods lie: warehouses, what is on hand in each, and every movement with its cause.
//
// How much is on hand and how much of it is promised stands in the pools of core/hold, one for each warehouse and
// variant; here stand the movements that led to it. The sum of the movements of a pool is its capacity, which Audit
// proves. So nothing can be sold twice: a promise is a hold.
//
//	Receive, Return ──▶ on hand ──Issue──▶ gone with a parcel
//	                       ▲                      │
//	                       └───────Restore────────┘ it came back undelivered
//	Count, CountMany ──▶ on hand is what was counted
//
// It does not know products (catalog), orders or prices. Who asks for goods names them; what a movement was for is an
// opaque cause. A variant that is not tracked has no pool: it is always there and only needs a warehouse to leave from.
package inventory

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of inventory.
var Schema = db.Schema{Name: "inventory", Files: schemaFiles}

// Faults of inventory. What is sold out or promised is refused by core/hold.
var (
	ErrWarehouse = fault.New(fault.Missing, "inventory.unknown_warehouse", "There is no such warehouse. Choose one from the list of warehouses.")
	ErrClosed    = fault.New(fault.Conflict, "inventory.warehouse_closed", "This warehouse is closed. Choose another one or open it again.")
	ErrStocked   = fault.New(fault.Conflict, "inventory.warehouse_stocked", "Goods still lie in this warehouse, are promised from it or may be ordered ahead there. Send what is promised, and move or count as zero the rest, before you close it.")
	ErrName      = fault.New(fault.Invalid, "inventory.warehouse_name", "Give the warehouse a seller, a name in at least one language and an address.")
	ErrQuantity  = fault.New(fault.Invalid, "inventory.quantity", "Give a quantity above zero that is not larger than a million million.")
	ErrCause     = fault.New(fault.Invalid, "inventory.cause", "Say in at most 200 characters what the movement is for.")
	ErrNowhere   = fault.New(fault.Conflict, "inventory.no_warehouse", "The seller has no open warehouse to send this from. Please ask the shop.")
)

// WarehouseID names a warehouse.
type WarehouseID string

// Warehouse is where stock lies and from where it leaves.
type Warehouse struct {
	ID       WarehouseID
	Seller   seller.ID
	Name     text.Localized
	Address  place.Address
	Priority int64 // Priority decides between warehouses that are equally near: the lowest goes first.
	Open     bool
}

// Kind says why units moved.
type Kind string

// The kinds of movements.
const (
	Receipt    Kind = "receipt"    // Receipt came from a supplier.
	Issued     Kind = "issue"      // Issued left with a parcel.
	Adjustment Kind = "adjustment" // Adjustment is what a count has found.
	Returned   Kind = "return"     // Returned came back from a buyer, or from the way to one.
	Moved      Kind = "transfer"   // Moved went from one warehouse to another: two movements.
)

// MovementID names a movement.
type MovementID string

// Movement is units that came (above zero) or went (below). Movements are never changed.
type Movement struct {
	ID        MovementID
	Warehouse WarehouseID
	Variant   catalog.VariantID
	Kind      Kind
	Quantity  measure.Quantity
	Cause     string // Cause is what it was for: an order, a delivery note.
	Who       string // Who is the user or key that did it.
	At        time.Time
}

// Stock is what stands in one warehouse of one variant.
type Stock struct {
	Warehouse WarehouseID
	Variant   catalog.VariantID
	Key       string           // Key is the pool in core/hold.
	OnHand    measure.Quantity // OnHand lies there.
	Promised  measure.Quantity // Promised is held for somebody.
	Beyond    measure.Quantity // Beyond may be promised before it comes in.
	Low       measure.Quantity // Low is the mark below which the shop wants to know; 0 is none.
}

// Left is how much can still be promised.
func (s Stock) Left() measure.Quantity { return s.OnHand + s.Beyond - s.Promised }

// Need is what a line of a basket or an order asks for.
type Need struct {
	Line     string
	Seller   seller.ID
	Variant  catalog.VariantID
	Quantity measure.Quantity
	Tracking catalog.Tracking // Tracking is catalog.Untracked when it is empty, as in the catalogue.
}

// Allocation says from where a line, or a part of it, is sent. A line that is split has several.
type Allocation struct {
	Line      string            `json:"line"`
	Seller    seller.ID         `json:"seller"`
	Variant   catalog.VariantID `json:"variant"`
	Warehouse WarehouseID       `json:"warehouse"`
	Key       string            `json:"key,omitempty"` // Key is what to hold; empty when the variant is not tracked.
	Quantity  measure.Quantity  `json:"quantity"`
}

// Counted is what was counted of one variant.
type Counted struct {
	Variant  catalog.VariantID
	Quantity measure.Quantity
}
