// Package tax knows the taxes on turnover: which rate applies to a supply, and how the amount is computed and rounded.
//
// The rates are a table with days, for a rate is the one on the day of the turnover, not of the contract. A row names
// the clause of the law from which it comes. Nothing here is a constant of the program: Seed only enters what is known
// when a house is set up.
//
// It does not know sellers or goods: a seller has a regime and goods have a class, and both are words to it.
package tax

import (
	"embed"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/gear/db"
)

// Class is a kind of goods as the tax law sees it. The empty class of a rate stands for every class.
type Class string

// The classes of goods.
const (
	Standard   Class = "standard"
	Medical    Class = "medical"     // Medical is medicines and medical devices by the list, and medical services.
	Periodical Class = "periodical"  // Periodical is the domestic periodical press.
	ExportZero Class = "export-zero" // ExportZero is what leaves the seller's country, and international carriage.
	Exempt     Class = "exempt"      // Exempt is not taxable by the list of the law.
)

// Classes are all classes of goods, in the order in which they are offered.
var Classes = []Class{Standard, Medical, Periodical, ExportZero, Exempt}

// Valid says whether this is a class of goods.
func (c Class) Valid() bool {
	for _, known := range Classes {
		if c == known {
			return true
		}
	}
	return false
}

// WithoutVAT is what a document says in place of a rate when the turnover is not taxed (Tax Code art. 492(5)).
const WithoutVAT = "Без НДС"

// Rate is one row of the table: what is taken of a supply of this class, by a seller of this regime, on these days.
type Rate struct {
	Country place.Country
	Region  string // Region narrows the row to a part of the country; empty is all of it.
	Regime  string
	Class   Class // Class is empty in a row that holds for every class that has no row of its own.
	Days    span.Days
	Parts   money.Rate
	Mark    string // Mark is said in place of the rate: empty, or WithoutVAT.
	Clause  string // Clause is where the law says so.
}

// Table is the rates in any order.
type Table []Rate

// Supply is what is asked of the table.
type Supply struct {
	Country     place.Country // Country is the seller's.
	Regime      string        // Regime is the seller's on the day.
	Class       Class
	Destination place.Country // Destination is where the goods go; empty is the seller's country.
	Region      string        // Region is the part of the destination.
	Day         span.Day
}

// RoundPer says upon what a tax is rounded.
type RoundPer string

// What a tax is rounded upon.
const (
	PerLine  RoundPer = "line"  // PerLine rounds the tax of each line; the total is their sum.
	PerTotal RoundPer = "total" // PerTotal rounds the tax of all lines of one rate, and shares it out over them.
)

// Policy is how a country's sellers state and round a tax.
type Policy struct {
	Inclusive bool // Inclusive says that prices contain the tax; otherwise it comes on top.
	RoundPer  RoundPer
	Rounding  money.Rounding
}

// Policies are the policies by the seller's country.
type Policies map[place.Country]Policy

// Of gives the policy of a country; a country without one is treated as Kazakhstan is.
func (p Policies) Of(country place.Country) Policy {
	if policy, ok := p[country]; ok {
		return policy
	}
	return kazakhstan
}

// kazakhstan: prices contain the tax, sum·r/(100+r), rounded half up to the tiyn in each position of the receipt.
var kazakhstan = Policy{Inclusive: true, RoundPer: PerLine, Rounding: money.HalfUp}

// Stated gives the policies of this house: Kazakhstan rounds each line and Uzbekistan the total, both with the tax in the
// price; in the United States the tax comes on top and the total is rounded.
func Stated() Policies {
	return Policies{
		"KZ": kazakhstan,
		"UZ": {Inclusive: true, RoundPer: PerTotal, Rounding: money.HalfUp},
		"US": {Inclusive: false, RoundPer: PerTotal, Rounding: money.HalfUp},
	}
}

// Part is an amount taken apart: Net + Tax = Gross, always.
type Part struct {
	Net   money.Money
	Tax   money.Money
	Gross money.Money
}

// Faults of taxes.
var (
	ErrNoRate  = fault.New(fault.Invalid, "tax.no_rate", "No tax rate is known for these goods, this seller and this day. Enter the rate in the tax table first.")
	ErrInvalid = fault.New(fault.Invalid, "tax.invalid", "Correct the marked fields of the tax rate.")
	ErrOverlap = fault.New(fault.Conflict, "tax.overlap", "Another rate holds on these days already. End that one first, or choose other days.")
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the table of rates.
var Schema = db.Schema{Name: "tax", Files: schemaFiles}
