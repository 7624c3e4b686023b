package order

import (
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
)

// About is what every fact of an order says, so that nobody has to ask again whose it is and whom to write to.
type About struct {
	Order   ID        `json:"order"`
	Code    string    `json:"code"`
	Cart    string    `json:"cart"`
	Seller  seller.ID `json:"seller"`
	Party   string    `json:"party,omitempty"`
	Name    string    `json:"name,omitempty"`
	Email   string    `json:"email,omitempty"`
	Lang    string    `json:"lang"`
	Payment string    `json:"payment,omitempty"`
	Method  string    `json:"method,omitempty"`
	State   State     `json:"state"` // State is the one after the fact.
}

// Key keeps the facts of one order in their order.
func (a About) Key() string { return string(a.Order) }

// SoldBy is the seller of the order.
func (a About) SoldBy() seller.ID { return a.Seller }

// Moved is a part of a line that something happened to, and what it is worth.
type Moved struct {
	Line     string            `json:"line"`
	Variant  catalog.VariantID `json:"variant"`
	Seller   seller.ID         `json:"seller"`
	Quantity measure.Quantity  `json:"quantity"`
	Worth    Worth             `json:"worth"`
}

// Placed says that a contract came to be.
type Placed struct {
	About
	Total    money.Money    `json:"total"`
	Lines    []Moved        `json:"lines"`
	Delivery text.Localized `json:"delivery,omitempty"` // Delivery is the name of how the goods come.
	Country  place.Country  `json:"country,omitempty"`  // Country is where they go.
	Made     bool           `json:"made,omitempty"`     // Made says that some of it is made to order.
}

// Numbered says that the order has its document number.
type Numbered struct {
	About
	Number string `json:"number"`
}

// Cancelled says that the order ended before anything of it reached the buyer. Lines are what this cancellation took away; Amount
// is their worth and the delivery together.
type Cancelled struct {
	About
	Ref      string      `json:"ref"` // Ref names this cancellation.
	Reason   string      `json:"reason,omitempty"`
	Lines    []Moved     `json:"lines"`
	Delivery Worth       `json:"delivery"`
	Amount   money.Money `json:"amount"`
}

// LinesCancelled says that some of the order will not come, and the rest will.
type LinesCancelled struct {
	About
	Ref    string      `json:"ref"`
	Reason string      `json:"reason,omitempty"`
	Lines  []Moved     `json:"lines"`
	Amount money.Money `json:"amount"`
}

// Packed says that some of the order lies in a parcel.
type Packed struct {
	About
	Shipment string  `json:"shipment"`
	Lines    []Moved `json:"lines"`
}

// Unpacked says that some of the order lies in no parcel any more: it was called off before it left.
type Unpacked struct {
	About
	Shipment string  `json:"shipment,omitempty"`
	Reason   string  `json:"reason,omitempty"`
	Lines    []Moved `json:"lines"`
}

// HandedOver says that a parcel left with its carrier.
type HandedOver struct {
	About
	Shipment string  `json:"shipment"`
	Lines    []Moved `json:"lines"`
}

// Delivered says that a parcel reached the buyer.
type Delivered struct {
	About
	Shipment string  `json:"shipment"`
	Lines    []Moved `json:"lines"`
}

// CameBack says that a parcel did not reach the buyer and is back at the seller. Its parts wait to be packed again or
// cancelled.
type CameBack struct {
	About
	Shipment string  `json:"shipment"`
	Lines    []Moved `json:"lines"`
}

// WentOn says that a parcel of which it was told that it had come back is on its way to the buyer after all.
type WentOn struct {
	About
	Shipment string  `json:"shipment"`
	Lines    []Moved `json:"lines"`
}

// Returned says that goods came back to the seller.
type Returned struct {
	About
	Ref    string      `json:"ref"`
	Reason string      `json:"reason,omitempty"`
	Lines  []Moved     `json:"lines"`
	Amount money.Money `json:"amount"`
}

// Refunded says that money for the order went back to the buyer.
type Refunded struct {
	About
	Ref    string      `json:"ref"`
	Reason string      `json:"reason,omitempty"`
	Amount money.Money `json:"amount"`
}

// Fact names the fact.
func (Placed) Fact() string { return "order.placed" }

// Fact names the fact.
func (Numbered) Fact() string { return "order.numbered" }

// Fact names the fact.
func (Cancelled) Fact() string { return "order.cancelled" }

// Fact names the fact.
func (LinesCancelled) Fact() string { return "order.lines_cancelled" }

// Fact names the fact.
func (Packed) Fact() string { return "order.packed" }

// Fact names the fact.
func (Unpacked) Fact() string { return "order.unpacked" }

// Fact names the fact.
func (HandedOver) Fact() string { return "order.handed_over" }

// Fact names the fact.
func (Delivered) Fact() string { return "order.delivered" }

// Fact names the fact.
func (CameBack) Fact() string { return "order.came_back" }

// Fact names the fact.
func (WentOn) Fact() string { return "order.went_on" }

// Fact names the fact.
func (Returned) Fact() string { return "order.returned" }

// Fact names the fact.
func (Refunded) Fact() string { return "order.refunded" }
