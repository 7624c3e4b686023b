// Package pricing knows what something costs: price lists in the store, and the quote, every number of a purchase with
// its reason, as a pure function of (draft, catalogue, prices, sellers, taxes, day).
//
// It does not know baskets (cart), rates (tax), or what delivery costs (shipping): they come in from outside. Price talks
// to nobody, not even to the store: the same draft under the same conditions is the same quote, today and in a dispute
// years later.
//
//	list price ▸ subtotal ▸ line adjustments ▸ order adjustments ▸ tax ▸ delivery ▸ total ▸ tenders ▸ due
package pricing

import (
	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/core/tax"
)

// Draft is a purchase before its numbers are known.
type Draft struct {
	Currency    money.Currency
	Day         span.Day // Day is the day of the turnover: it chooses prices and rates.
	Group       string   // Group is the buyer's customer group; empty is everybody.
	Lines       []DraftLine
	Destination place.Address // Destination may be empty as long as the buyer has not said it.
	Delivery    []Delivery    // Delivery is one for each seller, or none yet.
}

// DraftLine is one variant and how much of it.
type DraftLine struct {
	Line     string // Line names the line; it is unique in the draft.
	Variant  catalog.VariantID
	Quantity measure.Quantity
	Answers  map[string]string // Answers are those to the questions of a thing that is made to order, or what was chosen of a service.
}

// Delivery is the chosen way of delivery of one seller's goods, at its price.
type Delivery struct {
	Method   string
	Name     text.Localized
	Amount   money.Money
	TaxClass tax.Class // TaxClass is tax.Standard when it is empty.
	Seller   seller.ID
}

// Conditions are all that a quote depends on beside the draft.
type Conditions struct {
	Offers   map[catalog.VariantID]catalog.Offer
	Prices   Prices
	Sellers  map[seller.ID]seller.Seller
	Services map[string]Service // Services are what was chosen of services, by what it is called.
	Taxes    tax.Table
	Policies tax.Policies // Policies are tax.Stated() when they are nil.
	Adjust   []Adjuster   // Adjust is where promotions enter, in phases.
}

// Quote is every number of a purchase. Each sum in it can be added up again from its parts.
type Quote struct {
	Currency      money.Currency
	Day           span.Day
	Lines         []QuoteLine   // Lines are in the order of the draft.
	Bundles       []QuoteBundle `json:",omitempty"` // Bundles are those of which lines are parts.
	Delivery      []QuoteDelivery
	Taxes         []TaxSum    // Taxes are by seller and rate; their amounts add up to TaxTotal.
	Goods         money.Money // Goods is the sum of the lines, tax included.
	DeliveryTotal money.Money
	Discount      money.Money // Discount is all that was taken off lines and delivery. It is in Goods and DeliveryTotal already.
	TaxTotal      money.Money
	Total         money.Money // Total is Goods + DeliveryTotal: what the purchase costs.
	Tenders       []Tender    // Tenders are what pays a part of the total beside the payment, such as a gift card.
	Due           money.Money // Due is Total without the tenders: what is left to pay.
}

// QuoteLine is one line with its numbers and why they are so.
type QuoteLine struct {
	Line      string
	Bundle    string `json:",omitempty"` // Bundle is the bundle of which it is a part.
	Variant   catalog.VariantID
	Product   catalog.ProductID
	Seller    seller.ID
	SKU       string
	Name      text.Localized
	Label     text.Localized
	Unit      measure.Unit
	Quantity  measure.Quantity
	Digital   *catalog.Digital `json:",omitempty"` // Digital is on which terms it is fetched; nil for what is delivered.
	Service   *ServiceRef      `json:",omitempty"` // Service is what was chosen of a service; Label says it in words.
	Made      *MadeTerms       `json:",omitempty"` // Made is on which terms it is made to order; nil for what is not.
	Answers   []catalog.Answer `json:",omitempty"` // Answers are by what it is made, when it is made to order.
	UnitPrice money.Money
	Subtotal  money.Money // Subtotal is the unit price times the quantity.
	Discount  money.Money // Discount is what was taken off the subtotal.
	Tax       TaxLine
	Total     money.Money // Total is what the line costs, tax included: Tax.Net + Tax.Amount.
	Reasons   []Reason
}

// MadeTerms are what is promised of a thing that is made to order.
type MadeTerms struct {
	Days int `json:"days"` // Days is in how many days it is made, before it can be sent.
	// Ref is what the seller has named as its price, and Price that price as a whole: the line may be only its deposit.
	Ref   string      `json:"ref,omitempty"`
	Price money.Money `json:"price,omitzero"`
}

// QuoteDelivery is the delivery of one seller's goods with its numbers and why they are so.
type QuoteDelivery struct {
	Method   string
	Name     text.Localized
	Seller   seller.ID
	Price    money.Money // Price is before anything was taken off.
	Discount money.Money
	Tax      TaxLine
	Total    money.Money
	Reasons  []Reason
}

// TaxLine is the tax of a line or of a delivery.
type TaxLine struct {
	Class     tax.Class
	Rate      money.Rate
	Mark      string // Mark is said in place of the rate: "", or tax.WithoutVAT.
	Clause    string
	Net       money.Money
	Amount    money.Money
	Inclusive bool // Inclusive says that the price contained the tax.
}

// TaxSum is the tax of one seller at one rate.
type TaxSum struct {
	Seller  seller.ID
	Country place.Country
	Regime  string
	Class   tax.Class
	Rate    money.Rate
	Mark    string
	Clause  string
	Net     money.Money
	Amount  money.Money
	Gross   money.Money
}

// Tender pays a part of the total and changes no price and no tax.
type Tender struct {
	Amount money.Money
	Reason Reason
}

// Faults of quotes.
var (
	ErrInvalid    = fault.New(fault.Invalid, "pricing.invalid", "Correct the marked fields.")
	ErrNotForSale = fault.New(fault.Conflict, "pricing.not_for_sale", "This product is not sold any more. Take it out of the basket.")
	ErrNoPrice    = fault.New(fault.Conflict, "pricing.no_price", "This product has no price for this quantity at present. Ask the seller, or take it out of the basket.")
	ErrNoRegime   = fault.New(fault.Conflict, "pricing.no_regime", "The seller's tax regime on this day is not known. Enter it for the seller first.")
	ErrAdjustment = fault.New(fault.Internal, "pricing.adjustment", "A promotion took off more than there is. Please tell us; the order was not placed.")
)
