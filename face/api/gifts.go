package api

import (
	"context"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/gift"
	"sauda/core/order"
	"sauda/core/seller"
	"sauda/flow/checkout"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/session"
	"sauda/gear/web"
)

func (f face) mountGifts(api *web.API) {
	web.Command(api, "POST /v1/gifts", f.chooseGift, web.Public(), web.Status(201),
		web.Doc("Write down a gift certificate that somebody wants to buy: a variant of the kind service whose way is gift, worth what that costs. Its id is what a basket takes as the chosen answer.", "Gift certificates"),
		web.Faults(gift.ErrInvalid, gift.ErrNotSold))
	web.Act(api, "POST /v1/gift-balances", lookUpGift, web.Public(), web.Shape[giftView](),
		web.Doc("See what is left of a certificate by its code. Tries are braked as those to sign in are.", "Gift certificates"),
		web.Faults(gift.ErrUnknown, session.ErrThrottled))
	web.Query(api, "GET /v1/me/gifts", myGifts, web.SignedIn(),
		web.Doc("List the certificates that the buyer has bought, the newest first. Their codes are known to those alone who were sent them.", "Gift certificates"))
	web.Act(api, "PUT /v1/carts/{id}/gift", f.layGift, web.Public(), web.Shape[laidView](),
		web.Doc("Have a gift certificate pay for a basket, as far as it goes; prices and taxes stay. One that is entered before gives way. Tries are braked as those to sign in are.", "Baskets"),
		web.Faults(cart.ErrUnknown, cart.ErrClosed, gift.ErrUnknown, gift.ErrOther, gift.ErrEnded, gift.ErrSpent, session.ErrThrottled))
	web.Command(api, "DELETE /v1/carts/{id}/gift", liftGift, web.Public(),
		web.Doc("Have no gift certificate pay for a basket. Where none does, nothing changes.", "Baskets"), web.Faults(cart.ErrUnknown, cart.ErrClosed))
	web.Query(api, "GET /v1/office/gifts", listGifts, web.Needs(scopeMoneyRead),
		web.Doc("List the certificates that the seller has sold, the newest first, with what each has paid.", "Office: money"))
}

type giftWish struct {
	Variant  catalog.VariantID `json:"variant_id" maxLength:"60" doc:"What is sold as a certificate."`
	Currency money.Currency    `json:"currency,omitempty" maxLength:"3" doc:"That of the basket; the shop's own when absent."`
	To       gift.Present      `json:"to"`
	Day      span.Day          `json:"day,omitzero" doc:"When the letter with the code goes; as soon as it is paid when absent."`
}

// giftView is a certificate as its buyer, or who knows its code, may see it.
type giftView struct {
	ID     gift.ID           `json:"id"`
	State  gift.State        `json:"state" enum:"chosen,unpaid,good,spent,ended"`
	Seller seller.ID         `json:"seller"`
	Masked string            `json:"code,omitempty" doc:"The end of its code."`
	Face   money.Money       `json:"face"`
	Left   money.Money       `json:"left"`
	Until  *span.Day         `json:"until,omitempty" doc:"The last day on which it is good."`
	Day    *span.Day         `json:"day,omitempty" doc:"When the letter goes."`
	To     *gift.Present     `json:"to,omitempty"`
	Order  string            `json:"order,omitempty" doc:"By which it was bought."`
	SentAt *time.Time        `json:"sent_at,omitempty"`
	Paid   []usedGift        `json:"paid,omitempty" doc:"What it has paid."`
	About  catalog.VariantID `json:"variant_id"`
}

// usedGift is what a certificate has paid of an order.
type usedGift struct {
	Order  string      `json:"order,omitempty"`
	Masked string      `json:"code,omitempty" doc:"The end of its code."`
	Paid   money.Money `json:"paid"`
	Back   money.Money `json:"back" doc:"What has gone back onto it."`
}

// viewGift is a certificate as anybody sees it who knows its code: not whose it is.
func viewGift(c gift.Certificate, today span.Day) giftView {
	v := giftView{ID: c.ID, State: c.State(today), Seller: c.Seller, Masked: c.Masked(), Face: c.Face, Left: c.Left, About: c.Variant}
	if !c.Until.IsZero() {
		v.Until = &c.Until
	}
	return v
}

// viewBought adds what its buyer and its seller know.
func viewBought(c gift.Certificate, today span.Day) giftView {
	v := viewGift(c, today)
	v.Day, v.To, v.Order = &c.Day, &c.To, c.Order
	if !c.Sent.IsZero() {
		v.SentAt = &c.Sent
	}
	return v
}

// chooseGift writes down a certificate that somebody wants to buy.
func (f face) chooseGift(tx *db.Tx, in giftWish) (giftView, error) {
	c, err := gift.Choose(tx, gift.Wish{Variant: in.Variant, Currency: f.currency(in.Currency), To: in.To, Day: in.Day, Lang: web.Lang(tx.Context())})
	if err != nil {
		return giftView{}, err
	}
	return viewBought(c, gift.Today(tx)), nil
}

type giftCode struct {
	Code string `json:"code" maxLength:"60" doc:"As the letter has it, in any case, with or without dashes."`
}

// guessed is for what the tries of codes are counted.
const guessed = "gift"

// lookUpGift shows what is left of a certificate.
func lookUpGift(ctx context.Context, in giftCode) (v giftView, err error) {
	err = web.Guess(ctx, guessed, func(tx *db.Tx) error {
		c, err := gift.Find(tx, in.Code)
		if err == nil {
			v = viewGift(c, gift.Today(tx))
		}
		return err
	})
	return v, err
}

// myGifts lists what the buyer has bought.
func myGifts(tx *db.Tx, _ web.None) (web.List[giftView], error) {
	all, err := gift.Bought(tx, tx.Who().Party)
	page := web.List[giftView]{Items: make([]giftView, len(all))}
	for i, c := range all {
		page.Items[i] = viewBought(c, gift.Today(tx))
	}
	return page, err
}

type laying struct {
	ID cart.ID `path:"id" maxLength:"60" doc:"The basket."`
	giftCode
}

// laidView is the certificate of a basket.
type laidView struct {
	Masked string       `json:"code" doc:"The end of its code."`
	Left   money.Money  `json:"left"`
	Until  span.Day     `json:"until" doc:"The last day on which it is good."`
	Pays   *money.Money `json:"pays,omitempty" doc:"What it pays of the basket; absent when it pays nothing."`
	Reason string       `json:"reason,omitempty" doc:"The fault that says why it pays nothing now."`
	Detail string       `json:"detail,omitempty" doc:"The reason in words."`
}

func viewLaid(tx *db.Tx, t checkout.Laid) *laidView {
	if t.Of.ID == "" {
		return nil
	}
	v := &laidView{Masked: t.Of.Masked(), Left: t.Of.Left, Until: t.Of.Until, Pays: priceOf(t.Pays)}
	if no := fault.Of(t.Err); no != nil {
		v.Reason, v.Detail = no.Code, i18n.Fault(web.Lang(tx.Context()), t.Err)
	}
	return v
}

// layGift has a certificate pay for a basket.
func (f face) layGift(ctx context.Context, in laying) (v laidView, err error) {
	err = web.Guess(ctx, guessed, func(tx *db.Tx) error {
		c, err := f.Desk.Lay(tx, in.ID, in.Code)
		if err != nil {
			return err
		}
		b, err := f.Desk.Look(tx, in.ID)
		if shown := viewLaid(tx, b.Laid); shown != nil {
			v = *shown
		} else {
			v = *viewLaid(tx, checkout.Laid{Of: c})
		}
		return err
	})
	return v, err
}

// liftGift has no certificate pay.
func liftGift(tx *db.Tx, in cartAsk) (web.None, error) {
	return web.None{}, cart.LayGift(tx, in.ID, "")
}

type giftsAsk struct {
	Cursor gift.ID `query:"cursor" maxLength:"60" doc:"Where the page before ended."`
}

// listGifts lists what a seller has sold.
func listGifts(tx *db.Tx, in giftsAsk) (web.List[giftView], error) {
	all, next, err := gift.List(tx, seller.ID(tx.Who().Seller), in.Cursor)
	if err != nil {
		return web.List[giftView]{}, err
	}
	ids := make([]gift.ID, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	uses, err := gift.Uses(tx, ids)
	page := web.List[giftView]{Items: make([]giftView, len(all)), Next: string(next)}
	for i, c := range all {
		page.Items[i] = viewBought(c, gift.Today(tx))
		for _, u := range uses[c.ID] {
			page.Items[i].Paid = append(page.Items[i].Paid, usedGift{
				Order: u.Order, Paid: money.Of(u.Paid, c.Face.Currency), Back: money.Of(u.Back, c.Face.Currency),
			})
		}
	}
	return page, err
}

// viewUse says what a certificate has paid of an order, if one has.
func viewUse(tx *db.Tx, o order.Order) (*usedGift, error) {
	u, ok, err := gift.UseOf(tx, string(o.ID))
	if err != nil || !ok {
		return nil, err
	}
	c, err := gift.Get(tx, u.Gift)
	return &usedGift{Masked: c.Masked(), Paid: money.Of(u.Paid, o.Quote.Currency), Back: money.Of(u.Back, o.Quote.Currency)}, err
}
