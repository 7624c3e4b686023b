package catalog

import (
	"slices"

	"sauda/base/fault"
	"sauda/core/catalog/catalogdb"
	"sauda/core/seller"
	"sauda/gear/db"
)

// RelationKind says what another product is to a product.
type RelationKind string

// The kinds of relations.
const (
	Accessory  RelationKind = "accessory"
	SparePart  RelationKind = "spare_part"
	Substitute RelationKind = "substitute"
	GoesWell   RelationKind = "goes_well" // GoesWell is bought together with it.
)

// RelationKinds are all kinds, in the order in which they are shown.
var RelationKinds = []RelationKind{Accessory, SparePart, GoesWell, Substitute}

// RelatedMax bounds the products of one kind; nobody looks at more.
const RelatedMax = 24

// Faults of relations.
var (
	ErrRelation = fault.New(fault.Invalid, "catalog.invalid_relation", "Name at most 24 other products of the same seller, each once.")
)

// Related states that a product leads to others than before.
type Related struct {
	Product ProductID `json:"product"`
	Seller  seller.ID `json:"seller"`
}

// Fact names the event.
func (Related) Fact() string { return "catalog.product_related" }

// Key orders the reactions to the facts of one product.
func (e Related) Key() string { return string(e.Product) }

// Relate says which products are what to a product, in this order, in place of those that were. They are of its own seller.
func Relate(tx *db.Tx, id ProductID, kind RelationKind, others []ProductID) error {
	p, err := Get(tx, id)
	if err != nil {
		return err
	}
	if !slices.Contains(RelationKinds, kind) {
		return ErrRelation.At("/kind", fault.Say("Say accessory, spare_part, substitute or goes_well."))
	}
	seen := map[ProductID]bool{id: true}
	for _, other := range others {
		if seen[other] {
			return ErrRelation.At("/products", fault.Say("Name each product once, and not the product itself."))
		}
		seen[other] = true
	}
	if len(others) > RelatedMax {
		return ErrRelation.At("/products", fault.Say("Name at most {n} products.").With("n", RelatedMax))
	}
	if err := ofSeller(tx, p.Seller, others); err != nil {
		return err
	}
	later := catalogdb.New(tx.Later())
	if err := later.DropRelations(tx.Context(), catalogdb.DropRelationsParams{Product: string(id), Kind: string(kind)}); err != nil {
		return err
	}
	for i, other := range others {
		err := later.InsertRelation(tx.Context(), catalogdb.InsertRelationParams{Product: string(id), Kind: string(kind),
			Other: string(other), Position: int64(i)})
		if err != nil {
			return err
		}
	}
	return tx.Emit(Related{Product: id, Seller: p.Seller})
}

// ofSeller refuses products that are not there or not of a seller; an empty seller is any.
func ofSeller(tx *db.Tx, owner seller.ID, ids []ProductID) error {
	if len(ids) == 0 {
		return nil
	}
	rows, err := catalogdb.New(tx).SellersOf(tx.Context(), db.In(ids))
	if err != nil {
		return err
	}
	for _, r := range rows {
		if owner != "" && r.Seller != string(owner) {
			return ErrUnknown.About("%s is of %s", r.ID, r.Seller)
		}
	}
	if len(rows) != len(ids) {
		return ErrUnknown.About("%d of %d products are not there", len(ids)-len(rows), len(ids))
	}
	return nil
}

// Relations gives the products that are something to a product, by kind and in their order, whether they are on sale or not.
func Relations(tx *db.Tx, id ProductID) (map[RelationKind][]ProductID, error) {
	rows, err := catalogdb.New(tx).Relations(tx.Context(), string(id))
	if err != nil {
		return nil, err
	}
	all := make(map[RelationKind][]ProductID)
	for _, r := range rows {
		all[RelationKind(r.Kind)] = append(all[RelationKind(r.Kind)], ProductID(r.Other))
	}
	return all, nil
}

// Summaries gives products as a list shows them, in the order of their ids, in two statements. What is not known is left
// out; so is what is not on sale, unless any state is asked for.
func Summaries(tx *db.Tx, ids []ProductID, state State) ([]Summary, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if len(ids) > OffersMax {
		return nil, ErrBatch.About("%d products", len(ids))
	}
	b := &builder{}
	query := "SELECT " + summaryColumns + " FROM product p WHERE p.id IN (SELECT value FROM json_each(cast(" + b.arg(db.In(ids)) + " AS TEXT)))"
	page, err := summaries(tx, query, b.args)
	if err != nil {
		return nil, err
	}
	if state != StateAny { // In the WHERE it would have SQLite look through all that is on sale.
		page = slices.DeleteFunc(page, func(s Summary) bool { return s.State != StateOnSale })
	}
	at := make(map[ProductID]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	slices.SortFunc(page, func(a, b Summary) int { return at[a.ID] - at[b.ID] })
	return page, addVariants(tx, page)
}
