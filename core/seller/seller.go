// Package seller knows who sells: name, business number, country, currency and, day by day, the tax regime.
//
// It does not know what is sold (catalog), at which rate a regime is taxed (tax), or who works for a seller (identity).
// The shop that runs the house is a seller like any other: the first one, Own.
//
//	active ⇄ suspended
//
// A suspended seller keeps its orders and sells nothing new.
package seller

import (
	"embed"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/gear/db"
)

// ID names a seller.
type ID string

// Own is the shop that runs the house.
const Own ID = "sel_own"

// State says whether a seller may sell.
type State string

// The states of a seller.
const (
	StateActive    State = "active"
	StateSuspended State = "suspended"
)

// Regime is how the law taxes a seller, such as "kz.vat". The tax table gives it its meaning.
type Regime string

// The regimes that the tax table of this house knows from the start.
const (
	KZVAT          Regime = "kz.vat"           // KZVAT pays value added tax.
	KZSimplified   Regime = "kz.simplified"    // KZSimplified declares by the simplified way and is outside VAT.
	KZSelfEmployed Regime = "kz.self_employed" // KZSelfEmployed is outside VAT; the platform withholds social payments.
	KZFarm         Regime = "kz.farm"          // KZFarm is a farm on the special regime, outside VAT.
	UZVAT          Regime = "uz.vat"           // UZVAT pays value added tax in Uzbekistan.
	UZTurnover     Regime = "uz.turnover"      // UZTurnover pays the turnover tax of Uzbekistan instead.
	USSales        Regime = "us.sales"         // USSales collects sales tax on top of the price.
)

// RegimeFrom is the regime of a seller since a day, until the next one begins.
type RegimeFrom struct {
	Regime Regime   `json:"regime"`
	From   span.Day `json:"from"` // From is the first day; no day means "since always".
}

// Seller is who owes the goods and gets the money.
type Seller struct {
	ID       ID
	Name     text.Localized
	BIN      string // BIN is the business or individual number; empty when it is not known yet.
	Country  place.Country
	Currency money.Currency
	Regimes  []RegimeFrom // Regimes are in the order of their days.
	State    State
}

// Regime gives the tax regime of the seller on a day. It is empty before the first regime begins.
func (s Seller) Regime(day span.Day) Regime {
	var regime Regime
	for _, r := range s.Regimes {
		if day.Before(r.From) {
			break
		}
		regime = r.Regime
	}
	return regime
}

// ForSale says whether the seller may sell now.
func (s Seller) ForSale() bool { return s.State == StateActive }

// Faults of sellers.
var (
	ErrUnknown = fault.New(fault.Missing, "seller.unknown", "There is no such seller. Check the id.")
	ErrInvalid = fault.New(fault.Invalid, "seller.invalid", "Correct the marked fields of the seller.")
	ErrTaken   = fault.New(fault.Conflict, "seller.taken", "A seller with this business number is enrolled already. Use that one.")
	ErrPast    = fault.New(fault.Conflict, "seller.regime_past", "Choose a later day: a regime begins after the one before it.")
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the table of sellers.
var Schema = db.Schema{Name: "seller", Files: schemaFiles}
