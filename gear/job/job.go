// Package job does what is due at a time or by the calendar, with one runner at a time among all processes, and gives
// commands their moments.
//
// A job is a row with the time when it is due. What it does is in the same moment as moving that time, so a run counts
// once, or not at all when the process dies in it. Runs that were missed, because nothing was running, are made up for
// by one run. A job that fails is tried again with growing pauses, but not less often than its plan says, and its error
// stands in the row until it ends well.
package job

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

	"sauda/base/span"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the table of the jobs.
var Schema = db.Schema{Name: "job", Files: schemaFiles}

// ErrMore is returned by a job that has done a bounded part of its work: the part is kept, and the job runs again at once.
var ErrMore = errors.New("job: there is more to do")

// Job is something that is due again and again.
type Job struct {
	Name     string
	next     func(after time.Time) time.Time
	do       func(*db.Tx) error
	errand   func(context.Context) error
	calendar bool // A new one is first due by its plan, not at once.
}

// Every makes a job that is due at once and then a period after each run. Work that may be much is cut into parts of at
// most about 1,000 rows, with ErrMore after each but the last, so that nobody waits long behind it.
func Every(name string, period time.Duration, do func(*db.Tx) error) Job {
	return Job{Name: name, next: after(name, period), do: do}
}

// Daily makes a job that is due each day when the clocks of a place show a time such as "03:00". Where the clocks jump
// over that time it is due that much sooner or later; where they show it twice, once.
func Daily(name, clock string, place *time.Location, do func(*db.Tx) error) Job {
	return Job{Name: name, next: daily(name, clock, place), do: do, calendar: true}
}

// Errand makes a job that asks the world, such as sending what lies in the outbox, so it is no moment; for its moments
// it has Once and Look. While it runs, its row is leased for an hour: an errand whose process dies is begun again after
// that, and one that takes longer is cut off. It is due at once and then a period after each run.
func Errand(name string, period time.Duration, do func(context.Context) error) Job {
	return Job{Name: name, next: after(name, period), errand: do}
}

func after(name string, period time.Duration) func(time.Time) time.Time {
	if period < time.Second {
		panic(fmt.Sprintf("job: %s cannot be done every %s", name, period))
	}
	return func(t time.Time) time.Time { return t.Add(period) }
}

func daily(name, clock string, place *time.Location) func(time.Time) time.Time {
	at, err := time.Parse("15:04", clock)
	if err != nil {
		panic(fmt.Sprintf("job: %s cannot be done at %q", name, clock))
	}
	return func(t time.Time) time.Time {
		for day := span.DayOf(t, place); ; day = day.AddDays(1) {
			year, month, number := day.Date()
			due := time.Date(year, month, number, at.Hour(), at.Minute(), 0, 0, place)
			if due.After(t) {
				return due
			}
		}
	}
}

// Once gives a command its moment, such as an import's batch or a seed. It is not for what a request, a reaction or a
// story does.
func Once(ctx context.Context, store *db.Store, who db.Who, do func(*db.Tx) error) error {
	return store.Update(ctx, who, do)
}

// Look gives a command a snapshot to read.
func Look(ctx context.Context, store *db.Store, who db.Who, do func(*db.Tx) error) error {
	return store.View(ctx, who, do)
}
