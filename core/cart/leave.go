package cart

import (
	"sauda/core/cart/cartdb"
	"sauda/gear/db"
)

// Leave ends the open basket of a party that is erased, as Expire ends one that nobody came back to. Baskets that ended
// before forget address and contact by themselves. Without an open one nothing changes.
func Leave(tx *db.Tx, party string) error {
	if party == "" || !mayUse(tx.Who(), party, scopeWrite) {
		return ErrUnknown.About("party %q", party)
	}
	ids, err := cartdb.New(tx).Leave(tx.Context(), party)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := tx.Emit(Lapsed{ID(id)}); err != nil {
			return err
		}
	}
	return nil
}
