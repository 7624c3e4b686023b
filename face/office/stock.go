package office

import (
	"context"
	"net/url"
	"strings"

	"sauda/base/measure"
	"sauda/core/catalog"
	"sauda/core/inventory"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/web"
)

func (f face) mountStock(site *web.Site) {
	web.Page(site, "GET /office/stock", f.stock, web.Needs(ScopeStockRead))
	web.Page(site, "GET /office/stock/{id}", f.stockOf, web.Needs(ScopeStockRead))
	web.Page(site, "GET /office/movements", f.movements, web.Needs(ScopeStockRead))
	web.Form(site, "POST /office/stock/marks", f.saveMarks, web.Needs(ScopeStockWrite))
	web.Form(site, "POST /office/stock/{id}/receipt", f.receive, web.Needs(ScopeStockWrite))
	web.Form(site, "POST /office/stock/{id}/count", f.count, web.Needs(ScopeStockWrite))
	web.Form(site, "POST /office/stock/{id}/transfer", f.transfer, web.Needs(ScopeStockWrite))
	web.Form(site, "POST /office/stock/{id}/levels", f.levels, web.Needs(ScopeStockWrite))
}

type stockAsk struct {
	Text  string `query:"q" maxLength:"200"`
	Short string `query:"short" enum:"low,gone"`
	After string `query:"after" maxLength:"130"`
}

// stockFilters are the values of an address that choose stock.
var stockFilters = []string{"q", "short"}

// grid is variants by warehouses.
type grid struct {
	layout
	Shown      []column[gridRow]
	Ask        stockAsk
	Warehouses []inventory.Warehouse
	Rows       []gridRow
	Next       string
	Low, Gone  int64 // Low and Gone count the places where little is left, and where nothing is.
}

// gridRow is one variant with what stands in each warehouse, in the order of the warehouses. A warehouse in which it has
// never lain has an empty place.
type gridRow struct {
	Product catalog.Summary
	Variant catalog.SummaryVariant
	Stocks  []inventory.Stock
}

// Total adds up a row.
func (r gridRow) Total() (total inventory.Stock) {
	for _, s := range r.Stocks {
		total.OnHand += s.OnHand
		total.Promised += s.Promised
		total.Beyond += s.Beyond
	}
	return total
}

// isLow tells whether a place has fallen to its mark.
func isLow(s inventory.Stock) bool { return s.Low > 0 && s.Left() <= s.Low }

// counted tells whether what lies of it is counted.
func (r gridRow) counted() bool { return r.Variant.Tracking != catalog.Untracked }

// name is what a variant is called.
func (r gridRow) name(ctx context.Context) string {
	return strings.TrimSpace(in(ctx, r.Product.Name) + " " + in(ctx, r.Variant.Label))
}

// stock shows what stands in which warehouse, or only what runs out.
func (f face) stock(tx *db.Tx, in stockAsk) (web.View, error) {
	if in.Short != "" {
		return f.short(tx, in)
	}
	g, err := readGrid(tx, in, listed)
	if err != nil {
		return nil, err
	}
	if g.Low, g.Gone, err = inventory.CountShort(tx, g.Warehouses); err != nil {
		return nil, err
	}
	g.layout, g.Shown, err = laidOut(tx, "stock", stockFilters, stockColumns(tx.Context(), g.Warehouses))
	return stockPage(f.page("stock", t(tx.Context(), "nav.stock")), g), err
}

// stockFile sends what a list of stock shows.
func (f face) stockFile(x web.Exchange) error {
	ctx := x.Context()
	var warehouses []inventory.Warehouse
	err := job.Look(ctx, f.Store, web.WhoFrom(ctx), func(tx *db.Tx) (err error) {
		warehouses, err = inventory.Warehouses(tx, sellerOf(tx))
		return err
	})
	if err != nil {
		return err
	}
	if short := askedOf(x.Request, "short"); short == shortLow || short == shortGone {
		return sendList(f, x, "stock", shortColumns, func(tx *db.Tx, after string) ([]shortRow, string, error) {
			return readShort(tx, warehouses, stockAsk{Short: short, After: after}, filePage)
		})
	}
	text := askedOf(x.Request, "q")
	return sendList(f, x, "stock", stockColumns(ctx, warehouses), func(tx *db.Tx, after string) ([]gridRow, string, error) {
		g := grid{Warehouses: warehouses}
		err := g.read(tx, stockAsk{Text: text, After: after}, catalog.PageMax)
		return g.Rows, g.Next, err
	})
}

// readGrid gives a page of variants with what stands of them in each warehouse.
func readGrid(tx *db.Tx, in stockAsk, limit int) (grid, error) {
	g := grid{Ask: in}
	var err error
	if g.Warehouses, err = inventory.Warehouses(tx, sellerOf(tx)); err != nil {
		return g, err
	}
	err = g.read(tx, in, limit)
	return g, err
}

// read fills a grid whose warehouses are known.
func (g *grid) read(tx *db.Tx, in stockAsk, limit int) error {
	found, next, err := catalog.List(tx, catalog.Filter{
		Seller: sellerOf(tx), State: catalog.StateAny, Text: in.Text, After: in.After, Limit: limit,
	})
	if err != nil {
		return err
	}
	g.Next = next
	var variants []catalog.VariantID
	for _, p := range found {
		for _, v := range p.Variants {
			variants = append(variants, v.ID)
			g.Rows = append(g.Rows, gridRow{Product: p, Variant: v, Stocks: make([]inventory.Stock, len(g.Warehouses))})
		}
	}
	stocks, err := inventory.Stocks(tx, variants)
	g.fill(stocks)
	return err
}

// fill puts stocks into their places.
func (g *grid) fill(stocks []inventory.Stock) {
	column := make(map[inventory.WarehouseID]int, len(g.Warehouses))
	for i, w := range g.Warehouses {
		column[w.ID] = i
	}
	row := make(map[catalog.VariantID]int, len(g.Rows))
	for i, r := range g.Rows {
		row[r.Variant.ID] = i
	}
	for _, s := range stocks {
		if i, ok := column[s.Warehouse]; ok {
			g.Rows[row[s.Variant]].Stocks[i] = s
		}
	}
}

type variantAsk struct {
	ID catalog.VariantID `path:"id" maxLength:"60"`
}

// whereabouts is one variant in all warehouses.
type whereabouts struct {
	Offer      catalog.Offer
	Warehouses []inventory.Warehouse
	Stocks     map[inventory.WarehouseID]inventory.Stock
	Movements  []inventory.Movement
}

// open gives the warehouses that are in use.
func (p whereabouts) open() []inventory.Warehouse {
	var open []inventory.Warehouse
	for _, w := range p.Warehouses {
		if w.Open {
			open = append(open, w)
		}
	}
	return open
}

// ownVariant gives a variant of the actor's seller; another seller's is as unknown as none.
func ownVariant(tx *db.Tx, id catalog.VariantID) (catalog.Offer, error) {
	offers, err := catalog.Offers(tx, []catalog.VariantID{id})
	if err != nil {
		return catalog.Offer{}, err
	}
	o, ok := offers[id]
	if !ok || !tx.Who().For(string(o.Seller)) {
		return catalog.Offer{}, catalog.ErrUnknown.About("the variant %s", id)
	}
	return o, nil
}

// stockOf shows one variant: where it lies, and how it came and went.
func (f face) stockOf(tx *db.Tx, in variantAsk) (web.View, error) {
	p := whereabouts{Stocks: map[inventory.WarehouseID]inventory.Stock{}}
	var err error
	if p.Offer, err = ownVariant(tx, in.ID); err != nil {
		return nil, err
	}
	if p.Warehouses, err = inventory.Warehouses(tx, p.Offer.Seller); err != nil {
		return nil, err
	}
	stocks, err := inventory.Stocks(tx, []catalog.VariantID{in.ID})
	if err != nil {
		return nil, err
	}
	for _, s := range stocks {
		p.Stocks[s.Warehouse] = s
	}
	if p.Movements, err = inventory.Movements(tx, inventory.Filter{Variant: in.ID}); err != nil {
		return nil, err
	}
	lang := web.Lang(tx.Context())
	return variantPage(f.page("stock", p.Offer.Name.In(lang)+" "+p.Offer.Label.In(lang)), p), nil
}

type changeForm struct {
	ID        catalog.VariantID     `path:"id" maxLength:"60"`
	Warehouse inventory.WarehouseID `json:"warehouse" maxLength:"60"`
	To        inventory.WarehouseID `json:"to,omitempty" maxLength:"60"`
	Quantity  string                `json:"quantity" maxLength:"40"`
	Cause     string                `json:"cause" maxLength:"200"`
}

// change gives what a form asks to move, if variant and warehouses are the seller's. Whoever moves stock wants it to be
// counted from now on.
func (in changeForm) change(tx *db.Tx) (inventory.Change, error) {
	o, err := ownVariant(tx, in.ID)
	if err != nil {
		return inventory.Change{}, err
	}
	if in.To != "" {
		if err := ownWarehouse(tx, o.Seller, in.To); err != nil {
			return inventory.Change{}, err
		}
	}
	if err := ownWarehouse(tx, o.Seller, in.Warehouse); err != nil {
		return inventory.Change{}, err
	}
	q, err := level(in.Quantity, o.Unit)
	if err == nil {
		err = catalog.Track(tx, o.Seller, []catalog.VariantID{in.ID})
	}
	return inventory.Change{Warehouse: in.Warehouse, Variant: in.ID, Quantity: q, Cause: in.Cause}, err
}

// ownWarehouse refuses a warehouse that is not the seller's.
func ownWarehouse(tx *db.Tx, of seller.ID, id inventory.WarehouseID) error {
	w, err := inventory.GetWarehouse(tx, id)
	if err == nil && w.Seller != of {
		err = inventory.ErrWarehouse.About("%s is another seller's", id)
	}
	return err
}

func stockAddress(id catalog.VariantID) string { return "stock/" + url.PathEscape(string(id)) }

// receive puts goods on the shelf that came from a supplier.
func (f face) receive(tx *db.Tx, in changeForm) (web.Then, error) {
	c, err := in.change(tx)
	if err != nil {
		return web.Then{}, err
	}
	return see(stockAddress(in.ID), "received"), inventory.Receive(tx, c)
}

// count says what was counted.
func (f face) count(tx *db.Tx, in changeForm) (web.Then, error) {
	c, err := in.change(tx)
	if err != nil {
		return web.Then{}, err
	}
	return see(stockAddress(in.ID), "counted"), inventory.Count(tx, c)
}

// transfer carries goods from one warehouse to another.
func (f face) transfer(tx *db.Tx, in changeForm) (web.Then, error) {
	c, err := in.change(tx)
	if err != nil {
		return web.Then{}, err
	}
	return see(stockAddress(in.ID), "moved"), inventory.Move(tx, c, in.To)
}

type levelsForm struct {
	ID        catalog.VariantID     `path:"id" maxLength:"60"`
	Warehouse inventory.WarehouseID `json:"warehouse" maxLength:"60"`
	Low       string                `json:"low,omitempty" maxLength:"40"`
	Beyond    string                `json:"beyond,omitempty" maxLength:"40"`
}

// levels sets the mark below which the shop wants to know, and how much may be ordered ahead.
func (f face) levels(tx *db.Tx, in levelsForm) (web.Then, error) {
	o, err := ownVariant(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	if err := ownWarehouse(tx, o.Seller, in.Warehouse); err != nil {
		return web.Then{}, err
	}
	low, err := level(in.Low, o.Unit)
	if err != nil {
		return web.Then{}, err
	}
	beyond, err := level(in.Beyond, o.Unit)
	if err != nil {
		return web.Then{}, err
	}
	if err := inventory.WatchLow(tx, in.Warehouse, in.ID, low); err != nil {
		return web.Then{}, err
	}
	return see(stockAddress(in.ID), "saved"), inventory.AllowBackorder(tx, in.Warehouse, in.ID, beyond)
}

// level reads a level; an empty field is none.
func level(typed string, unit measure.Unit) (measure.Quantity, error) {
	if typed == "" {
		return 0, nil
	}
	q, err := readQuantity(typed)
	if err == nil {
		err = unit.Fits(q)
	}
	return q, err
}

type movementsAsk struct {
	Warehouse inventory.WarehouseID `query:"warehouse" maxLength:"60"`
	Before    inventory.MovementID  `query:"before" maxLength:"60"`
}

// movementsList is a page of movements in one warehouse.
type movementsList struct {
	Ask        movementsAsk
	Warehouses []inventory.Warehouse
	Movements  []inventory.Movement
	Offers     map[catalog.VariantID]catalog.Offer
	Next       inventory.MovementID
}

// movements lists what came and went in one warehouse of the seller, the first one unless another is named.
func (f face) movements(tx *db.Tx, in movementsAsk) (web.View, error) {
	list := movementsList{Ask: in}
	var err error
	if list.Warehouses, err = inventory.Warehouses(tx, sellerOf(tx)); err != nil {
		return nil, err
	}
	if in.Warehouse == "" && len(list.Warehouses) > 0 {
		list.Ask.Warehouse = list.Warehouses[0].ID
	}
	p := f.page("movements", t(tx.Context(), "nav.movements"))
	if list.Ask.Warehouse == "" {
		return movementsPage(p, list), nil
	}
	if err := ownWarehouse(tx, sellerOf(tx), list.Ask.Warehouse); err != nil {
		return nil, err
	}
	list.Movements, err = inventory.Movements(tx, inventory.Filter{Warehouse: list.Ask.Warehouse, Before: in.Before, Limit: listed + 1})
	if err != nil {
		return nil, err
	}
	if len(list.Movements) > listed {
		list.Movements = list.Movements[:listed]
		list.Next = list.Movements[listed-1].ID
	}
	var variants []catalog.VariantID
	for _, m := range list.Movements {
		variants = append(variants, m.Variant)
	}
	list.Offers, err = catalog.Offers(tx, variants)
	return movementsPage(p, list), err
}
