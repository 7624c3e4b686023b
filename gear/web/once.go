package web

import (
	"errors"

	"sauda/gear/db"
)

// formScope is the scope under which the keys of forms are kept, apart from those of clients.
const formScope = "form"

// Once tells whether a form with this key is sent for the first time, and remembers the key as long as an idempotency
// key. A page puts a fresh key (tx.Mint) into each form that adds something; so a double click, a reload and the back
// button add it once. A key that no page could have made counts as used: nothing is done.
func Once(tx *db.Tx, key string) (bool, error) {
	if key == "" || len(key) > 255 || !isClean(key) {
		return false, nil
	}
	k := idempotency{scope: formScope, key: key, route: formScope}
	_, found, err := k.find(tx)
	if errors.Is(err, ErrKeyReused) {
		return false, nil
	}
	if err != nil || found {
		return false, err
	}
	return true, k.keep(tx, answer{status: 1})
}
