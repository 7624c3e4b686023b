package account

import (
	"errors"

	"sauda/core/cart"
	"sauda/core/identity"
	"sauda/gear/db"
)

// Allow notes what a buyer allows from now on, for his open basket too.
func (d Desk) Allow(tx *db.Tx, given map[identity.Purpose]bool) error {
	u, err := Person(tx)
	if err != nil {
		return err
	}
	if err := identity.Decide(tx, u.Party, given); err != nil {
		return err
	}
	all, err := identity.Consents(tx, u.Party)
	if err != nil {
		return err
	}
	c, err := cart.Own(tx, string(u.Party))
	if errors.Is(err, cart.ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	learn, _ := identity.Allowed(all, identity.PurposeLearn)
	remind, _ := identity.Allowed(all, identity.PurposeRemind)
	return cart.Allow(tx, c.ID, cart.Consent{Learn: learn, Remind: remind})
}
