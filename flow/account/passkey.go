package account

import (
	"context"
	"errors"

	"sauda/core/identity"
	"sauda/core/notify"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/session"
	"sauda/gear/web"
)

// site is where passkeys are made, for whoever asks.
func (d Desk) site(ctx context.Context) (session.Site, error) {
	return session.SiteOf(d.Home, web.Host(ctx))
}

// HasPasskeys tells whether browsers make passkeys at the address of this request.
func (d Desk) HasPasskeys(ctx context.Context) bool {
	_, err := d.site(ctx)
	return err == nil
}

func owner(u identity.User) session.Owner {
	return session.Owner{ID: string(u.ID), Email: u.Email, Name: u.Name}
}

// BeginPasskey begins to make a passkey of who is signed in.
func (d Desk) BeginPasskey(tx *db.Tx) (session.Begun, error) {
	u, err := Person(tx)
	if err != nil {
		return session.Begun{}, err
	}
	at, err := d.site(tx.Context())
	if err != nil {
		return session.Begun{}, err
	}
	own, err := seller.Get(tx, seller.Own)
	if err != nil {
		return session.Begun{}, err
	}
	return session.BeginPasskey(tx, at, own.Name.In(u.Lang), owner(u))
}

// AddPasskey keeps the passkey that the device of who is signed in has made, and tells him so by a letter.
func (d Desk) AddPasskey(tx *db.Tx, a session.Answer, name string) error {
	u, err := Person(tx)
	if err != nil {
		return err
	}
	at, err := d.site(tx.Context())
	if err != nil {
		return err
	}
	key, err := session.AddPasskey(tx, at, owner(u), a, name)
	if err != nil {
		return err
	}
	return d.write(tx, u, notify.PasskeyAdded, map[string]string{"passkey": key.Name, "url": d.page(u.Lang, "/account/passkeys")})
}

// BeginEntry begins to sign in by a passkey.
func (d Desk) BeginEntry(tx *db.Tx) (session.Begun, error) {
	at, err := d.site(tx.Context())
	if err != nil {
		return session.Begun{}, err
	}
	return session.BeginEntry(tx, at)
}

// Enter gives who is signed in by the passkey that has answered. Who is suspended is refused as an unknown passkey is.
func (d Desk) Enter(tx *db.Tx, a session.Answer) (identity.User, error) {
	at, err := d.site(tx.Context())
	if err != nil {
		return identity.User{}, err
	}
	id, err := session.Enter(tx, at, a)
	if err != nil {
		return identity.User{}, err
	}
	u, err := identity.Get(tx, identity.UserID(id))
	if errors.Is(err, identity.ErrUnknown) || err == nil && u.State != identity.StateActive {
		err = session.ErrPasskey.About("%s may not sign in", id)
	}
	return u, err
}
