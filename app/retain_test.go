package app_test

import (
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/core/cart"
	"sauda/gear/bus"
	"sauda/gear/db"
)

// TestCodesAreForgotten: which codes a buyer has entered is in no fact and in no basket after ninety days; what sellers learn
// from stays.
func TestCodesAreForgotten(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		guest := h.Guest()
		id := cart.ID(guest.Basket(t, h, apptest.Kettle))
		h.Moment(t, func(tx *db.Tx) error { return cart.EnterCoupon(tx, id, "forann") })
		if n := stated(t, h, cart.CouponEntered{}.Fact()); n != 1 {
			t.Errorf("at first there are %d facts", n)
		}
		h.Later(t, time.Minute) // From now on the clock knows when its jobs are due.
		h.Later(t, 91*24*time.Hour)
		h.Look(t, func(tx *db.Tx) error {
			c, err := cart.Get(tx, id)
			if len(c.Coupons) != 0 {
				t.Errorf("the basket keeps %v", c.Coupons)
			}
			return err
		})
		if codes, added := stated(t, h, cart.CouponEntered{}.Fact()), stated(t, h, cart.Added{}.Fact()); codes != 0 || added == 0 {
			t.Errorf("after 91 days there are %d facts of codes and %d of goods", codes, added)
		}
	})
}

// stated counts the facts of a name.
func stated(t *testing.T, h *apptest.House, name string) (n int) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) error {
		all, err := bus.Facts(tx, bus.Filter{Names: []string{name}})
		n = len(all)
		return err
	})
	return n
}
