package app

import (
	"sauda/core/exchange/clearing"
	"sauda/gear/db"
	"sauda/gear/job"
)

// exchange holds what the exchange has cleared to its rules: see clearing.Reconcile.
func (e *exam) exchange() error {
	return job.Look(e.ctx, e.store, db.System, func(tx *db.Tx) error {
		found, err := clearing.Reconcile(tx)
		for _, b := range found {
			e.find(Wrong, "exchange", "rule", b.Rule, "name", b.Name, "got", b.Got, "want", b.Want)
		}
		return err
	})
}
