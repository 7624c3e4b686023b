// Package wish knows what somebody would like to have one day: products on a list, with the price at which he saw them.
//
// It does not know what anything costs now (pricing) nor what is left (inventory): who shows a list compares. A thing is a
// product; which variant of it is meant may be said, too.
//
//	open ─┬─Join──▶ that of the party that signed in
//	      ├─Leave─▶ gone, with the account of its owner
//	      └─Expire▶ gone, when a guest did not come back
//
// A guest's list belongs to whoever knows its id, which holds 74 random bits, as his basket does. From the sign-in on it
// belongs to the party, and its id opens nothing. How many people keep a product is told to its seller; who they are,
// nobody is told.
package wish

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/core/wish/wishdb"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of wishes.
var Schema = db.Schema{Name: "wish", Files: schemaFiles}

const (
	// ThingsMax bounds a list: whoever keeps more looks for nothing in it any more.
	ThingsMax = 200
	// idleMax is how long a guest's list waits for him: two seasons, for what one wishes is not urgent.
	idleMax = 180 * 24 * time.Hour
	// sourceMax keeps a fact short.
	sourceMax = 200
)

// Faults of wishes.
var (
	ErrProduct = fault.New(fault.Missing, "wish.unknown_product", "There is no such thing in the shop. Choose one from the catalogue.")
	ErrEnded   = fault.New(fault.Conflict, "wish.not_for_sale", "This is not sold any more. Choose something else.")
	ErrFull    = fault.New(fault.Conflict, "wish.full", "A wishlist holds at most 200 things. Take some of them out first.")
	ErrSource  = fault.New(fault.Invalid, "wish.source", "Say in at most 200 characters where the choice came from.")
	ErrBuyer   = fault.New(fault.Denied, "wish.buyer", "Sign in as a buyer to keep a wishlist.")
	ErrParty   = fault.New(fault.Invalid, "wish.party", "Say whose wishlist it shall be.")
	ErrDenied  = fault.New(fault.Denied, "wish.denied", "Only the staff of the seller may see how many people keep its goods.")
)

// ListID names a list and, for a guest, is the key to it.
type ListID string

// Valid tells whether an id can name a list.
func (id ListID) Valid() bool { return ident.Valid("wsh", string(id)) }

// Thing is what somebody keeps.
type Thing struct {
	Product catalog.ProductID
	Variant catalog.VariantID // Variant is which one is meant; empty when that was not said.
	Seller  seller.ID
	Seen    money.Money // Seen is the price that was seen when it was kept; zero when nothing was shown.
	Kept    time.Time
	Known   money.Money // Known is the lowest price that its keeper was told of since; zero when he was told of none.
}

// List is what somebody keeps, without its things.
type List struct {
	ID     ListID
	Party  string // Party is whose it is; empty for a guest.
	Things int
}

// Choice is what somebody wants to keep.
type Choice struct {
	Product catalog.ProductID
	Variant catalog.VariantID // Variant may be empty.
	Seen    money.Money       // Seen may be zero: nothing was shown.
	Source  string            // Source is where it was found: "card", "product", "api".
}

func listOf(r wishdb.WishList) List {
	return List{ID: ListID(r.ID), Party: r.Party, Things: int(r.Things)}
}

func thingOf(r wishdb.Wish) Thing {
	return Thing{
		Product: catalog.ProductID(r.Product), Variant: catalog.VariantID(r.Variant), Seller: seller.ID(r.Seller),
		Seen: money.Of(r.PriceSeen, money.Currency(r.PriceCurrency)), Kept: span.FromMicros(r.KeptAt),
		Known: money.Of(r.Told, money.Currency(r.PriceCurrency)),
	}
}
