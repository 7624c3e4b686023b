package index

import "sync/atomic"

// dictionary gives names small numbers that stay for good. One writer adds; any number of readers look names up.
type dictionary struct {
	ids   map[string]uint32 // For the writer.
	names atomic.Pointer[[]string]
}

func newDictionary() *dictionary {
	d := &dictionary{ids: make(map[string]uint32)}
	d.names.Store(&[]string{})
	return d
}

// add gives the number of a name, a new one when it has none. Only the writer calls it.
func (d *dictionary) add(name string) uint32 {
	if id, ok := d.ids[name]; ok {
		return id
	}
	names := *d.names.Load()
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
	s := &schema{brands: newDictionary(), sellers: newDictionary(), origins: newDictionary(), categories: newDictionary(),
		codes: newDictionary(), values: newDictionary()}
	s.labels.Store(&map[string]Value{})
	return s
}
