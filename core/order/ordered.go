package order

import (
	"sauda/core/order/orderdb"
	"sauda/gear/db"
)

// Ordered says whether a party has an order that was not cancelled. It is for the house and looks at nobody's rights.
func Ordered(tx *db.Tx, party string) (bool, error) {
	rows, err := orderdb.New(tx).AnyOf(tx.Context(), party)
	return len(rows) > 0, err
}
