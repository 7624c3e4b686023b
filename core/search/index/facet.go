package index

import (
	"cmp"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"sync/atomic"
)

// facetValuesMax bounds the values of a facet, the most frequent ones; those that were chosen are always there.
const facetValuesMax = 50

// facets counts what was asked for, and the best attributes, and does what else is to be done with so many that were found.
func (v *view) facets(a *Ask, found int, beside func()) []Facet {
	names := slices.Clone(a.Facets)
	for _, f := range a.Filters { // Who chose must be able to choose otherwise.
		if a.Best > 0 && strings.HasPrefix(f.Name, AttributePrefix) && !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	for _, name := range v.telling(a) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	facets := make([]Facet, len(names))
	aside(1+len(names), found*(1+len(names)), func(i int) {
		if i == 0 {
			beside()
			return
		}
		facets[i-1] = v.facet(a, names[i-1])
	})
	if facets = slices.DeleteFunc(facets, func(f Facet) bool { return len(f.Values) == 0 }); len(facets) == 0 {
		return nil
	}
	return facets
}

// telling names the attributes that are offered for the category in which most was found, or else tell apart what stands
// in it.
func (v *view) telling(a *Ask) []string {
	if a.Best == 0 {
		return nil
	}
	counts := make([]int, len(v.schema.categories.all()))
	for _, p := range v.parts {
		p.found.each(func(doc uint32) { counts[p.seg.category[doc]]++ })
	}
	most, best := uint32(0), 0
	for c, n := range counts {
		if n > best {
			most, best = uint32(c), n
		}
	}
	if a.Offered != nil {
		if names, decided := a.Offered(v.schema.categories.all()[most]); decided {
			return names
		}
	}
	codes := v.schema.codes.all()
	var names []string
	for _, p := range v.parts { // The largest segment first, which knows best.
		for _, code := range p.seg.telling.of(most) {
			name := AttributePrefix + codes[code]
			if len(names) < a.Best && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func (v *view) facet(a *Ask, name string) Facet {
	f := Facet{Name: name, Kind: "value"}
	i := slices.IndexFunc(a.Filters, func(f Filter) bool { return f.Name == name })
	var chosen Filter
	if i >= 0 {
		chosen = a.Filters[i]
	}
	switch name {
	case NameCategory:
		f.Kind = "hierarchy"
		f.Values = v.hierarchy(v.countNames(a, name, v.schema.categories, func(s *segment) []uint32 { return s.category }), chosen)
	case NameBrand:
		f.Values = frequent(v.countNames(a, name, v.schema.brands, func(s *segment) []uint32 { return s.brand }), chosen)
	case NameSeller:
		f.Values = frequent(v.countNames(a, name, v.schema.sellers, func(s *segment) []uint32 { return s.seller }), chosen)
	case NameOrigin:
		f.Values = frequent(v.countNames(a, name, v.schema.origins, func(s *segment) []uint32 { return s.origin }), chosen)
	case NameStock:
		f.Values = frequent(v.countStock(a), chosen)
	case NamePrice:
		f.Kind = "range"
		f.Values = v.prices(a, chosen)
	default:
		v.attribute(a, &f, chosen)
	}
	return f
}

// countNames counts the names of a column.
func (v *view) countNames(a *Ask, name string, d *dictionary, of func(*segment) []uint32) map[string]int {
	names := d.all()
	counts := make([]int, len(names))
	for _, p := range v.parts {
		column := of(p.seg)
		p.but(a.Filters, name).each(func(doc uint32) { counts[column[doc]]++ })
	}
	by := make(map[string]int)
	for id, n := range counts {
		if n > 0 && names[id] != "" {
			by[names[id]] = n
		}
	}
	return by
}

func (v *view) countStock(a *Ask) map[string]int {
	var counts [len(stocks)]int
	for _, p := range v.parts {
		p.but(a.Filters, NameStock).each(func(doc uint32) { counts[atomic.LoadUint32(&p.seg.stock[doc])]++ })
	}
	by := make(map[string]int)
	for i, n := range counts {
		if n > 0 {
			by[stocks[i]] = n
		}
	}
	return by
}

// frequent gives the most frequent values, and those that were chosen in any case.
func frequent(counts map[string]int, chosen Filter) []FacetValue {
	for _, c := range chosen.Values {
		counts[c] += 0
	}
	values := make([]FacetValue, 0, len(counts))
	for value, n := range counts {
		values = append(values, FacetValue{Value: value, Count: n, Chosen: slices.Contains(chosen.Values, value)})
	}
	slices.SortFunc(values, func(a, b FacetValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	if len(values) > facetValuesMax {
		rest := values[facetValuesMax:]
		values = values[:facetValuesMax:facetValuesMax]
		for _, x := range rest {
			if x.Chosen {
				values = append(values, x)
			}
		}
	}
	return values
}

// hierarchy adds the counts up the tree. It shows the roots, the way to what was chosen, and what stands below that.
func (v *view) hierarchy(counts map[string]int, chosen Filter) []FacetValue {
	tree := v.tree
	sums := tree.sums(counts)
	open := map[string]bool{"": true}
	for _, c := range chosen.Values {
		for up := 0; c != "" && up < depthMax; up++ {
			open[c] = true
			c = tree.parents[c]
		}
	}
	var values []FacetValue
	for c, n := range sums {
		if open[tree.parents[c]] {
			values = append(values, FacetValue{Value: c, Parent: tree.parents[c], Count: n, Chosen: slices.Contains(chosen.Values, c)})
		}
	}
	slices.SortFunc(values, func(a, b FacetValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return values
}

// attribute counts the values of an attribute, or the ranges of one whose values are numbers.
func (v *view) attribute(a *Ask, f *Facet, chosen Filter) {
	code, ok := strings.CutPrefix(f.Name, AttributePrefix)
	if !ok {
		return
	}
	labels := *v.schema.labels.Load()
	f.Label, f.Unit = parseText(labels[code].Label), labels[code].Unit
	counts := make(map[uint32]int)
	numbers := newHistogram()
	at := slices.Index(v.schema.codes.all(), code)
	for _, p := range v.parts {
		c := p.seg.columns[uint32(at)]
		if at < 0 || c == nil {
			continue
		}
		in := p.but(a.Filters, f.Name)
		if c.kind == Number {
			c.each(in, func(i int) { numbers.add(c.numbers[i]) })
			continue
		}
		c.count(in, func(name uint32, n int) { counts[name] += n })
	}
	if values, few := numbers.few(chosen); few {
		f.Values = values
	} else if numbers.n > 0 {
		f.Kind, f.Values = "range", numbers.ranges(chosen)
	} else {
		f.Values = frequent(v.named(counts, len(code)+1, chosen.Values), chosen)
		for i, x := range f.Values {
			f.Values[i].Words = parseText(labels[code+"\x00"+x.Value].Words)
		}
	}
}

// named gives the most frequent values by their names, which begin at a place in those of the dictionary. Those that were
// chosen are there with their number.
func (v *view) named(counts map[uint32]int, at int, chosen []string) map[string]int {
	ids := slices.Collect(maps.Keys(counts))
	names := v.schema.values.all()
	var kept []uint32 // kept are those that were chosen.
	if len(ids) > facetValuesMax {
		for _, id := range ids {
			if len(chosen) > 0 && slices.Contains(chosen, names[id][at:]) {
				kept = append(kept, id)
			}
		}
		slices.SortFunc(ids, func(a, b uint32) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
		least := counts[ids[facetValuesMax]] // Those that are as frequent as the last one are told apart by their names.
		ids = slices.DeleteFunc(ids, func(id uint32) bool { return counts[id] < least })
		ids = ids[:min(len(ids), namedMax)]
	}
	by := make(map[string]int, len(ids))
	for _, id := range append(ids, kept...) {
		by[names[id][at:]] = counts[id]
	}
	return by
}

// namedMax bounds how many equally frequent values are told apart by their names.
const namedMax = 1_000

// count counts the values of a column among some documents, and says those that are there.
func (c *column) count(in bitmap, say func(name uint32, n int)) {
	counts := make([]int32, len(c.names))
	c.each(in, func(i int) { counts[c.values[i]]++ })
	for i, n := range counts {
		if n > 0 {
			say(c.names[i], int(n))
		}
	}
}

// each visits the places of a column whose documents are among some. Few documents look for their places, and many are
// looked for by all places.
func (c *column) each(in bitmap, visit func(i int)) {
	if many := in.count(); many*bits.Len(uint(len(c.docs))) > len(c.docs) {
		for i, doc := range c.docs {
			if in.has(doc) {
				visit(i)
			}
		}
		return
	}
	at := 0
	in.each(func(doc uint32) {
		leap := 1
		for at+leap < len(c.docs) && c.docs[at+leap] <= doc {
			at += leap
			leap *= 2
		}
		found, ok := slices.BinarySearch(c.docs[at:min(at+leap, len(c.docs))], doc)
		if at += found; ok {
			visit(at)
		}
	})
}

func (v *view) prices(a *Ask, chosen Filter) []FacetValue {
	h := newHistogram()
	h.many = true // A price is no choice.
	for _, p := range v.parts {
		p.but(a.Filters, NamePrice).each(func(doc uint32) {
			if price := atomic.LoadInt64(&p.seg.price[doc]); price > 0 {
				h.add(price)
			}
		})
	}
	return h.ranges(chosen)
}
