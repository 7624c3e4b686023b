package ident

import "sauda/base/fault"

// Faults of numbers. Each says what the number must look like.
var (
	ErrIIN   = fault.New(fault.Invalid, "ident.iin", "Check the IIN: it has 12 digits, begins with the birth date and ends with a check digit.")
	ErrBIN   = fault.New(fault.Invalid, "ident.bin", "Check the BIN: it has 12 digits, begins with the year and month of registration and ends with a check digit.")
	ErrTax   = fault.New(fault.Invalid, "ident.tax_number", "Check the tax number: an IIN or a BIN has 12 digits, the last of which is a check digit.")
	ErrGTIN  = fault.New(fault.Invalid, "ident.gtin", "Check the bar code number: a GTIN has 8, 12, 13 or 14 digits, the last of which is a check digit.")
	ErrNTIN  = fault.New(fault.Invalid, "ident.ntin", "Check the NTIN: the number of the national catalogue has 13 digits.")
	ErrHS    = fault.New(fault.Invalid, "ident.hs", "Check the goods code: an HS code has 4 to 10 digits and begins with a chapter from 01 to 97.")
	ErrIBAN  = fault.New(fault.Invalid, "ident.iban", "Check the account number: an IBAN begins with a country and two check digits, in Kazakhstan KZ and 20 characters in all.")
	ErrS10   = fault.New(fault.Invalid, "ident.s10", "Check the parcel number: it has two letters, nine digits and two letters of the country, for example RR123456785KZ.")
	ErrPhone = fault.New(fault.Invalid, "ident.phone", "Check the telephone number: write it with the country, for example +7 701 123 45 67.")
	ErrCode  = fault.New(fault.Invalid, "ident.code", "Check the code: it has three groups of four letters and digits, for example K7QF-3M2D-9XTR.")
)

// IIN is the number of a person in Kazakhstan, 12 digits. It tells birth date and sex: treat it as personal data.
type IIN string

// BIN is the number of a legal entity or a branch in Kazakhstan, 12 digits.
type BIN string

// BINKind says what a BIN stands for, by its fifth digit.
type BINKind uint8

const (
	Resident         BINKind = 4 // Resident is a legal entity of Kazakhstan.
	NonResident      BINKind = 5 // NonResident is a legal entity of another country.
	JointSoleTraders BINKind = 6 // JointSoleTraders are several persons who trade together.
)

// BINPart says which part of a legal entity a BIN stands for, by its sixth digit.
type BINPart uint8

// The parts of a legal entity.
const (
	HeadOffice     BINPart = 0
	Branch         BINPart = 1
	Representation BINPart = 2
	Farm           BINPart = 3
)

// ParseIIN reads the number of a person.
func ParseIIN(s string) (IIN, error) {
	n := compact(s)
	// Position 7 is century and sex, 0 for foreigners; position 5 is the tens of the day, which tell an IIN from a BIN.
	if !twelve(n) || !month(n[2:4]) || n[4] > '3' || n[4:6] == "00" || n[4:6] > "31" || n[6] > '6' || !checked(n) {
		return "", ErrIIN.About("a number of %d characters", len(n)) // Personal data stays out of logs.
	}
	return IIN(n), nil
}

// ParseBIN reads the number of a legal entity.
func ParseBIN(s string) (BIN, error) {
	n := compact(s)
	if !twelve(n) || !month(n[2:4]) || n[4] < '4' || n[4] > '6' || n[5] > '3' || !checked(n) {
		return "", ErrBIN.About("%.40q", s)
	}
	return BIN(n), nil
}

// ParseTaxNumber reads an IIN or a BIN, whichever it is; organisation is true for a BIN. A joint sole trade counts as an
// organisation.
func ParseTaxNumber(s string) (number string, organisation bool, err error) {
	if bin, err := ParseBIN(s); err == nil {
		return string(bin), true, nil
	}
	if iin, err := ParseIIN(s); err == nil {
		return string(iin), false, nil
	}
	return "", false, ErrTax.About("%d characters", len(s))
}

// Kind gives what a parsed BIN stands for.
func (b BIN) Kind() BINKind { return BINKind(b[4] - '0') }

// Part gives which part of the entity a parsed BIN stands for.
func (b BIN) Part() BINPart { return BINPart(b[5] - '0') }

func twelve(n string) bool { return len(n) == 12 && numeric(n) }

func month(mm string) bool { return mm >= "01" && mm <= "12" }

// checked says whether the twelfth digit is the check digit of the eleven before it (government decree No. 565 of
// 2003-06-11): the weighted sum mod 11, with other weights when that gives 10. When both give 10, no number may begin
// so.
func checked(n string) bool {
	sum := weigh(n, [11]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
	if sum == 10 {
		sum = weigh(n, [11]int{3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2})
	}
	return sum == int(n[11]-'0')
}

func weigh(n string, weights [11]int) int {
	sum := 0
	for i, w := range weights {
		sum += int(n[i]-'0') * w
	}
	return sum % 11
}
