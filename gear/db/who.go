package db

import "strings"

// WhoKind is the kind of actor behind a moment.
type WhoKind string

// The kinds of actors, from the least trusted to the most.
const (
	KindGuest  WhoKind = "guest"  // Somebody without an account.
	KindBuyer  WhoKind = "buyer"  // Signed in, acts for a party.
	KindStaff  WhoKind = "staff"  // Works for a seller, within scopes.
	KindAdmin  WhoKind = "admin"  // May do everything in the house.
	KindSystem WhoKind = "system" // The house itself: reactions, stories, the clock, commands.
)

// Who acts in a moment. The zero value is a guest who may nothing.
type Who struct {
	Kind    WhoKind
	ID      string   // User or API key.
	Party   string   // Whom a buyer acts for: a person or an organisation.
	Seller  string   // Whom staff work for.
	Scopes  []string // What staff may: "orders.read", "orders.*", "*".
	Session string   // The session or device that speaks.
}

// System is the house itself.
var System = Who{Kind: KindSystem, ID: "system"}

// May tells whether the actor may do what scope names, such as "orders.read". Buyers and guests have no scopes: what
// they may is decided object by object.
func (w Who) May(scope string) bool {
	switch w.Kind {
	case KindAdmin, KindSystem:
		return true
	case KindStaff:
	default:
		return false
	}
	for _, held := range w.Scopes {
		if held == scope || held == "*" {
			return true
		}
		if area, ok := strings.CutSuffix(held, ".*"); ok && strings.HasPrefix(scope, area+".") {
			return true
		}
	}
	return false
}

// For tells whether the actor works for this seller: its own staff, an administrator, or the house.
func (w Who) For(seller string) bool {
	switch w.Kind {
	case KindAdmin, KindSystem:
		return true
	case KindStaff:
		return w.Seller == seller
	}
	return false
}
