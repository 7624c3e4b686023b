package search

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/core/search/index"
)

// ParseFilters reads filters as people and programs write them:
//
//	brand:HP,Dell|price:100000..500000|attr.colour:Black|stock:in_stock
//
// Filters are parted by bars, which an address can hold as they are, and all must pass; of the values of one, any. A range holds what is at least its first
// bound and less than its second; each may be missing. Prices are in minor units, attributes are decimal numbers. A
// backslash takes the meaning from the sign behind it.
func ParseFilters(s string) ([]index.Filter, error) {
	var filters []index.Filter
	for _, part := range split(s, '|') {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, rest, ok := strings.Cut(part, ":")
		name = strings.TrimSpace(name)
		if !ok || !filterable(name) || slices.ContainsFunc(filters, func(f index.Filter) bool { return f.Name == name }) {
			return nil, ErrFilter.About("%.80q", part)
		}
		f := index.Filter{Name: name}
		if from, to, bounded := strings.Cut(rest, ".."); bounded && (name == index.NamePrice || strings.HasPrefix(name, index.AttributePrefix)) {
			f.Bounded = true
			if f.From, f.To, ok = bounds(name, from, to); !ok {
				return nil, ErrFilter.About("%.80q", part)
			}
		} else {
			for _, value := range split(rest, ',') {
				if value = unescape(strings.TrimSpace(value)); value != "" {
					f.Values = append(f.Values, value)
				}
			}
			if len(f.Values) == 0 || name == index.NamePrice {
				return nil, ErrFilter.About("%.80q", part)
			}
		}
		filters = append(filters, f)
	}
	if len(filters) > FiltersMax {
		return nil, ErrFilter.About("%d filters", len(filters))
	}
	return filters, nil
}

// WriteFilters writes filters as ParseFilters reads them.
func WriteFilters(filters []index.Filter) string {
	var parts []string
	for _, f := range filters {
		if f.Bounded {
			parts = append(parts, f.Name+":"+WriteRange(f.Name, f.From, f.To))
			continue
		}
		values := make([]string, len(f.Values))
		for i, v := range f.Values {
			values[i] = escaper.Replace(v)
		}
		parts = append(parts, f.Name+":"+strings.Join(values, ","))
	}
	return strings.Join(parts, "|")
}

// WriteRange writes the bounds of a range as they stand in a filter.
func WriteRange(name string, from, to int64) string {
	write := func(n int64) string {
		switch {
		case n == math.MaxInt64 || n == math.MinInt64:
			return ""
		case name == index.NamePrice:
			return strconv.FormatInt(n, 10)
		}
		return index.Decimal(n)
	}
	return write(from) + ".." + write(to)
}

func bounds(name, from, to string) (low, high int64, ok bool) {
	read := func(s string, missing int64) (int64, bool) {
		s = strings.TrimSpace(s)
		switch {
		case s == "":
			return missing, true
		case name == index.NamePrice:
			n, err := strconv.ParseInt(s, 10, 64)
			return n, err == nil
		}
		return thousandths(s)
	}
	low, ok = read(from, math.MinInt64)
	high, fine := read(to, math.MaxInt64)
	return low, high, ok && fine && low < high
}

// filterable tells whether goods can be filtered and counted by a name.
func filterable(name string) bool {
	switch name {
	case index.NameCategory, index.NameBrand, index.NameSeller, index.NameOrigin, index.NamePrice, index.NameStock:
		return true
	}
	return strings.HasPrefix(name, index.AttributePrefix) && len(name) > len(index.AttributePrefix) && len(name) < 120
}

// escaper takes the meaning from signs that part filters.
var escaper = strings.NewReplacer(`\`, `\\`, ",", `\,`, "|", `\|`)

func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// split parts a text at a sign that no backslash stands before.
func split(s string, at byte) []string {
	var parts []string
	begin := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case at:
			parts = append(parts, s[begin:i])
			begin = i + 1
		}
	}
	return append(parts, s[begin:])
}

// ParseFacets reads names of facets, parted by commas.
func ParseFacets(s string) ([]string, error) {
	var names []string
	for name := range strings.SplitSeq(s, ",") {
		name = strings.TrimSpace(name)
		if name == "" {
			continue
		}
		if !filterable(name) {
			return nil, ErrFilter.At("/facets", fault.Say("Name facets such as category, brand, price, stock, origin, seller or attr.colour."))
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > FacetsMax {
		return nil, ErrFilter.At("/facets", fault.Say("Ask for at most {most} facets.").With("most", FacetsMax))
	}
	return names, nil
}
