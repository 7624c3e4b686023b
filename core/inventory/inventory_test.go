package inventory_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{hold.Schema, inventory.Schema}

const tea catalog.VariantID = "var_tea"

// units is n whole units.
func units(n int64) measure.Quantity { return measure.Of(n) }

// open adds the warehouses "wh_a", "wh_b" … of the own shop in Almaty, with rising priority numbers.
func open(t *testing.T, s *dbtest.Store, ids ...inventory.WarehouseID) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error {
		for n, id := range ids {
			_, err := inventory.AddWarehouse(tx, inventory.Warehouse{
				ID: id, Seller: seller.Own, Name: text.Localized{"kk": "Қойма " + string(id)}, Priority: int64(n),
				Address: place.Address{Country: place.KZ, Region: place.Almaty, City: "Алматы"},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func change(w inventory.WarehouseID, n int64) inventory.Change {
	return inventory.Change{Warehouse: w, Variant: tea, Quantity: units(n), Cause: "note 7"}
}

// left checks what can be promised of the tea, and that the movements add up.
func left(t *testing.T, s *dbtest.Store, want int64) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) error {
		available, err := inventory.Available(tx, []catalog.VariantID{tea})
		if err != nil {
			return err
		}
		if available[tea] != units(want) {
			t.Errorf("%s are left, want %d", available[tea], want)
		}
		wrong, err := inventory.Audit(tx)
		if len(wrong) > 0 {
			t.Errorf("movements do not add up: %v", wrong)
		}
		return err
	})
}

func TestMovements(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		open(t, s, "wh_a", "wh_b")
		s.Moment(t, func(tx *db.Tx) error { return inventory.Receive(tx, change("wh_a", 10)) })
		s.Moment(t, func(tx *db.Tx) error { return inventory.Return(tx, change("wh_b", 1)) })
		left(t, s, 11)
		s.Moment(t, func(tx *db.Tx) error { return inventory.Move(tx, change("wh_a", 4), "wh_b") })
		left(t, s, 11)
		s.Moment(t, func(tx *db.Tx) error { return inventory.Count(tx, change("wh_b", 3)) })
		left(t, s, 9)
		var allocated []inventory.Allocation
		s.Moment(t, func(tx *db.Tx) (err error) {
			need := inventory.Need{Line: "l1", Seller: seller.Own, Variant: tea, Quantity: units(5), Tracking: catalog.Tracked}
			allocated, err = inventory.Source(tx, []inventory.Need{need}, place.Address{})
			if err != nil {
				return err
			}
			err = hold.Take(tx, "ord_1", inventory.Wants(allocated), tx.Now().Add(time.Hour))
			return errors.Join(err, hold.Confirm(tx, "ord_1"))
		})
		left(t, s, 4)
		err := s.Try(func(tx *db.Tx) error { return inventory.Count(tx, change("wh_a", 4)) })
		if !errors.Is(err, hold.ErrPromised) || fault.ParamsOf(err)["promised"] != int64(units(5)) {
			t.Errorf("counted below what is promised: %v", err)
		}
		s.Clock.Advance(time.Minute)
		s.Moment(t, func(tx *db.Tx) error { return inventory.Issue(tx, "ord_1", allocated, "ord_1") })
		left(t, s, 4)
		if err := s.Try(func(tx *db.Tx) error { return inventory.Issue(tx, "ord_1", allocated, "ord_1") }); !errors.Is(err, hold.ErrNotHeld) {
			t.Errorf("issued twice: %v", err)
		}
		s.Look(t, func(tx *db.Tx) error {
			for f, want := range map[inventory.Filter]int{
				{}: 6, {Variant: tea}: 6, {Warehouse: "wh_a"}: 3, {Variant: tea, Warehouse: "wh_b"}: 3, {Variant: "var_none"}: 0, {Limit: 2}: 2,
			} {
				found, err := inventory.Movements(tx, f)
				if err != nil {
					return err
				}
				if len(found) != want {
					t.Errorf("%+v finds %d movements, want %d", f, len(found), want)
				}
				if len(found) == 6 && (found[0].Quantity != units(-5) || found[0].Kind != inventory.Issued || found[0].Who != "system:system") {
					t.Errorf("the last movement is %+v", found[0])
				}
			}
			return nil
		})
	})
}

func TestRefusals(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		open(t, s, "wh_a", "wh_b")
		refuse := func(name string, want *fault.Fault, do func(*db.Tx) error) {
			t.Helper()
			if err := s.Try(do); fault.Of(err) != want {
				t.Errorf("%s: %v", name, err)
			}
		}
		receive := func(c inventory.Change) func(*db.Tx) error {
			return func(tx *db.Tx) error { return inventory.Receive(tx, c) }
		}
		refuse("nothing", inventory.ErrQuantity, receive(change("wh_a", 0)))
		refuse("below zero", inventory.ErrQuantity, receive(change("wh_a", -1)))
		refuse("too much", inventory.ErrQuantity, receive(change("wh_a", 2_000_000_000_000)))
		refuse("nowhere", inventory.ErrWarehouse, receive(change("wh_z", 1)))
		refuse("to itself", inventory.ErrClosed, func(tx *db.Tx) error { return inventory.Move(tx, change("wh_a", 1), "wh_a") })
		refuse("from an empty shelf", hold.ErrUnknown, func(tx *db.Tx) error { return inventory.Move(tx, change("wh_a", 1), "wh_b") })
		refuse("no name", inventory.ErrName, func(tx *db.Tx) error {
			_, err := inventory.AddWarehouse(tx, inventory.Warehouse{Seller: seller.Own})
			return err
		})
		s.Moment(t, receive(change("wh_a", 1)))
		refuse("goods lie there", inventory.ErrStocked, func(tx *db.Tx) error { return inventory.Close(tx, "wh_a") })
		s.Moment(t, func(tx *db.Tx) error { return inventory.Count(tx, change("wh_a", 0)) })
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error { return inventory.Close(tx, "wh_a") })
		}
		refuse("closed", inventory.ErrClosed, receive(change("wh_a", 1)))
		s.Moment(t, func(tx *db.Tx) error { return inventory.Reopen(tx, "wh_a") })
		s.Moment(t, receive(change("wh_a", 1)))
	})
}

func TestCountMany(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		open(t, s, "wh_a")
		var counts []inventory.Counted
		for n := range 250 {
			counts = append(counts, inventory.Counted{Variant: catalog.VariantID(fmt.Sprintf("var_%d", n)), Quantity: units(int64(n))})
		}
		for _, want := range []int{249, 0} { // One is counted as nothing, which it was.
			s.Moment(t, func(tx *db.Tx) error {
				changed, err := inventory.CountMany(tx, "wh_a", counts, "import")
				if changed != want {
					t.Errorf("%d changed, want %d", changed, want)
				}
				return err
			})
		}
		left(t, s, 0)
		counts[7].Quantity = -1
		err := s.Try(func(tx *db.Tx) error { _, err := inventory.CountMany(tx, "wh_a", counts, "import"); return err })
		if !errors.Is(err, inventory.ErrQuantity) {
			t.Errorf("below zero: %v", err)
		}
	})
}

func TestBackorder(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		open(t, s, "wh_a")
		s.Moment(t, func(tx *db.Tx) error { return inventory.Receive(tx, change("wh_a", 2)) })
		s.Moment(t, func(tx *db.Tx) error { return inventory.AllowBackorder(tx, "wh_a", tea, units(3)) })
		left(t, s, 5)
		need := inventory.Need{Line: "l1", Seller: seller.Own, Variant: tea, Quantity: units(4), Tracking: catalog.Backorder}
		var allocated []inventory.Allocation
		s.Moment(t, func(tx *db.Tx) (err error) {
			if allocated, err = inventory.Source(tx, []inventory.Need{need}, place.Address{}); err != nil {
				return err
			}
			return hold.Take(tx, "ord_1", inventory.Wants(allocated), tx.Now().Add(time.Hour))
		})
		issue := func(tx *db.Tx) error { return inventory.Issue(tx, "ord_1", allocated, "ord_1") }
		if err := s.Try(issue); !errors.Is(err, hold.ErrAbsent) {
			t.Errorf("sent what is not there: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error { return inventory.Receive(tx, change("wh_a", 2)) })
		s.Moment(t, issue)
		left(t, s, 3)
	})
}

func TestNotice(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		open(t, s, "wh_a", "wh_b")
		heard := 0
		// says runs a moment, and then the reactions to what it stated, and gives the facts that those state.
		says := func(name string, do func(*db.Tx) error, want ...string) {
			t.Helper()
			s.Moment(t, do)
			before := s.Facts(t)
			for _, f := range before[heard:] {
				var e hold.Crossed
				if f.Name != e.Fact() {
					continue
				}
				if err := json.Unmarshal(f.Body, &e); err != nil {
					t.Fatal(err)
				}
				s.Moment(t, func(tx *db.Tx) error { return inventory.Notice(tx, e) })
			}
			after := s.Facts(t)
			var got []string
			for _, f := range after[len(before):] {
				got = append(got, f.Name)
			}
			heard = len(after)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}
		take := func(owner string, w inventory.WarehouseID, n int64) func(*db.Tx) error {
			want := hold.Want{Key: inventory.Key(w, tea), Quantity: int64(units(n))}
			return func(tx *db.Tx) error { return hold.Take(tx, owner, []hold.Want{want}, tx.Now().Add(time.Hour)) }
		}
		const flips, low = "inventory.stock_changed", "inventory.ran_low"
		says("the first", func(tx *db.Tx) error { return inventory.Receive(tx, change("wh_a", 3)) }, flips)
		says("more elsewhere", func(tx *db.Tx) error { return inventory.Receive(tx, change("wh_b", 5)) })
		says("watch", func(tx *db.Tx) error { return inventory.WatchLow(tx, "wh_b", tea, units(2)) })
		says("one shelf is empty", take("ann", "wh_a", 3))
		says("some of the other", take("bob", "wh_b", 1))
		says("low", take("cyd", "wh_b", 2), low)
		says("sold out", take("dan", "wh_b", 2), flips)
		says("back", func(tx *db.Tx) error { return hold.Release(tx, "ann") }, flips)
	})
}
