package db

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
)

var errBoom = errors.New("boom")

// notes opens a store with one table and gives what writes a note and what counts them.
func notes(t *testing.T) (store *Store, note func(id int) func(*Tx) error, count func() (int, error)) {
	t.Helper()
	store, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "sauda.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if err := store.Update(t.Context(), System, func(tx *Tx) error {
		_, err := tx.ExecContext(tx.Context(), "CREATE TABLE note (id BIGINT PRIMARY KEY)")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	note = func(id int) func(*Tx) error {
		return func(tx *Tx) error {
			_, err := tx.ExecContext(tx.Context(), "INSERT INTO note VALUES ($1)", id)
			return err
		}
	}
	count = func() (n int, err error) {
		err = store.View(t.Context(), System, func(tx *Tx) error {
			return tx.QueryRowContext(tx.Context(), "SELECT count(*) FROM note").Scan(&n)
		})
		return n, err
	}
	return store, note, count
}

// TestAFailedMomentTakesNobodyWithIt fails every third moment of a crowd after it has written, so that groups are undone
// and run again.
func TestAFailedMomentTakesNobodyWithIt(t *testing.T) {
	store, note, count := notes(t)
	var crowd sync.WaitGroup
	for id := range 300 {
		crowd.Go(func() {
			want := error(nil)
			if id%3 == 0 {
				want = errBoom
			}
			runs := 0
			got := store.Update(t.Context(), System, func(tx *Tx) error {
				runs++
				return errors.Join(note(id)(tx), want)
			})
			if !errors.Is(got, want) {
				t.Errorf("moment %d: %v", id, got)
			}
			if id%3 == 0 && runs != 1 {
				t.Errorf("the refused moment %d ran %d times", id, runs)
			}
		})
	}
	crowd.Wait()
	if n, err := count(); err != nil || n != 200 {
		t.Fatalf("200 moments stood, %d are kept (%v)", n, err)
	}
}

// TestNobodySeesWhatIsNotDurable holds the disk back: neither the moment nor a view that has seen it may be answered.
func TestNobodySeesWhatIsNotDurable(t *testing.T) {
	store, note, count := notes(t)
	writing, disk := make(chan struct{}), make(chan struct{})
	store.lite.flusher.force = func(f *os.File) error {
		close(writing)
		<-disk
		return syncData(f)
	}
	answers := make(chan string, 2)
	var both sync.WaitGroup
	both.Go(func() {
		if err := store.Update(t.Context(), System, note(1)); err != nil {
			t.Error(err)
		}
		answers <- "moment"
	})
	<-writing
	both.Go(func() {
		n, err := count()
		if err != nil {
			t.Error(err)
		}
		answers <- strconv.Itoa(n)
	})
	select {
	case early := <-answers:
		t.Errorf("answered before the disk: %s", early)
	default:
	}
	close(disk)
	both.Wait()
	close(answers)
	for a := range answers {
		if a != "moment" && a != "1" {
			t.Errorf("the view saw %s notes", a)
		}
	}
}

// TestAFailedDiskStopsTheStore lets one fsync fail: its moments are unsure, and from then on nothing is written and
// nothing that may be lost is shown.
func TestAFailedDiskStopsTheStore(t *testing.T) {
	store, note, count := notes(t)
	store.lite.flusher.force = func(*os.File) error { return errBoom }
	if err := store.Update(t.Context(), System, note(1)); !errors.Is(err, ErrUnsure) {
		t.Fatalf("the moment whose fsync failed: %v", err)
	}
	store.lite.flusher.force = syncData
	if err := store.Update(t.Context(), System, note(2)); !errors.Is(err, ErrUnsure) {
		t.Errorf("a moment after it: %v", err)
	}
	if _, err := count(); !errors.Is(err, ErrUnsure) {
		t.Errorf("a view after it: %v", err)
	}
}
