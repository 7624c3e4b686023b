package api

import (
	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/cart"
	"sauda/core/promotion"
	"sauda/flow/checkout"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountCoupons(api *web.API) {
	web.Command(api, "PUT /v1/carts/{id}/coupons/{code}", f.enterCoupon, web.Public(),
		web.Doc("Enter a code into a basket, in any case, with blanks, or in letters that look alike. The answer says what it saves; a code that does not count is refused with the reason.", "Baskets"),
		web.Faults(cart.ErrUnknown, cart.ErrClosed, cart.ErrCoupon, promotion.ErrNoCode, promotion.ErrNotYet, promotion.ErrOver, promotion.ErrUsedUp,
			promotion.ErrAnother, promotion.ErrUsed, promotion.ErrGoods, promotion.ErrTooFew, promotion.ErrTooLow, promotion.ErrNotFirst, promotion.ErrWorse))
	web.Command(api, "DELETE /v1/carts/{id}/coupons/{code}", f.withdrawCoupon, web.Public(),
		web.Doc("Take a code out of a basket. One that is not there changes nothing.", "Baskets"), web.Faults(cart.ErrUnknown, cart.ErrClosed))
}

type couponAsk struct {
	ID   cart.ID `path:"id" maxLength:"60" doc:"The basket."`
	Code string  `path:"code" maxLength:"60" doc:"The code as it is typed."`
}

// couponView is a code of a basket.
type couponView struct {
	Code   string         `json:"code" doc:"The code as its seller wrote it."`
	Name   text.Localized `json:"name,omitempty" doc:"The promotion to which it leads."`
	Saved  *money.Money   `json:"saved,omitempty" doc:"What it takes off the basket; absent when it takes nothing."`
	Reason string         `json:"reason,omitempty" doc:"The fault that says why it saves nothing now."`
	Detail string         `json:"detail,omitempty" doc:"The reason in words."`
}

func viewCoupon(tx *db.Tx, c checkout.Coupon) couponView {
	v := couponView{Code: c.Code, Name: c.Name, Saved: priceOf(c.Saved)}
	if no := fault.Of(c.Err); no != nil {
		v.Reason, v.Detail = no.Code, i18n.Fault(web.Lang(tx.Context()), c.Err)
	}
	return v
}

// enterCoupon enters a code into a basket.
func (f face) enterCoupon(tx *db.Tx, in couponAsk) (couponView, error) {
	c, err := f.Desk.Redeem(tx, in.ID, in.Code)
	if err != nil {
		return couponView{}, err
	}
	return viewCoupon(tx, c), nil
}

// withdrawCoupon takes a code out of a basket.
func (f face) withdrawCoupon(tx *db.Tx, in couponAsk) (web.None, error) {
	return web.None{}, f.Desk.Withdraw(tx, in.ID, in.Code)
}
