package journal

import (
	"fmt"
	"io"
	"sync"
)

// roll ends the present segment with a mark and begins another one. The file belongs to the caller; mu is taken where
// the list of segments changes, and is nil where the caller has it already.
func (j *Journal) roll(s segment, mu sync.Locker) error {
	if j.file != nil {
		if err := j.seal(); err != nil {
			return err
		}
	}
	f, err := begin(j.disk, s, int64(j.config.SegmentBytes))
	if err != nil {
		return fmt.Errorf("begin segment %s: %w", s.name(), err)
	}
	if j.file != nil {
		_ = j.file.Close() // What it holds was forced to the disk by seal.
	}
	j.file, j.size, j.marked, j.sealed = f, segmentHead, true, false
	if mu != nil {
		mu.Lock()
		defer mu.Unlock()
	}
	j.segments = append(j.segments, s)
	return nil
}

// begin makes the file of a segment, so that it is there with a whole head or not at all.
func begin(disk Disk, s segment, size int64) (_ File, err error) {
	f, err := disk.Create(s.name() + unfinished)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
		}
	}()
	if _, err := f.WriteAt(s.encode(), 0); err != nil {
		return nil, err
	}
	if err := f.Allocate(size); err != nil {
		return nil, err
	}
	if err := f.Sync(); err != nil {
		return nil, err
	}
	if err := disk.Rename(s.name()+unfinished, s.name()); err != nil {
		return nil, err
	}
	return f, disk.Sync()
}

// seal puts a mark behind the last record, unless one is there, ends the file behind it and forces that to the disk.
func (j *Journal) seal() error {
	if j.marked && j.sealed {
		return nil
	}
	last := j.Durable()
	if !j.marked {
		b := encode(nil, j.salt, head{length: markLength, seq: last}, nil)
		if _, err := j.file.WriteAt(b, j.size); err != nil {
			return fmt.Errorf("write the mark of record %d: %w", last, err)
		}
		j.size += headBytes
	}
	if err := j.file.Truncate(j.size); err != nil {
		return fmt.Errorf("end the segment behind record %d: %w", last, err)
	}
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("force the mark of record %d to the disk: %w", last, err)
	}
	j.marked, j.sealed = true, true
	return nil
}

// Raise begins an epoch: it is durable when Raise returns, and all records that are appended from then on carry it.
// Records that were taken before are durable by then. It must be higher than that of the last record, and at least what
// was promised; otherwise it is ErrEpoch.
func (j *Journal) Raise(epoch uint32) error {
	return j.beginSegment(func(s segment) (segment, error) {
		if epoch <= s.epoch || epoch < s.promised {
			return s, ErrEpoch.About("raise the epoch to %d: it is %d, and %d is promised", epoch, s.epoch, s.promised)
		}
		s.epoch, s.promised = epoch, epoch
		return s, nil
	})
}

// Promise has the journal follow no epoch below this one any more, while its own records keep theirs; that is durable
// when it returns. What is promised already is nothing new, and less than that is ErrEpoch.
func (j *Journal) Promise(epoch uint32) error {
	return j.beginSegment(func(s segment) (segment, error) {
		if epoch < s.promised {
			return s, ErrEpoch.About("promise epoch %d: %d is promised", epoch, s.promised)
		}
		s.promised = epoch
		return s, nil
	})
}

// Copy begins the epoch of records that are copied from a journal with a higher one: as Raise, but what is promised stays.
func (j *Journal) Copy(epoch uint32) error {
	return j.beginSegment(func(s segment) (segment, error) {
		if epoch < s.epoch || epoch > s.promised {
			return s, ErrEpoch.About("copy records of epoch %d: it is %d, and %d is promised", epoch, s.epoch, s.promised)
		}
		s.epoch = epoch
		return s, nil
	})
}

// beginSegment lets the writer finish and begins a segment with other numbers.
func (j *Journal) beginSegment(change func(segment) (segment, error)) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.raising && j.refusal() == nil {
		j.idle.Wait()
	}
	j.raising = true
	defer func() {
		j.raising = false
		j.idle.Broadcast()
	}()
	for (j.flight != nil || j.gather.last >= j.gather.first) && j.broken == nil {
		j.idle.Wait()
	}
	if err := j.refusal(); err != nil {
		return err
	}
	old := j.segments[len(j.segments)-1]
	s, err := change(old)
	if err != nil || s == old {
		return err
	}
	s.first = j.next
	if err := j.roll(s, nil); err != nil {
		j.fail(err)
		return j.broken
	}
	return nil
}

// closing closes a file and gives the first of two errors.
func closing(f io.Closer, err error) error {
	if cerr := f.Close(); err == nil {
		return cerr
	}
	return err
}

// readFull reads as much as there is, and says how much that was.
func readFull(f io.ReaderAt, b []byte, at int64) (int, error) {
	n, err := f.ReadAt(b, at)
	if err == io.EOF {
		err = nil
	}
	return n, err
}
