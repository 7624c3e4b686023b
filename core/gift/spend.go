package gift

import (
	"errors"
	"strings"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/gift/giftdb"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Pays says whether a certificate can pay a seller in a currency today: nil, or why not.
func (c Certificate) Pays(of seller.ID, in money.Currency, today span.Day) error {
	switch {
	case c.Seller != of || c.Face.Currency != in:
		return ErrOther.About("%s of %s", c.ID, c.Seller)
	case c.State(today) == StateSpent:
		return ErrSpent.About("%s", c.ID)
	case c.State(today) != StateGood:
		return ErrEnded.About("%s is %s", c.ID, c.State(today))
	}
	return nil
}

// Want is what has to be held to spend so much of a certificate.
func Want(id ID, amount money.Money) hold.Want {
	return hold.Want{Key: Key(id), Quantity: amount.Minor}
}

// Gone tells a hold that found too little on a certificate from one that found goods sold out: of the former it gives ErrHeld.
func Gone(err error) error {
	key, ok := fault.ParamsOf(err)["key"].(string)
	if !errors.Is(err, hold.ErrSoldOut) || !ok || !strings.HasPrefix(key, keyOf) {
		return err
	}
	return ErrHeld.About("%s", key)
}

// Spending is an order that is paid with a certificate.
type Spending struct {
	Gift   ID
	Order  string
	Owner  string // Owner is whose claim on the certificate it is, in core/hold.
	Amount money.Money
}

// Spend takes what its owner has held off a certificate, in the moment in which the order is placed: an order is paid by one,
// once. What has ended since, or was recalled from under its owner, is ErrEnded.
func Spend(tx *db.Tx, s Spending) error {
	c, err := Get(tx, s.Gift)
	if err != nil {
		return err
	}
	if c.State(Today(tx)) != StateGood {
		return ErrEnded.About("%s", c.ID)
	}
	err = hold.Consume(tx, s.Owner, []hold.Want{Want(s.Gift, s.Amount)})
	if errors.Is(err, hold.ErrNotHeld) {
		return ErrEnded.About("%s was recalled: %w", c.ID, err)
	}
	if err != nil {
		return err
	}
	return giftdb.New(tx).AddUse(tx.Context(), giftdb.AddUseParams{
		OrderRef: s.Order, Gift: string(s.Gift), Amount: s.Amount.Minor, At: span.Micros(tx.Now()),
	})
}

// GiveBack puts back onto the certificate that has paid for an order what falls away of it, at most what it has paid and does
// not have back, and says how much that is. What has run out or was recalled can be spent again then, for 90 days at least. An
// order that no certificate has paid gets nothing. It acts each time that it is called.
func GiveBack(tx *db.Tx, order string, most money.Money) (ID, money.Money, error) {
	back := money.Of(0, most.Currency)
	u, ok, err := UseOf(tx, order)
	if err != nil || !ok {
		return "", back, err
	}
	if back.Minor = min(most.Minor, u.Paid-u.Back); !back.IsPositive() {
		return u.Gift, money.Of(0, most.Currency), nil
	}
	rows, err := giftdb.New(tx).GiveBack(tx.Context(), giftdb.GiveBackParams{OrderRef: order, Amount: back.Minor})
	if err != nil {
		return "", back, err
	}
	if rows == 0 {
		return "", back, ErrSpent.About("%s has its money back", u.Gift)
	}
	c, err := Get(tx, u.Gift)
	if err != nil {
		return "", back, err
	}
	until := c.Until
	if least := Today(tx).AddDays(revived); until.Before(least) {
		until = least
	}
	if err := giftdb.New(tx).Revive(tx.Context(), giftdb.ReviveParams{ID: string(c.ID), UntilDay: until.String()}); err != nil {
		return "", back, err
	}
	return c.ID, back, grow(tx, c.ID, back)
}
