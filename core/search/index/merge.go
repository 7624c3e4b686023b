package index

import (
	"encoding/binary"
	"slices"
)

// merge makes one segment of several, without their dead. places says where each document of each has come to stand; gap
// stands for a dead one.
func merge(s *schema, holds []holding) (merged *segment, places [][]uint32) {
	out := &segment{schema: s, columns: make(map[uint32]*column)}
	places = make([][]uint32, len(holds))
	for i, h := range holds {
		places[i] = out.take(h)
	}
	words := out.takeTerms(holds, places)
	for i, h := range holds {
		for doc, to := range places[i] {
			if to == gap {
				continue
			}
			for _, t := range h.seg.title(uint32(doc)) {
				if t != gap {
					t = words[i][t&^beside] | t&beside
				}
				out.titles = append(out.titles, t)
			}
			out.titleEnds = append(out.titleEnds, uint32(len(out.titles)))
		}
		for code, c := range h.seg.columns {
			out.takeColumn(code, c, places[i])
		}
	}
	for code, c := range out.columns {
		out.columns[code] = c.fit()
	}
	out.outline()
	out.arrange()
	return out, places
}

// take brings the documents of a segment over, and says where they have come to stand.
func (s *segment) take(h holding) []uint32 {
	places := make([]uint32, h.seg.len())
	for doc := range places {
		if h.dead.has(uint32(doc)) {
			places[doc] = gap
			continue
		}
		places[doc] = uint32(s.len())
		from, n := h.seg, h.seg.numbers(uint32(doc))
		s.ids.add(from.ids.at(doc))
		s.externals.add(from.externals.at(doc))
		s.versions = append(s.versions, from.versions[doc])
		s.category, s.brand = append(s.category, from.category[doc]), append(s.brand, from.brand[doc])
		s.seller, s.origin = append(s.seller, from.seller[doc]), append(s.origin, from.origin[doc])
		s.since = append(s.since, from.since[doc])
		s.price, s.stock = append(s.price, n.Price), append(s.stock, uint32(n.Stock))
		s.popularity = append(s.popularity, n.Popularity)
	}
	return places
}

// takeTerms merges the words and their postings, and says where each word of each segment has come to stand.
func (s *segment) takeTerms(holds []holding, places [][]uint32) [][]uint32 {
	at, words := make([]int, len(holds)), make([][]uint32, len(holds))
	for i, h := range holds {
		words[i] = make([]uint32, h.seg.terms.len())
	}
	for {
		least, some := "", false
		for i, h := range holds {
			if at[i] < h.seg.terms.len() {
				if w := h.seg.terms.at(at[i]); !some || w < least {
					least, some = w, true
				}
			}
		}
		if !some {
			break
		}
		begin, last, df, word := uint64(len(s.postings)), uint32(0), uint32(0), false
		for i, h := range holds { // The documents of a segment stand behind those of the ones before it.
			if at[i] == h.seg.terms.len() || h.seg.terms.at(at[i]) != least {
				continue
			}
			for m := range h.seg.each(at[i]) {
				to := places[i][m.doc]
				if to == gap {
					continue
				}
				s.postings = binary.AppendUvarint(s.postings, uint64(to-last))
				s.postings = append(s.postings, m.impact, m.mask)
				last = to
				df++
			}
			word = word || h.seg.terms.words[at[i]]
			words[i][at[i]] = uint32(s.terms.len())
			at[i]++
		}
		s.terms.add(least) // A word whose documents are all dead stays: the titles name places.
		s.terms.posts, s.terms.dfs = append(s.terms.posts, begin), append(s.terms.dfs, df)
		s.terms.words = append(s.terms.words, word)
	}
	s.terms.posts = append(s.terms.posts, uint64(len(s.postings)))
	s.postings = slices.Clone(s.postings)
	return words
}

// takeColumn brings the values of an attribute over.
func (s *segment) takeColumn(code uint32, c *column, places []uint32) {
	to := s.columns[code]
	if to == nil {
		to = &column{kind: c.kind}
		s.columns[code] = to
	}
	if to.kind != c.kind {
		return
	}
	for i, doc := range c.docs {
		if places[doc] == gap {
			continue
		}
		to.docs = append(to.docs, places[doc])
		if c.kind == Number {
			to.numbers = append(to.numbers, c.numbers[i])
		} else {
			to.values = append(to.values, c.names[c.values[i]])
		}
	}
}
