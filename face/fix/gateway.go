// Package fix is the gateway by which brokers trade on the exchange in FIX 4.4 and FIX 5.0 SP2: orders in, reports of all
// that happens to them out, and beside them what is traded, market data and own trades. Messages and sessions are the
// work of gear/fix; what a message means is said here.
//
//	OnMessages ─▶ request ─▶ floor.Send ─▶ the market ─▶ floor.Watch ─▶ reports, in the order of the events
//	    └── what cannot be served is refused by name              └── of orders from elsewhere too
//
// A session is a trader: it is called by the trader's code, and an API key of the trader's user with the scope
// exchange.trade is its password, which is looked at again as long as the session lasts. A trader is there once at a time.
//
// All that is told of orders comes from one place, the events of the market, so that no report overtakes another. An
// order is known by its ClOrdID: what may have come before is answered with the state of the order, and never becomes a
// second one.
package fix

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/db"
	wire "sauda/gear/fix"
	"sauda/gear/session"
)

// Config is what a gateway is made of. Floor, Board, Store, Keys and Stores must be there.
type Config struct {
	Floor  *floor.Floor
	Board  *floor.Board
	Store  *db.Store
	Keys   *session.Keeper
	Stores wire.Stores // Stores keep what sessions have sent.
	House  string      // House is what the other side calls us in TargetCompID; empty is SAUDA.
	TLS    *tls.Config
	Log    *slog.Logger
	Now    func() time.Time // Now is the clock of market data and status; nil is time.Now.
	Check  time.Duration    // Check is how often the keys of sessions are looked at again; zero is ten seconds.
	Rate   int              // Rate is how many messages of the trade a second a session may bring; zero is any number.
	Burst  int
}

const (
	houseUsual = "SAUDA"
	checkUsual = 10 * time.Second
	lagMax     = 100_000         // lagMax is how many events may wait to be told before requests wait, too.
	fullWait   = 2 * time.Second // fullWait is how long a request waits for a market that has too much to do.
	closeWait  = 3 * time.Second // closeWait is how long the sessions may take to say goodbye.
)

// Gateway is the FIX door of a market. Its methods may be called by several goroutines.
type Gateway struct {
	config Config
	log    *slog.Logger
	server *wire.Server
	ctx    context.Context // ctx ends when the gateway closes.
	stop   context.CancelFunc
	wait   sync.WaitGroup
	known  atomic.Pointer[symbols]

	inbox struct { // inbox is what the market has said and nobody has been told yet.
		sync.Mutex
		events []venue.Event
		causes []cause
		ring   *sync.Cond
	}
	lag atomic.Int64

	mu     sync.Mutex
	desks  map[string]*desk // desks are those of traders that have logged on, by the codes of the traders.
	by     map[uint32]*desk // by has the same by the numbers of the traders.
	orders map[uint64]*order
	seq    uint64 // seq is the last event that was told.
	moved  *sync.Cond
	causes []cause
	body   wire.Body
}

// cause is a request that the market has answered, and by which events.
type cause struct {
	from, to uint64
	request  *request
}

// Open makes a gateway of a market that runs, and knows all orders that stand in it.
func Open(c Config) (*Gateway, error) {
	if c.House == "" {
		c.House = houseUsual
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Check <= 0 {
		c.Check = checkUsual
	}
	g := &Gateway{config: c, log: c.Log, desks: make(map[string]*desk), by: make(map[uint32]*desk)}
	g.moved, g.inbox.ring = sync.NewCond(&g.mu), sync.NewCond(&g.inbox.Mutex)
	g.ctx, g.stop = context.WithCancel(context.Background())
	w, err := g.begin()
	if err != nil {
		g.stop()
		return nil, err
	}
	g.server, err = wire.New(wire.Config{
		Stores: c.Stores, Application: g, Authenticate: g.prove, Find: g.find, TLS: c.TLS, Log: c.Log,
	})
	if err != nil {
		g.stop()
		c.Floor.Leave(w)
		return nil, err
	}
	g.wait.Go(func() { g.follow(w) })
	g.wait.Go(g.tellAll)
	g.wait.Go(g.check)
	return g, nil
}

// Serve takes connections from a listener until the gateway or the listener is closed. After Close it gives nil.
func (g *Gateway) Serve(l net.Listener) error { return g.server.Serve(l) }

// Close says goodbye to all sessions, and follows the market no more. The floor must be open until then, for sessions whose
// orders end with their connection.
func (g *Gateway) Close() error {
	ctx, stop := context.WithTimeout(context.Background(), closeWait)
	defer stop()
	err := g.server.Close(ctx, "The exchange closes")
	g.stop()
	g.inbox.Lock() // Whoever is about to wait either sees the end or hears of it.
	g.inbox.ring.Broadcast()
	g.inbox.Unlock()
	g.mu.Lock()
	g.moved.Broadcast()
	g.mu.Unlock()
	g.wait.Wait()
	return err
}

// begin begins to watch the market and learns which orders stand in it.
func (g *Gateway) begin() (*floor.Watch, error) {
	w, err := g.config.Floor.Watch()
	if err != nil {
		return nil, err
	}
	var orders map[uint64]*order
	var seq uint64
	if err := g.config.Floor.Look(g.ctx, func(v *venue.Venue) { orders, seq = standing(v), v.Reported() }); err != nil {
		g.config.Floor.Leave(w)
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.orders, g.seq = orders, seq
	g.moved.Broadcast()
	return w, nil
}

// follow takes events from the market into the inbox, faster than they can be told. Should it be cut off all the same, all
// sessions are ended and everything begins anew: no report is missing in a session that goes on.
func (g *Gateway) follow(w *floor.Watch) {
	defer func() { g.config.Floor.Leave(w) }()
	for {
		select {
		case events, open := <-w.Events:
			if !open {
				again, err := g.anew()
				if err != nil {
					if g.ctx.Err() == nil && !errors.Is(err, floor.ErrClosed) {
						g.log.Error("the FIX gateway cannot follow the exchange", "err", err)
					}
					return
				}
				w = again
				continue
			}
			g.lag.Add(int64(len(events)))
			g.inbox.Lock()
			g.inbox.events = append(g.inbox.events, events...)
			g.inbox.Unlock()
			g.inbox.ring.Signal()
		case <-g.ctx.Done():
			return
		}
	}
}

// anew ends all sessions and begins to follow again.
func (g *Gateway) anew() (*floor.Watch, error) {
	g.inbox.Lock()
	g.lag.Add(-int64(len(g.inbox.events)))
	g.inbox.events, g.inbox.causes = nil, nil
	g.inbox.Unlock()
	w, err := g.begin()
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.causes = nil
	for _, d := range g.desks {
		d.stale = true
		if d.session != nil {
			d.session.Logout("The gateway has fallen behind: log on again, and ask for the state of your orders")
		}
	}
	return w, nil
}

// tellAll tells what has come into the inbox, until the gateway closes.
func (g *Gateway) tellAll() {
	var events []venue.Event
	var causes []cause
	for {
		g.inbox.Lock()
		for len(g.inbox.events) == 0 && g.ctx.Err() == nil {
			g.inbox.ring.Wait()
		}
		if g.ctx.Err() != nil {
			g.inbox.Unlock()
			return
		}
		events, g.inbox.events = g.inbox.events, events[:0]
		causes, g.inbox.causes = g.inbox.causes, causes[:0]
		g.inbox.Unlock()
		g.mu.Lock()
		g.causes = append(g.causes, causes...)
		for n := range events {
			if e := &events[n]; e.Seq > g.seq {
				g.tell(e, g.causeOf(e.Seq))
				g.seq = e.Seq
			}
		}
		g.mu.Unlock()
		g.moved.Broadcast()
		g.lag.Add(-int64(len(events)))
	}
}

// causeOf gives the request of a session that has led to an event, or nil. With the lock.
func (g *Gateway) causeOf(seq uint64) *request {
	for len(g.causes) > 0 && g.causes[0].to < seq {
		g.causes = g.causes[1:]
	}
	if len(g.causes) > 0 && g.causes[0].from <= seq {
		return g.causes[0].request
	}
	return nil
}

// answered hears from the market that a request was answered, before its events are told.
func (g *Gateway) answered(r *request, events []venue.Event, err error) {
	if err != nil {
		g.log.Error("the exchange has not answered", "err", err)
		go r.desk.unanswered(r) // It may have to wait for somebody who waits for the market himself.
		return
	}
	c := cause{events[0].Seq, events[len(events)-1].Seq, r}
	g.inbox.Lock()
	g.inbox.causes = append(g.inbox.causes, c)
	g.inbox.Unlock()
}

// reach waits until an event has been told, so that what is answered then is no older than what was said.
func (g *Gateway) reach(seq uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.seq < seq && g.ctx.Err() == nil {
		g.moved.Wait()
	}
}

// standing gives all orders that can still trade.
func standing(v *venue.Venue) map[uint64]*order {
	all := make(map[uint64]*order)
	for _, d := range v.Days() {
		b := v.Book(d.Instrument)
		add := func(id uint64) {
			if o, ok := v.Find(id); ok {
				all[id] = orderOf(&o)
			}
		}
		for _, side := range sides {
			for o := range b.Orders(side) {
				add(o.ID)
			}
			for o := range b.Stops(side) {
				add(o.ID)
			}
		}
		for _, id := range v.Waiting(d.Instrument) {
			add(id)
		}
	}
	return all
}
