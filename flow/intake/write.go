package intake

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/inventory"
	"sauda/core/media"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/flow/intake/intakedb"
	"sauda/gear/db"
	"sauda/gear/job"
)

// listName is what the price list of a seller is called that has none yet.
var listName = text.Localized{"kk": "Бөлшек баға", "ru": "Розничная цена", "en": "Retail price", "zh": "零售价"}

// takeUp finds where an earlier run of the same file stopped, or begins a new import. An import that is kept in the house
// says by itself where it stands.
func (in *intake) takeUp(tx *db.Tx) error {
	q := intakedb.New(tx)
	in.from, in.report = stand{}, Report{File: in.file.name, Size: in.file.size, Import: in.id}
	var rows []intakedb.IntakeImport
	var err error
	if in.id != "" {
		var one intakedb.IntakeImport
		one, err = q.OneImport(tx.Context(), string(in.id))
		rows = append(rows, one)
	} else {
		rows, err = q.CutOff(tx.Context(), intakedb.CutOffParams{Seller: string(in.plan.Seller), Source: in.file.digest, Way: in.way})
	}
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		id := ID(tx.Mint("imp"))
		in.report.Import = id
		return q.InsertImport(tx.Context(), intakedb.InsertImportParams{
			ID: string(id), Seller: string(in.plan.Seller), Name: cut(in.file.name, shownMax), Source: in.file.digest, Way: in.way,
			Plan: jsonOf(in.plan), Stage: string(StageApplying), Who: whoIs(tx), Size: in.file.size, At: span.Micros(tx.Now()),
		})
	}
	one, err := importOf(rows[0])
	if err != nil {
		return err
	}
	in.from = stand{position: int(rows[0].Position), noted: int(rows[0].Noted), written: rows[0].Written}
	in.report = one.Report
	in.report.File, in.report.Size, in.report.Resumed = in.file.name, in.file.size, in.from.position
	return nil
}

// move writes down how far the import is.
func (in *intake) move(tx *db.Tx, r Report, at stand, read int64) error {
	return intakedb.New(tx.Later()).MoveImport(tx.Context(), intakedb.MoveImportParams{
		Position: int64(at.position), Noted: int64(at.noted), Written: at.written, Added: int64(r.Added), Changed: int64(r.Changed),
		Same: int64(r.Same), Refused: int64(r.Refused), Prices: int64(r.Prices), Stocks: int64(r.Stocks), Trimmed: int64(r.Trimmed),
		Bytes: read, Moved: span.Micros(tx.Now()), ID: string(in.report.Import),
	})
}

// commit writes a batch in one moment, and its flaws after it. When the process dies between the two, the next run deals
// with the batch once more, which changes nothing, and writes its flaws.
func (in *intake) commit(ctx context.Context, b *batch) error {
	again := b.end <= in.from.position // An earlier run has counted these.
	var w *writing
	at := stand{position: max(b.end, in.from.position), noted: in.from.noted, written: in.flaws.length}
	pictures := in.plan.pictures.unknown()
	err := job.Once(ctx, in.store, db.System, func(tx *db.Tx) error {
		if err := media.Note(tx, pictures...); err != nil {
			return err
		}
		w = &writing{intake: in, tx: tx, batch: b, report: in.report, traces: make(map[int]*trace)}
		if err := w.bring(); err != nil {
			return err
		}
		w.report.Rows = at.position
		if again {
			return nil
		}
		if err := w.note(); err != nil {
			return err
		}
		return in.move(tx, w.report, at, b.read)
	})
	if err != nil {
		return err
	}
	in.plan.pictures.noted(len(pictures))
	if !again {
		in.report = w.report
	}
	if err := in.flaws.write(w.flaws()); err != nil {
		return err
	}
	if in.flaws.length > 0 {
		in.report.Errors = in.flaws.name
	}
	in.from = stand{position: at.position, noted: b.end, written: in.flaws.length}
	return nil
}

// writing is a batch on its way into the store, in one moment.
type writing struct {
	*intake
	tx     *db.Tx
	batch  *batch
	report Report
	found  []Flaw
	lines  []Line
	traces map[int]*trace // traces are by the place of their row in the batch.
}

// trace is what an import did with a product: enough to take it back.
type trace struct {
	Version int64           `json:"version"`
	Added   bool            `json:"added,omitempty"`
	Same    bool            `json:"same,omitempty"` // Same is a product whose texts did not change, only its prices or counts.
	Before  *catalog.Former `json:"before,omitempty"`
	Prices  []priceTrace    `json:"prices,omitempty"`
	Stocks  []stockTrace    `json:"stocks,omitempty"`
}

// priceTrace is a price that was set; without one before it was the first.
type priceTrace struct {
	Variant  catalog.VariantID `json:"variant"`
	Currency money.Currency    `json:"currency"`
	Before   *int64            `json:"before,omitempty"`
	After    int64             `json:"after"`
}

// stockTrace is a count that was made.
type stockTrace struct {
	Variant   catalog.VariantID     `json:"variant"`
	Warehouse inventory.WarehouseID `json:"warehouse"`
	Before    measure.Quantity      `json:"before"`
	After     measure.Quantity      `json:"after"`
}

// bring brings the goods of the batch in, then their prices and counts.
func (w *writing) bring() error {
	forecast, err := w.batch.ready.Foresee(w.tx)
	if err != nil {
		return err
	}
	formers, err := forecast.Formers()
	if err != nil {
		return err
	}
	results, err := forecast.Import()
	if err != nil {
		return err
	}
	good := make([]sold, 0, len(results))
	for i, result := range results {
		r := &w.batch.rows[i]
		count(&w.report, result.Outcome)
		line := Line{Number: r.number, Source: r.draft.ExternalID, Name: r.draft.Name.In(w.plan.Lang), Outcome: result.Outcome, Product: result.Product}
		if result.Outcome == catalog.ImportRefused {
			w.found = append(w.found, refusals(r, result.Err)...)
		} else {
			t := &trace{Version: result.Version, Added: result.Outcome == catalog.ImportAdded, Same: result.Outcome == catalog.ImportSame}
			if former, changed := formers[result.Product]; changed {
				t.Before = &former
			}
			w.traces[i] = t
			line.trace = t
			for n, v := range result.Variants {
				good = append(good, sold{r, i, n, v})
			}
		}
		w.lines = append(w.lines, line)
	}
	w.report.Refused += w.batch.bad
	if err := w.price(good); err != nil {
		return err
	}
	if err := w.stock(good); err != nil {
		return err
	}
	return w.askPictures(results)
}

// flaws gives all that is wrong with the rows of the batch, in their order.
func (w *writing) flaws() []Flaw {
	all := append(slices.Clone(w.batch.flaws), w.found...)
	slices.SortStableFunc(all, func(a, b Flaw) int { return cmp.Compare(a.Row, b.Row) })
	return all
}

// note writes down the lines that did anything or with which anything is wrong.
func (w *writing) note() error {
	wrong := make(map[int][]Flaw)
	for _, f := range w.flaws() {
		wrong[f.Row] = append(wrong[f.Row], f)
		if f.Verdict != Refused {
			w.report.Trimmed++
		}
	}
	for _, l := range w.lines {
		l.Flaws = wrong[l.Number]
		delete(wrong, l.Number)
		if l.trace != nil && l.trace.Same && len(l.trace.Prices)+len(l.trace.Stocks) == 0 {
			l.trace = nil
		}
		if l.trace == nil && l.Outcome == catalog.ImportSame && len(l.Flaws) == 0 {
			continue
		}
		if l.trace != nil {
			l.Changes = l.trace.changes(w.batch, l.Number, w.places)
		}
		if err := putLine(w.tx, w.report.Import, l); err != nil {
			return err
		}
	}
	for _, number := range slices.Sorted(maps.Keys(wrong)) { // Rows that were refused before the catalogue saw them.
		l := Line{Number: number, Source: wrong[number][0].ID, Name: w.batch.names[number], Outcome: catalog.ImportRefused, Flaws: wrong[number]}
		if err := putLine(w.tx, w.report.Import, l); err != nil {
			return err
		}
	}
	return nil
}

// end writes down that the whole file is in.
func (in *intake) end(ctx context.Context) error {
	if in.flaws.length > 0 {
		in.report.Errors = in.flaws.name
	}
	return job.Once(ctx, in.store, db.System, func(tx *db.Tx) error {
		if err := in.move(tx, in.report, in.from, in.file.size); err != nil {
			return err
		}
		return intakedb.New(tx.Later()).EndImport(tx.Context(), intakedb.EndImportParams{Stage: string(StageApplied),
			At: span.Micros(tx.Now()), ID: string(in.report.Import)})
	})
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

// sold is a variant of a row, and the variant that it has become.
type sold struct {
	row     *row
	in      int // in is the place of the row in the batch.
	at      int // at is its place in the row.
	variant catalog.VariantID
}

func (s sold) offer() offer { return s.row.offers[s.at] }

// price sets what the goods cost, in the seller's list of each currency.
func (w *writing) price(goods []sold) error {
	entries := make(map[money.Currency][]pricing.Entry, 1)
	var currencies []money.Currency // In the order of the file, so that a moment that is run again does the same.
	of := make(map[catalog.VariantID]int, len(goods))
	for _, g := range goods {
		c := g.offer().price.Currency
		if entries[c] == nil {
			currencies = append(currencies, c)
			entries[c] = make([]pricing.Entry, 0, len(goods))
		}
		entries[c] = append(entries[c], pricing.Entry{Variant: g.variant, Amount: g.offer().price})
		of[g.variant] = g.in
	}
	for _, c := range currencies {
		list, err := pricing.EnsureList(w.tx, w.plan.Seller, c, listName)
		if err != nil {
			return err
		}
		before, err := present(w.tx, list, entries[c])
		if err != nil {
			return err
		}
		for _, e := range entries[c] {
			t := priceTrace{Variant: e.Variant, Currency: c, After: e.Amount.Minor}
			if amount, there := before[e.Variant]; there {
				if amount == e.Amount.Minor {
					continue
				}
				t.Before = &amount
			}
			w.traces[of[e.Variant]].Prices = append(w.traces[of[e.Variant]].Prices, t)
		}
		n, err := pricing.SetMany(w.tx, list.ID, entries[c])
		if err != nil {
			return err
		}
		w.report.Prices += n
	}
	return nil
}

// present gives the prices of these variants in a list that hold for any quantity on any day.
func present(tx *db.Tx, list pricing.List, entries []pricing.Entry) (map[catalog.VariantID]int64, error) {
	variants := make([]catalog.VariantID, len(entries))
	for i, e := range entries {
		variants[i] = e.Variant
	}
	known, err := pricing.Entries(tx, list, variants)
	if err != nil {
		return nil, err
	}
	amounts := make(map[catalog.VariantID]int64, len(known))
	for _, e := range known {
		if e.From == 0 && e.Days == (span.Days{}) {
			amounts[e.Variant] = e.Amount.Minor
		}
	}
	return amounts, nil
}

// stock counts the goods into the seller's first open warehouse.
func (w *writing) stock(goods []sold) error {
	plan, err := w.counting(w.tx, goods)
	if err != nil || len(plan.counts) == 0 {
		w.found = append(w.found, plan.notes...)
		return err
	}
	w.found = append(w.found, plan.notes...)
	for i, c := range plan.counts {
		before := plan.here[c.Variant].OnHand
		if before == c.Quantity {
			continue
		}
		t := w.traces[plan.of[i].in]
		t.Stocks = append(t.Stocks, stockTrace{Variant: c.Variant, Warehouse: plan.warehouse, Before: before, After: c.Quantity})
	}
	changed, err := inventory.CountMany(w.tx, plan.warehouse, plan.counts, "import "+cut(w.file.digest, 13))
	w.report.Stocks += changed
	return err
}

// census is what is to be counted of goods.
type census struct {
	warehouse inventory.WarehouseID
	here      map[catalog.VariantID]inventory.Stock // here is what lies in the warehouse now.
	counts    []inventory.Counted
	of        []sold // of are the goods of the counts.
	notes     []Flaw
}

// counting says what is to be counted: what the file says, or, for goods that were never counted, what the plan says. A
// count that is less than what is promised to buyers is left as it is, with a note.
func (in *intake) counting(tx *db.Tx, goods []sold) (census, error) {
	p := census{here: make(map[catalog.VariantID]inventory.Stock)}
	var variants []catalog.VariantID
	for _, g := range goods {
		if g.offer().stock != nil || in.plan.Stock != nil {
			variants = append(variants, g.variant)
		}
	}
	if len(variants) == 0 {
		return p, nil
	}
	var err error
	if p.warehouse, err = first(tx, in.plan.Seller); err != nil {
		return p, err
	}
	stocks, err := inventory.Stocks(tx, variants)
	if err != nil {
		return p, err
	}
	counted := make(map[catalog.VariantID]bool, len(stocks))
	for _, s := range stocks {
		counted[s.Variant] = true
		if s.Warehouse == p.warehouse {
			p.here[s.Variant] = s
		}
	}
	for _, g := range goods {
		want := g.offer().stock
		if want == nil && !counted[g.variant] {
			want = in.plan.Stock
		}
		if want == nil {
			continue
		}
		if promised := p.here[g.variant].Promised - p.here[g.variant].Beyond; *want < promised {
			r := row{number: g.row.number, draft: g.row.draft}
			r.trim("stock", "promised", want.String(), "promised", promised)
			p.notes = append(p.notes, r.flaws...)
			continue
		}
		p.counts, p.of = append(p.counts, inventory.Counted{Variant: g.variant, Quantity: *want}), append(p.of, g)
	}
	return p, nil
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
	for i := range r.draft.Variants {
		if r.offers[i].stock == nil && in.plan.Stock != nil {
			r.draft.Variants[i].Tracking = catalog.Tracked
		}
	}
}
