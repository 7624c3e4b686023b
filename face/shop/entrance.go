package shop

import (
	"context"

	"sauda/core/identity"
	"sauda/flow/account"
	"sauda/gear/db"
	"sauda/gear/session"
	"sauda/gear/web"
)

func (f *face) mountEntrance(site *web.Site) {
	web.Page(site, "GET /sign-in/code", f.codeForm, web.Public())
	web.Form(site, "POST /sign-in/code", f.askCode, web.Public())
	web.Page(site, "GET /sign-in/code/enter", f.enterForm, web.Public())
	web.FormAct(site, "POST /sign-in/code/enter", f.enterCode, web.Public())
	web.Page(site, "GET /password", f.forgottenForm, web.Public())
	web.Form(site, "POST /password", f.askPassword, web.Public())
	web.Page(site, "GET /password/new", f.resetForm, web.Public())
	web.FormAct(site, "POST /password/new", f.resetPassword, web.Public())
}

// proofCookie holds the ticket of a code that was asked for. The code alone is worth nothing in another browser.
const proofCookie = "sauda_code"

// ticket is what the browser holds of a proof.
func (v visitor) ticket() string {
	for _, value := range v.Of(proofCookie) {
		return value
	}
	return ""
}

// proving is the page that asks for the code that was sent.
type proving struct {
	entrance
	Mailbox string // Mailbox is where the code went, if anybody has it.
}

// proving gives that page, or false when no code was asked for, or too long ago.
func (f *face) proving(tx *db.Tx, v visitor, purpose, title, next string) (proving, bool, error) {
	p := proving{entrance: f.entrance(tx.Context(), v, title, next)}
	begun, err := session.FindTicket(tx, purpose, v.ticket())
	if refused(err) {
		return p, false, nil
	}
	p.Mailbox = begun.Subject
	return p, err == nil, err
}

func (f *face) codeForm(tx *db.Tx, in entranceAsk) (web.View, error) {
	return codePage(f.entrance(tx.Context(), in.visitor, "code.title", in.Next)), nil
}

func (f *face) forgottenForm(tx *db.Tx, in entranceAsk) (web.View, error) {
	return forgottenPage(f.entrance(tx.Context(), in.visitor, "forgotten.title", in.Next)), nil
}

type mailboxSaid struct {
	web.Typed
	visitor
	Email string `json:"email" maxLength:"254"`
	Next  string `json:"next,omitempty" maxLength:"500"`
}

// mailbox refuses what is no address, so that nobody waits for a letter that cannot come.
func (in mailboxSaid) mailbox() error {
	if _, ok := identity.Address(in.Email); !ok {
		return identity.ErrInvalid.Fields(identity.WrongEmail())
	}
	return nil
}

// askCode sends a code to sign in by. The answer is the same whether anybody has that mailbox or not.
func (f *face) askCode(tx *db.Tx, in mailboxSaid) (web.Then, error) {
	err := f.askFor(tx, in, f.Account.AskSignIn)
	if in.OK() && err == nil {
		return web.See(address("/sign-in/code/enter", "next", web.Local(in.Next))), nil
	}
	if err != nil && !refused(err) {
		return web.Then{}, err
	}
	e := f.entrance(tx.Context(), in.visitor, "code.title", in.Next)
	e.page, e.Form = e.at("/sign-in/code"), typed(tx.Context(), in.Typed, err)
	return web.Again(codePage(e)), nil
}

// askPassword sends a code to set another password by, as askCode does.
func (f *face) askPassword(tx *db.Tx, in mailboxSaid) (web.Then, error) {
	err := f.askFor(tx, in, f.Account.AskPassword)
	if in.OK() && err == nil {
		return web.See(address("/password/new", "next", web.Local(in.Next))), nil
	}
	if err != nil && !refused(err) {
		return web.Then{}, err
	}
	e := f.entrance(tx.Context(), in.visitor, "forgotten.title", in.Next)
	e.page, e.Form = e.at("/password"), typed(tx.Context(), in.Typed, err)
	return web.Again(forgottenPage(e)), nil
}

func (f *face) askFor(tx *db.Tx, in mailboxSaid, ask func(tx *db.Tx, email, address string) (string, error)) error {
	if !in.OK() {
		return nil
	}
	if err := in.mailbox(); err != nil {
		return err
	}
	ticket, err := ask(tx, in.Email, web.Address(tx.Context()))
	if err == nil {
		f.setCookie(tx.Context(), proofCookie, ticket, int(session.CodeTime.Seconds()))
	}
	return err
}

func (f *face) enterForm(tx *db.Tx, in entranceAsk) (web.View, error) {
	p, there, err := f.proving(tx, in.visitor, account.PurposeSignIn, "code.title", in.Next)
	if err != nil || !there {
		return web.Onward(address("/sign-in/code", "next", web.Local(in.Next))), err
	}
	return enterPage(p), nil
}

func (f *face) resetForm(tx *db.Tx, in entranceAsk) (web.View, error) {
	p, there, err := f.proving(tx, in.visitor, account.PurposePassword, "forgotten.title", in.Next)
	if err != nil || !there {
		return web.Onward(address("/password", "next", web.Local(in.Next))), err
	}
	return resetPage(p), nil
}

type codeEntered struct {
	web.Typed
	visitor
	Code string `json:"code" maxLength:"20"`
	Next string `json:"next,omitempty" maxLength:"500"`
}

// enterCode signs in whoever has read the letter in the browser in which it was asked for.
func (f *face) enterCode(ctx context.Context, in codeEntered) (web.Then, error) {
	var user identity.User
	var err error
	if in.OK() {
		user, err = f.enter(ctx, in.visitor, account.PurposeSignIn, in.Code, f.Account.SignIn)
	}
	if in.OK() && err == nil {
		return web.See(homeOf(user, in.Next)), nil
	}
	p, then, err := f.again(ctx, in.visitor, account.PurposeSignIn, in.Next, err)
	if p == nil {
		return then, err
	}
	p.page, p.Form = p.at("/sign-in/code/enter"), typed(ctx, in.Typed, err)
	return web.Again(enterPage(*p)), nil
}

// enter proves a code and begins the session of whoever it belongs to; the basket comes along.
func (f *face) enter(ctx context.Context, v visitor, purpose, code string, who func(*db.Tx, session.Ticket) (identity.User, error)) (identity.User, error) {
	var user identity.User
	proved, err := web.Prove(ctx, web.Proof{Purpose: purpose, Ticket: v.ticket(), Code: code})
	if err != nil {
		return user, err
	}
	_, err = web.Enrol(ctx, func(tx *db.Tx) (string, error) {
		var err error
		if user, err = who(tx, proved); err != nil {
			return "", err
		}
		return string(user.ID), f.join(tx, v, string(user.Party))
	})
	if err == nil {
		f.setCookie(ctx, proofCookie, "", -1)
	}
	return user, err
}

// again gives the page on which a code is entered once more. It is nil where there is nothing to be entered any more.
func (f *face) again(ctx context.Context, v visitor, purpose, next string, wrong error) (*proving, web.Then, error) {
	if wrong != nil && !refused(wrong) {
		return nil, web.Then{}, wrong
	}
	title, begin := "code.title", "/sign-in/code"
	if purpose == account.PurposePassword {
		title, begin = "forgotten.title", "/password"
	}
	var p proving
	var there bool
	err := web.Look(ctx, func(tx *db.Tx) (err error) {
		p, there, err = f.proving(tx, v, purpose, title, next)
		return err
	})
	if err != nil || !there {
		return nil, web.See(address(begin, "next", web.Local(next))), err
	}
	return &p, web.Then{}, wrong
}

type passwordReset struct {
	web.Typed
	visitor
	Code     string `json:"code" maxLength:"20"`
	Password string `json:"password" maxLength:"512"`
	Next     string `json:"next,omitempty" maxLength:"500"`
}

// resetPassword sets another password and signs in. All other sessions end.
func (f *face) resetPassword(ctx context.Context, in passwordReset) (web.Then, error) {
	var user identity.User
	err := session.Judge(in.Password)
	if in.OK() && err == nil {
		user, err = f.reset(ctx, in)
	}
	if in.OK() && err == nil {
		return web.See(homeOf(user, in.Next)), nil
	}
	p, then, err := f.again(ctx, in.visitor, account.PurposePassword, in.Next, err)
	if p == nil {
		return then, err
	}
	p.page, p.Form = p.at("/password/new"), typed(ctx, in.Typed, err)
	delete(p.Form.Values, "password")
	return web.Again(resetPage(*p)), nil
}

func (f *face) reset(ctx context.Context, in passwordReset) (identity.User, error) {
	hash, err := session.Hash(ctx, in.Password)
	if err != nil {
		return identity.User{}, err
	}
	return f.enter(ctx, in.visitor, account.PurposePassword, in.Code, func(tx *db.Tx, proved session.Ticket) (identity.User, error) {
		return f.Account.ResetPassword(tx, proved, hash)
	})
}
