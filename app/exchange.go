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
	facefix "sauda/face/fix"
	"sauda/flow/floor"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/fix"
	"sauda/gear/job"
	"sauda/gear/journal"
)

// openExchange takes the exchange up from its journal, which lies below Data and belongs to one process: on every other node,
// and in a house without a folder, the exchange does not run.
func (h *House) openExchange() error {
	c := h.config
	if c.Data == "" {
		return nil
	}
	f, err := floor.Open(floor.Config{Disk: journal.Folder(below(c.Data, "exchange")), Now: c.Now, Log: c.Log})
	if errors.Is(err, journal.ErrHeld) {
		c.Log.Info("the exchange runs on another node")
		return nil
	}
	if err != nil {
		return err
	}
	h.Floor, h.Board = f, floor.NewBoard(f)
	h.closers = append(h.closers, f.Close)
	return nil
}

// exchangeJobs are what is due at a time on the exchange. Their names are stored and never change.
func exchangeJobs() []job.Job {
	return []job.Job{
		job.Every("exchange: what is due and can be is settled", 15*time.Minute, settle(false)),
		job.Daily("exchange: forwards are marked at the settlement prices of the day", "18:10", span.Almaty, func(tx *db.Tx) error {
			_, err := floor.MarkForwards(tx)
			return err
		}),
		job.Daily("exchange: what was due today and could not be settled has failed", "18:30", span.Almaty, settle(true)),
		job.Daily("exchange: who is entitled to what issuers do today is recorded, and units are divided", "23:50", span.Almaty, ripen(false)),
		job.Daily("exchange: issuers pay what is due today", "10:00", span.Almaty, ripen(true)),
		job.Daily("exchange: goods leave whose warehouse receipts have expired", "00:10", span.Almaty, func(tx *db.Tx) error {
			left, err := clearing.Lapse(tx, span.DayOf(tx.Now(), span.Almaty))
			return more(left, err)
		}),
		job.Every("exchange: forget proposals that nobody has decided", time.Hour, func(tx *db.Tx) error {
			_, err := exchange.LapseProposals(tx)
			return err
		}),
	}
}

// exchangeReactions are what follows on the exchange, each in a moment of its own. Their names are stored and never change.
func (h *House) exchangeReactions() []bus.Reaction {
	return []bus.Reaction{
		bus.On("ripened: what an issuer has announced is carried out", func(tx *db.Tx, e clearing.Ripened) error {
			day, err := span.Parse(e.Day)
			if err != nil {
				return err
			}
			return clearing.CarryOut(tx, e.Ref, day)
		}),
		bus.On("payout cleared: the account pays it out", func(tx *db.Tx, e clearing.PayoutCleared) error { return h.till.Cleared(tx, e) }),
		bus.On("overdue: who waits too long for a delivery gets what he loses", floor.BuyIn),
	}
}

// ripen states what is due of what issuers have announced.
func ripen(payments bool) func(*db.Tx) error {
	return func(tx *db.Tx) error { return clearing.Ripen(tx, span.DayOf(tx.Now(), span.Almaty), payments) }
}

// settle settles what the exchange owes and is owed.
func settle(last bool) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		_, err := floor.Settle(tx, last)
		return err
	}
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
	var secure *tls.Config
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("read the certificate for FIX: %w", err)
		}
		secure = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for FIX: %w", err)
	}
	g, err := h.OpenFIX(secure)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	go func() {
		if err := g.Serve(listener); err != nil {
			h.config.Log.Error("nobody can come by FIX any more", "err", err)
		}
	}()
	return listener.Addr(), nil
}
