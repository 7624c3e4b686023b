package job

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"runtime/debug"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/gear/db"
	"sauda/gear/job/jobdb"
)

const (
	// clockEvery is how often the clock is looked at; the plans of jobs are seconds at the finest.
	clockEvery = time.Second
	// errandMax bounds an errand and is the time of its lease.
	errandMax = time.Hour
	// pauseFirst and pauseMax bound the pause after a failure; it doubles each time.
	pauseFirst, pauseMax = 10 * time.Second, time.Hour
	// partsMax bounds the parts that one tick does of one job, so that others have their turn.
	partsMax = 100
	// errorMax bounds what is kept of an error.
	errorMax = 500
)

// ErrNone refuses a name that no job has, or whose errand is under way.
var ErrNone = fault.New(fault.Missing, "job.none", "There is no such job, or it is being done right now.")

// Clock does the jobs of a program when they are due.
type Clock struct {
	store *db.Store
	jobs  []Job
	log   *slog.Logger
	me    string
	added bool
}

// New makes a clock. Two jobs of one name are a mistake of the programmer and panic.
func New(store *db.Store, jobs []Job, log *slog.Logger) *Clock {
	if log == nil {
		log = slog.Default()
	}
	names := make(map[string]bool)
	for _, j := range jobs {
		if j.Name == "" || names[j.Name] {
			panic(fmt.Sprintf("job: the name %q is empty or taken", j.Name))
		}
		names[j.Name] = true
	}
	return &Clock{store: store, jobs: jobs, log: log, me: rand.Text()}
}

// Run does what is due until ctx ends; a moment that is under way is finished first. It gives no error when it ends so.
func (c *Clock) Run(ctx context.Context) error {
	ticker := time.NewTicker(clockEvery)
	defer ticker.Stop()
	for {
		if err := c.Tick(ctx); err != nil && ctx.Err() == nil {
			c.log.Error("job: the clock could not be looked at", "error", err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// Tick does what is due now, one job after the other, each at most once or, with ErrMore, in parts; those of each day once for
// each day that was missed. Failures of jobs are in their rows; the error is that of the store. It is not called by two goroutines
// at once.
func (c *Clock) Tick(ctx context.Context) error {
	if err := c.add(ctx); err != nil {
		return err
	}
	for {
		if again, err := c.round(ctx); err != nil || !again {
			return err
		}
	}
}

// round does each job that is due once, but of those of each day only the one whose time was first: then there may be another, and
// it says so.
func (c *Clock) round(ctx context.Context) (again bool, err error) {
	names := make([]string, len(c.jobs))
	byName := make(map[string]Job, len(c.jobs))
	for i, j := range c.jobs {
		names[i], byName[j.Name] = j.Name, j
	}
	var due []jobdb.DueJobsRow
	err = c.store.View(ctx, db.System, func(tx *db.Tx) (err error) {
		due, err = jobdb.New(tx).DueJobs(tx.Context(), jobdb.DueJobsParams{Now: tx.Now().UnixMicro(), Names: db.In(names)})
		return err
	})
	if err != nil {
		return false, err
	}
	first := int64(math.MaxInt64)
	for i := range due {
		if due[i].Planned == 0 {
			due[i].Planned = due[i].Next
		}
		if byName[due[i].Name].each {
			first = min(first, due[i].Planned)
		}
	}
	for _, row := range due {
		j := byName[row.Name]
		if j.each && (again || row.Planned != first) {
			continue
		}
		again = again || j.each
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		if err := c.do(ctx, j, row); err != nil {
			return false, err
		}
	}
	return again, nil
}

// add makes the rows of new jobs, once. A plan that has become tighter counts from now on.
func (c *Clock) add(ctx context.Context) error {
	if c.added {
		return nil
	}
	err := c.store.Update(ctx, db.System, func(tx *db.Tx) error {
		q := jobdb.New(tx.Later())
		for _, j := range c.jobs {
			first := tx.Now()
			if j.calendar {
				first = j.next(tx.Now())
			}
			if err := q.AddJob(tx.Context(), jobdb.AddJobParams{Name: j.Name, Next: first.UnixMicro()}); err != nil {
				return err
			}
			next := j.next(tx.Now()).UnixMicro()
			if err := q.TightenJob(tx.Context(), jobdb.TightenJobParams{Name: j.Name, Next: next}); err != nil {
				return err
			}
		}
		return nil
	})
	c.added = err == nil
	return err
}

// do runs one job that is due.
func (c *Clock) do(ctx context.Context, j Job, row jobdb.DueJobsRow) error {
	began := time.Now()
	var failed error
	var seen int64
	if j.errand != nil {
		seen, failed = c.errand(ctx, j, row)
	} else {
		seen, failed = c.moments(ctx, j, row)
	}
	if failed == nil {
		c.log.Debug("job: done", "job", j.Name, "took", time.Since(began))
		return nil
	}
	c.log.Error("job: failed", "job", j.Name, "tries", row.Tries+1, "error", failed)
	return c.store.Update(context.WithoutCancel(ctx), db.System, func(tx *db.Tx) error {
		pause := min(pauseFirst<<min(row.Tries, 16), pauseMax)
		next := tx.Now().Add(pause)
		if plan := j.next(tx.Now()); plan.Before(next) {
			next = plan
		}
		text := failed.Error()
		_, err := jobdb.New(tx).FailJob(tx.Context(), jobdb.FailJobParams{
			Name: j.Name, Seen: seen, Next: next.UnixMicro(), Planned: row.Planned, Error: text[:min(len(text), errorMax)],
		})
		return err
	})
}

// who acts in a job's moments.
func who(j Job) db.Who { return db.Who{Kind: db.KindSystem, ID: "job:" + j.Name} }

// moments runs a job part by part. It gives the time under which the row was last seen.
func (c *Clock) moments(ctx context.Context, j Job, row jobdb.DueJobsRow) (seen int64, failed error) {
	seen = row.Next
	plan := span.FromMicros(row.Planned)
	for part := 1; ; part++ {
		more, next := false, int64(0)
		err := c.store.Update(context.WithoutCancel(ctx), who(j), func(tx *db.Tx) error {
			// The row comes first, so that a second runner waits here and then finds another time.
			next = j.following(plan, tx.Now()).UnixMicro()
			if err := move(tx, j, seen, next, 0); err != nil {
				return err
			}
			err := guarded(func() error { return j.do(tx, plan) })
			if more = errors.Is(err, ErrMore); !more {
				return err
			}
			after := next
			next = max(seen+1, tx.Now().UnixMicro())
			return move(tx, j, after, next, row.Planned)
		})
		switch {
		case errors.Is(err, errSecond):
			return seen, nil
		case err != nil:
			return seen, err
		case !more || part == partsMax || ctx.Err() != nil:
			return next, nil
		}
		seen = next
	}
}

// move gives a job its next time and what that is for, unless another process has moved it since it was seen.
func move(tx *db.Tx, j Job, seen, next, planned int64) error {
	n, err := jobdb.New(tx).RunJob(tx.Context(), jobdb.RunJobParams{Name: j.Name, Seen: seen, Next: next, Planned: planned, Now: tx.Now().UnixMicro()})
	if err == nil && n == 0 {
		return errSecond
	}
	return err
}

// errSecond says that another process has done it.
var errSecond = errors.New("job: done by another process")

// errand leases the row, runs the errand and moves the row on.
func (c *Clock) errand(ctx context.Context, j Job, row jobdb.DueJobsRow) (seen int64, failed error) {
	leased := false
	err := c.store.Update(ctx, who(j), func(tx *db.Tx) error {
		seen = tx.Now().Add(errandMax).UnixMicro()
		n, err := jobdb.New(tx).LeaseJob(tx.Context(), jobdb.LeaseJobParams{Name: j.Name, Seen: row.Next, Until: seen, Planned: row.Planned, LeaseBy: c.me})
		leased = n == 1
		return err
	})
	if err != nil || !leased {
		return row.Next, err
	}
	limited, cancel := context.WithTimeout(ctx, errandMax)
	defer cancel()
	plan := span.FromMicros(row.Planned)
	err = guarded(func() error { return j.errand(limited, plan) })
	more := errors.Is(err, ErrMore)
	if err != nil && !more {
		return seen, err
	}
	err = c.store.Update(context.WithoutCancel(ctx), who(j), func(tx *db.Tx) error {
		if more {
			return move(tx, j, seen, tx.Now().UnixMicro(), row.Planned)
		}
		return move(tx, j, seen, j.following(plan, tx.Now()).UnixMicro(), 0)
	})
	if errors.Is(err, errSecond) {
		return seen, nil
	}
	return seen, err
}

// guarded turns a panic into an error, so that one bad job does not stop the clock.
func guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("job: panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return do()
}

// Seen is a job as the office sees it.
type Seen struct {
	Name    string
	Next    time.Time
	Running bool      // An errand is under way, or its process died and the lease runs until Next.
	Last    time.Time // When it last ended well; the zero time is never.
	Tries   int64     // How often it has failed since.
	Error   string
}

// List gives all jobs that this store has ever known, by name.
func List(tx *db.Tx) ([]Seen, error) {
	rows, err := jobdb.New(tx).AllJobs(tx.Context())
	list := make([]Seen, 0, len(rows))
	for _, r := range rows {
		list = append(list, Seen{
			Name: r.Name, Next: span.FromMicros(r.Next), Running: r.LeaseBy != "", Last: span.FromMicros(r.Last),
			Tries: r.Tries, Error: r.Error,
		})
	}
	return list, err
}

// Plan gives what time the next run of a job is for; one of EachDay that is behind has a time that is past. A job that no clock
// has seen yet is ErrNone.
func Plan(tx *db.Tx, name string) (time.Time, error) {
	row, err := jobdb.New(tx).PlanOf(tx.Context(), name)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, ErrNone.About("%.80q", name)
	}
	if row.Planned != 0 {
		row.Next = row.Planned
	}
	return span.FromMicros(row.Next), err
}

// Hasten makes a job due now. An errand that is under way is refused.
func Hasten(tx *db.Tx, name string) error {
	n, err := jobdb.New(tx).HastenJob(tx.Context(), jobdb.HastenJobParams{Name: name, Now: tx.Now().UnixMicro()})
	if err == nil && n == 0 {
		return ErrNone.About("%.80q", name)
	}
	return err
}
