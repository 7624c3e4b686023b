package catalog_test

import (
	"errors"
	"slices"
	"testing"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// tried tries to add a product.
func tried(s *dbtest.Store, d catalog.Draft) error {
	return s.Try(func(tx *db.Tx) error {
		_, err := catalog.Add(tx, d)
		return err
	})
}

// pointers are the fields that a refusal names.
func pointers(err error) (all []string) {
	for _, f := range fault.FieldsOf(err) {
		all = append(all, f.Pointer)
	}
	return all
}

func TestBundles(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		home := branch(t, s, "", "home")
		pot, bowl := add(t, s, plain(home, "pot")), add(t, s, plain(home, "bowl"))
		alien := plain(home, "alien")
		alien.Seller = "sel_two"
		other := add(t, s, alien)
		part := func(p catalog.Product, n int64) catalog.BundlePart {
			return catalog.BundlePart{Variant: p.Variants[0].ID, Quantity: measure.Of(n)}
		}
		with := func(sku string, b catalog.Bundle) catalog.Draft {
			d := plain(home, sku)
			d.Kind.Bundle = &b
			return d
		}
		teaSet := catalog.Bundle{Parts: []catalog.BundlePart{part(pot, 1), part(bowl, 6)}, Summed: true, Less: money.Percent(10)}
		tea := add(t, s, with("tea", teaSet))

		for name, x := range map[string]struct {
			bundle catalog.Bundle
			want   *fault.Fault
			at     string
		}{
			"nothing":           {catalog.Bundle{}, catalog.ErrInvalid, "/kind/bundle/parts"},
			"a part twice":      {catalog.Bundle{Parts: []catalog.BundlePart{part(pot, 1), part(pot, 1)}}, catalog.ErrInvalid, "/kind/bundle/parts/1/variant_id"},
			"none of a part":    {catalog.Bundle{Parts: []catalog.BundlePart{part(pot, 0)}}, catalog.ErrInvalid, "/kind/bundle/parts/0/quantity"},
			"more than all off": {catalog.Bundle{Parts: []catalog.BundlePart{part(pot, 1)}, Summed: true, Less: money.One + 1}, catalog.ErrInvalid, "/kind/bundle/less"},
			"another's goods":   {catalog.Bundle{Parts: []catalog.BundlePart{part(other, 1)}}, catalog.ErrPart, "/kind/bundle/parts/0/variant_id"},
			"what is not there": {catalog.Bundle{Parts: []catalog.BundlePart{{Variant: "var_none", Quantity: measure.One}}}, catalog.ErrPart, "/kind/bundle/parts/0/variant_id"},
			"a bundle":          {catalog.Bundle{Parts: []catalog.BundlePart{part(tea, 1)}}, catalog.ErrPart, "/kind/bundle/parts/0/variant_id"},
			"half of a pot":     {catalog.Bundle{Parts: []catalog.BundlePart{{Variant: pot.Variants[0].ID, Quantity: measure.One / 2}}}, catalog.ErrPart, "/kind/bundle/parts/0/quantity"},
		} {
			err := tried(s, with("wrong", x.bundle))
			if !errors.Is(err, x.want) || !slices.Contains(pointers(err), x.at) {
				t.Errorf("%s: %v at %v", name, err, pointers(err))
			}
		}

		s.Look(t, func(tx *db.Tx) error {
			offers, err := catalog.Offers(tx, []catalog.VariantID{tea.Variants[0].ID})
			if err != nil {
				return err
			}
			k := offers[tea.Variants[0].ID].Kind
			if k.Name() != "bundle" || !slices.Equal(k.Bundle.Parts, teaSet.Parts) || k.Bundle.Less != money.Percent(10) {
				t.Errorf("the offer says %+v", k)
			}
			list, _, err := catalog.List(tx, catalog.Filter{Category: home, State: catalog.StateOnSale, Limit: 10})
			if err != nil || list[0].Kind.Bundle == nil || list[1].Kind.Bundle != nil {
				t.Errorf("the list says %+v, %v", list, err)
			}
			touched, err := catalog.ProductsTouched(tx, []catalog.VariantID{pot.Variants[0].ID})
			slices.Sort(touched)
			if want := []catalog.ProductID{pot.ID, tea.ID}; !slices.Equal(touched, want) || err != nil {
				t.Errorf("touched are %v, %v", touched, err)
			}
			bundles, err := catalog.BundlesWith(tx, []catalog.ProductID{bowl.ID, other.ID})
			if !slices.Equal(bundles, []catalog.ProductID{tea.ID}) {
				t.Errorf("bundles are %v", bundles)
			}
			return err
		})

		// A part cannot become a bundle; a bundle can become a thing, and the change can be taken back.
		revise := func(id catalog.ProductID, version int64, k catalog.Kind) (p catalog.Product, err error) {
			err = s.Try(func(tx *db.Tx) (err error) {
				p, err = catalog.Revise(tx, id, version, catalog.Changes{Kind: &k})
				return err
			})
			return p, err
		}
		if _, err := revise(pot.ID, pot.Version, catalog.Kind{Bundle: &catalog.Bundle{Parts: []catalog.BundlePart{part(bowl, 2)}}}); !errors.Is(err, catalog.ErrPart) {
			t.Errorf("a part became a bundle: %v", err)
		}
		if _, err := revise(tea.ID, tea.Version, catalog.Kind{Bundle: &catalog.Bundle{Parts: []catalog.BundlePart{part(tea, 2)}}}); !errors.Is(err, catalog.ErrPart) {
			t.Errorf("a bundle of itself: %v", err)
		}
		now, err := revise(tea.ID, tea.Version, catalog.Kind{})
		if err != nil || now.Kind.Bundle != nil || now.Version != tea.Version+1 {
			t.Fatalf("%+v, %v", now, err)
		}
		s.Moment(t, func(tx *db.Tx) error {
			bundles, err := catalog.BundlesWith(tx, []catalog.ProductID{bowl.ID})
			if len(bundles) != 0 || err != nil {
				t.Errorf("bundles are %v, %v", bundles, err)
			}
			back, err := catalog.Undo(tx, tea.ID, now.Version, now.Version)
			if err != nil || back.Kind.Bundle == nil || len(back.Kind.Bundle.Parts) != 2 {
				t.Errorf("taken back it is %+v, %v", back.Kind, err)
			}
			return err
		})
	})
}

// TestAnImportKeepsTheKind brings a product again, and wants it to stay a bundle.
func TestAnImportKeepsTheKind(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		home := branch(t, s, "", "home")
		pot := add(t, s, plain(home, "pot"))
		d := plain(home, "tea")
		bundle := d
		bundle.Kind.Bundle = &catalog.Bundle{Parts: []catalog.BundlePart{{Variant: pot.Variants[0].ID, Quantity: measure.Of(2)}}}
		tea := add(t, s, bundle)
		d.Brand = "Other"
		s.Moment(t, func(tx *db.Tx) error {
			done, err := catalog.ImportBatch(tx, []catalog.Draft{d})
			if err != nil || done[0].Outcome != catalog.ImportChanged {
				t.Fatalf("%+v, %v", done, err)
			}
			p, err := catalog.Get(tx, tea.ID)
			if p.Brand != "Other" || p.Kind.Bundle == nil {
				t.Errorf("it is %q and %+v", p.Brand, p.Kind)
			}
			return err
		})
	})
}
