package inventory

import (
	"sauda/base/measure"
	"sauda/core/catalog"
)

// StockChanged says that a variant became available in all warehouses together, or stopped being so. Left is what could be
// promised when the reaction looked.
type StockChanged struct {
	Variant     catalog.VariantID `json:"variant"`
	Left        measure.Quantity  `json:"left"`
	CrossedZero bool              `json:"crossed_zero"`
}

// RanLow says that what is left of a variant in a warehouse fell to the watched mark.
type RanLow struct {
	Warehouse WarehouseID       `json:"warehouse"`
	Variant   catalog.VariantID `json:"variant"`
	Left      measure.Quantity  `json:"left"`
	Low       measure.Quantity  `json:"low"`
}

// WarehouseChanged says that a warehouse was added, revised, closed or opened again.
type WarehouseChanged struct {
	Warehouse WarehouseID `json:"warehouse"`
	Open      bool        `json:"open"`
}

// Fact names the fact.
func (StockChanged) Fact() string     { return "inventory.stock_changed" }
func (RanLow) Fact() string           { return "inventory.ran_low" }
func (WarehouseChanged) Fact() string { return "inventory.warehouse_changed" }

// Key orders the reactions to what concerns one variant, or one warehouse.
func (e StockChanged) Key() string     { return string(e.Variant) }
func (e RanLow) Key() string           { return string(e.Variant) }
func (e WarehouseChanged) Key() string { return string(e.Warehouse) }
