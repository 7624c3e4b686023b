// Package job does what is due at a time or by the calendar, with one runner at a time among all processes, and gives
// commands their moments.
//
// A job is a row with the time when it is due. What it does is in the same moment as moving that time, so a run counts
// once, or not at all when the process dies in it. Runs that were missed, because nothing was running, are made up for
// by one run; a job of EachDay makes up for each of them, one day after the other. A job that fails is tried again with growing pauses, but not less often than its plan says, and its error
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
	do       func(*db.Tx, time.Time) error // Told is what time a run is for by the plan.
	errand   func(context.Context, time.Time) error
	calendar bool // A new one is first due by its plan, not at once.
	each     bool // Each time of the plan has its run.
}

// Every makes a job that is due at once and then a period after each run. Work that may be much is cut into parts of at
// most about 1,000 rows, with ErrMore after each but the last, so that nobody waits long behind it.
func Every(name string, period time.Duration, do func(*db.Tx) error) Job {
	return Job{Name: name, next: after(name, period), do: anyTime(do)}
}

// Daily makes a job that is due each day when the clocks of a place show a time such as "03:00". Where the clocks jump
// over that time it is due that much sooner or later; where they show it twice, once.
func Daily(name, clock string, place *time.Location, do func(*db.Tx) error) Job {
	return Job{Name: name, next: daily(name, clock, place), do: anyTime(do), calendar: true}
}

// EachDay makes a job that is done for each day, as Daily is, and is told the day. Days that were missed are made up for one
// after the other, each in the order of the clock among all jobs of this kind; one that fails is tried again for its day, and
// the days after it wait.
func EachDay(name, clock string, place *time.Location, do func(*db.Tx, span.Day) error) Job {
	return Job{
		Name: name, next: daily(name, clock, place), calendar: true, each: true,
		do: func(tx *db.Tx, plan time.Time) error { return do(tx, span.DayOf(plan, place)) },
	}
}

// ErrandEachDay makes an errand that is done for each day, as EachDay.
func ErrandEachDay(name, clock string, place *time.Location, do func(context.Context, span.Day) error) Job {
	return Job{
		Name: name, next: daily(name, clock, place), calendar: true, each: true,
		errand: func(ctx context.Context, plan time.Time) error { return do(ctx, span.DayOf(plan, place)) },
	}
}

// Errand makes a job that asks the world, such as sending what lies in the outbox, so it is no moment; for its moments
// it has Once and Look. While it runs, its row is leased for an hour: an errand whose process dies is begun again after
// that, and one that takes longer is cut off. It is due at once and then a period after each run.
func Errand(name string, period time.Duration, do func(context.Context) error) Job {
	return Job{Name: name, next: after(name, period), errand: func(ctx context.Context, _ time.Time) error { return do(ctx) }}
}

func anyTime(do func(*db.Tx) error) func(*db.Tx, time.Time) error {
	return func(tx *db.Tx, _ time.Time) error { return do(tx) }
}

// following gives when a job is due after a run for a time of its plan that ends now.
func (j Job) following(plan, now time.Time) time.Time {
	if j.each {
		return j.next(plan)
	}
	return j.next(now)
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
