package db_test

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

//go:embed testdata/counter/schema/*.sql
var counterFiles embed.FS

func counter(t testing.TB) []db.Schema {
	t.Helper()
	files, err := fs.Sub(counterFiles, "testdata/counter")
	if err != nil {
		t.Fatal(err)
	}
	return []db.Schema{{Name: "counter", Files: files}}
}

func add(tx *db.Tx, name string, n int64) error {
	_, err := tx.ExecContext(tx.Context(), `INSERT INTO counter (name, n) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET n = counter.n + excluded.n`, name, n)
	return err
}

func value(t testing.TB, s *dbtest.Store, name string) (n int64) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) error {
		return tx.QueryRowContext(tx.Context(), `SELECT coalesce(sum(n), 0) FROM counter WHERE name = $1`, name).Scan(&n)
	})
	return n
}

type counted struct{ Name string }

func (counted) Fact() string  { return "counter.counted" }
func (c counted) Key() string { return c.Name }

func TestManyMomentsAtOnceAllCount(t *testing.T) {
	dbtest.Each(t, counter(t), func(t *testing.T, s *dbtest.Store) {
		var wg sync.WaitGroup
		errs := make(chan error, 64)
		for range 64 {
			wg.Go(func() {
				for range 5 {
					if err := s.Try(func(tx *db.Tx) error { tx.Lock("a"); return add(tx, "a", 1) }); err != nil {
						errs <- err
					}
				}
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			t.Error(err)
		}
		if got := value(t, s, "a"); got != 320 {
			t.Fatalf("320 moments added 1, the counter shows %d", got)
		}
		if s.Engine() == db.SQLite && s.Counts().Commits.Load() >= 320 {
			t.Errorf("no moments shared a commit: %d commits", s.Counts().Commits.Load())
		}
	})
}

func TestFailedMomentLeavesNothing(t *testing.T) {
	dbtest.Each(t, counter(t), func(t *testing.T, s *dbtest.Store) {
		boom := errors.New("boom")
		hooked := false
		err := s.Try(func(tx *db.Tx) error {
			tx.AfterCommit(func() { hooked = true })
			if err := errors.Join(add(tx, "a", 1), tx.Emit(counted{"a"})); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("got %v", err)
		}
		if hooked || value(t, s, "a") != 0 || len(s.Facts(t)) != 0 {
			t.Fatal("a failed moment left something behind")
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic did not reach the one who asked")
				}
			}()
			_ = s.Try(func(tx *db.Tx) error { _ = add(tx, "a", 1); panic("boom") })
		}()
		s.Moment(t, func(tx *db.Tx) error { return errors.Join(add(tx, "a", 2), tx.Emit(counted{"a"})) })
		if value(t, s, "a") != 2 || len(s.Facts(t)) != 1 {
			t.Fatal("the moment after a panic was not kept")
		}
	})
}

func TestOneBadMomentInAGroupHarmsNoOther(t *testing.T) {
	dbtest.Each(t, counter(t), func(t *testing.T, s *dbtest.Store) {
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				err := s.Try(func(tx *db.Tx) error {
					if err := add(tx, "k"+strconv.Itoa(i), 1); err != nil {
						return err
					}
					if i%3 == 0 {
						return add(tx, "k"+strconv.Itoa(i), -5) // Breaks the CHECK.
					}
					return nil
				})
				if i%3 == 0 && db.Breaks(err) != db.BrokenCheck {
					t.Errorf("%d: want a broken check, got %v", i, err)
				}
				if i%3 != 0 && err != nil {
					t.Errorf("%d: %v", i, err)
				}
			})
		}
		wg.Wait()
		for i := range 60 {
			want := int64(1)
			if i%3 == 0 {
				want = 0
			}
			if got := value(t, s, "k"+strconv.Itoa(i)); got != want {
				t.Errorf("k%d: want %d, got %d", i, want, got)
			}
		}
	})
}

func TestRulesOfTheStore(t *testing.T) {
	dbtest.Each(t, counter(t), func(t *testing.T, s *dbtest.Store) {
		err := s.View(t.Context(), db.System, func(tx *db.Tx) error { return add(tx, "a", 1) })
		if err == nil {
			t.Error("a view could write")
		}
		err = s.Try(func(tx *db.Tx) error {
			return s.Update(tx.Context(), db.System, func(*db.Tx) error { return nil })
		})
		if err == nil {
			t.Error("a moment began inside a moment")
		}
		s.Moment(t, func(tx *db.Tx) error {
			before := tx.Now()
			s.Clock.Advance(time.Hour)
			if !tx.Now().Equal(before) {
				t.Error("the clock of a moment moved")
			}
			if one, another := tx.Mint("ord"), tx.Mint("ord"); one == another {
				t.Error("two ids are the same")
			}
			return nil
		})
		tries := 0
		s.Moment(t, func(tx *db.Tx) error {
			if tries++; tries < 3 {
				return fmt.Errorf("again: %w", db.ErrRace)
			}
			return nil
		})
		ended, stop := context.WithCancel(t.Context())
		stop()
		if err := s.Update(ended, db.System, func(*db.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("a moment began for somebody who has left: %v", err)
		}
	})
}

func TestLaterIsKeptAndSeenByWhatFollows(t *testing.T) {
	dbtest.Each(t, counter(t), func(t *testing.T, s *dbtest.Store) {
		s.Moment(t, func(tx *db.Tx) error {
			for _, name := range []string{"a", "b"} {
				if _, err := tx.Later().ExecContext(tx.Context(), `INSERT INTO counter (name, n) VALUES ($1, $2)`, name, 1); err != nil {
					return err
				}
			}
			var n int64
			if err := tx.QueryRowContext(tx.Context(), `SELECT count(*) FROM counter WHERE name IN (SELECT value FROM json_each($1))`, db.In([]string{"a", "b", "c"})).Scan(&n); err != nil {
				return err
			}
			if n != 2 {
				return fmt.Errorf("want 2 rows, got %d", n)
			}
			_, err := tx.Later().ExecContext(tx.Context(), `INSERT INTO counter (name, n) VALUES ($1, $2)`, "c", 1)
			return err
		})
		if value(t, s, "c") != 1 {
			t.Fatal("what was queued last is missing")
		}
		err := s.Try(func(tx *db.Tx) error {
			_, err := tx.Later().ExecContext(tx.Context(), `INSERT INTO counter (name, n) VALUES ($1, $2)`, "a", 1)
			return err
		})
		if db.Breaks(err) != db.BrokenUnique {
			t.Fatalf("a queued write that breaks a rule must fail the moment: %v", err)
		}
	})
}

// TestWhatTravelsTogetherReadsAlike reads the same by the first statement of a moment, by one that nothing waits for, and by
// one with which a change travels: the values are the same, and so is none. When the change is refused, so is the moment, with
// the reason, whatever was read meanwhile.
func TestWhatTravelsTogetherReadsAlike(t *testing.T) {
	dbtest.Each(t, counter(t), func(t *testing.T, s *dbtest.Store) {
		read := func(tx *db.Tx) (row [4]any, err error) {
			err = tx.QueryRowContext(tx.Context(), `SELECT cast($1 AS TEXT), cast($2 AS BIGINT), n, (SELECT c.name FROM counter c WHERE c.name = 'none')
				FROM counter WHERE name = 'a'`, "ә", int64(-7)).Scan(&row[0], &row[1], &row[2], &row[3])
			return row, err
		}
		later := func(tx *db.Tx, n int64) error {
			_, err := tx.Later().ExecContext(tx.Context(), `UPDATE counter SET n = n + $1 WHERE name = 'a'`, n)
			return err
		}
		s.Moment(t, func(tx *db.Tx) error { return add(tx, "a", 1) })
		s.Moment(t, func(tx *db.Tx) error {
			for n := range 3 {
				if n == 2 {
					if err := later(tx, 4); err != nil {
						return err
					}
				}
				row, err := read(tx)
				if want := [4]any{"ә", int64(-7), []int64{1, 1, 5}[n], nil}; err != nil || row != want {
					t.Errorf("read %d: %#v, %v", n, row, err)
				}
			}
			found, err := tx.QueryContext(tx.Context(), `SELECT name FROM counter WHERE name = 'none'`)
			if err != nil {
				return err
			}
			if found.Next() {
				t.Error("there is one that is called none")
			}
			return errors.Join(found.Err(), found.Close())
		})
		err := s.Try(func(tx *db.Tx) error {
			if err := later(tx, -9); err != nil {
				return err
			}
			_, _ = read(tx)
			return nil
		})
		if db.Breaks(err) != db.BrokenCheck || value(t, s, "a") != 5 {
			t.Errorf("a change that was refused: %v", err)
		}
	})
}

func TestMigrationsRunOnceAndGrow(t *testing.T) {
	dbtest.Each(t, counter(t), func(t *testing.T, s *dbtest.Store) {
		s.Moment(t, func(tx *db.Tx) error { return add(tx, "kept", 7) })
		if err := s.Migrate(t.Context(), counter(t)); err != nil {
			t.Fatal(err)
		}
		first, err := fs.ReadFile(counterFiles, "testdata/counter/schema/0001_counter.sql")
		if err != nil {
			t.Fatal(err)
		}
		grown := []db.Schema{{Name: "counter", Files: fstest.MapFS{
			"schema/0001_counter.sql": {Data: first},
			"schema/0002_note.sql":    {Data: []byte("-- +goose Up\nALTER TABLE counter ADD COLUMN note TEXT NOT NULL DEFAULT '';\n")},
		}}}
		behind, err := s.Behind(t.Context(), grown)
		if err != nil || len(behind) != 1 {
			t.Fatalf("want counter behind, got %v, %v", behind, err)
		}
		if err := s.Migrate(t.Context(), grown); err != nil {
			t.Fatal(err)
		}
		s.Moment(t, func(tx *db.Tx) error { return add(tx, "kept", 1) }) // What the older binary does still works.
		if value(t, s, "kept") != 8 {
			t.Fatal("rows were lost")
		}
	})
}

func TestSecondProcessIsRefusedWithTheReason(t *testing.T) {
	s := dbtest.SQLite(t, counter(t))
	_, err := db.Open(t.Context(), db.Config{Path: s.Path})
	if !errors.Is(err, db.ErrHeld) {
		t.Fatalf("want ErrHeld, got %v", err)
	}
	if !strings.Contains(fmt.Sprintf("%+v %v", err, err), strconv.Itoa(os.Getpid())) {
		t.Logf("the holder is only in the detail: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := db.Open(t.Context(), db.Config{Path: s.Path})
	if err != nil {
		t.Fatalf("after the first has closed: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestAcknowledgedMomentsSurviveKill runs this test binary as a child that writes and says what it was told is kept;
// the child is killed in the middle, and everything it said must be there.
func TestAcknowledgedMomentsSurviveKill(t *testing.T) {
	if path := os.Getenv("SAUDA_DB_CHILD"); path != "" {
		writeUntilKilled(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "sauda.db")
	child := exec.Command(os.Args[0], "-test.run=^TestAcknowledgedMomentsSurviveKill$")
	child.Env = append(os.Environ(), "SAUDA_DB_CHILD="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	buffer := make([]byte, 4096)
	var text strings.Builder
	for strings.Count(text.String(), "kept ") < 200 {
		n, err := out.Read(buffer)
		text.Write(buffer[:n])
		if err != nil {
			t.Fatalf("the child ended early: %v\n%s", err, text.String())
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	lines := strings.Split(text.String(), "\n")
	for _, line := range lines[:len(lines)-1] {
		if name, ok := strings.CutPrefix(line, "kept "); ok {
			said[name] = true
		}
	}
	store, err := db.Open(t.Context(), db.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	s := &dbtest.Store{Store: store}
	for name := range said {
		if value(t, s, name) != 1 {
			t.Errorf("%s was acknowledged and is lost", name)
		}
	}
}

func writeUntilKilled(t *testing.T, path string) {
	store, err := db.Open(t.Context(), db.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Migrate(t.Context(), counter(t)); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 100_000 {
				name := fmt.Sprintf("w%d-%d", w, i)
				if err := store.Update(context.Background(), db.System, func(tx *db.Tx) error { return add(tx, name, 1) }); err != nil {
					return
				}
				mu.Lock()
				_, _ = fmt.Fprintf(os.Stdout, "kept %s\n", name)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func BenchmarkMoments(b *testing.B) {
	s := dbtest.SQLite(b, counter(b))
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := s.Try(func(tx *db.Tx) error { return add(tx, "a", 1) }); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkViews(b *testing.B) {
	s := dbtest.SQLite(b, counter(b))
	for b.Loop() {
		value(b, s, "a")
	}
}

func TestAStoreAtRestWorksOn(t *testing.T) {
	dbtest.Each(t, counter(t), func(t *testing.T, s *dbtest.Store) {
		for n := range 3 {
			if err := s.Rest(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.Moment(t, func(tx *db.Tx) error { return add(tx, "rest", 1) })
			if got := value(t, s, "rest"); got != int64(n+1) {
				t.Errorf("%d are counted, want %d", got, n+1)
			}
		}
	})
}
