package shop

import (
	"context"
	"slices"

	"sauda/base/text"
	"sauda/core/identity"
	"sauda/flow/account"
	"sauda/gear/db"
	"sauda/gear/session"
	"sauda/gear/web"
)

func (f *face) mountOwnData(site *web.Site) {
	web.Page(site, "GET /account/data", f.ownData, web.SignedIn())
	web.Form(site, "POST /account/data", f.setData, web.SignedIn())
	web.Form(site, "POST /account/email", f.askEmail, web.SignedIn())
	web.Page(site, "GET /account/email", f.emailForm, web.SignedIn())
	web.FormAct(site, "POST /account/email/code", f.setEmail, web.SignedIn())
	web.FormAct(site, "POST /account/password", f.setPassword, web.SignedIn())
}

// dataView is the page of what the shop knows of a person, and of his password.
type dataView struct {
	cabinet
	Mail     form // Mail is the form of another address.
	Password form
	Has      bool // Has says that there is a password already.
}

func (f *face) dataOf(tx *db.Tx, in accountAsk) (dataView, error) {
	c, err := f.cabinetOf(tx, in, "data")
	v := dataView{cabinet: c, Mail: form{}, Password: form{}}
	if err != nil {
		return v, err
	}
	v.page = v.at("/account/data")
	v.Form.Values["name"], v.Form.Values["lang"] = c.User.Name, c.User.Lang
	if v.buys() {
		p, err := identity.GetParty(tx, c.User.Party)
		if err != nil {
			return v, err
		}
		v.Form.Values["phone"] = p.Phone
	}
	_, hash, err := identity.ByEmail(tx, c.User.Email)
	v.Has = hash != ""
	return v, err
}

func (f *face) ownData(tx *db.Tx, in accountAsk) (web.View, error) {
	v, err := f.dataOf(tx, in)
	return dataPage(v), err
}

type dataSaid struct {
	web.Typed
	visitor
	Name  string `json:"name" maxLength:"150"`
	Phone string `json:"phone,omitempty" maxLength:"30"`
	Lang  string `json:"lang" maxLength:"2"`
}

// setData notes what somebody is called, how he is called up, and in which language he is written to.
func (f *face) setData(tx *db.Tx, in dataSaid) (web.Then, error) {
	var err error
	if in.OK() {
		_, err = f.Account.Describe(tx, in.Name, in.Phone, in.Lang)
	}
	if in.OK() && err == nil {
		return web.See("/account/data?done=saved"), nil
	}
	if err != nil && !refused(err) {
		return web.Then{}, err
	}
	v, bad := f.dataOf(tx, accountAsk{visitor: in.visitor})
	if bad != nil {
		return web.Then{}, bad
	}
	v.Form = typed(tx.Context(), in.Typed, err)
	return web.Again(dataPage(v)), nil
}

type emailSaid struct {
	web.Typed
	visitor
	Email string `json:"email" maxLength:"254"`
}

// askEmail sends a code to the address that somebody wants to have.
func (f *face) askEmail(tx *db.Tx, in emailSaid) (web.Then, error) {
	var err error
	if in.OK() {
		var ticket string
		if ticket, err = f.Account.AskEmail(tx, in.Email, web.Address(tx.Context())); err == nil {
			f.setCookie(tx.Context(), proofCookie, ticket, int(session.CodeTime.Seconds()))
			return web.See("/account/email"), nil
		}
	}
	if err != nil && !refused(err) {
		return web.Then{}, err
	}
	v, bad := f.dataOf(tx, accountAsk{visitor: in.visitor})
	if bad != nil {
		return web.Then{}, bad
	}
	v.Mail = typed(tx.Context(), in.Typed, err)
	return web.Again(dataPage(v)), nil
}

// emailForm asks for the code that went to the other address.
func (f *face) emailForm(tx *db.Tx, in accountAsk) (web.View, error) {
	if _, err := account.Person(tx); err != nil {
		return nil, err
	}
	p, there, err := f.proving(tx, in.visitor, account.PurposeEmail, "account.email_title", "")
	if err != nil || !there {
		return web.Onward("/account/data"), err
	}
	return emailPage(p), nil
}

// setEmail gives somebody the address whose letter he has read.
func (f *face) setEmail(ctx context.Context, in codeEntered) (web.Then, error) {
	var err error
	if in.OK() {
		err = f.proveEmail(ctx, in)
	}
	switch {
	case in.OK() && err == nil:
		f.setCookie(ctx, proofCookie, "", -1)
		return web.See("/account/data?done=email"), nil
	case err != nil && !refused(err):
		return web.Then{}, err
	}
	var p proving
	var there bool
	bad := web.Look(ctx, func(tx *db.Tx) (err error) {
		p, there, err = f.proving(tx, in.visitor, account.PurposeEmail, "account.email_title", "")
		return err
	})
	if bad != nil || !there {
		return web.See("/account/data"), bad
	}
	p.page, p.Form = p.at("/account/email"), typed(ctx, in.Typed, err)
	return web.Again(emailPage(p)), nil
}

func (f *face) proveEmail(ctx context.Context, in codeEntered) error {
	proved, err := web.Prove(ctx, web.Proof{Purpose: account.PurposeEmail, Ticket: in.ticket(), Code: in.Code})
	if err != nil {
		return err
	}
	return web.Do(ctx, func(tx *db.Tx) error {
		_, err := f.Account.ChangeEmail(tx, proved)
		return err
	})
}

type passwordSaid struct {
	web.Typed
	visitor
	Old      string `json:"old,omitempty" maxLength:"512"`
	Password string `json:"password" maxLength:"512"`
}

// setPassword gives who is signed in another password; whoever has one must know it.
func (f *face) setPassword(ctx context.Context, in passwordSaid) (web.Then, error) {
	var err error
	if in.OK() {
		if err = f.Account.SetPassword(ctx, in.Old, in.Password); err == nil {
			return web.See("/account/data?done=password"), nil
		}
	}
	if err != nil && !refused(err) {
		return web.Then{}, err
	}
	var v dataView
	bad := web.Look(ctx, func(tx *db.Tx) (err error) {
		v, err = f.dataOf(tx, accountAsk{visitor: in.visitor})
		return err
	})
	if bad != nil {
		return web.Then{}, bad
	}
	v.Password = typed(ctx, in.Typed, err)
	v.Password.Values = nil
	return web.Again(dataPage(v)), nil
}

// spoken are the languages in which somebody can be written to, with their own names.
func spoken() [][2]string {
	var all [][2]string
	for _, l := range languages {
		if slices.Contains(text.Languages, l.Code) {
			all = append(all, [2]string{l.Code, l.Name})
		}
	}
	return all
}
