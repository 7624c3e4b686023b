package fix

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// Folder keeps the store of each session in a file of its own. What has been flushed outlives the process; with Sync it
// outlives the machine too, and each flush waits for the disk.
type Folder struct {
	Path string // Path is the folder; it is made when it is not there.
	Sync bool
}

// A file is a row of records: their sum (CRC-32C of what follows), how long the rest is, what it is, a number, and a
// message. A record that is torn or does not fit its sum ends the file: it and all behind it are cut off when the
// file is opened, for a process has died while it wrote them.
const (
	recordHead   = 4 + 4 + 1 + 8
	recordKept   = 'm'
	recordTaken  = 'n'
	recordExpect = 'i'
	recordMax    = 16 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrStore says that the file of a session cannot be read: another process has it, or it is no such file.
var ErrStore = errors.New("fix: the store of the session cannot be used")

// Open reads the file of a session, or begins one. A file that another process uses is ErrStore.
func (f Folder) Open(id ID) (Store, error) {
	if err := os.MkdirAll(f.Path, 0o700); err != nil {
		return nil, err
	}
	name := filepath.Join(f.Path, fmt.Sprintf("%s=%s=%s.fix", id.Version, id.Sender, id.Target))
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	s := &folderStore{file: file, in: 1, out: 1}
	if f.Sync {
		s.force = file.Sync
	}
	if err := alone(file); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %s: %w", ErrStore, name, err), file.Close())
	}
	if err := s.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %s: %w", ErrStore, name, err), file.Close())
	}
	return s, nil
}

type folderStore struct {
	flushes sync.Mutex // flushes is held as long as a Flush lasts, so that the next one does not return before it.

	mu      sync.Mutex
	file    *os.File
	force   func() error // force waits for the disk; it is nil where nobody does.
	in, out int64
	places  []place
	end     int64  // end is how far the file has been written.
	wait    []byte // wait is what follows it, and is not written yet.
	owes    bool   // owes says that a message has not reached the disk yet.
	broken  error  // broken is why nothing can be written any more.
}

// place is where a message stands in the file.
type place struct {
	number int64
	at     int64
	size   int32
}

// load reads all records and cuts off what is no whole one.
func (s *folderStore) load() error {
	r := bufio.NewReaderSize(s.file, 1<<20)
	var head [recordHead]byte
	var body []byte
	for {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				break
			}
			return err
		}
		size := int(binary.LittleEndian.Uint32(head[4:]))
		if size > recordMax {
			break
		}
		body = slices.Grow(body[:0], size)[:size]
		if _, err := io.ReadFull(r, body); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				break
			}
			return err
		}
		if crc32.Update(crc32.Checksum(head[4:], castagnoli), castagnoli, body) != binary.LittleEndian.Uint32(head[:]) {
			break
		}
		s.take(head[8], int64(binary.LittleEndian.Uint64(head[9:])), int64(recordHead), size)
		s.end += recordHead + int64(size)
	}
	return s.file.Truncate(s.end)
}

// take learns from a record that stands at the end, its message some bytes behind that.
func (s *folderStore) take(kind byte, number, behind int64, size int) {
	switch kind {
	case recordKept:
		s.places = append(s.places, place{number, s.end + int64(len(s.wait)) + behind, int32(size)})
		s.out = number + 1
	case recordTaken:
		s.out = number + 1
	case recordExpect:
		s.in = number
	}
}

// waitMax is how much is held back at most.
const waitMax = 1 << 20

func (s *folderStore) note(kind byte, number int64, wire []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	s.take(kind, number, recordHead, len(wire))
	s.owes = s.owes || kind != recordExpect // What is expected may be forgotten: then messages come twice.
	from := len(s.wait)
	s.wait = append(s.wait, make([]byte, recordHead)...)
	s.wait = append(s.wait, wire...)
	record := s.wait[from:]
	binary.LittleEndian.PutUint32(record[4:], uint32(len(wire)))
	record[8] = kind
	binary.LittleEndian.PutUint64(record[9:], uint64(number))
	binary.LittleEndian.PutUint32(record, crc32.Checksum(record[4:], castagnoli))
	if len(s.wait) > waitMax {
		return s.write()
	}
	return nil
}

func (s *folderStore) Keep(number int64, wire []byte) error {
	if wire == nil {
		return s.note(recordTaken, number, nil)
	}
	return s.note(recordKept, number, wire)
}

func (s *folderStore) Expect(in int64) error { return s.note(recordExpect, in, nil) }

func (s *folderStore) Numbers() (in, out int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.in, s.out
}

// write brings what waits into the file. A file that could not be written is not written any more: what it holds is
// whole, and what would follow a gap is of no use.
func (s *folderStore) write() error {
	if s.broken != nil || len(s.wait) == 0 {
		return s.broken
	}
	if _, err := s.file.WriteAt(s.wait, s.end); err != nil {
		s.broken = fmt.Errorf("%w: %w", ErrStore, err)
		return s.broken
	}
	s.end += int64(len(s.wait))
	s.wait = s.wait[:0]
	return nil
}

// Flush waits for the disk without the lock, so that messages can be kept meanwhile; the next Flush brings them there
// together. It returns no earlier than one that has begun before, which may have taken its messages along.
func (s *folderStore) Flush() error {
	s.flushes.Lock()
	defer s.flushes.Unlock()
	s.mu.Lock()
	if err := s.write(); err != nil || s.force == nil || !s.owes {
		s.mu.Unlock()
		return err
	}
	s.owes = false
	s.mu.Unlock()
	err := s.force()
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.broken = fmt.Errorf("%w: %w", ErrStore, err)
		return s.broken
	}
	return nil
}

func (s *folderStore) Read(from, to int64, each func(int64, []byte) bool) error {
	s.mu.Lock()
	if err := s.write(); err != nil {
		s.mu.Unlock()
		return err
	}
	all := s.places
	s.mu.Unlock()
	i, _ := slices.BinarySearchFunc(all, from, func(p place, from int64) int { return int(p.number - from) })
	var wire []byte
	for ; i < len(all) && all[i].number <= to; i++ {
		wire = slices.Grow(wire[:0], int(all[i].size))[:all[i].size]
		if _, err := s.file.ReadAt(wire, all[i].at); err != nil {
			return fmt.Errorf("%w: %w", ErrStore, err)
		}
		if !each(all[i].number, wire) {
			break
		}
	}
	return nil
}

func (s *folderStore) Reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.file.Truncate(0); err != nil {
		return fmt.Errorf("%w: %w", ErrStore, err)
	}
	s.in, s.out, s.places, s.end, s.wait, s.broken = 1, 1, nil, 0, s.wait[:0], nil
	return nil
}

func (s *folderStore) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.write(), s.file.Close())
}
