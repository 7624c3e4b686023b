package relay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sauda/gear/journal"
	"sauda/gear/journal/journaltest"
	"sauda/gear/journal/relay"
)

func openJournal(t testing.TB, config journal.Config) *journal.Journal {
	t.Helper()
	j, err := journal.Open(journaltest.New(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// connect connects to the servers, or begins one.
func connect(t testing.TB, servers ...string) *relay.Link {
	t.Helper()
	l, err := relay.Connect(relay.Config{Name: "floor", Servers: servers})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func lead(t testing.TB, link *relay.Link, j *journal.Journal, terms relay.Terms) *relay.Leader {
	t.Helper()
	l, err := relay.Lead(t.Context(), link, j, terms)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func standBy(t testing.TB, link *relay.Link, j *journal.Journal) *relay.Standby {
	t.Helper()
	s, err := relay.StandBy(link, j)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// say appends n records that tell who said them.
func say(t testing.TB, j *journal.Journal, who string, n int) (last uint64) {
	t.Helper()
	for i := range n {
		var err error
		if last, err = j.Append([]byte(fmt.Sprint(who, " says ", i, strings.Repeat(".", i%50)))); err != nil {
			t.Fatal(err)
		}
	}
	return last
}

func appendNth(j *journal.Journal, n int) error {
	_, err := j.Append([]byte(fmt.Sprint("somebody says ", n, strings.Repeat(".", n%50))))
	return err
}

// same looks whether both journals have the same records, all of them durable.
func same(t testing.TB, a, b *journal.Journal) {
	t.Helper()
	if d, err := journal.Reconcile(a, b); err != nil || !d.Same || d.A != d.B {
		t.Fatalf("%+v, %v", d, err)
	}
}

// TestStandbyHasEverything: what was there before it came, what comes while it follows, and what came while it was away,
// over several segments and epochs. Nothing is acknowledged without it.
func TestStandbyHasEverything(t *testing.T) {
	ours, theirs := openJournal(t, journal.Config{SegmentBytes: 5000}), openJournal(t, journal.Config{})
	say(t, ours, "somebody", 700)
	if err := ours.Raise(3); err != nil {
		t.Fatal(err)
	}
	var told atomic.Uint64
	link := connect(t)
	leader := lead(t, link, ours, relay.Terms{Demand: true, Told: told.Store})
	last := say(t, ours, "the leader", 300)
	if err := ours.Wait(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	if leader.Acked() != 0 {
		t.Errorf("acknowledged up to %d without a standby", leader.Acked())
	}
	other := connect(t, link.Address())
	standby := standBy(t, other, theirs)
	if err := leader.Wait(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	same(t, ours, theirs)
	for i := range 50 {
		last = say(t, ours, fmt.Sprint("round ", i), 20)
		if err := leader.Wait(t.Context(), last); err != nil {
			t.Fatal(err)
		}
		if theirs.Durable() < last {
			t.Fatalf("acknowledged up to %d, the standby has %d", last, theirs.Durable())
		}
	}
	if err := standby.Close(); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		last = say(t, ours, "alone", 50)
		if err := ours.Wait(t.Context(), last); err != nil {
			t.Fatal(err)
		}
	}
	for _, seq := range []uint64{last - 1, last} { // They stand for what the standby still lacks.
		if err := ours.Snapshot(seq, func(w io.Writer) error { _, err := io.WriteString(w, "so far"); return err }); err != nil {
			t.Fatal(err)
		}
	}
	if leader.Acked() >= last {
		t.Errorf("acknowledged up to %d while the standby was away", leader.Acked())
	}
	standby = standBy(t, other, theirs)
	if err := leader.Wait(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	same(t, ours, theirs)
	if !standby.Ready() || standby.Err() != nil {
		t.Errorf("ready %v, %v", standby.Ready(), standby.Err())
	}
	if epoch, promised := theirs.Epoch(); epoch != 3 || promised != 3 {
		t.Errorf("epoch %d, promised %d", epoch, promised)
	}
	if err := leader.Close(); err != nil {
		t.Fatal(err)
	}
	if told.Load() != leader.Acked() {
		t.Errorf("told %d of %d", told.Load(), leader.Acked())
	}
}

// TestDemand: while nobody is demanded the leader acknowledges by itself.
func TestDemand(t *testing.T) {
	j := openJournal(t, journal.Config{})
	leader := lead(t, connect(t), j, relay.Terms{})
	last := say(t, j, "the leader", 10)
	if err := leader.Wait(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	leader.Demand(true)
	next := say(t, j, "the leader", 10)
	if err := j.Wait(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	if leader.Acked() != last {
		t.Errorf("acknowledged up to %d, %d was before the demand", leader.Acked(), last)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := leader.Wait(ctx, next); !errors.Is(err, context.Canceled) {
		t.Errorf("waited: %v", err)
	}
	leader.Demand(false)
	if err := leader.Wait(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	<-leader.Ended()
	if err := leader.Wait(t.Context(), next+1); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("its journal is closed: %v", err)
	}
}

// wire is a connection between two machines that can be cut.
type wire struct {
	net.Listener
	to string

	mu    sync.Mutex
	cut   bool
	conns []net.Conn
}

func newWire(t testing.TB, to string) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{Listener: listener, to: strings.TrimPrefix(to, "nats://")}
	t.Cleanup(func() { _ = listener.Close(); w.Cut(true) })
	go w.run()
	return w
}

func (w *wire) run() {
	for {
		from, err := w.Accept()
		if err != nil {
			return
		}
		to, err := net.Dial("tcp", w.to)
		w.mu.Lock()
		if err != nil || w.cut {
			_ = from.Close()
			if err == nil {
				_ = to.Close()
			}
		} else {
			w.conns = append(w.conns, from, to)
			go func() { _, _ = io.Copy(from, to) }()
			go func() { _, _ = io.Copy(to, from) }()
		}
		w.mu.Unlock()
	}
}

// Cut cuts the wire, or mends it.
func (w *wire) Cut(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	for _, c := range w.conns {
		_ = c.Close()
	}
	w.conns = nil
}

// TestTakeOver cuts the leader off in mid-stream, several times: all that it has acknowledged, before and after, is in the
// journal of the standby that takes over; when it hears of that, it is fenced, and the journals differ only behind what
// was acknowledged.
func TestTakeOver(t *testing.T) {
	for round := range 6 {
		old, heir := openJournal(t, journal.Config{SegmentBytes: 20_000}), openJournal(t, journal.Config{})
		here := connect(t)
		between := newWire(t, here.Address())
		leader := lead(t, here, old, relay.Terms{Demand: true})
		there := connect(t, "nats://"+between.Addr().String())
		standby := standBy(t, there, heir)
		var said atomic.Uint64 // said is what a client was answered.
		var clients sync.WaitGroup
		for c := range 4 {
			clients.Go(func() {
				for i := 0; ; i++ {
					seq, err := old.Append([]byte(fmt.Sprint("client ", c, " asks ", i)))
					if err == nil {
						err = leader.Wait(t.Context(), seq)
					}
					if err != nil {
						if !errors.Is(err, relay.ErrFenced) {
							t.Error(err)
						}
						return
					}
					for was := said.Load(); was < seq && !said.CompareAndSwap(was, seq); was = said.Load() {
					}
				}
			})
		}
		if err := leader.Wait(t.Context(), uint64(100+333*round)); err != nil {
			t.Fatal(err)
		}
		between.Cut(true)
		epoch, err := standby.TakeOver()
		if err != nil || epoch != 1 {
			t.Fatal(epoch, err)
		}
		if again, err := standby.TakeOver(); err != nil || again != epoch {
			t.Errorf("taken over twice: %d, %v", again, err)
		}
		inherited := heir.Durable()
		if leader.Acked() > inherited || said.Load() > inherited {
			t.Fatalf("acknowledged up to %d, the heir has %d", leader.Acked(), inherited)
		}
		lastSaid := say(t, heir, "the heir", 50)
		between.Cut(false)
		next := lead(t, there, heir, relay.Terms{})
		if err := next.Wait(t.Context(), lastSaid); err != nil {
			t.Fatal(err)
		}
		<-leader.Ended()
		clients.Wait()
		if !errors.Is(leader.Err(), relay.ErrFenced) || leader.Acked() > inherited {
			t.Errorf("the old leader: acknowledged %d of %d, %v", leader.Acked(), inherited, leader.Err())
		}
		d, err := journal.Reconcile(old, heir)
		if err != nil || d.From <= said.Load() || d.EpochB != 1 || d.From != inherited+1 && !d.Same {
			t.Errorf("%+v, %v: %d was said, %d inherited", d, err, said.Load(), inherited)
		}
	}
}

// TestFenced: a standby that has followed a higher epoch takes nothing from an old leader, also after a new start, and
// tells it.
func TestFenced(t *testing.T) {
	old, heir := openJournal(t, journal.Config{}), openJournal(t, journal.Config{})
	disk := journaltest.New()
	third, err := journal.Open(disk, journal.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range []*journal.Journal{old, heir, third} {
		say(t, j, "somebody", 20)
	}
	if err := heir.Raise(1); err != nil {
		t.Fatal(err)
	}
	link := connect(t)
	leader := lead(t, connect(t, link.Address()), heir, relay.Terms{Demand: true})
	standby := standBy(t, connect(t, link.Address()), third)
	last := say(t, heir, "the heir", 5)
	if err := leader.Wait(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	same(t, heir, third)
	for _, end := range []func() error{leader.Close, standby.Close, third.Close} {
		if err := end(); err != nil {
			t.Fatal(err)
		}
	}
	third, err = journal.Open(disk, journal.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = third.Close() }()
	standby = standBy(t, connect(t, link.Address()), third)
	outdated := lead(t, connect(t, link.Address()), old, relay.Terms{Demand: true})
	wanted := say(t, old, "the old one", 10)
	if err := outdated.Wait(t.Context(), wanted); !errors.Is(err, relay.ErrFenced) {
		t.Errorf("the old leader: %v", err)
	}
	same(t, heir, third)
	if standby.Ready() || outdated.Acked() != 0 {
		t.Errorf("the old leader acknowledged %d", outdated.Acked())
	}
	if err := old.Promise(2); err != nil {
		t.Fatal(err)
	}
	if _, err := relay.Lead(t.Context(), link, old, relay.Terms{}); !errors.Is(err, relay.ErrFenced) {
		t.Errorf("led with a journal that has promised more: %v", err)
	}
}

// TestTwoLead: of two leaders of one epoch at least one hears of it and ends.
func TestTwoLead(t *testing.T) {
	link := connect(t)
	one := lead(t, link, openJournal(t, journal.Config{}), relay.Terms{})
	two := lead(t, connect(t, link.Address()), openJournal(t, journal.Config{}), relay.Terms{})
	select {
	case <-one.Ended():
	case <-two.Ended():
	}
	if !errors.Is(one.Err(), relay.ErrFenced) && !errors.Is(two.Err(), relay.ErrFenced) {
		t.Errorf("%v and %v", one.Err(), two.Err())
	}
}

// TestCannotFollow: a journal that has something else, or more, or lacks what is gone, does not follow, and says why. One
// that begins with a copy of the newest snapshot does.
func TestCannotFollow(t *testing.T) {
	disk, seed := journaltest.New(), journaltest.New()
	ours, err := journal.Open(disk, journal.Config{SegmentBytes: 500})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ours.Close() }()
	for n := range 100 { // The same as others say in one go, but in many groups, so that there are segments to remove.
		if err := appendNth(ours, n); err != nil {
			t.Fatal(err)
		}
		if err := ours.Wait(t.Context(), uint64(n+1)); err != nil {
			t.Fatal(err)
		}
	}
	link := connect(t)
	leader := lead(t, link, ours, relay.Terms{})
	other, longer := openJournal(t, journal.Config{}), openJournal(t, journal.Config{})
	say(t, other, "somebody", 49)
	say(t, other, "somebody else", 1)
	say(t, longer, "somebody", 100)
	say(t, longer, "somebody else", 1)
	for what, j := range map[string]*journal.Journal{"other": other, "longer": longer} {
		had := j.Appended()
		if err := j.Wait(t.Context(), had); err != nil {
			t.Fatal(err)
		}
		s := standBy(t, connect(t, link.Address()), j)
		<-s.Ended()
		if !errors.Is(s.Err(), relay.ErrDiverged) || s.Ready() || j.Appended() != had {
			t.Errorf("%s: %v", what, s.Err())
		}
	}
	for _, seq := range []uint64{50, 60} {
		if err := ours.Snapshot(seq, func(w io.Writer) error { _, err := io.WriteString(w, "so far"); return err }); err != nil {
			t.Fatal(err)
		}
	}
	s := standBy(t, connect(t, link.Address()), openJournal(t, journal.Config{}))
	<-s.Ended()
	if !errors.Is(s.Err(), relay.ErrBehind) {
		t.Errorf("behind: %v", s.Err())
	}
	name := fmt.Sprintf("%020d.snapshot", 60)
	seed.Put(name, disk.Bytes(name))
	seeded, err := journal.Open(seed, journal.Config{Seed: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = seeded.Close() }()
	standBy(t, connect(t, link.Address()), seeded)
	leader.Demand(true)
	if err := leader.Wait(t.Context(), say(t, ours, "the leader", 5)); err != nil {
		t.Fatal(err)
	}
	same(t, ours, seeded)
}

// TestForgetful: a leader begins anew in its epoch with a disk that has lost what it called durable, and goes on with
// other records under the same numbers. What the standby has of the former life counts for nothing in this one.
func TestForgetful(t *testing.T) {
	disk := journaltest.New()
	ours, err := journal.Open(disk, journal.Config{})
	if err != nil {
		t.Fatal(err)
	}
	kept := say(t, ours, "somebody", 10)
	if err := ours.Wait(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	before := disk.Killed()
	theirs, link := openJournal(t, journal.Config{}), connect(t)
	leader := lead(t, link, ours, relay.Terms{Demand: true})
	standby := standBy(t, connect(t, link.Address()), theirs)
	if err := leader.Wait(t.Context(), say(t, ours, "the leader", 10)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(leader.Close(), ours.Close()); err != nil {
		t.Fatal(err)
	}
	ours, err = journal.Open(before, journal.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ours.Close() }()
	say(t, ours, "the forgetful one", 30)
	leader = lead(t, link, ours, relay.Terms{Demand: true})
	<-standby.Ended()
	if !errors.Is(standby.Err(), relay.ErrDiverged) || leader.Acked() != 0 {
		t.Errorf("acknowledged %d, the standby: %v", leader.Acked(), standby.Err())
	}
}
