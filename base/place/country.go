// Package place is about where: countries, the regions of Kazakhstan, and addresses.
package place

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	xlanguage "golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"sauda/base/text"
)

// Country is a code of ISO 3166-1, two letters, such as "KZ".
type Country string

// Countries that the program itself names.
const (
	KZ Country = "KZ"
	RU Country = "RU"
	UZ Country = "UZ"
	KG Country = "KG"
	BY Country = "BY"
	AM Country = "AM"
	CN Country = "CN"
	TR Country = "TR"
	DE Country = "DE"
	US Country = "US"
)

// codes are all countries of ISO 3166-1.
const codes = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW " +
	"BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM " +
	"FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE " +
	"JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP " +
	"MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA " +
	"RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR " +
	"TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"

var known = func() map[Country]bool {
	set := make(map[Country]bool)
	for code := range strings.FieldsSeq(codes) {
		set[Country(code)] = true
	}
	return set
}()

// Valid says whether the code is a country.
func (c Country) Valid() bool { return known[c] }

// Check refuses a code that is no country.
func (c Country) Check() error {
	if !c.Valid() {
		return ErrCountry.About("%.20q", string(c))
	}
	return nil
}

// ParseCountry reads a code of two letters in either case.
func ParseCountry(s string) (Country, error) {
	c := Country(strings.ToUpper(strings.TrimSpace(s)))
	return c, c.Check()
}

// Name gives the name of the country in a language: our own for the countries that are named most, those of CLDR for the
// others, the English one when the language is not known to either, and the code itself for no country.
func (c Country) Name(lang string) string {
	if !c.Valid() {
		return string(c)
	}
	base := language(lang)
	if names, ok := countryNames[c]; ok && slices.Contains(text.Languages, base) {
		return names[slices.Index(text.Languages, base)]
	}
	region := xlanguage.MustParseRegion(string(c))
	if tag, err := xlanguage.Parse(lang); err == nil {
		if namer := display.Regions(tag); namer != nil {
			if name := namer.Name(region); name != "" {
				return name
			}
		}
	}
	if names, ok := countryNames[c]; ok {
		return names[slices.Index(text.Languages, "en")]
	}
	return display.English.Regions().Name(region)
}

// Countries gives all countries by their names in a language, Kazakhstan first, for a list to choose from. The slice is
// the caller's.
func Countries(lang string) []Country {
	base := language(lang)
	if !slices.Contains(text.Languages, base) { // Only the languages of the pages are kept in memory.
		return ordered(lang)
	}
	kept, ok := orders.Load(base)
	if !ok {
		kept, _ = orders.LoadOrStore(base, ordered(base))
	}
	return slices.Clone(kept.([]Country))
}

// orders holds the countries in the order of each language of the pages: sorting them takes half a millisecond.
var orders sync.Map

func ordered(lang string) []Country {
	names := make(map[Country]string, len(known))
	for c := range known {
		names[c] = c.Name(lang)
	}
	order := text.Collate(lang)
	return slices.SortedFunc(maps.Keys(known), func(a, b Country) int {
		return cmp.Or(first(a)-first(b), order.Compare(names[a], names[b]), cmp.Compare(a, b))
	})
}

func first(c Country) int {
	if c == KZ {
		return 0
	}
	return 1
}
