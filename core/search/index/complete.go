package index

import (
	"cmp"
	"runtime"
	"slices"
	"sync/atomic"
)

const (
	// crowdedFrom is how many documents a segment has before it keeps the best ones of its frequent words: in a smaller
	// one all of them are looked at in no time.
	crowdedFrom = 50_000
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

// best visits the postings of a term, or the champions among them when they are known.
func (s *segment) best(term int, visit func(match)) {
	known := s.champions.of.Load()
	if known == nil || s.terms.dfs[term] <= championsMax {
		s.each(term, visit)
		return
	}
	for _, m := range (*known)[term] {
		visit(m)
	}
}

// crown finds the champions. It is done once for a segment, beside those who ask: until it is done they look at all.
func (s *segment) crown() {
	lists := make(map[int][]match)
	for term, df := range s.terms.dfs {
		if df <= championsMax {
			continue
		}
		c := crown{seg: s, kept: make([]match, 0, championsMax)}
		s.each(term, c.offer)
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

// begun is the impact of a word of which only the beginning was typed, in a title: that of a title of five words or so.
const begun = 160

// Complete answers a question whose last slot is the beginning of a word, for a list that is shown while somebody types:
// fast, and with good documents rather than surely the best. A document must have all the words, the last one in a title.
// When none has, or the question is for more than the words, it is Search.
func (x *Index) Complete(a Ask) Answer {
	v := x.view()
	defer v.free()
	n := len(a.Slots)
	if n == 0 || len(a.Filters)+len(a.Facets)+len(a.Boosts)+len(a.Pinned)+len(a.Hidden) > 0 {
		return x.Search(a)
	}
	rarities := v.resolve(&a)
	found := v.complete(n, rarities, (*segment).best)
	if found < a.Offset+a.Limit && n > 1 {
		v.clear()
		found = v.complete(n, rarities, (*segment).each)
	}
	if found == 0 {
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

// complete notes the documents that have all the words, and says how many there are.
func (v *view) complete(n int, rarities []int64, each func(*segment, int, func(match))) (found int) {
	for _, p := range v.parts {
		slots := v.slots[p]
		last := n - 1
		if n == 1 {
			p.narrow(slots[0], rarities[0], 0, each)
		} else {
			order := make([]int, last)
			for i := range order {
				order[i] = i
			}
			slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(p.seg.most(slots[i]), p.seg.most(slots[j])) })
			for had, i := range order {
				visit := each
				if had > 0 { // What is left of the words before may be anywhere among those of this one.
					visit = (*segment).each
				}
				p.narrow(slots[i], rarities[i], uint8(had), visit)
			}
			p.begun(slots[last], rarities[last], uint8(last))
		}
		for _, doc := range p.marks.touched {
			if int(p.marks.count[doc]) == n && !p.dead.has(doc) {
				found++
			}
		}
	}
	return found
}

// most is how many documents stand for a slot, at most.
func (s *segment) most(slot []resolved) int {
	n := 0
	for _, r := range slot {
		n = max(n, s.frequency(r))
	}
	return n
}

// narrow scores the documents that have a word, of those that have the had words before it.
func (p *part) narrow(slot []resolved, rarity int64, had uint8, each func(*segment, int, func(match))) {
	m := p.marks
	for _, a := range slot {
		worth := rarity * a.weight / 1000
		note := func(x match) {
			if m.count[x.doc] != had {
				return
			}
			if m.slot[x.doc] == 0 {
				m.inSlot = append(m.inSlot, x.doc)
			}
			m.slot[x.doc] = max(m.slot[x.doc], int32(worth*int64(x.impact)>>8), 1)
		}
		if !a.all || len(a.places) == 1 {
			for _, at := range a.places {
				each(p.seg, at, note)
			}
			continue
		}
		for _, x := range p.seg.together(a.places) {
			note(x)
		}
	}
	p.close()
}

// begun scores, of the documents that have all words before, those with a word in a title that begins so.
func (p *part) begun(slot []resolved, rarity int64, had uint8) {
	m := p.marks
	for _, doc := range m.touched {
		if m.count[doc] != had {
			continue
		}
		for _, a := range slot {
			if a.from == a.to || !slices.ContainsFunc(p.seg.title(doc), func(t uint32) bool {
				return t != gap && int(t&^beside) >= a.from && int(t&^beside) < a.to
			}) {
				continue
			}
			if m.slot[doc] == 0 {
				m.inSlot = append(m.inSlot, doc)
			}
			m.slot[doc] = max(m.slot[doc], int32(rarity*a.weight/1000*begun>>8), 1)
		}
	}
	p.close()
}

// clear forgets what was noted.
func (v *view) clear() {
	for _, p := range v.parts {
		p.marks.clear()
	}
}
