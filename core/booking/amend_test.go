package booking_test

import (
	"errors"
	"testing"
	"time"

	"sauda/base/money"
	"sauda/core/booking"
	"sauda/core/choice"
	"sauda/core/hold"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// change changes a booking, and buys the change where it is dearer, as a basket does.
func change(s *dbtest.Store, b booking.Booking, d booking.Draft, name string) (fresh booking.Booking, err error) {
	var dearer *booking.Amendment
	if err = s.Try(func(tx *db.Tx) (err error) { fresh, dearer, err = booking.Change(tx, b, d); return err }); err != nil || dearer == nil {
		return fresh, err
	}
	if err = order(s, dearer.ID, name); err != nil {
		return fresh, err
	}
	err = s.Try(func(tx *db.Tx) (err error) {
		if made, err := (booking.Way{}).Paid(tx, string(dearer.ID)); err != nil || !made {
			return errors.Join(err, errors.New("it is not made"))
		}
		fresh, err = booking.Get(tx, b.ID)
		return err
	})
	return fresh, err
}

// order orders a change, as a basket does.
func order(s *dbtest.Store, id booking.AmendmentID, name string) error {
	return s.Try(func(tx *db.Tx) error {
		owner := "cart/" + name
		all, err := booking.Way{}.Chosen(tx, []string{string(id)})
		if err != nil {
			return err
		}
		c, there := all[string(id)]
		if !there {
			return booking.ErrNotOpen
		}
		if len(c.Wants) > 0 { // What lies within the booking takes nothing more.
			if err := errors.Join(hold.Take(tx, owner, c.Wants, tx.Now().Add(time.Minute)), hold.Confirm(tx, owner)); err != nil {
				return err
			}
		}
		return booking.Way{}.Placed(tx, choice.Sale{Ref: string(id), Order: "ord_" + name, Line: "1", Owner: owner, Total: c.Price})
	})
}

// TestAChangeIsBought: a longer stay is bought for the difference and takes only what it has not yet; what comes back of it comes
// back of the payment that was the latest. A change that was ordered when the booking had moved on lapses, and changes nothing.
func TestAChangeIsBought(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		terms := plain()
		terms.ChangeFee = 1_000_00
		_, p := room(t, s, 2, terms)
		b, err := buy(s, nights(p, "2026-05-20", "2026-05-22", 2), "a")
		if err != nil {
			t.Fatal(err)
		}
		var long, other *booking.Amendment
		s.Moment(t, func(tx *db.Tx) (err error) {
			if _, long, err = booking.Change(tx, b, nights(p, "2026-05-20", "2026-05-23", 2)); err != nil {
				return err
			}
			if _, other, err = booking.Change(tx, b, nights(p, "2026-05-21", "2026-05-24", 2)); err != nil {
				return err
			}
			all, err := booking.Way{}.Chosen(tx, []string{string(long.ID)})
			c := all[string(long.ID)]
			if len(c.Wants) != 1 || c.Wants[0].Quantity != 1 || c.Price.Minor != 21_000_00 {
				t.Errorf("the longer stay is %+v", c)
			}
			sum := int64(0)
			for _, r := range c.Reasons {
				sum += r.Params.Amount.Minor
			}
			if sum != c.Price.Minor {
				t.Errorf("the reasons add up to %d", sum)
			}
			return err
		})
		for name, a := range map[string]*booking.Amendment{"long": long, "other": other} {
			if err := order(s, a.ID, name); err != nil {
				t.Fatal(err)
			}
		}
		s.Moment(t, func(tx *db.Tx) error {
			made, err := booking.Way{}.Paid(tx, string(long.ID))
			again, err2 := booking.Way{}.Paid(tx, string(long.ID))
			if b, _ = booking.Get(tx, b.ID); !made || !again || b.Price.Minor != 61_000_00 || len(b.Payments) != 2 || b.To != day("2026-05-23") {
				t.Errorf("made %t, again %t: %+v", made, again, b)
			}
			late, err3 := booking.Way{}.Paid(tx, string(other.ID))
			if now, _ := booking.Get(tx, b.ID); late || now.From != b.From || now.Price != b.Price {
				t.Errorf("the other change is made: %+v", now)
			}
			return errors.Join(err, err2, err3, booking.Way{}.Ended(tx, string(other.ID)))
		})
		if err := s.Try(func(tx *db.Tx) error { return booking.Bound(tx, "ord_long") }); !errors.Is(err, booking.ErrBound) {
			t.Errorf("the order of the change can be ended: %v", err)
		}
		s.Clock.Set(time.Date(2026, 5, 17, 6, 0, 0, 0, time.UTC))
		s.Moment(t, func(tx *db.Tx) error {
			_, r, err := booking.Cancel(tx, b.ID)
			if r.Back.Minor != 30_500_00 {
				t.Errorf("back comes %s", r.Back)
			}
			return err
		})
	})
}

// TestWhatIsOffStaysOff: a booking that a promotion made cheaper gives back what was paid, and a shorter stay keeps its share of what was taken off.
func TestWhatIsOffStaysOff(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		_, p := room(t, s, 1, plain())
		s.Moment(t, func(tx *db.Tx) error {
			b, err := booking.Choose(tx, nights(p, "2026-05-20", "2026-05-22", 2))
			if err != nil {
				return err
			}
			all, err := booking.ChosenOf(tx, []booking.ID{b.ID})
			if err == nil {
				err = errors.Join(hold.Take(tx, "cart/a", all[b.ID].Wants, tx.Now().Add(time.Minute)), hold.Confirm(tx, "cart/a"))
			}
			if err != nil {
				return err
			}
			b, err = booking.Place(tx, booking.Sale{Booking: b.ID, Order: "ord_a", Line: "1", Owner: "cart/a", Total: money.Of(36_000_00, "KZT")})
			if r := b.Refund(tx.Now()); err != nil || b.Price.Minor != 36_000_00 || r.Back != b.Price {
				t.Errorf("back comes %+v of %s, %v", r, b.Price, err)
			}
			b, err = booking.Pay(tx, b.ID)
			if err != nil {
				return err
			}
			b, _, err = booking.Change(tx, b, nights(p, "2026-05-20", "2026-05-21", 2))
			if b.Price.Minor != 18_000_00 || len(b.Payments) != 1 || b.Payments[0].Amount != b.Price {
				t.Errorf("one night costs %s, paid are %+v", b.Price, b.Payments)
			}
			return err
		})
	})
}
