package payment

import (
	"time"

	"sauda/base/money"
)

// Stated is what every fact of a payment says: which one, whose, and how much moved this time. Total is the total of its
// kind after that; payment, kind and total together never come twice.
type Stated struct {
	Payment ID          `json:"payment"`
	Cart    string      `json:"cart"`
	Order   string      `json:"order,omitempty"`
	Seller  string      `json:"seller"`
	Method  Code        `json:"method"`
	Gateway string      `json:"gateway,omitempty"`
	Amount  money.Money `json:"amount"`
	Total   money.Money `json:"total"`
}

// Key keeps the facts of one payment in their order.
func (s Stated) Key() string { return string(s.Payment) }

// MethodOffered says that a method is offered, or is not offered any more, in a country and a currency.
type MethodOffered struct {
	Code     Code           `json:"code"`
	Country  string         `json:"country,omitempty"`
	Currency money.Currency `json:"currency"`
	Offered  bool           `json:"offered"`
}

// Fact names the fact.
func (MethodOffered) Fact() string { return "payment.method_offered" }

// Key keeps the facts of one method in their order.
func (m MethodOffered) Key() string { return string(m.Code) }

// Authorized says that money was promised.
type Authorized struct{ Stated }

// Captured says that money was taken.
type Captured struct{ Stated }

// Voided says that a promise was given up.
type Voided struct{ Stated }

// Refunded says that money was given back.
type Refunded struct{ Stated }

// Declined says that no money will come from this try.
type Declined struct {
	Stated
	Reason string `json:"reason,omitempty"`
}

// CardKept says that a buyer keeps a card, and when he agreed to that: it is the proof. One that is kept already is kept
// once more when he agrees anew.
type CardKept struct {
	Card    CardID    `json:"card"`
	Party   string    `json:"party"`
	Seller  string    `json:"seller"`
	Gateway string    `json:"gateway"`
	Agreed  time.Time `json:"agreed"`
}

// CardTaken says that a buyer keeps a card no longer.
type CardTaken struct {
	Card      CardID `json:"card"`
	Party     string `json:"party"`
	ByGateway bool   `json:"by_gateway,omitempty"` // ByGateway says that the gateway has forgotten it by itself.
}

// Fact names the fact.
func (CardKept) Fact() string { return "payment.card_kept" }

// Key keeps the facts about the cards of one buyer in their order.
func (c CardKept) Key() string { return c.Party }

// Fact names the fact.
func (CardTaken) Fact() string { return "payment.card_taken" }

// Key keeps the facts about the cards of one buyer in their order.
func (c CardTaken) Key() string { return c.Party }

// Fact names the fact.
func (Authorized) Fact() string { return "payment.authorized" }

// Fact names the fact.
func (Captured) Fact() string { return "payment.captured" }

// Fact names the fact.
func (Voided) Fact() string { return "payment.voided" }

// Fact names the fact.
func (Refunded) Fact() string { return "payment.refunded" }

// Fact names the fact.
func (Declined) Fact() string { return "payment.declined" }
