// Package cache keeps ready answers in memory, up to a number of bytes, the ones used longest ago going first.
//
// An entry has tags that say what it was made of, such as "product:prd_…"; Drop forgets all entries with a tag. A fill
// that began before a Drop never lands after it: whoever fills takes a Ticket before he reads the store and shows it to
// Put. So what is in the cache is never older than the last Drop of its tags.
//
// A Drop only notes when it happened; an entry is judged when somebody asks for it. So entries are kept in no order by
// their tags, a Drop takes no longer the more there are, and what nobody asks for again goes as what is used longest ago.
//
//	if page, ok := pages.Get(key); ok {
//		return page
//	}
//	ticket := pages.Ticket()
//	page := read(…)
//	pages.Put(ticket, key, page, len(page), "product:"+id)
package cache

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
)

const (
	shards = 16
	// overhead is about what an entry costs beside its value: the entry, its place in a map, key and tags.
	overhead = 192
	// dropsMax bounds the remembered drops. Beyond it all are forgotten, and with them every ticket taken before.
	dropsMax = 100_000
)

// Cache maps keys to values of one type. It is safe for many goroutines.
type Cache[V any] struct {
	seed  maphash.Seed
	shard [shards]shard[V]
	clock atomic.Uint64 // clock counts drops.

	mu    sync.RWMutex
	drops map[uint64]uint64 // drops is when a tag was dropped last.
	floor uint64            // floor is the oldest ticket that can still be judged.

	hits, misses atomic.Int64
}

// Dropper is a cache whose values are of any type, to who knows what has changed.
type Dropper interface {
	Drop(tag string)
	Clear()
}

// Ticket says when a fill began.
type Ticket struct{ at uint64 }

type shard[V any] struct {
	sync.Mutex
	max    int64
	size   int64
	byKey  map[string]*entry[V]
	newest *entry[V]
	oldest *entry[V]
}

type entry[V any] struct {
	key          string
	value        V
	size         int64
	began        uint64   // began is the ticket of the fill.
	judged       uint64   // judged is the last drop of which it is known that it was another's.
	tags         []uint64 // tags are hashes; two tags that share one are only dropped together.
	newer, older *entry[V]
}

// New makes a cache of at most max bytes.
func New[V any](max int64) *Cache[V] {
	c := &Cache[V]{seed: maphash.MakeSeed(), drops: make(map[uint64]uint64)}
	for i := range c.shard {
		c.shard[i] = shard[V]{max: max / shards, byKey: make(map[string]*entry[V])}
	}
	return c
}

func (c *Cache[V]) of(key string) *shard[V] { return &c.shard[c.hash(key)%shards] }

// Get gives the value of a key. It belongs to the cache and must not be changed.
func (c *Cache[V]) Get(key string) (V, bool) {
	s := c.of(key)
	s.Lock()
	e := s.byKey[key]
	if e != nil && !c.stands(e) {
		s.remove(e)
		e = nil
	}
	if e == nil {
		s.Unlock()
		c.misses.Add(1)
		var none V
		return none, false
	}
	s.front(e)
	v := e.value
	s.Unlock()
	c.hits.Add(1)
	return v, true
}

// Ticket says that a fill begins now. It is taken before the first read of what will be put.
func (c *Cache[V]) Ticket() Ticket { return Ticket{c.clock.Load()} }

// Put keeps a value of size bytes, unless one of its tags was dropped since the ticket was taken, or it is larger than a
// quarter of what its part of the cache may hold. It tells whether the value was kept. The value of the key before, if
// any, is gone in either case: it is not newer.
func (c *Cache[V]) Put(t Ticket, key string, v V, size int, tags ...string) bool {
	e := &entry[V]{key: key, value: v, size: int64(size) + int64(len(key)) + overhead, began: t.at, judged: t.at, tags: make([]uint64, len(tags))}
	for i, tag := range tags {
		e.tags[i] = c.hash(tag)
	}
	s := c.of(key)
	s.Lock()
	defer s.Unlock()
	if old := s.byKey[key]; old != nil {
		s.remove(old)
	}
	if e.size > s.max/4 || !c.stands(e) {
		return false
	}
	s.add(e)
	for s.size > s.max {
		s.remove(s.oldest)
	}
	return true
}

// stands tells whether nothing that an entry was made of was dropped since its fill began. The shard is held.
func (c *Cache[V]) stands(e *entry[V]) bool {
	now := c.clock.Load()
	if e.judged == now {
		return true
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	if e.began < c.floor {
		return false
	}
	for _, tag := range e.tags {
		if c.drops[tag] > e.began {
			return false
		}
	}
	e.judged = now
	return true
}

func (c *Cache[V]) hash(s string) uint64 { return maphash.String(c.seed, s) }

// Drop forgets every entry with a tag, and those that are being made.
func (c *Cache[V]) Drop(tag string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Add(1)
	if len(c.drops) >= dropsMax {
		clear(c.drops)
		c.floor = now
	}
	c.drops[c.hash(tag)] = now
}

// Clear forgets everything, and what is being made.
func (c *Cache[V]) Clear() {
	c.mu.Lock()
	c.floor = c.clock.Add(1)
	clear(c.drops)
	c.mu.Unlock()
	for i := range c.shard {
		s := &c.shard[i]
		s.Lock()
		for s.oldest != nil {
			s.remove(s.oldest)
		}
		s.Unlock()
	}
}

// Stats are sums for metrics. What was dropped and not asked for since is among the entries.
type Stats struct {
	Hits, Misses   int64
	Entries, Bytes int64
}

// Stats counts what the cache holds and how often it had an answer.
func (c *Cache[V]) Stats() Stats {
	sum := Stats{Hits: c.hits.Load(), Misses: c.misses.Load()}
	for i := range c.shard {
		s := &c.shard[i]
		s.Lock()
		sum.Entries += int64(len(s.byKey))
		sum.Bytes += s.size
		s.Unlock()
	}
	return sum
}

func (s *shard[V]) add(e *entry[V]) {
	s.byKey[e.key] = e
	s.size += e.size
	s.link(e)
}

func (s *shard[V]) remove(e *entry[V]) {
	delete(s.byKey, e.key)
	s.size -= e.size
	s.unlink(e)
}

// front makes an entry the one used last.
func (s *shard[V]) front(e *entry[V]) {
	if s.newest == e {
		return
	}
	s.unlink(e)
	s.link(e)
}

func (s *shard[V]) link(e *entry[V]) {
	e.newer, e.older = nil, s.newest
	if s.newest != nil {
		s.newest.newer = e
	} else {
		s.oldest = e
	}
	s.newest = e
}

func (s *shard[V]) unlink(e *entry[V]) {
	if e.newer != nil {
		e.newer.older = e.older
	} else {
		s.newest = e.older
	}
	if e.older != nil {
		e.older.newer = e.newer
	} else {
		s.oldest = e.newer
	}
}
