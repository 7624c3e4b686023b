// Package payment is money on its way from a buyer: asked for, promised, taken, given back.
//
// It knows the methods that are offered, one record for each try to pay, and what a gateway said about it. It does not
// know carts and orders (their ids are opaque here), nor who earns what: that is the ledger's. It never sees a card
// number: the gateway's own page turns a card into a token.
//
// What a gateway says comes as a Result with totals that only grow. Note joins it to the record total by total, so a
// message that comes twice, late or out of order never moves a payment backwards.
//
//	               ┌──▶ declined
//	begun ─▶ challenged ─▶ authorized ─▶ partly captured ─▶ captured ─▶ partly refunded ─▶ refunded
//	   └───────────────────────▲ └──▶ voided
package payment

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of payments.
var Schema = db.Schema{Name: "payment", Files: schemaFiles}

// Faults of payments.
var (
	ErrUnknown    = fault.New(fault.Missing, "payment.unknown", "There is no such payment. Check its number.")
	ErrMethod     = fault.New(fault.Invalid, "payment.method", "Choose one of the payment methods that are offered for this purchase.")
	ErrAmount     = fault.New(fault.Invalid, "payment.amount", "Give an amount above zero.")
	ErrDeclined   = fault.New(fault.Conflict, "payment.declined", "The bank declined the payment. Try another card or another payment method.")
	ErrNoFunds    = fault.New(fault.Conflict, "payment.no_funds", "There is not enough money on the card. Try another card or another payment method.")
	ErrCancelled  = fault.New(fault.Conflict, "payment.cancelled", "The payment was not confirmed, and nothing was taken. Try again or choose another payment method.")
	ErrToken      = fault.New(fault.Invalid, "payment.token", "The card has to be entered again: what was sent can be used once and for a short time.")
	ErrOver       = fault.New(fault.Conflict, "payment.over", "This is more than is left of the payment. Choose a smaller amount.")
	ErrSettled    = fault.New(fault.Conflict, "payment.settled", "This payment cannot be changed any more: look at its state.")
	ErrNoAnswer   = fault.New(fault.Unavailable, "payment.no_answer", "The bank has not answered yet. Nothing is lost: we ask again by ourselves.")
	ErrRefused    = fault.New(fault.Internal, "payment.refused", "The payment gateway does not accept what we sent. Please choose another payment method; we will look at it.")
	ErrForged     = fault.New(fault.Unauthenticated, "payment.forged", "The signature of this message is not right. Sign the timestamp and the body with the shared secret, and send it within five minutes.")
	ErrEvent      = fault.New(fault.Malformed, "payment.event", "This message is not one that a gateway sends. Check its form.")
	ErrNoCard     = fault.New(fault.Missing, "payment.unknown_card", "There is no such card among those that you keep. Look at the list again, or enter a card.")
	ErrCardGone   = fault.New(fault.Conflict, "payment.card_gone", "The bank does not know this card any more, so we have removed it from your cards. Nothing was taken: choose another card or enter one.")
	ErrContradict = fault.New(fault.Conflict, "payment.contradiction", "What the gateway says does not fit this payment. Look at both and settle it by hand.")
)

// ID names one try to pay.
type ID string

// Payment is one try to pay for one cart.
type Payment struct {
	ID      ID
	Cart    string
	Order   string // Order is empty until the order is placed.
	Seller  string
	Party   string // Party is empty for a guest.
	Method  Code
	Gateway string // Gateway is empty when no gateway takes part.
	Ref     string // Ref is the gateway's own name for the payment; empty until it answered.
	Amount  money.Money

	// Totals that only grow.
	Authorized money.Money
	Captured   money.Money
	Voided     money.Money // Voided was authorized and will not be captured.
	Refunded   money.Money

	Declined bool      // Declined was said by the gateway, or by the buyer who did not confirm.
	Reason   string    // Reason is the gateway's code for a decline.
	Next     NextStep  // Next is what the buyer was asked to do, if anything.
	At       time.Time // At is when it began.
	Changed  time.Time // Changed is when something was last noted.
}

// State says in one word where a payment stands. It is computed and never stored.
type State string

// The states of a payment, in their order.
const (
	StateBegun          State = "begun"
	StateChallenged     State = "challenged"
	StateDeclined       State = "declined"
	StateAuthorized     State = "authorized"
	StateVoided         State = "voided"
	StatePartlyCaptured State = "partly_captured"
	StateCaptured       State = "captured"
	StatePartlyRefunded State = "partly_refunded"
	StateRefunded       State = "refunded"
)

// State computes where the payment stands. Money weighs more than words: what was authorized is not declined.
func (p Payment) State() State {
	switch authorized, captured := p.Authorized.Minor, p.Captured.Minor; {
	case captured > 0 && p.Refunded.Minor == captured:
		return StateRefunded
	case p.Refunded.Minor > 0:
		return StatePartlyRefunded
	case captured > 0 && captured < authorized-p.Voided.Minor:
		return StatePartlyCaptured
	case captured > 0:
		return StateCaptured
	case authorized > 0 && p.Voided.Minor == authorized:
		return StateVoided
	case authorized > 0:
		return StateAuthorized
	case p.Declined:
		return StateDeclined
	case p.Next.URL != "":
		return StateChallenged
	}
	return StateBegun
}

// Capturable is what is promised and neither taken nor given up.
func (p Payment) Capturable() money.Money {
	return money.Of(p.Authorized.Minor-p.Captured.Minor-p.Voided.Minor, p.Amount.Currency)
}

// Refundable is what was taken and not given back.
func (p Payment) Refundable() money.Money {
	return money.Of(p.Captured.Minor-p.Refunded.Minor, p.Amount.Currency)
}
