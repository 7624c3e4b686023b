package journal

import (
	"context"
	"fmt"
)

// start begins to write and to tell.
func (j *Journal) start() {
	go j.run()
	go j.tell()
}

// run writes one group after the other until the journal is closed or broken.
func (j *Journal) run() {
	defer close(j.stopped)
	for g := j.take(); g != nil; g = j.take() {
		j.settle(g, j.commit(g))
	}
}

// take waits for something to write. It gives nil when nothing more will come.
func (j *Journal) take() *group {
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.gather.last < j.gather.first && !j.closing && j.broken == nil {
		j.work.Wait()
	}
	if j.broken != nil || j.gather.last < j.gather.first {
		return nil
	}
	j.flight = j.gather
	j.gather, j.spare = newGroup(j.next, j.spare), nil
	j.idle.Broadcast()
	return j.flight
}

// commit writes a group and forces it to the disk. While a group is in flight the file belongs to the writer.
func (j *Journal) commit(g *group) error {
	if j.size > segmentHead && j.size+int64(len(g.bytes)) > int64(j.config.SegmentBytes) {
		j.mu.Lock()
		s := j.segments[len(j.segments)-1]
		j.mu.Unlock()
		s.first = g.first
		if err := j.roll(s, &j.mu); err != nil {
			return err
		}
	}
	if _, err := j.file.WriteAt(g.bytes, j.size); err != nil {
		return fmt.Errorf("write records %d to %d: %w", g.first, g.last, err)
	}
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("force records %d to %d to the disk: %w", g.first, g.last, err)
	}
	j.size += int64(len(g.bytes))
	j.marked, j.sealed = false, false
	return nil
}

// spareMax is how large a buffer may be to be kept for the next group. It grows by a quarter beyond what it must hold.
const spareMax = 2 * gatheredMax

// settle says what has become of a group.
func (j *Journal) settle(g *group, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.flight = nil
	if err != nil {
		j.fail(err)
	} else {
		j.durable.Store(g.last)
		if cap(g.bytes) <= spareMax {
			j.spare = g.bytes
		}
		j.ring()
	}
	close(g.done)
	j.idle.Broadcast()
}

// fail breaks the journal. The mutex is held.
func (j *Journal) fail(err error) {
	if j.broken != nil {
		return
	}
	j.broken = ErrBroken.About("%w", err)
	close(j.gone)
	j.work.Signal()
	j.idle.Broadcast()
}

// ring has Told hear of what is durable.
func (j *Journal) ring() {
	select {
	case j.news <- struct{}{}:
	default: // It has not heard of the last news yet, and will hear of both.
	}
}

// tell calls Told as long as something is written.
func (j *Journal) tell() {
	defer close(j.told)
	told := j.Durable()
	for {
		var end bool
		select {
		case <-j.news:
		case <-j.stopped:
			end = true
		}
		if durable := j.Durable(); durable > told && j.config.Told != nil {
			told = durable
			j.config.Told(durable)
		}
		if end {
			return
		}
	}
}

// Wait returns nil when the record with this number is durable, also one that has yet to be appended, and an error when
// ctx ends first, or when the journal breaks or is closed before.
func (j *Journal) Wait(ctx context.Context, seq uint64) error {
	for j.Durable() < seq {
		j.mu.Lock()
		if j.Durable() >= seq { // It has become so just now; the group that gathers may never be written.
			j.mu.Unlock()
			return nil
		}
		g := j.gather
		if j.flight != nil && seq <= j.flight.last {
			g = j.flight
		}
		j.mu.Unlock()
		select {
		case <-g.done:
		case <-j.gone:
			return j.unless(seq, j.Err())
		case <-j.stopped:
			if err := j.Err(); err != nil {
				return j.unless(seq, err)
			}
			return j.unless(seq, ErrClosed)
		case <-ctx.Done():
			return j.unless(seq, context.Cause(ctx))
		}
	}
	return nil
}

// unless gives an error, unless the record has become durable meanwhile.
func (j *Journal) unless(seq uint64, err error) error {
	if j.Durable() >= seq {
		return nil
	}
	return err
}
