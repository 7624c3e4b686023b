package ident

import "strings"

// GTIN is the number in a bar code: GTIN-8, -12, -13 or -14, as it was given.
type GTIN string

// ParseGTIN reads the number of a bar code and checks its last digit (GS1 General Specifications §7.9).
func ParseGTIN(s string) (GTIN, error) {
	n := compact(s)
	switch len(n) {
	case 8, 12, 13, 14:
		if numeric(n) && strings.Trim(n, "0") != "" && gs1Digit(n[:len(n)-1]) == n[len(n)-1] {
			return GTIN(n), nil
		}
	}
	return "", ErrGTIN.About("%.40q", s)
}

// gs1Digit gives the check digit of some digits: weights 3 and 1 from the right, up to the next ten.
func gs1Digit(n string) byte {
	sum := 0
	for i := range len(n) {
		digit := int(n[len(n)-1-i] - '0')
		if i%2 == 0 {
			digit *= 3
		}
		sum += digit
	}
	return byte('0' + (10-sum%10)%10)
}

// Long gives the number with 14 digits. Two numbers name the same goods when these are equal: a GTIN-12 is the GTIN-13
// with a zero in front.
func (g GTIN) Long() string { return strings.Repeat("0", max(0, 14-len(g))) + string(g) }

// NTIN is the number of goods in the national catalogue of Kazakhstan.
type NTIN string

// ParseNTIN reads a number of the national catalogue. The published rules say 13 digits and nothing of a check digit that
// would hold for all numbers in use, so none is asked for: the catalogue itself knows which exist.
func ParseNTIN(s string) (NTIN, error) {
	n := compact(s)
	if len(n) != 13 || !numeric(n) {
		return "", ErrNTIN.About("%.40q", s)
	}
	return NTIN(n), nil
}

// HS is a code of the Harmonized System: 4 or 6 digits for the world, up to 10 of the EAEU's goods nomenclature (TN VED).
type HS string

// ParseHS reads a goods code, which people also write with dots: 8517.13.0000.
func ParseHS(s string) (HS, error) {
	n := strings.ReplaceAll(compact(s), ".", "")
	if len(n) < 4 || len(n) > 10 || !numeric(n) || n < "01" || n >= "98" || strings.HasPrefix(n, "77") { // Chapter 77 is reserved.
		return "", ErrHS.About("%.40q", s)
	}
	return HS(n), nil
}

// Chapter gives the first two digits of a parsed code.
func (h HS) Chapter() string { return string(h[:2]) }

// Within says whether goods of this code fall under another code or are it: 8517130000 lies within 8517.
func (h HS) Within(wider HS) bool { return wider != "" && strings.HasPrefix(string(h), string(wider)) }

// S10 is the number of an international parcel (UPU standard S10): two letters of service, eight digits, a check digit
// and the country of the post that gave it.
type S10 string

// ParseS10 reads the number of a parcel.
func ParseS10(s string) (S10, error) {
	n := compact(s)
	if len(n) != 13 || !capitals(n[:2]) || !numeric(n[2:11]) || !capitals(n[11:]) || s10Digit(n[2:10]) != n[10] {
		return "", ErrS10.About("%.40q", s)
	}
	return S10(n), nil
}

// s10Digit gives the check digit of eight digits (UPU S10 §4): 11 less the weighted sum mod 11, where 10 is written 0
// and 11 is written 5.
func s10Digit(serial string) byte {
	sum := 0
	for i, weight := range [8]int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += int(serial[i]-'0') * weight
	}
	switch digit := 11 - sum%11; digit {
	case 10:
		return '0'
	case 11:
		return '5'
	default:
		return byte('0' + digit)
	}
}

// NewS10 gives the number of a parcel from its parts: two letters of service, a serial number, two letters of the
// country. It is false when they are not of that form.
func NewS10(service string, serial int, country string) (S10, bool) {
	if len(service) != 2 || len(country) != 2 || serial < 0 || serial > 99_999_999 || !capitals(service+country) {
		return "", false
	}
	digits := make([]byte, 8)
	for i := 7; i >= 0; i-- {
		digits[i] = byte('0' + serial%10)
		serial /= 10
	}
	return S10(service + string(digits) + string(s10Digit(string(digits))) + country), true
}

// Country gives the country of the post that gave a parsed number.
func (s S10) Country() string { return string(s[11:]) }

func capitals(s string) bool {
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}
