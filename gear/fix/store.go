package fix

import (
	"slices"
	"sync"
)

// Store keeps what a session must not forget: both numbers, and the messages of the trade that it has sent. Its methods
// may be called by several goroutines at once.
type Store interface {
	// Numbers gives the number that is expected next and the one that is sent next; both begin at one.
	Numbers() (in, out int64)
	// Keep notes that a number is taken by a message, so that the next one is higher by one; wire is nil for messages that
	// are never sent again. It may be held back until Flush.
	Keep(number int64, wire []byte) error
	// Expect notes which number is expected next. It may be held back until Flush.
	Expect(in int64) error
	// Flush brings what has been noted to where it outlives the process.
	Flush() error
	// Read gives the messages with numbers from one to another in their order, until each says no. Numbers without a
	// message are left out. The bytes are good until each returns.
	Read(from, to int64, each func(number int64, wire []byte) bool) error
	// Reset forgets all: both numbers are one again.
	Reset() error
	// Close ends the use of the store; what was noted before is kept.
	Close() error
}

// Stores opens the store of a session. A session is opened once at a time.
type Stores interface {
	Open(id ID) (Store, error)
}

// Memory keeps stores as long as the process lives: a session that is opened again finds what it left.
type Memory struct {
	mu     sync.Mutex
	stores map[ID]*memoryStore
}

// NewMemory makes an empty one.
func NewMemory() *Memory { return &Memory{stores: make(map[ID]*memoryStore)} }

// Open gives the store of a session, a new one at its first time. It cannot fail.
func (m *Memory) Open(id ID) (Store, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.stores[id]
	if s == nil {
		s = &memoryStore{in: 1, out: 1}
		m.stores[id] = s
	}
	return s, nil
}

type memoryStore struct {
	mu      sync.Mutex
	in, out int64
	kept    []kept
}

// kept is one message that may be asked for again.
type kept struct {
	number int64
	wire   []byte
}

func (s *memoryStore) Numbers() (in, out int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.in, s.out
}

func (s *memoryStore) Keep(number int64, wire []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if wire != nil {
		s.kept = append(s.kept, kept{number, slices.Clone(wire)})
	}
	s.out = number + 1
	return nil
}

func (s *memoryStore) Expect(in int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.in = in
	return nil
}

func (s *memoryStore) Flush() error { return nil }
func (s *memoryStore) Close() error { return nil }

func (s *memoryStore) Read(from, to int64, each func(int64, []byte) bool) error {
	s.mu.Lock()
	all := s.kept // What is appended later is of no interest, and nothing in it changes.
	s.mu.Unlock()
	i, _ := slices.BinarySearchFunc(all, from, func(k kept, from int64) int { return int(k.number - from) })
	for ; i < len(all) && all[i].number <= to; i++ {
		if !each(all[i].number, all[i].wire) {
			break
		}
	}
	return nil
}

func (s *memoryStore) Reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.in, s.out, s.kept = 1, 1, nil
	return nil
}
