package shop

import (
	"context"
	"net/url"

	"sauda/core/cart"
	"sauda/core/identity"
	"sauda/gear/db"
	"sauda/gear/session"
	"sauda/gear/web"
)

func (f *face) mountPeople(site *web.Site, server *web.Server) {
	web.Page(site, "GET /sign-in", f.signInForm, web.Public())
	web.FormAct(site, "POST /sign-in", f.signIn, web.Public())
	web.Page(site, "GET /sign-up", f.signUpForm, web.Public())
	web.FormAct(site, "POST /sign-up", f.signUp, web.Public())
	web.FormAct(site, "POST /sign-out", f.signOut, web.Public())
	f.mountEntrance(site)
	f.mountAccount(site, server)
}

type entranceAsk struct {
	visitor
	Next string `query:"next" maxLength:"500"`
}

// entrance is the page where somebody signs in or up.
type entrance struct {
	page
	Next   string
	Form   form
	Lapsed bool       // Lapsed says that the browser has a basket of somebody whose session has ended.
	Kept   url.Values // Kept is the address that was being typed when the session ended.
}

func (f *face) entrance(ctx context.Context, v visitor, title, next string) entrance {
	e := entrance{page: f.page(ctx, v, "account", t(ctx, title)), Next: web.Local(next), Form: form{}, Lapsed: v.lapsed(ctx)}
	if f.hasPasskeys(ctx) {
		e.Passkeys = f.assets.Path("passkey.js")
	}
	return e
}

// keptPrefix stands before the fields of an address in the form in which somebody signs in again.
const keptPrefix = "kept."

// addressFields are the fields of the form of the address.
var addressFields = []string{
	"name", "phone", "email", "country", "region", "city", "postcode", "street", "house", "flat", "comment", "learn", "remind", "keep",
}

// kept are the fields of an address in what was typed, where their names have a prefix.
func kept(said url.Values, prefix string) url.Values {
	k := url.Values{}
	for _, name := range addressFields {
		if value := said.Get(prefix + name); value != "" {
			k.Set(name, value)
		}
	}
	return k
}

func (f *face) signInForm(tx *db.Tx, in entranceAsk) (web.View, error) {
	return signInPage(f.entrance(tx.Context(), in.visitor, "sign_in", in.Next)), nil
}

func (f *face) signUpForm(tx *db.Tx, in entranceAsk) (web.View, error) {
	return signUpPage(f.entrance(tx.Context(), in.visitor, "sign_up", in.Next)), nil
}

type signingIn struct {
	web.Typed
	visitor
	Email    string `json:"email" maxLength:"254"`
	Password string `json:"password" maxLength:"512"`
	Next     string `json:"next,omitempty" maxLength:"500"`
}

// signIn signs somebody in and joins the basket of the cookie to his own.
func (f *face) signIn(ctx context.Context, in signingIn) (web.Then, error) {
	var err error
	var user identity.User
	if in.OK() {
		_, err = web.SignIn(ctx, web.Credentials{
			Account: in.Email, Password: in.Password,
			Find: func(tx *db.Tx, account string) (string, string, error) {
				found, hash, err := identity.ByEmail(tx, account)
				user = found
				return string(found.ID), hash, err
			},
			Begun: func(tx *db.Tx, _ string) error { return f.join(tx, in.visitor, string(user.Party)) },
		})
	}
	e := f.entrance(ctx, in.visitor, "sign_in", in.Next)
	e.page, e.Kept = e.at("/sign-in"), kept(in.Values, keptPrefix)
	switch {
	case in.OK() && err == nil && len(e.Kept) > 0:
		return web.Show(resumePage(e)), nil
	case in.OK() && err == nil:
		return web.See(homeOf(user, in.Next)), nil
	case err != nil && !refused(err):
		return web.Then{}, err
	}
	e.Form = typed(ctx, in.Typed, err)
	delete(e.Form.Values, "password")
	return web.Again(signInPage(e)), nil
}

// homeOf is where somebody goes who has signed in: to where he wanted, or to where he belongs.
func homeOf(u identity.User, next string) string {
	switch next = web.Local(next); {
	case next != "/":
		return next
	case u.Role == identity.RoleStaff || u.Role == identity.RoleAdmin:
		return "/office"
	}
	return "/"
}

// join brings the basket of the cookie to a party. Without one nothing is joined; the cookie then says what the party has.
func (f *face) join(tx *db.Tx, v visitor, party string) error {
	if party == "" {
		return nil
	}
	guest, _ := v.basket()
	c, err := cart.Merge(tx, guest, party)
	if unknown(err) {
		f.setCookie(tx.Context(), basketCookie, "", -1)
		return nil
	}
	if err == nil {
		f.remember(tx.Context(), c)
	}
	return err
}

type signingUp struct {
	web.Typed
	visitor
	Name     string `json:"name" maxLength:"150"`
	Email    string `json:"email" maxLength:"254"`
	Password string `json:"password" maxLength:"512"`
	Next     string `json:"next,omitempty" maxLength:"500"`
}

// signUp makes a buyer known, signs him in and gives him the basket of the cookie.
func (f *face) signUp(ctx context.Context, in signingUp) (web.Then, error) {
	var err error
	if in.OK() {
		err = f.enrol(ctx, in)
	}
	switch {
	case in.OK() && err == nil:
		return web.See(web.Local(in.Next)), nil
	case err != nil && !refused(err):
		return web.Then{}, err
	}
	e := f.entrance(ctx, in.visitor, "sign_up", in.Next)
	e.page, e.Form = e.at("/sign-up"), typed(ctx, in.Typed, err)
	delete(e.Form.Values, "password")
	return web.Again(signUpPage(e)), nil
}

func (f *face) enrol(ctx context.Context, in signingUp) error {
	hash, err := session.Hash(ctx, in.Password)
	if err != nil {
		return err
	}
	_, err = web.Enrol(ctx, func(tx *db.Tx) (string, error) {
		u, err := identity.Register(tx, identity.Registration{Email: in.Email, Name: in.Name, Lang: web.Lang(ctx), Hash: hash})
		if err != nil {
			return "", err
		}
		return string(u.ID), f.join(tx, in.visitor, string(u.Party))
	})
	return err
}

// signOut ends the session. The basket stays with the party; the browser forgets it.
func (f *face) signOut(ctx context.Context, _ struct{}) (web.Then, error) {
	f.setCookie(ctx, basketCookie, "", -1)
	f.setCookie(ctx, buyingCookie, "", -1)
	return web.See("/"), web.SignOut(ctx)
}
