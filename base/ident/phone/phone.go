// Package phone reads telephone numbers. It stands apart from ident because the tables of the world's numbers are large:
// import it only where numbers are typed in.
package phone

import (
	"strings"

	"github.com/nyaruka/phonenumbers"

	"sauda/base/ident"
)

// Parse reads a number as people write it and gives it in the form of E.164, +77011234567. A number without its country
// belongs to the region, an ISO 3166 code, KZ when it is empty. In Kazakhstan and Russia a leading 8 is the trunk prefix:
// 8 701 … is +7 701 …. Short numbers, extensions and numbers that no plan has are refused.
func Parse(s, region string) (string, error) {
	if region == "" {
		region = "KZ"
	}
	if len(s) > 64 { // E.164 has 15 digits.
		return "", ident.ErrPhone.About("%d characters", len(s))
	}
	number, err := phonenumbers.Parse(s, strings.ToUpper(region))
	if err != nil {
		return "", ident.ErrPhone.About("%d characters in %s: %w", len(s), region, err)
	}
	if number.GetExtension() != "" || !phonenumbers.IsValidNumber(number) {
		return "", ident.ErrPhone.About("%d characters in %s: not a number of its country", len(s), region)
	}
	return phonenumbers.Format(number, phonenumbers.E164), nil
}

// Format gives a number of E.164 as people read it, +7 701 123 4567. What is no number comes back unchanged.
func Format(e164 string) string {
	number, err := phonenumbers.Parse(e164, "ZZ")
	if err != nil {
		return e164
	}
	return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
}

// Region gives the country of a number of E.164, an ISO 3166 code, or nothing: KZ for +7 7…, RU for +7 9….
func Region(e164 string) string {
	number, err := phonenumbers.Parse(e164, "ZZ")
	if err != nil {
		return ""
	}
	return phonenumbers.GetRegionCodeForNumber(number)
}
