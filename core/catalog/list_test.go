package catalog_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// walk gives the SKUs of all pages of a filter, page by page.
func walk(t *testing.T, s *dbtest.Store, f catalog.Filter) (skus []string) {
	t.Helper()
	for range 100 {
		var page []catalog.Summary
		s.Look(t, func(tx *db.Tx) (err error) {
			page, f.After, err = catalog.List(tx, f)
			return err
		})
		for _, p := range page {
			skus = append(skus, p.Variants[0].SKU)
		}
		if f.After == "" {
			return skus
		}
	}
	t.Fatal("the pages do not end")
	return nil
}

func TestPagesShowEverythingOnceNewestFirst(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		root := branch(t, s, "", "root")
		phones, laptops := branch(t, s, root, "phones"), branch(t, s, root, "laptops")
		other := branch(t, s, "", "other")
		homes := []catalog.CategoryID{phones, laptops, other, root}
		want := map[string][]string{}
		for i := range 41 {
			sku := fmt.Sprintf("P%02d", i)
			d := plain(homes[i%4], sku)
			if i%5 == 4 {
				d.State = catalog.StateDraft
			}
			if i%3 == 2 {
				d.Seller = "sel_other"
			}
			add(t, s, d)
			s.Clock.Advance(time.Minute)
			note := func(key string) { want[key] = append([]string{sku}, want[key]...) }
			note("any")
			note("any " + string(d.Seller))
			if d.Category != other {
				note("any root")
			}
			if d.State == catalog.StateDraft {
				note("draft")
				continue
			}
			note("all")
			note("seller " + string(d.Seller))
			note("category " + string(d.Category))
			if d.Category != other {
				note("below root")
				note("below root " + string(d.Seller))
			}
		}
		for key, f := range map[string]catalog.Filter{
			"all":                       {},
			"below root":                {Category: root},
			"category " + string(other): {Category: other},
			"seller sel_other":          {Seller: "sel_other"},
			"below root sel_other":      {Category: root, Seller: "sel_other"},
			"draft":                     {State: catalog.StateDraft},
			"any":                       {State: catalog.StateAny},
			"any sel_other":             {State: catalog.StateAny, Seller: "sel_other"},
			"any root":                  {State: catalog.StateAny, Category: root},
		} {
			for _, limit := range []int{1, 7, 200} {
				f.Limit = limit
				if got := walk(t, s, f); !slices.Equal(got, want[key]) {
					t.Errorf("%s by %d:\n%v, want\n%v", key, limit, got, want[key])
				}
			}
		}
		if got := walk(t, s, catalog.Filter{Text: "THING p1", State: catalog.StateAny}); len(got) != 10 {
			t.Errorf("found %v", got)
		}
		if got := walk(t, s, catalog.Filter{Text: "100% _"}); len(got) != 0 {
			t.Errorf("signs of LIKE found %v", got)
		}
		if n := s.Statements(func() {
			s.Look(t, func(tx *db.Tx) error { _, _, err := catalog.List(tx, catalog.Filter{Category: root}); return err })
		}); n > 2 {
			t.Errorf("a list took %d statements", n)
		}
	})
}

func TestBrokenListsAreRefused(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		empty := branch(t, s, "", "empty")
		for mark, want := range map[string]error{"x": catalog.ErrCursor, "zzzzzzzzzzzzzzzzzzz.prd_1": catalog.ErrCursor, "abc.": catalog.ErrCursor} {
			err := s.Try(func(tx *db.Tx) error { _, _, err := catalog.List(tx, catalog.Filter{After: mark}); return err })
			if !errors.Is(err, want) {
				t.Errorf("%q: %v", mark, err)
			}
		}
		err := s.Try(func(tx *db.Tx) error { _, _, err := catalog.List(tx, catalog.Filter{Category: "cat_no"}); return err })
		if !errors.Is(err, catalog.ErrNoCategory) {
			t.Errorf("an unknown category: %v", err)
		}
		if got := walk(t, s, catalog.Filter{Category: empty}); len(got) != 0 {
			t.Errorf("an empty category has %v", got)
		}
	})
}

// No list may read a whole table or sort one, however many products there are.
func TestListsWalkAnIndex(t *testing.T) {
	s := dbtest.SQLite(t, schemas)
	c := branch(t, s, "", "things")
	drafts := make([]catalog.Draft, 300)
	for i := range drafts {
		drafts[i] = plain(c, fmt.Sprint("P", i))
	}
	s.Moment(t, func(tx *db.Tx) error { _, err := catalog.ImportBatch(tx, drafts); return err })
	for _, f := range []catalog.Filter{{}, {Category: c}, {Seller: seller.Own}, {Category: c, Seller: seller.Own},
		{State: catalog.StateDraft}, {State: catalog.StateAny}, {State: catalog.StateAny, Seller: seller.Own}} {
		query, args := catalog.Query(f)
		s.Look(t, func(tx *db.Tx) error {
			rows, err := tx.QueryContext(tx.Context(), "EXPLAIN QUERY PLAN "+query, args...)
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }()
			for rows.Next() {
				var id, parent, unused int
				var step string
				if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
					return err
				}
				// The three states of the office's list are three walks, whose pages are then merged.
				merged := f.State == catalog.StateAny && f.Seller == ""
				reads := strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "json_each")
				if !merged && (reads || strings.Contains(step, "TEMP B-TREE")) || strings.HasPrefix(step, "SCAN product") {
					t.Errorf("%+v: %s\n%s", f, step, query)
				}
			}
			return rows.Err()
		})
	}
}

func TestTheTree(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		home, garden := branch(t, s, "", "home"), branch(t, s, "", "garden")
		tools := branch(t, s, home, "tools")
		saws := branch(t, s, tools, "saws")
		add(t, s, plain(saws, "SAW"))
		under := func(c catalog.CategoryID) int { return len(walk(t, s, catalog.Filter{Category: c})) }
		if under(home) != 1 || under(garden) != 0 {
			t.Fatal("the saw is not at home")
		}
		s.Moment(t, func(tx *db.Tx) error {
			moved, err := catalog.MoveCategory(tx, tools, garden, 5)
			if moved.Depth != 1 || moved.Parent != garden || moved.Position != 5 {
				t.Errorf("moved: %+v", moved)
			}
			return err
		})
		if under(home) != 0 || under(garden) != 1 || under(saws) != 1 {
			t.Error("the saw did not move to the garden")
		}
		s.Look(t, func(tx *db.Tx) error {
			tree, err := catalog.Tree(tx)
			var slugs []string
			for _, c := range tree {
				slugs = append(slugs, fmt.Sprint(c.Slug, c.Depth))
			}
			if got := strings.Join(slugs, " "); got != "garden0 tools1 saws2 home0" {
				t.Errorf("the tree is %s", got)
			}
			return err
		})
		s.Moment(t, func(tx *db.Tx) error { return catalog.RemoveCategory(tx, home) })
		s.Moment(t, func(tx *db.Tx) error {
			c, err := catalog.RenameCategory(tx, garden, catalog.CategoryDraft{Slug: "yard", Name: name("Yard"), Position: 3})
			if c.Slug != "yard" {
				t.Errorf("renamed: %+v", c)
			}
			return err
		})
	})
}

func TestTheTreeStaysATree(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		home, garden := branch(t, s, "", "home"), branch(t, s, "", "garden")
		tools := branch(t, s, garden, "tools")
		saws := branch(t, s, tools, "saws")
		add(t, s, plain(saws, "SAW"))
		refused := func(want error, do func(*db.Tx) error) {
			t.Helper()
			if err := s.Try(do); !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
		}
		refused(catalog.ErrCycle, func(tx *db.Tx) error { _, err := catalog.MoveCategory(tx, garden, saws, 0); return err })
		refused(catalog.ErrCycle, func(tx *db.Tx) error { _, err := catalog.MoveCategory(tx, garden, garden, 0); return err })
		refused(catalog.ErrNoCategory, func(tx *db.Tx) error { _, err := catalog.MoveCategory(tx, garden, "cat_no", 0); return err })
		refused(catalog.ErrNotEmpty, func(tx *db.Tx) error { return catalog.RemoveCategory(tx, tools) })
		refused(catalog.ErrNotEmpty, func(tx *db.Tx) error { return catalog.RemoveCategory(tx, saws) })
		refused(catalog.ErrSlugTaken, func(tx *db.Tx) error {
			_, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "saws", Name: name("Saws")})
			return err
		})
		refused(catalog.ErrSlugTaken, func(tx *db.Tx) error {
			_, err := catalog.RenameCategory(tx, home, catalog.CategoryDraft{Slug: "saws", Name: name("Saws")})
			return err
		})
		refused(catalog.ErrCategory, func(tx *db.Tx) error {
			_, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "a b", Name: text.Localized{}})
			return err
		})
		refused(catalog.ErrDeep, func(tx *db.Tx) error {
			parent := saws
			for i := range catalog.DepthMax {
				c, err := catalog.AddCategory(tx, catalog.CategoryDraft{Parent: parent, Slug: fmt.Sprint("d", i), Name: name("d")})
				if err != nil {
					return err
				}
				parent = c.ID
			}
			return nil
		})
	})
}

func TestCategoriesAreEnsuredOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		drafts := []catalog.CategoryDraft{{Name: name("Mobile phones")}, {Slug: "laptops", Name: name("Laptops")}, {Name: name("Mobile phones")}}
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error {
				ensured, err := catalog.EnsureCategories(tx, drafts)
				if len(ensured) != 2 || ensured["mobile-phones"].ID == "" {
					t.Errorf("ensured: %+v", ensured)
				}
				return err
			})
		}
		if n := len(s.Facts(t)); n != 2 {
			t.Errorf("%d facts", n)
		}
	})
}
