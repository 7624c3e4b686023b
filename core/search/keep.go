package search

import (
	"context"
	"crypto/rand"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/search/index"
	"sauda/gear/db"
	"sauda/gear/job"
)

// Keeper keeps the index of a node in step with the store, and answers from it. Each process has one.
type Keeper struct {
	store    *db.Store
	log      *slog.Logger
	currency money.Currency
	node     string
	index    *index.Index
	rules    atomic.Pointer[rules]
	phrases  atomic.Pointer[[]phrase]
	around   atomic.Pointer[surroundings]
	built    atomic.Pointer[surroundings] // built are those that the words of the index were made with.
	notes    *notes
	ready    atomic.Bool
	wake     chan struct{}
	work     sync.Mutex        // Held while changes are brought over, and while a new index takes its place.
	merging  atomic.Bool       // merging says that a goroutine merges segments.
	turn     catalog.ProductID // turn is the bundle behind which the next turn begins; of whoever holds work.
	day      span.Day          // day is the one whose prices the index has; of whoever holds work.
	took     atomic.Int64
	changed  func()

	mu       sync.Mutex
	dirty    changes
	since    changes // since are the changes since the building began, which the new index must look at again.
	building bool
}

// Options say what an index is of.
type Options struct {
	Store    *db.Store
	Currency money.Currency // Currency is of the prices that goods are filtered and sorted by.
	Dir      string         // Dir is a folder for the index alone, where a new start finds it again; empty builds it at each start.
	Log      *slog.Logger
	Changed  func() // Changed is called when the index finds something else than before; nil is nobody.
}

// New is a keeper whose index is not built yet. Run or Catch builds it.
func New(o Options) *Keeper {
	k := &Keeper{store: o.Store, log: o.Log, currency: o.Currency, changed: o.Changed, node: rand.Text()[:8], notes: newNotes(),
		wake: make(chan struct{}, 1), dirty: newChanges(), since: newChanges()}
	if k.log == nil {
		k.log = slog.Default()
	}
	if k.changed == nil {
		k.changed = func() {}
	}
	k.index = index.New(index.Options{Dir: o.Dir, Trouble: func(err error) { k.log.Error("search: a file of the index", "error", err) }})
	k.rules.Store(&rules{}) // The common words take a moment to prepare, and nobody asks before there is an index.
	k.phrases.Store(&[]phrase{})
	return k
}

// Ready tells whether the index can be asked. Until then the plain list of the catalogue answers.
func (k *Keeper) Ready() bool { return k.ready.Load() }

// Building tells whether a new index is being built, which reads all goods.
func (k *Keeper) Building() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.building
}

// Stats are the numbers of an index, for people who watch it.
type Stats struct {
	Ready    bool
	Products int
	Segments int
	Bytes    int64
	Took     time.Duration // Took is how long the last building took.
}

// Stats gives the numbers of the index.
func (k *Keeper) Stats() Stats {
	docs, segments, bytes := k.index.Size()
	return Stats{Ready: k.Ready(), Products: docs, Segments: segments, Bytes: bytes, Took: time.Duration(k.took.Load())}
}

const (
	gather     = 20 * time.Millisecond // gather is how long changes are waited for that come together.
	lookEvery  = time.Minute           // lookEvery is how often it is asked whether the day, and with it the prices, is another.
	writeEvery = 10 * time.Second      // writeEvery is how much counting a crash may lose.
	retryAfter = time.Second
	walkPage   = 200
	numberPage = catalog.PageMax
	turnOf     = 2_000 // turnOf is how many bundles are looked at again in one turn.
)

// Run builds the index and keeps it in step until ctx ends. A new one is built beside the one in use, which follows the
// changes meanwhile.
func (k *Keeper) Run(ctx context.Context) error {
	var builds sync.WaitGroup
	defer builds.Wait()
	clock, pen := time.NewTicker(lookEvery), time.NewTicker(writeEvery)
	defer clock.Stop()
	defer pen.Stop()
	defer k.save()
	defer k.write(context.WithoutCancel(ctx))
	if k.open(ctx) {
		builds.Go(func() { k.again(ctx, k.review(ctx), changes{all: true}) })
	} else {
		k.mu.Lock()
		k.dirty.all = true
		k.mu.Unlock()
	}
	for {
		c := k.take()
		if c.all && k.begin() {
			builds.Go(func() { k.again(ctx, k.build(ctx), changes{all: true}) })
			c.all = false
		}
		if k.Ready() {
			k.again(ctx, k.apply(ctx, c), c)
			k.mergeAside(&builds)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-k.wake:
			wait(ctx, gather)
		case <-pen.C:
			k.write(ctx)
		case <-clock.C:
			k.look(ctx)
		}
	}
}

// again notes changes anew that could not be brought over, and waits a little before they are tried again.
func (k *Keeper) again(ctx context.Context, err error, c changes) {
	if err == nil || ctx.Err() != nil {
		return
	}
	k.log.Error("search: the index could not follow", "error", err)
	wait(ctx, retryAfter)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.dirty.join(c)
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// look begins a new index when the day is another, for prices have days, and learns anew what people ask for.
func (k *Keeper) look(ctx context.Context) {
	if !k.Ready() {
		return
	}
	k.work.Lock()
	old := k.day != span.DayOf(k.store.Now(), span.Almaty)
	k.work.Unlock()
	if old {
		k.mu.Lock()
		k.dirty.all = true
		k.mu.Unlock()
		return
	}
	if err := k.apply(ctx, changes{tree: true}); err != nil && ctx.Err() == nil {
		k.log.Warn("search: suggestions could not be learned", "error", err)
	}
	if err := k.Recount(ctx); err != nil && ctx.Err() == nil {
		k.log.Warn("search: bundles could not be counted", "error", err)
	}
}

// Recount looks at the stock of the next bundles in turn, turnOf at most. A fact tells when a part runs out, and none when
// less is left of it than a bundle needs.
func (k *Keeper) Recount(ctx context.Context) error {
	k.work.Lock()
	defer k.work.Unlock()
	var bundles []catalog.ProductID
	err := job.Look(ctx, k.store, db.System, func(tx *db.Tx) (err error) {
		bundles, err = catalog.BundlesAfter(tx, k.turn, turnOf)
		return err
	})
	if err != nil {
		return err
	}
	k.turn = ""
	if len(bundles) == turnOf {
		k.turn = bundles[turnOf-1]
	}
	return k.setNumbers(ctx, bundles)
}

// Catch brings the index up to date now: it builds it if there is none, and looks at all changes that were noted. It is
// for tests and commands, with or without Run.
func (k *Keeper) Catch(ctx context.Context) error {
	c := k.take()
	if c.all || !k.Ready() {
		if k.begin() {
			if err := k.build(ctx); err != nil {
				return err
			}
		}
		c.join(k.take())
		c.all = false
	}
	if err := k.apply(ctx, c); err != nil {
		return err
	}
	k.index.Merge()
	return nil
}

// take gives the changes that were noted, and begins anew.
func (k *Keeper) take() changes {
	k.mu.Lock()
	defer k.mu.Unlock()
	c := k.dirty
	k.dirty = newChanges()
	return c
}

// begin says that a new index is being built, unless one is already: then the wish stays.
func (k *Keeper) begin() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.building {
		k.since.all = true
		return false
	}
	k.building, k.since = true, newChanges()
	return true
}

// end says that the building is over, and notes what the new index must look at again.
func (k *Keeper) end() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.building = false
	k.changed()
	k.dirty.join(k.since)
	k.since = newChanges()
	if !k.dirty.empty() {
		select {
		case k.wake <- struct{}{}:
		default:
		}
	}
}

// build reads all goods and puts a new index in place. begin was called before.
func (k *Keeper) build(ctx context.Context) error {
	defer k.end()
	began := time.Now()
	var s surroundings
	var decided *rules
	day := span.DayOf(k.store.Now(), span.Almaty)
	err := job.Look(ctx, k.store, db.System, func(tx *db.Tx) (err error) {
		if s, err = around(tx); err != nil {
			return err
		}
		decided, err = readRules(tx)
		return err
	})
	if err != nil {
		return err
	}
	bulk, err := k.read(ctx, s)
	if err != nil {
		return err
	}
	k.work.Lock()
	defer k.work.Unlock()
	k.index.Replace(bulk, s.tree)
	k.around.Store(&s)
	k.built.Store(&s)
	k.rules.Store(decided)
	k.day = day
	k.took.Store(int64(time.Since(began)))
	k.ready.Store(true)
	k.save()
	return k.learnPhrases(ctx)
}

// read reads all goods on sale. One goroutine reads while the other indexes.
func (k *Keeper) read(ctx context.Context, s surroundings) (*index.Bulk, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	pages := make(chan []*index.Document, pagesAhead)
	failed := make(chan error, 1)
	go func() {
		defer close(pages)
		for after, more := catalog.ProductID(""), true; more; {
			var docs []*index.Document
			err := job.Look(ctx, k.store, db.System, func(tx *db.Tx) error {
				products, err := catalog.Walk(tx, after, walkPage)
				if err != nil {
					return err
				}
				if more = len(products) == walkPage; len(products) > 0 {
					after = products[len(products)-1].ID
				}
				docs, err = documents(tx, products, s, k.currency)
				return err
			})
			if err != nil {
				failed <- err
				return
			}
			pages <- docs
		}
	}()
	bulk := k.index.Bulk()
	for docs := range pages {
		for _, d := range docs {
			bulk.Add(d)
		}
	}
	select {
	case err := <-failed:
		return nil, err
	default:
		return bulk, nil
	}
}

// pagesAhead is how many pages are read before they are indexed.
const pagesAhead = 2

// apply brings changes over.
func (k *Keeper) apply(ctx context.Context, c changes) error {
	k.work.Lock()
	defer k.work.Unlock()
	defer k.changed()
	if c.rules || c.tree {
		if err := k.relearn(ctx); err != nil {
			return err
		}
	}
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(c.products)), walkPage) {
		if err := k.applyProducts(ctx, ids); err != nil {
			return err
		}
	}
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(c.variants)), catalog.OffersMax) {
		if err := k.applyNumbers(ctx, ids); err != nil {
			return err
		}
	}
	return nil
}

// relearn reads the rules, the tree and the phrases anew.
func (k *Keeper) relearn(ctx context.Context) error {
	err := job.Look(ctx, k.store, db.System, func(tx *db.Tx) error {
		decided, err := readRules(tx)
		if err != nil {
			return err
		}
		s, err := around(tx)
		if err != nil {
			return err
		}
		k.rules.Store(decided)
		k.around.Store(&s)
		if built := k.built.Load(); built != nil && s.extends(built) {
			k.built.Store(&s)
		}
		k.index.SetTree(s.tree)
		return nil
	})
	if err != nil {
		return err
	}
	return k.learnPhrases(ctx)
}

// applyProducts indexes products again.
func (k *Keeper) applyProducts(ctx context.Context, ids []catalog.ProductID) error {
	var docs []*index.Document
	var bundles []catalog.ProductID // They stand and fall with these products.
	err := job.Look(ctx, k.store, db.System, func(tx *db.Tx) error {
		products, err := catalog.Some(tx, ids)
		if err != nil {
			return err
		}
		if bundles, err = catalog.BundlesWith(tx, ids); err != nil {
			return err
		}
		docs, err = documents(tx, products, *k.around.Load(), k.currency)
		return err
	})
	if err != nil {
		return err
	}
	gone := make(map[string]bool, len(ids))
	for _, id := range ids {
		gone[string(id)] = true
	}
	for _, d := range docs {
		delete(gone, d.ID)
	}
	k.index.Apply(docs, slices.Sorted(maps.Keys(gone)))
	return k.setNumbers(ctx, bundles)
}

// applyNumbers overwrites the prices and stocks of the products to which variants belong, and of the bundles that they are
// in.
func (k *Keeper) applyNumbers(ctx context.Context, variants []catalog.VariantID) error {
	var products []catalog.ProductID
	err := job.Look(ctx, k.store, db.System, func(tx *db.Tx) (err error) {
		products, err = catalog.ProductsTouched(tx, variants)
		return err
	})
	if err != nil {
		return err
	}
	return k.setNumbers(ctx, products)
}

// setNumbers overwrites the prices and stocks of products.
func (k *Keeper) setNumbers(ctx context.Context, products []catalog.ProductID) error {
	for ids := range slices.Chunk(products, numberPage) {
		if err := k.renumber(ctx, ids); err != nil {
			return err
		}
	}
	return nil
}

// renumber overwrites the prices and stocks of at most numberPage products.
func (k *Keeper) renumber(ctx context.Context, ids []catalog.ProductID) error {
	var numbers map[catalog.ProductID]index.Numbers
	err := job.Look(ctx, k.store, db.System, func(tx *db.Tx) error {
		summaries, err := catalog.Summaries(tx, ids, catalog.StateOnSale)
		if err != nil {
			return err
		}
		numbers, err = numbersFor(tx, summaries, ids, k.currency)
		return err
	})
	for id, n := range numbers {
		k.index.SetNumbers(string(id), n)
	}
	return err
}

// mergeAside merges small segments while changes go on.
func (k *Keeper) mergeAside(group *sync.WaitGroup) {
	if !k.merging.CompareAndSwap(false, true) {
		return
	}
	group.Go(func() {
		defer k.merging.Store(false)
		if k.index.Merge() {
			k.save()
		}
	})
}

// write writes the notes down, or says in the log why not.
func (k *Keeper) write(ctx context.Context) {
	if err := k.WriteNotes(ctx); err != nil && ctx.Err() == nil {
		k.log.Warn("search: what was asked could not be written down", "error", err)
	}
}

// WriteNotes writes down what was asked and chosen since the last time. What cannot be written is lost: it is a count.
func (k *Keeper) WriteNotes(ctx context.Context) error {
	queries, clicks := k.notes.take()
	if len(queries)+len(clicks) == 0 {
		return nil
	}
	return job.Once(ctx, k.store, db.System, func(tx *db.Tx) error { return Learn(tx, k.node, queries, clicks) })
}
