package catalog

import (
	"slices"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/catalog/catalogdb"
	"sauda/gear/db"
)

// Revise changes what is given and leaves the rest. The version is the one that was read: when it is not the present one,
// somebody else was faster and the answer is ErrStale. Changes that change nothing write nothing, state no fact and keep
// the version. Media that are left out can be brought back for a while by RestoreMedia.
func Revise(tx *db.Tx, id ProductID, version int64, changes Changes) (Product, error) {
	tx.Strict() // Nobody may remove the category meanwhile.
	old, stored, err := load(tx, id)
	if err != nil {
		return Product{}, err
	}
	if old.Version != version {
		return Product{}, stale(id, old.Version, version)
	}
	d, err := changes.draft(old).cleaned()
	if err != nil {
		return Product{}, err
	}
	if err := mayProve(tx, d, old.Provenance); err != nil {
		return Product{}, err
	}
	before, after := rowOf(old.draft()), rowOf(d)
	fields := differences(before, after)
	if len(fields) == 0 {
		return old, nil
	}
	if slices.Contains(fields, "category") {
		if err := needCategory(tx, d.Category); err != nil {
			return Product{}, err
		}
	}
	if slices.Contains(fields, "kind") {
		if err := checkKind(tx, id, d); err != nil {
			return Product{}, err
		}
		if err := setKind(tx, id, d.Kind); err != nil {
			return Product{}, err
		}
	}
	if slices.Contains(fields, "media") {
		if err := putAside(tx, id, old.Media, d.Media); err != nil {
			return Product{}, err
		}
	}
	after.ID, after.Version, after.Digest, after.Since = stored.ID, version, stored.Digest, stored.Since
	after.State, after.Revised = stored.State, span.Micros(tx.Now())
	if err := write(tx, old, &after, fields); err != nil {
		return Product{}, err
	}
	revised, err := Get(tx, id)
	if err != nil {
		return Product{}, err
	}
	if err := keepChange(tx, old, revised, fields); err != nil {
		return Product{}, err
	}
	return revised, tx.Emit(ProductRevised{Product: id, Seller: old.Seller, Version: revised.Version, Fields: fields})
}

func stale(id ProductID, present, given int64) error {
	return fault.With(ErrStale.About("%s is at %d, not %d", id, present, given), "version", present)
}

// draft gives a product as the draft that would have made it.
func (p Product) draft() Draft {
	state := p.State
	if state == StateEnded { // A draft is never ended; what is stored keeps its state.
		state = StateDraft
	}
	return Draft{Seller: p.Seller, ExternalID: p.ExternalID, Slug: p.Slug, Category: p.Category, Name: p.Name,
		Description: p.Description, Brand: p.Brand, Origin: p.Origin, Provenance: p.Provenance, TaxClass: p.TaxClass, Kind: p.Kind, State: state,
		Attributes: p.Attributes, Options: p.Options, Media: p.Media, Variants: p.Variants}
}

// draft gives the product with the changes as a draft.
func (c Changes) draft(p Product) Draft {
	d := p.draft()
	put(&d.Slug, c.Slug)
	put(&d.Category, c.Category)
	put(&d.Name, c.Name)
	put(&d.Description, c.Description)
	put(&d.Brand, c.Brand)
	put(&d.Origin, c.Origin)
	put(&d.Provenance, c.Provenance)
	put(&d.TaxClass, c.TaxClass)
	put(&d.Kind, c.Kind)
	put(&d.Attributes, c.Attributes)
	put(&d.Options, c.Options)
	put(&d.Media, c.Media)
	put(&d.Variants, c.Variants)
	return d
}

func put[T any](into *T, change *T) {
	if change != nil {
		*into = *change
	}
}

// differences names the fields in which two rows differ, in the order of Changes.
func differences(before, after row) (fields []string) {
	differ := func(name, a, b string) {
		if a != b {
			fields = append(fields, name)
		}
	}
	differ("slug", before.Slug, after.Slug)
	differ("category", before.Category, after.Category)
	differ("name", before.Name, after.Name)
	differ("description", before.Description, after.Description)
	differ("brand", before.Brand, after.Brand)
	differ("origin", before.Origin, after.Origin)
	differ("provenance", before.Provenance, after.Provenance)
	differ("tax_class", before.TaxClass, after.TaxClass)
	differ("kind", before.Kind, after.Kind)
	differ("attributes", before.Attributes, after.Attributes)
	differ("options", before.Options, after.Options)
	differ("media", before.Media, after.Media)
	same := func(a, b catalogdb.UpsertVariantParams) bool {
		a.ID, b.ID = "", ""
		return a == b
	}
	if !slices.EqualFunc(before.variants, after.variants, same) {
		fields = append(fields, "variants")
	}
	return fields
}

// write stores a revised product: its row, its variants when they changed, and its place on the shelves.
func write(tx *db.Tx, old Product, r *row, fields []string) error {
	if slices.Contains(fields, "variants") {
		if err := rewriteVariants(tx, old, r); err != nil {
			return err
		}
	}
	if slices.Contains(fields, "category") && old.State == StateOnSale {
		return moveOnShelves(tx, r)
	}
	return set(tx, r)
}

// set writes a product over the version that was read.
func set(tx *db.Tx, r *row) error {
	rows, err := catalogdb.New(tx).SetProduct(tx.Context(), setParams(r))
	if err == nil && rows == 0 {
		return stale(ProductID(r.ID), r.Version+1, r.Version)
	}
	return err
}

// moveOnShelves writes a product and puts it where it stands now. It is taken off its old shelves first, for the old row
// says which they are.
func moveOnShelves(tx *db.Tx, r *row) error {
	later := catalogdb.New(tx.Later())
	if err := later.Unshelve(tx.Context(), db.In([]string{r.ID})); err != nil {
		return err
	}
	if err := set(tx, r); err != nil {
		return err
	}
	return later.Shelve(tx.Context(), db.In([]string{r.ID}))
}

func rewriteVariants(tx *db.Tx, old Product, r *row) error {
	used, err := variantIDs(tx, old.ID, r)
	if err != nil {
		return err
	}
	var dropped []VariantID
	for _, v := range old.Variants {
		if !used[string(v.ID)] {
			dropped = append(dropped, v.ID)
		}
	}
	later := catalogdb.New(tx.Later())
	if len(dropped) > 0 {
		if err := later.DropVariants(tx.Context(), db.In(dropped)); err != nil {
			return err
		}
	}
	return upsert(tx, later, r)
}

func setParams(r *row) catalogdb.SetProductParams {
	return catalogdb.SetProductParams{Slug: r.Slug, Category: r.Category, State: r.State, Since: r.Since, Digest: r.Digest,
		Revised: r.Revised, Brand: r.Brand, Origin: r.Origin, TaxClass: r.TaxClass, Name: r.Name, Cover: r.Cover,
		Words: r.Words, Options: r.Options, Media: r.Media, Description: r.Description, Attributes: r.Attributes,
		Proof: r.Proof, Provenance: r.Provenance, ID: r.ID, Version: r.Version}
}

// silent names the required attributes that a product leaves out.
func silent(missing []Definition) error {
	fields := make([]fault.Field, len(missing))
	for i, d := range missing {
		fields[i] = fault.Say("Fill this in.").At("/attributes/" + d.Code)
	}
	return ErrSilent.Fields(fields...)
}

// PutOnSale shows a draft, or an ended product again. One that is on sale is refused with ErrOnSale, and one that leaves
// out what its category requires with ErrSilent. Since becomes the
// moment in which a draft is shown for the first time; a product that comes back keeps its place in the lists.
func PutOnSale(tx *db.Tx, id ProductID, version int64) (Product, error) {
	p, stored, err := load(tx, id)
	if err != nil {
		return Product{}, err
	}
	switch {
	case p.State == StateOnSale:
		return Product{}, ErrOnSale.About("%s", id)
	case p.Version != version:
		return Product{}, stale(id, p.Version, version)
	case p.Category == "":
		return Product{}, ErrInvalid.At("/category", fault.Say("Choose a category before the product goes on sale."))
	}
	definitions, err := Definitions(tx, p.Category)
	if err != nil {
		return Product{}, err
	}
	if missing, _ := unanswered(p, definitions); len(missing) > 0 {
		return Product{}, silent(missing)
	}
	if p.State == StateDraft {
		p.Since = tx.Now()
	}
	p, err = setState(tx, p, stored, StateOnSale)
	if err != nil {
		return Product{}, err
	}
	return p, tx.Emit(ProductPutOnSale{Product: id, Seller: p.Seller})
}

// End takes a product, or a draft that will not come, off the shelves for good or until it is put on sale again. Its page
// stays. One that has ended is refused with ErrEnded.
func End(tx *db.Tx, id ProductID, version int64) (Product, error) {
	p, stored, err := load(tx, id)
	if err != nil {
		return Product{}, err
	}
	switch {
	case p.State == StateEnded:
		return Product{}, ErrEnded.About("%s", id)
	case p.Version != version:
		return Product{}, stale(id, p.Version, version)
	}
	p, err = setState(tx, p, stored, StateEnded)
	if err != nil {
		return Product{}, err
	}
	return p, tx.Emit(ProductEnded{Product: id, Seller: p.Seller})
}

func setState(tx *db.Tx, p Product, stored catalogdb.Product, state State) (Product, error) {
	r := &row{Product: stored}
	r.State, r.Since, r.Revised = string(state), span.Micros(p.Since), span.Micros(tx.Now())
	if err := moveOnShelves(tx, r); err != nil {
		return Product{}, err
	}
	before := p
	p.State, p.Revised, p.Score = state, tx.Now(), Unweighed
	p.Version++
	return p, keepChange(tx, before, p, []string{FieldState})
}
