package shop

import (
	"sauda/core/identity"
	"sauda/core/wish"
	"sauda/gear/db"
	"sauda/gear/web"
)

// stopAsk comes from a letter about prices that have fallen.
type stopAsk struct {
	visitor
	Stop string `path:"stop" maxLength:"60"`
}

// stopView is the page that stops such letters.
type stopView struct {
	page
	Stop string
	Done bool
}

func (f *face) stopView(tx *db.Tx, v visitor, stop string) stopView {
	return stopView{page: f.page(tx.Context(), v, "wishlist", t(tx.Context(), "wish.letters.title")), Stop: stop}
}

// askStop asks whether letters about prices shall stop. Only to look changes nothing: mail programs look at links.
func (f *face) askStop(tx *db.Tx, in stopAsk) (web.View, error) {
	if _, err := wish.Stopping(tx, in.Stop); err != nil {
		return nil, err
	}
	return stopPage(f.stopView(tx, in.visitor, in.Stop)), nil
}

// stopSaid is the press of the button: here, or in a mail program (RFC 8058).
type stopSaid struct {
	web.Typed
	visitor
	Stop string `path:"stop" maxLength:"60"`
	Mail string `json:"List-Unsubscribe,omitempty" maxLength:"60"`
}

// stopLetters stops letters about prices for whoever got one, signed in or not. Twice is the same as once. It answers at
// once and not by another page, for mail programs do not go on.
func (f *face) stopLetters(tx *db.Tx, in stopSaid) (web.Then, error) {
	party, err := wish.Stopping(tx, in.Stop)
	if err != nil {
		return web.Then{}, err
	}
	if err := identity.TakeBack(tx, identity.PartyID(party), identity.PurposeWishes); err != nil {
		return web.Then{}, err
	}
	v := f.stopView(tx, in.visitor, in.Stop)
	v.page, v.Done = v.at("/wishlist"), true
	return web.Show(stopPage(v)), nil
}
