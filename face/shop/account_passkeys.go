package shop

import (
	"context"
	"encoding/json"
	"net/http"

	"sauda/core/identity"
	"sauda/flow/account"
	"sauda/gear/db"
	"sauda/gear/session"
	"sauda/gear/web"
)

func (f *face) mountPasskeys(site *web.Site, server *web.Server) {
	web.Page(site, "GET /account/passkeys", f.passkeys, web.SignedIn())
	web.Form(site, "POST /account/passkeys", f.addPasskey, web.SignedIn())
	web.Form(site, "POST /account/passkeys/{id}", f.namePasskey, web.SignedIn())
	web.Form(site, "POST /account/passkeys/{id}/remove", f.dropPasskey, web.SignedIn())
	web.FormAct(site, "POST /sign-in/passkey", f.enterByPasskey, web.Public())
	server.Protocol("POST /account/passkeys/begin", f.beginPasskey, web.SignedIn())
	server.Protocol("POST /sign-in/passkey/begin", f.beginEntry, web.Public())
}

// passkeysView is the page of somebody's passkeys.
type passkeysView struct {
	cabinet
	Keys []session.Passkey
	Here bool // Here says that browsers make passkeys at this address.
}

func (f *face) passkeysOf(tx *db.Tx, in accountAsk) (passkeysView, error) {
	c, err := f.cabinetOf(tx, in, "passkeys")
	if err != nil {
		return passkeysView{}, err
	}
	v := passkeysView{cabinet: c, Here: f.hasPasskeys(tx.Context())}
	v.Passkeys = f.assets.Path("passkey.js")
	v.page = v.at("/account/passkeys")
	v.Keys, err = session.Passkeys(tx, string(c.User.ID))
	return v, err
}

func (f *face) passkeys(tx *db.Tx, in accountAsk) (web.View, error) {
	v, err := f.passkeysOf(tx, in)
	return passkeysPage(v), err
}

// beginPasskey gives the browser what it needs to make a passkey.
func (f *face) beginPasskey(x web.Exchange) error {
	return f.begin(x, f.Account.BeginPasskey)
}

// beginEntry gives the browser what it needs to sign in by one.
func (f *face) beginEntry(x web.Exchange) error {
	return f.begin(x, f.Account.BeginEntry)
}

func (f *face) begin(x web.Exchange, do func(*db.Tx) (session.Begun, error)) error {
	var begun session.Begun
	if err := x.Moment(func(tx *db.Tx) (err error) {
		begun, err = do(tx)
		return err
	}); err != nil {
		return err
	}
	body, err := json.Marshal(begun)
	if err != nil {
		return err
	}
	x.Header().Set("Content-Type", "application/json")
	x.Header().Set("Cache-Control", "no-store")
	x.WriteHeader(http.StatusOK)
	_, err = x.Write(body)
	return err
}

type passkeyMade struct {
	web.Typed
	visitor
	Ticket string `json:"ticket" maxLength:"60"`
	Answer string `json:"answer" maxLength:"20000"`
	Name   string `json:"name,omitempty" maxLength:"60"`
}

// addPasskey keeps the passkey that somebody's device has made.
func (f *face) addPasskey(tx *db.Tx, in passkeyMade) (web.Then, error) {
	name := in.Name
	if name == "" {
		name = deviceName(tx.Context(), web.Agent(tx.Context()))
	}
	var err error
	if in.OK() {
		if err = f.Account.AddPasskey(tx, session.Answer{Ticket: in.Ticket, JSON: in.Answer}, name); err == nil {
			return web.See("/account/passkeys?done=passkey"), nil
		}
	}
	if err != nil && !refused(err) {
		return web.Then{}, err
	}
	v, bad := f.passkeysOf(tx, accountAsk{visitor: in.visitor})
	if bad != nil {
		return web.Then{}, bad
	}
	v.Form = typed(tx.Context(), in.Typed, err)
	return web.Again(passkeysPage(v)), nil
}

type passkeyNamed struct {
	visitor
	ID   string `path:"id" maxLength:"60"`
	Name string `json:"name" maxLength:"60"`
}

// namePasskey calls a passkey otherwise.
func (f *face) namePasskey(tx *db.Tx, in passkeyNamed) (web.Then, error) {
	u, err := account.Person(tx)
	if err != nil {
		return web.Then{}, err
	}
	return web.See("/account/passkeys?done=saved"), session.NamePasskey(tx, string(u.ID), in.ID, in.Name)
}

// dropPasskey has a passkey open nothing any more.
func (f *face) dropPasskey(tx *db.Tx, in deviceAsk) (web.Then, error) {
	u, err := account.Person(tx)
	if err != nil {
		return web.Then{}, err
	}
	err = session.DropPasskey(tx, string(u.ID), in.ID)
	if unknown(err) { // Pressed twice.
		err = nil
	}
	return web.See("/account/passkeys?done=removed"), err
}

type passkeyAnswered struct {
	web.Typed
	visitor
	Ticket string `json:"ticket" maxLength:"60"`
	Answer string `json:"answer" maxLength:"20000"`
	Next   string `json:"next,omitempty" maxLength:"500"`
}

// enterByPasskey signs in whoever's device has answered, and joins the basket of the cookie to his own.
func (f *face) enterByPasskey(ctx context.Context, in passkeyAnswered) (web.Then, error) {
	var user identity.User
	var err error
	if in.OK() {
		_, err = web.Enrol(ctx, func(tx *db.Tx) (string, error) {
			var err error
			if user, err = f.Account.Enter(tx, session.Answer{Ticket: in.Ticket, JSON: in.Answer}); err != nil {
				return "", err
			}
			return string(user.ID), f.join(tx, in.visitor, string(user.Party))
		})
	}
	if in.OK() && err == nil {
		return web.See(homeOf(user, in.Next)), nil
	}
	if err != nil && !refused(err) {
		return web.Then{}, err
	}
	e := f.entrance(ctx, in.visitor, "sign_in", in.Next)
	e.page, e.Form = e.at("/sign-in"), typed(ctx, in.Typed, err)
	return web.Again(signInPage(e)), nil
}

// hasPasskeys tells whether browsers make and use passkeys here: they are made for the address of the house, and a browser
// shows them to no other name.
func (f *face) hasPasskeys(ctx context.Context) bool {
	return f.base(ctx) == f.PublicURL && f.Account.HasPasskeys(ctx)
}
