package office

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"sauda/base/measure"
	"sauda/core/catalog"
	"sauda/core/inventory"
	"sauda/gear/db"
	"sauda/gear/web"
)

// Shortages are the tabs of the list of stock that name what runs out.
const (
	shortLow  = "low"
	shortGone = "gone"
)

// shortRow is a variant in one warehouse, of which little or nothing is left.
type shortRow struct {
	inventory.Stock
	Offer     catalog.Offer
	Warehouse inventory.Warehouse
	Typed     string // Typed is the mark as the field shows it.
	Seen      string // Seen is what was stored when the reader read it.
	Said      string // Said is what is wrong with it.
}

// field names the field of the mark of a row.
func (r shortRow) field() string {
	return markPrefix + string(r.Stock.Warehouse) + "." + string(r.Variant)
}

// markPrefix begins the names of marks: mark.whs_1.var_1.
const markPrefix = "mark."

// shortList is a page of what runs out.
type shortList struct {
	layout
	Ask       stockAsk
	Shown     []column[shortRow]
	Rows      []shortRow
	Next      string
	Low, Gone int64
}

// shortColumns are those of a list of what runs out.
var shortColumns = []column[shortRow]{
	{Name: "product", Usual: true, Cell: shortName, Plain: func(ctx context.Context, r shortRow) string { return r.name(ctx) }},
	{Name: "sku", Usual: true, Cell: func(r shortRow) templ.Component { return skuCell(r.Offer.SKU) },
		Plain: func(_ context.Context, r shortRow) string { return r.Offer.SKU }},
	textual("warehouse", "", true, func(ctx context.Context, r shortRow) string { return in(ctx, r.Warehouse.Name) }),
	shortLevel("on_hand", func(r shortRow) measure.Quantity { return r.OnHand }),
	shortLevel("promised", func(r shortRow) measure.Quantity { return r.Promised }),
	shortLevel("left", func(r shortRow) measure.Quantity { return r.Left() }),
	{Name: "mark", Class: "num cell", Usual: true, Cell: shortMark, Plain: func(ctx context.Context, r shortRow) string { return pointed(ctx, r.Low.String()) }},
	textual("unit", "", false, func(ctx context.Context, r shortRow) string { return r.Offer.Unit.Sign(lang(ctx)) }),
}

func shortLevel(name string, of func(shortRow) measure.Quantity) column[shortRow] {
	return column[shortRow]{
		Name: name, Class: "num", Usual: true,
		Cell: func(r shortRow) templ.Component {
			return textCell(func(ctx context.Context) string { return of(r).Format(lang(ctx)) })
		},
		Plain: func(ctx context.Context, r shortRow) string { return pointed(ctx, of(r).String()) },
	}
}

// name is what a row is called.
func (r shortRow) name(ctx context.Context) string {
	return strings.TrimSpace(in(ctx, r.Offer.Name) + " " + in(ctx, r.Offer.Label))
}

// short shows what of the seller's stock runs out, or has run out.
func (f face) short(tx *db.Tx, in stockAsk) (web.View, error) {
	list, err := loadShort(tx, in)
	return shortPage(f.page("stock", t(tx.Context(), "nav.stock")), list), err
}

// loadShort reads a page of what runs out: the warehouses, the rows, their goods, and how many there are.
func loadShort(tx *db.Tx, ask stockAsk) (shortList, error) {
	list := shortList{Ask: ask}
	warehouses, err := inventory.Warehouses(tx, sellerOf(tx))
	if err != nil {
		return list, err
	}
	if list.Rows, list.Next, err = readShort(tx, warehouses, ask, listed); err != nil {
		return list, err
	}
	if list.Low, list.Gone, err = inventory.CountShort(tx, warehouses); err != nil {
		return list, err
	}
	list.layout, list.Shown, err = laidOut(tx, "stock", stockFilters, shortColumns)
	return list, err
}

// readShort gives a page of rows, without goods that are not sold any more.
func readShort(tx *db.Tx, warehouses []inventory.Warehouse, ask stockAsk, limit int) (rows []shortRow, next string, err error) {
	s := inventory.Shortage{Gone: ask.Short == shortGone, Limit: limit + 1}
	if w, v, ok := strings.Cut(ask.After, "."); ok {
		s.After = inventory.Stock{Warehouse: inventory.WarehouseID(w), Variant: catalog.VariantID(v)}
	}
	found, err := inventory.Short(tx, warehouses, s)
	if err != nil {
		return nil, "", err
	}
	if len(found) > limit {
		found = found[:limit]
		last := found[limit-1]
		next = string(last.Warehouse) + "." + string(last.Variant)
	}
	variants := make([]catalog.VariantID, len(found))
	for i, s := range found {
		variants[i] = s.Variant
	}
	offers, err := catalog.Offers(tx, variants)
	for _, s := range found {
		o, ok := offers[s.Variant]
		at := slices.IndexFunc(warehouses, func(w inventory.Warehouse) bool { return w.ID == s.Warehouse })
		if ok && o.State != catalog.StateEnded && at >= 0 {
			rows = append(rows, shortRow{Stock: s, Offer: o, Warehouse: warehouses[at], Typed: markShown(s.Low)})
		}
	}
	return rows, next, err
}

// markShown is a mark as a field holds it; none is empty.
func markShown(q measure.Quantity) string {
	if q == 0 {
		return ""
	}
	return q.String()
}

type marksForm struct {
	web.Typed
	Short string `json:"short,omitempty" enum:"low,gone"`
	After string `json:"after,omitempty" maxLength:"130"`
}

// saveMarks sets the marks below which the shop wants to know, all that were typed anew in one moment. What cannot be a mark
// is marked, so is what a colleague has changed meanwhile, and then nothing is saved. A row that has left the page meanwhile
// is still there for what was typed.
func (f face) saveMarks(tx *db.Tx, in marksForm) (web.Then, error) {
	warehouses, err := inventory.Warehouses(tx, sellerOf(tx))
	if err != nil {
		return web.Then{}, err
	}
	rows, err := typedMarks(tx, warehouses, in.Values)
	if err != nil {
		return web.Then{}, err
	}
	lows, bad := judgeMarks(tx.Context(), rows)
	if !bad {
		if err = inventory.WatchLowMany(tx, warehouses, lows); err == nil {
			return see("stock?"+queryOf("short", in.Short, "after", in.After).Encode(), "saved"), nil
		}
		if !mendable(err) {
			return web.Then{}, err
		}
	}
	p := f.page("stock", t(tx.Context(), "nav.stock"))
	p.Wrong = t(tx.Context(), "short.wrong")
	if err != nil {
		p.Wrong = refusal(tx.Context(), err)
	}
	list, err := loadShort(tx, stockAsk{Short: in.Short, After: in.After})
	for _, r := range rows {
		at := slices.IndexFunc(list.Rows, func(o shortRow) bool { return o.field() == r.field() })
		if at < 0 {
			list.Rows = append(list.Rows, r)
		} else {
			list.Rows[at] = r
		}
	}
	return web.Again(shortPage(p, list)), err
}

// typedMarks gives the rows whose marks were typed anew, by the names of the fields, as they are stored now: the warehouses
// are the seller's, and what has never lain in one of them is left out.
func typedMarks(tx *db.Tx, warehouses []inventory.Warehouse, typed url.Values) (rows []shortRow, err error) {
	var variants []catalog.VariantID
	for _, name := range sortedNames(typed) {
		of, isMark := strings.CutPrefix(name, markPrefix)
		w, v, ok := strings.Cut(of, ".")
		at := slices.IndexFunc(warehouses, func(h inventory.Warehouse) bool { return string(h.ID) == w })
		if !isMark || !ok || at < 0 || len(rows) == sheetVariants {
			continue
		}
		r := shortRow{Warehouse: warehouses[at], Typed: plainNumber(typed.Get(name)), Seen: plainNumber(typed.Get(seenPrefix + name))}
		r.Stock = inventory.Stock{Warehouse: r.Warehouse.ID, Variant: catalog.VariantID(v)}
		if !sameNumber(r.Typed, r.Seen) { // Who left a mark as it was leaves it to his colleagues.
			rows, variants = append(rows, r), append(variants, r.Variant)
		}
	}
	offers, err := catalog.Offers(tx, variants)
	if err != nil {
		return nil, err
	}
	stocks, err := inventory.Stocks(tx, variants)
	rows = slices.DeleteFunc(rows, func(r shortRow) bool {
		_, known := offers[r.Variant]
		return !known || !slices.ContainsFunc(stocks, r.at)
	})
	for i := range rows {
		r := &rows[i]
		r.Offer, r.Stock = offers[r.Variant], stocks[slices.IndexFunc(stocks, r.at)]
	}
	return rows, err
}

// at tells whether a stock is that of a row.
func (r shortRow) at(s inventory.Stock) bool {
	return s.Warehouse == r.Stock.Warehouse && s.Variant == r.Variant
}

// judgeMarks gives the marks that were typed, and says in the rows what is wrong with some of them.
func judgeMarks(ctx context.Context, rows []shortRow) (lows []inventory.Low, bad bool) {
	for i := range rows {
		r := &rows[i]
		stored := markShown(r.Low)
		if sameNumber(r.Typed, stored) {
			continue
		}
		mark, err := level(r.Typed, r.Offer.Unit)
		if err == nil && mark < 0 {
			err = measure.ErrQuantity.About("%s", mark)
		}
		switch {
		case err != nil:
			r.Said = refusal(ctx, err)
		case !sameNumber(r.Seen, stored):
			r.Said = t(ctx, "grid.stale", "value", shownValue(stored))
		}
		lows, bad = append(lows, inventory.Low{Warehouse: r.Stock.Warehouse, Variant: r.Variant, Mark: mark}), bad || r.Said != ""
	}
	return lows, bad
}
