package api

import (
	"context"
	"time"

	"sauda/core/cart"
	"sauda/core/identity"
	"sauda/flow/account"
	"sauda/gear/db"
	"sauda/gear/session"
	"sauda/gear/web"
)

func (f face) mountAccount(api *web.API) {
	f.mountProofs(api)
	web.Command(api, "PUT /v1/me", f.setMe, web.SignedIn(),
		web.Doc("Change what somebody is called, how he is called up, and in which language he is written to.", "People"),
		web.Faults(identity.ErrInvalid, account.ErrGuest))
	web.Query(api, "GET /v1/me/sessions", f.sessions, web.SignedIn(),
		web.Doc("List where somebody is signed in, the latest first.", "People"), web.Faults(account.ErrGuest))
	web.Command(api, "DELETE /v1/me/sessions/{id}", f.endSession, web.SignedIn(),
		web.Doc("Sign out in one place.", "People"), web.Faults(session.ErrMissing, account.ErrGuest))
	web.Command(api, "DELETE /v1/me/sessions", f.endSessions, web.SignedIn(),
		web.Doc("Sign out everywhere but here.", "People"), web.Faults(account.ErrGuest))
	web.Query(api, "GET /v1/me/consents", f.consents, web.SignedIn(),
		web.Doc("Show what a buyer allows now, and all that he decided, the latest first.", "People"), web.Faults(account.ErrGuest, identity.ErrNoParty))
	web.Command(api, "PUT /v1/me/consents", f.setConsents, web.SignedIn(),
		web.Doc("Say what is allowed from now on. What was said before stays in the history.", "People"), web.Faults(account.ErrGuest, identity.ErrNoParty))
	web.Command(api, "POST /v1/me/exports", f.askExport, web.SignedIn(), web.Status(202),
		web.Doc("Have all personal data gathered in one file. While that is under way, and for an hour, it is the same one.", "People"),
		web.Faults(account.ErrGuest, identity.ErrNotBuyer))
	web.Query(api, "GET /v1/me/exports/{id}", f.showExport, web.SignedIn(),
		web.Doc("Show how far the gathering has come, and where the file is.", "People"), web.Faults(account.ErrNoExport, account.ErrGuest))
	web.Query(api, "GET /v1/me/erasure", f.showErasure, web.SignedIn(),
		web.Doc("Show whether the account waits to be erased, and until when that can be taken back.", "People"), web.Faults(account.ErrGuest))
	web.Command(api, "POST /v1/me/erasure", f.askErasure, web.SignedIn(), web.Status(202),
		web.Doc("Have the account erased in seven days. Orders, payments and their documents stay as long as the law asks for.", "People"),
		web.Faults(account.ErrGuest, identity.ErrNotBuyer))
	web.Command(api, "DELETE /v1/me/erasure", f.undoErasure, web.SignedIn(),
		web.Doc("Keep the account after all.", "People"), web.Faults(account.ErrGuest))
}

// mountProofs adds the routes by which somebody proves who he is.
func (f face) mountProofs(api *web.API) {
	web.Command(api, "POST /v1/codes", f.askCode, web.Public(), web.Status(201),
		web.Doc("Send a code by mail, to sign in or to set a password by. The answer is the same whether anybody has the mailbox or not.", "People"),
		web.Faults(session.ErrThrottled, identity.ErrInvalid))
	web.Act(api, "POST /v1/sessions/by-code", f.signInByCode, web.Public(), web.Status(201),
		web.Doc("Sign in by a code that came by mail, and the ticket under which it was asked for.", "People"), web.Faults(session.ErrCode))
	web.Act(api, "POST /v1/password-resets", f.resetPassword, web.Public(), web.Status(201),
		web.Doc("Set another password by a code that came by mail, and sign in. Every other session ends.", "People"),
		web.Faults(session.ErrCode, session.ErrPassword))
	web.Act(api, "PUT /v1/me/password", f.setPassword, web.SignedIn(),
		web.Doc("Change the password. Other sessions end.", "People"),
		web.Faults(account.ErrOldPassword, session.ErrPassword, session.ErrThrottled, account.ErrGuest))
	web.Command(api, "POST /v1/me/email-codes", f.askEmail, web.SignedIn(), web.Status(201),
		web.Doc("Send a code to the address that somebody wants to have. An address that somebody has gets none, and the same answer.", "People"),
		web.Faults(session.ErrThrottled, identity.ErrInvalid, account.ErrGuest))
	web.Act(api, "PUT /v1/me/email", f.setEmail, web.SignedIn(),
		web.Doc("Take the address to which a code was sent. Whoever reads the one before is told.", "People"),
		web.Faults(session.ErrCode, identity.ErrEmailTaken, account.ErrGuest))
}

type codeAsked struct {
	Email   string `json:"email" maxLength:"254" format:"email"`
	Purpose string `json:"purpose" enum:"sign_in,password"`
}

// ticketView is the other half of a proof: the code comes by mail.
type ticketView struct {
	Ticket string `json:"ticket" doc:"Shown once. It goes with the code."`
}

// askCode sends a code to whoever has a mailbox.
func (f face) askCode(tx *db.Tx, in codeAsked) (ticketView, error) {
	ask := f.Account.AskSignIn
	if in.Purpose == account.PurposePassword {
		ask = f.Account.AskPassword
	}
	ticket, err := ask(tx, in.Email, web.Address(tx.Context()))
	return ticketView{ticket}, err
}

type proof struct {
	Ticket string  `json:"ticket" maxLength:"60"`
	Code   string  `json:"code" maxLength:"20" doc:"What the letter says."`
	Cart   cart.ID `json:"cart,omitempty" maxLength:"60" doc:"A guest's basket that shall be joined to the buyer's."`
}

// signInByCode begins a session by a code.
func (f face) signInByCode(ctx context.Context, in proof) (tokenView, error) {
	return proved(ctx, in, account.PurposeSignIn, f.Account.SignIn)
}

type passwordReset struct {
	proof
	Password string `json:"password" minLength:"8" maxLength:"128"`
}

// resetPassword sets another password by a code, and begins a session.
func (f face) resetPassword(ctx context.Context, in passwordReset) (tokenView, error) {
	hash, err := session.Hash(ctx, in.Password)
	if err != nil {
		return tokenView{}, err
	}
	return proved(ctx, in.proof, account.PurposePassword, func(tx *db.Tx, t session.Ticket) (identity.User, error) {
		return f.Account.ResetPassword(tx, t, hash)
	})
}

// proved looks at a code and begins the session of whoever it belongs to.
func proved(ctx context.Context, in proof, purpose string, who func(*db.Tx, session.Ticket) (identity.User, error)) (tokenView, error) {
	ticket, err := web.Prove(ctx, web.Proof{Purpose: purpose, Ticket: in.Ticket, Code: in.Code})
	if err != nil {
		return tokenView{}, err
	}
	var user identity.User
	token, err := web.Enrol(ctx, func(tx *db.Tx) (string, error) {
		var err error
		if user, err = who(tx, ticket); err != nil {
			return "", err
		}
		return string(user.ID), joinCart(tx, in.Cart, string(user.Party))
	})
	return tokenView{Token: token, User: viewUser(user)}, err
}

type passwordChange struct {
	Old      string `json:"old,omitempty" maxLength:"512" doc:"The present password; left out by who has none."`
	Password string `json:"password" minLength:"8" maxLength:"128"`
}

// setPassword changes the password of who is signed in.
func (f face) setPassword(ctx context.Context, in passwordChange) (web.None, error) {
	return web.None{}, f.Account.SetPassword(ctx, in.Old, in.Password)
}

type emailAsked struct {
	Email string `json:"email" maxLength:"254" format:"email"`
}

func (f face) askEmail(tx *db.Tx, in emailAsked) (ticketView, error) {
	ticket, err := f.Account.AskEmail(tx, in.Email, web.Address(tx.Context()))
	return ticketView{ticket}, err
}

type emailProof struct {
	Ticket string `json:"ticket" maxLength:"60"`
	Code   string `json:"code" maxLength:"20" doc:"What the letter says."`
}

// setEmail gives who is signed in the address that a code went to.
func (f face) setEmail(ctx context.Context, in emailProof) (userView, error) {
	ticket, err := web.Prove(ctx, web.Proof{Purpose: account.PurposeEmail, Ticket: in.Ticket, Code: in.Code})
	if err != nil {
		return userView{}, err
	}
	var u identity.User
	err = web.Do(ctx, func(tx *db.Tx) (err error) {
		u, err = f.Account.ChangeEmail(tx, ticket)
		return err
	})
	return viewUser(u), err
}

type meSaid struct {
	Name  string `json:"name" maxLength:"150"`
	Phone string `json:"phone,omitempty" maxLength:"30" doc:"Of a buyer."`
	Lang  string `json:"lang" enum:"kk,ru,en,zh"`
}

// setMe changes what is known of who is signed in.
func (f face) setMe(tx *db.Tx, in meSaid) (userView, error) {
	u, err := f.Account.Describe(tx, in.Name, in.Phone, in.Lang)
	return viewUser(u), err
}

// sessionView is a place where somebody is signed in.
type sessionView struct {
	ID      string    `json:"id"`
	Began   time.Time `json:"began"`
	Seen    time.Time `json:"seen"`
	Address string    `json:"address,omitempty"`
	Agent   string    `json:"agent,omitempty" doc:"What the browser calls itself."`
	Current bool      `json:"current"`
}

func (f face) sessions(tx *db.Tx, _ struct{}) (web.List[sessionView], error) {
	u, err := account.Person(tx)
	if err != nil {
		return web.List[sessionView]{}, err
	}
	all, err := f.Sessions.List(tx, string(u.ID))
	page := web.List[sessionView]{Items: make([]sessionView, len(all))}
	for i, s := range all {
		page.Items[i] = sessionView{s.ID, s.Began, s.Seen, s.Address, s.Agent, s.ID == tx.Who().Session}
	}
	return page, err
}

type sessionAsk struct {
	ID string `path:"id" maxLength:"60" doc:"The session."`
}

func (f face) endSession(tx *db.Tx, in sessionAsk) (web.None, error) {
	u, err := account.Person(tx)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, f.Sessions.End(tx, string(u.ID), in.ID)
}

func (f face) endSessions(tx *db.Tx, _ struct{}) (web.None, error) {
	u, err := account.Person(tx)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, f.Sessions.EndAll(tx, string(u.ID), tx.Who().Session)
}

// consentView is one decision.
type consentView struct {
	Purpose identity.Purpose `json:"purpose" enum:"learn,remind,wishes"`
	Given   bool             `json:"given"`
	At      time.Time        `json:"at"`
}

// consentsView is what is allowed now, and how it came to be.
type consentsView struct {
	Learn   bool          `json:"learn" doc:"The history of the baskets may be learned from."`
	Remind  bool          `json:"remind" doc:"Letters about what was left in the basket may be written."`
	Wishes  bool          `json:"wishes" doc:"Letters about what has become cheaper on the wishlist may be written."`
	History []consentView `json:"history" nullable:"false"`
}

func (f face) consents(tx *db.Tx, _ struct{}) (consentsView, error) {
	u, err := account.Person(tx)
	if err != nil {
		return consentsView{}, err
	}
	all, err := identity.Consents(tx, u.Party)
	v := consentsView{History: make([]consentView, len(all))}
	v.Learn, _ = identity.Allowed(all, identity.PurposeLearn)
	v.Remind, _ = identity.Allowed(all, identity.PurposeRemind)
	v.Wishes, _ = identity.Allowed(all, identity.PurposeWishes)
	for i, c := range all {
		v.History[i] = consentView(c)
	}
	return v, err
}

type consentsSaid struct {
	Learn  bool  `json:"learn"`
	Remind bool  `json:"remind"`
	Wishes *bool `json:"wishes,omitempty" doc:"Absent leaves it as it is."`
}

func (f face) setConsents(tx *db.Tx, in consentsSaid) (web.None, error) {
	given := map[identity.Purpose]bool{identity.PurposeLearn: in.Learn, identity.PurposeRemind: in.Remind}
	if in.Wishes != nil {
		given[identity.PurposeWishes] = *in.Wishes
	}
	return web.None{}, f.Account.Allow(tx, given)
}

// exportView is how far the gathering of somebody's data has come.
type exportView struct {
	ID      account.ExportID `json:"id"`
	State   string           `json:"state" enum:"waiting,ready,gone"`
	Done    int              `json:"done" doc:"So many parts are gathered,"`
	Parts   int              `json:"parts" doc:"of so many."`
	Bytes   int64            `json:"bytes,omitempty"`
	Asked   time.Time        `json:"asked_at"`
	Expires *time.Time       `json:"expires_at,omitempty"`
	URL     string           `json:"url,omitempty" doc:"The file, for who is signed in only."`
}

func viewExport(e account.Export) exportView {
	v := exportView{ID: e.ID, State: "waiting", Done: e.Done, Parts: e.Parts, Bytes: e.Bytes, Asked: e.Asked}
	switch {
	case e.Ready:
		v.State, v.URL, v.Expires = "ready", "/account/export/"+string(e.ID), &e.Expires
	case e.Gone:
		v.State = "gone"
	}
	return v
}

func (f face) askExport(tx *db.Tx, _ struct{}) (exportView, error) {
	e, err := f.Account.AskExport(tx)
	return viewExport(e), err
}

type exportAsk struct {
	ID account.ExportID `path:"id" maxLength:"60" doc:"The export."`
}

func (f face) showExport(tx *db.Tx, in exportAsk) (exportView, error) {
	e, err := f.Account.ExportNamed(tx, in.ID)
	return viewExport(e), err
}

// erasureView says whether an account waits to be erased.
type erasureView struct {
	Waiting bool       `json:"waiting"`
	Asked   *time.Time `json:"asked_at,omitempty"`
	Due     *time.Time `json:"due_at,omitempty" doc:"Until then it can be taken back."`
}

func viewErasure(e identity.Erasure, waiting bool) erasureView {
	if !waiting {
		return erasureView{}
	}
	return erasureView{true, &e.Asked, &e.Due}
}

func (f face) showErasure(tx *db.Tx, _ struct{}) (erasureView, error) {
	u, err := account.Person(tx)
	if err != nil {
		return erasureView{}, err
	}
	e, waiting, err := identity.ErasureOf(tx, u.ID)
	return viewErasure(e, waiting), err
}

func (f face) askErasure(tx *db.Tx, _ struct{}) (erasureView, error) {
	e, err := f.Account.AskErasure(tx)
	return viewErasure(e, err == nil), err
}

func (f face) undoErasure(tx *db.Tx, _ struct{}) (web.None, error) {
	return web.None{}, f.Account.KeepAccount(tx)
}
