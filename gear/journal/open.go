package journal

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
)

// Open opens the journal of a folder, or begins one. It reads the last segment to its end, cuts off a torn tail there,
// and refuses damage (ErrDamaged) with its place; older segments are looked at when they are read. A second process is
// refused with ErrHeld. When Open returns, all that is there is durable.
func Open(disk Disk, config Config) (_ *Journal, err error) {
	if config.SegmentBytes <= 0 {
		config.SegmentBytes = segmentBytes
	}
	config.Kept = max(config.Kept, keptMin)
	release, err := disk.Lock()
	if err != nil {
		return nil, err
	}
	j := &Journal{
		disk: disk, config: config, release: release,
		gone: make(chan struct{}), stopped: make(chan struct{}), news: make(chan struct{}, 1), told: make(chan struct{}),
	}
	j.work.L, j.idle.L = &j.mu, &j.mu
	defer func() {
		if err != nil {
			if j.file != nil {
				_ = j.file.Close()
			}
			err = errors.Join(err, release())
		}
	}()
	names, err := tidy(disk)
	if err != nil {
		return nil, err
	}
	if j.segments, err = readSegments(disk, names); err != nil {
		return nil, err
	}
	if len(j.segments) == 0 {
		err = j.found(names)
	} else {
		err = j.resume()
	}
	if err != nil {
		return nil, err
	}
	j.next = j.Durable() + 1
	j.gather = newGroup(j.next, nil)
	j.start()
	return j, nil
}

// tidy removes what was not finished and gives the names of the rest.
func tidy(disk Disk) (names []string, err error) {
	all, err := disk.List()
	if err != nil {
		return nil, fmt.Errorf("list the folder of the journal: %w", err)
	}
	for _, name := range all {
		if !strings.HasSuffix(name, unfinished) {
			names = append(names, name)
		} else if err := disk.Remove(name); err != nil {
			return nil, fmt.Errorf("remove what was not finished: %w", err)
		}
	}
	return names, nil
}

// found begins a journal where there is none: with record 1, or behind a snapshot that was put there.
func (j *Journal) found(names []string) error {
	s := segment{first: 1}
	if numbers := snapshotNumbers(names); len(numbers) > 0 {
		if !j.config.Seed {
			return ErrDamaged.About("there is the snapshot of record %d, but no segment", numbers[0])
		}
		snapshot, err := newestWhole(j.disk, numbers)
		if err != nil {
			return err
		}
		s.first, s.epoch, s.promised = snapshot.Seq+1, snapshot.Epoch, snapshot.Epoch
		if err := snapshot.Close(); err != nil {
			return err
		}
	}
	if _, err := rand.Read(s.id[:]); err != nil {
		return fmt.Errorf("draw the number of the journal: %w", err)
	}
	j.id, j.salt = s.id, s.salt()
	j.durable.Store(s.first - 1)
	return j.roll(s, nil)
}

// resume goes on with the last segment.
func (j *Journal) resume() error {
	last := j.segments[len(j.segments)-1]
	j.id, j.salt = last.id, last.salt()
	f, err := j.disk.Open(last.name())
	if err != nil {
		return fmt.Errorf("open the last segment: %w", err)
	}
	j.file = f
	t, err := readTail(f, last)
	if err != nil {
		return err
	}
	if t.size > t.end {
		if err := f.Truncate(t.end); err != nil {
			return fmt.Errorf("cut the torn end of %s: %w", last.name(), err)
		}
	}
	j.size, j.marked, j.torn = t.end, t.marked, t.torn
	j.durable.Store(t.last)
	if err := j.believe(t); err != nil {
		return fmt.Errorf("write the last group of %s again: %w", last.name(), err)
	}
	if j.size < int64(j.config.SegmentBytes) {
		j.sealed = false
		if err := f.Allocate(int64(j.config.SegmentBytes)); err != nil {
			return fmt.Errorf("make room in %s: %w", last.name(), err)
		}
	}
	return j.disk.Sync()
}

// believe makes durable what was read. The last group may be in the cache only, because its fsync failed in a process
// before: then the kernel takes it for written, and another fsync would do nothing. So it is written once more.
func (j *Journal) believe(t tail) error {
	b := make([]byte, t.end-t.group)
	if _, err := readFull(j.file, b, t.group); err != nil {
		return err
	}
	if _, err := j.file.WriteAt(b, t.group); err != nil {
		return err
	}
	if err := j.file.Sync(); err != nil {
		return err
	}
	return j.seal()
}

// tail is how the last segment ends.
type tail struct {
	group  int64  // group is where the last group begins, or the mark behind it.
	end    int64  // end is where what is whole ends.
	size   int64  // size is where the file ends.
	torn   int64  // torn is how much of that is broken; the rest is room.
	last   uint64 // last is the number of the last record.
	marked bool   // marked means that a mark is the last thing that is whole.
}

// readTail reads a segment to its end and tells a torn end from damage.
func readTail(f File, seg segment) (t tail, err error) {
	s := newScanner(f, seg, nil)
	t = tail{group: segmentHead, end: segmentHead, last: seg.first - 1, marked: true}
	for {
		at := s.at
		h, err := s.next()
		if err != nil {
			return t, err
		}
		if h.shape != whole {
			break
		}
		if h.isMark() || h.back == 0 {
			t.group = at
		}
		t.end, t.last, t.marked = s.at, s.expect-1, h.isMark()
	}
	if t.size, err = f.Size(); err != nil {
		return t, err
	}
	rest := make([]byte, t.size-t.end)
	if _, err := readFull(f, rest, t.end); err != nil {
		return t, fmt.Errorf("read %s: %w", seg.name(), err)
	}
	t.torn = int64(len(bytes.TrimRight(rest, "\x00")))
	if at, found := proves(rest, s.salt, s.expect); found {
		return t, fmt.Errorf("%w; what stands at byte %d shows that it was safe", s.damaged(), t.end+int64(at))
	}
	return t, nil
}
