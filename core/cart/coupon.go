package cart

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"unicode/utf8"

	"sauda/core/cart/cartdb"
	"sauda/gear/db"
)

// EnterCoupon puts a code into a basket, in the form in which codes are compared. Whether it counts for anything, checkout
// asks promotion. Twice is the same as once.
func EnterCoupon(tx *db.Tx, id ID, code string) error {
	if n := utf8.RuneCountInString(code); n == 0 || n > couponMax {
		return ErrCoupon.About("%d characters", n)
	}
	codes, err := couponsOf(tx, id)
	if err != nil || slices.Contains(codes, code) {
		return err
	}
	if len(codes) >= couponsMax {
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
	body, err := couponsBody(codes)
	if err != nil {
		return err
	}
	return cartdb.New(tx.Later()).SetCoupons(tx.Context(), cartdb.SetCouponsParams{ID: string(id), Coupons: body})
}

// couponsBody gives codes as they are stored.
func couponsBody(codes []string) (string, error) {
	if len(codes) == 0 {
		return "", nil
	}
	body, err := json.Marshal(codes)
	return string(body), err
}

// united gives the codes of two baskets as they are stored: first those of a guest's, the last of which he has just
// entered, and then those of the party's for which there is room.
func united(guest, own string) (string, error) {
	var codes, more []string
	err := errors.Join(json.Unmarshal([]byte(cmp.Or(guest, "[]")), &codes), json.Unmarshal([]byte(cmp.Or(own, "[]")), &more))
	if err != nil {
		return "", err
	}
	for _, code := range more {
		if len(codes) < couponsMax && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return couponsBody(codes)
}
