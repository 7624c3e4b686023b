package soup

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"sort"
	"sync"
	"time"
)

// ErrEnded is for messages behind the end of a session.
var ErrEnded = errors.New("the session is over")

const (
	indexEvery = 1024                   // indexEvery is how many messages lie between two places that are known.
	markEvery  = 250 * time.Millisecond // markEvery is how exact it is what somebody hears late.
	messageMax = 1<<16 - 2
)

var nameShape = regexp.MustCompile(`^[A-Za-z0-9]{1,10}$`)

// Log is the messages of one session, as the packets that are sent. One goroutine adds; any number read.
type Log struct {
	name string
	file *os.File
	work []byte // work is what was added and not flushed; it belongs to whoever adds, as count and size do.
	n    uint64 // n is the last message that was added, and size where the next one will stand.
	size int64
	late []int64 // late are places that are known once they are flushed.

	mu    sync.Mutex
	shown place
	marks []mark
	index []int64       // index has where messages 1, 1025, … begin.
	news  chan struct{} // news is closed, and another one made, when there is more.
	ended bool
	heads int // heads are those who read, and gone says that the file goes with the last of them.
	gone  bool
}

// place is how far somebody is: so many messages, and so many bytes.
type place struct {
	count uint64
	size  int64
}

// mark is how far a log was at a time.
type mark struct {
	place
	at time.Time
}

// NewLog begins a session. Its name has one to ten letters and digits, and no other session should ever have had it. What it
// keeps lies in a folder, in a file without a name: it goes with the process.
func NewLog(dir, name string) (*Log, error) {
	if !nameShape.MatchString(name) {
		return nil, fmt.Errorf("a session cannot be called %q", name)
	}
	file, err := os.CreateTemp(dir, "session-")
	if err != nil {
		return nil, fmt.Errorf("begin a session: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &Log{name: name, file: file, news: make(chan struct{})}, nil
}

// Name is what the session is called.
func (l *Log) Name() string { return l.name }

// Add adds a message. It is heard when Flush has been called.
func (l *Log) Add(message []byte) error {
	if len(message) > messageMax {
		return fmt.Errorf("a message of %d bytes", len(message))
	}
	if l.n%indexEvery == 0 {
		l.late = append(l.late, l.size)
	}
	l.work = binary.BigEndian.AppendUint16(l.work, uint16(1+len(message))) //nolint:gosec // It was looked at.
	l.work = append(append(l.work, packetSequenced), message...)
	l.size += int64(headSize + len(message))
	l.n++
	return nil
}

// Size is how many bytes were added.
func (l *Log) Size() int64 { return l.size }

// Flush lets everybody hear what was added; those who hear late, so long after now.
func (l *Log) Flush(now time.Time) error {
	if len(l.work) > 0 {
		if _, err := l.file.Write(l.work); err != nil {
			return fmt.Errorf("keep messages: %w", err)
		}
		l.work = l.work[:0]
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return ErrEnded
	}
	l.index = append(l.index, l.late...)
	l.late = l.late[:0]
	l.shown = place{l.n, l.size}
	if last := len(l.marks) - 1; last >= 0 && now.Sub(l.marks[last].at) < markEvery {
		l.marks[last].place = l.shown // Somewhat sooner than it should be heard, by less than markEvery.
	} else {
		l.marks = append(l.marks, mark{l.shown, now})
	}
	l.tell()
	return nil
}

// End says that nothing comes any more.
func (l *Log) End() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ended {
		l.ended = true
		l.tell()
	}
}

func (l *Log) tell() {
	close(l.news)
	l.news = make(chan struct{})
}

// Retire ends the session, and lets go of what was kept when nobody reads any more.
func (l *Log) Retire() error {
	l.End()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone {
		return nil
	}
	l.gone = true
	return l.drop()
}

// drop lets go of the file of a session that is retired and that nobody reads. The mutex is held.
func (l *Log) drop() error {
	if l.gone && l.heads == 0 {
		return l.file.Close()
	}
	return nil
}

// hold keeps the session there until release; it is false for one that is retired.
func (l *Log) hold() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.gone {
		l.heads++
	}
	return !l.gone
}

func (l *Log) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heads--
	_ = l.drop() // Nothing in it is needed any more.
}

// heard is how far one hears who hears everything so much later; and what is closed when there is more, and whether there never
// will be.
func (l *Log) heard(late time.Duration, now time.Time) (upTo place, news <-chan struct{}, over bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if late <= 0 {
		return l.shown, l.news, l.ended
	}
	n := sort.Search(len(l.marks), func(n int) bool { return l.marks[n].at.After(now.Add(-late)) })
	if n > 0 {
		upTo = l.marks[n-1].place
	}
	return upTo, l.news, l.ended && upTo == l.shown
}

// find gives where a message begins: one of those that are there, or the next one.
func (l *Log) find(number uint64, upTo place) (int64, error) {
	if number == upTo.count+1 {
		return upTo.size, nil
	}
	l.mu.Lock()
	at := l.index[(number-1)/indexEvery]
	l.mu.Unlock()
	from := io.NewSectionReader(l.file, at, upTo.size-at)
	var head [2]byte
	for n := (number-1)/indexEvery*indexEvery + 1; n < number; n++ {
		if _, err := io.ReadFull(from, head[:]); err != nil {
			return 0, fmt.Errorf("find message %d: %w", number, err)
		}
		next, err := from.Seek(int64(binary.BigEndian.Uint16(head[:])), io.SeekCurrent)
		if err != nil {
			return 0, err
		}
		if n+1 == number {
			return at + next, nil
		}
	}
	return at, nil
}
