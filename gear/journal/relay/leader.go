package relay

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"sauda/gear/journal"
)

// tipEvery is how often a leader says how far it is. A standby that has missed something notices within two of them.
const tipEvery = 100 * time.Millisecond

// Terms say what a leader promises.
type Terms struct {
	Demand bool // Demand has nothing acknowledged that the standby does not have durably.
	// Told is called with the acknowledged number when it has risen, always higher, from one goroutine. Numbers may be
	// passed over.
	Told func(acked uint64)
}

// Leader sends the records of a journal to its standby.
type Leader struct {
	link    *Link
	journal *journal.Journal
	terms   Terms
	epoch   uint32
	life    uint32 // life tells this leader from one before it in the same epoch.
	acked   atomic.Uint64
	cancel  context.CancelFunc
	works   sync.WaitGroup
	subs    []*nats.Subscription
	changed chan struct{} // changed holds something when acked may rise.
	ended   chan struct{} // ended is closed when nothing will be acknowledged any more.

	mu      sync.Mutex
	demand  bool
	standby uint64        // standby is how far the standby is, durably.
	news    chan struct{} // news is closed, and another one made, when acked has risen.
	why     error         // why is set when ended is closed.

	asked sync.Mutex // asked is held while a request is answered.
	place *place     // place is where the last request ended.
}

// Lead begins to lead with a journal: its records go to whoever stands by, in its epoch. A journal that has followed a
// higher epoch than that of its own records is not led with before TakeOver or Raise: that is ErrFenced. It waits for the servers until ctx ends.
func Lead(ctx context.Context, link *Link, j *journal.Journal, terms Terms) (*Leader, error) {
	epoch, promised := j.Epoch()
	if promised > epoch {
		return nil, ErrFenced.About("epoch %d is promised, the journal is in %d", promised, epoch)
	}
	if err := link.begin(ctx); err != nil {
		return nil, err
	}
	l := &Leader{
		link: link, journal: j, terms: terms, epoch: epoch, life: rand.Uint32(), demand: terms.Demand,
		changed: make(chan struct{}, 1), ended: make(chan struct{}), news: make(chan struct{}),
	}
	running, cancel := context.WithCancel(context.Background())
	l.cancel = cancel
	for what, hear := range map[string]nats.MsgHandler{
		"ack": l.hear, "tip": l.hear, fmt.Sprint("fetch.", epoch): l.answer,
	} {
		sub, err := link.conn.Subscribe(link.subject(what), hear)
		if err != nil {
			cancel()
			return nil, errors.Join(fmt.Errorf("lead: %w", err), l.silence())
		}
		l.subs = append(l.subs, sub)
	}
	l.Demand(terms.Demand)
	l.works.Go(func() { l.send(running) })
	l.works.Go(func() { l.watch(running) })
	l.works.Go(func() { l.count(running) })
	l.works.Go(func() { l.tick(running) })
	l.works.Go(func() { l.mend(running) })
	return l, nil
}

// Epoch is the epoch in which it leads.
func (l *Leader) Epoch() uint32 { return l.epoch }

// Acked is the number of the last record that may be answered: it is durable here and, while a standby is demanded, there
// too. It never falls, and stays where it is when the leader is fenced.
func (l *Leader) Acked() uint64 { return l.acked.Load() }

// Demand says from now on whether a standby is demanded. What was acknowledged stays so. While one is, the journal keeps
// the records that it lacks, whatever snapshots stand for them.
func (l *Leader) Demand(on bool) {
	l.mu.Lock()
	l.demand = on
	l.keep()
	l.mu.Unlock()
	l.nudge()
}

// keep has the records that a demanded standby lacks stay in the journal, and the one before, by which it shows that it
// can follow. The mutex is held.
func (l *Leader) keep() {
	from := max(l.standby, 1)
	if l.why != nil || !l.demand {
		from = 0
	}
	l.journal.Keep(from)
}

// Ended is closed when nothing will be acknowledged any more: the leader is fenced or closed, or its journal broken or
// closed. Err says which.
func (l *Leader) Ended() <-chan struct{} { return l.ended }

// Err is why nothing is acknowledged any more, or nil.
func (l *Leader) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.why
}

// Wait returns nil when a record may be answered, and an error when ctx ends before, or the leader does.
func (l *Leader) Wait(ctx context.Context, seq uint64) error {
	for {
		l.mu.Lock()
		news, why := l.news, l.why
		l.mu.Unlock()
		if l.Acked() >= seq {
			return nil
		}
		if why != nil {
			return why
		}
		select {
		case <-news:
		case <-l.ended:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Close ends to lead. The journal stays open.
func (l *Leader) Close() error {
	l.end(journal.ErrClosed)
	err := l.silence()
	l.works.Wait()
	l.asked.Lock()
	defer l.asked.Unlock()
	l.place.leave()
	l.place = nil
	return err
}

func (l *Leader) silence() (err error) {
	for _, s := range l.subs {
		if uerr := s.Unsubscribe(); uerr != nil && !errors.Is(uerr, nats.ErrConnectionClosed) && !errors.Is(uerr, nats.ErrBadSubscription) {
			err = errors.Join(err, uerr)
		}
	}
	return err
}

// end has nothing acknowledged any more. The first reason counts.
func (l *Leader) end(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.why == nil {
		l.why = why
		close(l.ended)
		l.cancel()
		l.keep()
	}
}

// send sends what becomes durable, as batches. One that the stream does not take is asked for by the standby.
func (l *Leader) send(ctx context.Context) {
	next := l.journal.Durable() + 1
	before, m, size := trace{}, message{kind: batch, epoch: l.epoch, life: l.life}, 0
	for r, err := range l.journal.Follow(ctx, max(l.journal.First(), next-1)) {
		if err != nil {
			if ctx.Err() == nil {
				l.end(err)
			}
			return
		}
		if r.Seq < next { // The last one before.
			before = traceOf(r.Epoch, r.Payload)
			continue
		}
		if len(m.records) > 0 && (size+len(r.Payload) > batchMax || r.Epoch != m.of) {
			l.publish(m)
			m.records, size = nil, 0
		}
		if len(m.records) == 0 {
			m.seq, m.of, m.before = r.Seq, r.Epoch, before
		}
		m.records = append(m.records, append([]byte(nil), r.Payload...))
		size += len(r.Payload) + 4
		before = traceOf(r.Epoch, r.Payload)
		if l.journal.Durable() == r.Seq { // Nothing more is there for now.
			l.publish(m)
			m.records, size = nil, 0
		}
	}
}

// publish hands a batch to the stream. Whether the stream keeps it does not matter: the standby asks for what it misses.
func (l *Leader) publish(m message) {
	_, _ = l.link.stream.PublishAsync(l.link.subject("batch"), m.encode())
}

// watch notices what becomes durable here.
func (l *Leader) watch(ctx context.Context) {
	for seq := l.journal.Durable(); ; seq = max(seq+1, l.journal.Durable()) {
		if err := l.journal.Wait(ctx, seq); err != nil {
			if ctx.Err() == nil {
				l.end(err)
			}
			return
		}
		l.nudge()
	}
}

func (l *Leader) nudge() {
	select {
	case l.changed <- struct{}{}:
	default: // It will look anyway.
	}
}

// count counts what may be answered, and tells it.
func (l *Leader) count(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.changed:
		}
		if acked, risen := l.rise(); risen && l.terms.Told != nil {
			l.terms.Told(acked)
		}
	}
}

func (l *Leader) rise() (acked uint64, risen bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	acked = l.journal.Durable()
	if l.demand {
		acked = min(acked, l.standby)
	}
	if l.why != nil || acked <= l.Acked() {
		return 0, false
	}
	l.acked.Store(acked)
	close(l.news)
	l.news = make(chan struct{})
	return acked, true
}

// tick says again and again how far the leader is.
func (l *Leader) tick(ctx context.Context) {
	every := time.NewTicker(tipEvery)
	defer every.Stop()
	for {
		l.link.say("tip", message{kind: tip, epoch: l.epoch, life: l.life, seq: l.journal.Durable()})
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// mend makes the stream anew when it does not take batches. Meanwhile the standby asks for them.
func (l *Leader) mend(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.link.spilt:
		}
		_ = l.link.begin(ctx) // The next batch that is not taken has it tried again.
	}
}

// hear takes acknowledgements of the standby and tips of other leaders. One of a higher epoch fences this one, and so does
// another leader of the same.
func (l *Leader) hear(msg *nats.Msg) {
	m, err := decode(msg.Data)
	switch {
	case err != nil:
	case m.kind == tip && m.epoch >= l.epoch, m.kind == ack && m.epoch > l.epoch:
		l.end(ErrFenced.About("epoch %d has begun, this is the leader of %d", m.epoch, l.epoch))
	case m.kind == ack && m.epoch == l.epoch && m.life == l.life:
		l.mu.Lock()
		l.standby = max(l.standby, m.seq)
		l.keep()
		l.mu.Unlock()
		l.nudge()
	}
}

// place is where a request ended, so that the next one can go on from there.
type place struct {
	next   func() (journal.Record, error, bool)
	stop   func()
	seq    uint64 // seq is the number of the next record.
	before trace
	ahead  *journal.Record // ahead is the next record where it was read already.
}

func (p *place) leave() {
	if p != nil {
		p.stop()
	}
}

// answer answers a standby that asks for records.
func (l *Leader) answer(msg *nats.Msg) {
	m, err := decode(msg.Data)
	if err != nil || m.kind != fetch || m.epoch != l.epoch || m.seq == 0 || l.Err() != nil {
		return // It will ask again, if it is one.
	}
	l.asked.Lock()
	defer l.asked.Unlock()
	reply, err := l.look(m)
	if errors.Is(err, journal.ErrGone) {
		reply, err = message{kind: removed, epoch: l.epoch, life: l.life, seq: l.journal.First()}, nil
	}
	if err != nil {
		l.place.leave()
		l.place = nil
		return
	}
	_ = msg.Respond(reply.encode()) // What is lost is asked for again.
}

// look looks up what a standby asks for.
func (l *Leader) look(m message) (message, error) {
	durable := l.journal.Durable()
	if m.seq > durable+1 {
		return message{kind: diverged, epoch: l.epoch, life: l.life, seq: durable}, nil
	}
	if l.place == nil || l.place.seq != m.seq {
		if err := l.find(m.seq); err != nil {
			return message{}, err
		}
	}
	p := l.place
	reply := message{kind: batch, epoch: l.epoch, life: l.life, seq: m.seq, before: p.before}
	if !p.before.fits(m.before) {
		return message{kind: diverged, epoch: l.epoch, life: l.life, seq: m.seq - 1}, nil
	}
	for size := 0; p.seq <= durable; p.seq++ {
		if p.ahead == nil {
			r, err, ok := p.next()
			if err != nil {
				return message{}, err
			}
			if !ok { // It has read as far as was durable when it began.
				l.place.leave()
				l.place = nil
				reply.more = true
				return reply, nil
			}
			r.Payload = append([]byte(nil), r.Payload...)
			p.ahead = &r
		}
		if len(reply.records) > 0 && (size+len(p.ahead.Payload) > batchMax || p.ahead.Epoch != reply.of) {
			break
		}
		reply.of = p.ahead.Epoch
		reply.records = append(reply.records, p.ahead.Payload)
		size += len(p.ahead.Payload) + 4
		p.before, p.ahead = traceOf(p.ahead.Epoch, p.ahead.Payload), nil
	}
	reply.more = p.seq <= durable
	return reply, nil
}

// find goes to a record and reads the one before it, where that is kept.
func (l *Leader) find(seq uint64) error {
	l.place.leave()
	l.place = nil
	p := &place{seq: seq}
	p.next, p.stop = iter.Pull2(l.journal.Read(max(seq-1, l.journal.First())))
	if seq > 1 && seq-1 >= l.journal.First() {
		r, err, ok := p.next()
		if err != nil || !ok {
			p.stop()
			return errors.Join(err, errUnread(ok))
		}
		p.before = traceOf(r.Epoch, r.Payload)
	} else if seq < l.journal.First() {
		p.stop()
		return journal.ErrGone.About("record %d is asked, the first one is %d", seq, l.journal.First())
	}
	l.place = p
	return nil
}

// errUnread says that a record that should be there was not.
func errUnread(read bool) error {
	if read {
		return nil
	}
	return errors.New("the record before was not there")
}
