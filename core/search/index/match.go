package index

import (
	"cmp"
	"slices"
	"sync"
)

// part is one segment's share of an answer.
type part struct {
	seg    *segment
	dead   bitmap
	marks  *scratch
	base   bitmap   // base is what matches enough words.
	passed []bitmap // passed is what passes each filter.
	found  bitmap   // found is what matches and passes all.
	boosts []bitmap
}

// scratch is room for the scores of one segment. It is all zero while nobody uses it.
type scratch struct {
	score   []int32
	slot    []int32 // slot is the best score for the slot at hand.
	count   []uint8
	touched []uint32
	inSlot  []uint32
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

func takeScratch(n int) *scratch {
	s := scratches.Get().(*scratch)
	if len(s.score) < n {
		*s = scratch{score: make([]int32, n), slot: make([]int32, n), count: make([]uint8, n)}
	}
	return s
}

// free gives the room back, clean.
func (s *scratch) free() {
	for _, doc := range s.touched {
		s.score[doc], s.count[doc] = 0, 0
	}
	s.touched = s.touched[:0]
	scratches.Put(s)
}

// resolved is an alternative in one segment: the places of its terms. More than one place of a prefix are several words
// of which one is enough.
type resolved struct {
	places []int
	all    bool // all says that a document must have all of them.
	weight int64
}

// prefixMax bounds how many words a beginning stands for: those that most documents have.
const prefixMax = 48

// resolve finds an alternative in a segment; ok is false when it is not there.
func (s *segment) resolve(a Alternative) (r resolved, ok bool) {
	r.weight = a.Weight
	if a.Prefix {
		from, to := s.terms.under(a.Terms[0])
		for i := from; i < to; i++ {
			r.places = append(r.places, i)
		}
		if len(r.places) > prefixMax {
			slices.SortStableFunc(r.places, func(a, b int) int { return cmp.Compare(s.terms.dfs[b], s.terms.dfs[a]) })
			r.places = r.places[:prefixMax]
		}
		return r, len(r.places) > 0
	}
	r.all = true
	for _, t := range a.Terms {
		i := s.terms.find(t)
		if i < 0 {
			return r, false
		}
		r.places = append(r.places, i)
	}
	return r, len(r.places) > 0
}

// frequency is how many documents of a segment have what stands for a slot, at most.
func (s *segment) frequency(r resolved) int {
	n := 0
	for i, at := range r.places {
		df := int(s.terms.dfs[at])
		if r.all && i > 0 {
			n = min(n, df)
		} else {
			n += df
		}
	}
	return n
}

// match scores the documents of a segment. Of several alternatives the best counts.
func (p *part) match(slots [][]resolved, rarities []int64) {
	m := p.marks
	for i, alternatives := range slots {
		for _, a := range alternatives {
			p.alternative(a, rarities[i]*a.weight/1000)
		}
		for _, doc := range m.inSlot {
			if m.count[doc] == 0 {
				m.touched = append(m.touched, doc)
			}
			m.score[doc] += m.slot[doc]
			m.count[doc]++
			m.slot[doc] = 0
		}
		m.inSlot = m.inSlot[:0]
	}
}

// alternative notes what one alternative gives to the slot at hand.
func (p *part) alternative(a resolved, worth int64) {
	m := p.marks
	note := func(doc uint32, score int32) {
		if m.slot[doc] == 0 {
			m.inSlot = append(m.inSlot, doc)
		}
		m.slot[doc] = max(m.slot[doc], score, 1)
	}
	if !a.all || len(a.places) == 1 {
		for _, at := range a.places {
			p.seg.each(at, func(x match) { note(x.doc, int32(worth*int64(x.impact)>>8)) })
		}
		return
	}
	for _, x := range p.seg.together(a.places) {
		note(x.doc, int32(worth*int64(x.impact)>>8))
	}
}

// together gives the documents that have all of some terms, with the least impact among them.
func (s *segment) together(places []int) []match {
	order := slices.Clone(places)
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(s.terms.dfs[a], s.terms.dfs[b]) })
	var both []match
	s.each(order[0], func(x match) { both = append(both, x) })
	for _, at := range order[1:] {
		i, kept := 0, both[:0]
		s.each(at, func(x match) {
			for i < len(both) && both[i].doc < x.doc {
				i++
			}
			if i < len(both) && both[i].doc == x.doc {
				kept = append(kept, match{x.doc, min(both[i].impact, x.impact), both[i].mask | x.mask})
				i++
			}
		})
		both = kept
	}
	return both
}

// enough is how many documents with all words make those with fewer words needless.
const enough = 12

// few is how many documents with half of the words make those with fewer needless.
const few = 3

// needed says how many words a document must match: all, or fewer when not enough match all, and less than half only when
// hardly any match that.
func needed(parts []*part, slots int) (words int, weak bool) {
	by := make([]int, slots+1)
	for _, p := range parts {
		for _, doc := range p.marks.touched {
			if !p.dead.has(doc) {
				by[p.marks.count[doc]]++
			}
		}
	}
	weak = by[slots] == 0
	sum := 0
	for words = slots; words > 1; words-- {
		if sum += by[words]; sum >= enough || sum >= few && 2*(words-1) < slots {
			break
		}
	}
	return max(words, 1), weak
}

// settle makes the set of what matches enough words.
func (p *part) settle(words int) {
	p.base = newBitmap(p.seg.len())
	for _, doc := range p.marks.touched {
		if int(p.marks.count[doc]) >= words {
			p.base.set(doc)
		}
	}
	p.base.without(p.dead)
}
