package ident

import "strings"

// IBAN is the number of a bank account (ISO 13616).
type IBAN string

// ibanLengths holds the lengths of the countries that shops here pay to (IBAN registry of SWIFT, release 99). Other
// countries may have 15 to 34 characters.
var ibanLengths = map[string]int{
	"AE": 23, "AT": 20, "AZ": 28, "BE": 16, "BG": 22, "BY": 28, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
	"EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GE": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23,
	"IT": 27, "KZ": 20, "LT": 20, "LU": 20, "LV": 21, "MD": 24, "MN": 20, "NL": 18, "NO": 15, "PK": 24, "PL": 28,
	"PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "TR": 26, "UA": 29,
}

// ParseIBAN reads an account number and checks it by ISO 7064 (mod 97-10).
func ParseIBAN(s string) (IBAN, error) {
	n := compact(s)
	if len(n) < 15 || len(n) > 34 || !capitals(n[:2]) || !numeric(n[2:4]) {
		return "", ErrIBAN.About("%d characters", len(n))
	}
	if length, known := ibanLengths[n[:2]]; known && len(n) != length {
		return "", ErrIBAN.About("%s has %d characters, not %d", n[:2], length, len(n))
	}
	// 00, 01 and 99 also give a remainder of 1, but are not given as check digits (ISO 13616-1 §6.2 gives 02 to 98).
	if n[2:4] < "02" || n[2:4] > "98" || mod97(n[4:]+n[:4]) != 1 {
		return "", ErrIBAN.About("the check digits of %s", n[:4])
	}
	return IBAN(n), nil
}

// mod97 gives the remainder of digits and letters, where A is 10 and Z is 35; it is -1 for any other character.
func mod97(s string) int {
	remainder := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			remainder = (remainder*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			remainder = (remainder*100 + int(c-'A') + 10) % 97
		default:
			return -1
		}
	}
	return remainder
}

// Country gives the country of a parsed account number.
func (i IBAN) Country() string { return string(i[:2]) }

// Bank gives the three digits by which the National Bank of Kazakhstan knows a bank, and nothing for other countries.
func (i IBAN) Bank() string {
	if i.Country() != "KZ" {
		return ""
	}
	return string(i[4:7])
}

// Spaced gives the number in groups of four, as it is printed.
func (i IBAN) Spaced() string {
	var b strings.Builder
	for at := 0; at < len(i); at += 4 {
		if at > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(i[at:min(at+4, len(i))]))
	}
	return b.String()
}
