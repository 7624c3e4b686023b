package journal

import (
	"context"
	"fmt"
	"iter"
	"math"
	"sort"
)

// Read gives the records from a number on, up to the last one that is durable when it begins. Those that were removed
// are ErrGone, damage is ErrDamaged with its place; an error is the last thing that it gives.
func (j *Journal) Read(from uint64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		r := reader{j: j, want: max(from, 1)}
		defer r.close()
		r.until(j.Durable(), yield)
	}
}

// Follow gives the records from a number on, and goes on with those that become durable later. It ends when ctx does,
// and when the journal breaks or is closed, in each case with the reason, after all that is durable.
func (j *Journal) Follow(ctx context.Context, from uint64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		r := reader{j: j, want: max(from, 1)}
		defer r.close()
		for r.until(j.Durable(), yield) {
			if err := j.Wait(ctx, r.want); err != nil {
				yield(Record{}, err)
				return
			}
			r.scan.forget()
		}
	}
}

// reader reads records over the bounds of segments.
type reader struct {
	j    *Journal
	want uint64 // want is the number of the next record.
	scan scanner
	upTo uint64 // upTo is the first number of the segment behind the present one, as far as it was known.
}

// until gives the records up to a number. It tells whether more is wanted.
func (r *reader) until(limit uint64, yield func(Record, error) bool) bool {
	for r.want <= limit {
		payload, err := r.record()
		if err != nil {
			yield(Record{}, err)
			return false
		}
		if !yield(Record{Seq: r.want, Epoch: r.scan.seg.epoch, Payload: payload}, nil) {
			return false
		}
		r.want++
	}
	return true
}

// record gives the payload of the next record, which is durable.
func (r *reader) record() ([]byte, error) {
	for {
		if r.scan.file == nil || r.want >= r.upTo {
			if _, err := r.seek(); err != nil {
				return nil, err
			}
		}
		h, err := r.scan.next()
		if err != nil {
			return nil, err
		}
		if h.shape != whole {
			if moved, err := r.seek(); err != nil {
				return nil, err
			} else if !moved {
				return nil, r.scan.damaged()
			}
			continue
		}
		if h.seq == r.want && !h.isMark() {
			return h.payload, nil
		}
	}
}

// seek opens the segment that holds the next record. It tells whether that is another one than before.
func (r *reader) seek() (moved bool, err error) {
	seg, upTo, err := r.j.holding(r.want)
	if err != nil {
		return false, err
	}
	r.upTo = upTo
	if r.scan.file != nil && r.scan.seg == seg {
		return false, nil
	}
	f, err := r.j.disk.Open(seg.name())
	if err != nil {
		if _, _, gone := r.j.holding(r.want); gone != nil { // Removed just now.
			return false, gone
		}
		return false, fmt.Errorf("open a segment: %w", err)
	}
	r.close()
	r.scan = newScanner(f, seg, r.scan.buf)
	return true, nil
}

func (r *reader) close() {
	if r.scan.file != nil {
		_ = r.scan.file.Close() // Nothing was written to it.
	}
}

// holding gives the segment that holds a record, and the first number behind it.
func (j *Journal) holding(seq uint64) (s segment, upTo uint64, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := sort.Search(len(j.segments), func(i int) bool { return j.segments[i].first > seq })
	if n == 0 {
		return segment{}, 0, ErrGone.About("record %d is asked, the first one that is kept is %d", seq, j.segments[0].first)
	}
	upTo = math.MaxUint64
	if n < len(j.segments) {
		upTo = j.segments[n].first
	}
	return j.segments[n-1], upTo, nil
}

// EpochOf gives the epoch of a record that is kept.
func (j *Journal) EpochOf(seq uint64) (uint32, bool) {
	s, _, err := j.holding(seq)
	if err != nil || seq > j.Appended() {
		return 0, false
	}
	return s.epoch, true
}
