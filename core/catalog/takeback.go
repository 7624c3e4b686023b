package catalog

import (
	"sauda/base/span"
	"sauda/core/catalog/catalogdb"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Former is a product as it was before an import changed it.
type Former struct {
	Product Product
	Digest  string // Digest proves what its source had brought last.
}

// Trace is what an import did to one product: enough to take it back.
type Trace struct {
	Product ProductID
	Version int64   // Version is the one that the import made.
	Before  *Former // Before is nil for a product that the import added.
}

// TakeBack takes back what an import did: changed products become what they were, and added ones end, for somebody may
// have ordered them. It says of each trace whether it was taken back: a product that anybody changed since stays as it is,
// and so does one whose former category is gone. There are at most BatchMax traces; it takes a handful of statements beside
// the writes.
func TakeBack(tx *db.Tx, traces []Trace) (taken []bool, err error) {
	if len(traces) > BatchMax {
		return nil, ErrBatch.About("%d traces", len(traces))
	}
	b := takingBack{tx: tx, traces: traces, taken: make([]bool, len(traces))}
	if len(traces) == 0 {
		return b.taken, nil
	}
	if err := b.look(); err != nil {
		return nil, err
	}
	return b.taken, b.write()
}

// takingBack is traces on their way back.
type takingBack struct {
	tx      *db.Tx
	traces  []Trace
	taken   []bool
	stored  map[string]catalogdb.Product
	present map[string][]string // present are the variants of each product.
}

// look finds what can be taken back.
func (b *takingBack) look() error {
	tx := b.tx
	tx.Strict() // Nobody may remove a former category meanwhile.
	q := catalogdb.New(tx)
	ids, categories := make([]ProductID, len(b.traces)), make(map[string]bool)
	for i, t := range b.traces {
		ids[i] = t.Product
		if t.Before != nil && t.Before.Product.Category != "" {
			categories[string(t.Before.Product.Category)] = false
		}
	}
	rows, err := q.ProductsOf(tx.Context(), db.In(ids))
	if err != nil {
		return err
	}
	b.stored = make(map[string]catalogdb.Product, len(rows))
	for _, r := range rows {
		b.stored[r.ID] = r
	}
	there, err := q.CategoriesOf(tx.Context(), keys(categories))
	if err != nil {
		return err
	}
	for _, c := range there {
		categories[c.ID] = true
	}
	variants, err := q.VariantsOfProducts(tx.Context(), db.In(ids))
	if err != nil {
		return err
	}
	b.present = make(map[string][]string, len(rows))
	for _, v := range variants {
		b.present[v.Product] = append(b.present[v.Product], v.ID)
	}
	for i, t := range b.traces {
		r, known := b.stored[string(t.Product)]
		b.taken[i] = known && r.Version == t.Version
		if t.Before != nil && t.Before.Product.Category != "" && !categories[string(t.Before.Product.Category)] {
			b.taken[i] = false
		}
	}
	return nil
}

// write puts everything back, off the old shelves and onto the former ones.
func (b *takingBack) write() error {
	var ids []string
	var dropped []string
	for i, t := range b.traces {
		if b.taken[i] {
			ids = append(ids, string(t.Product))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	later := catalogdb.New(b.tx.Later())
	if err := later.Unshelve(b.tx.Context(), db.In(ids)); err != nil {
		return err
	}
	for i, t := range b.traces {
		if !b.taken[i] {
			continue
		}
		gone, err := b.restore(later, t)
		if err != nil {
			return err
		}
		dropped = append(dropped, gone...)
	}
	if len(dropped) > 0 {
		if err := later.DropVariants(b.tx.Context(), db.In(dropped)); err != nil {
			return err
		}
	}
	if err := later.Shelve(b.tx.Context(), db.In(ids)); err != nil {
		return err
	}
	return b.state()
}

// restore writes one product as it was, and gives the variants that it did not have.
func (b *takingBack) restore(later *catalogdb.Queries, t Trace) (dropped []string, err error) {
	stored := b.stored[string(t.Product)]
	now := span.Micros(b.tx.Now())
	if t.Before == nil {
		r := &row{Product: stored}
		r.State, r.Digest, r.Revised = string(StateEnded), "", now
		return nil, later.ReplaceProduct(b.tx.Context(), catalogdb.ReplaceProductParams(setParams(r)))
	}
	was := t.Before.Product
	r := rowOf(was.draft())
	r.ID, r.Version, r.Digest = stored.ID, stored.Version, t.Before.Digest
	r.State, r.Since, r.Revised = string(was.State), span.Micros(was.Since), now
	had := make(map[string]bool, len(r.variants))
	for _, v := range r.variants {
		had[v.ID] = true
	}
	for _, id := range b.present[stored.ID] {
		if !had[id] {
			dropped = append(dropped, id)
		}
	}
	if err := later.ReplaceProduct(b.tx.Context(), catalogdb.ReplaceProductParams(setParams(&r))); err != nil {
		return nil, err
	}
	return dropped, upsert(b.tx, later, &r)
}

// state states what was done, a fact a seller and one for each product that has ended.
func (b *takingBack) state() error {
	facts := make(map[string]*ProductsImported)
	var order []string
	for i, t := range b.traces {
		if !b.taken[i] {
			continue
		}
		stored := b.stored[string(t.Product)]
		if facts[stored.Seller] == nil {
			facts[stored.Seller] = &ProductsImported{Seller: seller.ID(stored.Seller)}
			order = append(order, stored.Seller)
		}
		facts[stored.Seller].Changed = append(facts[stored.Seller].Changed, t.Product)
		if t.Before == nil {
			if err := b.tx.Emit(ProductEnded{Product: t.Product, Seller: seller.ID(stored.Seller)}); err != nil {
				return err
			}
		}
	}
	for _, owner := range order {
		if err := b.tx.Emit(*facts[owner]); err != nil {
			return err
		}
	}
	return nil
}
