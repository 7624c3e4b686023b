package catalog_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"sauda/core/catalog"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// crowd lets many do the same at once and counts who succeeded; all others must have got the refusal.
func crowd(t *testing.T, s *dbtest.Store, refusal error, do func(tx *db.Tx, i int) error) int {
	t.Helper()
	var won atomic.Int64
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			err := s.Try(func(tx *db.Tx) error { return do(tx, i) })
			switch {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, refusal):
				t.Errorf("got %v, want %v", err, refusal)
			}
		})
	}
	all.Wait()
	return int(won.Load())
}

func TestOnlyOneOfManyWins(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c := branch(t, s, "", "things")
		p := add(t, s, plain(c, "P1"))
		if n := crowd(t, s, catalog.ErrStale, func(tx *db.Tx, i int) error {
			brand := fmt.Sprint("Brand ", i)
			_, err := catalog.Revise(tx, p.ID, 1, catalog.Changes{Brand: &brand})
			return err
		}); n != 1 {
			t.Errorf("%d revised the same version", n)
		}
		if n := crowd(t, s, catalog.ErrSKUTaken, func(tx *db.Tx, i int) error {
			d := plain(c, "P2")
			d.ExternalID = ""
			_, err := catalog.Add(tx, d)
			return err
		}); n != 1 {
			t.Errorf("%d added the same SKU", n)
		}
		if n := crowd(t, s, nil, func(tx *db.Tx, i int) error {
			_, err := catalog.ImportBatch(tx, []catalog.Draft{plain(c, "P3"), plain(c, "P4")})
			return err
		}); n != 12 {
			t.Errorf("%d imported the same batch", n)
		}
		if got := walk(t, s, catalog.Filter{}); len(got) != 4 {
			t.Errorf("in the end there are %v", got)
		}
		if n := crowd(t, s, catalog.ErrSlugTaken, func(tx *db.Tx, i int) error {
			_, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "same", Name: name("Same")})
			return err
		}); n != 1 {
			t.Errorf("%d added the same category", n)
		}
	})
}
