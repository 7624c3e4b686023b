package inventory

import (
	"cmp"
	"slices"

	"sauda/base/measure"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/inventory/inventorydb"
	"sauda/gear/db"
)

// Available gives how much of each variant can be promised in all warehouses together, in one statement. Variants that
// have never had stock are absent; those that are not tracked have no stock.
func Available(tx *db.Tx, variants []catalog.VariantID) (map[catalog.VariantID]measure.Quantity, error) {
	pools, err := hold.About(tx, variants)
	if err != nil {
		return nil, err
	}
	return Left(StocksIn(pools)), nil
}

// Left sums what can still be promised of each variant.
func Left(stocks []Stock) map[catalog.VariantID]measure.Quantity {
	left := make(map[catalog.VariantID]measure.Quantity, len(stocks))
	for _, s := range stocks {
		left[s.Variant] += s.Left()
	}
	return left
}

// Stocks gives what stands in each warehouse of these variants, in one statement, by variant and warehouse.
func Stocks(tx *db.Tx, variants []catalog.VariantID) ([]Stock, error) {
	pools, err := hold.About(tx, variants)
	if err != nil {
		return nil, err
	}
	return StocksIn(pools), nil
}

// StocksIn gives the stocks among some pools, for who has asked for the pools of a variant already. Those of other things
// are left out.
func StocksIn(pools []hold.Pool) []Stock {
	var stocks []Stock
	for _, p := range pools {
		if w, ok := warehouseIn(p.Key); ok {
			stocks = append(stocks, stockOf(p, w))
		}
	}
	return stocks
}

func stockOf(p hold.Pool, w WarehouseID) Stock {
	return Stock{
		Warehouse: w, Variant: catalog.VariantID(p.Subject), Key: p.Key,
		OnHand: measure.Quantity(p.Capacity), Promised: measure.Quantity(p.Taken),
		Beyond: measure.Quantity(p.Beyond), Low: measure.Quantity(p.Mark),
	}
}

// Filter chooses movements. Empty fields choose all.
type Filter struct {
	Warehouse WarehouseID
	Variant   catalog.VariantID
	Before    MovementID // Before is the last movement of the page before.
	Limit     int        // Limit is 50 when it is zero.
}

// Movements gives movements, the newest first.
func Movements(tx *db.Tx, f Filter) ([]Movement, error) {
	const end = "mov_zzzzzzzzzzzzzzzzzzzzzzzzzz" // Comes after every id, in the order of any language.
	q, ctx := inventorydb.New(tx), tx.Context()
	before, page := cmp.Or(string(f.Before), end), int64(cmp.Or(f.Limit, 50))
	var rows []inventorydb.InventoryMovement
	var err error
	switch {
	case f.Variant != "" && f.Warehouse != "":
		rows, err = q.MovementsOfBoth(ctx, inventorydb.MovementsOfBothParams{
			Variant: string(f.Variant), Warehouse: string(f.Warehouse), Before: before, Page: page,
		})
	case f.Variant != "":
		rows, err = q.MovementsOfVariant(ctx, inventorydb.MovementsOfVariantParams{Variant: string(f.Variant), Before: before, Page: page})
	case f.Warehouse != "":
		rows, err = q.MovementsOfWarehouse(ctx, inventorydb.MovementsOfWarehouseParams{Warehouse: string(f.Warehouse), Before: before, Page: page})
	default:
		rows, err = q.MovementsOfAll(ctx, inventorydb.MovementsOfAllParams{Before: before, Page: page})
	}
	found := make([]Movement, len(rows))
	for n, r := range rows {
		found[n] = Movement{
			ID: MovementID(r.ID), Warehouse: WarehouseID(r.Warehouse), Variant: catalog.VariantID(r.Variant), Kind: Kind(r.Kind),
			Quantity: measure.Quantity(r.Quantity), Cause: r.Cause, Who: r.Who, At: span.FromMicros(r.At),
		}
	}
	return found, err
}

// Mismatch is stock whose movements do not add up to what is on hand. There is none while the verbs of this package are
// the only ones that change it.
type Mismatch struct {
	Key    string
	OnHand measure.Quantity
	Moved  measure.Quantity
}

// Audit compares what is on hand with the sum of its movements, everywhere.
func Audit(tx *db.Tx) ([]Mismatch, error) {
	rows, err := inventorydb.New(tx).Sums(tx.Context())
	if err != nil {
		return nil, err
	}
	sums := make(map[string]int64, len(rows))
	for _, r := range rows {
		sums[Key(WarehouseID(r.Warehouse), r.Variant)] = r.Quantity
	}
	var found []Mismatch
	err = eachPool(tx, func(p hold.Pool, _ WarehouseID) error {
		if sum := sums[p.Key]; sum != p.Capacity {
			found = append(found, Mismatch{p.Key, measure.Quantity(p.Capacity), measure.Quantity(sum)})
		}
		delete(sums, p.Key)
		return nil
	})
	for key, sum := range sums {
		if sum != 0 {
			found = append(found, Mismatch{key, 0, measure.Quantity(sum)})
		}
	}
	slices.SortFunc(found, func(a, b Mismatch) int { return cmp.Compare(a.Key, b.Key) })
	return found, err
}

// Notice states what follows from pools that crossed a level: StockChanged when a variant has become available or has
// stopped being so, RanLow when it fell to its watched mark. It is the reaction to hold.Crossed, so that takes and releases
// need not look at anything but their own rows. It looks at what is left now, and may say the same twice.
func Notice(tx *db.Tx, e hold.Crossed) error {
	var variants []catalog.VariantID
	for _, c := range e.Pools {
		if _, ok := warehouseIn(c.Key); ok {
			variants = append(variants, catalog.VariantID(c.Subject))
		}
	}
	stocks, err := Stocks(tx, variants)
	if err != nil {
		return err
	}
	total, here := map[catalog.VariantID]measure.Quantity{}, map[string]Stock{}
	for _, s := range stocks {
		total[s.Variant] += s.Left()
		here[s.Key] = s
	}
	said := map[catalog.VariantID]bool{}
	for _, c := range e.Pools {
		s, ok := here[c.Key]
		if !ok {
			continue
		}
		others := total[s.Variant] - s.Left()
		if c.Emptied() && others == 0 && !said[s.Variant] {
			said[s.Variant] = true
			err = tx.Emit(StockChanged{Variant: s.Variant, Left: total[s.Variant], CrossedZero: true})
		}
		if err == nil && c.Marked() && c.Left <= c.Mark {
			err = tx.Emit(RanLow{Warehouse: s.Warehouse, Variant: s.Variant, Left: s.Left(), Low: measure.Quantity(c.Mark)})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
