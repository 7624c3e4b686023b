package checkout

import (
	"context"
	"encoding/json"
	"errors"

	"sauda/core/payment"
	"sauda/gear/db"
	"sauda/gear/job"
)

// holder says whose the card of a purchase is, and where it can be used.
func (s *State) holder() payment.Holder {
	return payment.Holder{Party: s.Cart.Party, Seller: string(s.Seller), Gateway: s.Gateway}
}

// choose finds the card that pays, if it is one that the buyer keeps, and judges whether the one that he enters may be kept.
func choose(tx *db.Tx, s *State) (err error) {
	switch {
	case s.Purchase.Card != "":
		var k payment.KeptCard
		k, err = payment.CardOf(tx, s.holder(), s.Purchase.Card)
		s.Sealed = k.Sealed
	case s.Purchase.Keep:
		s.Purchase.Keep, err = payment.MayKeep(tx, s.holder())
		s.Agreed = tx.Now()
	}
	return err
}

// charge is what the gateway is asked to authorize.
func (d *Desk) charge(s *State) (payment.Charge, error) {
	c := payment.Charge{
		Payment: s.Payment, Amount: s.Quote.Due, Token: s.Purchase.Token, ReturnURL: s.Purchase.ReturnURL,
		Lang: s.Cart.Lang, Description: s.Shop, Customer: s.Cart.Party,
	}
	c.Keep = s.Purchase.Keep && d.Keys.Ready() && s.Cart.Party != ""
	if s.Sealed == "" {
		return c, nil
	}
	var err error
	c.OnFile, err = d.unseal(s.Sealed, s.holder())
	return c, err
}

// unseal opens what a gateway gave for a card. When the key is not known any more, the card has to be entered again.
func (d *Desk) unseal(sealed string, h payment.Holder) (payment.OnFile, error) {
	var card payment.OnFile
	body, err := d.Keys.Open(sealed, h.Purpose())
	if err == nil {
		err = json.Unmarshal([]byte(body), &card)
	}
	if err != nil {
		return payment.OnFile{}, payment.ErrToken.About("a card of %s: %w", h.Party, err)
	}
	return card, nil
}

// keep asks for the card that a payment has put on file, and seals it: nothing that is written down has it otherwise. An
// order is not worth less because its card could not be kept.
func (d *Desk) keep(ctx context.Context, s *State, gateway payment.Gateway) error {
	if !s.Purchase.Keep || s.New != nil || !d.Keys.Ready() || !s.Result.Authorized.IsPositive() {
		return nil
	}
	card, err := gateway.Kept(ctx, s.Result.Ref)
	if errors.Is(err, payment.ErrNoAnswer) {
		return worldly(err)
	}
	if err != nil || card.Token == "" {
		return nil
	}
	s.New, err = card.Sealed(s.Agreed, func(card payment.OnFile) (string, error) {
		body, err := json.Marshal(card)
		if err != nil {
			return "", err
		}
		return d.Keys.Seal(string(body), s.holder().Purpose())
	})
	return err
}

// unchosen writes down what a payment that came to nothing leaves of cards: one that its gateway has forgotten is dropped,
// and one that it has put on file is forgotten.
func unchosen(tx *db.Tx, s *State) error {
	switch {
	case s.Gone:
		return payment.DropCard(tx, s.Cart.Party, s.Purchase.Card)
	case s.New != nil:
		return payment.DiscardCard(tx, s.holder(), *s.New)
	}
	return nil
}

// cardsAtOnce bounds how many gateways are told of in one run.
const cardsAtOnce = 100

// ForgetCards tells gateways of the cards that their owners keep no longer. What a gateway does not answer is told again
// the next time; a card that cannot be opened any more is nobody's to forget.
func (d *Desk) ForgetCards(ctx context.Context, store *db.Store) error {
	var after payment.CardID
	for ctx.Err() == nil {
		var gone []payment.KeptCard
		err := job.Look(ctx, store, db.System, func(tx *db.Tx) (err error) {
			gone, err = payment.CardsGone(tx, after, cardsAtOnce)
			return err
		})
		if err != nil || len(gone) == 0 {
			return err
		}
		for _, c := range gone {
			after = c.ID
			if err := d.forgetCard(ctx, store, c); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func (d *Desk) forgetCard(ctx context.Context, store *db.Store, c payment.KeptCard) error {
	card, err := d.unseal(c.Sealed, c.Holder)
	if gateway, ok := d.gateways[c.Gateway]; ok && err == nil {
		err = gateway.Forget(ctx, "forget/"+string(c.ID), c.Party, card)
	}
	if errors.Is(err, payment.ErrNoAnswer) {
		return nil
	}
	return job.Once(ctx, store, db.System, func(tx *db.Tx) error { return payment.ForgetCard(tx, c) })
}

// Keeps tells whether cards can be kept: the house has a key to seal what stands for them.
func (d *Desk) Keeps() bool { return d.Keys.Ready() }

// KeptCards gives the cards that the buyer of a basket may pay with by one press: his own, at its seller, through the
// gateway that takes its cards.
func (b *Basket) KeptCards(tx *db.Tx) ([]payment.KeptCard, error) {
	if tx.Who().Party == "" || b.Cart.Party != tx.Who().Party || len(b.Cart.Sellers()) != 1 {
		return nil, nil
	}
	for _, m := range b.Methods {
		if m.Code == payment.Card && m.Gateway != "" {
			return payment.CardsOf(tx, payment.Holder{Party: b.Cart.Party, Seller: string(b.Cart.Sellers()[0]), Gateway: m.Gateway})
		}
	}
	return nil, nil
}
