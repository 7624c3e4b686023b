package index

import (
	"maps"
	"slices"
	"strings"
	"sync/atomic"
)

// dictionary gives names small numbers that stay for good. One writer adds; any number of readers look names up.
type dictionary struct {
	ids   map[string]uint32 // ids are for the writer; nil until it adds something.
	names atomic.Pointer[[]string]
}

func newDictionary(names []string) *dictionary {
	d := &dictionary{}
	d.names.Store(&names)
	return d
}

// add gives the number of a name, a new one when it has none. Only the writer calls it.
func (d *dictionary) add(name string) uint32 {
	names := *d.names.Load()
	if d.ids == nil {
		d.ids = make(map[string]uint32, len(names))
		for id, name := range names {
			d.ids[name] = uint32(id)
		}
	}
	if id, ok := d.ids[name]; ok {
		return id
	}
	id := uint32(len(names))
	d.ids[name] = id
	names = append(names, name) // Readers of the shorter slice never look behind its end.
	d.names.Store(&names)
	return id
}

// all are the names by their numbers.
func (d *dictionary) all() []string { return *d.names.Load() }

// schema is the names that all segments share: one number means the same in each.
type schema struct {
	brands, sellers, origins, categories *dictionary
	codes                                *dictionary // codes are the attributes.
	values                               *dictionary // values are code, a zero byte, and the value.
	labels                               atomic.Pointer[map[string]Value]
}

func newSchema() *schema {
	s := &schema{}
	for _, d := range s.dictionaries() {
		*d = newDictionary(nil)
	}
	s.labels.Store(&map[string]Value{})
	return s
}

// dictionaries are all of a schema, in the order in which they are written down.
func (s *schema) dictionaries() []**dictionary {
	return []**dictionary{&s.brands, &s.sellers, &s.origins, &s.categories, &s.codes, &s.values}
}

// rest lets go what only a writer needs, until it writes again, and moves the strings together: they were made one by one
// among much that is gone, and each would hold the block of memory in which it lies.
func (s *schema) rest() {
	for _, d := range s.dictionaries() {
		(*d).ids = nil
		names := pack((*d).all())
		(*d).names.Store(&names)
	}
	old := *s.labels.Load()
	keys := slices.Sorted(maps.Keys(old))
	var texts []string
	for _, k := range keys {
		v := old[k]
		texts = append(texts, k, v.Code, v.Label, v.Words, v.Unit)
	}
	texts = pack(texts)
	labels := make(map[string]Value, len(keys))
	for i, k := range keys {
		t := texts[5*i:]
		labels[t[0]] = Value{Code: t[1], Kind: old[k].Kind, Label: t[2], Words: t[3], Unit: t[4]}
	}
	s.labels.Store(&labels)
}

// pack gives the same strings as parts of one.
func pack(list []string) []string {
	var all strings.Builder
	size := 0
	for _, s := range list {
		size += len(s)
	}
	all.Grow(size)
	for _, s := range list {
		all.WriteString(s)
	}
	rest, packed := all.String(), make([]string, len(list))
	for i, s := range list {
		packed[i], rest = rest[:len(s)], rest[len(s):]
	}
	return packed
}
