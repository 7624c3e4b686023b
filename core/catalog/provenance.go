package catalog

import (
	"slices"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Grade says how much stands behind a statement of origin.
type Grade string

// The grades, the strongest first. An origin without a grade is the seller's word, and so is GradeClaim, whose maker is
// named.
const (
	GradeRegister Grade = "register" // GradeRegister was found in the register of producers by staff of the house.
	GradeDocument Grade = "document" // GradeDocument has a certificate that a buyer can look at or ask for by its number.
	GradeClaim    Grade = "claim"    // GradeClaim is what the seller says.
)

// Grades are all grades, the strongest first.
var Grades = []Grade{GradeRegister, GradeDocument, GradeClaim}

// Proven tells whether something stands behind the statement beside the seller's word.
func (g Grade) Proven() bool { return g == GradeRegister || g == GradeDocument }

// Provenance says by what the origin of a product is known: who made it, under what number that is recorded, and how and
// when it was checked. The country itself is the product's Origin.
type Provenance struct {
	Grade        Grade     `json:"grade,omitempty"`
	Maker        string    `json:"maker,omitempty"`           // Maker is the producer's name as the register or the document writes it.
	MakerBIN     ident.BIN `json:"maker_bin,omitempty"`       // MakerBIN is the producer's business number.
	Number       string    `json:"register_number,omitempty"` // Number is that of the entry in the register, or of the document.
	Document     string    `json:"document,omitempty"`        // Document is the address of the evidence.
	Checked      span.Day  `json:"checked,omitzero"`          // Checked is when it was looked at, or issued.
	LocalContent int       `json:"local_content,omitempty"`   // LocalContent is the share of in-country value in per cent; 0 is not known.
}

// ErrUnverified is about a grade that a seller gives himself.
var ErrUnverified = fault.New(fault.Denied, "catalog.unverified_origin", "Only staff of the house can say that an origin was checked in the register. State it as a document, and ask them to check it.")

// column gives the provenance as it is stored.
func (p Provenance) column() string {
	if p == (Provenance{}) {
		return "{}"
	}
	return encode(p)
}

// provenance gives what is said of an origin, cleaned. A grade asks for what it promises: nothing is ever a bare claim.
func (c *checker) provenance(p Provenance, origin place.Country) Provenance {
	p.Maker, p.Number = c.plain("/provenance/maker", p.Maker, NameMax), c.plain("/provenance/register_number", p.Number, CodeMax)
	p.Document = c.plain("/provenance/document", p.Document, URLMax)
	if p == (Provenance{}) {
		return p
	}
	if p.Grade == "" {
		p.Grade = GradeClaim
	}
	if !slices.Contains(Grades, p.Grade) {
		c.wrong("/provenance/grade", fault.Say("Say register, document or claim."))
	}
	if origin == "" {
		c.wrong("/origin", fault.Say("Choose the country of origin that this is the evidence of."))
	}
	if p.MakerBIN != "" {
		bin, err := ident.ParseBIN(string(p.MakerBIN))
		if err != nil {
			c.wrong("/provenance/maker_bin", fault.Say("Check the business number: 12 digits, of which the last one proves the others."))
		} else {
			p.MakerBIN = bin
		}
	}
	if p.Document != "" && !address(p.Document) {
		c.wrong("/provenance/document", fault.Say("Write an address that begins with https:// or with a slash."))
	}
	if p.LocalContent < 0 || p.LocalContent > 100 {
		c.wrong("/provenance/local_content", fault.Say("Write the share in per cent, from 0 to 100."))
	}
	if p.Grade.Proven() {
		c.evidence(p, origin)
	}
	return p
}

// evidence asks for what a proven origin has: a date, and what can be looked up.
func (c *checker) evidence(p Provenance, origin place.Country) {
	if p.Checked.IsZero() {
		c.wrong("/provenance/checked", fault.Say("Say on which day the evidence was issued or checked."))
	}
	switch {
	case p.Grade == GradeDocument && p.Number == "" && p.Document == "":
		c.wrong("/provenance/register_number", fault.Say("Write the number of the document, or the address where it can be seen."))
	case p.Grade == GradeRegister && p.Number == "":
		c.wrong("/provenance/register_number", fault.Say("Write the number of the entry in the register."))
	}
	if p.Grade != GradeRegister {
		return
	}
	if p.Maker == "" {
		c.wrong("/provenance/maker", fault.Say("Name the producer as the register does."))
	}
	if origin != "" && origin != place.KZ { // Order № 327 of 2025-08-27: it records producers of Kazakhstan.
		c.wrong("/origin", fault.Say("The register holds goods of Kazakhstan only."))
	}
}

// mayProve refuses a grade that a seller cannot give himself. What was checked before stays as it is while nothing of it
// changes; evidence from the future is none.
func mayProve(tx *db.Tx, d Draft, before Provenance) error {
	p := d.Provenance
	if p == before {
		return nil
	}
	if p.Grade == GradeRegister && !verifies(tx.Who()) {
		return ErrUnverified.About("%s of %s", tx.Who().ID, tx.Who().Seller)
	}
	if today := span.DayOf(tx.Now(), span.Almaty); today.Before(p.Checked) {
		return ErrInvalid.At("/provenance/checked", fault.Say("This day has not come yet."))
	}
	return nil
}

// verifies tells whether somebody looks into registers for the house.
func verifies(who db.Who) bool { return who.For(string(seller.Own)) }
