package index

import (
	"cmp"
	"iter"
	"math"
	"runtime"
	"slices"
	"sync/atomic"
)

const (
	// crowdedFrom is how many documents an index has before its segments keep the best ones of their frequent words: in a
	// smaller one all of them are looked at in no time, and so they are in a segment of less than crowdMin.
	crowdedFrom = 50_000
	crowdMin    = 4_096
	// championsMax is how many documents are kept of a word that more have. It is many times what a list of suggestions
	// shows, since several words must be in one document.
	championsMax = 128
)

// champions are the best documents of each word that more than championsMax have, by the place of the word: those in which
// it weighs most, and of these the popular ones.
type champions struct {
	begun atomic.Bool // begun says that somebody looks for them.
	of    atomic.Pointer[map[int][]match]
}

// best gives the postings of a term, or the champions among them when they are known.
func (s *segment) best(term int) iter.Seq[match] {
	known := s.champions.of.Load()
	if known == nil || s.terms.dfs[term] <= championsMax {
		return s.each(term)
	}
	return slices.Values((*known)[term])
}

// crown finds the champions. It is done once for a segment, beside those who ask: until it is done they look at all.
func (s *segment) crown() {
	lists := make(map[int][]match)
	for term, df := range s.terms.dfs {
		if df <= championsMax {
			continue
		}
		c := crown{seg: s, kept: make([]match, 0, championsMax)}
		for m := range s.each(term) {
			c.offer(m)
		}
		lists[term] = c.kept
	}
	s.champions.of.Store(&lists)
	runtime.KeepAlive(s)
}

// crown gathers the champions of a word: a heap with the least of them on top.
type crown struct {
	seg  *segment
	kept []match
}

func (c *crown) less(a, b match) bool {
	if a.impact != b.impact {
		return a.impact < b.impact
	}
	return c.seg.numbers(a.doc).Popularity < c.seg.numbers(b.doc).Popularity
}

func (c *crown) offer(m match) {
	if len(c.kept) < cap(c.kept) {
		c.kept = append(c.kept, m)
		for i := len(c.kept) - 1; i > 0 && c.less(c.kept[i], c.kept[(i-1)/2]); i = (i - 1) / 2 {
			c.kept[i], c.kept[(i-1)/2] = c.kept[(i-1)/2], c.kept[i]
		}
		return
	}
	if !c.less(c.kept[0], m) {
		return
	}
	c.kept[0] = m
	for i := 0; ; {
		least := i
		for _, down := range []int{2*i + 1, 2*i + 2} {
			if down < len(c.kept) && c.less(c.kept[down], c.kept[least]) {
				least = down
			}
		}
		if least == i {
			return
		}
		c.kept[i], c.kept[least] = c.kept[least], c.kept[i]
		i = least
	}
}

// titled is the impact of a word that is looked up in a title instead of among its postings: that of one in a title of five
// words or so.
const titled = 160

// walk is a way through the documents of the rarest word: which of them, how many of the whole index at most, and after how
// many that fit it ends. Each part goes its share of it.
type walk struct {
	of           func(*segment, int) iter.Seq[match]
	begun        bool // begun says that the word that was begun may lead.
	most, enough int
}

// walks are the ways in their order: the champions, and when few of them have the other words as well, the first of all. A
// word that stands in a third of a million titles leads to some that fit soon, whatever the other words are.
var walks = []walk{
	{of: (*segment).best, most: math.MaxInt, enough: math.MaxInt},
	{of: (*segment).each, begun: true, most: 40_000, enough: 128},
}

// share is as much of a number as a part has of all documents.
func (p *part) share(of, total int) int {
	if of == math.MaxInt {
		return of
	}
	return of*p.seg.len()/total + 1
}

// Complete answers a question whose last slot is the beginning of a word, for a list that is shown while somebody types:
// fast, and with good documents rather than surely the best. The rarest of the words leads, wherever it stands; a document
// must have the others, and the word that was begun, in a title. When none has, or the question is for more than the words, it
// is Search; when none has them anywhere, nothing is found, and the answer is Weak.
func (x *Index) Complete(a Ask) Answer {
	v := x.view()
	defer v.free()
	n := len(a.Slots)
	if n == 0 || len(a.Filters)+len(a.Facets)+len(a.Boosts)+len(a.Pinned)+len(a.Hidden) > 0 {
		return x.Search(a)
	}
	rarities := v.resolve(&a)
	found, total := 0, v.total()
	for _, w := range walks {
		found = 0
		for _, p := range v.parts {
			own := w
			own.most, own.enough = p.share(w.most, total), p.share(w.enough, total)
			found += p.complete(v.slots[p], rarities, own)
		}
		if n == 1 || found >= a.Offset+a.Limit {
			break
		}
	}
	if found == 0 {
		if !slices.ContainsFunc(v.parts, func(p *part) bool { return p.all(v.slots[p]) }) {
			return Answer{Weak: true}
		}
		return x.Search(a)
	}
	answer := Answer{Words: n, Found: found}
	for _, p := range v.parts {
		p.settle(n)
		p.found = p.base
	}
	for _, at := range v.rank(&a, nil) {
		answer.Hits = append(answer.Hits, v.hit(&a, at, false))
	}
	return answer
}

// complete notes the documents on a walk that have all the words, and says how many are noted by now.
func (p *part) complete(slots [][]resolved, rarities []int64, w walk) int {
	lead, leaders := 0, len(slots)
	if !w.begun {
		leaders--
	}
	for i := range leaders {
		if p.seg.most(slots[i]) < p.seg.most(slots[lead]) {
			lead = i
		}
	}
	others := p.seg.rarestFirst(slots, lead)
	m, n, looked := p.marks, uint8(len(slots)), 0
	var passing bitmap
	for _, a := range slots[lead] {
		worth := rarities[lead] * a.weight / 1000
		for _, term := range p.seg.leads(a) {
			for x := range w.of(p.seg, term) {
				if looked++; looked > w.most || len(m.touched) >= w.enough {
					return len(m.touched)
				}
				if looked == sieveFrom {
					passing = p.sieve(slots, others, min(w.most, p.seg.most(slots[lead]))-looked)
				}
				if passing != nil && !passing.has(x.doc) {
					continue
				}
				score := int32(worth * int64(x.impact) >> 8)
				if len(slots) > 1 || a.all && len(a.places) > 1 {
					rest, ok := p.titled(x.doc, slots, rarities, others, &a)
					if !ok {
						continue
					}
					score += rest
				}
				if m.count[x.doc] == 0 {
					if p.dead.has(x.doc) {
						continue
					}
					m.touched = append(m.touched, x.doc)
				}
				m.score[x.doc], m.count[x.doc] = max(m.score[x.doc], score, 1), n
			}
		}
	}
	return len(m.touched)
}

// all tells whether any document has all words, wherever they stand. The rarest are looked at first, and mostly none is left
// before the common ones.
func (p *part) all(slots [][]resolved) bool {
	slots = slices.Clone(slots)
	slices.SortStableFunc(slots, func(a, b []resolved) int { return cmp.Compare(p.seg.most(a), p.seg.most(b)) })
	left := full(p.seg.len())
	left.without(p.dead)
	for _, slot := range slots {
		has, some := p.having(slot, left)
		if !some {
			return false
		}
		left = has
	}
	return true
}

// having gives the documents among others that have a word for a slot, wherever it stands, and tells whether there are any.
func (p *part) having(slot []resolved, among bitmap) (has bitmap, some bool) {
	has = newBitmap(p.seg.len())
	note := func(m match) {
		if among.has(m.doc) {
			has.set(m.doc)
			some = true
		}
	}
	for _, a := range slot {
		if a.all && len(a.places) > 1 {
			for _, m := range p.seg.together(a.places) {
				note(m)
			}
			continue
		}
		for _, term := range a.places {
			for m := range p.seg.each(term) {
				note(m)
			}
		}
	}
	return has, some
}

const (
	// sieveFrom is after how many titles of one walk it is asked what would spare the others.
	sieveFrom = 512
	// sieveWorth is for how many documents of a word, which lie behind each other, one title is looked up, which lies anywhere.
	sieveWorth = 16
)

// sieve gives the documents that have the rarest of the other words, when noting them costs less than a look at so many
// titles. Without one all may pass.
func (p *part) sieve(slots [][]resolved, others []int, titles int) bitmap {
	for _, i := range others {
		whole := !slices.ContainsFunc(slots[i], func(r resolved) bool { return !r.all && r.to-r.from > len(r.places) })
		if whole && p.seg.most(slots[i]) < titles*sieveWorth {
			has, _ := p.having(slots[i], full(p.seg.len()))
			return has
		}
	}
	return nil
}

// leads are the words by which an alternative is found: each of a beginning, and the rarest of those that belong together.
func (s *segment) leads(a resolved) []int {
	if !a.all {
		return a.places
	}
	return []int{slices.MinFunc(a.places, func(a, b int) int { return cmp.Compare(s.terms.dfs[a], s.terms.dfs[b]) })}
}

// titled scores what a document's titles have of the slots beside the one that led to it, in the order in which they are to be
// looked at; ok is false when a slot has nothing there, or when not all words are there that belong together with the one that led.
func (p *part) titled(doc uint32, slots [][]resolved, rarities []int64, others []int, by *resolved) (score int32, ok bool) {
	title := p.seg.title(doc)
	if by.all && len(by.places) > 1 && !by.in(title) {
		return 0, false
	}
	for _, i := range others {
		most := int64(0)
		for n := range slots[i] {
			if a := &slots[i][n]; a.weight > most && a.in(title) {
				most = a.weight
			}
		}
		if most == 0 {
			return 0, false
		}
		score += int32(rarities[i] * most / 1000 * titled >> 8)
	}
	return score, true
}

// in tells whether a title has an alternative: all its words, or one that begins so. It is asked of tens of thousands of titles
// for one question.
func (r *resolved) in(title []uint32) bool {
	if !r.all {
		return between(title, r.from, r.to)
	}
	for _, place := range r.places {
		if !between(title, place, place+1) {
			return false
		}
	}
	return true
}

// between tells whether a title has a word from one place to another.
func between(title []uint32, from, to int) bool {
	for _, t := range title {
		if place := int(t &^ beside); place >= from && place < to && t != gap {
			return true
		}
	}
	return false
}

// rarestFirst gives the slots but one, those first that the fewest documents have: most are refused by the first look.
func (s *segment) rarestFirst(slots [][]resolved, but int) (others []int) {
	for i := range slots {
		if i != but {
			others = append(others, i)
		}
	}
	slices.SortStableFunc(others, func(a, b int) int { return cmp.Compare(s.most(slots[a]), s.most(slots[b])) })
	return others
}

// most is how many documents stand for a slot, at most.
func (s *segment) most(slot []resolved) int {
	n := 0
	for _, r := range slot {
		n = max(n, s.frequency(r))
	}
	return n
}
