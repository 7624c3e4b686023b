package relay

import (
	"encoding/binary"
	"hash/crc32"

	"sauda/base/fault"
	"sauda/gear/journal"
)

// kind is what a message is.
type kind byte

const (
	tip      kind = 'T' // tip says how far the leader of an epoch is.
	ack      kind = 'A' // ack says how far the standby is, and which epoch it follows.
	fetch    kind = 'F' // fetch asks for the records from seq on, and says what stands before them.
	batch    kind = 'B' // batch holds records from seq on, and says what stands before them.
	diverged kind = 'D' // diverged answers that something else stands before them.
	removed  kind = 'G' // removed answers that these records, or the one before, are gone.
)

// message is all that leader and standby say, with numbers in network order:
//
//	kind 1 │ epoch 4 │ life 4 │ seq 8 │ known 1, epoch 4, sum 4 of the record before │ epoch of the records 4 │ more 1 │ count 4
//	(length 4 │ payload) for each record
//	CRC-32C over everything before it, 4
type message struct {
	kind    kind
	epoch   uint32 // epoch is that of the leader, or the one that the standby follows.
	life    uint32 // life is drawn by each leader when it begins: one that begins anew in its epoch is another one.
	seq     uint64
	before  trace
	of      uint32 // of is the epoch of the records.
	more    bool   // more means that the leader has more than these.
	records [][]byte
}

// trace is what is known of a record: its epoch and the CRC-32C of its payload.
type trace struct {
	known      bool
	epoch, sum uint32
}

// fits tells whether two traces can be of the same record.
func (t trace) fits(other trace) bool { return !t.known || !other.known || t == other }

func traceOf(epoch uint32, payload []byte) trace {
	return trace{known: true, epoch: epoch, sum: crc32.Checksum(payload, castagnoli)}
}

const (
	fixedBytes = 35
	batchMax   = 128 << 10 // A batch is sent when it would grow beyond this.
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errGarbled means that a message is none.
var errGarbled = fault.New(fault.Malformed, "relay.garbled", "This is no message of a relay.")

func (m message) encode() []byte {
	size := fixedBytes + 4
	for _, r := range m.records {
		size += 4 + len(r)
	}
	b := append(make([]byte, 0, size), byte(m.kind))
	b = binary.BigEndian.AppendUint32(b, m.epoch)
	b = binary.BigEndian.AppendUint32(b, m.life)
	b = binary.BigEndian.AppendUint64(b, m.seq)
	b = append(b, bit(m.before.known))
	b = binary.BigEndian.AppendUint32(b, m.before.epoch)
	b = binary.BigEndian.AppendUint32(b, m.before.sum)
	b = binary.BigEndian.AppendUint32(b, m.of)
	b = append(b, bit(m.more))
	b = binary.BigEndian.AppendUint32(b, uint32(len(m.records)))
	for _, r := range m.records {
		b = binary.BigEndian.AppendUint32(b, uint32(len(r)))
		b = append(b, r...)
	}
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// decode reads a message. Its records lie in b. Only what encode would write is a message.
func decode(b []byte) (m message, err error) {
	if len(b) < fixedBytes+4 {
		return message{}, errGarbled.About("%d bytes", len(b))
	}
	b, sum := b[:len(b)-4], binary.BigEndian.Uint32(b[len(b)-4:])
	if crc32.Checksum(b, castagnoli) != sum {
		return message{}, errGarbled.About("its checksum is wrong")
	}
	if b[17] > 1 || b[30] > 1 {
		return message{}, errGarbled.About("neither yes nor no")
	}
	m = message{
		kind: kind(b[0]), epoch: binary.BigEndian.Uint32(b[1:]), life: binary.BigEndian.Uint32(b[5:]), seq: binary.BigEndian.Uint64(b[9:]),
		before: trace{b[17] == 1, binary.BigEndian.Uint32(b[18:]), binary.BigEndian.Uint32(b[22:])},
		of:     binary.BigEndian.Uint32(b[26:]), more: b[30] == 1,
	}
	count := binary.BigEndian.Uint32(b[31:])
	for b = b[fixedBytes:]; len(b) >= 4 && count > 0; count-- {
		length := binary.BigEndian.Uint32(b)
		if length > journal.PayloadMax || int(length) > len(b)-4 {
			return message{}, errGarbled.About("a record of %d bytes", length)
		}
		m.records = append(m.records, b[4:4+length])
		b = b[4+length:]
	}
	if count > 0 || len(b) > 0 {
		return message{}, errGarbled.About("%d records are missing, %d bytes are left", count, len(b))
	}
	return m, nil
}
