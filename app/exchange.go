package app

import (
	"errors"

	"sauda/flow/floor"
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
