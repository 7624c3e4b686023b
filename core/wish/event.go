package wish

import (
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/seller"
)

// Kept says that somebody keeps a product.
type Kept struct {
	List      ListID            `json:"list"`
	Product   catalog.ProductID `json:"product"`
	Variant   catalog.VariantID `json:"variant,omitempty"`
	Seller    seller.ID         `json:"seller"`
	PriceSeen money.Money       `json:"price_seen,omitzero"`
	Source    string            `json:"source,omitempty"`
}

// Dropped says that a product was taken off a list, also where two lists that are joined had it both.
type Dropped struct {
	List      ListID            `json:"list"`
	Product   catalog.ProductID `json:"product"`
	Variant   catalog.VariantID `json:"variant,omitempty"`
	Seller    seller.ID         `json:"seller"`
	PriceSeen money.Money       `json:"price_seen,omitzero"`
}

// Joined says that a guest's list joined that of the party when its owner signed in. When it became the party's own, Into is
// the same one.
type Joined struct {
	List  ListID `json:"list"`
	Into  ListID `json:"into"`
	Party string `json:"party"`
}

// Lapsed says that a list is gone with all that was on it: nobody came back to it, or its owner has left.
type Lapsed struct {
	List ListID `json:"list"`
}

// The names of the facts are stored and never change.
func (Kept) Fact() string    { return "wish.kept" }
func (Dropped) Fact() string { return "wish.dropped" }
func (Joined) Fact() string  { return "wish.joined" }
func (Lapsed) Fact() string  { return "wish.lapsed" }

// Key orders the reactions to the facts of one list.
func (e Kept) Key() string    { return string(e.List) }
func (e Dropped) Key() string { return string(e.List) }
func (e Joined) Key() string  { return string(e.List) }
func (e Lapsed) Key() string  { return string(e.List) }
