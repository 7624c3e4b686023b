package web

import (
	"context"
	"errors"

	"sauda/gear/db"
	"sauda/gear/session"
)

// Proof is a code as a person types it, with the ticket of the browser in which it was asked for.
type Proof struct {
	Purpose string
	Ticket  string
	Code    string
}

// Prove looks at a code within a request (an Act or a FormAct). The try counts, whatever it shows; a code that does not
// fit is session.ErrCode. Whoever goes on with the ticket spends it in the moment in which it acts (session.Spend).
func Prove(ctx context.Context, p Proof) (session.Ticket, error) {
	c := callFrom(ctx)
	if c == nil {
		return session.Ticket{}, errors.New("web: Prove outside of a request")
	}
	var t session.Ticket
	err := c.server.o.Store.Update(ctx, c.who, func(tx *db.Tx) (err error) {
		t, err = session.TryCode(tx, p.Purpose, p.Ticket)
		return err
	})
	if err != nil {
		return session.Ticket{}, err
	}
	if !t.Fits(p.Ticket, p.Code) {
		return session.Ticket{}, session.ErrCode.About("a code that does not fit, for %s", p.Purpose)
	}
	return t, nil
}

// Do does something in one moment of whoever asks, within an Act or a FormAct that had to wait for something else before:
// a password that was hashed, a code that was looked at.
func Do(ctx context.Context, do func(*db.Tx) error) error {
	c := callFrom(ctx)
	if c == nil {
		return errors.New("web: Do outside of a request")
	}
	return c.server.o.Store.Update(ctx, c.who, do)
}

// Guess does something in one moment for which whoever asks has to know a secret, within an Act or a FormAct: the code of a
// certificate. The try counts and is braked as a sign-in is, by the address from which it comes, and no more once it was right.
func Guess(ctx context.Context, secret string, do func(*db.Tx) error) error {
	address := Address(ctx)
	account := secret + "/" + address
	if err := Do(ctx, func(tx *db.Tx) error { return session.Attempt(tx, account, address) }); err != nil {
		return err
	}
	return Do(ctx, func(tx *db.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		return session.Succeeded(tx, account, address)
	})
}

// VerifyPassword looks at the password of the user who is signed in, before he changes what only he may: the attempt is
// counted and braked as that of a sign-in is. A wrong one is session.ErrMismatch.
func VerifyPassword(ctx context.Context, who Credentials) error {
	c := callFrom(ctx)
	if c == nil {
		return errors.New("web: VerifyPassword outside of a request")
	}
	_, err := c.verify(ctx, who)
	if err != nil {
		return err
	}
	return Do(ctx, func(tx *db.Tx) error { return session.Succeeded(tx, who.Account, c.address().String()) })
}
