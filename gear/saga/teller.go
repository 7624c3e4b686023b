package saga

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"sauda/gear/db"
	"sauda/gear/saga/sagadb"
)

const (
	// patienceUsual is how long a buyer looks at a spinning wheel before "we are working on it" is the better answer.
	patienceUsual = 10 * time.Second
	// callMax bounds one Call. Card networks answer within 20 seconds or not at all.
	callMax = 20 * time.Second
	// leaseTime is longer than a Call and the moment after it, so that nobody takes over a story that is being told.
	leaseTime = 45 * time.Second
	// leaseSpare is what must be left of a lease when a Call begins.
	leaseSpare = callMax + 10*time.Second
	// clockEvery is how often due stories are looked for.
	clockEvery = 2 * time.Second
	// crowdMax is how many stories the clock tells at once: the world's answers are waited for, not computed.
	crowdMax = 8
	// dueMax is how many due stories are read at once.
	dueMax = 100
)

// Teller tells stories. Each process has one for all its stories; many processes on one PostgreSQL take turns by leases.
type Teller struct {
	store    *db.Store
	log      *slog.Logger
	me       string
	patience time.Duration
	at       func(point string)
	closing  chan struct{}
	once     sync.Once

	mu      sync.Mutex
	plots   map[string]*plot
	telling map[string]*telling
	waking  map[chan struct{}]bool // Stories that are to go on by a word from the world.
}

// Option changes how a teller works.
type Option func(*Teller)

// Patience is how long Tell waits, and tries again, before it answers Running; 10 seconds when it is not set. With 0 it
// waits for as long as every step is tried once, which is what simulations and tests want.
func Patience(d time.Duration) Option { return func(t *Teller) { t.patience = d } }

// At has hook called at every point where a process could die: before and after each moment and each call. It is for
// tests, which panic in it (see KillAt) or end the process.
func At(hook func(point string)) Option { return func(t *Teller) { t.at = hook } }

// Killed is what KillAt panics with. Tell and Resume let it pass to whoever called them.
type Killed struct{ Point string }

// KillAt gives a hook for At that ends the telling at the nth point that it reaches, counted from 1, and at every one
// after it, as the end of the process would. A fresh teller on the same store is the process that starts next.
func KillAt(nth int) func(point string) {
	var mu sync.Mutex
	return func(point string) {
		mu.Lock()
		defer mu.Unlock()
		if nth--; nth <= 0 {
			panic(Killed{point})
		}
	}
}

// NewTeller makes a teller that knows no story yet.
func NewTeller(store *db.Store, log *slog.Logger, options ...Option) *Teller {
	if log == nil {
		log = slog.Default()
	}
	t := &Teller{
		store: store, log: log, me: rand.Text(), patience: patienceUsual, at: func(string) {},
		closing: make(chan struct{}), plots: make(map[string]*plot), telling: make(map[string]*telling),
		waking: make(map[chan struct{}]bool),
	}
	for _, option := range options {
		option(t)
	}
	return t
}

func (t *Teller) learn(p *plot) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.plots[p.name] != nil {
		panic("saga: the story " + p.name + " is learned twice")
	}
	t.plots[p.name] = p
}

func (t *Teller) plot(name string) *plot {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.plots[name]
}

// end is how a telling ended.
type end struct {
	state   any // The state as the last step left it, when it is in memory.
	body    string
	outcome Outcome
	err     error
}

// tell has the story told by one goroutine at a time and waits for it.
func (t *Teller) tell(ctx context.Context, mine *telling) end {
	mine.ctx, mine.teller = context.WithoutCancel(ctx), t
	var over <-chan time.Time
	if t.patience > 0 {
		mine.until = time.Now().Add(t.patience)
		timer := time.NewTimer(t.patience)
		defer timer.Stop()
		over = timer.C
	}
	for {
		g := t.join(mine)
		select {
		case <-g.done:
		case <-over:
			return end{outcome: Running}
		case <-ctx.Done():
			return end{outcome: Running, err: ctx.Err()}
		}
		if g.killed != nil {
			panic(g.killed.with)
		}
		// What brought this second teller may have happened after the first one looked: look again.
		if g == mine || g.end.outcome != Waiting {
			return g.end
		}
	}
}

// join starts this telling, unless one of the same story is under way: then it gives that one.
func (t *Teller) join(mine *telling) *telling {
	t.mu.Lock()
	defer t.mu.Unlock()
	id := mine.plot.name + "\x00" + mine.key
	if other := t.telling[id]; other != nil {
		return other
	}
	mine.done = make(chan struct{})
	t.telling[id] = mine
	go func() {
		defer func() {
			t.mu.Lock()
			delete(t.telling, id)
			t.mu.Unlock()
			close(mine.done)
		}()
		mine.run()
	}()
	return mine
}

// Resume tells every story that is due: those that a crash cut off, those to be tried again, those that have waited. It
// returns when they all rest. On SQLite, which one process has for itself, every lease of another teller is that of a
// dead one; on PostgreSQL a lease must have run out.
func (t *Teller) Resume(ctx context.Context) error {
	if t.store.Engine() == db.SQLite {
		if err := t.resume(ctx, t.orphaned); err != nil {
			return err
		}
	}
	return t.resume(ctx, t.due)
}

// Run resumes stories, at once and then by the clock, until ctx ends; then it waits for the stories under way to come
// to rest, which they do at the next pause.
func (t *Teller) Run(ctx context.Context) error {
	err := t.Resume(ctx)
	clock := time.NewTicker(clockEvery)
	defer clock.Stop()
	for {
		if err != nil && ctx.Err() == nil {
			t.log.Error("saga: stories could not be resumed", "error", err)
		}
		select {
		case <-clock.C:
			err = t.resume(ctx, t.due)
		case <-ctx.Done():
			t.rest()
			return nil
		}
	}
}

// rest waits until nobody tells a story any more.
func (t *Teller) rest() {
	t.once.Do(func() { close(t.closing) })
	for {
		t.mu.Lock()
		var one *telling
		for _, one = range t.telling {
			break
		}
		t.mu.Unlock()
		if one == nil {
			return
		}
		<-one.done
	}
}

// found is a story that is to be told.
type found struct{ ID, Name, Key string }

type search func(tx *db.Tx, names string) ([]found, error)

func (t *Teller) due(tx *db.Tx, names string) (list []found, err error) {
	rows, err := sagadb.New(tx).DueStories(tx.Context(), sagadb.DueStoriesParams{Now: tx.Now().UnixMicro(), Names: names, Many: dueMax})
	for _, r := range rows {
		list = append(list, found(r))
	}
	return list, err
}

func (t *Teller) orphaned(tx *db.Tx, names string) (list []found, err error) {
	rows, err := sagadb.New(tx).OrphanedStories(tx.Context(), sagadb.OrphanedStoriesParams{Me: t.me, Names: names, Many: dueMax})
	for _, r := range rows {
		list = append(list, found(r))
	}
	return list, err
}

// resume tells what the search finds until it finds nothing new.
func (t *Teller) resume(ctx context.Context, search search) error {
	told := make(map[string]bool)
	for ctx.Err() == nil {
		var list []found
		err := t.store.View(ctx, db.System, func(tx *db.Tx) (err error) {
			list, err = search(tx, db.In(t.known()))
			return err
		})
		if err != nil {
			return err
		}
		fresh := slices.DeleteFunc(slices.Clone(list), func(f found) bool { return told[f.ID] })
		for _, f := range fresh {
			told[f.ID] = true
		}
		if err := t.crowd(ctx, fresh); err != nil {
			return err
		}
		if len(fresh) == 0 || len(list) < dueMax {
			return nil
		}
	}
	return ctx.Err()
}

// crowd tells several stories at once and gives the troubles of the teller itself; those of a story are in its row.
func (t *Teller) crowd(ctx context.Context, list []found) error {
	var (
		wait   sync.WaitGroup
		mu     sync.Mutex
		killed *death
		failed []error
		places = make(chan struct{}, crowdMax)
	)
	for _, f := range list {
		if ctx.Err() != nil {
			break
		}
		places <- struct{}{}
		wait.Go(func() {
			g := t.join(&telling{teller: t, ctx: context.WithoutCancel(ctx), plot: t.plot(f.Name), key: f.Key, resumed: true})
			<-g.done
			mu.Lock()
			defer mu.Unlock()
			if g.killed != nil {
				killed = g.killed
			}
			if g.end.outcome == Running && g.end.err != nil {
				failed = append(failed, g.end.err)
			}
			<-places
		})
	}
	wait.Wait()
	if killed != nil {
		panic(killed.with)
	}
	return errors.Join(failed...)
}

func (t *Teller) known() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	names := make([]string, 0, len(t.plots))
	for name := range t.plots {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
