package payment

import (
	"database/sql"
	"errors"
	"slices"
	"time"

	"sauda/base/span"
	"sauda/core/payment/paymentdb"
	"sauda/gear/db"
)

// CardID names a card that a buyer keeps.
type CardID string

// Holder says whose a card is and where it can be used: one buyer's, at one seller, through one gateway.
type Holder struct {
	Party   string
	Seller  string
	Gateway string
}

// Purpose is for what the token of a card is sealed: for its holder and nobody else.
func (h Holder) Purpose() string { return "card " + h.Party + " " + h.Seller + " " + h.Gateway }

// KeptCard is a card that a buyer keeps for his next payments.
type KeptCard struct {
	ID CardID
	Holder
	Signs
	Preferred bool      // Preferred is the one that is offered first.
	Agreed    time.Time // Agreed is when the buyer last said that it be kept.
	Sealed    string    // Sealed is what the gateway gave for it, sealed for its holder; only who asks the gateway opens it.
	Gone      time.Time // Gone is when it was taken away; zero while it is kept.
}

// CardsMax is more than anybody pays with.
const CardsMax = 10

// NewCard is a card to be kept.
type NewCard struct {
	Signs
	Mark   string    `json:"mark"`   // Mark is that of what the gateway gave.
	Sealed string    `json:"sealed"` // Sealed is what the gateway gave.
	Agreed time.Time `json:"agreed"` // Agreed is when the buyer said that it be kept.
}

// Sealed gives a card on file as it is kept, once what stands for it was sealed. One that the gateway did not describe is
// none.
func (o OnFile) Sealed(agreed time.Time, seal func(OnFile) (string, error)) (*NewCard, error) {
	if !o.whole() {
		return nil, nil
	}
	sealed, err := seal(o)
	return &NewCard{Signs: o.Signs, Mark: o.Mark(), Sealed: sealed, Agreed: agreed}, err
}

// KeepCard keeps a card. The same one again is kept once, with what is known of it now; the first one is preferred.
func KeepCard(tx *db.Tx, h Holder, c NewCard) (CardID, error) {
	tx.Lock("cards:" + h.Party)
	all, err := Cards(tx, h.Party)
	if err != nil {
		return "", err
	}
	id, err := paymentdb.New(tx).KeepCard(tx.Context(), paymentdb.KeepCardParams{
		ID: tx.Mint("crd"), Party: h.Party, Seller: h.Seller, Gateway: h.Gateway, Mark: c.Mark, Sealed: c.Sealed, Brand: c.Brand,
		Digits: c.Digits, Month: int64(c.Month), Year: int64(c.Year), Preferred: flag(len(all) == 0), AgreedAt: span.Micros(c.Agreed),
	})
	if err != nil {
		return "", err
	}
	return CardID(id), tx.Emit(CardKept{Card: CardID(id), Party: h.Party, Seller: h.Seller, Gateway: h.Gateway, Agreed: c.Agreed})
}

// DiscardCard has a gateway forget a card that it put on file in a payment which came to nothing. One that the buyer keeps
// already stays.
func DiscardCard(tx *db.Tx, h Holder, c NewCard) error {
	return paymentdb.New(tx).DiscardCard(tx.Context(), paymentdb.DiscardCardParams{
		ID: tx.Mint("crd"), Party: h.Party, Seller: h.Seller, Gateway: h.Gateway, Mark: c.Mark, Sealed: c.Sealed,
		Month: int64(c.Month), Year: int64(c.Year), AgreedAt: span.Micros(c.Agreed), GoneAt: span.Micros(tx.Now()),
	})
}

// MayKeep tells whether one more card of a holder may be kept. The bound keeps the list short; two payments at once may
// step over it by one.
func MayKeep(tx *db.Tx, h Holder) (bool, error) {
	if h.Party == "" || h.Gateway == "" {
		return false, nil
	}
	all, err := Cards(tx, h.Party)
	return len(all) < CardsMax, err
}

// held refuses who does not act for a party: somebody else's cards are as unknown as none.
func held(tx *db.Tx, party string) error {
	if who := tx.Who(); party == "" || who.Party != party && who.Kind != db.KindSystem {
		return ErrNoCard.About("%s for %.60s", who.ID, party)
	}
	return nil
}

// Cards gives what a party keeps, the preferred one first, then the latest. Only who acts for it may see them.
func Cards(tx *db.Tx, party string) ([]KeptCard, error) {
	if err := held(tx, party); err != nil {
		return nil, err
	}
	rows, err := paymentdb.New(tx).Cards(tx.Context(), party)
	return cards(rows), err
}

// CardsOf gives the cards of a holder that can still be used today, in the order of Cards.
func CardsOf(tx *db.Tx, h Holder) ([]KeptCard, error) {
	all, err := Cards(tx, h.Party)
	return slices.DeleteFunc(all, func(c KeptCard) bool { return c.Holder != h || c.Over(tx.Now()) }), err
}

// CardOf gives a card of a holder, to pay with. Anything else is ErrNoCard: another buyer's, one of another seller or
// gateway, and one that was taken away.
func CardOf(tx *db.Tx, h Holder, id CardID) (KeptCard, error) {
	if err := held(tx, h.Party); err != nil {
		return KeptCard{}, err
	}
	row, err := paymentdb.New(tx).CardOf(tx.Context(), paymentdb.CardOfParams{
		ID: string(id), Party: h.Party, Seller: h.Seller, Gateway: h.Gateway,
	})
	if errors.Is(err, sql.ErrNoRows) {
		return KeptCard{}, ErrNoCard.About("%.60s", string(id))
	}
	return kept(row), err
}

// PreferCard has a card of a party offered first.
func PreferCard(tx *db.Tx, party string, id CardID) error {
	if err := held(tx, party); err != nil {
		return err
	}
	tx.Lock("cards:" + party)
	q := paymentdb.New(tx)
	if err := q.UnpreferCards(tx.Context(), party); err != nil {
		return err
	}
	rows, err := q.PreferCard(tx.Context(), paymentdb.PreferCardParams{ID: string(id), Party: party})
	if err == nil && rows == 0 {
		err = ErrNoCard.About("%.60s", string(id))
	}
	return err
}

// TakeCardAway keeps a card no longer: nothing is paid with it from now on, and its gateway is told to forget it soon after.
// When it was the preferred one, the latest of the others is.
func TakeCardAway(tx *db.Tx, party string, id CardID) error {
	if err := held(tx, party); err != nil {
		return err
	}
	tx.Lock("cards:" + party)
	rows, err := paymentdb.New(tx).TakeCardAway(tx.Context(), paymentdb.TakeCardAwayParams{
		GoneAt: span.Micros(tx.Now()), ID: string(id), Party: party,
	})
	if err == nil && rows == 0 {
		err = ErrNoCard.About("%.60s", string(id))
	}
	if err != nil {
		return err
	}
	return errors.Join(preferLatest(tx, party), tx.Emit(CardTaken{Card: id, Party: party}))
}

// DropCard takes a card away that its gateway has forgotten. Dropped twice it is dropped once.
func DropCard(tx *db.Tx, party string, id CardID) error {
	tx.Lock("cards:" + party)
	rows, err := paymentdb.New(tx).DropCard(tx.Context(), paymentdb.DropCardParams{ID: string(id), Party: party})
	if err != nil || rows == 0 {
		return err
	}
	return errors.Join(preferLatest(tx, party), tx.Emit(CardTaken{Card: id, Party: party, ByGateway: true}))
}

// preferLatest has one card preferred, if there is any.
func preferLatest(tx *db.Tx, party string) error {
	all, err := Cards(tx, party)
	if err != nil || len(all) == 0 || all[0].Preferred {
		return err
	}
	return PreferCard(tx, party, all[0].ID)
}

// LeaveCards takes all cards of a party away and blanks what they were recognised by: its account is being erased.
func LeaveCards(tx *db.Tx, party string) error {
	if err := held(tx, party); err != nil {
		return err
	}
	tx.Lock("cards:" + party)
	kept, err := Cards(tx, party)
	if err != nil {
		return err
	}
	if err := paymentdb.New(tx).TakeCardsAway(tx.Context(), paymentdb.TakeCardsAwayParams{GoneAt: span.Micros(tx.Now()), Party: party}); err != nil {
		return err
	}
	for _, c := range kept {
		if err := tx.Emit(CardTaken{Card: c.ID, Party: party}); err != nil {
			return err
		}
	}
	return nil
}

// CardsGone gives at most so many cards that were taken away and of which the gateway has not been told, after one of them.
func CardsGone(tx *db.Tx, after CardID, most int) ([]KeptCard, error) {
	rows, err := paymentdb.New(tx).CardsGone(tx.Context(), paymentdb.CardsGoneParams{After: string(after), Most: int64(most)})
	return cards(rows), err
}

// ForgetCard ends what CardsGone gave, once its gateway has been told. One that came back meanwhile stays.
func ForgetCard(tx *db.Tx, c KeptCard) error {
	return paymentdb.New(tx).ForgetCard(tx.Context(), paymentdb.ForgetCardParams{ID: string(c.ID), GoneAt: span.Micros(c.Gone)})
}

func cards(rows []paymentdb.PaymentCard) []KeptCard {
	all := make([]KeptCard, len(rows))
	for i, r := range rows {
		all[i] = kept(r)
	}
	return all
}

func kept(r paymentdb.PaymentCard) KeptCard {
	c := KeptCard{
		ID: CardID(r.ID), Holder: Holder{r.Party, r.Seller, r.Gateway},
		Signs:     Signs{Brand: r.Brand, Digits: r.Digits, Month: int(r.Month), Year: int(r.Year)},
		Preferred: r.Preferred == 1, Agreed: span.FromMicros(r.AgreedAt), Sealed: r.Sealed,
	}
	if r.GoneAt != 0 {
		c.Gone = span.FromMicros(r.GoneAt)
	}
	return c
}
