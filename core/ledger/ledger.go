// Package ledger is the double entry of the house: every tenge moves here or does not move.
//
// It knows transfers, each from one account to another in one asset, and the postings that hold them together. A
// transfer has one positive amount and two sides, so every posting sums to zero by construction. Nothing is ever
// changed or deleted; a mistake is righted by a posting the other way.
//
// It does not know orders, sellers or gateways: their names are parts of account paths, and what an account means is
// written in account.go. What is owed is a Balance, computed from the transfers and stored nowhere else.
//
//	debit  = what an account receives: a buyer's debt grows, money arrives at the bank
//	credit = what an account gives:    a debt is paid, a sale is earned
//	balance = debit - credit
package ledger

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of the ledger.
var Schema = db.Schema{Name: "ledger", Files: schemaFiles}

// Faults of the ledger.
var (
	ErrPosted  = fault.New(fault.Conflict, "ledger.posted", "This has been posted already. Nothing was posted a second time.")
	ErrEmpty   = fault.New(fault.Invalid, "ledger.empty", "Give the posting a kind, a reference and at least one transfer.")
	ErrAmount  = fault.New(fault.Invalid, "ledger.amount", "Post an amount above zero. To take something back, exchange debit and credit.")
	ErrAccount = fault.New(fault.Invalid, "ledger.account", "Write the account as a path of two or more parts, for example bank/sel_own.")
	ErrSame    = fault.New(fault.Invalid, "ledger.same_account", "Choose two different accounts for debit and credit.")
	ErrAsset   = fault.New(fault.Invalid, "ledger.asset", "Name the asset by a currency code, for example KZT, or by the code of a security.")
)

// ID names one posting.
type ID string

// Transfer moves an amount of one asset from the credited account to the debited one.
type Transfer struct {
	Debit  Account
	Credit Account
	Asset  string // Asset is a currency code, or later the code of a security.
	Amount int64  // Amount is above zero, in the smallest units of the asset.
	Seller string // Seller is whose books the transfer belongs to; empty when it is nobody's.
}

// Move gives the transfer of an amount of money.
func Move(debit, credit Account, amount money.Money, seller string) Transfer {
	return Transfer{Debit: debit, Credit: credit, Asset: string(amount.Currency), Amount: amount.Minor, Seller: seller}
}

// Posting is one event in the ledger: transfers that stand or fall together.
type Posting struct {
	Kind      string // Kind says what happened: "charge", "refund".
	Ref       string // Ref names the one thing it happened to. Kind and Ref are posted once.
	Cause     string // Cause is shown to people who look for the reason: an order, a payment, a person.
	Transfers []Transfer
}

// Entry is a transfer as it was posted.
type Entry struct {
	Posting  ID
	Position int64 // Position counts the transfers of the posting from 1.
	At       time.Time
	Kind     string
	Ref      string
	Cause    string
	Transfer
}

// Standing is what an account holds of one asset: all that it ever received and gave.
type Standing struct {
	Account Account
	Asset   string
	Debit   int64
	Credit  int64
}

// Balance is what was received less what was given.
func (s Standing) Balance() int64 { return s.Debit - s.Credit }
