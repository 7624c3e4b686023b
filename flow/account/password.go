package account

import (
	"context"
	"errors"

	"sauda/base/fault"
	"sauda/core/identity"
	"sauda/gear/db"
	"sauda/gear/session"
	"sauda/gear/web"
)

// ErrOldPassword says no to a change of password by somebody who does not know the present one.
var ErrOldPassword = fault.New(fault.Invalid, "account.old_password", "This is not your present password. If you have forgotten it, sign out and set a new one by mail.")

// SetPassword gives who is signed in another password, within a request. Whoever has one must know it, and guesses are
// braked; who has always signed in by other means has none to know.
func (d Desk) SetPassword(ctx context.Context, old, fresh string) error {
	if err := session.Judge(fresh); err != nil {
		return err
	}
	var u identity.User
	var known string
	err := web.Look(ctx, func(tx *db.Tx) (err error) {
		if u, err = Person(tx); err == nil {
			_, known, err = identity.ByEmail(tx, u.Email)
		}
		return err
	})
	if err != nil {
		return err
	}
	if known != "" {
		err := web.VerifyPassword(ctx, web.Credentials{Account: u.Email, Password: old, Find: func(tx *db.Tx, account string) (string, string, error) {
			found, hash, err := identity.ByEmail(tx, account)
			return string(found.ID), hash, err
		}})
		if errors.Is(err, session.ErrMismatch) {
			return ErrOldPassword.At("/old", fault.Say("This is not your present password."))
		}
		if err != nil {
			return err
		}
	}
	hash, err := session.Hash(ctx, fresh)
	if err != nil {
		return err
	}
	return web.Do(ctx, func(tx *db.Tx) error { return d.ChangePassword(tx, hash) })
}
