package index

import (
	"encoding/binary"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sauda/core/search/analysis"
)

// builder makes a segment of documents.
type builder struct {
	schema *schema
	seg    *segment
	ids    map[string]uint32
	posts  []posting
	counts map[uint32]*[fields]int64 // counts are the terms of the document at hand.
	title  []uint32
	labels map[string]Value // labels are those of the schema, or a copy with more when ownLabels says so.
	sparse map[uint32]*column

	ownLabels bool
}

// posting is the postings of a term while they are collected.
type posting struct {
	last  uint32
	df    uint32
	word  bool // word says that people write it so.
	bytes []byte
}

func newBuilder(s *schema) *builder {
	return &builder{schema: s, seg: &segment{schema: s}, ids: make(map[string]uint32),
		counts: make(map[uint32]*[fields]int64), labels: *s.labels.Load(), sparse: make(map[uint32]*column)}
}

// add puts a document in. One with the id of an earlier one is not looked at twice by the caller.
func (b *builder) add(d *Document) {
	s := b.seg
	doc := uint32(s.len())
	s.ids.add(d.ID)
	s.externals.add(d.External)
	s.versions = append(s.versions, d.Version)
	s.category = append(s.category, b.schema.categories.add(d.Category))
	s.brand = append(s.brand, b.schema.brands.add(d.Brand))
	s.seller = append(s.seller, b.schema.sellers.add(d.Seller))
	s.origin = append(s.origin, b.schema.origins.add(d.Origin))
	s.since = append(s.since, d.Since)
	s.price = append(s.price, d.Price)
	s.stock = append(s.stock, uint32(d.Stock))
	s.popularity = append(s.popularity, d.Popularity)
	b.words(doc, d)
	for _, v := range d.Values {
		b.value(doc, v)
	}
}

// words indexes the texts of a document.
func (b *builder) words(doc uint32, d *Document) {
	clear(b.counts)
	b.title = b.title[:0]
	var lengths [fields]int64
	for f, texts := range d.Texts {
		for _, text := range texts {
			last := -1
			for _, t := range analysis.Document(text) {
				id := b.term(t.Text)
				b.posts[id].word = b.posts[id].word || t.Kind == analysis.Word
				c := b.counts[id]
				if c == nil {
					c = new([fields]int64)
					b.counts[id] = c
				}
				c[f]++
				if t.Position != last {
					lengths[f]++
					last = t.Position
				}
			}
		}
	}
	for id, c := range b.counts {
		var mask byte
		for f, n := range c {
			if n > 0 {
				mask |= 1 << f
			}
		}
		p := &b.posts[id]
		p.bytes = binary.AppendUvarint(p.bytes, uint64(doc-p.last))
		p.bytes = append(p.bytes, impact(c, &lengths), mask)
		p.last = doc
		p.df++
	}
	for _, text := range d.Titles {
		b.order(text)
	}
	b.seg.titles = append(b.seg.titles, b.title...)
	b.seg.titleEnds = append(b.seg.titleEnds, uint32(len(b.seg.titles)))
}

// order notes the terms of a title in their order.
func (b *builder) order(title string) {
	last := -1
	for _, t := range analysis.Document(title) {
		if len(b.title) == titleMax {
			return
		}
		mark := b.term(t.Text)
		if t.Position == last {
			mark |= beside
		}
		last = t.Position
		b.title = append(b.title, mark)
	}
	if len(b.title) < titleMax {
		b.title = append(b.title, gap)
	}
}

// titleMax bounds how many terms of the titles are kept in their order. A term with the bit beside stands at the place of
// the term before it; gap stands between two titles.
const (
	titleMax = 48
	beside   = uint32(1) << 31
	gap      = ^uint32(0)
)

func (b *builder) term(w string) uint32 {
	if id, ok := b.ids[w]; ok {
		return id
	}
	id := uint32(len(b.posts))
	b.ids[strings.Clone(w)] = id
	b.posts = append(b.posts, posting{})
	return id
}

// facetMax bounds the text of a value that can be filtered by: longer ones are sentences, not values.
const facetMax = 80

// value puts a value into the column of its code.
func (b *builder) value(doc uint32, v Value) {
	if v.Code == "" || v.Kind == Text && (v.Text == "" || len(v.Text) > facetMax) {
		return
	}
	code := b.schema.codes.add(v.Code)
	c := b.sparse[code]
	if c == nil {
		c = &column{kind: v.Kind}
		b.sparse[code] = c
	}
	if c.kind != v.Kind || len(c.docs) > 0 && c.docs[len(c.docs)-1] == doc {
		return
	}
	c.docs = append(c.docs, doc)
	if v.Kind == Number {
		c.numbers = append(c.numbers, v.Number)
	} else {
		key := v.Code + "\x00" + v.Text
		c.values = append(c.values, b.schema.values.add(key))
		if v.Words != "" && b.labels[key].Words != v.Words {
			b.label(key, Value{Words: v.Words})
		}
	}
	if _, ok := b.labels[v.Code]; !ok {
		b.label(v.Code, Value{Code: v.Code, Kind: v.Kind, Label: v.Label, Unit: v.Unit})
	}
}

// label notes the words of a code or value. Readers have the map of the schema, so the first word needs a copy.
func (b *builder) label(key string, v Value) {
	if !b.ownLabels {
		b.labels, b.ownLabels = maps.Clone(b.labels), true
	}
	b.labels[key] = v
}

// segment ends the building. The builder is not used afterwards.
func (b *builder) segment() *segment {
	s := b.seg
	words := make([]string, 0, len(b.ids))
	for w := range b.ids {
		words = append(words, w)
	}
	slices.Sort(words)
	place := make([]uint32, len(words)) // place says where a term came to stand.
	var size uint64
	for i := range b.posts {
		size += uint64(len(b.posts[i].bytes))
	}
	s.postings = make([]byte, 0, size)
	for i, w := range words {
		id := b.ids[w]
		place[id] = uint32(i)
		p := &b.posts[id]
		s.terms.add(w)
		s.terms.posts = append(s.terms.posts, uint64(len(s.postings)))
		s.terms.dfs = append(s.terms.dfs, p.df)
		s.terms.words = append(s.terms.words, p.word)
		s.postings = append(s.postings, p.bytes...)
		p.bytes = nil
	}
	s.terms.posts = append(s.terms.posts, uint64(len(s.postings)))
	for i, id := range s.titles {
		if id != gap {
			s.titles[i] = place[id&^beside] | id&beside
		}
	}
	s.columns = make(map[uint32]*column, len(b.sparse))
	for code, c := range b.sparse {
		s.columns[code] = c.fit()
	}
	if b.ownLabels {
		labels := b.labels // A pointer to the field would hold the builder.
		b.schema.labels.Store(&labels)
	}
	s.outline()
	s.arrange()
	return s
}

// parseText reads words for people that a Value carries as JSON.
func parseText(s string) map[string]string {
	var words map[string]string
	if s == "" || json.Unmarshal([]byte(s), &words) != nil {
		return nil
	}
	return words
}

// Decimal writes a number that is in thousandths: 12500 is "12.5".
func Decimal(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	s := sign + strconv.FormatInt(n/1000, 10)
	if rest := n % 1000; rest != 0 {
		s += "." + strings.TrimRight(strconv.FormatInt(1000+rest, 10)[1:], "0")
	}
	return s
}
