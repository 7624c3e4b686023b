package inventory

import (
	"sauda/base/measure"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/gear/db"
)

// Shortage says of which stock little is left.
type Shortage struct {
	Gone  bool  // Gone asks for what nothing is left of; else something is left, and no more than the mark.
	After Stock // After is the last of the page before: its warehouse and variant. The zero one begins.
	Limit int   // Limit is 50 when it is zero.
}

// Short gives the stock in some warehouses of which little or nothing is left, by warehouse and variant, in one statement
// that looks at nothing else. What has never lain there and has no mark is left out, and so is what Rest was told of.
func Short(tx *db.Tx, in []Warehouse, s Shortage) ([]Stock, error) {
	asked := hold.Shortage{Places: places(in), Gone: s.Gone, Limit: s.Limit}
	if s.After.Variant != "" {
		asked.After = hold.Pool{Key: Key(s.After.Warehouse, s.After.Variant), Subject: string(s.After.Variant)}
	}
	if asked.Limit <= 0 {
		asked.Limit = 50
	}
	pools, err := hold.Short(tx, asked)
	return StocksIn(pools), err
}

// CountShort counts the places in some warehouses where little is left, and those where nothing is; together at most a
// thousand are counted.
func CountShort(tx *db.Tx, in []Warehouse) (low, gone int64, err error) {
	return hold.CountShort(tx, places(in))
}

// places are what stands before the variant in the keys of some warehouses.
func places(in []Warehouse) []string {
	all := make([]string, len(in))
	for i, w := range in {
		all[i] = Key(w.ID, "")
	}
	return all
}

// Rest no longer counts variants that are not sold any more among those of which little is left.
func Rest(tx *db.Tx, variants []catalog.VariantID) error {
	all, err := Warehouses(tx)
	if err != nil {
		return err
	}
	return hold.Rest(tx, places(all), variants)
}

// Recount counts variants that are sold again among those of which little is left, where it is.
func Recount(tx *db.Tx, variants []catalog.VariantID) error {
	all, err := Warehouses(tx)
	if err != nil {
		return err
	}
	return hold.Recount(tx, places(all), variants)
}

// RestEnded goes through what is counted as short behind a key, at most so many places, and rests what is not sold any more:
// variants that were dropped, and what had ended before anybody was told. It says behind which key to go on, or nothing.
func RestEnded(tx *db.Tx, after string, most int) (next string, err error) {
	pools, err := hold.Shorts(tx, after, min(most, catalog.OffersMax))
	if err != nil || len(pools) == 0 {
		return "", err
	}
	stocks := StocksIn(pools)
	variants := make([]catalog.VariantID, len(stocks))
	for i, s := range stocks {
		variants[i] = s.Variant
	}
	offers, err := catalog.Offers(tx, variants)
	if err != nil {
		return "", err
	}
	var ended []catalog.VariantID
	for _, v := range variants {
		if o, known := offers[v]; !known || o.State == catalog.StateEnded {
			ended = append(ended, v)
		}
	}
	if len(ended) > 0 {
		err = Rest(tx, ended)
	}
	return pools[len(pools)-1].Key, err
}

// Low is the mark of a variant in a warehouse.
type Low struct {
	Warehouse WarehouseID
	Variant   catalog.VariantID
	Mark      measure.Quantity
}

// WatchLowMany sets the marks of variants at which RanLow is stated, all of them or none; 0 ends it. The warehouses are
// those of the caller, who has loaded them: one of the marks that names another is ErrWarehouse, or ErrClosed when it is
// closed.
func WatchLowMany(tx *db.Tx, in []Warehouse, lows []Low) error {
	open := make(map[WarehouseID]bool, len(in))
	for _, w := range in {
		open[w.ID] = w.Open
	}
	marks := make([]hold.Mark, len(lows))
	for i, l := range lows {
		isOpen, known := open[l.Warehouse]
		switch {
		case !known:
			return ErrWarehouse.About("%q", l.Warehouse)
		case !isOpen:
			return ErrClosed.About("%s", l.Warehouse)
		case l.Variant == "" || l.Mark < 0 || l.Mark > quantityMax:
			return ErrQuantity.About("%s of %q", l.Mark, l.Variant)
		}
		marks[i] = hold.Mark{Key: Key(l.Warehouse, l.Variant), Subject: string(l.Variant), Mark: int64(l.Mark)}
	}
	return hold.WatchMany(tx, marks)
}
