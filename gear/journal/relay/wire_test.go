package relay

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"sauda/gear/journal"
)

// FuzzDecode: what can be read is written the same again, with any bytes under a right checksum.
func FuzzDecode(f *testing.F) {
	for _, m := range []message{
		{kind: tip, epoch: 3, life: 1 << 31, seq: 77},
		{kind: fetch, epoch: 1, seq: 5, before: trace{true, 1, 99}},
		{kind: batch, epoch: 2, seq: 9, of: 1, more: true, records: [][]byte{[]byte("one"), nil, []byte("three")}},
		{kind: batch, records: [][]byte{make([]byte, journal.PayloadMax)}},
	} {
		b := m.encode()
		if again, err := decode(b); err != nil || !bytes.Equal(again.encode(), b) {
			f.Fatalf("%+v is read as %+v, %v", m, again, err)
		}
		f.Add(b[:len(b)-4])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := decode(b); err == nil && !bytes.Equal(m.encode(), b) {
			t.Errorf("%x is written as %x", b, m.encode())
		}
		b = binary.BigEndian.AppendUint32(bytes.Clone(b), crc32.Checksum(b, castagnoli))
		m, err := decode(b)
		if err == nil && !bytes.Equal(m.encode(), b) {
			t.Errorf("%x is written as %x", b, m.encode())
		}
	})
}

// TestFlippedMessage: every flipped bit of a message is found.
func TestFlippedMessage(t *testing.T) {
	b := message{kind: batch, epoch: 2, seq: 9, of: 1, records: [][]byte{[]byte("one"), []byte("two")}}.encode()
	for bit := range len(b) * 8 {
		b[bit/8] ^= 1 << (bit % 8)
		if m, err := decode(b); err == nil {
			t.Errorf("bit %d is flipped, and it is %+v", bit, m)
		}
		b[bit/8] ^= 1 << (bit % 8)
	}
	for n := range b {
		if m, err := decode(b[:n]); err == nil {
			t.Errorf("cut at byte %d, it is %+v", n, m)
		}
	}
}
