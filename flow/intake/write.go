package intake

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/inventory"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/flow/intake/intakedb"
	"sauda/gear/db"
	"sauda/gear/job"
)

// listName is what the price list of a seller is called that has none yet.
var listName = text.Localized{"kk": "Бөлшек баға", "ru": "Розничная цена", "en": "Retail price", "zh": "零售价"}

// takeUp finds where an earlier run of the same file stopped, or begins a new one.
func (in *intake) takeUp(tx *db.Tx) error {
	q := intakedb.New(tx)
	in.from, in.report = stand{}, Report{File: in.file.name, Size: in.file.size}
	run, err := q.GetRun(tx.Context(), intakedb.GetRunParams{Seller: string(in.plan.Seller), Source: in.file.digest, Way: in.way})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err == nil && run.Ended == 0 && run.Position > 0 {
		in.from = stand{position: int(run.Position), noted: int(run.Noted), written: run.Written}
		in.report.Rows, in.report.Resumed = int(run.Position), int(run.Position)
		in.report.Added, in.report.Changed, in.report.Same = int(run.Added), int(run.Changed), int(run.Same)
		in.report.Refused, in.report.Prices, in.report.Stocks = int(run.Refused), int(run.Prices), int(run.Stocks)
		return nil
	}
	return q.BeginRun(tx.Context(), intakedb.BeginRunParams{
		Seller: string(in.plan.Seller), Source: in.file.digest, Way: in.way, Name: cut(in.file.name, shownMax), At: span.Micros(tx.Now()),
	})
}

// move writes down how far the run is.
func (in *intake) move(tx *db.Tx, r Report, at stand, ended bool) error {
	now := span.Micros(tx.Now())
	p := intakedb.MoveRunParams{
		Position: int64(at.position), Noted: int64(at.noted), Written: at.written, Added: int64(r.Added), Changed: int64(r.Changed),
		Same: int64(r.Same), Refused: int64(r.Refused), Prices: int64(r.Prices), Stocks: int64(r.Stocks), Moved: now,
		Seller: string(in.plan.Seller), Source: in.file.digest, Way: in.way,
	}
	if ended {
		p.Ended = now
	}
	return intakedb.New(tx.Later()).MoveRun(tx.Context(), p)
}

// commit writes a batch in one moment, and its flaws after it. When the process dies between the two, the next run deals
// with the batch once more, which changes nothing, and writes its flaws.
func (in *intake) commit(ctx context.Context, b *batch) error {
	again := b.end <= in.from.position // An earlier run has counted these.
	var report Report
	var found []Flaw
	at := stand{position: max(b.end, in.from.position), noted: in.from.noted, written: in.flaws.length}
	err := job.Once(ctx, in.store, db.System, func(tx *db.Tx) error {
		report, found = in.report, nil
		results, err := b.ready.Import(tx)
		if err != nil {
			return err
		}
		good := make([]sold, 0, len(results))
		for i, result := range results {
			if result.Outcome == catalog.ImportRefused {
				found = append(found, refusals(&b.rows[i], result.Err)...)
			} else {
				good = append(good, sold{&b.rows[i], result.Variants[0]})
			}
			count(&report, result.Outcome)
		}
		report.Refused += b.bad
		prices, err := in.price(tx, good)
		if err != nil {
			return err
		}
		stocks, late, err := in.stock(tx, good)
		if err != nil {
			return err
		}
		found = append(found, late...)
		report.Prices, report.Stocks, report.Rows = report.Prices+prices, report.Stocks+stocks, at.position
		if again {
			return nil
		}
		return in.move(tx, report, at, false)
	})
	if err != nil {
		return err
	}
	if !again {
		in.report = report
	}
	all := append(b.flaws, found...)
	slices.SortStableFunc(all, func(a, b Flaw) int { return cmp.Compare(a.Row, b.Row) })
	for _, f := range all {
		if f.Verdict == Trimmed {
			in.report.Trimmed++
		}
	}
	if err := in.flaws.write(all); err != nil {
		return err
	}
	if in.flaws.length > 0 {
		in.report.Errors = in.flaws.name
	}
	in.from = stand{position: at.position, noted: b.end, written: in.flaws.length}
	return nil
}

// end writes down that the whole file is in.
func (in *intake) end(ctx context.Context) error {
	if in.flaws.length > 0 {
		in.report.Errors = in.flaws.name
	}
	return job.Once(ctx, in.store, db.System, func(tx *db.Tx) error { return in.move(tx, in.report, in.from, true) })
}

func count(r *Report, o catalog.Outcome) {
	switch o {
	case catalog.ImportAdded:
		r.Added++
	case catalog.ImportChanged:
		r.Changed++
	case catalog.ImportSame:
		r.Same++
	case catalog.ImportRefused:
		r.Refused++
	}
}

// sold is a row and the variant that it has become.
type sold struct {
	row     *row
	variant catalog.VariantID
}

// price sets what the goods cost, in the seller's list of each currency.
func (in *intake) price(tx *db.Tx, goods []sold) (changed int, err error) {
	entries := make(map[money.Currency][]pricing.Entry, 1)
	var currencies []money.Currency // In the order of the file, so that a moment that is run again does the same.
	for _, g := range goods {
		c := g.row.price.Currency
		if entries[c] == nil {
			currencies = append(currencies, c)
			entries[c] = make([]pricing.Entry, 0, len(goods))
		}
		entries[c] = append(entries[c], pricing.Entry{Variant: g.variant, Amount: g.row.price})
	}
	for _, c := range currencies {
		list, err := pricing.EnsureList(tx, in.plan.Seller, c, listName)
		if err != nil {
			return 0, err
		}
		n, err := pricing.SetMany(tx, list.ID, entries[c])
		if err != nil {
			return 0, err
		}
		changed += n
	}
	return changed, nil
}

// stock counts the goods into the seller's first open warehouse: what the file says, or, for goods that were never counted,
// what the plan says. A count that is less than what is promised to buyers is left as it is, with a note.
func (in *intake) stock(tx *db.Tx, goods []sold) (changed int, notes []Flaw, err error) {
	var variants []catalog.VariantID
	for _, g := range goods {
		if g.row.stock != nil || in.plan.Stock != nil {
			variants = append(variants, g.variant)
		}
	}
	if len(variants) == 0 {
		return 0, nil, nil
	}
	warehouse, err := first(tx, in.plan.Seller)
	if err != nil {
		return 0, nil, err
	}
	stocks, err := inventory.Stocks(tx, variants)
	if err != nil {
		return 0, nil, err
	}
	counted, here := make(map[catalog.VariantID]bool, len(stocks)), make(map[catalog.VariantID]inventory.Stock, len(stocks))
	for _, s := range stocks {
		counted[s.Variant] = true
		if s.Warehouse == warehouse {
			here[s.Variant] = s
		}
	}
	var counts []inventory.Counted
	for _, g := range goods {
		want := g.row.stock
		if want == nil && !counted[g.variant] {
			want = in.plan.Stock
		}
		if want == nil {
			continue
		}
		if promised := here[g.variant].Promised - here[g.variant].Beyond; *want < promised {
			r := row{number: g.row.number, draft: g.row.draft}
			r.trim("stock", "promised", want.String(), "promised", promised)
			notes = append(notes, r.flaws...)
			continue
		}
		counts = append(counts, inventory.Counted{Variant: g.variant, Quantity: *want})
	}
	if len(counts) == 0 {
		return 0, notes, nil
	}
	changed, err = inventory.CountMany(tx, warehouse, counts, "import "+cut(in.file.digest, 13))
	return changed, notes, err
}

// first gives the open warehouse from which the seller sends first.
func first(tx *db.Tx, of seller.ID) (inventory.WarehouseID, error) {
	all, err := inventory.Warehouses(tx, of)
	if err != nil {
		return "", err
	}
	for _, w := range all { // They come by priority.
		if w.Open {
			return w.ID, nil
		}
	}
	return "", inventory.ErrNowhere.About("%s", of)
}

// refusals writes down why the catalogue does not take a row, one flaw for each field.
func refusals(of *row, err error) []Flaw {
	r := row{number: of.number, draft: of.draft}
	fields := fault.FieldsOf(err)
	for _, f := range fields {
		field := strings.TrimPrefix(strings.TrimPrefix(f.Pointer, "/variants/0"), "/")
		if !slices.ContainsFunc(r.flaws, func(have Flaw) bool { return have.Field == field }) {
			r.note(Flaw{Field: field, Verdict: Refused, Refusal: err, In: f})
		}
	}
	if len(fields) == 0 {
		r.note(Flaw{Verdict: Refused, Refusal: err, Value: fault.DetailOf(err)})
	}
	return r.flaws
}

// tracking has goods tracked that the file says nothing about and the plan counts.
func (in *intake) tracking(r *row) {
	if r.stock == nil && in.plan.Stock != nil {
		for i := range r.draft.Variants {
			r.draft.Variants[i].Tracking = catalog.Tracked
		}
	}
}
