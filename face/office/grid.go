package office

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/inventory"
	"sauda/core/pricing"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountGrid(site *web.Site) {
	web.Page(site, "GET /office/grid", f.grid, web.Needs(ScopeCatalogRead, ScopeStockRead))
	web.Form(site, "POST /office/grid", f.saveGrid, web.Needs(ScopeCatalogRead, ScopeStockRead), web.BodyMax(gridBodyMax))
}

// gridBodyMax is more than a page of variants in many warehouses says.
const gridBodyMax = 1 << 20

// Cells of the grid are named by their column and their variant: price.var_1 and whs_1.var_1. Before the name of what the
// reader saw in a cell stands "seen.".
const (
	priceCell  = "price"
	lowPrefix  = "low-" // lowPrefix stands before a warehouse in the column of marks.
	seenPrefix = "seen."
)

// cell names a field of the grid.
func cell(column, variant string) string { return column + "." + variant }

// sheetPage is prices and stock of some variants, to be changed as in a spreadsheet.
type sheetPage struct {
	Ask        stockAsk
	Warehouses []inventory.Warehouse // Warehouses are the open ones.
	Rows       []sheetRow
	Next       string
	Currency   money.Currency
	Changes    []sheetChange // Changes are what the typed would change; nil when nothing was typed yet.
	Wrong      int           // Wrong counts the cells that cannot be saved as they stand.
	Prices     bool          // Prices and Stocks say which cells the reader may change.
	Stocks     bool
}

// sheetRow is one variant.
type sheetRow struct {
	gridRow
	Cells []sheetCell // Cells are the price, what stands in each warehouse, and the mark of each.
}

// sheetCell is one cell: what is stored, what was typed, and what is wrong with that.
type sheetCell struct {
	Column string
	Stored string // Stored is as a field holds it.
	Typed  string
	Seen   string // Seen is what was stored when the reader read it.
	Said   string // Said is what is wrong, or that somebody else was faster.
	Locked bool   // Locked cells are not the reader's to change, or are not counted.
}

// Changed tells whether something else was typed than is stored.
func (c sheetCell) Changed() bool { return c.Typed != c.Stored }

// sheetChange is one change that would be saved.
type sheetChange struct {
	Name, Column, Before, After string
}

// grid shows prices and stock side by side.
func (f face) grid(tx *db.Tx, in stockAsk) (web.View, error) {
	s, err := f.readSheetPage(tx, in, nil)
	return sheetGridPage(f.page("stock", t(tx.Context(), "grid.title")).with("grid.js"), s), err
}

// readSheetPage loads a page of variants, and those that were typed about when a form is read.
func (f face) readSheetPage(tx *db.Tx, in stockAsk, typed url.Values) (sheetPage, error) {
	who := tx.Who()
	s := sheetPage{Ask: in, Currency: f.Currency, Prices: who.May(ScopeCatalogWrite), Stocks: who.May(ScopeStockWrite)}
	g := grid{Ask: in}
	all, err := inventory.Warehouses(tx, sellerOf(tx))
	if err != nil {
		return s, err
	}
	for _, w := range all {
		if w.Open {
			g.Warehouses = append(g.Warehouses, w)
		}
	}
	if typed != nil {
		err = g.named(tx, variantsIn(typed))
	} else {
		err = g.read(tx, in, sheetProducts)
	}
	if err != nil {
		return s, err
	}
	s.Warehouses, s.Next = g.Warehouses, g.Next
	variants := make([]catalog.VariantID, len(g.Rows))
	for i, r := range g.Rows {
		variants[i] = r.Variant.ID
	}
	prices, err := pricing.For(tx, variants, "", f.Currency, span.DayOf(tx.Now(), span.Almaty))
	for _, r := range g.Rows {
		s.Rows = append(s.Rows, s.row(r, prices))
	}
	return s, err
}

// sheetProducts is how many products a page of the grid has: what fits into one form and into one look.
const sheetProducts = 40

// row makes the cells of a variant.
func (s sheetPage) row(r gridRow, prices pricing.Prices) sheetRow {
	row := sheetRow{gridRow: r}
	price := ""
	if step, ok := prices.Unit(r.Variant.ID, r.Product.Seller, r.Variant.Unit.Step()); ok {
		price = strings.TrimSuffix(step.Amount.Decimal(), ".00")
	}
	row.Cells = append(row.Cells, sheetCell{Column: priceCell, Stored: price, Typed: price, Seen: price, Locked: !s.Prices})
	for i, w := range s.Warehouses {
		stored := r.Stocks[i].OnHand.String()
		row.Cells = append(row.Cells, sheetCell{Column: string(w.ID), Stored: stored, Typed: stored, Seen: stored, Locked: !s.Stocks || !r.counted()})
	}
	for i, w := range s.Warehouses {
		stored := markShown(r.Stocks[i].Low)
		row.Cells = append(row.Cells, sheetCell{Column: lowPrefix + string(w.ID), Stored: stored, Typed: stored, Seen: stored, Locked: !s.Stocks || !r.counted()})
	}
	return row
}

// variantsIn gives the variants that the fields of a form name.
func variantsIn(typed url.Values) []catalog.VariantID {
	var found []catalog.VariantID
	for _, name := range sortedNames(typed) {
		_, id, ok := strings.Cut(strings.TrimPrefix(name, seenPrefix), ".")
		if ok && id != "" && len(found) < sheetVariants && !slices.Contains(found, catalog.VariantID(id)) {
			found = append(found, catalog.VariantID(id))
		}
	}
	return found
}

// sheetVariants bounds what one form may change.
const sheetVariants = 500

// named fills a grid with some variants of the actor's seller; those of another are as unknown as none.
func (g *grid) named(tx *db.Tx, variants []catalog.VariantID) error {
	ids, err := catalog.ProductsOf(tx, variants)
	if err != nil {
		return err
	}
	found, err := catalog.Summaries(tx, ids, catalog.StateAny)
	if err != nil {
		return err
	}
	var known []catalog.VariantID
	for _, p := range found {
		for _, v := range p.Variants {
			if tx.Who().For(string(p.Seller)) && slices.Contains(variants, v.ID) {
				known = append(known, v.ID)
				g.Rows = append(g.Rows, gridRow{Product: p, Variant: v, Stocks: make([]inventory.Stock, len(g.Warehouses))})
			}
		}
	}
	stocks, err := inventory.Stocks(tx, known)
	g.fill(stocks)
	return err
}

// gridForm is cells as they were typed.
type gridForm struct{ web.Typed }

// saveGrid saves all changed cells in one moment, or shows what would change. Cells that cannot be saved are marked and
// keep what was typed; so are those that somebody else changed meanwhile, beside what is stored now.
func (f face) saveGrid(tx *db.Tx, in gridForm) (web.Then, error) {
	s, err := f.readSheetPage(tx, stockAsk{Text: in.Values.Get("q"), After: in.Values.Get("after")}, in.Values)
	if err != nil {
		return web.Then{}, err
	}
	deed := s.read(tx, in.Values)
	p := f.page("stock", t(tx.Context(), "grid.title")).with("grid.js")
	if s.Wrong > 0 || in.Values.Get("do") != "save" || len(s.Changes) == 0 {
		if s.Wrong > 0 {
			p.Wrong = t(tx.Context(), "grid.wrong", "count", s.Wrong)
		}
		return web.Again(sheetGridPage(p, s)), nil
	}
	if err := deed.do(tx, f.Currency, s.Warehouses); err != nil {
		if !mendable(err) {
			return web.Then{}, err
		}
		p.Wrong = refusal(tx.Context(), err)
		return web.Again(sheetGridPage(p, s)), nil
	}
	to := "grid"
	if q := queryOf("q", s.Ask.Text, "after", s.Ask.After); len(q) > 0 {
		to += "?" + q.Encode()
	}
	return see(to, "saved"), nil
}

// queryOf makes a query of names and values by turns; empty ones are left out.
func queryOf(args ...string) url.Values {
	query := url.Values{}
	for i := 0; i+1 < len(args); i += 2 {
		if args[i+1] != "" {
			query.Set(args[i], args[i+1])
		}
	}
	return query
}

// sheetDeed is what the typed cells ask for.
type sheetDeed struct {
	prices    []pricing.Entry
	withdrawn []catalog.VariantID
	tracked   []catalog.VariantID
	counts    map[inventory.WarehouseID][]inventory.Counted
	lows      []inventory.Low
	cause     string
}

// read takes the typed cells over, marks those that are wrong, and gives what the others ask for.
func (s *sheetPage) read(tx *db.Tx, typed url.Values) sheetDeed {
	deed := sheetDeed{counts: map[inventory.WarehouseID][]inventory.Counted{}, cause: t(tx.Context(), "grid.cause")}
	ctx := tx.Context()
	for i := range s.Rows {
		row := &s.Rows[i]
		for j := range row.Cells {
			c := &row.Cells[j]
			name := cell(c.Column, string(row.Variant.ID))
			said, there := typed[name]
			if !there || c.Locked {
				continue
			}
			c.Typed = plainNumber(said[0])
			seen := plainNumber(typed.Get(seenPrefix + name))
			if sameNumber(c.Typed, c.Stored) || sameNumber(c.Typed, seen) {
				c.Typed = c.Stored // Who left a cell as it was takes what is stored now.
				continue
			}
			var err error
			if err = deed.add(row.gridRow, *c, s.Currency); err == nil && !sameNumber(seen, c.Stored) {
				c.Said = t(ctx, "grid.stale", "value", shownValue(c.Stored))
			} else if err != nil {
				c.Said = refusal(ctx, err)
			}
			if c.Said != "" {
				s.Wrong++
				continue
			}
			s.Changes = append(s.Changes, sheetChange{row.name(ctx), s.columnName(ctx, j), shownValue(c.Stored), shownValue(c.Typed)})
		}
	}
	return deed
}

// sameNumber tells whether two cells say the same: 1990 is 1990.00, and an empty one is only itself.
func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := measure.Parse(a)
	y, errY := measure.Parse(b)
	return errX == nil && errY == nil && x == y
}

// add reads one cell into what shall be done.
func (d *sheetDeed) add(r gridRow, c sheetCell, currency money.Currency) error {
	if c.Column == priceCell {
		if c.Typed == "" {
			d.withdrawn = append(d.withdrawn, r.Variant.ID)
			return nil
		}
		amount, err := money.Parse(c.Typed, currency)
		if err == nil && amount.IsNegative() {
			err = pricing.ErrInvalid.At("/amount", fault.Say("Write a price of zero or more."))
		}
		d.prices = append(d.prices, pricing.Entry{Variant: r.Variant.ID, Amount: amount})
		return err
	}
	q, err := level(c.Typed, r.Variant.Unit)
	if err == nil && q < 0 {
		err = measure.ErrQuantity.About("%s", q)
	}
	if of, ok := strings.CutPrefix(c.Column, lowPrefix); ok {
		d.lows = append(d.lows, inventory.Low{Warehouse: inventory.WarehouseID(of), Variant: r.Variant.ID, Mark: q})
		return err
	}
	w := inventory.WarehouseID(c.Column)
	d.counts[w] = append(d.counts[w], inventory.Counted{Variant: r.Variant.ID, Quantity: q})
	d.tracked = append(d.tracked, r.Variant.ID)
	return err
}

// do changes prices, counts and marks in one moment: a statement or two for each warehouse, however many cells there are.
func (d sheetDeed) do(tx *db.Tx, currency money.Currency, warehouses []inventory.Warehouse) error {
	if len(d.prices) > 0 || len(d.withdrawn) > 0 {
		list, err := pricing.EnsureList(tx, sellerOf(tx), currency, listName)
		if err == nil && len(d.prices) > 0 {
			_, err = pricing.SetMany(tx, list.ID, d.prices)
		}
		if err == nil && len(d.withdrawn) > 0 {
			err = pricing.Withdraw(tx, list.ID, d.withdrawn)
		}
		if err != nil {
			return err
		}
	}
	if len(d.lows) > 0 {
		if err := inventory.WatchLowMany(tx, warehouses, d.lows); err != nil {
			return err
		}
	}
	if len(d.tracked) == 0 {
		return nil
	}
	if err := catalog.Track(tx, sellerOf(tx), d.tracked); err != nil {
		return err
	}
	for _, w := range sortedWarehouses(d.counts) {
		if _, err := inventory.CountMany(tx, w, d.counts[w], d.cause); err != nil {
			return err
		}
	}
	return nil
}

// columnName is what a column of the grid is called.
func (s sheetPage) columnName(ctx context.Context, n int) string {
	switch whs := len(s.Warehouses); {
	case n == 0:
		return t(ctx, "price") + ", " + string(s.Currency)
	case n <= whs:
		return in(ctx, s.Warehouses[n-1].Name)
	case whs == 1:
		return t(ctx, "stock.low")
	default:
		return t(ctx, "grid.low", "warehouse", in(ctx, s.Warehouses[n-1-whs].Name))
	}
}

// columns counts the columns of the grid: the price, and stock and mark of each warehouse.
func (s sheetPage) columns() int { return 1 + 2*len(s.Warehouses) }

func sortedWarehouses(counts map[inventory.WarehouseID][]inventory.Counted) []inventory.WarehouseID {
	all := make([]inventory.WarehouseID, 0, len(counts))
	for w := range counts {
		all = append(all, w)
	}
	slices.Sort(all)
	return all
}
