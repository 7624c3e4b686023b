package shelf_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/shelf"
	"sauda/gear/bus"
	"sauda/gear/cache"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var errTakenBack = errors.New("a test takes it back")

// keeping is a shop whose shelf keeps what it reads of two products.
type keeping struct {
	*shop
	shelf    *shelf.Shelf
	one, two catalog.Product
}

func keepingShop(t *testing.T, s *dbtest.Store) keeping {
	t.Helper()
	k := keeping{shelf: shelf.New(cache.New[[]byte](1 << 20))}
	bus.New(s.Store, bus.Options{Followers: k.shelf.Followers()})
	k.shop = open(t, s)
	k.one = k.add(t, "бір", catalog.StateOnSale, variant{catalog.Tracked, 100, 3, map[int64]int64{10: 90}})
	k.two = k.add(t, "екі", catalog.StateOnSale, variant{catalog.Tracked, 200, 3, nil})
	return k
}

// says reads both cards and the page of the first product, and gives their prices and how many statements that took.
func (k keeping) says(t *testing.T) (prices []int64, statements int) {
	t.Helper()
	statements = k.Statements(func() {
		k.As(guest).Look(t, func(tx *db.Tx) error {
			prices = nil
			cards, err := k.shelf.Some(tx, []catalog.ProductID{k.two.ID, "prd_none", k.one.ID}, money.KZT)
			if err != nil {
				return err
			}
			for _, c := range cards {
				prices = append(prices, c.Price.Minor)
			}
			p, err := k.shelf.Show(tx, k.one.ID, money.KZT)
			prices = append(prices, p.Offers[k.one.Variants[0].ID].Price.Minor)
			for id, o := range p.Offers { // As promotions do.
				o.Price.Minor = 1
				if len(o.Steps) > 0 {
					o.Steps[0].Amount.Minor = 1
				}
				p.Offers[id] = o
			}
			return err
		})
	})
	return prices, statements
}

func (k keeping) costs(t *testing.T, of catalog.Product, minor int64) {
	t.Helper()
	k.Moment(t, func(tx *db.Tx) error {
		_, err := pricing.SetMany(tx, k.list, []pricing.Entry{{Variant: of.Variants[0].ID, Amount: kzt(minor)}})
		return err
	})
}

// TestWhatWasReadIsKept: cards and pages are read once, until a fact changes them or the day ends; what somebody does to his
// own changes nobody else's, and what is not on sale is never kept.
func TestWhatWasReadIsKept(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		k := keepingShop(t, s)
		wants := func(all bool, want ...int64) {
			t.Helper()
			prices, statements := k.says(t)
			if !slices.Equal(prices, want) || all != (statements > 3) { // Of what there is not, it looks each time.
				t.Errorf("%v, want %v, in %d statements", prices, want, statements)
			}
		}
		wants(true, 200, 100, 100)
		wants(false, 200, 100, 100)
		k.costs(t, k.one, 80)
		wants(true, 200, 80, 80)
		wants(false, 200, 80, 80)
		s.Clock.Advance(24 * time.Hour)
		wants(true, 200, 80, 80)
		k.Moment(t, func(tx *db.Tx) error { _, err := catalog.End(tx, k.two.ID, k.two.Version); return err })
		wants(false, 80, 80)
	})
}

// TestAnOldMomentKeepsNothing: what is read by a moment that looks at the store as it was before a change, or by one that is
// taken back, is not kept.
func TestAnOldMomentKeepsNothing(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		k := keepingShop(t, s)
		k.As(guest).Look(t, func(tx *db.Tx) error {
			if _, err := shelf.Show(tx, k.two.ID, money.KZT, ""); err != nil { // From here on it sees the store as it is now.
				return err
			}
			k.costs(t, k.one, 70)
			_, err := k.shelf.Show(tx, k.one.ID, money.KZT)
			if err == nil {
				_, err = k.shelf.Some(tx, []catalog.ProductID{k.one.ID}, money.KZT)
			}
			return err
		})
		if prices, _ := k.says(t); !slices.Equal(prices, []int64{200, 70, 70}) {
			t.Errorf("after an old moment %v", prices)
		}
		k.costs(t, k.one, 60)
		_ = s.Try(func(tx *db.Tx) error {
			if _, err := pricing.SetMany(tx, k.list, []pricing.Entry{{Variant: k.one.Variants[0].ID, Amount: kzt(1)}}); err != nil {
				return err
			}
			if _, err := k.shelf.Show(tx, k.one.ID, money.KZT); err != nil {
				return err
			}
			return errTakenBack
		})
		if prices, _ := k.says(t); !slices.Equal(prices, []int64{200, 60, 60}) {
			t.Errorf("after what was taken back %v", prices)
		}
	})
}
