package fix

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"
)

// Session is what the house and one other side have: numbers that go on from one connection to the next. Its methods may
// be called by several goroutines at once.
type Session struct {
	terms  Terms
	server *Server
	store  Store
	begin  string

	mu      sync.Mutex
	out     int64 // out is the number of the next message.
	link    *link // link is the connection, or nil.
	closed  bool
	scratch []byte
	stamp   []byte // stamp is SendingTime as it was written last, at stampAt, in thousandths.
	stampAt int64

	in int64 // in is the number that is expected; it belongs to whoever holds the link for reading.
}

// ID names the session.
func (s *Session) ID() ID { return s.terms.ID }

// Online tells whether the other side has logged on and is there, until OnLogout has returned.
func (s *Session) Online() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.link != nil && s.link.on
}

// Send gives a message of the trade its number, keeps it, and sends it. It does not wait for the net. When nobody is
// connected, or the other side does not read, the message is kept and goes out when it is asked for after the next
// Logon. An error says that the message could not be kept; then it has not been sent and never will be.
func (s *Session) Send(kind string, b *Body) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.post(kind, b.head, b.body)
	if s.link == nil && err == nil {
		err = s.store.Flush()
	}
	return err
}

// Show is Send for what nobody wants later, as prices: it goes to who is there now and is not kept. Who asks for it again
// gets a gap fill, and while nobody is connected nothing happens at all.
func (s *Session) Show(kind string, b *Body) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.link == nil || !s.link.on {
		return nil
	}
	return s.number(kind, b.head, b.body, false)
}

// Logout ends the connection, if there is one, with a text that people read. The session itself stays.
func (s *Session) Logout(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.link; l != nil && !l.leaving.Load() {
		s.leave(text)
	}
}

// Reset lets both numbers begin at one again and forgets what was sent, as at the beginning of a day. A session that is
// in use is ErrOnline: there the other side asks for it with its Logon.
func (s *Session) Reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.link != nil {
		return ErrOnline
	}
	return s.reset()
}

func (s *Session) reset() error {
	if err := s.store.Reset(); err != nil {
		return err
	}
	s.in, s.out = 1, 1
	return nil
}

// admin tells whether a type belongs to the session layer, whose messages are never sent again.
func admin(kind []byte) bool {
	return len(kind) == 1 && (kind[0] >= '0' && kind[0] <= '5' || kind[0] == 'A')
}

// post writes a message behind those that wait, under the next number. One of the trade is kept. With the lock.
func (s *Session) post(kind string, head, body []byte) error {
	return s.number(kind, head, body, len(kind) != 1 || !admin([]byte{kind[0]}))
}

// number is post, and says whether the message is kept.
func (s *Session) number(kind string, head, body []byte, kept bool) error {
	now := s.server.now()
	s.scratch = appendInt(append(append(append(s.scratch[:0], "35="...), kind...), soh), tagMsgSeqNum, s.out)
	s.scratch = s.around(s.scratch, now)
	s.scratch = append(s.scratch, head...)
	l := s.link
	var into []byte
	if l != nil {
		into = l.behind()
	}
	from := len(into)
	into = seal(into, s.begin, s.scratch, body)
	wire := into[from:]
	if !kept {
		wire = nil
	}
	if err := s.store.Keep(s.out, wire); err != nil {
		s.server.log.Error("fix: a message could not be kept", "session", s.terms.ID.String(), "error", err)
		if l != nil {
			l.cut()
		}
		return err
	}
	s.out++
	if l != nil {
		l.sentAt = now
		l.put(into)
	}
	return nil
}

// around writes who sends to whom, and when.
func (s *Session) around(b []byte, now int64) []byte {
	if at := now / 1000; at != s.stampAt || s.stamp == nil {
		s.stamp = appendMoment(append(s.stamp[:0], "52="...), now, s.terms.ID.Version >= FIX42)
		s.stamp = append(s.stamp, soh)
		s.stampAt = at
	}
	b = append(append(append(b, "49="...), s.terms.ID.Sender...), soh)
	b = append(b, s.stamp...)
	return append(append(append(b, "56="...), s.terms.ID.Target...), soh)
}

// leave sends a Logout and gives the other side a while to answer it. With the lock.
func (s *Session) leave(text string) {
	l := s.link
	_ = s.post("5", nil, appendText(nil, tagText, text)) // What cannot be kept has cut the link.
	l.leaving.Store(true)
	l.leaveBy = s.server.now() + s.server.config.LogoutWait.Microseconds()
}

// Refuse tells the other side what is wrong with a message: by a Reject, or by a Business Message Reject, which FIX 4.0
// and 4.1 do not have. It goes back the way by which the message came.
func (s *Session) Refuse(m *Message, r Refusal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refuse(m, r)
}

func (s *Session) refuse(m *Message, r Refusal) error {
	v := s.terms.ID.Version
	var b Body
	for _, pair := range [...][2]int{{115, 128}, {116, 129}, {144, 145}, {128, 115}, {129, 116}, {145, 144}} {
		if value, ok := m.Bytes(pair[0]); ok && v.transport().header.holds(int32(pair[1])) {
			b.Head(pair[1], value)
		}
	}
	if n, ok := m.Int(tagMsgSeqNum); ok {
		b.Int(tagRefSeqNum, n)
	}
	if v < FIX42 {
		if r.Tagged {
			r.Text = fmt.Sprintf("%s (%d)", r.Text, r.Tag)
		}
		return s.post("3", b.head, b.Text(tagText, r.Text).body)
	}
	b.Text(tagText, r.Text)
	if r.Business {
		b.Bytes(tagRefType, m.Type()).Text(tagBusinessRef, r.Ref).Int(tagBusinessReason, int64(r.Reason))
		return s.post("j", b.head, b.body)
	}
	if r.Tagged {
		b.Int(tagRefTag, int64(r.Tag))
	}
	b.Bytes(tagRefType, m.Type())
	if v > FIX43 || v == FIX43 && r.Reason <= reasonsKnownBy43 || r.Reason <= reasonsKnownBy42 {
		b.Int(tagReason, int64(r.Reason))
	}
	return s.post("3", b.head, b.body)
}

// beat does what is due by the clock: a Heartbeat, a question whether somebody is there, the end of a wait (FIX 4.4 Vol.
// 2, "Heartbeat", "Test Request"). While a question is open nothing else is sent by the clock.
func (s *Session) beat(now int64) {
	s.mu.Lock()
	if l := s.link; l != nil && !l.done {
		s.due(l, now)
	}
	s.mu.Unlock()
	if err := s.store.Flush(); err != nil {
		s.server.log.Error("fix: the store cannot be written", "session", s.terms.ID.String(), "error", err)
	}
}

func (s *Session) due(l *link, now int64) {
	heard := l.heard.Load()
	switch patience := l.every + l.every/5; {
	case l.leaving.Load():
		if now >= l.leaveBy {
			l.end()
		}
	case l.every == 0:
	case l.asked > heard:
		if now-l.asked >= patience {
			s.server.log.Warn("fix: nobody answers", "session", s.terms.ID.String())
			l.end()
		}
	case now-heard >= patience:
		_ = s.post("1", nil, appendText(nil, tagTestReqID, "TEST"))
		l.asked = now
	case now-l.sentAt >= l.every:
		_ = s.post("0", nil, nil)
	}
}

// logonReply answers a Logon. With the lock.
func (s *Session) logonReply(every int64, reset, expects bool) error {
	body := appendInt(appendInt(nil, tagEncrypt, 0), tagHeartbeat, every)
	if reset {
		body = appendText(body, tagReset, "Y")
	}
	if expects {
		body = appendInt(body, tagNextExpected, s.in)
	}
	if v := s.terms.ID.Version; v >= FIX50 {
		body = appendText(body, tagDefaultApplVer, string(v.application()))
	}
	return s.post("A", nil, body)
}

// claim takes the session for a connection, unless another one has it.
func (s *Session) claim(l *link) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.link != nil || s.closed {
		return false
	}
	s.link, l.session, l.wake = l, s, sync.NewCond(&s.mu)
	l.drained = make(chan struct{})
	l.known.Store(true)
	go l.write()
	return true
}

// release gives the session back when a connection has come to its end. What waits is still written.
func (s *Session) release(l *link) {
	s.mu.Lock()
	was := l.on
	l.end()
	s.mu.Unlock()
	if was {
		s.server.config.Application.OnLogout(s)
	}
	err := s.noteExpected()
	s.mu.Lock()
	s.link = nil
	s.mu.Unlock()
	if err := errors.Join(err, s.store.Flush()); err != nil {
		s.server.log.Error("fix: the store cannot be written", "session", s.terms.ID.String(), "error", err)
	}
}

// noteExpected notes which number is expected. It reaches the disk with what is written next, or by the clock.
func (s *Session) noteExpected() error {
	if noted, _ := s.store.Numbers(); noted != s.in {
		return s.store.Expect(s.in)
	}
	return nil
}

// Numbers gives the number that is expected next and the one that is sent next.
func (s *Session) Numbers() (in, out int64) { return s.store.Numbers() }

func tooLow(expected, received int64) string {
	return "MsgSeqNum too low, expecting " + strconv.FormatInt(expected, 10) + " but received " + strconv.FormatInt(received, 10)
}

// tolerance is how far a clock may be off.
func (t Terms) tolerance() int64 {
	if t.Tolerance > 0 {
		return t.Tolerance.Microseconds()
	}
	return (2 * time.Minute).Microseconds()
}

// burst is how many messages may come at once, in millionths.
func (t Terms) burst() int64 {
	if t.Burst > 0 {
		return int64(t.Burst) * micros
	}
	return int64(t.Rate) * micros
}

// heartbeatMax is the longest interval in seconds.
func (t Terms) heartbeatMax() int64 {
	if t.HeartbeatMax > 0 {
		return int64(t.HeartbeatMax / time.Second)
	}
	return 3600
}
