package checkout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"sauda/base/span"
	"sauda/core/agreement"
	"sauda/core/payment"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/saga"
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

// charge is what the gateway is asked to authorize. It learns whose the card is only when it has to keep it, or has.
func (d *Desk) charge(s *State) (payment.Charge, error) {
	c := payment.Charge{
		Payment: s.Payment, Amount: s.toPay(), Token: s.Purchase.Token, ReturnURL: s.Purchase.ReturnURL,
		Lang: s.Cart.Lang, Description: s.Shop,
	}
	c.Keep = s.Purchase.Keep && d.Keys.Ready() && s.Cart.Party != ""
	if c.Keep || s.Sealed != "" {
		c.Customer = s.Cart.Party
	}
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

// files tells whether a payment may have put a card on file that the gateway was not asked for yet.
func files(s *State) bool {
	return s.Purchase.Keep && s.New == nil && s.Gateway != "" && s.Result.Authorized.IsPositive()
}

const (
	// fileWait is how long a buyer whose order stands already may wait for word of his card.
	fileWait = 3 * time.Second
	// asksMax is how often a gateway is asked for a card that is to be discarded: within half a minute, for the buyer cannot
	// order his basket again before.
	asksMax = 8
)

// file asks for the card that a payment has put on file. The order stands by now, and whatever is wrong it is asked for again
// until the gateway has answered: a card of which nobody knows could never be forgotten.
func (d *Desk) file(ctx context.Context, key string, s *State) error {
	ctx, stop := context.WithTimeout(ctx, fileWait)
	defer stop()
	if err := d.filed(ctx, key, s); err != nil {
		return fmt.Errorf("%w: %w", saga.ErrLater, err)
	}
	return nil
}

// leftover asks for the card of a payment that came to nothing.
func (d *Desk) leftover(ctx context.Context, key string, s *State) error {
	if !files(s) || s.Asked >= asksMax {
		return nil
	}
	s.Asked++
	err := d.filed(ctx, key, s)
	if err != nil {
		err = fmt.Errorf("%w: %w", saga.ErrUnknown, err)
	}
	return err
}

// filed finds the card of a payment, and seals it: nothing that is written down has it otherwise. One that the gateway does
// not describe cannot be shown to its owner, who could never take it away, so the gateway forgets it at once.
func (d *Desk) filed(ctx context.Context, key string, s *State) error {
	gateway, err := d.gateway(s)
	if err != nil {
		return err
	}
	if !d.Keys.Ready() {
		return errors.New("checkout: this process has no key to seal a card with")
	}
	card, err := gateway.Kept(ctx, s.Result.Ref)
	if errors.Is(err, payment.ErrUnknown) || err == nil && card.Token == "" {
		return nil
	}
	if err != nil {
		return err
	}
	s.New, err = card.Sealed(s.Agreed, func(card payment.OnFile) (string, error) {
		body, err := json.Marshal(card)
		if err != nil {
			return "", err
		}
		return d.Keys.Seal(string(body), s.holder().Purpose())
	})
	if err == nil && s.New == nil {
		err = gateway.Forget(ctx, key+"/forget", s.Cart.Party, card)
	}
	return err
}

// keepWithin is how long after his word a buyer still finds his card kept. It is less than an account lives on whose owner
// asks that it be erased.
const keepWithin = 24 * time.Hour

// keepCard keeps the card that was found, if there is one. One that was found so late that nobody waits for it is forgotten.
func keepCard(tx *db.Tx, s *State) error {
	if s.New == nil {
		return nil
	}
	card := *s.New
	s.New = nil
	if tx.Now().Sub(s.Agreed) > keepWithin {
		return payment.DiscardCard(tx, s.holder(), card)
	}
	id, err := payment.KeepCard(tx, s.holder(), card)
	if err == nil && s.Subscribed {
		err = agreement.Mandate(tx, string(s.Order), string(id))
	}
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

const (
	// cardsAtOnce bounds how many gateways are told of in one run.
	cardsAtOnce = 100
	// tellTime is how long a gateway is told of a card again and again. Whoever cannot be told by then never will.
	tellTime = 90 * 24 * time.Hour
	// wrongMax bounds how many troubles one run tells of: most have one cause.
	wrongMax = 10
)

// ForgetCards tells gateways of the cards that their owners keep no longer. Only a gateway that has said yes has forgotten a
// card: whatever else it says, and when this process cannot ask it, it is told again the next time. What it does not answer
// is no error; the rest is.
func (d *Desk) ForgetCards(ctx context.Context, store *db.Store) error {
	if !d.Keys.Ready() {
		return nil
	}
	var after payment.CardID
	var wrong []error
	for ctx.Err() == nil {
		var gone []payment.KeptCard
		err := job.Look(ctx, store, db.System, func(tx *db.Tx) (err error) {
			gone, err = payment.CardsGone(tx, after, cardsAtOnce)
			return err
		})
		if err != nil || len(gone) == 0 {
			return errors.Join(append(wrong, err)...)
		}
		for _, c := range gone {
			after = c.ID
			if err := d.forgetCard(ctx, store, c); err != nil && len(wrong) < wrongMax {
				wrong = append(wrong, fmt.Errorf("checkout: the card %s that is gone: %w", c.ID, err))
			}
		}
	}
	return errors.Join(append(wrong, ctx.Err())...)
}

func (d *Desk) forgetCard(ctx context.Context, store *db.Store, c payment.KeptCard) error {
	err := d.tellGone(ctx, c)
	if err != nil && store.Now().Sub(c.Gone) < tellTime {
		if errors.Is(err, payment.ErrNoAnswer) {
			return nil
		}
		return err
	}
	return errors.Join(err, job.Once(ctx, store, db.System, func(tx *db.Tx) error { return payment.ForgetCard(tx, c) }))
}

// tellGone has a gateway forget a card. A card that came back and is gone again is another act.
func (d *Desk) tellGone(ctx context.Context, c payment.KeptCard) error {
	gateway, ok := d.gateways[c.Gateway]
	if !ok {
		return payment.ErrRefused.About("no gateway is called %q", c.Gateway)
	}
	card, err := d.unseal(c.Sealed, c.Holder)
	if err != nil {
		return err
	}
	return gateway.Forget(ctx, "forget/"+string(c.ID)+"/"+strconv.FormatInt(span.Micros(c.Gone), 10), c.Party, card)
}

// Keeps tells whether a card that the buyer of a basket enters may be kept: the house has a key to seal what stands for it,
// and he does not keep too many already.
func (d *Desk) Keeps(tx *db.Tx, b *Basket) (bool, error) {
	h, ok := b.holder(tx)
	if !ok || !d.Keys.Ready() {
		return false, nil
	}
	return payment.MayKeep(tx, h)
}

// KeptCards gives the cards that the buyer of a basket may pay with by one press: his own, at its seller, through the
// gateway that takes its cards.
func (b *Basket) KeptCards(tx *db.Tx) ([]payment.KeptCard, error) {
	h, ok := b.holder(tx)
	if !ok {
		return nil, nil
	}
	return payment.CardsOf(tx, h)
}

// holder says whose the card would be that pays for a basket.
func (b *Basket) holder(tx *db.Tx) (payment.Holder, bool) {
	if tx.Who().Party == "" || b.Cart.Party != tx.Who().Party || len(b.Cart.Sellers()) != 1 {
		return payment.Holder{}, false
	}
	for _, m := range b.Methods {
		if m.Code == payment.Card && m.Gateway != "" {
			return payment.Holder{Party: b.Cart.Party, Seller: string(b.Cart.Sellers()[0]), Gateway: m.Gateway}, true
		}
	}
	return payment.Holder{}, false
}
