// Package journal keeps records in the order in which they were appended, so that what was said to be durable is there
// after a crash, a power cut or a kill, and nothing else is taken for it.
//
// It knows records (a number from 1 without gaps, an epoch and bytes), the segments that hold them, and snapshots, which
// stand for all records up to one. It does not know what the bytes mean.
//
//	Append ──▶ gathered ──▶ written ──▶ forced to the disk ──▶ Durable, Wait, Told
//	             (while the group before is written)
//
// One goroutine writes. What has gathered while it was busy is a group: one write, one fdatasync. A failed write or
// fsync breaks the journal for good: the kernel may have dropped the pages that it could not write, and a second fsync
// would claim that they are safe (fsyncgate, PostgreSQL 2018). A new start reads what there is, writes the last group
// once more, and forces it to the disk before it believes it.
//
// Each record states where its group began. One write goes to the disk at a time, so a record whose group began after
// number n proves that n was durable. That tells a torn tail, which is cut off, from damage, which is refused: the end of
// the last segment is torn when nothing whole behind it proves that what is broken was durable. A mark, which is written
// at the end of a segment, when a journal is closed and when it is opened, proves the same of everything before it. What
// can't be told apart is a group that was durable, was the last one before a crash, and has rotted since.
package journal

import (
	"fmt"
	"sync"
	"sync/atomic"

	"sauda/base/fault"
)

// Faults of journals.
var (
	ErrHeld       = fault.New(fault.Conflict, "journal.held", "Another process holds this journal. Stop it first.")
	ErrDamaged    = fault.New(fault.Internal, "journal.damaged", "The journal is damaged in a place that was safe once. Restore the file that the log names from a copy or from the standby.")
	ErrBroken     = fault.New(fault.Unavailable, "journal.broken", "The disk did not keep what was written. Nothing more is written until a new start.")
	ErrClosed     = fault.New(fault.Unavailable, "journal.closed", "The journal is closed.")
	ErrTooLarge   = fault.New(fault.TooLarge, "journal.too_large", "This is too large for one record. Send it in smaller parts.")
	ErrGone       = fault.New(fault.Gone, "journal.gone", "These records were removed because a snapshot stands for them. Begin with the snapshot.")
	ErrNoSnapshot = fault.New(fault.Missing, "journal.no_snapshot", "There is no whole snapshot. Begin with the first record.")
	ErrEpoch      = fault.New(fault.Conflict, "journal.epoch", "The epoch of a journal only rises. Find out who leads now.")
)

// Limits of a journal.
const (
	// PayloadMax is the largest payload of a record: half of what a message of NATS may hold where nobody has set more.
	PayloadMax = 512 << 10

	segmentBytes = 64 << 20 // A segment is closed before it grows beyond this: a second or so of the fastest appending.
	gatheredMax  = 4 << 20  // Append waits while so much has gathered: more makes no fsync cheaper, and fills the memory.
	keptMin      = 2        // As many snapshots stay, for the newest may turn out to be damaged.
)

// Config says how a journal is kept. The zero value is good.
type Config struct {
	SegmentBytes int // SegmentBytes is where a segment ends; 0 is 64 MiB. A group is never divided, so it may be exceeded.
	Kept         int // Kept is how many snapshots stay; fewer than two are two.
	// Seed lets a folder begin with a snapshot alone, which somebody has copied there. Otherwise snapshots without
	// segments are damage.
	Seed bool
	// Told is called with the durable number when it has risen, always higher, from one goroutine. Numbers may be
	// passed over: one stands for all before it. A slow Told delays nobody else.
	Told func(durable uint64)
}

// Record is one record. Its payload belongs to the journal and is good until the next one is read.
type Record struct {
	Seq     uint64
	Epoch   uint32
	Payload []byte
}

// Journal is an open journal. All methods may be called from any goroutine.
type Journal struct {
	disk    Disk
	config  Config
	release func() error
	salt    uint32 // salt is where the checksums of this journal begin.
	id      [idBytes]byte
	durable atomic.Uint64

	mu       sync.Mutex
	work     sync.Cond // work is signalled when something has gathered, or nothing more will.
	idle     sync.Cond // idle is signalled when the writer has taken or written a group.
	next     uint64    // next is the number of the next record.
	gather   *group
	flight   *group // flight is what is being written, or nil.
	spare    []byte // spare is the buffer of the group before, used again.
	segments []segment
	file     File  // file is the last segment, open.
	size     int64 // size is where its next byte goes.
	broken   error
	closing  bool
	raising  bool // raising holds Append up while a segment of a new epoch is begun.
	marked   bool // marked means that the last thing in the file is a mark.
	sealed   bool // sealed means that the file ends where what was written ends.
	torn     int64
	keep     uint64 // keep is the first record that somebody still needs; 0 is nobody.

	gone     chan struct{} // gone is closed when the journal breaks.
	stopped  chan struct{} // stopped is closed when the writer has ended.
	news     chan struct{} // news holds something while Told has not heard of it.
	told     chan struct{} // told is closed when Told will not be called any more.
	snapping sync.Mutex    // snapping lets one snapshot be written at a time.
}

// group is what is written together.
type group struct {
	first, last uint64 // last is below first while there is no record.
	bytes       []byte
	done        chan struct{} // done is closed when the group is durable or the journal broken.
}

func newGroup(first uint64, buffer []byte) *group {
	return &group{first: first, last: first - 1, bytes: buffer[:0], done: make(chan struct{})}
}

// Append takes records and gives the number of the last one; they have numbers in a row, in the order of the calls, and
// are written together. The payloads are copied. The records are not durable yet: Wait for the number before anybody
// outside hears of them. After a crash the first ones of a group may be there without the others. A journal that is
// broken or closed takes nothing, nor is anything taken when one of the payloads is too large.
func (j *Journal) Append(payloads ...[]byte) (uint64, error) {
	for _, p := range payloads {
		if len(p) > PayloadMax {
			return 0, ErrTooLarge.With("limit", PayloadMax)
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for (len(j.gather.bytes) >= gatheredMax || j.raising) && j.refusal() == nil {
		j.idle.Wait()
	}
	if err := j.refusal(); err != nil {
		return 0, err
	}
	g := j.gather
	if g.last < g.first && len(payloads) > 0 {
		j.work.Signal()
	}
	for _, p := range payloads {
		g.bytes = encode(g.bytes, j.salt, head{seq: j.next, back: uint32(j.next - g.first)}, p)
		g.last = j.next
		j.next++
	}
	return j.next - 1, nil
}

// refusal is why nothing is taken, or nil. The mutex is held.
func (j *Journal) refusal() error {
	if j.broken != nil {
		return j.broken
	}
	if j.closing {
		return ErrClosed
	}
	return nil
}

// Durable is the number of the last record that a power cut can't take; 0 when there is none. It never falls.
func (j *Journal) Durable() uint64 { return j.durable.Load() }

// Appended is the number of the last record that was taken, durable or not.
func (j *Journal) Appended() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.next - 1
}

// First is the number of the first record that is kept. It is one more than Appended when there is none.
func (j *Journal) First() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.segments[0].first
}

// Epoch is what records that are appended now carry, and promised the lowest epoch that may still be followed.
func (j *Journal) Epoch() (epoch, promised uint32) {
	j.mu.Lock()
	defer j.mu.Unlock()
	last := j.segments[len(j.segments)-1]
	return last.epoch, last.promised
}

// Torn is how many bytes were cut off at the end when the journal was opened: a group that was never durable.
func (j *Journal) Torn() int64 { return j.torn }

// Broken is closed when the journal breaks; Err says why.
func (j *Journal) Broken() <-chan struct{} { return j.gone }

// Err is why the journal is broken, or nil.
func (j *Journal) Err() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.broken
}

// Keep has the records from this number on stay, whatever snapshots stand for them: somebody still reads them. The last
// call counts; 0 lets them go.
func (j *Journal) Keep(from uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.keep = from
}

// Close makes durable what has gathered, puts a mark behind it, and lets the folder go. The second time it does nothing.
func (j *Journal) Close() error {
	j.mu.Lock()
	if j.closing {
		j.mu.Unlock()
		<-j.told
		return nil
	}
	j.closing = true
	j.work.Signal()
	j.idle.Broadcast()
	j.mu.Unlock()
	<-j.told

	j.mu.Lock()
	defer j.mu.Unlock()
	err := j.broken
	if err == nil {
		err = j.seal()
	}
	if cerr := j.file.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("close the journal: %w", cerr)
	}
	if rerr := j.release(); err == nil && rerr != nil {
		err = fmt.Errorf("release the journal: %w", rerr)
	}
	return err
}
