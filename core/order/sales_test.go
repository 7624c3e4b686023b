package order_test

import (
	"errors"
	"testing"
	"time"

	"sauda/base/measure"
	"sauda/base/span"
	"sauda/core/order"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// TestSalesAddUpTheDays: two orders of one day are one sum, a cancelled one does not count, and other days stand alone.
func TestSalesAddUpTheDays(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		place := func(cart string, total int64) (id order.ID) {
			s.Moment(t, func(tx *db.Tx) error {
				o, err := order.Place(tx, placement(cart, line("a", measure.Of(1), total)))
				id = o.ID
				return err
			})
			return id
		}
		first := span.DayOf(s.Clock.Now(), span.Almaty)
		place("crt_1", 1000)
		place("crt_2", 2000)
		gone := place("crt_3", 4000)
		s.Clock.Advance(48 * time.Hour)
		place("crt_4", 8000)
		s.Moment(t, func(tx *db.Tx) error {
			_, err := order.Cancel(tx, gone, "")
			return err
		})
		s.Moment(t, func(tx *db.Tx) error {
			sold, err := order.Sales(tx, "sel_own", span.Days{From: first, To: first.AddDays(7)})
			if err != nil {
				return err
			}
			if len(sold) != 2 || sold[0] != (order.Sold{Day: first, Orders: 2, Total: kzt(1000 + 2000 + 2*1160)}) ||
				sold[1] != (order.Sold{Day: first.AddDays(2), Orders: 1, Total: kzt(9160)}) {
				t.Errorf("%+v", sold)
			}
			if other, err := order.Sales(tx, "sel_2", span.Days{From: first, To: first.AddDays(7)}); err != nil || len(other) != 0 {
				t.Errorf("another seller's: %v %v", other, err)
			}
			if _, err := order.Sales(tx, "sel_own", span.Days{From: first}); !errors.Is(err, order.ErrFilter) {
				t.Errorf("without an end: %v", err)
			}
			counts, err := order.InWork(tx, "sel_own")
			if counts[order.StatePlaced] != 3 || counts[order.StateCancelled] != 0 {
				t.Errorf("%v", counts)
			}
			return err
		})
		err := s.As(db.Who{Kind: db.KindStaff, ID: "usr_1", Seller: "sel_2", Scopes: []string{"orders.read"}}).Try(func(tx *db.Tx) error {
			_, err := order.InWork(tx, "sel_own")
			return err
		})
		if !errors.Is(err, order.ErrDenied) {
			t.Errorf("another seller's staff: %v", err)
		}
	})
}
