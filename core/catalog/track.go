package catalog

import (
	"slices"

	"sauda/core/catalog/catalogdb"
	"sauda/core/seller"
	"sauda/gear/db"
)

// VariantsTracked states that the stock of these variants is counted from now on.
type VariantsTracked struct {
	Seller   seller.ID   `json:"seller"`
	Variants []VariantID `json:"variants"`
	Products []ProductID `json:"products"`
}

// Fact names the event.
func (VariantsTracked) Fact() string { return "catalog.variants_tracked" }

// Key orders the reactions to the facts of one seller's stock.
func (e VariantsTracked) Key() string { return string(e.Seller) }

// Track has the stock of variants counted that were always available before: their seller has begun to count it. Those
// that are counted already, or may be ordered ahead, stay as they are. A variant that is not this seller's is ErrUnknown,
// and then nothing changes.
func Track(tx *db.Tx, owner seller.ID, variants []VariantID) error {
	ids := slices.Clone(variants)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	q := catalogdb.New(tx)
	known, err := q.CountVariantsOf(tx.Context(), catalogdb.CountVariantsOfParams{Seller: string(owner), Ids: db.In(ids)})
	if err != nil {
		return err
	}
	if known != int64(len(ids)) {
		return ErrUnknown.About("%d of %d variants are not of %s", int64(len(ids))-known, len(ids), owner)
	}
	rows, err := q.TrackVariants(tx.Context(), catalogdb.TrackVariantsParams{Seller: string(owner), Ids: db.In(ids)})
	if err != nil || len(rows) == 0 {
		return err
	}
	e := VariantsTracked{Seller: owner}
	for _, r := range rows {
		e.Variants = append(e.Variants, VariantID(r.ID))
		e.Products = append(e.Products, ProductID(r.Product))
	}
	slices.Sort(e.Products)
	e.Products = slices.Compact(e.Products)
	return tx.Emit(e)
}
