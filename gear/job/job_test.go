package job_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sauda/base/span"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/job"
)

var schemas = []db.Schema{job.Schema, {Name: "tally", Files: os.DirFS("testdata/tally")}}

var errBroken = errors.New("broken")

// count writes that a job was done.
func count(name string) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		_, err := tx.ExecContext(tx.Context(), `INSERT INTO tally (name, n) VALUES ($1, 1)
			ON CONFLICT (name) DO UPDATE SET n = tally.n + 1`, name)
		return err
	}
}

func counted(t testing.TB, s *dbtest.Store, name string) (n int) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) error {
		return tx.QueryRowContext(tx.Context(), `SELECT coalesce(sum(n), 0) FROM tally WHERE name = $1`, name).Scan(&n)
	})
	return n
}

func tick(t testing.TB, c *job.Clock) {
	t.Helper()
	if err := c.Tick(context.Background()); err != nil {
		t.Error(err)
	}
}

func list(t testing.TB, s *dbtest.Store) (all []job.Seen) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) (err error) {
		all, err = job.List(tx)
		return err
	})
	return all
}

func TestEveryPeriodOnceAndMissedRunsOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c := job.New(s.Store, []job.Job{job.Every("expire", time.Hour, count("expire"))}, nil)
		for _, step := range []struct {
			after time.Duration
			want  int
		}{{0, 1}, {0, 1}, {59 * time.Minute, 1}, {time.Minute, 2}, {48 * time.Hour, 3}, {0, 3}} {
			s.Clock.Advance(step.after)
			tick(t, c)
			if got := counted(t, s, "expire"); got != step.want {
				t.Fatalf("%s later it was done %d times, not %d", step.after, got, step.want)
			}
		}
		// The next process goes on where this one stopped, and a plan that has become tighter counts at once.
		tick(t, job.New(s.Store, []job.Job{job.Every("expire", time.Hour, count("expire"))}, nil))
		tighter := job.New(s.Store, []job.Job{job.Every("expire", time.Minute, count("expire"))}, nil)
		tick(t, tighter)
		s.Clock.Advance(time.Minute)
		tick(t, tighter)
		if got := counted(t, s, "expire"); got != 4 {
			t.Errorf("done %d times", got)
		}
	})
}

func TestDailyByTheClocksOfAPlace(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c := job.New(s.Store, []job.Job{job.Daily("close", "03:00", span.Almaty, count("close"))}, nil)
		tick(t, c)
		if got := list(t, s); counted(t, s, "close") != 0 || !got[0].Next.Equal(time.Date(2026, 11, 24, 22, 0, 0, 0, time.UTC)) {
			t.Fatalf("at noon: %+v", got)
		}
		s.Clock.Set(time.Date(2026, 11, 24, 22, 0, 0, 0, time.UTC)) // 03:00 of the 25th in Almaty.
		tick(t, c)
		s.Clock.Set(time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)) // Three nights were missed.
		tick(t, c)
		tick(t, c)
		got := list(t, s)
		if counted(t, s, "close") != 2 || !got[0].Next.Equal(time.Date(2026, 11, 28, 22, 0, 0, 0, time.UTC)) || !got[0].Last.Equal(s.Clock.Now()) {
			t.Errorf("done %d times, %+v", counted(t, s, "close"), got)
		}
	})
}

// TestDailyThroughAYearOfClockChanges: each day of the year exactly once, also where clocks jump.
// TestEachDayHasItsRun: days that were missed are made up for in their order, among all jobs of that kind; one that fails is tried
// again for its day.
func TestEachDayHasItsRun(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		var done []string
		broken := ""
		note := func(what string, day span.Day) error {
			if done = append(done, what+" "+day.String()[8:]); done[len(done)-1] == broken {
				return errBroken
			}
			return nil
		}
		parts := 0
		c := job.New(s.Store, []job.Job{
			job.ErrandEachDay("b", "23:50", span.Almaty, func(_ context.Context, day span.Day) error { return note("record", day) }),
			job.EachDay("a", "18:30", span.Almaty, func(_ *db.Tx, day span.Day) error {
				if parts++; parts == 2 {
					return errors.Join(note("part", day), job.ErrMore)
				}
				return note("settle", day)
			}),
		}, nil)
		tick(t, c)
		want := func(when, plan string, all ...string) {
			t.Helper()
			if !slices.Equal(done, all) {
				t.Errorf("%s: %q", when, done)
			}
			done = nil
			s.Look(t, func(tx *db.Tx) error {
				next, err := job.Plan(tx, "a")
				if day := span.DayOf(next, span.Almaty); day.String() != plan {
					t.Errorf("%s, what is next is for %s", when, day)
				}
				return err
			})
		}
		want("at noon", "2026-11-24")
		s.Clock.Set(time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)) // 19:00 in Almaty.
		tick(t, c)
		tick(t, c)
		want("in the evening", "2026-11-25", "settle 24")
		s.Clock.Set(time.Date(2026, 11, 27, 5, 0, 0, 0, time.UTC))
		broken = "settle 26"
		tick(t, c)
		want("two evenings later", "2026-11-26", "record 24", "part 25", "settle 25", "record 25", "settle 26", "record 26")
		s.Clock.Set(time.Date(2026, 11, 28, 5, 0, 0, 0, time.UTC))
		broken = "record 27"
		tick(t, c)
		want("tried again", "2026-11-28", "settle 26", "settle 27", "record 27")
		s.Clock.Set(time.Date(2026, 11, 28, 6, 0, 0, 0, time.UTC))
		tick(t, c)
		want("an errand that is tried again", "2026-11-28", "record 27")
	})
}

func TestDailyThroughAYearOfClockChanges(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	s := dbtest.SQLite(t, schemas)
	s.Clock.Set(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	c := job.New(s.Store, []job.Job{job.Daily("close", "02:30", berlin, count("close"))}, nil)
	for range 365 * 24 {
		tick(t, c)
		s.Clock.Advance(time.Hour)
	}
	if got := counted(t, s, "close"); got != 365 {
		t.Errorf("done %d times", got)
	}
}

func TestAFailureIsVisibleAndTriedAgain(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		broken := true
		c := job.New(s.Store, []job.Job{
			job.Every("a", 24*time.Hour, func(tx *db.Tx) error {
				if err := count("a")(tx); err != nil || !broken {
					return err
				}
				panic(errBroken)
			}),
			job.Every("b", 24*time.Hour, count("b")),
		}, nil)
		tick(t, c)
		s.Clock.Advance(time.Minute)
		tick(t, c)
		got := list(t, s)
		if got[0].Tries != 2 || !strings.Contains(got[0].Error, "broken") || !got[0].Last.IsZero() || counted(t, s, "a") != 0 || counted(t, s, "b") != 1 {
			t.Fatalf("got %+v", got)
		}
		broken = false
		s.Moment(t, func(tx *db.Tx) error { return job.Hasten(tx, "a") })
		tick(t, c)
		if got := list(t, s); got[0].Tries != 0 || got[0].Error != "" || counted(t, s, "a") != 1 {
			t.Errorf("got %+v", got)
		}
		if err := s.Try(func(tx *db.Tx) error { return job.Hasten(tx, "none") }); !errors.Is(err, job.ErrNone) {
			t.Errorf("a job that is none: %v", err)
		}
	})
}

func TestMuchIsDoneInParts(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		parts := 0
		c := job.New(s.Store, []job.Job{job.Every("a", time.Hour, func(tx *db.Tx) error {
			if parts++; parts < 5 {
				return errors.Join(count("a")(tx), job.ErrMore)
			}
			return count("a")(tx)
		})}, nil)
		tick(t, c)
		if got := list(t, s); counted(t, s, "a") != 5 || !got[0].Next.Equal(s.Clock.Now().Add(time.Hour)) {
			t.Errorf("%d parts, %+v", counted(t, s, "a"), got)
		}
	})
}

func TestAnErrandIsLeased(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		inside := func() {}
		var fails error
		sent := 0
		errands := []job.Job{job.Errand("send", 10*time.Minute, func(ctx context.Context) error {
			inside()
			if fails != nil {
				return fails
			}
			sent++
			return job.Once(ctx, s.Store, db.System, count("sent"))
		})}
		one, two := job.New(s.Store, errands, nil), job.New(s.Store, errands, nil)
		inside = func() {
			tick(t, two) // Another process comes meanwhile: it finds nothing to do.
			if got := list(t, s); !got[0].Running {
				t.Errorf("the office sees %+v", got)
			}
			if err := s.Try(func(tx *db.Tx) error { return job.Hasten(tx, "send") }); !errors.Is(err, job.ErrNone) {
				t.Errorf("hastened under way: %v", err)
			}
		}
		tick(t, one)
		inside, fails = func() {}, errBroken
		s.Clock.Advance(10 * time.Minute)
		tick(t, two)
		if got := list(t, s); sent != 1 || got[0].Running || got[0].Tries != 1 || got[0].Error != "broken" {
			t.Errorf("sent %d, %+v", sent, got)
		}
		// A process that dies on its errand leaves it to the next after the lease.
		fails = nil
		s.Clock.Advance(10 * time.Minute)
		s.Moment(t, func(tx *db.Tx) error {
			_, err := tx.ExecContext(tx.Context(), `UPDATE job SET lease_by = 'dead', next = $1`, tx.Now().Add(time.Hour).UnixMicro())
			return err
		})
		tick(t, one)
		s.Clock.Advance(time.Hour)
		tick(t, one)
		if sent != 2 || counted(t, s, "sent") != 2 {
			t.Errorf("sent %d", sent)
		}
	})
}

func TestOneRunnerAmongManyProcesses(t *testing.T) {
	s := dbtest.Postgres(t, schemas)
	var running, most atomic.Int64
	jobs := []job.Job{job.Every("a", time.Minute, func(tx *db.Tx) error {
		most.Store(max(most.Load(), running.Add(1)))
		defer running.Add(-1)
		return count("a")(tx)
	})}
	clocks := []*job.Clock{job.New(s.Store, jobs, nil), job.New(s.Store, jobs, nil), job.New(s.Store, jobs, nil)}
	for range 20 {
		var wait sync.WaitGroup
		for _, c := range clocks {
			wait.Go(func() { tick(t, c) })
		}
		wait.Wait()
		s.Clock.Advance(time.Minute)
	}
	if got := counted(t, s, "a"); got != 20 || most.Load() != 1 {
		t.Errorf("done %d times, by %d at once", got, most.Load())
	}
}

func TestRunEndsInOrder(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		c := job.New(s.Store, []job.Job{job.Every("a", time.Hour, func(tx *db.Tx) error {
			cancel()
			return count("a")(tx)
		})}, nil)
		if err := c.Run(ctx); err != nil || counted(t, s, "a") != 1 {
			t.Errorf("%v, done %d times", err, counted(t, s, "a"))
		}
	})
}

func TestWrongJobsPanic(t *testing.T) {
	none := func(*db.Tx) error { return nil }
	for name, do := range map[string]func(){
		"too often":    func() { job.Every("a", time.Millisecond, none) },
		"no time":      func() { job.Daily("a", "25:00", span.Almaty, none) },
		"twice a name": func() { job.New(nil, []job.Job{job.Every("a", time.Hour, none), job.Every("a", time.Hour, none)}, nil) },
		"no name":      func() { job.New(nil, []job.Job{job.Every("", time.Hour, none)}, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it was accepted")
				}
			}()
			do()
		})
	}
}

func TestLookCannotWrite(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		if err := job.Look(t.Context(), s.Store, db.System, count("a")); err == nil {
			t.Error("it wrote")
		}
	})
}
