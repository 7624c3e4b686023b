package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/deal"
	facefix "sauda/face/fix"
	"sauda/face/itch"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/fix"
	"sauda/gear/job"
	"sauda/gear/journal"
)

// Exchange says how the exchange of a house is run.
type Exchange struct {
	Late    time.Duration // Late is how much later those see the market who are not entitled to see it as it is now.
	Meeting floor.Meeting // Meeting is where a standby follows this node; nowhere is for none.
}

// StandBy follows the exchange of another node, into the journal of this one, until it shall take over: see floor.Standby. The
// house must not be open in this process.
func StandBy(c Config, at floor.Meeting) (*floor.Standby, error) {
	return floor.StandBy(ExchangeJournal(c.Data), at, c.Log)
}

// ExchangeJournal is where the journal of the exchange lies, below the folder of a house.
func ExchangeJournal(data string) journal.Disk { return journal.Folder(below(data, "exchange")) }

// openExchange takes the exchange up from its journal, which lies below Data and belongs to one process: on every other node,
// and in a house without a folder, the exchange does not run.
func (h *House) openExchange() error {
	c := h.config
	if c.Data == "" {
		return nil
	}
	f, err := floor.Open(floor.Config{Disk: ExchangeJournal(c.Data), Now: c.Now, Log: c.Log, Surveilled: true, Meeting: c.Exchange.Meeting})
	if errors.Is(err, journal.ErrHeld) {
		c.Log.Info("the exchange runs on another node")
		return nil
	}
	if err != nil {
		return err
	}
	h.Floor, h.Board = f, floor.NewBoard(f)
	h.Board.Behind(c.Exchange.Late)
	h.closers = append(h.closers, f.Close)
	return nil
}

// exchangeJobs are what is due at a time on the exchange. Their names are stored and never change.
func (h *House) exchangeJobs() []job.Job {
	return []job.Job{
		job.Errand("biddings: they open, turn and are decided", 2*time.Second, func(ctx context.Context) error {
			return h.Hammer.Turn(ctx, h.Store)
		}),
		job.Every("exchange: what is due and can be is settled", 15*time.Minute, settleToday),
		job.EachDay("exchange: forwards are marked at the settlement prices of the day", "18:10", span.Almaty, func(tx *db.Tx, day span.Day) error {
			_, err := floor.MarkForwards(tx, day)
			return err
		}),
		job.EachDay(settledLast, "18:30", span.Almaty, settleLast),
		job.ErrandEachDay(entitled, "23:50", span.Almaty, h.carryOut(false)),
		job.ErrandEachDay("exchange: issuers pay what is due today", "10:00", span.Almaty, h.carryOut(true)),
		job.EachDay("exchange: goods leave whose warehouse receipts have expired", "00:10", span.Almaty, func(tx *db.Tx, day span.Day) error {
			return more(clearing.Lapse(tx, day))
		}),
		job.Every("exchange: deals that nobody has confirmed on their day lapse", 15*time.Minute, func(tx *db.Tx) error {
			n, err := deal.Lapse(tx)
			if err == nil && n > 0 {
				return job.ErrMore
			}
			return err
		}),
		job.Every("exchange: forget proposals that nobody has decided", time.Hour, func(tx *db.Tx) error {
			_, err := exchange.LapseProposals(tx)
			return err
		}),
	}
}

// Jobs that others look at: until they have been done for a day, nothing of the days after it is settled.
const (
	settledLast = "exchange: what was due today and could not be settled has failed"
	entitled    = "exchange: who is entitled to what issuers do today is recorded, and units are divided"
)

// errUnrecorded is for a day before which it was not recorded who is entitled to what: it is tried again.
var errUnrecorded = errors.New("exchange: the day before is not recorded yet")

// carryOut carries out what is due on a day of what issuers have announced.
func (h *House) carryOut(payments bool) func(context.Context, span.Day) error {
	return func(ctx context.Context, day span.Day) error { return floor.CarryOut(ctx, h.Store, day, payments) }
}

// settleToday settles what is due today, or by the first day whose evening was missed and is not made up for yet.
func settleToday(tx *db.Tx) error {
	day := span.DayOf(tx.Now(), span.Almaty)
	for _, name := range []string{settledLast, entitled} {
		plan, err := job.Plan(tx, name)
		if err != nil {
			return err
		}
		if open := span.DayOf(plan, span.Almaty); open.Before(day) {
			day = open
		}
	}
	_, err := floor.Settle(tx, day, false)
	return err
}

// settleLast settles a day for the last time, once it is recorded what everybody had on the day before.
func settleLast(tx *db.Tx, day span.Day) error {
	plan, err := job.Plan(tx, entitled)
	if err == nil && span.DayOf(plan, span.Almaty).Before(day) {
		err = errUnrecorded
	}
	if err != nil {
		return err
	}
	_, err = floor.Settle(tx, day, true)
	return err
}

// OpenFIX opens the FIX gateway of the exchange; without certificates it speaks in the clear. It closes with the house, before
// the floor. What sessions have sent lies below Data.
func (h *House) OpenFIX(secure *tls.Config) (*facefix.Gateway, error) {
	if h.Floor == nil {
		return nil, floor.ErrElsewhere
	}
	c := h.config
	g, err := facefix.Open(facefix.Config{
		Floor: h.Floor, Board: h.Board, Store: h.Store, Keys: h.Sessions, Stores: fix.Folder{Path: below(c.Data, "fix")},
		TLS: secure, Log: c.Log, Now: c.Now,
	})
	if err != nil {
		return nil, err
	}
	h.closers = append(h.closers, g.Close)
	return g, nil
}

// ServeFIX opens the gateway and takes connections at an address until the house is closed. The certificate and its key are
// files, or both empty.
func (h *House) ServeFIX(ctx context.Context, addr, cert, key string) (net.Addr, error) {
	return h.serveBeside(ctx, gate{"FIX", addr, cert, key}, func(secure *tls.Config) (server, error) { return h.OpenFIX(secure) })
}

// OpenITCH opens the feed of the exchange for programs; without certificates it speaks in the clear. It closes with the house,
// before the floor. What it keeps of a session lies in Data, in a file without a name.
func (h *House) OpenITCH(secure *tls.Config) (*itch.Feed, error) {
	if h.Floor == nil {
		return nil, floor.ErrElsewhere
	}
	c := h.config
	f, err := itch.Open(itch.Config{Floor: h.Floor, Store: h.Store, Keys: h.Sessions, Dir: c.Data, Late: c.Exchange.Late, TLS: secure, Log: c.Log, Now: c.Now})
	if err != nil {
		return nil, err
	}
	h.closers = append(h.closers, f.Close)
	return f, nil
}

// ServeITCH opens the feed and takes connections, as ServeFIX does.
func (h *House) ServeITCH(ctx context.Context, addr, cert, key string) (net.Addr, error) {
	return h.serveBeside(ctx, gate{"ITCH", addr, cert, key}, func(secure *tls.Config) (server, error) { return h.OpenITCH(secure) })
}

// gate is where programs come in beside the web, and by which certificate.
type gate struct{ name, addr, cert, key string }

// server takes connections.
type server interface{ Serve(net.Listener) error }

func (h *House) serveBeside(ctx context.Context, g gate, open func(*tls.Config) (server, error)) (net.Addr, error) {
	var secure *tls.Config
	if g.cert != "" {
		pair, err := tls.LoadX509KeyPair(g.cert, g.key)
		if err != nil {
			return nil, fmt.Errorf("read the certificate for %s: %w", g.name, err)
		}
		secure = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", g.addr)
	if err != nil {
		return nil, fmt.Errorf("listen for %s: %w", g.name, err)
	}
	s, err := open(secure)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	go func() {
		if err := s.Serve(listener); err != nil {
			h.config.Log.Error("nobody can come by "+g.name+" any more", "err", err)
		}
	}()
	return listener.Addr(), nil
}
