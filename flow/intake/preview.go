package intake

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/inventory"
	"sauda/core/pricing"
	"sauda/gear/db"
	"sauda/gear/job"
)

// foresee says what would become of a batch, and writes nothing.
func (in *intake) foresee(ctx context.Context, b *batch) error {
	var f *foreseeing
	err := job.Look(ctx, in.store, db.System, func(tx *db.Tx) error {
		f = &foreseeing{intake: in, tx: tx, batch: b, report: in.report}
		return f.look()
	})
	if err != nil {
		return err
	}
	in.report = f.report
	in.report.Rows = b.end
	in.from.position = b.end
	return in.preview(f.lines)
}

// foreseeing is a batch that is looked at, in one moment.
type foreseeing struct {
	*intake
	tx     *db.Tx
	batch  *batch
	report Report
	lines  []Line
}

// look makes the lines of the batch.
func (f *foreseeing) look() error {
	forecast, err := f.batch.ready.Foresee(f.tx)
	if err != nil {
		return err
	}
	formers, err := forecast.Formers()
	if err != nil {
		return err
	}
	outcomes := forecast.Outcomes()
	var goods []sold
	var found []Flaw
	traces := make([]*trace, len(outcomes))
	for i, o := range outcomes {
		r := &f.batch.rows[i]
		count(&f.report, o.Outcome)
		traces[i] = &trace{Added: o.Outcome == catalog.ImportAdded, Same: o.Outcome == catalog.ImportSame}
		if former, changed := formers[o.Product]; changed {
			traces[i].Before = &former
		}
		if o.Outcome == catalog.ImportRefused {
			found = append(found, refusals(r, o.Err)...)
		}
		for n, v := range o.Variants {
			goods = append(goods, sold{r, i, n, v})
		}
	}
	if err := f.prices(goods, traces); err != nil {
		return err
	}
	notes, err := f.stocks(goods, traces)
	if err != nil {
		return err
	}
	f.report.Refused += f.batch.bad
	f.line(outcomes, traces, append(append(slices.Clone(f.batch.flaws), found...), notes...))
	return nil
}

// line puts the lines together, those that were refused before the catalogue saw them among the others.
func (f *foreseeing) line(outcomes []catalog.Imported, traces []*trace, flaws []Flaw) {
	wrong := make(map[int][]Flaw)
	for _, w := range flaws {
		wrong[w.Row] = append(wrong[w.Row], w)
		if w.Verdict != Refused {
			f.report.Trimmed++
		}
	}
	for i, o := range outcomes {
		r := &f.batch.rows[i]
		l := Line{Number: r.number, Source: r.draft.ExternalID, Name: r.draft.Name.In(f.plan.Lang), Outcome: o.Outcome, Product: o.Product, Flaws: wrong[r.number]}
		delete(wrong, r.number)
		if o.Outcome != catalog.ImportRefused {
			l.Changes = traces[i].changes(f.batch, r.number, f.places)
		}
		f.lines = append(f.lines, l)
	}
	for number, all := range wrong {
		f.lines = append(f.lines, Line{Number: number, Source: all[0].ID, Name: f.batch.names[number], Outcome: catalog.ImportRefused, Flaws: all})
	}
	slices.SortFunc(f.lines, func(a, b Line) int { return a.Number - b.Number })
}

// prices finds the prices that would be set.
func (f *foreseeing) prices(goods []sold, traces []*trace) error {
	lists, err := pricing.Lists(f.tx, f.plan.Seller)
	if err != nil {
		return err
	}
	known := make(map[money.Currency]map[catalog.VariantID]int64)
	for _, g := range goods {
		price := g.offer().price
		if known[price.Currency] == nil {
			known[price.Currency] = make(map[catalog.VariantID]int64)
			at := slices.IndexFunc(lists, func(l pricing.List) bool { return l.Currency == price.Currency && l.ForAll() })
			if at >= 0 {
				var entries []pricing.Entry
				for _, g := range goods {
					if g.variant != "" {
						entries = append(entries, pricing.Entry{Variant: g.variant})
					}
				}
				if known[price.Currency], err = present(f.tx, lists[at], entries); err != nil {
					return err
				}
			}
		}
		t := priceTrace{Variant: g.variant, Currency: price.Currency, After: price.Minor}
		if amount, there := known[price.Currency][g.variant]; there && g.variant != "" {
			if amount == price.Minor {
				continue
			}
			t.Before = &amount
		}
		f.report.Prices++
		traces[g.in].Prices = append(traces[g.in].Prices, t)
	}
	return nil
}

// stocks finds the counts that would be made.
func (f *foreseeing) stocks(goods []sold, traces []*trace) ([]Flaw, error) {
	plan, err := f.counting(f.tx, goods)
	for i, c := range plan.counts {
		before := inventory.Stock{}.OnHand
		if c.Variant != "" {
			before = plan.here[c.Variant].OnHand
		}
		if before != c.Quantity {
			f.report.Stocks++
			t := traces[plan.of[i].in]
			t.Stocks = append(t.Stocks, stockTrace{Variant: c.Variant, Before: before, After: c.Quantity})
		}
	}
	return plan.notes, err
}

// changesMax bounds how many changes of one line are told; nobody reads more.
const changesMax = 40

// changes says field by field what a line does.
func (t *trace) changes(b *batch, number int, places map[catalog.CategoryID]string) []Change {
	at := slices.IndexFunc(b.rows, func(r row) bool { return r.number == number })
	if at < 0 {
		return nil
	}
	r := &b.rows[at]
	var all []Change
	add := func(field, before, after string) {
		if before != after && len(all) < changesMax {
			all = append(all, Change{Field: field, Before: glimpse(before), After: glimpse(after)})
		}
	}
	place := places[r.draft.Category]
	if place == "" {
		place = strings.Join(r.path, " > ")
	}
	switch {
	case t.Before != nil:
		differ(add, t.Before.Product, r.draft)
		if t.Before.Product.Category != r.draft.Category {
			add("category", places[t.Before.Product.Category], place)
		}
	case t.Added:
		add("category", "", place)
		if len(r.draft.Variants) > 1 {
			add("variants", "", strconv.Itoa(len(r.draft.Variants)))
		}
	}
	for _, p := range t.Prices {
		before := ""
		if p.Before != nil {
			before = money.Of(*p.Before, p.Currency).String()
		}
		add("price", before, money.Of(p.After, p.Currency).String())
	}
	for _, s := range t.Stocks {
		before := s.Before.String()
		if t.Added {
			before = ""
		}
		add("stock", before, s.After.String())
	}
	return all
}

// differ names the fields in which a draft is other than the product that it changes.
func differ(add func(field, before, after string), was catalog.Product, now catalog.Draft) {
	localized := func(field string, before, after text.Localized) {
		for _, lang := range text.Languages {
			add(field+"_"+lang, before[lang], after[lang])
		}
	}
	localized("name", was.Name, now.Name)
	localized("description", was.Description, now.Description)
	add("brand", was.Brand, now.Brand)
	add("origin", string(was.Origin), string(now.Origin))
	if now.TaxClass != "" {
		add("tax_class", string(was.TaxClass), string(now.TaxClass))
	}
	add("images", addresses(was.Media), addresses(now.Media))
	add("attributes", stated(was.Attributes), stated(now.Attributes))
	add("options", optioned(was.Options), optioned(now.Options))
	add("variants", skus(was.Variants), skus(now.Variants))
	before := make(map[string]catalog.Variant, len(was.Variants))
	for _, v := range was.Variants {
		before[v.SKU] = v
	}
	for _, v := range now.Variants {
		old, there := before[v.SKU]
		if !there {
			continue
		}
		add("gtin", old.GTIN, v.GTIN)
		add("ntin", old.NTIN, v.NTIN)
		add("hs", old.HS, v.HS)
		if v.Unit != "" {
			add("unit", string(old.Unit), string(v.Unit))
		}
		add("weight_g", strconv.FormatInt(int64(old.Mass), 10), strconv.FormatInt(int64(v.Mass), 10))
	}
}

func addresses(media []catalog.Media) string {
	var all []string
	for _, m := range media {
		all = append(all, m.URL)
	}
	return strings.Join(all, " ")
}

// stated writes attributes as a list of what they say.
func stated(attributes []catalog.Attribute) string {
	var all []string
	for _, a := range attributes {
		value := a.Number
		switch a.Kind {
		case catalog.AttributeText:
			value = a.Text.In("ru")
		case catalog.AttributeBool:
			value = strconv.FormatBool(a.Bool)
		}
		all = append(all, a.Code+"="+strings.TrimSpace(value+" "+a.Unit))
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

func optioned(options []catalog.Option) string {
	var all []string
	for _, o := range options {
		var values []string
		for _, v := range o.Values {
			values = append(values, v.Code)
		}
		all = append(all, o.Code+": "+strings.Join(values, ", "))
	}
	return strings.Join(all, "; ")
}

func skus(variants []catalog.Variant) string {
	var all []string
	for _, v := range variants {
		all = append(all, v.SKU)
	}
	return strings.Join(all, ", ")
}

// glimpse is as much of a value as a line of a preview shows.
func glimpse(s string) string {
	if utf8.RuneCountInString(s) <= shownMax {
		return s
	}
	return cut(s, shownMax)
}
