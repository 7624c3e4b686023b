// Package customer knows who buys from a seller: how often, for how much, since when, and what the staff has noted down
// about him.
//
// It keeps sums and nothing that is true by itself: each order is counted once under whoever placed it, as much as it is
// worth now, and counted anew when it is cancelled, comes back or is paid back. A customer is known again by an email
// address: who was signed in by that of his account, whatever address he typed, and a guest by the one that he typed, which
// nobody has proved. So the orders that somebody placed as a guest are his when the address is that of his account, and
// nobody comes by the record of another by typing his address: neither to what is noted down there nor, when he has his
// account erased, to erase it. It does not know what was bought, and who has had his account erased is nobody here: only
// the sums stay.
//
//	an order ──Count──▶ a customer ──Leave──▶ nobody
package customer

import (
	"embed"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/customer/customerdb"
	"sauda/core/identity"
	"sauda/core/seller"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of customers.
var Schema = db.Schema{Name: "customer", Files: schemaFiles}

// ScopeRead and ScopeWrite are what staff of the seller need to see customers, and to note something down about them.
const (
	ScopeRead  = "customers.read"
	ScopeWrite = "customers.write"
)

// Limits of what is noted down.
const (
	NoteMax  = 2000 // NoteMax is in characters.
	notesMax = 200  // notesMax is how many notes one customer has: nobody reads more.
)

// Faults of customers.
var (
	ErrUnknown = fault.New(fault.Missing, "customer.unknown", "There is no such customer, or the account was erased. Look at the list again.")
	ErrDenied  = fault.New(fault.Denied, "customer.denied", "Only the staff of the seller may see customers. Ask for the right to do so.")
	ErrNote    = fault.New(fault.Invalid, "customer.note", "Write the note in at most 2,000 characters.")
	ErrMany    = fault.New(fault.Conflict, "customer.many_notes", "As many notes are kept here as anybody reads. Remove one that is not needed any more.")
	ErrCursor  = fault.New(fault.Invalid, "customer.cursor", "Start again from the first page: this list cannot go on from here.")
)

// ID names a customer of one seller.
type ID string

// Kind says who a customer is.
type Kind string

// The kinds of customers.
const (
	KindGuest        Kind = "guest" // KindGuest has ordered without an account.
	KindPerson       Kind = Kind(identity.Person)
	KindOrganisation Kind = Kind(identity.Organisation)
)

// Kinds are all kinds in their order.
var Kinds = []Kind{KindPerson, KindOrganisation, KindGuest}

// Customer is who buys from a seller.
type Customer struct {
	ID      ID
	Seller  seller.ID
	Kind    Kind
	Party   string // Party is empty for a guest.
	Name    string
	Company string // Company is what an organisation is called.
	Email   string
	Phone   string
	Orders  int64         // Orders are those that were not cancelled as a whole.
	Spent   []money.Money // Spent is what he has bought for and not got back, in each currency.
	First   time.Time     // First and Last are when he ordered, cancelled orders too.
	Last    time.Time
}

// In gives what was spent in one currency.
func (c Customer) In(currency money.Currency) money.Money {
	for _, m := range c.Spent {
		if m.Currency == currency {
			return m
		}
	}
	return money.Of(0, currency)
}

func customerOf(r customerdb.Customer) Customer {
	return Customer{
		ID: ID(r.ID), Seller: seller.ID(r.Seller), Kind: Kind(r.Kind), Party: r.Party, Name: r.Name, Company: r.Company,
		Email: r.Email, Phone: r.Phone, Orders: r.Orders, First: span.FromMicros(r.FirstAt), Last: span.FromMicros(r.LastAt),
	}
}

// works refuses who does not work for a seller with a scope.
func works(who db.Who, of seller.ID, scope string) error {
	if !who.For(string(of)) || !who.May(scope) {
		return ErrDenied.About("%s %s at %s", who.Kind, who.ID, of)
	}
	return nil
}

// plainEmail is an address as it is compared.
func plainEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }
