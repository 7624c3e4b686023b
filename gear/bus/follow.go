package bus

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"sauda/gear/bus/busdb"
	"sauda/gear/db"
)

const (
	// deepWindow is how much later than its id says a fact of another node can appear: the longest moment, and the
	// difference of the clocks. Behind it nothing is looked for any more.
	deepWindow = 30 * time.Second
	// shortWindow is looked through each second, the deep one each deepEvery looks.
	shortWindow = 3 * time.Second
	deepEvery   = 10
	// fetchMax bounds how many bodies are read at once.
	fetchMax = 500
)

// sighting is a fact on its way to followers.
type sighting struct {
	id, name string
	fact     db.Fact // nil when it comes from another node.
	body     string
}

// watch knows which facts the followers of this node have seen within the deep window.
type watch struct {
	looking sync.Mutex // Held during a look.
	short   time.Time  // When the last look began that ended well.
	deep    time.Time  // When the last deep look began that ended well.

	mu   sync.Mutex
	seen map[string]bool
}

func newWatch(now time.Time) watch { return watch{short: now, deep: now, seen: make(map[string]bool)} }

// know notes facts of this node, so that they are not taken for those of others. On SQLite nobody looks for others.
func (w *watch) know(facts []sighting) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range facts {
		w.seen[s.id] = true
	}
}

// unknown gives those ids that are not known yet.
func (w *watch) unknown(ids []string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var fresh []string
	for _, id := range ids {
		if !w.seen[id] {
			fresh = append(fresh, id)
		}
	}
	return fresh
}

// forget drops ids that no look will meet again.
func (w *watch) forget(before string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id := range w.seen {
		if id < before {
			delete(w.seen, id)
		}
	}
}

// follow shows facts to their followers, one after the other. A follower that panics or cannot read a fact is logged:
// it cannot hold up the house.
func (b *Bus) follow(facts []sighting) {
	b.following.Lock()
	defer b.following.Unlock()
	for _, s := range facts {
		for _, f := range b.followers[s.name] {
			b.counts.Followed.Add(1)
			b.show(f, s)
		}
	}
}

func (b *Bus) show(f *Follower, s sighting) {
	defer func() {
		if p := recover(); p != nil {
			b.log.Error("bus: a follower panicked", "follower", f.Name, "fact", s.id, "panic", p)
		}
	}()
	if err := f.do(s.fact, s.body); err != nil {
		b.log.Error("bus: a follower failed", "follower", f.Name, "fact", s.id, "error", err)
	}
}

// watchOthers looks for facts of other nodes each second, and when a node calls.
func (b *Bus) watchOthers(ctx context.Context) {
	if len(b.followers) == 0 {
		return
	}
	clock := time.NewTicker(lookEvery)
	defer clock.Stop()
	for looks := 1; ; looks++ {
		select {
		case <-ctx.Done():
			return
		case <-clock.C:
		case <-b.heard:
		}
		if err := b.look(ctx, looks%deepEvery == 0); err != nil && ctx.Err() == nil {
			b.log.Warn("bus: facts of other nodes could not be read", "error", err)
		}
	}
}

// look shows followers the facts that others have stated. Facts become visible when their moments are committed, which
// is not the order of their ids, so each look goes back behind the start of the last one, and leaves out what it knows.
func (b *Bus) look(ctx context.Context, deep bool) error {
	if len(b.followers) == 0 {
		return nil
	}
	w := &b.watch
	w.looking.Lock()
	defer w.looking.Unlock()
	now := b.store.Now()
	from := w.short.Add(-shortWindow)
	if deep {
		from = w.deep.Add(-deepWindow)
	}
	fresh, err := b.fresh(ctx, from)
	if err != nil {
		return err
	}
	for len(fresh) > 0 {
		n := min(len(fresh), fetchMax)
		if err := b.fetch(ctx, fresh[:n]); err != nil {
			return err
		}
		fresh = fresh[n:]
	}
	w.short = now
	if deep {
		w.forget(floor(w.deep.Add(-deepWindow)))
		w.deep = now
	}
	return nil
}

// fresh gives the ids of followed facts since an instant that are not known here.
func (b *Bus) fresh(ctx context.Context, from time.Time) (fresh []string, err error) {
	err = b.store.View(ctx, actor, func(tx *db.Tx) error {
		ids, err := busdb.New(tx).FreshFacts(tx.Context(), busdb.FreshFactsParams{Names: b.followed, After: floor(from)})
		fresh = b.watch.unknown(ids)
		return err
	})
	return fresh, err
}

// fetch reads facts and shows them.
func (b *Bus) fetch(ctx context.Context, ids []string) error {
	var facts []sighting
	err := b.store.View(ctx, actor, func(tx *db.Tx) error {
		facts = facts[:0]
		rows, err := busdb.New(tx).FactsByID(tx.Context(), db.In(ids))
		for _, r := range rows {
			facts = append(facts, sighting{id: r.ID, name: r.Name, body: r.Body})
		}
		return err
	})
	if err != nil {
		return err
	}
	b.watch.know(facts)
	b.counts.Foreign.Add(int64(len(facts)))
	b.follow(facts)
	return nil
}

// strip takes fields out of a JSON object; what is no object becomes an empty one.
func strip(body string, fields []string) string {
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(body), &object) != nil {
		return "{}"
	}
	for _, field := range fields {
		delete(object, field)
	}
	text, err := json.Marshal(object)
	if err != nil { // It was read a moment ago.
		return "{}"
	}
	return string(text)
}
