// Package itch is the feed of the market for programs: the messages of core/exchange/itch, each order in its place, over
// SoupBinTCP (gear/soup).
//
//	floor.Watch ─▶ Press ─▶ the session's file ─▶ everybody who listens, each from where he is
//
// Whoever listens shows an API key. One who is entitled (floor.Floor.Entitled) hears everything at once, everybody else as much
// later as the house says. A session lasts a day of Almaty at most and begins with the market as it is; another one begins with
// each start, and when the feed has fallen behind the market.
package itch

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"sauda/base/span"
	"sauda/core/exchange"
	press "sauda/core/exchange/itch"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/session"
	"sauda/gear/soup"
)

// Config is what a feed is made of. Floor, Store, Keys and Dir must be there.
type Config struct {
	Floor *floor.Floor
	Store *db.Store
	Keys  *session.Keeper
	Dir   string        // Dir is where the messages of a session lie.
	Late  time.Duration // Late is how much later those hear everything who are not entitled.
	TLS   *tls.Config
	Log   *slog.Logger
	Now   func() time.Time // Now is the clock; nil is time.Now.
}

const (
	sessionMax = 16 << 30    // sessionMax is how long a session's file grows before another one begins: some 400 million messages.
	beginAgain = time.Second // beginAgain is how long the feed rests before another session, when one has failed.
	listEvery  = time.Second // listEvery is how long something that was listed may not be told.
	gatherMax  = 512         // gatherMax is how many batches are told together.
)

var errOver = errors.New("the session is over")

// Feed is the feed of a market that runs.
type Feed struct {
	config Config
	server *soup.Server
	ctx    context.Context // ctx ends when the feed closes.
	stop   context.CancelFunc
	wait   sync.WaitGroup

	mu  sync.Mutex
	log *soup.Log
}

// Open makes a feed, which begins to follow the market.
func Open(c Config) (*Feed, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	f := &Feed{config: c}
	f.ctx, f.stop = context.WithCancel(context.Background())
	f.server = soup.NewServer(soup.Config{Enter: f.enter, Present: f.present, TLS: c.TLS, Log: c.Log, Now: c.Now})
	first, err := f.begin()
	if err != nil {
		f.stop()
		return nil, err
	}
	f.wait.Go(func() { f.run(first) })
	return f, nil
}

// Serve takes connections from a listener until the feed or the listener is closed. After Close it gives nil.
func (f *Feed) Serve(l net.Listener) error { return f.server.Serve(l) }

// Close ends all connections and follows the market no more.
func (f *Feed) Close() error {
	f.stop()
	err := f.server.Close()
	f.wait.Wait()
	return err
}

func (f *Feed) present() *soup.Log {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.log
}

// enter judges who wants to listen.
func (f *Feed) enter(ctx context.Context, l soup.Login) (soup.Terms, error) {
	var who db.Who
	err := job.Look(ctx, f.config.Store, db.System, func(tx *db.Tx) error {
		s, err := f.config.Keys.Find(tx, l.Password)
		if err == nil && !s.Key {
			err = session.ErrUnknown
		}
		who = s.Who
		return err
	})
	if err != nil {
		return soup.Terms{}, err
	}
	terms := soup.Terms{Name: who.ID}
	if !f.config.Floor.Entitled(who) {
		terms.Late = f.config.Late
	}
	return terms, nil
}

// edition is one session that is told.
type edition struct {
	feed  *Feed
	watch *floor.Watch
	press *press.Press
	log   *soup.Log
	day   span.Day
	err   error // err is the first message that could not be kept.
}

// begin begins a session with the market as it is.
func (f *Feed) begin() (*edition, error) {
	watch, err := f.config.Floor.Watch()
	if err != nil {
		return nil, err
	}
	now := f.config.Now()
	e := &edition{feed: f, watch: watch, day: span.DayOf(now, span.Almaty)}
	midnight := e.day.Start(span.Almaty)
	if e.log, err = soup.NewLog(f.config.Dir, name(now, midnight)); err != nil {
		f.config.Floor.Leave(watch)
		return nil, err
	}
	e.press = press.NewPress(span.Micros(midnight))
	listed := f.listed()
	if err := f.config.Floor.Look(f.ctx, func(v *venue.Venue) { e.press.Begin(v, listed, e.say) }); err != nil {
		return nil, errors.Join(err, e.end())
	}
	if err := errors.Join(e.err, e.log.Flush(now)); err != nil {
		return nil, errors.Join(err, e.end())
	}
	f.mu.Lock()
	f.log = e.log
	f.mu.Unlock()
	return e, nil
}

// name names a session: its day, and when in the day it began, in four digits to the base 36. Two that begin a second after each
// other have different names.
func name(now, midnight time.Time) string {
	const digits, all = 4, 36 * 36 * 36 * 36
	tail := strconv.FormatInt(int64(now.Sub(midnight)/(24*time.Hour/all))%all, 36)
	return now.In(span.Almaty).Format("060102") + strings.ToUpper(strings.Repeat("0", digits-len(tail))+tail)
}

// say keeps a message. What cannot be said is a mistake of ours: the session ends rather than to go on without it.
func (e *edition) say(m *press.Message) {
	b, err := press.Append(make([]byte, 0, press.SizeMax), m)
	if err == nil {
		err = e.log.Add(b)
	}
	e.err = errors.Join(e.err, err)
}

func (e *edition) end() error {
	e.feed.config.Floor.Leave(e.watch)
	return e.log.Retire()
}

// run tells one session after the other until the feed or the floor closes.
func (f *Feed) run(e *edition) {
	for {
		err := e.follow()
		over := errors.Join(e.end())
		if f.ctx.Err() != nil {
			return
		}
		if !errors.Is(err, errOver) || over != nil {
			f.config.Log.Error("the feed of the exchange begins anew", "err", errors.Join(err, over))
		}
		for e = nil; e == nil; {
			select {
			case <-time.After(beginAgain):
			case <-f.ctx.Done():
				return
			}
			if e, err = f.begin(); errors.Is(err, floor.ErrClosed) || f.ctx.Err() != nil {
				return
			} else if err != nil {
				f.config.Log.Error("no feed of the exchange", "err", err)
			}
		}
	}
}

// follow tells what happens until the session is over.
func (e *edition) follow() error {
	clock := time.NewTicker(listEvery)
	defer clock.Stop()
	f := e.feed
	for {
		select {
		case events, open := <-e.watch.Events:
			if !open {
				return errors.New("the feed was too slow for the market, or the market has closed")
			}
			e.press.Take(events, e.say)
			e.gather()
		case <-clock.C:
			e.press.List(span.Micros(f.config.Now()), f.listed(), e.say)
			if e.log.Size() > sessionMax || span.DayOf(f.config.Now(), span.Almaty) != e.day {
				e.press.End(span.Micros(f.config.Now()), e.say)
				return errors.Join(errOver, e.err, e.log.Flush(f.config.Now()))
			}
		case <-f.ctx.Done():
			return f.ctx.Err()
		}
		if err := errors.Join(e.err, e.log.Flush(f.config.Now())); err != nil {
			return err
		}
	}
}

// gather takes what has come meanwhile, so that it is kept with one write.
func (e *edition) gather() {
	for range gatherMax {
		select {
		case events, open := <-e.watch.Events:
			if !open {
				return // follow hears of it, too.
			}
			e.press.Take(events, e.say)
		default:
			return
		}
	}
}

// listed says of all instruments what the feed says of them.
func (f *Feed) listed() map[uint32]press.Listing {
	all := make(map[uint32]press.Listing)
	for number, i := range f.config.Floor.Instruments() {
		class := map[exchange.Kind]byte{exchange.Share: 'S', exchange.BondOf: 'B', exchange.Unit: 'U', exchange.Spot: 'G', exchange.Forward: 'F'}[i.Kind]
		state := byte('P')
		switch i.State {
		case exchange.StateListed:
			state = 'L'
		case exchange.StateDelisted:
			state = 'D'
		case exchange.StateDrafted:
			continue
		}
		all[number] = press.Listing{Code: i.Code, Currency: string(i.Currency), Class: class, State: state, Unit: i.Terms.Unit, Lot: i.Terms.Lot}
	}
	return all
}
