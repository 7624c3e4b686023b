// Package identity knows who acts and for whom: users, who sign in, and parties, the persons and organisations that buy.
//
// It does not know passwords: it keeps the hash that gear/session made, as a text it never looks into. It does not know
// sellers either; a member of staff carries the id of one as a word.
//
//	active ⇄ suspended
//	  └─ AskErasure ─▶ seven days, in which KeepAccount takes it back ─ Erase ─▶ suspended for good, and nobody
package identity

import (
	"embed"

	"sauda/base/fault"
	"sauda/base/place"
	"sauda/gear/db"
)

// UserID names somebody who signs in.
type UserID string

// PartyID names a person or an organisation that buys.
type PartyID string

// Role is what a user is to the house.
type Role string

// The roles.
const (
	RoleBuyer Role = "buyer"
	RoleStaff Role = "staff" // RoleStaff works for a seller, within scopes.
	RoleAdmin Role = "admin" // RoleAdmin keeps the whole house.
)

// State says whether a user may sign in.
type State string

// The states of a user.
const (
	StateActive    State = "active"
	StateSuspended State = "suspended"
)

// PartyKind tells persons from organisations.
type PartyKind string

// The kinds of parties.
const (
	Person       PartyKind = "person"
	Organisation PartyKind = "organisation"
)

// User is somebody who signs in.
type User struct {
	ID     UserID
	Email  string
	Name   string
	Lang   string // Lang is the language of the pages and letters: kk, ru, en or zh.
	Role   Role
	Scopes []string // Scopes are what staff may do: "orders.read", "orders.*", "*". Others have none.
	Seller string   // Seller is whom staff work for; empty for others.
	Party  PartyID  // Party is for whom a buyer acts; empty for staff and administrators.
	State  State
}

// Who gives the actor that the machines know, for a session or an API key.
func (u User) Who(session string) db.Who {
	kind := db.KindBuyer
	switch u.Role {
	case RoleStaff:
		kind = db.KindStaff
	case RoleAdmin:
		kind = db.KindAdmin
	}
	return db.Who{Kind: kind, ID: string(u.ID), Party: string(u.Party), Seller: u.Seller, Scopes: u.Scopes, Session: session}
}

// Party is a person or an organisation that buys.
type Party struct {
	ID        PartyID
	Kind      PartyKind
	Name      string
	TaxNumber string // TaxNumber is the IIN of a person or the BIN of an organisation; empty when it was not told.
	Email     string
	Phone     string
	Country   place.Country
}

// Registration is what a buyer tells to become known.
type Registration struct {
	Email        string
	Name         string
	Lang         string // Lang is kk when it is empty.
	Hash         string // Hash is the password's hash; empty for a buyer who signs in by other means.
	Kind         PartyKind
	Organisation string // Organisation is the name of the organisation; empty for a person.
	TaxNumber    string
	Phone        string
	Country      place.Country // Country is KZ when it is empty.
}

// Employment is what makes a user of the office.
type Employment struct {
	Email  string
	Name   string
	Lang   string
	Hash   string
	Role   Role // Role is RoleStaff or RoleAdmin.
	Scopes []string
	Seller string // Seller is whom staff work for; administrators have none.
}

// Faults of users and parties.
var (
	ErrUnknown    = fault.New(fault.Missing, "identity.unknown", "There is no such user. Check the id or the e-mail address.")
	ErrNoParty    = fault.New(fault.Missing, "identity.unknown_party", "There is no such person or organisation. Check the id.")
	ErrInvalid    = fault.New(fault.Invalid, "identity.invalid", "Correct the marked fields.")
	ErrEmailTaken = fault.New(fault.Conflict, "identity.email_taken", "Somebody is registered with this e-mail address. Sign in, or use another address.")
	ErrNotStaff   = fault.New(fault.Conflict, "identity.not_staff", "Only staff have scopes. Employ the user first.")
	ErrLastAdmin  = fault.New(fault.Conflict, "identity.last_admin", "This is the last administrator. Appoint another one first.")

	ErrNoAddress     = fault.New(fault.Missing, "identity.unknown_address", "There is no such address among yours. Look at the list again.")
	ErrManyAddresses = fault.New(fault.Conflict, "identity.many_addresses", "You keep 20 addresses already. Remove one that you do not need.")
	ErrNotBuyer      = fault.New(fault.Conflict, "identity.not_buyer", "This account works in the office. An administrator can end it there.")
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the tables of users and parties.
var Schema = db.Schema{Name: "identity", Files: schemaFiles}
