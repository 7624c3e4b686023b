package digital_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/base/measure"
	"sauda/core/catalog"
	"sauda/core/digital"
	"sauda/core/hold"
	"sauda/gear/blob"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{hold.Schema, digital.Schema}

// TestEachCodeIsGivenOnce lets twenty buyers reach for five codes.
func TestEachCodeIsGivenOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s.Moment(t, func(tx *db.Tx) error {
			n, err := digital.AddCodes(tx, "var_1", []string{"A", "B", "C", "D", "E", "A"})
			if n != 5 {
				t.Errorf("%d codes are new", n)
			}
			return err
		})
		var wait sync.WaitGroup
		for n := range 20 {
			wait.Go(func() {
				owner := fmt.Sprintf("cart/%d", n)
				err := s.Try(func(tx *db.Tx) error {
					wants := []hold.Want{{Key: catalog.CodesKey("var_1"), Quantity: int64(measure.One)}}
					if err := hold.Take(tx, owner, wants, tx.Now().Add(time.Minute)); err != nil {
						return err
					}
					return hold.Confirm(tx, owner)
				})
				if errors.Is(err, hold.ErrSoldOut) {
					return
				}
				if err == nil {
					err = s.Try(func(tx *db.Tx) error {
						_, err := digital.Give(tx, digital.Gift{Order: fmt.Sprint("ord_", n), Line: "a", Owner: owner, Product: "prd_1",
							Variant: "var_1", Quantity: measure.One, Terms: catalog.Digital{Codes: true}})
						return err
					})
				}
				if err != nil {
					t.Errorf("buyer %d: %v", n, err)
				}
			})
		}
		wait.Wait()
		var given []string
		s.Look(t, func(tx *db.Tx) error {
			for n := range 20 {
				grants, err := digital.Of(tx, fmt.Sprint("ord_", n))
				if err != nil {
					return err
				}
				for _, g := range grants {
					given = append(given, g.Codes...)
				}
			}
			if m, even, err := digital.Audit(tx, "var_1"); !even || err != nil {
				t.Errorf("the pool and the codes differ: %+v, %v", m, err)
			}
			return nil
		})
		slices.Sort(given)
		if strings.Join(given, "") != "ABCDE" {
			t.Errorf("given are %v", given)
		}
	})
}

func TestFetch(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		l := digital.Library{Blobs: blob.Folder{Dir: t.TempDir()}}
		kept, err := l.Keep(t.Context(), "prd_1", strings.NewReader("a book"), "\u0000")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Keep(t.Context(), "prd_1", strings.NewReader(""), "empty"); !errors.Is(err, digital.ErrEmpty) {
			t.Errorf("nothing was kept: %v", err)
		}
		var file digital.File
		var grant digital.GrantID
		s.Moment(t, func(tx *db.Tx) (err error) {
			if file, err = digital.AddFile(tx, "prd_1", kept); err != nil {
				return err
			}
			grant, err = digital.Give(tx, digital.Gift{Order: "ord_1", Line: "a", Product: "prd_1", Quantity: measure.One,
				Terms: catalog.Digital{Fetches: 2, Days: 3}})
			return err
		})
		fetch := func(order string, want error) {
			t.Helper()
			err := s.Try(func(tx *db.Tx) error {
				_, err := digital.Fetch(tx, order, grant, file.ID)
				return err
			})
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", order, err, want)
			}
		}
		fetch("ord_2", digital.ErrUnknown)
		fetch("ord_1", nil)
		s.Moment(t, func(tx *db.Tx) error { return digital.DropFile(tx, "prd_1", file.ID) })
		fetch("ord_1", nil) // Who has bought it still has it.
		fetch("ord_1", digital.ErrSpent)
		s.Moment(t, func(tx *db.Tx) error {
			if err := digital.DropFile(tx, "prd_1", file.ID); !errors.Is(err, digital.ErrUnknown) {
				t.Errorf("dropped twice: %v", err)
			}
			files, err := digital.Files(tx, "prd_1")
			if len(files) != 0 {
				t.Errorf("offered are %v", files)
			}
			return err
		})
		s.Clock.Advance(73 * time.Hour)
		fetch("ord_1", digital.ErrOver)
		s.Moment(t, func(tx *db.Tx) error { return digital.End(tx, "ord_1", []digital.Rest{{Line: "a"}}) })
		s.Look(t, func(tx *db.Tx) error {
			grants, err := digital.Of(tx, "ord_1")
			if len(grants) != 1 || !grants[0].Ended || grants[0].Open(tx.Now()) {
				t.Errorf("after its end: %+v", grants)
			}
			return err
		})
	})
}

// TestAPartGivenBack ends as many codes as were given back, and no more however often it is told.
func TestAPartGivenBack(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s.Moment(t, func(tx *db.Tx) error {
			_, err := digital.AddCodes(tx, "var_1", []string{"A", "B", "C", "D"})
			return err
		})
		for n, line := range []string{"a", "b"} {
			s.Moment(t, func(tx *db.Tx) error {
				owner := "cart/" + line
				q := measure.Of(int64(3 - 2*n))
				if err := hold.Take(tx, owner, []hold.Want{{Key: catalog.CodesKey("var_1"), Quantity: int64(q)}}, tx.Now().Add(time.Minute)); err != nil {
					return err
				}
				if err := hold.Confirm(tx, owner); err != nil {
					return err
				}
				_, err := digital.Give(tx, digital.Gift{Order: "ord_1", Line: line, Owner: owner, Product: "prd_1", Variant: "var_1", Quantity: q,
					Terms: catalog.Digital{Codes: true}})
				return err
			})
		}
		has := func(want string) {
			t.Helper()
			s.Look(t, func(tx *db.Tx) error {
				grants, err := digital.Of(tx, "ord_1")
				got := ""
				for _, g := range grants {
					got += fmt.Sprintf("%s%v%t", g.Line, g.Codes, g.Ended)
				}
				if got != want {
					t.Errorf("%s, want %s", got, want)
				}
				if m, even, err := digital.Audit(tx, "var_1"); !even || err != nil {
					t.Errorf("the pool and the codes differ: %+v, %v", m, err)
				}
				return err
			})
		}
		end := func(kept int64) {
			s.Moment(t, func(tx *db.Tx) error {
				return digital.End(tx, "ord_1", []digital.Rest{{Line: "a", Kept: measure.Of(kept)}, {Line: "b", Kept: measure.One}})
			})
		}
		has("a[A B C]falseb[D]false")
		end(2)
		end(2)
		has("a[A B]falseb[D]false")
		end(0)
		has("a[]trueb[D]false")
	})
}
