// Package app puts the house together: the store and its tables, the drivers of the outside world, the stories, what
// follows from facts (reactions.go), what is due at a time (clockwork.go), and the faces.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"sauda/base/money"
	"sauda/core/agreement"
	"sauda/core/booking"
	"sauda/core/choice"
	"sauda/core/course"
	"sauda/core/estimate"
	"sauda/core/gift"
	"sauda/core/search"
	"sauda/core/seller"
	"sauda/core/shelf"
	"sauda/core/utility"
	"sauda/core/webhook"
	"sauda/face/office"
	"sauda/flow/checkout"
	"sauda/flow/collect"
	"sauda/flow/deliver"
	"sauda/flow/display"
	"sauda/flow/floor"
	"sauda/flow/fulfil"
	"sauda/flow/intake"
	"sauda/flow/renew"
	"sauda/flow/takeback"
	"sauda/gear/blob"
	"sauda/gear/bus"
	"sauda/gear/cache"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/saga"
	"sauda/gear/seal"
	"sauda/gear/session"
	"sauda/gear/web"
)

// Config says what house to open.
type Config struct {
	Data     string // Data is the folder of the house: the SQLite file, the journal of the test gateway, letters.
	Postgres string // Postgres is the address of PostgreSQL; empty keeps the house in SQLite below Data.
	Log      *slog.Logger
	Now      func() time.Time // Now is the clock; nil is time.Now.
	Random   io.Reader        // Random is the source of ids; nil is the system's.

	PublicURL     string     // PublicURL is how browsers reach the house: "https://shop.example". Empty is http on loopback.
	Version       string     // Version is the binary's.
	Quiet         bool       // Quiet keeps no access log.
	Limits        web.Limits // Limits bound what one client may ask.
	AdminPassword string     // AdminPassword is for the administrator of an empty house; a random one when it is empty.
	Cards         Cards
	Carrier       Carrier
	Mail          Mail
	Biller        Biller
	Internet      Internet
	Exchange      Exchange
	Keys          seal.Keys   // Keys seal secrets that the house must read again; without them those of the file seal.key below Data.
	Files         blob.Bucket // Files is where the files of goods are kept; without an endpoint in the folder media below Data.

	// At is called at every point where a story could die; tests end the process there.
	At func(point string)
	// Patience is how long an order waits for the bank before the buyer is told that it goes on by itself. Below zero,
	// every step is tried once and none a second time: simulations move the clock by themselves.
	Patience time.Duration
}

// House is Sauda, put together and ready to serve.
type House struct {
	Store    *db.Store
	Bus      *bus.Bus
	Teller   *saga.Teller
	Clock    *job.Clock
	Sessions *session.Keeper
	Desk     *checkout.Desk
	Packing  *fulfil.Bench
	Counter  deliver.Counter
	Renewals *renew.Desk // Renewals makes the orders of subscriptions.
	Returns  *takeback.Desk
	Imports  *intake.Desk
	Search   *search.Keeper
	Display  *display.Keeper
	Watch    *office.Watch      // Watch wakes open pages of the office.
	Hooks    *webhook.Watch     // Hooks knows what the programs of sellers want to be told.
	Hammer   *floor.Hammer      // Hammer brings auctions and tenders to their end.
	Floor    *floor.Floor       // Floor runs the exchange; nil on a node where it does not run.
	Board    *floor.Board       // Board is what the public sees of it.
	Till     *floor.Till        // Till pays out what accounts have at the exchange.
	Collect  *collect.Collector // Collect pays at providers that keep their books elsewhere, and what is paid by itself.
	Notary   *floor.Notary      // Notary has the market make what two have agreed on by themselves.
	Server   *web.Server

	FirstAdmin Admin // FirstAdmin is set when this opening furnished an empty house.

	config  Config
	files   blob.Store
	world   world
	chair   *floor.Chair
	shelf   *shelf.Shelf
	copies  *web.Copies
	closers []func() error
}

// Open opens the house: it brings the tables up to date, furnishes an empty house so that it can sell, and wires the
// rest. Nothing runs before Run.
func Open(ctx context.Context, c Config) (*House, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	h := &House{config: c}
	if err := h.open(ctx); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

func (h *House) open(ctx context.Context) error {
	c := h.config
	store, err := OpenStore(ctx, c)
	if err != nil {
		return err
	}
	h.Store = store
	h.closers = append(h.closers, store.Close)
	if err := store.Migrate(ctx, Schemas); err != nil {
		return err
	}
	if err := h.openExchange(); err != nil {
		return err
	}
	if h.files, err = openFiles(c); err != nil {
		return err
	}
	h.world, err = openWorld(c, h)
	if err != nil {
		return err
	}
	if err := h.tell(); err != nil {
		return err
	}
	h.copies = web.NewCopies(copiesBytes)
	h.shelf = shelf.New(cache.New[[]byte](shelfBytes), h.copies)
	h.Search = search.New(search.Options{Store: store, Currency: money.KZT, Dir: c.indexDir(), Log: c.Log, Changed: h.listed})
	h.Sessions = session.New(session.Options{Lookup: lookup, TLS: c.secure(), Now: c.Now})
	h.Watch = office.NewWatch()
	h.Hooks = webhook.NewWatch()
	h.Display = display.New(store, string(seller.Own), c.Log)
	h.Bus = bus.New(store, bus.Options{Reactions: slices.Concat(h.reactions(), h.exchangeReactions(), h.services(), h.bookingReactions(), h.waitReactions(), h.agreementReactions(), h.courseReactions(), h.estimateReactions(), h.giftReactions(), h.billReactions(), h.letters(), h.courseLetters(), h.bookingLetters(), h.waitLetters(), h.hooks()), Followers: h.followers(), Log: c.Log, Listen: c.Postgres})
	h.Clock = job.New(store, slices.Concat(h.jobs(), h.exchangeJobs(), h.bookingJobs(), h.waitJobs(), h.agreementJobs(), courseJobs(), estimateJobs(), h.giftJobs(), h.billJobs()), c.Log)
	if err := furnish(ctx, h); err != nil {
		return fmt.Errorf("furnish the house: %w", err)
	}
	if err := errors.Join(h.Display.Catch(ctx), job.Look(ctx, store, db.System, h.Hooks.Load)); err != nil {
		return err
	}
	h.Server = h.serve()
	return nil
}

// shelfBytes bounds what is kept in memory of products that were shown: twenty-five thousand pages, and the lists.
const shelfBytes = 32 << 20

// copiesBytes bounds the pages that are kept ready for visitors without cookies: about two thousand.
const copiesBytes = 20 << 20

// tell makes the teller and the flows that have stories.
func (h *House) tell() (err error) {
	options := []saga.Option{}
	if h.config.At != nil {
		options = append(options, saga.At(h.config.At))
	}
	if h.config.Patience != 0 {
		options = append(options, saga.Patience(max(0, h.config.Patience)))
	}
	h.Teller = saga.NewTeller(h.Store, h.config.Log, options...)
	h.Desk = checkout.New(h.Teller, h.world.gateways...)
	if h.Desk.Keys, err = openKeys(h.config); err != nil {
		return err
	}
	h.Desk.Ways = choice.WaysOf(booking.Way{}, course.Way{}, utility.Way{}, agreement.Way{}, gift.Way{}, estimate.Way{})
	h.Renewals = renew.New(h.Teller, h.renew)
	h.Counter = deliver.Counter{Ways: h.Desk.Ways}
	h.Packing = fulfil.New(h.Teller, h.world.carriers...)
	h.Till, h.chair = floor.NewTill(h.Floor, h.Teller), floor.NewChair(h.Floor, h.Teller)
	h.Hammer = floor.NewHammer(h.Floor, h.Teller, h.Desk.Keys)
	h.Notary = floor.NewNotary(h.Floor, h.Teller)
	h.Collect = h.collector()
	h.Returns = takeback.New(h.Teller, h.world.gateways...)
	h.Imports = intake.NewDesk(h.Store, below(h.config.Data, "imports"), h.Library(), h.config.Log)
	return nil
}

// openKeys finds what seals secrets. A house without a folder and without a key keeps none.
func openKeys(c Config) (seal.Keys, error) {
	if c.Keys.Ready() || c.Data == "" {
		return c.Keys, nil
	}
	return seal.Open(below(c.Data, "seal.key"))
}

// indexDir is where the search index lies: beside the SQLite file, which one process has to itself. Those that share a
// PostgreSQL may share Data too, so each builds its own.
func (c Config) indexDir() string {
	if c.Postgres != "" {
		return ""
	}
	return below(c.Data, "search")
}

// openFiles finds where files are kept. An object store is asked when it is first needed.
func openFiles(c Config) (blob.Store, error) {
	if c.Files.Endpoint == "" {
		return blob.Folder{Dir: below(c.Data, "media")}, nil
	}
	return blob.OpenBucket(c.Files)
}

// OpenStore opens the store of a house and nothing else, for commands that only migrate or look.
func OpenStore(ctx context.Context, c Config) (*db.Store, error) {
	d := db.Config{DSN: c.Postgres, Now: c.Now, Random: c.Random, Log: c.Log}
	if c.Postgres == "" {
		d.Path = filepath.Join(c.Data, "sauda.db")
	}
	return db.Open(ctx, d)
}

// Run does what is due until ctx ends: reactions, stories, the clock. What is under way is finished first.
func (h *House) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	parts := []func(context.Context) error{
		h.Bus.Run, h.Teller.Run, h.Clock.Run, h.Search.Run, h.Display.Run, h.Imports.Run, h.rest,
		func(ctx context.Context) error { return h.world.drive(ctx, h.config.Log) },
		func(ctx context.Context) error { return h.Floor.Run(ctx, h.Store, h.Board) },
	}
	ended := make(chan error, len(parts))
	for _, run := range parts {
		go func() { ended <- run(ctx) }()
	}
	var err error
	for range parts {
		if e := <-ended; e != nil && ctx.Err() == nil {
			err = errors.Join(err, e)
			stop()
		}
	}
	return err
}

// Settle does all that is due now, without waiting for any clock: for tests, simulations and commands.
func (h *House) Settle(ctx context.Context) error {
	for range settleRounds {
		before := h.Store.Counts().Moments.Load()
		if err := errors.Join(h.Bus.Drain(ctx), h.Teller.Resume(ctx), h.Teller.Quiet(ctx)); err != nil {
			return err
		}
		if h.Store.Counts().Moments.Load() == before {
			break
		}
	}
	if err := errors.Join(h.Display.Catch(ctx), h.Floor.Catch(ctx, h.Store)); err != nil {
		return err
	}
	if h.Search.Ready() { // A command that only brings something in needs no index.
		return h.Search.Catch(ctx)
	}
	return nil
}

// settleRounds bounds how long facts and stories may cause each other.
const settleRounds = 20

// Handler answers requests.
func (h *House) Handler() http.Handler { return h.Server }

// Close lets go of the store and of the drivers. The house must not serve any more.
func (h *House) Close() error {
	var err error
	if h.Server != nil {
		ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
		defer stop()
		err = h.Server.Close(ctx)
	}
	for i := len(h.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, h.closers[i]())
	}
	h.closers = nil
	return err
}

// secure tells whether browsers come by https.
func (c Config) secure() bool { return len(c.PublicURL) > 8 && c.PublicURL[:8] == "https://" }
