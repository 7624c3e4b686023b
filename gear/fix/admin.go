package fix

import "strconv"

// ofSession deals with a message of the session layer that has been judged. What came before it is handed on first, so
// that answers go out in the order of what they answer.
func (r *reader) ofSession(m *Message, kind byte, number int64) error {
	if err := r.handOn(); err != nil {
		return err
	}
	err := error(nil)
	switch kind {
	case 'A':
		err = r.logonAgain(m)
	case '5':
		return r.logout(m)
	case '4':
		return r.sequenceReset(m, number)
	case '2':
		err = r.resend(m)
	case '1':
		id, _ := m.Bytes(tagTestReqID)
		s := r.session
		s.mu.Lock()
		err = s.post("0", nil, appendText(nil, tagTestReqID, id))
		s.mu.Unlock()
	}
	if err == nil && kind != 'A' {
		r.consume(m)
	}
	return err
}

// logout answers a Logout, or takes it for the answer to ours, and ends the connection.
func (r *reader) logout(m *Message) error {
	r.consume(m)
	s := r.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if !r.leaving.Load() {
		_ = s.post("5", nil, nil) // What cannot be kept has cut the link.
	}
	return errEnd
}

// sequenceReset lets the numbers jump. As a gap fill it stands in the place of messages that are not sent again, and has
// a number of its own; otherwise its number is of no meaning. The expected number never becomes lower.
func (r *reader) sequenceReset(m *Message, number int64) error {
	s := r.session
	next, _ := m.Int(tagNewSeqNo)
	fill := m.Yes(tagGapFill)
	if next < s.in || fill && next <= number {
		if err := s.Refuse(m, *refuseWhole(ReasonValue)); err != nil {
			return err
		}
		if fill {
			r.consume(m)
		}
		return nil
	}
	s.in = next
	for number := range r.early {
		if number < next {
			r.drop(number)
		}
	}
	r.closeGap()
	return nil
}

// resend notes which messages are to be sent again; the writer does it.
func (r *reader) resend(m *Message) error {
	from, _ := m.Int(tagBeginSeqNo)
	to, _ := m.Int(tagEndSeqNo)
	if from < 1 || to < 0 {
		return r.session.Refuse(m, *refuse(ReasonValue, tagBeginSeqNo))
	}
	if r.session.terms.ID.Version <= FIX42 && to == infinityOld {
		to = 0
	}
	s := r.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(r.replays) >= replaysMax {
		s.leave("Too many resend requests")
		return nil
	}
	s.repeatFrom(from, to)
	return nil
}

// repeatFrom lets the writer send a range again, up to what was sent last if to is zero. What is held back because of
// another range comes anyway. With the lock.
func (s *Session) repeatFrom(from, to int64) {
	l := s.link
	if len(l.replays) == 0 {
		l.heldAt = s.out
	}
	if last := l.heldAt - 1; to == 0 || to > last {
		to = last
	}
	if from <= to {
		l.replays = append(l.replays, replay{from, to})
		l.wake.Signal()
	}
}

// logonAgain deals with a Logon inside of a session: with ResetSeqNumFlag both sides begin at one again (FIX 4.4 Vol. 2,
// "Logon", 24-hour sessions); without it has no meaning there.
func (r *reader) logonAgain(m *Message) error {
	s := r.session
	if !m.Yes(tagReset) {
		return r.refused(m, &Refusal{Reason: ReasonOther, Text: "Logged on already"})
	}
	s.mu.Lock()
	err := s.reset()
	r.replays, r.held = nil, nil
	clear(r.early)
	r.bytes, r.gap = 0, 0
	number := m.Number()
	if number == s.in {
		s.in++
	}
	if err == nil {
		err = s.logonReply(r.every/micros, true, false)
	}
	s.mu.Unlock()
	if err == nil && number > s.in {
		err = r.ask(number)
	}
	return err
}

// logon deals with the first message of a connection. Whoever is not known or not proved is not answered: he learns
// nothing from it.
func (r *reader) logon(m *Message) error {
	s, found := r.whose(m)
	if s == nil {
		return errEnd
	}
	log := r.server.log.With("session", s.terms.ID.String(), "remote", r.conn.RemoteAddr().String())
	sent, ok := m.Time(tagSendingTime)
	if off := sent - r.now; !ok || off >= s.terms.tolerance() || -off >= s.terms.tolerance() {
		log.Warn("fix: a logon with a wrong time is not answered")
		return errEnd
	}
	if who := r.server.config.Authenticate; who != nil && !found {
		if err := who(r.credentials(s.terms.ID, m)); err != nil {
			log.Warn("fix: a logon is not answered", "error", err)
			return errEnd
		}
	}
	if !s.claim(r.link) {
		log.Warn("fix: the session is in use")
		return errEnd
	}
	r.judge = newJudge(s.terms, r.limits)
	r.filled, r.tokens = r.now, s.terms.burst()
	if wrong := r.judge.message(m); wrong != nil {
		return r.notYet(wrong.Text)
	}
	return r.welcome(m)
}

func (r *reader) credentials(id ID, m *Message) Credentials {
	raw, _ := m.Bytes(tagRawData)
	return Credentials{id, m.Text(tagUsername), m.Text(tagPassword), raw, r.conn.RemoteAddr()}
}

// whose finds the session that a Logon asks for, or has it found: then the Logon has been judged.
func (r *reader) whose(m *Message) (s *Session, found bool) {
	if !m.Is("A") {
		return nil, false
	}
	id := ID{Sender: m.Text(tagTarget), Target: m.Text(tagSender)}
	_, begin := m.Field(0)
	if string(begin) == beginFIXT {
		named, _ := m.Bytes(tagDefaultApplVer)
		if id.Version = applicationVersion(named); id.Version < FIX50 {
			return nil, false
		}
	} else {
		for v := FIX40; v <= FIX44; v++ {
			if string(begin) == v.Begin() {
				id.Version = v
			}
		}
	}
	if s = r.server.Session(id); s != nil || r.server.config.Find == nil || id.judge() != nil {
		return s, false
	}
	terms, err := r.server.config.Find(r.credentials(id, m))
	if err == nil {
		s, err = r.server.Open(terms)
	}
	if err != nil {
		r.server.log.Warn("fix: a logon to a session that is not open is not answered", "session", id.String(), "error", err)
		return nil, false
	}
	return s, true
}

// notYet tells somebody who is known why he cannot log on, and ends the connection.
func (r *reader) notYet(text string) error {
	s := r.session
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.post("5", nil, appendText(nil, tagText, text)) // What cannot be kept has cut the link.
	return errEnd
}

// welcome answers a Logon, and lets both sides have what they missed.
func (r *reader) welcome(m *Message) error {
	s := r.session
	every, _ := m.Int(tagHeartbeat)
	if every < 0 || every > s.terms.heartbeatMax() {
		return r.notYet("HeartBtInt must be between 0 and " + strconv.FormatInt(s.terms.heartbeatMax(), 10))
	}
	reset := m.Yes(tagReset)
	if reset || s.terms.ResetOnLogon {
		s.mu.Lock()
		err := s.reset()
		s.mu.Unlock()
		if err != nil {
			return err
		}
	}
	number, ok := m.Int(tagMsgSeqNum)
	switch {
	case !ok || number < 1:
		return r.notYet("MsgSeqNum must be above zero")
	case number < s.in && !m.Yes(tagPossDup):
		return r.notYet(tooLow(s.in, number))
	}
	expects, knows := m.Int(tagNextExpected)
	s.mu.Lock()
	if knows && (expects > s.out || expects < 1) {
		s.mu.Unlock()
		return r.notYet("NextExpectedMsgSeqNum too high, the next number is " + strconv.FormatInt(s.out, 10))
	}
	early := number > s.in
	if number == s.in {
		s.in++
	}
	r.on, r.every = true, every*micros
	missed := knows && !reset && expects < s.out
	err := s.logonReply(every, reset, knows)
	if err == nil && missed {
		s.repeatFrom(expects, s.out-1) // The Logon itself is counted by a gap fill.
	}
	s.mu.Unlock()
	if err == nil && early {
		if r.gap, r.told = number, knows; !knows { // Who knows 789 sends what is missing by himself.
			err = r.ask(number)
		}
	}
	if err == nil {
		r.server.config.Application.OnLogon(s)
	}
	return err
}
