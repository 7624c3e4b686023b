package index

import (
	"slices"
	"strings"
	"sync/atomic"
)

// stocks are the values of the filter and facet of stock.
var stocks = [...]string{OutOfStock: "out_of_stock", ToOrder: "to_order", InStock: "in_stock"}

// Tree says which category stands below which.
type Tree struct {
	parents map[string]string
	below   map[string][]string
}

// NewTree makes a tree of the parent of each category; that of a root is empty.
func NewTree(parents map[string]string) *Tree {
	t := &Tree{parents: parents, below: make(map[string][]string)}
	for c, p := range parents {
		t.below[p] = append(t.below[p], c)
	}
	return t
}

// under visits a category and all below it.
func (t *Tree) under(category string, visit func(string)) {
	visit(category)
	for _, c := range t.below[category] {
		t.under(c, visit)
	}
}

// sums adds counts up: what a category has, those above it have too.
func (t *Tree) sums(counts map[string]int) map[string]int {
	sums := make(map[string]int)
	for c, n := range counts {
		for up := 0; c != "" && up < depthMax; up++ {
			sums[c] += n
			c = t.parents[c]
		}
	}
	return sums
}

// depthMax ends a walk up a tree that somebody has made a circle.
const depthMax = 16

// pass gives the documents that pass a filter.
func (s *segment) pass(f Filter, tree *Tree) bitmap {
	b := newBitmap(s.len())
	switch f.Name {
	case NameCategory:
		s.passNames(b, s.category, s.schema.categories, within(f.Values, tree))
	case NameBrand:
		s.passNames(b, s.brand, s.schema.brands, f.Values)
	case NameSeller:
		s.passNames(b, s.seller, s.schema.sellers, f.Values)
	case NameOrigin:
		s.passNames(b, s.origin, s.schema.origins, f.Values)
	case NamePrice:
		for doc := range s.price {
			if price := atomic.LoadInt64(&s.price[doc]); price > 0 && f.holds(price) {
				b.set(uint32(doc))
			}
		}
	case NameStock:
		for doc := range s.stock {
			if slices.Contains(f.Values, stocks[atomic.LoadUint32(&s.stock[doc])]) {
				b.set(uint32(doc))
			}
		}
	default:
		s.passAttribute(b, f)
	}
	return b
}

func (f Filter) holds(n int64) bool { return n >= f.From && n < f.To }

func within(categories []string, tree *Tree) []string {
	var all []string
	for _, c := range categories {
		tree.under(c, func(c string) { all = append(all, c) })
	}
	return all
}

// passNames lets through the documents whose name is among the wanted.
func (s *segment) passNames(b bitmap, column []uint32, d *dictionary, wanted []string) {
	names := d.all()
	want := make([]bool, len(names))
	for i, name := range names {
		want[i] = slices.Contains(wanted, name)
	}
	for doc, id := range column {
		if want[id] {
			b.set(uint32(doc))
		}
	}
}

// passAttribute lets through the documents with a value of an attribute. A name that is none lets nothing through.
func (s *segment) passAttribute(b bitmap, f Filter) {
	code, ok := strings.CutPrefix(f.Name, AttributePrefix)
	if !ok {
		return
	}
	c := s.column(code)
	if c == nil {
		return
	}
	if c.kind == Number {
		for i, doc := range c.docs {
			if n := c.numbers[i]; f.Bounded && f.holds(n) || !f.Bounded && slices.Contains(f.Values, Decimal(n)) {
				b.set(doc)
			}
		}
		return
	}
	names := s.schema.values.all()
	want := make([]bool, len(c.names))
	for i, name := range c.names {
		want[i] = slices.Contains(f.Values, names[name][len(code)+1:])
	}
	for i, doc := range c.docs {
		if want[c.values[i]] {
			b.set(doc)
		}
	}
}

// column gives the values of a code, or nil.
func (s *segment) column(code string) *column {
	i := slices.Index(s.schema.codes.all(), code)
	if i < 0 {
		return nil
	}
	return s.columns[uint32(i)]
}

// filter works out what passes each filter and what passes all of them.
func (p *part) filter(a *Ask, tree *Tree) {
	p.found = slices.Clone(p.base)
	for _, f := range a.Filters {
		b := p.seg.pass(f, tree)
		p.passed = append(p.passed, b)
		p.found.and(b)
	}
	for _, id := range a.Hidden {
		if doc, ok := p.seg.find(id); ok {
			p.base[doc>>6] &^= 1 << (doc & 63)
			p.found[doc>>6] &^= 1 << (doc & 63)
		}
	}
	for _, boost := range a.Boosts {
		b := slices.Clone(p.found)
		for _, f := range boost.Filters {
			b.and(p.seg.pass(f, tree))
		}
		p.boosts = append(p.boosts, b)
	}
}

// but gives what is found when one filter is left out of account, and all others count.
func (p *part) but(filters []Filter, name string) bitmap {
	if !slices.ContainsFunc(filters, func(f Filter) bool { return f.Name == name }) {
		return p.found
	}
	b := slices.Clone(p.base)
	for i, f := range filters {
		if f.Name != name {
			b.and(p.passed[i])
		}
	}
	return b
}
