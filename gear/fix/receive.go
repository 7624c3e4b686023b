package fix

import (
	"errors"
	"runtime/debug"
	"slices"
)

// reader is what the goroutine that reads knows: what has come and is not dealt with, and what came too early.
type reader struct {
	*link
	judge  *judge
	limits Limits
	b      []byte // b is what has come; from is where what is not dealt with begins.
	from   int
	batch  []Message // batch are messages of the trade that are to be handed on; they stand in b.
	count  int       // count is how many there are.
	early  map[int64][]byte
	bytes  int   // bytes is how much early holds.
	gap    int64 // gap is the last number that has been asked for again, or zero.
	told   bool  // told says that the gap is to be filled without being asked for, by who has read 789.
	now    int64
	tokens int64 // tokens is how much the session may still send, in millionths of a message.
	filled int64 // filled is when that was counted.
	excess int   // excess is how many messages were above the rate without a pause.
}

const (
	batchMax      = 256
	earlyMax      = 1000
	earlyBytesMax = 1 << 20
	excessMax     = 1000 // excessMax is how many refusals for the rate somebody gets before he is logged out.
)

// errEnd ends the reading: the connection is over, and all that was to be said has been said.
var errEnd = errors.New("fix: the end")

// read goes on until the connection ends.
func (r *reader) read() error {
	for {
		if r.from > 0 {
			r.b = r.b[:copy(r.b, r.b[r.from:])]
			r.from = 0
		}
		if len(r.b) == cap(r.b) {
			r.b = slices.Grow(r.b, max(len(r.b), 16<<10))
		}
		n, err := r.conn.Read(r.b[len(r.b):cap(r.b)])
		r.b = r.b[:len(r.b)+n]
		if n > 0 {
			r.now = r.server.now()
			r.heard.Store(r.now)
			if err := r.all(); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
}

// all deals with every message that has come as a whole, and hands the last batch on.
func (r *reader) all() error {
	for {
		if r.count == len(r.batch) && r.count < batchMax {
			r.batch = append(r.batch, Message{})
		}
		m := &r.batch[r.count]
		n, err := m.Read(r.b[r.from:], r.limits)
		r.from += n
		switch {
		case errors.Is(err, ErrMore):
			if r.session == nil && n > 0 {
				return errEnd // Who is not known yet has nothing but a Logon to say.
			}
			return r.handOn()
		case err == nil && r.session == nil:
			err = r.logon(m)
		case err == nil:
			err = r.message(m)
		case r.session == nil:
			return errEnd
		case errors.Is(err, ErrTooLong):
			if err := r.handOn(); err != nil {
				return err
			}
			return r.farewell("Message longer than allowed")
		case errors.Is(err, ErrTooManyFields):
			err = r.crowded(m)
		default:
			err = nil // Garbled: as if it had never come.
		}
		if err != nil {
			return err
		}
		if r.count == batchMax {
			if err := r.handOn(); err != nil {
				return err
			}
		}
	}
}

// handOn gives the batch to the application, and notes that it has had it.
func (r *reader) handOn() error {
	if r.session == nil {
		return nil
	}
	if err := r.serve(); err != nil {
		return err
	}
	return r.session.noteExpected()
}

// serve has the application serve the batch. Should it panic, this connection ends and nothing else: the messages count as
// received, for they would be its end again.
func (r *reader) serve() (err error) {
	batch := r.batch[:r.count]
	r.count = 0
	if len(batch) == 0 {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			r.server.log.Error("fix: messages could not be served", "session", r.session.terms.ID.String(), "panic", p, "stack", string(debug.Stack()))
			err = errEnd
		}
	}()
	r.server.config.Application.OnMessages(r.session, batch)
	return nil
}

// farewell sends a Logout; what comes then is read until it is answered.
func (r *reader) farewell(text string) error {
	if err := r.handOn(); err != nil {
		return err
	}
	s := r.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if !r.leaving.Load() {
		s.leave(text)
	}
	return nil
}

// crowded deals with a message that has more fields than may be; those that may be are known.
func (r *reader) crowded(m *Message) error {
	const text = "More fields than allowed"
	if wrong, _ := r.envelope(m); wrong != nil || m.fields[2].tag != tagMsgType || m.Number() != r.session.in {
		return r.farewell(text)
	}
	return r.refused(m, &Refusal{Reason: ReasonOther, Text: text})
}

// refused tells what is wrong with a message, which has had its number by that.
func (r *reader) refused(m *Message, wrong *Refusal) error {
	if err := r.handOn(); err != nil {
		return err
	}
	if err := r.session.Refuse(m, *wrong); err != nil {
		return err
	}
	r.consume(m)
	return nil
}

// consume expects the next number, if the message had the one that was expected.
func (r *reader) consume(m *Message) {
	if m.Number() == r.session.in {
		r.session.in++
		r.closeGap()
	}
}

// message deals with a message in a session, and with those that came too early and have their turn now.
func (r *reader) message(m *Message) error {
	err := r.one(m)
	for err == nil && len(r.early) > 0 {
		wire, ok := r.early[r.session.in]
		if !ok {
			break
		}
		r.drop(r.session.in)
		if err = r.handOn(); err != nil {
			break
		}
		again := &r.batch[0]
		if _, err = again.Read(wire, r.limits); err == nil {
			err = r.one(again)
		}
		if err == nil {
			err = r.handOn()
		}
	}
	return err
}

func (r *reader) drop(number int64) {
	r.bytes -= len(r.early[number])
	delete(r.early, number)
}

// one deals with one message, in the order in which the standard checks (FIX 4.4 Vol. 2, "Message recovery"; the session
// test cases 2 and 3): whose it is, when it was sent, its number, what is in it.
func (r *reader) one(m *Message) error {
	if r.leaving.Load() && !m.Is("5") {
		return nil
	}
	_, begin := m.Field(0)
	if string(begin) != r.session.begin {
		return r.farewell("Incorrect BeginString")
	}
	if wrong, bye := r.envelope(m); wrong != nil {
		if !bye {
			return r.refused(m, wrong)
		}
		if err := r.handOn(); err != nil {
			return err
		}
		if err := r.session.Refuse(m, *wrong); err != nil {
			return err
		}
		return r.farewell("")
	}
	number, ok := m.Int(tagMsgSeqNum)
	if !ok || number < 0 {
		return r.farewell("MsgSeqNum missing or not a number")
	}
	kind := m.Type()
	free := len(kind) == 1 && (kind[0] == 'A' || kind[0] == '5' || kind[0] == '2' || kind[0] == '4' && !m.Yes(tagGapFill))
	switch {
	case free:
	case number < r.session.in:
		return r.late(m, number)
	case number > r.session.in:
		return r.tooEarly(m, number)
	}
	if wrong := r.judge.message(m); wrong != nil {
		return r.refused(m, wrong)
	}
	if m.Yes(tagPossDup) {
		if _, ok := m.Bytes(tagOrigTime); !ok {
			return r.refused(m, refuse(ReasonMissing, tagOrigTime))
		}
	}
	if admin(kind) {
		return r.ofSession(m, kind[0], number)
	}
	return r.ofTrade(m)
}

// envelope judges what stands around a message. With bye the session ends by what it finds.
func (r *reader) envelope(m *Message) (wrong *Refusal, bye bool) {
	id := r.session.terms.ID
	for _, side := range [...]struct {
		tag  int
		name string
	}{{tagSender, id.Target}, {tagTarget, id.Sender}} {
		switch value, ok := m.Bytes(side.tag); {
		case !ok:
			return refuse(ReasonMissing, int32(side.tag)), false
		case len(value) == 0:
			return refuse(ReasonEmpty, int32(side.tag)), false
		case string(value) != side.name:
			return refuseWhole(ReasonCompID), true
		}
	}
	sent, ok := m.Bytes(tagSendingTime)
	if !ok {
		return refuse(ReasonMissing, tagSendingTime), false
	}
	at, ok := moment(sent)
	if !ok {
		return refuse(ReasonFormat, tagSendingTime), false
	}
	if off := at - r.now; r.gap == 0 && (off >= r.session.terms.tolerance() || -off >= r.session.terms.tolerance()) {
		return refuseWhole(ReasonSendingTime), true
	}
	return nil, false
}

// late deals with a number that has been there: a possible duplicate is passed over, anything else ends the session.
func (r *reader) late(m *Message, number int64) error {
	if !m.Yes(tagPossDup) {
		return r.farewell(tooLow(r.session.in, number))
	}
	first, ok := m.Bytes(tagOrigTime)
	if !ok {
		return r.refused(m, refuse(ReasonMissing, tagOrigTime))
	}
	at, ok := moment(first)
	if !ok {
		return r.refused(m, refuse(ReasonFormat, tagOrigTime))
	}
	if sent, _ := m.Time(tagSendingTime); at > sent {
		if err := r.refused(m, refuseWhole(ReasonSendingTime)); err != nil {
			return err
		}
		return r.farewell("")
	}
	return nil
}

// tooEarly keeps a message for later, and asks for what is missing, once for each gap. What there is no room for comes
// again too, for all that follows is asked for. Who should fill the gap unasked, and sends a Heartbeat instead, is asked.
func (r *reader) tooEarly(m *Message, number int64) error {
	if err := r.handOn(); err != nil {
		return err
	}
	if _, ok := r.early[number]; !ok && len(r.early) < earlyMax && r.bytes+len(m.raw) <= earlyBytesMax {
		if r.early == nil {
			r.early = make(map[int64][]byte)
		}
		r.early[number] = slices.Clone(m.raw)
		r.bytes += len(m.raw)
	}
	if r.gap >= r.session.in && !(r.told && m.Is("0")) {
		return nil
	}
	return r.ask(number - 1)
}

// ask asks for all messages from the expected one on.
func (r *reader) ask(last int64) error {
	r.gap, r.told = last, false
	s := r.session
	body := appendInt(nil, tagBeginSeqNo, s.in)
	infinity := int64(0)
	if s.terms.ID.Version < FIX42 {
		infinity = infinityOld
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.post("2", nil, appendInt(body, tagEndSeqNo, infinity))
}

// infinityOld stands for "and all that follows" before FIX 4.2, where zero came into use.
const infinityOld = 999_999

// ofTrade adds a message to the batch, unless it is above the rate.
func (r *reader) ofTrade(m *Message) error {
	if !r.mayCome() {
		wrong := &Refusal{Business: true, Reason: businessOther, Text: "Throttled: too many messages a second"}
		if err := r.refused(m, wrong); err != nil {
			return err
		}
		if r.excess++; r.excess >= excessMax {
			return r.farewell("Too many messages")
		}
		return nil
	}
	r.consume(m)
	r.count++
	return nil
}

func (r *reader) closeGap() {
	if r.gap > 0 && r.session.in > r.gap {
		r.gap = 0
	}
}

// mayCome takes what a message costs from what the session has, which fills up with time.
func (r *reader) mayCome() bool {
	t := r.session.terms
	if t.Rate <= 0 {
		return true
	}
	burst := t.burst()
	if passed := r.now - r.filled; passed > 0 {
		r.tokens = min(burst, r.tokens+min(passed, 3600*micros)*int64(t.Rate))
		r.filled = r.now
	}
	if r.tokens < micros {
		return false
	}
	if r.tokens -= micros; r.tokens > burst/2 {
		r.excess = 0
	}
	return true
}
