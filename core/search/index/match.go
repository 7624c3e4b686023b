package index

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"runtime"
	"slices"
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
	size    int // size is the logarithm of how many documents it is for.
	score   []int32
	slot    []int32 // slot is the best score for the slot at hand.
	count   []uint8
	touched []uint32
	inSlot  []uint32
}

// scratches is room that nobody uses, of each size, which is a power of two: for each processor as many pieces as a million
// documents need, nine megabytes. To be given them anew by the system costs more than the whole question; a sync.Pool would
// be emptied by each collection.
var scratches = func() (sizes [33]chan *scratch) {
	for i := range sizes {
		sizes[i] = make(chan *scratch, runtime.GOMAXPROCS(0)<<min(max(20-i, 0), 6))
	}
	return sizes
}()

func takeScratch(n int) *scratch {
	size := bits.Len32(uint32(max(n, 1) - 1))
	select {
	case s := <-scratches[size]:
		return s
	default:
		n = 1 << size
		return &scratch{size: size, score: make([]int32, n), slot: make([]int32, n), count: make([]uint8, n)}
	}
}

// free gives the room back, clean.
func (s *scratch) free() {
	s.clear()
	select {
	case scratches[s.size] <- s:
	default:
	}
}

func (s *scratch) clear() {
	for _, doc := range s.touched {
		s.score[doc], s.count[doc] = 0, 0
	}
	s.touched = s.touched[:0]
}

// resolved is an alternative in one segment: the places of its terms. More than one place of a prefix are several words
// of which one is enough.
type resolved struct {
	places   []int
	from, to int  // from and to bound the words that begin so, when it is a beginning.
	all      bool // all says that a document must have all of them.
	weight   int64
}

// prefixMax bounds how many words a beginning stands for: those that most documents have.
const prefixMax = 48

// resolve finds an alternative in a segment; ok is false when it is not there.
func (s *segment) resolve(a Alternative) (r resolved, ok bool) {
	r.weight = a.Weight
	if a.Prefix {
		r.from, r.to = s.terms.under(a.Terms[0])
		r.places = s.terms.frequent(r.from, r.to, prefixMax)
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
	for i, alternatives := range slots {
		for _, a := range alternatives {
			p.alternative(a, rarities[i]*a.weight/1000)
		}
		p.close()
	}
}

// close adds what the slot at hand gave to the scores.
func (p *part) close() {
	m := p.marks
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

// alternative notes what one alternative gives to the slot at hand.
func (p *part) alternative(a resolved, worth int64) {
	if !a.all || len(a.places) == 1 {
		for _, at := range a.places {
			p.term(at, worth)
		}
		return
	}
	for _, x := range p.seg.together(a.places) {
		p.marks.note(x.doc, int32(worth*int64(x.impact)>>8))
	}
}

// note notes what a document has of the slot at hand.
func (m *scratch) note(doc uint32, score int32) {
	if m.slot[doc] == 0 {
		m.inSlot = append(m.inSlot, doc)
	}
	m.slot[doc] = max(m.slot[doc], score, 1)
}

// term notes all documents of a term: segment.each, without a call for each of them, for half of all goods may have a word.
func (p *part) term(term int, worth int64) {
	m, b := p.marks, p.seg.bytesOf(term)
	var doc uint32
	for at := 0; at+2 < len(b); at += 2 {
		delta := uint32(b[at])
		at++
		if delta >= 0x80 {
			long, n := binary.Uvarint(b[at-1:])
			delta = uint32(long)
			at += n - 1
		}
		doc += delta
		m.note(doc, int32(worth*int64(b[at])>>8))
	}
}

// together gives the documents that have all of some terms, with the least impact among them.
func (s *segment) together(places []int) []match {
	order := slices.Clone(places)
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(s.terms.dfs[a], s.terms.dfs[b]) })
	both := slices.Collect(s.each(order[0]))
	for _, at := range order[1:] {
		i, kept := 0, both[:0]
		for x := range s.each(at) {
			for i < len(both) && both[i].doc < x.doc {
				i++
			}
			if i < len(both) && both[i].doc == x.doc {
				kept = append(kept, match{x.doc, min(both[i].impact, x.impact), both[i].mask | x.mask})
				i++
			}
		}
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
