package app

import (
	"errors"
	"time"

	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/flow/floor"
	"sauda/gear/db"
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
	f, err := floor.Open(floor.Config{Disk: journal.Folder(below(c.Data, "exchange")), Now: c.Now, Dice: c.Random, Log: c.Log})
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
		job.Daily("exchange: what was due today and could not be settled has failed", "18:30", span.Almaty, settle(true)),
		job.Every("exchange: forget proposals that nobody has decided", time.Hour, func(tx *db.Tx) error {
			_, err := exchange.LapseProposals(tx)
			return err
		}),
	}
}

// settle settles what the exchange owes and is owed.
func settle(last bool) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		_, err := floor.Settle(tx, last)
		return err
	}
}
