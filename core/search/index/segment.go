package index

import (
	"cmp"
	"encoding/binary"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
)

// segment is documents that were indexed together. Its numbers are overwritten by atomic stores; all else stays. A large one
// lies in a file (see file.go).
type segment struct {
	schema    *schema
	file      string // file is its name in the folder of the index; empty when it has none.
	sum       uint32 // sum is of the bytes of the file.
	frozen    int64  // frozen is how many bytes lie in the file.
	ids       packed
	externals packed
	order     []uint32 // order is the documents by their ids.
	versions  []int64
	terms     terms
	postings  []byte
	titles    []uint32 // titles are the terms of the titles in their order; gap between two of one document.
	titleEnds []uint32

	category, brand, seller, origin []uint32
	since                           []int64
	price                           []int64  // price, stock and popularity are read and written atomically.
	stock                           []uint32 // of Stock
	popularity                      []int64

	columns map[uint32]*column // columns are the values, by code.
	telling telling

	champions champions
}

// telling is the codes that tell most products of a category apart, for each category by its number.
type telling struct{ categories, ends, codes []uint32 }

func (t *telling) of(category uint32) []uint32 {
	i, ok := slices.BinarySearch(t.categories, category)
	if !ok {
		return nil
	}
	begin := uint32(0)
	if i > 0 {
		begin = t.ends[i-1]
	}
	return t.codes[begin:t.ends[i]]
}

func (s *segment) len() int { return s.ids.len() }

// id is a view of the id of a document.
func (s *segment) id(doc uint32) string { return s.ids.at(int(doc)) }

// find gives the document with an id.
func (s *segment) find(id string) (doc uint32, ok bool) {
	i, ok := slices.BinarySearchFunc(s.order, id, func(doc uint32, id string) int { return strings.Compare(s.id(doc), id) })
	if !ok {
		return 0, false
	}
	return s.order[i], true
}

// arrange brings the documents into the order of their ids. It ends the building.
func (s *segment) arrange() {
	s.order = make([]uint32, s.len())
	for doc := range s.order {
		s.order[doc] = uint32(doc)
	}
	slices.SortFunc(s.order, func(a, b uint32) int { return strings.Compare(s.id(a), s.id(b)) })
}

// column is the values of one attribute, for the documents that have one, in their order.
type column struct {
	kind    Kind
	docs    []uint32
	values  []uint32 // values are of texts and bools: places in names.
	names   []uint32 // names are the values in the dictionary that all segments share.
	numbers []int64
}

// fit ends the building of a column whose values are those of the dictionary: what is counted gets small numbers, and the
// room that was left for more is let go.
func (c *column) fit() *column {
	c.docs, c.values, c.numbers = slices.Clone(c.docs), slices.Clone(c.values), slices.Clone(c.numbers)
	places := make(map[uint32]uint32)
	for i, name := range c.values {
		place, ok := places[name]
		if !ok {
			place = uint32(len(c.names))
			places[name] = place
			c.names = append(c.names, name)
		}
		c.values[i] = place
	}
	return c
}

// match is one posting.
type match struct {
	doc    uint32
	impact byte
	mask   byte // mask has a bit for each field that holds the term.
}

// each gives the postings of a term, in the order of the documents.
func (s *segment) each(term int) iter.Seq[match] {
	return func(yield func(match) bool) {
		b := s.bytesOf(term)
		var doc uint32
		for at := 0; at < len(b); {
			delta := uint64(b[at])
			at++
			if delta >= 0x80 {
				var n int
				delta, n = binary.Uvarint(b[at-1:])
				at += n - 1
			}
			doc += uint32(delta)
			if !yield(match{doc, b[at], b[at+1]}) {
				return
			}
			at += 2
		}
	}
}

// bytesOf gives the postings of a term as they lie: of each the distance from the document before, the impact and the mask.
func (s *segment) bytesOf(term int) []byte {
	return s.postings[s.terms.posts[term]:s.terms.posts[term+1]]
}

// title gives the terms of a document's titles.
func (s *segment) title(doc uint32) []uint32 {
	begin := uint32(0)
	if doc > 0 {
		begin = s.titleEnds[doc-1]
	}
	return s.titles[begin:s.titleEnds[doc]]
}

// numbers gives what changes often.
func (s *segment) numbers(doc uint32) Numbers {
	return Numbers{Price: atomic.LoadInt64(&s.price[doc]), Stock: Stock(atomic.LoadUint32(&s.stock[doc])),
		Popularity: atomic.LoadInt64(&s.popularity[doc])}
}

func (s *segment) setNumbers(doc uint32, n Numbers) {
	atomic.StoreInt64(&s.price[doc], n.Price)
	atomic.StoreUint32(&s.stock[doc], uint32(n.Stock))
	atomic.StoreInt64(&s.popularity[doc], n.Popularity)
}

// tellingMax is how many attributes are kept for a category, so that a page can offer the best of them.
const tellingMax = 24

// choiceMax is how many different texts an attribute may have to be offered unasked.
const choiceMax = 1_000

// outline finds the attributes that most products of a category have, and that have more than one value there.
func (s *segment) outline() {
	type key struct{ category, code uint32 }
	counts := make(map[key]int)
	various := make(map[key]bool)
	for code, c := range s.columns {
		if len(c.names) > choiceMax || len(c.names) > 4 && 2*len(c.names) > len(c.docs) {
			continue // Nobody chooses among part numbers.
		}
		firsts := make(map[uint32]int64)
		for i, doc := range c.docs {
			k := key{s.category[doc], code}
			v := c.at(i)
			if first, seen := firsts[k.category]; !seen {
				firsts[k.category] = v
			} else if first != v {
				various[k] = true
			}
			counts[k]++
		}
	}
	by := make(map[uint32][]key)
	for k := range various {
		by[k.category] = append(by[k.category], k)
	}
	for _, category := range slices.Sorted(maps.Keys(by)) {
		keys := by[category]
		slices.SortFunc(keys, func(a, b key) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.code, b.code)) })
		for _, k := range keys[:min(len(keys), tellingMax)] {
			s.telling.codes = append(s.telling.codes, k.code)
		}
		s.telling.categories = append(s.telling.categories, category)
		s.telling.ends = append(s.telling.ends, uint32(len(s.telling.codes)))
	}
}

// at is a value as a number that can be compared.
func (c *column) at(i int) int64 {
	if c.kind == Number {
		return c.numbers[i]
	}
	return int64(c.values[i])
}

// bytes is about how much memory a segment takes, in its file or outside.
func (s *segment) bytes() int64 {
	if s.frozen > 0 {
		return s.frozen + 20*int64(s.len())
	}
	n := int64(len(s.postings)+len(s.terms.text)+len(s.ids.text)+len(s.externals.text)+4*len(s.titles)) + 21*int64(s.terms.len()) + 72*int64(s.len())
	for _, c := range s.columns {
		n += int64(4*len(c.docs) + 4*len(c.values) + 8*len(c.numbers))
	}
	return n
}
