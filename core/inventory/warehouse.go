package inventory

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/hold"
	"sauda/core/inventory/inventorydb"
	"sauda/core/seller"
	"sauda/gear/db"
)

const nameMax = 200 // nameMax is what fits on a packing list.

// AddWarehouse opens a warehouse and gives it an id, unless it brings its own; one that is taken is refused by the store.
func AddWarehouse(tx *db.Tx, w Warehouse) (Warehouse, error) {
	name, address, err := described(&w)
	if err != nil {
		return Warehouse{}, err
	}
	w.ID, w.Open = cmp.Or(w.ID, WarehouseID(tx.Mint("wh"))), true
	err = inventorydb.New(tx).AddWarehouse(tx.Context(), inventorydb.AddWarehouseParams{
		ID: string(w.ID), Seller: string(w.Seller), Name: name, Address: address, Priority: w.Priority,
	})
	if err != nil {
		return Warehouse{}, err
	}
	return w, tx.Emit(WarehouseChanged{w.ID, true})
}

// described cleans and checks what is said of a warehouse, and gives name and address as they are stored. What is wrong is
// ErrName with every field.
func described(w *Warehouse) (name, address string, err error) {
	if w.Seller == "" {
		return "", "", ErrName.About("a warehouse of nobody")
	}
	var fields []fault.Field
	note := func(at string, err error) {
		for _, f := range fault.FieldsOf(err) {
			f.Pointer = at + f.Pointer
			fields = append(fields, f)
		}
		if err != nil && len(fault.FieldsOf(err)) == 0 {
			fields = append(fields, fault.Found(at, err))
		}
	}
	cleaned, err := w.Name.Cleaned()
	if err != nil {
		note("/name", err)
	} else {
		w.Name = cleaned
		note("/name", w.Name.CheckFilled(nameMax))
	}
	w.Address = w.Address.Cleaned()
	note("/address", w.Address.Check())
	if err := ErrName.Fields(fields...); err != nil {
		return "", "", err
	}
	body, err := json.Marshal(w.Address)
	return w.Name.String(), string(body), err
}

// ReviseWarehouse gives a warehouse another name, address or priority. Its seller and whether it is open stay.
func ReviseWarehouse(tx *db.Tx, w Warehouse) error {
	was, err := GetWarehouse(tx, w.ID)
	if err != nil {
		return err
	}
	w.Seller = was.Seller
	name, address, err := described(&w)
	if err != nil {
		return err
	}
	_, err = inventorydb.New(tx).ReviseWarehouse(tx.Context(), inventorydb.ReviseWarehouseParams{
		ID: string(w.ID), Name: name, Address: address, Priority: w.Priority,
	})
	if err != nil {
		return err
	}
	return tx.Emit(WarehouseChanged{w.ID, was.Open})
}

// Close takes an empty warehouse out of use: nothing is sent from it any more, and nothing comes in. While something lies
// there, is promised from there or may be ordered ahead there, it is refused with ErrStocked. Closed twice, it changes
// nothing.
func Close(tx *db.Tx, id WarehouseID) error {
	tx.Strict() // Nothing may come in meanwhile.
	left, err := In(tx, id, 1)
	if err != nil {
		return err
	}
	for _, s := range left {
		return fault.With(ErrStocked.About("%s", s.Key), "variant", string(s.Variant))
	}
	return setOpen(tx, id, false)
}

// In gives what stands in one warehouse, is promised from there or may be ordered ahead there, at most limit, in one
// statement.
func In(tx *db.Tx, id WarehouseID, limit int) ([]Stock, error) {
	pools, err := hold.Filled(tx, Key(id, ""), limit)
	if err != nil {
		return nil, err
	}
	return StocksIn(pools), nil
}

// Reopen takes a closed warehouse into use again. Opened twice, it changes nothing.
func Reopen(tx *db.Tx, id WarehouseID) error { return setOpen(tx, id, true) }

func setOpen(tx *db.Tx, id WarehouseID, open bool) error {
	w, err := GetWarehouse(tx, id)
	if err != nil || w.Open == open {
		return err
	}
	var flag int64
	if open {
		flag = 1
	}
	if _, err := inventorydb.New(tx).SetOpen(tx.Context(), inventorydb.SetOpenParams{ID: string(id), Open: flag}); err != nil {
		return err
	}
	return tx.Emit(WarehouseChanged{id, open})
}

// GetWarehouse gives a warehouse, open or closed.
func GetWarehouse(tx *db.Tx, id WarehouseID) (Warehouse, error) {
	row, err := inventorydb.New(tx).GetWarehouse(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return Warehouse{}, ErrWarehouse.About("%q", id)
	}
	if err != nil {
		return Warehouse{}, err
	}
	return warehouseOf(row)
}

// Warehouses gives the warehouses of some sellers, or of all when none is named, by seller, priority and id; closed ones
// too.
func Warehouses(tx *db.Tx, sellers ...seller.ID) ([]Warehouse, error) {
	rows, err := inventorydb.New(tx).AllWarehouses(tx.Context())
	if err != nil {
		return nil, err
	}
	var found []Warehouse
	for _, r := range rows {
		if len(sellers) > 0 && !slices.Contains(sellers, seller.ID(r.Seller)) {
			continue
		}
		w, err := warehouseOf(r)
		if err != nil {
			return nil, err
		}
		found = append(found, w)
	}
	return found, nil
}

func warehouseOf(r inventorydb.InventoryWarehouse) (Warehouse, error) {
	w := Warehouse{ID: WarehouseID(r.ID), Seller: seller.ID(r.Seller), Priority: r.Priority, Open: r.Open == 1}
	var name text.Localized
	err := errors.Join(name.Scan(r.Name), json.Unmarshal([]byte(r.Address), &w.Address))
	w.Name = name
	return w, err
}

// keyPrefix begins the keys of the pools that are stock.
const keyPrefix = "stock:"

// Key names the pool of a variant in a warehouse.
func Key[V ~string](w WarehouseID, v V) string { return keyPrefix + string(w) + ":" + string(v) }

// warehouseIn gives the warehouse of a pool, and whether the pool is stock at all.
func warehouseIn(key string) (WarehouseID, bool) {
	rest, ok := strings.CutPrefix(key, keyPrefix)
	if !ok {
		return "", false
	}
	w, _, ok := strings.Cut(rest, ":")
	return WarehouseID(w), ok
}

// eachPool visits every pool of stock, a thousand to a statement.
func eachPool(tx *db.Tx, visit func(hold.Pool, WarehouseID) error) error {
	const page = 1000
	for after := ""; ; {
		pools, err := hold.All(tx, after, page)
		if err != nil {
			return err
		}
		for _, p := range pools {
			after = p.Key
			if w, ok := warehouseIn(p.Key); ok {
				if err := visit(p, w); err != nil {
					return err
				}
			}
		}
		if len(pools) < page {
			return nil
		}
	}
}
