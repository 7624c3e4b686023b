package journal

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"
)

// A segment begins with a head of 44 bytes, all numbers little-endian:
//
//	0   magic
//	8   id        of the journal, drawn when it was made; its CRC-32C is the salt of all checksums of records
//	24  first     number of the first record
//	32  epoch     of all records of the segment
//	36  promised  lowest epoch that may still be followed
//	40  crc       CRC-32C over everything before it
//
// It is written under another name, forced to the disk and then renamed, so that a segment without a whole head is
// damage. A segment that another follows ends with a mark.
const (
	segmentMagic = "SaudaJ1\n"
	segmentHead  = 44
	idBytes      = 16

	segmentEnd = ".segment"
	unfinished = ".tmp"
)

// segment is the head of one file of records.
type segment struct {
	id       [idBytes]byte
	first    uint64
	epoch    uint32
	promised uint32
}

// name holds the first number and, because an epoch can begin where no record stands yet, the epochs.
func (s segment) name() string {
	return fmt.Sprintf("%020d-%010d-%010d%s", s.first, s.promised, s.epoch, segmentEnd)
}

func (s segment) encode() []byte {
	b := make([]byte, 0, segmentHead)
	b = append(b, segmentMagic...)
	b = append(b, s.id[:]...)
	b = binary.LittleEndian.AppendUint64(b, s.first)
	b = binary.LittleEndian.AppendUint32(b, s.epoch)
	b = binary.LittleEndian.AppendUint32(b, s.promised)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// parseSegment reads a head, which must be that of the file with this name.
func parseSegment(b []byte, name string) (s segment, err error) {
	if len(b) < segmentHead || string(b[:8]) != segmentMagic {
		return segment{}, ErrDamaged.About("%s does not begin as a segment does", name)
	}
	if crc32.Checksum(b[:40], castagnoli) != binary.LittleEndian.Uint32(b[40:]) {
		return segment{}, ErrDamaged.About("%s: the checksum of its head is wrong", name)
	}
	copy(s.id[:], b[8:])
	s.first = binary.LittleEndian.Uint64(b[24:])
	s.epoch = binary.LittleEndian.Uint32(b[32:])
	s.promised = binary.LittleEndian.Uint32(b[36:])
	if s.name() != name {
		return segment{}, ErrDamaged.About("%s says that it is %s", name, s.name())
	}
	return s, nil
}

// readSegments gives the segments of a folder in their order, each with a whole head, one after the other without a gap.
func readSegments(disk Disk, names []string) (all []segment, err error) {
	for _, name := range names {
		if !strings.HasSuffix(name, segmentEnd) {
			continue
		}
		s, err := readHead(disk, name)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b segment) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.promised, b.promised), cmp.Compare(a.epoch, b.epoch))
	})
	for i := 1; i < len(all); i++ {
		a, b := all[i-1], all[i]
		if a.id != b.id || a.epoch > b.epoch || a.promised > b.promised {
			return nil, ErrDamaged.About("%s is not what %s goes on with", b.name(), a.name())
		}
		if err := endsBefore(disk, a, b.first); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func readHead(disk Disk, name string) (s segment, err error) {
	f, err := disk.Open(name)
	if err != nil {
		return segment{}, fmt.Errorf("open a segment: %w", err)
	}
	defer func() { err = closing(f, err) }()
	b := make([]byte, segmentHead)
	n, err := readFull(f, b, 0)
	if err != nil {
		return segment{}, fmt.Errorf("read %s: %w", name, err)
	}
	return parseSegment(b[:n], name)
}

// endsBefore looks whether a segment ends with the mark of the last record before next. One without records has none.
func endsBefore(disk Disk, s segment, next uint64) (err error) {
	f, err := disk.Open(s.name())
	if err != nil {
		return fmt.Errorf("open a segment: %w", err)
	}
	defer func() { err = closing(f, err) }()
	size, err := f.Size()
	if err != nil {
		return fmt.Errorf("read %s: %w", s.name(), err)
	}
	if size == segmentHead && s.first == next {
		return nil
	}
	b := make([]byte, headBytes)
	n := 0
	if size >= segmentHead+headBytes {
		if n, err = readFull(f, b, size-headBytes); err != nil {
			return fmt.Errorf("read %s: %w", s.name(), err)
		}
	}
	if h, _, shape := parse(b[:n], s.salt()); shape != whole || !h.isMark() || h.seq != next-1 {
		return ErrDamaged.About("%s does not end with the mark of record %d at byte %d", s.name(), next-1, size-headBytes)
	}
	return nil
}

// salt is where the checksums of records begin.
func (s segment) salt() uint32 { return crc32.Checksum(s.id[:], castagnoli) }

// numbered gives the number at the beginning of a name that ends so.
func numbered(name, end string) (uint64, bool) {
	digits, ok := strings.CutSuffix(name, end)
	if !ok || len(digits) != 20 {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, err == nil
}
