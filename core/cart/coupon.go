package cart

import (
	"encoding/json"
	"slices"

	"sauda/core/cart/cartdb"
	"sauda/gear/db"
)

// EnterCoupon puts a code into a basket, in the form in which codes are compared. Whether it counts for anything, checkout
// asks promotion. Twice is the same as once.
func EnterCoupon(tx *db.Tx, id ID, code string) error {
	if code == "" || len(code) > couponMax {
		return ErrCoupon.About("%d bytes", len(code))
	}
	codes, err := couponsOf(tx, id)
	if err != nil || slices.Contains(codes, code) {
		return err
	}
	if len(codes) >= CouponsMax {
		return ErrCoupon.About("%d codes", len(codes))
	}
	if err := setCoupons(tx, id, append(codes, code)); err != nil {
		return err
	}
	return tx.Emit(CouponEntered{id, code})
}

// WithdrawCoupon takes a code out of a basket. One that is not there, or not any more, changes nothing.
func WithdrawCoupon(tx *db.Tx, id ID, code string) error {
	codes, err := couponsOf(tx, id)
	if err != nil || !slices.Contains(codes, code) {
		return err
	}
	if err := setCoupons(tx, id, slices.DeleteFunc(codes, func(c string) bool { return c == code })); err != nil {
		return err
	}
	return tx.Emit(CouponWithdrawn{id, code})
}

// couponsOf gives the codes of an open basket, which it touches.
func couponsOf(tx *db.Tx, id ID) ([]string, error) {
	row, err := touch(tx, id)
	if err != nil {
		return nil, err
	}
	c, err := cartOf(row)
	return c.Coupons, err
}

func setCoupons(tx *db.Tx, id ID, codes []string) error {
	body := ""
	if len(codes) > 0 {
		list, err := json.Marshal(codes)
		if err != nil {
			return err
		}
		body = string(list)
	}
	return cartdb.New(tx.Later()).SetCoupons(tx.Context(), cartdb.SetCouponsParams{ID: string(id), Coupons: body})
}
