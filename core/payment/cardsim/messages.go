package cardsim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"sauda/base/money"
	"sauda/core/payment"
)

// message is one event on its way.
type message struct {
	ID      string        `json:"id"`
	Ref     string        `json:"ref"`
	Event   payment.Event `json:"event"`
	Due     time.Time     `json:"due"`
	Forged  bool          `json:"forged,omitempty"`  // Forged messages are signed with another secret and sent once.
	Waiting bool          `json:"waiting,omitempty"` // Waiting messages go after the next one about the same payment.
}

// tell puts an event into the queue, in the way in which its card sends messages. The lock is held.
func (s *Sim) tell(a *authorization, kind payment.EventKind, now time.Time) {
	if s.config.Messages.URL == "" || a.behaviour.messages == sentNever {
		return
	}
	event := payment.Event{ID: s.mint("evt"), Kind: kind, At: now, Payment: a.payment, Result: a.result}
	m := message{ID: event.ID, Ref: a.result.Ref, Event: event, Due: now}
	how := a.behaviour.messages
	if how == sentForged || s.happens(s.faults.Forged) {
		lie := m
		lie.ID, lie.Forged = m.ID+"f", true
		lie.Event.Result.State, lie.Event.Result.Captured = payment.SaidCaptured, money.Of(a.amount, a.result.Authorized.Currency)
		lie.Event.Result.Authorized = lie.Event.Result.Captured
		s.queue(lie, now)
	}
	if how == sentLate || s.happens(s.faults.Late) {
		m.Due = now.Add(s.config.Messages.Late)
	}
	m.Waiting = how == sentReordered
	s.queue(m, now)
	if how == sentTwice || s.happens(s.faults.Twice) {
		m.ID += "d"
		s.queue(m, now)
	}
	s.post.wake()
}

// queue writes a message down. One that cannot be written is not sent: the caller will look for itself.
func (s *Sim) queue(m message, now time.Time) {
	if err := s.record(entry{Op: opMessage, Message: &m}, now); err != nil {
		s.log.Error("a message was not written", "error", err)
	}
}

// post sends messages in their order.
type post struct {
	sim    *Sim
	client *http.Client
	bell   chan struct{}
	stop   context.CancelFunc
	ctx    context.Context
	done   chan struct{}
	one    sync.Mutex // one sender at a time keeps the order.
}

const (
	sendWait  = 10 * time.Second
	retryWait = time.Second
)

func newPost(s *Sim) *post {
	p := &post{sim: s, client: &http.Client{Transport: s.config.Messages.Transport, Timeout: sendWait},
		bell: make(chan struct{}, 1), done: make(chan struct{})}
	p.ctx, p.stop = context.WithCancel(context.Background())
	if s.config.Messages.URL == "" {
		close(p.done)
		return p
	}
	go p.run()
	p.wake()
	return p
}

// wake says that there may be something to send.
func (p *post) wake() {
	select {
	case p.bell <- struct{}{}:
	default:
	}
}

func (p *post) close() {
	p.stop()
	<-p.done
}

// run sends what is due until the gateway closes.
func (p *post) run() {
	defer close(p.done)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-p.bell:
		case <-timer.C:
		}
		next := p.sendDue(p.ctx, false)
		timer.Reset(next)
	}
}

// sendDue sends what is due, or everything, and says how long to wait for the next.
func (p *post) sendDue(ctx context.Context, everything bool) time.Duration {
	p.one.Lock()
	defer p.one.Unlock()
	tried := map[string]bool{}
	for ctx.Err() == nil {
		m, found, wait := p.next(tried, everything)
		if !found {
			return wait
		}
		tried[m.ID] = true
		err := p.send(ctx, m)
		if err != nil && !m.Forged {
			p.sim.log.Warn("a message was not delivered", "id", m.ID, "error", err)
			continue
		}
		p.sim.mu.Lock()
		if err := p.sim.record(entry{Op: opSent, Key: m.ID}, p.sim.config.Now()); err != nil {
			p.sim.log.Error("a message will be sent again", "id", m.ID, "error", err)
		}
		p.sim.mu.Unlock()
	}
	return retryWait
}

// next chooses the message to send. A waiting one goes after a later one about the same payment.
func (p *post) next(tried map[string]bool, everything bool) (m message, found bool, wait time.Duration) {
	p.sim.mu.Lock()
	defer p.sim.mu.Unlock()
	now := p.sim.config.Now()
	wait = time.Hour
	pending := p.sim.book.pending
	for n, m := range pending {
		due := m.Due.Sub(now)
		switch {
		case tried[m.ID]:
			wait = min(wait, retryWait)
		case due > 0 && !everything:
			wait = min(wait, due)
		case m.Waiting && n+1 < len(pending) && follows(pending[n+1:], m, tried):
		case m.Waiting && !everything && now.Sub(m.Due) < p.sim.config.Messages.Late:
			wait = min(wait, p.sim.config.Messages.Late)
		default:
			return m, true, 0
		}
	}
	return message{}, false, wait
}

// follows says whether another message about the same payment is still to be sent first.
func follows(later []message, m message, tried map[string]bool) bool {
	for _, o := range later {
		if o.Ref == m.Ref && !tried[o.ID] {
			return true
		}
	}
	return false
}

// send delivers one message.
func (p *post) send(ctx context.Context, m message) error {
	body, err := json.Marshal(m.Event)
	if err != nil {
		return err
	}
	secret := p.sim.config.Messages.Secret
	if m.Forged {
		secret += " forged"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.sim.config.Messages.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(payment.SignatureHeader, payment.Sign(secret, p.sim.config.Now(), body))
	response, err := p.client.Do(request)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, bodyMax))
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return nil
}

// Flush sends every message now, also late ones, and says whether all of them were delivered.
func (s *Sim) Flush(ctx context.Context) error {
	if s.config.Messages.URL == "" {
		return nil
	}
	s.post.sendDue(ctx, true)
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.book.pending); n > 0 {
		return fmt.Errorf("%d messages were not delivered", n)
	}
	return ctx.Err()
}
