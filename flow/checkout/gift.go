package checkout

import (
	"errors"

	"sauda/base/money"
	"sauda/core/books"
	"sauda/core/cart"
	"sauda/core/gift"
	"sauda/core/hold"
	"sauda/core/order"
	"sauda/gear/db"
)

// Laid is what a gift certificate pays of a basket.
type Laid struct {
	Gift gift.ID     `json:"gift,omitempty"` // Gift is empty where none pays.
	Pays money.Money `json:"pays,omitzero"`

	Of  gift.Certificate `json:"-"` // Of is the certificate, as it is shown with a basket.
	Err error            `json:"-"` // Err is why the certificate that was entered cannot pay.
}

// Lay has the certificate of a code pay for a basket, as far as it goes. One that cannot pay for what is in it is refused with
// the faults of gift.
func (d *Desk) Lay(tx *db.Tx, id cart.ID, code string) (gift.Certificate, error) {
	c, err := cart.Get(tx, id)
	if err != nil {
		return gift.Certificate{}, err
	}
	found, err := gift.Find(tx, code)
	if err != nil {
		return gift.Certificate{}, err
	}
	of := found.Seller
	if sellers := c.Sellers(); len(sellers) == 1 {
		of = sellers[0]
	}
	if err := found.Pays(of, c.Currency, gift.Today(tx)); err != nil {
		return gift.Certificate{}, err
	}
	return found, cart.LayGift(tx, id, string(found.ID))
}

// laid says what the certificate of a basket pays of it, in two statements if it has one: not more than is left, and nothing
// for other certificates or for what is paid again and again. A basket of several sellers has to be divided first.
func (b *Basket) laid(tx *db.Tx) error {
	if b.Cart.Gift == "" || len(b.Cart.Sellers()) != 1 {
		return nil
	}
	c, err := gift.Get(tx, gift.ID(b.Cart.Gift))
	if errors.Is(err, gift.ErrUnknown) {
		b.Laid.Err = err
		return nil
	}
	if err != nil {
		return err
	}
	t := &b.Laid
	t.Of = c
	if t.Err = c.Pays(b.Cart.Sellers()[0], b.Cart.Currency, gift.Today(tx)); t.Err != nil || b.Quote.Due.IsZero() {
		return nil
	}
	most := b.Quote.Due
	for _, l := range b.Quote.Lines {
		if l.Service != nil && l.Service.Way == gift.WayName {
			most.Minor -= l.Total.Minor
		}
	}
	if most.Minor = min(most.Minor, c.Left.Minor); !most.IsPositive() || len(b.agreed) > 0 {
		t.Err = gift.ErrNotFor.About("%s", c.ID)
		return nil
	}
	t.Gift, t.Pays = c.ID, most
	return nil
}

// ToPay is what is left to pay beside the certificate.
func (b Basket) ToPay() money.Money { return b.Laid.rest(b.Quote.Due) }

func (s *State) toPay() money.Money { return s.Gift.rest(s.Quote.Due) }

func (t Laid) rest(due money.Money) money.Money {
	due.Minor -= t.Pays.Minor
	return due
}

// wants is what has to be held so that nobody else spends it.
func (t Laid) wants() []hold.Want {
	if t.Gift == "" {
		return nil
	}
	return []hold.Want{gift.Want(t.Gift, t.Pays)}
}

// spend takes what the certificate pays, now that the order stands.
func (s *State) spend(tx *db.Tx, o order.Order) error {
	if s.Gift.Gift == "" {
		return nil
	}
	err := gift.Spend(tx, gift.Spending{Gift: s.Gift.Gift, Order: string(o.ID), Owner: owner(s.Cart.ID), Amount: s.Gift.Pays})
	if err != nil {
		return err
	}
	return books.Spent(tx, o, s.Gift.Gift, s.Gift.Pays)
}
