package inventory_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// TestAWarehouseIsRevised gives it another name and address; seller and state stay, and a wrong one changes nothing.
func TestAWarehouseIsRevised(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		open(t, s, "wh_a")
		s.Moment(t, func(tx *db.Tx) error { return inventory.Close(tx, "wh_a") })
		there := place.Address{Country: place.KZ, Region: place.Almaty, City: " Алматы ", Street: "Абай"}
		s.Moment(t, func(tx *db.Tx) error {
			return inventory.ReviseWarehouse(tx, inventory.Warehouse{
				ID: "wh_a", Seller: "sel_other", Name: text.Localized{"ru": "Склад"}, Address: there, Priority: 7, Open: true,
			})
		})
		for what, w := range map[string]inventory.Warehouse{
			"no name": {ID: "wh_a", Address: there}, "no city": {ID: "wh_a", Name: text.Localized{"ru": "x"}, Address: place.Address{Country: place.KZ}},
			"unknown": {ID: "wh_z", Name: text.Localized{"ru": "x"}, Address: there},
		} {
			if err := s.Try(func(tx *db.Tx) error { return inventory.ReviseWarehouse(tx, w) }); fault.Of(err).Kind == fault.Internal {
				t.Errorf("%s: %v", what, err)
			}
		}
		s.Look(t, func(tx *db.Tx) error {
			w, err := inventory.GetWarehouse(tx, "wh_a")
			if w.Seller != seller.Own || w.Open || w.Name.In("ru") != "Склад" || w.Address.City != "Алматы" || w.Priority != 7 {
				t.Errorf("it is %+v", w)
			}
			return err
		})
	})
}

// TestWhatIsPromisedKeepsAWarehouseOpen: a promise, a unit on the shelf and leave to order ahead each refuse the closing
// and are named; a closed warehouse takes no order, and what comes back to it lies in the next one.
func TestWhatIsPromisedKeepsAWarehouseOpen(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		open(t, s, "wh_a", "wh_b", "wh_ab")
		stocked := func(what string) {
			t.Helper()
			err := s.Try(func(tx *db.Tx) error { return inventory.Close(tx, "wh_a") })
			if !errors.Is(err, inventory.ErrStocked) || fault.ParamsOf(err)["variant"] != string(tea) {
				t.Errorf("%s: %v", what, err)
			}
		}
		s.Moment(t, func(tx *db.Tx) error { return inventory.Receive(tx, change("wh_a", 1)) })
		s.Moment(t, func(tx *db.Tx) error { return inventory.Receive(tx, change("wh_ab", 1)) })
		stocked("a unit lies there")
		var allocated []inventory.Allocation
		source := func() error {
			return s.Try(func(tx *db.Tx) (err error) {
				need := inventory.Need{Line: "1", Seller: seller.Own, Variant: tea, Quantity: units(1), Tracking: catalog.Tracked}
				allocated, err = inventory.Source(tx, []inventory.Need{need}, place.Address{})
				return err
			})
		}
		if err := source(); err != nil || allocated[0].Warehouse != "wh_a" {
			t.Fatalf("%v %v", allocated, err)
		}
		s.Moment(t, func(tx *db.Tx) error {
			if err := hold.Take(tx, "ord_1", inventory.Wants(allocated), tx.Now().Add(time.Hour)); err != nil {
				return err
			}
			return hold.Confirm(tx, "ord_1")
		})
		stocked("a unit is promised")
		s.Moment(t, func(tx *db.Tx) error { return inventory.Issue(tx, "ord_1", allocated, "shp_1") })
		s.Moment(t, func(tx *db.Tx) error { return inventory.AllowBackorder(tx, "wh_a", tea, units(2)) })
		stocked("it may be ordered ahead")
		s.Moment(t, func(tx *db.Tx) error { return inventory.AllowBackorder(tx, "wh_a", tea, 0) })
		s.Moment(t, func(tx *db.Tx) error { return inventory.Close(tx, "wh_a") })
		if err := source(); err != nil || allocated[0].Warehouse != "wh_ab" {
			t.Errorf("with one closed: %v %v", allocated, err)
		}
		s.Moment(t, func(tx *db.Tx) error { return inventory.Return(tx, change("wh_a", 1)) })
		s.Look(t, func(tx *db.Tx) error {
			stands, err := inventory.In(tx, "wh_b", 10)
			if len(stands) != 1 || stands[0].OnHand != units(1) || stands[0].Variant != tea {
				t.Errorf("what came back: %v", stands)
			}
			return err
		})
		left(t, s, 2)
		s.Moment(t, func(tx *db.Tx) error {
			for _, id := range []inventory.WarehouseID{"wh_b", "wh_ab"} {
				if err := inventory.Count(tx, change(id, 0)); err != nil {
					return err
				}
				if err := inventory.Close(tx, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err := source(); !errors.Is(err, inventory.ErrNowhere) {
			t.Errorf("with all closed: %v", err)
		}
		if err := s.Try(func(tx *db.Tx) error { return inventory.Return(tx, change("wh_a", 1)) }); !errors.Is(err, inventory.ErrNowhere) {
			t.Errorf("what came back to nowhere: %v", err)
		}
	})
}

// TestNothingComesIntoAClosedWarehouse: of one who closes an empty warehouse and many who receive goods in it, either it
// stays open or nothing is in it.
func TestNothingComesIntoAClosedWarehouse(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		ids := []inventory.WarehouseID{"wh_a", "wh_b", "wh_c", "wh_d"}
		open(t, s, ids...)
		var all sync.WaitGroup
		for _, id := range ids {
			for i := range 5 {
				all.Go(func() {
					err := s.Try(func(tx *db.Tx) error {
						if i == 2 {
							return inventory.Close(tx, id)
						}
						return inventory.Receive(tx, change(id, 1))
					})
					if err != nil && !errors.Is(err, inventory.ErrClosed) && !errors.Is(err, inventory.ErrStocked) {
						t.Errorf("%s: %v", id, err)
					}
				})
			}
		}
		all.Wait()
		s.Look(t, func(tx *db.Tx) error {
			for _, id := range ids {
				w, err := inventory.GetWarehouse(tx, id)
				if err != nil {
					return err
				}
				stands, err := inventory.In(tx, id, 1)
				if err != nil {
					return err
				}
				if !w.Open && len(stands) > 0 {
					t.Errorf("%s is closed and holds %v", id, stands)
				}
			}
			return nil
		})
	})
}
