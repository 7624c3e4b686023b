package app

import (
	"time"

	"sauda/base/span"
	"sauda/core/utility"
	"sauda/gear/db"
	"sauda/gear/job"
)

// billJobs are what is due at a time with bills. Their names are stored and never change.
func billJobs() []job.Job {
	return []job.Job{
		job.Every("bills: issue those of a month", 5*time.Second, func(tx *db.Tx) error {
			more, err := utility.Issue(tx, batch)
			if err == nil && more {
				return job.ErrMore
			}
			return err
		}),
		job.Every("bills: forget what nobody has ordered", time.Hour, parts(utility.ForgetDrafts)),
		job.Daily("bills: registers of the day that is over", "00:20", span.Almaty, func(tx *db.Tx) error {
			return utility.CloseDay(tx, span.DayOf(tx.Now(), span.Almaty).AddDays(-1))
		}),
	}
}
