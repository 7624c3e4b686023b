// Package bus keeps the facts of the house and sees to what follows from them.
//
// A fact is written in the moment that states it, together with one delivery for each reaction to it. A reaction runs in
// a moment of its own, which also takes its delivery away: so it happens once in effect, after the fact, whatever dies in
// between. Reactions to facts of one key come in the order of the facts: one that fails is tried again with growing
// pauses, those behind it wait, and after too many failures it is parked, with its key, until the office says Retry or
// Dismiss. The order of facts is that of their moments' ends in a process; between processes it is that of their clocks.
//
// A follower is another thing: it keeps something in the memory of this node, such as an index or a cache, in step with
// the facts of all nodes. It sees each fact at least once, perhaps twice, perhaps in another order, and never those of
// before the start; so it takes a fact as a hint to look, or compares versions.
//
//	moment ─▶ fact + deliveries ─▶ commit ─▶ followers of this node ─▶ answer
//	                                  └─▶ reactions, in moments of their own      (other nodes: NOTIFY, or a look each second)
package bus

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the tables of facts and deliveries.
var Schema = db.Schema{Name: "bus", Files: schemaFiles}

// Reaction is what follows from a fact, in a moment of its own.
type Reaction struct {
	Name string // A sentence, such as "cancelled: stock goes back on the shelf". It is stored, so it is never changed.
	Fact string
	do   func(tx *db.Tx, body string) error
	idle func(db.Fact) bool // idle says that nothing would follow from the fact; nil is never.
}

// Follower is what keeps something in memory in step with a fact.
type Follower struct {
	Name string
	Fact string
	do   func(fact db.Fact, body string) error
}

// On makes a reaction to the facts of type E, which is no pointer and comes back from JSON as it went.
func On[E db.Fact](name string, do func(*db.Tx, E) error) Reaction {
	var none E
	return Reaction{Name: name, Fact: none.Fact(), do: func(tx *db.Tx, body string) error {
		var e E
		if err := json.Unmarshal([]byte(body), &e); err != nil {
			return fmt.Errorf("bus: the fact %s: %w", none.Fact(), err)
		}
		return do(tx, e)
	}}
}

// When makes a reaction like On to those facts of which so holds, and to no others: from them nothing would follow. So looks
// at the fact alone. A delivery that is there already is done in any case, for an older release may have written it.
func When[E db.Fact](name string, so func(E) bool, do func(*db.Tx, E) error) Reaction {
	r := On(name, do)
	r.idle = func(fact db.Fact) bool {
		e, ok := fact.(E)
		return ok && !so(e)
	}
	return r
}

// Unless gives the reaction without those facts that are stated while idle holds: it is for what hardly anybody has, so that
// the others pay nothing for it. Idle is asked in the moment of the fact; it is quick and looks at memory only.
func (r Reaction) Unless(idle func() bool) Reaction {
	r.idle = func(db.Fact) bool { return idle() }
	return r
}

// Follow makes a follower of the facts of type E. Do is quick, begins no moment, and is never called by two goroutines at
// once. For the facts of this node it is called after the commit and before the moment is answered.
func Follow[E db.Fact](name string, do func(E)) Follower {
	var none E
	return Follower{Name: name, Fact: none.Fact(), do: func(fact db.Fact, body string) error {
		if e, ok := fact.(E); ok {
			do(e)
			return nil
		}
		var e E
		if err := json.Unmarshal([]byte(body), &e); err != nil {
			return fmt.Errorf("bus: the fact %s: %w", none.Fact(), err)
		}
		do(e)
		return nil
	}}
}

// After makes a follower of the facts that another one follows, whatever they say.
func (f Follower) After(name string, do func()) Follower {
	return Follower{Name: name, Fact: f.Fact, do: func(db.Fact, string) error { do(); return nil }}
}

// Options are what a bus carries.
type Options struct {
	Reactions []Reaction
	Followers []Follower
	Log       *slog.Logger // nil is slog.Default().
	Listen    string       // The address of PostgreSQL for LISTEN and NOTIFY; when it is empty, other nodes are noticed within a second.
}

// Counts are sums since the bus was made, for metrics.
type Counts struct {
	Facts    atomic.Int64 // Facts that were committed here.
	Done     atomic.Int64 // Reactions that were done here.
	Failed   atomic.Int64 // Tries of reactions that failed here.
	Parked   atomic.Int64 // Reactions that were given up here.
	Followed atomic.Int64 // Calls of followers.
	Foreign  atomic.Int64 // Facts of other nodes that followers were told of.
}

// Bus writes facts and runs what follows from them. Each process has one; many on one PostgreSQL share the work.
type Bus struct {
	store     *db.Store
	log       *slog.Logger
	listen    string
	reactions map[string][]*Reaction // by fact
	byName    map[string]*Reaction
	names     string // The names of all reactions, for SQL.
	followers map[string][]*Follower
	followed  string // The names of all facts that are followed, for SQL.
	me        string
	counts    Counts
	ids       idSource
	wake      chan struct{} // There may be deliveries to take.
	call      chan struct{} // Other nodes should be told so.
	heard     chan struct{} // Another node has stated facts.
	turn      sync.Mutex    // Held while deliveries are taken and done.
	following sync.Mutex    // Held while followers are called.
	watch     watch
}

// New makes the bus of a store and has it write the facts of all moments from now on. Two reactions of one name are a
// mistake of the programmer and panic.
func New(store *db.Store, o Options) *Bus {
	b := &Bus{
		store: store, log: o.Log, listen: o.Listen,
		reactions: make(map[string][]*Reaction), byName: make(map[string]*Reaction), followers: make(map[string][]*Follower),
		me: rand.Text(), wake: make(chan struct{}, 1), call: make(chan struct{}, 1), heard: make(chan struct{}, 1),
	}
	if b.log == nil {
		b.log = slog.Default()
	}
	var names, followed []string
	for _, r := range o.Reactions {
		if r.Name == "" || b.byName[r.Name] != nil {
			panic(fmt.Sprintf("bus: the reaction %q has no name, or one that is taken", r.Name))
		}
		b.byName[r.Name] = &r
		b.reactions[r.Fact] = append(b.reactions[r.Fact], &r)
		names = append(names, r.Name)
	}
	for _, f := range o.Followers {
		if b.followers[f.Fact] == nil {
			followed = append(followed, f.Fact)
		}
		b.followers[f.Fact] = append(b.followers[f.Fact], &f)
	}
	b.names, b.followed = db.In(names), db.In(followed)
	b.ids = newIDs()
	b.watch = newWatch(store.Now())
	store.Seal(b.seal)
	return b
}

// Counts are the running sums of the bus.
func (b *Bus) Counts() *Counts { return &b.counts }

// nudge leaves a note in a channel that holds one: whoever reads it looks at everything.
func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run does what follows from the facts until ctx ends; reactions that are under way are finished first, and what is left
// stays for the next start. It gives no error when it ends so.
func (b *Bus) Run(ctx context.Context) error {
	var others sync.WaitGroup
	defer others.Wait()
	if b.store.Engine() == db.Postgres {
		others.Go(func() { b.watchOthers(ctx) })
		if b.listen != "" {
			others.Go(func() { b.listenToOthers(ctx) })
			others.Go(func() { b.callOthers(ctx) })
		}
	}
	clock := time.NewTicker(lookEvery)
	defer clock.Stop()
	for {
		for ctx.Err() == nil {
			taken, err := b.round(ctx)
			if err != nil && ctx.Err() == nil {
				b.log.Error("bus: deliveries could not be taken", "error", err)
			}
			if taken == 0 || err != nil {
				break
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-b.wake:
		case <-clock.C:
		}
	}
}

// Drain does all that is due now, in this process, and what follows from that, and shows followers the facts of other
// nodes. What pauses after a failure is not due. It is for tests, simulations and commands, with or without Run.
func (b *Bus) Drain(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		taken, err := b.round(ctx)
		if err != nil {
			return err
		}
		if taken == 0 {
			break
		}
	}
	if b.store.Engine() == db.Postgres {
		return b.look(ctx, true)
	}
	return nil
}

// idSource makes the ids of facts: UUIDs of version 7 (RFC 9562 §5.7, with its method 3 for parts of a millisecond) that
// rise strictly in a process, in the order in which moments end, also when two clocks show the same or a clock is set
// back. What tells processes apart is drawn once, not for each id.
type idSource struct {
	mu   sync.Mutex
	last uint64 // Milliseconds and 12 bits of their parts.
	node uint64 // The variant and 62 random bits.
}

func newIDs() idSource {
	var random [8]byte
	_, _ = rand.Read(random[:]) // It never fails.
	return idSource{node: binary.BigEndian.Uint64(random[:])>>2 | 1<<63}
}

func (s *idSource) next(now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = max(s.last+1, ticks(now))
	return uuid(s.last, s.node)
}

// ticks counts 1/4096 milliseconds.
func ticks(t time.Time) uint64 {
	micros := max(t.UnixMicro(), 0)
	return uint64(micros/1000)<<12 | uint64(micros%1000)*4096/1000
}

// floor is an id that comes before all ids from an instant on.
func floor(t time.Time) string { return uuid(ticks(t), 0) }

func uuid(ticks, low uint64) string {
	return fmt.Sprintf("%08x-%04x-7%03x-%04x-%012x",
		ticks>>28, ticks>>12&0xffff, ticks&0xfff, low>>48, low&0xffffffffffff)
}
