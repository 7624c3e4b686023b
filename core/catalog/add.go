package catalog

import (
	"errors"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/catalog/catalogdb"
	"sauda/gear/db"
)

// Add puts a product into the catalogue, as a draft or on sale. Its category must exist. A SKU or an external id that
// another product of the seller has is refused with ErrSKUTaken or ErrExternal.
func Add(tx *db.Tx, d Draft) (Product, error) {
	tx.Strict() // Nobody may remove the category meanwhile.
	d, err := d.cleaned()
	if err != nil {
		return Product{}, err
	}
	if err := needCategory(tx, d.Category); err != nil {
		return Product{}, err
	}
	if err := mayProve(tx, d, Provenance{}); err != nil {
		return Product{}, err
	}
	if err := checkKind(tx, "", d); err != nil {
		return Product{}, err
	}
	if err := freeExternalID(tx, d); err != nil {
		return Product{}, err
	}
	r := rowOf(d)
	if _, err := variantIDs(tx, "", &r); err != nil {
		return Product{}, err
	}
	r.ID, r.Version, r.Digest = tx.Mint("prd"), 1, r.digest()
	r.Since, r.Revised = span.Micros(tx.Now()), span.Micros(tx.Now())
	later := catalogdb.New(tx.Later())
	if err := insert(tx, later, &r); err != nil {
		return Product{}, err
	}
	if d.Kind != (Kind{}) {
		if err := setKind(tx, ProductID(r.ID), d.Kind); err != nil {
			return Product{}, err
		}
	}
	if d.State == StateOnSale {
		if err := later.Shelve(tx.Context(), db.In([]string{r.ID})); err != nil {
			return Product{}, err
		}
	}
	p := d.product(ProductID(r.ID), tx.Now())
	for i, v := range r.variants {
		p.Variants[i].ID = VariantID(v.ID)
	}
	return p, tx.Emit(ProductAdded{Product: p.ID, Seller: p.Seller})
}

// product gives the product that a cleaned draft has become.
func (d Draft) product(id ProductID, now time.Time) Product {
	return Product{ID: id, Seller: d.Seller, ExternalID: d.ExternalID, Slug: d.Slug, Category: d.Category, Name: d.Name,
		Description: d.Description, Brand: d.Brand, Origin: d.Origin, Provenance: d.Provenance, TaxClass: d.TaxClass,
		Kind: d.Kind, State: d.State, Score: Unweighed, Attributes: d.Attributes, Options: d.Options, Media: d.Media, Variants: d.Variants, Version: 1, Since: now,
		Revised: now}
}

func needCategory(tx *db.Tx, id CategoryID) error {
	if id == "" {
		return nil
	}
	_, err := GetCategory(tx, id)
	return err
}

func freeExternalID(tx *db.Tx, d Draft) error {
	if d.ExternalID == "" {
		return nil
	}
	known, err := catalogdb.New(tx).Known(tx.Context(), catalogdb.KnownParams{Seller: string(d.Seller),
		ExternalIds: db.In([]string{d.ExternalID})})
	if err != nil || len(known) == 0 {
		return err
	}
	return fault.With(ErrExternal.About("%s has %q", known[0].ID, d.ExternalID), "product", known[0].ID)
}

// variantIDs gives the variants of a row their ids and their product: a SKU that the product has keeps its id, a new one
// gets its own. It gives the ids in use. A SKU of another product is refused.
func variantIDs(tx *db.Tx, product ProductID, r *row) (map[string]bool, error) {
	skus := make([]string, len(r.variants))
	for i, v := range r.variants {
		skus[i] = v.SKU
	}
	known, err := catalogdb.New(tx).VariantsOfSKU(tx.Context(), catalogdb.VariantsOfSKUParams{Seller: r.Seller, Skus: db.In(skus)})
	if err != nil {
		return nil, err
	}
	ids := make(map[string]string, len(known))
	for _, v := range known {
		if v.Product != string(product) {
			return nil, fault.With(ErrSKUTaken.About("%q is of %s", v.SKU, v.Product), "sku", v.SKU)
		}
		ids[v.SKU] = v.ID
	}
	used := make(map[string]bool, len(r.variants))
	for i := range r.variants {
		v := &r.variants[i]
		if v.ID = ids[v.SKU]; v.ID == "" {
			v.ID = tx.Mint("var")
		}
		used[v.ID] = true
	}
	return used, nil
}

// insert writes a new product and its variants.
func insert(tx *db.Tx, later *catalogdb.Queries, r *row) error {
	if err := later.InsertProduct(tx.Context(), insertParams(r)); err != nil {
		return taken(err)
	}
	return upsert(tx, later, r)
}

func upsert(tx *db.Tx, later *catalogdb.Queries, r *row) error {
	for _, v := range r.variants {
		v.Product = r.ID
		if err := later.UpsertVariant(tx.Context(), v); err != nil {
			return taken(err)
		}
	}
	return nil
}

// taken tells a race for a SKU or an external id apart from other failures: another moment was faster, and when this
// moment is run again it sees the other's row and refuses with the right words.
func taken(err error) error {
	if db.Breaks(err) == db.BrokenUnique {
		return errors.Join(db.ErrRace, err)
	}
	return err
}

func insertParams(r *row) catalogdb.InsertProductParams {
	p := r.Product
	return catalogdb.InsertProductParams{ID: p.ID, Seller: p.Seller, ExternalID: p.ExternalID, Slug: p.Slug,
		Category: p.Category, State: p.State, Since: p.Since, Version: p.Version, Digest: p.Digest, Revised: p.Revised,
		Brand: p.Brand, Origin: p.Origin, TaxClass: p.TaxClass, Name: p.Name, Cover: p.Cover, Words: p.Words,
		Options: p.Options, Media: p.Media, Description: p.Description, Attributes: p.Attributes, Proof: p.Proof,
		Provenance: p.Provenance}
}
