package app

import (
	"errors"
	"time"

	"sauda/core/course"
	"sauda/core/order"
	"sauda/flow/takeback"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/job"
)

// Taught keeps what students read and watch.
func (h *House) Taught() course.Library { return course.Library{Blobs: h.files} }

// courseJobs are what is due at a time of courses.
func courseJobs() []job.Job {
	return []job.Job{
		job.Every("courses: end what nobody ordered in time", time.Hour, parts(course.Lapse)),
		job.Every("courses: end the studies whose lessons are over", 10*time.Minute, parts(course.Finish)),
		job.Every("courses: remind of payments of plans", time.Hour, parts(course.Remind)),
	}
}

// courseReactions are what follows from facts of courses.
func (h *House) courseReactions() []bus.Reaction {
	return []bus.Reaction{
		bus.On("left a course: what was paid beyond the lessons goes back", func(tx *db.Tx, e course.Left) error {
			for _, back := range e.Back {
				_, err := h.Returns.Allow(tx, order.ID(back.Order), "left/"+string(e.Enrolment), back.Amount, e.Reason)
				if err != nil && !errors.Is(err, takeback.ErrNothing) {
					return err
				}
			}
			return nil
		}),
	}
}
