package exchange

import "strings"

// ISIN is the number of a security (ISO 6166): two letters, nine letters or digits, and a check digit.
type ISIN string

// ParseISIN reads the number of a security as people write it, with spaces and small letters. A wrong check digit, or any
// other form, is ErrISIN. Whether the number was ever given, only its agency knows.
func ParseISIN(s string) (ISIN, error) {
	s = strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), " ", ""))
	if len(s) != 12 {
		return "", ErrISIN.About("%.20q", s)
	}
	for i := range len(s) {
		letter, digit := s[i] >= 'A' && s[i] <= 'Z', s[i] >= '0' && s[i] <= '9'
		if !letter && !digit || i < 2 && !letter || i == 11 && !digit {
			return "", ErrISIN.About("%.20q", s)
		}
	}
	if isinDigit(s[:11]) != s[11] {
		return "", ErrISIN.About("%q does not end in %c", s, isinDigit(s[:11]))
	}
	return ISIN(s), nil
}

// isinDigit gives the check digit of eleven characters: letters become the numbers 10 to 35, and the digits of all are
// added from the right, every other one doubled and with its own digits added (ISO 6166, annex on the check digit: modulus
// 10, double-add-double).
func isinDigit(s string) byte {
	var digits []byte
	for i := range len(s) {
		if s[i] >= 'A' {
			n := s[i] - 'A' + 10
			digits = append(digits, n/10, n%10)
		} else {
			digits = append(digits, s[i]-'0')
		}
	}
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i])
		if i%2 == 0 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return byte('0' + (10-sum%10)%10)
}
