package index

import (
	"cmp"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Index is what can be searched. Any number of readers use it while it changes, and wait for nobody.
type Index struct {
	dir     string
	trouble func(error)
	mu      sync.Mutex // Held by whoever makes the next snapshot.
	now     atomic.Pointer[snapshot]
	young   map[string]*Document // young are the documents of the last segment, which is built anew with each change.

	saving sync.Mutex
	saved  []string // saved are the files of the manifest; of whoever holds saving.
}

// snapshot is the segments as they were at one instant.
type snapshot struct {
	schema  *schema
	holds   []holding
	tree    *Tree
	isYoung bool // isYoung says that the last segment is the young one.
}

// holding is a segment and which of its documents have died.
type holding struct {
	seg  *segment
	dead bitmap
}

// Options say where the large parts of an index lie.
type Options struct {
	Dir     string      // Dir is a folder of this index alone; empty keeps the files without a name in that of the system.
	Trouble func(error) // Trouble is told when a file could not be written; its part stays in memory then. It may be nil.
}

// New is an empty index.
func New(o Options) *Index {
	x := &Index{dir: o.Dir, trouble: o.Trouble, young: make(map[string]*Document)}
	if x.trouble == nil {
		x.trouble = func(error) {}
	}
	x.put(&snapshot{schema: newSchema(), tree: NewTree(nil)})
	return x
}

// put has readers see a snapshot from now on, and has the champions of its large segments found beside them.
func (x *Index) put(s *snapshot) {
	x.now.Store(s)
	var crowds []*segment
	total := 0
	for _, h := range s.holds {
		total += h.seg.len()
	}
	for _, h := range s.holds {
		if total >= crowdedFrom && h.seg.len() >= crowdMin && h.seg.champions.begun.CompareAndSwap(false, true) {
			crowds = append(crowds, h.seg)
		}
	}
	if len(crowds) > 0 {
		go func() {
			for _, seg := range crowds {
				seg.crown()
			}
		}()
	}
}

// Bulk collects documents for an index that is built side by side with the one in use. One goroutine fills it.
type Bulk struct {
	index    *Index
	schema   *schema
	builder  *builder
	segments []*segment
}

// Bulk begins a new index.
func (x *Index) Bulk() *Bulk {
	s := newSchema()
	return &Bulk{index: x, schema: s, builder: newBuilder(s)}
}

// bulkMax is how many documents of a bulk make a segment: enough that words are shared, few enough that what is held in
// memory while a segment is made is a small part of a large index.
const bulkMax = 65_536

// Add puts a document in. Each id comes once.
func (b *Bulk) Add(d *Document) {
	b.builder.add(d)
	if b.builder.seg.len() == bulkMax {
		b.settle()
	}
}

// settle ends the segment at hand.
func (b *Bulk) settle() {
	if b.builder.seg.len() > 0 {
		b.segments = append(b.segments, b.index.freeze(b.builder.segment()))
	}
	b.builder = newBuilder(b.schema)
}

// Replace puts a new index in the place of the one in use, in one step. Readers who are at work end with the old one.
func (x *Index) Replace(b *Bulk, tree *Tree) {
	b.settle()
	b.schema.rest()
	next := &snapshot{schema: b.schema, tree: tree}
	for _, s := range b.segments {
		next.holds = append(next.holds, holding{s, newBitmap(s.len())})
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.young = make(map[string]*Document)
	x.put(next)
}

// freeze moves a large segment into a file. One that could not be written stays as it is.
func (x *Index) freeze(s *segment) *segment {
	if s.len() < frozenMin {
		return s
	}
	frozen, err := s.freeze(x.dir)
	if err != nil {
		x.trouble(err)
		return s
	}
	return frozen
}

// SetTree puts another tree of categories in place.
func (x *Index) SetTree(tree *Tree) {
	x.mu.Lock()
	defer x.mu.Unlock()
	next := *x.now.Load()
	next.tree = tree
	x.put(&next)
}

// youngMax is how many documents are built anew with each change; then they become a segment that stays.
const youngMax = 512

// Apply adds documents, in the place of those with their ids, and takes out others. All of it is seen at once.
func (x *Index) Apply(docs []*Document, gone []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	last := x.now.Load()
	next := &snapshot{schema: last.schema, tree: last.tree, holds: slices.Clone(last.holds)}
	if last.isYoung {
		next.holds = next.holds[:len(next.holds)-1]
	}
	ids := slices.Clone(gone)
	for _, d := range docs {
		ids = append(ids, d.ID)
	}
	x.keepNumbers(last)
	for _, id := range ids {
		delete(x.young, id)
	}
	for i := range next.holds {
		next.holds[i] = next.holds[i].kill(ids)
	}
	for _, d := range docs {
		x.young[d.ID] = d
	}
	if len(x.young) > 0 {
		b := newBuilder(last.schema)
		for _, id := range slices.Sorted(maps.Keys(x.young)) {
			b.add(x.young[id])
		}
		s := b.segment()
		next.holds = append(next.holds, holding{s, newBitmap(s.len())})
		next.isYoung = len(x.young) < youngMax
		if !next.isYoung {
			x.young = make(map[string]*Document)
		}
	}
	x.put(next)
}

// keepNumbers notes the numbers of the young documents, which have changed in their segment only.
func (x *Index) keepNumbers(s *snapshot) {
	if !s.isYoung {
		return
	}
	seg := s.holds[len(s.holds)-1].seg
	for id, d := range x.young {
		changed := *d
		doc, _ := seg.find(id)
		changed.Numbers = seg.numbers(doc)
		x.young[id] = &changed
	}
}

// kill marks documents as dead, in a copy, for others may be reading.
func (h holding) kill(ids []string) holding {
	copied := false
	for _, id := range ids {
		doc, ok := h.seg.find(id)
		if !ok || h.dead.has(doc) {
			continue
		}
		if !copied {
			h.dead, copied = slices.Clone(h.dead), true
		}
		h.dead.set(doc)
	}
	return h
}

// SetNumbers overwrites the numbers of a document. One that is not there is no mistake.
func (x *Index) SetNumbers(id string, n Numbers) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, h := range x.now.Load().holds {
		if doc, ok := h.seg.find(id); ok && !h.dead.has(doc) {
			h.seg.setNumbers(doc, n)
		}
	}
}

// Has gives the numbers of a document, and whether it can be found.
func (x *Index) Has(id string) (Numbers, bool) {
	s := x.now.Load()
	defer runtime.KeepAlive(s)
	for _, h := range s.holds {
		if doc, ok := h.seg.find(id); ok && !h.dead.has(doc) {
			return h.seg.numbers(doc), true
		}
	}
	return Numbers{}, false
}

// segmentsMax is how many small segments are kept before they are merged.
const segmentsMax = 8

// Merge makes one segment of the small ones when there are too many, while the index is in use, and tells whether it did.
// One goroutine calls it at a time.
func (x *Index) Merge() bool {
	x.mu.Lock()
	last := x.now.Load()
	x.mu.Unlock()
	settled := slices.Clone(last.holds)
	if last.isYoung {
		settled = settled[:len(settled)-1]
	}
	slices.SortStableFunc(settled, func(a, b holding) int { return cmp.Compare(a.seg.len(), b.seg.len()) })
	total := 0
	var small []holding
	for _, h := range settled { // From the smallest on, as long as each is no larger than all before it together, times four.
		if len(small) > 1 && h.seg.len() > 4*total {
			break
		}
		small = append(small, h)
		total += h.seg.len()
	}
	if len(small) <= segmentsMax {
		return false
	}
	merged, places := merge(last.schema, small)
	return x.exchange(last.schema, small, x.freeze(merged), places)
}

// exchange puts a merged segment in the place of those that it was made of. What died in them or changed meanwhile is
// brought over. When the whole index was replaced meanwhile, nothing happens.
func (x *Index) exchange(of *schema, small []holding, merged *segment, places [][]uint32) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	last := x.now.Load()
	if last.schema != of {
		return false
	}
	next := &snapshot{schema: last.schema, tree: last.tree, isYoung: last.isYoung}
	dead := newBitmap(merged.len())
	at := -1
	for _, h := range last.holds {
		i := slices.IndexFunc(small, func(s holding) bool { return s.seg == h.seg })
		if i < 0 {
			next.holds = append(next.holds, h)
			continue
		}
		for doc, to := range places[i] {
			if to == gap {
				continue
			}
			merged.setNumbers(to, h.seg.numbers(uint32(doc)))
			if h.dead.has(uint32(doc)) {
				dead.set(to)
			}
		}
		if at < 0 {
			at = len(next.holds)
			next.holds = append(next.holds, holding{})
		}
	}
	next.holds[at] = holding{merged, dead}
	x.put(next)
	return true
}

// Size tells how many documents can be found, in how many segments, and about how many bytes they take.
func (x *Index) Size() (docs, segments int, bytes int64) {
	holds := x.now.Load().holds
	for _, h := range holds {
		docs += h.seg.len() - h.dead.count()
		bytes += h.seg.bytes()
	}
	return docs, len(holds), bytes
}
