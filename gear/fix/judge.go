package fix

import (
	"bytes"
	"fmt"
)

// Refusal says what is wrong with a message, as a Reject (3) or a Business Message Reject (j) tells it to the other side.
type Refusal struct {
	Business bool   // Business makes it a Business Message Reject: the message was understood, and cannot be served.
	Reason   int    // Reason is SessionRejectReason (373) or BusinessRejectReason (380).
	Tag      int    // Tag is the field that is meant (371), where Tagged is set.
	Tagged   bool   // Tagged says that a field is meant; its tag may be zero or below.
	Text     string // Text is what people read.
	Ref      string // Ref is BusinessRejectRefID (379): the id of the trade that the message had.
}

// Reasons of SessionRejectReason (373).
const (
	ReasonInvalidTag    = 0
	ReasonMissing       = 1
	ReasonNotDefined    = 2
	ReasonEmpty         = 4
	ReasonValue         = 5
	ReasonFormat        = 6
	ReasonCompID        = 9
	ReasonSendingTime   = 10
	ReasonType          = 11
	ReasonRepeated      = 13
	ReasonOrder         = 14
	ReasonGroupOrder    = 15
	ReasonGroupCount    = 16
	ReasonOther         = 99
	reasonsKnownBy42    = ReasonType
	reasonsKnownBy43    = 17
	businessOther       = 0
	businessUnsupported = 3
)

// Unsupported is the refusal of a message whose type the application does not serve.
var Unsupported = Refusal{Business: true, Reason: businessUnsupported, Text: "Unsupported Message Type"}

// reasonTexts are the names that the standard gives the reasons (FIX 4.4 Vol. 6, 373).
var reasonTexts = [...]string{
	ReasonInvalidTag:  "Invalid tag number",
	ReasonMissing:     "Required tag missing",
	ReasonNotDefined:  "Tag not defined for this message type",
	ReasonEmpty:       "Tag specified without a value",
	ReasonValue:       "Value is incorrect (out of range) for this tag",
	ReasonFormat:      "Incorrect data format for value",
	ReasonCompID:      "CompID problem",
	ReasonSendingTime: "SendingTime accuracy problem",
	ReasonType:        "Invalid MsgType",
	ReasonRepeated:    "Tag appears more than once",
	ReasonOrder:       "Tag specified out of required order",
	ReasonGroupOrder:  "Repeating group fields out of order",
	ReasonGroupCount:  "Incorrect NumInGroup count for repeating group",
}

// refuse is the refusal for a reason, of one field.
func refuse(reason int, tag int32) *Refusal {
	return &Refusal{Reason: reason, Tag: int(tag), Tagged: true, Text: reasonTexts[reason]}
}

// refuseWhole is the refusal for a reason that no field is to blame for.
func refuseWhole(reason int) *Refusal { return &Refusal{Reason: reason, Text: reasonTexts[reason]} }

// judge holds messages to what a version says of them. It belongs to one goroutine.
type judge struct {
	version    Version
	transport  *dictionary
	said       *dictionary
	userFields bool
	entriesMax int
	seen       []uint64
	stray      *Refusal // stray is the first field that does not belong into the message.
}

const userFieldsFrom = 5000

func newJudge(t Terms, l Limits) *judge {
	v := t.ID.Version
	return &judge{version: v, transport: v.transport(), said: v.said(), userFields: t.UserFields, entriesMax: l.Entries}
}

// message finds the first fault of a message, or none. Fields are judged in their order; then comes what is missing, and
// last what does not belong there (the scripts 14b and 14g of FIX 4.1 want it so). Afterwards the message knows its
// groups.
func (j *judge) message(m *Message) *Refusal {
	body, d := j.shapeFor(m)
	if body == nil {
		return refuseWhole(ReasonType)
	}
	if words := max(len(j.transport.kinds), len(d.kinds))/64 + 1; len(j.seen) < words {
		j.seen = make([]uint64, words)
	}
	clear(j.seen)
	j.stray = nil
	m.shape = body
	stage := inHeader
	for i := 0; i < len(m.fields); {
		tag := m.fields[i].tag
		from, around := d, body
		switch {
		case m.fields[i].start == m.fields[i].end:
			return refuse(ReasonEmpty, tag)
		case j.transport.header.holds(tag):
			if stage != inHeader {
				return refuse(ReasonOrder, tag)
			}
			from, around = j.transport, j.transport.header
		case j.transport.trailer.holds(tag):
			stage = inTrailer
			from, around = j.transport, j.transport.trailer
		case stage == inTrailer:
			return refuse(ReasonOrder, tag)
		default:
			stage = inBody
		}
		next, wrong := j.member(m, i, from, around)
		if wrong != nil {
			return wrong
		}
		i = next
	}
	for _, around := range [...]*shape{j.transport.header, body, j.transport.trailer} {
		for _, tag := range around.must {
			if j.seen[tag>>6]>>(tag&63)&1 == 0 {
				return refuse(ReasonMissing, tag)
			}
		}
	}
	return j.stray
}

// The parts of a message.
const (
	inHeader = iota
	inBody
	inTrailer
)

// shapeFor finds what the type of a message looks like. Over FIXT a message may name the version that it is made by.
func (j *judge) shapeFor(m *Message) (*shape, *dictionary) {
	kind := m.Type()
	if s := j.transport.message(kind); s != nil {
		return s, j.transport
	}
	d := j.said
	if j.version >= FIX50 {
		if named, ok := m.Bytes(tagApplVerID); ok {
			if v := applicationVersion(named); v != 0 {
				d = v.said()
			}
		}
	}
	return d.message(kind), d
}

// member judges the field at a place, with the entries behind it if it counts some, and gives the place that follows.
func (j *judge) member(m *Message, i int, d *dictionary, s *shape) (int, *Refusal) {
	tag := m.fields[i].tag
	if known, wrong := j.field(d, tag, m.value(i)); wrong != nil || !known {
		return i + 1, wrong
	}
	if !s.holds(tag) {
		if j.stray == nil {
			j.stray = refuse(ReasonNotDefined, tag)
		}
		return i + 1, nil
	}
	bit := uint64(1) << (tag & 63)
	if j.seen[tag>>6]&bit != 0 {
		return i, refuse(ReasonRepeated, tag)
	}
	j.seen[tag>>6] |= bit
	if s.counts != nil && s.counts[tag>>6]&bit != 0 {
		return j.entries(m, i, d, s.group(tag))
	}
	return i + 1, nil
}

// entries judges a group whose count stands at a place.
func (j *judge) entries(m *Message, i int, d *dictionary, g *group) (int, *Refusal) {
	count, ok := whole(m.value(i))
	if !ok || count < 0 {
		return i, refuse(ReasonFormat, g.tag)
	}
	if count > int64(j.entriesMax) {
		return i, &Refusal{Reason: ReasonValue, Tag: int(g.tag), Tagged: true, Text: fmt.Sprintf("More than %d entries in a repeating group", j.entriesMax)}
	}
	entries := int64(0)
	for i++; i < len(m.fields) && m.fields[i].tag == g.first; entries++ {
		next, wrong := j.entry(m, i, d, g)
		if wrong != nil {
			return i, wrong
		}
		for _, tag := range g.must {
			if _, ok := m.find(int(tag), i, next); !ok {
				return i, refuse(ReasonMissing, tag)
			}
		}
		i = next
	}
	if entries != count {
		return i, refuse(ReasonGroupCount, g.tag)
	}
	return i, nil
}

// entry judges one entry, whose fields stand in the order of the version (FIX 4.4 Vol. 1, "Repeating Groups").
func (j *judge) entry(m *Message, from int, d *dictionary, g *group) (int, *Refusal) {
	i, last := from, -1
	for i < len(m.fields) {
		tag := m.fields[i].tag
		p := g.place(tag)
		if p < 0 || tag == g.first && i > from {
			break
		}
		if m.fields[i].start == m.fields[i].end {
			return i, refuse(ReasonEmpty, tag)
		}
		if _, wrong := j.field(d, tag, m.value(i)); wrong != nil {
			return i, wrong
		}
		switch place := g.members[p].place; {
		case place == last:
			return i, refuse(ReasonRepeated, tag)
		case place < last:
			return i, refuse(ReasonGroupOrder, tag)
		default:
			last = place
		}
		if inner := g.members[p].inner; inner != nil {
			next, wrong := j.entries(m, i, d, inner)
			if wrong != nil {
				return i, wrong
			}
			i = next
			continue
		}
		i++
	}
	return i, nil
}

// field judges one value. It says whether the version knows the field at all; where user fields may pass, it need not.
func (j *judge) field(d *dictionary, tag int32, value []byte) (known bool, wrong *Refusal) {
	kind := d.kind(tag)
	if kind == kindNone {
		if j.userFields && tag >= userFieldsFrom {
			return false, nil
		}
		return false, refuse(ReasonInvalidTag, tag)
	}
	if c := d.values[tag]; c != nil && !allowed(c, kind, value) {
		return true, refuse(ReasonValue, tag)
	}
	if !j.formed(kind, value) {
		return true, refuse(ReasonFormat, tag)
	}
	return true, nil
}

// allowed tells whether a value, or each of several values with spaces between them, is one of those that there are.
func allowed(c *choice, kind byte, value []byte) bool {
	if kind != kindMany {
		return c.holds(value)
	}
	for {
		one, rest, more := bytes.Cut(value, []byte(" "))
		if !c.holds(one) {
			return false
		}
		if !more {
			return true
		}
		value = rest
	}
}

// formed tells whether a value looks as its type wants it. A char is one byte from FIX 4.2 on; before, it was any text.
func (j *judge) formed(kind byte, value []byte) bool {
	switch kind {
	case kindBool:
		return len(value) == 1 && (value[0] == 'Y' || value[0] == 'N')
	case kindChar:
		return len(value) == 1 || j.version < FIX42
	case kindInt:
		_, ok := whole(value)
		return ok
	case kindGroup, kindLength:
		n, ok := whole(value)
		return ok && n >= 0
	case kindFloat:
		return isFloat(value)
	case kindTime:
		_, ok := moment(value)
		return ok
	}
	return true
}

// isFloat tells whether a value is digits with a point among them at most, and a minus before them at most.
func isFloat(value []byte) bool {
	digits, points := 0, 0
	for i, c := range value {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			points++
		case c == '-' && i == 0:
		default:
			return false
		}
	}
	return digits > 0 && points <= 1
}
