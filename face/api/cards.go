package api

import (
	"time"

	"sauda/core/payment"
	"sauda/flow/account"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountCards(api *web.API) {
	web.Query(api, "GET /v1/me/cards", listCards, web.SignedIn(),
		web.Doc("List the cards that a buyer keeps, the preferred one first. A card is kept at a checkout, when its buyer agrees to that.", "People"),
		web.Faults(payment.ErrNoCard, account.ErrGuest))
	web.Command(api, "POST /v1/me/cards/{id}/preference", preferCard, web.SignedIn(),
		web.Doc("Have a card offered first.", "People"), web.Faults(payment.ErrNoCard, account.ErrGuest))
	web.Command(api, "DELETE /v1/me/cards/{id}", takeCardAway, web.SignedIn(),
		web.Doc("Keep a card no longer. The bank is told to forget it.", "People"), web.Faults(payment.ErrNoCard, account.ErrGuest))
}

// ownCardView is a card that a buyer keeps, as he recognises it.
type ownCardView struct {
	ID        payment.CardID `json:"id"`
	Seller    string         `json:"seller_id" doc:"At which seller it can be used."`
	Brand     string         `json:"brand" doc:"The network in small letters: visa, mastercard, unionpay."`
	Digits    string         `json:"digits" doc:"The last four digits of its number; the shop never saw the others."`
	Month     int            `json:"month" doc:"The last month in which it can be used."`
	Year      int            `json:"year"`
	Expired   bool           `json:"expired"`
	Preferred bool           `json:"preferred"`
	Agreed    time.Time      `json:"agreed_at" doc:"When the buyer agreed to have it kept."`
}

func listCards(tx *db.Tx, _ struct{}) (web.List[ownCardView], error) {
	u, err := account.Person(tx)
	if err != nil {
		return web.List[ownCardView]{}, err
	}
	all, err := payment.Cards(tx, string(u.Party))
	page := web.List[ownCardView]{Items: make([]ownCardView, len(all))}
	for i, c := range all {
		page.Items[i] = ownCardView{
			ID: c.ID, Seller: c.Seller, Brand: c.Brand, Digits: c.Digits, Month: c.Month, Year: c.Year,
			Expired: c.Over(tx.Now()), Preferred: c.Preferred, Agreed: c.Agreed,
		}
	}
	return page, err
}

type cardAsk struct {
	ID payment.CardID `path:"id" maxLength:"60" doc:"The card."`
}

func preferCard(tx *db.Tx, in cardAsk) (web.None, error) {
	u, err := account.Person(tx)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, payment.PreferCard(tx, string(u.Party), in.ID)
}

func takeCardAway(tx *db.Tx, in cardAsk) (web.None, error) {
	u, err := account.Person(tx)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, payment.TakeCardAway(tx, string(u.Party), in.ID)
}
