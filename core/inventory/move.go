package inventory

import (
	"errors"
	"strings"
	"unicode/utf8"

	"sauda/base/measure"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/inventory/inventorydb"
	"sauda/gear/db"
)

const (
	quantityMax = 1_000_000_000_000 * measure.One // quantityMax keeps sums of many movements countable.
	causeMax    = 200
)

// Change is units of one variant in one warehouse, and what for.
type Change struct {
	Warehouse WarehouseID
	Variant   catalog.VariantID
	Quantity  measure.Quantity
	Cause     string // Cause is a delivery note, an order, a count sheet; at most 200 characters.
}

// Receive puts units on the shelf that came from a supplier. It acts each time that it is called.
func Receive(tx *db.Tx, c Change) error { return add(tx, c, Receipt) }

// Return puts units back on the shelf that a buyer has sent back. When the warehouse from which they went has been closed
// meanwhile, they lie in the first open one of its seller; without any that is ErrNowhere. It acts each time that it is
// called.
func Return(tx *db.Tx, c Change) error {
	err := add(tx, c, Returned)
	if !errors.Is(err, ErrClosed) {
		return err
	}
	closed, err := GetWarehouse(tx, c.Warehouse)
	if err != nil {
		return err
	}
	all, err := Warehouses(tx, closed.Seller)
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.Open {
			c.Warehouse = w.ID
			return add(tx, c, Returned)
		}
	}
	return ErrNowhere.About("%s came back to %s, and no warehouse is open", c.Variant, closed.ID)
}

func add(tx *db.Tx, c Change, kind Kind) error {
	if err := checked(tx, &c); err != nil {
		return err
	}
	if _, err := hold.Resize(tx, Key(c.Warehouse, c.Variant), string(c.Variant), int64(c.Quantity)); err != nil {
		return err
	}
	return record(tx, c, kind)
}

// checked refuses a change that cannot be, and cleans its cause.
func checked(tx *db.Tx, c *Change) error {
	if c.Variant == "" || c.Quantity <= 0 || c.Quantity > quantityMax {
		return ErrQuantity.About("%s of %q", c.Quantity, c.Variant)
	}
	return usable(tx, c.Warehouse, &c.Cause)
}

// usable refuses a warehouse that is not open and a cause that is too long.
func usable(tx *db.Tx, id WarehouseID, cause *string) error {
	tx.Strict() // Nobody may close the warehouse meanwhile.
	cleaned, err := text.Clean(*cause)
	if err != nil || utf8.RuneCountInString(cleaned) > causeMax {
		return ErrCause.About("%d bytes", len(*cause))
	}
	*cause = cleaned
	w, err := GetWarehouse(tx, id)
	if err != nil {
		return err
	}
	if !w.Open {
		return ErrClosed.About("%s", id)
	}
	return nil
}

// record adds a movement.
func record(tx *db.Tx, c Change, kind Kind) error {
	who := strings.Trim(string(tx.Who().Kind)+":"+tx.Who().ID, ":")
	return inventorydb.New(tx.Later()).AddMovement(tx.Context(), inventorydb.AddMovementParams{
		ID: tx.Mint("mov"), Warehouse: string(c.Warehouse), Variant: string(c.Variant), Kind: string(kind),
		Quantity: int64(c.Quantity), Cause: c.Cause, Who: who, At: span.Micros(tx.Now()),
	})
}

// Move carries units from one warehouse to another of the same seller. What is promised from the first one stays there:
// less than that is refused with hold.ErrPromised. It acts each time that it is called.
func Move(tx *db.Tx, c Change, to WarehouseID) error {
	if err := checked(tx, &c); err != nil {
		return err
	}
	from, err := GetWarehouse(tx, c.Warehouse)
	if err != nil {
		return err
	}
	target, err := GetWarehouse(tx, to)
	switch {
	case err != nil:
		return err
	case !target.Open || target.ID == from.ID || target.Seller != from.Seller:
		return ErrClosed.About("move from %s to %s", from.ID, to)
	}
	there := c
	there.Warehouse, c.Quantity = to, -c.Quantity
	moves := []Change{c, there}
	if Key(to, c.Variant) < Key(from.ID, c.Variant) { // In key order, as everybody.
		moves[0], moves[1] = moves[1], moves[0]
	}
	for _, m := range moves {
		if _, err := hold.Resize(tx, Key(m.Warehouse, m.Variant), string(m.Variant), int64(m.Quantity)); err != nil {
			return err
		}
		if err := record(tx, m, Moved); err != nil {
			return err
		}
	}
	return nil
}

// Count makes what is on hand what was counted, and records the difference. Less than what is promised is refused with
// hold.ErrPromised, which says how much that is; what may be ordered ahead may be missing. Counted the same again, nothing
// changes.
func Count(tx *db.Tx, c Change) error {
	_, err := CountMany(tx, c.Warehouse, []Counted{{c.Variant, c.Quantity}}, c.Cause)
	return err
}

// CountMany counts many variants of one warehouse at once, all of them or none, and says how many were different. At most
// a thousand fit into a moment; the later count of a variant that stands there twice counts.
func CountMany(tx *db.Tx, warehouse WarehouseID, counts []Counted, cause string) (int, error) {
	if err := usable(tx, warehouse, &cause); err != nil {
		return 0, err
	}
	levels := make([]hold.Level, len(counts))
	for n, c := range counts {
		if c.Variant == "" || c.Quantity < 0 || c.Quantity > quantityMax {
			return 0, ErrQuantity.About("%s of %q", c.Quantity, c.Variant)
		}
		levels[n] = hold.Level{Key: Key(warehouse, c.Variant), Subject: string(c.Variant), Capacity: int64(c.Quantity)}
	}
	before, err := hold.SetMany(tx, levels)
	if err != nil {
		return 0, err
	}
	changed := 0
	for n, c := range counts {
		delta := c.Quantity - measure.Quantity(before[n])
		if delta == 0 {
			continue
		}
		changed++
		if err := tx.Changed(levels[n].Key, measure.Quantity(before[n]), c.Quantity); err != nil {
			return 0, err
		}
		if err := record(tx, Change{warehouse, c.Variant, delta, cause}, Adjustment); err != nil {
			return 0, err
		}
	}
	return changed, nil
}

// Issue takes units off the shelf that an owner has held: the parcel leaves. What is not tracked only passes. More than is
// held is refused with hold.ErrNotHeld, and what has not come in yet with hold.ErrAbsent. It acts each time that it is
// called.
func Issue(tx *db.Tx, owner string, allocations []Allocation, cause string) error {
	if err := hold.Consume(tx, owner, Wants(allocations)); err != nil {
		return err
	}
	for _, a := range allocations {
		if a.Key == "" {
			continue
		}
		if err := record(tx, Change{a.Warehouse, a.Variant, -a.Quantity, cause}, Issued); err != nil {
			return err
		}
	}
	return nil
}

// Restore puts units back on the shelf that had left with a parcel and came back undelivered. They are promised to the same
// owner again, as they were before they left. The warehouse need not be open: the goods lie there. It acts each time that
// it is called.
func Restore(tx *db.Tx, owner string, allocations []Allocation, cause string) error {
	if err := hold.Restore(tx, owner, Wants(allocations)); err != nil {
		return err
	}
	for _, a := range allocations {
		if a.Key == "" {
			continue
		}
		if err := record(tx, Change{a.Warehouse, a.Variant, a.Quantity, cause}, Returned); err != nil {
			return err
		}
	}
	return nil
}

// AllowBackorder sets how much of a variant may be promised from a warehouse before it comes in; 0 ends it, unless it is
// promised already.
func AllowBackorder(tx *db.Tx, warehouse WarehouseID, variant catalog.VariantID, beyond measure.Quantity) error {
	return shape(tx, warehouse, variant, beyond, hold.Allow)
}

// WatchLow sets the mark of a variant in a warehouse at which RanLow is stated; 0 ends it.
func WatchLow(tx *db.Tx, warehouse WarehouseID, variant catalog.VariantID, low measure.Quantity) error {
	return shape(tx, warehouse, variant, low, hold.Watch)
}

func shape(tx *db.Tx, w WarehouseID, v catalog.VariantID, n measure.Quantity, set func(*db.Tx, string, string, int64) error) error {
	var none string
	if v == "" || n < 0 || n > quantityMax {
		return ErrQuantity.About("%s of %q", n, v)
	}
	if err := usable(tx, w, &none); err != nil {
		return err
	}
	return set(tx, Key(w, v), string(v), int64(n))
}
