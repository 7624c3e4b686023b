package shop

import (
	"context"
	"errors"

	"sauda/base/fault"
	"sauda/core/promotion"
	"sauda/core/shelf"
	"sauda/flow/checkout"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f *face) mountPromotions(site *web.Site) {
	web.Form(site, "POST /basket/coupons", f.enterCoupon, web.Public())
	web.Form(site, "POST /basket/coupons/remove", f.withdrawCoupon, web.Public())
}

// lower shows on cards what promotions take off their prices for everybody, which costs no statement once they are known.
func (f *face) lower(tx *db.Tx, cards []shelf.Card) error {
	set, err := f.Desk.Promotions.Load(tx)
	if err == nil {
		shelf.Lower(tx, set, cards)
	}
	return err
}

// lowerPage does so on the page of a product, and names the promotions that are about it.
func (f *face) lowerPage(tx *db.Tx, p *shelf.Page) error {
	set, err := f.Desk.Promotions.Load(tx)
	if err == nil {
		p.Lower(tx, set)
	}
	return err
}

type couponForm struct {
	web.Typed
	visitor
	Code     string `json:"code" maxLength:"60"`
	Checkout bool   `json:"checkout,omitempty"` // Checkout leads back there.
}

// enterCoupon enters a code into the basket; one that does not count is talked about beside its field.
func (f *face) enterCoupon(tx *db.Tx, in couponForm) (web.Then, error) {
	id, err := current(tx, in.visitor)
	if err != nil || id == "" {
		return web.See("/basket"), err
	}
	_, err = f.Desk.Redeem(tx, id, in.Code)
	switch {
	case refused(err) || errors.Is(err, promotion.ErrNoCode):
		return f.refusedAt(tx, in, "code", err)
	case unknown(err):
		return web.See("/basket"), nil
	}
	return web.See(in.back()), err
}

// back is the page from which the form came.
func (in couponForm) back() string {
	if in.Checkout {
		return "/checkout"
	}
	return "/basket"
}

// refusedAt shows the page again, with what was typed into a field and why it does not count.
func (f *face) refusedAt(tx *db.Tx, in couponForm, field string, no error) (web.Then, error) {
	said := typed(tx.Context(), in.Typed, web.ErrInvalid.Fields(fault.Found("/"+field, no)))
	if field != "code" {
		delete(said.Values, "code") // It was typed there, and is the name of another field too.
	}
	if in.Checkout {
		d, there, err := f.deskOf(tx, in.visitor)
		if err != nil {
			return web.Then{}, err
		}
		if there {
			d.Step, d.Form = d.open(""), said
			if d.Step == stepAddress {
				err = d.prefill(tx, in.town())
				d.Form.Wrong, d.Form.Values["code"] = said.Wrong, said.Values["code"]
			}
			return web.Again(checkoutPage(d)), err
		}
	}
	v, err := f.basketView(tx, in.visitor)
	if err != nil {
		return web.Then{}, err
	}
	v.page, v.Form = v.at("/basket"), said
	return web.Again(basketPage(v)), nil
}

// withdrawCoupon takes a code out of the basket. Twice is the same as once.
func (f *face) withdrawCoupon(tx *db.Tx, in couponForm) (web.Then, error) {
	id, err := current(tx, in.visitor)
	if err != nil || id == "" {
		return web.See("/basket"), err
	}
	if err = f.Desk.Withdraw(tx, id, in.Code); unknown(err) {
		err = nil
	}
	return web.See(in.back()), err
}

// couponSaid says why a code saves nothing now.
func couponSaid(ctx context.Context, c checkout.Coupon) string {
	if c.Err == nil {
		return t(ctx, "coupon.waits")
	}
	return i18n.Fault(web.Lang(ctx), c.Err)
}

// hintSaid says what is missing for a promotion.
func hintSaid(ctx context.Context, h promotion.Hint) string {
	name := in(ctx, h.Name)
	switch {
	case h.Sum != nil:
		return t(ctx, "hint.sum", "name", name, "sum", amount(ctx, *h.Sum))
	case h.Free > 0:
		return t(ctx, "hint.free", "name", name, "count", h.Units, "free", h.Free)
	}
	return t(ctx, "hint.units", "name", name, "count", h.Units)
}
