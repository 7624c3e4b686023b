package shop

import (
	"context"
	"fmt"

	"sauda/core/payment"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountCards(site *web.Site) {
	web.Page(site, "GET /account/cards", f.ownCards, web.SignedIn())
	web.Form(site, "POST /account/cards/{id}/prefer", f.preferCard, web.SignedIn())
	web.Form(site, "POST /account/cards/{id}/remove", f.removeCard, web.SignedIn())
}

// cardsView is the page of the cards that a buyer keeps.
type cardsView struct {
	cabinet
	Cards []keptCard
}

// keptCard is a card as a page shows it.
type keptCard struct {
	payment.KeptCard
	Over bool // Over says that it cannot be used any more.
}

// Name is what its owner calls a card: the network and the last four digits.
func (c keptCard) Name(ctx context.Context) string { return cardName(ctx, c.Signs) }

func cardName(ctx context.Context, s payment.Signs) string {
	name := brands[s.Brand]
	if name == "" {
		name = t(ctx, "card.any")
	}
	return name + " •••• " + s.Digits
}

// brands are the networks as they write themselves.
var brands = map[string]string{
	"visa": "Visa", "mastercard": "Mastercard", "unionpay": "UnionPay", "mir": "Мир", "amex": "American Express", "maestro": "Maestro",
}

// until is the last month of a card as it stands on it.
func until(s payment.Signs) string { return fmt.Sprintf("%02d/%02d", s.Month, s.Year%100) }

// wallet begins a page of the cards of who is signed in.
func (f *face) wallet(tx *db.Tx, in accountAsk) (cabinet, error) {
	c, err := f.cabinetOf(tx, in, "cards")
	if err == nil {
		err = c.buyer()
	}
	return c, err
}

func (f *face) ownCards(tx *db.Tx, in accountAsk) (web.View, error) {
	c, err := f.wallet(tx, in)
	if err != nil {
		return nil, err
	}
	all, err := payment.Cards(tx, string(c.User.Party))
	v := cardsView{cabinet: c, Cards: make([]keptCard, len(all))}
	for i, k := range all {
		v.Cards[i] = keptCard{k, k.Over(tx.Now())}
	}
	return cardsPage(v), err
}

type cardAsk struct {
	accountAsk
	ID payment.CardID `path:"id" maxLength:"60"`
}

// preferCard has a card offered first.
func (f *face) preferCard(tx *db.Tx, in cardAsk) (web.Then, error) {
	c, err := f.wallet(tx, in.accountAsk)
	if err != nil {
		return web.Then{}, err
	}
	return web.See("/account/cards?done=saved"), payment.PreferCard(tx, string(c.User.Party), in.ID)
}

// removeCard keeps a card no longer.
func (f *face) removeCard(tx *db.Tx, in cardAsk) (web.Then, error) {
	c, err := f.wallet(tx, in.accountAsk)
	if err != nil {
		return web.Then{}, err
	}
	err = payment.TakeCardAway(tx, string(c.User.Party), in.ID)
	if unknown(err) { // Pressed twice.
		err = nil
	}
	return web.See("/account/cards?done=removed"), err
}
