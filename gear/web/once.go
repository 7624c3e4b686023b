package web

import (
	"context"
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

// Claim runs do in a moment of its own, with the audit row that a command has about an object: for what a page does when
// another site, such as a bank, sends the browser back to it with word of something. Such an address is opened by GET and
// anybody can make a link to it, so do has to judge whether this browser was waited for; when it refuses, nothing is kept,
// the row neither. It belongs into a PageAct or a FormAct, before the story that is told then.
func Claim(ctx context.Context, object string, do func(*db.Tx) error) error {
	c := callFrom(ctx)
	if c == nil {
		return errors.New("web: Claim outside of a request")
	}
	kept := c.cookies
	err := c.server.o.Store.Update(ctx, c.who, func(tx *db.Tx) error {
		c.cookies, c.before = nil, ""
		if err := do(tx); err != nil {
			return err
		}
		return c.audit(tx, c.route, object, answer{})
	})
	c.cookies = append(kept, c.cookies...)
	return err
}
