package inventory

import (
	"cmp"
	"slices"
	"strings"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Source chooses from which warehouses lines are sent to an address, in at most two statements. The goods of one seller
// go in one parcel when one warehouse has them all; else as few warehouses as can be found without long search are used,
// and a line is split only when no warehouse has it whole. Among equals the nearest goes first (the same city, region,
// country), then the lowest priority number. What lies on the shelf is preferred to what may be ordered ahead.
//
// It promises nothing: hold Wants of the answer, and source again when that is refused. Too little in all warehouses is
// hold.ErrSoldOut, with the values line, subject (the variant), asked and left; a seller without an open warehouse is ErrNowhere. Lines are answered in
// the order of their warehouses; what is not tracked leaves with the rest of its seller.
func Source(tx *db.Tx, needs []Need, to place.Address) ([]Allocation, error) {
	if len(needs) == 0 {
		return nil, nil
	}
	var tracked []catalog.VariantID
	for _, n := range needs {
		if n.Quantity <= 0 || n.Quantity > quantityMax {
			return nil, ErrQuantity.About("%s of %q", n.Quantity, n.Variant)
		}
		if n.tracked() {
			tracked = append(tracked, n.Variant)
		}
	}
	warehouses, err := Warehouses(tx)
	if err != nil {
		return nil, err
	}
	stocks, err := Stocks(tx, tracked)
	if err != nil {
		return nil, err
	}
	return Assign(needs, warehouses, stocks, to)
}

// tracked says whether stock limits the need.
func (n Need) tracked() bool { return n.Tracking == catalog.Tracked || n.Tracking == catalog.Backorder }

// Wants gives what to hold for some allocations.
func Wants(allocations []Allocation) []hold.Want {
	var wants []hold.Want
	for _, a := range allocations {
		if a.Key != "" {
			wants = append(wants, hold.Want{Key: a.Key, Quantity: int64(a.Quantity)})
		}
	}
	return wants
}

// Assign is Source as a pure function of the warehouses and what stands in them.
func Assign(needs []Need, warehouses []Warehouse, stocks []Stock, to place.Address) ([]Allocation, error) {
	var sellers []seller.ID
	bySeller := map[seller.ID][]Need{}
	for _, n := range needs {
		if _, ok := bySeller[n.Seller]; !ok {
			sellers = append(sellers, n.Seller)
		}
		bySeller[n.Seller] = append(bySeller[n.Seller], n)
	}
	var all []Allocation
	for _, s := range sellers {
		near := ranked(warehouses, s, to)
		if len(near) == 0 {
			return nil, ErrNowhere.About("seller %s", s)
		}
		c := choice{near: near, free: free(bySeller[s], near, stocks)}
		if err := c.all(bySeller[s]); err != nil {
			return nil, err
		}
		all = append(all, c.made...)
	}
	return all, nil
}

// ranked gives the open warehouses of a seller, the best first.
func ranked(all []Warehouse, of seller.ID, to place.Address) []Warehouse {
	var own []Warehouse
	for _, w := range all {
		if w.Open && w.Seller == of {
			own = append(own, w)
		}
	}
	slices.SortStableFunc(own, func(a, b Warehouse) int {
		return cmp.Or(
			cmp.Compare(nearness(b.Address, to), nearness(a.Address, to)),
			cmp.Compare(a.Priority, b.Priority),
			strings.Compare(string(a.ID), string(b.ID)),
		)
	})
	return own
}

// nearness is larger the nearer two addresses are.
func nearness(a, b place.Address) int {
	switch {
	case a.Country != b.Country:
		return 0
	case a.Region != b.Region:
		return 1
	case text.Fold(a.City) != text.Fold(b.City):
		return 2
	}
	return 3
}

// shelf is one variant in one warehouse.
type shelf struct {
	warehouse WarehouseID
	variant   catalog.VariantID
}

// free gives how much may be taken from each shelf: what lies there, or what may be promised as well when the shelves
// together do not hold enough.
func free(needs []Need, near []Warehouse, stocks []Stock) map[shelf]measure.Quantity {
	asked := map[catalog.VariantID]measure.Quantity{}
	for _, n := range needs {
		if n.tracked() {
			asked[n.Variant] += n.Quantity
		}
	}
	there := map[catalog.VariantID]measure.Quantity{}
	open := map[WarehouseID]bool{}
	for _, w := range near {
		open[w.ID] = true
	}
	for _, s := range stocks {
		if open[s.Warehouse] {
			there[s.Variant] += max(0, s.OnHand-s.Promised)
		}
	}
	free := map[shelf]measure.Quantity{}
	for _, s := range stocks {
		switch {
		case !open[s.Warehouse]:
		case there[s.Variant] >= asked[s.Variant]:
			free[shelf{s.Warehouse, s.Variant}] = max(0, s.OnHand-s.Promised)
		default:
			free[shelf{s.Warehouse, s.Variant}] = max(0, s.Left())
		}
	}
	return free
}

// choice is the work on the lines of one seller.
type choice struct {
	near []Warehouse
	free map[shelf]measure.Quantity
	made []Allocation
}

// all finds a warehouse for every line, or says which line has none.
func (c *choice) all(needs []Need) error {
	var open, loose []Need
	for _, n := range needs {
		if n.tracked() {
			open = append(open, n)
		} else {
			loose = append(loose, n)
		}
	}
	for len(open) > 0 {
		best, most := c.near[0].ID, 0
		for _, w := range c.near {
			if whole := len(c.whole(w.ID, open)); whole > most {
				best, most = w.ID, whole
			}
		}
		if most == 0 {
			if err := c.split(open[0]); err != nil {
				return err
			}
			open = open[1:]
			continue
		}
		served := c.whole(best, open)
		var rest []Need
		for at, n := range open {
			if served[at] {
				c.take(best, n, n.Quantity)
			} else {
				rest = append(rest, n)
			}
		}
		open = rest
	}
	home := c.near[0].ID
	if len(c.made) > 0 {
		home = c.made[0].Warehouse
	}
	for _, n := range loose {
		c.made = append(c.made, Allocation{n.Line, n.Seller, n.Variant, home, "", n.Quantity})
	}
	return nil
}

// whole gives which of the lines a warehouse can serve together, each of them whole.
func (c *choice) whole(w WarehouseID, open []Need) map[int]bool {
	served, used := map[int]bool{}, map[catalog.VariantID]measure.Quantity{}
	for at, n := range open {
		if used[n.Variant]+n.Quantity <= c.free[shelf{w, n.Variant}] {
			used[n.Variant] += n.Quantity
			served[at] = true
		}
	}
	return served
}

func (c *choice) take(w WarehouseID, n Need, q measure.Quantity) {
	c.free[shelf{w, n.Variant}] -= q
	c.made = append(c.made, Allocation{n.Line, n.Seller, n.Variant, w, Key(w, n.Variant), q})
}

// split takes a line from several warehouses, first from those that send something anyway.
func (c *choice) split(n Need) error {
	order := slices.Clone(c.near)
	slices.SortStableFunc(order, func(a, b Warehouse) int { return cmp.Compare(c.sends(b.ID), c.sends(a.ID)) })
	rest := n.Quantity
	for _, w := range order {
		if q := min(rest, c.free[shelf{w.ID, n.Variant}]); q > 0 {
			c.take(w.ID, n, q)
			rest -= q
		}
	}
	if rest == 0 {
		return nil
	}
	left := n.Quantity - rest
	err := hold.ErrSoldOut.About("line %s: %s asked of %s, %s left", n.Line, n.Quantity, n.Variant, left)
	err = fault.With(fault.With(err, "line", n.Line), "subject", string(n.Variant))
	return fault.With(fault.With(err, "asked", int64(n.Quantity)), "left", int64(left))
}

// sends is 1 for a warehouse that something is taken from already.
func (c *choice) sends(w WarehouseID) int {
	if slices.ContainsFunc(c.made, func(a Allocation) bool { return a.Warehouse == w }) {
		return 1
	}
	return 0
}
