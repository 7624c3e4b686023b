package journal

import "fmt"

// chunkBytes is how much is read at once: enough that a system call is nothing beside it.
const chunkBytes = 256 << 10

// scanner goes through the records of one segment.
type scanner struct {
	file   File
	seg    segment
	salt   uint32
	at     int64  // at is where in the file the next record begins.
	expect uint64 // expect is the number of the next record.
	buf    []byte
	pos    int // pos is where in buf the next record begins; what is read ends where buf ends.
}

func newScanner(f File, s segment, buf []byte) scanner {
	return scanner{file: f, seg: s, salt: s.salt(), at: segmentHead, expect: s.first, buf: buf[:0]}
}

// found is what stands at some place. It has a head and a payload when it is whole.
type found struct {
	head
	shape
	payload []byte
}

// next gives the next record or mark. When there is none, it says what is there instead, and stays where it is, so that
// it may be asked again when the file has grown. The payload is good until next is called again.
func (s *scanner) next() (found, error) {
	for {
		h, need, what := parse(s.buf[s.pos:], s.salt)
		if what == short {
			more, err := s.read(need)
			if err != nil {
				return found{shape: wrong}, err
			}
			if more {
				continue
			}
			return found{shape: short}, nil
		}
		if what == wrong || h.isMark() && h.seq != s.expect-1 || !h.isMark() && h.seq != s.expect {
			return found{shape: wrong}, nil
		}
		payload := s.buf[s.pos+headBytes : s.pos+need]
		s.pos += need
		s.at += int64(need)
		if !h.isMark() {
			s.expect++
		}
		return found{h, whole, payload}, nil
	}
}

// read reads on, until at least need bytes are there or the file ends. It tells whether they are.
func (s *scanner) read(need int) (bool, error) {
	kept := copy(s.buf[:cap(s.buf)], s.buf[s.pos:])
	s.buf, s.pos = s.buf[:kept], 0
	if cap(s.buf) < max(need, chunkBytes) {
		s.buf = append(make([]byte, 0, max(need, chunkBytes)), s.buf...)
	}
	n, err := readFull(s.file, s.buf[kept:cap(s.buf)], s.at+int64(kept))
	if err != nil {
		return false, fmt.Errorf("read %s at byte %d: %w", s.seg.name(), s.at, err)
	}
	s.buf = s.buf[:kept+n]
	return len(s.buf) >= need, nil
}

// forget drops what was read ahead: the file may say something else there now.
func (s *scanner) forget() { s.buf, s.pos = s.buf[:0], 0 }

// damaged says where the segment is damaged.
func (s *scanner) damaged() error {
	return ErrDamaged.About("%s is damaged at byte %d, where record %d begins", s.seg.name(), s.at, s.expect)
}
