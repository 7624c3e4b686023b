package fix

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// link is one connection: a goroutine that reads (receive.go) and one that writes. What is shared is held by the lock of
// the session, once it has one.
type link struct {
	conn    net.Conn
	server  *Server
	session *Session
	began   int64
	known   atomic.Bool  // known says that a session has it.
	heard   atomic.Int64 // heard is when something came last.

	wake    *sync.Cond  // wake is on the lock of the session.
	on      bool        // on says that both sides have logged on.
	leaving atomic.Bool // leaving says that our Logout is out.
	done    bool        // done says that nothing is added any more: what waits is written, then the connection ends.
	dead    bool        // dead says that nothing is written any more either.
	leaveBy int64
	sentAt  int64
	asked   int64 // asked is when somebody was asked whether he is there.
	every   int64 // every is the interval of heartbeats in microseconds, or zero.

	ready   []byte // ready is written next.
	held    []byte // held is what came while messages are sent again; it follows them.
	replays []replay
	heldAt  int64         // heldAt is the first number that is held back.
	drained chan struct{} // drained is closed when the writer has ended.
}

// replay is a range of numbers that the other side has asked for again.
type replay struct{ from, to int64 }

const (
	replaysMax = 16       // replaysMax is how many requests may wait; more are no need but a flood.
	portion    = 64 << 10 // portion is how much is sent again before what else there is gets its turn to be counted.
)

// behind gives the bytes that the next message follows.
func (l *link) behind() []byte {
	if len(l.replays) > 0 {
		return l.held
	}
	return l.ready
}

// put takes what behind gave, longer by a message. Who lets too much wait is cut off; what was to go out is kept, and
// comes again after his next Logon.
func (l *link) put(b []byte) {
	if l.done || l.dead {
		return
	}
	if len(l.replays) > 0 {
		l.held = b
	} else {
		l.ready = b
	}
	if len(l.ready)+len(l.held) > l.server.config.QueueMax {
		l.server.log.Warn("fix: a slow reader is cut off", "session", l.session.terms.ID.String(), "bytes", len(l.ready)+len(l.held))
		l.cut()
		return
	}
	l.wake.Signal()
}

// end lets what waits be written and then ends the connection.
func (l *link) end() {
	l.done = true
	if len(l.replays) > 0 { // Who leaves does not wait for them.
		l.ready, l.held, l.replays = append(l.ready, l.held...), nil, nil
	}
	l.wake.Signal()
	_ = l.conn.SetReadDeadline(time.Unix(1, 0)) // Whoever reads shall hear of it.
}

// cut ends the connection at once.
func (l *link) cut() {
	l.done, l.dead = true, true
	l.wake.Signal()
	_ = l.conn.Close() // It is over, whatever this says.
}

// write is the goroutine that writes: first to the store, then to the net.
func (l *link) write() {
	defer close(l.drained)
	s := l.session
	var b []byte
	for {
		var ok bool
		s.mu.Lock()
		b, ok = l.next(b[:0])
		s.mu.Unlock()
		if !ok {
			return
		}
		err := s.store.Flush()
		if err == nil {
			_ = l.conn.SetWriteDeadline(time.Now().Add(l.server.config.WriteWait)) // An error shows when it is written.
			_, err = l.conn.Write(b)
		}
		if err != nil {
			s.mu.Lock()
			l.server.log.Info("fix: the connection broke", "session", s.terms.ID.String(), "error", err)
			l.cut()
			s.mu.Unlock()
			return
		}
		if cap(b) > 4*portion { // After a burst, its memory is given back.
			b = nil
		}
	}
}

// next waits for something to write and gives it, in exchange for a buffer that is not needed any more.
func (l *link) next(spare []byte) ([]byte, bool) {
	for {
		switch {
		case l.dead:
			return nil, false
		case len(l.ready) > 0:
			b := l.ready
			l.ready = spare
			return b, true
		case len(l.replays) > 0:
			b, err := l.session.again(spare, &l.replays[0])
			if err != nil {
				l.server.log.Error("fix: what was sent cannot be read", "session", l.session.terms.ID.String(), "error", err)
				l.cut()
				return nil, false
			}
			if r := l.replays[0]; r.from > r.to {
				if l.replays = l.replays[1:]; len(l.replays) == 0 {
					l.ready, l.held = l.held, nil
				}
			}
			if len(b) > 0 {
				return b, true
			}
		case l.done:
			return nil, false
		default:
			l.wake.Wait()
		}
	}
}

// again writes a portion of what was sent before: messages of the trade as they were, marked as possible duplicates, and
// a gap fill in the place of all others (FIX 4.4 Vol. 2, "Resend Request"). What it has dealt with is behind r.from.
func (s *Session) again(b []byte, r *replay) ([]byte, error) {
	now := s.server.now()
	var m Message
	var wrong error
	err := s.store.Read(r.from, r.to, func(number int64, wire []byte) bool {
		if _, wrong = m.Read(wire, Limits{Bytes: recordMax, Fields: recordMax}); wrong != nil {
			return false
		}
		if number > r.from {
			b = s.fillGap(b, r.from, number, now)
		}
		b = s.repeat(b, &m, number, now)
		r.from = number + 1
		return len(b) < portion
	})
	if err == nil {
		err = wrong
	}
	if err == nil && len(b) < portion && r.from <= r.to {
		b = s.fillGap(b, r.from, r.to+1, now)
		r.from = r.to + 1
	}
	return b, err
}

func (s *Session) fillGap(b []byte, number, next, now int64) []byte {
	s.scratch = appendInt(append(append(s.scratch[:0], "35=4"...), soh), tagMsgSeqNum, number)
	s.scratch = append(append(s.scratch, "43=Y"...), soh)
	s.scratch = s.around(s.scratch, now)
	s.scratch = append(append(s.scratch, "122="...), s.stamp[3:]...)
	s.scratch = appendText(appendInt(s.scratch, tagNewSeqNo, next), tagGapFill, "Y")
	return seal(b, s.begin, s.scratch)
}

// repeat writes a message again under its old number.
func (s *Session) repeat(b []byte, m *Message, number, now int64) []byte {
	s.scratch = append(append(append(s.scratch[:0], "35="...), m.Type()...), soh)
	s.scratch = append(append(appendInt(s.scratch, tagMsgSeqNum, number), "43=Y"...), soh)
	s.scratch = s.around(s.scratch, now)
	sent, _ := m.Bytes(tagSendingTime)
	s.scratch = appendText(s.scratch, tagOrigTime, sent)
	header := s.terms.ID.Version.transport().header
	i := 3
	for ; header.holds(m.fields[i].tag); i++ {
		switch tag := m.fields[i].tag; tag {
		case tagMsgSeqNum, tagSender, tagSendingTime, tagTarget:
		default:
			s.scratch = appendText(s.scratch, int(tag), m.value(i))
		}
	}
	from, to := m.fields[i-1].end+1, m.fields[len(m.fields)-2].end+1
	return seal(b, s.begin, s.scratch, m.raw[from:to])
}
