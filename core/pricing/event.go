package pricing

import (
	"sauda/core/catalog"
	"sauda/core/seller"
)

// ListAdded states that there is a new price list.
type ListAdded struct {
	List   ListID    `json:"list"`
	Seller seller.ID `json:"seller"`
}

// ListEnded states that a price list does not count any more.
type ListEnded struct {
	List   ListID    `json:"list"`
	Seller seller.ID `json:"seller"`
}

// PricesSet states that these variants have other prices in a list: one fact for all that were set together.
type PricesSet struct {
	List     ListID              `json:"list"`
	Seller   seller.ID           `json:"seller"`
	Variants []catalog.VariantID `json:"variants"`
}

// PricesWithdrawn states that these variants have no price in a list any more.
type PricesWithdrawn struct {
	List     ListID              `json:"list"`
	Seller   seller.ID           `json:"seller"`
	Variants []catalog.VariantID `json:"variants"`
}

// Fact names the event.
func (ListAdded) Fact() string       { return "pricing.list_added" }
func (ListEnded) Fact() string       { return "pricing.list_ended" }
func (PricesSet) Fact() string       { return "pricing.prices_set" }
func (PricesWithdrawn) Fact() string { return "pricing.prices_withdrawn" }

// Key orders the reactions to the facts of one list.
func (e ListAdded) Key() string       { return string(e.List) }
func (e ListEnded) Key() string       { return string(e.List) }
func (e PricesSet) Key() string       { return string(e.List) }
func (e PricesWithdrawn) Key() string { return string(e.List) }
