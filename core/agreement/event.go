package agreement

import (
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
)

// PlanSet states how a product can be had again and again, or that it cannot any more.
type PlanSet struct {
	Product catalog.ProductID `json:"product"`
	Seller  string            `json:"seller"`
	Offered bool              `json:"offered"`
}

// About says which agreement a fact is about.
type About struct {
	Agreement ID     `json:"agreement"`
	Party     string `json:"party"`
	Seller    string `json:"seller"`
	Version   int64  `json:"version"` // Version is that of the agreement: no fact of a kind has the same one twice.
}

// Begun states that the first order of an agreement was placed.
type Begun struct {
	About
	Order string   `json:"order"`
	Every Every    `json:"every"`
	Next  span.Day `json:"next"`
}

// Foretold states that the buyer is to be told of the next order.
type Foretold struct {
	About
	Seq    int64       `json:"seq"`
	Day    span.Day    `json:"day"`
	Amount money.Money `json:"amount"` // Amount is what it costs without delivery.
	NoCard bool        `json:"no_card,omitempty"`
}

// PriceAsked states that a higher price waits for the buyer's word.
type PriceAsked struct {
	About
	Seq int64       `json:"seq"`
	Day span.Day    `json:"day"`
	Was money.Money `json:"was"`
	Now money.Money `json:"now"`
}

// Renewed states that a period was ordered.
type Renewed struct {
	About
	Seq   int64    `json:"seq"`
	Order string   `json:"order"`
	Next  span.Day `json:"next"`
}

// Failed states that the payment of a period has failed, and when it is tried again; no day says that only another card helps.
type Failed struct {
	About
	Seq   int64    `json:"seq"`
	Try   int      `json:"try"`
	Why   string   `json:"why"`
	Again span.Day `json:"again,omitzero"`
	Until span.Day `json:"until"` // Until is when it ends when nothing is paid.
}

// Skipped states that a period is passed over, and why: the buyer wanted so, it was sold out, or the shop could not make the
// order.
type Skipped struct {
	About
	Seq  int64    `json:"seq"`
	Day  span.Day `json:"day"`
	Why  string   `json:"why"`
	Next span.Day `json:"next"`
}

// Lacked states that a period waits, and why: it is sold out, or the shop cannot make the order.
type Lacked struct {
	About
	Seq  int64    `json:"seq"`
	Day  span.Day `json:"day"`
	Why  string   `json:"why"`
	Code string   `json:"code"` // Code is that of the shop's fault.
}

// Paused states that nothing is ordered for a while, and why.
type Paused struct {
	About
	Why   string   `json:"why"`
	Until span.Day `json:"until,omitzero"`
}

// Resumed states that orders go on.
type Resumed struct {
	About
	Next span.Day `json:"next"`
}

// Changed states that the buyer has changed what comes, when, where or how it is paid.
type Changed struct {
	About
	What string `json:"what"`
}

// Ended states that nothing is ordered any more, and why.
type Ended struct {
	About
	Why string `json:"why"`
}

// Why something was skipped, paused or ended.
const (
	WhyBuyer   = "buyer"
	WhyLacking = "sold_out"
	WhyShop    = "shop" // WhyShop says that the shop could not make the order.
	WhyPrice   = "price"
	WhyUnpaid  = "unpaid"
	WhyOver    = "not_sold" // WhyOver says that it is not sold any more.
	WhyLeft    = "account_erased"
)

// Fact names the fact.
func (PlanSet) Fact() string    { return "agreement.plan_set" }
func (Begun) Fact() string      { return "agreement.begun" }
func (Foretold) Fact() string   { return "agreement.foretold" }
func (PriceAsked) Fact() string { return "agreement.price_asked" }
func (Renewed) Fact() string    { return "agreement.renewed" }
func (Failed) Fact() string     { return "agreement.failed" }
func (Skipped) Fact() string    { return "agreement.skipped" }
func (Lacked) Fact() string     { return "agreement.lacked" }
func (Paused) Fact() string     { return "agreement.paused" }
func (Resumed) Fact() string    { return "agreement.resumed" }
func (Changed) Fact() string    { return "agreement.changed" }
func (Ended) Fact() string      { return "agreement.ended" }

// Key keeps the facts of one agreement in their order.
func (a About) Key() string   { return string(a.Agreement) }
func (p PlanSet) Key() string { return string(p.Product) }
