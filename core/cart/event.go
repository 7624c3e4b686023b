package cart

import (
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/core/catalog"
	"sauda/core/seller"
)

// Opened says that a basket was opened.
type Opened struct {
	Cart     ID             `json:"cart"`
	Guest    bool           `json:"guest"`
	Currency money.Currency `json:"currency"`
	Lang     string         `json:"lang"`
	Consent  Consent        `json:"consent"`
}

// Added says that something was put into a basket. Quantity is what was added, Total what the line holds now.
type Added struct {
	Cart      ID                `json:"cart"`
	Line      LineID            `json:"line"`
	Variant   catalog.VariantID `json:"variant"`
	Product   catalog.ProductID `json:"product"`
	Seller    seller.ID         `json:"seller"`
	Quantity  measure.Quantity  `json:"quantity"`
	Total     measure.Quantity  `json:"total"`
	PriceSeen money.Money       `json:"price_seen,omitzero"`
	Source    string            `json:"source,omitempty"`
}

// QuantityChanged says that a line holds more or less than before.
type QuantityChanged struct {
	Cart      ID                `json:"cart"`
	Line      LineID            `json:"line"`
	Variant   catalog.VariantID `json:"variant"`
	Seller    seller.ID         `json:"seller"`
	From      measure.Quantity  `json:"from"`
	To        measure.Quantity  `json:"to"`
	PriceSeen money.Money       `json:"price_seen,omitzero"`
}

// Removed says that a line was taken out.
type Removed struct {
	Cart      ID                `json:"cart"`
	Line      LineID            `json:"line"`
	Variant   catalog.VariantID `json:"variant"`
	Seller    seller.ID         `json:"seller"`
	Quantity  measure.Quantity  `json:"quantity"`
	PriceSeen money.Money       `json:"price_seen,omitzero"`
}

// AddressSet says in which city the goods shall go. It keeps no street and no name.
type AddressSet struct {
	Cart    ID            `json:"cart"`
	Country place.Country `json:"country"`
	Region  place.Region  `json:"region,omitempty"`
	City    string        `json:"city"`
}

// ContactSet says that the buyer can be reached, not how.
type ContactSet struct {
	Cart  ID   `json:"cart"`
	Email bool `json:"email"`
	Phone bool `json:"phone"`
}

// DeliveryChosen says how the goods of a seller shall come.
type DeliveryChosen struct {
	Cart ID `json:"cart"`
	Choice
}

// ConsentChanged says what the buyer allows from now on.
type ConsentChanged struct {
	Cart    ID      `json:"cart"`
	Consent Consent `json:"consent"`
}

// CouponEntered says that a code was entered, CouponWithdrawn that it was taken out again.
type (
	CouponEntered struct {
		Cart ID     `json:"cart"`
		Code string `json:"code"`
	}
	CouponWithdrawn struct {
		Cart ID     `json:"cart"`
		Code string `json:"code"`
	}
)

// GiftLaid says that a gift certificate shall pay; without one, that none shall any more.
type GiftLaid struct {
	Cart ID     `json:"cart"`
	Gift string `json:"gift,omitempty"`
}

// Merged says that a guest's basket joined another when its owner signed in. When it became the party's own basket, Into
// is the same one.
type Merged struct {
	Cart  ID     `json:"cart"`
	Into  ID     `json:"into"`
	Party string `json:"party"`
}

// Ordered says what a basket became.
type Ordered struct {
	Cart  ID     `json:"cart"`
	Order string `json:"order"`
}

// Lapsed says that nobody came back to a basket.
type Lapsed struct {
	Cart ID `json:"cart"`
}

// Fact names the fact.
func (Opened) Fact() string          { return "cart.opened" }
func (Added) Fact() string           { return "cart.added" }
func (QuantityChanged) Fact() string { return "cart.quantity_changed" }
func (Removed) Fact() string         { return "cart.removed" }
func (AddressSet) Fact() string      { return "cart.address_set" }
func (ContactSet) Fact() string      { return "cart.contact_set" }
func (DeliveryChosen) Fact() string  { return "cart.delivery_chosen" }
func (ConsentChanged) Fact() string  { return "cart.consent_changed" }
func (CouponEntered) Fact() string   { return "cart.coupon_entered" }
func (CouponWithdrawn) Fact() string { return "cart.coupon_withdrawn" }
func (GiftLaid) Fact() string        { return "cart.gift_laid" }
func (Merged) Fact() string          { return "cart.merged" }
func (Ordered) Fact() string         { return "cart.ordered" }
func (Lapsed) Fact() string          { return "cart.lapsed" }

// Key orders the reactions to the facts of one basket.
func (e Opened) Key() string          { return string(e.Cart) }
func (e Added) Key() string           { return string(e.Cart) }
func (e QuantityChanged) Key() string { return string(e.Cart) }
func (e Removed) Key() string         { return string(e.Cart) }
func (e AddressSet) Key() string      { return string(e.Cart) }
func (e ContactSet) Key() string      { return string(e.Cart) }
func (e DeliveryChosen) Key() string  { return string(e.Cart) }
func (e ConsentChanged) Key() string  { return string(e.Cart) }
func (e CouponEntered) Key() string   { return string(e.Cart) }
func (e CouponWithdrawn) Key() string { return string(e.Cart) }
func (e GiftLaid) Key() string        { return string(e.Cart) }
func (e Merged) Key() string          { return string(e.Cart) }
func (e Ordered) Key() string         { return string(e.Cart) }
func (e Lapsed) Key() string          { return string(e.Cart) }
