package cart

import (
	"sauda/core/cart/cartdb"
	"sauda/gear/db"
)

// LayGift says that a gift certificate shall pay for a basket, in the place of the one before. What it can pay, checkout asks
// gift. Twice is the same as once; no certificate takes it away.
func LayGift(tx *db.Tx, id ID, gift string) error {
	row, err := touch(tx, id)
	if err != nil || row.Gift == gift {
		return err
	}
	if err := cartdb.New(tx.Later()).SetGift(tx.Context(), cartdb.SetGiftParams{ID: string(id), Gift: gift}); err != nil {
		return err
	}
	return tx.Emit(GiftLaid{id, gift})
}
