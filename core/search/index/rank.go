package index

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// place is a found document with what it is ordered by.
type place struct {
	part *part
	doc  uint32
	key  int64
}

// before tells whether a stands before b.
func before(a, b place) bool {
	if a.key != b.key {
		return a.key > b.key
	}
	if x, y := a.part.seg.since[a.doc], b.part.seg.since[b.doc]; x != y {
		return x > y
	}
	return a.part.seg.id(a.doc) < b.part.seg.id(b.doc)
}

// best keeps the first few of many places: a heap with the last of them on top.
type best struct {
	keep int
	heap []place
}

func (b *best) offer(p place) {
	if len(b.heap) < b.keep {
		b.heap = append(b.heap, p)
		for i := len(b.heap) - 1; i > 0; {
			up := (i - 1) / 2
			if before(b.heap[i], b.heap[up]) {
				break
			}
			b.heap[i], b.heap[up] = b.heap[up], b.heap[i]
			i = up
		}
		return
	}
	if b.keep == 0 || before(b.heap[0], p) {
		return
	}
	b.heap[0] = p
	for i := 0; ; {
		last := i
		for _, down := range []int{2*i + 1, 2*i + 2} {
			if down < len(b.heap) && before(b.heap[last], b.heap[down]) {
				last = down
			}
		}
		if last == i {
			return
		}
		b.heap[i], b.heap[last] = b.heap[last], b.heap[i]
		i = last
	}
}

// beyond tells whether places of a key are too far back to be kept, without a look at when they were added.
func (b *best) beyond(key int64) bool {
	return len(b.heap) == b.keep && (b.keep == 0 || key < b.heap[0].key)
}

// sorted gives the places in their order.
func (b *best) sorted() []place {
	slices.SortFunc(b.heap, func(x, y place) int {
		switch {
		case before(x, y):
			return -1
		case before(y, x):
			return 1
		}
		return 0
	})
	return b.heap
}

// What moves a score, in thousandths: goods that are sold out stand a little lower, and popular ones a little higher, by
// so much for each doubling.
const (
	soldOut  = -150
	doubling = 15
)

// key is what a document is ordered by.
func (p *part) key(a *Ask, doc uint32) int64 {
	s := p.seg
	switch a.Sort {
	case ByNewest:
		return s.since[doc]
	case ByPriceUp, ByPriceDown:
		switch price := s.numbers(doc).Price; {
		case price == 0:
			return math.MinInt64 // What has no price stands last.
		case a.Sort == ByPriceUp:
			return -price
		default:
			return price
		}
	case ByPopular:
		return s.numbers(doc).Popularity
	}
	score := int64(1_000_000)
	if len(a.Slots) > 0 {
		score = int64(p.marks.score[doc])
		if words, of := int64(p.marks.count[doc]), int64(len(a.Slots)); words != of {
			score = score * words * words / (of * of)
		}
	}
	n := s.numbers(doc)
	move := int64(1000 + doubling*(bits.Len64(uint64(n.Popularity))))
	if n.Stock == OutOfStock {
		move += soldOut
	}
	for i, b := range p.boosts {
		if b.has(doc) {
			move += a.Boosts[i].PerMille
		}
	}
	return score * max(move, 10) / 1000
}

// near is how much words that stand together in a title add, in thousandths: for each pair in the order of the query, for
// a title that has all the words, and for a title in which the words stand first or last, which is where products are
// named.
const (
	pairAdds  = 120
	wholeAdds = 200
)

// closer looks at the titles of the first places and orders them again.
func closer(places []place, slots map[*part][][]resolved) {
	for i := range places {
		p := &places[i]
		p.key += p.key * closeness(p.part.seg.title(p.doc), slots[p.part]) / 1000
	}
	slices.SortStableFunc(places, func(x, y place) int {
		switch {
		case before(x, y):
			return -1
		case before(y, x):
			return 1
		}
		return 0
	})
}

// closeness says in thousandths how well a title puts the words of a query together.
func closeness(title []uint32, slots [][]resolved) int64 {
	if len(slots) < 2 {
		return 0
	}
	var at [slotsMax]int // at is where each slot was seen last, from 1.
	var pairs, seen int64
	position := 0
	for _, term := range title {
		if term == gap {
			position += 10
			continue
		}
		if term&beside == 0 {
			position++
		}
		for i := range slots[:min(len(slots), slotsMax)] {
			if !holds(slots[i], int(term&^beside)) {
				continue
			}
			if at[i] == 0 {
				seen++
				if i > 0 && at[i-1] > 0 && position == at[i-1]+1 {
					pairs++
				}
			}
			at[i] = position
		}
	}
	sum := pairs * pairAdds * 2 / int64(len(slots))
	if seen == int64(len(slots)) {
		sum += wholeAdds
	}
	return sum
}

// slotsMax bounds the words of a query that are looked at for being close; nobody types more.
const slotsMax = 12

func holds(alternatives []resolved, term int) bool {
	for i := range alternatives {
		a := &alternatives[i]
		if !a.all && (term < a.from || term >= a.to) {
			continue // A beginning stands for words that lie beside each other.
		}
		if slices.Contains(a.places, term) {
			return true
		}
	}
	return false
}

// pinnedFirst puts the pinned documents to the front, in the order in which they were pinned.
func pinnedFirst(parts []*part, a *Ask) (pinned []place) {
	for _, id := range a.Pinned {
		for _, p := range parts {
			doc, ok := p.seg.find(id)
			if !ok || p.dead.has(doc) || slices.Contains(a.Hidden, id) {
				continue
			}
			passes := true
			for _, b := range p.passed {
				passes = passes && b.has(doc)
			}
			if passes && !slices.ContainsFunc(pinned, func(x place) bool { return x.part == p && x.doc == doc }) {
				pinned = append(pinned, place{part: p, doc: doc, key: math.MaxInt64})
			}
		}
	}
	return pinned
}

// byLargest orders segments by their size, so that the one that knows most is asked first.
func byLargest(a, b *part) int { return cmp.Compare(b.seg.len(), a.seg.len()) }
