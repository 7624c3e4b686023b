package api

import (
	"context"
	"errors"

	"sauda/core/cart"
	"sauda/core/identity"
	"sauda/gear/db"
	"sauda/gear/session"
	"sauda/gear/web"
)

func (f face) mountPeople(api *web.API) {
	web.Act(api, "POST /v1/users", f.register, web.Public(), web.Status(201),
		web.Doc("Register a buyer and sign in.", "People"), web.Faults(identity.ErrEmailTaken, session.ErrPassword))
	web.Act(api, "POST /v1/sessions", f.signIn, web.Public(), web.Status(201),
		web.Doc("Sign in. The token goes with further requests as Authorization: Bearer.", "People"),
		web.Faults(session.ErrMismatch, session.ErrThrottled))
	web.Act(api, "DELETE /v1/sessions/current", signOut, web.SignedIn(), web.Doc("Sign out.", "People"))
	web.Query(api, "GET /v1/me", me, web.SignedIn(), web.Doc("Show who is signed in.", "People"))
}

type registration struct {
	Email    string  `json:"email" maxLength:"254" format:"email"`
	Password string  `json:"password" minLength:"8" maxLength:"128"`
	Name     string  `json:"name" maxLength:"200"`
	Lang     string  `json:"lang,omitempty" enum:"kk,ru,en,zh"`
	Cart     cart.ID `json:"cart,omitempty" maxLength:"60" doc:"A guest's basket that shall become the buyer's."`
}

type credentials struct {
	Email    string  `json:"email" maxLength:"254"`
	Password string  `json:"password" maxLength:"128"`
	Cart     cart.ID `json:"cart,omitempty" maxLength:"60" doc:"A guest's basket that shall be joined to the buyer's."`
}

// tokenView is a fresh session.
type tokenView struct {
	Token string   `json:"token" doc:"Shown once. Send it as Authorization: Bearer."`
	User  userView `json:"user"`
}

// userView is who is signed in.
type userView struct {
	ID     string   `json:"id"`
	Email  string   `json:"email"`
	Name   string   `json:"name"`
	Role   string   `json:"role" enum:"buyer,staff,admin"`
	Scopes []string `json:"scopes,omitempty"`
	Party  string   `json:"party,omitempty"`
	Seller string   `json:"seller,omitempty"`
}

// register makes a buyer known and signs in.
func (f face) register(ctx context.Context, in registration) (tokenView, error) {
	if err := session.Judge(in.Password); err != nil {
		return tokenView{}, err
	}
	hash, err := session.Hash(ctx, in.Password)
	if err != nil {
		return tokenView{}, err
	}
	if in.Lang == "" {
		in.Lang = web.Lang(ctx)
	}
	var user identity.User
	token, err := web.Enrol(ctx, func(tx *db.Tx) (string, error) {
		var err error
		user, err = identity.Register(tx, identity.Registration{Email: in.Email, Name: in.Name, Lang: in.Lang, Hash: hash})
		if err != nil {
			return "", err
		}
		return string(user.ID), joinCart(tx, in.Cart, string(user.Party))
	})
	return tokenView{Token: token, User: viewUser(user)}, err
}

// signIn begins a session.
func (f face) signIn(ctx context.Context, in credentials) (tokenView, error) {
	var user identity.User
	token, err := web.SignIn(ctx, web.Credentials{
		Account: in.Email, Password: in.Password,
		Find: func(tx *db.Tx, account string) (string, string, error) {
			found, hash, err := identity.ByEmail(tx, account)
			user = found
			return string(found.ID), hash, err
		},
		Begun: func(tx *db.Tx, _ string) error { return joinCart(tx, in.Cart, string(user.Party)) },
	})
	return tokenView{Token: token, User: viewUser(user)}, err
}

// joinCart joins a guest's basket to that of the party that signs in. A basket that is not there any more keeps nobody
// from signing in.
func joinCart(tx *db.Tx, guest cart.ID, party string) error {
	if guest == "" || party == "" {
		return nil
	}
	if _, err := cart.Merge(tx, guest, party); err != nil && !errors.Is(err, cart.ErrUnknown) {
		return err
	}
	return nil
}

// signOut ends the session.
func signOut(ctx context.Context, _ struct{}) (web.None, error) {
	return web.None{}, web.SignOut(ctx)
}

// me shows who is signed in.
func me(tx *db.Tx, _ struct{}) (userView, error) {
	u, err := identity.Get(tx, identity.UserID(tx.Who().ID))
	return viewUser(u), err
}

func viewUser(u identity.User) userView {
	return userView{
		ID: string(u.ID), Email: u.Email, Name: u.Name, Role: string(u.Role), Scopes: u.Scopes, Party: string(u.Party), Seller: u.Seller,
	}
}
