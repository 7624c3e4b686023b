package shelf

import (
	"bytes"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/s2"
)

const (
	// lessonMax is what is learned: S2 looks back no further.
	lessonMax = s2.MaxDictSize
	// lessonOf is how large a body may be to be learned from. Larger ones are lists, which repeat themselves.
	lessonOf = 8 << 10
)

// packer makes bodies small, for a twentieth of what an answer takes. It learns from the first small ones what they all
// have: the names of fields, addresses, the words of the house. With that a page of a product has a fifth of its bytes
// instead of half, and is unpacked as fast. It may be used by many at once.
type packer struct {
	learned atomic.Pointer[s2.Dict]

	mu     sync.Mutex
	lesson []byte // lesson is what was seen until there is enough of it.
}

// How a body was packed is its last byte.
const (
	packedAlone byte = iota
	packedLearned
)

var errPacked = errors.New("shelf: not packed here")

func (p *packer) pack(body []byte) []byte {
	room := make([]byte, 0, s2.MaxEncodedLen(len(body)))
	if know := p.learned.Load(); know != nil {
		return bytes.Clone(append(know.EncodeBetter(room, body), packedLearned))
	}
	p.learn(body)
	return bytes.Clone(append(s2.Encode(room, body), packedAlone))
}

func (p *packer) learn(body []byte) {
	if len(body) > lessonOf {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.learned.Load() != nil {
		return
	}
	p.lesson = append(p.lesson, body...)
	if len(p.lesson) < lessonMax {
		return
	}
	p.learned.Store(s2.MakeDict(p.lesson[:lessonMax], nil))
	p.lesson = nil
}

func (p *packer) unpack(small []byte) ([]byte, error) {
	if len(small) == 0 {
		return nil, errPacked
	}
	body, how := small[:len(small)-1], small[len(small)-1]
	know := p.learned.Load()
	switch {
	case how == packedAlone:
		return s2.Decode(nil, body)
	case how == packedLearned && know != nil:
		return know.Decode(nil, body)
	}
	return nil, errPacked
}
