package place

import (
	"regexp"
	"strings"

	"sauda/base/fault"
	"sauda/base/text"
)

// Faults of places.
var (
	ErrCountry = fault.New(fault.Invalid, "place.country", "Name a country by its ISO 3166-1 code of two letters, for example KZ.")
	ErrAddress = fault.New(fault.Invalid, "place.address", "Correct the address in the fields that are named.")
	ErrCity    = fault.New(fault.Invalid, "place.city", "Write the city, town or village.")
	ErrRegion  = fault.New(fault.Invalid, "place.region", "Choose one of the twenty regions of Kazakhstan; its KATO code has nine digits, for example 750000000.")

	ErrRegionAbroad = fault.New(fault.Invalid, "place.region_abroad", "Leave the region out: it is for addresses in Kazakhstan. Write a state or province in the district.")
)

// Address is where somebody lives or a parcel goes. An empty field is not known; which ones are needed, Check says.
type Address struct {
	Country  Country `json:"country" doc:"ISO 3166-1 code of two letters." example:"KZ"`
	Region   Region  `json:"region,omitempty" doc:"In Kazakhstan the KATO code of the region, nine digits." example:"750000000"`
	District string  `json:"district,omitempty" doc:"District, or the state or province of another country."`
	City     string  `json:"city" doc:"City, town or village." example:"Алматы"`
	Postcode string  `json:"postcode,omitempty" example:"050000"`
	Street   string  `json:"street,omitempty" example:"Абай даңғылы"`
	House    string  `json:"house,omitempty" example:"10"`
	Flat     string  `json:"flat,omitempty" example:"25"`
	Name     string  `json:"name,omitempty" doc:"Who receives."`
	Company  string  `json:"company,omitempty"`
	Phone    string  `json:"phone,omitempty" doc:"E.164." example:"+77011234567"`
	Comment  string  `json:"comment,omitempty" doc:"For the courier."`
}

// limits are the most characters of each field: those of the forms of the post, with room to spare.
var limits = []struct {
	pointer string
	max     int
	of      func(*Address) *string
}{
	{"/district", 100, func(a *Address) *string { return &a.District }},
	{"/city", 100, func(a *Address) *string { return &a.City }},
	{"/postcode", 16, func(a *Address) *string { return &a.Postcode }},
	{"/street", 200, func(a *Address) *string { return &a.Street }},
	{"/house", 20, func(a *Address) *string { return &a.House }},
	{"/flat", 20, func(a *Address) *string { return &a.Flat }},
	{"/name", 150, func(a *Address) *string { return &a.Name }},
	{"/company", 200, func(a *Address) *string { return &a.Company }},
	{"/phone", 20, func(a *Address) *string { return &a.Phone }},
	{"/comment", 500, func(a *Address) *string { return &a.Comment }},
}

// postcodeKZ has six digits, or the index of a building since 2015: a letter of the region, two digits of the district,
// four characters of the building.
var postcodeKZ = regexp.MustCompile(`^\d{6}$|^[A-Z]\d{2}[A-Z0-9]{4}$`)

// IsZero says whether nothing at all is known.
func (a Address) IsZero() bool { return a == Address{} }

// Cleaned gives the address with its texts cleaned as text.Clean does, on one line each, and its postcode in capitals
// without spaces. What cannot be cleaned stays and is found by Check.
func (a Address) Cleaned() Address {
	for _, limit := range limits {
		field := limit.of(&a)
		if cleaned, err := text.Clean(*field); err == nil {
			*field = cleaned
			if limit.pointer != "/comment" {
				*field = strings.Join(strings.Fields(cleaned), " ")
			}
		}
	}
	a.Country = Country(strings.ToUpper(strings.TrimSpace(string(a.Country))))
	if a.Country == KZ {
		a.Postcode = strings.ToUpper(strings.ReplaceAll(a.Postcode, " ", ""))
	}
	if a.City == "" && a.Region.IsCity() {
		a.City = strings.TrimSuffix(a.Region.Name("kk"), " қаласы")
	}
	return a
}

// Check refuses an address that cannot be right, and names every field at fault: an unknown country, no city, a region
// that Kazakhstan does not have, characters that cannot be seen, a field with more characters than it may have. It is
// soft where people know better: a street or a house may be missing, and a postcode is only looked at in Kazakhstan, see
// PostcodeDoubtful.
func (a Address) Check() error {
	var fields []fault.Field
	refuse := func(pointer string, err error) { fields = append(fields, fault.Found(pointer, err)) }
	if !a.Country.Valid() {
		refuse("/country", ErrCountry)
	}
	if a.Region != "" && a.Country == KZ && !a.Region.Valid() {
		refuse("/region", ErrRegion)
	}
	if a.Region != "" && a.Country != KZ {
		refuse("/region", ErrRegionAbroad)
	}
	if a.City == "" {
		refuse("/city", ErrCity)
	}
	for _, limit := range limits {
		if err := text.Fits(*limit.of(&a), limit.max); err != nil {
			refuse(limit.pointer, err)
		}
	}
	return ErrAddress.Fields(fields...)
}

// PostcodeDoubtful says whether a postcode in Kazakhstan has another form than six digits or the seven characters of a
// building. Ask the person to look again, but take it: the exact pattern is not published.
func (a Address) PostcodeDoubtful() bool {
	return a.Country == KZ && a.Postcode != "" && !postcodeKZ.MatchString(a.Postcode)
}

// Lines gives the address as it stands on a parcel, in the order of the Universal Postal Union (S42): who, street and
// house, city and district, region, postcode, country. The names of region and country are in the language; the country
// is always the last line. Empty lines are left out.
func (a Address) Lines(lang string) []string {
	street := join(", ", join(" ", a.Street, a.House), a.Flat)
	if language(lang) == "en" && a.Country != KZ {
		street = join(", ", join(" ", a.House, a.Street), a.Flat)
	}
	region := ""
	if !a.Region.IsCity() {
		region = a.Region.Name(lang)
	}
	country := ""
	if a.Country != "" {
		country = a.Country.Name(lang)
	}
	var lines []string
	for _, line := range []string{a.Name, a.Company, street, join(", ", a.City, a.District), region, a.Postcode, country} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// join puts the parts that are there together.
func join(separator string, parts ...string) string {
	var there []string
	for _, part := range parts {
		if part != "" {
			there = append(there, part)
		}
	}
	return strings.Join(there, separator)
}
