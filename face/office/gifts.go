package office

import (
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/gift"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountGifts(site *web.Site) {
	web.Page(site, "GET /office/gifts", f.gifts, web.Needs(ScopeMoneyRead))
	web.Form(site, "POST /office/gifts/{id}/letter", f.resendGift, web.Needs(ScopeOrdersWrite))
}

type giftsAsk struct {
	After gift.ID `query:"after" maxLength:"60"`
}

// giftsView is a page of the certificates that a seller has sold.
type giftsView struct {
	Today span.Day
	All   []gift.Certificate
	Uses  map[gift.ID][]gift.Use
	Next  gift.ID
}

// gifts lists what a seller has sold, the newest first, with the orders that each has paid.
func (f face) gifts(tx *db.Tx, in giftsAsk) (web.View, error) {
	v := giftsView{Today: gift.Today(tx)}
	var err error
	if v.All, v.Next, err = gift.List(tx, sellerOf(tx), in.After); err != nil {
		return nil, err
	}
	ids := make([]gift.ID, len(v.All))
	for i, c := range v.All {
		ids[i] = c.ID
	}
	v.Uses, err = gift.Uses(tx, ids)
	return giftsPage(f.page("gifts", t(tx.Context(), "nav.gifts")), v), err
}

// spent is what an order was paid with a certificate, without what has gone back onto it.
func spent(c gift.Certificate, u gift.Use) money.Money {
	return money.Of(u.Paid-u.Back, c.Face.Currency)
}

// resends says whether the letter of a certificate can be sent once more.
func (v giftsView) resends(c gift.Certificate) bool {
	return c.State(v.Today) == gift.StateGood && !c.Sent.IsZero()
}

type giftNamed struct {
	ID gift.ID `path:"id" maxLength:"60"`
}

// resendGift has the letter of a certificate sent once more, with a new code.
func (f face) resendGift(tx *db.Tx, in giftNamed) (web.Then, error) {
	return see("gifts", "resent"), gift.Resend(tx, sellerOf(tx), in.ID)
}
