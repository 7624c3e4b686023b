package index

import (
	"runtime"
	"slices"
	"strings"
)

// view is a snapshot while one question is asked of it.
type view struct {
	schema *schema
	tree   *Tree
	parts  []*part
	slots  map[*part][][]resolved
}

// closest is how many of the first documents are looked at for words that stand together.
const closest = 200

// Search answers a question from one snapshot. The same documents give the same answer, in whatever order and pieces they
// were added, as long as the segments hold no dead: those still count for how rare a word is, until they are merged away.
func (x *Index) Search(a Ask) Answer {
	v := x.view()
	defer v.free()
	words, weak := v.match(&a)
	answer := Answer{Words: words}
	v.each(v.total(), func(p *part) {
		p.settle(words)
		if len(a.Slots) == 0 {
			p.base = full(p.seg.len())
			p.base.without(p.dead)
		}
		p.filter(&a, v.tree)
	})
	for _, p := range v.parts {
		answer.Found += p.found.count()
	}
	pinned := pinnedFirst(v.parts, &a)
	for _, at := range pinned {
		if !at.part.found.has(at.doc) {
			answer.Found++
		}
	}
	answer.Weak = weak && len(pinned) == 0 // Who pins goods says that they are a good answer.
	var places []place
	answer.Facets = v.facets(&a, answer.Found, func() { places = v.rank(&a, pinned) })
	for _, at := range places {
		answer.Hits = append(answer.Hits, v.hit(&a, at, slices.Contains(pinned, at)))
	}
	if a.Explain {
		v.explain(&a, places, answer.Hits)
	}
	return answer
}

func (x *Index) view() *view {
	s := x.now.Load()
	v := &view{schema: s.schema, tree: s.tree, slots: make(map[*part][][]resolved)}
	for _, h := range s.holds {
		v.parts = append(v.parts, &part{seg: h.seg, dead: h.dead, marks: takeScratch(h.seg.len())})
	}
	slices.SortStableFunc(v.parts, byLargest)
	return v
}

func (v *view) free() {
	for _, p := range v.parts {
		p.marks.free()
	}
}

// match scores all documents, and says how many words one must match.
func (v *view) match(a *Ask) (words int, weak bool) {
	if len(a.Slots) == 0 {
		return 0, false
	}
	rarities := v.resolve(a)
	postings := 0
	for _, p := range v.parts {
		for _, slot := range v.slots[p] {
			postings += p.seg.most(slot)
		}
	}
	v.each(postings, func(p *part) { p.match(v.slots[p], rarities) })
	return needed(v.parts, len(a.Slots))
}

// resolve finds the words of the slots in each part, and says how rare they are.
func (v *view) resolve(a *Ask) []int64 {
	total, rarities := 0, make([]int64, len(a.Slots))
	dfs := make([]int, len(a.Slots))
	for _, p := range v.parts {
		total += p.seg.len()
		slots := make([][]resolved, len(a.Slots))
		for i, slot := range a.Slots {
			most := 0
			for _, alternative := range slot.Alternatives {
				if r, ok := p.seg.resolve(alternative); ok {
					slots[i] = append(slots[i], r)
					most = max(most, p.seg.frequency(r))
				}
			}
			dfs[i] += most
		}
		v.slots[p] = slots
	}
	for i, df := range dfs {
		rarities[i] = rarity(total, df)
	}
	return rarities
}

// rank gives the places of the page that was asked for.
func (v *view) rank(a *Ask, pinned []place) []place {
	b := best{keep: a.Offset + a.Limit}
	close := len(a.Slots) > 1 && (a.Sort == ByRelevance || a.Sort == "")
	if close {
		b.keep = max(b.keep, closest)
	}
	for _, p := range v.parts {
		p.found.each(func(doc uint32) {
			if key := p.key(a, doc); !b.beyond(key) {
				b.offer(place{p, doc, key})
			}
		})
	}
	places := b.sorted()
	if close {
		closer(places[:min(len(places), closest)], v.slots)
	}
	if len(pinned) > 0 {
		places = slices.DeleteFunc(places, func(at place) bool {
			return slices.ContainsFunc(pinned, func(x place) bool { return x.part == at.part && x.doc == at.doc })
		})
		places = append(slices.Clone(pinned), places...)
	}
	from := min(a.Offset, len(places))
	return places[from:min(a.Offset+a.Limit, len(places))]
}

func (v *view) hit(a *Ask, at place, pinned bool) Hit {
	p := at.part
	h := Hit{ID: strings.Clone(p.seg.id(at.doc)), External: strings.Clone(p.seg.externals.at(int(at.doc))), Score: at.key, Pinned: pinned,
		Words: int(p.marks.count[at.doc])}
	for i, b := range p.boosts {
		if b.has(at.doc) {
			h.Boosts = append(h.Boosts, a.Boosts[i].ID)
		}
	}
	return h
}

// explain fills in where each word was found in the hits of a page.
func (v *view) explain(a *Ask, places []place, hits []Hit) {
	for _, p := range v.parts {
		at := make(map[uint32]int)
		for i, place := range places {
			if place.part == p {
				at[place.doc] = i
			}
		}
		if len(at) == 0 {
			continue
		}
		for _, slot := range a.Slots {
			for _, alternative := range slot.Alternatives {
				r, ok := p.seg.resolve(alternative)
				if !ok {
					continue
				}
				note := func(as string, m match) {
					if i, shown := at[m.doc]; shown {
						hits[i].Reasons = append(hits[i].Reasons, Reason{slot.Word, as, alternative.Why, m.fields()})
					}
				}
				if r.all && len(r.places) > 1 {
					for _, m := range p.seg.together(r.places) {
						note(alternative.as(), m)
					}
					continue
				}
				for _, term := range r.places {
					word := strings.Clone(p.seg.terms.at(term))
					for m := range p.seg.each(term) {
						note(word, m)
					}
				}
			}
		}
	}
}

// as is an alternative in words.
func (a Alternative) as() string {
	words := ""
	for i, t := range a.Terms {
		if i > 0 {
			words += " "
		}
		words += t
	}
	return words
}

// fields names the fields in which a term stands.
func (m match) fields() (names []string) {
	for f := range fields {
		if m.mask&(1<<f) != 0 {
			names = append(names, f.String())
		}
	}
	return names
}

// Near is a word of the index that is much like another.
type Near struct {
	Word      string
	Distance  int
	Documents int
}

// Near gives the words that people write within a distance of a word: the nearest first, and of these the most frequent.
func (x *Index) Near(word string, most, limit int) []Near {
	found := make(map[string]Near)
	s := x.now.Load()
	for _, h := range s.holds {
		h.seg.terms.near(word, most, func(i, distance int) {
			if !h.seg.terms.words[i] {
				return
			}
			w := strings.Clone(h.seg.terms.at(i))
			n := found[w]
			found[w] = Near{w, distance, n.Documents + int(h.seg.terms.dfs[i])}
		})
	}
	runtime.KeepAlive(s)
	list := make([]Near, 0, len(found))
	for _, n := range found {
		if n.Documents > 0 {
			list = append(list, n)
		}
	}
	slices.SortFunc(list, func(a, b Near) int {
		switch {
		case a.Distance != b.Distance:
			return a.Distance - b.Distance
		case a.Documents != b.Documents:
			return b.Documents - a.Documents
		case a.Word < b.Word:
			return -1
		}
		return 1
	})
	return list[:min(len(list), limit)]
}

// Documents is how many documents have a word, the dead included.
func (x *Index) Documents(word string) int {
	n := 0
	s := x.now.Load()
	for _, h := range s.holds {
		if i := h.seg.terms.find(word); i >= 0 {
			n += int(h.seg.terms.dfs[i])
		}
	}
	runtime.KeepAlive(s)
	return n
}

// Counts gives how many documents each brand, seller or country of origin has, or each category with those below it.
func (x *Index) Counts(name string) map[string]int {
	v := x.view()
	defer v.free()
	for _, p := range v.parts {
		p.found = full(p.seg.len())
		p.found.without(p.dead)
	}
	switch name {
	case NameBrand:
		return v.countNames(&Ask{}, name, v.schema.brands, func(s *segment) []uint32 { return s.brand })
	case NameSeller:
		return v.countNames(&Ask{}, name, v.schema.sellers, func(s *segment) []uint32 { return s.seller })
	case NameOrigin:
		return v.countNames(&Ask{}, name, v.schema.origins, func(s *segment) []uint32 { return s.origin })
	case NameCategory:
		return v.tree.sums(v.countNames(&Ask{}, name, v.schema.categories, func(s *segment) []uint32 { return s.category }))
	}
	return nil
}
