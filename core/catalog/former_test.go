package catalog_test

import (
	"errors"
	"testing"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// TestFormerAddressesLeadOn changes addresses in chains and in circles, and gives some to others: each former address leads
// to where its last owner is now, in one step, and what has an address now comes first.
func TestFormerAddressesLeadOn(t *testing.T) {
	type thing struct{ id, slug string }
	for kind, of := range map[string]struct {
		add    func(tx *db.Tx, slug string) (string, error)
		move   func(tx *db.Tx, id, slug string) error
		at     func(tx *db.Tx, slug string) (thing, error)
		remove func(tx *db.Tx, id string) error
		none   error
	}{
		"category": {
			add: func(tx *db.Tx, slug string) (string, error) {
				c, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: slug, Name: text.Localized{"kk": "Санат"}})
				return string(c.ID), err
			},
			move: func(tx *db.Tx, id, slug string) error {
				_, err := catalog.RenameCategory(tx, catalog.CategoryID(id), catalog.CategoryDraft{Slug: slug, Name: text.Localized{"kk": "Санат"}})
				return err
			},
			at: func(tx *db.Tx, slug string) (thing, error) {
				c, err := catalog.CategoryAt(tx, slug)
				return thing{string(c.ID), c.Slug}, err
			},
			remove: func(tx *db.Tx, id string) error { return catalog.RemoveCategory(tx, catalog.CategoryID(id)) },
			none:   catalog.ErrNoCategory,
		},
		"collection": {
			add: func(tx *db.Tx, slug string) (string, error) {
				c, err := catalog.AddCollection(tx, catalog.Collection{Slug: slug, Name: text.Localized{"kk": "Топтама"}})
				return string(c.ID), err
			},
			move: func(tx *db.Tx, id, slug string) error {
				_, err := catalog.ReviseCollection(tx, catalog.Collection{ID: catalog.CollectionID(id), Slug: slug, Name: text.Localized{"kk": "Топтама"}})
				return err
			},
			at: func(tx *db.Tx, slug string) (thing, error) {
				c, err := catalog.CollectionAt(tx, slug)
				return thing{string(c.ID), c.Slug}, err
			},
			remove: func(tx *db.Tx, id string) error { return catalog.RemoveCollection(tx, catalog.CollectionID(id)) },
			none:   catalog.ErrNoCollection,
		},
	} {
		t.Run(kind, func(t *testing.T) {
			dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
				var a, b string
				add := func(slug string) (id string) {
					s.Moment(t, func(tx *db.Tx) (err error) {
						id, err = of.add(tx, slug)
						return err
					})
					return id
				}
				move := func(id, slug string) { s.Moment(t, func(tx *db.Tx) error { return of.move(tx, id, slug) }) }
				leads := func(slug, id, now string) {
					t.Helper()
					s.Moment(t, func(tx *db.Tx) error {
						got, err := of.at(tx, slug)
						if err != nil || got != (thing{id, now}) {
							t.Errorf("%s leads to %v, %v; want %s at %s", slug, got, err, id, now)
						}
						return nil
					})
				}
				a = add("one")
				move(a, "two")
				move(a, "three")
				leads("one", a, "three")
				leads("two", a, "three")
				move(a, "one") // Back where it was.
				leads("one", a, "one")
				leads("three", a, "one")
				b = add("two") // The newer one has it.
				leads("two", b, "two")
				if err := s.Try(func(tx *db.Tx) error { return of.move(tx, b, "one") }); err == nil {
					t.Error("an address that somebody has is taken")
				}
				move(b, "four")
				leads("two", b, "four")
				move(a, "two")
				leads("two", a, "two")
				leads("one", a, "two")
				move(a, "five")
				leads("two", a, "five")
				s.Moment(t, func(tx *db.Tx) error { return of.remove(tx, a) })
				for _, slug := range []string{"one", "two", "three", "five", "never"} {
					if err := s.Try(func(tx *db.Tx) error { _, err := of.at(tx, slug); return err }); !errors.Is(err, of.none) {
						t.Errorf("%s of what was removed: %v", slug, err)
					}
				}
				leads("four", b, "four")
			})
		})
	}
}
