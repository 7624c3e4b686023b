package journal

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
)

// A snapshot is a head, what was written, and an end, all numbers little-endian:
//
//	magic  8 bytes │ seq  8 │ epoch  4 │ … │ length of …  8 │ CRC-32C over everything before it  4
const (
	snapshotMagic = "SaudaS1\n"
	snapshotHead  = 20
	snapshotFoot  = 12
	snapshotEnd   = ".snapshot"
)

// Snapshot is a snapshot that was read through and found whole. Its reader gives what was written; Close it.
type Snapshot struct {
	Seq   uint64 // Seq is the last record that it stands for.
	Epoch uint32
	*io.SectionReader
	file File
}

// Close lets the file go.
func (s *Snapshot) Close() error { return s.file.Close() }

func snapshotName(seq uint64) string { return fmt.Sprintf("%020d%s", seq, snapshotEnd) }

// Snapshot keeps what write writes as what all records up to seq have led to. It is there as a whole or not at all, and
// not before record seq is durable. Then older snapshots than are to be kept go, and the segments before the oldest of
// these. When it fails, the journal is as it was.
func (j *Journal) Snapshot(seq uint64, write func(io.Writer) error) (err error) {
	j.snapping.Lock()
	defer j.snapping.Unlock()
	if last := j.Appended(); seq > last {
		return fmt.Errorf("a snapshot of record %d, but the last one is %d", seq, last)
	}
	epoch, _ := j.EpochOf(seq)
	name := snapshotName(seq) + unfinished
	f, err := j.disk.Create(name)
	if err != nil {
		return fmt.Errorf("make a snapshot: %w", err)
	}
	err = writeSnapshot(f, seq, epoch, write)
	if err = closing(f, err); err == nil {
		err = j.Wait(context.Background(), seq) // The journal writes it or breaks.
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write the snapshot of record %d: %w", seq, err), j.disk.Remove(name))
	}
	if err := j.disk.Rename(name, snapshotName(seq)); err != nil {
		return fmt.Errorf("name the snapshot of record %d: %w", seq, err)
	}
	if err := j.disk.Sync(); err != nil {
		return fmt.Errorf("force the snapshot of record %d to the disk: %w", seq, err)
	}
	return j.retain()
}

// summed counts and sums what is written.
type summed struct {
	w   io.Writer
	n   uint64
	sum uint32
}

func (s *summed) Write(b []byte) (int, error) {
	s.n += uint64(len(b))
	s.sum = crc32.Update(s.sum, castagnoli, b)
	return s.w.Write(b)
}

func writeSnapshot(f File, seq uint64, epoch uint32, write func(io.Writer) error) error {
	buffered := bufio.NewWriterSize(io.NewOffsetWriter(f, 0), chunkBytes)
	s := &summed{w: buffered}
	b := append(make([]byte, 0, snapshotHead), snapshotMagic...)
	b = binary.LittleEndian.AppendUint64(b, seq)
	b = binary.LittleEndian.AppendUint32(b, epoch)
	if _, err := s.Write(b); err != nil {
		return err
	}
	if err := write(s); err != nil {
		return err
	}
	if _, err := s.Write(binary.LittleEndian.AppendUint64(nil, s.n-snapshotHead)); err != nil {
		return err
	}
	if _, err := s.Write(binary.LittleEndian.AppendUint32(nil, s.sum)); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	return f.Sync()
}

// Latest gives the newest snapshot that is whole, and passes over those that are damaged or of records that the journal
// does not have. When there is none, it is ErrNoSnapshot.
func (j *Journal) Latest() (*Snapshot, error) {
	names, err := j.disk.List()
	if err != nil {
		return nil, fmt.Errorf("list the folder of the journal: %w", err)
	}
	durable := j.Durable()
	numbers := slices.DeleteFunc(snapshotNumbers(names), func(n uint64) bool { return n > durable })
	return newestWhole(j.disk, numbers)
}

// snapshotNumbers gives the numbers of all snapshots, the newest first.
func snapshotNumbers(names []string) (numbers []uint64) {
	for _, name := range names {
		if n, ok := numbered(name, snapshotEnd); ok {
			numbers = append(numbers, n)
		}
	}
	slices.SortFunc(numbers, func(a, b uint64) int { return cmp.Compare(b, a) })
	return numbers
}

func newestWhole(disk Disk, numbers []uint64) (*Snapshot, error) {
	for _, n := range numbers {
		if s, err := openSnapshot(disk, n); err == nil || !errors.Is(err, ErrDamaged) {
			return s, err
		}
	}
	return nil, ErrNoSnapshot.About("of %d snapshots none is whole", len(numbers))
}

// openSnapshot reads a snapshot through; one that is not whole is ErrDamaged.
func openSnapshot(disk Disk, seq uint64) (*Snapshot, error) {
	f, err := disk.Open(snapshotName(seq))
	if err != nil {
		return nil, fmt.Errorf("open a snapshot: %w", err)
	}
	epoch, length, err := checkSnapshot(f, seq)
	if err != nil {
		return nil, closing(f, err)
	}
	return &Snapshot{Seq: seq, Epoch: epoch, SectionReader: io.NewSectionReader(f, snapshotHead, length), file: f}, nil
}

func checkSnapshot(f File, seq uint64) (epoch uint32, length int64, err error) {
	wrong := func(what string) (uint32, int64, error) {
		return 0, 0, ErrDamaged.About("%s: %s", snapshotName(seq), what)
	}
	size, err := f.Size()
	if err != nil {
		return 0, 0, err
	}
	if size < snapshotHead+snapshotFoot {
		return wrong("too short")
	}
	sum := &summed{w: io.Discard}
	if _, err := io.CopyBuffer(sum, io.NewSectionReader(f, 0, size-4), make([]byte, chunkBytes)); err != nil {
		return 0, 0, err
	}
	b := make([]byte, snapshotHead+snapshotFoot)
	if _, err := readFull(f, b[:snapshotHead], 0); err != nil {
		return 0, 0, err
	}
	if _, err := readFull(f, b[snapshotHead:], size-snapshotFoot); err != nil {
		return 0, 0, err
	}
	length = size - snapshotHead - snapshotFoot
	switch {
	case binary.LittleEndian.Uint32(b[28:]) != sum.sum:
		return wrong("its checksum is wrong")
	case string(b[:8]) != snapshotMagic:
		return wrong("it does not begin as a snapshot does")
	case binary.LittleEndian.Uint64(b[8:]) != seq:
		return wrong("it is of another record")
	case binary.LittleEndian.Uint64(b[20:]) != uint64(length):
		return wrong("it has another length")
	}
	return binary.LittleEndian.Uint32(b[16:]), length, nil
}

// retain removes what the newest snapshots stand for. One that is damaged does not count, and while there are fewer than
// are to be kept, everything stays.
func (j *Journal) retain() error {
	names, err := j.disk.List()
	if err != nil {
		return fmt.Errorf("list the folder of the journal: %w", err)
	}
	kept := 0
	for _, n := range snapshotNumbers(names) {
		if kept == j.config.Kept {
			if err := j.remove(snapshotName(n)); err != nil {
				return err
			}
			continue
		}
		s, err := openSnapshot(j.disk, n)
		if errors.Is(err, ErrDamaged) {
			continue
		}
		if err != nil {
			return err
		}
		if err := s.Close(); err != nil {
			return err
		}
		if kept++; kept == j.config.Kept {
			if err := j.dropBefore(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropBefore removes the segments all of whose records a snapshot stands for, the oldest first, so that no gap is left
// when it is cut off. The last record always stays.
func (j *Journal) dropBefore(seq uint64) error {
	for {
		j.mu.Lock()
		var name string
		if len(j.segments) > 1 {
			next := j.segments[1].first
			if next <= seq+1 && next <= j.Durable() && (j.keep == 0 || next <= j.keep) {
				name = j.segments[0].name()
				j.segments = slices.Clone(j.segments[1:])
			}
		}
		j.mu.Unlock()
		if name == "" {
			return nil
		}
		if err := j.remove(name); err != nil {
			return err
		}
	}
}

func (j *Journal) remove(name string) error {
	if err := j.disk.Remove(name); err != nil {
		return fmt.Errorf("remove %s: %w", name, err)
	}
	return j.disk.Sync()
}
