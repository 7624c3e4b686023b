package relay

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"sauda/gear/journal"
)

const (
	answerWait = time.Second // A leader answers a request in milliseconds, or is not there.
	inboxMax   = 256         // So many messages wait while records are asked for; more are asked for later.
)

// Standby writes the records of a leader into a journal of its own, which nobody else may append to.
type Standby struct {
	link    *Link
	journal *journal.Journal
	cancel  context.CancelFunc
	works   sync.WaitGroup
	tips    *nats.Subscription
	inbox   chan []byte
	heard   atomic.Int64  // heard is when a leader of now was heard last, in nanoseconds since 1970; zero is never.
	lost    atomic.Bool   // lost means that the connection was: what came meanwhile is not in the stream's order.
	again   chan struct{} // again holds something when the acknowledgement is to be repeated.
	ended   chan struct{}

	batches jetstream.ConsumeContext
	before  trace  // before is the last record of the journal.
	seen    uint64 // seen is the last record at the last tip.

	mu     sync.Mutex
	agreed voice // agreed is the leader whose records the journal has up to its end.
	why    error
	taken  bool
}

// voice is one life of a leader; the zero one is nobody's.
type voice struct {
	heard       bool
	epoch, life uint32
}

// StandBy begins to follow whoever leads: first it asks for what the journal lacks, then it takes what comes. It waits for
// a leader as long as there is none.
func StandBy(link *Link, j *journal.Journal) (*Standby, error) {
	s := &Standby{
		link: link, journal: j, inbox: make(chan []byte, inboxMax), again: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	if last := j.Durable(); last >= j.First() && last > 0 {
		for r, err := range j.Read(last) {
			if err != nil {
				return nil, err
			}
			s.before = traceOf(r.Epoch, r.Payload)
		}
	}
	running, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	tips, err := link.conn.Subscribe(link.subject("tip"), func(msg *nats.Msg) {
		select {
		case s.inbox <- msg.Data:
		default: // The next one will do.
		}
	})
	if err != nil {
		cancel()
		return nil, fmt.Errorf("stand by: %w", err)
	}
	s.tips = tips
	link.conn.SetReconnectHandler(func(*nats.Conn) { s.lost.Store(true) })
	s.works.Go(func() { s.follow(running) })
	s.works.Go(func() { s.acknowledge(running) })
	return s, nil
}

// Ended is closed when it follows nobody any more; Err says why.
func (s *Standby) Ended() <-chan struct{} { return s.ended }

// Err is why it follows nobody any more, or nil: ErrDiverged and ErrBehind say that the journal can't follow.
func (s *Standby) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.why
}

// Ready tells whether the journal has agreed with a leader since StandBy: before that nothing is acknowledged.
func (s *Standby) Ready() bool {
	leader, _ := s.standing()
	return leader.heard
}

// Silent says for how long no leader was heard, and whether one ever was. A leader speaks ten times a second.
func (s *Standby) Silent() (since time.Duration, heard bool) {
	at := s.heard.Load()
	return time.Since(time.Unix(0, at)), at != 0
}

// standing is whose records the journal has, and how many of them durably. Both are of one moment: an acknowledgement
// must not count records of one leader for another.
func (s *Standby) standing() (leader voice, durable uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.agreed, s.journal.Durable()
}

// agree says whose records the journal has.
func (s *Standby) agree(leader voice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agreed = leader
}

// Close ends to follow. The journal stays open.
func (s *Standby) Close() error {
	s.end(journal.ErrClosed)
	err := s.tips.Unsubscribe()
	if errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, nats.ErrBadSubscription) {
		err = nil
	}
	s.works.Wait()
	return err
}

// TakeOver ends to follow and begins a higher epoch in the journal, which it gives; then Lead may lead with the journal.
// All that this standby has acknowledged is in it. The second time it gives the same epoch.
func (s *Standby) TakeOver() (uint32, error) {
	if err := s.Close(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	epoch, promised := s.journal.Epoch()
	if s.taken {
		return epoch, nil
	}
	if err := s.journal.Raise(promised + 1); err != nil { // What was appended is durable by then.
		return 0, err
	}
	s.taken = true
	return promised + 1, nil
}

func (s *Standby) end(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why == nil {
		s.why = why
		close(s.ended)
		s.cancel()
	}
}

// follow takes one message after the other.
func (s *Standby) follow(ctx context.Context) {
	defer s.detach()
	for {
		select {
		case <-ctx.Done():
			return
		case b := <-s.inbox:
			if err := s.take(ctx, b); err != nil && ctx.Err() == nil {
				s.end(err)
				return
			}
		}
	}
}

// take takes a batch or a tip. An error ends the following.
func (s *Standby) take(ctx context.Context, b []byte) error {
	m, err := decode(b)
	if err != nil || m.kind != batch && m.kind != tip {
		return nil // The next tip shows what is missing.
	}
	_, promised := s.journal.Epoch()
	if m.epoch < promised { // An old leader: it is told.
		s.link.say("ack", message{kind: ack, epoch: promised})
		return nil
	}
	if m.epoch > promised {
		s.agree(voice{})
		if err := s.journal.Promise(m.epoch); err != nil {
			return err
		}
	}
	s.heard.Store(time.Now().UnixNano())
	leader := voice{true, m.epoch, m.life}
	agreed, _ := s.standing()
	fresh := agreed != leader
	if fresh {
		s.agree(voice{})
	}
	if m.kind == batch {
		if fresh || m.seq > s.journal.Appended()+1 {
			return s.fetch(ctx, leader)
		}
		return s.write(m)
	}
	if s.batches == nil || s.lost.Swap(false) {
		s.attach(ctx)
		fresh = true
	}
	have := s.journal.Appended()
	late := m.seq > have && s.seen == have
	s.seen = have
	if fresh || late {
		return s.fetch(ctx, leader)
	}
	s.repeat()
	return nil
}

// attach begins to hear the batches of the stream. When there is no stream yet, the next tip has it try again.
func (s *Standby) attach(ctx context.Context) {
	s.detach()
	asking, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	consumer, err := s.link.stream.OrderedConsumer(asking, s.link.streamName(), jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverNewPolicy})
	if err != nil {
		return
	}
	s.batches, err = consumer.Consume(func(msg jetstream.Msg) {
		select {
		case s.inbox <- msg.Data():
		case <-ctx.Done():
		}
	}, jetstream.ConsumeErrHandler(func(jetstream.ConsumeContext, error) { s.lost.Store(true) }))
	if err != nil {
		s.batches = nil
	}
}

func (s *Standby) detach() {
	if s.batches != nil {
		s.batches.Stop()
		s.batches = nil
	}
}

// fetch asks the leader for what is missing until nothing is, or nobody answers: then a later tip has it try again.
func (s *Standby) fetch(ctx context.Context, leader voice) error {
	epoch := leader.epoch
	for more := true; more; {
		asking, cancel := context.WithTimeout(ctx, answerWait)
		ask := message{kind: fetch, epoch: epoch, seq: s.journal.Appended() + 1, before: s.before}
		msg, err := s.link.conn.RequestWithContext(asking, s.link.subject(fmt.Sprint("fetch.", epoch)), ask.encode())
		cancel()
		if err != nil {
			return nil
		}
		m, err := decode(msg.Data)
		if err != nil || m.epoch != epoch || m.life != leader.life {
			return nil
		}
		switch m.kind {
		case diverged:
			return ErrDiverged.About("record %d is here, the leader of epoch %d differs at record %d", ask.seq-1, epoch, m.seq)
		case removed:
			return ErrBehind.About("record %d is missing, the leader begins with %d", ask.seq, m.seq)
		case batch:
			if err := s.write(m); err != nil {
				return err
			}
			more = m.more
		default:
			return nil
		}
	}
	s.agree(leader)
	s.repeat()
	return nil
}

// write appends what is new of a batch, when the journal has what stands before it.
func (s *Standby) write(m message) error {
	next := s.journal.Appended() + 1
	before := m.before
	known := min(next-min(next, m.seq), uint64(len(m.records)))
	if known > 0 {
		before = traceOf(m.of, m.records[known-1])
	}
	if m.seq+known != next {
		return nil // All of it is there already, and more.
	}
	if next > 1 && !before.fits(s.before) {
		return ErrDiverged.About("record %d is not the one that the leader of epoch %d has", next-1, m.epoch)
	}
	fresh := m.records[known:]
	if len(fresh) == 0 {
		return nil
	}
	if err := s.journal.Copy(m.of); err != nil {
		return err
	}
	if _, err := s.journal.Append(fresh...); err != nil {
		return err
	}
	s.before = traceOf(m.of, fresh[len(fresh)-1])
	return nil
}

// repeat has the acknowledgement said again.
func (s *Standby) repeat() {
	select {
	case s.again <- struct{}{}:
	default:
	}
}

// acknowledge says how far the journal is, durably, whenever that rises and whenever it is asked for.
func (s *Standby) acknowledge(ctx context.Context) {
	durable := make(chan uint64)
	s.works.Go(func() {
		defer close(durable)
		for seq := s.journal.Durable() + 1; ; seq = s.journal.Durable() + 1 {
			if err := s.journal.Wait(ctx, seq); err != nil {
				if ctx.Err() == nil {
					s.end(err)
				}
				return
			}
			select {
			case durable <- seq:
			case <-ctx.Done():
				return
			}
		}
	})
	for {
		select {
		case <-s.again:
		case _, open := <-durable:
			if !open {
				return
			}
		}
		if leader, seq := s.standing(); leader.heard && ctx.Err() == nil {
			s.link.say("ack", message{kind: ack, epoch: leader.epoch, life: leader.life, seq: seq})
		}
	}
}
