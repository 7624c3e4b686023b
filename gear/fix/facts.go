package fix

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// facts are what each version says: which tags there are, of which type, with which values, and where they stand. A line
// is, with tabs between its parts:
//
//	V name              a version begins
//	F type tags         fields of one type, neighbours as 5-9
//	L length data       the first field is the length of the second
//	E tag values …      the values that a field may have
//	C number members    a component
//	H members           the header; T members: the trailer
//	M type members      a message
//
// Members are tags, followed by ! where they must be there; groups with their members in brackets; components as c5.
//
//go:embed facts.txt
var facts string

// Types of fields, as facts name them.
const (
	kindNone   = 0
	kindBool   = 'b'
	kindChar   = 'c'
	kindInt    = 'i'
	kindGroup  = 'g'
	kindLength = 'l'
	kindFloat  = 'f'
	kindTime   = 't'
	kindData   = 'd'
	kindMany   = 'm'
)

// dictionary is what one version says.
type dictionary struct {
	kinds    []byte    // kinds has the type of each tag.
	values   []*choice // values has those of each tag that has some.
	parts    []string
	header   *shape
	trailer  *shape
	messages map[string]*shape
	shapes   map[string]string // shapes are the members of messages that have not been asked for yet.
	mu       sync.RWMutex
}

// choice is the values that a field may have.
type choice struct {
	short [4]uint64 // short has a bit for each value of one byte.
	long  map[string]bool
}

// shape is what stands in a message, or around it.
type shape struct {
	has    []uint64 // has has a bit for each tag outside of groups.
	counts []uint64 // counts has a bit for each tag that begins a group; it is nil where there are none.
	must   []int32
	groups []*group
}

// group is a repeating group.
type group struct {
	tag, first int32
	members    []member // members are in the order of their tags.
	must       []int32
}

// member is one field of a group, with its place in an entry.
type member struct {
	tag   int32
	place int
	inner *group
}

func (s *shape) holds(tag int32) bool {
	return tag >= 0 && int(tag>>6) < len(s.has) && s.has[tag>>6]>>(tag&63)&1 != 0
}

func (s *shape) group(tag int32) *group {
	for _, g := range s.groups {
		if g.tag == tag {
			return g
		}
	}
	return nil
}

// place finds a tag among the members of a group, or gives less than zero.
func (g *group) place(tag int32) int {
	i, ok := slices.BinarySearchFunc(g.members, tag, func(m member, tag int32) int { return int(m.tag) - int(tag) })
	if !ok {
		return -1
	}
	return i
}

// holds tells whether a tag belongs to an entry of the group, or to a group inside of it.
func (g *group) holds(tag int32) bool {
	if g.place(tag) >= 0 {
		return true
	}
	for i := range g.members {
		if inner := g.members[i].inner; inner != nil && inner.holds(tag) {
			return true
		}
	}
	return false
}

func (c *choice) holds(value []byte) bool {
	if len(value) == 1 {
		return c.short[value[0]>>6]>>(value[0]&63)&1 != 0
	}
	return c.long[string(value)]
}

func (d *dictionary) kind(tag int32) byte {
	if tag < 0 || int(tag) >= len(d.kinds) {
		return kindNone
	}
	return d.kinds[tag]
}

// dataOf gives, for the tag of a length, the tag of what is that long. All versions agree on them.
var dataOf = lengths()

func lengths() (of [2048]uint16) {
	for line := range strings.Lines(facts) {
		if words := strings.Fields(line); len(words) == 3 && words[0] == "L" {
			of[number(words[1])] = uint16(number(words[2]))
		}
	}
	return of
}

// sections are the parts of facts by the names of the versions; each is read when a session needs it.
var sections = sync.OnceValue(func() map[string]string {
	all := make(map[string]string)
	for _, section := range strings.Split(facts, "\nV\t")[1:] {
		name, rest, _ := strings.Cut(section, "\n")
		all[name] = rest
	}
	return all
})

var (
	dictionaries   = make(map[string]*dictionary)
	dictionariesMu sync.Mutex
)

// dictionaryOf gives what a version says; it is read once.
func dictionaryOf(name string) *dictionary {
	dictionariesMu.Lock()
	defer dictionariesMu.Unlock()
	d := dictionaries[name]
	if d == nil {
		d = parse(sections()[name])
		dictionaries[name] = d
	}
	return d
}

// transport gives what a version says of sessions, said what it says of messages of the trade.
func (v Version) transport() *dictionary { return dictionaryOf(v.Begin()) }
func (v Version) said() *dictionary      { return dictionaryOf(v.String()) }

func parse(section string) *dictionary {
	d := &dictionary{messages: make(map[string]*shape), shapes: make(map[string]string)}
	d.header, d.trailer = &shape{}, &shape{}
	for line := range strings.Lines(section) {
		words := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		switch words[0] {
		case "F":
			d.fields(words[1][0], words[2])
		case "E":
			c := &choice{long: make(map[string]bool)}
			for _, value := range words[2:] {
				if len(value) == 1 {
					c.short[value[0]>>6] |= 1 << (value[0] & 63)
				} else {
					c.long[value] = true
				}
			}
			if d.values == nil { // All fields have been read: their types come first.
				d.values = make([]*choice, len(d.kinds))
			}
			d.values[number(words[1])] = c
		case "C":
			d.parts = append(d.parts, words[2])
		case "H":
			d.header = d.shapeOf(words[1])
		case "T":
			d.trailer = d.shapeOf(words[1])
		case "M":
			d.shapes[words[1]] = words[2]
		}
	}
	return d
}

// fields notes the type of tags: "1 4-5 8".
func (d *dictionary) fields(kind byte, tags string) {
	for word := range strings.FieldsSeq(tags) {
		low, high, isRun := strings.Cut(word, "-")
		if !isRun {
			high = low
		}
		from, to := number(low), number(high)
		if to >= len(d.kinds) {
			d.kinds = append(d.kinds, make([]byte, to+1-len(d.kinds))...)
		}
		for tag := from; tag <= to; tag++ {
			d.kinds[tag] = kind
		}
	}
}

// message gives what a type of message looks like, or nil. It is worked out when it is asked for the first time.
func (d *dictionary) message(kind []byte) *shape {
	d.mu.RLock()
	s := d.messages[string(kind)]
	d.mu.RUnlock()
	if s != nil {
		return s
	}
	members, ok := d.shapes[string(kind)]
	if !ok {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s = d.shapeOf(members)
	d.messages[string(kind)] = s
	return s
}

func (d *dictionary) shapeOf(members string) *shape {
	s := &shape{has: make([]uint64, len(d.kinds)/64+1)}
	words := strings.Fields(members)
	for len(words) > 0 {
		words = d.take(words, true, func(tag int32, must bool, g *group) {
			s.has[tag>>6] |= 1 << (tag & 63)
			if must {
				s.must = append(s.must, tag)
			}
			if g != nil {
				if s.counts == nil {
					s.counts = make([]uint64, len(s.has))
				}
				s.counts[tag>>6] |= 1 << (tag & 63)
				s.groups = append(s.groups, g)
			}
		})
	}
	return s
}

// take reads the next member, or all members of the component that comes next, and gives what follows. What stands in a
// component that may be left out need not be there either.
func (d *dictionary) take(words []string, must bool, add func(int32, bool, *group)) []string {
	word, isMust := strings.CutSuffix(words[0], "!")
	must = must && isMust
	words = words[1:]
	if part, ok := strings.CutPrefix(word, "c"); ok {
		for rest := strings.Fields(d.parts[number(part)]); len(rest) > 0; {
			rest = d.take(rest, must, add)
		}
		return words
	}
	tag := int32(number(word))
	if len(words) == 0 || words[0] != "(" {
		add(tag, must, nil)
		return words
	}
	g := &group{tag: tag}
	for words = words[1:]; words[0] != ")"; {
		words = d.take(words, true, func(tag int32, must bool, inner *group) {
			if len(g.members) == 0 {
				g.first = tag
			}
			g.members = append(g.members, member{tag, len(g.members), inner})
			if must {
				g.must = append(g.must, tag)
			}
		})
	}
	slices.SortFunc(g.members, func(a, b member) int { return int(a.tag) - int(b.tag) })
	add(tag, must, g)
	return words[1:]
}

// number reads a tag of facts, which are right.
func number(word string) int {
	n, err := strconv.Atoi(word)
	if err != nil {
		panic("fix: facts.txt: " + err.Error())
	}
	return n
}
