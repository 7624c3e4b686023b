package cart

import (
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/cart/cartdb"
	"sauda/gear/db"
)

// Standing is a basket that the house fills and orders for a party, beside the one of its own.
type Standing struct {
	Party    string
	For      string // For names what it is for.
	Currency money.Currency
	Lang     string
}

// Stand opens a standing basket. Only the house does.
func Stand(tx *db.Tx, s Standing) (ID, error) {
	if s.Party == "" || s.For == "" || tx.Who().Kind != db.KindSystem {
		return "", ErrParty.About("a basket for %.60q", s.For)
	}
	if !s.Currency.Valid() || !text.ValidLanguage(s.Lang) {
		return "", ErrOpening.About("currency %.10q, language %.20q", s.Currency, s.Lang)
	}
	id := ID(tx.Mint("crt"))
	err := cartdb.New(tx.Later()).Stand(tx.Context(), cartdb.StandParams{
		ID: string(id), Party: s.Party, Currency: string(s.Currency), Lang: s.Lang, At: span.Micros(tx.Now()), Standing: s.For,
	})
	if err != nil {
		return "", err
	}
	return id, tx.Emit(Opened{id, false, s.Currency, s.Lang, Consent{}})
}

// Drop ends a standing basket that became no order. One that is not open any more stays as it is.
func Drop(tx *db.Tx, id ID) error {
	ids, err := cartdb.New(tx).Drop(tx.Context(), string(id))
	if err != nil || len(ids) == 0 {
		return err
	}
	return tx.Emit(Lapsed{id})
}
