package catalog

import "sauda/core/seller"

// ProductAdded states that a product exists.
type ProductAdded struct {
	Product ProductID `json:"product"`
	Seller  seller.ID `json:"seller"`
}

// ProductRevised states that fields of a product have other values now.
type ProductRevised struct {
	Product ProductID `json:"product"`
	Seller  seller.ID `json:"seller"`
	Version int64     `json:"version"`
	Fields  []string  `json:"fields"` // Fields are in the order of Changes: "name", "variants".
}

// ProductPutOnSale states that a product can be seen and ordered.
type ProductPutOnSale struct {
	Product ProductID `json:"product"`
	Seller  seller.ID `json:"seller"`
}

// ProductEnded states that a product cannot be ordered any more.
type ProductEnded struct {
	Product ProductID `json:"product"`
	Seller  seller.ID `json:"seller"`
}

// ProductsImported states what a set from another source has brought. It stands for a ProductAdded and a ProductRevised
// of every product that it names: one fact for a set, for a set is brought in one moment.
type ProductsImported struct {
	Seller  seller.ID   `json:"seller"`
	Added   []ProductID `json:"added"`
	Changed []ProductID `json:"changed"`
}

// CategoryChanged states that the tree of categories is another: one was added, renamed, moved or removed, or asks for
// other attributes.
type CategoryChanged struct {
	Category CategoryID `json:"category"`
	What     string     `json:"what"` // What is "added", "renamed", "moved", "removed" or "attributes".
}

// Fact names the event.
func (ProductAdded) Fact() string     { return "catalog.product_added" }
func (ProductRevised) Fact() string   { return "catalog.product_revised" }
func (ProductPutOnSale) Fact() string { return "catalog.product_put_on_sale" }
func (ProductEnded) Fact() string     { return "catalog.product_ended" }
func (ProductsImported) Fact() string { return "catalog.products_imported" }
func (CategoryChanged) Fact() string  { return "catalog.category_changed" }

// Key orders the reactions to the facts of one product, of one seller's imports, and of the tree.
func (e ProductAdded) Key() string     { return string(e.Product) }
func (e ProductRevised) Key() string   { return string(e.Product) }
func (e ProductPutOnSale) Key() string { return string(e.Product) }
func (e ProductEnded) Key() string     { return string(e.Product) }
func (e ProductsImported) Key() string { return string(e.Seller) }
func (e CategoryChanged) Key() string  { return "categories" }
