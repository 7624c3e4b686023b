package intake

import (
	"context"
	"encoding/json"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/inventory"
	"sauda/core/pricing"
	"sauda/flow/intake/intakedb"
	"sauda/gear/db"
	"sauda/gear/job"
)

// Why something was not taken back: the names of texts, intake.back.NAME.
const (
	BackUndone  = "undone"  // BackUndone was taken back.
	BackChanged = "changed" // BackChanged is a product that somebody changed since.
	BackPartly  = "partly"  // BackPartly is one whose texts were taken back, but not its price or its count: somebody changed those since.
)

// undoRows bounds how many lines are taken back in one moment.
const undoRows = 200

// Undo takes an import back, the last line first: what it changed becomes what it was, what it added ends, prices and counts
// become what they were. What somebody changed since stays as it is and is told, line by line. Cut off, it goes on where it
// stopped when it is called again; called after the end, nothing is left to do.
func Undo(ctx context.Context, store *db.Store, i Import, progress func(Import)) (Import, error) {
	for {
		left := true
		err := job.Once(ctx, store, db.System, func(tx *db.Tx) error {
			u := undoing{tx: tx, of: i}
			var err error
			if left, err = u.part(); err != nil {
				return err
			}
			i.Undone, i.Kept = u.of.Undone, u.of.Kept
			return nil
		})
		if err != nil {
			return i, err
		}
		if progress != nil {
			progress(i)
		}
		if !left {
			i.Stage = StageUndone
			return i, nil
		}
	}
}

// undoing is lines on their way back, in one moment.
type undoing struct {
	tx     *db.Tx
	of     Import
	lines  []int64
	traces []trace
	whole  []bool // whole says of each line whether all of it is taken back.
	taken  []bool // taken says whether its product is.
}

// part takes back as much as fits into a moment, and tells whether there is more.
func (u *undoing) part() (left bool, err error) {
	q := intakedb.New(u.tx)
	rows, err := q.Traces(u.tx.Context(), intakedb.TracesParams{Import: string(u.of.ID), Page: undoRows})
	if err != nil {
		return false, err
	}
	later := intakedb.New(u.tx.Later())
	if len(rows) == 0 {
		return false, later.EndImport(u.tx.Context(), intakedb.EndImportParams{Stage: string(StageUndone), At: span.Micros(u.tx.Now()), ID: string(u.of.ID)})
	}
	var products []catalog.ProductID
	for _, r := range rows {
		var t trace
		if err := json.Unmarshal([]byte(r.Trace), &t); err != nil {
			return false, err
		}
		u.lines, u.traces, products = append(u.lines, r.Line), append(u.traces, t), append(products, catalog.ProductID(r.Product))
	}
	u.whole, u.taken = make([]bool, len(rows)), make([]bool, len(rows))
	if err := u.products(products); err != nil {
		return false, err
	}
	if err := u.prices(); err != nil {
		return false, err
	}
	if err := u.counts(); err != nil {
		return false, err
	}
	return true, u.note(later)
}

// products takes the products back. One that was only priced or counted has nothing else to take back.
func (u *undoing) products(ids []catalog.ProductID) error {
	var traces []catalog.Trace
	var of []int
	for i, t := range u.traces {
		u.whole[i], u.taken[i] = true, t.Same
		if !t.Same {
			traces, of = append(traces, catalog.Trace{Product: ids[i], Version: t.Version, Before: t.Before}), append(of, i)
		}
	}
	taken, err := catalog.TakeBack(u.tx, traces)
	for n, i := range of {
		if err == nil {
			u.whole[i], u.taken[i] = taken[n], taken[n]
		}
	}
	return err
}

// prices sets the prices that were before, where the import's price still holds.
func (u *undoing) prices() error {
	wanted := make(map[money.Currency][]pricing.Entry)
	var currencies []money.Currency
	for _, t := range u.traces {
		for _, p := range t.Prices {
			if wanted[p.Currency] == nil {
				currencies = append(currencies, p.Currency)
			}
			wanted[p.Currency] = append(wanted[p.Currency], pricing.Entry{Variant: p.Variant})
		}
	}
	for _, c := range currencies {
		list, err := pricing.EnsureList(u.tx, u.of.Seller, c, listName)
		if err != nil {
			return err
		}
		now, err := present(u.tx, list, wanted[c])
		if err != nil {
			return err
		}
		if err := u.priced(list, now); err != nil {
			return err
		}
	}
	return nil
}

// priced puts the prices of one list back.
func (u *undoing) priced(list pricing.List, now map[catalog.VariantID]int64) error {
	var back []pricing.Entry
	var withdrawn []catalog.VariantID
	for i, t := range u.traces {
		for _, p := range t.Prices {
			switch {
			case p.Currency != list.Currency:
			case now[p.Variant] != p.After || !u.taken[i]:
				u.whole[i] = false
			case p.Before == nil:
				withdrawn = append(withdrawn, p.Variant)
			default:
				back = append(back, pricing.Entry{Variant: p.Variant, Amount: money.Of(*p.Before, p.Currency)})
			}
		}
	}
	if _, err := pricing.SetMany(u.tx, list.ID, back); err != nil {
		return err
	}
	if len(withdrawn) == 0 {
		return nil
	}
	return pricing.Withdraw(u.tx, list.ID, withdrawn)
}

// counts counts back what was counted, where nothing has come or gone since.
func (u *undoing) counts() error {
	var variants []catalog.VariantID
	for _, t := range u.traces {
		for _, s := range t.Stocks {
			variants = append(variants, s.Variant)
		}
	}
	if len(variants) == 0 {
		return nil
	}
	stocks, err := inventory.Stocks(u.tx, variants)
	if err != nil {
		return err
	}
	type place struct {
		variant   catalog.VariantID
		warehouse inventory.WarehouseID
	}
	here := make(map[place]inventory.Stock, len(stocks))
	for _, s := range stocks {
		here[place{s.Variant, s.Warehouse}] = s
	}
	counts := make(map[inventory.WarehouseID][]inventory.Counted)
	var order []inventory.WarehouseID
	for i, t := range u.traces {
		for _, s := range t.Stocks {
			now := here[place{s.Variant, s.Warehouse}]
			if now.OnHand != s.After || s.Before < now.Promised-now.Beyond || !u.taken[i] {
				u.whole[i] = false
				continue
			}
			if counts[s.Warehouse] == nil {
				order = append(order, s.Warehouse)
			}
			counts[s.Warehouse] = append(counts[s.Warehouse], inventory.Counted{Variant: s.Variant, Quantity: s.Before})
		}
	}
	for _, w := range order {
		if _, err := inventory.CountMany(u.tx, w, counts[w], "undo "+string(u.of.ID)); err != nil {
			return err
		}
	}
	return nil
}

// note writes down what was taken back and what was not.
func (u *undoing) note(later *intakedb.Queries) error {
	undone, kept := 0, 0
	for i, line := range u.lines {
		back := BackUndone
		switch {
		case u.whole[i]:
			undone++
		case u.taken[i]:
			back = BackPartly
			kept++
		default:
			back = BackChanged
			kept++
		}
		err := later.SetBack(u.tx.Context(), intakedb.SetBackParams{Back: back, Import: string(u.of.ID), Line: line})
		if err != nil {
			return err
		}
	}
	u.of.Undone, u.of.Kept = u.of.Undone+undone, u.of.Kept+kept
	return later.CountBack(u.tx.Context(), intakedb.CountBackParams{Undone: int64(undone), Kept: int64(kept),
		At: span.Micros(u.tx.Now()), ID: string(u.of.ID)})
}
