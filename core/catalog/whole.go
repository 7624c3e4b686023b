package catalog

import (
	"sauda/core/catalog/catalogdb"
	"sauda/gear/db"
)

// WholeMax bounds how many products Walk and Some give at once.
const WholeMax = 1_000

// Walk gives products on sale with their variants, at most so many, in the order of their ids and behind one of them; the
// first ones behind the empty id. It takes two statements. Who reads all goods, such as an index, goes on until it is
// given none.
func Walk(tx *db.Tx, after ProductID, limit int) ([]Product, error) {
	rows, err := catalogdb.New(tx).ProductsAfter(tx.Context(), catalogdb.ProductsAfterParams{After: string(after), Page: int64(min(limit, WholeMax))})
	if err != nil {
		return nil, err
	}
	return whole(tx, rows)
}

// Versioned is a product and its version.
type Versioned struct {
	ID      ProductID
	Version int64
}

// WalkVersions gives what Walk gives without reading it: whoever has copies learns which of them are old.
func WalkVersions(tx *db.Tx, after ProductID, limit int) ([]Versioned, error) {
	rows, err := catalogdb.New(tx).VersionsAfter(tx.Context(), catalogdb.VersionsAfterParams{After: string(after), Page: int64(min(limit, WholeMax))})
	if err != nil {
		return nil, err
	}
	list := make([]Versioned, len(rows))
	for i, r := range rows {
		list[i] = Versioned{ProductID(r.ID), r.Version}
	}
	return list, nil
}

// Shows is what a product shows.
type Shows struct {
	ID    ProductID
	Media []Media
}

// WalkShows gives what products in any state show, at most so many, in the order of their ids and behind one of them, in one
// statement.
func WalkShows(tx *db.Tx, after ProductID, limit int) ([]Shows, error) {
	rows, err := catalogdb.New(tx).ShowsAfter(tx.Context(), catalogdb.ShowsAfterParams{After: string(after), Page: int64(min(limit, WholeMax))})
	if err != nil {
		return nil, err
	}
	all := make([]Shows, len(rows))
	for i, r := range rows {
		d := decoder{of: r.ID}
		d.json(r.Media, &all[i].Media)
		if all[i].ID = ProductID(r.ID); d.err != nil {
			return nil, d.err
		}
	}
	return all, nil
}

// Some gives products in any state with their variants, in two statements. One that is not known is left out.
func Some[ID ~string](tx *db.Tx, ids []ID) ([]Product, error) {
	if len(ids) > WholeMax {
		return nil, ErrBatch.About("%d products", len(ids))
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := catalogdb.New(tx).ProductsOf(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	return whole(tx, rows)
}

// whole reads stored products and their variants.
func whole(tx *db.Tx, rows []catalogdb.Product) ([]Product, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	products, at := make([]Product, len(rows)), make(map[string]int, len(rows))
	ids := make([]ProductID, len(rows))
	for i, r := range rows {
		p, err := productOf(r)
		if err != nil {
			return nil, err
		}
		products[i], ids[i], at[r.ID] = p, p.ID, i
	}
	variants, err := catalogdb.New(tx).VariantsOf(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	for _, r := range variants {
		v, err := variantOf(r)
		if err != nil {
			return nil, err
		}
		p := &products[at[r.Product]]
		p.Variants = append(p.Variants, v)
	}
	return products, nil
}

// Summary is a product as it stands in a list.
func (p Product) Summary() Summary {
	s := Summary{ID: p.ID, Seller: p.Seller, Slug: p.Slug, Category: p.Category, Name: p.Name, Brand: p.Brand,
		Origin: p.Origin, Proof: p.Provenance.Grade, Kind: p.Kind, State: p.State, Score: p.Score, Since: p.Since, Version: p.Version}
	for i, m := range p.Media {
		if m.Kind == MediaImage {
			s.Cover = &p.Media[i]
			break
		}
	}
	for _, v := range p.Variants {
		s.Variants = append(s.Variants, SummaryVariant{ID: v.ID, SKU: v.SKU, Label: v.Label, Unit: v.Unit, Tracking: v.Tracking})
	}
	return s
}

// ProductsTouched gives the products to which variants belong, and the bundles that these are parts of, in one statement.
func ProductsTouched(tx *db.Tx, variants []VariantID) ([]ProductID, error) {
	rows, err := catalogdb.New(tx).ProductsTouched(tx.Context(), db.In(variants))
	if err != nil {
		return nil, err
	}
	ids := make([]ProductID, len(rows))
	for i, id := range rows {
		ids[i] = ProductID(id)
	}
	return ids, nil
}

// ProductsOf gives the products to which variants belong, in one statement. A variant that is not known is left out.
func ProductsOf(tx *db.Tx, variants []VariantID) ([]ProductID, error) {
	rows, err := catalogdb.New(tx).ProductsOfVariants(tx.Context(), db.In(variants))
	if err != nil {
		return nil, err
	}
	ids := make([]ProductID, len(rows))
	for i, id := range rows {
		ids[i] = ProductID(id)
	}
	return ids, nil
}

// ProductOf gives the product of each variant, in one statement. A variant that is not known is left out.
func ProductOf(tx *db.Tx, variants []VariantID) (map[VariantID]ProductID, error) {
	rows, err := catalogdb.New(tx).ProductOfVariants(tx.Context(), db.In(variants))
	if err != nil {
		return nil, err
	}
	of := make(map[VariantID]ProductID, len(rows))
	for _, r := range rows {
		of[VariantID(r.ID)] = ProductID(r.Product)
	}
	return of, nil
}
