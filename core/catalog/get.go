package catalog

import (
	"database/sql"
	"errors"

	"sauda/base/measure"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog/catalogdb"
	"sauda/core/seller"
	"sauda/core/tax"
	"sauda/gear/db"
)

// Get gives a product in any state with its variants, in two statements, or ErrUnknown. Who may see a draft is the
// face's to say.
func Get(tx *db.Tx, id ProductID) (Product, error) {
	p, _, err := load(tx, id)
	return p, err
}

// EverOf gives the variants that a product has or ever had: what was bought once is known by them for good.
func EverOf(tx *db.Tx, id ProductID) ([]VariantID, error) {
	rows, err := catalogdb.New(tx).VariantsEver(tx.Context(), string(id))
	ids := make([]VariantID, len(rows))
	for i, v := range rows {
		ids[i] = VariantID(v)
	}
	return ids, err
}

// ByExternalID gives the id of the product that was imported from this id of its source, or ErrUnknown.
func ByExternalID(tx *db.Tx, owner seller.ID, externalID string) (ProductID, error) {
	id, err := catalogdb.New(tx).ProductByExternalID(tx.Context(), catalogdb.ProductByExternalIDParams{
		Seller: string(owner), ExternalID: externalID})
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrUnknown.About("external id %.60q", externalID)
	}
	return ProductID(id), err
}

func load(tx *db.Tx, id ProductID) (Product, catalogdb.Product, error) {
	q := catalogdb.New(tx)
	stored, err := q.Product(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return Product{}, stored, ErrUnknown.About("%.60s", string(id))
	}
	if err != nil {
		return Product{}, stored, err
	}
	p, err := productOf(stored)
	if err != nil {
		return Product{}, stored, err
	}
	variants, err := q.Variants(tx.Context(), string(id))
	if err != nil {
		return Product{}, stored, err
	}
	for _, r := range variants {
		v, err := variantOf(r)
		if err != nil {
			return Product{}, stored, err
		}
		p.Variants = append(p.Variants, v)
	}
	return p, stored, nil
}

// Detailed is a product and the way to it from the root of the tree.
type Detailed struct {
	Product
	Trail       []Category   // Trail begins with the root and ends with the product's category.
	Definitions []Definition // Definitions are what its category asks for.
}

// Group is attributes under one heading.
type Group struct {
	Heading    text.Localized // Heading is empty for those that stand under none.
	Attributes []Attribute
}

// Groups gives the attributes in the order of their definitions, those with one heading together. What no definition asks
// for stands under no heading, after what is asked for under none.
func (d Detailed) Groups() []Group {
	groups, at := []Group{{}}, map[string]int{"{}": 0}
	put := func(heading text.Localized, a Attribute) {
		key := heading.String()
		i, known := at[key]
		if !known {
			i = len(groups)
			at[key], groups = i, append(groups, Group{Heading: heading})
		}
		groups[i].Attributes = append(groups[i].Attributes, a)
	}
	asked := make(map[string]bool, len(d.Definitions))
	for _, x := range d.Definitions {
		asked[x.Code] = true
		for _, a := range d.Attributes {
			if a.Code == x.Code {
				put(x.Heading, a)
			}
		}
	}
	for _, a := range d.Attributes {
		if !asked[a.Code] {
			put(nil, a)
		}
	}
	if len(groups[0].Attributes) == 0 {
		groups = groups[1:]
	}
	return groups
}

// Detail gives all that the page of a product shows, in three statements, or ErrUnknown. Attributes have the labels that
// their categories give them.
func Detail(tx *db.Tx, id ProductID) (Detailed, error) {
	p, err := Get(tx, id)
	if err != nil || p.Category == "" {
		return Detailed{Product: p}, err
	}
	trail, definitions, err := definedTrail(tx, p.Category)
	p.Attributes = labelled(p.Attributes, definitions)
	return Detailed{Product: p, Trail: trail, Definitions: definitions}, err
}

// Offers gives what a basket and a quote need of these variants, in one statement. One that is not known is left out; one
// that was dropped or whose product is not on sale is there and not ForSale.
func Offers(tx *db.Tx, ids []VariantID) (map[VariantID]Offer, error) {
	if len(ids) > OffersMax {
		return nil, ErrBatch.About("%d offers", len(ids))
	}
	offers := make(map[VariantID]Offer, len(ids))
	if len(ids) == 0 {
		return offers, nil
	}
	rows, err := catalogdb.New(tx).Offers(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		o, err := offerOf(r)
		if err != nil {
			return nil, err
		}
		offers[o.Variant] = o
	}
	return offers, nil
}

func offerOf(r catalogdb.OffersRow) (Offer, error) {
	o := Offer{Variant: VariantID(r.ID), Product: ProductID(r.Product), Seller: seller.ID(r.Seller), SKU: r.SKU,
		Slug: r.Slug, Unit: measure.Unit(r.Unit), TaxClass: tax.Class(r.TaxClass), Mass: measure.Mass(r.Mass),
		Size: measure.Size{Length: r.Length, Width: r.Width, Height: r.Height}, GTIN: r.GTIN, NTIN: r.NTIN, HS: r.HS,
		Origin: place.Country(r.Origin), Proof: Grade(r.Proof), State: State(r.State), Tracking: Tracking(r.Tracking),
		Category: CategoryID(r.Category), Brand: r.Brand}
	if r.Dropped != 0 {
		o.State = StateEnded
	}
	d := decoder{of: r.ID}
	d.text(r.Name, &o.Name)
	d.text(r.Label, &o.Label)
	d.json(r.Kind, &o.Kind)
	if o.Kind != (Kind{}) { // Nothing of it lies on a shelf, whatever was counted before.
		o.Tracking = Untracked
	}
	o.Cover = d.cover(r.Cover)
	return o, d.err
}

// Side gives products side by side, in the order of their ids, with what their categories ask for, in three statements.
// What is not known is left out; the trails are not read.
func Side(tx *db.Tx, ids []ProductID) ([]Detailed, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	products, err := Some(tx, names)
	if err != nil {
		return nil, err
	}
	categories := map[string]bool{}
	for _, p := range products {
		categories[string(p.Category)] = true
	}
	definitions, err := definitionsAbove(tx, categories)
	if err != nil {
		return nil, err
	}
	var side []Detailed
	for _, id := range ids {
		for _, p := range products {
			if p.ID == id {
				p.Attributes = labelled(p.Attributes, definitions[p.Category])
				side = append(side, Detailed{Product: p, Definitions: definitions[p.Category]})
			}
		}
	}
	return side, nil
}

// OfSKU gives the variants of a seller that have these SKUs, by SKU. One that is not known is left out.
func OfSKU(tx *db.Tx, owner seller.ID, skus []string) (map[string]VariantID, error) {
	rows, err := catalogdb.New(tx).VariantsOfSKU(tx.Context(), catalogdb.VariantsOfSKUParams{Seller: string(owner), Skus: db.In(skus)})
	if err != nil {
		return nil, err
	}
	found := make(map[string]VariantID, len(rows))
	for _, r := range rows {
		found[r.SKU] = VariantID(r.ID)
	}
	return found, nil
}

// BySKU gives the products of a seller that have these SKUs, or had one that was dropped, by SKU. One that is not known is left
// out.
func BySKU(tx *db.Tx, owner seller.ID, skus []string) (map[string]ProductID, error) {
	rows, err := catalogdb.New(tx).VariantsOfSKU(tx.Context(), catalogdb.VariantsOfSKUParams{Seller: string(owner), Skus: db.In(skus)})
	if err != nil {
		return nil, err
	}
	found := make(map[string]ProductID, len(rows))
	for _, r := range rows {
		found[r.SKU] = ProductID(r.Product)
	}
	return found, nil
}
