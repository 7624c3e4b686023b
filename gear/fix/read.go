package fix

import (
	"bytes"
	"encoding/binary"
)

// field is where one value stands in its message.
type field struct {
	tag        int32
	start, end uint32
}

// digitsMax is how many digits a whole number may have, so that it can be counted.
const digitsMax = 18

// beginMax is how long the first field may be.
const beginMax = 16

// Read takes the first message of b apart and says how many bytes it has dealt with, also beside an error: those are to
// be passed over before the next call. With ErrMore there is no whole message yet; what it has passed over is no
// message. The message stands in b: it is gone when b is used for something else. Memory is asked for only as long as
// messages have more fields than any before.
//
// A message whose BodyLength is wrong ends at the next CheckSum after its promised end, and is garbled with all that
// stands before it (FIX 4.2 Vol. 2, "Garbled message processing"; the scripts 2m, 2t, 3b).
func (m *Message) Read(b []byte, l Limits) (int, error) {
	l = l.usual()
	m.fields = m.fields[:0]
	m.shape = nil
	at := start(b)
	if at < 0 {
		return passed(b), ErrMore
	}
	b = b[at:]
	body, length, err := head(b, l)
	if err != nil {
		return at + body, err
	}
	end := body + length // Where CheckSum begins.
	if len(b) < end+7 {
		if cut := wrongEnd(b, end); cut > 0 {
			return at + cut, ErrGarbled
		}
		return at, ErrMore
	}
	if b[end-1] != soh || b[end] != '1' || b[end+1] != '0' || b[end+2] != '=' || b[end+6] != soh {
		if cut := wrongEnd(b, end); cut > 0 {
			return at + cut, ErrGarbled
		}
		if len(b) > end+l.Bytes {
			return at + 1, ErrGarbled
		}
		return at, ErrMore
	}
	m.raw = b[:end+7]
	if int(checksum(b[:end])) != number3(b[end+3:end+6]) {
		return at + end + 7, ErrGarbled
	}
	return at + end + 7, m.split(end, l.Fields)
}

// start finds where a message may begin: "8=FIX" at the beginning or behind the end of a field. It gives less than zero
// when there is none.
func start(b []byte) int {
	for from := 0; ; {
		i := bytes.Index(b[from:], []byte("8="))
		if i < 0 {
			return -1
		}
		i += from
		if rest := b[i:]; (i == 0 || b[i-1] == soh) && bytes.HasPrefix([]byte("8=FIX"), rest[:min(len(rest), 5)]) {
			return i
		}
		from = i + 1
	}
}

// passed tells how much of b can no longer become the beginning of a message.
func passed(b []byte) int {
	if n := len(b); n > 0 && b[n-1] == '8' && (n == 1 || b[n-2] == soh) {
		return n - 1
	}
	return max(len(b)-1, 0) // The last byte may be the end of a field.
}

// head reads BeginString and BodyLength, and gives where the body begins and how long it is; beside an error, how much
// is to be passed over.
func head(b []byte, l Limits) (body, length int, err error) {
	i := bytes.IndexByte(b[:min(len(b), beginMax)], soh)
	if i < 0 {
		if len(b) >= beginMax {
			return 1, 0, ErrGarbled
		}
		return 0, 0, ErrMore
	}
	i++
	if len(b) < i+3 {
		return 0, 0, ErrMore
	}
	if b[i] != '9' || b[i+1] != '=' {
		return i, 0, ErrGarbled
	}
	i += 2
	for from := i; ; i++ {
		switch {
		case i == len(b):
			return 0, 0, ErrMore
		case b[i] == soh && i > from:
			if length < len("35=0\x01") {
				return i, 0, ErrGarbled
			}
			return i + 1, length, nil
		case b[i] < '0' || b[i] > '9':
			return i, 0, ErrGarbled
		}
		if length = length*10 + int(b[i]-'0'); length > l.Bytes {
			return i, 0, ErrTooLong
		}
	}
}

// wrongEnd finds where a message ends whose length is not what it says: behind the first CheckSum from its promised end
// on. It gives zero when that has not come yet.
func wrongEnd(b []byte, end int) int {
	from := min(end, len(b)) - 1
	i := bytes.Index(b[from:], []byte("\x0110="))
	if i < 0 {
		return 0
	}
	i += from + 4
	j := bytes.IndexByte(b[i:], soh)
	if j < 0 {
		return 0
	}
	if whole := i + j + 1; whole != end+7 || j != 3 {
		return whole
	}
	return 0
}

// checksum is the sum of all bytes modulo 256 (FIX 4.2 Vol. 1, appendix B), eight at a time in four lanes of 16 bits.
func checksum(b []byte) byte {
	var sum byte
	for len(b) >= 8 {
		var lanes uint64
		rounds := min(len(b)/8, 64) // 64 × 2 × 255 still fits into a lane.
		for range rounds {
			word := binary.LittleEndian.Uint64(b)
			lanes += word&0x00ff00ff00ff00ff + word>>8&0x00ff00ff00ff00ff
			b = b[8:]
		}
		sum += byte(lanes) + byte(lanes>>16) + byte(lanes>>32) + byte(lanes>>48)
	}
	for _, c := range b {
		sum += c
	}
	return sum
}

// number3 reads three digits, and gives less than zero for what has none. 256 and more is the sum of nothing.
func number3(b []byte) int {
	d0, d1, d2 := b[0]-'0', b[1]-'0', b[2]-'0'
	if d0 > 9 || d1 > 9 || d2 > 9 {
		return -1
	}
	return int(d0)*100 + int(d1)*10 + int(d2)
}

// split finds the fields of a message whose CheckSum begins at end. The third one must be MsgType. A tag may be below
// zero: the standard wants such a field rejected by its number (script 14a), not the message passed over.
func (m *Message) split(end, fieldsMax int) error {
	b := m.raw
	for i := 0; i < len(b); {
		if len(m.fields) == fieldsMax {
			return ErrTooManyFields
		}
		from, minus := i, false
		if b[i] == '-' {
			minus, from, i = true, i+1, i+1
		}
		tag := int32(0)
		for b[i] >= '0' && b[i] <= '9' {
			tag = tag*10 + int32(b[i]-'0')
			i++
		}
		if digits := i - from; b[i] != '=' || digits == 0 || digits > 9 || b[from] == '0' && (digits > 1 || minus) {
			return ErrGarbled
		}
		if minus {
			tag = -tag
		}
		i++
		stop := i
		if tag > 0 && int(tag) < len(dataOf) && dataOf[tag] != 0 {
			if err := m.data(&i, tag, end); err != nil {
				return err
			}
			continue
		}
		for b[stop] != soh {
			stop++
		}
		m.fields = append(m.fields, field{tag, uint32(i), uint32(stop)})
		i = stop + 1
	}
	if len(m.fields) < 4 || m.fields[2].tag != tagMsgType || m.fields[2].start == m.fields[2].end {
		return ErrGarbled
	}
	return nil
}

// data reads a length and, if the field that belongs to it follows, that field by its length: it may hold anything.
func (m *Message) data(at *int, tag int32, end int) error {
	b, i := m.raw, *at
	stop := i + bytes.IndexByte(b[i:], soh)
	m.fields = append(m.fields, field{tag, uint32(i), uint32(stop)})
	*at = stop + 1
	rest := b[stop+1 : end]
	n, ok := whole(b[i:stop])
	eq := bytes.IndexByte(rest[:min(len(rest), 8)], '=')
	if eq < 0 || !ok || n < 0 {
		return nil
	}
	next, ok := whole(rest[:eq])
	if !ok || int(next) != int(dataOf[tag]) {
		return nil
	}
	if n >= int64(len(rest)-eq-1) || rest[eq+1+int(n)] != soh {
		return ErrGarbled
	}
	from := stop + 1 + eq + 1
	m.fields = append(m.fields, field{int32(next), uint32(from), uint32(from + int(n))})
	*at = from + int(n) + 1
	return nil
}

// whole reads a whole number as the standard writes it: digits, zeros before them allowed, a minus at most.
func whole(b []byte) (int64, bool) {
	minus := len(b) > 0 && b[0] == '-'
	if minus {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > digitsMax {
		return 0, false
	}
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if minus {
		n = -n
	}
	return n, true
}
