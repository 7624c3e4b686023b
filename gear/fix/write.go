package fix

import "strconv"

// Body is what a message of the trade says, written field by field. The session puts its own fields around it. The zero
// value is empty and ready; Reset makes it so again and keeps its memory. Fields stand in the order in which they are
// written; entries of a group follow their count, each beginning with the same field.
type Body struct {
	head []byte
	body []byte
}

// Reset empties the body, so that it can be used again.
func (b *Body) Reset() *Body {
	b.head, b.body = b.head[:0], b.body[:0]
	return b
}

// Text writes a text. What would end the field before its end is written as a space; an empty one is left out, for a
// field must have a value.
func (b *Body) Text(tag int, value string) *Body {
	b.body = appendText(b.body, tag, value)
	return b
}

// Bytes is like Text.
func (b *Body) Bytes(tag int, value []byte) *Body {
	b.body = appendText(b.body, tag, value)
	return b
}

// Char writes one byte; zero is left out.
func (b *Body) Char(tag int, value byte) *Body {
	if value > soh {
		b.body = append(appendTag(b.body, tag), value, soh)
	}
	return b
}

// Yes writes Y or N.
func (b *Body) Yes(tag int, value bool) *Body {
	if value {
		return b.Char(tag, 'Y')
	}
	return b.Char(tag, 'N')
}

// Int writes a whole number; the count of a group is one.
func (b *Body) Int(tag int, value int64) *Body {
	b.body = appendInt(b.body, tag, value)
	return b
}

// Decimal writes a number that is given in units of 10⁻ᵈⁱᵍⁱᵗˢ: 1250 with two digits is 12.50.
func (b *Body) Decimal(tag int, value int64, digits int) *Body {
	out := appendTag(b.body, tag)
	size := uint64(value)
	if value < 0 {
		out, size = append(out, '-'), -size
	}
	var room [24]byte
	text := strconv.AppendUint(room[:0], size, 10)
	for n := len(text); n <= digits; n++ {
		out = append(out, '0')
		if n == len(text) && digits > 0 {
			out = append(out, '.')
		}
	}
	if n := len(text) - digits; n > 0 {
		out = append(out, text[:n]...)
		if text = text[n:]; digits > 0 {
			out = append(out, '.')
		}
	}
	out = append(out, text...)
	b.body = append(out, soh)
	return b
}

// Time writes a moment, microseconds since 1970, with thousandths.
func (b *Body) Time(tag int, at int64) *Body {
	b.body = append(appendMoment(appendTag(b.body, tag), at, true), soh)
	return b
}

// Data writes what may hold any byte, behind its length. Which tags belong together is for the version to say.
func (b *Body) Data(lengthTag, dataTag int, value []byte) *Body {
	if len(value) > 0 {
		b.body = appendInt(b.body, lengthTag, int64(len(value)))
		b.body = append(append(appendTag(b.body, dataTag), value...), soh)
	}
	return b
}

// Head writes a field of the header, as DeliverToCompID (128) or PossResend (97). It must not be one that the session
// writes itself.
func (b *Body) Head(tag int, value []byte) *Body {
	b.head = appendText(b.head, tag, value)
	return b
}

// Raw takes over fields as they are: whole ones, each with its end.
func (b *Body) Raw(fields []byte) *Body {
	b.body = append(b.body, fields...)
	return b
}

// Fields gives what has been written, so that Raw of another body can take it over; it is good until the next Reset.
func (b *Body) Fields() []byte { return b.body }

func appendTag(b []byte, tag int) []byte { return append(strconv.AppendInt(b, int64(tag), 10), '=') }

func appendInt(b []byte, tag int, value int64) []byte {
	return append(strconv.AppendInt(appendTag(b, tag), value, 10), soh)
}

func appendText[T string | []byte](b []byte, tag int, value T) []byte {
	if len(value) == 0 {
		return b
	}
	b = appendTag(b, tag)
	from := len(b)
	b = append(b, value...)
	for i := from; i < len(b); i++ {
		if b[i] == soh {
			b[i] = ' '
		}
	}
	return append(b, soh)
}

// seal writes a whole message: begin, the length, what stands between, and the check sum.
func seal(b []byte, begin string, parts ...[]byte) []byte {
	from, length := len(b), 0
	for _, part := range parts {
		length += len(part)
	}
	b = append(append(b, "8="...), begin...)
	b = append(strconv.AppendInt(append(b, "\x019="...), int64(length), 10), soh)
	for _, part := range parts {
		b = append(b, part...)
	}
	sum := checksum(b[from:])
	return append(b, '1', '0', '=', '0'+sum/100, '0'+sum/10%10, '0'+sum%10, soh)
}
