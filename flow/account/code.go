package account

import (
	"errors"

	"sauda/core/identity"
	"sauda/core/notify"
	"sauda/gear/db"
	"sauda/gear/session"
)

// AskSignIn sends a code by which somebody signs in, and gives the ticket for his browser. Address is where the request
// comes from.
func (d Desk) AskSignIn(tx *db.Tx, email, address string) (ticket string, err error) {
	return d.askKnown(tx, email, address, PurposeSignIn, notify.SignInCode)
}

// AskPassword sends a code by which somebody who has forgotten his password sets another.
func (d Desk) AskPassword(tx *db.Tx, email, address string) (ticket string, err error) {
	return d.askKnown(tx, email, address, PurposePassword, notify.PasswordCode)
}

// askKnown begins a proof for whoever has a mailbox. Nobody else gets a letter, and the same answer.
func (d Desk) askKnown(tx *db.Tx, email, address, purpose string, letter notify.Template) (string, error) {
	stored, ok := identity.Address(email)
	if !ok {
		stored = email
	}
	u, _, err := identity.ByEmail(tx, email)
	switch {
	case errors.Is(err, identity.ErrUnknown):
		u = identity.User{}
	case err != nil:
		return "", err
	case !byMail(u):
		u = identity.User{}
	}
	return d.ask(tx, session.Ticket{Purpose: purpose, User: string(u.ID), Subject: stored}, address, u, letter)
}

// byMail tells whether a mailbox is proof enough: not for those who keep the whole house, and not for who is suspended.
func byMail(u identity.User) bool {
	return u.State == identity.StateActive && u.Role != identity.RoleAdmin
}

// ask begins a proof and writes its letter to u, who is zero when nobody is to be written to.
func (d Desk) ask(tx *db.Tx, t session.Ticket, address string, u identity.User, letter notify.Template) (string, error) {
	ticket, code, err := session.AskCode(tx, t, address)
	if err != nil || u.ID == "" {
		return ticket, err
	}
	path := "/sign-in"
	if t.Purpose == PurposeEmail {
		path = "/account/data"
	}
	return ticket, d.write(tx, u, letter, map[string]string{"code": code, "minutes": minutes, "url": d.page(u.Lang, path)})
}

// SignIn spends a proof and gives who is signed in by it.
func (d Desk) SignIn(tx *db.Tx, proved session.Ticket) (identity.User, error) {
	if err := session.Spend(tx, proved); err != nil {
		return identity.User{}, err
	}
	u, err := identity.Get(tx, identity.UserID(proved.User))
	// Since the letter went out he may have been suspended, or have taken another address.
	if err == nil && (!byMail(u) || u.Email != proved.Subject) {
		err = session.ErrCode.About("%s may not any more", u.ID)
	}
	return u, err
}

// ResetPassword spends a proof and gives its owner another password. Every session that he had ends.
func (d Desk) ResetPassword(tx *db.Tx, proved session.Ticket, hash string) (identity.User, error) {
	u, err := d.SignIn(tx, proved)
	if err != nil {
		return identity.User{}, err
	}
	return u, d.changePassword(tx, u, hash, "")
}

// ChangePassword gives who is signed in another password; the face has seen the old one. His other sessions end.
func (d Desk) ChangePassword(tx *db.Tx, hash string) error {
	u, err := Person(tx)
	if err != nil {
		return err
	}
	return d.changePassword(tx, u, hash, tx.Who().Session)
}

func (d Desk) changePassword(tx *db.Tx, u identity.User, hash, keep string) error {
	err := errors.Join(
		identity.ChangePassword(tx, u.ID, hash),
		d.Sessions.EndAll(tx, string(u.ID), keep),
		session.DropTickets(tx, string(u.ID)),
	)
	if err != nil {
		return err
	}
	return d.write(tx, u, notify.PasswordChanged, map[string]string{"url": d.page(u.Lang, "/account")})
}

// AskEmail sends a code to an address that who is signed in wants to have. An address that somebody has gets no letter, and
// the same answer.
func (d Desk) AskEmail(tx *db.Tx, email, address string) (ticket string, err error) {
	u, err := Person(tx)
	if err != nil {
		return "", err
	}
	stored, ok := identity.Address(email)
	if !ok {
		return "", identity.ErrInvalid.Fields(identity.WrongEmail())
	}
	_, _, err = identity.ByEmail(tx, stored)
	t := session.Ticket{Purpose: PurposeEmail, User: string(u.ID), Subject: stored}
	switch {
	case errors.Is(err, identity.ErrUnknown):
	case err != nil:
		return "", err
	default:
		return d.ask(tx, session.Ticket{Purpose: PurposeEmail, Subject: stored}, address, identity.User{}, notify.EmailCode)
	}
	to := u
	to.Email = stored
	return d.ask(tx, t, address, to, notify.EmailCode)
}

// ChangeEmail spends a proof and gives who is signed in the address that was proved. Whoever reads the one before is told.
func (d Desk) ChangeEmail(tx *db.Tx, proved session.Ticket) (identity.User, error) {
	u, err := Person(tx)
	if err != nil {
		return identity.User{}, err
	}
	if proved.User != string(u.ID) {
		return identity.User{}, session.ErrCode.About("the proof of somebody else")
	}
	if err := session.Spend(tx, proved); err != nil {
		return identity.User{}, err
	}
	changed, err := identity.ChangeEmail(tx, u.ID, proved.Subject)
	if err != nil {
		return identity.User{}, err
	}
	if err := session.DropTickets(tx, string(u.ID)); err != nil {
		return identity.User{}, err
	}
	return changed, d.write(tx, u, notify.EmailChanged, map[string]string{"url": d.page(u.Lang, "/account")})
}
