package catalog

import (
	"maps"
	"slices"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/catalog/catalogdb"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Outcome is what an import did with a row.
type Outcome string

// The outcomes.
const (
	ImportAdded   Outcome = "added"
	ImportChanged Outcome = "changed"
	ImportSame    Outcome = "same"
	ImportRefused Outcome = "refused"
)

// Imported is what became of one draft of a batch.
type Imported struct {
	Row      int // Row is the place in the batch, from 0.
	Outcome  Outcome
	Product  ProductID   // Product is empty for a refused row.
	Version  int64       // Version is the one that the product has afterwards; zero for a refused row.
	Variants []VariantID // Variants are in the order of the draft; none for a refused row, and an empty one for what is only foreseen.
	Err      error       // Err says why a row was refused; its fields name the columns.
}

// Batch is drafts of one seller, read and judged by themselves. It does not change any more: it may be imported in a
// moment that is run twice.
type Batch struct {
	seller    string
	rows      []row
	refused   map[int]error
	externals map[string]bool // externals are the ids of the source that rows of this batch have.
	skus      map[string]bool // skus are those that rows of this batch have.
}

// ReadBatch reads and judges drafts of one seller, each known by its external id. This is half of the work of an import
// and needs no moment, so do it outside of one, while the batch before is written. A row that is wrong, or that says the
// same id or SKU as one before it, is refused later with its reason and stops no other. There are at most BatchMax rows.
func ReadBatch(drafts []Draft) (*Batch, error) {
	if len(drafts) > BatchMax {
		return nil, ErrBatch.About("%d products", len(drafts))
	}
	b := &Batch{rows: make([]row, len(drafts)), refused: make(map[int]error),
		externals: make(map[string]bool, len(drafts)), skus: make(map[string]bool, len(drafts))}
	for i := range drafts {
		if drafts[i].Seller != drafts[0].Seller {
			return nil, ErrNotSellers.About("%s and %s", drafts[0].Seller, drafts[i].Seller)
		}
		b.seller = string(drafts[i].Seller)
		if err := b.read(i, drafts[i]); err != nil {
			b.refused[i] = err
		}
	}
	return b, nil
}

// read judges a draft by itself and against the rows before it.
func (b *Batch) read(i int, d Draft) error {
	d, err := d.cleaned()
	if err != nil {
		return err
	}
	if d.ExternalID == "" {
		return ErrInvalid.At("/external_id", fault.Say("Fill this in: an import knows a product by it."))
	}
	if b.externals[d.ExternalID] {
		return ErrInvalid.At("/external_id", fault.Say("Another row of this batch has the same external id."))
	}
	for _, v := range d.Variants {
		if b.skus[v.SKU] {
			return fault.With(ErrSKUTaken.About("%q twice in the batch", v.SKU), "sku", v.SKU)
		}
	}
	b.externals[d.ExternalID] = true
	for _, v := range d.Variants {
		b.skus[v.SKU] = true
	}
	b.rows[i] = rowOf(d)
	b.rows[i].Digest = b.rows[i].digest()
	return nil
}

// Import brings a batch into the catalogue. What is new is added, what differs from what the source brought last is
// changed, and what is the same is neither read nor written: run again, a batch changes nothing and states no fact.
//
// A changed row brings its texts, variants and place in the tree; the state stays what the shop made of it, except that a
// draft may go on sale. What people revised by hand stays until the source itself changes that product.
//
// It is one moment and takes a handful of statements beside the writes.
func (b *Batch) Import(tx *db.Tx) ([]Imported, error) {
	f, err := b.Foresee(tx)
	if err != nil {
		return nil, err
	}
	return f.Import()
}

// Forecast is what a batch would do to the catalogue as it is in this moment. It belongs to the moment.
type Forecast struct{ importing }

// Foresee says in two statements what importing a batch would do, and writes nothing. Categories are looked at by
// Import only, so that a batch can be foreseen whose categories are not made yet.
func (b *Batch) Foresee(tx *db.Tx) (*Forecast, error) {
	f := &Forecast{importing{tx: tx, batch: b, results: make([]Imported, len(b.rows)), used: make(map[string]bool)}}
	return f, f.look()
}

// Outcomes says what would become of each draft. Variants that are new have no id yet.
func (f *Forecast) Outcomes() []Imported {
	all := make([]Imported, len(f.batch.rows))
	for i, r := range f.batch.rows {
		outcome, known, err := f.judge(i)
		all[i] = Imported{Row: i, Outcome: outcome, Err: err, Product: ProductID(known.ID), Version: known.Version}
		if outcome == ImportRefused {
			all[i].Product, all[i].Version = "", 0
			continue
		}
		if outcome != ImportSame {
			all[i].Version++
		}
		for _, v := range r.variants {
			all[i].Variants = append(all[i].Variants, VariantID(f.skus[v.SKU].ID))
		}
	}
	return all
}

// Formers gives the products that would be changed as they are now, in two statements.
func (f *Forecast) Formers() (map[ProductID]Former, error) {
	var ids []ProductID
	digests := make(map[ProductID]string)
	for i := range f.batch.rows {
		if outcome, known, _ := f.judge(i); outcome == ImportChanged {
			ids = append(ids, ProductID(known.ID))
			digests[ProductID(known.ID)] = known.Digest
		}
	}
	products, err := Some(f.tx, ids)
	if err != nil {
		return nil, err
	}
	formers := make(map[ProductID]Former, len(products))
	for _, p := range products {
		formers[p.ID] = Former{Product: p, Digest: digests[p.ID]}
	}
	return formers, nil
}

// Import does what was foreseen. It is called once.
func (f *Forecast) Import() ([]Imported, error) {
	if err := f.shelves(); err != nil {
		return nil, err
	}
	if err := f.write(); err != nil {
		return nil, err
	}
	if len(f.added)+len(f.changed) == 0 {
		return f.results, nil
	}
	return f.results, f.tx.Emit(ProductsImported{Seller: seller.ID(f.batch.seller), Added: f.added, Changed: f.changed})
}

// ImportBatch reads and imports drafts of one seller in one go. See ReadBatch and Import.
func ImportBatch(tx *db.Tx, drafts []Draft) ([]Imported, error) {
	b, err := ReadBatch(drafts)
	if err != nil {
		return nil, err
	}
	return b.Import(tx)
}

// importing is a batch on its way into the store.
type importing struct {
	tx      *db.Tx
	batch   *Batch
	results []Imported

	known      map[string]catalogdb.KnownRow // known are the products that an earlier batch brought, by external id.
	skus       map[string]catalogdb.VariantsOfSKURow
	categories map[string]bool

	added, changed []ProductID
	shelve         []string // shelve are products that come onto shelves.
	used           map[string]bool
}

func (m *importing) refuse(i int, err error) {
	m.results[i] = Imported{Row: i, Outcome: ImportRefused, Err: err}
}

// look asks in two statements what the store knows of the batch.
func (m *importing) look() error {
	b := m.batch
	if len(b.externals) == 0 {
		return nil
	}
	q := catalogdb.New(m.tx)
	known, err := q.Known(m.tx.Context(), catalogdb.KnownParams{Seller: b.seller, ExternalIds: keys(b.externals)})
	if err != nil {
		return err
	}
	m.known = make(map[string]catalogdb.KnownRow, len(known))
	for _, k := range known {
		m.known[k.ExternalID] = k
	}
	variants, err := q.VariantsOfSKU(m.tx.Context(), catalogdb.VariantsOfSKUParams{Seller: b.seller, Skus: keys(b.skus)})
	if err != nil {
		return err
	}
	m.skus = make(map[string]catalogdb.VariantsOfSKURow, len(variants))
	for _, v := range variants {
		m.skus[v.SKU] = v
	}
	return nil
}

// shelves asks which categories of the batch are there.
func (m *importing) shelves() error {
	m.categories = make(map[string]bool)
	for i := range m.batch.rows {
		m.categories[m.batch.rows[i].Category] = false
	}
	delete(m.categories, "")
	if len(m.categories) == 0 {
		return nil
	}
	categories, err := catalogdb.New(m.tx).CategoriesOf(m.tx.Context(), keys(m.categories))
	if err != nil {
		return err
	}
	for _, c := range categories {
		m.categories[c.ID] = true
	}
	return nil
}

func keys(set map[string]bool) string { return db.In(slices.Sorted(maps.Keys(set))) }

// write adds, changes or leaves each row, and puts the products of the batch onto their shelves.
func (m *importing) write() error {
	if err := m.unshelve(); err != nil {
		return err
	}
	for i := range m.batch.rows {
		m.results[i].Row = i
		if err := m.place(i); err != nil {
			return err
		}
	}
	if err := m.drop(); err != nil {
		return err
	}
	if len(m.shelve) == 0 {
		return nil
	}
	return catalogdb.New(m.tx.Later()).Shelve(m.tx.Context(), db.In(m.shelve))
}

// unshelve takes those that are on sale and will stand elsewhere off their shelves, while their rows still say which they
// are. One that is refused afterwards is put back by what is stored, so it does no harm.
func (m *importing) unshelve() error {
	var leaving []string
	for _, r := range m.batch.rows {
		known, old := m.known[r.ExternalID]
		if old && known.State == string(StateOnSale) && known.Category != r.Category && known.Digest != r.Digest {
			leaving = append(leaving, known.ID)
		}
	}
	if len(leaving) == 0 {
		return nil
	}
	m.shelve = leaving
	return catalogdb.New(m.tx.Later()).Unshelve(m.tx.Context(), db.In(leaving))
}

// judge decides what becomes of one row, by all but its category.
func (m *importing) judge(i int) (Outcome, catalogdb.KnownRow, error) {
	if err := m.batch.refused[i]; err != nil {
		return ImportRefused, catalogdb.KnownRow{}, err
	}
	r := &m.batch.rows[i]
	known, old := m.known[r.ExternalID]
	if r.Proof == string(GradeRegister) && !verifies(m.tx.Who()) {
		return ImportRefused, known, ErrUnverified
	}
	for _, v := range r.variants {
		if sku, there := m.skus[v.SKU]; there && sku.Product != known.ID {
			return ImportRefused, known, fault.With(ErrSKUTaken.About("%q is of %s", v.SKU, sku.Product), "sku", v.SKU)
		}
	}
	switch {
	case old && known.Digest == r.Digest:
		return ImportSame, known, nil
	case old:
		return ImportChanged, known, nil
	}
	return ImportAdded, known, nil
}

// place writes what becomes of one row.
func (m *importing) place(i int) error {
	outcome, known, err := m.judge(i)
	if err != nil {
		m.refuse(i, err)
		return nil
	}
	r := m.batch.rows[i] // A copy: the batch stays as it was read.
	r.variants = slices.Clone(r.variants)
	if r.Category != "" && !m.categories[r.Category] {
		m.refuse(i, fault.With(ErrNoCategory.About("%.60s", r.Category), "category", r.Category))
		return nil
	}
	m.name(&r)
	result := &m.results[i]
	result.Outcome, result.Product, result.Version = outcome, ProductID(known.ID), known.Version
	for _, v := range r.variants {
		result.Variants = append(result.Variants, VariantID(v.ID))
	}
	switch outcome {
	case ImportSame:
		return nil
	case ImportChanged:
		result.Version++
		return m.change(&r, known)
	}
	result.Product, result.Version = ProductID(m.tx.Mint("prd")), 1
	return m.add(&r, result.Product)
}

// name gives the variants of a row the ids that they have already, or new ones. A source that says nothing of stock does
// not stop the counting of a variant whose stock is counted here.
func (m *importing) name(r *row) {
	for i := range r.variants {
		v := &r.variants[i]
		stored, there := m.skus[v.SKU]
		if !there {
			v.ID = m.tx.Mint("var")
			continue
		}
		v.ID = stored.ID
		if v.Tracking == string(Untracked) {
			v.Tracking = stored.Tracking
		}
	}
}

func (m *importing) add(r *row, id ProductID) error {
	now := span.Micros(m.tx.Now())
	r.ID, r.Version, r.Since, r.Revised = string(id), 1, now, now
	m.added = append(m.added, id)
	if r.State == string(StateOnSale) {
		m.shelve = append(m.shelve, r.ID)
	}
	return insert(m.tx, catalogdb.New(m.tx.Later()), r)
}

func (m *importing) change(r *row, known catalogdb.KnownRow) error {
	r.ID, r.Version, r.Since, r.Revised = known.ID, known.Version, known.Since, span.Micros(m.tx.Now())
	// One without a digest was taken back, see TakeBack: brought again, it is as fresh as a draft.
	shown := r.State == string(StateOnSale) && (known.State == string(StateDraft) || known.State == string(StateEnded) && known.Digest == "")
	switch {
	case shown:
		r.Since = r.Revised
	default:
		r.State = known.State
	}
	m.changed = append(m.changed, ProductID(r.ID))
	if shown {
		m.shelve = append(m.shelve, r.ID)
	}
	for _, v := range r.variants {
		m.used[v.ID] = true
	}
	later := catalogdb.New(m.tx.Later())
	if err := later.ReplaceProduct(m.tx.Context(), catalogdb.ReplaceProductParams(setParams(r))); err != nil {
		return err
	}
	if err := keep(m.tx, ProductID(r.ID), r.Version+1, []string{FieldImport}, [2]string{"{}", "{}"}); err != nil {
		return err
	}
	return upsert(m.tx, later, r)
}

// drop takes the variants that a changed product does not have any more out of sale.
func (m *importing) drop() error {
	if len(m.changed) == 0 {
		return nil
	}
	rows, err := catalogdb.New(m.tx).VariantsOfProducts(m.tx.Context(), db.In(m.changed))
	if err != nil {
		return err
	}
	var dropped []string
	for _, r := range rows {
		if !m.used[r.ID] {
			dropped = append(dropped, r.ID)
		}
	}
	if len(dropped) == 0 {
		return nil
	}
	return catalogdb.New(m.tx.Later()).DropVariants(m.tx.Context(), db.In(dropped))
}
