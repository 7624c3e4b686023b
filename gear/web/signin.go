package web

import (
	"context"
	"errors"

	"sauda/base/fault"
	"sauda/gear/db"
	"sauda/gear/session"
)

// Credentials are what a person signs in with.
type Credentials struct {
	Account  string // Account is what the person calls himself: an e-mail.
	Password string
	// Find gives the user's id and stored hash; both are empty where there is no such user.
	Find func(tx *db.Tx, account string) (user, hash string, err error)
	// Begun, if set, runs in the moment that begins the session: merging baskets belongs here.
	Begun func(tx *db.Tx, user string) error
}

// SignIn signs a person in within a request (an Act or a FormAct): the attempt is counted and braked, the password is
// looked at, the session begins, and its cookie goes with the answer. It gives the token for programs that keep no
// cookies. A wrong account and a wrong password are the same ErrMismatch after the same time. A session that the browser
// already had ends.
func SignIn(ctx context.Context, who Credentials) (token string, err error) {
	c := callFrom(ctx)
	if c == nil || c.server.o.Sessions == nil {
		return "", errors.New("web: SignIn outside of a request with sessions")
	}
	user, err := c.verify(ctx, who)
	if err != nil {
		return "", err
	}
	return c.beginSession(ctx, func(tx *db.Tx) (string, error) {
		if err := session.Succeeded(tx, who.Account, c.address().String()); err != nil {
			return "", err
		}
		if who.Begun == nil {
			return user, nil
		}
		return user, who.Begun(tx, user)
	})
}

// verify counts an attempt and looks at the password. It gives the user whose it is.
func (c *call) verify(ctx context.Context, who Credentials) (user string, err error) {
	var hash string
	err = c.server.o.Store.Update(ctx, c.who, func(tx *db.Tx) error {
		if err := session.Attempt(tx, who.Account, c.address().String()); err != nil {
			return err
		}
		var err error
		user, hash, err = who.Find(tx, who.Account)
		if fault.Of(err) != nil && fault.Of(err).Kind == fault.Missing {
			user, hash, err = "", "", nil
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return user, session.Verify(ctx, hash, who.Password)
}

// Enrol begins a session for a user who has proved himself otherwise: just registered, by a link, by a provider. Who runs
// in the same moment and says which user it is; when it refuses, nothing of it is kept. It belongs into an Act or a
// FormAct.
func Enrol(ctx context.Context, who func(*db.Tx) (user string, err error)) (token string, err error) {
	c := callFrom(ctx)
	if c == nil || c.server.o.Sessions == nil {
		return "", errors.New("web: Enrol outside of a request with sessions")
	}
	return c.beginSession(ctx, who)
}

func (c *call) beginSession(ctx context.Context, who func(*db.Tx) (string, error)) (token string, err error) {
	keeper := c.server.o.Sessions
	err = c.server.o.Store.Update(ctx, c.who, func(tx *db.Tx) error {
		user, err := who(tx)
		if err != nil {
			return err
		}
		token, _, err = keeper.Begin(tx, user, session.Client{Address: c.address().String(), Agent: c.r.UserAgent()})
		if err != nil {
			return err
		}
		old := c.who
		if old.ID == "" || old.Session == "" {
			return nil
		}
		if err := keeper.End(tx, old.ID, old.Session); err != nil && !errors.Is(err, session.ErrMissing) {
			return err
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	SetCookie(ctx, keeper.Cookie(token))
	return token, nil
}

// SignOut ends the session of this request and takes its cookie away. A guest stays one. It belongs into an Act or a
// FormAct.
func SignOut(ctx context.Context) error {
	c := callFrom(ctx)
	if c == nil || c.server.o.Sessions == nil {
		return errors.New("web: SignOut outside of a request with sessions")
	}
	keeper := c.server.o.Sessions
	SetCookie(ctx, keeper.NoCookie())
	if c.who.ID == "" || c.who.Session == "" {
		return nil
	}
	err := c.server.o.Store.Update(ctx, c.who, func(tx *db.Tx) error {
		return keeper.End(tx, c.who.ID, c.who.Session)
	})
	if errors.Is(err, session.ErrMissing) {
		return nil
	}
	return err
}
