package journal

import (
	"encoding/binary"
	"hash/crc32"
)

// A record begins with a head of twenty bytes, all numbers little-endian:
//
//	0   crc     CRC-32C (RFC 3720 §12.1, Castagnoli) over everything behind it, begun with the salt of the journal
//	4   length  of the payload; markLength for a mark, which has none
//	8   seq     number of the record; of a mark, that of the record before it
//	16  back    how many records of the same group stand before it
//
// The salt is drawn when a journal is made, so that nobody can send a payload that looks like a record.
const (
	headBytes  = 20
	markLength = 1<<32 - 1
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// head is the head of a record without its checksum.
type head struct {
	length uint32
	seq    uint64
	back   uint32
}

// since is the first number of the group of a record.
func (h head) since() uint64 { return h.seq - uint64(h.back) }

// isMark tells a mark from a record.
func (h head) isMark() bool { return h.length == markLength }

// bytes is how many bytes of payload follow the head.
func (h head) bytes() int {
	if h.isMark() {
		return 0
	}
	return int(h.length)
}

// encode appends a record to a buffer. The length of its head is that of the payload, or stays that of a mark.
func encode(b []byte, salt uint32, h head, payload []byte) []byte {
	if !h.isMark() {
		h.length = uint32(len(payload))
	}
	at := len(b)
	b = append(b, make([]byte, headBytes)...)
	binary.LittleEndian.PutUint32(b[at+4:], h.length)
	binary.LittleEndian.PutUint64(b[at+8:], h.seq)
	binary.LittleEndian.PutUint32(b[at+16:], h.back)
	b = append(b, payload...)
	binary.LittleEndian.PutUint32(b[at:], crc32.Update(salt, castagnoli, b[at+4:]))
	return b
}

// shape is what the bytes at some place are.
type shape uint8

const (
	whole shape = iota // whole is a record or a mark, and its checksum is right.
	short              // short may be the beginning of one.
	wrong              // wrong is no record.
)

// parse reads the record at the beginning of b. Only what is whole may be used; of what is short, need is how many bytes
// would tell.
func parse(b []byte, salt uint32) (h head, need int, s shape) {
	if len(b) < headBytes {
		return head{}, headBytes, short
	}
	h.length = binary.LittleEndian.Uint32(b[4:])
	h.seq = binary.LittleEndian.Uint64(b[8:])
	h.back = binary.LittleEndian.Uint32(b[16:])
	if !h.isMark() && (h.length > PayloadMax || uint64(h.back) >= h.seq) {
		return head{}, 0, wrong
	}
	need = headBytes + h.bytes()
	if len(b) < need {
		return head{}, need, short
	}
	if crc32.Update(salt, castagnoli, b[4:need]) != binary.LittleEndian.Uint32(b) {
		return head{}, 0, wrong
	}
	return h, need, whole
}

// proves tells whether something whole in b shows that what is broken at its beginning was durable once: a mark of record
// next or of one behind it, a record whose group began after it, or record next itself at the beginning of its group, for
// then a mark is broken. It looks at every byte, because a broken length says nothing about where the next record begins.
func proves(b []byte, salt uint32, next uint64) (at int, found bool) {
	last := next + uint64(len(b)/headBytes) + 1
	for ; len(b) >= headBytes; at, b = at+1, b[1:] {
		if seq := binary.LittleEndian.Uint64(b[8:]); seq < next || seq > last {
			continue
		}
		h, _, s := parse(b, salt)
		if s == whole && (h.isMark() || h.since() > next || h.back == 0) {
			return at, true
		}
	}
	return 0, false
}
