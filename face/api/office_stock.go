package api

import (
	"time"

	"sauda/base/measure"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountOfficeStock(api *web.API) {
	web.Query(api, "GET /v1/office/warehouses", listWarehouses, web.Needs(scopeStockRead), web.Doc("List the seller's warehouses.", "Office: stock"))
	web.Command(api, "POST /v1/office/warehouses", addWarehouse, web.Needs(scopeStockWrite), web.Status(201), web.Doc("Add a warehouse.", "Office: stock"))
	web.Query(api, "GET /v1/office/warehouses/{id}", showWarehouse, web.Needs(scopeStockRead), web.Doc("Show a warehouse.", "Office: stock"),
		web.Faults(inventory.ErrWarehouse))
	web.Command(api, "PUT /v1/office/warehouses/{id}", reviseWarehouse, web.Needs(scopeStockWrite),
		web.Doc("Give a warehouse another name, address and priority.", "Office: stock"), web.Faults(inventory.ErrWarehouse, inventory.ErrName))
	web.Command(api, "PUT /v1/office/warehouses/{id}/closure", closeWarehouse, web.Needs(scopeStockWrite),
		web.Doc("Close an empty warehouse: nothing is sent from it any more, and nothing comes in.", "Office: stock"),
		web.Faults(inventory.ErrWarehouse, inventory.ErrStocked))
	web.Command(api, "DELETE /v1/office/warehouses/{id}/closure", reopenWarehouse, web.Needs(scopeStockWrite),
		web.Doc("Open a closed warehouse again.", "Office: stock"), web.Faults(inventory.ErrWarehouse))
	web.Query(api, "GET /v1/office/stock", showStock, web.Needs(scopeStockRead), web.Doc("Show what stands in each warehouse of some variants.", "Office: stock"))
	web.Command(api, "PUT /v1/office/stock", countStock, web.Needs(scopeStockWrite),
		web.Doc("Say what was counted in a warehouse. What is on hand becomes what was counted; a variant that was not counted before is tracked from now on.", "Office: stock"),
		web.Faults(inventory.ErrWarehouse, hold.ErrPromised))
	web.Command(api, "POST /v1/office/receipts", receiveStock, web.Needs(scopeStockWrite), web.Status(201),
		web.Doc("Put goods on the shelf that came from a supplier.", "Office: stock"), web.Faults(inventory.ErrWarehouse))
	web.Query(api, "GET /v1/office/movements", listMovements, web.Needs(scopeStockRead), web.Doc("List movements of stock, the newest first.", "Office: stock"))
}

// warehouseView is a warehouse.
type warehouseView struct {
	ID       inventory.WarehouseID `json:"id"`
	Name     text.Localized        `json:"name"`
	Address  place.Address         `json:"address"`
	Priority int64                 `json:"priority"`
	Open     bool                  `json:"open"`
}

func viewWarehouse(w inventory.Warehouse) warehouseView {
	return warehouseView{ID: w.ID, Name: w.Name, Address: w.Address, Priority: w.Priority, Open: w.Open}
}

// listWarehouses lists the seller's warehouses.
func listWarehouses(tx *db.Tx, _ struct{}) (web.List[warehouseView], error) {
	all, err := inventory.Warehouses(tx, sellerOf(tx))
	page := web.List[warehouseView]{Items: make([]warehouseView, len(all))}
	for i, w := range all {
		page.Items[i] = viewWarehouse(w)
	}
	return page, err
}

type warehouseDraft struct {
	Name     text.Localized `json:"name"`
	Address  place.Address  `json:"address"`
	Priority int64          `json:"priority,omitempty" doc:"Among warehouses that are equally near the lowest goes first."`
}

// addWarehouse adds a warehouse of the seller.
func addWarehouse(tx *db.Tx, in warehouseDraft) (warehouseView, error) {
	w, err := inventory.AddWarehouse(tx, inventory.Warehouse{
		Seller: sellerOf(tx), Name: in.Name, Address: in.Address, Priority: in.Priority, Open: true,
	})
	return viewWarehouse(w), err
}

type warehouseAsk struct {
	ID inventory.WarehouseID `path:"id" maxLength:"60" doc:"The warehouse."`
}

// ownWarehouse gives a warehouse of the actor's seller; another seller's is as unknown as none.
func ownWarehouse(tx *db.Tx, id inventory.WarehouseID) (inventory.Warehouse, error) {
	w, err := inventory.GetWarehouse(tx, id)
	if err == nil && w.Seller != sellerOf(tx) {
		err = inventory.ErrWarehouse.About("%s is another seller's", id)
	}
	return w, err
}

// showWarehouse shows a warehouse of the seller.
func showWarehouse(tx *db.Tx, in warehouseAsk) (warehouseView, error) {
	w, err := ownWarehouse(tx, in.ID)
	return viewWarehouse(w), err
}

type warehouseRevision struct {
	warehouseAsk
	warehouseDraft
}

// reviseWarehouse gives a warehouse another name, address and priority.
func reviseWarehouse(tx *db.Tx, in warehouseRevision) (warehouseView, error) {
	w, err := ownWarehouse(tx, in.ID)
	if err != nil {
		return warehouseView{}, err
	}
	if err := web.Before(tx, viewWarehouse(w)); err != nil {
		return warehouseView{}, err
	}
	w.Name, w.Address, w.Priority = in.Name, in.Address, in.Priority
	if err := inventory.ReviseWarehouse(tx, w); err != nil {
		return warehouseView{}, err
	}
	return showWarehouse(tx, in.warehouseAsk)
}

// closeWarehouse takes an empty warehouse out of use.
func closeWarehouse(tx *db.Tx, in warehouseAsk) (warehouseView, error) {
	return turn(tx, in, inventory.Close)
}

// reopenWarehouse takes a closed warehouse into use again.
func reopenWarehouse(tx *db.Tx, in warehouseAsk) (warehouseView, error) {
	return turn(tx, in, inventory.Reopen)
}

func turn(tx *db.Tx, in warehouseAsk, how func(*db.Tx, inventory.WarehouseID) error) (warehouseView, error) {
	if _, err := ownWarehouse(tx, in.ID); err != nil {
		return warehouseView{}, err
	}
	if err := how(tx, in.ID); err != nil {
		return warehouseView{}, err
	}
	return showWarehouse(tx, in)
}

type stockAsk struct {
	Variants []string `query:"variant_id" minItems:"1" maxItems:"200" doc:"Which variants."`
}

// stockView is what stands in one warehouse of one variant.
type stockView struct {
	Warehouse inventory.WarehouseID `json:"warehouse"`
	Variant   catalog.VariantID     `json:"variant_id"`
	OnHand    measure.Quantity      `json:"on_hand"`
	Promised  measure.Quantity      `json:"promised"`
	Left      measure.Quantity      `json:"left" doc:"What can still be promised."`
}

// showStock shows stock of the seller's warehouses.
func showStock(tx *db.Tx, in stockAsk) (web.List[stockView], error) {
	variants := make([]catalog.VariantID, len(in.Variants))
	for i, v := range in.Variants {
		variants[i] = catalog.VariantID(v)
	}
	mine, err := warehousesOf(tx)
	if err != nil {
		return web.List[stockView]{}, err
	}
	stocks, err := inventory.Stocks(tx, variants)
	page := web.List[stockView]{Items: []stockView{}}
	for _, s := range stocks {
		if mine[s.Warehouse] {
			page.Items = append(page.Items, stockView{s.Warehouse, s.Variant, s.OnHand, s.Promised, s.Left()})
		}
	}
	return page, err
}

// warehousesOf gives which warehouses are the actor's seller's.
func warehousesOf(tx *db.Tx) (map[inventory.WarehouseID]bool, error) {
	all, err := inventory.Warehouses(tx, sellerOf(tx))
	mine := make(map[inventory.WarehouseID]bool, len(all))
	for _, w := range all {
		mine[w.ID] = true
	}
	return mine, err
}

type stockCount struct {
	Warehouse inventory.WarehouseID `json:"warehouse,omitempty" maxLength:"60" doc:"The seller's first one when absent."`
	Counts    []counted             `json:"counts" minItems:"1" maxItems:"1000"`
	Cause     string                `json:"cause,omitempty" maxLength:"200" doc:"A count sheet, for people who look for the reason."`
}

type counted struct {
	Variant  catalog.VariantID `json:"variant_id" maxLength:"60"`
	Quantity measure.Quantity  `json:"quantity"`
}

// warehouse gives the warehouse that is meant, if it is the seller's.
func warehouse(tx *db.Tx, asked inventory.WarehouseID) (inventory.WarehouseID, error) {
	all, err := inventory.Warehouses(tx, sellerOf(tx))
	if err != nil {
		return "", err
	}
	for _, w := range all {
		if w.ID == asked || asked == "" {
			return w.ID, nil
		}
	}
	return "", inventory.ErrWarehouse.About("%q", string(asked))
}

// countStock says what was counted. What is counted is tracked from now on.
func countStock(tx *db.Tx, in stockCount) (changed, error) {
	where, err := warehouse(tx, in.Warehouse)
	if err != nil {
		return changed{}, err
	}
	counts := make([]inventory.Counted, len(in.Counts))
	variants := make([]catalog.VariantID, len(in.Counts))
	for i, c := range in.Counts {
		counts[i], variants[i] = inventory.Counted{Variant: c.Variant, Quantity: c.Quantity}, c.Variant
	}
	if err := catalog.Track(tx, sellerOf(tx), variants); err != nil {
		return changed{}, err
	}
	cause := in.Cause
	if cause == "" {
		cause = "count"
	}
	n, err := inventory.CountMany(tx, where, counts, cause)
	return changed{n}, err
}

type receipt struct {
	Warehouse inventory.WarehouseID `json:"warehouse,omitempty" maxLength:"60" doc:"The seller's first one when absent."`
	Variant   catalog.VariantID     `json:"variant_id" maxLength:"60"`
	Quantity  measure.Quantity      `json:"quantity"`
	Cause     string                `json:"cause" minLength:"1" maxLength:"200" doc:"A delivery note."`
}

// receiveStock puts goods on the shelf.
func receiveStock(tx *db.Tx, in receipt) (web.None, error) {
	where, err := warehouse(tx, in.Warehouse)
	if err != nil {
		return web.None{}, err
	}
	if err := catalog.Track(tx, sellerOf(tx), []catalog.VariantID{in.Variant}); err != nil {
		return web.None{}, err
	}
	return web.None{}, inventory.Receive(tx, inventory.Change{Warehouse: where, Variant: in.Variant, Quantity: in.Quantity, Cause: in.Cause})
}

type movementsAsk struct {
	Warehouse inventory.WarehouseID `query:"warehouse" maxLength:"60"`
	Variant   catalog.VariantID     `query:"variant_id" maxLength:"60"`
	Cursor    inventory.MovementID  `query:"cursor" maxLength:"60"`
	Limit     int                   `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// movementView is units that came or went.
type movementView struct {
	ID        inventory.MovementID  `json:"id"`
	Warehouse inventory.WarehouseID `json:"warehouse"`
	Variant   catalog.VariantID     `json:"variant_id"`
	Kind      inventory.Kind        `json:"kind"`
	Quantity  measure.Quantity      `json:"quantity"`
	Cause     string                `json:"cause"`
	Who       string                `json:"who"`
	At        time.Time             `json:"at"`
}

// listMovements lists movements in one of the seller's warehouses.
func listMovements(tx *db.Tx, in movementsAsk) (web.List[movementView], error) {
	where, err := warehouse(tx, in.Warehouse)
	if err != nil {
		return web.List[movementView]{}, err
	}
	found, err := inventory.Movements(tx, inventory.Filter{Warehouse: where, Variant: in.Variant, Before: in.Cursor, Limit: in.Limit})
	page := web.List[movementView]{Items: make([]movementView, len(found))}
	for i, m := range found {
		page.Items[i] = movementView{m.ID, m.Warehouse, m.Variant, m.Kind, m.Quantity, m.Cause, m.Who, m.At}
	}
	if len(found) == in.Limit {
		page.Next = string(found[len(found)-1].ID)
	}
	return page, err
}
