// Package journaltest is a disk that fails as disks fail: it loses what was not forced to it, in pieces, it refuses a
// write or an fsync when it is told to, and an fsync that has failed forgets what it should have written.
package journaltest

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sync"

	"sauda/gear/journal"
)

// ErrPower is what everything gives after the power was cut.
var ErrPower = errors.New("the power is cut")

// sector is what a disk writes as a whole or not at all.
const sector = 512

// Disk is a journal.Disk in memory. Each of its steps is counted; a test can cut the power at one of them.
type Disk struct {
	// Fail is asked before each step (lock, list, create, open, rename, remove, syncdir, read, write, allocate, truncate, sync),
	// and what it gives is the answer; nil lets the step happen. It is called by one goroutine at a time.
	Fail func(step, name string) error

	mu    sync.Mutex
	files map[string]*file // files is what the process sees.
	safe  map[string]*file // safe is which files a power cut leaves.
	moves []move           // moves are the changes of files since the folder was forced to the disk.
	held  bool
	steps int
	cutAt int // cutAt is the step at which the power is cut; 0 is never.
	dark  bool
}

// move is a change of which files there are. A file that is nil is removed.
type move struct {
	names []string
	files []*file
}

// file is the contents of a file, as the process sees them and as a power cut leaves them.
type file struct {
	seen    []byte
	safe    []byte
	changes []change
}

// change is a write, or a cut where bytes is nil.
type change struct {
	at    int64
	bytes []byte
}

// New gives an empty disk.
func New() *Disk { return &Disk{files: map[string]*file{}, safe: map[string]*file{}} }

// CutAt has the power go at the nth step from now on: that step and all later ones give ErrPower. What that step was to
// write may be there afterwards.
func (d *Disk) CutAt(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.steps, d.cutAt = 0, n
}

// Steps is how many steps were taken since New or CutAt.
func (d *Disk) Steps() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.steps
}

// Killed gives the disk as the next process finds it after this one was killed: all that was written is there.
func (d *Disk) Killed() *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	after := New()
	twins := map[*file]*file{}
	twin := func(f *file) *file {
		if f != nil && twins[f] == nil {
			twins[f] = &file{slices.Clone(f.seen), slices.Clone(f.safe), slices.Clone(f.changes)}
		}
		return twins[f]
	}
	for name, f := range d.files {
		after.files[name] = twin(f)
	}
	for name, f := range d.safe {
		after.safe[name] = twin(f)
	}
	for _, m := range d.moves {
		moved := move{names: m.names}
		for _, f := range m.files {
			moved.files = append(moved.files, twin(f))
		}
		after.moves = append(after.moves, moved)
	}
	return after
}

// PowerCut gives the disk as it is after the power was cut: of what was not forced to it any part may be there, in
// sectors; of the changes of files the first ones. The dice say which.
func (d *Disk) PowerCut(dice *rand.Rand) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	names := maps.Clone(d.safe)
	for _, m := range d.moves[:dice.IntN(len(d.moves)+1)] {
		m.apply(names)
	}
	after := New()
	for _, name := range slices.Sorted(maps.Keys(names)) {
		b := names[name].survives(dice)
		after.files[name] = &file{seen: b, safe: slices.Clone(b)}
	}
	after.safe = maps.Clone(after.files)
	return after
}

func (m move) apply(names map[string]*file) {
	for i, name := range m.names {
		if m.files[i] == nil {
			delete(names, name)
		} else {
			names[name] = m.files[i]
		}
	}
}

// survives gives what is left of a file.
func (f *file) survives(dice *rand.Rand) []byte {
	b := slices.Clone(f.safe)
	all, none := dice.IntN(4) == 0, dice.IntN(4) == 0
	for _, c := range f.changes {
		if c.bytes == nil {
			if all || dice.IntN(2) == 0 {
				b = b[:min(int64(len(b)), c.at)]
			}
			continue
		}
		for from := int64(0); from < int64(len(c.bytes)); {
			to := min(int64(len(c.bytes)), (c.at+from)/sector*sector+sector-c.at)
			if all || !none && dice.IntN(2) == 0 {
				b = put(b, c.bytes[from:to], c.at+from)
			}
			from = to
		}
	}
	return b
}

func put(b, what []byte, at int64) []byte {
	if more := at + int64(len(what)) - int64(len(b)); more > 0 {
		b = append(b, make([]byte, more)...)
	}
	copy(b[at:], what)
	return b
}

// Bytes gives the contents of a file as the process sees them.
func (d *Disk) Bytes(name string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.files[name]; f != nil {
		return slices.Clone(f.seen)
	}
	return nil
}

// Put lets a file have these contents, safely.
func (d *Disk) Put(name string, b []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := &file{seen: slices.Clone(b), safe: slices.Clone(b)}
	d.files[name], d.safe[name] = f, f
}

// Names gives all files in the order of their names.
func (d *Disk) Names() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.files))
}

// step counts a step and says whether it happens. The mutex is held.
func (d *Disk) step(what, name string) error {
	d.steps++
	if d.cutAt > 0 && d.steps >= d.cutAt {
		d.dark = true
	}
	if d.dark {
		return ErrPower
	}
	if d.Fail != nil {
		return d.Fail(what, name)
	}
	return nil
}

// cutting tells whether this step is the one at which the power goes: it may have an effect. The mutex is held.
func (d *Disk) cutting() bool { return d.cutAt > 0 && d.steps == d.cutAt }

// Lock takes the lock; the disk of a killed process is not locked.
func (d *Disk) Lock() (func() error, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.step("lock", ""); err != nil {
		return nil, err
	}
	if d.held {
		return nil, journal.ErrHeld.About("the disk of the test is held")
	}
	d.held = true
	return func() error {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.held = false
		return nil
	}, nil
}

// List gives the names of all files.
func (d *Disk) List() ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.files)), d.step("list", "")
}

// Create makes an empty file.
func (d *Disk) Create(name string) (journal.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.step("create", name); err != nil {
		return nil, err
	}
	f := &file{}
	d.move(move{[]string{name}, []*file{f}})
	return &open{d, f, name}, nil
}

// move changes which files there are. The mutex is held.
func (d *Disk) move(m move) {
	m.apply(d.files)
	d.moves = append(d.moves, m)
}

// Open opens a file.
func (d *Disk) Open(name string) (journal.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.step("open", name); err != nil {
		return nil, err
	}
	if d.files[name] == nil {
		return nil, fmt.Errorf("%s: %w", name, os.ErrNotExist)
	}
	return &open{d, d.files[name], name}, nil
}

// Rename gives a file another name. When the power is cut, it has one of the two.
func (d *Disk) Rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.step("rename", from)
	if err == nil || d.cutting() && d.files[from] != nil {
		d.move(move{[]string{from, to}, []*file{nil, d.files[from]}})
	}
	return err
}

// Remove takes a file away.
func (d *Disk) Remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.step("remove", name)
	if err == nil || d.cutting() {
		d.move(move{[]string{name}, []*file{nil}})
	}
	return err
}

// Sync forces the names to the disk.
func (d *Disk) Sync() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.step("syncdir", ""); err != nil {
		return err
	}
	d.safe, d.moves = maps.Clone(d.files), nil
	return nil
}

// open is an open file.
type open struct {
	d    *Disk
	f    *file
	name string
}

func (o *open) ReadAt(b []byte, at int64) (int, error) {
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	if err := o.d.step("read", o.name); err != nil {
		return 0, err
	}
	if at >= int64(len(o.f.seen)) {
		return 0, io.EOF
	}
	n := copy(b, o.f.seen[at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt writes. A write that fails may have written a part.
func (o *open) WriteAt(b []byte, at int64) (int, error) {
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	err := o.d.step("write", o.name)
	n := len(b)
	switch {
	case o.d.dark && !o.d.cutting():
		return 0, err
	case err != nil && !o.d.dark:
		n /= 2
	}
	o.f.seen = put(o.f.seen, b[:n], at)
	o.f.changes = append(o.f.changes, change{at, append([]byte{}, b[:n]...)})
	return n, err
}

// Allocate allocates a page at most, so that many disks fit into the memory.
func (o *open) Allocate(size int64) error {
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	err := o.d.step("allocate", o.name)
	at := int64(len(o.f.seen))
	if more := min(size-at, 4096); more > 0 && (err == nil || o.d.cutting()) {
		zeros := make([]byte, more)
		o.f.seen = put(o.f.seen, zeros, at)
		o.f.changes = append(o.f.changes, change{at, zeros})
	}
	return err
}

func (o *open) Truncate(size int64) error {
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	err := o.d.step("truncate", o.name)
	if err == nil || o.d.cutting() {
		o.f.seen = o.f.seen[:min(int64(len(o.f.seen)), size)]
		o.f.changes = append(o.f.changes, change{at: size})
	}
	return err
}

// Sync forces what was written to the disk. One that fails forgets it: the process goes on seeing it, but it will not be
// written, and the next Sync succeeds. So Linux does (PostgreSQL's fsyncgate, 2018).
func (o *open) Sync() error {
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	err := o.d.step("sync", o.name)
	switch {
	case err == nil:
		for _, c := range o.f.changes {
			if c.bytes == nil {
				o.f.safe = o.f.safe[:min(int64(len(o.f.safe)), c.at)]
			} else {
				o.f.safe = put(o.f.safe, c.bytes, c.at)
			}
		}
		o.f.changes = nil
	case !o.d.dark:
		o.f.changes = nil
	}
	return err
}

func (o *open) Size() (int64, error) {
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	return int64(len(o.f.seen)), o.d.step("size", o.name)
}

func (o *open) Close() error { return nil }
