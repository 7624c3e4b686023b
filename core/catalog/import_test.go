package catalog_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

func bring(t *testing.T, s *dbtest.Store, drafts ...catalog.Draft) (results []catalog.Imported) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) {
		results, err = catalog.ImportBatch(tx, drafts)
		return err
	})
	return results
}

func outcomes(results []catalog.Imported) (all []catalog.Outcome) {
	for i, r := range results {
		if r.Row != i {
			panic("rows are out of order")
		}
		all = append(all, r.Outcome)
	}
	return all
}

func TestAnImportRunAgainChangesNothing(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c, other := branch(t, s, "", "things"), branch(t, s, "", "others")
		dress := shirt(c, "S1")
		dress.ExternalID = "src-S1"
		drafts := []catalog.Draft{plain(c, "P1"), dress, plain(c, "P3")}
		first := bring(t, s, drafts...)
		if !slices.Equal(outcomes(first), []catalog.Outcome{catalog.ImportAdded, catalog.ImportAdded, catalog.ImportAdded}) || len(first[1].Variants) != 3 {
			t.Fatalf("first: %+v", first)
		}
		facts := len(s.Facts(t))
		var again []catalog.Imported
		if n := s.Statements(func() { again = bring(t, s, drafts...) }); n > 3 {
			t.Errorf("run again it took %d statements", n)
		}
		for i := range again {
			if again[i].Outcome != catalog.ImportSame || again[i].Product != first[i].Product || !slices.Equal(again[i].Variants, first[i].Variants) {
				t.Errorf("again: %+v, first %+v", again[i], first[i])
			}
		}
		if len(s.Facts(t)) != facts {
			t.Error("run again it stated facts")
		}
		drafts[0].Category = other
		drafts[1].Variants = drafts[1].Variants[:2]
		results := bring(t, s, drafts...)
		if !slices.Equal(outcomes(results), []catalog.Outcome{catalog.ImportChanged, catalog.ImportChanged, catalog.ImportSame}) {
			t.Errorf("changed: %+v", results)
		}
		if got := walk(t, s, catalog.Filter{Category: other}); !slices.Equal(got, []string{"P1"}) {
			t.Errorf("on the other shelf: %v", got)
		}
		s.Look(t, func(tx *db.Tx) error {
			p, err := catalog.Get(tx, first[1].Product)
			if p.Version != 2 || len(p.Variants) != 2 || p.Variants[0].ID != first[1].Variants[0] {
				t.Errorf("the shirt is now %+v", p)
			}
			return err
		})
		if fact := s.Facts(t)[len(s.Facts(t))-1]; fact.Name != "catalog.products_imported" || fact.Key != string(seller.Own) {
			t.Errorf("fact: %+v", fact)
		}
	})
}

func TestAWrongRowStopsNoOther(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c := branch(t, s, "", "things")
		bring(t, s, plain(c, "OLD"))
		thief := plain(c, "OLD")
		thief.ExternalID = "src-thief"
		nameless, nowhere, noID := plain(c, "A"), plain("cat_no", "B"), plain(c, "C")
		nameless.Name, noID.ExternalID = text.Localized{}, ""
		twice := plain(c, "GOOD")
		twice.ExternalID = "src-twice"
		results := bring(t, s, nameless, thief, nowhere, noID, plain(c, "GOOD"), twice, plain(c, "GOOD"))
		for i, want := range []error{catalog.ErrInvalid, catalog.ErrSKUTaken, catalog.ErrNoCategory, catalog.ErrInvalid, nil,
			catalog.ErrSKUTaken, catalog.ErrInvalid} {
			if !errors.Is(results[i].Err, want) || (want == nil) != (results[i].Outcome == catalog.ImportAdded) {
				t.Errorf("row %d: %+v", i, results[i])
			}
		}
		if got := walk(t, s, catalog.Filter{}); len(got) != 2 {
			t.Errorf("on sale: %v", got)
		}
	})
}

func TestAnImportKeepsWhatTheShopDecided(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c := branch(t, s, "", "things")
		ended, draft := plain(c, "ENDED"), plain(c, "DRAFT")
		draft.State = catalog.StateDraft
		first := bring(t, s, ended, draft)
		brand := "By hand"
		s.Moment(t, func(tx *db.Tx) error {
			if _, err := catalog.End(tx, first[0].Product, 1); err != nil {
				return err
			}
			_, err := catalog.Revise(tx, first[1].Product, 1, catalog.Changes{Brand: &brand})
			return err
		})
		if got := outcomes(bring(t, s, ended, draft)); !slices.Equal(got, []catalog.Outcome{catalog.ImportSame, catalog.ImportSame}) {
			t.Errorf("the same source: %v", got)
		}
		ended.Brand, draft.State = "Altai", catalog.StateOnSale
		s.Moment(t, func(tx *db.Tx) error { return catalog.Track(tx, seller.Own, first[0].Variants) })
		bring(t, s, ended, draft)
		s.Look(t, func(tx *db.Tx) error {
			e, err := catalog.Get(tx, first[0].Product)
			if err != nil || e.State != catalog.StateEnded || e.Brand != "Altai" || e.Variants[0].Tracking != catalog.Tracked {
				t.Errorf("the ended one: %+v %v", e, err)
			}
			d, err := catalog.Get(tx, first[1].Product)
			if d.State != catalog.StateOnSale || d.Brand != draft.Brand {
				t.Errorf("the draft: %+v", d)
			}
			return err
		})
		if got := walk(t, s, catalog.Filter{Category: c}); !slices.Equal(got, []string{"DRAFT"}) {
			t.Errorf("on sale: %v", got)
		}
	})
}

func TestBatchesHaveOneSellerAndALimit(t *testing.T) {
	s := dbtest.SQLite(t, schemas)
	other := plain("", "B")
	other.Seller = "sel_other"
	for want, drafts := range map[error][]catalog.Draft{
		catalog.ErrNotSellers: {plain("", "A"), other},
		catalog.ErrBatch:      make([]catalog.Draft, catalog.BatchMax+1),
	} {
		err := s.Try(func(tx *db.Tx) error { _, err := catalog.ImportBatch(tx, drafts); return err })
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	if results := bring(t, s); len(results) != 0 {
		t.Errorf("nothing became %v", results)
	}
}

// A random history of imports, revisions, ends and moves, held against what a simple map says.
func TestTheShelvesAgreeWithAModel(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := dbtest.SQLite(t, schemas)
		root := branch(t, s, "", "root")
		categories := []catalog.CategoryID{root, branch(t, s, root, "a"), branch(t, s, root, "b"), branch(t, s, "", "c")}
		parent := map[catalog.CategoryID]catalog.CategoryID{categories[1]: root, categories[2]: root}
		type item struct {
			id       catalog.ProductID
			category catalog.CategoryID
			state    catalog.State
		}
		model := map[string]*item{}
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			sku := fmt.Sprint("P", rapid.IntRange(0, 4).Draw(r, "sku"))
			category := rapid.SampledFrom(categories).Draw(r, "category")
			it := model[sku]
			switch rapid.IntRange(0, 3).Draw(r, "do") {
			case 0, 1:
				result := bring(t, s, plain(category, sku))[0]
				if it == nil {
					model[sku] = &item{result.Product, category, catalog.StateOnSale}
				} else if result.Outcome != catalog.ImportSame {
					it.category = category
				}
			case 2:
				if it != nil {
					s.Moment(t, func(tx *db.Tx) error {
						p, err := catalog.Get(tx, it.id)
						if err != nil {
							return err
						}
						turn, state := catalog.End, catalog.StateEnded
						if it.state == catalog.StateEnded {
							turn, state = catalog.PutOnSale, catalog.StateOnSale
						}
						it.state = state
						_, err = turn(tx, it.id, p.Version)
						return err
					})
				}
			case 3:
				if category != root {
					s.Moment(t, func(tx *db.Tx) error {
						to := root
						if parent[category] == root {
							to = ""
						}
						parent[category] = to
						_, err := catalog.MoveCategory(tx, category, to, 0)
						return err
					})
				}
			}
		}
		for _, category := range categories {
			want := []string{}
			for sku, it := range model {
				if it.state == catalog.StateOnSale && (it.category == category || parent[it.category] == category) {
					want = append(want, sku)
				}
			}
			slices.Sort(want)
			got := walk(t, s, catalog.Filter{Category: category, Limit: 2})
			slices.Sort(got)
			if !slices.Equal(got, want) && len(got)+len(want) > 0 {
				r.Fatalf("in %s there is %v, want %v", category, got, want)
			}
		}
	})
}
