package office

import (
	"context"
	"net/url"
	"slices"

	"sauda/base/fault"
	"sauda/core/identity"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/session"
	"sauda/gear/web"
)

func (f face) mountUsers(site *web.Site) {
	web.Page(site, "GET /office/users", f.users, web.Needs(ScopeHouseRead))
	web.FormAct(site, "POST /office/users", f.employ, web.Needs(ScopeHouseWrite))
	web.Page(site, "GET /office/users/{id}", f.user, web.Needs(ScopeHouseRead))
	web.Form(site, "POST /office/users/{id}/scopes", f.grant, web.Needs(ScopeHouseWrite))
	web.Form(site, "POST /office/users/{id}/suspension", f.suspend, web.Needs(ScopeHouseWrite))
	web.Form(site, "POST /office/users/{id}/reinstatement", f.reinstate, web.Needs(ScopeHouseWrite))
}

// ErrSelf keeps people from locking themselves out.
var ErrSelf = fault.New(fault.Conflict, "office.self", "You cannot suspend yourself or change your own rights. Ask a colleague.")

// governs tells whether an actor decides about a user of the office: administrators about all, staff about the staff of
// their own seller.
func governs(who db.Who, u identity.User) bool {
	return who.Kind == db.KindAdmin || u.Role == identity.RoleStaff && who.For(u.Seller)
}

// users lists who works in the office.
func (f face) users(tx *db.Tx, _ struct{}) (web.View, error) {
	all, err := staff(tx)
	return usersPage(f.page("users", t(tx.Context(), "nav.users")), all, employForm{}), err
}

func staff(tx *db.Tx) ([]identity.User, error) {
	all, err := identity.Office(tx)
	return slices.DeleteFunc(all, func(u identity.User) bool { return !governs(tx.Who(), u) }), err
}

type userAsk struct {
	ID identity.UserID `path:"id" maxLength:"60"`
}

// governed gives a user about whom the actor decides; all others are unknown.
func governed(tx *db.Tx, id identity.UserID) (identity.User, error) {
	u, err := identity.Get(tx, id)
	if err == nil && (u.Role == identity.RoleBuyer || !governs(tx.Who(), u)) {
		err = identity.ErrUnknown.About("%s does not govern %s", tx.Who().ID, id)
	}
	return u, err
}

// user shows one user and what he may.
func (f face) user(tx *db.Tx, in userAsk) (web.View, error) {
	u, err := governed(tx, in.ID)
	return userPage(f.page("users", u.Name), u), err
}

type employForm struct {
	web.Typed
	Email    string   `json:"email" maxLength:"254"`
	Name     string   `json:"name" maxLength:"200"`
	Password string   `json:"password" maxLength:"128"`
	Admin    bool     `json:"admin,omitempty"`
	Scopes   []string `json:"scopes,omitempty" maxItems:"100"`
}

// employ makes somebody a member of staff of the actor's seller, or an administrator when an administrator says so. The
// password is turned into its hash before the moment begins, for that takes long.
func (f face) employ(ctx context.Context, in employForm) (web.Then, error) {
	err := web.ErrInvalid.Fields(in.Wrong...)
	hash := ""
	if err == nil {
		err = session.Judge(in.Password)
	}
	if err == nil {
		hash, err = session.Hash(ctx, in.Password)
	}
	if err == nil {
		err = job.Once(ctx, f.Store, web.WhoFrom(ctx), func(tx *db.Tx) error {
			e := identity.Employment{
				Email: in.Email, Name: in.Name, Lang: web.Lang(ctx), Hash: hash, Role: identity.RoleStaff, Scopes: in.Scopes,
				Seller: string(sellerOf(tx)),
			}
			if in.Admin {
				e.Role, e.Scopes, e.Seller = identity.RoleAdmin, nil, ""
			}
			return employed(tx, e)
		})
	}
	if err == nil {
		return see("users", "employed"), nil
	}
	if !amendable(err) {
		return web.Then{}, err
	}
	var all []identity.User
	in.Wrong = fault.FieldsOf(err)
	said := refusal(ctx, err)
	err = job.Look(ctx, f.Store, web.WhoFrom(ctx), func(tx *db.Tx) error {
		var err error
		all, err = staff(tx)
		return err
	})
	p := f.page("users", t(ctx, "nav.users"))
	p.Wrong = said
	return web.Again(usersPage(p, all, in)), err
}

// employed employs within what the actor may: administrators are made by administrators, and nobody grants more than he
// has.
func employed(tx *db.Tx, e identity.Employment) error {
	if e.Role == identity.RoleAdmin && tx.Who().Kind != db.KindAdmin {
		return web.ErrDenied.About("%s makes an administrator", tx.Who().ID)
	}
	if err := grantable(tx.Who(), e.Scopes); err != nil {
		return err
	}
	_, err := identity.Employ(tx, e)
	return err
}

// grantable refuses scopes that the actor does not have.
func grantable(who db.Who, scopes []string) error {
	for _, s := range scopes {
		if !slices.Contains(Scopes, s) || !who.May(s) {
			return web.ErrDenied.About("%s grants %.60q", who.ID, s)
		}
	}
	return nil
}

type grantForm struct {
	ID     identity.UserID `path:"id" maxLength:"60"`
	Scopes []string        `json:"scopes,omitempty" maxItems:"100"`
}

// grant says what a member of staff may from now on. What the actor may not grant stays as it was.
func (f face) grant(tx *db.Tx, in grantForm) (web.Then, error) {
	u, err := governed(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	if string(in.ID) == tx.Who().ID {
		return web.Then{}, ErrSelf
	}
	if err := grantable(tx.Who(), in.Scopes); err != nil {
		return web.Then{}, err
	}
	scopes := in.Scopes
	for _, held := range u.Scopes {
		if !slices.Contains(Scopes, held) || !tx.Who().May(held) {
			scopes = append(scopes, held)
		}
	}
	if _, err := identity.Grant(tx, in.ID, scopes); err != nil {
		return web.Then{}, err
	}
	tx.AfterCommit(f.Sessions.Forget)
	return see(userAddress(in.ID), "granted"), nil
}

func userAddress(id identity.UserID) string { return "users/" + url.PathEscape(string(id)) }

type suspendForm struct {
	ID     identity.UserID `path:"id" maxLength:"60"`
	Reason string          `json:"reason,omitempty" maxLength:"500"`
}

// suspend keeps a user from signing in and ends the sessions he has.
func (f face) suspend(tx *db.Tx, in suspendForm) (web.Then, error) {
	if _, err := governed(tx, in.ID); err != nil {
		return web.Then{}, err
	}
	if string(in.ID) == tx.Who().ID {
		return web.Then{}, ErrSelf
	}
	if _, err := identity.Suspend(tx, in.ID, in.Reason); err != nil {
		return web.Then{}, err
	}
	tx.AfterCommit(f.Sessions.Forget)
	return see(userAddress(in.ID), "suspended"), f.Sessions.EndAll(tx, string(in.ID), "")
}

// reinstate lets a user sign in again.
func (f face) reinstate(tx *db.Tx, in userAsk) (web.Then, error) {
	if _, err := governed(tx, in.ID); err != nil {
		return web.Then{}, err
	}
	_, err := identity.Reinstate(tx, in.ID)
	return see(userAddress(in.ID), "reinstated"), err
}
