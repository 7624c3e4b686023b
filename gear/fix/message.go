package fix

import "iter"

// Message is one message as it came. It is a view of the bytes it was read from, and as long good as they are: who keeps
// it copies what he needs. A Message may be used again for the next Read.
type Message struct {
	raw    []byte
	fields []field
	shape  *shape // shape is what the version says of this type, once it has been judged.
}

// Entry is one entry of a repeating group.
type Entry struct {
	m        *Message
	from, to int
	group    *group
}

// Raw is the whole message, from BeginString to the end of CheckSum.
func (m *Message) Raw() []byte { return m.raw }

// Type is MsgType (35): "D" for a new order.
func (m *Message) Type() []byte { return m.value(2) }

// Is tells whether the message is of this type.
func (m *Message) Is(kind string) bool { return string(m.value(2)) == kind }

// Len is how many fields there are, with those around the message.
func (m *Message) Len() int { return len(m.fields) }

// Field gives the field at a place from 0 to Len, so that a message can be gone through once.
func (m *Message) Field(i int) (tag int, value []byte) {
	f := m.fields[i]
	return int(f.tag), m.raw[f.start:f.end]
}

// Bytes is the value of the first field with this tag. In a repeating group, look at its entries instead.
func (m *Message) Bytes(tag int) (value []byte, ok bool) { return m.find(tag, 0, len(m.fields)) }

// Text is like Bytes, copied; it is empty when there is no such field.
func (m *Message) Text(tag int) string {
	value, _ := m.Bytes(tag)
	return string(value)
}

// Char is the only byte of a value, or zero if there is none or more than one.
func (m *Message) Char(tag int) byte {
	value, _ := m.Bytes(tag)
	if len(value) != 1 {
		return 0
	}
	return value[0]
}

// Yes tells whether a field says Y.
func (m *Message) Yes(tag int) bool { return m.Char(tag) == 'Y' }

// Int is a whole number; ok is false when there is no such field or it is none.
func (m *Message) Int(tag int) (n int64, ok bool) {
	value, _ := m.Bytes(tag)
	return whole(value)
}

// Decimal is a number in units of 10⁻ᵈⁱᵍⁱᵗˢ: "12.5" with two digits is 1250. ok is false when there is no such field, when
// it is no number, or when it cannot be counted in those units: nothing is rounded.
func (m *Message) Decimal(tag, digits int) (n int64, ok bool) {
	value, _ := m.Bytes(tag)
	return decimal(value, digits)
}

// Time is a moment in microseconds since 1970; ok is false when there is no such field or it is no UTC timestamp.
func (m *Message) Time(tag int) (micros int64, ok bool) {
	value, _ := m.Bytes(tag)
	return moment(value)
}

// Number is MsgSeqNum (34), or zero where there is none.
func (m *Message) Number() int64 {
	n, _ := m.Int(tagMsgSeqNum)
	return n
}

// Again tells whether the message may have come before: under this number (PossDupFlag), or under another one
// (PossResend).
func (m *Message) Again() (sameNumber, otherNumber bool) {
	return m.Yes(tagPossDup), m.Yes(tagPossResend)
}

// Entries goes through the entries of a repeating group that the version knows for this type of message, in their
// order. For a message that no session has judged there are none.
func (m *Message) Entries(tag int) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		if m.shape != nil {
			m.entries(m.shape.group(int32(tag)), 0, len(m.fields), yield)
		}
	}
}

// Bytes is the value of the first field of the entry with this tag, not of an entry inside of it.
func (e Entry) Bytes(tag int) (value []byte, ok bool) { return e.m.find(tag, e.from, e.to) }

// Entries goes through the entries of a group inside of this one.
func (e Entry) Entries(tag int) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		if p := e.group.place(int32(tag)); p >= 0 {
			e.m.entries(e.group.members[p].inner, e.from, e.to, yield)
		}
	}
}

// entries goes through a group whose count stands between two places.
func (m *Message) entries(g *group, from, to int, yield func(Entry) bool) {
	if g == nil {
		return
	}
	for from < to && m.fields[from].tag != g.tag {
		from++
	}
	from++
	for from < to && m.fields[from].tag == g.first {
		next := from + 1
		for next < to && m.fields[next].tag != g.first && g.holds(m.fields[next].tag) {
			next++
		}
		if !yield(Entry{m, from, next, g}) {
			return
		}
		from = next
	}
}

func (m *Message) find(tag, from, to int) ([]byte, bool) {
	for i := from; i < to; i++ {
		if m.fields[i].tag == int32(tag) {
			return m.value(i), true
		}
	}
	return nil, false
}

func (m *Message) value(i int) []byte {
	f := m.fields[i]
	return m.raw[f.start:f.end]
}

// decimal reads a number with a point at most, as the type float of the standard: no plus, no exponent.
func decimal(b []byte, digits int) (int64, bool) {
	minus := len(b) > 0 && b[0] == '-'
	if minus {
		b = b[1:]
	}
	var n int64
	any, behind := false, -1
	for _, c := range b {
		if c == '.' && behind < 0 {
			behind = 0
			continue
		}
		if c < '0' || c > '9' {
			return 0, false
		}
		any = true
		if behind >= 0 {
			if behind == digits {
				if c != '0' {
					return 0, false
				}
				continue
			}
			behind++
		}
		if n = n*10 + int64(c-'0'); n >= 1e17 {
			return 0, false
		}
	}
	for behind = max(behind, 0); behind < digits; behind++ {
		if n *= 10; n >= 1e18 {
			return 0, false
		}
	}
	if minus {
		n = -n
	}
	return n, any
}
