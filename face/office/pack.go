package office

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/core/catalog"
	"sauda/core/inventory"
	"sauda/core/order"
	"sauda/core/shipping"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountPack(site *web.Site) {
	web.Page(site, "GET /office/board", f.board, web.Needs(ScopeOrdersRead))
	web.Page(site, "GET /office/picking", f.picking, web.Needs(ScopeOrdersWrite))
	web.Page(site, "GET /office/picking/{id}", f.packingOf, web.Needs(ScopeOrdersWrite))
	web.Page(site, "GET /office/packing", f.foreseePacking, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/packing", f.packSeveral, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/packing/undo", f.unpackSeveral, web.Needs(ScopeOrdersWrite))
}

// lane is one column of the board.
type lane struct {
	Name   string
	States []order.State // States are those of the orders in it, the first one gives its list.
	Orders []order.Summary
	Count  int64 // Count is how many there are, zero where they grow without end.
}

// laneMax is how many orders a column shows; the list has the rest.
const laneMax = 20

// board shows the seller's orders on their way, one column for each step.
func (f face) board(tx *db.Tx, _ struct{}) (web.View, error) {
	lanes := []lane{
		{Name: "to_pack", States: []order.State{order.StatePlaced, order.StatePacking}},
		{Name: "to_hand_over", States: []order.State{order.StatePacked, order.StatePartlyShipped}},
		{Name: "under_way", States: []order.State{order.StateShipped, order.StateUndelivered}},
		{Name: "delivered", States: []order.State{order.StateDelivered}},
	}
	seen := f.Watch.count(ordersOf(sellerOf(tx)))
	counts, err := order.InWork(tx, sellerOf(tx))
	if err != nil {
		return nil, err
	}
	for i := range lanes {
		for _, s := range lanes[i].States { // Seven states: each is one look into an index.
			found, _, err := order.List(tx, order.Filter{Seller: sellerOf(tx), State: s, Limit: laneMax})
			if err != nil {
				return nil, err
			}
			lanes[i].Orders = append(lanes[i].Orders, found...)
			lanes[i].Count += counts[s]
		}
		slices.SortFunc(lanes[i].Orders, func(a, b order.Summary) int { return -cmp.Compare(a.ID, b.ID) })
		lanes[i].Orders = lanes[i].Orders[:min(len(lanes[i].Orders), laneMax)]
	}
	return boardPage(f.page("orders", t(tx.Context(), "orders.as_board")).listing(seen), lanes), nil
}

// pickedOrder is an order on the list to be picked.
type pickedOrder struct {
	order.Order
	Left int // Left is how many lines of it are to be packed.
}

// pickRow is what is fetched from one place for all orders on the list.
type pickRow struct {
	Warehouse string
	Variant   catalog.VariantID
	Name      string
	SKU       string
	Quantity  measure.Quantity
	Unit      measure.Unit
	Orders    []string // Orders are their codes.
}

// pickMax is how many orders one walk through the warehouse is for.
const pickMax = 20

// pickList is what a walk through the warehouse fetches.
type pickList struct {
	Orders     []pickedOrder
	Rows       []pickRow
	Warehouses []inventory.Warehouse
	Wrong      string
	Packed     []shipping.Shipment // Packed are what was packed by the form, when it was.
}

// picking lists what the oldest waiting orders need, sorted by where it lies.
func (f face) picking(tx *db.Tx, _ struct{}) (web.View, error) {
	ids, err := waiting(tx)
	if err != nil {
		return nil, err
	}
	l, err := f.pickListOf(tx, ids)
	return pickingPage(f.page("orders", t(tx.Context(), "orders.picking")), l), err
}

// waiting gives the oldest of the newest waiting orders: those that a walk is for.
func waiting(tx *db.Tx) ([]order.ID, error) {
	var all []order.ID
	for _, s := range []order.State{order.StatePlaced, order.StatePacking} {
		found, _, err := order.List(tx, order.Filter{Seller: sellerOf(tx), State: s, Limit: waitingMax})
		if err != nil {
			return nil, err
		}
		for _, o := range found {
			all = append(all, o.ID)
		}
	}
	slices.Sort(all)
	return all[:min(len(all), pickMax)], nil
}

// waitingMax is among how many waiting orders the oldest are looked for.
const waitingMax = 200

// pickListOf loads orders and adds up what is left to pack of them; those of another seller are as unknown as none. More
// than a walk is for are said to be too many, and none of them is shown.
func (f face) pickListOf(tx *db.Tx, ids []order.ID) (pickList, error) {
	var l pickList
	var err error
	if l.Warehouses, err = inventory.Warehouses(tx, sellerOf(tx)); err != nil {
		return l, err
	}
	if len(ids) > pickMax {
		l.Wrong = t(tx.Context(), "packing.too_many", "most", pickMax)
		return l, nil
	}
	orders, err := order.Some(tx, ids)
	if err != nil {
		return l, err
	}
	orders = slices.DeleteFunc(orders, func(o order.Order) bool { return !tx.Who().For(string(o.Seller)) })
	if len(orders) < len(ids) { // They are not named twice.
		return l, order.ErrUnknown.About("%d of %d orders", len(ids)-len(orders), len(ids))
	}
	for _, o := range orders {
		picked := pickedOrder{Order: o}
		for _, line := range o.Lines {
			if leftTo("pack", line) > 0 {
				picked.Left++
			}
		}
		l.Orders = append(l.Orders, picked)
	}
	l.gather(tx.Context())
	return l, nil
}

// gather adds up what lies where. What comes from two places is two rows.
func (l *pickList) gather(ctx context.Context) {
	at := map[string]int{}
	for _, o := range l.Orders {
		for _, line := range o.Lines {
			left := leftTo("pack", line)
			for _, a := range o.Allocations {
				if a.Line != line.Line || left <= 0 {
					continue
				}
				q := min(a.Quantity, left)
				left -= q
				key := a.Warehouse + " " + string(line.Variant)
				i, known := at[key]
				if !known {
					i = len(l.Rows)
					at[key] = i
					l.Rows = append(l.Rows, pickRow{Warehouse: a.Warehouse, Variant: line.Variant, Name: lineName(ctx, o.Order, line.Line), SKU: line.SKU, Unit: line.Unit})
				}
				l.Rows[i].Quantity += q
				if !slices.Contains(l.Rows[i].Orders, o.Code) {
					l.Rows[i].Orders = append(l.Rows[i].Orders, o.Code)
				}
			}
		}
	}
	slices.SortFunc(l.Rows, func(a, b pickRow) int {
		return cmp.Or(cmp.Compare(a.Warehouse, b.Warehouse), cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Variant, b.Variant))
	})
}

// scanned is an order on the packing table: what belongs into the parcel, and by which codes it is known.
type scanned struct {
	order.Order
	Codes map[string][]string // Codes are the SKU and the barcode of each line.
}

// packingOf shows an order to be packed by scanning.
func (f face) packingOf(tx *db.Tx, in orderAsk) (web.View, error) {
	o, err := own(tx, in.ID)
	if err != nil {
		return nil, err
	}
	var variants []catalog.VariantID
	for _, l := range o.Lines {
		variants = append(variants, l.Variant)
	}
	offers, err := catalog.Offers(tx, variants)
	s := scanned{Order: o, Codes: map[string][]string{}}
	for _, l := range o.Lines {
		offer := offers[l.Variant]
		s.Codes[l.Line] = slices.DeleteFunc([]string{l.SKU, offer.GTIN, offer.NTIN}, func(c string) bool { return c == "" })
	}
	return scanPage(f.page("orders", t(tx.Context(), "picking.title", "code", o.Code)).with("scan.js"), s), err
}

// toPack tells whether anything of an order is left to pack.
func (s scanned) toPack() bool {
	return slices.ContainsFunc(s.Lines, func(l order.Line) bool { return leftTo("pack", l) > 0 })
}

// codesOf writes the codes of a line for the script.
func (s scanned) codesOf(line string) string { return strings.Join(s.Codes[line], " ") }

// foreseePacking shows what packing the chosen orders would mean.
func (f face) foreseePacking(tx *db.Tx, _ struct{}) (web.View, error) {
	l, err := f.pickListOf(tx, pickedIDs(wanted(tx.Context(), []string{"pick"})["pick"]))
	if err == nil && l.Wrong == "" && len(l.Orders) == 0 {
		l.Wrong = t(tx.Context(), "packing.none_picked")
	}
	return packingPage(f.page("orders", t(tx.Context(), "packing.title")), l), err
}

func pickedIDs(picked []string) []order.ID {
	var ids []order.ID
	for _, id := range picked {
		if !slices.Contains(ids, order.ID(id)) {
			ids = append(ids, order.ID(id))
		}
	}
	return ids
}

type packingForm struct{ web.Typed }

// packSeveral packs all that is left of the chosen orders, all of them or none.
func (f face) packSeveral(tx *db.Tx, in packingForm) (web.Then, error) {
	l, err := f.pickListOf(tx, pickedIDs(in.Values["pick"]))
	if err != nil {
		return web.Then{}, err
	}
	p := f.page("orders", t(tx.Context(), "packing.title"))
	for _, o := range l.Orders {
		if o.Left == 0 {
			continue
		}
		packed, err := f.Packing.Pack(tx, o.ID, nil)
		if err != nil {
			if fault.Of(err) == nil || !mendable(err) {
				return web.Then{}, err
			}
			l.Wrong = o.Code + ": " + refusal(tx.Context(), err)
			return web.Again(packingPage(p, l)), nil
		}
		l.Packed = append(l.Packed, packed...)
	}
	if len(l.Packed) == 0 {
		l.Wrong = cmp.Or(l.Wrong, t(tx.Context(), "packing.none_left"))
		return web.Again(packingPage(p, l)), nil
	}
	return web.Show(packedPage(f.page("orders", t(tx.Context(), "packing.done_title")), l)), nil
}

// unpackSeveral takes back what packSeveral did, while no parcel has left.
func (f face) unpackSeveral(tx *db.Tx, in packingForm) (web.Then, error) {
	ids := in.Values["shipment"]
	if len(ids) > 5*pickMax { // One walk packs no more, were each order five parcels.
		return web.Then{}, order.ErrFilter.About("%d shipments at once", len(ids))
	}
	for _, id := range ids {
		if _, err := ownShipment(tx, shipping.ShipmentID(id)); err != nil {
			return web.Then{}, err
		}
		if _, err := f.Packing.CallOff(tx, shipping.ShipmentID(id), ""); err != nil {
			return web.Then{}, err
		}
	}
	return see("orders?state=placed", "called_off"), nil
}

// warehouseNamed is what a warehouse of an allocation is called.
func warehouseNamed(ctx context.Context, all []inventory.Warehouse, id string) string {
	return warehouseName(ctx, all, inventory.WarehouseID(id))
}
