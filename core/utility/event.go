package utility

import (
	"sauda/base/span"
	"sauda/core/seller"
)

// ProviderChanged says that a provider is new or another.
type ProviderChanged struct {
	Provider ProviderID `json:"provider"`
	Seller   seller.ID  `json:"seller"`
}

// MonthIssued says that all bills of a month are issued.
type MonthIssued struct {
	Provider ProviderID `json:"provider"`
	Seller   seller.ID  `json:"seller"`
	Run      RunID      `json:"run"`
	Month    span.Day   `json:"month"`
	Bills    int64      `json:"bills"`
	Sum      int64      `json:"sum"`
}

// Paid says that money was taken for an account.
type Paid struct {
	Payment  PaymentID  `json:"payment"`
	Provider ProviderID `json:"provider"`
	Seller   seller.ID  `json:"seller"`
	Account  AccountID  `json:"account"`
	Channel  string     `json:"channel"`
	Sum      int64      `json:"sum"`
	Currency string     `json:"currency"`
}

// PaymentDue says that a remote provider is to be told of a payment.
type PaymentDue struct {
	Payment  PaymentID  `json:"payment"`
	Provider ProviderID `json:"provider"`
	Order    string     `json:"order"`
	Line     string     `json:"line"`
}

// PaymentTold says that a remote provider took a payment, or refused it.
type PaymentTold struct {
	Payment  PaymentID  `json:"payment"`
	Provider ProviderID `json:"provider"`
	Order    string     `json:"order,omitempty"`
	Line     string     `json:"line,omitempty"`
	Taken    bool       `json:"taken"`
	Why      string     `json:"why,omitempty"` // Why is the word by which it was refused.
}

// AutopayAgreed says that somebody has what an account owes paid by itself.
type AutopayAgreed struct {
	Autopay    AutopayID `json:"autopay"`
	Party      string    `json:"party"`
	Account    AccountID `json:"account"`
	Day        int       `json:"day"`
	BillLimit  int64     `json:"bill_limit"`
	MonthLimit int64     `json:"month_limit"`
}

// AutopayEnded says that this is over, and why.
type AutopayEnded struct {
	Autopay AutopayID `json:"autopay"`
	Party   string    `json:"party"`
	Account AccountID `json:"account"`
	Why     string    `json:"why"`
}

// AutopaySoon says that something will be paid by itself in two days.
type AutopaySoon struct {
	Autopay AutopayID `json:"autopay"`
}

// AutopayTurned says that something was paid by itself, or why it was not.
type AutopayTurned struct {
	Autopay AutopayID `json:"autopay"`
	Account AccountID `json:"account"`
	Day     span.Day  `json:"day"`
	State   string    `json:"state"`
	Sum     int64     `json:"sum"`
	Why     string    `json:"why,omitempty"`
	Order   string    `json:"order,omitempty"`
}

// Read says that a meter was read.
type Read struct {
	Meter   MeterID   `json:"meter"`
	Account AccountID `json:"account"`
	Day     span.Day  `json:"day"`
	Unusual bool      `json:"unusual,omitempty"`
}

// RegisterClosed says that what a channel collected on a day is written down.
type RegisterClosed struct {
	Provider ProviderID `json:"provider"`
	Channel  string     `json:"channel"`
	Day      span.Day   `json:"day"`
	Payments int64      `json:"payments"`
	Sum      int64      `json:"sum"`
}

// The names of the facts are stored and never change.
func (ProviderChanged) Fact() string { return "utility.provider_changed" }
func (MonthIssued) Fact() string     { return "utility.month_issued" }
func (Paid) Fact() string            { return "utility.paid" }
func (PaymentDue) Fact() string      { return "utility.payment_due" }
func (PaymentTold) Fact() string     { return "utility.payment_told" }
func (AutopayAgreed) Fact() string   { return "utility.autopay_agreed" }
func (AutopayEnded) Fact() string    { return "utility.autopay_ended" }
func (AutopaySoon) Fact() string     { return "utility.autopay_soon" }
func (AutopayTurned) Fact() string   { return "utility.autopay_turned" }
func (Read) Fact() string            { return "utility.read" }
func (RegisterClosed) Fact() string  { return "utility.register_closed" }

// Key orders the reactions to the facts of one thing.
func (e ProviderChanged) Key() string { return string(e.Provider) }
func (e MonthIssued) Key() string     { return string(e.Provider) }
func (e Paid) Key() string            { return string(e.Account) }
func (e PaymentDue) Key() string      { return string(e.Payment) }
func (e PaymentTold) Key() string     { return string(e.Payment) }
func (e AutopayAgreed) Key() string   { return string(e.Autopay) }
func (e AutopayEnded) Key() string    { return string(e.Autopay) }
func (e AutopaySoon) Key() string     { return string(e.Autopay) }
func (e AutopayTurned) Key() string   { return string(e.Autopay) }
func (e Read) Key() string            { return string(e.Account) }
func (e RegisterClosed) Key() string  { return string(e.Provider) }
