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

// TestWorkIsCountedByState: what still needs hands is counted, what was cancelled is not, and only the seller's people see it.
func TestWorkIsCountedByState(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		place := func(cart string) (id order.ID) {
			s.Moment(t, func(tx *db.Tx) error {
				o, err := order.Place(tx, placement(cart, line("a", measure.Of(1), 1000)))
				id = o.ID
				return err
			})
			return id
		}
		place("crt_1")
		gone := place("crt_2")
		s.Moment(t, func(tx *db.Tx) error {
			_, err := order.Cancel(tx, gone, "")
			return err
		})
		s.Moment(t, func(tx *db.Tx) error {
			counts, err := order.InWork(tx, "sel_own")
			if counts[order.StatePlaced] != 1 || counts[order.StateCancelled] != 0 {
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

// TestHoursArePartedByAMoment: what was ordered before a moment and after it within its hour stands apart, other hours are
// whole, and only the seller's people read them.
func TestHoursArePartedByAMoment(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		place := func(cart string, total int64) (id order.ID) {
			s.Moment(t, func(tx *db.Tx) error {
				o, err := order.Place(tx, placement(cart, line("a", measure.Of(1), total)))
				id = o.ID
				return err
			})
			return id
		}
		day := span.DayOf(s.Clock.Now(), span.Almaty).AddDays(1)
		s.Clock.Advance(day.Start(span.Almaty).Add(10*time.Hour + 10*time.Minute).Sub(s.Clock.Now()))
		place("crt_1", 1000)
		s.Clock.Advance(10 * time.Minute)
		part := s.Clock.Now()
		s.Clock.Advance(10 * time.Minute)
		place("crt_2", 2000)
		s.Clock.Advance(3 * time.Hour)
		place("crt_3", 4000)
		place("crt_4", 8000)
		gone := place("crt_5", 16000)
		s.Moment(t, func(tx *db.Tx) error {
			_, err := order.Cancel(tx, gone, "")
			return err
		})
		s.Moment(t, func(tx *db.Tx) error {
			hours, err := order.Hours(tx, "sel_own", span.Days{From: day, To: day.AddDays(1)}, part)
			ten := day.Start(span.Almaty).Add(10 * time.Hour)
			want := []order.Hour{
				{At: ten, Early: true, Orders: 1, Total: kzt(2160)}, {At: ten, Orders: 1, Total: kzt(3160)},
				{At: ten.Add(3 * time.Hour), Orders: 2, Total: kzt(12000 + 2*1160)},
			}
			if len(hours) != len(want) {
				t.Fatalf("%+v", hours)
			}
			for i := range want {
				if !hours[i].At.Equal(want[i].At) || hours[i].Early != want[i].Early || hours[i].Orders != want[i].Orders || hours[i].Total != want[i].Total {
					t.Errorf("%d: %+v instead of %+v", i, hours[i], want[i])
				}
			}
			if _, err := order.Hours(tx, "sel_own", span.Days{From: day}, part); !errors.Is(err, order.ErrFilter) {
				t.Errorf("without an end: %v", err)
			}
			return err
		})
		err := s.As(db.Who{Kind: db.KindStaff, ID: "usr_1", Seller: "sel_2", Scopes: []string{"orders.read"}}).Try(func(tx *db.Tx) error {
			_, err := order.Hours(tx, "sel_own", span.Days{From: day, To: day.AddDays(1)}, part)
			return err
		})
		if !errors.Is(err, order.ErrDenied) {
			t.Errorf("another seller's staff: %v", err)
		}
	})
}
