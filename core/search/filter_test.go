package search_test

import (
	"reflect"
	"strings"
	"testing"

	"sauda/core/search"
)

// FuzzFilters: whatever stands in an address is read or refused, and what was read is written so that it is read the same.
func FuzzFilters(f *testing.F) {
	for _, seed := range []string{
		"brand:HP,Dell|price:100000..500000|attr.colour:Black|stock:in_stock", `brand:a\,b\|c\\`, "price:..", "price:5..1", "price:1..", "attr.x:0.5..1.75",
		"attr.:a", "brand:", "brand:a|brand:b", "|||", ":", `\`, "price:99999999999999999999..", "attr.<script>:1", "brand:'; DROP TABLE product; --",
		strings.Repeat("brand:a|", 5000), "brand:" + strings.Repeat("a,", 5000), "\x00\x1b[31m", "attr.x:-9223372036854775808..9223372036854775807",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		filters, err := search.ParseFilters(s)
		if err != nil {
			return
		}
		if len(filters) > search.FiltersMax {
			t.Fatalf("%q has %d filters", s, len(filters))
		}
		again, err := search.ParseFilters(search.WriteFilters(filters))
		if err != nil || !reflect.DeepEqual(again, filters) {
			t.Fatalf("%q: %+v comes back as %+v, %v", s, filters, again, err)
		}
		_, _ = search.ParseFacets(s)
	})
}
