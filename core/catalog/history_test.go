package catalog_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// revise changes the present version of a product.
func revise(t *testing.T, s *dbtest.Store, id catalog.ProductID, c catalog.Changes) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error {
		p, err := catalog.Get(tx, id)
		if err == nil {
			_, err = catalog.Revise(tx, id, p.Version, c)
		}
		return err
	})
}

func undo(s *dbtest.Store, id catalog.ProductID, change int64) error {
	return s.Try(func(tx *db.Tx) error {
		p, err := catalog.Get(tx, id)
		if err == nil {
			_, err = catalog.Undo(tx, id, p.Version, change)
		}
		return err
	})
}

// TestWhatWasChangedIsKnownAndTakenBack: who, when, before and after; the later of two changes of a field goes first.
func TestWhatWasChangedIsKnownAndTakenBack(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		home := branch(t, s, "", "home")
		p := add(t, s, shirt(home, "S"))
		asel := s.As(db.Who{Kind: db.KindStaff, ID: "usr_asel", Seller: string(seller.Own), Scopes: []string{"catalog.*"}})
		first, second, brand := name("First"), name("Second"), "Other"
		revise(t, asel, p.ID, catalog.Changes{Name: &first, Brand: &brand}) // 2
		revise(t, s, p.ID, catalog.Changes{Name: &second})                  // 3
		fewer := slices.Clone(p.Variants[:2])
		revise(t, s, p.ID, catalog.Changes{Variants: &fewer})                                 // 4
		s.Moment(t, func(tx *db.Tx) error { _, err := catalog.End(tx, p.ID, 4); return err }) // 5
		history := func() (page []catalog.Change) {
			s.Look(t, func(tx *db.Tx) (err error) {
				page, _, err = catalog.History(tx, p.ID, 0)
				return err
			})
			return page
		}
		h := history()
		if len(h) != 4 || h[0].Version != 5 || *h[0].Before.State != catalog.StateOnSale || *h[0].After.State != catalog.StateEnded {
			t.Fatalf("the history is %+v", h)
		}
		if c := h[3]; c.Who != "usr_asel" || c.Kind != string(db.KindStaff) || !c.At.Equal(dbtest.Noon) || fmt.Sprint(c.Fields) != "[name brand]" ||
			*c.Before.Brand != "Dala" || *c.After.Brand != "Other" || (*c.After.Name)["en"] != "First" {
			t.Errorf("the first change is %+v", c)
		}
		if err := undo(s, p.ID, 2); !errors.Is(err, catalog.ErrChangedSince) {
			t.Errorf("the earlier of two is taken back: %v", err)
		}
		if err := undo(s, p.ID, 5); !errors.Is(err, catalog.ErrNotUndoable) {
			t.Errorf("an end is taken back: %v", err)
		}
		if err := undo(s, p.ID, 9); !errors.Is(err, catalog.ErrNoChange) {
			t.Errorf("no change is taken back: %v", err)
		}
		for _, version := range []int64{4, 3, 2} {
			if err := undo(s, p.ID, version); err != nil {
				t.Fatalf("take back %d: %v", version, err)
			}
		}
		s.Look(t, func(tx *db.Tx) error {
			now, err := catalog.Get(tx, p.ID)
			if now.Name.String() != p.Name.String() || now.Brand != p.Brand || len(now.Variants) != 3 || now.Variants[2].ID != p.Variants[2].ID {
				t.Errorf("it is %+v", now)
			}
			return err
		})
		if err := undo(s, p.ID, 6); err != nil { // Taking back is a change too.
			t.Errorf("take back the taking back of 4: %v", err)
		}
	})
}

// TestWhatWasEmptyIsEmptyAgain when what filled it first is taken back.
func TestWhatWasEmptyIsEmptyAgain(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		p := add(t, s, plain(branch(t, s, "", "home"), "A"))
		full := shirt("", "S")
		revise(t, s, p.ID, catalog.Changes{Description: &full.Description, Attributes: &full.Attributes, Media: &full.Media, Brand: new(string),
			Origin: &full.Origin, Provenance: &catalog.Provenance{Maker: "Dala"}})
		if err := undo(s, p.ID, 2); err != nil {
			t.Fatal(err)
		}
		s.Look(t, func(tx *db.Tx) error {
			now, err := catalog.Get(tx, p.ID)
			if !now.Description.IsEmpty() || len(now.Attributes)+len(now.Media) > 0 || now.Brand != "Dala" || now.Origin != "" || now.Provenance != (catalog.Provenance{}) {
				t.Errorf("it is %+v", now)
			}
			return err
		})
	})
}

// TestAnImportStandsInTheHistory, though nobody can take it back.
func TestAnImportStandsInTheHistory(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		d := plain(branch(t, s, "", "home"), "A")
		var id catalog.ProductID
		for _, words := range []string{"One", "Two"} {
			d.Name = name(words)
			s.Moment(t, func(tx *db.Tx) error {
				results, err := catalog.ImportBatch(tx, []catalog.Draft{d})
				if err == nil {
					id, err = results[0].Product, results[0].Err
				}
				return err
			})
		}
		s.Look(t, func(tx *db.Tx) error {
			page, next, err := catalog.History(tx, id, 0)
			if len(page) != 1 || next != 0 || page[0].Version != 2 || page[0].Fields[0] != catalog.FieldImport || page[0].CanUndo() {
				t.Errorf("the history is %+v", page)
			}
			return err
		})
	})
}

// TestALinkShowsADraftForAWhile and no longer, nor after it was ended.
func TestALinkShowsADraftForAWhile(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		d := plain("", "A")
		d.State = catalog.StateDraft
		p := add(t, s, d)
		var link catalog.Preview
		share := func() {
			s.Moment(t, func(tx *db.Tx) (err error) { link, err = catalog.Share(tx, p.ID); return err })
		}
		leads := func(want bool) {
			t.Helper()
			s.Look(t, func(tx *db.Tx) error {
				id, err := catalog.Previewed(tx, link.Token)
				if want != (err == nil && id == p.ID) || !want && !errors.Is(err, catalog.ErrUnknown) {
					t.Errorf("the link leads to %q, %v", id, err)
				}
				return nil
			})
		}
		share()
		leads(true)
		s.Clock.Advance(catalog.PreviewTime)
		leads(false)
		s.Moment(t, func(tx *db.Tx) error {
			if n, err := catalog.ForgetPreviews(tx, 10); n != 1 || err != nil {
				t.Errorf("%d links are given up: %v", n, err)
			}
			return nil
		})
		share()
		s.Moment(t, func(tx *db.Tx) error { return catalog.Unshare(tx, p.ID) })
		leads(false)
	})
}

// TestAPlanIsKept: a draft goes on sale and ends by itself; what cannot go on sale says why; what people did meanwhile
// stays.
func TestAPlanIsKept(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		home := branch(t, s, "", "home")
		d := plain(home, "A")
		d.State = catalog.StateDraft
		p := add(t, s, d)
		d = plain("", "B")
		d.State = catalog.StateDraft
		nowhere := add(t, s, d)
		ended := add(t, s, plain(home, "C"))
		starts, ends := dbtest.Noon.Add(time.Hour), dbtest.Noon.Add(2*time.Hour)
		for at, times := range map[string][2]time.Time{"/starts": {dbtest.Noon, {}}, "/ends": {ends, starts}} {
			err := s.Try(func(tx *db.Tx) error { _, err := catalog.Schedule(tx, p.ID, times[0], times[1]); return err })
			if f := fault.FieldsOf(err); len(f) != 1 || f[0].Pointer != at {
				t.Errorf("%s: %v", at, err)
			}
		}
		s.Moment(t, func(tx *db.Tx) error {
			_, a := catalog.Schedule(tx, p.ID, starts, ends)
			_, b := catalog.Schedule(tx, nowhere.ID, starts, time.Time{})
			_, c := catalog.Schedule(tx, ended.ID, time.Time{}, starts)
			_, e := catalog.End(tx, ended.ID, 1)
			return errors.Join(a, b, c, e)
		})
		tick := func(want int) {
			t.Helper()
			s.Moment(t, func(tx *db.Tx) error {
				n, err := catalog.KeepPlans(tx, 10)
				if n != want {
					t.Errorf("%d plans are kept, want %d", n, want)
				}
				return err
			})
		}
		state := func(id catalog.ProductID, want catalog.State, refused string) {
			t.Helper()
			s.Look(t, func(tx *db.Tx) error {
				p, err := catalog.Get(tx, id)
				plan, perr := catalog.PlanOf(tx, id)
				if p.State != want || plan.Refused != refused {
					t.Errorf("%s is %s, refused %q", id, p.State, plan.Refused)
				}
				return errors.Join(err, perr)
			})
		}
		tick(0)
		s.Clock.Set(starts)
		tick(3)
		state(p.ID, catalog.StateOnSale, "")
		state(nowhere.ID, catalog.StateDraft, "catalog.invalid")
		state(ended.ID, catalog.StateEnded, "")
		tick(0)
		s.Clock.Set(ends)
		tick(1)
		state(p.ID, catalog.StateEnded, "")
		tick(0)
	})
}

// TestProductsLeadToOthers of the same seller, in their order, and a list of ids keeps its order.
func TestProductsLeadToOthers(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		home := branch(t, s, "", "home")
		p, a, b := add(t, s, plain(home, "P")), add(t, s, plain(home, "A")), add(t, s, plain(home, "B"))
		d := plain(home, "X")
		d.Seller = "sel_other"
		foreign := add(t, s, d)
		relate := func(kind catalog.RelationKind, ids ...catalog.ProductID) error {
			return s.Try(func(tx *db.Tx) error { return catalog.Relate(tx, p.ID, kind, ids) })
		}
		for _, ids := range [][]catalog.ProductID{{p.ID}, {a.ID, a.ID}} {
			if err := relate(catalog.Accessory, ids...); !errors.Is(err, catalog.ErrRelation) {
				t.Errorf("%v: %v", ids, err)
			}
		}
		for _, id := range []catalog.ProductID{foreign.ID, "prd_none"} {
			if err := relate(catalog.Accessory, id); !errors.Is(err, catalog.ErrUnknown) {
				t.Errorf("%v: %v", id, err)
			}
		}
		if err := errors.Join(relate(catalog.Accessory, a.ID), relate(catalog.Accessory, b.ID, a.ID), relate(catalog.Substitute, b.ID)); err != nil {
			t.Fatal(err)
		}
		s.Moment(t, func(tx *db.Tx) error { _, err := catalog.End(tx, a.ID, 1); return err })
		s.Look(t, func(tx *db.Tx) error {
			all, err := catalog.Relations(tx, p.ID)
			if got := all[catalog.Accessory]; len(all) != 2 || len(got) != 2 || got[0] != b.ID || got[1] != a.ID {
				t.Errorf("it leads to %v", all)
			}
			sold, serr := catalog.Summaries(tx, all[catalog.Accessory], catalog.StateOnSale)
			every, eerr := catalog.Summaries(tx, all[catalog.Accessory], catalog.StateAny)
			if len(sold) != 1 || sold[0].ID != b.ID || len(every) != 2 || every[1].ID != a.ID || len(every[1].Variants) != 1 {
				t.Errorf("%v and %v", sold, every)
			}
			return errors.Join(err, serr, eerr)
		})
	})
}

// TestCollectionsAreGathered by hand or by a rule, and are shown between their dates.
func TestCollectionsAreGathered(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		home := branch(t, s, "", "home")
		a, b := add(t, s, plain(home, "A")), add(t, s, plain(home, "B"))
		var c catalog.Collection
		s.Moment(t, func(tx *db.Tx) (err error) {
			c, err = catalog.AddCollection(tx, catalog.Collection{Name: text.Localized{"kk": "Наурыз", "en": "Nauryz gifts"},
				Starts: dbtest.Noon.Add(time.Hour), Ends: dbtest.Noon.Add(2 * time.Hour), Home: true})
			return err
		})
		try := func(c catalog.Collection) error {
			return s.Try(func(tx *db.Tx) error { _, err := catalog.AddCollection(tx, c); return err })
		}
		if err := try(catalog.Collection{Slug: "nauryz-gifts", Name: name("Again")}); !errors.Is(err, catalog.ErrCollectionTaken) {
			t.Errorf("the same address: %v", err)
		}
		if err := try(catalog.Collection{Name: name("X"), Rule: &catalog.Rule{Category: "cat_none"}}); !errors.Is(err, catalog.ErrNoCategory) {
			t.Errorf("a rule without its category: %v", err)
		}
		if err := try(catalog.Collection{Starts: dbtest.Noon, Ends: dbtest.Noon}); len(fault.FieldsOf(err)) != 2 {
			t.Errorf("no name and no time: %v", err)
		}
		gather := func(ids ...catalog.ProductID) error {
			return s.Try(func(tx *db.Tx) error { return catalog.Gather(tx, c.ID, ids) })
		}
		if err := gather(b.ID, a.ID); err != nil {
			t.Fatal(err)
		}
		if err := gather(a.ID, a.ID); !errors.Is(err, catalog.ErrCollection) {
			t.Errorf("one twice: %v", err)
		}
		found := func(want bool) {
			t.Helper()
			s.Look(t, func(tx *db.Tx) error {
				if got, err := catalog.CollectionAt(tx, "nauryz-gifts"); want != (err == nil && got.ID == c.ID) {
					t.Errorf("at %s it is found: %v %v", tx.Now(), got, err)
				}
				return nil
			})
		}
		found(false)
		s.Clock.Advance(time.Hour)
		found(true)
		s.Look(t, func(tx *db.Tx) error {
			all, err := catalog.Gathered(tx, c.ID)
			if got := all[c.ID]; len(got) != 2 || got[0] != b.ID {
				t.Errorf("it has %v", all)
			}
			return err
		})
		c.Rule = &catalog.Rule{Category: home, Brand: "Dala"}
		s.Moment(t, func(tx *db.Tx) (err error) { c, err = catalog.ReviseCollection(tx, c); return err })
		if err := gather(a.ID); !errors.Is(err, catalog.ErrRuled) {
			t.Errorf("by hand beside a rule: %v", err)
		}
		s.Look(t, func(tx *db.Tx) error {
			all, err := catalog.Collections(tx)
			if len(all) != 1 || *all[0].Rule != *c.Rule || !all[0].Ends.Equal(c.Ends) || !all[0].Home {
				t.Errorf("stored is %+v", all)
			}
			return err
		})
		s.Clock.Advance(time.Hour)
		found(false)
		s.Moment(t, func(tx *db.Tx) error { return catalog.RemoveCollection(tx, c.ID) })
		if err := s.Try(func(tx *db.Tx) error { return catalog.RemoveCollection(tx, c.ID) }); !errors.Is(err, catalog.ErrNoCollection) {
			t.Errorf("removed twice: %v", err)
		}
	})
}

// TestTwinsAreFound by their numbers and by the words of their names, and only those of one seller.
func TestTwinsAreFound(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		product := func(sku, title string, change func(*catalog.Draft)) catalog.ProductID {
			d := plain("", sku)
			d.State, d.Name = catalog.StateDraft, name(title)
			if change != nil {
				change(&d)
			}
			return add(t, s, d).ID
		}
		a := product("A", "Steel kettle 2 l red", func(d *catalog.Draft) { d.Variants[0].GTIN = "012345678905" })
		b := product("B", "Something else", func(d *catalog.Draft) { d.Variants[0].GTIN = "0012345678905" })
		c := product("C", "kettle, RED steel (2 l)", nil)
		product("D", "Steel kettle 3 l red", nil)
		product("E", "Kettle", nil)
		e := product("F", "One", func(d *catalog.Draft) { d.Variants[0].NTIN = "1234567890123" })
		f := product("G", "Two", func(d *catalog.Draft) { d.Variants[0].NTIN = "1234567890123" })
		product("H", "Steel kettle 2 l red", func(d *catalog.Draft) { d.Seller = "sel_other" })
		s.Look(t, func(tx *db.Tx) error {
			twins, err := catalog.Twinned(tx, seller.Own)
			by := func(ids ...catalog.ProductID) []catalog.ProductID { return slices.Sorted(slices.Values(ids)) }
			want := []catalog.Twins{
				{Likeness: catalog.SameGTIN, Number: "12345678905", Products: by(a, b)},
				{Likeness: catalog.SameNTIN, Number: "1234567890123", Products: by(e, f)},
				{Likeness: catalog.AlikeName, Products: by(a, c)},
			}
			if fmt.Sprint(twins) != fmt.Sprint(want) {
				t.Errorf("twins are %v, want %v", twins, want)
			}
			return err
		})
	})
}
