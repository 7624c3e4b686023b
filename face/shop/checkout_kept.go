package shop

import (
	"cmp"
	"errors"

	"sauda/base/place"
	"sauda/core/cart"
	"sauda/core/identity"
	"sauda/flow/account"
	"sauda/gear/db"
	"sauda/gear/web"
)

// known fills what a basket does not say yet with what a buyer keeps: the preferred address and what he allows.
func (d *desk) known(tx *db.Tx, c *cart.Cart) error {
	party := identity.PartyID(tx.Who().Party)
	if party == "" {
		return nil
	}
	var err error
	if d.Kept, err = identity.Addresses(tx, party); err != nil {
		return err
	}
	if c.Address.Country != "" {
		return nil
	}
	if len(d.Kept) > 0 {
		c.Address, c.Phone = d.Kept[0].Address, cmp.Or(c.Phone, d.Kept[0].Phone)
	}
	all, err := identity.Consents(tx, party)
	learn, _ := identity.Allowed(all, identity.PurposeLearn)
	remind, _ := identity.Allowed(all, identity.PurposeRemind)
	c.Consent = cart.Consent{Learn: c.Consent.Learn || learn, Remind: c.Consent.Remind || remind}
	return err
}

// allow notes what is consented to: of a buyer for his account, where he can see and change it; and keeps the address for
// his next order if he wants that.
func (f *face) allow(tx *db.Tx, id cart.ID, in addressed, a place.Address) error {
	party := identity.PartyID(tx.Who().Party)
	if party == "" {
		return cart.Allow(tx, id, cart.Consent{Learn: in.Learn, Remind: in.Remind})
	}
	if in.Keep {
		a.Phone = in.Phone
		// Whoever keeps too many already orders all the same.
		if _, err := identity.KeepAddress(tx, party, a); err != nil && !refused(err) {
			return err
		}
	}
	return f.Account.Allow(tx, map[identity.Purpose]bool{identity.PurposeLearn: in.Learn, identity.PurposeRemind: in.Remind})
}

type keptChosen struct {
	visitor
	Address identity.AddressID `json:"address" maxLength:"60"`
}

// chooseKept has the goods go to an address that the buyer keeps.
func (f *face) chooseKept(tx *db.Tx, in keptChosen) (web.Then, error) {
	if in.lapsed(tx.Context()) {
		return web.See(entranceTo("/checkout")), nil
	}
	u, err := account.Person(tx)
	if err != nil {
		return web.Then{}, err
	}
	id, err := current(tx, in.visitor)
	if err != nil || id == "" {
		return web.See("/basket"), err
	}
	k, err := keptOf(tx, u.Party, in.Address)
	if err != nil {
		return web.Then{}, err
	}
	phone, to := k.Phone, k.Address
	if phone == "" {
		p, err := identity.GetParty(tx, u.Party)
		if err != nil {
			return web.Then{}, err
		}
		phone = p.Phone
	}
	to.Phone = ""
	err = cart.SendTo(tx, id, to, cart.Contact{Email: u.Email, Phone: phone})
	if errors.Is(err, cart.ErrUnknown) || errors.Is(err, cart.ErrClosed) {
		return web.See("/basket"), nil
	}
	if err == nil {
		err = f.usual(tx, in.visitor)
	}
	if err == nil && phone == "" { // The courier has to be able to call.
		return web.See("/checkout?step=address"), nil
	}
	return web.See("/checkout"), err
}
